//! Faults: a server that is lost, silent, endless or no IMAP server at all.

use super::*;
use crate::mailbox::imap::session::{mend, understood};
use proptest::prelude::*;
use std::time::Duration;

#[tokio::test]
async fn a_lost_connection_is_no_empty_folder() {
    let cut = |script: Script, wanted, answer: &str| script.says(wanted, answer);
    let scripts = [
        Script::new(""),
        cut(
            Script::new("* PREAUTH\r\n"),
            "SELECT",
            "* 9 EXISTS\r\n* OK [UIDVALIDITY 7]\r\n",
        ),
        Script::opened(),
        cut(Script::opened(), "RFC822.SIZE", "* 1 FETCH (UID 1 RFC822.SIZE 30)\r\n"),
        cut(Script::opened().lists(&[1]), "BODY", ""),
        cut(
            Script::opened().lists(&[1]),
            "BODY",
            "* 1 FETCH (UID 1 BODY[]<0> {400}\r\nhalf of",
        ),
        cut(Script::opened().lists(&[1]), "BODY", &mail(1, "A: b\r\n\r\n")),
        Script::opened().lists(&[1]).hands_out(&[1]),
    ];
    for (number, script) in scripts.into_iter().enumerate() {
        let trouble = trouble(script).await;
        assert!(matches!(trouble, Trouble::Lost { .. }), "{number}: {trouble}");
        assert!(trouble.is_for_now());
    }
}

#[tokio::test]
async fn a_farewell_in_the_middle_is_told_in_its_words() {
    let script = Script::opened().lists(&[1]).says("BODY", "* BYE Server shutting down.\r\n");
    let text = trouble(script).await.to_string();
    assert_eq!(
        text,
        "the mail server cannot be used just now: it says `Server shutting down.`"
    );
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_waited_for_a_minute() {
    let scripts = [
        Script::new(""),
        Script::opened(),
        Script::opened().lists(&[1]).says("BODY", "* 1 FETCH (UID 1 "),
    ];
    for script in scripts {
        let script = Script {
            falls_silent: true,
            ..script
        };
        assert_eq!(trouble(script).await, Trouble::Silent(Duration::from_secs(60)));
    }
}

#[tokio::test(start_paused = true)]
async fn a_long_mail_has_the_time_that_a_slow_line_needs_and_no_more() {
    let begun = tokio::time::Instant::now();
    let script = Script {
        falls_silent: true,
        ..Script::opened()
            .lists(&[1])
            .says("BODY", "* 1 FETCH (UID 1 BODY[]<0> {4194304}\r\nA: b")
    };
    assert!(matches!(trouble(script).await, Trouble::Silent(_)));
    let waited = begun.elapsed().as_secs();
    assert!((570..600).contains(&waited), "{waited} s");
}

#[tokio::test]
async fn more_than_was_asked_for_is_never_read() {
    let line = format!("* OK {}\r\n", "x".repeat(100_000));
    for answer in [
        "* 1 FETCH (UID 1 BODY[] {6000000}\r\n",
        "* 1 FETCH (UID 1 BODY[] {99999999999999999999}\r\n",
        &line,
    ] {
        let trouble = trouble(Script::opened().lists(&[1]).says("BODY", answer)).await;
        assert!(matches!(trouble, Trouble::Confused { .. }), "{trouble}");
    }
}

#[tokio::test]
async fn what_is_no_imap_is_said_to_be_none() {
    let check = async |script: Script, words: &str| {
        let text = trouble(script).await.to_string();
        assert!(text.contains(words), "{text}");
    };
    check(Script::new("220 mail.example.org ESMTP\r\n"), "it is no IMAP").await;
    check(Script::new("* 3 EXISTS\r\n"), "its greeting is none").await;
    check(
        Script::new("* PREAUTH\r\n").says("SELECT", "TAG OK\r\n"),
        "no lasting numbers",
    )
    .await;
    check(
        Script::opened().says("UID FETCH", "t77 OK\r\n"),
        "a command that was never said",
    )
    .await;
    check(Script::opened().says("UID FETCH", "* 1 FETCH UID 1\r\n"), "it is no IMAP").await;
}

#[tokio::test]
async fn a_refusal_in_the_middle_is_told() {
    let refused = trouble(Script::opened().says("UID FETCH", "TAG NO [CORRUPTION] broken index\r\n")).await;
    assert_eq!(
        refused.to_string(),
        "the mail server refuses to list the mails of the folder: it says `[CORRUPTION] broken index`"
    );
    let later = trouble(Script::opened().lists(&[1]).says("BODY", "TAG NO [SERVERBUG] sorry\r\n")).await;
    assert!(matches!(later, Trouble::Unavailable { .. }));
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_told_with_those_that_are() {
    let list = "* LIST (\\HasNoChildren) \"/\" INBOX\r\n* LIST (\\Noselect) \"/\" \"[Gmail]\"\r\n\
                * LIST () \"/\" {11}\r\nAnswers 100\r\n* LIST () \"/\" \"Entw&APw-rfe\"\r\nTAG OK\r\n";
    let asked = |folder: &str, wanted| {
        let script = Script::new("* PREAUTH\r\n")
            .says(wanted, "TAG NO no such mailbox\r\n")
            .says("LIST \"\" \"*\"", list);
        let folder = folder.to_owned();
        async move {
            let account = Account { folder, ..account() };
            script.visited(&account, None).await.0.unwrap_err()
        }
    };
    let error = asked("Answers", "SELECT \"Answers\"").await;
    assert_eq!(error.to_string(), "there is no folder `Answers` on the mail server");
    assert_eq!(error.hint(), "known here: `Answers 100`, `Entwürfe`, `INBOX`");
    let error = asked("Entwurfe", "SELECT \"Entwurfe\"").await;
    assert_eq!(error.hint(), "did you mean `folder: Entwürfe`?");
    let error = asked("Entwürfe", "SELECT \"Entw&APw-rfe\"").await;
    assert_eq!(
        error.to_string(),
        "the mail server does not open the folder `Entwürfe`: it says `no such mailbox`"
    );
    assert!(!error.is_for_now());
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(begin in "(\\* |\\+|t1 |)(OK|NO|BYE|PREAUTH|FLAGS|LIST|1 FETCH|CAPABILITY|)", rest in "[ -~é\\[\\](){}\"\\\\]{0,40}", bytes in prop::collection::vec(any::<u8>(), 0..20)) {
        for answer in [[begin.as_bytes(), rest.as_bytes(), b"\r\n"].concat(), [begin.as_bytes(), &bytes, b"\r\n"].concat()] {
            let _ = understood(&mend(answer));
        }
    }
}

#[test]
fn letters_right_behind_a_bracket_are_read() {
    for said in ["* OK [ALERT]é\r\n", "* OK [ALERT]\u{ff}\r\n", "* OK [READ-ONLY] fine\r\n"] {
        assert!(understood(&mend(said.as_bytes().to_vec())).unwrap().is_some());
    }
}
