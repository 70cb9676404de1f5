//! Killed while one edition is superseded and the next begins: at every sync of the main thread, which is where the store's steps end.
//!
//! Whatever was on the disk by then, the next run ends with the old edition called off, the new one with everybody once, and nothing twice.

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

#[test]
fn a_kill_between_superseding_and_beginning_loses_nothing_and_sends_nothing_twice() {
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
    let (mut killed, mut between) = (0, 0);
    for nth in 1..MOST {
        let judge = Judge::start();
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
        let output = clinic.spawn_through(&wrapper, &["run", "--now", "2027-01-12T09:00Z"]).wait();
        if output.status == Some(0) {
            break;
        }
        killed += 1;
        let status = &type_in(&clinic, "status --json --now 2027-01-12T09:05Z").json()[0];
        let editions = status["editions"].as_array().unwrap();
        let is_begun = editions
            .iter()
            .any(|edition| edition["edition"] == "t1ps/walks" && edition["status"] == "released");
        between += usize::from(editions[0]["status"] == "cancelled" && !is_begun);
        run(&clinic, "2027-01-12T09:15Z");
        run(&clinic, "2027-01-12T09:30Z");
        let status = &type_in(&clinic, "status --json --now 2027-01-12T10:00Z").json()[0];
        let told = format!("killed at sync {nth}: {status:#}");
        let ended = status["editions"][0]["ended"].as_str();
        assert_eq!(ended, Some("superseded by `walks`, due Tue 12 Jan 2027 09:00 GMT"), "{told}");
        assert_eq!(status["editions"][1]["states"], serde_json::json!({"accepted": 3}), "{told}");
        assert_eq!(judge.deliveries().len(), 3, "{told}");
    }
    println!("proof| turns | kills while one edition supersedes another | {killed}, {between} of them between the two");
    assert!(
        (5..MOST - 1).contains(&killed) && between > 0,
        "{killed} kills, {between} between the two"
    );
}
