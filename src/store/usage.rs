//! Usage: what has left through this store lately, counted from its own attempts.
//!
//! Promises: an attempt counts if the relay was asked to take its letter, whatever came of it: accepted, refused, in doubt, under way.
//! One that was certainly not taken, as after a refused login or a broken connection, does not. A clock that was wrong neither opens
//! a limit twice nor closes it for ever: where an attempt's moment cannot be true, it counts as the latest that it can have been, and
//! that is known from the order of the runs. Knows nothing of limits.

use super::{Doing, EditionId, Store, StoreError, codec};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is asked of the attempts on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Question {
    /// The newest so many letters of the last 24 hours; 0 where nobody counts them.
    pub letters: u32,
    /// The letters to each domain within this time; `None` where nobody counts them.
    pub domains: Option<SignedDuration>,
}

/// What has left lately.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// The letters of the last 24 hours, oldest first.
    pub letters: Vec<Timestamp>,
    /// The same for each domain, for as long as was asked.
    pub domains: BTreeMap<String, Vec<Timestamp>>,
    /// The first letter that ever left.
    pub first_at: Option<Timestamp>,
    /// The last attempt of the last 24 hours, whatever came of it.
    pub last_at: Option<Timestamp>,
    /// Some of these moments are no better known than "before now", because no run has begun since: a new run's row settles them.
    pub is_unsettled: bool,
}

/// The longest time that is looked back on.
pub const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Letters count, but not those that were certainly not taken.
const COUNTED: &str = "outcome IS NOT 'not_taken'";

impl Store {
    /// What has left through this store lately.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn usage(&self, question: &Question, now: Timestamp) -> Result<Usage, StoreError> {
        let eras = eras(&self.connection, now.as_microsecond())?;
        let mut usage = Usage {
            first_at: first(&self.connection, &eras)?,
            ..Usage::default()
        };
        let cutoff = before(now, DAY);
        for era in eras.iter().rev().take_while(|era| era.until > cutoff) {
            let look = Look {
                connection: &self.connection,
                era,
            };
            if usage.last_at.is_none() {
                usage.last_at = look.last()?;
            }
            let room = question.letters.saturating_sub(usage.letters.len() as u32);
            look.letters(cutoff, room, &mut usage)?;
            if let Some(span) = question.domains {
                look.domains(before(now, span), &mut usage)?;
            }
        }
        usage.letters.sort_unstable();
        usage.domains.values_mut().for_each(|sent| sent.sort_unstable());
        Ok(usage)
    }

    /// The domain of each letter of an edition that waits, in the order in which they leave.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn domains_waiting(&self, edition: EditionId) -> Result<Vec<Arc<str>>, StoreError> {
        let sql = "SELECT v.address FROM delivery d JOIN person_version v ON v.id = d.version \
                   WHERE d.edition = ? AND d.state IN ('pending', 'deferred', 'sending') ORDER BY d.id";
        let mut statement = self.connection.prepare_cached(sql).doing("read waiting letters")?;
        let mut rows = statement.query([edition.0]).doing("read waiting letters")?;
        let (mut known, mut letters) = (BTreeSet::<Arc<str>>::new(), Vec::new());
        while let Some(row) = rows.next().doing("read waiting letters")? {
            let address: Option<String> = row.get(0).doing("read waiting letters")?;
            let domain = address.as_deref().and_then(domain_of).unwrap_or_default();
            let domain = known.get(domain).cloned().unwrap_or_else(|| Arc::from(domain));
            known.insert(Arc::clone(&domain));
            letters.push(domain);
        }
        Ok(letters)
    }

    /// Whose those letters are, in the same order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn people_waiting(&self, edition: EditionId) -> Result<Vec<i64>, StoreError> {
        let sql = "SELECT person FROM delivery WHERE edition = ? AND state IN ('pending', 'deferred', 'sending') ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).doing("read waiting letters")?;
        let rows = statement
            .query_map([edition.0], |row| row.get(0))
            .doing("read waiting letters")?;
        rows.collect::<Result<_, _>>().doing("read waiting letters")
    }
}

