//! Mailboxes: where people's answers, bounces and complaints arrive, mail by mail.
//!
//! Promises: a mail stays where it lies until somebody has acted on it; what was read is told to be done only after the one who took
//! it says so; a mail is known by the hash of its bytes, whichever box it lies in. Knows nothing of the store, and decides nothing:
//! [`notice`] says what a mail is about, and what in it could prove that.

pub mod notice;

use ring::digest;
use std::path::PathBuf;

/// A mail as it lay in its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The mail; line ends as they were.
    pub bytes: Vec<u8>,
    /// SHA-256 of the bytes with line ends as LF, and without blank lines at the end: equal in every kind of box.
    pub hash: [u8; 32],
}

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
    /// An mbox file.
    Mbox(PathBuf),
    /// A file with one mail.
    File(PathBuf),
    /// One mail, handed in on standard input.
    Handed(Vec<u8>),
}

/// Takes one mail after the other; an error ends the reading, and the mail stays.
pub type Take<'a, E> = &'a mut dyn FnMut(&Mail) -> Result<Fate, E>;

impl Mail {
    /// A mail of these bytes.
    pub fn new(bytes: Vec<u8>) -> Self {
        let mut lines = Vec::with_capacity(bytes.len());
        for line in bytes.split(|&byte| byte == b'\n') {
            lines.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            lines.push(b'\n');
        }
        while lines.last() == Some(&b'\n') {
            lines.pop();
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, &lines).as_ref());
        Self { bytes, hash }
    }
}

#[cfg(test)]
mod tests {
    use super::Mail;

    #[test]
    fn a_mail_is_the_same_in_every_box() {
        let hash = |text: &str| Mail::new(text.as_bytes().to_vec()).hash;
        assert_eq!(hash("A: b\r\n\r\nc\r\n"), hash("A: b\n\nc\n\n"));
        assert_ne!(hash("A: b\n\nc\n"), hash("A: b\n\nd\n"));
    }
}
