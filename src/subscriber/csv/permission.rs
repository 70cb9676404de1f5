//! What one record says about mail: consent with its ground, and that a person left.
//!
//! Promises: blank is never a yes; one no is a no; that somebody left a mailing is told from a no that may change.

use crate::subscriber::consent::{Answer, Basis, Consent};
use crate::subscriber::csv::cell;
use crate::subscriber::csv::field::Field;
use crate::subscriber::csv::record::Record;
use crate::subscriber::csv::row::RowReader;
use crate::subscriber::suppression::Reason;
use crate::subscriber::word;

impl RowReader {
    /// What the person agreed to; whoever left, died or is archived agreed to nothing.
    pub(super) fn consent(&mut self, record: &Record<'_>, left: Option<Reason>) -> Consent {
        let ground = self.basis(record);
        let basis = match ground {
            Ground::Known(basis) => Some(basis),
            Ground::Blank | Ground::Unknown | Ground::Withdrawn => None,
        };
        let is_over = left.is_some() || ground == Ground::Withdrawn || self.has_ended(record);
        Consent {
            answer: match (is_over, self.answer(record, basis)) {
                (true, _) => Answer::No,
                // A yes on a ground that nobody understands would be taken for one in words.
                (false, Answer::Yes) if ground == Ground::Unknown => Answer::Unknown,
                (false, answer) => answer,
            },
            basis,
            date: self.day(record, Field::ConsentDate),
            source: self.joined_cells(record, Field::ConsentSource),
            wording: self.joined_cells(record, Field::ConsentWording),
        }
    }

    fn joined_cells(&mut self, record: &Record<'_>, field: Field) -> Option<String> {
        let values = self
            .layout
            .of(field)
            .iter()
            .filter_map(|index| cell::value(record.cell(*index)));
        let sound: Vec<String> = values.filter(|value| !cell::is_mojibake(value)).collect();
        (!sound.is_empty()).then(|| sound.join("; "))
    }

    /// That the person left a mailing, and how, where a column says so in a mailing program's words.
    pub(super) fn left(&self, record: &Record<'_>) -> Option<Reason> {
        let by_column = |index: &usize| {
            let reason = left_by_header(&word::fold(&self.layout.columns[*index].header))?;
            says_so(record.cell(*index)).then_some(reason)
        };
        let by_word = |index: &usize| left_by_status(&word::fold(record.cell(*index)));
        let complains = |index: &usize| tells_of_spam(&word::fold(record.cell(*index))).then_some(Reason::Complained);
        let reasons = self.reasons.iter().filter_map(complains);
        let columns = self.layout.of(Field::Unsubscribed).iter().filter_map(by_column);
        let words = self.layout.of(Field::Status).iter().filter_map(by_word);
        columns.chain(words).chain(reasons).max()
    }

    /// What the consent columns say: one no is a no, and a yes has to stand in all of them.
    fn answer(&mut self, record: &Record<'_>, basis: Option<Basis>) -> Answer {
        let columns = self.layout.of(Field::Consent);
        let mut answers = Vec::with_capacity(columns.len());
        for index in columns {
            let written = record.cell(*index);
            let answer = word::agreement(written);
            if answer == Answer::Unknown && !word::is_blank(written) && !cell::is_error(written) {
                let shown = cell::value(&written.chars().take(40).collect::<String>()).unwrap_or_default();
                let text = format!("`{shown}` is neither yes nor no, so it counts as no answer");
                let hint = "write `yes` or `no`; a column `consent_basis` may say `express`, `implied` or `inquiry`";
                self.notes
                    .once(format!("answer {shown}"), || record.place(*index), || text, Some(hint));
            }
            answers.push(answer);
        }
        let stands_alone = columns.is_empty();
        let subscribed = || {
            self.filled(record, Field::Status)
                .is_some_and(|(_, cell)| word::fold(cell) == "subscribed")
        };
        match answers.as_slice() {
            answers if answers.contains(&Answer::No) => Answer::No,
            answers if !stands_alone && answers.iter().all(|answer| *answer == Answer::Yes) => Answer::Yes,
            // Where no column asks for a yes, the basis or a mailing program's status is where the list says it.
            _ if stands_alone && (basis == Some(Basis::Express) || subscribed()) => Answer::Yes,
            _ => Answer::Unknown,
        }
    }

