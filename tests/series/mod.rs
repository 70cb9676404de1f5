//! Series through the program itself: newcomers, their steps and what happens to both, at played moments and with a test relay.
//!
//! Promises: what is asked of the letters is asked of the relay's record. Knows nothing of the store.

mod ahead;
mod closed;
mod faulty;
mod left_out;
mod orders;
mod renamed;
mod restored;
mod shown;
mod steps;
mod texts;
mod year;

use crate::cli::clinic;
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A welcome at once, tips after a week, a question after two.
const SERIES: &str = "\
id: w3lc0me
title: Welcome
audience: {lists: [patients]}
template: letter
series:
  - {file: welcome.md, after: 0d}
  - {file: tips.md, after: 7d}
  - {file: question.md, after: 14d}
";

/// The moment at which everybody's series is set up.
const BEGIN: &str = "2026-03-01T06:00Z";

/// An article with this id and one sentence.
fn article(id: &str, says: &str) -> String {
    format!(
        "---\nid: {id}\ntitle: All about {id}\nsubject: All about {id}\n\
         preheader: A line of at least forty characters that says what it is.\n---\n\n{says}\n"
    )
}

/// A list of these people, `(name, day of joining)`, all with consent; whoever stands in it already stays.
fn list(people: &[(&str, &str)]) -> String {
    let mut text = "email,first_name,joined,consent,consent_date\n".to_owned();
    for (name, joined) in people {
        writeln!(text, "{name}@patients.example,{name},{joined},yes,2020-01-01").unwrap();
    }
    text
}

/// A clinic with a series that begins at [`BEGIN`], and nobody on its list but those of before.
fn welcoming(judge: &Judge, more: &str) -> Workspace {
    let clinic = clinic(1).relay(judge.port(), 1);
    std::fs::remove_dir_all(clinic.path("campaigns/tips")).unwrap();
    let clinic = clinic
        .file("campaigns/welcome/campaign.yaml", &format!("{SERIES}{more}"))
        .file(
            "campaigns/welcome/welcome.md",
            &article("welcome", "Welcome to the clinic, from all of us."),
        )
        .file(
            "campaigns/welcome/tips.md",
            &article("tips", "Some tips for your first weeks with us."),
        )
        .file(
            "campaigns/welcome/question.md",
            &article("question", "How have you been, since you came to us?"),
        );
    people(&clinic, &[]);
    at(&clinic, "run", BEGIN).exits(0).says_nothing();
    clinic
}

/// The list from now on: three old patients, and these.
fn people(clinic: &Workspace, people: &[(&str, &str)]) {
    let old = [("olga", "2019-05-01"), ("otto", "2020-05-01"), ("olaf", "2021-05-01")];
    clinic.write("subscribers/patients.csv", list(&[&old, people].concat()));
}

/// Brings the list in by hand, as somebody does who has looked at it.
#[track_caller]
fn import(clinic: &Workspace, moment: &str) {
    at(clinic, "import subscribers/patients.csv --yes", moment).exits(0);
}

/// Types `line` at a played moment.
#[track_caller]
fn at(clinic: &Workspace, line: &str, moment: &str) -> Output {
    let words: Vec<&str> = line.split_whitespace().chain(["--now", moment]).collect();
    clinic.run(&words)
}

/// Who has which steps, in the order in which the relay took them: `ann: welcome tips`.
fn taken(judge: &Judge) -> Vec<String> {
    let mut people: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for letter in judge.accepted() {
        let name = letter.recipient.split('@').next().unwrap_or_default().to_owned();
        let text = String::from_utf8_lossy(&letter.letter(judge)).into_owned();
        let subject = text
            .lines()
            .find_map(|line| line.strip_prefix("Subject: All about "))
            .unwrap();
        people
            .entry(name)
            .or_default()
            .push(subject.split(' ').next().unwrap_or_default().to_owned());
    }
    people
        .into_iter()
        .map(|(name, steps)| format!("{name}: {}", steps.join(" ")))
        .collect()
}
