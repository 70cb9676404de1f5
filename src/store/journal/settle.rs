//! What the journal does with an outcome.
//!
//! Promises (laws 5, 6): only the row that is `sending` this very attempt of this very run is settled, and its attempt with it; what the
//! state machine says of the event is what is written; orders that came while the letter was under way are done now.

use super::Settlement;
use crate::delivery::reply::Stage;
use crate::delivery::retry::RetryPolicy;
use crate::delivery::state::{Event, State, step};
use crate::store::order::do_afterwards;
use crate::store::strike::note_refusal;
use crate::store::{Doing, RunId, StoreError, codec};
use rusqlite::{OptionalExtension, Transaction, params};

/// A letter that came back untaken so often in a row, past MAIL each time, waits instead of being the first of every run.
const BROKEN_OFF: u32 = 3;

/// Compare and set (law 5): the row must be `sending` this very attempt of this very run, or the settlement fails alone.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    run: RunId,
    settlement: &Settlement,
    policy: &dyn Fn(i64) -> RetryPolicy,
) -> Result<Option<State>, StoreError> {
    match settlement.event == Event::Accept && accept(transaction, run, settlement)? {
        true => Ok(Some(State::Accepted)),
        false => settle_by_rule(transaction, run, settlement, policy),
    }
}

/// What becomes of nearly every letter, in one comparison; `false` where anything is out of the ordinary, and nothing was written.
fn accept(transaction: &Transaction<'_>, run: RunId, settlement: &Settlement) -> Result<bool, StoreError> {
    let sql = "UPDATE delivery SET state = 'accepted', retry_at = NULL, reason = ?5, changed_at = ?4, untold = 0 \
               WHERE id = ?1 AND state = 'sending' AND attempt = ?2 AND run = ?3 AND afterwards IS NULL";
    let mut update = transaction.prepare_cached(sql).doing("settle a letter")?;
    let (delivery, at) = (settlement.delivery.0, settlement.at.as_microsecond());
    let row = (delivery, settlement.attempt, run.0, at, settlement.reason.as_deref());
    let is_settled = update.execute(row).doing("settle a letter")? == 1;
    if is_settled {
        settle_attempt(transaction, settlement, Event::Accept, State::Accepted)?;
    }
    Ok(is_settled)
}

/// The same for whatever else may have become of a letter, and whatever was ordered for it meanwhile.
fn settle_by_rule(
    transaction: &Transaction<'_>,
    run: RunId,
    settlement: &Settlement,
    policy: &dyn Fn(i64) -> RetryPolicy,
) -> Result<Option<State>, StoreError> {
    let sql = "SELECT edition, refusals, afterwards IS NOT NULL FROM delivery WHERE id = ? AND state = 'sending' AND attempt = ? AND run = ?";
    let mut find = transaction.prepare_cached(sql).doing("settle a letter")?;
    let row = find.query_row((settlement.delivery.0, settlement.attempt, run.0), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?, row.get::<_, bool>(2)?))
    });
    let Some((edition, before, has_more)) = row.optional().doing("settle a letter")? else {
        return Ok(None);
    };
    let (event, refusals) = match settlement.event {
        Event::RefuseForNow { .. } => (
            Event::RefuseForNow {
                refusals: spoken_refusals(transaction, settlement, before)? + 1,
            },
            before + 1,
        ),
        // The relay breaks off this very letter again and again: it waits like one that was refused, and the others get theirs.
        // Nobody has refused it, so it waits a short while each time, and is given up only when its edition is over.
        Event::NotTaken if is_broken_off_again(transaction, settlement)? => (Event::RefuseForNow { refusals: 1 }, before + 1),
        other => (other, before),
    };
    let next = step(
        State::Sending,
        event,
        settlement.at,
        &policy(edition).seeded(settlement.delivery.0),
    );
    let state = next.map_err(|impossible| StoreError::Damaged {
        what: impossible.to_string(),
    })?;
    let sql = "UPDATE delivery SET state = ?1, refusals = ?2, retry_at = ?3, reason = ?4, changed_at = ?5, untold = ?1 = 'in_doubt' \
               WHERE id = ?6";
    let mut update = transaction.prepare_cached(sql).doing("settle a letter")?;
    let at = settlement.at.as_microsecond();
    let row = params![
        state.name(),
        refusals,
        codec::retry_at(state),
        settlement.reason,
        at,
        settlement.delivery.0
    ];
    update.execute(row).doing("settle a letter")?;
    settle_attempt(transaction, settlement, event, state)?;
    note_refusal(transaction, run, settlement, state)?;
    match has_more {
        true => Ok(do_afterwards(transaction, settlement.delivery, settlement.at)?.or(Some(state))),
        false => Ok(Some(state)),
    }
}

/// Whether this attempt and those before it, [`BROKEN_OFF`] in a row, all came back untaken after the relay had agreed to the sender:
/// trouble of the relay's own would have shown earlier.
fn is_broken_off_again(transaction: &Transaction<'_>, settlement: &Settlement) -> Result<bool, StoreError> {
    if settlement.stage.is_none_or(|stage| stage <= Stage::Mail) {
        return Ok(false);
    }
    let sql = "SELECT count(*) FROM attempt WHERE delivery = ?1 AND number < ?2 AND number >= ?2 - ?3 \
               AND outcome = 'not_taken' AND stage IN ('rcpt', 'data', 'end of data')";
    let mut count = transaction.prepare_cached(sql).doing("settle a letter")?;
    let before = BROKEN_OFF - 1;
    let found: u32 = count
        .query_row((settlement.delivery.0, settlement.attempt, before), |row| row.get(0))
        .doing("settle a letter")?;
    Ok(found == before)
}

/// How often the relay has put this letter off in words: what it broke off again and again was put off by us, and counts towards no
/// end.
fn spoken_refusals(transaction: &Transaction<'_>, settlement: &Settlement, put_off: u32) -> Result<u32, StoreError> {
    if put_off == 0 {
        return Ok(0);
    }
    let sql = "SELECT count(*) FROM attempt WHERE delivery = ? AND outcome = 'deferred' AND code IS NOT NULL";
    let mut count = transaction.prepare_cached(sql).doing("settle a letter")?;
    let spoken: u32 = count
        .query_row([settlement.delivery.0], |row| row.get(0))
        .doing("settle a letter")?;
    Ok(spoken.min(put_off))
}

fn settle_attempt(transaction: &Transaction<'_>, settlement: &Settlement, event: Event, state: State) -> Result<(), StoreError> {
    let sql = "UPDATE attempt SET settled_at = ?, outcome = ?, stage = ?, code = ?, enhanced = ?, reply = ?, relay = ? \
               WHERE delivery = ? AND number = ?";
    let mut update = transaction.prepare_cached(sql).doing("settle an attempt")?;
    let reply = settlement.reply.as_ref();
    let outcome = match event {
        Event::NotTaken => "not_taken",
        _ => state.name(),
    };
    let row = params![
        settlement.at.as_microsecond(),
        outcome,
        settlement.stage.map(Stage::name),
        reply.map(|reply| reply.code),
        reply.and_then(|reply| reply.enhanced).map(|code| code.to_string()),
        reply.map_or(settlement.reason.as_deref(), |reply| Some(reply.text.as_str())),
        settlement.relay,
        settlement.delivery.0,
        settlement.attempt,
    ];
    update.execute(row).doing("settle an attempt").map(|_| ())
}
