//! Recorded dialogues, one for each branch of the conversation.
//!
//! `<` is the relay's line, `<~` its bytes without a line end, `>` what we must write, `=` what the caller does, `*` what must have
//! happened. At the end nothing may be left over on any side.

use crate::address::Address;
use crate::relay::conversation::{Conversation, Envelope, Event, Piece, Profile};
use crate::relay::outcome::Outcome;
use crate::relay::server::{Login, Secret, Security};

pub(super) const LETTER: &[u8] = b"Subject: tips\r\n\r\n.dot\r\nbye\r\n";

pub(super) fn profile(security: Security) -> Profile {
    Profile {
        hello: "clinic.example".to_owned(),
        security,
        login: None,
    }
}

pub(super) fn conversation(security: Security, login: Option<&str>) -> Conversation {
    let login = login.map(|user| Login {
        user: user.to_owned(),
        password: Secret::new("pass word"),
    });
    Conversation::new(Profile {
        login,
        ..profile(security)
    })
}

fn shown(event: &Event) -> String {
    match event {
        Event::Secure => "secure".to_owned(),
        Event::Ready => "ready".to_owned(),
        Event::Failed(trouble) => format!("failed {} {:?}: {trouble}", trouble.stage, trouble.class),
        Event::Settled(Outcome::Answered(reply)) => format!("answered {}: {reply}", reply.stage),
        Event::Settled(Outcome::NotTaken { stage, why }) => format!("not taken {stage}: {why}"),
        Event::Settled(Outcome::InDoubt { why }) => format!("in doubt: {why}"),
        Event::Settled(Outcome::Unsupported { class, why }) => format!("unsupported {class:?}: {why}"),
        Event::Over(_) => "over".to_owned(),
    }
}

fn written(piece: &Piece) -> String {
    match piece {
        Piece::Command(bytes) => String::from_utf8(bytes.clone()).unwrap().trim_end().to_owned(),
        Piece::Body(bytes) => format!("body {}", bytes.escape_ascii()),
        Piece::EndOfData(bytes) => format!("end {}", bytes.escape_ascii()),
    }
}

fn act(conversation: &mut Conversation, deed: &str) {
    match deed.split_once(' ').unwrap_or((deed, "")) {
        ("post", to) => {
            let (from, to) = (Address::parse("tips@clinic.example").unwrap(), Address::parse(to).unwrap());
            conversation.post(&Envelope {
                from: &from,
                to: &to,
                bytes: LETTER,
            });
        }
        ("bad-letter", bytes) => {
            let address = Address::parse("ann@example.org").unwrap();
            let bytes = bytes.replace("\\r", "\r").replace("\\n", "\n");
            conversation.post(&Envelope {
                from: &address,
                to: &address,
                bytes: bytes.as_bytes(),
            });
        }
        ("lost", why) => conversation.lost(why),
        ("secured", _) => conversation.secured(),
        ("quit", _) => conversation.quit(),
        _ => panic!("{deed:?} is no deed"),
    }
}

fn play(conversation: &mut Conversation, dialogue: &str) {
    for line in dialogue.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (who, what) = line.split_once(' ').unwrap_or((line, ""));
        match who {
            "<" => conversation.receive(format!("{what}\r\n").as_bytes()),
            "<~" => conversation.receive(what.replace("\\r", "\r").replace("\\n", "\n").as_bytes()),
            ">" => assert_eq!(
                conversation.output().as_ref().map(written).as_deref(),
                Some(what),
                "in {dialogue}"
            ),
            "=" => act(conversation, what),
            "*" => assert_eq!(
                conversation
                    .poll()
                    .as_ref()
                    .map(|event| shown(event).trim_end().to_owned())
                    .as_deref(),
                Some(what),
                "in {dialogue}"
            ),
            _ => panic!("{line:?} is nobody's"),
        }
    }
    assert_eq!(conversation.output(), None, "left to write after {dialogue}");
    assert!(
        matches!(conversation.poll(), None | Some(Event::Over(_))),
        "left to tell after {dialogue}"
    );
}

fn check_opening(security: Security, login: Option<&str>, dialogue: &str) {
    play(&mut conversation(security, login), dialogue);
}