    fn basis(&mut self, record: &Record<'_>) -> Ground {
        let Some((index, written)) = self.filled(record, Field::ConsentBasis) else {
            return Ground::Blank;
        };
        match word::fold(written).as_str() {
            "express" | "explicit" | "express consent" | "explicit consent" | "consent" | "written" | "verbal" | "opt in" => {
                Ground::Known(Basis::Express)
            }
            "implied" | "implied consent" | "inferred" | "inferred consent" | "soft opt in" | "purchase" | "treatment"
            | "existing patient" | "existing client" => Ground::Known(Basis::Implied),
            "inquiry" | "enquiry" => Ground::Known(Basis::Inquiry),
            blank if word::is_blank(blank) => Ground::Blank,
            _ if word::answer(written) == Answer::No => Ground::Withdrawn,
            _ => {
                let shown = cell::value(&written.chars().take(40).collect::<String>()).unwrap_or_default();
                let text = format!("`{shown}` is no basis of consent, so a yes on it counts as no answer");
                let hint = Some("write `express`, `implied` or `inquiry`");
                self.notes.once("basis", || record.place(index), || text, hint);
                Ground::Unknown
            }
        }
    }

    /// Whether any column says that this person left, died or is archived.
    fn has_ended(&self, record: &Record<'_>) -> bool {
        let ended = |index: &usize| ENDED.contains(&word::fold(record.cell(*index)).as_str());
        let columns = self.layout.of(Field::Unsubscribed).iter();
        columns.map(|index| record.cell(*index)).any(says_so) || self.layout.of(Field::Status).iter().any(ended)
    }
}

/// What the column of the ground says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    Blank,
    Known(Basis),
    /// Something that nobody here understands.
    Unknown,
    /// That there is none any more.
    Withdrawn,
}

/// Whether a cell under "unsubscribed", "deceased" and the like holds more than blank, zero or a no.
fn says_so(cell: &str) -> bool {
    let never = cell.chars().all(|c| !c.is_alphanumeric() || c == '0') && !word::is_mark(cell);
    !never && !word::is_blank(cell) && !word::is_plain_no(cell)
}

/// How a person left by whom this column is filled, folded; other columns that say "no" may be a tick that changes.
fn left_by_header(header: &str) -> Option<Reason> {
    match header {
        "unsub time" | "unsubscribed" | "unsubscribe" | "unsubscribed at" | "unsubscribed on" | "unsubscribe date"
        | "unsubscribe time" | "abgemeldet" | "abgemeldet am" | "desabonne" | "desinscrit" | "baja" | "dado de baja"
        | "disiscritto" | "uitgeschreven" | "descadastrado" => Some(Reason::Unsubscribed),
        "bounced" | "hard bounced" | "bounced at" | "cleaned" | "clean time" | "cleaned at" => Some(Reason::Bounced),
        "complained" | "complained at" | "spam complaint" | "marked as spam" | "abuse" => Some(Reason::Complained),
        _ => None,
    }
}

/// Whether a column holds the reason why somebody left, as Mailchimp's `UNSUB_REASON` does.
pub(super) fn names_reason(header: &str) -> bool {
    matches!(
        word::fold(header).as_str(),
        "unsub reason" | "unsubscribe reason" | "unsubscribed reason" | "unsub reason other"
    )
}

/// Whether such a reason, folded, is that our mail was called spam.
fn tells_of_spam(reason: &str) -> bool {
    reason.split(' ').any(|word| matches!(word, "spam" | "abuse" | "abusive"))
}

/// How a person left by this word in a status column, folded.
fn left_by_status(word: &str) -> Option<Reason> {
    match word {
        "unsubscribed" | "abgemeldet" | "desabonne" | "desinscrit" | "baja" | "disiscritto" | "uitgeschreven" | "descadastrado" => {
            Some(Reason::Unsubscribed)
        }
        "cleaned" | "bounced" | "hard bounced" | "hard bounce" | "undeliverable" => Some(Reason::Bounced),
        "complained" | "complaint" | "spam" | "spam complaint" | "abuse" | "abuse complaint" | "marked as spam"
        | "reported as spam" => Some(Reason::Complained),
        _ => None,
    }
}

/// What else a status column says of people who must not get mail, folded.
#[rustfmt::skip]
const ENDED: &[&str] = &[
    "inactive", "deceased", "died", "archived", "opted out", "opt out", "non subscribed", "nonsubscribed", "not subscribed", "deleted", "blocked", "merged",
    "do not contact", "suppressed", "blocklisted", "blacklisted", "disabled", "inaktiv", "verstorben", "archiviert", "inactif", "decede", "inactivo", "fallecido", "inattivo", "deceduto",
    "inactief", "overleden", "inativo", "falecido",
];
