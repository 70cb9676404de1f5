//! Riders: letters whose commands are with the relay already, behind the letter before them, while their intent is not on record.
//!
//! The judge holds back its answer to a letter behind which the next one's commands ride. Who is named in them may still leave, be held
//! or called off until that answer comes; and when the axe falls, theirs is nobody's letter.

use super::books::Books;
use super::clinic::{self, CAMPAIGN};
use super::invariants;
use super::mode::{GROUPED, Mode};
use super::orders::suppress;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Running;
use std::collections::BTreeSet;
use tidings::store::Store;

const PEOPLE: usize = 12;

/// A run by this mode whose relay holds back its answer to a letter with another one's commands behind it, and who is named in them.
pub(super) fn run_with_a_rider(mode: &Mode, people: usize) -> (Judge, Workspace, Running, String) {
    let judge = mode.judge().gating_riders();
    judge.add(Rule::at(Phase::Banner).behind_the_gate());
    let clinic = clinic::clinic_by(mode, &judge, people, 1);
    let running = clinic.spawn(&["send", CAMPAIGN]);
    judge.greet_when_composed(&running);
    until("a letter with a rider", || judge.rider().is_some());
    let rider = judge.rider().unwrap();
    (judge, clinic, running, rider)
}

/// A run whose relay has taken a letter and not said so, with another one's commands behind it.
struct Ride {
    judge: Judge,
    clinic: Workspace,
    running: Running,
    /// Whose answer is held back.
    first: String,
    rider: String,
    /// Letters that the relay has, the first one's included.
    before: usize,
}

impl Ride {
    fn begin() -> Self {
        let (judge, clinic, running, rider) = run_with_a_rider(&GROUPED, PEOPLE);
        let record = judge.deliveries();
        let ride = Self {
            first: record.last().unwrap().recipient.clone(),
            before: record.len(),
            judge,
            clinic,
            running,
            rider,
        };
        let books = Books::read(&ride.clinic);
        assert_eq!(books.people("sending"), BTreeSet::from([ride.first.clone()]));
        assert_eq!(
            books.of_person(&ride.rider).map(|line| (line.state.as_str(), line.attempt)),
            Some(("pending", 0))
        );
        ride
    }

    /// The judge answers at last; what the run then came to. The rider's letter has not left.
    fn go_on(self, code: i32, state: &str) -> (Judge, Workspace, String) {
        self.judge.open_riders_gate();
        let output = self.running.wait().exits(code);
        self.judge.settle();
        let (books, record) = (Books::read(&self.clinic), self.judge.deliveries());
        let faults = invariants::of_books(&books, &record);
        assert!(faults.is_empty(), "{}\n{output}", faults.join("\n"));
        assert!(record.iter().all(|one| one.recipient != self.rider), "it left: {record:?}");
        assert_eq!(books.people(state), BTreeSet::from([self.rider.clone()]), "{output}");
        assert_eq!(books.of_person(&self.rider).map(|line| line.attempt), Some(0));
        assert_eq!(books.count(&["accepted"]), PEOPLE - 1, "{output}");
        assert_eq!(record.len(), PEOPLE - 1, "everybody else has theirs, once");
        // A connection with commands on it that may not be followed by their letter is good for nothing more.
        assert_eq!(self.judge.connections(), 2);
        let rest = record.iter().skip(self.before);
        assert!(rest.clone().all(|one| one.connection == 2), "{record:?}");
        self.judge.assert_polite();
        (self.judge, self.clinic, self.rider)
    }
}

#[test]
fn a_rider_who_is_held_meanwhile_stays() {
    let ride = Ride::begin();
    ride.clinic.run(&["hold", CAMPAIGN, "--to", &ride.rider]).exits(0);
    let (judge, clinic, rider) = ride.go_on(0, "held");
    clinic.run(&["release", CAMPAIGN, "--to", &rider]).exits(0);
    clinic.run(&["run"]).exits(0);
    assert_eq!(judge.accepted().last().map(|last| last.recipient.clone()), Some(rider));
    clinic.ledger().assert_true(PEOPLE, &judge);
    assert_eq!(judge.accepted().len(), PEOPLE);
}

#[test]
fn a_rider_who_is_called_off_meanwhile_stays() {
    let ride = Ride::begin();
    ride.clinic.run(&["cancel", CAMPAIGN, "--to", &ride.rider]).exits(0);
    let (judge, clinic, _) = ride.go_on(0, "cancelled");
    clinic.run(&["run"]).exits(0).says_nothing();
    clinic.ledger().assert_true(PEOPLE, &judge);
}

#[test]
fn a_rider_who_leaves_meanwhile_gets_nothing() {
    let ride = Ride::begin();
    let mut store = Store::open(&ride.clinic.path(".tidings")).unwrap();
    suppress(&mut store, &ride.rider);
    let (judge, clinic, _) = ride.go_on(0, "suppressed");
    clinic.run(&["run"]).exits(0).says_nothing();
    clinic.ledger().assert_true(PEOPLE, &judge);
}

#[test]
fn a_rider_whose_campaign_is_held_meanwhile_stays() {
    let ride = Ride::begin();
    ride.clinic.run(&["hold", CAMPAIGN]).exits(0);
    ride.judge.open_riders_gate();
    let output = ride.running.wait();
    ride.judge.settle();
    let books = Books::read(&ride.clinic);
    assert_eq!(
        (ride.judge.letters(), books.count(&["accepted"])),
        (ride.before, ride.before),
        "{output}"
    );
    assert!(books.of_person(&ride.rider).is_some_and(|line| line.attempt == 0), "{output}");
    ride.clinic.run(&["release", CAMPAIGN]).exits(0);
    ride.clinic.run(&["run"]).exits(0);
    ride.clinic.ledger().assert_true(PEOPLE, &ride.judge);
    assert_eq!(ride.judge.accepted().len(), PEOPLE);
}

#[test]
fn a_rider_is_nobodys_letter_when_the_axe_falls() {
    let ride = Ride::begin();
    ride.running.kill();
    ride.judge.open_riders_gate();
    ride.judge.settle();
    let books = Books::read(&ride.clinic);
    assert_eq!(books.people("sending"), BTreeSet::from([ride.first.clone()]));
    assert!(books.of_person(&ride.rider).is_some_and(|line| line.attempt == 0));
    ride.clinic.run(&["run"]).exits(1).prints(&ride.first).never_says(&ride.rider);
    ride.clinic.ledger().assert_true(PEOPLE, &ride.judge);
    let ledger = ride.clinic.ledger();
    assert_eq!(
        (ledger.people("accepted").len(), ledger.people("in_doubt").len()),
        (PEOPLE - 1, 1)
    );
    assert_eq!(ride.judge.accepted().len(), PEOPLE);
}