/// Plays a dialogue on a conversation that is ready; the relay offers `offers`.
fn check_with(offers: &str, dialogue: &str) {
    let mut ready = conversation(Security::Plain, None);
    let offers: String = offers
        .split_whitespace()
        .map(|offer| format!("250-{}\\r\\n", offer.replace('_', " ")))
        .collect();
    play(
        &mut ready,
        &format!("< 220 hi\n> EHLO clinic.example\n<~ 250-relay\\r\\n{offers}250 HELP\\r\\n\n* ready"),
    );
    play(&mut ready, dialogue);
}

fn check(dialogue: &str) {
    check_with("", dialogue);
}

const UNTIL_BODY: &str = "= post ann@example.org
    > MAIL FROM:<tips@clinic.example>
    < 250 ok
    > RCPT TO:<ann@example.org>
    < 250 ok
    > DATA
    < 354 go";
const BODY: &str = r"> body Subject: tips\r\n\r\n..dot\r\nbye\r\n";
const END: &str = r"> end .\r\n";

/// A dialogue that goes on after the body and its terminator.
fn check_after_dot(dialogue: &str) {
    check(&format!("{UNTIL_BODY}\n{BODY}\n{END}\n{dialogue}"));
}

#[test]
fn a_letter_is_accepted_by_a_whole_positive_reply_to_its_end() {
    check_after_dot("< 250 2.0.0 queued as 4F1\n* answered end of data: 250 2.0.0 queued as 4F1");
    check_after_dot("<~ 250-2.0.0 thanks\\r\\n\n<~ 25\n<~ 0 2.0.0 queued\\n\n* answered end of data: 250 2.0.0 thanks queued");
    check_after_dot("< 250\n* answered end of data: 250\n= lost closed\n* over");
    check_after_dot(
        "< 250 ok\n* answered end of data: 250 ok\n= post bob@example.org\n> MAIL FROM:<tips@clinic.example>\n= lost gone\n* not taken mail: gone\n* over",
    );
}

#[test]
fn a_negative_reply_to_the_end_is_a_no_and_the_connection_goes_on() {
    let next = "= post bob@example.org\n> MAIL FROM:<tips@clinic.example>\n= lost x\n* not taken mail: x";
    check_after_dot(&format!("< 554 5.6.0 no\n* answered end of data: 554 5.6.0 no\n{next}"));
    check_after_dot(&format!("< 451 later\n* answered end of data: 451 later\n{next}"));
    check_after_dot("< 421 4.3.2 bye\n* answered end of data: 421 4.3.2 bye\n* over");
}

#[test]
fn without_a_usable_reply_to_the_end_a_letter_is_in_doubt() {
    check_after_dot("= lost closed\n* in doubt: closed\n* over");
    check_after_dot("<~ 25\n= lost closed\n* in doubt: closed\n* over");
    check_after_dot("<~ 250 o\n= lost closed\n* in doubt: closed\n* over");
    check_after_dot("<~ 250-never ended\\r\\n\n= lost closed\n* in doubt: closed\n* over");
    check_after_dot("< 354 again\n* in doubt: the relay answered `354 again`, which is no answer here\n* over");
    check_after_dot("<~ 250 ok\\r\\n250 ok\\r\\n\n* in doubt: the relay sent more than one reply to one command\n* over");
    check_after_dot("<~ 250 ok\\r\\n421 bye\\r\\n\n* in doubt: the relay sent more than one reply to one command\n* over");
    check_after_dot("<~ 550 no\\r\\n250 ok\\r\\n\n* in doubt: the relay sent more than one reply to one command\n* over");
    check_after_dot("<~ 550 no\\r\\n25\n* in doubt: the relay sent more than one reply to one command\n* over");
    check_after_dot("<~ 250-a\\r\\n550 b\\r\\n\n* in doubt: the relay began a reply with 250 and went on with 550\n* over");
    check_after_dot("< HTTP/1.1 200\n* in doubt: the relay sent `HTTP/1.1 200`, which is no SMTP reply\n* over");
}

#[test]
fn two_refusals_at_once_are_a_refusal() {
    check_after_dot("<~ 550 no\\r\\n421 bye\\r\\n\n* answered end of data: 550 no\n* over");
    check(
        "= post ann@example.org\n> MAIL FROM:<tips@clinic.example>\n<~ 550 no\\r\\n421 bye\\r\\n\n* answered mail: 550 no\n* over",
    );
}

