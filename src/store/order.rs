//! Orders: what a person decides about letters that the program leaves alone by itself.
//!
//! Promises: an order is one transaction, so it is on the disk whole or not at all, before any letter leaves because of it; it touches
//! nothing but letters that stand where it says; and it is on record, as an order and with each letter. Nothing here sends: an order
//! makes letters wait, and the next run closes the difference.

use super::ask::LogLine;
use super::change::{Decision, decide};
use super::hold::{By, Target, write_order};
use super::recover::end_waiting;
use super::{DeliveryId, Doing, EditionId, Store, StoreError, codec};
use crate::delivery::state::{Event, State};
use jiff::Timestamp;
use rusqlite::{ToSql, Transaction};

/// What a person found out about letters in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The relay took them.
    Sent,
    /// It did not: they are to be sent again.
    NotSent,
}

/// One letter, unless its person was forgotten: there is nowhere to send it.
const TO_SOMEBODY: &str =
    "id = ?1 AND EXISTS (SELECT 1 FROM person_version v WHERE v.id = delivery.version AND v.address IS NOT NULL)";

/// What settling doubts did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resolved {
    /// Letters that are no longer in doubt.
    pub letters: u64,
    /// Those of them that wait no more, because they were held or cancelled meanwhile.
    pub stopped: u64,
}

/// What an order stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stopped {
    /// Letters that waited, and do not any more.
    pub letters: u64,
    /// Letters that are under way at this moment: the order holds if they come back.
    pub under_way: u64,
    /// Letters in doubt: the order holds if they are found unsent.
    pub in_doubt: u64,
}

impl std::ops::AddAssign for Stopped {
    fn add_assign(&mut self, more: Self) {
        self.letters += more.letters;
        self.under_way += more.under_way;
        self.in_doubt += more.in_doubt;
    }
}

impl Store {
    /// Orders these letters of one edition anew, each with a Message-ID of its own; gives how many will leave because of it.
    ///
    /// Only letters that still stand as they were seen: what another order or a run has moved on meanwhile is left alone. An edition
    /// whose time is over, or that was cancelled, is open again for as long as it once was, for these letters alone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn resend(&mut self, edition: EditionId, letters: &[LogLine], now: Timestamp) -> Result<u64, StoreError> {
        let transaction = self.write("order letters anew")?;
        open_again(&transaction, edition, now)?;
        let anew = Decision {
            event: Event::Resend,
            by: By::Person,
            reason: Some("to be sent again, by order"),
            at: now,
        };
        let mut ordered = 0;
        for letter in letters {
            if stands_as_seen(&transaction, letter)? {
                ordered += decide(&transaction, TO_SOMEBODY, &letter.delivery.0, &anew)?;
            }
        }
        if ordered == 0 {
            // Dropped, the transaction is undone: nothing was opened for nobody.
            return Ok(0);
        }
        let detail = format!("{ordered} letters anew");
        write_order(&transaction, "resend", &Target::Edition(edition), &detail, now)?;
        transaction.commit().doing("order letters anew")?;
        Ok(ordered)
    }

    /// Settles letters in doubt, each with what was found out about it: the only way out of doubt.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn resolve(&mut self, letters: &[(LogLine, String)], found: Found, now: Timestamp) -> Result<Resolved, StoreError> {
        let transaction = self.write("settle doubts")?;
        let mut resolved = Resolved::default();
        for (letter, evidence) in letters {
            if !stands_as_seen(&transaction, letter)? {
                continue;
            }
            let id = letter.delivery;
            let settled = Decision {
                event: found.event(),
                by: By::Person,
                reason: Some(evidence),
                at: now,
            };
            resolved.letters += decide(&transaction, "id = ?1", &id.0, &settled)?;
            resolved.stopped += u64::from(do_afterwards(&transaction, id, now)?.is_some());
            write_order(&transaction, "resolve", &Target::Delivery(id), evidence, now)?;
        }
        transaction.commit().doing("settle doubts")?;
        Ok(resolved)
    }

    /// Calls off what waits in `target`. What was accepted stays as it is; what is under way or in doubt is called off as soon as it
    /// would wait again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn cancel(&mut self, target: &Target, reason: &str, now: Timestamp) -> Result<Stopped, StoreError> {
        let transaction = self.write("cancel")?;
        let off = Decision {
            event: Event::Cancel,
            by: By::Person,
            reason: Some(reason),
            at: now,
        };
        let (letters, key): (&str, &dyn ToSql) = match target {
            Target::Campaign(campaign) => {
                close(&transaction, "campaign = ?1", &campaign.0)?;
                (
                    "edition IN (SELECT id FROM edition WHERE campaign = ?1 AND status = 'cancelled')",
                    &campaign.0,
                )
            }
            Target::Edition(edition) => {
                close(&transaction, "id = ?1", &edition.0)?;
                (
                    "edition IN (SELECT id FROM edition WHERE id = ?1 AND status = 'cancelled')",
                    &edition.0,
                )
            }
            Target::Delivery(delivery) => ("id = ?1", &delivery.0),
        };
        let mut stopped = remember(&transaction, letters, key, "cancel")?;
        stopped.letters = decide(&transaction, letters, key, &off)?;
        write_order(&transaction, "cancel", target, reason, now)?;
        transaction.commit().doing("cancel")?;
        Ok(stopped)
    }
}

