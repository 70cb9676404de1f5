//! Forgetting, killed at every system call of any weight: either nothing has happened and the command is given again, or `run` finishes
//! what it left. In the end no byte of the address is under `.tidings/`, and the books agree.
//!
//! `TIDINGS_SWEEP=all` falls on every point, `TIDINGS_SWEEP=K` on every K-th; where nobody asks, a few are drawn.

use super::cases::copy;
use super::chance::Chance;
use super::clinic::{self, CAMPAIGN};
use super::figures::say;
use super::sweep::pass_over;
use super::tracer::{self, Point, Thread};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::people::address;
use crate::support::scan::{assert_no_trace, assert_traces};
use crate::support::stopwatch::Stopwatch;
use crate::support::workspace::Workspace;

/// Points where nobody asks for more.
const SAMPLE: usize = 16;
/// Whom the axe finds in the middle of being forgotten.
const WHO: usize = 3;

/// A clinic with a deferred letter, a rehearsal, and a store that was laid aside.
fn template() -> Workspace {
    let judge = Judge::start_apart().rule(
        Rule::at(Phase::Rcpt)
            .to(&address(WHO))
            .reply("451 4.2.1 try again later, person3@patients.example"),
    );
    let clinic = clinic::clinic(&judge, 5, 1);
    clinic.run(&["send", CAMPAIGN]).exits(0);
    clinic.run(&["backup", "old.tidings"]).exits(0);
    clinic.run(&["restore", "old.tidings", "--replace"]);
    clinic.run(&["resolve", CAMPAIGN, "--not-sent", "--yes"]);
    clinic.run(&["release", CAMPAIGN]);
    clinic.run(&["rehearse"]);
    assert_traces(clinic.root(), &address(WHO));
    clinic
}

/// Kills the command at `point` and holds that everything can be finished; gives whether it was killed, and had forgotten by then.
fn fall(template: &Workspace, judge: &Judge, point: &Point) -> (bool, bool) {
    let clinic = Workspace::empty();
    copy(template.root(), clinic.root());
    let who = address(WHO);
    let verb = ["people", "forget", who.as_str(), "--yes"];
    let killed = tracer::kill_at(&clinic, judge, &verb, 1, point).status.is_none();
    let shown = clinic.run(&["people", "show", &who]).exits(0);
    let is_forgotten = shown.stdout.contains("erased on");
    match is_forgotten {
        true => drop(clinic.run(&["run"])),
        false => drop(clinic.run(&verb).exits(0)),
    }
    assert_no_trace(&clinic.path(".tidings"), &[&who]);
    clinic.assert_numbers_close();
    clinic.run(&["doctor", "--offline"]).exits(0);
    (killed, is_forgotten)
}

#[test]
fn wherever_forgetting_is_killed_the_next_command_finishes_it() {
    if tracer::strace().is_none() {
        return pass_over("the sweep over `people forget` needs `strace`, which is not installed");
    }
    let (began, template, judge) = (Stopwatch::start(), template(), Judge::start_apart());
    let counted = Workspace::empty();
    copy(template.root(), counted.root());
    let verb = ["people", "forget", "person3@patients.example", "--yes"];
    let counts = tracer::count(&counted, &judge, &verb, 1, Thread::Main);
    let points: Vec<Point> = counts
        .into_iter()
        .flat_map(|(call, nths)| {
            nths.into_iter().map(move |nth| Point {
                thread: Thread::Main,
                call: call.clone(),
                nth,
            })
        })
        .collect();
    let drawn = drawn(&points);
    let fallen: Vec<(bool, bool)> = drawn.iter().map(|point| fall(&template, &judge, point)).collect();
    let count = |wanted: fn(&(bool, bool)) -> bool| fallen.iter().filter(|one| wanted(one)).count();
    say("forget", "points of an undisturbed run, counted", points.len());
    say("forget", "kills", count(|(killed, _)| *killed));
    say(
        "forget",
        "kills before anything had happened",
        count(|(killed, done)| *killed && !done),
    );
    say(
        "forget",
        "kills that `run` finished",
        count(|(killed, done)| *killed && *done),
    );
    say("forget", "bytes of the address left", 0);
    say("forget", "seconds", began.shows().as_secs());
    assert!(count(|(killed, _)| *killed) * 2 > fallen.len(), "the axe misses: {fallen:?}");
}

fn drawn(points: &[Point]) -> Vec<Point> {
    let asked = std::env::var("TIDINGS_SWEEP").ok();
    let step = match asked.as_deref() {
        None => {
            let mut chance = Chance::new(31);
            return (0..SAMPLE).map(|_| chance.of(points)).collect();
        }
        Some("all") => 1,
        Some(step) => step.parse().expect("`TIDINGS_SWEEP` is `all` or a number"),
    };
    points.iter().step_by(step).cloned().collect()
}
