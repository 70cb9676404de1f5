//! What becomes of letters, by what the relay does and when.

use crate::delivery::reply::{Class, Stage};
use crate::relay::outcome::Outcome;
use crate::relay::sandbox::{Sandbox, Summary};
use crate::relay::server::{Security, Server};
use crate::relay::socket::open;
use crate::relay::socket::tests::script::{Turn, UNTIL_DATA, scripted};
use crate::relay::socket::tests::{LETTER, impatient, post_bytes, post_to, server};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// Posts one letter to a relay that goes on with `turns` after DATA; its outcome, and whether the connection is usable.
async fn post_and(adapt: impl FnOnce(u16) -> Server, turns: &[Turn], bytes: &[u8]) -> (Outcome, bool) {
    let script = UNTIL_DATA.iter().chain(turns).cloned().collect();
    let (port, playing) = scripted(None, script).await;
    let mut connection = open(&adapt(port)).await.unwrap();
    let outcome = post_bytes(&mut connection, "ann@example.org", bytes).await;
    playing.abort();
    (outcome, connection.is_usable())
}

fn patient(port: u16) -> Server {
    server(port, Security::Plain)
}

async fn check(turns: &[Turn], expected: &str) {
    check_at(patient, turns, expected).await;
}

async fn check_at(adapt: impl FnOnce(u16) -> Server, turns: &[Turn], expected: &str) {
    let (outcome, usable) = post_and(adapt, turns, LETTER).await;
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
    let mut script = UNTIL_DATA[..6].to_vec();
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
    let hasty = |port| impatient(port, |deadlines| &mut deadlines.end_of_data);
    check_at(hasty, &after_dot(Turn::Say("250-never ended\r\n")), "in doubt, over").await;
    check(&closing(Turn::Say("25")), "in doubt, over").await;
    check(&closing(Turn::Say("")), "in doubt, over").await;
    check_at(hasty, &after_dot(Turn::Say("")), "in doubt, over").await;
}

#[tokio::test]
async fn what_the_relay_does_before_the_dot_is_a_definite_no() {
    check(&[Turn::Close], "not taken data, over").await;
    check_at(
        |port| impatient(port, |deadlines| &mut deadlines.data),
        &[Turn::Sleep],
        "not taken data, over",
    )
    .await;
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
        let (outcome, usable) = post_and(|port| impatient(port, |deadlines| &mut deadlines.block), &turns, &letter).await;
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
    let (outcome, usable) = post_and(|port| impatient(port, |deadlines| &mut deadlines.block), &turns, &letter).await;
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
    assert!(
        post_and(|port| impatient(port, |deadlines| &mut deadlines.block), &turns, &letter)
            .await
            .0
            .is_in_doubt()
    );
}

#[tokio::test]
async fn a_connection_that_died_while_idle_takes_no_letter() {
    for farewell in ["421 idle\r\n", "", "250 surplus\r\n", "2"] {
        let signal = Arc::new(Notify::new());
        let mut script = UNTIL_DATA.to_vec();
        script.extend([
            Turn::Say("354 go\r\n"),
            Turn::Hear("\r\n.\r\n"),
            Turn::Say("250 ok\r\n"),
            Turn::Await(Arc::clone(&signal)),
            Turn::Say(farewell),
        ]);
        let (port, playing) = scripted(None, script).await;
        let mut connection = open(&server(port, Security::Plain)).await.unwrap();
        assert!(post_to(&mut connection, "ann@example.org").await.is_accepted() && connection.is_usable());
        signal.notify_one();
        let heard = playing.await.unwrap();
        let outcome = post_to(&mut connection, "bob@example.org").await;
        assert!(
            matches!(outcome, Outcome::NotTaken { stage: Stage::Mail, .. }),
            "{outcome:?} after {farewell:?}"
        );
        assert!(!connection.is_usable() && !heard.contains("bob"));
        assert!(matches!(
            post_to(&mut connection, "bob@example.org").await,
            Outcome::NotTaken { stage: Stage::Mail, .. }
        ));
    }
}

#[tokio::test]
async fn a_post_that_was_dropped_ends_the_connection() {
    let mut script = UNTIL_DATA.to_vec();
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
    let mut script = UNTIL_DATA[..3].to_vec();
    script.extend([Turn::Hear("QUIT"), Turn::Sleep]);
    let (port, playing) = scripted(None, script).await;
    let connection = open(&impatient(port, |deadlines| &mut deadlines.quit)).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), connection.quit()).await.unwrap();
    playing.abort();
}
