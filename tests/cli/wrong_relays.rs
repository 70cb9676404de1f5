//! Relays that refuse: nobody is lost, nobody is blamed for the relay's fault, and a healed relay gets everything.

use super::{clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};

/// The relay refuses, the send ends with `code` and these words; once it is healed, the next `run` sends to everybody.
#[track_caller]
fn check(rule: Rule, code: i32, expected: &str) {
    let judge = Judge::start().rule(rule);
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(code).tells(expected).tells("hint: ");
    assert_eq!(judge.deliveries().len(), 0);
    type_in(&clinic, "status").exits(0).prints("3 pending");
    judge.heal();
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn a_relay_that_refuses_everybody_is_not_the_addresses_fault() {
    check(
        Rule::at(Phase::Banner).reply_then_close("550 5.7.1 your network is blocked"),
        78,
        "550 5.7.1 your network is blocked",
    );
    check(
        Rule::at(Phase::Banner).reply_then_close("421 4.3.2 come back later"),
        75,
        "421 4.3.2 come back later",
    );
    check(
        Rule::at(Phase::Mail).reply("550 5.7.1 sender not allowed"),
        78,
        "sender not allowed",
    );
}

#[test]
fn a_relay_that_is_not_there_is_75_and_nobody_is_touched() {
    let judge = Judge::start();
    let port = judge.port();
    let clinic = clinic_with(&judge, 3);
    drop(judge);
    type_in(&clinic, "send tips")
        .exits(75)
        .tells(&format!(
            "error: stopped for now: the relay `127.0.0.1` cannot be reached on port {port}: connection refused\n"
        ))
        .tells("hint: nobody is lost: `tidings run` goes on where this stopped\n");
    type_in(&clinic, "test tips --to me@mill-lane.example")
        .exits(75)
        .tells("error: no test letter was sent: the relay `127.0.0.1` cannot be reached")
        .never_says("tidings run");
    type_in(&clinic, "status")
        .exits(0)
        .prints("3 pending")
        .prints("3 letters to go");
}

#[test]
fn a_password_is_never_spoken_in_clear() {
    let judge = Judge::start();
    let relay = format!(
        "relay: {{host: localhost, port: {}, tls: starttls, test: true, user: tips, password_file: relay.password}}",
        judge.port()
    );
    let clinic = super::clinic(3).setting(&relay).secret("relay.password", "sesame\n");
    type_in(&clinic, "send tips").exits(78).never_says("sesame");
    assert_eq!(judge.deliveries().len(), 0);
    assert!(
        !judge.commands().iter().any(|(_, line)| line.starts_with("AUTH")),
        "{:?}",
        judge.commands()
    );
}

#[test]
fn settings_that_would_speak_it_in_clear_are_refused() {
    let relay = "relay: {host: 127.0.0.1, port: 2525, tls: none, test: true, user: tips, password_env: PASSWORD}";
    let clinic = super::clinic(1).setting(relay);
    type_in(&clinic, "send tips")
        .exits(65)
        .tells("tidings.yaml:9:")
        .tells("error: a login needs TLS\n  hint: ");
}

#[test]
fn a_password_that_is_not_there_is_told_before_anybody_is_called() {
    let judge = Judge::start();
    let relay = |password: &str| {
        let port = judge.port();
        format!("relay: {{host: 127.0.0.1, port: {port}, tls: starttls, test: true, user: tips, {password}}}")
    };
    let check = |password: &str, expected: &str| {
        let clinic = super::clinic(3).setting(&relay(password));
        type_in(&clinic, "send tips")
            .exits(78)
            .tells(expected)
            .tells("hint: nobody was touched");
    };
    check(
        "password_file: relay.password",
        "error: cannot read `relay.password`, which `relay:` in `tidings.yaml` names: ",
    );
    check(
        "password_env: RELAY_PASSWORD",
        "error: the environment has no variable `RELAY_PASSWORD` with the relay's password\n",
    );
    check("password_command: \"false\"", "error: `password_command` ended with ");
    check("password_command: \"true\"", "error: the relay's password is empty\n");
    assert_eq!(judge.connections(), 0);
}
