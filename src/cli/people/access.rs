//! All that is held about one person, for whoever looks and for the person who asks (a subject access request).
//!
//! Promises: everything that stands in the store about a person is in it, whole: nothing is cut, masked or left out.

use crate::address::Address;
use crate::cli::consent::standing_json;
use crate::cli::failure::Failure;
use crate::cli::strikes::{mail_json, strike_json};
use crate::cli::suppress;
use crate::store::ask::{AttemptLine, LeftOut, LogLine};
use crate::store::change::ChangeLine;
use crate::store::dossier::{Standing, Version};
use crate::store::edition::Edition;
use crate::store::mail::MailLine;
use crate::store::strike::StrikeLine;
use crate::store::suppress::SuppressionLine;
use crate::store::{PersonId, Store};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Everything about one person.
pub(super) struct Dossier {
    pub(super) address: Address,
    pub(super) erased_at: Option<Timestamp>,
    pub(super) versions: Vec<Version>,
    pub(super) standings: Vec<Standing>,
    pub(super) suppressions: Vec<SuppressionLine>,
    pub(super) strikes: Vec<StrikeLine>,
    pub(super) mails: Vec<MailLine>,
    pub(super) letters: Vec<Letter>,
    pub(super) left_out: Vec<(Edition, LeftOut)>,
    pub(super) orders: Vec<(Timestamp, String, String)>,
    store: String,
}

/// One letter with its whole story.
pub(super) struct Letter {
    pub(super) edition: Edition,
    pub(super) line: LogLine,
    message_id: String,
    attempts: Vec<AttemptLine>,
    changes: Vec<ChangeLine>,
}

impl Dossier {
    pub(super) fn read(store: &Store, address: &Address, person: PersonId, now: Timestamp) -> Result<Self, Failure> {
        let mut letters = Vec::new();
        for line in store.deliveries_of(person)? {
            let edition = store.edition(line.edition)?;
            letters.push(Letter {
                message_id: edition.message_id(store.keys(), &line),
                attempts: store.attempts(line.delivery)?,
                changes: store.changes(line.delivery)?,
                edition,
                line,
            });
        }
        let mut left_out = Vec::new();
        for left in store.left_out_of(person)? {
            left_out.push((store.edition(left.edition)?, left));
        }
        Ok(Self {
            address: address.clone(),
            erased_at: store.erased_at(person)?,
            versions: store.versions(person)?,
            standings: store.standings(person)?,
            suppressions: store.suppressions_ever(address)?,
            strikes: store.strikes(address, now)?,
            mails: store.mails_about(address)?,
            letters,
            left_out,
            orders: store.orders_about(person)?,
            store: store.identity().id.clone(),
        })
    }

    /// What the lists say now, before what they said once.
    pub(super) fn standings_now(&self) -> impl Iterator<Item = &Standing> {
        self.standings.iter().filter(|standing| standing.until.is_none())
    }

    pub(super) fn standings_before(&self) -> impl Iterator<Item = &Standing> {
        self.standings.iter().filter(|standing| standing.until.is_some())
    }

    pub(super) fn as_json(&self) -> Value {
        let list = |items: Vec<Value>| Value::Array(items);
        let orders = self.orders.iter();
        json!({
            "address": self.address.to_string(),
            "store": self.store,
            "erased_at": self.erased_at.map(|at| at.to_string()),
            "versions": list(self.versions.iter().map(version).collect()),
            "lists": list(self.standings_now().map(|standing| standing_json(standing, None)).collect()),
            "history": list(self.standings_before().map(|standing| standing_json(standing, None)).collect()),
            "suppressions": list(self.suppressions.iter().map(suppress::as_json).collect()),
            "strikes": list(self.strikes.iter().map(strike_json).collect()),
            "mails": list(self.mails.iter().map(mail_json).collect()),
            "deliveries": list(self.letters.iter().map(letter).collect()),
            "left_out": list(self.left_out.iter().map(|(edition, left)| left_out(edition, left)).collect()),
            "orders": list(orders.map(|(at, verb, detail)| json!({"at": at.to_string(), "order": verb, "detail": detail})).collect()),
        })
    }
}

fn version(version: &Version) -> Value {
    json!({
        "address": version.address.as_ref().map(ToString::to_string), "columns": version.attributes, "rows": version.rows,
        "at": version.created_at.to_string(),
    })
}

fn left_out(edition: &Edition, left: &LeftOut) -> Value {
    json!({
        "campaign": edition.campaign_name, "edition": edition.key.to_string(), "reason": left.reason, "detail": left.detail,
    })
}

fn letter(letter: &Letter) -> Value {
    let (edition, line) = (&letter.edition, &letter.line);
    json!({
        "campaign": edition.campaign_name, "edition": edition.key.to_string(), "title": edition.title, "state": line.state.name(),
        "at": line.at.to_string(), "message_id": letter.message_id,
        "attempts": letter.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "decisions": letter.changes.iter().map(decision).collect::<Vec<_>>(),
    })
}

fn attempt(attempt: &AttemptLine) -> Value {
    json!({
        "number": attempt.number, "begun_at": attempt.begun_at.to_string(), "settled_at": attempt.settled_at.map(|at| at.to_string()),
        "outcome": attempt.outcome, "stage": attempt.stage, "code": attempt.code, "enhanced_code": attempt.enhanced_code,
        "reply": attempt.reply, "relay": attempt.relay,
    })
}

fn decision(change: &ChangeLine) -> Value {
    let by = if change.by_person { "person" } else { "rule" };
    json!({"event": change.event, "by": by, "reason": change.reason, "at": change.at.to_string(), "attempts": change.attempts})
}
