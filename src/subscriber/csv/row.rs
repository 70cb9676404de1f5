//! One record of a list file as a person, or the reason why it is none.

use crate::address::{Address, Remark, mask};
use crate::subscriber::consent::{Answer, Basis, Consent};
use crate::subscriber::csv::cell;
use crate::subscriber::csv::field::Field;
use crate::subscriber::csv::header::{Layout, Meaning};
use crate::subscriber::csv::note::Notes;
use crate::subscriber::csv::record::Record;
use crate::subscriber::date::{self, DayOrder};
use crate::subscriber::{Attributes, Subscriber, word};
use jiff::civil::Date;

/// Why a record is left out.
pub(super) struct Rejection {
    /// The cell at fault, if it is one.
    pub(super) cell: Option<usize>,
    /// What was found, masked.
    pub(super) value: String,
    /// Why it is left out.
    pub(super) reason: String,
    /// How to mend it.
    pub(super) fix: Option<String>,
}

/// Reads records by one layout.
pub(super) struct RowReader<'l> {
    pub(super) layout: &'l Layout,
    pub(super) days: Option<DayOrder>,
    pub(super) notes: Notes,
}

impl RowReader<'_> {
    /// The person of one record.
    pub(super) fn read(&mut self, record: &Record<'_>) -> Result<Subscriber, Rejection> {
        self.check_shape(record)?;
        let address = self.address(record)?;
        let joined = self.day(record, Field::Joined);
        let mut attributes = self.other_columns(record);
        self.names(record, &mut attributes);
        let language = self.filled(record, Field::Language).and_then(|(_, cell)| cell::value(cell));
        attributes.extend(language.map(|language| ("language".to_owned(), language)));
        attributes.extend(joined.map(|joined| ("joined".to_owned(), joined.to_string())));
        let consent = self.consent(record);
        Ok(Subscriber {
            address,
            attributes,
            consent,
            joined,
            rows: Vec::new(),
            left: None,
        })
    }

    fn check_shape(&mut self, record: &Record<'_>) -> Result<(), Rejection> {
        let width = self.layout.columns.len();
        let value = || {
            self.layout
                .of(Field::Email)
                .first()
                .map_or(String::new(), |email| mask(record.cell(*email)))
        };
        if record.raw().contains('\0') {
            return Err(Rejection {
                cell: None,
                value: value(),
                reason: "the row has a NUL character, which no text has".to_owned(),
                fix: Some("type the row again, or export the list again as CSV UTF-8".to_owned()),
            });
        }
        if (width..record.len()).any(|index| !record.cell(index).is_empty()) {
            return Err(Rejection {
                cell: Some(width),
                value: value(),
                reason: format!("the row has {} cells where the header names {width}", record.len()),
                fix: Some("put a cell that contains the separator in double quotes: `\"Lee, Ann\"`".to_owned()),
            });
        }
        if record.len() < width {
            let text = format!(
                "the row has {} cells where the header names {width}; the missing ones count as empty",
                record.len()
            );
            self.notes.add("short", record.place(0), text, None);
        }
        Ok(())
    }

    fn address(&mut self, record: &Record<'_>) -> Result<Address, Rejection> {
        let columns = self.layout.of(Field::Email);
        let Some((index, written)) = self.filled(record, Field::Email) else {
            return Err(no_address(record, columns.first().copied()));
        };
        let rejected = |reason: String, fix: &str| Rejection {
            cell: Some(index),
            value: mask(written),
            reason,
            fix: Some(fix.to_owned()),
        };
        let (address, more) = cell::address(written).map_err(|error| match word::is_blank(written) {
            true => rejected(
                "the cell says that there is no address".to_owned(),
                "leave it, or ask the person for an address",
            ),
            false => rejected(
                format!("`{}` is no address: {}", mask(written), error.why()),
                "correct the address, or take the row out",
            ),
        })?;
        let place = record.place(index);
        if more > 0 {
            let text = format!(
                "the cell holds several addresses; the first one counts, `{}`",
                address.masked()
            );
            self.notes.add(
                format!("several {}", record.line),
                place,
                text,
                Some("give every person a row of their own"),
            );
        }
        for remark in address.remarks() {
            let text = format!("`{}` {remark}", address.masked());
            match &remark {
                Remark::Placeholder => return Err(rejected(text, "leave it, or ask the person for an address")),
                Remark::Role => self.notes.add("role", place, text, Some("write to a person where you can")),
                Remark::Slip(meant) => {
                    let hint = format!("if `@{meant}` was meant, correct the row");
                    self.notes.add(format!("slip {}", record.line), place, text, Some(&hint));
                }
            }
        }
        Ok(address)
    }

    /// The first filled column of `field`.
    fn filled<'r>(&self, record: &'r Record<'_>, field: Field) -> Option<(usize, &'r str)> {
        let columns = self.layout.of(field).iter();
        columns
            .map(|index| (*index, record.cell(*index)))
            .find(|(_, cell)| !cell.is_empty())
    }

    fn other_columns(&self, record: &Record<'_>) -> Attributes {
        let mut attributes = Attributes::new();
        for (index, column) in self.layout.columns.iter().enumerate() {
            let name = match &column.meaning {
                Meaning::Attribute(name) => name.as_str(),
                Meaning::Field(Field::Status) => Field::Status.as_str(),
                Meaning::Field(_) | Meaning::Withheld | Meaning::Unnamed | Meaning::Ignored => continue,
            };
            // Of columns with the same name the first filled one counts.
            if let Some(value) = cell::value(record.cell(index)).filter(|_| !attributes.contains_key(name)) {
                attributes.insert(name.to_owned(), self.in_order(value));
            }
        }
        attributes
    }

    /// A slashed day as year, month, day, where the list says how it writes them; segments compare days.
    fn in_order(&self, value: String) -> String {
        let slashed = value.len() <= 10 && value.matches('/').count() == 2;
        let day = self
            .days
            .filter(|_| slashed)
            .and_then(|order| date::read(&value, Some(order)).ok());
        day.map_or(value, |day| day.to_string())
    }

    fn names(&mut self, record: &Record<'_>, attributes: &mut Attributes) {
        let mut names = [Field::FirstName, Field::LastName, Field::Name].map(|field| {
            let (index, written) = self.filled(record, field)?;
            let name = cell::name(written)?;
            if cell::is_mojibake(&name) {
                let text = format!("the name `{name}` was broken by a wrong encoding and is not used");
                let hint = "export the list again as CSV UTF-8, or correct the name";
                self.notes.add("mojibake", record.place(index), text, Some(hint));
                return None;
            }
            Some(name)
        });
        if let Some((last, first)) = names[2].as_deref().and_then(last_first) {
            let [whole_first, whole_last] = [first, last].map(str::to_owned);
            names[2] = Some(format!("{whole_first} {whole_last}"));
            names[0].get_or_insert(whole_first);
            names[1].get_or_insert(whole_last);
        }
        for (key, name) in ["first_name", "last_name", "name"].into_iter().zip(names) {
            attributes.extend(name.map(|name| (key.to_owned(), name)));
        }
    }

    fn day(&mut self, record: &Record<'_>, field: Field) -> Option<Date> {
        let (index, written) = self.filled(record, field).filter(|(_, cell)| !word::is_blank(cell))?;
        match date::read(written, self.days) {
            Ok(day) => Some(day),
            Err(error) => {
                let text = format!("`{}` is left empty: {error}", field.as_str());
                let hint = match error {
                    date::DateError::Ambiguous { .. } => {
                        format!("{}; or write `days: day first` into the list's `.yaml` file", error.hint())
                    }
                    date::DateError::Unknown(_) => error.hint(),
                };
                self.notes.add(format!("day {index}"), record.place(index), text, Some(&hint));
                None
            }
        }
    }

    fn consent(&mut self, record: &Record<'_>) -> Consent {
        let basis = self.basis(record);
        let source: Vec<String> = self
            .layout
            .of(Field::ConsentSource)
            .iter()
            .filter_map(|index| cell::value(record.cell(*index)))
            .collect();
        Consent {
            answer: match self.has_left(record) {
                true => Answer::No,
                false => self.answer(record, basis),
            },
            basis,
            date: self.day(record, Field::ConsentDate),
            source: (!source.is_empty()).then(|| source.join("; ")),
            wording: None,
        }
    }

    /// What the consent columns say: one no is a no, and a yes has to stand in all of them.
    fn answer(&mut self, record: &Record<'_>, basis: Option<Basis>) -> Answer {
        let columns = self.layout.of(Field::Consent);
        let mut answers = Vec::with_capacity(columns.len());
        for index in columns {
            let written = record.cell(*index);
            let answer = word::answer(written);
            if answer == Answer::Unknown && !word::is_blank(written) {
                let shown = cell::value(&written.chars().take(40).collect::<String>()).unwrap_or_default();
                let text = format!("`{shown}` is neither yes nor no, so it counts as no answer");
                let hint = "write `yes` or `no`; a column `consent_basis` may say `express`, `implied` or `inquiry`";
                self.notes
                    .add(format!("answer {shown}"), record.place(*index), text, Some(hint));
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

    fn basis(&mut self, record: &Record<'_>) -> Option<Basis> {
        let (index, written) = self.filled(record, Field::ConsentBasis)?;
        match word::fold(written).as_str() {
            "express" | "explicit" | "consent" | "written" | "verbal" | "opt in" => Some(Basis::Express),
            "implied" | "inferred" | "soft opt in" | "purchase" | "treatment" | "existing patient" | "existing client" => {
                Some(Basis::Implied)
            }
            "inquiry" | "enquiry" => Some(Basis::Inquiry),
            blank if word::is_blank(blank) => None,
            _ => {
                let shown = cell::value(&written.chars().take(40).collect::<String>()).unwrap_or_default();
                let text = format!("`{shown}` is no basis of consent, so it is left out");
                self.notes.add(
                    "basis",
                    record.place(index),
                    text,
                    Some("write `express`, `implied` or `inquiry`"),
                );
                None
            }
        }
    }

    /// Whether any column says that this person left, died or is archived.
    fn has_left(&self, record: &Record<'_>) -> bool {
        let says_so = |index: &usize| {
            let cell = record.cell(*index);
            let never = cell.chars().all(|c| !c.is_alphanumeric() || c == '0');
            !never && !word::is_blank(cell) && word::answer(cell) != Answer::No
        };
        let ended = |index: &usize| LEFT.contains(&word::fold(record.cell(*index)).as_str());
        self.layout.of(Field::Unsubscribed).iter().any(says_so) || self.layout.of(Field::Status).iter().any(ended)
    }
}

/// What a status column says of people who must not get mail, folded.
#[rustfmt::skip]
const LEFT: &[&str] = &[
    "unsubscribed", "cleaned", "inactive", "deceased", "died", "archived", "bounced", "complained", "opted out", "non subscribed", "nonsubscribed",
    "not subscribed", "deleted", "blocked", "abgemeldet", "verstorben", "desabonne", "baja",
];

fn no_address(record: &Record<'_>, cell: Option<usize>) -> Rejection {
    let first = record
        .iter()
        .map(word::fold)
        .find(|word| !word.is_empty())
        .unwrap_or_default();
    let footer = [
        "total",
        "totals",
        "count",
        "end of",
        "records",
        "summe",
        "gesamt",
        "exported",
        "printed",
        "generated",
    ]
    .iter()
    .any(|start| first.starts_with(start));
    Rejection {
        cell,
        value: String::new(),
        reason: match footer {
            true => "the row looks like a footer, not like a person",
            false => "the row has no address",
        }
        .to_owned(),
        fix: (!footer).then(|| "add the address, or leave it: the person gets no letters".to_owned()),
    }
}

/// The two parts of `Last, First`.
fn last_first(name: &str) -> Option<(&str, &str)> {
    let (last, first) = name.split_once(',')?;
    let (last, first) = (last.trim(), first.trim());
    (!last.is_empty() && !first.is_empty() && !first.contains(',')).then_some((last, first))
}
