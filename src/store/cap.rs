//! The cap: who got another letter lately, or gets an older one first, so that this one waits.
//!
//! Promises: what counts is another letter that was accepted, is under way or in doubt, at the moment its last attempt began; and an older
//! one that is due to the same person and may leave within the same days, so that no newer one takes its place again and again. Both are
//! asked of the store as it is, so they are true inside the grant's own transaction. Of two letters only one is the older: they never
//! wait for each other. Nothing is written: a letter that waits is pending as before.

use super::hold::CAMPAIGN_HOLD;
use super::spacing::Spacing;
use super::{DeliveryId, Doing, EditionId, Store, StoreError, codec};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use std::sync::LazyLock;

/// Another letter to the person of `d` that counts: begun from `from` on and before `before`, which are parameters' names. One that a person
/// ordered anew was accepted all the same.
pub(super) fn lately(from: &str, before: &str) -> String {
    format!(
        "FROM delivery o JOIN attempt a ON a.delivery = o.id AND a.number = o.attempt WHERE o.person = d.person AND o.id <> d.id \
         AND a.begun_at >= {from} AND a.begun_at < {before} AND (o.state IN ('accepted', 'sending', 'in_doubt') \
         OR (a.outcome = 'accepted' AND o.state IN ('pending', 'deferred', 'held')))"
    )
}

/// An older letter to the person of `d` that waits as well and goes first: of an edition in the JSON list `firsts` that nobody holds and
/// whose time is not over at `now`, which are parameters' names.
pub(super) fn older(firsts: &str, now: &str) -> String {
    format!(
        "FROM delivery o JOIN edition ON edition.id = o.edition WHERE o.person = d.person AND o.id <> d.id \
         AND o.state IN ('pending', 'deferred') AND o.edition IN (SELECT value FROM json_each({firsts})) \
         AND edition.status = 'released' AND edition.held IS NULL AND coalesce(edition.expires_at > {now}, TRUE) \
         AND (coalesce(o.due_at, edition.due_at), o.edition) < \
         (SELECT coalesce(d.due_at, own.due_at), own.id FROM edition own WHERE own.id = d.edition) AND {CAMPAIGN_HOLD} IS NULL"
    )
}

/// What a letter has to keep to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cap {
    /// Within how many days a person gets one letter.
    pub spacing: Spacing,
    /// The editions whose letters go first where they are older, because they may leave within those days.
    pub firsts: Vec<EditionId>,
}

impl Cap {
    /// A cap under which nobody goes first.
    pub fn of(spacing: Spacing) -> Self {
        Self {
            spacing,
            firsts: Vec::new(),
        }
    }

    /// The editions that go first as a statement takes them; none spares the question.
    pub(super) fn list(&self) -> Option<String> {
        let ids = || self.firsts.iter().map(|edition| edition.0).collect::<Vec<_>>();
        (!self.firsts.is_empty()).then(|| serde_json::json!(ids()).to_string())
    }
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

/// An older letter that goes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct First {
    /// Its edition.
    pub edition: EditionId,
    /// Its campaign's folder.
    pub campaign: String,
    /// Its article.
    pub article: String,
}

/// How many letters of an edition wait for others to the same people.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Crowd {
    /// How many whose people got another one lately.
    pub letters: u64,
    /// When the first of them may leave.
    pub until: Option<Timestamp>,
    /// How many more wait because an older letter goes first.
    pub behind: u64,
}

impl Store {
    /// How many letters of `edition` wait because their people got another one lately, or get an older one first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn crowd(&self, edition: EditionId, cap: &Cap, now: Timestamp) -> Result<Crowd, StoreError> {
        let sql = format!(
            "SELECT count(*) - sum(behind), min(last) FILTER (WHERE NOT behind), sum(behind) FROM (SELECT (SELECT max(a.begun_at) {}) AS last, \
             ?4 IS NOT NULL AND EXISTS (SELECT 1 {}) AS behind FROM delivery d WHERE d.edition = ?1 \
             AND d.state IN ('pending', 'deferred')) WHERE last IS NOT NULL OR behind",
            lately("?2", "?3"),
            older("?4", "?5")
        );
        let (from, before) = cap.spacing.bounds(now);
        let (letters, last, behind): (Option<i64>, Option<i64>, Option<i64>) = self
            .connection
            .query_row(&sql, (edition.0, from, before, cap.list(), now.as_microsecond()), |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .doing("count letters that wait")?;
        let last = last.map(codec::instant).transpose()?;
        Ok(Crowd {
            letters: letters.unwrap_or(0).unsigned_abs(),
            until: last.map(|last| cap.spacing.until(last)),
            behind: behind.unwrap_or(0).unsigned_abs(),
        })
    }

    /// When the people of an edition's waiting letters got another one lately, and so keep `spacing` at `now`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn got_lately(&self, edition: EditionId, spacing: &Spacing, now: Timestamp) -> Result<Vec<(i64, Timestamp)>, StoreError> {
        let sql = format!(
            "SELECT person, last FROM (SELECT d.person, (SELECT max(a.begun_at) {}) AS last FROM delivery d WHERE d.edition = ?1 \
             AND d.state IN ('pending', 'deferred')) WHERE last IS NOT NULL",
            lately("?2", "?3")
        );
        let (from, before) = spacing.bounds(now);
        let mut statement = self.connection.prepare_cached(&sql).doing("count letters that wait")?;
        let rows = statement.query_map((edition.0, from, before), |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)));
        let rows: Vec<(i64, i64)> = rows.and_then(Iterator::collect).doing("count letters that wait")?;
        rows.into_iter()
            .map(|(person, at)| Ok((person, codec::instant(at)?)))
            .collect()
    }

    /// The older letter that goes to this one's person first, if one does.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn first(&self, delivery: DeliveryId, cap: &Cap, now: Timestamp) -> Result<Option<First>, StoreError> {
        let Some(firsts) = cap.list() else { return Ok(None) };
        let sql = format!(
            "SELECT edition.id, edition.campaign_name, edition.article FROM delivery d JOIN {} AND d.id = ?1 \
             ORDER BY coalesce(o.due_at, edition.due_at) LIMIT 1",
            older("?2", "?3").trim_start_matches("FROM ")
        );
        let found = self
            .connection
            .query_row(&sql, (delivery.0, firsts, now.as_microsecond()), |row| {
                Ok(First {
                    edition: EditionId(row.get(0)?),
                    campaign: row.get(1)?,
                    article: row.get(2)?,
                })
            });
        found.optional().doing("look for another letter")
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

/// What an edition's letters have to keep to, by edition.
pub(super) type Caps = dyn Fn(i64) -> Option<Cap> + Send;

/// Whether the person of this letter got another one lately, or gets an older one first, where that matters.
pub(super) fn is_crowded(
    connection: &Connection,
    delivery: DeliveryId,
    cap: Option<Cap>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Some(cap) = cap else { return Ok(false) };
    static SQL: LazyLock<String> = LazyLock::new(|| {
        format!(
            "SELECT EXISTS (SELECT 1 FROM delivery d WHERE d.id = ?1 AND (EXISTS (SELECT 1 {}) OR (?4 IS NOT NULL AND EXISTS (SELECT 1 {}))))",
            lately("?2", "?3"),
            older("?4", "?5")
        )
    });
    let (from, before) = cap.spacing.bounds(now);
    let mut find = connection.prepare_cached(&SQL).doing("begin a letter")?;
    find.query_row((delivery.0, from, before, cap.list(), now.as_microsecond()), |row| row.get(0))
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
