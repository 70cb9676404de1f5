//! Suppressions: added one by one or by the file, listed, and known again by the hash of an address alone.
//!
//! Promises: rows are only ever added here; what says nothing new adds none, so the same file twice changes nothing; a graver reason
//! that stands is not made milder; what a person has been taken back from since is not brought back by older news. Knows nothing of
//! files.

use super::keys::{Keys, PersonHash};
use super::people::standing_suppressions;
use super::{DeliveryId, Doing, Store, StoreError, codec};
use crate::address::Address;
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// Who is not to be written to again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Somebody by their address.
    Address(Address),
    /// Somebody whose address is not known any more, by the hash that this very store's keys make of it.
    Hash(PersonHash),
}

/// One suppression to write down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSuppression {
    /// Whose.
    pub whom: Whom,
    /// For which mail, why, since when, and what proves it.
    pub suppression: Suppression,
    /// When the person left, where the proof tells: older news than a lifting is none.
    pub happened: Option<Timestamp>,
}

/// What became of suppressions that were to be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Suppressed {
    /// Written down.
    pub added: u64,
    /// Stood already, for this reason or a graver one.
    pub stood: u64,
    /// Older than the word by which the person came back.
    pub taken_back: u64,
}

/// What became of one suppression that was to be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    Added,
    Stood,
    TakenBack,
}

/// One suppression of the record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionLine {
    /// Whose, by hash.
    pub hash: PersonHash,
    /// Whose, where the store still knows.
    pub address: Option<Address>,
    /// Whether the store once knew, and has forgotten.
    pub is_forgotten: bool,
    /// For which mail, why, since when, and what proves it.
    pub suppression: Suppression,
    /// When it was lifted, and what proves that.
    pub lifted: Option<(Timestamp, Option<String>)>,
}

impl SuppressionLine {
    /// The hash as it is written into files and onto screens.
    pub fn hash_text(&self) -> String {
        HEXLOWER.encode(&self.hash)
    }
}

/// The hash that such a text stands for.
pub fn parse_hash(text: &str) -> Option<PersonHash> {
    HEXLOWER.decode(text.trim().as_bytes()).ok()?.try_into().ok()
}

/// Who stands behind a suppression, as far as the store knows.
const LINES: &str = "SELECT s.hash, s.list, s.reason, s.evidence, s.at, s.lifted_at, s.lift_evidence, \
     (SELECT v.address FROM person_version v WHERE v.person = p.id AND v.address IS NOT NULL ORDER BY v.id DESC LIMIT 1), \
     p.id IS NOT NULL FROM suppression s LEFT JOIN person p ON p.hash = s.hash";

impl Store {
    /// Writes suppressions down, all in one transaction.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn suppress_all(&mut self, new: &[NewSuppression]) -> Result<Suppressed, StoreError> {
        let keys = self.keys.clone();
        let transaction = self.write("write suppressions down")?;
        let mut done = Suppressed::default();
        for one in new {
            match suppress_one(&transaction, &keys, one)? {
                Became::Added => done.added += 1,
                Became::Stood => done.stood += 1,
                Became::TakenBack => done.taken_back += 1,
            }
        }
        transaction.commit().doing("write suppressions down")?;
        Ok(done)
    }

    /// Hands every suppression that stands to `each`, oldest first; with `lifted` also those that stand no more.
    ///
    /// # Errors
    /// When the store cannot be read, or `each` fails.
    pub fn each_suppression<E: From<StoreError>>(
        &self,
        lifted: bool,
        mut each: impl FnMut(SuppressionLine) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!("{LINES} WHERE ?1 OR s.lifted_at IS NULL ORDER BY s.id");
        let mut statement = self.connection.prepare_cached(&sql).doing("read suppressions")?;
        let mut rows = statement.query([lifted]).doing("read suppressions")?;
        while let Some(row) = rows.next().doing("read suppressions")? {
            each(line(row)?)?;
        }
        Ok(())
    }

    /// All suppressions an address ever had, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn suppressions_ever(&self, address: &Address) -> Result<Vec<SuppressionLine>, StoreError> {
        let sql = format!("{LINES} WHERE s.hash = ? ORDER BY s.id");
        let mut statement = self.connection.prepare_cached(&sql).doing("read suppressions")?;
        let mut rows = statement.query([self.keys.person(address)]).doing("read suppressions")?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next().doing("read suppressions")? {
            lines.push(line(row)?);
        }
        Ok(lines)
    }

    /// What keeps this letter from its person, if anything does: the gravest.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn kept_from(&self, delivery: DeliveryId) -> Result<Option<Suppression>, StoreError> {
        let sql = "SELECT p.hash, e.lists FROM delivery d JOIN person p ON p.id = d.person JOIN edition e ON e.id = d.edition WHERE d.id = ?";
        let found = self
            .connection
            .query_row(sql, [delivery.0], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
        let Some((hash, lists)): Option<(PersonHash, String)> = found.optional().doing("look up suppressions")? else {
            return Ok(None);
        };
        let lists: Vec<String> = serde_json::from_str(&lists).map_err(|error| StoreError::Damaged { what: error.to_string() })?;
        let standing = standing_suppressions(&self.connection, &hash)?.into_iter();
        let concerned = standing.filter(|suppression| suppression.concerns(&lists));
        Ok(concerned.reduce(|gravest, next| if next.outranks(&gravest) { next } else { gravest }))
    }

    /// Which store's hashes these are, without saying so: another store with the same keys has the same mark.
    pub fn key_mark(&self) -> String {
        self.keys.mark("suppressions").chars().take(10).collect()
    }
}

