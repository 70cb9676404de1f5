//! Pace and quota, seen by the relay over several played days: who gets a letter when, and what is said about those who wait.

use super::{clinic, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use std::collections::BTreeMap;

/// A clinic whose test relay has these limits.
fn limited(judge: &Judge, people: usize, limits: &str) -> Workspace {
    let relay = format!(
        "relay: {{host: 127.0.0.1, port: {}, tls: none, test: true, {limits}}}",
        judge.port()
    );
    clinic(people).setting(&relay)
}

/// People of several domains, one domain after the other.
fn people_at(domains: &[(&str, usize)]) -> String {
    let mut text = "email,first_name,last_name,city,joined,consent,consent_date,consent_source\n".to_owned();
    for (domain, number) in domains {
        for person in 0..*number {
            text.push_str(&format!(
                "person{person}@{domain},Ann,Archer,Bath,2025-03-01,yes,2025-03-01,front desk\n"
            ));
        }
    }
    text
}

/// How many letters each domain got.
fn by_domain(judge: &Judge) -> BTreeMap<String, usize> {
    let mut domains = BTreeMap::new();
    for letter in judge.accepted() {
        let domain = letter.recipient.rsplit_once('@').unwrap().1.to_owned();
        *domains.entry(domain).or_default() += 1;
    }
    domains
}

/// Everybody of `people` has one letter, and nobody two.
#[track_caller]
fn assert_each_once(judge: &Judge, people: usize) {
    let mut letters: Vec<String> = judge.accepted().into_iter().map(|letter| letter.recipient).collect();
    letters.sort();
    letters.dedup();
    assert_eq!((letters.len(), judge.accepted().len()), (people, people));
}

#[test]
fn a_days_letters_are_spread_over_days_and_each_person_gets_one() {
    let judge = Judge::start();
    let clinic = limited(&judge, 25, "per_day: 10");
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z")
        .exits(75)
        .prints("10 letters accepted by the relay\n")
        .tells("error: 10 of 10 letters of the last 24 hours are used up; 15 wait; the next may leave at 09:0")
        .tells("(Wed 6 Jan)\nhint: nobody is lost: `tidings run` goes on when it is time; leave that to cron\n");
    for moment in ["05T09:15Z", "05T18:00Z", "06T08:45Z"] {
        type_in(&clinic, &format!("run --now 2027-01-{moment}"))
            .exits(0)
            .says_nothing();
    }
    assert_eq!(judge.accepted().len(), 10, "the day is used up");
    type_in(&clinic, "run --now 2027-01-06T09:05Z").exits(75).says_nothing();
    type_in(&clinic, "run --now 2027-01-06T09:20Z").exits(0).says_nothing();
    type_in(&clinic, "run --now 2027-01-07T09:15Z").exits(0).says_nothing();
    type_in(&clinic, "run --now 2027-01-07T09:30Z").exits(0).says_nothing();
    assert_each_once(&judge, 25);
    type_in(&clinic, "status").exits(0).prints("25 accepted");
    judge.assert_polite();
}

#[test]
fn letters_that_were_not_taken_do_not_count() {
    let judge = Judge::start().rule(Rule::at(Phase::Mail).reply("421 4.3.2 come back later"));
    let clinic = limited(&judge, 4, "per_day: 4");
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z")
        .exits(75)
        .tells("stopped for now");
    type_in(&clinic, "run --now 2027-01-05T09:05Z")
        .exits(75)
        .tells("stopped for now");
    judge.heal();
    // One that comes back while the run goes on keeps its room as well.
    judge.add(Rule::at(Phase::Rcpt).times(1).close());
    type_in(&clinic, "run --now 2027-01-05T09:10Z").exits(0).says_nothing();
    assert_each_once(&judge, 4);
}

#[test]
fn letters_that_the_relay_refused_were_asked_for_and_count() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no such user"),
    );
    let clinic = limited(&judge, 4, "per_day: 3");
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z")
        .exits(75)
        .tells("1 waits");
    assert_eq!(judge.accepted().len(), 2);
}

#[test]
fn a_letter_in_doubt_counts() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).keep_but_close());
    let clinic = limited(&judge, 4, "per_day: 3");
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z")
        .exits(75)
        .tells("1 waits");
    assert_eq!(judge.accepted().len(), 3, "the one in doubt may have arrived");
}

