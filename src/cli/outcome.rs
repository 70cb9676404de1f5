//! How a run ends on the screen: its numbers, the letters that need a person by name, and the exit code.

use super::context::Context;
use super::failure::{Failure, Kind};
use super::ui::{count, listed};
use crate::dispatch::report::{Report, Stop};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::dispatch::report::Tallying;

/// A run as `--json` shows it.
#[derive(serde::Serialize)]
struct Shape<'a> {
    states: &'a BTreeMap<&'static str, u64>,
    need_a_person: u64,
    letters: Vec<Letter>,
    /// Addresses that have refused often enough to be written to no more.
    no_more: u64,
    stopped: Option<String>,
}

#[derive(serde::Serialize)]
struct Letter {
    address: String,
    state: &'static str,
    reply: String,
}

/// Tells what a run did and turns it into the command's ending.
pub(super) fn tell(context: &Context, report: &Report) -> Result<(), Failure> {
    if context.ui.wants_json() {
        context.ui.json(&shape(report))?;
    } else if !report.states.is_empty() {
        context.ui.data(&summary(report))?;
    }
    if !context.ui.wants_json() {
        for named in &report.named {
            context.ui.data(&format!(
                "  {:<9} {}  {}",
                named.state.name().replace('_', " "),
                named.address,
                named.why
            ))?;
        }
    }
    for (article, waiting, reason) in &report.held_meanwhile {
        context.ui.say(&format!(
            "`{article}` was put on hold meanwhile ({reason}): {} waiting",
            count(*waiting, "letter")
        ));
    }
    match report.no_more {
        0 => {}
        1 => context
            .ui
            .say("1 address is not written to any more: `tidings suppress list` names it"),
        several => context.ui.say(&format!(
            "{several} addresses are not written to any more: `tidings suppress list` names them"
        )),
    }
    ending(report)
}

/// The exit code of a report: a reason to stop comes before letters that need a person.
pub(super) fn ending(report: &Report) -> Result<(), Failure> {
    match &report.stop {
        Some(Stop::Limit { .. }) | None => {}
        Some(stop) => return Err(stop.into()),
    }
    match report.need_a_person() {
        0 => Ok(()),
        need => Err(
            Failure::new(Kind::Attention, format!("{} a person to look at", super::status::needs(need))).hint(
                "`tidings status` counts them, `tidings log --state STATE` names them, `tidings why ADDRESS` tells each story",
            ),
        ),
    }
}

fn shape(report: &Report) -> Shape<'_> {
    let letters = report.named.iter().map(|named| Letter {
        address: named.address.to_string(),
        state: named.state.name(),
        reply: named.why.clone(),
    });
    Shape {
        states: &report.states,
        need_a_person: report.need_a_person(),
        letters: letters.collect(),
        no_more: report.no_more,
        stopped: stopped(report),
    }
}

/// Why the run ended early, if it did.
pub(super) fn stopped(report: &Report) -> Option<String> {
    report.stop.as_ref().map(|stop| match stop {
        Stop::RelayForNow { why } | Stop::Quota { why } | Stop::Hours { why } | Stop::Time { why } | Stop::Store { why } => {
            why.clone()
        }
        Stop::FixFirst { why, .. } | Stop::Hold { why, .. } => why.clone(),
        Stop::Signal { .. } => "asked to stop".to_owned(),
        Stop::Limit { limit } => format!("--limit {limit}"),
    })
}

/// `24 letters accepted by the relay, 1 deferred`.
pub(super) fn summary(report: &Report) -> String {
    let parts = report.states.iter().map(|(state, number)| match *state {
        "accepted" => format!("{} accepted by the relay", count(*number, "letter")),
        state => format!("{number} {}", state.replace('_', " ")),
    });
    listed(&parts.collect::<Vec<_>>())
}

/// A progress bar over the letters of a run; nothing at all where nobody watches.
pub(super) struct Progress {
    bar: ProgressBar,
    ticker: Option<tokio::task::JoinHandle<()>>,
}

impl Progress {
    /// Watches `tallying` until it is finished; needs a runtime around it.
    pub(super) fn watch(context: &Context, tallying: &Arc<Tallying>, letters: u64) -> Self {
        if !context.ui.is_watched() || letters == 0 {
            return Self {
                bar: ProgressBar::hidden(),
                ticker: None,
            };
        }
        let bar = ProgressBar::new(letters);
        let style = ProgressStyle::with_template("  {bar:30} {pos}/{len} letters  {per_sec}  {eta} to go");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let (shown, counted) = (bar.clone(), Arc::clone(tallying));
        let ticker = tokio::spawn(async move {
            loop {
                shown.set_position(counted.progress().0);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self {
            bar,
            ticker: Some(ticker),
        }
    }

    /// Takes the bar off the screen.
    pub(super) fn finish(self) {
        if let Some(ticker) = self.ticker {
            ticker.abort();
        }
        self.bar.finish_and_clear();
    }
}
