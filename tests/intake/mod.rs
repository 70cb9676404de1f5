//! Answers to real letters: sent through a relay, answered by people and mail systems, fed from every kind of box, twice.
//!
//! Promises: what a mail is made of stood in a letter that a relay took; nothing is known of the store but its rows.

mod between;
mod boxes;
mod forged;
pub(crate) mod letters;
mod matrix;

use crate::support::judge::Judge;
use crate::support::rows::all_rows;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;

/// A clinic whose `people` patients all got their letter, through a relay that keeps them and counts as a real one.
pub(crate) fn written_to(people: usize) -> (Workspace, Judge) {
    let judge = Judge::start().keeping_letters();
    let port = judge.port();
    let relay = format!("relay: {{host: 127.0.0.1, port: {port}, tls: none, per_second: 1000, warm_up: false}}");
    let clinic = crate::cli::clinic(people).setting(&relay);
    clinic.run(&["send", "tips", "--yes"]).exits(0);
    (clinic, judge)
}

/// The same with a test relay, where moments can be played.
pub(crate) fn tried_out_on(people: usize) -> (Workspace, Judge) {
    let judge = Judge::start().keeping_letters();
    let clinic = crate::cli::clinic_with(&judge, people);
    clinic.run(&["send", "tips"]).exits(0);
    (clinic, judge)
}

/// What the store says, but for when its boxes were last read.
pub(crate) fn dump(clinic: &Workspace) -> Vec<String> {
    let mut rows = all_rows(&clinic.path(".tidings"));
    rows.retain(|row| !row.starts_with("mailbox "));
    rows
}

/// Hands a mail in on standard input, as a mail server does.
pub(crate) fn hand_in(clinic: &Workspace, mail: &str, arguments: &[&str]) -> Output {
    clinic.write("handed.eml", mail);
    let words: Vec<&str> = arguments.iter().copied().chain(["mail-in", "-"]).collect();
    clinic
        .spawn_through(&["sh", "-c", "exec \"$@\" <handed.eml", "sh"], &words)
        .wait()
}

/// Who gets which mail no more, and why: `person1 list `patients` unsubscribed`.
pub(crate) fn suppressed(clinic: &Workspace) -> Vec<String> {
    let listed = clinic.run(&["suppress", "list", "--json"]).exits(0).json();
    let mut lines: Vec<String> = listed
        .iter()
        .map(|line| {
            let who = line["address"].as_str().unwrap_or("?").split('@').next().unwrap();
            format!(
                "{who} {} {}",
                line["list"].as_str().unwrap_or("all"),
                line["reason"].as_str().unwrap()
            )
        })
        .collect();
    lines.sort();
    lines
}
