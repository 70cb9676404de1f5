//! The socket against the sandbox, and against small scripted relays that do what real ones do when they go wrong.

use crate::address::Address;
use crate::delivery::reply::{Class, Stage};
use crate::relay::conversation::Envelope;
use crate::relay::outcome::{Outcome, Trouble};
use crate::relay::sandbox::{Sandbox, Summary};
use crate::relay::server::{Deadlines, Login, Roots, Secret, Security, Server};
use crate::relay::socket::{Connection, open};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

const LETTER: &[u8] = b"Subject: tips\r\n\r\n.dot\r\nbye\r\n";

fn server(port: u16, security: Security) -> Server {
    let (hello, roots, deadlines) = ("clinic.example".to_owned(), Roots::System, Deadlines::default());
    Server {
        host: "localhost".to_owned(),
        port,
        security,
        login: None,
        hello,
        roots,
        deadlines,
    }
}

fn impatient(port: u16) -> Server {
    let soon = Duration::from_millis(200);
    let deadlines = Deadlines {
        connect: soon,
        reply: soon,
        data: soon,
        block: soon,
        end_of_data: soon,
        quit: soon,
    };
    Server {
        deadlines,
        ..server(port, Security::Plain)
    }
}

async fn post_to(connection: &mut Connection, to: &str) -> Outcome {
    post_bytes(connection, to, LETTER).await
}

async fn post_bytes(connection: &mut Connection, to: &str, bytes: &[u8]) -> Outcome {
    let (from, to) = (Address::parse("tips@clinic.example").unwrap(), Address::parse(to).unwrap());
    connection
        .post(&Envelope {
            from: &from,
            to: &to,
            bytes,
        })
        .await
}

/// One turn of a scripted relay.
#[derive(Debug, Clone)]
enum Turn {
    /// Reads until these bytes have come.
    Hear(&'static str),
    Say(&'static str),
    /// Says it one byte a write.
    Drip(&'static str),
    /// TLS from here on.
    Encrypt,
    Close,
    /// Reads no more and says no more, but keeps the connection.
    Sleep,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<W: AsyncRead + AsyncWrite + Unpin + Send> Wire for W {}

/// A relay that plays `turns` to one visitor; what it has heard comes back at the end.
async fn scripted(acceptor: Option<TlsAcceptor>, turns: Vec<Turn>) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (
        port,
        tokio::spawn(async move { play(listener.accept().await.unwrap().0, acceptor, turns).await }),
    )
}

async fn play(tcp: TcpStream, acceptor: Option<TlsAcceptor>, turns: Vec<Turn>) -> String {
    tcp.set_nodelay(true).unwrap();
    let mut clear = Some(tcp);
    let mut secure: Option<Box<dyn Wire>> = None;
    let (mut heard, mut done) = (String::new(), 0);
    for turn in turns {
        if matches!(turn, Turn::Encrypt) {
            let encrypted = acceptor.as_ref().unwrap().accept(clear.take().unwrap()).await;
            secure = Some(match encrypted {
                Ok(encrypted) => Box::new(encrypted),
                Err(_) => return heard,
            });
            continue;
        }
        let wire: &mut dyn Wire = match &mut secure {
            Some(secure) => secure,
            None => clear.as_mut().unwrap(),
        };
        match turn {
            Turn::Hear(words) => {
                let mut buffer = [0; 4096];
                while !heard[done..].contains(words) {
                    match wire.read(&mut buffer).await {
                        Ok(0) | Err(_) => return heard,
                        Ok(octets) => heard.push_str(&String::from_utf8_lossy(&buffer[..octets])),
                    }
                }
                done = done + heard[done..].find(words).unwrap() + words.len();
            }
            Turn::Say(words) => drop(wire.write_all(words.as_bytes()).await),
            Turn::Drip(words) => {
                for byte in words.as_bytes() {
                    wire.write_all(&[*byte]).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
            Turn::Close => return heard,
            Turn::Sleep => std::future::pending().await,
            Turn::Encrypt => unreachable!("done above"),
        }
        if let Some(secure) = &mut secure {
            drop(secure.flush().await);
        }
    }
    heard
}

/// Up to and with the 354.
const UNTIL_354: [Turn; 8] = [
    Turn::Say("220 hi\r\n"),
    Turn::Hear("EHLO"),
    Turn::Say("250 relay\r\n"),
    Turn::Hear("MAIL"),
    Turn::Say("250 ok\r\n"),
    Turn::Hear("RCPT"),
    Turn::Drip("250-a\r\n250 b\r\n"),
    Turn::Hear("DATA"),
];

/// Posts one letter to a relay that goes on with `turns` after DATA; its outcome, and whether the connection is usable.
async fn post_and(turns: &[Turn], bytes: &[u8]) -> (Outcome, bool) {
    let script = UNTIL_354.iter().chain(turns).cloned().collect();
    let (port, playing) = scripted(None, script).await;
    let mut connection = open(&impatient(port)).await.unwrap();
    let outcome = post_bytes(&mut connection, "ann@example.org", bytes).await;
    playing.abort();
    (outcome, connection.is_usable())
}

async fn check(turns: &[Turn], expected: &str) {
    let (outcome, usable) = post_and(turns, LETTER).await;
    let shown = match outcome {
        Outcome::Answered(reply) => format!("answered {}: {reply}", reply.stage),
        Outcome::NotTaken { stage, .. } => format!("not taken {stage}"),
        Outcome::InDoubt { .. } => "in doubt".to_owned(),
        Outcome::Unsupported { class, .. } => format!("unsupported {class:?}"),
    };
    let state = if usable { "usable" } else { "over" };
    assert_eq!(format!("{shown}, {state}"), expected, "{turns:?}");
}

#[tokio::test]
async fn letters_go_to_the_sandbox_one_after_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path()).unwrap();
    let mut connection = open(&server(sandbox.port(), Security::Plain)).await.unwrap();
    assert_eq!(connection.relay_name(), "localhost");
    for (number, to) in ["ann@example.org", "jörg@example.org", "bob@example.org"]
        .into_iter()
        .enumerate()
    {
        let outcome = post_to(&mut connection, to).await;
        assert!(outcome.is_accepted(), "{outcome:?}");
        let name = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .max()
            .unwrap();
        assert!(
            name.file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with(&format!("{:04}-", number + 1))
        );
        assert_eq!(std::fs::read(name).unwrap(), LETTER);
    }
    let too_long = format!("Subject: a\r\n\r\n{}\r\n", "x".repeat(1000));
    let refused = post_bytes(&mut connection, "ann@example.org", too_long.as_bytes()).await;
    assert!(
        matches!(&refused, Outcome::Answered(reply) if reply.code == 500 && reply.stage == Stage::EndOfData),
        "{refused:?}"
    );
    assert!(post_to(&mut connection, "ann@example.org").await.is_accepted());
    connection.quit().await;
    assert_eq!(sandbox.stop().await, Summary { accepted: 4, refused: 1 });
}

#[tokio::test]
async fn several_connections_at_once_lose_and_double_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path()).unwrap();
    let server = Arc::new(server(sandbox.port(), Security::Plain));
    let posting = (0..4).map(|_| {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            let mut connection = open(&server).await.unwrap();
            for _ in 0..10 {
                assert!(post_to(&mut connection, "ann@example.org").await.is_accepted());
            }
            connection.quit().await;
        })
    });
    for task in posting.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    assert_eq!(
        sandbox.stop().await,
        Summary {
            accepted: 40,
            refused: 0
        }
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 40);
}

