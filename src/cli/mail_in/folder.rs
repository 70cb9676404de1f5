//! A folder on a mail server, as the settings name it; a program that was built without reading one says so.

use super::super::failure::Failure;
use crate::intake::Desk;
use crate::workspace::settings::ImapSettings;
use std::path::Path;

/// Reads what came since the last reading.
#[cfg(feature = "imap")]
pub(super) fn read(root: &Path, settings: &ImapSettings, desk: &mut Desk<'_>) -> Result<(), Failure> {
    use crate::intake::IntakeError;
    use crate::mailbox::{MailboxError, imap};
    let account = account(root, settings)?;
    let cursor = desk.cursor(&account.described)?;
    let read = imap::read(&account, cursor.as_deref(), &mut |mail| {
        desk.take(mail).map_err(IntakeError::from)
    });
    let done = match &read {
        Ok(done) => Some(done.clone()),
        // What was taken before the line was lost is not asked for again.
        Err(IntakeError::Mailbox(MailboxError::Imap(error))) => error.done.clone(),
        Err(_) => None,
    };
    if let Some(done) = done {
        desk.report.too_large += done.too_large;
        desk.note(
            &account.described,
            done.mails,
            Some(done.cursor.as_str()).filter(|cursor| !cursor.is_empty()),
        )?;
    }
    read.map(|_| ())
        .map_err(|error| super::boxes::failure(error, super::Kind::FixFirst))
}

#[cfg(feature = "imap")]
fn account(root: &Path, settings: &ImapSettings) -> Result<crate::mailbox::imap::Account, Failure> {
    use super::super::failure::{Kind, plain};
    use super::super::password::{Owner, secret};
    const OWNER: Owner = Owner {
        whose: "the mailbox's",
        key: "unsubscribe.imap",
    };
    let pem = |file: &String| {
        std::fs::read(root.join(file)).map_err(|error| {
            let text = format!("cannot read `{file}`, which `unsubscribe.imap` names: {}", plain(&error));
            Failure::new(Kind::FixFirst, text).hint("the path is relative to the workspace")
        })
    };
    Ok(crate::mailbox::imap::Account {
        host: settings.host.clone(),
        port: settings.port,
        roots: settings.roots.as_ref().map(pem).transpose()?,
        user: settings.user.clone(),
        secret: secret(root, &settings.password, OWNER)?.expose().to_owned().into(),
        is_token: settings.is_token,
        folder: settings.folder.clone(),
        described: settings.described(),
    })
}

/// Whether this program can read one at all.
#[cfg(feature = "imap")]
pub(super) fn look(_settings: &ImapSettings) -> Result<(), Failure> {
    Ok(())
}

/// This program cannot.
#[cfg(not(feature = "imap"))]
pub(super) fn read(_root: &Path, settings: &ImapSettings, _desk: &mut Desk<'_>) -> Result<(), Failure> {
    look(settings)
}

/// Says so.
#[cfg(not(feature = "imap"))]
pub(super) fn look(settings: &ImapSettings) -> Result<(), Failure> {
    use super::super::failure::Kind;
    let text = format!(
        "`unsubscribe.imap` names `{}`, and this `tidings` was built without reading mail servers",
        settings.described()
    );
    Err(Failure::new(Kind::FixFirst, text)
        .hint("build it with `cargo build --release --features imap`, or have the mail delivered to a mailbox on this machine"))
}
