//! `tidings doctor`: is everything as it should be?

use super::{clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use std::os::unix::fs::PermissionsExt;

/// Two accepted, one failed, one deferred, one in doubt: a story of every kind.
fn eventful(judge: &Judge) -> Workspace {
    let to = |phase, number| Rule::at(phase).to(&format!("person{number}@patients.example"));
    judge.add(to(Phase::Rcpt, 2).reply("550 5.1.1 unknown"));
    judge.add(to(Phase::Rcpt, 3).reply("450 4.2.0 later"));
    judge.add(to(Phase::Dot, 4).close());
    let clinic = clinic_with(judge, 5);
    type_in(&clinic, "send tips").exits(1);
    clinic
}

/// Something that is not tidings writes into the store.
fn tamper(clinic: &Workspace, sql: &str) {
    let store = rusqlite::Connection::open(clinic.path(".tidings/store.db")).unwrap();
    assert_eq!(store.execute(sql, []).unwrap(), 1, "{sql}");
}

#[test]
fn a_store_with_a_past_is_well() {
    let judge = Judge::start();
    let clinic = eventful(&judge);
    type_in(&clinic, "doctor")
        .exits(0)
        .prints("well  every state follows from its story: 5 letters, told again from 5 attempts and 0 decisions")
        .prints("well  the numbers close")
        .prints("well  it is the store that sent last")
        .never_says("ILL");
    let told = type_in(&clinic, "doctor --json").exits(0).json();
    assert_eq!(told[0]["well"], true);
}

#[test]
fn a_state_that_no_attempt_explains_is_named() {
    for (sql, told) in [
        (
            "UPDATE delivery SET state = 'pending' WHERE id = 1",
            "person1@patients.example: it is recorded as `pending`",
        ),
        (
            "UPDATE delivery SET state = 'accepted' WHERE id = 4",
            "its story ends as `in_doubt` (attempts: 1",
        ),
        ("UPDATE delivery SET orders = 1 WHERE id = 5", "letter 5"),
        ("UPDATE delivery SET refusals = 0 WHERE id = 3", "letter 3"),
        ("UPDATE delivery SET attempt = 2 WHERE id = 2", "letter 2"),
        (
            "INSERT INTO change (delivery, attempts, event, by, at) VALUES (1, 1, 'cancel', 'rule', 0)",
            "tips · sleep, letter 1 to person1@patients.example: a delivery that is `accepted` cannot take the event `Cancel`",
        ),
    ] {
        let judge = Judge::start();
        let clinic = eventful(&judge);
        tamper(&clinic, sql);
        type_in(&clinic, "doctor")
            .exits(74)
            .prints("ILL   every state follows from its story: 1 letter stands")
            .prints(told)
            .tells("1 thing is not as it should be");
    }
}

#[test]
fn numbers_that_do_not_close_are_named() {
    let judge = Judge::start();
    let clinic = eventful(&judge);
    tamper(&clinic, "UPDATE edition SET planned = 6");
    type_in(&clinic, "doctor")
        .exits(74)
        .prints("tips · sleep: 6 planned, 5 on record");
}

#[test]
fn a_file_that_others_can_read_is_named() {
    let judge = Judge::start();
    let clinic = eventful(&judge);
    let lock = clinic.path(".tidings/lock");
    std::fs::set_permissions(lock, std::fs::Permissions::from_mode(0o644)).unwrap();
    type_in(&clinic, "doctor")
        .exits(78)
        .prints("ILL   nobody else can read it")
        .tells("`chmod -R go-rwx .tidings` closes it");
}

#[test]
fn the_past_cannot_be_rewritten() {
    let judge = Judge::start();
    let clinic = eventful(&judge);
    type_in(&clinic, "resend tips --failed").exits(0);
    let store = rusqlite::Connection::open(clinic.path(".tidings/store.db")).unwrap();
    for sql in [
        "UPDATE attempt SET outcome = 'accepted'",
        "DELETE FROM attempt",
        "UPDATE change SET at = 0",
        "DELETE FROM change",
    ] {
        assert!(store.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn before_the_first_letter_there_is_nothing_to_examine() {
    type_in(&clinic(1), "doctor").exits(0).prints("nothing has been sent yet");
}