fn before(now: Timestamp, span: SignedDuration) -> i64 {
    now.saturating_sub(span).map_or(i64::MIN, |at| at.as_microsecond())
}

/// One run, and the time in which its attempts can have begun: runs come one after another, whatever their clocks said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Era {
    run: i64,
    from: i64,
    until: i64,
    /// Whether a later run has set its end.
    is_closed: bool,
}

impl Era {
    /// A moment that cannot be true is taken for the latest that can.
    fn believe(&self, begun_at: i64) -> i64 {
        match (self.from..=self.until).contains(&begun_at) {
            true => begun_at,
            false => self.until,
        }
    }
}

/// The domain as [`crate::address::Address`] has it: the store keeps addresses as it wrote them.
fn domain_of(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}

fn eras(connection: &Connection, now: i64) -> Result<Vec<Era>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT id, started_at FROM run ORDER BY id")
        .doing("read the runs")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let runs: Vec<(i64, i64)> = rows
        .doing("read the runs")?
        .collect::<Result<_, _>>()
        .doing("read the runs")?;
    Ok(eras_of(&runs, now))
}

/// A run's beginning is believed if it is not ahead of us and not before an earlier one's.
fn eras_of(runs: &[(i64, i64)], now: i64) -> Vec<Era> {
    let mut eras: Vec<Era> = Vec::with_capacity(runs.len());
    let (mut latest, mut open) = (i64::MIN, 0);
    for (run, started) in runs.iter().copied() {
        if (latest..=now).contains(&started) {
            latest = started;
            for era in eras.iter_mut().skip(open) {
                (era.until, era.is_closed) = (started, true);
            }
            open = eras.len();
        }
        eras.push(Era {
            run,
            from: latest,
            until: now,
            is_closed: false,
        });
    }
    eras
}

fn first(connection: &Connection, eras: &[Era]) -> Result<Option<Timestamp>, StoreError> {
    let sql = format!("SELECT run, begun_at FROM attempt WHERE {COUNTED} ORDER BY run, begun_at LIMIT 1");
    let mut statement = connection.prepare_cached(&sql).doing("count letters")?;
    let mut rows = statement.query([]).doing("count letters")?;
    let Some(row) = rows.next().doing("count letters")? else {
        return Ok(None);
    };
    let (run, begun_at): (i64, i64) = (row.get(0).doing("count letters")?, row.get(1).doing("count letters")?);
    let era = eras.iter().find(|era| era.run == run);
    codec::instant(era.map_or(begun_at, |era| era.believe(begun_at))).map(Some)
}

/// The attempts of one run.
struct Look<'a> {
    connection: &'a Connection,
    era: &'a Era,
}

