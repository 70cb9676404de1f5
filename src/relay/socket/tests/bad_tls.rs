//! Servers whose TLS is not to be trusted: not one byte of a login or of a letter goes to them, whatever they do.

use crate::delivery::reply::{Class, Stage};
use crate::relay::server::{Roots, Security, Server};
use crate::relay::socket::open;
use crate::relay::socket::tests::identity::{Identity, identity, identity_with, secured, self_signed};
use crate::relay::socket::tests::opening::{after_greeting, trouble};
use crate::relay::socket::tests::script::{LISTEN, Turn, UNTIL_DATA, scripted};
use crate::relay::socket::tests::{post_to, server};

const FIX_FIRST: Class = Class::Settings;
const LATER: Class = Class::RelayDown;

/// A relay that would take a login and a letter, if anybody were so careless.
fn eager(opening: &[Turn]) -> Vec<Turn> {
    let greedy = [Turn::Hear("AUTH"), Turn::Say("235 ok\r\n"), LISTEN];
    [
        opening.to_vec(),
        after_greeting("250-relay\r\n250 AUTH PLAIN LOGIN\r\n", &greedy),
    ]
    .concat()
}

fn implicit() -> Vec<Turn> {
    eager(&[Turn::Encrypt, Turn::Say("220 hi\r\n")])
}

/// Up to STARTTLS, and what the relay says to it.
fn starttls(answer: &'static str, then: &[Turn]) -> Vec<Turn> {
    let asked = [&[Turn::Hear("STARTTLS\r\n"), Turn::Say(answer)], then].concat();
    [
        vec![Turn::Say("220 hi\r\n")],
        after_greeting("250-relay\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n", &asked),
    ]
    .concat()
}

/// Opens a connection that must not come to be, and holds what the server has read against what it may know.
async fn check(identity: &Identity, security: Security, turns: Vec<Turn>, expected: (Stage, Class), words: &str) {
    let acceptor = Some(identity.acceptor.clone());
    let (trouble, heard) = trouble(acceptor, turns, |server| secured(server, security, &identity.root)).await;
    assert_eq!((trouble.stage, trouble.class), expected, "{trouble}");
    assert!(trouble.why.contains(words), "`{words}` is not in `{trouble}`");
    let mut rest = heard.as_str();
    if security == Security::StartTls {
        for known in ["EHLO clinic.example\r\n", "STARTTLS\r\n"] {
            rest = rest.strip_prefix(known).unwrap_or(rest);
        }
    }
    // What remains may be the handshake; nothing of it is a command.
    for telling in ["AUTH", "AHRp", "tips", "pass", "EHLO", "MAIL", "Subject"] {
        assert!(!rest.contains(telling), "the server has read `{telling}`: {heard:?}");
    }
}