#[test]
fn a_domain_that_is_used_up_is_passed_over_and_the_others_go_on() {
    let judge = Judge::start();
    let clinic = limited(&judge, 0, "per_domain_per_day: 5");
    clinic.write(
        "subscribers/patients.csv",
        people_at(&[("big.example", 12), ("small.example", 4), ("tiny.example", 2)]),
    );
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z")
        .exits(75)
        .prints("11 letters accepted by the relay\n")
        .tells("the 5 letters a day to `big.example` are used up; 7 wait; the next may leave at 09:0");
    assert_eq!(by_domain(&judge)["big.example"], 5);
    type_in(&clinic, "run --now 2027-01-05T21:00Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 11);
    type_in(&clinic, "run --now 2027-01-06T09:05Z").exits(75).says_nothing();
    type_in(&clinic, "run --now 2027-01-07T09:10Z").exits(0).says_nothing();
    assert_eq!(
        by_domain(&judge),
        [("big.example", 12), ("small.example", 4), ("tiny.example", 2)]
            .map(|(name, letters)| (name.to_owned(), letters))
            .into()
    );
    assert_each_once(&judge, 18);
}

/// When this person's letters were begun, oldest first, by the store.
fn begun(clinic: &Workspace, person: &str) -> Vec<jiff::Timestamp> {
    let story = &type_in(clinic, &format!("why {person} --json")).json()[0];
    let letters = story["deliveries"].as_array().unwrap();
    let attempts = letters.iter().flat_map(|letter| letter["attempts"].as_array().unwrap());
    attempts
        .map(|attempt| attempt["begun_at"].as_str().unwrap().parse().unwrap())
        .collect()
}

/// How many milliseconds lie between this person's first two letters.
fn between(clinic: &Workspace, person: &str) -> i128 {
    let begun = begun(clinic, person);
    begun[1].duration_since(begun[0]).as_millis()
}

#[test]
fn a_run_waits_for_a_domains_minute_and_ends_with_everybody_served() {
    let judge = Judge::start();
    let clinic = limited(&judge, 0, "per_domain_per_minute: 2, connections: 2");
    clinic.write(
        "subscribers/patients.csv",
        people_at(&[("big.example", 2), ("small.example", 1)]),
    );
    type_in(&clinic, "send tips --now 2027-01-05T09:00:00Z").exits(0);
    // Fifty-eight seconds later there is room for two letters in two seconds, and the third waits no longer for them.
    type_in(&clinic, "send tips --now 2027-01-05T09:00:58Z").exits(0);
    assert_eq!(judge.accepted().len(), 6);
    for person in ["person0@big.example", "person1@big.example"] {
        assert!(between(&clinic, person) >= 60_000, "three letters to one domain in a minute");
    }
    assert!(
        between(&clinic, "person0@small.example") < 60_000,
        "a domain that is used up kept another waiting"
    );
}

#[test]
fn two_runs_in_a_row_keep_the_distance_between_letters() {
    let judge = Judge::start();
    let clinic = limited(&judge, 1, "per_second: 0.5");
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "send tips").exits(0);
    let distance = between(&clinic, "person1@patients.example");
    assert!((1990..20_000).contains(&distance), "a burst after a pause: {distance} ms");
}

