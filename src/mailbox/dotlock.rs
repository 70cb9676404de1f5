//! Locks: what keeps mail servers and mail programs from an mbox while it is read, and us while they write.
//!
//! Promises: a file `NAME.lock` beside the mbox, made only where there is none, and the kernel's shared lock on the mbox itself; both are
//! given back when the hold ends, however it ends; what a killed `tidings` left is taken away by the next one; waiting for others ends
//! after some seconds. Where no file may be made, the kernel's lock alone must do: nothing is written to the mbox anyhow.

use super::error::MailboxError;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How long others are waited for.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(200);

/// The second line of a lock file of ours; the first is the process, for other programs that look whether it lives.
const OURS: &str = "tidings";

/// The mbox is ours until this is dropped.
pub(super) struct Hold {
    lock: Option<PathBuf>,
    file: File,
}

impl Hold {
    /// Waits for the mbox and holds it.
    pub(super) fn on(path: &Path, file: &File) -> Result<Self, MailboxError> {
        let at = |error| MailboxError::at(path, "lock", error);
        let beside = beside(path);
        let lock = wait(|| make(&beside)).map_err(at)?;
        let lock = lock.ok_or_else(|| held(path, &beside))?.then_some(beside);
        let mut hold = Self {
            lock,
            file: file.try_clone().map_err(at)?,
        };
        match wait(|| hold.share()).map_err(at)? {
            Some(()) => Ok(hold),
            None => Err(held(path, path)),
        }
    }

    fn share(&mut self) -> io::Result<Option<()>> {
        match self.file.try_lock_shared() {
            Ok(()) => Ok(Some(())),
            Err(TryLockError::WouldBlock) => Ok(None),
            // A file system that knows no locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(Some(())),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // The kernel gives its lock back with the file at the latest.
        let _ = self.file.unlock();
        if let Some(lock) = self.lock.take() {
            let _ = fs::remove_file(lock);
        }
    }
}

fn held(path: &Path, lock: &Path) -> MailboxError {
    MailboxError::Locked {
        path: path.to_owned(),
        lock: lock.to_owned(),
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".lock");
    name.into()
}

/// Makes the file: `Some(true)` when it is ours, `Some(false)` when none may be made here, `None` while it is another's.
fn make(lock: &Path) -> io::Result<Option<bool>> {
    match OpenOptions::new().write(true).create_new(true).open(lock) {
        Ok(mut file) => {
            // An empty one locks as well.
            let _ = write!(file, "{}\n{OURS}\n", std::process::id());
            Ok(Some(true))
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if is_stale(lock) {
                let _ = fs::remove_file(lock);
            }
            Ok(None)
        }
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            Ok(Some(false))
        }
        Err(error) => Err(error),
    }
}

/// Whether a `tidings` made the lock and lives no more. What other programs left, they take away themselves (Postfix after 500 seconds).
fn is_stale(lock: &Path) -> bool {
    let text = fs::read_to_string(lock).unwrap_or_default();
    let mut lines = text.lines();
    let process = lines.next().and_then(|line| line.parse::<u32>().ok());
    let processes = Path::new("/proc");
    let lives = |process: u32| processes.join(process.to_string()).exists();
    lines.next() == Some(OURS) && processes.join("self").exists() && process.is_some_and(|process| !lives(process))
}

/// Asks until there is an answer or patience is at its end.
fn wait<T>(mut ask: impl FnMut() -> io::Result<Option<T>>) -> io::Result<Option<T>> {
    let mut waited = Duration::ZERO;
    loop {
        match ask()? {
            None if waited < PATIENCE => {
                thread::sleep(PAUSE);
                waited += PAUSE;
            }
            answer => return Ok(answer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mbox() -> (tempfile::TempDir, PathBuf, File) {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("mbox");
        fs::write(&path, "").unwrap();
        let file = File::open(&path).unwrap();
        (place, path, file)
    }

    #[test]
    fn a_hold_keeps_others_out_and_leaves_nothing_behind() {
        let (_place, path, file) = mbox();
        let hold = Hold::on(&path, &file).unwrap();
        assert!(beside(&path).exists());
        assert_eq!(make(&beside(&path)).unwrap(), None);
        let other = File::open(&path).unwrap();
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(hold);
        assert!(!beside(&path).exists());
        other.try_lock().unwrap();
    }

    #[test]
    fn what_a_killed_one_left_is_taken_away_and_nothing_else() {
        let (_place, path, file) = mbox();
        let lock = beside(&path);
        let ended = std::process::Command::new("true").spawn().map(|mut child| {
            let _ = child.wait();
            child.id()
        });
        let dead = ended.expect("`true` is everywhere");
        for others in [
            String::new(),
            "0\n".to_owned(),
            format!("{dead}\n"),
            format!("{}\n{OURS}\n", std::process::id()),
        ] {
            fs::write(&lock, &others).unwrap();
            assert_eq!(make(&lock).unwrap(), None);
            assert!(lock.exists(), "{others:?} is taken away");
        }
        fs::write(&lock, format!("{dead}\n{OURS}\n")).unwrap();
        drop(Hold::on(&path, &file).unwrap());
        assert_eq!(lock.exists(), !Path::new("/proc/self").exists());
    }
}
