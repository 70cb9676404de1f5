//! The cap: who got another letter lately, so that this one waits.
//!
//! Promises: what counts is another letter that was accepted, is under way or in doubt, at the moment its last attempt began; asked of
//! the store as it is, so it is true inside the grant's own transaction. Nothing is written: a letter that waits is pending as before.

use super::spacing::Spacing;
use super::{DeliveryId, Doing, EditionId, Store, StoreError, codec};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};

/// Another letter to the person of `d` that counts: begun from `from` on and before `before`, which are parameters' names. One that a person
/// ordered anew was accepted all the same.
pub(super) fn lately(from: &str, before: &str) -> String {
    format!(
        "FROM delivery o JOIN attempt a ON a.delivery = o.id AND a.number = o.attempt WHERE o.person = d.person AND o.id <> d.id \
         AND a.begun_at >= {from} AND a.begun_at < {before} AND (o.state IN ('accepted', 'sending', 'in_doubt') \
         OR (a.outcome = 'accepted' AND o.state IN ('pending', 'deferred', 'held')))"
    )
}

/// A letter that somebody else's waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// Its campaign's folder.
    pub campaign: String,
    /// Its article.
    pub article: String,
    /// When it left.
    pub at: Timestamp,
    /// When the next may.
    pub until: Timestamp,
}

/// How many letters of an edition wait because their people got another one lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crowd {
    /// How many.
    pub letters: u64,
    /// When the first of them may leave.
    pub until: Option<Timestamp>,
}

impl Store {
    /// How many letters of `edition` wait because their people got another one within `spacing`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn crowd(&self, edition: EditionId, spacing: &Spacing, now: Timestamp) -> Result<Crowd, StoreError> {
        let sql = format!(
            "SELECT count(*), min(last) FROM (SELECT (SELECT max(a.begun_at) {}) AS last FROM delivery d WHERE d.edition = ?1 \
             AND d.state IN ('pending', 'deferred')) WHERE last IS NOT NULL",
            lately("?2", "?3")
        );
        let (from, before) = spacing.bounds(now);
        let (letters, last): (i64, Option<i64>) = self
            .connection
            .query_row(&sql, (edition.0, from, before), |row| Ok((row.get(0)?, row.get(1)?)))
            .doing("count letters that wait")?;
        let last = last.map(codec::instant).transpose()?;
        Ok(Crowd {
            letters: letters.unsigned_abs(),
            until: last.map(|last| spacing.until(last)),
        })
    }

    /// The other letter that this one waits for, if it waits for any.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recent(&self, delivery: DeliveryId, spacing: &Spacing, now: Timestamp) -> Result<Option<Recent>, StoreError> {
        let sql = format!(
            "SELECT e.campaign_name, e.article, last.begun_at FROM (SELECT o.edition, a.begun_at FROM delivery d JOIN {} AND d.id = ?1 \
             ORDER BY a.begun_at DESC LIMIT 1) last JOIN edition e ON e.id = last.edition",
            lately("?2", "?3").trim_start_matches("FROM ")
        );
        let (from, before) = spacing.bounds(now);
        let found = self.connection.query_row(&sql, (delivery.0, from, before), |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        });
        let Some((campaign, article, at)) = found.optional().doing("look for another letter")? else {
            return Ok(None);
        };
        let at = codec::instant(at)?;
        Ok(Some(Recent {
            campaign,
            article,
            at,
            until: spacing.until(at),
        }))
    }

    /// The hours that an edition was drafted with, as they were written down.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn frozen_hours(&self, edition: EditionId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT hours FROM edition WHERE id = ?";
        self.connection
            .query_row(sql, [edition.0], |row| row.get(0))
            .doing("read an edition's hours")
    }
}

/// Within how many days a person gets one letter, by edition.
pub(super) type Cap = dyn Fn(i64) -> Option<Spacing> + Send;

/// Whether the person of this letter got another one within `spacing`, where that matters.
pub(super) fn is_crowded(
    connection: &Connection,
    delivery: DeliveryId,
    spacing: Option<Spacing>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(spacing) = spacing else { return Ok(false) };
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM delivery d WHERE d.id = ?1 AND EXISTS (SELECT 1 {}))",
        lately("?2", "?3")
    );
    let (from, before) = spacing.bounds(now);
    let mut find = connection.prepare_cached(&sql).doing("begin a letter")?;
    find.query_row((delivery.0, from, before), |row| row.get(0))
        .doing("begin a letter")
}

#[cfg(test)]
mod tests {
    use super::lately;
    use crate::store::Store;
    use jiff::Timestamp;

    #[test]
    fn a_persons_other_letters_are_found_by_index() {
        let store = Store::in_memory(Timestamp::UNIX_EPOCH).unwrap();
        let asked = format!(
            "SELECT 1 FROM delivery d WHERE d.id = 1 AND EXISTS (SELECT 1 {})",
            lately("2", "3")
        );
        let mut statement = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {asked}")).unwrap();
        let steps = statement.query_map([], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(Result::unwrap).collect();
        assert!(
            !steps.iter().any(|step| step.contains("SCAN o") || step.contains("SCAN a")),
            "{steps:?}"
        );
        assert!(steps.iter().any(|step| step.contains("delivery_person")), "{steps:?}");
    }
}
