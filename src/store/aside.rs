//! Laying a store aside: every file of it, together, into a folder beside its place.
//!
//! Promises: nothing is deleted, and no file of one store is ever taken for another's. A process that dies on the way leaves the rest to
//! the next one, which finishes the same folder; nobody makes a store while a piece of an older one still lies in its place.

use super::{Doing, Store, StoreError, make_private_dir};
use rusqlite::Connection;
use std::fs;
use std::path::{Path, PathBuf};

/// The files of a store, in the order in which they are moved: without the first one nobody takes the others for a store.
const FILES: [&str; 5] = ["store.db", "store.db-wal", "store.db-shm", "store.db-journal", "keys"];
/// Where they are gathered until all are there.
const GATHERED: &str = "replaced";

impl Store {
    /// Takes the store out of `dir`, or what is left of one, and lays it into a folder beside it; gives that folder, if there was anything.
    ///
    /// # Errors
    /// When a file cannot be moved; the rest is moved by the next call.
    pub fn lay_aside(dir: &Path) -> Result<Option<PathBuf>, StoreError> {
        let gathered = dir.join(GATHERED);
        let there: Vec<&str> = FILES
            .into_iter()
            .filter(|name| fs::symlink_metadata(dir.join(name)).is_ok())
            .collect();
        if there.is_empty() && !gathered.exists() {
            return Ok(None);
        }
        make_private_dir(&gathered)?;
        for name in there {
            rename(&dir.join(name), &gathered.join(name))?;
        }
        let free = (1_u32..)
            .map(|number| dir.join(format!("{GATHERED}-{number}")))
            .find(|aside| !aside.exists());
        let aside = free.unwrap_or_else(|| gathered.clone());
        rename(&gathered, &aside)?;
        Ok(Some(aside))
    }
}

/// Lays aside what is left of a store whose own file is gone: SQLite would take its write-ahead log for the next store's.
pub(super) fn clear_the_place(dir: &Path) -> Result<(), StoreError> {
    let is_there = |name: &str| fs::symlink_metadata(dir.join(name)).is_ok();
    let (store, rest) = (FILES[0], ["store.db-wal", "store.db-journal", GATHERED]);
    match !is_there(store) && rest.into_iter().any(is_there) {
        true => Store::lay_aside(dir).map(|_| ()),
        false => Ok(()),
    }
}

/// Folds a database into its one file, so that it can be moved alone.
pub(super) fn one_file(connection: &Connection) -> Result<(), StoreError> {
    let mode = connection
        .query_row("PRAGMA journal_mode = DELETE", [], |row| row.get::<_, String>(0))
        .doing("become one file")?;
    match mode.as_str() {
        "delete" => Ok(()),
        _ => Err(StoreError::Damaged {
            what: "its write-ahead log could not be folded into it".to_owned(),
        }),
    }
}

/// Folds a store's write-ahead log into its one file and closes it, so that it can be linked alone; it stays a store with such a log.
/// Not left to the closing, which keeps a full disk to itself.
pub(super) fn fold_and_close(connection: Connection) -> Result<(), StoreError> {
    connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0))
        .doing("become one file")?;
    let is_busy = connection
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))
        .doing("become one file")?;
    if is_busy {
        return Err(StoreError::Damaged {
            what: "its write-ahead log could not be folded into it".to_owned(),
        });
    }
    connection.close().map_err(|(_, error)| error).doing("become one file")
}

fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    fs::rename(from, to).map_err(|source| StoreError::File {
        doing: "lay aside",
        path: from.to_owned(),
        source,
    })
}
