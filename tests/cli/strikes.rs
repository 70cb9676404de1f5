//! Addresses that take no letters, as a clinic meets them: who is written to no more, why, and who is not harmed by a relay's bad day.

use super::{article, clinic, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;

const CAMPAIGN: &str = "\
id: t1ps
title: Tips
audience: {lists: [patients]}
template: letter
articles: [{file: sleep.md}, {file: walks.md}, {file: tea.md}, {file: rest.md}, {file: food.md}]
";

const WHO: &str = "person2@patients.example";

/// The clinic with five articles to send.
fn clinic_with(judge: &Judge, people: usize) -> Workspace {
    let clinic = clinic(people)
        .relay(judge.port(), 1)
        .file("campaigns/tips/campaign.yaml", CAMPAIGN);
    ["tea", "rest", "food"].iter().fold(clinic, |clinic, id| {
        clinic.file(&format!("campaigns/tips/{id}.md"), &article(id))
    })
}

/// Who is written to no more, and for which reason.
fn suppressed(clinic: &Workspace) -> Vec<(String, String)> {
    let lines = type_in(clinic, "suppress list --json").exits(0).json();
    let word = |line: &serde_json::Value, field: &str| line[field].as_str().unwrap_or_default().to_owned();
    lines
        .iter()
        .map(|line| (word(line, "address"), word(line, "reason")))
        .collect()
}

/// How the strikes against an address stand.
fn standings(clinic: &Workspace, address: &str) -> Vec<String> {
    let dossier = type_in(clinic, &format!("people show {address} --json")).exits(0).json();
    let strikes = dossier[0]["strikes"].as_array().unwrap().clone();
    strikes
        .iter()
        .map(|strike| strike["standing"].as_str().unwrap().to_owned())
        .collect()
}

fn letters_to(judge: &Judge, address: &str) -> usize {
    let asked = format!("RCPT TO:<{address}>");
    judge.commands().iter().filter(|(_, line)| line.starts_with(&asked)).count()
}

#[test]
fn an_address_that_refuses_three_editions_is_written_to_no_more() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).to(WHO).reply("550 no such user here"));
    let clinic = clinic_with(&judge, 4);
    for (number, day) in (1..).zip(["2027-01-05", "2027-02-10", "2027-03-20"]) {
        let sent = type_in(&clinic, &format!("send tips --now {day}T09:00Z")).exits(1);
        let is_told = sent
            .stderr
            .contains("1 address is not written to any more: `tidings suppress list` names it");
        assert_eq!(
            (suppressed(&clinic).len(), is_told),
            (number / 3, number == 3),
            "after edition {number}\n{sent}"
        );
        let story = type_in(&clinic, &format!("why {WHO} --now {day}T12:00Z")).exits(0);
        story.prints("  not taken (hard): 550 at 5 January 2027, letter tips/sleep, by relay: no such user here\n");
        assert_eq!(standings(&clinic, WHO).len(), number);
    }
    assert_eq!(suppressed(&clinic), [(WHO.to_owned(), "bounced".to_owned())]);
    type_in(&clinic, &format!("why {WHO}"))
        .exits(0)
        .prints("(3 letters within 90 days that it did not take; the last: 550 at 20 March 2027, letter tips/tea)");
    assert_eq!(letters_to(&judge, WHO), 3);
    type_in(&clinic, "send tips --now 2027-04-20T09:00Z")
        .exits(0)
        .prints("3 letters accepted");
    assert_eq!(letters_to(&judge, WHO), 3, "the fourth edition is not for them");
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn a_full_mailbox_or_a_greylist_costs_a_strike_only_when_the_letter_is_given_up() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).to(WHO).reply("450 4.7.1 Greylisted, come back later"));
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z").exits(0);
    assert_eq!(standings(&clinic, WHO), [""; 0]);
    let hours: Vec<String> = (0..12)
        .map(|turn| format!("2027-01-{:02}T{:02}:00Z", 5 + (10 + 5 * turn) / 24, (10 + 5 * turn) % 24))
        .collect();
    let expired = |clinic: &Workspace| type_in(clinic, "log --state expired --json").exits(0).json().len();
    for hour in &hours {
        if expired(&clinic) == 0 {
            assert_eq!(standings(&clinic, WHO), [""; 0], "put off is no strike, at {hour}");
            type_in(&clinic, &format!("run --now {hour}"));
        }
    }
    assert_eq!((expired(&clinic), standings(&clinic, WHO).len()), (1, 1));
    type_in(&clinic, &format!("why {WHO}"))
        .exits(0)
        .prints("not taken (soft): 450 4.7.1 at ")
        .prints("letter tips/sleep, by relay: Greylisted, come back later");
    assert_eq!(suppressed(&clinic), []);
    // Whoever is greylisted once and taken then has no strike.
    judge.heal();
    judge.add(
        Rule::at(Phase::Rcpt)
            .to(WHO)
            .times(1)
            .reply("450 4.7.1 Greylisted, come back later"),
    );
    type_in(&clinic, "send tips --now 2027-02-05T09:00Z").exits(0);
    type_in(&clinic, "run --now 2027-02-05T10:00Z").exits(0);
    assert_eq!(judge.accepted().len(), 3, "both of the second edition, one of the first");
    assert_eq!(standings(&clinic, WHO).len(), 1);
    let later = type_in(&clinic, &format!("people show {WHO} --json --now 2027-02-20T10:00Z"))
        .exits(0)
        .json();
    assert_eq!(later[0]["strikes"][0]["standing"], "past", "a good delivery came after it");
}

