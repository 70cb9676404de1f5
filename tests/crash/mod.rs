//! Crashes: the program is killed as a power cut would kill it, again and again, and its books are held against what the relay saw.
//!
//! `kills` tells random stories: whole editions that are killed many times, orders given in between, each drawn from a seed, so that
//! a story that fails can be told again. `sweep` kills a small edition at every system call of any weight, one after the other. The stories below are told by hand, and each is one that a person could meet. Promises:
//! a dead process is all that is shown here; what a disk forgets at a power cut is not.

mod axe;
mod books;
mod busy_journal;
mod cases;
pub(crate) mod chance;
mod clinic;
mod figures;
mod fold;
mod forget;
mod imports;
mod invariants;
mod kills;
mod mischief;
mod mode;
mod orders;
mod riders;
mod story;
mod sweep;
mod tracer;

use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use std::collections::BTreeSet;
use std::time::Duration;

const PEOPLE: usize = 60;

#[test]
fn the_letter_under_way_when_the_axe_fell_is_named_and_stays_in_doubt() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).after(3).hang().kept());
    let clinic = Workspace::sample().with_people(8).relay(judge.port(), 1);
    let running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("the fourth letter", || judge.deliveries().len() == 4);
    running.kill();
    let hit = judge.deliveries()[3].recipient.clone();
    assert_eq!(clinic.ledger().people("sending"), BTreeSet::from([hit.as_str()]));
    clinic
        .run(&["status"])
        .exits(1)
        .tells("a run was cut off: the next `tidings run` names what it left in doubt");
    judge.heal();
    clinic
        .run(&["send", "seasonal-immunity"])
        .exits(1)
        .tells("1 letter in doubt, never sent again by itself")
        .prints(&hit);
    let ledger = clinic.ledger();
    ledger.assert_true(8, &judge);
    assert_eq!(
        (ledger.people("accepted").len(), ledger.of(&hit).state.as_str()),
        (7, "in_doubt")
    );
    clinic.run(&["status"]).exits(1);
}

#[test]
fn a_run_that_is_asked_to_stop_hears_the_open_answers_out() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).delay(Duration::from_millis(150)));
    let clinic = Workspace::sample().with_people(PEOPLE).relay(judge.port(), 4);
    for verb in [&["send", "seasonal-immunity"][..], &["run"]] {
        let before = judge.deliveries().len();
        let running = clinic.spawn(verb);
        until("a few letters", || judge.deliveries().len() >= before + 6);
        running.signal("TERM");
        running.wait().exits(75).tells("`tidings run` goes on");
        let ledger = clinic.ledger();
        ledger.assert_true(PEOPLE, &judge);
        assert_eq!(ledger.people("accepted").len(), judge.accepted().len());
        assert_eq!(
            ledger.people("accepted").len() + ledger.people("pending").len(),
            PEOPLE,
            "{:?}",
            ledger.counts()
        );
    }
    judge.heal();
    clinic.run(&["run"]).exits(0);
    assert_eq!(judge.accepted().len(), PEOPLE);
    clinic.ledger().assert_true(PEOPLE, &judge);
}

#[test]
fn a_run_that_is_asked_twice_does_not_wait_for_a_silent_relay() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).after(2).times(1).hang().kept());
    let clinic = Workspace::sample().with_people(6).relay(judge.port(), 1);
    let mut running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("the letter that is never answered", || judge.deliveries().len() == 3);
    // Two signals of a kind that come close together are one to the kernel, so it is asked until it has heard.
    until("the end of the run", || {
        running.signal("TERM");
        !running.is_alive()
    });
    running.wait().exits(75).tells("are in doubt");
    judge.heal();
    clinic.run(&["run"]).exits(1).prints(&judge.deliveries()[2].recipient);
    let ledger = clinic.ledger();
    ledger.assert_true(6, &judge);
    assert_eq!((ledger.people("accepted").len(), ledger.people("in_doubt").len()), (5, 1));
}

#[test]
fn an_interrupt_holds_the_rest_until_a_person_releases_it() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).delay(Duration::from_millis(100)));
    let clinic = Workspace::sample().with_people(20).relay(judge.port(), 2);
    let running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("a few letters", || judge.deliveries().len() >= 3);
    running.signal("INT");
    running.wait().exits(75);
    judge.heal();
    let sent = judge.accepted().len();
    clinic.run(&["run"]).exits(0);
    assert_eq!(judge.accepted().len(), sent, "held is held");
    clinic.run(&["release", "seasonal-immunity"]).exits(0);
    clinic.run(&["run"]).exits(0);
    clinic.ledger().assert_true(20, &judge);
    assert_eq!(judge.accepted().len(), 20);
}

#[test]
fn several_runs_at_once_send_each_letter_once() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).hang().kept());
    let clinic = Workspace::sample().with_people(40).relay(judge.port(), 4);
    let first = clinic.spawn(&["send", "seasonal-immunity"]);
    until("a first letter", || !judge.deliveries().is_empty());
    clinic.run(&["run"]).exits(0).says_nothing();
    clinic
        .run(&["send", "seasonal-immunity"])
        .exits(75)
        .tells("`tidings send seasonal-immunity`");
    first.kill();
    judge.heal();
    let runs: Vec<_> = (0..4).map(|_| clinic.spawn(&["run"])).collect();
    let ends: Vec<_> = runs.into_iter().map(|run| run.wait().status).collect();
    assert!(
        ends.iter().all(|end| matches!(end, Some(0 | 1))) && ends.contains(&Some(1)),
        "one finds the dead run: {ends:?}"
    );
    clinic.run(&["run"]).exits(0);
    let ledger = clinic.ledger();
    ledger.assert_true(40, &judge);
    assert_eq!((ledger.people("pending").len(), ledger.people("sending").len()), (0, 0));
    assert!(ledger.people("in_doubt").len() <= 4);
}

/// Killed before the first letter: while the store is made, the list is read, the edition drafted and proved.
#[test]
fn a_send_that_dies_before_its_first_letter_leaves_nothing_in_the_way() {
    /// So many that drafting takes a while.
    const MANY: usize = 3000;
    let judge = Judge::start();
    let tables = ["store", "membership", "edition"];
    for table in std::iter::once(None).chain(tables.map(Some)) {
        let clinic = Workspace::sample().with_people(MANY).relay(judge.port(), 4);
        let before = judge.connections();
        let mut running = clinic.spawn(&["send", "seasonal-immunity"]);
        until("the store has got so far", || has_rows(&clinic, table) || !running.is_alive());
        let died = running.kill();
        assert_eq!(
            (died.status, judge.connections()),
            (None, before),
            "killed too late at {table:?}\n{died}"
        );
        let clinic = clinic.with_people(5).file("subscribers/.keep", "");
        clinic.run(&["import", "subscribers/patients.csv", "--yes"]).exits(0);
        clinic
            .run(&["send", "seasonal-immunity"])
            .exits(0)
            .prints("5 letters accepted");
        let ledger = clinic.ledger();
        assert_eq!(ledger.people("accepted").len(), 5, "{:?}", ledger.counts());
    }
}

/// Whether this table of the store has a row; without a table, whether there is any trace of a store.
fn has_rows(clinic: &Workspace, table: Option<&str>) -> bool {
    let Some(table) = table else {
        return clinic.path(".tidings").exists();
    };
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let looked = rusqlite::Connection::open_with_flags(clinic.path(".tidings/store.db"), flags)
        .and_then(|store| store.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)));
    // A store that is not ready yet cannot be asked.
    looked.is_ok_and(|rows| rows > 0)
}
