//! The audit: tells every letter's state again from its attempts and decisions, and compares.
//!
//! Promises: reads everything, changes nothing, and names each letter whose row says something else than its story; memory does not
//! grow with the number of letters. Knows no reason why a row could differ: there is none but a fault.

use super::change::NAMED;
use super::{DeliveryId, Doing, Store, StoreError, codec};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::state::{Event, State, step};
use jiff::Timestamp;
use rusqlite::{Connection, Row, Rows, Statement};

/// How many differences an audit names.
const NAMED_AT_MOST: usize = 100;

/// What an audit found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Audit {
    /// Letters looked at.
    pub letters: u64,
    /// Attempts looked at.
    pub attempts: u64,
    /// Decisions looked at.
    pub changes: u64,
    /// Letters whose row says something else than their story.
    pub differing: u64,
    /// The first hundred of them, and how, in words.
    pub differences: Vec<(DeliveryId, String)>,
    /// Editions whose number planned is not the number of their letters, in words.
    pub unclosed: Vec<String>,
    /// What SQLite says about the file, where it is not sound.
    pub unsound: Vec<String>,
}

impl Audit {
    /// Whether everything agrees.
    pub fn agrees(&self) -> bool {
        self.differing == 0 && self.unclosed.is_empty() && self.unsound.is_empty()
    }
}

impl Store {
    /// Audits the store, as it stood at one moment.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn audit(&self) -> Result<Audit, StoreError> {
        let view = self.connection.unchecked_transaction().doing("be audited")?;
        let mut audit = Audit {
            unsound: unsound(&view)?,
            unclosed: unclosed(&view)?,
            ..Audit::default()
        };
        tell_again(&view, &mut audit)?;
        Ok(audit)
    }
}

fn unsound(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let checks = [
        "PRAGMA integrity_check(10)",
        "SELECT 'a row of `' || \"table\" || '` points at a row of `' || parent || '` that is not there' FROM pragma_foreign_key_check LIMIT 10",
    ];
    let mut said = Vec::new();
    for sql in checks {
        said.extend(texts(connection, sql)?.into_iter().filter(|text| text != "ok"));
    }
    Ok(said)
}

/// Law 9: what was planned stands somewhere.
fn unclosed(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT campaign_name || ' · ' || article || ': ' || planned || ' planned, ' || n || ' on record' FROM \
               (SELECT campaign_name, article, planned, (SELECT count(*) FROM delivery d WHERE d.edition = e.id) AS n FROM edition e) \
               WHERE planned <> n";
    texts(connection, sql)
}

fn texts(connection: &Connection, sql: &str) -> Result<Vec<String>, StoreError> {
    let mut statement = connection.prepare(sql).doing("be audited")?;
    let rows = statement.query_map([], |row| row.get(0)).doing("be audited")?;
    rows.collect::<Result<_, _>>().doing("be audited")
}

/// The story of one letter as far as it is told, and the columns that follow from it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    state: &'static str,
    attempts: u32,
    refusals: u32,
    orders: u32,
    is_dated: bool,
}

/// One attempt of the record.
struct Tried {
    number: u32,
    outcome: Option<String>,
}

/// One decision of the record.
struct Decided {
    attempts: u32,
    event: String,
}

/// Three streams in the order of the letters, merged: no letter's story is held longer than it takes to tell it.
fn tell_again(connection: &Connection, audit: &mut Audit) -> Result<(), StoreError> {
    let mut letters = prepared(
        connection,
        "SELECT id, state, attempt, refusals, orders, dated IS NOT NULL, retry_at FROM delivery ORDER BY id",
    )?;
    let mut attempts = prepared(
        connection,
        "SELECT delivery, number, CASE WHEN settled_at IS NULL THEN NULL ELSE coalesce(outcome, '?') END FROM attempt ORDER BY delivery, number",
    )?;
    let mut changes = prepared(
        connection,
        "SELECT delivery, attempts, event FROM change INDEXED BY change_delivery ORDER BY delivery, id",
    )?;
    let mut letters = letters.query([]).doing("be audited")?;
    let mut attempts = Stream::new(attempts.query([]).doing("be audited")?, |row| {
        Ok(Tried {
            number: row.get(1)?,
            outcome: row.get(2)?,
        })
    })?;
    let mut changes = Stream::new(changes.query([]).doing("be audited")?, |row| {
        Ok(Decided {
            attempts: row.get(1)?,
            event: row.get(2)?,
        })
    })?;
    while let Some(row) = letters.next().doing("be audited")? {
        let id: i64 = row.get(0).doing("be audited")?;
        let (tried, decided) = (attempts.of(id)?, changes.of(id)?);
        audit.letters += 1;
        audit.attempts += tried.len() as u64;
        audit.changes += decided.len() as u64;
        if let Some(difference) = difference(row, &tried, &decided)? {
            audit.differing += 1;
            if audit.differences.len() < NAMED_AT_MOST {
                audit.differences.push((DeliveryId(id), difference));
            }
        }
    }
    Ok(())
}

