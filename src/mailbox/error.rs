//! Why a mailbox could not be read, with the facts that a message needs.

use std::io;
use std::path::{Path, PathBuf};

/// Why a mailbox could not be read.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// Nothing is there.
    #[error("there is no mailbox `{}`", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// A folder without what makes a Maildir.
    #[error("`{}` is a folder, but no Maildir: there is no folder `{lacking}` in it", path.display())]
    NoMaildir {
        /// The folder.
        path: PathBuf,
        /// What is not in it.
        lacking: &'static str,
    },
    /// A file that was an mbox, or was said to be one.
    #[error("`{}` is no mbox: its first line does not begin with `From `", path.display())]
    NoMbox {
        /// The file.
        path: PathBuf,
    },
    /// A device, a pipe, a socket.
    #[error("`{}` is neither a Maildir folder nor a file", path.display())]
    NoFile {
        /// What was named.
        path: PathBuf,
    },
    /// The system says no.
    #[error("cannot {doing} the mailbox `{}`", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Another program holds it.
    #[error("another program holds the mailbox `{}` (`{}`)", path.display(), lock.display())]
    Locked {
        /// The mbox file.
        path: PathBuf,
        /// What it holds it with: the file beside it, or the mbox itself.
        lock: PathBuf,
    },
    /// All other mails were read, and what they asked for is on record.
    #[error("{count} mails in `{}` could not be read, such as `{}`", path.display(), example.display())]
    Unreadable {
        /// The Maildir.
        path: PathBuf,
        /// How many.
        count: u64,
        /// The first of them.
        example: PathBuf,
        /// Why that one could not be read.
        source: io::Error,
    },
    /// All mails were read, and what they asked for is on record; but other programs will take these for unread.
    #[error("{count} mails in `{}` could not be marked as read, such as `{}`", path.display(), example.display())]
    Unmarked {
        /// The Maildir.
        path: PathBuf,
        /// How many.
        count: u64,
        /// The first of them.
        example: PathBuf,
        /// Why that one could not be marked.
        source: io::Error,
    },
    /// A folder on a mail server.
    #[cfg(feature = "imap")]
    #[error(transparent)]
    Imap(#[from] super::imap::ImapError),
}

impl MailboxError {
    /// What the system said while something was done with a mailbox.
    pub(super) fn at(path: &Path, doing: &'static str, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::Missing { path },
            _ => Self::File { doing, path, source },
        }
    }

    /// Whether the same command may well succeed a little later, without anybody doing anything.
    pub fn is_for_now(&self) -> bool {
        match self {
            #[cfg(feature = "imap")]
            Self::Imap(error) => error.is_for_now(),
            Self::Locked { .. } => true,
            _ => false,
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            #[cfg(feature = "imap")]
            Self::Imap(error) => error.hint(),
            Self::Missing { .. } => {
                "name the Maildir folder or the mbox file that the unsubscribe address is delivered to, like `/var/mail/unsubscribe`"
                    .to_owned()
            }
            Self::NoMaildir { .. } => "name the folder in which `new`, `cur` and `tmp` are, often `Maildir`".to_owned(),
            Self::NoMbox { .. } | Self::NoFile { .. } => "name a Maildir folder, an mbox file, a file with one mail, or `-` for standard input".to_owned(),
            Self::File { path, .. } | Self::Unreadable { example: path, .. } => {
                format!("let the user who runs `tidings` read `{}`; what was read is on record", path.display())
            }
            Self::Locked { lock, .. } => format!(
                "run the same command again later; if `{}` is still held then, look which program holds it",
                lock.display()
            ),
            Self::Unmarked { path, .. } => format!(
                "let the user who runs `tidings` rename files in `{}/new` and `{0}/cur`; what the mails asked for is done",
                path.display()
            ),
        }
    }
}