#[tokio::test]
async fn a_large_letter_is_written_in_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(folder.path()).unwrap();
    let mut connection = open(&server(sandbox.port(), Security::Plain)).await.unwrap();
    let letter = format!("Subject: large\r\n\r\n{}", ".a line of text\r\n".repeat(60_000));
    assert!(
        post_bytes(&mut connection, "ann@example.org", letter.as_bytes())
            .await
            .is_accepted()
    );
    assert_eq!(
        std::fs::read(folder.path().join("0001-ann-example.org.eml")).unwrap(),
        letter.as_bytes()
    );
    let huge = vec![b'x'; 26 * 1024 * 1024]
        .chunks(900)
        .flat_map(|line| [line, b"\r\n"].concat())
        .collect::<Vec<_>>();
    assert!(matches!(
        post_bytes(&mut connection, "ann@example.org", &huge).await,
        Outcome::Unsupported {
            class: Class::Content,
            ..
        }
    ));
    assert!(connection.is_usable());
}

#[tokio::test]
async fn a_refused_recipient_keeps_the_connection_and_costs_a_reset() {
    let mut script = UNTIL_354[..6].to_vec();
    script.extend([
        Turn::Say("550 5.1.1 unknown\r\n"),
        Turn::Hear("RSET"),
        Turn::Say("250 ok\r\n"),
        Turn::Hear("MAIL"),
        Turn::Say("250 ok\r\n"),
        Turn::Hear("RCPT TO:<bob"),
        Turn::Say("250 ok\r\n"),
        Turn::Hear("DATA"),
        Turn::Say("354 go\r\n"),
        Turn::Hear("\r\n.\r\n"),
        Turn::Say("250 ok\r\n"),
        Turn::Hear("QUIT"),
        Turn::Say("221 bye\r\n"),
    ]);
    let (port, playing) = scripted(None, script).await;
    let mut connection = open(&server(port, Security::Plain)).await.unwrap();
    let refused = post_to(&mut connection, "ann@example.org").await;
    assert!(
        matches!(&refused, Outcome::Answered(reply) if reply.stage == Stage::Rcpt && reply.code == 550),
        "{refused:?}"
    );
    assert!(connection.is_usable());
    assert!(post_to(&mut connection, "bob@example.org").await.is_accepted());
    connection.quit().await;
    let heard = playing.await.unwrap();
    assert_eq!(
        heard.matches("Subject: tips").count(),
        1,
        "the first letter's body never left: {heard}"
    );
}

