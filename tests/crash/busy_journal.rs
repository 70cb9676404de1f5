//! What happens on a connection while the journal is busy: the letter behind leaves, its answer comes, the next one's commands are
//! answered; and all of that is judged only when the journal has answered.
//!
//! Somebody else writes to the store, so that the journal can write nothing. One letter's yes is with the sender and not on record, the
//! letter behind it may leave, and the intent of the one behind that waits to be written.

use super::books::Books;
use super::invariants;
use super::mode::GROUPED_IN_PAIRS;
use super::riders::run_with_a_rider;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::{Output, Running};
use std::collections::BTreeSet;

const PEOPLE: usize = 12;

/// A run whose journal is busy, and the letter that left meanwhile.
struct Busy {
    judge: Judge,
    clinic: Workspace,
    running: Running,
    /// Whoever keeps the store for themselves.
    other: rusqlite::Connection,
    /// Whose letter left.
    behind: String,
}

impl Busy {
    /// `rule` says what the judge does about the letter of whoever rides, and about those who come after.
    fn begin(rule: impl FnOnce(&str) -> Option<Rule>) -> Self {
        let (judge, clinic, running, behind) = run_with_a_rider(&GROUPED_IN_PAIRS, PEOPLE);
        rule(&behind).into_iter().for_each(|rule| judge.add(rule));
        until("their intent on record", || {
            Books::read(&clinic).people("sending").contains(&behind)
        });
        let other = rusqlite::Connection::open(clinic.path(".tidings/store.db")).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        judge.open_riders_gate();
        until("the letter behind, though nothing can be written", || {
            judge.deliveries().iter().any(|one| one.recipient == behind)
        });
        assert_eq!(Books::read(&clinic).count(&["sending"]), 2, "as many as may be in flight");
        Self {
            judge,
            clinic,
            running,
            other,
            behind,
        }
    }

    /// Whose commands came behind that letter.
    fn next(&self) -> String {
        let named = || {
            let commands = self.judge.commands();
            let envelopes = commands.iter().filter_map(|(_, line)| line.strip_prefix("RCPT TO:<"));
            let mut people = envelopes.filter_map(|rest| Some(rest.split_once('>')?.0.to_owned()));
            people.find(|one| *one == self.behind)?;
            people.next()
        };
        until("the commands behind that", || named().is_some());
        named().unwrap()
    }

    /// The store is free again; what the run then comes to.
    fn go_on(self) -> (Output, Judge, Workspace) {
        self.other.execute_batch("ROLLBACK").unwrap();
        let output = self.running.wait();
        self.judge.settle();
        let (books, record) = (Books::read(&self.clinic), self.judge.deliveries());
        let faults = invariants::of_books(&books, &record);
        assert!(faults.is_empty(), "{}\n{output}", faults.join("\n"));
        self.judge.assert_polite();
        self.clinic.ledger().assert_true(PEOPLE, &self.judge);
        (output, self.judge, self.clinic)
    }
}

#[test]
fn the_letter_behind_leaves_meanwhile_and_everybody_has_one() {
    let busy = Busy::begin(|_| None);
    let (output, judge, clinic) = busy.go_on();
    output.exits(0);
    assert_eq!(
        (judge.letters(), judge.accepted().len(), judge.connections()),
        (PEOPLE, PEOPLE, 1)
    );
    assert_eq!(Books::read(&clinic).count(&["accepted"]), PEOPLE);
}

#[test]
fn whoever_is_refused_while_their_intent_is_written_is_refused_once() {
    // Whoever rides passes; the one behind them does not.
    let busy = Busy::begin(|_| Some(Rule::at(Phase::Rcpt).after(1).times(1).reply("550 5.1.1 no such person")));
    let refused = busy.next();
    let (output, judge, clinic) = busy.go_on();
    output.exits(1).prints(&refused);
    let books = Books::read(&clinic);
    assert_eq!(books.people("failed"), BTreeSet::from([refused.clone()]));
    assert_eq!(books.of_person(&refused).map(|line| line.attempt), Some(1));
    assert_eq!((books.count(&["accepted"]), judge.accepted().len()), (PEOPLE - 1, PEOPLE - 1));
}

#[test]
fn a_connection_that_breaks_meanwhile_leaves_one_in_doubt_and_the_next_to_another() {
    let busy = Busy::begin(|behind| Some(Rule::at(Phase::Dot).to(behind).times(1).close().kept()));
    let lost = busy.behind.clone();
    let (output, judge, clinic) = busy.go_on();
    output.exits(1).prints(&lost);
    let books = Books::read(&clinic);
    assert_eq!(books.people("in_doubt"), BTreeSet::from([lost]));
    assert_eq!((books.count(&["accepted"]), judge.accepted().len()), (PEOPLE - 1, PEOPLE));
}

#[test]
fn no_more_are_in_doubt_than_may_be_in_flight_when_the_axe_falls_meanwhile() {
    let busy = Busy::begin(|_| None);
    busy.next();
    let Busy {
        judge,
        clinic,
        running,
        other,
        behind,
    } = busy;
    running.kill();
    drop(other);
    judge.settle();
    clinic.run(&["run"]).exits(1).prints(&behind);
    let books = Books::read(&clinic);
    assert_eq!((books.count(&["in_doubt"]), books.count(&["accepted"])), (2, PEOPLE - 2));
    assert_eq!(judge.accepted().len(), PEOPLE, "both had arrived");
    clinic.ledger().assert_true(PEOPLE, &judge);
}