impl Found {
    fn event(self) -> Event {
        match self {
            Self::Sent => Event::ResolveSent,
            Self::NotSent => Event::ResolveNotSent,
        }
    }
}

/// Whether a letter is where a person saw it when they decided.
fn stands_as_seen(transaction: &Transaction<'_>, letter: &LogLine) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM delivery WHERE id = ? AND state = ? AND attempt = ? AND orders = ?)";
    let seen = (letter.delivery.0, letter.state.name(), letter.attempts, letter.orders);
    transaction
        .prepare_cached(sql)
        .and_then(|mut find| find.query_row(seen, |row| row.get(0)))
        .doing("look at a letter")
}

/// Writes down what is to be done with letters that nobody can act on now, should they wait again.
pub(super) fn remember(transaction: &Transaction<'_>, letters: &str, key: &dyn ToSql, what: &str) -> Result<Stopped, StoreError> {
    let count = |state: &str| {
        let sql = format!("SELECT count(*) FROM delivery WHERE ({letters}) AND state = '{state}'");
        let found = transaction.query_row(&sql, [key], |row| row.get::<_, i64>(0));
        found.doing("count letters").map(i64::unsigned_abs)
    };
    let (under_way, in_doubt) = (count("sending")?, count("in_doubt")?);
    let sql = format!(
        "UPDATE delivery SET afterwards = ?2 WHERE ({letters}) AND state IN ('sending', 'in_doubt') AND afterwards IS NOT 'cancel'"
    );
    transaction
        .execute(&sql, rusqlite::params![key, what])
        .doing("write an order down")?;
    Ok(Stopped {
        letters: 0,
        under_way,
        in_doubt,
    })
}

/// Does with a letter that waits again what was ordered while nobody could act on it; gives where that leaves it.
pub(super) fn do_afterwards(
    transaction: &Transaction<'_>,
    letter: DeliveryId,
    now: Timestamp,
) -> Result<Option<State>, StoreError> {
    let sql = "SELECT d.afterwards, e.ended FROM delivery d JOIN edition e ON e.id = d.edition WHERE d.id = ?";
    let (ordered, ended): (Option<String>, Option<String>) = transaction
        .query_row(sql, [letter.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .doing("look at a letter")?;
    let (event, state, reason) = match ordered.as_deref() {
        Some("cancel") => (Event::Cancel, State::Cancelled, "cancelled by hand while it was under way"),
        Some("hold") => (Event::Hold, State::Held, "held by hand while it was under way"),
        _ => return Ok(None),
    };
    let decision = Decision {
        event,
        by: if ended.is_some() { By::Rule } else { By::Person },
        reason: Some(ended.as_deref().unwrap_or(reason)),
        at: now,
    };
    Ok((decide(transaction, "id = ?1", &letter.0, &decision)? > 0).then_some(state))
}

/// No letter of these editions begins any more; only those that have letters without a last word are closed, and the steps of a series,
/// to which nobody comes any more, whatever is ordered anew of them later.
fn close(transaction: &Transaction<'_>, editions: &str, key: &dyn rusqlite::ToSql) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE edition SET status = 'cancelled', held = NULL, held_by = NULL, ended = CASE WHEN is_step THEN 'cancelled by hand' ELSE ended END \
         WHERE {editions} AND status = 'released' AND (is_step OR EXISTS \
         (SELECT 1 FROM delivery d WHERE d.edition = edition.id AND d.state IN ('pending', 'deferred', 'held', 'sending', 'in_doubt')))"
    );
    transaction.execute(&sql, [key]).doing("cancel an edition").map(|_| ())
}

/// Makes an edition whose time is over, or that was cancelled, one that letters can leave from.
fn open_again(transaction: &Transaction<'_>, edition: EditionId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "SELECT due_at, expires_at FROM edition WHERE id = ?";
    let (due, expires): (i64, Option<i64>) = transaction
        .query_row(sql, [edition.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .doing("open an edition again")?;
    if let Some(expires) = expires
        && codec::instant(expires)? <= now
    {
        // Whoever else waited has missed it: this order is not about them.
        end_waiting(transaction, edition, now)?;
        let sql = "UPDATE edition SET expires_at = ? WHERE id = ?";
        let until = now.as_microsecond().saturating_add(expires.saturating_sub(due));
        transaction.execute(sql, (until, edition.0)).doing("open an edition again")?;
    }
    let sql =
        "UPDATE edition SET status = 'released', ended = CASE WHEN is_step THEN ended END WHERE id = ? AND status = 'cancelled'";
    transaction
        .execute(sql, [edition.0])
        .doing("open an edition again")
        .map(|_| ())
}
