//! `tidings doctor`: is everything as it should be?

use super::real_relay::{clinic_at, secure};
use super::{clinic, clinic_with, type_in};
use crate::peers::certificate::Certificate;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::secure_relay::{SecureRelay, usual};
use crate::support::workspace::Workspace;
use std::os::unix::fs::PermissionsExt;

/// Two accepted, one failed, one deferred, one in doubt: a story of every kind.
fn eventful(judge: &Judge) -> Workspace {
    let to = |phase, number| Rule::at(phase).to(&format!("person{number}@patients.example"));
    judge.add(to(Phase::Rcpt, 2).reply("550 unknown user"));
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

/// A clinic whose doctor has looked at nothing but the relay yet.
fn calling_on(judge: &Judge) -> Workspace {
    clinic_with(judge, 2)
}

#[test]
fn a_relay_is_called_on_before_the_first_letter() {
    let judge = Judge::start().offering("SIZE 35000000");
    let clinic = calling_on(&judge);
    let output = type_in(&clinic, "doctor")
        .exits(0)
        .prints("nothing has been sent yet")
        .prints(&format!("well  the relay answers: `127.0.0.1` on port {}\n", judge.port()))
        .prints("well  the line is protected: clear text, which does not leave this machine\n")
        .prints("well  it takes the login: nobody logs in here\n")
        .prints("well  the largest letter fits: ")
        .prints(" of the 35 MB that the relay takes\n")
        .never_says("ILL");
    assert!(output.stderr.is_empty(), "{output}");
    let words: Vec<String> = judge.commands().into_iter().map(|(_, line)| line).collect();
    let expected = ["EHLO [127.0.0.1]", "MAIL FROM:<tips@mill-lane.example>", "QUIT"];
    assert_eq!(words, expected, "no letter is sent");
    assert!(!clinic.path(".tidings").exists(), "a look makes no store");
}

#[test]
fn offline_nobody_is_called_on() {
    let judge = Judge::start();
    let clinic = calling_on(&judge);
    type_in(&clinic, "doctor --offline")
        .exits(0)
        .prints("nothing has been sent yet")
        .never_says("relay");
    type_in(&clinic, "rehearse").exits(0);
    type_in(&clinic, "--rehearsal doctor")
        .exits(0)
        .never_says("the relay answers");
    assert_eq!(judge.connections(), 0);
}

#[test]
fn what_is_wrong_with_a_relay_has_its_code_and_its_next_step() {
    let check = |judge: Judge, code: i32, found: &str, step: &str| {
        let clinic = calling_on(&judge);
        type_in(&clinic, "doctor")
            .exits(code)
            .prints(found)
            .tells("1 thing is not as it should be")
            .tells(&format!("hint: {step}"));
    };
    let greeting = |reply: &str| Judge::start().rule(Rule::at(Phase::Banner).reply_then_close(reply));
    check(
        greeting("554 5.7.1 blocked"),
        78,
        "ILL   the relay answers: the relay does not want",
        "ask the provider",
    );
    check(greeting("421 busy"), 75, "ILL   the relay answers: ", "nothing was sent");
    check(
        Judge::start().rule(Rule::at(Phase::Ehlo).reply("504 5.5.2 need fully-qualified hostname")),
        78,
        "ILL   the relay answers: the relay refuses our greeting",
        "the relay dislikes the name we give",
    );
    check(
        Judge::start().offering("SIZE 1000"),
        78,
        "ILL   the largest letter fits: it has ",
        "make the article",
    );
}

#[test]
fn a_relay_that_is_away_is_75_and_settings_with_errors_are_78() {
    let judge = Judge::start();
    let clinic = calling_on(&judge);
    drop(judge);
    type_in(&clinic, "doctor")
        .exits(75)
        .prints("ILL   the relay answers: the relay `127.0.0.1` cannot be reached");
    let clinic = clinic.setting("timezone: Nowhere");
    type_in(&clinic, "doctor")
        .exits(78)
        .prints("has errors")
        .tells("`tidings check` names them all");
}

#[test]
fn a_store_that_is_ill_comes_before_a_relay_that_is_away() {
    let judge = Judge::start();
    let clinic = eventful(&judge);
    tamper(&clinic, "UPDATE edition SET planned = 6");
    drop(judge);
    type_in(&clinic, "doctor")
        .exits(74)
        .prints("ILL   the numbers close")
        .prints("ILL   the relay answers")
        .tells("2 things are not as they should be");
}

#[test]
fn a_relay_with_tls_and_a_login_is_looked_at_closely() {
    let answers = |line: &str| {
        usual(line)
            .filter(|_| !line.starts_with("AUTH"))
            .or_else(|| Some("535 5.7.8 no".to_owned()))
    };
    let (relay, certificate) = secure(answers);
    let clinic = clinic_at(&relay, &certificate, "password_file: relay.password");
    type_in(&clinic, "doctor")
        .exits(78)
        .prints("well  the line is protected: TLS 1.3; the certificate is good until 4096-01-01\n")
        .prints("ILL   it takes the login: the relay refuses the login: it answered `535 5.7.8 no`\n")
        .prints("well  how letters travel: one round trip a letter\n")
        .prints("well  the largest letter fits");
    let (relay, certificate) = secure(usual);
    let clinic = clinic_at(&relay, &certificate, "password_file: relay.password");
    type_in(&clinic, "doctor")
        .exits(0)
        .prints("well  it takes the login: as `tips`\n");
    let stranger = Certificate::naming(&["localhost"]);
    clinic.write("authority.pem", std::fs::read(stranger.authority()).unwrap());
    let known = relay.heard().len();
    type_in(&clinic, "doctor")
        .exits(78)
        .prints("well  the relay answers")
        .prints("ILL   the line is protected: ");
    assert_eq!(relay.heard().len(), known, "not a word to a stranger");
}

#[test]
fn a_certificate_that_ends_soon_is_worth_a_look() {
    let certificate = Certificate::until(
        &["localhost"],
        tidings::clock::Clock::real().now() + jiff::SignedDuration::from_hours(24 * 9 + 1),
    );
    let relay = SecureRelay::start(certificate.server(), certificate.key(), usual);
    let clinic = clinic_at(&relay, &certificate, "password_file: relay.password");
    type_in(&clinic, "doctor")
        .exits(0)
        .prints("look  the line is protected: TLS 1.3; the certificate is good until ")
        .prints(", 9 days from now\n")
        .tells("hint: the provider renews it");
    let told = type_in(&clinic, "doctor --json").exits(0).json();
    assert_eq!(told[0]["well"], true);
    let checks = told[0]["checks"].as_array().unwrap();
    let line = checks.iter().find(|check| check["check"] == "the line is protected").unwrap();
    assert!(line["ok"] == true && line["hint"].is_string(), "{line}");
}

#[test]
fn the_senders_domain_is_asked_about_or_told_how_to_ask() {
    if cfg!(feature = "dns") {
        // Then it would be asked in earnest, and tests ask nobody.
        return;
    }
    // Nobody listens there, and it is no loopback address: the relay counts as one out in the world.
    let clinic = clinic(1).setting("relay: {host: 0.0.0.0, port: 1}\ndkim: {keys: [{selector: s1}]}");
    type_in(&clinic, "doctor")
        .exits(75)
        .prints("ILL   the relay answers")
        .prints("look  the sender's domain vouches for the letters: `mill-lane.example` is to be asked by hand")
        .prints("        dig +short TXT mill-lane.example\n        dig +short TXT _dmarc.mill-lane.example\n")
        .prints("        dig +short TXT s1._domainkey.mill-lane.example\n");
}
