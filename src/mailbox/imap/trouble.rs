//! Why a folder on a mail server could not be read, in the words of the person who has to mend it.
//!
//! Promises: no secret and no mail in any text; what a server said is cut, escaped, and its addresses are masked.

use super::Read;
use crate::finding::suggestion;
use std::time::Duration;

/// The reading ended early.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{trouble}")]
pub struct ImapError {
    /// What happened.
    pub trouble: Trouble,
    /// What had been done by then, with the cursor to go on from; `None` where no folder was opened.
    pub done: Option<Read>,
}

impl ImapError {
    /// Whether the same reading may well succeed a little later, without anybody doing anything.
    pub fn is_for_now(&self) -> bool {
        self.trouble.is_for_now()
    }

    /// The next step.
    pub fn hint(&self) -> String {
        self.trouble.hint()
    }
}

/// A trouble before any folder was opened.
impl From<Trouble> for ImapError {
    fn from(trouble: Trouble) -> Self {
        Self { trouble, done: None }
    }
}

/// What can go wrong with a mail server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The name leads nowhere.
    #[error("there is no host named `{host}`")]
    NoSuchHost {
        /// The name.
        host: String,
    },
    /// Nobody answers there.
    #[error("the mail server `{host}` cannot be reached on port {port}: {why}")]
    Unreachable {
        /// Its name.
        host: String,
        /// The port that was tried.
        port: u16,
        /// What the system says.
        why: String,
    },
    /// What was found is no TLS.
    #[error("the mail server `{host}` does not speak TLS on port {port}")]
    NotTls {
        /// Its name.
        host: String,
        /// The port that was tried.
        port: u16,
    },
    /// Its certificate is not to be believed, or there is no way to check it.
    #[error("{why}")]
    Certificate {
        /// What is wrong with it.
        why: String,
        /// The next step.
        hint: &'static str,
    },
    /// The connection was lost.
    #[error("the connection to the mail server was lost: {why}")]
    Lost {
        /// How.
        why: String,
    },
    /// It did not answer in time.
    #[error("the mail server did not answer within {} s", .0.as_secs())]
    Silent(Duration),
    /// It cannot just now, by its own words.
    #[error("the mail server cannot be used just now: it says `{words}`")]
    Unavailable {
        /// What it said.
        words: String,
    },
    /// It offers no way to log in that we know.
    #[error("the mail server takes no {}", if *.is_token { "tokens (XOAUTH2)" } else { "passwords" })]
    NoWayIn {
        /// Whether a token was to be shown.
        is_token: bool,
    },
    /// Name or secret are wrong.
    #[error("the mail server refuses the login: it says `{words}`")]
    LoginRefused {
        /// What it said.
        words: String,
        /// Whether a token was shown.
        is_token: bool,
    },
    /// The folder is not there.
    #[error("there is no folder `{folder}` on the mail server")]
    NoSuchFolder {
        /// The folder.
        folder: String,
        /// Those that are there.
        known: Vec<String>,
    },
    /// The folder is there and cannot be opened.
    #[error("the mail server does not open the folder `{folder}`: it says `{words}`")]
    FolderRefused {
        /// The folder.
        folder: String,
        /// What it said.
        words: String,
    },
    /// More mails that nobody has looked at than anybody answers.
    #[error("the folder `{folder}` holds more than {most} mails that were never looked at")]
    TooMany {
        /// The folder.
        folder: String,
        /// How many are looked at.
        most: usize,
    },
    /// It refuses a command of the reading.
    #[error("the mail server refuses to {doing}: it says `{words}`")]
    Refused {
        /// What was asked of it.
        doing: &'static str,
        /// What it said.
        words: String,
    },
    /// Its answer is not IMAP as we know it.
    #[error("the mail server's answer cannot be understood: {what}")]
    Confused {
        /// What is odd about it.
        what: &'static str,
    },
    /// Something of this process failed.
    #[error("the folder cannot be read: {0}")]
    Machine(String),
}

impl Trouble {
    /// Whether the same reading may well succeed a little later, without anybody doing anything.
    pub fn is_for_now(&self) -> bool {
        match self {
            Trouble::NoSuchHost { .. }
            | Trouble::NotTls { .. }
            | Trouble::Certificate { .. }
            | Trouble::NoWayIn { .. }
            | Trouble::LoginRefused { .. }
            | Trouble::NoSuchFolder { .. }
            | Trouble::FolderRefused { .. }
            | Trouble::TooMany { .. } => false,
            Trouble::Unreachable { .. }
            | Trouble::Lost { .. }
            | Trouble::Silent(_)
            | Trouble::Unavailable { .. }
            | Trouble::Refused { .. }
            | Trouble::Confused { .. }
            | Trouble::Machine(_) => true,
        }
    }

    /// The next step.
    pub fn hint(&self) -> String {
        let fixed = match self {
            Trouble::NoSuchFolder { folder, known } => return other_folder(folder, known),
            Trouble::NoSuchHost { .. } => "check `host` under `unsubscribe.imap` in `tidings.yaml`",
            Trouble::Unreachable { .. } => {
                "check `host` and `port` under `unsubscribe.imap`; if they are right, run the same command again later"
            }
            Trouble::NotTls { .. } => "use the port for TLS from the first byte: 993, with nearly every provider",
            Trouble::Certificate { hint, .. } => hint,
            Trouble::Lost { .. } | Trouble::Silent(_) | Trouble::Unavailable { .. } | Trouble::Machine(_) => {
                "run the same command again later: it goes on with the first mail that was not looked at"
            }
            Trouble::NoWayIn { is_token: true } => "use a password: take `login: xoauth2` away",
            Trouble::NoWayIn { is_token: false } => {
                "ask the provider; many give passwords for one program, or tokens: `login: xoauth2`"
            }
            Trouble::LoginRefused { is_token: true, .. } => "the token may have run out: fetch a new one",
            Trouble::LoginRefused { is_token: false, .. } => {
                "check `user` and the password under `unsubscribe.imap`; many providers want a password made for one program"
            }
            Trouble::FolderRefused { .. } => "look into the mailbox by hand, or name another `folder`",
            Trouble::TooMany { .. } => "give answers a mailbox of their own, or a folder that the server sorts them into",
            Trouble::Refused { .. } | Trouble::Confused { .. } => "try again later; if it stays so, tell the provider what it said",
        };
        fixed.to_owned()
    }
}

fn other_folder(folder: &str, known: &[String]) -> String {
    const SHOWN: usize = 12;
    let names = || known.iter().map(String::as_str);
    match suggestion::nearest(folder, names()) {
        Some(near) => format!("did you mean `folder: {near}`?"),
        None => suggestion::hint(folder, names().take(SHOWN).collect::<Vec<_>>()),
    }
}
