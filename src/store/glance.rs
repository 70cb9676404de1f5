//! A glance at a store: all that it knows, without a hand on the file.
//!
//! Promises: the file is opened for reading alone: it is never made, never brought up to date and nobody's rights to it are changed, also
//! while somebody sends from it. What an older program wrote is brought up to date in a copy in memory. Knows nothing of what is asked.

use super::keys::Keys;
use super::{BUSY, Doing, MIGRATIONS, Store, StoreError, backup, copy, file, migrate, open_nameless, read_identity, shape};
use rusqlite::{Connection, OpenFlags};
use std::path::{Path, PathBuf};

impl Store {
    /// The store in `dir`, for reading only.
    ///
    /// # Errors
    /// When there is none, when it or its key file cannot be read, or when a newer program has written it.
    pub fn glance(dir: &Path) -> Result<Self, StoreError> {
        let path = file(dir);
        if !path.exists() {
            return Err(StoreError::Missing { dir: dir.to_owned() });
        }
        let keys = Keys::as_they_are(dir)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(&path, flags).doing("be opened")?;
        connection.busy_timeout(BUSY).doing("be opened")?;
        if shape(&connection)? < MIGRATIONS.len() {
            let mut newer = open_nameless()?;
            copy(&connection, &mut newer)?;
            migrate(&mut newer)?;
            connection = newer;
        }
        backup::refuse_backup(&connection, dir)?;
        Ok(Self {
            identity: read_identity(&connection)?,
            connection,
            keys,
            dir: PathBuf::new(),
            searches: std::cell::Cell::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::address::Address;
    use crate::store::{Kind, Store, file};
    use crate::subscriber::suppression::{Reason, Scope, Suppression};
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_glance_knows_all_and_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        let ann = Address::parse("ann@example.org").unwrap();
        assert!(Store::glance(dir.path()).is_err() && fs::read_dir(dir.path()).unwrap().next().is_none());
        let mut store = Store::create(dir.path(), Kind::Test, now).unwrap();
        let left = Suppression {
            scope: Scope::All,
            reason: Reason::ByHand,
            at: now,
            evidence: None,
        };
        store.suppress(&ann, &left).unwrap();
        let transaction = store.write("hold the lock").unwrap();
        assert_eq!(
            Store::glance(dir.path()).unwrap().suppressions(&ann).unwrap().len(),
            1,
            "while somebody writes"
        );
        drop(transaction);
        drop(store);
        fs::set_permissions(file(dir.path()), fs::Permissions::from_mode(0o444)).unwrap();
        let before = fs::read(file(dir.path())).unwrap();
        let mut seen = Store::glance(dir.path()).unwrap();
        assert_eq!(seen.suppressions(&ann).unwrap().len(), 1);
        assert!(seen.suppress(&ann, &left).is_err(), "it is for reading");
        seen.copy_in_memory().unwrap().suppress(&ann, &left).unwrap();
        assert!(fs::read(file(dir.path())).unwrap() == before);
        assert_eq!(fs::metadata(file(dir.path())).unwrap().permissions().mode() & 0o777, 0o444);
    }

    #[test]
    fn what_an_older_program_wrote_is_brought_up_to_date_in_memory_alone() {
        let dir = tempfile::tempdir().unwrap();
        drop(Store::create(dir.path(), Kind::Test, "2026-12-01T09:00:00Z".parse().unwrap()).unwrap());
        let real = rusqlite::Connection::open(file(dir.path())).unwrap();
        // As the last program but one left it: without what its last migration made.
        let last = super::super::MIGRATIONS.len() - 1;
        let old = rusqlite::Connection::open_in_memory().unwrap();
        for sql in super::super::MIGRATIONS.iter().take(last) {
            old.execute_batch(sql).unwrap();
        }
        old.execute(
            "INSERT INTO store (one, id, generation, kind, created_at) VALUES (1, 'old', 1, 'test', 0)",
            [],
        )
        .unwrap();
        old.pragma_update(None, "user_version", i64::try_from(last).unwrap()).unwrap();
        drop(real);
        fs::remove_file(file(dir.path())).unwrap();
        old.execute("VACUUM INTO ?", [file(dir.path()).to_str().unwrap()]).unwrap();
        let before = fs::read(file(dir.path())).unwrap();
        assert_eq!(Store::glance(dir.path()).unwrap().identity().id, "old");
        assert!(fs::read(file(dir.path())).unwrap() == before);
    }
}
