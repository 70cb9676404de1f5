//! Mail that came in: each is taken once, with what it does, in one transaction.
//!
//! Promises: a mail that was taken before changes nothing, from whichever box it comes; what it does and that it was taken are on the
//! disk together; no address and no word of a mail is kept but what was said of an address, with the address taken out. Knows nothing of
//! boxes, and does not judge what a mail means.

use super::judge::{doubt_crowd, judge};
use super::keys::{Keys, PersonHash};
use super::spelling::{FORGOTTEN, Spellings};
use super::strike::{NewStrike, Source, letter_moment, note};
use super::suppress::{Became, NewSuppression, suppress_one};
use super::{DeliveryId, Doing, Store, StoreError, codec};
use crate::address::Address;
use crate::delivery::reply::EnhancedCode;
use crate::delivery::strike::Weight;
use crate::subscriber::suppression::Suppression;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// A mail that was looked at, and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenMail {
    /// SHA-256 of its bytes: what it is known by.
    pub hash: [u8; 32],
    /// Now.
    pub at: Timestamp,
    /// What it is about.
    pub kind: MailKind,
    /// What it does.
    pub effect: Effect,
    /// In words: the code, the rule.
    pub detail: String,
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailKind {
    /// Somebody wants no more letters.
    Unsubscribe,
    /// A letter came back.
    Bounce,
    /// A letter is late.
    Delay,
    /// Somebody calls a letter spam.
    Complaint,
    /// A machine answers.
    AutoReply,
    /// Something for a person to read.
    Other,
}

/// What a mail does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Nothing, and why.
    Nothing(Outcome),
    /// A person leaves.
    Leave {
        /// For which mail, and why.
        suppressions: Vec<NewSuppression>,
        /// Who.
        person: PersonHash,
        /// The letter that proves it.
        delivery: Option<DeliveryId>,
        /// Whether somebody has to read the mail all the same: it may mean more than what is done.
        is_for_a_person: bool,
    },
    /// A letter was not taken.
    Strike {
        /// The letter.
        delivery: DeliveryId,
        /// What it counts.
        weight: Weight,
        /// What was said, in a code.
        code: Option<EnhancedCode>,
        /// What was said; may hold addresses.
        reply: String,
    },
}

/// What came of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Something was written down.
    Acted,
    /// It was so already.
    Stood,
    /// It asks for nothing.
    Ignored,
    /// No letter of ours proves it.
    Unproved,
    /// Somebody has to read it.
    ForAPerson,
}

/// What the store did about a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Whether it had not been taken before.
    pub is_new: bool,
    /// What came of it, now or then.
    pub outcome: Outcome,
    /// What keeps its person from letters because of it: the first of several.
    pub suppressed: Option<Suppression>,
}

/// What a mail did about one letter or one person, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailLine {
    /// When it was read.
    pub at: Timestamp,
    /// What it was about.
    pub kind: MailKind,
    /// What came of it.
    pub outcome: Outcome,
    /// The letter, as people name its edition: `CAMPAIGN/ARTICLE`.
    pub letter: Option<String>,
    /// In words.
    pub detail: String,
}

impl MailKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Unsubscribe,
        Self::Bounce,
        Self::Delay,
        Self::Complaint,
        Self::AutoReply,
        Self::Other,
    ];

    /// The word in the store and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unsubscribe => "unsubscribe",
            Self::Bounce => "bounce",
            Self::Delay => "delay",
            Self::Complaint => "complaint",
            Self::AutoReply => "auto_reply",
            Self::Other => "other",
        }
    }

    /// The kind with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Acted, Self::Stood, Self::Ignored, Self::Unproved, Self::ForAPerson];

    /// The word in the store and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acted => "acted",
            Self::Stood => "stood",
            Self::Ignored => "ignored",
            Self::Unproved => "unproved",
            Self::ForAPerson => "for_a_person",
        }
    }

    /// The outcome with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

