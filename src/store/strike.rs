//! Strikes on record: written with the outcome, or with the mail, that tells of them.
//!
//! Promises: a letter strikes once for each weight, however often it is told; no address is in them. Knows nothing of when they are enough.

use super::journal::Settlement;
use super::keys::PersonHash;
use super::{DeliveryId, Doing, EditionId, RunId, Store, StoreError, codec};
use crate::address::Address;
use crate::delivery::reply::{EnhancedCode, Reply, Stage};
use crate::delivery::state::State;
use crate::delivery::strike::{Strike, Weight};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// A strike to write down.
pub(super) struct NewStrike<'a> {
    pub(super) delivery: DeliveryId,
    pub(super) weight: Weight,
    pub(super) source: Source,
    /// The run whose relay refused it; it waits for that run's end then.
    pub(super) run: Option<i64>,
    pub(super) code: Option<&'a str>,
    /// What was said, without the address.
    pub(super) reply: &'a str,
    pub(super) at: Timestamp,
}

/// Where a refusal was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the relay's reply.
    Relay,
    /// In a mail that came back.
    Mail,
}

impl Source {
    /// The word in the store and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Relay => "relay",
            Self::Mail => "mail",
        }
    }
}

/// One strike of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrikeLine {
    /// The letter.
    pub delivery: DeliveryId,
    /// Its edition, as people name it: `CAMPAIGN/ARTICLE`.
    pub letter: String,
    /// What was said of the address.
    pub weight: Weight,
    /// Where it was read.
    pub source: Source,
    /// The codes that were said.
    pub code: Option<String>,
    /// The words.
    pub reply: String,
    /// When the letter was refused, or handed over.
    pub at: Timestamp,
    /// Whether it counts for anything.
    pub standing: Standing,
    edition: i64,
}

/// Whether a strike counts for anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Counts,
    /// It counts as hard at most: so many were refused with it that it may have been the relay.
    Doubtful,
    /// The run that met it has not ended yet, or died: nobody knows what it is worth.
    Waits,
    /// A good delivery, or the word by which the person came back, was after it.
    Past,
    /// The relay was at fault.
    Void,
}

impl Standing {
    /// The word in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Counts => "counts",
            Self::Doubtful => "doubtful",
            Self::Waits => "waits",
            Self::Past => "past",
            Self::Void => "void",
        }
    }

    /// Whether it may still add to others.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Counts | Self::Doubtful | Self::Waits)
    }
}

const LINES: &str = "SELECT s.delivery, s.edition, e.campaign_name, e.article, s.weight, s.source, s.code, s.reply, s.at, s.void, s.doubt, s.waits \
     FROM strike s LEFT JOIN edition e ON e.id = s.edition WHERE s.person = ?1 ORDER BY s.at, s.id";

impl Store {
    /// Every strike against an address, oldest first, with what it counts by now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn strikes(&self, address: &Address, now: Timestamp) -> Result<Vec<StrikeLine>, StoreError> {
        let hash = self.keys.person(address);
        let since = super::judge::counts_since(&self.connection, &hash, now)?;
        let mut lines = lines(&self.connection, &hash)?;
        for line in &mut lines {
            if line.standing.is_alive() && since.is_some_and(|since| line.at <= since) {
                line.standing = Standing::Past;
            }
        }
        Ok(lines)
    }
}

impl StrikeLine {
    /// What was said, when, about which letter; no address.
    pub fn told(&self) -> String {
        let said = self.code.as_deref().unwrap_or("refused");
        format!("{said} at {}, letter {}", self.at.strftime("%-d %B %Y"), self.letter)
    }

    /// As it is judged; `None` where it is void, or not yet to be judged.
    pub(super) fn counted(&self) -> Option<Strike> {
        let weight = match self.standing {
            Standing::Void | Standing::Waits => return None,
            Standing::Doubtful => self.weight.min(Weight::Hard),
            Standing::Counts | Standing::Past => self.weight,
        };
        Some(Strike {
            edition: self.edition,
            weight,
            at: self.at,
        })
    }
}

/// What a refusal at the relay counts: only one that ends the letter does.
pub(super) fn note_refusal(
    transaction: &Transaction<'_>,
    run: RunId,
    settled: &Settlement,
    state: State,
) -> Result<(), StoreError> {
    let (State::Failed | State::Expired, Some(reply)) = (state, &settled.reply) else {
        return Ok(());
    };
    let weight = match (state, Weight::of(reply)) {
        (State::Failed, Some(weight @ (Weight::Hard | Weight::Sure))) | (State::Expired, Some(weight @ Weight::Soft)) => weight,
        _ => return Ok(()),
    };
    let new = NewStrike {
        delivery: settled.delivery,
        weight,
        source: Source::Relay,
        run: Some(run.0),
        code: Some(&codes(reply)),
        reply: &reply.text,
        at: settled.at,
    };
    note(transaction, &new).map(|_| ())
}

/// What it counts that letters of an edition were put off until its time was over; asked before they expire.
pub(super) fn note_expiry(transaction: &Transaction<'_>, edition: EditionId) -> Result<(), StoreError> {
    for late in put_off(transaction, edition)? {
        if Weight::of(&late.reply) != Some(Weight::Soft) {
            continue;
        }
        let new = NewStrike {
            delivery: late.delivery,
            weight: Weight::Soft,
            source: Source::Relay,
            run: Some(late.run),
            code: Some(&codes(&late.reply)),
            reply: &late.reply.text,
            at: late.at,
        };
        note(transaction, &new)?;
    }
    Ok(())
}

