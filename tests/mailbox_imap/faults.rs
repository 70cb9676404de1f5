//! What goes wrong with a mail server, in the words that the clinic's owner reads, and whether it mends itself.

use super::dovecot::{Dovecot, PASSWORD, token};
use super::{Ended, fate, text, trouble};
use crate::peers::certificate::Certificate;
use std::collections::HashMap;
use std::io::Write as _;
use std::net::TcpListener;
use tidings::mailbox::imap::{self, Account, ImapError};
use zeroize::Zeroizing;

#[track_caller]
fn check(error: &ImapError, words: &str, hint: &str, is_for_now: bool) {
    let texts = format!("{error}\n{}", error.hint());
    assert!(error.to_string().contains(words), "{texts}");
    assert!(error.hint().contains(hint), "{texts}");
    assert_eq!(error.is_for_now(), is_for_now, "{texts}");
    assert!(!format!("{texts}{error:?}").contains("sesame"), "{texts}");
    assert_eq!(error.done, None);
}

#[test]
fn wrong_settings_are_told_in_plain_words() {
    let Some(mut server) = Dovecot::start() else { return };
    server.deliver_into(".Answers", &text(1, "unsubscribe"));
    let right = server.account();
    let wrong_password = Account {
        secret: Zeroizing::new("wrong sesame".to_owned()),
        ..right.clone()
    };
    check(
        &trouble(&wrong_password),
        "refuses the login",
        "check `user` and the password",
        false,
    );
    let stranger = Account {
        user: "nobody@example.org".to_owned(),
        ..right.clone()
    };
    check(&trouble(&stranger), "refuses the login", "check `user`", false);
    let with_token = |secret| Account {
        is_token: true,
        secret,
        ..right.clone()
    };
    for refused in [token(1_000), Zeroizing::new("sesame".to_owned())] {
        check(
            &trouble(&with_token(refused)),
            "refuses the login",
            "the token may have run out",
            false,
        );
    }
    let misspelled = Account {
        folder: "Answer".to_owned(),
        ..right.clone()
    };
    check(
        &trouble(&misspelled),
        "there is no folder `Answer`",
        "did you mean `folder: Answers`?",
        false,
    );
    let elsewhere = Account {
        folder: "Unsubscribes".to_owned(),
        ..right.clone()
    };
    check(
        &trouble(&elsewhere),
        "there is no folder",
        "known here: `Answers`, `INBOX`",
        false,
    );
    let broken_roots = Account {
        roots: Some(b"no certificate".to_vec()),
        ..right
    };
    check(
        &trouble(&broken_roots),
        "holds no PEM certificate",
        "`unsubscribe.imap.roots`",
        false,
    );
    println!("proof| imap | wrong settings that are told apart in words | 7");
}

#[test]
fn a_certificate_that_does_not_fit_is_not_taken() {
    let another = Certificate::naming(&["localhost"]);
    let authority = std::fs::read(another.authority()).unwrap();
    let cases = [
        (
            Certificate::naming(&["imap.example.org"]),
            None,
            "is not made out to `localhost`",
        ),
        (Certificate::expired(&["localhost"]), None, "has expired"),
        (
            Certificate::naming(&["localhost"]),
            Some(authority),
            "nobody whom this machine trusts vouches",
        ),
    ];
    for (certificate, roots, words) in cases {
        let Some(server) = Dovecot::with(certificate) else { return };
        let account = server.account();
        let account = Account {
            roots: roots.or(account.roots.clone()),
            ..account
        };
        check(&trouble(&account), words, "", false);
    }
    println!("proof| imap | wrong certificates that are not taken | 3 of 3");
}

#[test]
fn a_server_that_is_not_there_is_told_from_one_that_is_something_else() {
    let account = |host: &str, port| Account {
        host: host.to_owned(),
        port,
        roots: Some(std::fs::read(Certificate::naming(&["localhost"]).authority()).unwrap()),
        user: "reader".to_owned(),
        secret: Zeroizing::new(PASSWORD.to_owned()),
        is_token: false,
        folder: "INBOX".to_owned(),
        described: String::new(),
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let plain = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Whoever wants TLS hangs up on this.
        let _ = stream.write_all(b"* OK IMAP4rev1 in clear text\r\n");
        let _ = std::io::copy(&mut stream, &mut std::io::sink());
    });
    let error = trouble(&account("localhost", port));
    check(&error, &format!("does not speak TLS on port {port}"), "993", false);
    plain.join().unwrap();
    // Nobody listens there any more.
    check(
        &trouble(&account("localhost", port)),
        "cannot be reached on port",
        "later",
        true,
    );
    check(
        &trouble(&account("not a host", 993)),
        "there is no host named `not a host`",
        "check `host`",
        false,
    );
}

#[test]
fn a_server_that_dies_in_the_middle_loses_nothing() {
    const MAILS: usize = 200;
    let Some(mut server) = Dovecot::start() else { return };
    (0..MAILS).for_each(|number| server.deliver(&text(number, "unsubscribe")));
    let mut taken: HashMap<[u8; 32], u32> = HashMap::new();
    let account = server.account();
    let broken = imap::read::<Ended>(&account, None, &mut |mail| {
        *taken.entry(mail.hash).or_default() += 1;
        if taken.len() == 60 {
            server.kill();
        }
        Ok(fate(mail))
    });
    let Err(Ended::Server(error)) = broken else {
        panic!("{broken:?}");
    };
    assert!(error.is_for_now(), "{error}");
    let done = error.done.unwrap();
    assert!(done.cursor.ends_with(":50"), "behind the batch that was marked: {done:?}");

    server.start_again();
    let rest = imap::read::<Ended>(&server.account(), Some(&done.cursor), &mut |mail| {
        *taken.entry(mail.hash).or_default() += 1;
        Ok(fate(mail))
    });
    assert_eq!(rest.unwrap().mails, MAILS as u64 - 50);
    let twice = taken.values().filter(|times| **times > 1).count();
    assert_eq!(taken.len(), MAILS, "every mail was taken");
    assert!((10..=50).contains(&twice), "only the batch under way came twice: {twice}");
    assert!(server.mails().iter().all(|(_, is_seen)| *is_seen), "and every one is marked");
    println!("proof| imap | of 200 mails, lost by a server that was killed at the 60th | 0");
    println!("proof| imap | of 200 mails, taken twice after that | {twice}");
}
