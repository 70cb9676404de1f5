//! Mailboxes: where people's answers, bounces and complaints arrive, mail by mail.
//!
//! Promises: a mail stays where it lies until somebody has acted on it; what was read is told to be done only after the one who took
//! it says so; a mail is known by the hash of its bytes, whichever box it lies in. Knows nothing of the store, and decides nothing:
//! [`notice`] says what a mail is about, and what in it could prove that.

#[cfg(feature = "imap")]
pub mod imap;
pub mod notice;

mod dotlock;
mod error;
mod handed;
mod mail;
mod maildir;
mod mbox;

pub use error::MailboxError;
pub use mail::{MOST_BYTES, Mail};

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// What becomes of a mail in its box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// What it asked for is on record: it is marked as read.
    Done,
    /// Nobody has acted on it: it stays as it is, for a person.
    Stays,
}

/// A box on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A Maildir: a folder with `new`, `cur` and `tmp`.
    Maildir(PathBuf),
    /// An mbox file; nothing is marked in it.
    Mbox(PathBuf),
    /// A file with one mail; it stays as it is.
    File(PathBuf),
    /// One mail, handed in on standard input.
    Handed(Vec<u8>),
}

/// Takes one mail after the other; an error ends the reading, and the mail stays.
pub type Take<'a, E> = &'a mut dyn FnMut(&Mail) -> Result<Fate, E>;

impl Source {
    /// What lies at `path`: a Maildir, an mbox (a file that is empty or begins with `From `), or a file with one mail.
    ///
    /// # Errors
    /// When nothing is there, when it is a folder of another kind, or when it cannot be looked into.
    pub fn recognise(path: &Path) -> Result<Self, MailboxError> {
        let found = fs::metadata(path).map_err(|error| MailboxError::at(path, "find", error))?;
        if found.is_dir() {
            return match ["new", "cur"].into_iter().find(|name| !path.join(name).is_dir()) {
                None => Ok(Self::Maildir(path.to_owned())),
                Some(lacking) => Err(MailboxError::NoMaildir {
                    path: path.to_owned(),
                    lacking,
                }),
            };
        }
        if !found.is_file() {
            return Err(MailboxError::NoFile { path: path.to_owned() });
        }
        let beginning = beginning(path).map_err(|error| MailboxError::at(path, "read", error))?;
        match beginning.is_empty() || beginning == mbox::FROM {
            true => Ok(Self::Mbox(path.to_owned())),
            false => Ok(Self::File(path.to_owned())),
        }
    }

    /// How messages and the store name it.
    pub fn described(&self) -> String {
        match self {
            Self::Maildir(path) => format!("maildir:{}", path.display()),
            Self::Mbox(path) => format!("mbox:{}", path.display()),
            Self::File(path) => format!("file:{}", path.display()),
            Self::Handed(_) => "-".to_owned(),
        }
    }
}

/// Gives every mail in `source` to `take`, the oldest first, and marks it as `take` says; how many were looked at.
///
/// Reading all over again, or a mail that was not whole yet, does no harm where `take` knows by its hash what it has seen.
///
/// # Errors
/// What `take` says ends the reading at once. A mail that cannot be read or marked keeps nobody waiting: it is told at the end.
pub fn read<E: From<MailboxError>>(source: &Source, take: Take<'_, E>) -> Result<u64, E> {
    match source {
        Source::Maildir(folder) => maildir::read(folder, take),
        Source::Mbox(file) => mbox::read(file, take),
        Source::File(file) => {
            let mail = File::open(file).and_then(|mut file| Mail::from_reader(&mut file));
            take(&mail.map_err(|error| MailboxError::at(file, "read", error))?)?;
            Ok(1)
        }
        Source::Handed(bytes) => {
            take(&handed::mail(bytes))?;
            Ok(1)
        }
    }
}

/// As much of the file as tells an mbox.
fn beginning(path: &Path) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    File::open(path)?.take(mbox::FROM.len() as u64).read_to_end(&mut beginning)?;
    Ok(beginning)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn recognised(path: &Path) -> String {
        match Source::recognise(path) {
            Ok(source) => source.described().replace(&path.display().to_string(), "HERE"),
            Err(error) => error.to_string().replace(&path.display().to_string(), "HERE"),
        }
    }

    #[test]
    fn a_box_is_recognised_by_what_lies_there() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::write(at("mbox"), "From ann@example.org Sat Nov 21 10:00:00 2026\n").unwrap();
        fs::write(at("empty"), "").unwrap();
        fs::write(at("one.eml"), "From: ann@example.org\n\nhello\n").unwrap();
        fs::create_dir_all(at("Maildir/new")).unwrap();
        assert_eq!(recognised(&at("mbox")), "mbox:HERE");
        assert_eq!(recognised(&at("empty")), "mbox:HERE");
        assert_eq!(recognised(&at("one.eml")), "file:HERE");
        assert_eq!(recognised(&at("none")), "there is no mailbox `HERE`");
        assert_eq!(
            recognised(&at("Maildir")),
            "`HERE` is a folder, but no Maildir: there is no folder `cur` in it"
        );
        fs::create_dir(at("Maildir/cur")).unwrap();
        assert_eq!(recognised(&at("Maildir")), "maildir:HERE");
        assert_eq!(Source::Handed(Vec::new()).described(), "-");
    }
}