impl Store {
    /// Whether a mail was taken before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn knows_mail(&self, hash: &[u8; 32]) -> Result<bool, StoreError> {
        let mut find = self
            .connection
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM mail WHERE hash = ?)")
            .doing("look for a mail")?;
        find.query_row([hash], |row| row.get(0)).doing("look for a mail")
    }

    /// What came of a mail that was taken before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn outcome_of_mail(&self, hash: &[u8; 32]) -> Result<Option<Outcome>, StoreError> {
        known_outcome(&self.connection, hash)
    }

    /// Takes a mail: what it does, and that it was taken, in one transaction. One that was taken before changes nothing.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then, and the mail is still to be taken.
    pub fn take_mail(&mut self, mail: &TakenMail) -> Result<Taken, StoreError> {
        let (keys, spellings) = (self.keys.clone(), self.spellings_of(&mail.effect)?);
        let transaction = self.write("take a mail")?;
        if let Some(outcome) = known_outcome(&transaction, &mail.hash)? {
            return Ok(Taken {
                is_new: false,
                outcome,
                suppressed: None,
            });
        }
        let done = act(&transaction, &keys, &spellings, mail)?;
        write_down(&transaction, mail, &done, &without_addresses(&mail.detail, &spellings))?;
        transaction.commit().doing("take a mail")?;
        Ok(Taken {
            is_new: true,
            outcome: done.outcome,
            suppressed: done.suppressed,
        })
    }

    /// All mails that were about a person, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mails_about(&self, address: &Address) -> Result<Vec<MailLine>, StoreError> {
        let sql = "SELECT m.at, m.kind, m.outcome, e.campaign_name || '/' || e.article, m.detail FROM mail m LEFT JOIN delivery d \
                   ON d.id = m.delivery LEFT JOIN edition e ON e.id = d.edition WHERE m.person = ? ORDER BY m.id";
        let mut statement = self.connection.prepare_cached(sql).doing("read mail")?;
        let mut rows = statement.query([self.keys.person(address)]).doing("read mail")?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next().doing("read mail")? {
            lines.push(mail_line(row)?);
        }
        Ok(lines)
    }

    /// How many mails that were taken since then somebody has to read.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mails_for_a_person(&self, since: Timestamp) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM mail WHERE outcome = 'for_a_person' AND at >= ?";
        let found = self
            .connection
            .query_row(sql, [since.as_microsecond()], |row| row.get::<_, i64>(0));
        found.map(i64::unsigned_abs).doing("read mail")
    }

    /// How the addresses of the person a mail is about can be written.
    fn spellings_of(&self, effect: &Effect) -> Result<Spellings, StoreError> {
        let letter = match effect {
            Effect::Nothing(_) => None,
            Effect::Leave { delivery, .. } => *delivery,
            Effect::Strike { delivery, .. } => Some(*delivery),
        };
        let found = match letter {
            Some(letter) => self.letter_of(letter)?.and_then(|letter| letter.address),
            None => None,
        };
        found.map_or_else(|| Ok(Spellings::default()), |address: Address| self.spellings(&address))
    }
}

/// What a mail did.
struct Done {
    outcome: Outcome,
    person: Option<PersonHash>,
    delivery: Option<DeliveryId>,
    suppressed: Option<Suppression>,
}

impl Done {
    fn nothing(outcome: Outcome) -> Self {
        Self {
            outcome,
            person: None,
            delivery: None,
            suppressed: None,
        }
    }
}

/// Does what a mail does.
fn act(transaction: &Transaction<'_>, keys: &Keys, spellings: &Spellings, mail: &TakenMail) -> Result<Done, StoreError> {
    match &mail.effect {
        Effect::Nothing(outcome) => Ok(Done::nothing(*outcome)),
        Effect::Leave {
            suppressions,
            person,
            delivery,
            is_for_a_person,
        } => {
            let mut done = Done::nothing(Outcome::Stood);
            (done.person, done.delivery) = (Some(*person), *delivery);
            for one in suppressions {
                match suppress_one(transaction, keys, one)? {
                    Became::Added => {
                        done.outcome = Outcome::Acted;
                        done.suppressed.get_or_insert_with(|| one.suppression.clone());
                    }
                    // Older than the word by which they came back, by a date that their own machine wrote: a person can tell.
                    Became::TakenBack if done.outcome == Outcome::Stood => done.outcome = Outcome::ForAPerson,
                    Became::TakenBack | Became::Stood => {}
                }
            }
            if *is_for_a_person {
                done.outcome = Outcome::ForAPerson;
            }
            Ok(done)
        }
        Effect::Strike {
            delivery,
            weight,
            code,
            reply,
        } => {
            let said = (*code, without_addresses(reply, spellings));
            strike(transaction, *delivery, *weight, &said, mail.at)
        }
    }
}

