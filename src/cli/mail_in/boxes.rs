//! Boxes: those that somebody names, and those that the settings name, which are read before every send.

use super::super::context::Context;
use super::super::failure::{Failure, Kind};
use super::{folder, tell};
use crate::intake::{Desk, IntakeError, take_in};
use crate::mailbox::{MailboxError, Source};
use crate::store::Store;
use crate::workspace::settings::Settings;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Reads every box that somebody named, one after the other. One that cannot be read keeps the others from nothing.
pub(super) fn read_paths(paths: &[PathBuf], desk: &mut Desk<'_>) -> Result<(), Failure> {
    let mut whole = Ok(());
    for path in paths {
        // The store remembers boxes by name: the same one from another folder is the same.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let read = read_box(&path, desk).map_err(|error| failure(error, Kind::Files));
        whole = match (whole, read) {
            (_, Err(failure)) if failure.kind == Kind::Store => return Err(failure),
            (Ok(()), read) => read,
            (failed, _) => failed,
        };
    }
    whole
}

/// Reads every box that the settings name.
pub(super) fn read_named_by_settings(root: &Path, settings: &Settings, desk: &mut Desk<'_>) -> Result<(), Failure> {
    let mailbox = &settings.mailbox;
    if mailbox.path.is_none() && mailbox.imap.is_none() {
        let hint = "name a box, like `tidings mail-in /var/mail/unsubscribe`";
        let none = Failure::new(Kind::FixFirst, "`unsubscribe:` in `tidings.yaml` names no mailbox to read").hint(hint);
        return Err(none.hint("`mailbox: /var/mail/unsubscribe` under `unsubscribe:` makes `run` and `send` read it too"));
    }
    match read_all(root, settings, desk)? {
        None => Ok(()),
        Some(unmarked) => Err(failure(unmarked, Kind::FixFirst)),
    }
}

/// Reads what the settings name before letters leave, and says what a person has to know of it. Where that cannot be done, nobody is
/// written to: letters would go to people who have left.
pub(in crate::cli) fn read_first(context: &Context, root: &Path, settings: &Settings, store: &mut Store) -> Result<(), Failure> {
    let mut desk = super::desk(context, store, false);
    let read = read_all(root, settings, &mut desk);
    let report = desk.report;
    tell::before_a_send(context, &report);
    let unmarked = read.map_err(|failure| match failure.kind {
        Kind::FixFirst | Kind::Later => failure.hint("nobody was touched: letters would go to people who have left"),
        _ => failure,
    })?;
    if let Some(unmarked) = unmarked
        && (context.ui.is_watched() || !report.answers.is_empty())
    {
        context.ui.say(&failure(unmarked, Kind::FixFirst).text);
    }
    Ok(())
}

/// Gives what could not be marked as read, where that is all that went wrong: it is on record, so nobody who left is written to.
fn read_all(root: &Path, settings: &Settings, desk: &mut Desk<'_>) -> Result<Option<IntakeError>, Failure> {
    let mut unmarked = None;
    if let Some(source) = configured(root, settings)? {
        match take_in(desk, &source) {
            Err(error) if error.is_only_unmarked() => unmarked = Some(error),
            read => read.map_err(|error| failure(error, Kind::FixFirst))?,
        }
    }
    if let Some(imap) = &settings.mailbox.imap {
        folder::read(root, imap, desk)?;
    }
    Ok(unmarked)
}

/// What keeps the boxes that the settings name from being read, as far as can be seen from here; `run` and `send` would refuse.
pub(in crate::cli) fn look(root: &Path, settings: &Settings) -> Result<(), Failure> {
    if let Some(Source::Maildir(path)) = configured(root, settings)? {
        for part in ["new", "cur"] {
            let part = path.join(part);
            fs::read_dir(&part).map_err(|error| unseen(&part, error))?;
        }
    }
    match &settings.mailbox.imap {
        Some(imap) => folder::look(imap),
        None => Ok(()),
    }
}

/// The box on this machine that the settings name: one that mails are delivered to, which a file with one mail, or with anything else,
/// is not.
fn configured(root: &Path, settings: &Settings) -> Result<Option<Source>, Failure> {
    let Some(path) = &settings.mailbox.path else { return Ok(None) };
    let found = Source::recognise(&root.join(path)).map_err(|error| match error {
        // What may not be looked into seems to lack everything.
        MailboxError::NoMaildir { path, lacking } => match fs::metadata(path.join(lacking)) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => unseen(&path, error),
            _ => failure(MailboxError::NoMaildir { path, lacking }.into(), Kind::FixFirst),
        },
        error => failure(error.into(), Kind::FixFirst),
    })?;
    match found {
        Source::File(path) => Err(Failure::new(Kind::FixFirst, MailboxError::NoMbox { path }.to_string()).hint(
            "name the Maildir folder or the mbox file that the unsubscribe address is delivered to, like `/var/mail/unsubscribe`",
        )),
        found => Ok(Some(found)),
    }
}

fn unseen(path: &Path, source: io::Error) -> Failure {
    let (doing, path) = ("look into", path.to_owned());
    failure(MailboxError::File { doing, path, source }.into(), Kind::FixFirst)
}

fn read_box(path: &Path, desk: &mut Desk<'_>) -> Result<(), IntakeError> {
    take_in(desk, &Source::recognise(path)?)
}

/// A box that cannot be read, as the kind of failure that it is where it was named.
pub(super) fn failure(error: IntakeError, kind: Kind) -> Failure {
    match error {
        IntakeError::Store(error) => error.into(),
        IntakeError::Mailbox(error) => {
            let kind = if error.is_for_now() { Kind::Later } else { kind };
            Failure::new(kind, words(&error)).hint(error.hint())
        }
    }
}

/// The error, and what the system says of it.
fn words(error: &MailboxError) -> String {
    let source = std::error::Error::source(error).map(super::super::failure::plain);
    source.map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
}
