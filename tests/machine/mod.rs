//! The machine's faults: full and broken disks, stopped processes, clocks that jump, many senders at once, signals.
//!
//! Each story sends one edition through a judge, meets its fault at one point of the run, and then goes on with the fault gone until
//! cron has nothing left to do: everybody has their letter or is named in doubt, nobody has two. `cargo test` tells a few points of each
//! fault; `TIDINGS_MACHINE=all` tells them all. A fault that this machine does not allow (mounts, a tracer, a played clock) is passed over
//! and said so, but never in CI.

mod calls;
mod clock;
mod crowd;
mod disk;
mod limits;
mod outputs;
mod read_only;
mod signals;
mod stopped;
pub(crate) mod volume;

use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::Ledger;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;
use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::Duration;

/// The heartbeat, half an hour after the sample campaign's first Tuesday in January is due.
const RUN: &[&str] = &["run", "--now", "2027-01-05T09:30Z"];

/// How many points of a fault are told: a sample, or all that are worth it.
fn points(sample: usize, all: usize) -> usize {
    let asked = std::env::var("TIDINGS_MACHINE").is_ok_and(|asked| asked == "all");
    if asked { all } else { sample }
}

/// Chance that repeats itself: the same seed, the same numbers.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        // Knuth's MMIX generator; its upper bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// One edition on its way through a judge to so many people.
struct Scene {
    clinic: Workspace,
    judge: Judge,
    people: usize,
    connections: usize,
    /// Which point of which fault: said when the story fails.
    told: String,
}

impl Scene {
    fn new(told: String, people: usize, connections: usize) -> Self {
        let judge = Judge::start();
        let clinic = Workspace::sample().with_people(people).relay(judge.port(), connections);
        Self {
            clinic,
            judge,
            people,
            connections,
            told,
        }
    }

    /// The judge takes its time over the last letter, so that a run that is to be met on its way is not over before it is met.
    fn linger(&self) {
        let last = Rule::at(Phase::Rcpt).after(self.people - 1);
        self.judge.add(last.delay(Duration::from_millis(500)));
    }

    /// The log holds against the judge's record, or there is none and nobody got anything.
    #[track_caller]
    fn assert_true(&self) -> Ledger {
        let ledger = self.clinic.ledger();
        match ledger.letters.is_empty() {
            true => assert_eq!(self.judge.accepted(), [], "{}: letters without a log", self.told),
            false => {
                ledger.assert_true(self.people, &self.judge);
                self.clinic.assert_numbers_close();
            }
        }
        ledger
    }

    /// The fault is gone: cron's runs bring the edition to its end and name every doubt; then there is nothing left to say.
    #[track_caller]
    fn comes_to_its_end(&self, heartbeat: &[&str]) -> Toll {
        self.judge.heal();
        let before = self.assert_true();
        let orphans = before.people("sending");
        assert!(orphans.len() <= self.connections, "{}: {orphans:?}", self.told);
        let resumed = self.clinic.run(heartbeat);
        assert_eq!(
            resumed.status,
            Some(i32::from(!orphans.is_empty())),
            "{}\n{resumed}",
            self.told
        );
        for address in &orphans {
            assert!(
                resumed.stdout.contains(address),
                "{}: {address} is not named\n{resumed}",
                self.told
            );
        }
        self.is_at_its_end(heartbeat)
    }

    /// Everybody accepted or in doubt, nobody twice, and one more heartbeat says nothing.
    #[track_caller]
    fn is_at_its_end(&self, heartbeat: &[&str]) -> Toll {
        let ledger = self.assert_true();
        let in_doubt = ledger.people("in_doubt").len();
        let there = ledger.people("accepted").len() + in_doubt;
        assert_eq!(there, self.people, "{}: {:?}", self.told, ledger.counts());
        self.clinic.run(heartbeat).exits(0).says_nothing();
        self.judge.assert_polite();
        Toll {
            lost: self.people - there,
            doubled: doubled(&self.judge),
            in_doubt,
        }
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if std::thread::panicking() {
            writeln!(std::io::stderr(), "the story that failed: {}", self.told).ok();
        }
    }
}

/// How many people the judge took more than one letter for.
fn doubled(judge: &Judge) -> usize {
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for taken in judge.accepted() {
        *copies.entry(taken.recipient).or_default() += 1;
    }
    copies.values().filter(|copies| **copies > 1).count()
}

/// What one story cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Toll {
    lost: usize,
    doubled: usize,
    in_doubt: usize,
}

/// What all points of one fault cost.
struct Figures {
    fault: &'static str,
    points: usize,
    sum: Toll,
}

impl Figures {
    fn of(fault: &'static str) -> Self {
        let sum = Toll::default();
        Self { fault, points: 0, sum }
    }

    fn add(&mut self, toll: Toll) {
        self.add_all(1, toll);
    }

    /// Adds so many points that were judged together.
    fn add_all(&mut self, points: usize, toll: Toll) {
        self.points += points;
        self.sum.lost += toll.lost;
        self.sum.doubled += toll.doubled;
        self.sum.in_doubt += toll.in_doubt;
    }
}

impl Drop for Figures {
    #[expect(clippy::print_stdout, reason = "figures are what a suite is run for")]
    fn drop(&mut self) {
        if std::thread::panicking() || self.points == 0 {
            return;
        }
        let (Self { fault, points, sum }, of) = (&*self, self.sum);
        assert_eq!((sum.lost, sum.doubled), (0, 0), "{fault}");
        println!(
            "proof| machine | {fault} | {points} points, {} lost, {} doubled, {} in doubt, resumed clean",
            of.lost, of.doubled, of.in_doubt
        );
    }
}

/// Whether the failed run has one of these exit codes and says what was found and what to do next, in one error.
fn is_told(output: &Output, codes: &[i32]) -> bool {
    let errors = output.stderr.lines().filter(|line| line.starts_with("error: ")).count();
    let is_code = output.status.is_some_and(|code| codes.contains(&code));
    is_code && errors == 1 && output.stderr.contains("\nhint: ")
}

/// The run says that the store cannot be written, and what to do next.
#[track_caller]
fn assert_told(output: &Output, told: &str) {
    assert!(is_told(output, &[74]), "{told}: 74, one error and a hint\n{output}");
}

/// How many letters the judge has judged so far. Counts whole lines, so that one that is being written does not disturb.
fn judged(judge: &Judge) -> usize {
    let record = std::fs::read(judge.record()).unwrap();
    record.iter().filter(|byte| **byte == b'\n').count()
}

/// What a story needs of this machine, or word on the terminal that it was passed over.
fn or_passed_over<T>(needed: Option<T>, name: &str) -> Option<T> {
    if needed.is_none() {
        let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
        assert!(!in_ci, "{name} is missing, and in CI no test is passed over");
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        // Not `eprintln!`: the test harness swallows that when the test passes.
        writeln!(std::io::stderr(), "PASSED OVER: `{test}` needs {name}").ok();
    }
    needed
}
