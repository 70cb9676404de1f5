//! A run that is refused too much stops, says how many of how many, and holds the rest until a person says `release`.

use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use std::fmt::Write as _;

const NOW: &str = "2027-01-14T10:00Z";
const LATER: &str = "2027-01-14T10:15Z";

/// Person `number` of a list that is spread over `domains` domains.
fn address(number: usize, domains: usize) -> String {
    format!("person{number}@d{}.example", number % domains)
}

fn clinic(judge: &Judge, people: usize, domains: usize) -> Workspace {
    let mut list = "email,first_name,last_name,city,joined,consent,consent_date,consent_source\n".to_owned();
    for number in 1..=people {
        let person = address(number, domains);
        writeln!(list, "{person},Ann,Archer,Bath,2025-03-01,yes,2025-03-01,paper form").unwrap();
    }
    Workspace::sample()
        .with_people(0)
        .file("subscribers/patients.csv", &list)
        .relay(judge.port(), 1)
}

/// Refuses this person for good, in words that are nobody else's.
fn gone(number: usize, domains: usize) -> Rule {
    let word = char::from(b'a' + u8::try_from(number % 26).unwrap())
        .to_string()
        .repeat(5 + number / 26);
    Rule::at(Phase::Rcpt)
        .to(&address(number, domains))
        .reply(&format!("550 5.1.1 no such user, says the {word} desk"))
}

/// The heartbeats of cron change nothing while the rest is on hold; `release` lets it go, and nobody gets anything twice.
fn nothing_until_released(clinic: &Workspace, judge: &Judge, people: usize, failed: usize) {
    let (asked, held) = (
        judge.commands().len(),
        clinic.ledger().counts().get("held").copied().unwrap_or(0),
    );
    for _ in 0..3 {
        clinic.run(&["run", "--now", LATER]).exits(0).says_nothing();
    }
    assert_eq!(judge.commands().len(), asked, "cron asked the relay again");
    clinic.run(&["status"]).exits(1).prints("on hold");
    judge.heal();
    clinic.run(&["release", "seasonal-immunity"]).exits(0);
    clinic.run(&["run", "--now", LATER]).exits(0);
    let ledger = clinic.ledger();
    assert_eq!(
        ledger.people("accepted").len(),
        people - failed,
        "{held} were held: {:?}",
        ledger.counts()
    );
    assert_eq!(ledger.people("failed").len(), failed);
    ledger.assert_true(people, judge);
    clinic.assert_numbers_close();
}

#[test]
fn five_equal_refusals_over_three_domains_stop_the_run_and_the_last_is_held() {
    for connections in [1, 4] {
        let refusal = Rule::at(Phase::Rcpt).reply("550 5.1.1 recipient rejected, id 4f1a9c2");
        let judge = Judge::start().rule(refusal);
        let clinic = clinic(&judge, 40, 4).relay(judge.port(), connections);
        let sent = clinic
            .run(&["send", "seasonal-immunity", "--now", NOW])
            .exits(78)
            .tells("5 letters in a row with the same words")
            .tells("recipient rejected, id 4f1a9c2")
            .tells("tidings resend CAMPAIGN --failed")
            .tells("on hold");
        let ledger = clinic.ledger();
        let (failed, held) = (ledger.people("failed"), ledger.people("held"));
        assert_eq!(failed.len(), 4, "{sent}");
        assert!(
            (1..=connections).contains(&held.len()),
            "what was under way is held too\n{sent}"
        );
        assert_eq!(ledger.people("pending").len(), 36 - held.len(), "{sent}");
        for address in failed.union(&held) {
            assert!(sent.stdout.contains(address), "{address} is not named\n{sent}");
        }
        nothing_until_released(&clinic, &judge, 40, 4);
        clinic.run(&["resend", "seasonal-immunity", "--failed"]).exits(0);
        clinic.run(&["run", "--now", LATER]).exits(0);
        clinic.ledger().assert_true(40, &judge);
        assert_eq!(clinic.ledger().people("accepted").len(), 40);
    }
}

#[test]
fn the_same_words_from_two_domains_are_two_servers_business() {
    let judge = Judge::start();
    for number in [2, 4, 6, 8, 10] {
        let refusal = Rule::at(Phase::Rcpt).to(&address(number, 2)).reply("550 5.1.1 no such user");
        judge.add(refusal);
    }
    let clinic = clinic(&judge, 60, 2);
    clinic.run(&["send", "seasonal-immunity", "--now", NOW]).exits(1);
    let counts: Vec<(String, usize)> = clinic
        .ledger()
        .counts()
        .into_iter()
        .map(|(state, count)| (state.to_owned(), count))
        .collect();
    assert_eq!(counts, [("accepted".to_owned(), 55), ("failed".to_owned(), 5)]);
}

