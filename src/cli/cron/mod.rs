//! `tidings cron`: the lines that have cron or systemd run this workspace; printed, never installed.
//!
//! Promises: paths come out whole, whatever is in their names; one that cannot be said is refused with words; nothing is changed, and
//! neither a store nor sound settings are needed. Knows nothing of what a run does.

mod crontab;
mod job;
mod owner;
pub(super) mod quoted;
mod rhythm;
mod rotation;
mod units;

use super::context::Context;
use super::failure::Failure;
use job::Job;
use rhythm::Rhythm;
use std::path::PathBuf;
use units::{Part, Units};

/// Print the crontab line, or systemd's units, that run this workspace
///
/// Installs nothing. Silent runs are good runs: cron mails only what needs a person.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tidings cron --every 15m
  tidings cron --log-file /var/log/clinic/mail.log --status-file /var/lib/clinic/mail.json
  tidings cron --systemd
  tidings cron --logrotate --log-file /var/log/clinic/mail.log")]
pub(super) struct Args {
    /// How often: 1m to 30m, or 1h to 12h, where an hour or a day has so many of them evenly
    #[arg(long, value_name = "SPAN", default_value = "15m", value_parser = Rhythm::parse)]
    every: Rhythm,
    /// Have each run write what happens into this file
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// Have each run leave in this file how it went, for monitoring
    #[arg(long, value_name = "FILE")]
    status_file: Option<PathBuf>,
    /// Print a service and a timer for systemd instead
    #[arg(long, conflicts_with = "logrotate")]
    systemd: bool,
    /// For your own systemd (`systemctl --user`), not the machine's
    #[arg(long, requires = "systemd")]
    user: bool,
    /// Print only this one of the two, for a file of its own
    #[arg(long, requires = "systemd")]
    part: Option<Part>,
    /// Print what logrotate has to be told of the log file instead
    #[arg(long)]
    logrotate: bool,
}

/// A text to be saved or pasted.
#[derive(serde::Serialize)]
struct Printed {
    name: String,
    text: String,
}

/// What is printed, as `--json` shows it.
#[derive(serde::Serialize)]
struct Whole {
    files: Vec<Printed>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let job = Job::of(context, args)?;
    let printed = |name: String, text: String| Printed { name, text };
    let (head, files) = match args {
        Args { logrotate: true, .. } => (None, vec![printed(job.name.clone(), rotation::rotation(&job)?)]),
        Args { systemd: true, .. } => {
            let units = Units {
                job: &job,
                is_users: args.user,
            };
            units.refuse_unsayable()?;
            let parts = args.part.map_or(vec![Part::Service, Part::Timer], |part| vec![part]);
            let files = parts.iter().map(|part| printed(units.file_name(*part), units.text(*part)));
            (args.part.is_none().then(|| units.commands()), files.collect())
        }
        Args { .. } => (None, vec![printed("crontab".to_owned(), crontab::crontab(&job)?)]),
    };
    if context.ui.wants_json() {
        return context.ui.json(&Whole { files });
    }
    show(context, head.as_deref(), &files)
}

fn show(context: &Context, head: Option<&str>, files: &[Printed]) -> Result<(), Failure> {
    head.iter().try_for_each(|head| context.ui.data(head))?;
    for file in files {
        if head.is_some() {
            context.ui.data(&format!("\n# ── {}", file.name))?;
        }
        context.ui.data(file.text.trim_end())?;
    }
    Ok(())
}
