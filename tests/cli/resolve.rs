//! `tidings resolve`: the only way out of doubt.

use super::{answers, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use std::fmt::Write as _;

const TOOK: &str = "person2@patients.example";
const DROPPED: &str = "person3@patients.example";

/// A send that left two letters in doubt: the relay took one of them and dropped the other, and answered neither.
fn doubtful(judge: &Judge) -> Workspace {
    judge.add(Rule::at(Phase::Dot).to(TOOK).keep_but_close());
    judge.add(Rule::at(Phase::Dot).to(DROPPED).close());
    let clinic = clinic_with(judge, 4);
    type_in(&clinic, "send tips").exits(1);
    judge.heal();
    assert_eq!(clinic.ledger().people("in_doubt").len(), 2);
    clinic
}

#[test]
fn a_person_says_which_letters_went_and_which_did_not() {
    let judge = Judge::start();
    let clinic = doubtful(&judge);
    let told = format!("  accepted  {TOOK}  a person found that it went\n1 letter of `tips` settled\n");
    answers(&clinic, &format!("resolve tips --sent {TOOK}"), 0, &told, "");
    type_in(&clinic, &format!("resolve tips/sleep --not-sent {DROPPED}"))
        .exits(0)
        .prints(&format!("pending   {DROPPED}"))
        .tells("1 letter goes out with the next `tidings run`");
    let before = clinic.ledger().of(DROPPED).message_id.clone();
    type_in(&clinic, "run").exits(0);
    let ledger = clinic.ledger();
    ledger.assert_true(4, &judge);
    assert_eq!(
        (ledger.people("accepted").len(), &ledger.of(DROPPED).message_id),
        (4, &before)
    );
    type_in(&clinic, "status").exits(0);
    type_in(&clinic, &format!("why {DROPPED}"))
        .exits(0)
        .prints("attempt 1 at")
        .prints("settled as not sent by hand at")
        .prints("attempt 2 at");
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn the_relays_log_proves_what_it_took_and_nothing_else() {
    let judge = Judge::start();
    let clinic = doubtful(&judge);
    let id = |address: &str| clinic.ledger().of(address).message_id.clone();
    let mut log = String::new();
    for (number, address, queued) in [(1, TOOK, true), (2, DROPPED, false)] {
        let head = "Dec  1 09:00:00 mx postfix";
        writeln!(log, "{head}/cleanup[8]: 4ABCDE{number}: message-id=<{}>", id(address)).unwrap();
        if queued {
            writeln!(
                log,
                "{head}/qmgr[9]: 4ABCDE{number}: from=<t@mill-lane.example>, size=9, nrcpt=1 (queue active)"
            )
            .unwrap();
        }
    }
    let clinic = clinic.file("mail.log", &log);
    let proved = format!("  accepted  {TOOK}  mail.log, line 2: the relay queued it as 4ABCDE1\n1 letter of `tips` proved\n");
    type_in(&clinic, "resolve tips --from-log mail.log")
        .exits(1)
        .prints(&proved)
        .tells("3 lines by Postfix, from Dec  1 09:00:00 to Dec  1 09:00:00")
        .tells("1 letter in doubt still");
    type_in(&clinic, "resolve tips --from-log mail.log")
        .exits(1)
        .prints("the log proves nothing about them");
    assert_eq!(clinic.ledger().people("in_doubt").len(), 1);
    clinic.ledger().assert_true(4, &judge);
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn a_file_that_is_no_log_changes_nothing() {
    let judge = Judge::start();
    let clinic = doubtful(&judge).file("mail.log", "a shopping list\n");
    type_in(&clinic, "resolve tips --from-log mail.log")
        .exits(65)
        .tells("`mail.log` holds no line that Postfix has written (1 line)")
        .tells("/var/log/mail.log");
    type_in(&clinic, "resolve tips --from-log no.log")
        .exits(65)
        .tells("cannot read `no.log`");
    assert_eq!(clinic.ledger().people("in_doubt").len(), 2);
}

#[test]
fn what_is_not_in_doubt_is_not_settled() {
    let judge = Judge::start();
    let clinic = doubtful(&judge);
    let told = "\
error: not in doubt: `p***@patients.example` is accepted; nothing was changed
hint: `tidings why ADDRESS` tells a letter's story; `tidings resend` orders another one
";
    let line = format!("resolve tips --not-sent {TOOK} person1@patients.example");
    answers(&clinic, &line, 2, "", told);
    assert_eq!(clinic.ledger().people("in_doubt").len(), 2);
    type_in(&clinic, "resolve tips --sent").exits(0);
    answers(&clinic, "resolve tips --sent", 0, "nothing of `tips` is in doubt\n", "");
    type_in(&clinic, "resolve tips --sent nobody@patients.example")
        .exits(2)
        .tells("is on record");
    type_in(&clinic, "resolve tips").exits(2).tells("--from-log");
    type_in(&clinic, "resolve tips --sent --not-sent").exits(2);
}

#[test]
fn what_a_dead_run_left_is_settled_without_another_run() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).after(1).hang().kept());
    let clinic = clinic_with(&judge, 3);
    let running = clinic.spawn(&["send", "tips"]);
    crate::support::ledger::until("the letter that is never answered", || judge.deliveries().len() == 2);
    running.kill();
    judge.heal();
    type_in(&clinic, &format!("resolve tips --sent {}", judge.deliveries()[1].recipient))
        .exits(0)
        .tells("a run before this one was cut off: 1 letter in doubt");
    type_in(&clinic, "run").exits(0);
    clinic.ledger().assert_true(3, &judge);
    assert_eq!(clinic.ledger().people("accepted").len(), 3);
}

#[test]
fn a_letter_found_unsent_in_a_cancelled_edition_is_cancelled_too() {
    let judge = Judge::start();
    let clinic = doubtful(&judge);
    type_in(&clinic, &format!("resolve tips --not-sent {DROPPED}")).exits(0);
    type_in(&clinic, "cancel tips/sleep").exits(0).prints("1 letter");
    type_in(&clinic, &format!("resolve tips --not-sent {TOOK}")).exits(0);
    assert_eq!(clinic.ledger().people("cancelled").len(), 2);
    type_in(&clinic, "run").exits(0).says_nothing();
    type_in(&clinic, "doctor").exits(0);
}
