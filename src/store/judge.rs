//! Judgement: strikes are weighed when the run that met them has ended, and what is enough becomes a suppression.
//!
//! Promises: what a relay at fault said counts for nobody, and what so many were told together is not believed at once; a judgement and
//! its suppression are one transaction; what a run that died has left is judged by the next. Knows no address.

use super::keys::PersonHash;
use super::strike::{StrikeLine, lines};
use super::suppress::{insert, is_covered};
use super::{DeliveryId, Doing, RunId, Store, StoreError, codec};
use crate::delivery::strike::{self, Verdict, good_until};
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use jiff::Timestamp;
use rusqlite::{Connection, Transaction};

/// How many people one transaction judges: others write to the store beside a long list's judgement.
const PAGE: u32 = 500;

/// So many strikes of a run, if they are more than a tenth of its letters too, may be the relay's doing…
const MANY: u32 = 6;
/// …and so many, if they are all that it tried, or if the breaker that would have said so died with its run. Where the run before had no
/// letter taken either, one is enough: a series sends one at a time.
const FEW: u32 = 3;

/// How a run has ended, as far as its strikes are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// By itself.
    Calm,
    /// Because so many addresses of a list do not exist.
    TooMany,
    /// Because the relay, its settings or the letters were at fault.
    AtFault,
}

impl Store {
    /// Judges what the strikes of a run come to, which has just ended so. Gives how many addresses are written to no more.
    ///
    /// # Errors
    /// When the store cannot be written; what was judged stays judged.
    pub fn judge_run(&mut self, run: RunId, ending: Ending, now: Timestamp) -> Result<u64, StoreError> {
        if !self.has_waiting_strikes()? {
            return Ok(0);
        }
        let transaction = self.write("judge strikes")?;
        match ending {
            Ending::AtFault => void(&transaction, run.0)?,
            Ending::TooMany => doubt(&transaction, run.0)?,
            Ending::Calm if are_many(&transaction, run.0, MANY)? => doubt(&transaction, run.0)?,
            Ending::Calm => {}
        }
        transaction.commit().doing("judge strikes")?;
        self.judge_waiting(now)
    }

    /// Judges what runs that died have left; asked under the sender's lock. Gives how many addresses are written to no more.
    ///
    /// # Errors
    /// When the store cannot be written; what was judged stays judged.
    pub(super) fn judge_dead_runs(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        if !self.has_waiting_strikes()? {
            return Ok(0);
        }
        let transaction = self.write("judge strikes")?;
        for run in dead_runs(&transaction)? {
            if are_many(&transaction, run, FEW)? {
                doubt(&transaction, run)?;
            }
        }
        transaction.commit().doing("judge strikes")?;
        self.judge_waiting(now)
    }

    fn judge_waiting(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        let mut suppressed = 0;
        loop {
            let transaction = self.write("judge strikes")?;
            let people = waiting_people(&transaction)?;
            for hash in &people {
                let sql = "UPDATE strike SET waits = 0 WHERE person = ? AND waits = 1";
                let mut settle = transaction.prepare_cached(sql).doing("judge strikes")?;
                settle.execute([hash]).doing("judge strikes")?;
                suppressed += u64::from(judge(&transaction, hash, now)?.is_some());
            }
            transaction.commit().doing("judge strikes")?;
            if people.len() < PAGE as usize {
                return Ok(suppressed);
            }
        }
    }

    fn has_waiting_strikes(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM strike WHERE waits = 1)";
        let found = self.connection.query_row(sql, [], |row| row.get(0));
        found.doing("look for strikes")
    }
}

