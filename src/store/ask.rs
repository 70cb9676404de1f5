//! Questions: how many letters stand where, what happened to each, why a person missed one.

use super::people::{address, attributes};
use super::{DeliveryId, Doing, EditionId, PersonId, Store, StoreError, codec};
use crate::address::Address;
use crate::delivery::state::State;
use crate::letter::Recipient;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row};
use std::collections::BTreeMap;

/// How many letters of an edition stand in each state; the sum is the number planned (law 9).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    counts: BTreeMap<String, u64>,
}

impl Tally {
    /// How many stand in the state of this name.
    pub fn of(&self, state: &str) -> u64 {
        self.counts.get(state).copied().unwrap_or(0)
    }

    /// All of them.
    pub fn planned(&self) -> u64 {
        self.counts.values().sum()
    }

    /// The states that are not empty, in the order in which numbers are shown.
    pub fn filled(&self) -> impl Iterator<Item = (&'static str, u64)> {
        State::NAMES
            .into_iter()
            .map(|name| (name, self.of(name)))
            .filter(|(_, count)| *count > 0)
    }

    /// Letters that still wait for an attempt.
    pub fn open(&self) -> u64 {
        self.of("pending") + self.of("deferred") + self.of("sending")
    }

    /// Letters that a person has to look at.
    pub fn need_a_person(&self) -> u64 {
        ["failed", "held", "in_doubt", "expired"]
            .into_iter()
            .map(|name| self.of(name))
            .sum()
    }
}

/// One delivery with its last attempt: a line of the send log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// The delivery.
    pub delivery: DeliveryId,
    /// Its edition.
    pub edition: EditionId,
    /// Where it went.
    pub address: Option<Address>,
    /// Where it stands.
    pub state: State,
    /// How many attempts there were.
    pub attempts: u32,
    /// The store's generation when it was drafted, or last ordered anew.
    pub generation: u32,
    /// How many times a person ordered it anew.
    pub orders: u32,
    /// The last reply's code.
    pub code: Option<u16>,
    /// The last reply's enhanced code.
    pub enhanced_code: Option<String>,
    /// The last reply's text, or why there was none.
    pub reply: Option<String>,
    /// Who was spoken to.
    pub relay: Option<String>,
    /// When it came to where it stands.
    pub at: Timestamp,
    /// The domain of its Message-IDs, where it is not the edition's: its text came later.
    pub domain: Option<String>,
}

/// One attempt: what was tried when, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptLine {
    /// Its number, from 1.
    pub number: u32,
    /// When the intent was written.
    pub begun_at: Timestamp,
    /// When the outcome was written, if it was.
    pub settled_at: Option<Timestamp>,
    /// The outcome: a state's name, or `not_taken`.
    pub outcome: Option<String>,
    /// The stage of the conversation that decided it.
    pub stage: Option<String>,
    /// The reply's code.
    pub code: Option<u16>,
    /// The reply's enhanced code.
    pub enhanced_code: Option<String>,
    /// The reply's text, or why there was none.
    pub reply: Option<String>,
    /// Who was spoken to.
    pub relay: Option<String>,
}

/// Why a person was left out of an edition when it was frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The edition.
    pub edition: EditionId,
    /// The reason's stable name.
    pub reason: String,
    /// The reason in words.
    pub detail: String,
}

// What was decided about a letter after its last attempt is the last word on it; a reply's code belongs to its own text.
pub(super) const LOG: &str = "SELECT d.id, d.edition, v.address, d.state, d.retry_at, d.attempt, d.orders, CASE WHEN d.reason IS NULL THEN a.code END, \
     CASE WHEN d.reason IS NULL THEN a.enhanced END, coalesce(d.reason, a.reply), a.relay, d.changed_at, d.generation, t.domain FROM delivery d JOIN person_version v ON v.id = d.version \
     LEFT JOIN attempt a ON a.delivery = d.id AND a.number = d.attempt LEFT JOIN edition_text t ON t.id = d.text";

