//! Making a store: it is there whole, or not at all.
//!
//! Promises: keys and store are made beside their places and linked into them when they are finished, so that a process that dies on
//! the way leaves nothing that stands in the next one's way; of two that make a store at once, one wins.

use super::aside::{clear_the_place, fold_and_close};
use super::keys::{self, Keys};
use super::{
    Doing, Identity, Kind, Store, StoreError, file, make_private_dir, make_private_file, migrate, open_connection, open_nameless,
};
use jiff::Timestamp;
use rusqlite::Connection;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

impl Store {
    /// Makes a new store of `kind` in `dir`, which is made too. Keys that lie there without a store are its keys.
    ///
    /// # Errors
    /// When the folder cannot be written, or holds a store already.
    pub fn create(dir: &Path, kind: Kind, now: Timestamp) -> Result<Self, StoreError> {
        make_private_dir(dir)?;
        clear_the_place(dir)?;
        Keys::read_or_create(dir)?;
        let place = file(dir);
        into_place(&place, |path| {
            make_private_file(path)?;
            let mut connection = open_connection(path)?;
            set_up(&mut connection, kind, now)?;
            fold_and_close(connection)
        })?;
        Self::open(dir)
    }

    /// A store for this process alone: for `check` and `plan`, which write nothing that anybody finds.
    ///
    /// # Errors
    /// When SQLite has no memory.
    pub fn in_memory(now: Timestamp) -> Result<Self, StoreError> {
        let mut connection = open_nameless()?;
        let identity = set_up(&mut connection, Kind::Rehearsal, now)?;
        Ok(Self {
            connection,
            keys: Keys::random()?,
            identity,
            dir: PathBuf::new(),
            searches: std::cell::Cell::default(),
        })
    }
}

/// Gives an empty database its shape and its identity.
fn set_up(connection: &mut Connection, kind: Kind, now: Timestamp) -> Result<Identity, StoreError> {
    migrate(connection)?;
    let id = keys::random_id()?;
    let sql = "INSERT INTO store (one, id, generation, kind, created_at) VALUES (1, ?, 1, ?, ?)";
    connection
        .execute(sql, (&id, kind.name(), now.as_microsecond()))
        .doing("make the store")?;
    Ok(Identity { id, generation: 1, kind })
}

/// Has a file made under a name of this process's own, then puts it durably in its place; never over one that is there.
pub(super) fn into_place(place: &Path, make: impl FnOnce(&Path) -> Result<(), StoreError>) -> Result<(), StoreError> {
    let mut own = place.as_os_str().to_owned();
    own.push(format!(".new-{}", std::process::id()));
    let own = PathBuf::from(own);
    // Left by a dead process of this very number, if it is there at all.
    let _ = fs::remove_file(&own);
    let linked = make(&own).and_then(|()| link(&own, place).map_err(|source| failed("make", place, source)));
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut left = own.as_os_str().to_owned();
        left.push(ending);
        // One that was not made, or cannot be removed, is in nobody's way.
        let _ = fs::remove_file(left);
    }
    linked?;
    let dir = place.parent().unwrap_or(place);
    File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(|source| failed("write", dir, source))
}

/// A second name for a file; where the file system knows none (a stick, a network share), the only one, if the place is free.
fn link(own: &Path, place: &Path) -> io::Result<()> {
    match fs::hard_link(own, place) {
        Err(error) if matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied) => {
            match fs::symlink_metadata(place) {
                Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
                Err(_) => fs::rename(own, place),
            }
        }
        linked => linked,
    }
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> StoreError {
    let path = path.to_owned();
    StoreError::File { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-12-01T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_a_dead_process_left_is_in_nobodys_way() {
        let dir = tempfile::tempdir().unwrap();
        // Keys without a store, a store that was never finished, and keys that were not: each under its maker's name.
        let keys = Keys::read_or_create(dir.path()).unwrap();
        fs::write(dir.path().join("store.db.new-1"), "half").unwrap();
        fs::write(dir.path().join("keys.new-1"), "half").unwrap();
        assert!(!Store::is_there(dir.path()).unwrap());
        let store = Store::create(dir.path(), Kind::Test, now()).unwrap();
        let address = crate::address::Address::parse("ann@example.org").unwrap();
        assert_eq!(store.keys().person(&address), keys.person(&address));
    }

    #[test]
    fn a_store_is_never_made_over_another() {
        let dir = tempfile::tempdir().unwrap();
        let first = Store::create(dir.path(), Kind::Test, now()).unwrap();
        assert!(Store::create(dir.path(), Kind::Test, now()).is_err());
        assert_eq!(Store::open(dir.path()).unwrap().identity(), first.identity());
        let files = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(files.into_iter().all(|name| !name.to_string_lossy().contains(".new-")));
    }
}
