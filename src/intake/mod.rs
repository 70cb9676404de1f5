//! Intake: what people and mail systems answer, proved and acted on.
//!
//! Promises: nothing is done for a mail that proves nothing; what is done is durable before the mail is marked as read; the same mail
//! twice is the same as once, whichever box it lies in; no address gets into what is kept of a mail. Knows nothing of where mails lie or
//! of what is shown of them.

mod bounce;
mod proof;
mod wish;

use crate::address::Address;
use crate::mailbox::notice::{self, Notice};
use crate::mailbox::{self, Fate, Mail, MailboxError, Source};
use crate::store::keys::PersonHash;
use crate::store::mail::{Effect, MailKind, Outcome, TakenMail};
use crate::store::suppress::{NewSuppression, Whom};
use crate::store::{DeliveryId, Store, StoreError};
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Why mails could not be taken in.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The box.
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl IntakeError {
    /// Whether all mails were read and acted on, and only could not be marked as read: they are known, and ask for nothing twice.
    pub fn is_only_unmarked(&self) -> bool {
        matches!(self, Self::Mailbox(MailboxError::Unmarked { .. }))
    }
}

/// Takes every mail of a box on this machine, and writes down that it was read.
///
/// # Errors
/// When the box cannot be read or the store not be written; what was taken until then is on record.
pub fn take_in(desk: &mut Desk<'_>, source: &Source) -> Result<(), IntakeError> {
    let read = mailbox::read(source, &mut |mail| desk.take(mail).map_err(IntakeError::from));
    let mails = match &read {
        // Everything was read and is on record; only the box does not say so.
        Err(error) if error.is_only_unmarked() => 0,
        Ok(mails) => *mails,
        Err(_) => return read.map(|_| ()),
    };
    desk.note(&source.described(), mails, None)?;
    read.map(|_| ())
}

/// Takes mails, one after the other, and remembers what became of each.
pub struct Desk<'a> {
    store: &'a mut Store,
    now: Timestamp,
    marks: bool,
    /// What became of the mails so far.
    pub report: Report,
    /// The last mail that nobody could act on.
    pub stayed: Option<[u8; 32]>,
}

/// What became of mails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Mails that were not known before, by what became of them.
    pub answers: Vec<Answer>,
    /// How many were known already.
    pub known: u64,
    /// How many of those still wait for somebody to read them.
    pub waiting: u64,
    /// How many were too large to be looked at: for a person to read.
    pub too_large: u64,
}

/// What became of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The mail, by the hash of its bytes.
    pub mail: [u8; 32],
    /// What it was.
    pub kind: MailKind,
    /// What came of it.
    pub outcome: Outcome,
    /// Whom it is about, where that is proved and the store still knows them.
    pub address: Option<Address>,
    /// Which mail they get no more, where they left by it.
    pub scopes: Vec<Scope>,
    /// In words, without an address.
    pub detail: String,
    /// Who wrote it and when, by its own words: how a person finds it.
    pub opening: (Option<Address>, Option<Timestamp>),
}

/// What is to be done for a mail.
struct Verdict {
    kind: MailKind,
    effect: Effect,
    detail: String,
    address: Option<Address>,
}

/// When a mail was written and when it is read: what the words on record say of it.
#[derive(Clone, Copy)]
struct When {
    /// When it is read.
    now: Timestamp,
    /// When it was written, as far as its date can be believed.
    happened: Timestamp,
}

impl<'a> Desk<'a> {
    /// A desk that acts on mails.
    pub fn new(store: &'a mut Store, now: Timestamp) -> Self {
        Self {
            store,
            now,
            marks: true,
            report: Report::default(),
            stayed: None,
        }
    }

    /// A desk that leaves every mail as it lies: for a look, and for rehearsals, whose boxes are the real ones.
    pub fn leaving_mails_alone(store: &'a mut Store, now: Timestamp) -> Self {
        Self {
            marks: false,
            ..Self::new(store, now)
        }
    }

    /// Acts on a mail, unless it was looked at before.
    ///
    /// # Errors
    /// When the store cannot be read or written; then the mail has not been taken.
    pub fn take(&mut self, mail: &Mail) -> Result<Fate, StoreError> {
        let outcome = match self.store.outcome_of_mail(&mail.hash)? {
            Some(outcome) => self.known(outcome),
            None => self.act(mail)?,
        };
        if fate(outcome) == Fate::Stays {
            self.stayed = Some(mail.hash);
        }
        match self.marks {
            true => Ok(fate(outcome)),
            false => Ok(Fate::Stays),
        }
    }

    /// How far a server's folder was read before.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn cursor(&self, name: &str) -> Result<Option<String>, StoreError> {
        self.store.cursor(name)
    }

    /// Writes down that a box was read to its end.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note(&mut self, name: &str, mails: u64, cursor: Option<&str>) -> Result<(), StoreError> {
        self.store.note_reading(name, mails, cursor, self.now)
    }

    fn known(&mut self, outcome: Outcome) -> Outcome {
        self.report.known += 1;
        self.report.waiting += u64::from(needs_a_person(outcome));
        outcome
    }

    fn act(&mut self, mail: &Mail) -> Result<Outcome, StoreError> {
        let verdict = judge(self.store, notice::read(mail), self.now)?;
        let (kind, asked) = (verdict.kind, asked(&verdict.effect));
        let taken = self.store.take_mail(&TakenMail {
            hash: mail.hash,
            at: self.now,
            kind,
            effect: verdict.effect,
            detail: verdict.detail.clone(),
        })?;
        if !taken.is_new {
            // Somebody else has read the same mail at this very moment.
            return Ok(self.known(taken.outcome));
        }
        let by_strikes = taken.suppressed.map(|one| one.scope).filter(|_| asked.is_empty());
        self.report.answers.push(Answer {
            mail: mail.hash,
            kind,
            outcome: taken.outcome,
            address: verdict.address,
            scopes: asked.into_iter().chain(by_strikes).collect(),
            detail: verdict.detail,
            opening: notice::opening(mail),
        });
        Ok(taken.outcome)
    }
}

