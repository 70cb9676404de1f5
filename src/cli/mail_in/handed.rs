//! One mail on standard input, as a mail server hands it over.
//!
//! Promises: nothing that is handed in is lost: whatever keeps us from acting ends with 75, which makes the server keep the mail and come
//! again; what nobody can act on is kept beside the store, and ends with 0, and so is all that a test store takes, since real people write
//! it. Says nothing that a server would send back to the writer.

use super::super::context::Context;
use super::super::failure::{Failure, Kind, plain};
use super::{desk, is_for_tests, kept, store, tell};
use crate::intake::{IntakeError, take_in};
use crate::mailbox::{self, Fate, MailboxError, Source};
use std::io::{self, Read as _};

/// More than servers take; what is longer is kept this far.
const MOST: u64 = 64 * 1024 * 1024;

/// Takes the mail, or has the server keep it.
pub(super) fn take(context: &Context, dry_run: bool) -> Result<(), Failure> {
    act(context, dry_run).map_err(|failure| Failure {
        kind: Kind::Later,
        ..failure.hint("the mail was not taken: a mail server keeps it and hands it in again")
    })
}

fn act(context: &Context, dry_run: bool) -> Result<(), Failure> {
    let bytes = read().map_err(|error| Failure::new(Kind::Later, format!("cannot read the mail: {}", plain(&error))))?;
    let (root, workspace) = context.workspace()?;
    let mut store = store(context, &root, &workspace, dry_run)?;
    let dir = context.store_dir(&root);
    let is_for_tests = is_for_tests(&store);
    let mut desk = desk(context, &mut store, dry_run);
    let source = Source::Handed(bytes);
    take_in(&mut desk, &source).map_err(|error| match error {
        IntakeError::Store(error) => Failure::from(error),
        IntakeError::Mailbox(error) => Failure::new(Kind::Later, error.to_string()).hint(error.hint()),
    })?;
    let report = desk.report;
    let kept = match is_for_tests {
        // It has acted as if letters were real, and no store of real letters knows of it.
        true => Some(hash(&source)?),
        false => desk.stayed,
    };
    if let (Some(hash), Source::Handed(bytes), false) = (kept, &source, dry_run) {
        kept::keep(&dir, &data_encoding::HEXLOWER.encode(&hash), bytes)?;
    }
    match dry_run || context.ui.is_watched() || context.ui.wants_json() {
        true => tell::tell(context, &root, &report, dry_run),
        false => Ok(()),
    }
}

/// What the mail is known by.
fn hash(source: &Source) -> Result<[u8; 32], Failure> {
    let mut hash = [0; 32];
    let read = mailbox::read(source, &mut |mail| {
        hash = mail.hash;
        Ok::<_, MailboxError>(Fate::Stays)
    });
    read.map_err(|error| Failure::new(Kind::Later, error.to_string()).hint(error.hint()))?;
    Ok(hash)
}

/// The mail to its end: a server whose pipe is closed on it would take the mail for refused.
fn read() -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock();
    input.by_ref().take(MOST).read_to_end(&mut bytes)?;
    io::copy(&mut input, &mut io::sink())?;
    Ok(bytes)
}
