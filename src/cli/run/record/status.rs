//! The status file: how the last run went and how things stand, for monitoring.
//!
//! What cannot be found out, because settings or store cannot be read, is `null`: the exit code and the words say why.

use super::Record;
use crate::cli::context::Context;
use crate::cli::failure::Failure;
use crate::cli::status::{status_word, used_up, waiting_for_a_person};
use crate::cli::turns::{Coming, coming};
use crate::dispatch::hours::{Timetable, resumption};
use crate::dispatch::run::Work;
use crate::store::Store;
use crate::store::edition::Status as EditionStatus;
use crate::workspace::Workspace;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The file's one object.
#[derive(serde::Serialize)]
pub(super) struct Status {
    workspace: Option<String>,
    version: &'static str,
    process: u32,
    started_at: String,
    finished_at: String,
    exit_code: u8,
    /// What was said, masked.
    words: Vec<String>,
    stopped: Option<String>,
    states: BTreeMap<&'static str, u64>,
    last_letter_at: Option<String>,
    coming: Option<Vec<Coming>>,
    waiting: Option<u64>,
    need_a_person: Option<u64>,
    editions: Option<Vec<Line>>,
    quota: Option<String>,
    hours: Option<String>,
    distrust: Option<String>,
}

/// An edition that somebody or something waits for.
#[derive(serde::Serialize)]
struct Line {
    campaign: String,
    edition: String,
    status: &'static str,
    held: Option<String>,
    due_at: String,
    waiting: u64,
    need_a_person: u64,
}

/// How things stand at the end of this run.
pub(super) fn gather(record: &Record<'_>, exit_code: u8) -> Status {
    let context = record.context;
    let root = context.root().ok();
    let workspace = root.as_deref().map(Workspace::read);
    let store = root.as_deref().and_then(|root| context.store_if_any(root).ok().flatten());
    let standing = store.as_ref().and_then(|store| standing(store).ok());
    let waiting = standing.as_ref().map(|lines| lines.iter().map(|line| line.waiting).sum());
    let words = context.ui.scribe().map(|scribe| scribe.words());
    let told = |at: Timestamp| at.to_string();
    Status {
        workspace: root.as_deref().map(|root| root.display().to_string()),
        version: env!("CARGO_PKG_VERSION"),
        process: std::process::id(),
        started_at: told(record.started_at),
        exit_code,
        words: words.unwrap_or_default(),
        stopped: record.stopped(),
        states: record.report.as_ref().map(|report| report.states.clone()).unwrap_or_default(),
        last_letter_at: store
            .as_ref()
            .and_then(|store| store.last_letter_at().ok().flatten())
            .map(told),
        coming: match (&store, &workspace) {
            (Some(store), Some(workspace)) if workspace.settings.is_some() => coming(store, workspace, context.clock.now()).ok(),
            (_, _) => None,
        },
        waiting,
        need_a_person: standing
            .as_ref()
            .map(|lines| lines.iter().map(|line| line.need_a_person).sum()),
        quota: match (&store, &root) {
            (Some(store), Some(root)) => used_up(context, root, store, waiting.unwrap_or(0)).ok().flatten(),
            (_, _) => None,
        },
        hours: match (&store, &workspace) {
            (Some(store), Some(workspace)) => outside_hours(context, store, workspace),
            (_, _) => None,
        },
        distrust: store.as_ref().and_then(|store| store.distrusted().ok().flatten()),
        editions: standing,
        finished_at: told(context.clock.now()),
    }
}

/// The editions that have letters waiting, or letters that need a person.
fn standing(store: &Store) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for edition in store.editions()? {
        let tally = store.tally(edition.id)?;
        let open = match edition.status {
            EditionStatus::Released => tally.open(),
            EditionStatus::Draft | EditionStatus::Cancelled => 0,
        };
        // Nobody sends at this moment but the run that writes this.
        let need = waiting_for_a_person(&edition, &tally, false);
        if open + need > 0 {
            lines.push(Line {
                campaign: edition.campaign_name.clone(),
                edition: edition.key.to_string(),
                status: status_word(edition.status),
                held: edition.held.clone(),
                due_at: edition.due_at.to_string(),
                waiting: open,
                need_a_person: need,
            });
        }
    }
    Ok(lines)
}

/// What waits for other hours, and until when.
fn outside_hours(context: &Context, store: &Store, workspace: &Workspace) -> Option<String> {
    let (settings, now) = (workspace.settings.as_ref()?, context.clock.now());
    let timetable = Timetable::of(workspace, settings);
    let waits = resumption(store, &Work::Everything, &timetable, now).ok().flatten();
    waits.map(|waits| waits.told(now, settings.zone()))
}