#[test]
fn a_new_sender_begins_small_and_a_backup_remembers_it() {
    let judge = Judge::start();
    let clinic = limited(&judge, 160, "warm_up: true, connections: 4");
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z")
        .exits(75)
        .prints("50 letters accepted by the relay\n")
        .tells("50 of 50 letters of day 1 of the warm-up are used up; 110 wait; the next may leave at 09:0");
    type_in(&clinic, "run --now 2027-01-05T20:00Z").exits(0).says_nothing();
    type_in(&clinic, "run --now 2027-01-06T09:05Z").exits(75).says_nothing();
    type_in(&clinic, "status --now 2027-01-06T09:06Z").prints("of day 2 of the warm-up");
    assert_eq!(judge.accepted().len(), 150);
    type_in(&clinic, "backup clinic.tidings").exits(0);
    type_in(&clinic, "restore clinic.tidings --replace --now 2027-01-06T09:30Z").exits(0);
    type_in(&clinic, "resolve tips --not-sent --now 2027-01-06T10:00Z").exits(0);
    type_in(&clinic, "release tips --now 2027-01-06T10:00Z").exits(0);
    type_in(&clinic, "run --now 2027-01-06T10:00Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 150, "the restored store knows how many left");
    type_in(&clinic, "run --now 2027-01-07T09:30Z").exits(0);
    assert_each_once(&judge, 160);
    let small = Judge::start();
    let clinic = limited(&small, 50, "warm_up: true");
    type_in(&clinic, "send tips")
        .exits(0)
        .prints("50 letters accepted by the relay\n");
}

#[test]
fn a_clock_that_was_ahead_neither_locks_out_nor_opens_the_gate_twice() {
    let judge = Judge::start();
    let clinic = limited(&judge, 12, "per_day: 5");
    type_in(&clinic, "send tips --now 2036-01-05T09:00Z").exits(75);
    assert_eq!(judge.accepted().len(), 5);
    // The clock is right again. Nobody knows when those five left, other than before now: they count for a day from here.
    type_in(&clinic, "run --now 2027-01-05T09:00Z").exits(0).says_nothing();
    type_in(&clinic, "run --now 2027-01-06T08:30Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 5, "the gate was opened twice");
    type_in(&clinic, "run --now 2027-01-06T09:05Z").exits(75).says_nothing();
    type_in(&clinic, "run --now 2027-01-07T09:10Z").exits(0);
    assert_each_once(&judge, 12);
}

#[test]
fn a_clock_that_had_lost_the_time_does_not_open_the_gate_twice() {
    let judge = Judge::start();
    let clinic = limited(&judge, 12, "per_day: 5");
    type_in(&clinic, "send tips --limit 1 --now 2027-01-05T09:00Z").exits(0);
    type_in(&clinic, "release tips --now 2027-01-05T09:01Z").exits(0);
    // A board without a battery begins in 1970, and is put right a minute later. The first letter counts there as well.
    type_in(&clinic, "run --now 1970-01-01T00:01Z").exits(75);
    assert_eq!(judge.accepted().len(), 5);
    type_in(&clinic, "run --now 2027-01-05T09:10Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 5, "the gate was opened twice");
    type_in(&clinic, "run --now 2027-01-06T09:20Z").exits(75);
    type_in(&clinic, "run --now 2027-01-07T09:30Z").exits(0);
    assert_each_once(&judge, 12);
}

#[test]
fn a_rehearsal_neither_counts_nor_is_counted() {
    let judge = Judge::start();
    let clinic = limited(&judge, 8, "per_day: 4, warm_up: true, per_domain_per_day: 3");
    type_in(&clinic, "rehearse").exits(0).prints("the sandbox accepted 8 letters");
    type_in(&clinic, "send tips")
        .exits(75)
        .tells("3 letters a day to `patients.example`");
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn at_a_letter_every_so_often_nothing_rides_behind_another() {
    let resets = |limits: &str| {
        let judge = Judge::start()
            .offering("PIPELINING")
            .rule(Rule::at(Phase::Banner).behind_the_gate());
        let clinic = limited(&judge, 5, limits);
        let running = clinic.spawn(&["send", "tips"]);
        judge.greet_when_composed(&running);
        running.wait().exits(0);
        assert_each_once(&judge, 5);
        // What rides opens with RSET; nothing else does while every letter is taken.
        judge.commands().iter().filter(|(_, command)| command == "RSET").count()
    };
    assert_eq!(resets("per_second: 10"), 0);
    assert!(resets("connections: 1") > 0, "and yet letters can ride");
}

#[test]
fn a_letter_whose_connection_ends_before_its_turn_has_used_up_no_attempt() {
    let judge = Judge::start()
        .offering("PIPELINING")
        .rule(Rule::at(Phase::Banner).behind_the_gate())
        .rule(Rule::at(Phase::Dot).reply_then_close("250 2.0.0 taken, and goodbye"));
    let clinic = limited(&judge, 9, "connections: 1");
    let running = clinic.spawn(&["send", "tips"]);
    judge.greet_when_composed(&running);
    running.wait().exits(0);
    assert_each_once(&judge, 9);
    let ledger = clinic.ledger();
    for address in ledger.people("accepted") {
        assert_eq!(ledger.of(address).attempts, 1, "{address}");
    }
}