/// The same server with TLS from the first byte and after STARTTLS.
async fn check_both(identity: &Identity, expected: (Stage, Class), words: &str) {
    check(identity, Security::Implicit, implicit(), expected, words).await;
    let after = eager(&[Turn::Encrypt]);
    check(identity, Security::StartTls, starttls("220 go\r\n", &after), expected, words).await;
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused_before_the_password() {
    let bad = (Stage::Tls, FIX_FIRST);
    check_both(&identity("other.example"), bad, "not made out to `localhost`").await;
    let expired = identity_with("localhost", |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    check_both(&expired, bad, "has expired").await;
    let early = identity_with("localhost", |params| params.not_before = rcgen::date_time_ymd(4000, 1, 1));
    check_both(&early, bad, "not valid yet").await;
    check_both(&self_signed("localhost"), bad, "nobody whom this machine trusts").await;
    let stranger = Identity {
        root: identity("localhost").root,
        ..identity("localhost")
    };
    check_both(&stranger, bad, "certificate of `localhost`").await;
    let not_for_servers = identity_with("localhost", |params| {
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    });
    check_both(&not_for_servers, bad, "is not valid").await;
    let authority = identity_with("localhost", |params| {
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    check_both(&authority, bad, "vouches for its certificate itself").await;
    println!(
        "proof| tls | certificates that prove nothing, over implicit TLS and after STARTTLS | 14 refused, 0 bytes of a login read"
    );
}

#[tokio::test]
async fn the_systems_roots_do_not_know_an_authority_of_ones_own() {
    let Identity { acceptor, .. } = identity("localhost");
    let (trouble, heard) = trouble(Some(acceptor), implicit(), |server| Server {
        roots: Roots::System,
        ..secured(server, Security::Implicit, b"")
    })
    .await;
    assert_eq!(
        (trouble.stage, trouble.class, heard.as_str()),
        (Stage::Tls, FIX_FIRST, ""),
        "{trouble}"
    );
}

#[tokio::test]
async fn roots_that_are_none_are_told() {
    let good = identity("localhost");
    for root in [
        &b""[..],
        b"no certificate",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let named = Identity {
            root: root.to_vec(),
            acceptor: good.acceptor.clone(),
        };
        check(&named, Security::Implicit, implicit(), (Stage::Tls, FIX_FIRST), "`roots`").await;
    }
}

#[tokio::test]
async fn tls_that_cannot_be_is_told_from_tls_that_broke() {
    let good = identity("localhost");
    let clear = eager(&[Turn::Say("220 hi\r\n")]);
    check(
        &good,
        Security::Implicit,
        clear,
        (Stage::Tls, FIX_FIRST),
        "does not speak TLS",
    )
    .await;
    let clear = starttls("220 go\r\n", &[Turn::Hear("\x16"), Turn::Say("250 no TLS here\r\n"), LISTEN]);
    check(
        &good,
        Security::StartTls,
        clear,
        (Stage::Tls, FIX_FIRST),
        "does not speak TLS",
    )
    .await;
    // An alert `protocol_version`, and a ServerHello of TLS 1.1: what servers say that know nothing newer.
    let alert = vec![Turn::Hear("\x16"), Turn::Say("\x15\x03\x01\x00\x02\x02F"), LISTEN];
    check(&good, Security::Implicit, alert, (Stage::Tls, FIX_FIRST), "no common way").await;
    let hello = "\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02rrrrrrrrrrrrrrrrrrrrrrrrrrrrrrrr\x00\x00\x2f\x00";
    let old = vec![Turn::Hear("\x16"), Turn::Say(hello), LISTEN];
    check(&good, Security::Implicit, old, (Stage::Tls, FIX_FIRST), "no common way").await;
    for cut in [
        vec![Turn::Close],
        vec![Turn::Hear("\x16"), Turn::Close],
        vec![Turn::Hear("\x16"), Turn::Say("\x16\x03\x03"), Turn::Close],
    ] {
        check(&good, Security::Implicit, cut.clone(), (Stage::Tls, LATER), "handshake").await;
        check(
            &good,
            Security::StartTls,
            starttls("220 go\r\n", &cut),
            (Stage::Tls, LATER),
            "handshake",
        )
        .await;
    }
}

#[tokio::test]
async fn a_handshake_that_never_ends_is_given_up() {
    let Identity { root, acceptor } = identity("localhost");
    let (trouble, _) = trouble(Some(acceptor), vec![LISTEN], |server| {
        let mut server = secured(server, Security::Implicit, &root);
        server.deadlines.connect = std::time::Duration::from_millis(500);
        server
    })
    .await;
    assert_eq!((trouble.stage, trouble.class), (Stage::Tls, LATER), "{trouble}");
}

#[tokio::test]
async fn starttls_is_required_and_nothing_goes_on_without_it() {
    let good = identity("localhost");
    let refused = |class| (Stage::StartTls, class);
    let none = [
        vec![Turn::Say("220 hi\r\n")],
        after_greeting("250-relay\r\n250 AUTH PLAIN LOGIN\r\n", &[LISTEN]),
    ]
    .concat();
    check(&good, Security::StartTls, none, refused(FIX_FIRST), "does not offer STARTTLS").await;
    for (answer, class) in [
        ("454 4.7.0 no TLS now\r\n", LATER),
        ("554 5.7.3 no\r\n", FIX_FIRST),
        ("502 5.5.1 what\r\n", FIX_FIRST),
    ] {
        check(
            &good,
            Security::StartTls,
            starttls(answer, &[LISTEN]),
            refused(class),
            "cannot begin TLS",
        )
        .await;
    }
    check(
        &good,
        Security::StartTls,
        starttls("250 fine\r\n", &[LISTEN]),
        refused(LATER),
        "no answer",
    )
    .await;
}

#[tokio::test]
async fn clear_text_behind_starttls_ends_it() {
    let good = identity("localhost");
    for injected in [
        "220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n",
        "220 go\r\n2",
        "220 go\r\n\r\n",
        "220 go\r\n\x16",
    ] {
        let turns = starttls(injected, &eager(&[Turn::Encrypt]));
        check(
            &good,
            Security::StartTls,
            turns,
            (Stage::StartTls, FIX_FIRST),
            "clear text behind",
        )
        .await;
    }
    // The same in two packets: it is read as the handshake then, which it is not.
    let later = starttls(
        "220 go\r\n",
        &[Turn::Hear("\x16"), Turn::Say("250-evil\r\n250 AUTH PLAIN\r\n"), LISTEN],
    );
    check(
        &good,
        Security::StartTls,
        later,
        (Stage::Tls, FIX_FIRST),
        "does not speak TLS",
    )
    .await;
}

#[tokio::test]
async fn what_was_offered_in_clear_text_is_forgotten_behind_tls() {
    let good = identity("localhost");
    let again = [Turn::Encrypt, Turn::Hear("EHLO"), Turn::Say("250 relay\r\n"), LISTEN];
    let (trouble, heard) = trouble(Some(good.acceptor.clone()), starttls("220 go\r\n", &again), |server| {
        secured(server, Security::StartTls, &good.root)
    })
    .await;
    assert_eq!((trouble.stage, trouble.class), (Stage::Login, FIX_FIRST), "{trouble}");
    assert!(!heard.contains("AUTH"), "AUTH was offered in front of TLS only: {heard}");
}

#[tokio::test]
async fn an_end_without_goodbye_takes_no_yes_back() {
    let Identity { root, acceptor } = identity("localhost");
    let ending = [
        Turn::Say("354 go\r\n"),
        Turn::Hear("\r\n.\r\n"),
        Turn::Say("250 ok\r\n"),
        Turn::Close,
    ];
    let taking = [&[Turn::Hear("AUTH"), Turn::Say("235 ok\r\n")], &UNTIL_DATA[3..], &ending].concat();
    let turns = [
        vec![Turn::Encrypt, Turn::Say("220 hi\r\n")],
        after_greeting("250-relay\r\n250 AUTH PLAIN\r\n", &taking),
    ]
    .concat();
    let (port, playing) = scripted(Some(acceptor), turns).await;
    let mut connection = open(&secured(server(port, Security::Implicit), Security::Implicit, &root))
        .await
        .unwrap();
    let protection = connection.protection().unwrap();
    assert_eq!((protection.version, protection.valid_until.is_some()), ("TLS 1.3", true));
    assert!(post_to(&mut connection, "ann@example.org").await.is_accepted());
    // The socket is closed without TLS's own goodbye: the letter stays accepted, and the next one is not taken.
    playing.await.unwrap();
    let next = post_to(&mut connection, "bob@example.org").await;
    assert!(!next.is_accepted() && !next.is_in_doubt(), "{next:?}");
}
