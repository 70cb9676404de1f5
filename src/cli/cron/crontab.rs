//! The line for a crontab.

use super::job::Job;
use super::quoted::for_crontab;
use crate::cli::failure::{Failure, Kind};

/// Debian's cron takes a command of so many bytes, and others hardly more.
const LONGEST: usize = 990;

/// The line, and above it what it does and what to do when cron mails.
pub(super) fn crontab(job: &Job) -> Result<String, Failure> {
    let command = for_crontab(&job.command());
    if command.len() > LONGEST {
        let text = format!("the line would have {} bytes, and cron takes {LONGEST}", command.len());
        return Err(Failure::new(Kind::Usage, text).hint("move the workspace, or its log and status files, to shorter paths"));
    }
    let whose = job
        .owner
        .as_ref()
        .map_or_else(|| "its owner".to_owned(), |owner| format!("`{}`", owner.user));
    let lines = [
        format!("# Tidings, every {}, for {}", job.rhythm.words(), job.workspace),
        format!("# These lines belong into the crontab of {whose}: call `crontab -e` as that user, and paste them."),
        "# A run says nothing while all is well. What it does say, cron mails to this user, or to MAILTO=you@example.org on a"
            .to_owned(),
        "# line above: something needs a person, and the hint tells the next step. Where no mail leaves this machine, let"
            .to_owned(),
        "# monitoring look at the file of --status-file instead.".to_owned(),
        format!("{} {command}", job.rhythm.crontab()),
    ];
    Ok(lines.join("\n"))
}
