//! Changes: what people and rules decide about letters, apart from any attempt.
//!
//! Promises: the state machine says what an event does, and from which states it can; every letter it touches gets a row that is
//! never changed or deleted, in the transaction that moves it. So the story of a letter is whole: its attempts, and these.

use super::hold::By;
use super::{DeliveryId, Doing, Store, StoreError, codec};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::state::{Event, State, step};
use jiff::Timestamp;
use rusqlite::{ToSql, Transaction};

/// The events that are no part of an attempt, by their names in the store.
pub(super) const NAMED: [(&str, Event); 9] = [
    ("hold", Event::Hold),
    ("release", Event::Release),
    ("cancel", Event::Cancel),
    ("suppress", Event::Suppress),
    ("expire", Event::Expire),
    ("sent", Event::ResolveSent),
    ("not_sent", Event::ResolveNotSent),
    ("resend", Event::Resend),
    ("doubt", Event::Doubt),
];

/// What was decided about some letters.
pub(super) struct Decision<'a> {
    pub(super) event: Event,
    pub(super) by: By,
    /// For whoever asks why; `None` lets the last attempt speak again.
    pub(super) reason: Option<&'a str>,
    pub(super) at: Timestamp,
}

/// One decision about a letter, as it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeLine {
    /// How many attempts were on record then.
    pub attempts: u32,
    /// What was decided: `hold`, `release`, `cancel`, `suppress`, `expire`, `sent`, `not_sent`, `resend`, `doubt`.
    pub event: String,
    /// Whether a person decided, and not a rule.
    pub by_person: bool,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

impl Store {
    /// All decisions about a delivery, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn changes(&self, delivery: DeliveryId) -> Result<Vec<ChangeLine>, StoreError> {
        let sql = "SELECT attempts, event, by = 'person', reason, at FROM change WHERE delivery = ? ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).doing("read decisions")?;
        let mut rows = statement.query([delivery.0]).doing("read decisions")?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next().doing("read decisions")? {
            changes.push(ChangeLine {
                attempts: row.get(0).doing("read decisions")?,
                event: row.get(1).doing("read decisions")?,
                by_person: row.get(2).doing("read decisions")?,
                reason: row.get(3).doing("read decisions")?,
                at: codec::instant(row.get(4).doing("read decisions")?)?,
            });
        }
        Ok(changes)
    }
}

/// Moves every delivery on that meets `condition` (which sees `delivery` and `?1`) and to which the event can happen; gives how many.
pub(super) fn decide(
    transaction: &Transaction<'_>,
    condition: &str,
    key: &dyn ToSql,
    decision: &Decision<'_>,
) -> Result<u64, StoreError> {
    let Some((name, _)) = NAMED.iter().find(|(_, event)| *event == decision.event) else {
        return Err(StoreError::Damaged {
            what: format!("`{:?}` belongs to an attempt", decision.event),
        });
    };
    let (from, to) = passage(decision.event)?;
    let (at, by) = (decision.at.as_microsecond(), decision.by.name());
    let touched = format!("({condition}) AND state IN ({from})");
    let sql = format!(
        "INSERT INTO change (delivery, attempts, event, by, reason, at) \
         SELECT id, attempt, ?2, ?3, ?4, ?5 FROM delivery WHERE {touched}"
    );
    transaction
        .prepare_cached(&sql)
        .and_then(|mut write| write.execute((key, name, by, decision.reason, at)))
        .doing("write a decision down")?;
    let anew = match decision.event {
        Event::Resend => {
            ", orders = orders + 1, refusals = 0, dated = NULL, afterwards = NULL, generation = (SELECT generation FROM store)"
        }
        // What was to be done when it waits again is done, or overruled.
        Event::Hold | Event::Cancel | Event::Release => ", afterwards = NULL",
        _ => "",
    };
    let held_by = decision.by.name();
    let sql = format!(
        "UPDATE delivery SET state = ?2, held_by = CASE ?2 WHEN 'held' THEN ?3 END, retry_at = NULL, reason = ?4, changed_at = ?5{anew} \
         WHERE {touched}"
    );
    let moved = transaction
        .prepare_cached(&sql)
        .and_then(|mut write| write.execute((key, to.name(), held_by, decision.reason, at)))
        .doing("write a decision down")?;
    Ok(moved as u64)
}

/// From which states an event can happen, as SQL's list, and where it leads: the state machine's own answer.
fn passage(event: Event) -> Result<(String, State), StoreError> {
    let mut from = Vec::new();
    let mut to = None;
    for name in State::NAMES {
        let state = codec::state(name, Some(0))?;
        if let Ok(next) = step(state, event, Timestamp::UNIX_EPOCH, &RetryPolicy::default()) {
            from.push(format!("'{name}'"));
            to = Some(next);
        }
    }
    let to = to.ok_or_else(|| StoreError::Damaged {
        what: format!("`{event:?}` can happen nowhere"),
    })?;
    Ok((from.join(", "), to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_that_is_no_part_of_an_attempt_leads_to_one_state() {
        let found: Vec<String> = NAMED
            .iter()
            .map(|(name, event)| {
                let (from, to) = passage(*event).unwrap();
                format!("{name}: {} → {to}", from.replace('\'', ""))
            })
            .collect();
        assert_eq!(
            found,
            [
                "hold: pending, deferred → held",
                "release: held → pending",
                "cancel: pending, deferred, held → cancelled",
                "suppress: pending, deferred, held → suppressed",
                "expire: pending, deferred → expired",
                "sent: in_doubt → accepted",
                "not_sent: in_doubt → pending",
                "resend: accepted, failed, cancelled, expired → pending",
                "doubt: pending, deferred, held → in_doubt",
            ]
        );
    }
}
