//! Following the files: what changed is shown, whoever is on the lists is placed anew, and every letter is composed as `check` does.
//!
//! Promises: three threads, so that neither a long list nor a check of every letter keeps anybody waiting for an article; of many changes
//! the last one counts. They end with the process. Knows nothing of the page.

use super::reader::Reader;
use super::register::{Clerk, Register};
use crate::cli::check;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind, plain};
use crate::finding::Finding;
use crate::web::preview::{Stage, Watch};
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// How often the files are looked at: a change rests for one turn before it is shown.
const TURN: Duration = Duration::from_millis(150);

/// Whoever looks at the files, with what they saw first.
pub(super) struct Eyes {
    pub(super) context: Arc<Context>,
    pub(super) root: PathBuf,
    pub(super) only: Option<String>,
    pub(super) register: Arc<Register>,
    pub(super) clerk: Clerk,
    pub(super) reader: Reader,
    pub(super) watch: Watch,
}

/// Follows the files from now on.
pub(super) fn follow(stage: &Arc<Stage>, eyes: Eyes) -> Result<(), Failure> {
    let (ask_check, asked_check) = mpsc::channel();
    let (ask_people, asked_people) = mpsc::channel();
    let (told, hears) = mpsc::channel();
    // The threads live as long as the process, and so do their ends.
    let _ = ask_check.send(());
    let (context, root, only, shown) = (eyes.context, eyes.root.clone(), eyes.only, Arc::clone(stage));
    start(move || {
        while let Some(()) = last(&asked_check) {
            shown.add_findings(checked(&context, &root, only.as_deref()));
        }
    })?;
    let (mut clerk, root) = (eyes.clerk, eyes.root);
    start(move || {
        while let Some(()) = last(&asked_people) {
            // What cannot be read at all is told by whoever checks, and the people stay who they were.
            if told.send(clerk.read(&Workspace::read(&root)).ok()).is_err() {
                return;
            }
        }
    })?;
    let (stage, register, reader, watch) = (Arc::clone(stage), eyes.register, eyes.reader, eyes.watch);
    start(move || {
        watch_files(
            &stage,
            (reader, watch),
            register,
            &Ends {
                hears,
                ask_people,
                ask_check,
            },
        );
    })
}

/// What the watching thread has of the two others.
struct Ends {
    /// The people, where they could be read.
    hears: Receiver<Option<Arc<Register>>>,
    ask_people: Sender<()>,
    ask_check: Sender<()>,
}

fn watch_files(stage: &Stage, (mut reader, mut watch): (Reader, Watch), mut register: Arc<Register>, ends: &Ends) {
    let mut people = watch.of_people();
    // Whether people were asked for that have not come yet.
    let mut waits = false;
    loop {
        std::thread::sleep(TURN);
        let news = ends.hears.try_iter().last();
        let has_changed = watch.has_changed();
        if news.is_none() && !has_changed {
            continue;
        }
        waits &= news.is_none();
        register = news.flatten().unwrap_or(register);
        let now = watch.of_people();
        if now != people {
            people = now;
            waits = ends.ask_people.send(()).is_ok();
        }
        // What cannot be read at all is told by whoever checks, and the letters stay as they were.
        if let Ok(catalogue) = reader.read(&register) {
            stage.set(catalogue);
        }
        // A check reads the lists too: it comes behind them, and not in their way.
        if !waits {
            let _ = ends.ask_check.send(());
        }
    }
}

/// Waits until something is asked for; of many askings the last one counts.
fn last(asked: &Receiver<()>) -> Option<()> {
    asked.recv().ok().map(|()| asked.try_iter().for_each(drop))
}

fn start(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let started = std::thread::Builder::new().spawn(work);
    started
        .map(drop)
        .map_err(|error| Failure::new(Kind::Internal, format!("cannot start: {}", plain(&error))))
}

/// What `check` says.
fn checked(context: &Context, root: &Path, only: Option<&str>) -> Vec<Finding> {
    let workspace = Workspace::read(root);
    // One that is gone meanwhile leaves the others to be looked at.
    let named = only.and_then(|only| workspace.campaigns.iter().find(|folder| folder.name == only));
    match check::look(context, root, &workspace, named) {
        Ok((findings, _)) => findings,
        Err(failure) if failure.findings.is_empty() => vec![Finding::error("tidings.yaml", failure.text)],
        Err(failure) => failure.findings,
    }
}
