//! Killed while an edition begins and ends others: at every sync of the main thread, which is where the store's steps end.
//!
//! What an edition's start means for others is true from its start on, and not before: at no kill is an edition called off for one that
//! has not begun, or a turn left out for a letter that was not released. The next run ends with everybody once, and nothing twice.

use super::{Workspace, clinic, run, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

/// More syncs than any such run makes.
const MOST: usize = 60;

/// Whether strace is here and may trace; where it is not, the test says so, and fails in CI.
fn strace_is_usable() -> bool {
    let tried = Command::new("strace").args(["-qq", "-e", "trace=none", "true"]).output();
    let is_usable = tried.is_ok_and(|output| output.status.success());
    let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(
        is_usable || !in_ci,
        "`strace` cannot trace here, and in CI no test is passed over"
    );
    if !is_usable {
        writeln!(std::io::stderr(), "PASSED OVER: the kills between two editions need `strace`").ok();
    }
    is_usable
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A copy of a workspace, run under strace that kills it at its `nth` sync; what is in the copy then, or nothing where it came to its end.
fn killed_at(before: &Workspace, judge: &Judge, nth: usize, command: &[&str]) -> Option<Workspace> {
    let clinic = Workspace::empty();
    copy(before.root(), clinic.root());
    let clinic = clinic.relay(judge.port(), 1);
    let inject = format!("inject=fsync,fdatasync:signal=KILL:when={nth}");
    let wrapper = [
        "strace",
        "-qqq",
        "-o",
        "/dev/null",
        "-e",
        "trace=fsync,fdatasync",
        "-e",
        &inject,
    ];
    let output = clinic.spawn_through(&wrapper, command).wait();
    (output.status != Some(0)).then_some(clinic)
}

/// The status of this edition, if there is one.
fn standing<'a>(status: &'a serde_json::Value, edition: &str) -> Option<&'a str> {
    let editions = status["editions"].as_array().unwrap();
    let found = editions.iter().find(|line| line["edition"] == edition);
    found.and_then(|line| line["status"].as_str())
}

#[test]
fn no_kill_calls_an_edition_off_for_one_that_has_not_begun() {
    if !strace_is_usable() {
        return;
    }
    let judge = Judge::start();
    let before = clinic(&judge, super::WEEKLY);
    judge.add(
        Rule::at(Phase::Rcpt)
            .to("person1@patients.example")
            .times(1)
            .reply("450 4.2.0 come back"),
    );
    run(&before, "2027-01-05T09:00Z").exits(0);
    type_in(&before, "hold t1ps/sleep").exits(0);
    let (mut earlier, mut later) = (0, 0);
    for nth in 1..MOST {
        let judge = Judge::start();
        let Some(clinic) = killed_at(&before, &judge, nth, &["run", "--now", "2027-01-12T09:00Z"]) else {
            break;
        };
        let status = &type_in(&clinic, "status --json --now 2027-01-12T09:05Z").json()[0];
        let is_begun = standing(status, "t1ps/walks") == Some("released");
        let is_over = standing(status, "t1ps/sleep") == Some("cancelled");
        assert_eq!(is_begun, is_over, "killed at sync {nth}: {status:#}");
        match is_begun {
            true => later += 1,
            false => earlier += 1,
        }
        run(&clinic, "2027-01-12T09:15Z");
        run(&clinic, "2027-01-12T09:30Z");
        let status = &type_in(&clinic, "status --json --now 2027-01-12T10:00Z").json()[0];
        let told = format!("killed at sync {nth}: {status:#}");
        let ended = status["editions"][0]["ended"].as_str();
        assert_eq!(ended, Some("superseded by `walks`, due Tue 12 Jan 2027 09:00 GMT"), "{told}");
        assert_eq!(status["editions"][1]["states"], serde_json::json!({"accepted": 3}), "{told}");
        assert_eq!(judge.deliveries().len(), 3, "{told}");
    }
    println!("proof| turns | kills while one edition supersedes another | {earlier} before its start, {later} after it");
    assert!(earlier > 1 && later > 1, "{earlier} kills before, {later} after");
}

#[test]
fn no_kill_holds_a_late_edition_without_ending_the_one_before() {
    if !strace_is_usable() {
        return;
    }
    let judge = Judge::start();
    let before = clinic(&judge, super::WEEKLY);
    run(&before, "2027-01-05T08:00Z").exits(0);
    run(&before, "2027-01-05T19:00Z").exits(1).tells("found 10 hours late");
    let mut killed = 0;
    for nth in 1..MOST {
        // A late start is no success: that it came to its end is seen by what it said.
        let Some(clinic) = killed_at(&before, &judge, nth, &["run", "--now", "2027-01-12T19:00Z"]) else {
            break;
        };
        let status = &type_in(&clinic, "status --json --now 2027-01-12T19:05Z").json()[0];
        let is_held = status["editions"].as_array().unwrap().iter().any(|line| {
            let is_released = line["status"] == "released";
            assert!(
                line["edition"] != "t1ps/walks" || !is_released || !line["held"].is_null(),
                "{status:#}"
            );
            line["edition"] == "t1ps/walks" && is_released
        });
        let is_over = standing(status, "t1ps/sleep") == Some("cancelled");
        assert_eq!(is_held, is_over, "killed at sync {nth}: {status:#}");
        run(&clinic, "2027-01-12T19:15Z");
        let status = &type_in(&clinic, "status --json --now 2027-01-12T19:30Z").json()[0];
        assert!(!status["editions"][1]["held"].is_null(), "killed at sync {nth}: {status:#}");
        killed += 1;
        if is_held {
            break;
        }
    }
    assert!(killed > 1, "{killed} kills");
    assert_eq!(judge.deliveries().len(), 0);
}

#[test]
fn no_kill_leaves_a_turn_out_for_a_letter_that_was_not_released() {
    if !strace_is_usable() {
        return;
    }
    let judge = Judge::start();
    let before = clinic(&judge, super::WEEKLY);
    run(&before, "2027-01-04T08:00Z").exits(0);
    let (mut earlier, mut later) = (0, 0);
    for nth in 1..MOST {
        let judge = Judge::start();
        let Some(clinic) = killed_at(&before, &judge, nth, &["send", "tips", "--now", "2027-01-11T10:00Z"]) else {
            break;
        };
        let status = &type_in(&clinic, "status --json --now 2027-01-11T10:05Z").json()[0];
        let is_begun = standing(status, "t1ps/sleep") == Some("released");
        let is_left_out = !status["skipped"].as_array().unwrap().is_empty();
        assert_eq!(is_begun, is_left_out, "killed at sync {nth}: {status:#}");
        match is_begun {
            true => later += 1,
            false => earlier += 1,
        }
    }
    println!("proof| turns | kills while a letter by hand takes a turn | {earlier} before its start, {later} after it");
    assert!(earlier > 1 && later > 1, "{earlier} kills before, {later} after");
}
