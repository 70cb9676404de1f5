//! What addresses did not take, and what mail said about them, in words and as JSON: for `why`, `people show`, `people export`, `status`.

use super::ui::{count, moment};
use crate::store::Store;
use crate::store::StoreError;
use crate::store::mail::MailLine;
use crate::store::mailbox::ReadingLine;
use crate::store::strike::{Standing, StrikeLine};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How long ago a mail that waits for a person is still worth a line.
const RECENT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// One letter that was not taken.
pub(super) fn strike_words(strike: &StrikeLine) -> String {
    let counts = match strike.standing {
        Standing::Counts => strike.weight.to_string(),
        Standing::Doubtful => format!("{}, in doubt: many were refused with it", strike.weight),
        Standing::Waits => format!("{}, judged when its run has ended", strike.weight),
        Standing::Past => format!("{}, counts no more", strike.weight),
        Standing::Void => format!("{}, void: the relay was at fault", strike.weight),
    };
    let by = strike.source.as_str();
    match strike.reply.is_empty() {
        true => format!("not taken ({counts}): {}, by {by}", strike.told()),
        false => format!("not taken ({counts}): {}, by {by}: {}", strike.told(), strike.reply),
    }
}

pub(super) fn strike_json(strike: &StrikeLine) -> Value {
    json!({
        "letter": strike.letter, "weight": strike.weight.as_str(), "source": strike.source.as_str(), "code": strike.code,
        "reply": strike.reply, "at": strike.at.to_string(), "standing": strike.standing.as_str(),
    })
}

/// One mail about a person.
pub(super) fn mail_words(mail: &MailLine) -> String {
    let (kind, outcome) = (mail.kind.as_str().replace('_', " "), mail.outcome.as_str().replace('_', " "));
    format!("mail read at {}: {kind}, {outcome}: {}", moment(mail.at), mail.detail)
}

pub(super) fn mail_json(mail: &MailLine) -> Value {
    json!({
        "at": mail.at.to_string(), "kind": mail.kind.as_str(), "outcome": mail.outcome.as_str(), "letter": mail.letter, "detail": mail.detail,
    })
}

/// Who reads what people answer: the boxes, and how many of the mails in them a person has to read.
pub(super) struct Answers {
    boxes: Vec<ReadingLine>,
    for_a_person: u64,
}

impl Answers {
    pub(super) fn read(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let since = now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
        Ok(Self {
            boxes: store.readings()?,
            for_a_person: store.mails_for_a_person(since)?,
        })
    }

    /// A line, where any box was read.
    pub(super) fn words(&self) -> Option<String> {
        let last = self.boxes.first()?;
        let wait = match self.for_a_person {
            0 => String::new(),
            1 => "; 1 mail of the last 30 days is for a person to read".to_owned(),
            mails => format!("; {} of the last 30 days are for a person to read", count(mails, "mail")),
        };
        Some(format!(
            "answers: `{}` last read at {}{wait}",
            last.name,
            moment(last.read_at)
        ))
    }

    pub(super) fn as_json(&self) -> Value {
        let boxes = self
            .boxes
            .iter()
            .map(|one| json!({"mailbox": one.name, "read_at": one.read_at.to_string(), "mails": one.mails}));
        Value::Array(boxes.collect())
    }

    pub(super) fn for_a_person(&self) -> u64 {
        self.for_a_person
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::mail::{Effect, MailKind, Outcome, TakenMail};

    #[test]
    fn a_box_that_is_read_is_worth_a_line_and_mails_for_a_person_are_counted_for_a_month() {
        let now = "2026-12-01T09:00:00Z".parse::<Timestamp>().unwrap();
        let mut store = Store::in_memory(now).unwrap();
        let words = |store: &Store, days: i64| {
            Answers::read(store, now + SignedDuration::from_hours(24 * days))
                .unwrap()
                .words()
        };
        assert_eq!(words(&store, 0), None);
        store.note_reading("mbox:/var/mail/tips", 3, None, now).unwrap();
        assert_eq!(
            words(&store, 0).unwrap(),
            "answers: `mbox:/var/mail/tips` last read at 2026-12-01 09:00:00 UTC"
        );
        for hash in 0..2 {
            let mail = TakenMail {
                hash: [hash; 32],
                at: now,
                kind: MailKind::Other,
                effect: Effect::Nothing(Outcome::ForAPerson),
                detail: "a question".to_owned(),
            };
            store.take_mail(&mail).unwrap();
            let expected = if hash == 0 {
                "1 mail of the last 30 days is for"
            } else {
                "2 mails of the last 30 days are for"
            };
            assert!(words(&store, 30).unwrap().contains(expected), "{:?}", words(&store, 30));
        }
        assert!(!words(&store, 31).unwrap().contains("person"));
        assert_eq!(Answers::read(&store, now).unwrap().as_json()[0]["mails"], 3);
    }
}
