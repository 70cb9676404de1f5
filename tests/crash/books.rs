//! The store's own books, read by a stranger: straight from the file, read-only, with none of the program's code.
//!
//! Promises: reads the file as a killed process left it, and writes nothing into it.

use crate::support::workspace::Workspace;
use rusqlite::{Connection, OpenFlags, Row};
use std::collections::{BTreeMap, BTreeSet};

/// One delivery's row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line {
    pub(super) id: i64,
    pub(super) address: String,
    pub(super) state: String,
    pub(super) attempt: i64,
    pub(super) refusals: i64,
    pub(super) orders: i64,
    pub(super) retry_at: Option<i64>,
    pub(super) is_dated: bool,
    pub(super) run: Option<i64>,
    pub(super) held_by: Option<String>,
    pub(super) tries: Vec<Try>,
    pub(super) changes: Vec<Change>,
}

/// One attempt's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Try {
    pub(super) number: i64,
    pub(super) run: i64,
    pub(super) is_settled: bool,
    pub(super) outcome: Option<String>,
}

/// One row of what people and rules decided about a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// How many attempts were on record then.
    pub(super) attempts: i64,
    pub(super) event: String,
}

/// The one edition and its letters; everything empty before it is drafted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Books {
    /// `draft`, `released` or `cancelled`; nothing before.
    pub(super) status: Option<String>,
    pub(super) planned: i64,
    pub(super) is_held: bool,
    pub(super) lines: Vec<Line>,
    /// Whose letters came to be in doubt and have not been named by any command that lived to note it.
    pub(super) untold: BTreeSet<String>,
    /// Spoken orders, by verb.
    pub(super) orders: BTreeMap<String, i64>,
}

/// Opens the store's file to look at it; `None` where it is not there, or not ready to be asked.
pub(super) fn open(clinic: &Workspace) -> Option<Connection> {
    let path = clinic.path(".tidings/store.db");
    Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()
}

/// The one number that `sql` asks for; `None` where the store is not ready to be asked.
pub(super) fn number(store: &Connection, sql: &str) -> Option<i64> {
    store
        .prepare_cached(sql)
        .and_then(|mut ask| ask.query_row([], |row| row.get(0)))
        .ok()
}

const LINES: &str = "SELECT d.id, v.address, d.state, d.attempt, d.refusals, d.orders, d.retry_at, d.dated IS NOT NULL, d.run, d.held_by \
                     FROM delivery d JOIN person_version v ON v.id = d.version ORDER BY d.id";
const UNTOLD: &str =
    "SELECT v.address FROM delivery d JOIN person_version v ON v.id = d.version WHERE d.untold AND d.state = 'in_doubt'";
const TRIES: &str = "SELECT delivery, number, run, settled_at IS NOT NULL, outcome FROM attempt ORDER BY delivery, number";
const CHANGES: &str = "SELECT delivery, attempts, event FROM change ORDER BY delivery, id";

impl Line {
    /// How many attempts came out like this.
    pub(super) fn came_out(&self, outcome: &str) -> usize {
        self.tries
            .iter()
            .filter(|one| one.outcome.as_deref() == Some(outcome))
            .count()
    }

    /// How often this was decided.
    pub(super) fn decided(&self, event: &str) -> usize {
        self.changes.iter().filter(|change| change.event == event).count()
    }
}

impl Books {
    /// The books as they stand; a store that is not there holds nothing.
    pub(super) fn read(clinic: &Workspace) -> Self {
        match clinic.path(".tidings/store.db").exists() {
            true => Self::of(&open(clinic).unwrap()),
            false => Self::default(),
        }
    }

    fn of(store: &Connection) -> Self {
        let mut lines = rows(store, LINES, line);
        let mut tries = by_delivery(rows(store, TRIES, a_try));
        let mut changes = by_delivery(rows(store, CHANGES, a_change));
        for line in &mut lines {
            line.tries = tries.remove(&line.id).unwrap_or_default();
            line.changes = changes.remove(&line.id).unwrap_or_default();
        }
        assert!(
            tries.is_empty() && changes.is_empty(),
            "of no delivery: {tries:?}, {changes:?}"
        );
        let editions = rows(store, "SELECT status, planned, held IS NOT NULL FROM edition", |row| {
            Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, bool>(2)?))
        });
        assert!(editions.len() <= 1, "more than one edition: {editions:?}");
        let (status, planned, held) = editions
            .into_iter()
            .next()
            .map_or((None, 0, false), |(status, planned, held)| (Some(status), planned, held));
        let campaign_held = number(store, "SELECT count(*) FROM campaign_hold") != Some(0);
        Self {
            status,
            planned,
            is_held: held || campaign_held,
            lines,
            untold: rows(store, UNTOLD, |row| row.get(0)).into_iter().collect(),
            orders: rows(store, "SELECT verb, count(*) FROM spoken_order GROUP BY verb", |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .into_iter()
            .collect(),
        }
    }

    /// Whether the edition is the store's for good: letters may leave, or have been called off.
    pub(super) fn is_released(&self) -> bool {
        matches!(self.status.as_deref(), Some("released" | "cancelled"))
    }

    /// Whether a run has anything left to do.
    pub(super) fn is_done(&self) -> bool {
        self.is_released() && self.count(&["pending", "deferred", "sending"]) == 0
    }

    /// Whose letters stand in this state.
    pub(super) fn people(&self, state: &str) -> BTreeSet<String> {
        let found = self.lines.iter().filter(|line| line.state == state);
        found.map(|line| line.address.clone()).collect()
    }

    /// How many letters stand in one of these states.
    pub(super) fn count(&self, states: &[&str]) -> usize {
        self.lines.iter().filter(|line| states.contains(&line.state.as_str())).count()
    }

    /// The line of this person, if one is planned for them.
    pub(super) fn of_person(&self, address: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.address == address)
    }

    /// When the last of the letters that were refused for now may be tried again, in microseconds since 1970.
    pub(super) fn last_retry(&self) -> Option<i64> {
        self.lines.iter().filter_map(|line| line.retry_at).max()
    }
}

fn rows<T>(store: &Connection, sql: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut ask = store.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    ask.query_map([], read).unwrap().collect::<Result<_, _>>().unwrap()
}

fn by_delivery<T>(found: Vec<(i64, T)>) -> BTreeMap<i64, Vec<T>> {
    let mut by_delivery: BTreeMap<i64, Vec<T>> = BTreeMap::new();
    for (delivery, one) in found {
        by_delivery.entry(delivery).or_default().push(one);
    }
    by_delivery
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        id: row.get(0)?,
        address: row.get(1)?,
        state: row.get(2)?,
        attempt: row.get(3)?,
        refusals: row.get(4)?,
        orders: row.get(5)?,
        retry_at: row.get(6)?,
        is_dated: row.get(7)?,
        run: row.get(8)?,
        held_by: row.get(9)?,
        tries: Vec::new(),
        changes: Vec::new(),
    })
}

fn a_try(row: &Row<'_>) -> rusqlite::Result<(i64, Try)> {
    let one = Try {
        number: row.get(1)?,
        run: row.get(2)?,
        is_settled: row.get(3)?,
        outcome: row.get(4)?,
    };
    Ok((row.get(0)?, one))
}

fn a_change(row: &Row<'_>) -> rusqlite::Result<(i64, Change)> {
    let (attempts, event) = (row.get(1)?, row.get(2)?);
    Ok((row.get(0)?, Change { attempts, event }))
}
