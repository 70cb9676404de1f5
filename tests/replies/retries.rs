//! Letters that are refused for now, over several runs: none too early, none twice, none lost.

use crate::support::judge::{Judge, Phase, Rule};
use crate::support::people;
use crate::support::workspace::Workspace;

const PEOPLE: usize = 6;

#[test]
fn greylisting_is_waited_for_and_nobody_gets_anything_twice() {
    let greylisting = Rule::at(Phase::Rcpt)
        .times(PEOPLE)
        .reply("451 4.7.1 Greylisting in action, please come back later");
    let judge = Judge::start().rule(greylisting);
    let clinic = Workspace::sample().with_people(PEOPLE).relay(judge.port(), 2);
    clinic
        .run(&["send", "seasonal-immunity", "--now", "2027-01-14T10:00:00Z"])
        .exits(0)
        .prints("6 deferred");
    assert_eq!(judge.accepted().len(), 0);
    let asked = judge.commands().len();
    clinic.run(&["run", "--now", "2027-01-14T10:03:59Z"]).exits(0).says_nothing();
    assert_eq!(judge.commands().len(), asked, "four fifths of five minutes are not over");
    clinic.run(&["run", "--now", "2027-01-14T10:06:30Z"]).exits(0);
    let ledger = clinic.ledger();
    assert_eq!(ledger.people("accepted").len(), PEOPLE);
    assert!(ledger.letters.iter().all(|letter| letter.attempts == 2), "{ledger:#?}");
    ledger.assert_true(PEOPLE, &judge);
    judge.assert_polite();
    clinic.run(&["run", "--now", "2027-01-14T10:30:00Z"]).exits(0).says_nothing();
}

/// Half-way between the shortest and the longest wait some are due and some are not: they do not all come back at once.
#[test]
fn letters_that_were_refused_together_come_back_apart() {
    const MANY: usize = 40;
    let greylisting = Rule::at(Phase::Rcpt).times(MANY).reply("450 4.2.0 Greylisted");
    let judge = Judge::start().rule(greylisting);
    let clinic = Workspace::sample().with_people(MANY).relay(judge.port(), 1);
    clinic
        .run(&["send", "seasonal-immunity", "--now", "2027-01-14T10:00:00Z"])
        .exits(0);
    clinic.run(&["run", "--now", "2027-01-14T10:05:00Z"]).exits(0);
    let early = clinic.ledger().people("accepted").len();
    assert!((5..=35).contains(&early), "{early} of {MANY} came back at the same moment");
    clinic.run(&["run", "--now", "2027-01-14T10:06:30Z"]).exits(0);
    let ledger = clinic.ledger();
    assert_eq!(ledger.people("accepted").len(), MANY);
    ledger.assert_true(MANY, &judge);
}

#[test]
fn a_server_that_never_relents_is_asked_ever_less_and_given_up_with_the_edition() {
    let full = Rule::at(Phase::Rcpt).to(&people::address(2)).reply("452 4.2.2 mailbox full");
    let judge = Judge::start().rule(full);
    let clinic = Workspace::sample().with_people(PEOPLE).relay(judge.port(), 1);
    clinic
        .run(&["send", "seasonal-immunity", "--now", "2027-01-14T10:00:00Z"])
        .exits(0);
    // The sample's editions expire after three days; cron asks every half hour of them.
    let mut gave_up = None;
    for half_hours in 1..=2 * 24 * 4 {
        let now = "2027-01-14T10:00:00Z".parse::<jiff::Timestamp>().unwrap() + jiff::SignedDuration::from_mins(30 * half_hours);
        if clinic.run(&["run", "--now", &now.to_string()]).status == Some(1) {
            gave_up = Some(half_hours);
            break;
        }
    }
    let letter = clinic.ledger().of(&people::address(2)).clone();
    assert_eq!(letter.state, "expired", "{letter:#?}");
    assert!(
        (16..=24).contains(&letter.attempts),
        "{} attempts in three days",
        letter.attempts
    );
    let hours = gave_up.unwrap() / 2;
    assert!((64..=72).contains(&hours), "given up after {hours} hours");
    clinic.ledger().assert_true(PEOPLE, &judge);
}

#[test]
fn a_relay_that_is_down_touches_nobody_however_often_cron_asks() {
    let judge = Judge::start();
    let port = judge.port();
    drop(judge);
    let clinic = Workspace::sample().with_people(PEOPLE).relay(port, 1);
    clinic
        .run(&["send", "seasonal-immunity", "--now", "2027-01-14T10:00:00Z"])
        .exits(75);
    clinic
        .run(&["run", "--now", "2027-01-14T10:15:00Z"])
        .exits(75)
        .tells("cannot be reached");
    let ledger = clinic.ledger();
    assert_eq!(ledger.people("pending").len(), PEOPLE);
    assert!(ledger.letters.iter().all(|letter| letter.attempts == 0), "{ledger:#?}");
}

/// Known once as: three people at the head of a list stop every run before the others get theirs.
#[test]
fn letters_that_a_relay_always_breaks_off_do_not_keep_the_others_waiting() {
    const HEAD: usize = 3;
    for phase in [Phase::Rcpt, Phase::Data] {
        let judge = (1..=HEAD).fold(Judge::start(), |judge, number| {
            judge.rule(Rule::at(phase).to(&people::address(number)).close())
        });
        let clinic = Workspace::sample().with_people(PEOPLE).relay(judge.port(), 1);
        let mut exits = vec![
            clinic
                .run(&["send", "seasonal-immunity", "--now", "2027-01-14T10:00:00Z"])
                .status,
        ];
        for beat in 1..=4 {
            let now = format!("2027-01-14T10:0{}:00Z", beat * 2);
            exits.push(clinic.run(&["run", "--now", &now]).status);
        }
        let ledger = clinic.ledger();
        assert_eq!(
            ledger.people("accepted").len(),
            PEOPLE - HEAD,
            "{exits:?} {:?}",
            ledger.counts()
        );
        assert!(
            ledger.people("failed").is_empty() && ledger.people("in_doubt").is_empty(),
            "{:?}",
            ledger.counts()
        );
        judge.heal();
        clinic.run(&["run", "--now", "2027-01-14T15:00:00Z"]).exits(0);
        let ledger = clinic.ledger();
        assert_eq!(ledger.people("accepted").len(), PEOPLE);
        ledger.assert_true(PEOPLE, &judge);
    }
}
