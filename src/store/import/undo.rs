//! Taking an import back: the list says again what it said before, as if the file had never come.
//!
//! Promises: one transaction; only the last import of its list, so that nothing is taken back from under a later one; letters that went
//! out meanwhile stay on record; who was forgotten meanwhile stays forgotten. A suppression that the import found in its file is lifted
//! with it, and with no other's.

use super::{ImportId, Told};
use crate::store::{Doing, Store, StoreError};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};

const DOING: &str = "take an import back";

/// Why an import is not taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoUndo {
    /// There is none with this number.
    Unknown,
    /// It was, already.
    Already {
        /// When.
        at: Timestamp,
        /// The list's name.
        list: String,
        /// The SHA-256 of the file that the list stands on since then, if there is one.
        before: Option<Vec<u8>>,
    },
    /// A later one of the same list stands on it.
    NotTheLast(ImportId),
}

/// What taking an import back did, in people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The list's name.
    pub list: String,
    /// The file it had come from.
    pub file: String,
    /// Off the list again.
    pub removed: u64,
    /// As before again.
    pub restored: u64,
    /// Suppressions that only this import's file had told of.
    pub lifted: u64,
    /// Letters that wait for people who are off the list again.
    pub waiting: u64,
    /// What the list stands on again: the SHA-256 of that file, if there was one.
    pub before: Option<Vec<u8>>,
}

impl Store {
    /// Takes an import back.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn undo_import(&mut self, import: ImportId, now: Timestamp) -> Result<Result<Undone, NoUndo>, StoreError> {
        let transaction = self.write(DOING)?;
        let found = transaction
            .query_row(
                "SELECT i.list, l.name, i.file, i.undone_at FROM import i JOIN list l ON l.id = i.list WHERE i.id = ?",
                [import.0],
                |row| {
                    let undone: Option<i64> = row.get(3)?;
                    Ok((
                        row.get::<_, i64>(0)?,
                        row.get::<_, String>(1)?,
                        row.get::<_, String>(2)?,
                        undone,
                    ))
                },
            )
            .optional()
            .doing(DOING)?;
        let Some((list, name, file, undone)) = found else {
            return Ok(Err(NoUndo::Unknown));
        };
        if let Some(at) = undone {
            return Ok(Err(NoUndo::Already {
                at: crate::store::codec::instant(at)?,
                before: stands_on(&transaction, list)?,
                list: name,
            }));
        }
        if let Some(later) = later_import(&transaction, list, import)? {
            return Ok(Err(NoUndo::NotTheLast(later)));
        }
        let waiting = waiting_letters(&transaction, list, import)?;
        let removed = take_off(&transaction, list, import)?;
        let restored = put_back(&transaction, import)?;
        let lifted = lift(&transaction, import, now)?;
        let before = close(&transaction, list, import, now)?;
        let detail = format!("import {} of list {name}", import.0);
        let sql = "INSERT INTO spoken_order (at, verb, detail) VALUES (?, 'undo', ?)";
        transaction.execute(sql, (now.as_microsecond(), detail)).doing(DOING)?;
        transaction.commit().doing(DOING)?;
        Ok(Ok(Undone {
            list: name,
            file,
            removed,
            restored,
            lifted,
            waiting,
            before,
        }))
    }

    /// The last import of these very bytes into a list, if it was taken back: nobody wants it to come again by itself, however it would be
    /// read now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn taken_back(&self, list: &str, file_hash: &[u8]) -> Result<Option<Told>, StoreError> {
        let imports = self.imports(Some(list))?;
        let last = imports.into_iter().rfind(|import| import.file_hash == file_hash);
        Ok(last.filter(|import| import.undone_at.is_some()).map(|import| Told {
            import: import.id,
            file: import.file,
            file_hash: import.file_hash,
            at: import.at,
        }))
    }
}

fn later_import(transaction: &Transaction<'_>, list: i64, import: ImportId) -> Result<Option<ImportId>, StoreError> {
    let sql = "SELECT max(id) FROM import WHERE list = ? AND id > ? AND undone_at IS NULL";
    let later: Option<i64> = transaction.query_row(sql, (list, import.0), |row| row.get(0)).doing(DOING)?;
    Ok(later.map(ImportId))
}