#[test]
fn a_list_of_which_a_tenth_does_not_exist_is_stopped_at_the_sixth() {
    let judge = Judge::start();
    for number in (1..=40).step_by(5) {
        judge.add(gone(number, 7));
    }
    let clinic = clinic(&judge, 40, 7);
    let sent = clinic
        .run(&["send", "seasonal-immunity", "--now", NOW])
        .exits(78)
        .tells("6 of the first ")
        .tells("addresses do not exist")
        .tells("tidings release CAMPAIGN");
    let ledger = clinic.ledger();
    assert_eq!(ledger.people("failed").len(), 6, "{sent}");
    assert!(ledger.people("pending").len() >= 2, "{:?}", ledger.counts());
    nothing_until_released(&clinic, &judge, 40, 6);
}

#[test]
fn more_than_two_in_a_hundred_hold_a_long_list_for_a_look() {
    let judge = Judge::start();
    for number in 1..=5 {
        judge.add(gone(number * 20, 7));
    }
    // Whoever is composed when, three of the five are refused after the hundredth letter or before it: the fourth at the latest trips.
    let clinic = clinic(&judge, 140, 7);
    for number in 101..=140 {
        judge.add(gone(number, 7));
    }
    let sent = clinic
        .run(&["send", "seasonal-immunity", "--now", NOW])
        .exits(1)
        .tells("addresses do not exist, more than 2 in a hundred")
        .tells("on hold");
    let ledger = clinic.ledger();
    let failed = ledger.people("failed").len();
    assert!(
        (3..=6).contains(&failed) && !ledger.people("pending").is_empty(),
        "{:?}\n{sent}",
        ledger.counts()
    );
    for address in ledger.people("failed") {
        assert!(sent.stdout.contains(address), "{address} is not named\n{sent}");
    }
    nothing_until_released(&clinic, &judge, 140, failed);
}

/// The edition's people are frozen: whoever has seen how many of them do not exist and says `release` is not asked once a hundred.
#[test]
fn a_released_list_goes_on_to_its_end_however_old_it_is() {
    let judge = Judge::start();
    for number in (1..=240).step_by(12) {
        judge.add(gone(number, 7));
    }
    let clinic = clinic(&judge, 240, 7);
    let sent = clinic.run(&["send", "seasonal-immunity", "--now", NOW]);
    assert!(sent.stderr.contains("addresses do not exist"), "{sent}");
    assert!(!clinic.ledger().people("pending").is_empty(), "{sent}");
    clinic.run(&["release", "seasonal-immunity"]).exits(0);
    clinic.run(&["run", "--now", LATER]).exits(1).never_says("on hold");
    let ledger = clinic.ledger();
    assert_eq!((ledger.people("accepted").len(), ledger.people("failed").len()), (220, 20));
    ledger.assert_true(240, &judge);
}

#[test]
fn refusals_for_now_stop_nothing() {
    let greylisting = Rule::at(Phase::Rcpt).reply("450 4.7.1 Greylisted, please come back in five minutes");
    let judge = Judge::start().rule(greylisting);
    let clinic = clinic(&judge, 120, 7);
    clinic
        .run(&["send", "seasonal-immunity", "--now", NOW])
        .exits(0)
        .prints("120 deferred");
    assert_eq!(clinic.ledger().people("deferred").len(), 120);
    judge.heal();
    clinic.run(&["run", "--now", LATER]).exits(0);
    assert_eq!(clinic.ledger().people("accepted").len(), 120);
    clinic.ledger().assert_true(120, &judge);
}

#[test]
fn three_refusals_for_policy_in_a_row_hold_the_rest_with_the_dns_hint() {
    for phase in [Phase::Rcpt, Phase::Dot] {
        let refusal = Rule::at(phase).reply("550 5.7.26 This mail has been blocked because the sender is unauthenticated");
        let judge = Judge::start().rule(refusal);
        let clinic = clinic(&judge, 30, 7);
        clinic
            .run(&["send", "seasonal-immunity", "--now", NOW])
            .exits(78)
            .tells("SPF, DKIM and DMARC");
        let counts: Vec<(String, usize)> = clinic
            .ledger()
            .counts()
            .into_iter()
            .map(|(state, count)| (state.to_owned(), count))
            .collect();
        assert_eq!(counts, [("held".to_owned(), 3), ("pending".to_owned(), 27)]);
        nothing_until_released(&clinic, &judge, 30, 0);
    }
}

