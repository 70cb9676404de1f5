//! `run --max-minutes`: from then on no letter begins, those under way are heard out, and the next run goes on.

use super::cron_log::seasonal;
use super::{clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Running;
use std::time::Duration;

/// A run whose first letter is at the relay's gate, and how long from now its time is over for certain: it began before. A machine that is too slow to
/// come so far in its time gets twice as much.
fn at_the_gate() -> (Judge, Workspace, Running, Duration) {
    let mut minutes = 0.05;
    while minutes < 2.0 {
        let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).behind_the_gate());
        let clinic = seasonal(&judge);
        let mut run = clinic.spawn(&[
            "run",
            "--max-minutes",
            &minutes.to_string(),
            "--log-file",
            "run.log",
            "--status-file",
            "status.json",
            "--now",
            "2026-12-01T09:00Z",
        ]);
        while run.is_alive() {
            if judge.datas() > 0 {
                return (judge, clinic, run, Duration::from_secs_f64(minutes * 60.0));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        minutes *= 2.0;
    }
    panic!("no run came as far as its first letter");
}

#[test]
fn no_letter_begins_behind_the_last_minute_and_the_next_run_goes_on() {
    let (judge, clinic, run, over) = at_the_gate();
    std::thread::sleep(over);
    judge.open_gate();
    run.wait().exits(75).says_nothing();
    assert_eq!(
        judge.accepted().len(),
        1,
        "the letter under way was heard out, and no other began"
    );
    type_in(&clinic, "status").exits(0).prints("2 pending, 1 accepted");
    let log = clinic.read("run.log");
    assert!(log.contains(": run ended with exit code 75 after "), "{log}");
    assert!(
        log.contains(" s: 1 letter accepted by the relay; stopped for now: the 0."),
        "{log}"
    );
    assert!(log.ends_with(" minutes of `--max-minutes` are over\n"), "{log}");
    let status: serde_json::Value = serde_json::from_str(&clinic.read("status.json")).unwrap();
    assert_eq!(
        (&status["exit_code"], &status["waiting"]),
        (&75.into(), &2.into()),
        "{status}"
    );
    type_in(&clinic, "run --max-minutes 60 --now 2026-12-01T09:15Z")
        .exits(0)
        .says_nothing();
    let mut people: Vec<String> = judge.accepted().into_iter().map(|letter| letter.recipient).collect();
    people.sort();
    people.dedup();
    assert_eq!((people.len(), judge.accepted().len()), (3, 3), "each letter once");
    judge.assert_polite();
}

#[test]
fn a_time_that_is_no_time_is_refused() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 0);
    for minutes in ["0", "-1", "many", "1441", "NaN", "inf"] {
        type_in(&clinic, &format!("run --max-minutes={minutes}"))
            .exits(2)
            .tells("write a number of minutes above 0, up to 1440");
    }
}
