//! The store: what did happen, letter by letter, in one SQLite file under `.tidings/`.
//!
//! Promises: every write is one transaction in WAL mode, on the disk before it is answered (`synchronous=FULL`; the journal syncs its
//! log by itself), so what was answered "written" survives a power cut; files are 0600 in a 0700 folder; a store of a newer program
//! is refused; deliveries and attempts hold ids, never addresses.
//! Knows nothing of the workspace's files, of letters' texts or of relays, and never asks what time it is.

pub mod ask;
pub mod audit;
pub mod backup;
pub mod cap;
pub mod change;
pub mod claim;
pub mod dossier;
pub mod draft;
pub mod edition;
pub mod forget;
pub mod freeze;
pub mod heartbeat;
pub mod hold;
pub mod import;
pub mod journal;
pub mod judge;
pub mod keys;
pub mod letter;
pub mod lift;
pub mod lock;
pub mod look;
pub mod lookup;
pub mod mail;
pub mod mailbox;
pub mod occurrence;
pub mod order;
pub mod people;
pub mod planned;
pub mod reckoning;
pub mod recover;
pub mod remains;
pub mod retention;
pub mod series;
pub mod skip;
pub mod spacing;
pub mod spelling;
mod spoilt;
pub mod start;
pub mod strike;
pub mod supersede;
pub mod suppress;
pub mod text;
pub mod token;
pub mod usage;
pub mod visit;

mod aside;
mod codec;
mod create;
mod error;
mod glance;
mod search;
mod sieve;
mod texts;

pub use error::StoreError;

use error::Doing;
use keys::Keys;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};
use std::ffi::c_int;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The numbered shapes of the store, in order; `PRAGMA user_version` says how many a file has seen.
const MIGRATIONS: [&str; 7] = [
    include_str!("001_journal.sql"),
    include_str!("002_changes.sql"),
    include_str!("003_usage.sql"),
    include_str!("004_people.sql"),
    include_str!("005_leaving.sql"),
    include_str!("006_calendar.sql"),
    include_str!("007_lists.sql"),
];

/// How long a write waits for another process's transaction before it gives up.
const BUSY: Duration = Duration::from_secs(30);

/// An edition's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EditionId(pub i64);

/// A delivery's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryId(pub i64);

/// A later text of an edition, in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TextId(pub i64);

/// A person's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PersonId(pub i64);

/// A run's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub i64);

/// What a store is for; decided when it is made, for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The journal of real letters.
    Real,
    /// The journal of a throw-away workspace whose relay says `test: true`.
    Test,
    /// A copy that a rehearsal plays on.
    Rehearsal,
}

impl Kind {
    /// The word in the store.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Real => "real",
            Kind::Test => "test",
            Kind::Rehearsal => "rehearsal",
        }
    }
}

/// Which store this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// A random id, made once.
    pub id: String,
    /// Raised by every restore, so that an older copy is recognised.
    pub generation: u32,
    /// What it is for.
    pub kind: Kind,
}

/// The store, opened.
pub struct Store {
    connection: Connection,
    keys: Keys,
    identity: Identity,
    dir: PathBuf,
    /// How many letters were looked for by their Message-ID alone, among all there are.
    searches: std::cell::Cell<u32>,
}