/// What comes back of one edition in a crowd may be a mail system's bad hour: from then on it counts as hard at most.
pub(super) fn doubt_crowd(transaction: &Transaction<'_>, delivery: DeliveryId) -> Result<(), StoreError> {
    let sql = "SELECT edition, (SELECT count(*) FROM strike s WHERE s.edition = d.edition AND s.source = 'mail' AND s.void = 0 \
               AND s.weight <> 'soft'), \
               (SELECT count(*) FROM delivery o WHERE o.edition = d.edition AND o.state = 'accepted') FROM delivery d WHERE id = ?";
    let mut count = transaction.prepare_cached(sql).doing("judge strikes")?;
    let (edition, struck, taken): (i64, u32, u32) = count
        .query_row([delivery.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .doing("judge strikes")?;
    if struck < MANY || struck <= taken / 10 {
        return Ok(());
    }
    let sql = "UPDATE strike SET doubt = 1 WHERE edition = ? AND source = 'mail' AND doubt = 0";
    transaction.execute(sql, [edition]).doing("judge strikes").map(|_| ())
}

/// Suppresses a person whose strikes are enough, without those that wait for the end of their run; what stands already is not made
/// milder.
pub(super) fn judge(transaction: &Transaction<'_>, hash: &PersonHash, now: Timestamp) -> Result<Option<Suppression>, StoreError> {
    let (lines, history): (Vec<_>, Vec<_>) = lines(transaction, hash)?
        .into_iter()
        .filter_map(|line| line.counted().map(|counted| (line, counted)))
        .unzip();
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

fn evidence(verdict: &Verdict, line: &StrikeLine) -> String {
    match verdict.editions {
        1 => line.told(),
        _ => format!("{verdict}; the last: {}", line.told()),
    }
}

/// Strikes up to this moment count no more: the last good delivery, or the word by which the person came back.
pub(super) fn counts_since(connection: &Connection, hash: &PersonHash, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
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

fn waiting_people(transaction: &Transaction<'_>) -> Result<Vec<PersonHash>, StoreError> {
    let sql = "SELECT DISTINCT person FROM strike WHERE waits = 1 LIMIT ?";
    let mut statement = transaction.prepare_cached(sql).doing("judge strikes")?;
    let rows = statement.query_map([PAGE], |row| row.get(0)).doing("judge strikes")?;
    rows.collect::<Result<_, _>>().doing("judge strikes")
}

/// The runs that came to no end and have left strikes.
fn dead_runs(transaction: &Transaction<'_>) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT DISTINCT s.run FROM strike s JOIN run r ON r.id = s.run WHERE s.waits = 1 AND r.ended_at IS NULL";
    let mut statement = transaction.prepare_cached(sql).doing("judge strikes")?;
    let rows = statement.query_map([], |row| row.get(0)).doing("judge strikes")?;
    rows.collect::<Result<_, _>>().doing("judge strikes")
}

/// Whether so many of a run's letters were refused for good that it may have been the relay.
fn are_many(transaction: &Transaction<'_>, run: i64, many: u32) -> Result<bool, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM strike WHERE waits = 1 AND run = ?1 AND weight <> 'soft'), \
               (SELECT count(*) FROM attempt WHERE run = ?1 AND settled_at IS NOT NULL)";
    let (struck, tried): (u32, u32) = transaction
        .query_row(sql, [run], |row| Ok((row.get(0)?, row.get(1)?)))
        .doing("judge strikes")?;
    let all = struck > 0 && struck == tried && (struck >= FEW || was_all_refused_before(transaction, run)?);
    Ok(struck >= many && struck > tried / 10 || all)
}

/// Whether the last run before this one that handed letters over had none of them taken.
fn was_all_refused_before(transaction: &Transaction<'_>, run: i64) -> Result<bool, StoreError> {
    let sql = "WITH before AS (SELECT max(run) AS run FROM attempt WHERE run < ?1) SELECT (SELECT run FROM before) IS NOT NULL \
               AND NOT EXISTS (SELECT 1 FROM attempt a, before WHERE a.run = before.run AND a.outcome = 'accepted')";
    let found = transaction.query_row(sql, [run], |row| row.get(0));
    found.doing("judge strikes")
}

fn void(transaction: &Transaction<'_>, run: i64) -> Result<(), StoreError> {
    let sql = "UPDATE strike SET void = 1, waits = 0 WHERE run = ? AND waits = 1";
    transaction.execute(sql, [run]).doing("set strikes aside").map(|_| ())
}

fn doubt(transaction: &Transaction<'_>, run: i64) -> Result<(), StoreError> {
    let sql = "UPDATE strike SET doubt = 1 WHERE run = ? AND waits = 1";
    transaction.execute(sql, [run]).doing("set strikes aside").map(|_| ())
}
