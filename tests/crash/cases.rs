//! What the sweep sweeps over: a prepared workspace, copied for every point, and what is typed in it.
//!
//! Promises: after every kill and every run that mends it, the invariants are held; an order that was killed is on record whole or not
//! at all; in the end nobody waits, nobody is missing, and the program's own audit agrees.

use super::books::Books;
use super::clinic::{self, CAMPAIGN};
use super::invariants::{self, Faults};
use super::mode::{self, Mode};
use super::tracer::{self, Point, THREADS, Thread};
use crate::support::judge::{Delivery, Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;
use std::path::Path;

/// People of a sweep's edition.
const PEOPLE: usize = 12;
/// Letters that the relay has before a crash.
const BEFORE: usize = 3;

/// One thing to sweep over.
pub(super) struct Case {
    pub(super) name: &'static str,
    template: Workspace,
    mode: &'static Mode,
    pub(super) connections: usize,
    pub(super) verb: Vec<String>,
    /// The threads whose calls are swept over.
    pub(super) threads: &'static [Thread],
    /// How many decisions the whole order makes, where the verb is one.
    order: Option<usize>,
    /// What a judge had before.
    before: Vec<Delivery>,
}

pub(super) fn all() -> Vec<Case> {
    vec![
        first_send("first send, 1 connection", &mode::STOP_AND_WAIT, 1),
        letters_leave("letters leave, 4 connections", &mode::STOP_AND_WAIT, 4),
        letters_leave("letters leave, 1 connection, grouped", &mode::GROUPED, 1),
        letters_leave("letters leave, 4 connections, grouped", &mode::GROUPED, 4),
        letters_leave(
            "letters leave, 1 connection, grouped, 2 in flight",
            &mode::GROUPED_IN_PAIRS,
            1,
        ),
        letters_leave("letters leave, 1 connection, chunked, 4 in flight", &mode::CHUNKED, 1),
        crashed("resume, 4 connections, grouped", &mode::GROUPED, 4, &["run"], None),
        crashed(
            "cancel",
            &mode::STOP_AND_WAIT,
            4,
            &["cancel", CAMPAIGN],
            Some(PEOPLE - BEFORE - 4),
        ),
        in_doubt("resolve", 4, |_| words(&["resolve", CAMPAIGN, "--not-sent"])),
        in_doubt("resend", 2, |books| {
            let accepted: Vec<String> = books.people("accepted").into_iter().take(2).collect();
            words(&["resend", CAMPAIGN, "--to", &accepted[0], "--to", &accepted[1]])
        }),
    ]
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// The first send of all, from no store to the last letter.
fn first_send(name: &'static str, mode: &'static Mode, connections: usize) -> Case {
    Case {
        name,
        template: clinic::clinic(&Judge::start_apart(), PEOPLE, connections),
        mode,
        connections,
        verb: words(&["send", CAMPAIGN]),
        threads: &THREADS,
        order: None,
        before: Vec::new(),
    }
}

/// The same, of which the main thread has had its turn: what is done before the first letter and after the last is the same in all modes.
fn letters_leave(name: &'static str, mode: &'static Mode, connections: usize) -> Case {
    Case {
        threads: &THREADS[1..],
        ..first_send(name, mode, connections)
    }
}

/// After a crash that left a letter under way on each connection.
fn crashed(name: &'static str, mode: &'static Mode, connections: usize, verb: &[&str], order: Option<usize>) -> Case {
    let (template, judge) = crash(connections);
    Case {
        name,
        template,
        mode,
        connections,
        verb: words(verb),
        threads: if order.is_some() { &THREADS[..1] } else { &THREADS },
        order,
        before: judge.deliveries(),
    }
}

/// An order about an edition that is complete but for four letters in doubt.
fn in_doubt(name: &'static str, decisions: usize, verb: impl FnOnce(&Books) -> Vec<String>) -> Case {
    let (template, judge) = crash(4);
    judge.heal();
    template.run(&["run"]).exits(1);
    judge.settle();
    Case {
        name,
        verb: verb(&Books::read(&template)),
        template,
        mode: &mode::STOP_AND_WAIT,
        connections: 4,
        threads: &THREADS[..1],
        order: Some(decisions),
        before: judge.deliveries(),
    }
}

fn crash(connections: usize) -> (Workspace, Judge) {
    let judge = Judge::start_apart().rule(Rule::at(Phase::Dot).after(BEFORE).hang().kept());
    let template = clinic::clinic(&judge, PEOPLE, connections);
    let running = template.spawn(&["send", CAMPAIGN]);
    until("a letter on each connection", || judge.letters() >= BEFORE + connections);
    running.kill();
    judge.settle();
    assert_eq!(Books::read(&template).count(&["sending"]), connections);
    (template, judge)
}

impl Case {
    /// Whether nobody is spoken to: then there are no threads to watch but the main one.
    fn is_order(&self) -> bool {
        self.order.is_some()
    }

    /// A copy of the template with a judge of its own.
    pub(super) fn copy(&self) -> (Workspace, Judge) {
        let (judge, clinic) = (self.mode.judge(), Workspace::empty());
        copy(self.template.root(), clinic.root());
        (self.mode.relay(clinic, &judge, self.connections), judge)
    }

    /// Kills at `point` and holds that everything can be mended; `false` where the run came to its end undisturbed.
    pub(super) fn fall(&self, point: &Point) -> bool {
        /// More runs than it takes to come to an end.
        const MOST: usize = 4;
        let (clinic, judge) = self.copy();
        let before = Books::read(&clinic);
        let verb: Vec<&str> = self.verb.iter().map(String::as_str).collect();
        let output = tracer::kill_at(&clinic, &judge, &verb, self.connections, point);
        let told = format!("{}, {point:?}", self.name);
        let mut last = self.hold(&told, &clinic, &judge, (&before, !self.is_order()), &output);
        self.assert_whole_or_not_at_all(&told, &before, &last);
        for _ in 0..MOST {
            if last.is_done() {
                break;
            }
            let verb: &[&str] = if last.is_released() { &["run"] } else { &["send", CAMPAIGN] };
            let output = clinic.run(verb);
            last = self.hold(&format!("{told}, then {verb:?}"), &clinic, &judge, (&last, true), &output);
        }
        self.assert_ended(&told, &clinic, &before, &last);
        judge.assert_polite();
        output.status.is_none()
    }

    /// The invariants after one run; of `before` the books are compared where the run's ending is that of a sender.
    fn hold(&self, told: &str, clinic: &Workspace, judge: &Judge, before: (&Books, bool), output: &Output) -> Books {
        judge.settle();
        let books = Books::read(clinic);
        let record = [self.before.clone(), judge.deliveries()].concat();
        let mut faults: Faults = invariants::of_books(&books, &record);
        faults.extend(invariants::of_talk(output, &self.verb));
        match (output.status, before) {
            (Some(_), (before, true)) => faults.extend(invariants::of_ending(output, before, &books)),
            (Some(0), (_, false)) => {}
            (Some(code), (_, false)) => faults.push(format!("the order ended with {code}")),
            (None, _) => faults.extend(invariants::of_doubts(&books, self.mode.most(self.connections))),
        }
        assert!(faults.is_empty(), "{told}:\n{}\n{output}", faults.join("\n"));
        books
    }

    fn assert_whole_or_not_at_all(&self, told: &str, before: &Books, after: &Books) {
        let decisions = |books: &Books| books.lines.iter().map(|line| line.changes.len()).sum::<usize>();
        let made = decisions(after) - decisions(before);
        let is_on_record = after.orders != before.orders;
        let whole = self.order.is_none_or(|whole| made == whole && is_on_record);
        assert!(
            whole || (made == 0 && !is_on_record),
            "{told}: {made} decisions, {:?}",
            after.orders
        );
    }

    fn assert_ended(&self, told: &str, clinic: &Workspace, before: &Books, last: &Books) {
        let in_doubt = last.count(&["in_doubt"]);
        let most = self.mode.most(self.connections) + before.count(&["sending", "in_doubt"]);
        let settled = last.count(&["accepted", "cancelled"]) + in_doubt;
        assert!(settled == PEOPLE && in_doubt <= most, "{told}: somebody is missing: {last:?}");
        clinic.run(&["run"]).exits(0).says_nothing();
        clinic.run(&["doctor", "--offline"]).exits(0);
    }
}

pub(super) fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        match entry.file_type().unwrap().is_dir() {
            true => {
                std::fs::create_dir(&to).unwrap();
                std::fs::set_permissions(&to, entry.metadata().unwrap().permissions()).unwrap();
                copy(&from, &to);
            }
            false => drop(std::fs::copy(&from, &to).unwrap()),
        }
    }
}
