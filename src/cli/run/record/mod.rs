//! What a run leaves in writing: lines in its log, and the status file that monitoring looks at.
//!
//! Promises: addresses are masked in both; what cannot be written is told and keeps no letter from leaving; a run that finds another
//! one at work writes no status, because the other's would be the newer one. Knows nothing of how letters are sent: it looks at the
//! store and at the report.

mod events;
mod file;
mod status;

use crate::address::mask_all;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, plain};
use crate::cli::outcome::{stopped, summary};
use crate::cli::scribe::Scribe;
use crate::dispatch::report::{Deadline, Report};
use crate::store::Store;
use events::Seen;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;

/// One run's record.
pub(super) struct Record<'a> {
    context: &'a Context,
    status_file: Option<&'a Path>,
    started_at: Timestamp,
    /// What stood in the store when it was last looked at.
    seen: Option<Seen>,
    report: Option<Report>,
    /// What keeps every letter from leaving for now.
    waits: Option<String>,
}

impl<'a> Record<'a> {
    /// A record of the run that begins now.
    pub(super) fn new(context: &'a Context, status_file: Option<&'a Path>) -> Self {
        Self {
            context,
            status_file,
            started_at: context.ui.scribe().map_or_else(|| context.clock.now(), Scribe::begun_at),
            seen: None,
            report: None,
            waits: None,
        }
    }

    /// From when on a run begins no letter that may take so many minutes.
    pub(super) fn deadline(&self, minutes: f64) -> Deadline {
        let span = SignedDuration::try_from_secs_f64(minutes * 60.0).unwrap_or(SignedDuration::MAX);
        let noun = if minutes == 1.0 { "minute" } else { "minutes" };
        Deadline {
            at: self.started_at.saturating_add(span).unwrap_or(Timestamp::MAX),
            why: format!("stopped for now: the {minutes} {noun} of `--max-minutes` are over"),
        }
    }

    /// Looks at the store and writes down what became of its editions since it was last looked at.
    pub(super) fn look(&mut self, store: &Store) {
        if !self.context.ui.scribe().is_some_and(Scribe::has_log) {
            return;
        }
        // A store that cannot be read is told by whoever needs to.
        let Ok(now) = events::look(store, self.seen.as_ref()) else {
            return;
        };
        if let Some(before) = &self.seen {
            let told = events::between(before, &now);
            told.iter().for_each(|line| self.context.ui.note(line));
        }
        self.seen = Some(now);
    }

    /// Nothing can leave for now, and this is why.
    pub(super) fn waits(&mut self, why: &str) {
        self.waits = Some(why.to_owned());
    }

    /// Letters were handed over, and this is what came of it.
    pub(super) fn report(&mut self, report: &Report) {
        for named in &report.named {
            let state = named.state.name().replace('_', " ");
            self.context.ui.note(&format!("{state}: {}: {}", named.address, named.why));
        }
        for (article, waiting, reason) in &report.held_meanwhile {
            self.context.ui.note(&format!(
                "`{article}` was put on hold meanwhile ({reason}): {waiting} waiting"
            ));
        }
        self.report = Some(report.clone());
    }

    /// The run is over: the last line of its log, and its status.
    pub(super) fn end(&self, ended: &Result<(), Failure>) {
        let ui = self.context.ui;
        if let Err(failure) = ended {
            ui.note_failure(failure);
        }
        let code = ended.as_ref().err().map_or(0, |failure| failure.kind.exit_code());
        let did = self.report.as_ref().filter(|report| !report.states.is_empty()).map(summary);
        let has_said = ui.scribe().is_some_and(Scribe::has_begun);
        if has_said || did.is_some() || self.stopped().is_some() && self.report.is_some() {
            ui.note(&self.last_line(code, did));
        }
        if let Some(path) = self.status_file {
            self.leave_status(path, code);
        }
    }

    /// Why the run ended early or could not begin, masked.
    fn stopped(&self) -> Option<String> {
        let stopped = self.report.as_ref().and_then(stopped);
        stopped.or_else(|| self.waits.clone()).map(|why| mask_all(&why))
    }

    fn last_line(&self, code: u8, did: Option<String>) -> String {
        let seconds = self.context.clock.now().duration_since(self.started_at).as_secs();
        let parts = [did, self.stopped()].into_iter().flatten().collect::<Vec<_>>();
        let what = if parts.is_empty() {
            "nothing sent".to_owned()
        } else {
            parts.join("; ")
        };
        format!("run ended with exit code {code} after {seconds} s: {what}")
    }

    fn leave_status(&self, path: &Path, code: u8) {
        let status = status::gather(self, code);
        let text = serde_json::to_string_pretty(&status).unwrap_or_default() + "\n";
        if let Err(error) = file::replace(path, text.as_bytes()) {
            let why = plain(&error);
            self.context
                .ui
                .say(&format!("cannot write the status file `{}`: {why}", path.display()));
        }
    }
}
