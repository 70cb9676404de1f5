//! The program and the peers: whole editions through mail servers that somebody else wrote.

use super::smtp_sink::{Letters, SmtpSink};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use std::collections::BTreeSet;

/// How many people get the large editions: `TIDINGS_PEOPLE`, or few enough for a desk.
fn many() -> usize {
    let asked = std::env::var("TIDINGS_PEOPLE").ok().and_then(|people| people.parse().ok());
    asked.unwrap_or(1000)
}

#[test]
fn a_large_edition_goes_out_over_ten_connections() {
    let Some(sink) = SmtpSink::start(Letters::Counted, &[]) else {
        return;
    };
    let clinic = Workspace::sample().with_people(many()).relay(sink.port(), 10);
    clinic.run(&["send", "seasonal-immunity"]).exits(0);
    let ledger = clinic.ledger();
    assert_eq!((ledger.people("accepted").len(), ledger.letters.len()), (many(), many()));
    ledger.assert_message_ids_differ();
    until("the sink's last count", || sink.count() == many());
}

#[test]
fn a_large_edition_that_is_killed_half_way_is_finished_by_the_next_run() {
    let Some(sink) = SmtpSink::start(Letters::Kept, &[]) else {
        return;
    };
    let clinic = Workspace::sample().with_people(many()).relay(sink.port(), 10);
    let mut running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("half of the letters", || sink.count() >= many() / 2 || !running.is_alive());
    running.kill();
    let ledger = clinic.ledger();
    let doubts = ledger.people("sending");
    assert!(
        ledger.people("pending").len() > 1 && doubts.len() <= 10,
        "{:?}",
        ledger.counts()
    );
    let rest = clinic.run(&["run"]).exits(i32::from(!doubts.is_empty()));
    assert!(
        doubts.iter().all(|address| rest.stdout.contains(address)),
        "{doubts:?}\n{rest}"
    );
    let ledger = clinic.ledger();
    assert_eq!(ledger.people("in_doubt"), doubts);
    assert_eq!(ledger.people("accepted").len() + doubts.len(), many());
    ledger.assert_message_ids_differ();
    let arrived: Vec<String> = sink.letters().into_iter().map(|(recipient, _)| recipient).collect();
    let people: BTreeSet<&str> = arrived.iter().map(String::as_str).collect();
    assert_eq!(people.len(), arrived.len(), "nobody has two");
    assert!(ledger.people("accepted").is_subset(&people), "who is accepted has a letter");
    assert!(
        people
            .difference(&ledger.people("accepted"))
            .all(|address| doubts.contains(address))
    );
}
