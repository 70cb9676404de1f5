//! The statements of an import, prepared once.

use super::write::DOING;
use crate::store::{Doing, StoreError};
use rusqlite::{CachedStatement, Transaction};

/// Everything that is asked or written row by row.
pub(super) struct Statements<'t> {
    pub(super) find_person: CachedStatement<'t>,
    pub(super) insert_person: CachedStatement<'t>,
    pub(super) find_member: CachedStatement<'t>,
    pub(super) insert_version: CachedStatement<'t>,
    pub(super) insert_member: CachedStatement<'t>,
    pub(super) update_member: CachedStatement<'t>,
    pub(super) keep_was: CachedStatement<'t>,
}

impl<'t> Statements<'t> {
    pub(super) fn of(transaction: &'t Transaction<'t>) -> Result<Self, StoreError> {
        let prepare = |sql| transaction.prepare_cached(sql).doing(DOING);
        Ok(Self {
            find_person: prepare("SELECT id FROM person WHERE hash = ?")?,
            insert_person: prepare("INSERT INTO person (id, hash) VALUES (?, ?)")?,
            find_member: prepare(
                "SELECT m.version, v.address, v.attributes, v.rows, m.left_at IS NOT NULL, m.answer, m.basis, m.consent_date, \
                 m.consent_source, m.consent_wording, m.joined, m.assumed FROM membership m JOIN person_version v ON v.id = m.version \
                 WHERE m.list = ? AND m.person = ?",
            )?,
            insert_version: prepare(
                "INSERT INTO person_version (person, address, attributes, rows, created_at) VALUES (?, ?, ?, ?, ?)",
            )?,
            insert_member: prepare(
                "INSERT INTO membership (list, person, version, line, joined, answer, basis, consent_date, consent_source, consent_wording, \
                 assumed, since, added_by, told_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?13)",
            )?,
            update_member: prepare(
                "UPDATE membership SET version = ?3, line = ?4, joined = ?5, answer = ?6, basis = ?7, consent_date = ?8, \
                 consent_source = ?9, consent_wording = ?10, assumed = ?11, left_at = NULL, told_by = ?12 \
                 WHERE list = ?1 AND person = ?2",
            )?,
            keep_was: prepare(
                "INSERT INTO membership_was (import, list, person, version, line, joined, answer, basis, consent_date, consent_source, \
                 consent_wording, assumed, since, left_at, told_by) SELECT ?1, list, person, version, line, joined, answer, basis, \
                 consent_date, consent_source, consent_wording, assumed, since, left_at, told_by FROM membership \
                 WHERE list = ?2 AND person = ?3",
            )?,
        })
    }
}