/// How a letter's row differs from its story, if it does.
fn difference(row: &Row<'_>, tried: &[Tried], decided: &[Decided]) -> Result<Option<String>, StoreError> {
    let stands = match read_row(row)? {
        Ok(stands) => stands,
        Err(why) => return Ok(Some(why)),
    };
    Ok(match tell(tried, decided) {
        Ok(told) if told == stands => None,
        Ok(told) => Some(format!("it is recorded as {stands}, and its story ends as {told}")),
        Err(why) => Some(why),
    })
}

fn prepared<'a>(connection: &'a Connection, sql: &str) -> Result<Statement<'a>, StoreError> {
    connection.prepare(sql).doing("be audited")
}

fn read_row(row: &Row<'_>) -> Result<Result<Told, String>, StoreError> {
    let word: String = row.get(1).doing("be audited")?;
    let Ok(state) = codec::state(&word, row.get(6).doing("be audited")?) else {
        return Ok(Err(format!("it is recorded as `{word}`, and nothing says until when")));
    };
    Ok(Ok(Told {
        state: state.name(),
        attempts: row.get(2).doing("be audited")?,
        refusals: row.get(3).doing("be audited")?,
        orders: row.get(4).doing("be audited")?,
        is_dated: row.get(5).doing("be audited")?,
    }))
}

/// Tells a letter's story from the beginning: where it must stand, or where the record makes no sense.
fn tell(tried: &[Tried], decided: &[Decided]) -> Result<Told, String> {
    let mut told = Told {
        state: State::Pending.name(),
        attempts: 0,
        refusals: 0,
        orders: 0,
        is_dated: false,
    };
    let mut decided = decided.iter().peekable();
    for attempt in tried.iter().map(Some).chain([None]) {
        while let Some(change) = decided.next_if(|change| change.attempts <= told.attempts) {
            told.decide(&change.event)?;
        }
        if let Some(attempt) = attempt {
            told.attempt(attempt)?;
        }
    }
    match decided.next() {
        None => Ok(told),
        Some(change) => Err(format!(
            "`{}` was decided after attempt {}, which is not there",
            change.event, change.attempts
        )),
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            state,
            attempts,
            refusals,
            orders,
            is_dated,
        } = self;
        let dated = if *is_dated { "dated" } else { "not dated" };
        write!(
            f,
            "`{state}` (attempts: {attempts}, put off: {refusals}, ordered anew: {orders}, {dated})"
        )
    }
}

impl Told {
    fn decide(&mut self, name: &str) -> Result<(), String> {
        let event = NAMED.iter().find(|(known, _)| *known == name).map(|(_, event)| *event);
        let event = event.ok_or_else(|| format!("nobody knows what `{name}` means"))?;
        self.state = self.after(event)?.name();
        if event == Event::Resend {
            (self.orders, self.refusals, self.is_dated) = (self.orders + 1, 0, false);
        }
        Ok(())
    }

    fn attempt(&mut self, attempt: &Tried) -> Result<(), String> {
        if attempt.number != self.attempts + 1 {
            return Err(format!("attempt {} follows attempt {}", attempt.number, self.attempts));
        }
        self.after(Event::Begin)?;
        (self.attempts, self.is_dated) = (attempt.number, true);
        self.state = match attempt.outcome.as_deref() {
            None => State::Sending.name(),
            Some("not_taken") => State::Pending.name(),
            Some(outcome) => *State::NAMES
                .iter()
                .find(|name| **name == outcome)
                .ok_or_else(|| format!("attempt {} ended as `{outcome}`", attempt.number))?,
        };
        // A last refusal for now, with no time left for another attempt, ends as expired.
        self.refusals += u32::from(matches!(self.state, "deferred" | "expired"));
        Ok(())
    }

    /// Where an event leads from here, whenever that was.
    fn after(&self, event: Event) -> Result<State, String> {
        let state = codec::state(self.state, Some(0)).map_err(|error| error.to_string())?;
        step(state, event, Timestamp::UNIX_EPOCH, &RetryPolicy::default()).map_err(|impossible| impossible.to_string())
    }
}

/// Rows in the order of their letters, taken letter by letter.
struct Stream<'a, T, F: Fn(&Row<'_>) -> rusqlite::Result<T>> {
    rows: Rows<'a>,
    read: F,
    next: Option<(i64, T)>,
}

impl<'a, T, F: Fn(&Row<'_>) -> rusqlite::Result<T>> Stream<'a, T, F> {
    fn new(rows: Rows<'a>, read: F) -> Result<Self, StoreError> {
        let mut stream = Self { rows, read, next: None };
        stream.advance()?;
        Ok(stream)
    }

    fn advance(&mut self) -> Result<(), StoreError> {
        self.next = match self.rows.next().doing("be audited")? {
            Some(row) => Some((row.get(0).doing("be audited")?, (self.read)(row).doing("be audited")?)),
            None => None,
        };
        Ok(())
    }

    /// What belongs to this letter; rows of letters that are not there would have been foreign keys to nowhere.
    fn of(&mut self, letter: i64) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        while let Some((owner, _)) = &self.next
            && *owner <= letter
        {
            let belongs = *owner == letter;
            if let Some((_, row)) = self.next.take()
                && belongs
            {
                found.push(row);
            }
            self.advance()?;
        }
        Ok(found)
    }
}
