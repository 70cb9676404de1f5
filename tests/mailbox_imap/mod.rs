//! A folder on a real mail server, read as `mail-in` reads it: against Dovecot, which somebody else wrote.
//!
//! Promises: what became of a mail is seen in the server's own files; nothing but loopback. Needs `dovecot-imapd`; without it the tests
//! say so and are passed over, but never in CI.

mod dovecot;
mod faults;
mod large;
mod readings;

use tidings::mailbox::imap::{self, Account, ImapError, Read};
use tidings::mailbox::{Fate, Mail, MailboxError};

/// Why a reading of a test ends.
#[derive(Debug)]
enum Ended {
    Server(ImapError),
    Taker,
}

impl From<MailboxError> for Ended {
    fn from(error: MailboxError) -> Self {
        match error {
            MailboxError::Imap(error) => Ended::Server(error),
            other => panic!("{other}"),
        }
    }
}

/// A reading in which whatever holds the word `unsubscribe` is acted on; with the mails that were taken.
fn read(account: &Account, cursor: Option<&str>) -> (Read, Vec<Mail>) {
    let mut mails = Vec::new();
    let read = imap::read::<Ended>(account, cursor, &mut |mail| {
        mails.push(mail.clone());
        Ok(fate(mail))
    });
    (read.unwrap(), mails)
}

fn fate(mail: &Mail) -> Fate {
    match mail.bytes.windows(11).any(|window| window == b"unsubscribe") {
        true => Fate::Done,
        false => Fate::Stays,
    }
}

/// What goes wrong for this reader.
fn trouble(account: &Account) -> ImapError {
    match imap::read::<Ended>(account, None, &mut |_| Ok(Fate::Stays)) {
        Err(Ended::Server(error)) => error,
        other => panic!("{other:?}"),
    }
}

fn text(number: usize, subject: &str) -> String {
    format!("From: patient{number}@example.org\nTo: answers@riverside.example\nSubject: {subject}\n\nmail {number}\n")
}