#[tokio::test]
async fn what_the_relay_does_after_the_dot_decides() {
    let after_dot = |turn: Turn| [Turn::Say("354 go\r\n"), Turn::Hear("\r\n.\r\n"), turn, Turn::Sleep];
    let closing = |turn: Turn| [Turn::Say("354 go\r\n"), Turn::Hear("\r\n.\r\n"), turn, Turn::Close];
    check(
        &after_dot(Turn::Say("250 2.0.0 ok\r\n")),
        "answered end of data: 250 2.0.0 ok, usable",
    )
    .await;
    check(
        &after_dot(Turn::Drip("250-2.0.0 a\r\n250 2.0.0 b\r\n")),
        "answered end of data: 250 2.0.0 a b, usable",
    )
    .await;
    check(&closing(Turn::Drip("250 ok\r\n")), "answered end of data: 250 ok, usable").await;
    check(
        &after_dot(Turn::Say("451 later\r\n")),
        "answered end of data: 451 later, usable",
    )
    .await;
    check(&after_dot(Turn::Say("421 bye\r\n")), "answered end of data: 421 bye, over").await;
    check(&after_dot(Turn::Say("354 again\r\n")), "in doubt, over").await;
    check(&after_dot(Turn::Say("250 ok\r\n250 ok\r\n")), "in doubt, over").await;
    check(&after_dot(Turn::Say("250-never ended\r\n")), "in doubt, over").await;
    check(&closing(Turn::Say("25")), "in doubt, over").await;
    check(&closing(Turn::Say("")), "in doubt, over").await;
    check(&after_dot(Turn::Say("")), "in doubt, over").await;
}

#[tokio::test]
async fn what_the_relay_does_before_the_dot_is_a_definite_no() {
    check(&[Turn::Close], "not taken data, over").await;
    check(&[Turn::Sleep], "not taken data, over").await;
    check(&[Turn::Say("554 no\r\n"), Turn::Sleep], "answered data: 554 no, usable").await;
    check(&[Turn::Say("250 ok\r\n"), Turn::Sleep], "not taken data, over").await;
    check(&[Turn::Say("354 go\r\n250 ok\r\n"), Turn::Sleep], "not taken data, over").await;
}

/// So large that no kernel takes all of it for a relay that does not read.
fn large_letter() -> Vec<u8> {
    b"a line that is repeated very often\r\n".repeat(1_000_000)
}

#[tokio::test]
async fn a_letter_that_is_cut_in_mid_body_is_not_taken() {
    let letter = large_letter();
    for turns in [
        [Turn::Say("354 go\r\n"), Turn::Hear("a line"), Turn::Close],
        [Turn::Say("354 go\r\n"), Turn::Hear("a line"), Turn::Sleep],
    ] {
        let (outcome, usable) = post_and(&turns, &letter).await;
        assert!(
            matches!(outcome, Outcome::NotTaken { stage: Stage::Data, .. }),
            "{outcome:?} after {turns:?}"
        );
        assert!(!usable);
    }
}

#[tokio::test]
async fn a_relay_that_speaks_in_mid_body_is_heard() {
    let letter = large_letter();
    let turns = [
        Turn::Say("354 go\r\n"),
        Turn::Hear("a line"),
        Turn::Say("552 5.3.4 too big\r\n"),
        Turn::Sleep,
    ];
    let (outcome, usable) = post_and(&turns, &letter).await;
    assert!(
        matches!(&outcome, Outcome::Answered(reply) if reply.code == 552),
        "{outcome:?}"
    );
    assert!(!usable);
    let turns = [
        Turn::Say("354 go\r\n"),
        Turn::Hear("a line"),
        Turn::Say("250 thanks\r\n"),
        Turn::Sleep,
    ];
    assert!(post_and(&turns, &letter).await.0.is_in_doubt());
}

