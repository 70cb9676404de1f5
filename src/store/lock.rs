//! The sender's lock: one process sends from a store at a time.
//!
//! It is the kernel's lock on an open file, so it dies with the process: there is no stale lock to clear. It excludes a second
//! *sender* only; questions, holds and imports go on meanwhile. Safety does not rest on it (laws 3, 5 and 6 see to that).

use super::StoreError;
use jiff::Timestamp;
use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
        if !lock(&file).map_err(failed("lock", &path))? {
            return Ok(Err(read_holder(&mut file)));
        }
        let text = format!("{} {now} {command}\n", std::process::id());
        file.set_len(0).map_err(failed("write", &path))?;
        file.write_all(text.as_bytes()).map_err(failed("write", &path))?;
        Ok(Ok(Self { file }))
    }

    /// Who holds the lock at this moment, if anybody does. Only looks: nothing is written, and no sender is turned away by it.
    ///
    /// # Errors
    /// When the lock file cannot be read.
    pub fn holder(dir: &Path) -> Result<Option<Holder>, StoreError> {
        let path = dir.join("lock");
        let failed = |source| StoreError::File {
            doing: "look at",
            path: path.clone(),
            source,
        };
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(error)),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(TryLockError::WouldBlock) => Ok(Some(read_holder(&mut file))),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// Locks the file for a sender; `false` where another sender has it.
///
/// A look shares the lock for a moment, and a sender shares it with nobody: where it can be shared there are only lookers to wait for.
fn lock(file: &File) -> io::Result<bool> {
    /// More looks in a row than anybody takes.
    const LOOKS: usize = 1000;
    for _ in 0..LOOKS {
        match file.try_lock() {
            Ok(()) => return Ok(true),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        match file.try_lock_shared() {
            Ok(()) => file.unlock()?,
            Err(TryLockError::WouldBlock) => return Ok(false),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(false)
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
    fn a_look_at_the_lock_turns_no_sender_away() {
        let dir = tempfile::tempdir().unwrap();
        let now = "2026-12-01T09:00:00Z".parse().unwrap();
        assert_eq!(SenderLock::holder(dir.path()).unwrap(), None);
        assert!(!dir.path().join("lock").exists(), "a look writes nothing");
        let sender = SenderLock::take(dir.path(), "run", now).unwrap().unwrap();
        assert_eq!(SenderLock::holder(dir.path()).unwrap().unwrap().command, "run");
        drop(sender);
        let look = File::open(dir.path().join("lock")).unwrap();
        look.lock_shared().unwrap();
        assert_eq!(SenderLock::holder(dir.path()).unwrap(), None);
        std::thread::scope(|scope| {
            let taken = scope.spawn(|| SenderLock::take(dir.path(), "run", now).unwrap().is_ok());
            look.unlock().unwrap();
            assert!(taken.join().unwrap(), "the sender waits until the look is over");
        });
    }
}
