//! What becomes of the opening: TLS, login, and relays that do not want to.

use crate::delivery::reply::{Class, Stage};
use crate::relay::outcome::Trouble;
use crate::relay::server::{Deadlines, Login, Roots, Secret, Security, Server};
use crate::relay::socket::open;
use crate::relay::socket::tests::script::{LISTEN, Turn, UNTIL_DATA, scripted};
use crate::relay::socket::tests::{impatient, post_to, server};
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The trouble of opening a connection to a relay that plays `turns`, and all that the relay has heard.
async fn trouble(acceptor: Option<TlsAcceptor>, turns: Vec<Turn>, adapt: impl FnOnce(Server) -> Server) -> (Trouble, String) {
    let (port, playing) = scripted(acceptor, turns).await;
    let trouble = open(&adapt(server(port, Security::Plain))).await.unwrap_err();
    (trouble, playing.await.unwrap())
}

async fn check_trouble(turns: Vec<Turn>, expected: (Stage, Class)) {
    let (trouble, _) = trouble(None, turns.clone(), |server| server).await;
    assert_eq!((trouble.stage, trouble.class), expected, "{trouble} after {turns:?}");
}

#[tokio::test]
async fn an_opening_that_fails_says_whose_fault_it_is() {
    let away = Class::RelayDown;
    check_trouble(vec![Turn::Close], (Stage::Greeting, away)).await;
    let (silent, _) = trouble(None, vec![LISTEN], |server| {
        impatient(server.port, |deadlines| &mut deadlines.reply)
    })
    .await;
    assert_eq!((silent.stage, silent.class), (Stage::Greeting, away), "{silent}");
    check_trouble(
        vec![Turn::Say("421 busy\r\n"), Turn::Close],
        (Stage::Greeting, Class::Throttle),
    )
    .await;
    check_trouble(
        vec![Turn::Say("554 5.7.1 blocked\r\n"), Turn::Close],
        (Stage::Greeting, Class::Settings),
    )
    .await;
    check_trouble(
        vec![Turn::Say("HTTP/1.1 400 Bad Request\r\n\r\n"), LISTEN],
        (Stage::Greeting, Class::Settings),
    )
    .await;
    check_trouble(
        vec![Turn::Say("220 hi\r\n"), Turn::Hear("EHLO"), Turn::Close],
        (Stage::Ehlo, away),
    )
    .await;
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = open(&server(port, Security::Plain)).await.unwrap_err();
    assert_eq!((refused.stage, refused.class), (Stage::Connect, away), "{refused}");
}

struct Identity {
    root: Vec<u8>,
    acceptor: TlsAcceptor,
}

