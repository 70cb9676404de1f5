//! Lifting suppressions: the only way back to somebody's letters, by a person's word with proof.
//!
//! Promises: each lifting is on record with its proof, once; what the person themselves said no to by complaint or by asking to be
//! forgotten is lifted only on their written request; nothing is lifted that did not stand.

use super::{Doing, Store, StoreError};
use crate::address::Address;
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use jiff::Timestamp;
use rusqlite::{Connection, params};

/// Which suppressions a person means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifting<'a> {
    /// Only that of this list; `None` for all.
    pub list: Option<&'a str>,
    /// What proves that the person wants letters again.
    pub evidence: &'a str,
    /// Whether that is their own request in writing.
    pub is_written_request: bool,
}

/// What a lifting did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lifted {
    /// Stood, and stand no more.
    pub lifted: Vec<Suppression>,
    /// Meant, but they need a written request: then nothing was lifted at all.
    pub refused: Vec<Suppression>,
    /// Not meant; they stand on.
    pub stand: Vec<Suppression>,
}

/// What nobody but the person themselves can take back.
pub fn needs_a_request(reason: Reason) -> bool {
    match reason {
        Reason::Complained | Reason::Erased => true,
        Reason::ByHand | Reason::Unsubscribed | Reason::Bounced => false,
    }
}

impl Store {
    /// Lifts what keeps an address from letters, with proof.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn lift(&mut self, address: &Address, lifting: &Lifting<'_>, now: Timestamp) -> Result<Lifted, StoreError> {
        let hash = self.keys.person(address);
        let transaction = self.write("lift a suppression")?;
        let mut done = Lifted::default();
        let mut rows = Vec::new();
        for (id, one) in standing(&transaction, &hash)? {
            let is_meant = lifting.list.is_none_or(|list| one.scope == Scope::List(list.to_owned()));
            match (is_meant, needs_a_request(one.reason) && !lifting.is_written_request) {
                (false, _) => done.stand.push(one),
                (true, true) => done.refused.push(one),
                (true, false) => {
                    rows.push(id);
                    done.lifted.push(one);
                }
            }
        }
        if !done.refused.is_empty() || rows.is_empty() {
            done.lifted.clear();
            return Ok(done);
        }
        for id in rows {
            let sql = "UPDATE suppression SET lifted_at = ?, lift_evidence = ? WHERE id = ? AND lifted_at IS NULL";
            let row = (now.as_microsecond(), lifting.evidence, id);
            transaction.execute(sql, row).doing("lift a suppression")?;
        }
        if done.lifted.iter().any(|one| one.reason == Reason::Erased) {
            let sql = "UPDATE person SET erased_at = NULL WHERE hash = ?";
            transaction.execute(sql, [hash]).doing("lift a suppression")?;
            // Their row was passed over: every list is read once more, though its file is the same.
            let sql = "UPDATE list SET source_hash = NULL";
            transaction.execute(sql, []).doing("lift a suppression")?;
        }
        let sql = "INSERT INTO spoken_order (at, verb, detail) VALUES (?, 'consent restore', ?)";
        let row = (now.as_microsecond(), lifting.evidence);
        transaction.execute(sql, row).doing("write an order down")?;
        transaction.commit().doing("lift a suppression")?;
        Ok(done)
    }
}

fn standing(connection: &Connection, hash: &super::keys::PersonHash) -> Result<Vec<(i64, Suppression)>, StoreError> {
    let sql = "SELECT id FROM suppression WHERE hash = ? AND lifted_at IS NULL ORDER BY id";
    let mut statement = connection.prepare(sql).doing("look up suppressions")?;
    let ids = statement.query_map(params![hash], |row| row.get::<_, i64>(0));
    let ids: Vec<i64> = ids
        .doing("look up suppressions")?
        .collect::<Result<_, _>>()
        .doing("look up suppressions")?;
    // The same rows in the same order, read as suppressions.
    let found = super::people::standing_suppressions(connection, hash)?;
    Ok(ids.into_iter().zip(found).collect())
}