#[test]
fn surplus_behind_an_outcome_ends_the_connection_before_the_next_letter() {
    check_after_dot(
        "< 250 ok\n< 250 ok\n* answered end of data: 250 ok\n* over\n= post bob@example.org\n* not taken mail: the relay spoke before it was asked",
    );
    check_after_dot(
        "< 250 ok\n<~ 2\n* answered end of data: 250 ok\n= post bob@example.org\n* not taken mail: the relay spoke before it was asked\n* over",
    );
    check_after_dot(
        "< 250 ok\n< 421 idle too long\n* answered end of data: 250 ok\n* over\n= post bob@example.org
        * not taken mail: the relay closed the idle connection: `421 idle too long`",
    );
}

#[test]
fn a_refused_recipient_costs_a_reset_and_not_the_connection() {
    let refused = "= post dead@example.org
        > MAIL FROM:<tips@clinic.example>
        < 250 ok
        > RCPT TO:<dead@example.org>
        < 550 5.1.1 unknown
        * answered rcpt: 550 5.1.1 unknown
        = post ann@example.org
        > RSET";
    check(&format!(
        "{refused}\n< 250 ok\n> MAIL FROM:<tips@clinic.example>\n= lost x\n* not taken mail: x"
    ));
    check(&format!(
        "{refused}\n< 502 no\n* not taken mail: the relay answered `502 no`, which is no answer here\n* over"
    ));
    check(&format!("{refused}\n= lost gone\n* not taken mail: gone\n* over"));
}

#[test]
fn a_refusal_before_the_body_is_answered_at_its_stage() {
    check("= post ann@example.org\n> MAIL FROM:<tips@clinic.example>\n< 451 wait\n* answered mail: 451 wait");
    check("= post ann@example.org\n> MAIL FROM:<tips@clinic.example>\n< 421 bye\n* answered mail: 421 bye\n* over");
    check(
        "= post ann@example.org\n> MAIL FROM:<tips@clinic.example>\n< 354 go\n* not taken mail: the relay answered `354 go`, which is no answer here\n* over",
    );
    let data =
        "= post ann@example.org\n> MAIL FROM:<tips@clinic.example>\n< 250 ok\n> RCPT TO:<ann@example.org>\n< 251 forwarded\n> DATA";
    check(&format!(
        "{data}\n< 554 no\n* answered data: 554 no\n= post ann@example.org\n> RSET\n= lost x\n* not taken mail: x"
    ));
    check(&format!(
        "{data}\n< 250 ok\n* not taken data: the relay answered `250 ok`, which is no answer here\n* over"
    ));
    check(&format!(
        "{data}\n<~ 354 go\\r\\n250 ok\\r\\n\n* not taken data: the relay sent more than one reply to one command\n* over"
    ));
    check(&format!(
        "{data}\n<~ 354 go\\r\\n2\n* not taken data: the relay sent more than one reply to one command\n* over"
    ));
    check(&format!("{data}\n= lost gone\n* not taken data: gone\n* over"));
}

#[test]
fn what_comes_in_mid_body_is_weighed() {
    let body = format!("{UNTIL_BODY}\n{BODY}");
    check(&format!("{body}\n= lost cut\n* not taken data: cut\n* over"));
    check(&format!(
        "{body}\n< 552 5.3.4 too big\n* answered end of data: 552 5.3.4 too big\n* over"
    ));
    check(&format!("{body}\n< 421 bye\n* answered data: 421 bye\n* over"));
    check(&format!(
        "{body}\n< 250 thanks\n* in doubt: the relay answered 250 in the middle of the letter\n* over"
    ));
    check(&format!(
        "{body}\n< 354 again\n* not taken data: the relay answered 354 in the middle of the letter\n* over"
    ));
    check(&format!(
        "{body}\n<~ 250 tha\n= post x@example.org\n* not taken data: the next letter came before this one was settled\n* not taken mail: the next letter came before this one was settled"
    ));
}