fn identity(name: &str) -> Identity {
    let mut authority = rcgen::CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_key = rcgen::KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let certificate = rcgen::CertificateParams::new(vec![name.to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    Identity {
        root: root.pem().into_bytes(),
        acceptor: TlsAcceptor::from(Arc::new(config)),
    }
}

fn secured(server: Server, security: Security, root: &[u8]) -> Server {
    let login = Login {
        user: "tips".to_owned(),
        password: Secret::new("pass word"),
    };
    let deadlines = Deadlines::default();
    Server {
        security,
        roots: Roots::Pem(root.to_vec()),
        login: Some(login),
        in_flight: 1,
        deadlines,
        ..server
    }
}

fn after_greeting(offers: &'static str, login: &[Turn]) -> Vec<Turn> {
    let mut turns = vec![Turn::Hear("EHLO"), Turn::Say(offers)];
    turns.extend(login.iter().cloned());
    turns
}

#[tokio::test]
async fn a_login_goes_over_either_kind_of_tls() {
    let Identity { root, acceptor } = identity("localhost");
    let plain = after_greeting(
        "250-relay\r\n250 auth plain login\r\n",
        &[Turn::Hear("AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\r\n"), Turn::Say("235 ok\r\n")],
    );
    let login = after_greeting(
        "250-relay\r\n250 AUTH LOGIN\r\n",
        &[
            Turn::Hear("AUTH LOGIN\r\n"),
            Turn::Say("334 VXNlcm5hbWU6\r\n"),
            Turn::Hear("dGlwcw==\r\n"),
            Turn::Say("334 UGFzc3dvcmQ6\r\n"),
            Turn::Hear("cGFzcyB3b3Jk\r\n"),
            Turn::Say("235 ok\r\n"),
        ],
    );
    let implicit = vec![Turn::Encrypt, Turn::Say("220 hi\r\n")];
    let starttls = [
        vec![Turn::Say("220 hi\r\n")],
        after_greeting(
            "250-relay\r\n250 STARTTLS\r\n",
            &[Turn::Hear("STARTTLS\r\n"), Turn::Say("220 go\r\n"), Turn::Encrypt],
        ),
    ]
    .concat();
    for (security, opening) in [(Security::Implicit, implicit), (Security::StartTls, starttls)] {
        for script in [&plain, &login] {
            let mut turns = [opening.clone(), script.clone()].concat();
            turns.extend(UNTIL_DATA[3..].iter().cloned());
            turns.extend([
                Turn::Say("354 go\r\n"),
                Turn::Hear("\r\n.\r\n"),
                Turn::Say("250 ok\r\n"),
                Turn::Close,
            ]);
            let (port, playing) = scripted(Some(acceptor.clone()), turns).await;
            let mut connection = open(&secured(server(port, security), security, &root)).await.unwrap();
            assert!(post_to(&mut connection, "ann@example.org").await.is_accepted());
            assert!(playing.await.unwrap().ends_with(".dot\r\nbye\r\n.\r\n"));
        }
    }
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused_before_the_password() {
    let (localhost, other) = (identity("localhost"), identity("other.example"));
    for (acceptor, root) in [(&localhost.acceptor, &other.root), (&other.acceptor, &other.root)] {
        let turns = vec![Turn::Encrypt, Turn::Say("220 hi\r\n"), Turn::Hear("EHLO")];
        let (trouble, heard) = trouble(Some(acceptor.clone()), turns, |server| {
            secured(server, Security::Implicit, root)
        })
        .await;
        assert_eq!((trouble.stage, trouble.class), (Stage::Tls, Class::Settings), "{trouble}");
        assert_eq!(heard, "");
    }
}

#[tokio::test]
async fn tls_that_cannot_be_is_told_from_tls_that_broke() {
    let root = identity("localhost").root;
    let not_tls = vec![Turn::Say("220 hi\r\n"), LISTEN];
    let (trouble_, _) = trouble(None, not_tls, |server| secured(server, Security::Implicit, &root)).await;
    assert_eq!((trouble_.stage, trouble_.class), (Stage::Tls, Class::Settings), "{trouble_}");
    let (trouble_, _) = trouble(None, vec![Turn::Close], |server| secured(server, Security::Implicit, &root)).await;
    assert_eq!((trouble_.stage, trouble_.class), (Stage::Tls, Class::RelayDown), "{trouble_}");
}

#[tokio::test]
async fn clear_text_behind_starttls_ends_it() {
    let Identity { root, acceptor } = identity("localhost");
    let offers = "250-relay\r\n250 STARTTLS\r\n";
    let injected = [
        vec![Turn::Say("220 hi\r\n")],
        after_greeting(
            offers,
            &[
                Turn::Hear("STARTTLS\r\n"),
                Turn::Say("220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n"),
                Turn::Encrypt,
            ],
        ),
    ]
    .concat();
    let (trouble, heard) = trouble(Some(acceptor), injected, |server| secured(server, Security::StartTls, &root)).await;
    assert_eq!(
        (trouble.stage, trouble.class),
        (Stage::StartTls, Class::Settings),
        "{trouble}"
    );
    assert!(!heard.contains("AUTH"));
}

#[tokio::test]
async fn a_refused_password_is_nobodys_bounce() {
    let Identity { root, acceptor } = identity("localhost");
    let turns = [
        vec![Turn::Encrypt, Turn::Say("220 hi\r\n")],
        after_greeting(
            "250-relay\r\n250 AUTH PLAIN\r\n",
            &[Turn::Hear("AUTH"), Turn::Say("535 5.7.8 no\r\n"), LISTEN],
        ),
    ]
    .concat();
    let (trouble, _) = trouble(Some(acceptor), turns, |server| secured(server, Security::Implicit, &root)).await;
    assert_eq!((trouble.stage, trouble.class), (Stage::Login, Class::Login), "{trouble}");
    assert_eq!(trouble.reply.map(|reply| reply.code), Some(535));
}

#[tokio::test]
async fn a_password_is_never_said_in_clear() {
    let turns = vec![
        Turn::Say("220 hi\r\n"),
        Turn::Hear("EHLO"),
        Turn::Say("250-relay\r\n250 AUTH PLAIN LOGIN\r\n"),
        Turn::Hear("AUTH"),
    ];
    let (trouble, heard) = trouble(None, turns, |server| Server {
        security: Security::Plain,
        ..secured(server, Security::Plain, b"")
    })
    .await;
    assert_eq!((trouble.stage, trouble.class), (Stage::Login, Class::Settings), "{trouble}");
    assert!(!heard.contains("AUTH"));
}
