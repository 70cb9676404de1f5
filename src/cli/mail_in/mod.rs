//! `tidings mail-in`: what people and mail systems answer is read, proved and acted on.
//!
//! Promises: a mail is marked as read only after what it asked for is on the disk; one that nobody can act on stays for a person, and is
//! told once; cron hears nothing while nothing happens. Knows nothing of what the mails say.

mod boxes;
mod folder;
mod handed;
mod kept;
mod tell;

pub(super) use boxes::{look, read_first};
pub(super) use kept::kept;

use super::context::Context;
use super::failure::{Failure, Kind};
use crate::intake::Desk;
use crate::store::{self, Store};
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use std::path::{Path, PathBuf};

/// Act on what people answer: unsubscribes, bounces and complaints
///
/// Reads Maildir folders, mbox files and files with one mail; without a name the mailbox that `unsubscribe:` in `tidings.yaml` names, which
/// `run` and `send` read too before they send. A `-` takes one mail from standard input, as mail servers hand it over.
///
/// Only what proves that it answers a letter of yours is acted on: a letter's token or Message-ID, or plain words from a person's own
/// address. Such mails are marked as read; all others stay, and what needs a person is named once (exit code 1). The same mail twice, from
/// whichever box, changes nothing. Works while a send is running.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings mail-in\n  tidings mail-in /var/mail/unsubscribe ~/Maildir/.Bounces --dry-run\n\nExample (aliases of a mail server):\n  unsubscribe: \"|tidings -C /home/clinic/mail mail-in -\""
)]
pub(super) struct Args {
    /// Maildir folders, mbox files, files with one mail, or `-`
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Show what would be done, mail by mail, and change nothing
    #[arg(long)]
    dry_run: bool,
}

impl Args {
    /// Whether a mail server hands one mail over.
    pub(super) fn is_handed_in(&self) -> bool {
        self.paths.iter().any(|path| path.as_os_str() == "-")
    }
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    if args.is_handed_in() {
        return match args.paths.len() {
            1 => handed::take(context, args.dry_run),
            _ => Err(
                Failure::new(Kind::Usage, "`-` is one mail on standard input, and stands alone")
                    .hint("call `tidings mail-in` once more for the boxes; nothing was read"),
            ),
        };
    }
    let (root, workspace) = context.workspace()?;
    let mut store = store(context, &root, &workspace, args.dry_run)?;
    let mut desk = desk(context, &mut store, args.dry_run);
    let read = match args.paths.is_empty() {
        true => boxes::read_named_by_settings(&root, context.settings(&workspace)?, &mut desk),
        false => boxes::read_paths(&args.paths, &mut desk),
    };
    let report = desk.report;
    tell::tell(context, &root, &report, args.dry_run)?;
    read?;
    match report.needs_a_person() && !args.dry_run {
        true => Err(Failure::said(Kind::Attention)),
        false => Ok(()),
    }
}

/// The store that mails are taken into, or a new one: whoever left another mailing program writes before the first letter.
fn store(context: &Context, root: &Path, workspace: &Workspace, dry_run: bool) -> Result<Store, Failure> {
    match (context.store_if_any(root)?, dry_run) {
        (Some(store), _) => {
            context.refuse_played_time_in(store.identity().kind)?;
            if !context.is_rehearsal() {
                context.require_newest(root, &store)?;
            }
            Ok(if dry_run { store.copy_in_memory()? } else { store })
        }
        (None, _) if context.is_rehearsal() => Err(Failure::new(Kind::FixFirst, context.no_store_yet())),
        (None, true) => Ok(Store::in_memory(context.clock.now())?),
        (None, false) => {
            let settings: &Settings = context.settings(workspace)?;
            context.refuse_played_time_for(settings)?;
            context.store_or_new(root, settings)
        }
    }
}

/// Whether it is a test store for ever: what real people write has to be acted on elsewhere still.
fn is_for_tests(store: &Store) -> bool {
    store.identity().kind == store::Kind::Test
}

/// A look, a rehearsal and a test store leave the boxes as they are: the store of real letters has not seen these mails.
fn desk<'a>(context: &Context, store: &'a mut Store, dry_run: bool) -> Desk<'a> {
    match dry_run || context.is_rehearsal() || is_for_tests(store) {
        true => Desk::leaving_mails_alone(store, context.clock.now()),
        false => Desk::new(store, context.clock.now()),
    }
}