impl Look<'_> {
    fn last(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT max(begun_at) FROM attempt WHERE run = ?";
        let mut statement = self.connection.prepare_cached(sql).doing("count letters")?;
        let at: Option<i64> = statement.query_row([self.era.run], |row| row.get(0)).doing("count letters")?;
        at.map(|at| codec::instant(self.era.believe(at))).transpose()
    }

    fn letters(&self, cutoff: i64, most: u32, usage: &mut Usage) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT begun_at FROM attempt WHERE run = ?1 AND begun_at > ?2 AND begun_at <= ?3 AND {COUNTED} ORDER BY begun_at DESC LIMIT ?4"
        );
        let enough = usage.letters.len() + most as usize;
        for (after, to) in self.spans(cutoff) {
            let left = enough - usage.letters.len();
            self.each(&sql, (self.era.run, after, to, left as i64), |_, at, is_odd| {
                usage.letters.push(at);
                usage.is_unsettled |= is_odd && !self.era.is_closed;
                Ok(())
            })?;
        }
        Ok(())
    }

    fn domains(&self, cutoff: i64, usage: &mut Usage) -> Result<(), StoreError> {
        let sql = format!(
            "SELECT a.begun_at, v.address FROM attempt a JOIN delivery d ON d.id = a.delivery JOIN person_version v ON v.id = d.version \
             WHERE a.run = ?1 AND a.begun_at > ?2 AND a.begun_at <= ?3 AND {COUNTED}"
        );
        for (after, to) in self.spans(cutoff) {
            self.each(&sql, (self.era.run, after, to), |row, at, is_odd| {
                let address: Option<String> = row.get(1).doing("count letters")?;
                // Whoever was forgotten counts as a letter still, but to no domain that anybody knows.
                if let Some(domain) = address.as_deref().and_then(domain_of) {
                    match usage.domains.get_mut(domain) {
                        Some(sent) => sent.push(at),
                        None => drop(usage.domains.insert(domain.to_owned(), vec![at])),
                    }
                }
                usage.is_unsettled |= is_odd && !self.era.is_closed;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// What is newer than `cutoff` (first excluded, last included): what cannot be true counts as the era's end, which is; then the rest.
    fn spans(&self, cutoff: i64) -> [(i64, i64); 3] {
        let Era { from, until, .. } = *self.era;
        [
            (until, i64::MAX),
            (i64::MIN, from.saturating_sub(1)),
            (cutoff.max(from.saturating_sub(1)), until),
        ]
    }

    fn each(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        mut each: impl FnMut(&Row<'_>, Timestamp, bool) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql).doing("count letters")?;
        let mut rows = statement.query(parameters).doing("count letters")?;
        while let Some(row) = rows.next().doing("count letters")? {
            let begun_at: i64 = row.get(0).doing("count letters")?;
            let believed = self.era.believe(begun_at);
            each(row, codec::instant(believed)?, believed != begun_at)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    /// What runs that began at these hours leave of an attempt at `begun`, by the run's place.
    #[track_caller]
    fn check(runs: &[i64], now: i64, place: usize, begun: i64, believed: i64) {
        let runs: Vec<(i64, i64)> = (1..).zip(runs.iter().map(|hour| hour * HOUR)).collect();
        let eras = eras_of(&runs, now * HOUR);
        assert_eq!(eras[place].believe(begun * HOUR) / HOUR, believed, "{eras:?}");
    }

    #[test]
    fn a_moment_that_can_be_true_is_believed() {
        check(&[1, 5, 9], 12, 0, 3, 3);
        check(&[1, 5, 9], 12, 2, 12, 12);
    }

    #[test]
    fn a_moment_ahead_of_us_counts_as_now_until_a_run_has_begun_since_and_then_as_that() {
        check(&[1, 800], 12, 1, 801, 12);
        check(&[1, 800, 12], 20, 1, 801, 12);
        check(&[1, 800, 12, 15], 30, 1, 801, 12);
    }

    #[test]
    fn a_moment_before_an_earlier_run_was_told_by_a_clock_that_had_lost_the_time() {
        check(&[100, 2], 112, 1, 3, 112);
        check(&[100, 2, 110], 300, 1, 3, 110);
    }

    #[test]
    fn a_clock_that_jumps_while_a_run_is_at_work_is_noticed() {
        check(&[100, 110], 300, 0, 2, 110);
        check(&[100, 110], 300, 0, 120, 110);
    }

    #[test]
    fn all_is_found_by_index() {
        let store = Store::in_memory(Timestamp::UNIX_EPOCH).unwrap();
        let asked = [
            format!(
                "SELECT begun_at FROM attempt WHERE run = 1 AND begun_at > 2 AND begun_at <= 3 AND {COUNTED} ORDER BY begun_at DESC LIMIT 4"
            ),
            "SELECT max(begun_at) FROM attempt WHERE run = 1".to_owned(),
            format!("SELECT run, begun_at FROM attempt WHERE {COUNTED} ORDER BY run, begun_at LIMIT 1"),
            format!(
                "SELECT a.begun_at, v.address FROM attempt a JOIN delivery d ON d.id = a.delivery JOIN person_version v ON v.id = d.version \
                 WHERE a.run = 1 AND a.begun_at > 2 AND a.begun_at <= 3 AND {COUNTED}"
            ),
        ];
        for sql in asked {
            let mut statement = store.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
            let steps: Vec<String> = statement
                .query_map([], |row| row.get(3))
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert!(steps[0].contains("INDEX attempt_run"), "{sql}: {steps:?}");
            assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{sql}: {steps:?}");
        }
    }
}
