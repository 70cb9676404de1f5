//! `tidings resend`: another letter, by a person's order.

use super::{answers, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};

const WHO: &str = "person2@patients.example";

#[test]
fn whoever_was_refused_gets_it_by_order_under_a_new_message_id() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).to(WHO).reply("550 no such user"));
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(1);
    judge.heal();
    let before = clinic.ledger().of(WHO).message_id.clone();
    let told = "`tips`: 1 letter goes out again with the next `tidings run`\n";
    answers(&clinic, "resend tips --failed", 0, told, "");
    type_in(&clinic, "run").exits(0);
    let ledger = clinic.ledger();
    ledger.assert_true(3, &judge);
    assert_eq!(ledger.people("accepted").len(), 3);
    assert_ne!(ledger.of(WHO).message_id, before, "an order is another letter");
    type_in(&clinic, &format!("why {WHO}"))
        .exits(0)
        .prints("550")
        .prints("ordered anew by hand");
    type_in(&clinic, "resend tips --failed")
        .exits(0)
        .prints("nothing to send again: `tips` has no such letter");
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn whoever_is_not_written_to_any_more_is_no_order_away() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).to(WHO).reply("550 5.1.1 no such user"));
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(1);
    judge.heal();
    for order in ["resend tips --failed".to_owned(), format!("resend tips --to {WHO}")] {
        type_in(&clinic, &order)
            .exits(0)
            .prints("nothing to send again")
            .tells("left out: p***@patients.example is not written to any more: the mailbox does not exist (550 5.1.1 at ")
            .tells("`tidings consent restore ADDRESS` is the only way back");
    }
    type_in(&clinic, &format!("consent restore {WHO} --evidence called")).exits(0);
    type_in(&clinic, "resend tips --failed")
        .exits(0)
        .prints("1 letter goes out again");
    type_in(&clinic, "run").exits(0);
    clinic.ledger().assert_true(3, &judge);
    assert_eq!(clinic.ledger().people("accepted").len(), 3);
}

#[test]
fn whoever_has_it_gets_a_second_one_only_by_order() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, &format!("resend tips --to {WHO}")).exits(0);
    type_in(&clinic, "run").exits(0);
    let copies: Vec<_> = judge.accepted().into_iter().filter(|taken| taken.recipient == WHO).collect();
    assert_eq!(copies.len(), 2);
    assert_ne!(copies[0].message_id, copies[1].message_id);
    assert_eq!(clinic.ledger().of(WHO).message_id, copies[1].message_id);
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn what_is_on_its_way_or_in_doubt_cannot_be_ordered_anew() {
    let judge = Judge::start()
        .rule(Rule::at(Phase::Dot).to(WHO).close())
        .rule(Rule::at(Phase::Rcpt).to("person3@patients.example").reply("450 4.2.0 later"));
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(1);
    let told = "\
error: the letter to `p***@patients.example` is in doubt: find out first, then `tidings resolve`; \
the letter to `p***@patients.example` waits already; nothing was changed
hint: `tidings why ADDRESS` tells a letter's story
";
    answers(
        &clinic,
        &format!("resend tips --to {WHO} --to person3@patients.example"),
        2,
        "",
        told,
    );
    type_in(&clinic, "resend tips").exits(2).tells("--failed");
    type_in(&clinic, "resend tops --failed")
        .exits(2)
        .tells("did you mean `tips`?");
}

#[test]
fn an_edition_whose_time_is_over_opens_again_for_those_who_are_named() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).reply("450 4.2.0 later"));
    let clinic = clinic_with(&judge, 3);
    let expiring = clinic.read("campaigns/tips/campaign.yaml") + "schedule: {date: 2026-12-01, at: \"09:00\", expires: 1d}\n";
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &expiring);
    type_in(&clinic, "run --now 2026-11-30T12:00Z").exits(0);
    type_in(&clinic, "run --now 2026-12-01T09:05Z").exits(0);
    type_in(&clinic, "run --now 2026-12-03T09:05Z").exits(1).prints("3 expired");
    judge.heal();
    type_in(&clinic, &format!("resend tips --to {WHO} --now 2026-12-03T10:00Z")).exits(0);
    type_in(&clinic, "run --now 2026-12-03T10:05Z").exits(0);
    let ledger = clinic.ledger();
    ledger.assert_true(3, &judge);
    assert_eq!((ledger.people("accepted").len(), ledger.people("expired").len()), (1, 2));
    type_in(&clinic, "resend tips --expired --now 2026-12-03T11:00Z").exits(0);
    type_in(&clinic, "run --now 2026-12-03T11:05Z").exits(0);
    assert_eq!(judge.accepted().len(), 3);
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn an_order_does_not_lift_a_hold() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "hold tips --because typo").exits(0);
    type_in(&clinic, &format!("resend tips --to {WHO}"))
        .exits(0)
        .tells("they wait: `sleep` is on hold (typo)");
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 2);
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn whoever_has_it_from_an_earlier_attempt_is_not_meant_by_a_state() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "send tips").exits(0);
    judge.add(Rule::at(Phase::Rcpt).to(WHO).reply("550 no such user"));
    type_in(&clinic, &format!("resend tips --to {WHO}")).exits(0);
    type_in(&clinic, "run").exits(1);
    judge.heal();
    type_in(&clinic, "resend tips --failed")
        .exits(0)
        .prints("nothing to send again")
        .tells("left out: p***@patients.example has the letter from an earlier attempt");
    type_in(&clinic, &format!("resend tips --to {WHO}"))
        .exits(0)
        .tells("has the letter already: this orders a second one");
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 3);
}
