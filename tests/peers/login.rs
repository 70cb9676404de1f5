//! The program and a mail server with TLS and login that somebody else wrote: what reaches it, and what never leaves.

use super::aiosmtpd::{Aiosmtpd, Tls};
use crate::support::workspace::Workspace;
use std::collections::BTreeSet;
use std::path::Path;

const PASSWORD: &str = "tr0ub4dor&3 horse";

/// A workspace that logs in to `server`, with its password where `source` says.
fn logging_in(server: &Aiosmtpd, tls: &str, source: &str) -> Workspace {
    let authority = std::fs::read_to_string(server.certificate().authority()).unwrap();
    let port = server.port();
    Workspace::sample()
        .with_people(5)
        .file("authority.pem", &authority)
        .secret("relay.password", &format!("{PASSWORD}\n"))
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

/// A clinic with a real relay, with the secret from `command`.
fn real(server: &Aiosmtpd, tls: Tls, command: &str) -> Workspace {
    let tls = if tls == Tls::Implicit { "implicit" } else { "starttls" };
    let source = format!("password_command: \"{command}\"");
    let clinic = logging_in(server, tls, &source);
    let settings = clinic.read("tidings.yaml").replace("test: true", "per_second: 100");
    let settings = settings.replace("unsubscribe: {", "unsubscribe: {read_by_hand: true, ");
    clinic.file("tidings.yaml", &settings)
}

#[test]
fn every_way_to_log_in_goes_over_either_kind_of_tls() {
    for tls in [Tls::Implicit, Tls::Required] {
        for way in ["PLAIN", "LOGIN", "XOAUTH2"] {
            let Some(server) = Aiosmtpd::taking_only(way, tls, ("tips", PASSWORD)) else {
                return;
            };
            let clinic = real(&server, tls, "cat relay.password");
            clinic
                .run(&["doctor"])
                .exits(0)
                .prints("well  it takes the login: as `tips`")
                .never_says(PASSWORD);
            clinic
                .run(&["test", "seasonal-immunity", "--to", "me@riverside.example"])
                .exits(0);
            clinic
                .run(&["send", "seasonal-immunity", "--yes"])
                .exits(0)
                .never_says("hint: ")
                .never_says(PASSWORD);
            let taken = server.taken();
            assert_eq!(taken.len(), 6, "{tls:?} {way}: a test letter and five others");
            let as_agreed = taken
                .iter()
                .all(|letter| letter.tls && letter.login.as_deref() == Some("tips"));
            assert!(as_agreed, "{tls:?} {way}");
            assert!(String::from_utf8_lossy(&taken[0].letter()).contains("Subject: [Test] "));
            assert_secret_is_kept(&clinic);
        }
    }
}

#[test]
fn a_token_that_has_run_out_is_fetched_anew_in_the_middle_of_a_run() {
    let Some(server) = Aiosmtpd::taking_only("XOAUTH2", Tls::Implicit, ("tips", PASSWORD)) else {
        return;
    };
    // The first call gives a token of yesterday, the next one the token of today.
    let clinic = real(&server, Tls::Implicit, "cat token; cp relay.password token").secret("token", "yesterday\n");
    clinic
        .run(&["send", "seasonal-immunity", "--yes"])
        .exits(0)
        .prints("5 letters accepted")
        .never_says("yesterday");
    assert_eq!(server.taken().len(), 5);
    // Where there is no fresh one, the login is refused, and nobody is touched.
    let clinic = real(&server, Tls::Implicit, "echo yesterday");
    clinic
        .run(&["send", "seasonal-immunity", "--yes"])
        .exits(78)
        .tells("the relay refuses the login: it answered `535 ")
        .tells("(status 401)")
        .tells("hint: the token has run out")
        .never_says("yesterday")
        .never_says("eWVzdGVyZGF5");
    assert_eq!(clinic.ledger().people("pending").len(), 5);
    assert_eq!(server.taken().len(), 5);
}