/// Letters that are not out yet, of people whom only this import put on the list.
fn waiting_letters(transaction: &Transaction<'_>, list: i64, import: ImportId) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM membership m JOIN delivery d ON d.person = m.person AND d.state IN ('pending', 'deferred', 'held') \
               WHERE m.list = ? AND m.added_by = ?";
    let waiting = transaction.query_row(sql, (list, import.0), |row| row.get::<_, i64>(0));
    waiting.doing(DOING).map(i64::unsigned_abs)
}

/// Off the list whom this import put on it; what nothing else refers to is gone with them.
fn take_off(transaction: &Transaction<'_>, list: i64, import: ImportId) -> Result<u64, StoreError> {
    transaction
        .execute_batch("CREATE TEMP TABLE IF NOT EXISTS taken_off (version INTEGER PRIMARY KEY); DELETE FROM taken_off")
        .doing(DOING)?;
    let sql = "INSERT OR IGNORE INTO taken_off SELECT version FROM membership WHERE list = ?1 AND (added_by = ?2 OR told_by = ?2)";
    transaction.execute(sql, (list, import.0)).doing(DOING)?;
    let sql = "DELETE FROM membership WHERE list = ? AND added_by = ?";
    let removed = transaction.execute(sql, (list, import.0)).doing(DOING)?;
    Ok(removed as u64)
}

/// What the import changed says again what it said before.
fn put_back(transaction: &Transaction<'_>, import: ImportId) -> Result<u64, StoreError> {
    let sql = "UPDATE membership AS m SET version = w.version, line = w.line, joined = w.joined, answer = w.answer, basis = w.basis, \
               consent_date = w.consent_date, consent_source = w.consent_source, consent_wording = w.consent_wording, \
               assumed = w.assumed, since = w.since, left_at = w.left_at, told_by = w.told_by \
               FROM membership_was w WHERE w.import = ? AND w.list = m.list AND w.person = m.person";
    let restored = transaction.execute(sql, [import.0]).doing(DOING)?;
    transaction
        .execute("DELETE FROM membership_was WHERE import = ?", [import.0])
        .doing(DOING)?;
    let sql = "DELETE FROM person_version WHERE id IN (SELECT version FROM taken_off) \
               AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person = person_version.person AND m.version = person_version.id) \
               AND NOT EXISTS (SELECT 1 FROM membership_was w WHERE w.person = person_version.person AND w.version = person_version.id) \
               AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.person = person_version.person AND d.version = person_version.id)";
    transaction.execute(sql, []).doing(DOING)?;
    transaction.execute_batch("DROP TABLE taken_off").doing(DOING)?;
    Ok(restored as u64)
}

fn lift(transaction: &Transaction<'_>, import: ImportId, now: Timestamp) -> Result<u64, StoreError> {
    let sql = "UPDATE suppression SET lifted_at = ?, lift_evidence = ?, undone = 1 WHERE import = ? AND lifted_at IS NULL";
    let evidence = format!("import {} was taken back", import.0);
    let lifted = transaction
        .execute(sql, (now.as_microsecond(), evidence, import.0))
        .doing(DOING)?;
    Ok(lifted as u64)
}

/// The list stands on what it stood on before; gives the file hash of that.
fn close(transaction: &Transaction<'_>, list: i64, import: ImportId, now: Timestamp) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "UPDATE list SET source_hash = i.before_hash, columns = i.before_columns, imported_at = i.before_at \
               FROM import i WHERE i.id = ? AND list.id = i.list";
    transaction.execute(sql, [import.0]).doing(DOING)?;
    let sql = "UPDATE import SET undone_at = ? WHERE id = ?";
    transaction.execute(sql, (now.as_microsecond(), import.0)).doing(DOING)?;
    stands_on(transaction, list)
}

/// The hash of the file that a list was last imported from.
fn stands_on(transaction: &Transaction<'_>, list: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT file_hash FROM import WHERE list = ? AND undone_at IS NULL ORDER BY id DESC LIMIT 1";
    transaction.query_row(sql, [list], |row| row.get(0)).optional().doing(DOING)
}
