//! Why the store could not do what was asked, with the facts that a message needs.

use std::path::PathBuf;

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none.
    #[error("there is no store in `{}`", dir.display())]
    Missing {
        /// The folder that was looked in.
        dir: PathBuf,
    },
    /// A file or folder of the store cannot be read or written.
    #[error("cannot {doing} `{}`", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("the store could not {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Why not.
        source: rusqlite::Error,
    },
    /// The store was written by a newer program.
    #[error("the store has shape {found}, this program knows shapes up to {known}: use the newer `tidings`")]
    Newer {
        /// The file's shape.
        found: usize,
        /// Ours.
        known: usize,
    },
    /// Something in the store does not mean anything to this program.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// What was found.
        what: String,
    },
    /// A file that is to be restored is no backup that this program wrote.
    #[error("`{}` is no backup that `tidings backup` has written", path.display())]
    NoBackup {
        /// The file.
        path: PathBuf,
    },
    /// A backup stands where the store should.
    #[error("`{}` is a backup, and letters never leave from one", path.display())]
    Backup {
        /// The file.
        path: PathBuf,
    },
    /// Real letters have left from it, so it cannot be used with a test relay.
    #[error("real letters have left from this store, so a relay with `test: true` may not use it")]
    Real,
    /// The journal's thread is gone, because an earlier write failed.
    #[error("the journal has stopped after a failed write")]
    Stopped,
}

impl StoreError {
    /// Whether another process has made the file first.
    pub fn is_there_already(&self) -> bool {
        matches!(self, Self::File { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists)
    }

    /// Whether the file itself is broken, rather than the disk full or busy.
    pub fn is_damage(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        let code = source.sqlite_error_code();
        matches!(
            code,
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
        )
    }
}

/// Gives SQLite's errors the words for what was being done.
pub(super) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for rusqlite::Result<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Database { doing, source })
    }
}