/// Which mail a person asks to get no more.
fn asked(effect: &Effect) -> Vec<Scope> {
    match effect {
        Effect::Leave { suppressions, .. } => suppressions.iter().map(|new| new.suppression.scope.clone()).collect(),
        Effect::Nothing(_) | Effect::Strike { .. } => Vec::new(),
    }
}

impl Report {
    /// How many mails came out so.
    pub fn of(&self, outcome: Outcome) -> u64 {
        self.answers.iter().filter(|answer| answer.outcome == outcome).count() as u64
    }

    /// Whether any mail was new.
    pub fn is_news(&self) -> bool {
        !self.answers.is_empty()
    }

    /// New mails that a person has to read.
    pub fn for_a_person(&self) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(|answer| needs_a_person(answer.outcome))
    }

    /// Whether somebody has to read anything that is new.
    pub fn needs_a_person(&self) -> bool {
        self.too_large > 0 || self.for_a_person().next().is_some()
    }
}

impl Answer {
    /// The mail's hash as it is written into file names and onto screens.
    pub fn mail_text(&self) -> String {
        HEXLOWER.encode(&self.mail)
    }
}

/// What becomes of a mail that came out so.
pub fn fate(outcome: Outcome) -> Fate {
    match outcome {
        Outcome::Acted | Outcome::Stood | Outcome::Ignored => Fate::Done,
        Outcome::Unproved | Outcome::ForAPerson => Fate::Stays,
    }
}

/// Whether somebody has to read a mail that came out so.
pub fn needs_a_person(outcome: Outcome) -> bool {
    outcome == Outcome::ForAPerson
}

/// What a notice comes to, by what the store can prove of it.
fn judge(store: &Store, notice: Notice, now: Timestamp) -> Result<Verdict, StoreError> {
    let when = |at| When::of(at, now);
    match notice {
        Notice::Unsubscribe {
            from,
            in_words,
            clues,
            at,
        } => wish::unsubscribe(store, from.as_ref().filter(|_| in_words), in_words, &clues, when(at)),
        Notice::Complaint { clues, recipient, at } => wish::complaint(store, &clues, recipient.as_ref(), when(at)),
        Notice::Bounce { recipients, clues, at } => bounce::bounce(store, &recipients, &clues, when(at)),
        Notice::Delay => Ok(Verdict::nothing(
            MailKind::Delay,
            Outcome::Ignored,
            "a letter is late, and is tried again",
        )),
        Notice::AutoReply => Ok(Verdict::nothing(MailKind::AutoReply, Outcome::Ignored, "a machine answers")),
        Notice::Other(what) => Ok(Verdict::nothing(MailKind::Other, Outcome::ForAPerson, what)),
    }
}

impl Verdict {
    fn nothing(kind: MailKind, outcome: Outcome, detail: impl Into<String>) -> Self {
        Self {
            kind,
            effect: Effect::Nothing(outcome),
            detail: detail.into(),
            address: None,
        }
    }

    /// Somebody gets no more of this mail.
    fn leave(kind: MailKind, letter: &proof::Letter, suppressions: Vec<NewSuppression>, detail: String) -> Self {
        Self {
            kind,
            effect: Effect::Leave {
                suppressions,
                person: letter.person,
                delivery: letter.delivery,
                is_for_a_person: false,
            },
            detail,
            address: letter.address.clone(),
        }
    }
}

/// Before this day no letter of this program left: a mail that says it is older has a wrong clock.
const FIRST_LETTER: &str = "2020-01-01T00:00:00Z";

impl When {
    fn of(written: Option<Timestamp>, now: Timestamp) -> Self {
        let first = FIRST_LETTER.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let believed = written.filter(|at| (first..=now).contains(at));
        Self {
            now,
            happened: believed.unwrap_or(now),
        }
    }

    /// The day, as evidence names it.
    fn day(self) -> String {
        self.happened.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string()
    }

    /// A suppression by a mail of this day.
    fn suppression(self, person: PersonHash, scope: Scope, reason: Reason, how: &str) -> NewSuppression {
        NewSuppression {
            whom: Whom::Hash(person),
            suppression: Suppression {
                scope,
                reason,
                at: self.now,
                evidence: Some(format!("mail of {}, {how}", self.day())),
            },
            happened: Some(self.happened),
        }
    }
}

/// A letter by its number, in words.
fn letter_words(delivery: Option<DeliveryId>) -> String {
    delivery.map_or_else(
        || "a letter that is on no record any more".to_owned(),
        |delivery| format!("letter {}", delivery.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_believed_where_it_can_be_true() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let check = |written: Option<&str>, day: &str| {
            let written = written.map(|text| text.parse().unwrap());
            assert_eq!(When::of(written, now).day(), day, "{written:?}");
        };
        check(Some("2024-06-03T23:00:00Z"), "3 June 2024");
        check(Some("2026-11-21T12:00:01Z"), "21 November 2026");
        check(Some("1970-01-01T00:00:00Z"), "21 November 2026");
        check(None, "21 November 2026");
    }

    #[test]
    fn only_what_is_settled_is_marked() {
        let stays = |outcome| fate(outcome) == Fate::Stays;
        assert!(![Outcome::Acted, Outcome::Stood, Outcome::Ignored].into_iter().any(stays));
        assert!([Outcome::Unproved, Outcome::ForAPerson].into_iter().all(stays));
    }
}
