//! The command line as a person meets it: one file a command, then what every command owes to bad input and odd surroundings.
//!
//! Each story gives files and a line to type, and holds the whole answer against what was promised: data, talk and exit code.

mod backup;
mod canary;
mod cancel;
mod cap;
mod check;
mod consent;
mod cron;
mod cron_log;
mod cron_manners;
mod cron_minutes;
mod cron_status;
mod doctor;
mod forget;
mod help;
mod hold;
mod hours;
mod import;
mod init;
mod json;
mod letters;
mod log;
mod mail_in;
mod new;
mod pace;
mod people;
mod plan;
mod plan_file;
mod real_relay;
mod rehearse;
mod resend;
mod resolve;
mod run;
mod segments;
mod send;
mod status;
mod strikes;
mod suppress;
mod surroundings;
mod test_letter;
mod turns;
mod why;
mod wrong_files;
mod wrong_lists;
mod wrong_relays;
mod wrong_schedules;
mod wrong_stores;

use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;

const SETTINGS: &str = "\
clinic:
  name: Mill Lane Clinic
  postal_address: 12 Mill Lane, Bath
  contact: hello@mill-lane.example
  jurisdiction: GB
sender: {from: Mill Lane Clinic <tips@mill-lane.example>}
timezone: Europe/London
unsubscribe: {mailto: unsubscribe@mill-lane.example, read_by_hand: true}
";

const CAMPAIGN: &str = "\
id: t1ps
title: Tips
audience: {lists: [patients]}
template: letter
articles:
  - {file: sleep.md}
  - {file: walks.md}
";

const TEMPLATE: &str = "\
<html><body><p>{{ greeting }}</p>
{{ article.html }}
<p>{{ clinic.name }}, {{ clinic.postal_address }}</p>
<p><a href=\"{{ unsubscribe.link }}\">Unsubscribe</a></p></body></html>
";

/// An article with this id, as a person would write it.
fn article(id: &str) -> String {
    format!(
        "---\nid: {id}\ntitle: All about {id}\nsubject: All about {id}\n\
         preheader: A line of at least forty characters that says what it is.\n---\n\nA text on {id}, short and kind.\n"
    )
}

/// A clinic with one campaign, `tips`, of two articles, without a schedule, for `people` patients who all said yes.
pub(crate) fn clinic(people: usize) -> Workspace {
    Workspace::empty()
        .file("tidings.yaml", SETTINGS)
        .file("campaigns/tips/campaign.yaml", CAMPAIGN)
        .file("campaigns/tips/sleep.md", &article("sleep"))
        .file("campaigns/tips/walks.md", &article("walks"))
        .file("templates/letter.html", TEMPLATE)
        .with_people(people)
}

/// The same clinic with a judge for its test relay.
pub(crate) fn clinic_with(judge: &Judge, people: usize) -> Workspace {
    clinic(people).relay(judge.port(), 1)
}

/// A send that could not reach anybody: three letters wait.
fn waiting(judge: &Judge) -> Workspace {
    let clinic = clinic_with(judge, 3);
    judge.add(Rule::at(Phase::Mail).reply("550 5.7.1 sender not allowed"));
    type_in(&clinic, "send tips").exits(78);
    judge.heal();
    clinic
}

/// Waits until a letter has been begun with the relay.
fn until_under_way(judge: &Judge) {
    until("a letter under way", || {
        judge.commands().iter().any(|(_, line)| line.starts_with("RCPT"))
    });
}

/// Types `line` in the workspace; there are no quotes, so every word is one argument.
#[track_caller]
fn type_in(workspace: &Workspace, line: &str) -> Output {
    let words: Vec<&str> = line.split_whitespace().collect();
    workspace.run(&words)
}

/// The whole answer to `line`: exit code, every word of data and every word of talk, the workspace's folder written as `HERE`.
#[track_caller]
fn answers(workspace: &Workspace, line: &str, code: i32, data: &str, talk: &str) {
    let output = type_in(workspace, line).exits(code);
    let here = workspace.root().canonicalize().unwrap();
    let told = |text: &str| text.replace(here.to_str().unwrap(), "HERE");
    assert_eq!(told(&output.stdout), data, "the data of `tidings {line}`\n{output}");
    assert_eq!(told(&output.stderr), talk, "the talk of `tidings {line}`\n{output}");
}

/// The relay saw nobody's letter, and the store that may be there holds none.
#[track_caller]
fn assert_nobody_was_written_to(workspace: &Workspace, judge: &Judge) {
    assert_eq!(judge.deliveries().len(), 0, "letters left");
    let log = type_in(workspace, "log --json").exits(0);
    assert_eq!(log.json().len(), 0, "letters are on record\n{log}");
}