/// So many people, at many providers.
fn people_everywhere(count: usize) -> String {
    let row = |number| format!("person{number}@provider{}.example,yes,2025-03-02,form\n", number % 7);
    let rows: String = (0..count).map(row).collect();
    format!("email,consent,consent_date,consent_source\n{rows}")
}

#[test]
fn a_relay_that_refuses_everybody_costs_nobody_their_letters() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).reply("550 5.1.1 no such user"));
    let clinic = clinic_with(&judge, 0).file("subscribers/patients.csv", &people_everywhere(40));
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z").exits(78);
    let asked = judge.commands().iter().filter(|(_, line)| line.starts_with("RCPT")).count();
    println!("proof| strikes | people asked for by a relay gone mad, of 40, none suppressed | {asked}");
    assert!(asked < 10);
    // Which letters were the first is the connections' race.
    let ledger = clinic.ledger();
    let failed = ledger.people("failed");
    assert!(!failed.is_empty());
    for address in failed {
        assert_eq!(standings(&clinic, address), ["void"], "{address}");
        type_in(&clinic, &format!("why {address}"))
            .exits(0)
            .prints("tips · sleep: failed");
    }
    assert_eq!(suppressed(&clinic), []);
    judge.heal();
    type_in(&clinic, "release tips --now 2027-01-05T10:00Z").exits(0);
    type_in(&clinic, "run --now 2027-01-05T10:00Z");
    type_in(&clinic, "resend tips --failed --now 2027-01-05T11:00Z").exits(0);
    type_in(&clinic, "run --now 2027-01-05T11:00Z").exits(0);
    assert_eq!((clinic.ledger().people("accepted").len(), suppressed(&clinic)), (40, vec![]));
}

#[test]
fn a_provider_gone_mad_is_not_believed_before_it_says_so_again() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).reply("550 5.1.1 no such user"));
    let clinic = clinic_with(&judge, 60);
    // One domain: the breaker sees a list of whom nobody exists.
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z")
        .exits(78)
        .tells("addresses do not exist");
    // Which letters were the first is the connections' race.
    let ledger = clinic.ledger();
    let tried = ledger.people("failed");
    assert!(tried.len() > 4, "{tried:?}");
    for address in tried {
        assert_eq!(standings(&clinic, address), ["doubtful"], "{address}");
    }
    type_in(&clinic, "release tips --now 2027-01-05T10:00Z").exits(0);
    // Whoever released it has seen the list, and the breaker asks no more: still nobody is believed to be gone.
    type_in(&clinic, "run --now 2027-01-05T10:00Z").exits(1);
    assert_eq!((clinic.ledger().people("failed").len(), suppressed(&clinic)), (60, vec![]));
    judge.heal();
    judge.add(Rule::at(Phase::Rcpt).to(WHO).reply("550 5.1.1 no such user"));
    type_in(&clinic, "send tips --now 2027-01-12T09:00Z").exits(1);
    assert_eq!(suppressed(&clinic), [(WHO.to_owned(), "bounced".to_owned())]);
}

#[test]
fn a_kill_before_the_judgement_loses_nothing() {
    let judge = Judge::start()
        .rule(
            Rule::at(Phase::Rcpt)
                .to("person1@patients.example")
                .reply("550 5.1.1 no such user"),
        )
        .rule(Rule::at(Phase::Dot).hang());
    // A connection each: whichever letter is ready first keeps none waiting.
    let clinic = clinic_with(&judge, 2).relay(judge.port(), 2);
    let running = clinic.spawn(&["send", "tips"]);
    until("the first refusal is durable and the last letter under way", || {
        let failed = type_in(&clinic, "log --state failed --json").json().len();
        failed == 1 && judge.deliveries().len() == 1
    });
    running.kill();
    assert_eq!(suppressed(&clinic), [], "the run has not come to its judgement");
    judge.heal();
    type_in(&clinic, "run").exits(1).prints("in doubt  person2@patients.example");
    let gone = [("person1@patients.example".to_owned(), "bounced".to_owned())];
    assert_eq!(suppressed(&clinic), gone);
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(suppressed(&clinic), gone);
    type_in(&clinic, "doctor").exits(0);
}