/// Law 8: what is said against us, at whatever stage, costs nobody an attempt that counts.
#[test]
fn what_is_said_against_the_sender_or_the_account_touches_nobody() {
    let against_us = [
        (Phase::Mail, "550 5.4.5 Daily user sending limit exceeded", 75),
        (Phase::Rcpt, "550 5.4.5 Daily user sending limit exceeded", 75),
        (Phase::Dot, "550 5.4.5 Daily user sending quota exceeded", 75),
        (
            Phase::Rcpt,
            "450 4.7.1 Recipient address rejected: Policy Rejection- Quota Exceeded",
            75,
        ),
        (Phase::Rcpt, "550 5.1.8 Sender address rejected: Domain not found", 78),
        (Phase::Rcpt, "553 5.7.1 Sender address rejected: not owned by user tips", 78),
        (
            Phase::Dot,
            "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied",
            78,
        ),
        (Phase::Dot, "550 5.7.705 Access denied, tenant has exceeded threshold", 78),
        (Phase::Dot, "554 Message rejected: Email address is not verified", 78),
        (Phase::Mail, "503 5.5.1 nested MAIL command", 78),
        (
            Phase::Data,
            "421 Domain a.example is not allowed to send: Sandbox subdomains are for test purposes only",
            78,
        ),
    ];
    std::thread::scope(|scope| {
        for (phase, line, exit) in against_us {
            scope.spawn(move || {
                let judge = Judge::start().rule(Rule::at(phase).reply(line));
                let clinic = clinic(&judge, 6, 3);
                let sent = clinic.run(&["send", "seasonal-immunity", "--now", NOW]);
                assert_eq!(sent.status, Some(exit), "{line}\n{sent}");
                assert_eq!(clinic.ledger().people("pending").len(), 6, "{line}\n{sent}");
                judge.heal();
                clinic.run(&["run", "--now", LATER]).exits(0);
                assert_eq!(clinic.ledger().people("accepted").len(), 6, "{line}");
                clinic.ledger().assert_true(6, &judge);
            });
        }
    });
}

/// A 421 at RCPT ends the connection; whoever it was said to gets theirs over the next one, in the same run.
#[test]
fn a_goodbye_at_rcpt_costs_nobody_their_letter() {
    let goodbye = Rule::at(Phase::Rcpt)
        .times(2)
        .reply_then_close("421 4.7.0 Try again later, closing connection");
    let judge = Judge::start().rule(goodbye);
    let clinic = clinic(&judge, 8, 3);
    clinic.run(&["send", "seasonal-immunity", "--now", NOW]).exits(0);
    assert_eq!(clinic.ledger().people("accepted").len(), 8);
    clinic.ledger().assert_true(8, &judge);
}

#[test]
fn a_relay_that_hangs_up_behind_every_letter_leaves_three_in_doubt_and_not_the_whole_list() {
    for (offer, connections) in [("8BITMIME", 1), ("PIPELINING", 1), ("PIPELINING", 4)] {
        let judge = Judge::start().offering(offer).rule(Rule::at(Phase::Dot).keep_but_close());
        let clinic = clinic(&judge, 40, 4).relay(judge.port(), connections);
        clinic
            .run(&["send", "seasonal-immunity", "--now", NOW])
            .exits(1)
            .tells("the relay hung up 3 times in a row behind a whole letter")
            .tells("on hold");
        let doubts = clinic.ledger().people("in_doubt").len();
        assert!(
            (3..=3 * connections).contains(&doubts),
            "{doubts} in doubt over {connections} connections"
        );
        let asked = judge.commands().len();
        clinic.run(&["run", "--now", LATER]).exits(0).says_nothing();
        assert_eq!(judge.commands().len(), asked, "cron asked the relay again");
        judge.heal();
        clinic.run(&["resolve", "seasonal-immunity", "--sent"]).exits(0);
        clinic.run(&["release", "seasonal-immunity"]).exits(0);
        clinic.run(&["run", "--now", LATER]).exits(0);
        let ledger = clinic.ledger();
        assert_eq!(ledger.people("accepted").len(), 40);
        clinic.assert_numbers_close();
    }
}

#[test]
fn a_letter_that_the_relay_refuses_for_what_it_is_costs_one_person_and_not_one_more_with_every_heartbeat() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).reply("552 5.3.4 message size exceeds limit"));
    let clinic = clinic(&judge, 12, 4);
    clinic
        .run(&["send", "seasonal-immunity", "--now", NOW])
        .exits(78)
        .tells("552 5.3.4")
        .tells("tidings cancel");
    let asked = judge.commands().len();
    for _ in 0..3 {
        clinic.run(&["run", "--now", LATER]).exits(0).says_nothing();
    }
    assert_eq!(judge.commands().len(), asked, "cron asked the relay again");
    assert_eq!(clinic.ledger().people("held").len(), 1, "the others wait with their edition");
}
