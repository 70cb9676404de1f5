//! What the journal asks before it grants an attempt, and what it writes then.
//!
//! Promises (laws 3, 6, 12): everything that could forbid an attempt is asked inside the transaction that writes its intent. What is the
//! same for all letters of an edition is asked once in a transaction: nobody else writes while it is open.

use super::{Grant, Intent};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::state::{Event, State, step};
use crate::store::cap::{Caps, is_crowded};
use crate::store::change::{Decision, decide};
use crate::store::hold::{By, CAMPAIGN_HOLD};
use crate::store::people::standing_suppressions;
use crate::store::{Doing, RunId, StoreError, codec};
use rusqlite::Transaction;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// What one transaction has asked about the editions of its letters.
pub(super) struct Editions<'c> {
    known: HashMap<i64, Edition>,
    cap: &'c Caps,
}

/// What an edition says about all its letters.
struct Edition {
    /// Released, and neither it nor its campaign is on hold.
    is_open: bool,
    expires_at: Option<i64>,
    /// The lists it goes to, as JSON.
    lists: String,
}

impl<'c> Editions<'c> {
    /// Nothing is asked yet.
    pub(super) fn under(cap: &'c Caps) -> Self {
        Self {
            known: HashMap::new(),
            cap,
        }
    }

    fn ask(&mut self, transaction: &Transaction<'_>, id: i64) -> Result<&Edition, StoreError> {
        match self.known.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => Ok(unknown.insert(read_edition(transaction, id)?)),
        }
    }
}

fn read_edition(transaction: &Transaction<'_>, id: i64) -> Result<Edition, StoreError> {
    let sql = format!(
        "SELECT status = 'released' AND held IS NULL AND {CAMPAIGN_HOLD} IS NULL, expires_at, lists FROM edition WHERE id = ?"
    );
    let mut find = transaction.prepare_cached(&sql).doing("begin a letter")?;
    find.query_row([id], |row| {
        Ok(Edition {
            is_open: row.get(0)?,
            expires_at: row.get(1)?,
            lists: row.get(2)?,
        })
    })
    .doing("begin a letter")
}

/// A letter that may want to leave.
struct Asked {
    state: State,
    edition: i64,
    /// The hash of its person's address.
    hash: [u8; 32],
    /// Somebody has said no, to this list or another.
    has_no: bool,
}

/// Asks everything that could forbid an attempt, in this very transaction (laws 6 and 12).
pub(super) fn admit(transaction: &Transaction<'_>, intent: &Intent, editions: &mut Editions<'_>) -> Result<Grant, StoreError> {
    let refused = refusal(transaction, intent, editions)?;
    if refused == Some(Grant::Suppressed) {
        let left = Decision {
            event: Event::Suppress,
            by: By::Rule,
            reason: Some("left after the edition was frozen"),
            at: intent.at,
        };
        decide(transaction, "id = ?1", &intent.delivery.0, &left)?;
    }
    Ok(refused.unwrap_or(Grant::Given))
}

/// Grants one attempt and writes it down.
pub(super) fn begin(
    transaction: &Transaction<'_>,
    run: RunId,
    intent: &Intent,
    editions: &mut Editions<'_>,
) -> Result<Grant, StoreError> {
    let grant = admit(transaction, intent, editions)?;
    if grant != Grant::Given {
        return Ok(grant);
    }
    let sql = "UPDATE delivery SET state = 'sending', attempt = ?2, run = ?3, retry_at = NULL, reason = NULL, \
               dated = coalesce(dated, ?4), changed_at = ?5 WHERE id = ?1";
    let mut update = transaction.prepare_cached(sql).doing("begin a letter")?;
    let (dated, at) = (intent.dated.as_microsecond(), intent.at.as_microsecond());
    update
        .execute((intent.delivery.0, intent.attempt, run.0, dated, at))
        .doing("begin a letter")?;
    let sql = "INSERT INTO attempt (delivery, number, run, begun_at) VALUES (?, ?, ?, ?)";
    let mut insert = transaction.prepare_cached(sql).doing("begin a letter")?;
    insert
        .execute((intent.delivery.0, intent.attempt, run.0, at))
        .doing("begin a letter")?;
    Ok(Grant::Given)
}

