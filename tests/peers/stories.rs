//! The program and the peers: whole editions through mail servers that somebody else wrote.

use super::aiosmtpd::{Aiosmtpd, Tls};
use super::smtp_sink::{Letters, SmtpSink};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use std::collections::BTreeSet;
use std::path::Path;

/// How many people get the large editions: `TIDINGS_PEOPLE`, or few enough for a desk.
fn many() -> usize {
    let asked = std::env::var("TIDINGS_PEOPLE").ok().and_then(|people| people.parse().ok());
    asked.unwrap_or(1000)
}

#[test]
fn a_large_edition_goes_out_over_ten_connections() {
    let Some(sink) = SmtpSink::start(Letters::Counted, &[]) else {
        return;
    };
    let clinic = Workspace::sample().with_people(many()).relay(sink.port(), 10);
    clinic.run(&["send", "seasonal-immunity"]).exits(0);
    let ledger = clinic.ledger();
    assert_eq!((ledger.people("accepted").len(), ledger.letters.len()), (many(), many()));
    ledger.assert_message_ids_differ();
    until("the sink's last count", || sink.count() == many());
}

#[test]
fn a_large_edition_that_is_killed_half_way_is_finished_by_the_next_run() {
    let Some(sink) = SmtpSink::start(Letters::Kept, &[]) else {
        return;
    };
    let clinic = Workspace::sample().with_people(many()).relay(sink.port(), 10);
    let mut running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("half of the letters", || sink.count() >= many() / 2 || !running.is_alive());
    running.kill();
    let ledger = clinic.ledger();
    let doubts = ledger.people("sending");
    assert!(
        ledger.people("pending").len() > 1 && doubts.len() <= 10,
        "{:?}",
        ledger.counts()
    );
    let rest = clinic.run(&["run"]).exits(i32::from(!doubts.is_empty()));
    assert!(
        doubts.iter().all(|address| rest.stdout.contains(address)),
        "{doubts:?}\n{rest}"
    );
    let ledger = clinic.ledger();
    assert_eq!(ledger.people("in_doubt"), doubts);
    assert_eq!(ledger.people("accepted").len() + doubts.len(), many());
    ledger.assert_message_ids_differ();
    let arrived: Vec<String> = sink.letters().into_iter().map(|(recipient, _)| recipient).collect();
    let people: BTreeSet<&str> = arrived.iter().map(String::as_str).collect();
    assert_eq!(people.len(), arrived.len(), "nobody has two");
    assert!(ledger.people("accepted").is_subset(&people), "who is accepted has a letter");
    assert!(
        people
            .difference(&ledger.people("accepted"))
            .all(|address| doubts.contains(address))
    );
}

const PASSWORD: &str = "tr0ub4dor&3 horse";

/// A workspace that logs in to `server`, with its password where `source` says.
fn logging_in(server: &Aiosmtpd, tls: &str, source: &str) -> Workspace {
    let authority = std::fs::read_to_string(server.certificate().authority()).unwrap();
    let port = server.port();
    Workspace::sample()
        .with_people(5)
        .file("authority.pem", &authority)
        .file("relay.password", &format!("{PASSWORD}\n"))
        .environment("CLINIC_RELAY_PASSWORD", PASSWORD)
        .setting(&format!(
            "relay: {{host: localhost, port: {port}, tls: {tls}, test: true, connections: 2, roots: authority.pem, user: tips, {source}}}"
        ))
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

#[track_caller]
fn assert_secret_is_kept(clinic: &Workspace) {
    let encoded = data_encoding::BASE64.encode(format!("\0tips\0{PASSWORD}").as_bytes());
    for file in files(&clinic.path(".tidings")) {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(
            !text.contains(PASSWORD) && !text.contains(&encoded),
            "the password stands in {}",
            file.display()
        );
    }
}

#[test]
fn letters_go_out_over_tls_with_a_login() {
    let check = |tls, word, source| {
        let server = Aiosmtpd::start(tls, Some(("tips", PASSWORD)))?;
        let clinic = logging_in(&server, word, source);
        clinic
            .run(&["send", "seasonal-immunity"])
            .exits(0)
            .prints("5 letters accepted")
            .never_says(PASSWORD);
        let taken = server.taken();
        let people: BTreeSet<&str> = taken.iter().flat_map(|taken| &taken.recipients).map(String::as_str).collect();
        assert_eq!((taken.len(), &people), (5, &clinic.ledger().people("accepted")));
        for letter in &taken {
            assert_eq!(
                (letter.tls, letter.login.as_deref(), letter.sender.as_str()),
                (true, Some("tips"), "tips@riverside.example")
            );
        }
        assert_secret_is_kept(&clinic);
        Some(())
    };
    check(Tls::Implicit, "implicit", "password_file: relay.password");
    check(Tls::Required, "starttls", "password_env: CLINIC_RELAY_PASSWORD");
    check(Tls::Required, "starttls", "password_command: cat relay.password");
}

#[test]
fn a_wrong_password_or_certificate_touches_nobody() {
    let refused = |clinic: &Workspace, server: &Aiosmtpd, words: &str| {
        clinic
            .run(&["send", "seasonal-immunity"])
            .exits(78)
            .tells(words)
            .never_says(PASSWORD);
        let ledger = clinic.ledger();
        assert_eq!(ledger.people("pending").len(), 5, "{:?}", ledger.counts());
        assert!(ledger.letters.iter().all(|letter| letter.attempts == 0), "{ledger:#?}");
        assert_eq!(server.taken(), []);
        assert_secret_is_kept(clinic);
    };
    let Some(server) = Aiosmtpd::start(Tls::Implicit, Some(("tips", "another word"))) else {
        return;
    };
    let clinic = logging_in(&server, "implicit", "password_file: relay.password");
    refused(&clinic, &server, "refuses the login");
    clinic.write("relay.password", "another word\n");
    clinic.run(&["run"]).exits(0);
    assert_eq!(clinic.ledger().people("accepted").len(), 5);

    let server = Aiosmtpd::start(Tls::Required, Some(("tips", PASSWORD))).unwrap();
    let stranger = super::certificate::Certificate::naming(&["localhost"]);
    let clinic = logging_in(&server, "starttls", "password_file: relay.password");
    clinic.write("authority.pem", std::fs::read(stranger.authority()).unwrap());
    refused(&clinic, &server, "certificate of `localhost`");
}
