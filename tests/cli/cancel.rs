//! `tidings cancel`: never.

use super::{answers, clinic_with, type_in, until_under_way, waiting};
use crate::support::judge::{Judge, Phase, Rule};
use std::time::Duration;

#[test]
fn a_cancelled_edition_never_leaves_and_the_next_article_does() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    let told = "3 letters of `tips` are cancelled and will never leave\n";
    let later = "hint: later articles still leave by the schedule: `tidings hold tips` stops the campaign, `tidings cancel tips/ARTICLE` skips one\n";
    answers(&clinic, "cancel tips --because typo", 0, told, later);
    type_in(&clinic, "run").exits(0).says_nothing();
    type_in(&clinic, "status").exits(0).prints("3 cancelled").prints("cancelled");
    type_in(&clinic, "why person1@patients.example")
        .exits(0)
        .prints("cancelled by hand at")
        .prints("typo");
    clinic.assert_numbers_close();
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(clinic.ledger().counts()["accepted"], 3);
    type_in(&clinic, "cancel tips").exits(0).prints("nothing to cancel");
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn one_persons_letter_is_called_off_and_can_be_ordered_after_all() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    type_in(&clinic, "cancel tips --to person2@patients.example")
        .exits(0)
        .prints("1 letter of `tips` is cancelled");
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 2);
    type_in(&clinic, "resend tips --to person2@patients.example").exits(0);
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 3);
    type_in(&clinic, "cancel tips --to person@")
        .exits(2)
        .tells("write it like ann@example.org");
}

#[test]
fn an_article_that_has_no_edition_yet_is_skipped() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let told = "`tips/sleep` is skipped: nobody gets it, and its turn is used up\n";
    answers(&clinic, "cancel tips/sleep", 0, told, "");
    type_in(&clinic, "send tips").exits(0);
    let letters = clinic.ledger().letters;
    assert!(letters.iter().all(|letter| letter.edition == "t1ps/walks"), "{letters:?}");
    type_in(&clinic, "cancel tips/sleep").exits(0).prints("nothing to cancel");
    type_in(&clinic, "send tips").exits(0).tells("no article of `tips` is left");
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn a_letter_under_way_is_heard_out_and_goes_no_further() {
    let late = Rule::at(Phase::Rcpt).delay(Duration::from_millis(300));
    let judge = Judge::start().rule(late);
    let clinic = clinic_with(&judge, 3);
    let running = clinic.spawn(&["send", "tips"]);
    until_under_way(&judge);
    type_in(&clinic, "cancel tips").exits(0).prints("2 letters");
    running.wait();
    judge.heal();
    type_in(&clinic, "run").exits(0).says_nothing();
    let ledger = clinic.ledger();
    ledger.assert_true(3, &judge);
    assert_eq!((ledger.people("accepted").len(), ledger.people("cancelled").len()), (1, 2));
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn a_letter_that_comes_back_to_a_cancelled_edition_is_cancelled() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).reply("451 4.3.0 later"));
    judge.add(Rule::at(Phase::Rcpt).delay(Duration::from_millis(300)));
    let clinic = clinic_with(&judge, 1);
    let running = clinic.spawn(&["send", "tips"]);
    until_under_way(&judge);
    type_in(&clinic, "cancel tips").exits(0);
    running.wait();
    assert_eq!(clinic.ledger().counts()["cancelled"], 1);
    type_in(&clinic, "doctor").exits(0);
}

/// Two editions begun: the letters of the first were cancelled, those of the second wait.
#[test]
fn a_name_with_an_article_means_that_edition_alone() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    type_in(&clinic, "hold tips/sleep").exits(0);
    type_in(&clinic, "cancel tips/walks").exits(0).prints("is skipped");
    type_in(&clinic, "cancel tips/walks --to person1@patients.example")
        .exits(2)
        .tells("no letter of `tips/walks` to `p***@patients.example` is on record");
    assert_eq!(clinic.ledger().people("pending").len(), 3);
}

#[test]
fn a_later_article_that_is_skipped_takes_nobodys_date() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    let scheduled = clinic.read("campaigns/tips/campaign.yaml") + "schedule: {date: 2026-12-01, at: \"09:00\"}\n";
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &scheduled);
    type_in(&clinic, "run --now 2026-11-30T12:00Z").exits(0);
    let told = "`tips/walks` is skipped: nobody gets it, and its turn is used up\n";
    answers(&clinic, "cancel tips/walks --now 2026-12-01T09:01Z", 0, told, "");
    type_in(&clinic, "run --now 2026-12-01T09:15Z").exits(0);
    assert_eq!(judge.accepted().len(), 2);
}

#[test]
fn a_skip_can_be_taken_back() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    type_in(&clinic, "cancel tips/sleep").exits(0).prints("its turn is used up");
    let told = "`tips/sleep` is skipped no more: it has its turn again\n";
    answers(&clinic, "release tips/sleep", 0, told, "");
    type_in(&clinic, "send tips").exits(0);
    assert!(clinic.ledger().letters.iter().all(|letter| letter.edition == "t1ps/sleep"));
}

#[test]
fn a_letter_in_doubt_of_a_cancelled_edition_stays_away_even_when_others_are_ordered_anew() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).to("person2@patients.example").close());
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "send tips").exits(1);
    judge.heal();
    type_in(&clinic, "cancel tips")
        .exits(0)
        .prints("no letter of `tips` waits")
        .tells("1 letter in doubt: not sent again");
    type_in(&clinic, "resend tips --to person1@patients.example").exits(0);
    type_in(&clinic, "resolve tips --not-sent person2@patients.example")
        .exits(0)
        .tells("1 letter stays: cancelled or held by hand meanwhile");
    type_in(&clinic, "run").exits(0);
    assert_eq!(clinic.ledger().of("person2@patients.example").state, "cancelled");
    assert_eq!(judge.accepted().len(), 2, "the other one twice, by order");
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn a_hold_on_a_letter_under_way_waits_for_it_to_come_back() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).reply("451 4.3.0 later"));
    judge.add(Rule::at(Phase::Rcpt).delay(Duration::from_millis(300)));
    let clinic = clinic_with(&judge, 1);
    let running = clinic.spawn(&["send", "tips"]);
    until_under_way(&judge);
    type_in(&clinic, "hold tips --to person1@patients.example")
        .exits(0)
        .tells("1 letter under way at this moment");
    running.wait();
    assert_eq!(clinic.ledger().of("person1@patients.example").state, "held");
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn a_draft_is_nobodys_letter_and_cannot_be_cancelled() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    let store = rusqlite::Connection::open(clinic.path(".tidings/store.db")).unwrap();
    store
        .execute("UPDATE edition SET status = 'draft', released_at = NULL", [])
        .unwrap();
    drop(store);
    type_in(&clinic, "cancel tips").exits(0).prints("nothing to cancel");
    type_in(&clinic, "cancel tips --to person1@patients.example")
        .exits(2)
        .tells("is on record");
}
