//! The sender's lock: one process sends from a store at a time.
//!
//! It is the kernel's lock on an open file, so it dies with the process: there is no stale lock to clear. It excludes a second
//! *sender* only; questions, holds and imports go on meanwhile. Safety does not rest on it (laws 3, 5 and 6 see to that).

use super::StoreError;
use jiff::Timestamp;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// The lock, held until it is dropped or the process ends.
#[derive(Debug)]
pub struct SenderLock {
    file: File,
}

/// Who holds the lock, as they wrote it into the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// What it does.
    pub command: String,
    /// Since when.
    pub since: Option<Timestamp>,
}

impl SenderLock {
    /// Takes the lock of the store in `dir`; `Err` in the `Ok` is the live holder.
    ///
    /// # Errors
    /// When the lock file cannot be opened or locked at all.
    pub fn take(dir: &Path, command: &str, now: Timestamp) -> Result<Result<Self, Holder>, StoreError> {
        super::make_private_dir(dir)?;
        let path = dir.join("lock");
        let failed = |doing, path: &PathBuf| {
            let path = path.clone();
            move |source| StoreError::File { doing, path, source }
        };
        let opened = fs::OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path);
        let mut file = opened.map_err(failed("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Err(read_holder(&mut file))),
            Err(TryLockError::Error(source)) => {
                return Err(StoreError::File {
                    doing: "lock",
                    path,
                    source,
                });
            }
        }
        let text = format!("{} {now} {command}\n", std::process::id());
        file.set_len(0).map_err(failed("write", &path))?;
        file.write_all(text.as_bytes()).map_err(failed("write", &path))?;
        Ok(Ok(Self { file }))
    }
}

impl SenderLock {
    /// Who sends from the store in `dir` at this moment, if anybody does.
    ///
    /// An empty file is answered without touching the lock, so that a question never stands in a sender's way.
    ///
    /// # Errors
    /// When the lock file cannot be opened or locked at all.
    pub fn holder(dir: &Path) -> Result<Option<Holder>, StoreError> {
        let path = dir.join("lock");
        let failed = |source| StoreError::File {
            doing: "look at",
            path: path.clone(),
            source,
        };
        let mut file = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            opened => opened.map_err(failed)?,
        };
        if file.metadata().map_err(failed)?.len() == 0 {
            return Ok(None);
        }
        // A sender that was killed leaves its name behind and no lock.
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(read_holder(&mut file))),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

impl Drop for SenderLock {
    fn drop(&mut self) {
        // The kernel frees the lock when the file closes; the text goes first, so that nobody reads a holder that is gone.
        let _ = self.file.set_len(0);
    }
}

fn read_holder(file: &mut File) -> Holder {
    let mut text = String::new();
    let _ = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_string(&mut text));
    let mut words = text.trim().splitn(3, ' ');
    Holder {
        pid: words.next().and_then(|pid| pid.parse().ok()).unwrap_or(0),
        since: words.next().and_then(|since| since.parse().ok()),
        command: words.next().unwrap_or("unknown").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_sender_is_told_who_holds_the_lock_and_a_later_one_gets_it() {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        let first = SenderLock::take(dir.path(), "send calmer", now).unwrap().unwrap();
        let holder = SenderLock::take(dir.path(), "run", now).unwrap().unwrap_err();
        assert_eq!(
            holder,
            Holder {
                pid: std::process::id(),
                command: "send calmer".to_owned(),
                since: Some(now)
            }
        );
        drop(first);
        assert!(SenderLock::take(dir.path(), "run", now).unwrap().is_ok());
    }

    #[test]
    fn a_question_learns_who_sends_and_takes_a_dead_sender_for_none() {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        assert_eq!(SenderLock::holder(dir.path()).unwrap(), None);
        let lock = SenderLock::take(dir.path(), "run", now).unwrap().unwrap();
        let holder = SenderLock::holder(dir.path()).unwrap().unwrap();
        assert_eq!((holder.command.as_str(), holder.pid), ("run", std::process::id()));
        drop(lock);
        assert_eq!(SenderLock::holder(dir.path()).unwrap(), None);
        fs::write(dir.path().join("lock"), format!("1 {now} run\n")).unwrap();
        assert_eq!(SenderLock::holder(dir.path()).unwrap(), None);
    }
}
