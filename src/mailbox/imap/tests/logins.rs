//! Logins: each way in, and what comes of a wrong name or secret.

use super::*;

const NOTHING_NEW: &str = "* 0 EXISTS\r\n* OK [UIDVALIDITY 7]\r\nTAG OK\r\n";

fn greeted(capabilities: &str) -> Script {
    let answer = format!("* CAPABILITY IMAP4rev1 {capabilities}\r\nTAG OK\r\n");
    Script::new("* OK hello\r\n").says("CAPABILITY", answer)
}

fn with_token() -> Account {
    Account {
        is_token: true,
        ..account()
    }
}

#[tokio::test]
async fn a_password_travels_by_plain() {
    let script = greeted("LOGINDISABLED AUTH=LOGIN AUTH=PLAIN")
        .says("AUTHENTICATE PLAIN", "+ \r\n")
        .says("AGNsaW5pYwBvcGVuIHNlc2FtZQ==", "* CAPABILITY IMAP4rev1\r\nTAG OK in\r\n")
        .says("SELECT", NOTHING_NEW);
    assert!(script.visited(&account(), None).await.0.is_ok());
}

#[tokio::test]
async fn a_password_travels_by_the_oldest_command_where_nothing_better_is_offered() {
    let script = greeted("IDLE")
        .says(r#"LOGIN "clinic" "se\"sa\\me""#, "TAG OK in\r\n")
        .says("SELECT", NOTHING_NEW);
    let odd = Account {
        secret: Zeroizing::new(r#"se"sa\me"#.to_owned()),
        ..account()
    };
    assert!(script.visited(&odd, None).await.0.is_ok());
    let (read, heard) = greeted("LOGINDISABLED").visited(&account(), None).await;
    assert_eq!(read.unwrap_err().trouble, Trouble::NoWayIn { is_token: false });
    assert_eq!(heard.len(), 1);
}

#[tokio::test]
async fn a_token_is_shown_and_a_refused_one_is_told() {
    let shown = "dXNlcj1jbGluaWMBYXV0aD1CZWFyZXIgb3BlbiBzZXNhbWUBAQ==";
    let script = greeted("AUTH=XOAUTH2")
        .says("AUTHENTICATE XOAUTH2", "+\r\n")
        .says(shown, "TAG OK\r\n");
    assert!(
        script
            .says("SELECT", NOTHING_NEW)
            .visited(&with_token(), None)
            .await
            .0
            .is_ok()
    );
    let script = greeted("AUTH=XOAUTH2")
        .says("AUTHENTICATE XOAUTH2", "+\r\n")
        .says(shown, "+ eyJzdGF0dXMiOiI0MDAifQ==\r\n")
        .says("", "TAG NO [AUTHENTICATIONFAILED] Invalid credentials\r\n");
    let error = script.visited(&with_token(), None).await.0.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the mail server refuses the login: it says `[AUTHENTICATIONFAILED] Invalid credentials`"
    );
    assert_eq!((error.is_for_now(), error.done), (false, None));
    let (read, _) = greeted("AUTH=PLAIN").visited(&with_token(), None).await;
    assert_eq!(read.unwrap_err().trouble, Trouble::NoWayIn { is_token: true });
}

#[tokio::test]
async fn a_server_that_is_busy_is_told_from_a_wrong_password() {
    let check = async |words: &str, is_for_now| {
        let script = greeted("AUTH=PLAIN")
            .says("PLAIN", "+ \r\n")
            .says("AGNs", format!("TAG NO {words}\r\n"));
        let error = script.visited(&account(), None).await.0.unwrap_err();
        assert_eq!(error.is_for_now(), is_for_now, "{error}");
    };
    check("[AUTHENTICATIONFAILED] Authentication failed.", false).await;
    check("Invalid credentials", false).await;
    check("[UNAVAILABLE] Temporary authentication failure.", true).await;
    check("[ALERT] Too many simultaneous connections.", true).await;
    let full = trouble(Script::new("* BYE [ALERT] Too many of you\r\n")).await;
    assert_eq!(
        full.to_string(),
        "the mail server cannot be used just now: it says `Too many of you`"
    );
}

#[tokio::test]
async fn a_secret_that_the_server_repeats_is_repeated_nowhere() {
    for said in [
        "BAD unknown: AGNsaW5pYwBvcGVuIHNlc2FtZQ==",
        "NO wrong: open sesame",
        "NO AGNsaW5pYwBvcGVu…",
    ] {
        let script = greeted("AUTH=PLAIN")
            .says("PLAIN", "+ \r\n")
            .says("AGNs", format!("TAG {said}\r\n"));
        let error = script.visited(&account(), None).await.0.unwrap_err();
        let texts = format!("{error} {error:?} {} {:?}", error.hint(), account());
        assert!(
            texts.contains("`***`") && !texts.contains("sesame") && !texts.contains("AGNs"),
            "{texts}"
        );
    }
}

#[tokio::test]
async fn words_of_a_server_are_cut_and_masked() {
    let words = format!("no ann@example.org \u{7}{}", "x".repeat(500));
    let script = greeted("AUTH=PLAIN")
        .says("PLAIN", "+ \r\n")
        .says("AGNs", format!("TAG NO {words}\r\n"));
    let text = script.visited(&account(), None).await.0.unwrap_err().to_string();
    assert!(text.contains(r"no a***@example.org \u{7}xxx") && text.len() < 300, "{text}");
}