/// A letter that waits to be tried again, and what was said of it last.
struct PutOff {
    delivery: DeliveryId,
    run: i64,
    reply: Reply,
    at: Timestamp,
}

fn put_off(transaction: &Transaction<'_>, edition: EditionId) -> Result<Vec<PutOff>, StoreError> {
    let sql = "SELECT d.id, a.run, a.stage, a.code, a.enhanced, a.reply, a.settled_at FROM delivery d \
               JOIN attempt a ON a.delivery = d.id AND a.number = d.attempt \
               WHERE d.edition = ? AND d.state = 'deferred' AND a.outcome = 'deferred' AND a.code IS NOT NULL";
    let mut statement = transaction.prepare_cached(sql).doing("look for late letters")?;
    let mut rows = statement.query([edition.0]).doing("look for late letters")?;
    let mut late = Vec::new();
    while let Some(row) = rows.next().doing("look for late letters")? {
        let text = |index: usize| row.get::<_, Option<String>>(index).doing("look for late letters");
        let Some(stage) = text(2)?.as_deref().and_then(Stage::parse) else {
            continue;
        };
        late.push(PutOff {
            delivery: DeliveryId(row.get(0).doing("look for late letters")?),
            run: row.get(1).doing("look for late letters")?,
            reply: Reply {
                stage,
                code: row.get(3).doing("look for late letters")?,
                enhanced: text(4)?.as_deref().and_then(EnhancedCode::parse),
                text: text(5)?.unwrap_or_default(),
            },
            at: codec::instant(row.get(6).doing("look for late letters")?)?,
        });
    }
    Ok(late)
}

fn codes(reply: &Reply) -> String {
    match reply.enhanced {
        Some(enhanced) => format!("{} {enhanced}", reply.code),
        None => reply.code.to_string(),
    }
}

/// Writes a strike down; `false` where this letter has struck so already, or is on no record.
pub(super) fn note(transaction: &Transaction<'_>, new: &NewStrike<'_>) -> Result<bool, StoreError> {
    let sql = "INSERT INTO strike (person, edition, delivery, weight, source, run, code, reply, at, waits) \
               SELECT p.hash, d.edition, d.id, ?2, ?3, ?4, ?5, ?6, ?7, ?4 IS NOT NULL FROM delivery d JOIN person p ON p.id = d.person \
               WHERE d.id = ?1 ON CONFLICT DO NOTHING";
    let row = params![
        new.delivery.0,
        new.weight.as_str(),
        new.source.as_str(),
        new.run,
        new.code,
        new.reply,
        new.at.as_microsecond()
    ];
    let mut write = transaction.prepare_cached(sql).doing("write a strike down")?;
    write.execute(row).doing("write a strike down").map(|rows| rows > 0)
}

/// Every strike against a person, oldest first.
pub(super) fn lines(connection: &Connection, hash: &PersonHash) -> Result<Vec<StrikeLine>, StoreError> {
    let mut statement = connection.prepare_cached(LINES).doing("read strikes")?;
    let mut rows = statement.query([hash]).doing("read strikes")?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next().doing("read strikes")? {
        lines.push(line(row)?);
    }
    Ok(lines)
}

fn line(row: &Row<'_>) -> Result<StrikeLine, StoreError> {
    let text = |index: usize| row.get::<_, Option<String>>(index).doing("read strikes");
    let (weight, source) = (text(4)?.unwrap_or_default(), text(5)?);
    Ok(StrikeLine {
        delivery: DeliveryId(row.get(0).doing("read strikes")?),
        edition: row.get(1).doing("read strikes")?,
        letter: match (text(2)?, text(3)?) {
            (Some(campaign), Some(article)) => format!("{campaign}/{article}"),
            _ => "(unknown)".to_owned(),
        },
        weight: Weight::parse(&weight).ok_or_else(|| StoreError::Damaged {
            what: format!("a strike is `{weight}`"),
        })?,
        source: match source.as_deref() {
            Some("relay") => Source::Relay,
            _ => Source::Mail,
        },
        code: text(6)?,
        reply: text(7)?.unwrap_or_default(),
        at: codec::instant(row.get(8).doing("read strikes")?)?,
        standing: standing(row).doing("read strikes")?,
    })
}

fn standing(row: &Row<'_>) -> rusqlite::Result<Standing> {
    Ok(match (row.get(9)?, row.get(10)?, row.get(11)?) {
        (true, _, _) => Standing::Void,
        (_, _, true) => Standing::Waits,
        (_, true, _) => Standing::Doubtful,
        (false, false, false) => Standing::Counts,
    })
}

/// When a letter was last handed over or refused, and whose it is.
pub(super) fn letter_moment(connection: &Connection, delivery: DeliveryId) -> Result<Option<(Timestamp, PersonHash)>, StoreError> {
    let sql = "SELECT CASE d.state WHEN 'accepted' THEN d.changed_at ELSE \
               coalesce((SELECT max(a.settled_at) FROM attempt a WHERE a.delivery = d.id), d.changed_at) END, p.hash \
               FROM delivery d JOIN person p ON p.id = d.person WHERE d.id = ?";
    let found = connection.query_row(sql, [delivery.0], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)));
    match found.optional().doing("look for a letter")? {
        Some((at, hash)) => Ok(Some((codec::instant(at)?, hash))),
        None => Ok(None),
    }
}
