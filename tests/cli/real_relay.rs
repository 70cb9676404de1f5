//! A real relay: TLS, a login, and what a person does before the first letter.

use super::{clinic, type_in};
use crate::peers::certificate::Certificate;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::secure_relay::{SecureRelay, usual};
use crate::support::workspace::Workspace;

/// Kept short so that the tests of what is kept secret can look for it: nothing else in a workspace looks like it.
pub(super) const PASSWORD: &str = "Zx9!vault-7";

/// A clinic whose relay is `relay`, with a login; not a test relay.
pub(super) fn clinic_at(relay: &SecureRelay, certificate: &Certificate, more: &str) -> Workspace {
    let port = relay.port();
    clinic(2)
        .file("authority.pem", &std::fs::read_to_string(certificate.authority()).unwrap())
        .secret("relay.password", &format!("{PASSWORD}\n"))
        .environment("RELAY_PASSWORD", PASSWORD)
        .setting(&format!(
            "relay: {{host: localhost, port: {port}, roots: authority.pem, per_second: 100, user: tips, {more}}}"
        ))
}

pub(super) fn secure(answers: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> (SecureRelay, Certificate) {
    let certificate = Certificate::naming(&["localhost"]);
    (
        SecureRelay::start(certificate.server(), certificate.key(), answers),
        certificate,
    )
}

/// A clinic with a relay on this machine that is not called a test relay: its letters count as real ones.
fn real(judge: &Judge) -> Workspace {
    let port = judge.port();
    clinic(3).setting(&format!(
        "relay: {{host: 127.0.0.1, port: {port}, tls: none, per_second: 100}}"
    ))
}

const UNTRIED: &str = "hint: no test letter of `tips` was sent yet: `tidings test tips --to YOUR@ADDRESS`";
const UNSEEN: &str = "hint: neither `tidings doctor` nor a test letter has tried the relay `127.0.0.1`";

#[test]
fn letters_leave_through_a_real_relay_and_it_is_remembered() {
    let (relay, certificate) = secure(usual);
    let clinic = clinic_at(&relay, &certificate, "password_file: relay.password");
    type_in(&clinic, "send tips").exits(2).tells("nobody is here to ask");
    type_in(&clinic, "send tips --yes")
        .exits(0)
        .prints("2 letters accepted by the relay");
    assert!(clinic.read("campaigns/.sent").contains("generation: 1"));
    let heard = relay.heard();
    let letters = heard.iter().filter(|line| line.starts_with("Message-ID:")).count();
    assert_eq!(letters, 2);
    let blob = data_encoding::BASE64.encode(format!("\0tips\0{PASSWORD}").as_bytes());
    assert!(heard.contains(&format!("AUTH PLAIN {blob}")), "{heard:?}");
}

#[test]
fn a_careful_person_is_reminded_once_and_cron_never() {
    let judge = Judge::start();
    let clinic = real(&judge);
    type_in(&clinic, "send tips --yes --limit 1")
        .exits(0)
        .tells(UNTRIED)
        .tells(UNSEEN);
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3);
    type_in(&clinic, "doctor").exits(0);
    type_in(&clinic, "send tips --yes").exits(0).tells(UNTRIED).never_says(UNSEEN);
}

#[test]
fn a_test_letter_is_both_and_needs_no_store() {
    let judge = Judge::start();
    let clinic = real(&judge);
    type_in(&clinic, "test tips --to me@mill-lane.example").exits(0);
    type_in(&clinic, "send tips --yes").exits(0).never_says("hint: ");
    // Another name is another relay, as far as anybody knows.
    let port = judge.port();
    let clinic = clinic.setting(&format!(
        "relay: {{host: localhost, port: {port}, tls: none, per_second: 100}}"
    ));
    type_in(&clinic, "send tips --yes")
        .exits(0)
        .never_says(UNTRIED)
        .tells("the relay `localhost` since");
}

#[test]
fn a_refused_test_letter_reminds_of_nothing_done() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).times(1).reply("550 5.1.1 no such user"));
    let clinic = real(&judge);
    type_in(&clinic, "test tips --to me@mill-lane.example").exits(1);
    type_in(&clinic, "send tips --yes").exits(0).tells(UNTRIED).tells(UNSEEN);
}

#[test]
fn test_letters_and_real_ones_never_stand_in_one_record() {
    let judge = Judge::start();
    let clinic = clinic(3).relay(judge.port(), 1);
    type_in(&clinic, "send tips").exits(0);
    let port = judge.port();
    let relay = |test: &str| format!("relay: {{host: 127.0.0.1, port: {port}, tls: none, per_second: 100{test}}}");
    let clinic = clinic.setting(&relay(""));
    for line in ["send tips --yes", "run", "test tips --to me@mill-lane.example"] {
        type_in(&clinic, line).exits(78).tells("this store is a test store for ever");
    }
    type_in(&clinic, "doctor")
        .exits(78)
        .prints("ILL   store and relay are of one kind: this store is a test store for ever");
    assert_eq!(judge.accepted().len(), 3, "nothing left after the test letters");

    let clinic = real(&judge);
    type_in(&clinic, "send tips --yes").exits(0);
    let clinic = clinic.setting(&relay(", test: true"));
    for line in ["send tips", "run"] {
        type_in(&clinic, line)
            .exits(78)
            .tells("real letters have left from this workspace");
    }
    type_in(&clinic, "doctor")
        .exits(78)
        .prints("ILL   store and relay are of one kind");
    assert_eq!(judge.accepted().len(), 6);
}

#[test]
fn the_name_we_give_can_be_named() {
    let hello = |relay: &str| {
        let judge = Judge::start();
        let port = judge.port();
        let clinic = clinic(1).setting(&format!("relay: {{host: 127.0.0.1, port: {port}, tls: none, {relay}}}"));
        type_in(&clinic, "doctor").exits(0);
        judge.commands()[0].1.clone()
    };
    assert_eq!(hello("test: true"), "EHLO [127.0.0.1]");
    assert_eq!(hello("hello: mail.mill-lane.example"), "EHLO mail.mill-lane.example");
    assert_eq!(hello("hello: \"2001:db8::1\""), "EHLO [IPv6:2001:db8::1]");
}

#[test]
fn a_password_that_cannot_be_used_is_told_without_it() {
    let (relay, certificate) = secure(usual);
    let check = |more: &str, words: &str| {
        let clinic = clinic_at(&relay, &certificate, more)
            .file("open.password", PASSWORD)
            .secret("two.password", &format!("{PASSWORD}\nuser: tips\n"))
            .secret("empty.password", "\n");
        type_in(&clinic, "send tips --yes")
            .exits(78)
            .tells(words)
            .tells("hint: nobody was touched")
            .never_says(PASSWORD);
        type_in(&clinic, "doctor")
            .exits(78)
            .prints("well  the relay answers")
            .prints("ILL   it takes the login")
            .prints(words)
            .never_says(PASSWORD);
    };
    check("password_file: open.password", "`chmod 600 open.password`");
    check("password_file: two.password", "gives several lines");
    check("password_file: empty.password", "the relay's password is empty");
    check("password_file: none.password", "cannot read `none.password`");
    check("password_env: NOT_THERE", "no variable `NOT_THERE`");
    check(
        "password_command: \"cat relay.password; cat relay.password >&2; exit 3\"",
        "ended with exit status: 3; run it by hand",
    );
    check("password_command: \"cat two.password\"", "gives several lines");
    check("password_command: \"cat relay.password; printf '\\\\377'\"", "no UTF-8");
    assert!(!relay.heard().iter().any(|line| line.starts_with("AUTH")));
}