/// A row of [`LINES`].
fn line(row: &Row<'_>) -> Result<SuppressionLine, StoreError> {
    let text = |index: usize| row.get::<_, Option<String>>(index).doing("read suppressions");
    let reason = text(2)?.unwrap_or_default();
    let suppression = Suppression {
        scope: text(1)?.map_or(Scope::All, Scope::List),
        reason: Reason::parse(&reason).ok_or_else(|| StoreError::Damaged {
            what: format!("a suppression is `{reason}`"),
        })?,
        at: codec::instant(row.get(4).doing("read suppressions")?)?,
        evidence: text(3)?,
    };
    let lifted: Option<i64> = row.get(5).doing("read suppressions")?;
    let address = text(7)?.and_then(|text| Address::parse(&text).ok());
    Ok(SuppressionLine {
        hash: row.get(0).doing("read suppressions")?,
        is_forgotten: address.is_none() && row.get(8).doing("read suppressions")?,
        address,
        suppression,
        lifted: match lifted {
            Some(at) => Some((codec::instant(at)?, text(6)?)),
            None => None,
        },
    })
}

/// Writes one suppression down, where it says anything new.
pub(super) fn suppress_one(transaction: &Transaction<'_>, keys: &Keys, new: &NewSuppression) -> Result<Became, StoreError> {
    let hash = match &new.whom {
        Whom::Address(address) => keys.person(address),
        Whom::Hash(hash) => *hash,
    };
    if is_covered(transaction, &hash, &new.suppression)? {
        return Ok(Became::Stood);
    }
    if is_older_than_a_lifting(transaction, &hash, new)? {
        return Ok(Became::TakenBack);
    }
    insert(transaction, &hash, &new.suppression)?;
    Ok(Became::Added)
}

/// Whether what stands says as much: the same mail or all of it, for this reason or a graver one.
pub(super) fn is_covered(transaction: &Transaction<'_>, hash: &PersonHash, new: &Suppression) -> Result<bool, StoreError> {
    // What only a list's file told of may be taken back with its import, so it stands in for nobody's own word.
    let sql = "SELECT list, reason FROM suppression WHERE hash = ? AND lifted_at IS NULL AND import IS NULL";
    let mut statement = transaction.prepare_cached(sql).doing("look up suppressions")?;
    let mut rows = statement.query([hash]).doing("look up suppressions")?;
    while let Some(row) = rows.next().doing("look up suppressions")? {
        let list: Option<String> = row.get(0).doing("look up suppressions")?;
        let reason: String = row.get(1).doing("look up suppressions")?;
        let as_wide = list.is_none() || list.as_deref() == scope_column(&new.scope);
        if as_wide && Reason::parse(&reason).is_some_and(|reason| reason.stands_for(new.reason)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the person came back, by a lifting on record, after what is to be written down happened.
fn is_older_than_a_lifting(transaction: &Transaction<'_>, hash: &PersonHash, new: &NewSuppression) -> Result<bool, StoreError> {
    let Some(happened) = new.happened else { return Ok(false) };
    let sql = "SELECT EXISTS (SELECT 1 FROM suppression WHERE hash = ?1 AND lifted_at > ?2 AND undone = 0 AND (list IS NULL OR list IS ?3))";
    let row = params![hash, happened.as_microsecond(), scope_column(&new.suppression.scope)];
    let mut find = transaction.prepare_cached(sql).doing("look up suppressions")?;
    find.query_row(row, |row| row.get(0)).doing("look up suppressions")
}

/// The `list` column of a scope.
fn scope_column(scope: &Scope) -> Option<&str> {
    match scope {
        Scope::All => None,
        Scope::List(name) => Some(name),
    }
}

pub(super) fn insert(transaction: &Transaction<'_>, hash: &PersonHash, new: &Suppression) -> Result<(), StoreError> {
    let sql = "INSERT INTO suppression (hash, list, reason, evidence, at) VALUES (?, ?, ?, ?, ?)";
    let row = params![
        hash,
        scope_column(&new.scope),
        new.reason.as_str(),
        new.evidence,
        new.at.as_microsecond()
    ];
    let mut insert = transaction.prepare_cached(sql).doing("write suppressions down")?;
    insert.execute(row).doing("write suppressions down").map(|_| ())
}
