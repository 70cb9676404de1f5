//! `run --log-file`: what happened, a line each, in a file that may be taken away at any time.

use super::{clinic, clinic_with, type_in, until_under_way};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use std::os::unix::fs::PermissionsExt as _;

/// The sample workspace, whose campaign is due on the first Tuesday of the month at 09:00.
pub(super) fn seasonal(judge: &Judge) -> Workspace {
    Workspace::sample().with_people(3).relay(judge.port(), 1)
}

/// The lines of a log without their instants and process numbers, which have to be there.
#[track_caller]
fn told(log: &str) -> Vec<String> {
    let line = |line: &str| {
        let (head, words) = line.split_once("]: ").unwrap_or_else(|| panic!("no line of ours: {line}"));
        let (at, process) = head.split_once(" tidings[").unwrap();
        assert!(at.len() == 20 && at.parse::<jiff::Timestamp>().is_ok(), "{line}");
        assert!(process.parse::<u32>().is_ok(), "{line}");
        words.split(" after ").next().unwrap().to_owned()
    };
    log.lines().map(line).collect()
}

#[test]
fn what_happened_is_told_and_silence_leaves_nothing() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no person2@patients.example here"),
    );
    let clinic = seasonal(&judge);
    type_in(&clinic, "run --log-file run.log --now 2026-12-01T08:59Z")
        .exits(0)
        .says_nothing();
    assert!(!clinic.path("run.log").exists(), "nothing happened");
    type_in(&clinic, "run --log-file run.log --now 2026-12-01T09:00Z").exits(1);
    let log = clinic.read("run.log");
    let lines = told(&log);
    assert_eq!(lines[0], "run begun");
    let begun = "`seasonal-immunity/massage-and-immunity`: begun, due 2026-12-01 09:00:00 GMT, 3 letters planned";
    assert_eq!(lines[1], begun);
    assert!(lines[2].starts_with("failed: p") && lines[2].contains("550"), "{log}");
    assert_eq!(
        lines[3..],
        [
            "1 address is not written to any more: `tidings suppress list` names it",
            "`seasonal-immunity/massage-and-immunity`: no letter of it waits any more",
            "error: 1 letter needs a person to look at",
            "hint: `tidings status` counts them, `tidings log --state STATE` names them, `tidings why ADDRESS` tells each story",
            "run ended with exit code 1",
        ],
        "{log}"
    );
    assert!(log.contains("2 letters accepted by the relay and 1 failed\n"), "{log}");
    assert!(log.starts_with("2026-12-01T09:00:0"), "{log}");
    assert!(!log.contains("person2"), "whole addresses in\n{log}");
    let mode = std::fs::metadata(clinic.path("run.log")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    type_in(&clinic, "run --log-file run.log --now 2026-12-01T09:15Z")
        .exits(0)
        .says_nothing();
    assert_eq!(clinic.read("run.log"), log, "nothing more happened");
    type_in(&clinic, "run --log-file run.log --now 2027-01-06T09:00Z").exits(1);
    let lines = told(&clinic.read("run.log")[log.len()..]);
    assert!(
        lines
            .iter()
            .any(|line| line.contains(": on hold: due Tue 5 Jan 2027 09:00 GMT")),
        "{lines:?}"
    );
}

#[test]
fn a_log_that_is_moved_away_in_the_middle_of_a_run_is_begun_anew() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).behind_the_gate());
    let clinic = seasonal(&judge);
    let run = clinic.spawn(&["run", "--log-file", "run.log", "--now", "2026-12-01T09:00Z"]);
    until_under_way(&judge);
    std::fs::rename(clinic.path("run.log"), clinic.path("run.log.1")).unwrap();
    judge.open_gate();
    run.wait().exits(0).says_nothing();
    let (old, new) = (told(&clinic.read("run.log.1")), told(&clinic.read("run.log")));
    assert_eq!(old[0], "run begun");
    assert!(old.iter().all(|line| !line.starts_with("run ended")), "{old:?}");
    assert_eq!(new.last().unwrap(), "run ended with exit code 0", "{new:?}");
    assert!(new.iter().all(|line| line != "run begun"), "{new:?}");
}

#[test]
fn a_log_that_cannot_be_written_is_told_once_and_stops_nothing() {
    let fifo = |clinic: &Workspace| {
        let made = std::process::Command::new("mkfifo")
            .arg(clinic.path("pipe"))
            .status()
            .unwrap();
        assert!(made.success());
    };
    for (file, why) in [
        ("/dev/full", "No space left on device"),
        ("nowhere/run.log", "No such file or directory"),
        ("pipe", "it is a pipe, not a file"),
    ] {
        let judge = Judge::start();
        let clinic = seasonal(&judge);
        fifo(&clinic);
        let run = ["run", "--log-file", file, "--now", "2026-12-01T09:00Z"];
        let output = clinic.run(&run).exits(0);
        assert_eq!(output.stderr, format!("cannot write the log `{file}`: {why}\n"), "{output}");
        assert_eq!(judge.accepted().len(), 3);
    }
}

#[test]
fn lines_of_many_runs_are_whole_lines() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 0);
    clinic.write("campaigns/tips/campaign.yaml", "id: t1ps\n");
    let runs: Vec<_> = (0..8).map(|_| clinic.spawn(&["run", "--log-file", "run.log"])).collect();
    // Whoever finds another one at work has nothing to say.
    let codes: Vec<Option<i32>> = runs.into_iter().map(|run| run.wait().status).collect();
    let spoke = codes.iter().filter(|code| **code == Some(65)).count();
    assert!(spoke > 0, "none of the runs had the lock");
    let lines = told(&clinic.read("run.log"));
    let of = |words: &str| lines.iter().filter(|line| line.starts_with(words)).count();
    assert_eq!(
        (of("run begun"), of("run ended with exit code 65")),
        (spoke, spoke),
        "{lines:?}"
    );
}

#[test]
fn broken_settings_and_a_dead_relay_stand_in_the_log() {
    let clinic = clinic(3).file("tidings.yaml", "clinic: {name: A}\n");
    type_in(&clinic, "run --log-file run.log").exits(65);
    let log = clinic.read("run.log");
    assert!(
        log.contains("error: the settings have to be mended first; nothing was sent\n"),
        "{log}"
    );
    assert!(log.contains("]: tidings.yaml:1:1: error: "), "{log}");
    assert!(
        log.contains("]: run ended with exit code 65 after 0 s: nothing sent\n"),
        "{log}"
    );
    assert!(!log.contains('\u{1b}'), "colour in {log}");
}

#[test]
fn a_run_behind_another_one_writes_nothing() {
    let judge = Judge::start().rule(Rule::at(Phase::Banner).hang());
    let clinic = seasonal(&judge);
    let first = clinic.spawn(&["run", "--now", "2026-12-01T09:00Z"]);
    until("a run that has called the relay", || judge.connections() > 0);
    type_in(&clinic, "run --log-file run.log --status-file status.json")
        .exits(0)
        .says_nothing();
    assert!(!clinic.path("run.log").exists() && !clinic.path("status.json").exists());
    first.kill();
}