fn refusal(transaction: &Transaction<'_>, intent: &Intent, editions: &mut Editions<'_>) -> Result<Option<Grant>, StoreError> {
    let Some(asked) = ask(transaction, intent)? else {
        return Ok(Some(Grant::Moved));
    };
    if step(asked.state, Event::Begin, intent.at, &RetryPolicy::default()).is_err() {
        return Ok(Some(Grant::Moved));
    }
    let edition = editions.ask(transaction, asked.edition)?;
    let is_over = edition
        .expires_at
        .is_some_and(|expires| expires <= intent.at.as_microsecond());
    if !edition.is_open || is_over {
        return Ok(Some(Grant::Held));
    }
    if asked.has_no && concerns(transaction, intent, &asked.hash, &edition.lists)? {
        return Ok(Some(Grant::Suppressed));
    }
    let is_too_soon = is_crowded(transaction, intent.delivery, (editions.cap)(asked.edition), intent.at)?;
    Ok(is_too_soon.then_some(Grant::TooSoon))
}

/// How the letter stands, and whether there is any no of its person at all; `None` where it does not wait for this attempt.
fn ask(transaction: &Transaction<'_>, intent: &Intent) -> Result<Option<Asked>, StoreError> {
    let sql = "SELECT d.state, d.retry_at, d.edition, p.hash, \
               EXISTS (SELECT 1 FROM suppression s WHERE s.hash = p.hash AND s.lifted_at IS NULL) \
               OR EXISTS (SELECT 1 FROM membership m WHERE m.person = d.person AND m.answer = 'no' AND m.left_at IS NULL) \
               FROM delivery d JOIN person p ON p.id = d.person WHERE d.id = ?1 AND d.attempt = ?2 - 1 AND d.orders = ?3";
    let mut find = transaction.prepare_cached(sql).doing("begin a letter")?;
    let mut rows = find
        .query((intent.delivery.0, intent.attempt, intent.orders))
        .doing("begin a letter")?;
    let Some(row) = rows.next().doing("begin a letter")? else {
        return Ok(None);
    };
    let word = row.get_ref(0).and_then(|word| Ok(word.as_str()?)).doing("begin a letter")?;
    Ok(Some(Asked {
        state: codec::state(word, row.get(1).doing("begin a letter")?)?,
        edition: row.get(2).doing("begin a letter")?,
        hash: row.get(3).doing("begin a letter")?,
        has_no: row.get(4).doing("begin a letter")?,
    }))
}

/// Whether a no of this person is one to the edition's lists: said on one of them by now (frozen is what they get, not that they want
/// it), or a suppression.
fn concerns(transaction: &Transaction<'_>, intent: &Intent, hash: &[u8; 32], lists: &str) -> Result<bool, StoreError> {
    if says_no(transaction, intent, lists)? {
        return Ok(true);
    }
    let standing = standing_suppressions(transaction, hash)?;
    let lists: Vec<String> = serde_json::from_str(lists).map_err(|error| StoreError::Damaged { what: error.to_string() })?;
    Ok(standing.iter().any(|suppression| suppression.concerns(&lists)))
}

fn says_no(transaction: &Transaction<'_>, intent: &Intent, lists: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM delivery d JOIN membership m ON m.person = d.person JOIN list l ON l.id = m.list \
               WHERE d.id = ?1 AND m.answer = 'no' AND m.left_at IS NULL AND l.name IN (SELECT value FROM json_each(?2)))";
    let mut find = transaction.prepare_cached(sql).doing("begin a letter")?;
    find.query_row((intent.delivery.0, lists), |row| row.get(0))
        .doing("begin a letter")
}