#[test]
fn half_a_reply_before_the_terminator_is_no_reply_to_it() {
    let mut ready = conversation(Security::Plain, None);
    play(&mut ready, "< 220 hi\n> EHLO clinic.example\n< 250 relay\n* ready");
    for line in UNTIL_BODY.lines().chain([BODY, "<~ 250 tha"]).map(str::trim) {
        match line.split_once(' ').unwrap() {
            (">", _) => assert!(ready.output().is_some()),
            ("<", what) => ready.receive(format!("{what}\r\n").as_bytes()),
            ("<~", what) => ready.receive(what.as_bytes()),
            (_, what) => act(&mut ready, what),
        }
    }
    assert_eq!(ready.output(), None);
    assert_eq!(
        ready.poll().as_ref().map(shown).unwrap(),
        "not taken data: the relay spoke before it was asked"
    );
}

#[test]
fn extensions_are_used_when_offered_and_letters_refused_when_needed() {
    let quit = "= lost x\n* not taken mail: x";
    check_with(
        "SIZE_100",
        &format!("= post ann@example.org\n> MAIL FROM:<tips@clinic.example> SIZE=28\n{quit}"),
    );
    check_with(
        "size_0",
        &format!("= post ann@example.org\n> MAIL FROM:<tips@clinic.example> SIZE=28\n{quit}"),
    );
    check_with(
        "SIZE_20",
        "= post ann@example.org\n* unsupported Content: the letter has 28 bytes and the relay takes at most 20",
    );
    check_with(
        "SMTPUTF8 8BITMIME",
        &format!("= post jörg@example.org\n> MAIL FROM:<tips@clinic.example> SMTPUTF8\n{quit}"),
    );
    check(
        "= post jörg@example.org
        * unsupported UnsupportedAddress: `jörg@example.org` has letters beyond ASCII before the `@`, and the relay does not offer SMTPUTF8
        = post ann@example.org
        > MAIL FROM:<tips@clinic.example>
        = lost x
        * not taken mail: x",
    );
    check_with(
        "8BITMIME",
        &format!("= bad-letter ä\\r\\n\n> MAIL FROM:<ann@example.org> BODY=8BITMIME\n{quit}"),
    );
    check("= bad-letter ä\\r\\n\n* unsupported Content: the letter has 8-bit text and the relay does not offer 8BITMIME");
    check(
        "= bad-letter a\\n\n* unsupported Content: the letter has a bare line break at byte 1; that is a fault in tidings, please report it",
    );
}

#[test]
fn goodbye_is_said_only_between_letters() {
    check("= quit\n> QUIT\n< 221 bye\n* over");
    check("= quit\n> QUIT\n= lost closed\n* over");
    check("= post ann@example.org\n= quit\n> MAIL FROM:<tips@clinic.example>\n= lost x\n* not taken mail: x\n= quit\n* over");
}

#[test]
fn the_opening_meets_every_relay() {
    let plain = |dialogue: &str| check_opening(Security::Plain, None, dialogue);
    plain("< 220-welcome\n< 220 hi\n> EHLO clinic.example\n< 250 relay\n* ready");
    plain(
        "< 554 5.7.1 blocked\n* failed greeting Settings: the relay does not want to speak with this machine: it answered `554 5.7.1 blocked`\n* over",
    );
    plain(
        "< 421 busy\n* failed greeting Throttle: the relay does not want to speak with this machine: it answered `421 busy`\n* over",
    );
    plain("< HTTP/1.1 400 Bad\n* failed greeting Settings: the relay sent `HTTP/1.1 400 Bad`, which is no SMTP reply\n* over");
    plain("= lost closed\n* failed greeting RelayDown: closed\n* over");
    plain(
        "< 220 hi\n> EHLO clinic.example\n< 502 what\n* failed ehlo Settings: the relay refuses our greeting (EHLO): it answered `502 what`\n* over",
    );
    plain(
        "< 220 hi\n> EHLO clinic.example\n< 354 go\n* failed ehlo RelayDown: the relay answered 354 where that is no answer\n* over",
    );
    plain("<~ 220 hi\\r\\n250 relay\\r\\n\n* failed greeting Settings: the relay sent more than one reply to one command\n* over");
}

