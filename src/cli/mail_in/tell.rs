//! What came of mails, on the screen: a summary, and whatever a person has to read; nothing where nothing happened.

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::listing::table;
use super::super::ui::{count, listed, moment};
use super::kept::kept;
use crate::address::Address;
use crate::intake::{Answer, Report};
use crate::store::mail::{MailKind, Outcome};
use crate::subscriber::suppression::Scope;
use std::path::Path;

/// So many mails for a person are named one by one; a first reading of an old mailbox finds hundreds.
const MOST_NAMED: usize = 20;

/// One mail as `--json` shows it, one a line.
#[derive(serde::Serialize)]
struct Shape<'a> {
    mail: String,
    kind: &'static str,
    outcome: &'static str,
    address: Option<&'a str>,
    all_mail: bool,
    lists: Vec<&'a str>,
    detail: &'a str,
}

/// Tells what `mail-in` did, or would do.
pub(super) fn tell(context: &Context, root: &Path, report: &Report, dry_run: bool) -> Result<(), Failure> {
    if context.ui.wants_json() {
        return report.answers.iter().try_for_each(|answer| context.ui.json(&shape(answer)));
    }
    if dry_run && report.is_news() {
        let head = ["outcome", "mail", "address", "what"];
        context.ui.data(&table(&head, report.answers.iter().map(row)))?;
    }
    if !dry_run {
        name_what_needs_a_person(context, report);
    }
    // Cron is told what was done, and not how many machines have answered.
    if dry_run || context.ui.is_watched() || has_happened(report) {
        context.ui.data(&summary(report, dry_run))?;
    }
    if context.ui.is_watched() {
        tell_waiting(context, report, &context.store_dir(root));
    }
    Ok(())
}

/// Tells what a person has to know before letters leave; somebody who watches hears of the others too.
pub(super) fn before_a_send(context: &Context, report: &Report) {
    name_what_needs_a_person(context, report);
    if context.ui.is_watched() && has_happened(report) {
        context.ui.say(&summary(report, false));
    }
}

fn has_happened(report: &Report) -> bool {
    report.of(Outcome::Acted) > 0 || report.needs_a_person()
}

fn name_what_needs_a_person(context: &Context, report: &Report) {
    for answer in report.for_a_person().take(MOST_NAMED) {
        context.ui.say(&needs_a_person(answer));
    }
    let more = (report.for_a_person().count().saturating_sub(MOST_NAMED)) as u64;
    if more > 0 {
        context.ui.say(&format!("{} for a person to read", count(more, "more mail")));
    }
    if report.too_large > 0 {
        let mails = count(report.too_large, "mail");
        context
            .ui
            .say(&format!("{mails} too large to be looked at: somebody has to read them"));
    }
}

/// What lies there still, for somebody who sits here.
fn tell_waiting(context: &Context, report: &Report, store_dir: &Path) {
    if report.waiting > 0 {
        let mails = count(report.waiting, "mail");
        context
            .ui
            .say(&format!("for a person to read, from earlier readings: {mails}"));
    }
    let kept = kept(store_dir);
    if let Some(folder) = kept.first().and_then(|path| path.parent()) {
        let (mails, folder) = (count(kept.len() as u64, "mail"), folder.display());
        context.ui.say(&format!(
            "handed in, for a person to read, act on and remove from `{folder}`: {mails}"
        ));
    }
}

fn needs_a_person(answer: &Answer) -> String {
    let (from, written) = &answer.opening;
    let from = from
        .as_ref()
        .or(answer.address.as_ref())
        .map(|address| format!("from {}", address.masked()));
    let written = written.map(|at| format!("of {}", moment(at)));
    let which: Vec<String> = from.into_iter().chain(written).collect();
    let which = if which.is_empty() {
        String::new()
    } else {
        format!(" ({})", which.join(", "))
    };
    format!("a mail needs a person: {}{which}", answer.detail)
}

/// `3 mails: 1 unsubscribed, 1 bounce, 1 ignored`.
fn summary(report: &Report, dry_run: bool) -> String {
    let of = |kind, outcome| {
        let is_meant = |answer: &&Answer| answer.kind == kind && answer.outcome == outcome;
        report.answers.iter().filter(is_meant).count() as u64
    };
    let parts = [
        (of(MailKind::Unsubscribe, Outcome::Acted), "left"),
        (of(MailKind::Complaint, Outcome::Acted), "complained"),
        (of(MailKind::Bounce, Outcome::Acted), "came back"),
        (report.of(Outcome::Stood), "changed nothing"),
        (report.of(Outcome::Ignored), "ask for nothing"),
        (report.of(Outcome::Unproved), "proved nothing and stay where they are"),
        (report.of(Outcome::ForAPerson), "for a person to read"),
        (report.known, "known already"),
    ];
    let words: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{number} {what}"))
        .collect();
    let mails = count(report.answers.len() as u64 + report.known, "mail");
    let told = match words.is_empty() {
        true => "no mail".to_owned(),
        false => format!("{mails}: {}", listed(&words)),
    };
    match dry_run {
        true => format!("{told}; nothing was changed"),
        false => told,
    }
}

fn row(answer: &Answer) -> Vec<String> {
    let scopes: Vec<String> = answer.scopes.iter().map(ToString::to_string).collect();
    let detail = match scopes.is_empty() {
        true => answer.detail.clone(),
        false => format!("no more of {}: {}", listed(&scopes), answer.detail),
    };
    vec![
        answer.outcome.as_str().replace('_', " "),
        answer.kind.as_str().replace('_', " "),
        answer.address.as_ref().map_or_else(String::new, ToString::to_string),
        detail,
    ]
}

fn shape(answer: &Answer) -> Shape<'_> {
    Shape {
        mail: answer.mail_text(),
        kind: answer.kind.as_str(),
        outcome: answer.outcome.as_str(),
        address: answer.address.as_ref().map(Address::as_str),
        all_mail: answer.scopes.contains(&Scope::All),
        lists: answer
            .scopes
            .iter()
            .filter_map(|scope| match scope {
                Scope::All => None,
                Scope::List(name) => Some(name.as_str()),
            })
            .collect(),
        detail: &answer.detail,
    }
}