/// A strike by mail is judged at once: no run has to end first.
fn strike(
    transaction: &Transaction<'_>,
    delivery: DeliveryId,
    weight: Weight,
    (code, reply): &(Option<EnhancedCode>, String),
    now: Timestamp,
) -> Result<Done, StoreError> {
    let Some((at, person)) = letter_moment(transaction, delivery)? else {
        return Ok(Done::nothing(Outcome::Unproved));
    };
    let code = code.map(|code| code.to_string());
    let is_new = note(
        transaction,
        &NewStrike {
            delivery,
            weight,
            source: Source::Mail,
            run: None,
            code: code.as_deref(),
            reply,
            at,
        },
    )?;
    if is_new {
        doubt_crowd(transaction, delivery)?;
    }
    Ok(Done {
        outcome: if is_new { Outcome::Acted } else { Outcome::Stood },
        person: Some(person),
        delivery: Some(delivery),
        suppressed: match is_new {
            true => judge(transaction, &person, now)?,
            false => None,
        },
    })
}

fn known_outcome(connection: &Connection, hash: &[u8; 32]) -> Result<Option<Outcome>, StoreError> {
    let mut find = connection
        .prepare_cached("SELECT outcome FROM mail WHERE hash = ?")
        .doing("look for a mail")?;
    let word: Option<String> = find.query_row([hash], |row| row.get(0)).optional().doing("look for a mail")?;
    word.map(|word| outcome(&word)).transpose()
}

fn outcome(word: &str) -> Result<Outcome, StoreError> {
    Outcome::parse(word).ok_or_else(|| StoreError::Damaged {
        what: format!("what came of a mail is `{word}`"),
    })
}

fn write_down(transaction: &Transaction<'_>, mail: &TakenMail, done: &Done, detail: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO mail (hash, at, kind, outcome, delivery, person, detail) VALUES (?, ?, ?, ?, ?, ?, ?)";
    let row = params![
        mail.hash,
        mail.at.as_microsecond(),
        mail.kind.as_str(),
        done.outcome.as_str(),
        done.delivery.map(|delivery| delivery.0),
        done.person,
        detail
    ];
    let mut write = transaction.prepare_cached(sql).doing("take a mail")?;
    write.execute(row).doing("take a mail").map(|_| ())
}

/// What was said, without the person's address in any spelling, and without anything else that looks like an address: mail is passed on
/// from one to another.
fn without_addresses(text: &str, spellings: &Spellings) -> String {
    let text = spellings.taken_out_of(text).unwrap_or_else(|| text.to_owned());
    let text = text.replace(FORGOTTEN, RECIPIENT);
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || c.is_control() || ",;()[]<>\"'".contains(c)) {
        let word = piece.trim_end_matches(|c: char| c.is_whitespace() || c.is_control() || ",;()[]<>\"'".contains(c));
        let is_address = ["@", "%40", "\u{ff20}"].iter().any(|at| word.contains(at)) || (word.contains('=') && word.contains('.'));
        match is_address {
            true => out.push_str(RECIPIENT),
            false => out.push_str(word),
        }
        out.extend(piece[word.len()..].chars().map(|c| if c.is_control() { ' ' } else { c }));
    }
    out.replace("<<recipient>>", RECIPIENT).chars().take(LONGEST).collect()
}

/// What stands where an address stood, as in the relay's replies.
const RECIPIENT: &str = "<recipient>";

/// As long as a relay's reply is kept.
const LONGEST: usize = 512;

/// A row of `mail` about somebody.
fn mail_line(row: &Row<'_>) -> Result<MailLine, StoreError> {
    let text = |index: usize| row.get::<_, String>(index).doing("read mail");
    let kind = text(1)?;
    Ok(MailLine {
        at: codec::instant(row.get(0).doing("read mail")?)?,
        kind: MailKind::parse(&kind).ok_or_else(|| StoreError::Damaged {
            what: format!("a mail is `{kind}`"),
        })?,
        outcome: outcome(&text(2)?)?,
        letter: row.get(3).doing("read mail")?,
        detail: text(4)?,
    })
}