#[tokio::test]
async fn a_connection_that_died_while_idle_takes_no_letter() {
    for farewell in [
        vec![Turn::Say("421 idle\r\n"), Turn::Close],
        vec![Turn::Close],
        vec![Turn::Say("250 surplus\r\n"), Turn::Sleep],
    ] {
        let mut script = UNTIL_354.to_vec();
        script.extend([Turn::Say("354 go\r\n"), Turn::Hear("\r\n.\r\n"), Turn::Say("250 ok\r\n")]);
        // The farewell comes when the first letter is settled: the next command triggers it.
        script.extend([Turn::Hear("MAIL")]);
        script.extend(farewell.clone());
        let (port, playing) = scripted(None, script).await;
        let mut connection = open(&impatient(port)).await.unwrap();
        assert!(post_to(&mut connection, "ann@example.org").await.is_accepted());
        let outcome = post_to(&mut connection, "bob@example.org").await;
        let untouched = match &outcome {
            Outcome::NotTaken { stage, .. } => *stage <= Stage::Rcpt,
            Outcome::Answered(reply) => reply.stage == Stage::Mail && reply.code == 421,
            Outcome::InDoubt { .. } | Outcome::Unsupported { .. } => false,
        };
        assert!(untouched && !connection.is_usable(), "{outcome:?} after {farewell:?}");
        assert!(matches!(
            post_to(&mut connection, "bob@example.org").await,
            Outcome::NotTaken { stage: Stage::Mail, .. }
        ));
        playing.abort();
    }
}

#[tokio::test]
async fn a_post_that_was_dropped_ends_the_connection() {
    let mut script = UNTIL_354.to_vec();
    script.extend([Turn::Say("354 go\r\n"), Turn::Hear("\r\n.\r\n"), Turn::Sleep]);
    let (port, playing) = scripted(None, script).await;
    let mut connection = open(&server(port, Security::Plain)).await.unwrap();
    let given_up = tokio::time::timeout(Duration::from_millis(100), post_to(&mut connection, "ann@example.org")).await;
    assert!(given_up.is_err() && !connection.is_usable());
    assert!(matches!(
        post_to(&mut connection, "bob@example.org").await,
        Outcome::NotTaken { stage: Stage::Mail, .. }
    ));
    tokio::time::timeout(Duration::from_secs(1), connection.quit()).await.unwrap();
    playing.abort();
}

#[tokio::test]
async fn saying_goodbye_does_not_take_for_ever() {
    let mut script = UNTIL_354[..3].to_vec();
    script.extend([Turn::Hear("QUIT"), Turn::Sleep]);
    let (port, playing) = scripted(None, script).await;
    let connection = open(&impatient(port)).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), connection.quit()).await.unwrap();
    playing.abort();
}

// -- opening --

async fn trouble(acceptor: Option<TlsAcceptor>, turns: Vec<Turn>, adapt: impl FnOnce(Server) -> Server) -> (Trouble, String) {
    let (port, playing) = scripted(acceptor, turns).await;
    let trouble = open(&adapt(impatient(port))).await.unwrap_err();
    playing.abort();
    let heard = playing.await.unwrap_or_default();
    (trouble, heard)
}

async fn check_trouble(turns: Vec<Turn>, expected: (Stage, Class)) {
    let (trouble, _) = trouble(None, turns.clone(), |server| server).await;
    assert_eq!((trouble.stage, trouble.class), expected, "{trouble} after {turns:?}");
}

#[tokio::test]
async fn an_opening_that_fails_says_whose_fault_it_is() {
    let away = Class::RelayDown;
    check_trouble(vec![Turn::Close], (Stage::Greeting, away)).await;
    check_trouble(vec![Turn::Sleep], (Stage::Greeting, away)).await;
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
        vec![Turn::Say("HTTP/1.1 400 Bad Request\r\n\r\n"), Turn::Sleep],
        (Stage::Greeting, Class::Settings),
    )
    .await;
    check_trouble(
        vec![Turn::Say("220 hi\r\n"), Turn::Hear("EHLO"), Turn::Close],
        (Stage::Ehlo, away),
    )
    .await;
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let refused = open(&impatient(port)).await.unwrap_err();
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
            turns.extend(UNTIL_354[3..].iter().cloned());
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
    let not_tls = vec![Turn::Say("220 hi\r\n"), Turn::Sleep];
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
            &[Turn::Hear("AUTH"), Turn::Say("535 5.7.8 no\r\n"), Turn::Sleep],
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

#[test]
fn connections_can_be_used_from_any_task() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&open(&server(1, Security::Plain)));
    fn posts(connection: &mut Connection) -> impl Future<Output = Outcome> + Send + '_ {
        post_to(connection, "ann@example.org")
    }
    let _ = posts;
}