impl Store {
    /// Whether there is a store in `dir`; one that cannot be seen is no absent one.
    ///
    /// # Errors
    /// When something stands in the folder's place, or may not be looked at.
    pub fn is_there(dir: &Path) -> Result<bool, StoreError> {
        let failed = |path: &Path, source| StoreError::File {
            doing: "look into",
            path: path.to_owned(),
            source,
        };
        match fs::symlink_metadata(dir) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(failed(dir, error)),
            Ok(_) => {}
        }
        match fs::metadata(dir) {
            Err(error) => Err(failed(dir, error)),
            Ok(found) if !found.is_dir() => Err(failed(dir, std::io::ErrorKind::NotADirectory.into())),
            Ok(_) => file(dir).try_exists().map_err(|error| failed(&file(dir), error)),
        }
    }

    /// Takes a rehearsal's store and keys out of `dir`, where there are any.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn clear_rehearsal(dir: &Path) -> Result<(), StoreError> {
        let store = file(dir);
        let beside = |ending: &str| dir.join(format!("store.db{ending}"));
        for path in [store, beside("-wal"), beside("-shm"), keys::file(dir)] {
            match fs::remove_file(&path) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::File {
                        doing: "remove",
                        path,
                        source,
                    });
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Opens the store in `dir`.
    ///
    /// # Errors
    /// When there is none, when its key file is gone, or when a newer program has written it.
    pub fn open(dir: &Path) -> Result<Self, StoreError> {
        let path = file(dir);
        if !path.exists() {
            return Err(StoreError::Missing { dir: dir.to_owned() });
        }
        protect(dir, 0o700)?;
        protect(&path, 0o600)?;
        let keys = Keys::read(dir)?;
        let mut connection = open_connection(&path)?;
        migrate(&mut connection)?;
        backup::refuse_backup(&connection, dir)?;
        let identity = read_identity(&connection)?;
        Ok(Self {
            connection,
            keys,
            identity,
            dir: dir.to_owned(),
            searches: std::cell::Cell::default(),
        })
    }

    /// A second connection to the same store, for reading only.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn reader(&self) -> Result<Self, StoreError> {
        let connection = open_connection(&file(&self.dir))?;
        connection.pragma_update(None, "query_only", true).doing("open for reading")?;
        Ok(Self {
            connection,
            keys: self.keys.clone(),
            identity: self.identity.clone(),
            dir: self.dir.clone(),
            searches: std::cell::Cell::default(),
        })
    }

    /// A copy of this store for this process alone.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn copy_in_memory(&self) -> Result<Self, StoreError> {
        let mut connection = open_nameless()?;
        copy(&self.connection, &mut connection)?;
        Ok(Self {
            connection,
            keys: self.keys.clone(),
            identity: self.identity.clone(),
            dir: PathBuf::new(),
            searches: std::cell::Cell::default(),
        })
    }

    /// A copy of this store in `dir`, marked as a rehearsal for ever.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn copy_for_rehearsal(&self, dir: &Path) -> Result<Self, StoreError> {
        make_private_dir(dir)?;
        let path = file(dir);
        make_private_file(&path)?;
        self.keys.write(dir)?;
        let mut connection = open_connection(&path)?;
        copy(&self.connection, &mut connection)?;
        connection
            .execute("UPDATE store SET kind = 'rehearsal'", [])
            .doing("mark the copy")?;
        drop(connection);
        Self::open(dir)
    }

    /// Which store this is.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The folder it stands in.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The keys that hash addresses and make Message-IDs.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Marks the store as a test store for ever; only one that no letter has left from can become one.
    ///
    /// # Errors
    /// When letters have left from it, or when it cannot be written.
    pub fn become_test_store(&mut self) -> Result<(), StoreError> {
        let transaction = self.write("become a test store")?;
        let sql = "UPDATE store SET kind = 'test' WHERE NOT EXISTS (SELECT 1 FROM attempt)";
        let changed = transaction.execute(sql, []).doing("become a test store")?;
        transaction.commit().doing("become a test store")?;
        if changed != 1 {
            return Err(StoreError::Real);
        }
        self.identity.kind = Kind::Test;
        Ok(())
    }

    /// A transaction that holds the write lock from its beginning: one that read first could be refused at once.
    fn write(&mut self, doing: &'static str) -> Result<Transaction<'_>, StoreError> {
        self.connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing(doing)
    }
}

/// Makes `dir` for the owner alone.
fn make_private_dir(dir: &Path) -> Result<(), StoreError> {
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(dir);
    made.map_err(|source| StoreError::File {
        doing: "make the folder",
        path: dir.to_owned(),
        source,
    })?;
    protect(dir, 0o700)
}

/// Makes an empty file for the owner alone, where there is none.
fn make_private_file(path: &Path) -> Result<(), StoreError> {
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.map(|_| ()).map_err(|source| StoreError::File {
        doing: "make",
        path: path.to_owned(),
        source,
    })
}