#[test]
fn starttls_is_required_and_nothing_in_front_of_it_is_believed() {
    let opening = "< 220 hi\n> EHLO clinic.example";
    let starttls = |dialogue: &str| check_opening(Security::StartTls, Some("tips"), &format!("{opening}\n{dialogue}"));
    starttls(
        "<~ 250-relay\\r\\n250-AUTH PLAIN\\r\\n250 starttls\\r\\n
        > STARTTLS
        < 220 go
        * secure
        = secured
        > EHLO clinic.example
        <~ 250-relay\\r\\n250 AUTH PLAIN\\r\\n
        > AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk
        < 235 ok
        * ready",
    );
    starttls(
        "< 250 relay\n* failed starttls Settings: the relay does not offer STARTTLS, so the connection cannot be encrypted\n* over",
    );
    starttls(
        "<~ 250-r\\r\\n250 STARTTLS\\r\\n\n> STARTTLS\n< 454 no\n* failed starttls RelayDown: the relay cannot begin TLS: it answered `454 no`\n* over",
    );
    for behind in ["250 evil\\r\\n", "2", "\\x16"] {
        starttls(&format!(
            "<~ 250-r\\r\\n250 STARTTLS\\r\\n\n> STARTTLS\n<~ 220 go\\r\\n{behind}
            * failed starttls Settings: the relay sent clear text behind its answer to STARTTLS; somebody on the way may be tampering with the connection\n* over"
        ));
    }
}

#[test]
fn a_login_is_said_only_to_an_encrypted_line() {
    let login = |offers: &str, dialogue: &str| {
        let opening = format!("< 220 hi\n> EHLO clinic.example\n<~ 250-relay\\r\\n250 {offers}\\r\\n");
        check_opening(Security::Implicit, Some("tips"), &format!("{opening}\n{dialogue}"));
    };
    let refused = "* failed login Login: the relay refuses the login: it answered `535 5.7.8 no`\n* over";
    login("AUTH LOGIN PLAIN", "> AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\n< 235 ok\n* ready");
    login(
        "AUTH LOGIN",
        "> AUTH LOGIN\n< 334 VXNlcm5hbWU6\n> dGlwcw==\n< 334 UGFzc3dvcmQ6\n> cGFzcyB3b3Jk\n< 235 ok\n* ready",
    );
    login(
        "AUTH LOGIN",
        &format!("> AUTH LOGIN\n< 334 ?\n> dGlwcw==\n< 535 5.7.8 no\n{refused}"),
    );
    login(
        "AUTH PLAIN",
        &format!("> AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\n< 535 5.7.8 no\n{refused}"),
    );
    login(
        "AUTH PLAIN",
        "> AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\n< 454 4.7.0 later\n* failed login Throttle: the relay refuses the login: it answered `454 4.7.0 later`\n* over",
    );
    login(
        "AUTH PLAIN",
        "> AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\n< 334 more\n* failed login Login: the relay did not finish the login: it answered `334 more`\n* over",
    );
    login(
        "AUTH GSSAPI",
        "* failed login Settings: the relay offers no login that tidings speaks (PLAIN or LOGIN)\n* over",
    );
    check_opening(
        Security::Plain,
        Some("tips"),
        "< 220 hi\n> EHLO clinic.example\n<~ 250-relay\\r\\n250 AUTH PLAIN\\r\\n
        * failed login Settings: the relay needs a login and the connection is not encrypted; the password was not sent\n* over",
    );
}

#[test]
fn our_name_cannot_end_the_command() {
    for (hello, expected) in [
        ("mail.example.org", "EHLO mail.example.org"),
        ("192.0.2.1", "EHLO [192.0.2.1]"),
        ("2001:db8::1", "EHLO [IPv6:2001:db8::1]"),
        ("a\r\nMAIL FROM:<x@y.example>", "EHLO aMAILFROMxy.example"),
        ("", "EHLO [127.0.0.1]"),
    ] {
        let mut conversation = Conversation::new(Profile {
            hello: hello.to_owned(),
            ..profile(Security::Plain)
        });
        play(&mut conversation, &format!("< 220 hi\n> {expected}"));
    }
}

#[test]
fn pieces_never_show_a_password() {
    let piece = Piece::Command(b"AUTH PLAIN AHRpcHMAcGFzcyB3b3Jk\r\n".to_vec());
    assert_eq!(format!("{piece:?}"), "command of 33 octets");
}