impl Store {
    /// The numbers of an edition.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn tally(&self, edition: EditionId) -> Result<Tally, StoreError> {
        let sql = "SELECT state, count(*) FROM delivery WHERE edition = ? GROUP BY state";
        self.count(sql, edition)
    }

    /// How many people were left out of an edition, by the reason's name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn left_out(&self, edition: EditionId) -> Result<BTreeMap<String, u64>, StoreError> {
        Ok(self
            .count(
                "SELECT reason, count(*) FROM left_out WHERE edition = ? GROUP BY reason",
                edition,
            )?
            .counts)
    }

    /// Hands every delivery of an edition to `each`, in the order of their rows; only those in `state`, where one is named.
    ///
    /// # Errors
    /// When the store cannot be read, or `each` fails.
    pub fn each_delivery<E: From<StoreError>>(
        &self,
        edition: EditionId,
        state: Option<&str>,
        mut each: impl FnMut(LogLine) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("{LOG} WHERE d.edition = ?1 AND (?2 IS NULL OR d.state = ?2) ORDER BY d.id");
        let mut statement = self.connection.prepare_cached(&sql).doing("read the log")?;
        let mut rows = statement.query((edition.0, state)).doing("read the log")?;
        while let Some(row) = rows.next().doing("read the log")? {
            each(log_line(row)?)?;
        }
        Ok(())
    }

    /// One delivery.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn delivery(&self, id: DeliveryId) -> Result<Option<LogLine>, StoreError> {
        Ok(self.lines(&format!("{LOG} WHERE d.id = ?"), [id.0])?.pop())
    }

    /// Whether this person has the letter from any attempt, as far as anybody knows: it was accepted, or a person found that it went.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_a_copy(&self, delivery: DeliveryId) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM attempt WHERE delivery = ?1 AND outcome = 'accepted') \
                   OR EXISTS (SELECT 1 FROM change WHERE delivery = ?1 AND event = 'sent')";
        self.connection
            .query_row(sql, [delivery.0], |row| row.get(0))
            .doing("read attempts")
    }

    /// A person's deliveries, oldest edition first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn deliveries_of(&self, person: PersonId) -> Result<Vec<LogLine>, StoreError> {
        self.lines(&format!("{LOG} WHERE d.person = ? ORDER BY d.edition"), [person.0])
    }

    /// The editions a person was left out of, and why.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn left_out_of(&self, person: PersonId) -> Result<Vec<LeftOut>, StoreError> {
        let sql = "SELECT edition, reason, detail FROM left_out WHERE person = ? ORDER BY edition";
        let mut statement = self.connection.prepare_cached(sql).doing("read who was left out")?;
        let rows = statement.query_map([person.0], |row| {
            Ok(LeftOut {
                edition: EditionId(row.get(0)?),
                reason: row.get(1)?,
                detail: row.get(2)?,
            })
        });
        rows.doing("read who was left out")?
            .collect::<Result<_, _>>()
            .doing("read who was left out")
    }

    /// All attempts of a delivery.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn attempts(&self, delivery: DeliveryId) -> Result<Vec<AttemptLine>, StoreError> {
        let sql = "SELECT number, begun_at, settled_at, outcome, stage, code, reply, relay, enhanced FROM attempt WHERE delivery = ? ORDER BY number";
        let mut statement = self.connection.prepare_cached(sql).doing("read attempts")?;
        let mut rows = statement.query([delivery.0]).doing("read attempts")?;
        let mut attempts = Vec::new();
        while let Some(row) = rows.next().doing("read attempts")? {
            attempts.push(attempt_line(row)?);
        }
        Ok(attempts)
    }

    /// One person of an edition, to show a letter by: the first one planned who is not forgotten.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn example(&self, edition: EditionId) -> Result<Option<(DeliveryId, Recipient)>, StoreError> {
        let sql = "SELECT d.id, v.address, v.attributes FROM delivery d JOIN person_version v ON v.id = d.version \
                   WHERE d.edition = ? AND v.address IS NOT NULL ORDER BY d.id LIMIT 1";
        let row = self
            .connection
            .query_row(sql, [edition.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional();
        let Some((id, place, columns)): Option<(_, _, Option<String>)> = row.doing("read an example")? else {
            return Ok(None);
        };
        let place = address(place)?;
        Ok(Some((
            DeliveryId(id),
            Recipient {
                token: self.tokens().sample(&place),
                address: place,
                attributes: attributes(columns.as_deref())?,
            },
        )))
    }

    pub(super) fn lines(&self, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<LogLine>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).doing("read the log")?;
        let mut rows = statement.query(parameters).doing("read the log")?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next().doing("read the log")? {
            lines.push(log_line(row)?);
        }
        Ok(lines)
    }

    fn count(&self, sql: &str, edition: EditionId) -> Result<Tally, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).doing("count letters")?;
        let rows = statement.query_map([edition.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())));
        let counts = rows
            .doing("count letters")?
            .collect::<Result<_, _>>()
            .doing("count letters")?;
        Ok(Tally { counts })
    }
}

fn log_line(row: &Row<'_>) -> Result<LogLine, StoreError> {
    let word: String = row.get(3).doing("read the log")?;
    Ok(LogLine {
        delivery: DeliveryId(row.get(0).doing("read the log")?),
        edition: EditionId(row.get(1).doing("read the log")?),
        address: row
            .get::<_, Option<String>>(2)
            .doing("read the log")?
            .map(|text| address(Some(text)))
            .transpose()?,
        state: codec::state(&word, row.get(4).doing("read the log")?)?,
        attempts: row.get(5).doing("read the log")?,
        orders: row.get(6).doing("read the log")?,
        code: row.get(7).doing("read the log")?,
        enhanced_code: row.get(8).doing("read the log")?,
        reply: row.get(9).doing("read the log")?,
        relay: row.get(10).doing("read the log")?,
        at: codec::instant(row.get(11).doing("read the log")?)?,
        generation: row.get(12).doing("read the log")?,
        domain: row.get(13).doing("read the log")?,
    })
}

fn attempt_line(row: &Row<'_>) -> Result<AttemptLine, StoreError> {
    let settled: Option<i64> = row.get(2).doing("read attempts")?;
    Ok(AttemptLine {
        number: row.get(0).doing("read attempts")?,
        begun_at: codec::instant(row.get(1).doing("read attempts")?)?,
        settled_at: settled.map(codec::instant).transpose()?,
        outcome: row.get(3).doing("read attempts")?,
        stage: row.get(4).doing("read attempts")?,
        code: row.get(5).doing("read attempts")?,
        enhanced_code: row.get(8).doing("read attempts")?,
        reply: row.get(6).doing("read attempts")?,
        relay: row.get(7).doing("read attempts")?,
    })
}
