//! Strikes on record: written with the outcome or the mail that tells of them, judged when the run that met them has ended well.
//!
//! Promises: a letter strikes once for each weight, however often it is told; what a relay at fault said is void and counts for nobody;
//! a judgement and its suppression are one transaction, and what a run that died left is judged by the next. Knows no address.

use super::keys::PersonHash;
use super::suppress::{insert, is_covered};
use super::{DeliveryId, Doing, RunId, Store, StoreError, codec};
use crate::address::Address;
use crate::delivery::strike::{self, Verdict, Weight, good_until};
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// How many people one transaction judges: a run goes on writing beside a long list's judgement.
const PAGE: u32 = 500;

/// So many strikes of a run that came to no end of its own, if they are more than a tenth of its letters too, are nobody's fault: the
/// breaker that would have said so died with it.
const MANY: u32 = 3;

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
    /// What it counts.
    pub weight: Weight,
    /// Where it was read.
    pub source: Source,
    /// The codes that were said.
    pub code: Option<String>,
    /// The words.
    pub reply: String,
    /// When the letter was refused, or handed over.
    pub at: Timestamp,
    /// It counts for nobody: the relay was at fault.
    pub is_void: bool,
    /// It still counts: no good delivery, and no word of the person's, came after it.
    pub counts: bool,
    edition: i64,
}

const LINES: &str = "SELECT s.delivery, s.edition, e.campaign_name, e.article, s.weight, s.source, s.code, s.reply, s.at, s.void \
     FROM strike s LEFT JOIN edition e ON e.id = s.edition WHERE s.person = ?1 ORDER BY s.at, s.id";

impl Store {
    /// Every strike against an address, oldest first, void ones too.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn strikes(&self, address: &Address, now: Timestamp) -> Result<Vec<StrikeLine>, StoreError> {
        let hash = self.keys.person(address);
        let since = counts_since(&self.connection, &hash, now)?;
        let mut lines = lines(&self.connection, &hash)?;
        for line in &mut lines {
            line.counts = !line.is_void && since.is_none_or(|since| line.at > since);
        }
        Ok(lines)
    }

    /// Judges what waits for judgement: of `run`, which ends by itself, and what runs that died have left. Gives how many addresses are
    /// written to no more.
    ///
    /// # Errors
    /// When the store cannot be written; what was judged stays judged.
    pub fn judge_strikes(&mut self, run: Option<RunId>, now: Timestamp) -> Result<u64, StoreError> {
        if !self.has_waiting_strikes()? {
            return Ok(0);
        }
        let mut suppressed = 0;
        let transaction = self.write("judge strikes")?;
        for dead in dead_runs(&transaction, run)? {
            if is_doubtful(&transaction, dead)? {
                void(&transaction, dead)?;
            }
        }
        transaction.commit().doing("judge strikes")?;
        loop {
            let transaction = self.write("judge strikes")?;
            let people = waiting_people(&transaction)?;
            for hash in &people {
                suppressed += u64::from(judge(&transaction, hash, now)?.is_some());
                let sql = "UPDATE strike SET waits = 0 WHERE person = ? AND waits = 1";
                let mut settle = transaction.prepare_cached(sql).doing("judge strikes")?;
                settle.execute([hash]).doing("judge strikes")?;
            }
            transaction.commit().doing("judge strikes")?;
            if people.len() < PAGE as usize {
                return Ok(suppressed);
            }
        }
    }

    /// What this run's relay refused counts for nobody: the relay was at fault, or so many were refused that it may have been. Gives how
    /// many strikes that were.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn void_strikes(&mut self, run: RunId) -> Result<u64, StoreError> {
        if !self.has_waiting_strikes()? {
            return Ok(0);
        }
        let transaction = self.write("set strikes aside")?;
        let voided = void(&transaction, run.0)?;
        transaction.commit().doing("set strikes aside")?;
        Ok(voided)
    }

    fn has_waiting_strikes(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM strike WHERE waits = 1)";
        let found = self.connection.query_row(sql, [], |row| row.get(0));
        found.doing("look for strikes")
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

