//! Reckoning: whether this machine's clock may be believed, by what the store has lived through.
//!
//! Promises: a clock that stands before the store's own past is not believed at once, and neither is that past for ever: one of the two was
//! wrong, and whoever has shown a day of the new time is right. Clocks decide when, never whether twice (law 10); this decides only
//! whether anything new may begin. Knows nothing of calendars.

use super::{Doing, Store, StoreError, codec};
use jiff::{SignedDuration, Timestamp};
use rusqlite::OptionalExtension as _;

/// A clock that is off by less is no matter for a calendar: summer time, another zone, a machine whose hardware keeps local time.
const SLACK: SignedDuration = SignedDuration::from_hours(26);

/// So long a clock has to go on behind the store's past before it is believed.
const TRIAL: SignedDuration = SignedDuration::from_hours(24);

/// A clock that contradicts the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contradiction {
    /// The latest moment that the store has lived through.
    pub lived: Timestamp,
    /// When the clock that says otherwise is believed, if it goes on like this.
    pub believed_at: Timestamp,
}

impl Store {
    /// What makes the clock doubtful, if anything does; nothing is written.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn contradiction(&self, now: Timestamp) -> Result<Option<Contradiction>, StoreError> {
        let (lived, at) = self.lived()?;
        let early = lived - SLACK;
        if now >= early {
            return Ok(None);
        }
        let since = self.first_before(early, at)?.unwrap_or(now);
        let tried = now.duration_since(since);
        if tried >= TRIAL {
            return Ok(None);
        }
        // A clock that was set back once more begins anew.
        let since = since.min(now);
        let believed_at = since.saturating_add(TRIAL).unwrap_or(Timestamp::MAX);
        Ok(Some(Contradiction { lived, believed_at }))
    }

    /// The same, and what the clock says is written down, so that its trial has a beginning.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn reckon(&mut self, now: Timestamp) -> Result<Option<Contradiction>, StoreError> {
        let Some(contradiction) = self.contradiction(now)? else {
            return Ok(None);
        };
        let (lived, at) = self.lived()?;
        if self.first_before(lived - SLACK, at)?.is_none() {
            let run = self.begin_run("run", now)?;
            self.end_run(run, now)?;
        }
        Ok(Some(contradiction))
    }

    /// The latest moment on record, and the run that saw it; 0 is the making of the store.
    fn lived(&self) -> Result<(Timestamp, i64), StoreError> {
        const DOING: &str = "look at the clock";
        let sql = "SELECT at, id FROM (SELECT started_at AS at, id FROM run UNION ALL SELECT created_at, 0 FROM store) ORDER BY at DESC, id DESC LIMIT 1";
        let mut find = self.connection.prepare_cached(sql).doing(DOING)?;
        let (at, run): (i64, i64) = find.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).doing(DOING)?;
        Ok((codec::instant(at)?, run))
    }

    /// The earliest moment before `early` that a run behind run `at` saw.
    fn first_before(&self, early: Timestamp, at: i64) -> Result<Option<Timestamp>, StoreError> {
        const DOING: &str = "look at the clock";
        let sql = "SELECT min(started_at) FROM run WHERE id > ? AND started_at < ?";
        let mut find = self.connection.prepare_cached(sql).doing(DOING)?;
        let found = find.query_row((at, early.as_microsecond()), |row| row.get::<_, Option<i64>>(0));
        found.optional().doing(DOING)?.flatten().map(codec::instant).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Kind;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn store(runs: &[&str]) -> (tempfile::TempDir, Store) {
        let dir = tempfile::tempdir().unwrap();
        let mut store = Store::create(&dir.path().join("store"), Kind::Test, at("2026-01-01T00:00:00Z")).unwrap();
        for run in runs {
            store.begin_run("run", at(run)).unwrap();
        }
        (dir, store)
    }

    #[test]
    fn a_clock_that_goes_forward_is_believed_whatever_the_distance() {
        let (_dir, mut store) = store(&["2026-11-21T09:00:00Z"]);
        for now in ["2026-11-20T07:00:00Z", "2026-11-21T09:00:01Z", "2036-11-21T09:00:00Z"] {
            assert_eq!(store.reckon(at(now)).unwrap(), None, "{now}");
        }
    }

    #[test]
    fn a_clock_behind_the_past_is_believed_after_a_day_of_its_own() {
        let (_dir, mut store) = store(&["2026-11-21T09:00:00Z", "2036-11-21T09:00:00Z"]);
        let told = store.reckon(at("2026-11-21T09:15:00Z")).unwrap().unwrap();
        assert_eq!(
            (told.lived, told.believed_at),
            (at("2036-11-21T09:00:00Z"), at("2026-11-22T09:15:00Z"))
        );
        assert_eq!(
            store.reckon(at("2026-11-22T09:00:00Z")).unwrap(),
            Some(told),
            "the trial goes on"
        );
        assert_eq!(store.reckon(at("2026-11-22T09:15:00Z")).unwrap(), None);
        assert_eq!(
            store.reckon(at("2027-03-01T09:15:00Z")).unwrap(),
            None,
            "and it stays believed"
        );
    }

    #[test]
    fn a_dead_battery_is_doubted_until_the_clock_is_right_again() {
        let (_dir, mut store) = store(&["2026-11-21T09:00:00Z"]);
        assert!(store.reckon(at("2000-01-01T00:00:00Z")).unwrap().is_some());
        assert!(store.reckon(at("2000-01-01T00:15:00Z")).unwrap().is_some());
        assert_eq!(store.reckon(at("2026-11-21T09:30:00Z")).unwrap(), None);
        assert!(
            store.contradiction(at("1999-01-01T00:00:00Z")).unwrap().is_some(),
            "behind the trial of another one"
        );
    }

    #[test]
    fn the_making_of_the_store_is_a_past_as_well() {
        let (_dir, store) = store(&[]);
        assert!(store.contradiction(at("2025-12-30T21:00:00Z")).unwrap().is_some());
        assert_eq!(store.contradiction(at("2025-12-31T00:30:00Z")).unwrap(), None);
    }
}