/// Takes everybody else's rights away; a file that is not ours to change is left to fail where it is used.
fn protect(path: &Path, mode: u32) -> Result<(), StoreError> {
    let failed = |source| StoreError::File {
        doing: "look at",
        path: path.to_owned(),
        source,
    };
    let found = fs::metadata(path).map_err(failed)?.permissions().mode();
    if found & 0o077 != 0 {
        let closed = fs::set_permissions(path, fs::Permissions::from_mode(mode));
        closed.map_err(|source| StoreError::File {
            doing: "close to other users",
            path: path.to_owned(),
            source,
        })?;
    }
    Ok(())
}

fn file(dir: &Path) -> PathBuf {
    dir.join("store.db")
}

fn open_connection(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).doing("be opened")?;
    // SQLite would go on reading a file that may not be written, and make the files beside it in its image. It has to be asked: opening
    // and closing the file to try it out would take away the locks of every other connection of this process (fcntl(2)).
    if connection.is_readonly("main").doing("be opened")? {
        return Err(StoreError::File {
            doing: "write",
            path: path.to_owned(),
            source: std::io::ErrorKind::PermissionDenied.into(),
        });
    }
    connection.busy_timeout(BUSY).doing("be opened")?;
    connection.set_prepared_statement_cache_capacity(64);
    // One plan for whatever is asked: else a kept statement is prepared anew for every value that it is given. The pages of waiting
    // letters and the range of a series have the same plan with it and without, which their tests hold; no LIKE has a bound pattern, and
    // no index of a part of a table is asked for by a bound value.
    connection
        .set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .doing("be opened")?;
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
    connection.execute_batch(settings).doing("be opened")?;
    Ok(connection)
}

/// So much of a nameless database stays in memory, in KiB: all that a clinic knows of its people.
const NAMELESS: i64 = 64 * 1024;

/// A database for this process alone: in memory, and what is too much for that in a file without a name, which nobody else can open and
/// which is gone with the process. Memory does not grow with it.
fn open_nameless() -> Result<Connection, StoreError> {
    let connection = Connection::open("").doing("open in memory")?;
    connection
        .pragma_update(None, "cache_size", -NAMELESS)
        .doing("open in memory")?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    if shape(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Exclusive)
        .doing("be brought up to date")?;
    // Asked again under the lock: another process may have done it meanwhile.
    let seen = shape(&transaction)?;
    for (number, sql) in (1_i64..).zip(MIGRATIONS).skip(seen) {
        transaction.execute_batch(sql).doing("be brought up to date")?;
        transaction
            .pragma_update(None, "user_version", number)
            .doing("be brought up to date")?;
    }
    transaction.commit().doing("be brought up to date")
}

/// How many migrations a file has seen; one that has seen more than we know is refused.
fn shape(connection: &Connection) -> Result<usize, StoreError> {
    let seen = connection
        .query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))
        .doing("be read")?;
    let (found, known) = (usize::try_from(seen).unwrap_or(usize::MAX), MIGRATIONS.len());
    match found > known {
        true => Err(StoreError::Newer { found, known }),
        false => Ok(found),
    }
}

fn read_identity(connection: &Connection) -> Result<Identity, StoreError> {
    let row = connection.query_row("SELECT id, generation, kind FROM store", [], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, String>(2)?))
    });
    let (id, generation, kind) = row.doing("say which one it is")?;
    let kind = match kind.as_str() {
        "real" => Kind::Real,
        "test" => Kind::Test,
        "rehearsal" => Kind::Rehearsal,
        other => {
            return Err(StoreError::Damaged {
                what: format!("it calls itself `{other}`"),
            });
        }
    };
    Ok(Identity { id, generation, kind })
}

fn copy(from: &Connection, to: &mut Connection) -> Result<(), StoreError> {
    // In one step, from one moment's view: pieces would begin anew with every letter that another process settles.
    let backup = rusqlite::backup::Backup::new(from, to).doing("be copied")?;
    backup.run_to_completion(c_int::MAX, Duration::ZERO, None).doing("be copied")
}