/// Suppresses a person whose strikes are enough; what stands already is not made milder.
pub(super) fn judge(transaction: &Transaction<'_>, hash: &PersonHash, now: Timestamp) -> Result<Option<Suppression>, StoreError> {
    let mut lines = lines(transaction, hash)?;
    lines.retain(|line| !line.is_void);
    let history: Vec<strike::Strike> = lines.iter().map(StrikeLine::counted).collect();
    let since = counts_since(transaction, hash, now)?;
    let Some(verdict) = strike::judge(&history, since) else {
        return Ok(None);
    };
    let new = Suppression {
        scope: Scope::All,
        reason: Reason::Bounced,
        at: now,
        evidence: lines.get(verdict.by).map(|line| evidence(&verdict, line)),
    };
    if is_covered(transaction, hash, &new)? {
        return Ok(None);
    }
    insert(transaction, hash, &new)?;
    Ok(Some(new))
}

impl StrikeLine {
    fn counted(&self) -> strike::Strike {
        strike::Strike {
            edition: self.edition,
            weight: self.weight,
            at: self.at,
        }
    }

    /// What was said, when, about which letter; no address.
    pub fn told(&self) -> String {
        let said = self.code.as_deref().unwrap_or("refused");
        format!("{said} at {}, letter {}", self.at.strftime("%-d %B %Y"), self.letter)
    }
}

fn evidence(verdict: &Verdict, line: &StrikeLine) -> String {
    match verdict.editions {
        1 => line.told(),
        _ => format!("{verdict}; the last: {}", line.told()),
    }
}

/// Strikes up to this moment count no more: the last good delivery, or the word by which the person came back.
fn counts_since(connection: &Connection, hash: &PersonHash, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let good = "SELECT max(d.changed_at) FROM delivery d JOIN person p ON p.id = d.person \
                WHERE p.hash = ?1 AND d.state = 'accepted' AND d.changed_at <= ?2 AND NOT EXISTS \
                (SELECT 1 FROM strike s WHERE s.delivery = d.id AND s.void = 0 AND s.at >= d.changed_at)";
    let lifted = "SELECT max(lifted_at) FROM suppression WHERE hash = ?1 AND list IS NULL AND undone = 0";
    let sql = format!("SELECT max(at) FROM (SELECT ({good}) AS at UNION ALL SELECT ({lifted}))");
    let mut find = connection.prepare_cached(&sql).doing("look for good deliveries")?;
    let row = (hash, good_until(now).as_microsecond());
    let at: Option<i64> = find.query_row(row, |row| row.get(0)).doing("look for good deliveries")?;
    at.map(codec::instant).transpose()
}

fn lines(connection: &Connection, hash: &PersonHash) -> Result<Vec<StrikeLine>, StoreError> {
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
        is_void: row.get(9).doing("read strikes")?,
        counts: false,
    })
}

fn waiting_people(transaction: &Transaction<'_>) -> Result<Vec<PersonHash>, StoreError> {
    let sql = "SELECT DISTINCT person FROM strike WHERE waits = 1 LIMIT ?";
    let mut statement = transaction.prepare_cached(sql).doing("judge strikes")?;
    let rows = statement.query_map([PAGE], |row| row.get(0)).doing("judge strikes")?;
    rows.collect::<Result<_, _>>().doing("judge strikes")
}

/// The runs, but this one, that came to no end and have left strikes.
fn dead_runs(transaction: &Transaction<'_>, run: Option<RunId>) -> Result<Vec<i64>, StoreError> {
    let sql =
        "SELECT DISTINCT s.run FROM strike s JOIN run r ON r.id = s.run WHERE s.waits = 1 AND r.ended_at IS NULL AND r.id IS NOT ?";
    let mut statement = transaction.prepare_cached(sql).doing("judge strikes")?;
    let rows = statement.query_map([run.map(|run| run.0)], |row| row.get(0));
    rows.doing("judge strikes")?.collect::<Result<_, _>>().doing("judge strikes")
}

/// Whether so many of a run's letters were refused that the relay may have been at fault.
fn is_doubtful(transaction: &Transaction<'_>, run: i64) -> Result<bool, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM strike WHERE waits = 1 AND run = ?1 AND weight <> 'soft'), \
               (SELECT count(*) FROM attempt WHERE run = ?1 AND settled_at IS NOT NULL)";
    let (struck, tried): (u32, u32) = transaction
        .query_row(sql, [run], |row| Ok((row.get(0)?, row.get(1)?)))
        .doing("judge strikes")?;
    Ok(struck >= MANY && struck > tried / 10)
}

fn void(transaction: &Transaction<'_>, run: i64) -> Result<u64, StoreError> {
    let sql = "UPDATE strike SET void = 1, waits = 0 WHERE run = ? AND waits = 1";
    transaction
        .execute(sql, [run])
        .doing("set strikes aside")
        .map(|rows| rows as u64)
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
