//! A folder on a mail server, read over IMAP (RFC 3501): what is new since the last reading, mail by mail.
//!
//! Promises: TLS from the first byte, with the host's name checked; reading leaves mails unread, and marks those that are done; every
//! answer has a deadline and a bound, whatever the folder holds; a connection that breaks is an error, never an empty folder. Knows
//! nothing of the store: the caller keeps the cursor. Only with the feature `imap`.

mod cursor;
mod dial;
mod line;
mod login;
mod name;
mod reading;
mod session;
mod trouble;

#[cfg(test)]
mod tests;

pub use trouble::{ImapError, Trouble};

use super::{MailboxError, Take};
use line::{Line, Patience};
use reading::Broken;
use session::Session;
use std::fmt;
use tokio::io::{AsyncRead, AsyncWrite};
use zeroize::Zeroizing;

/// A folder, and how to get at it.
#[derive(Clone)]
pub struct Account {
    /// The server's name, which its certificate must have.
    pub host: String,
    /// Usually 993.
    pub port: u16,
    /// Roots to trust instead of the system's, in PEM.
    pub roots: Option<Vec<u8>>,
    /// The name to log in with.
    pub user: String,
    /// The password, or the OAuth token; its bytes are wiped.
    pub secret: Zeroizing<String>,
    /// Whether it is a token.
    pub is_token: bool,
    /// The folder, as people write it.
    pub folder: String,
    /// How messages and the store name it.
    pub described: String,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("described", &self.described)
            .finish_non_exhaustive()
    }
}

/// What a reading did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Read {
    /// Mails that were taken.
    pub mails: u64,
    /// Mails that were passed over because they are larger than [`MOST_BYTES`](super::MOST_BYTES): for a person to read.
    pub too_large: u64,
    /// Mails that are done and could not be marked as read, since this user may not.
    pub unmarked: u64,
    /// Where the next reading goes on, `UIDVALIDITY:UID`; a folder with a new UIDVALIDITY is read from its beginning.
    pub cursor: String,
}

/// Gives every mail that came after `cursor` to `take`, the oldest first, and marks as read what is done.
///
/// A mail may come twice: after an error, and where the server numbers its folder anew. Blocks; not for use inside of a runtime.
///
/// # Errors
/// When the folder cannot be read to its end: [`ImapError::done`] has what was done, and the cursor to keep. What `take` says ends the
/// reading; the mails taken since the last batch come again with the old cursor.
pub fn read<E: From<MailboxError>>(account: &Account, cursor: Option<&str>, take: Take<'_, E>) -> Result<Read, E> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| imap(Trouble::Machine(error.kind().to_string()).into()))?;
    let patience = Patience::default();
    let read = runtime.block_on(async {
        let stream = dial::connect(account, patience.connect).await?;
        visit(Line::new(stream, patience), account, cursor, take).await
    });
    // A name server that hangs is not waited for a second time.
    runtime.shutdown_background();
    read.map_err(|broken| match broken {
        Broken::Server(error) => imap(error),
        Broken::Taker(error) => error,
    })
}

fn imap<E: From<MailboxError>>(error: ImapError) -> E {
    MailboxError::Imap(error).into()
}

/// One visit on an open line: in, what is new, out.
async fn visit<S: AsyncRead + AsyncWrite + Unpin, E>(
    line: Line<S>,
    account: &Account,
    cursor: Option<&str>,
    take: Take<'_, E>,
) -> Result<Read, Broken<E>> {
    let (mut session, is_known) = Session::greeted(line).await?;
    if !is_known {
        login::log_in(&mut session, account).await?;
    }
    let read = reading::read(&mut session, &account.folder, cursor, take).await;
    session.take_leave().await;
    read
}
