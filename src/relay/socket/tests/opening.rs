//! What becomes of the opening: TLS, login, and relays that do not want to.

use crate::delivery::reply::{Class, Stage};
use crate::relay::outcome::Trouble;
use crate::relay::server::{Login, Renewal, Secret, Security, Server};
use crate::relay::socket::open;
use crate::relay::socket::tests::identity::{Identity, identity, secured};
use crate::relay::socket::tests::script::{LISTEN, Turn, UNTIL_DATA, scripted, visited};
use crate::relay::socket::tests::{impatient, post_to, server};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// The trouble of opening a connection to a relay that plays `turns`, and all that the relay has heard.
pub(super) async fn trouble(
    acceptor: Option<TlsAcceptor>,
    turns: Vec<Turn>,
    adapt: impl FnOnce(Server) -> Server,
) -> (Trouble, String) {
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

pub(super) fn after_greeting(offers: &'static str, login: &[Turn]) -> Vec<Turn> {
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

/// What a relay hears and says when it takes a token, or does not.
fn token(token: &'static str, turns: &[Turn]) -> Vec<Turn> {
    let opening = vec![Turn::Encrypt, Turn::Say("220 hi\r\n")];
    let said = [&[Turn::Hear(token)], turns].concat();
    [opening, after_greeting("250-relay\r\n250 AUTH XOAUTH2\r\n", &said)].concat()
}

#[tokio::test]
async fn a_token_that_has_run_out_is_fetched_anew_once() {
    const STALE: &str = "AUTH XOAUTH2 dXNlcj10aXBzAWF1dGg9QmVhcmVyIHN0YWxlAQE=\r\n";
    const FRESH: &str = "AUTH XOAUTH2 dXNlcj10aXBzAWF1dGg9QmVhcmVyIGZyZXNoAQE=\r\n";
    const NO: [Turn; 3] = [
        Turn::Say("334 eyJzdGF0dXMiOiI0MDEifQ==\r\n"),
        Turn::Hear("\r\n"),
        Turn::Say("535 5.7.8 no\r\n"),
    ];
    let Identity { root, acceptor } = identity("localhost");
    let check = async |plays: Vec<Vec<Turn>>, tokens: Vec<Result<&'static str, &'static str>>, expected: &str| {
        let visits = plays.len();
        let (port, playing) = visited(Some(acceptor.clone()), plays).await;
        let tokens = std::sync::Mutex::new(tokens.into_iter());
        let fetch = move || match tokens.lock().unwrap().next().expect("it was asked for too often") {
            Ok(token) => Ok(Secret::new(token)),
            Err(why) => Err(why.to_owned()),
        };
        let mut server = secured(server(port, Security::Implicit), Security::Implicit, &root);
        server.login = Some(Login {
            renewal: Some(Renewal::new(fetch)),
            ..Login::new("tips", Secret::new("stale"))
        });
        let opened = open(&server).await;
        let told = opened
            .as_ref()
            .map_or_else(|trouble| format!("{:?}: {trouble}", trouble.class), |_| "open".to_owned());
        assert_eq!(told, expected);
        if opened.is_ok() {
            // The token that was taken is what the next connection begins with.
            assert_eq!(server.login.unwrap().newest().password.expose(), "fresh");
        }
        drop(opened);
        assert_eq!(playing.await.unwrap().len(), visits);
    };
    let ok = || token(FRESH, &[Turn::Say("235 ok\r\n"), LISTEN]);
    let refused = "Login: the relay refuses the login: it answered `535 5.7.8 no` (status 401)";
    check(vec![token(STALE, &NO), ok()], vec![Ok("fresh")], "open").await;
    let again = format!("{refused}; that token was fresh");
    check(vec![token(STALE, &NO), token(FRESH, &NO)], vec![Ok("fresh")], &again).await;
    check(vec![token(STALE, &NO)], vec![Ok("stale")], refused).await;
    let none = format!("{refused}; and no fresh token can be had: it is away");
    check(vec![token(STALE, &NO)], vec![Err("it is away")], &none).await;
    let busy = [Turn::Say("454 4.7.0 later\r\n"), LISTEN];
    let later = "Throttle: the relay refuses the login: it answered `454 4.7.0 later`";
    check(vec![token(STALE, &busy)], vec![], later).await;
}

#[tokio::test]
async fn what_a_relay_repeats_of_a_login_is_not_told() {
    let Identity { root, acceptor } = identity("localhost");
    for echo in [
        "502 5.5.1 unknown command: AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\r\n",
        "535 5.7.8 `pass word` is not the password of tips\r\n",
        "AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\r\n",
        "354 cGFzcyB3b3Jk\r\n",
        "250 pass word\r\n250 pass word\r\n",
    ] {
        let turns = [
            vec![Turn::Encrypt, Turn::Say("220 hi\r\n")],
            after_greeting(
                "250-relay\r\n250 AUTH PLAIN\r\n",
                &[Turn::Hear("AUTH"), Turn::Say(echo), LISTEN],
            ),
        ]
        .concat();
        let (trouble, heard) = trouble(Some(acceptor.clone()), turns, |server| {
            secured(server, Security::Implicit, &root)
        })
        .await;
        assert!(heard.contains("AHRpcHMAcGFzcyB3b3Jk"));
        let told = format!("{trouble} {trouble:?}");
        assert!(
            !told.contains("pass word") && !told.contains("AHRp") && !told.contains("cGFzcyB3b3Jk"),
            "{told}"
        );
    }
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
