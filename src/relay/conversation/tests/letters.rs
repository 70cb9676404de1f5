//! Dialogues about letters: what each reply, or its absence, makes of them.

use crate::relay::conversation::tests::{act, check, check_in_flight, check_with, conversation, play, shown};
use crate::relay::server::Security;

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
    // Postfix keeps the transaction behind a refused dot.
    let next = "= post bob@example.org\n> RSET\n< 250 ok\n> MAIL FROM:<tips@clinic.example>\n= lost x\n* not taken mail: x";
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
        "{refused}\n< 502 no\n* not taken mail: the relay answered `502 no` to RSET\n* over"
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
        "{body}\n<~ 250 tha\n= post x@example.org\n* not taken data: the relay spoke before it was asked\n* not taken mail: the relay spoke before it was asked"
    ));
    check(&format!(
        "{body}\n= post x@example.org\n> end .\\r\\n\n* not taken mail: too many letters are under way on this connection\n< 250 ok\n* answered end of data: 250 ok"
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
fn a_sender_is_asked_about_without_a_letter() {
    for (in_flight, offers, reset) in [
        (1, "", ""),
        (1, "PIPELINING", ""),
        (3, "PIPELINING CHUNKING ENHANCEDSTATUSCODES", "> RSET\n< 250 ok\n"),
    ] {
        let asked = format!(
            "= ask tips@clinic.example\n{}> MAIL FROM:<tips@clinic.example>",
            reset.replace("< 250 ok\n", "")
        );
        let heard = reset.replace("> RSET\n", "");
        check_in_flight(
            in_flight,
            offers,
            &format!("{asked}\n{heard}< 250 2.1.0 ok\n* answered mail: 250 2.1.0 ok\n= quit\n> QUIT\n< 221 bye\n* over"),
        );
        check_in_flight(
            in_flight,
            offers,
            &format!("{asked}\n{heard}< 530 5.7.0 log in\n* answered mail: 530 5.7.0 log in"),
        );
        check_in_flight(in_flight, offers, &format!("{asked}\n= lost x\n* not taken mail: x\n* over"));
    }
    let next = "= ask tips@clinic.example\n> MAIL FROM:<tips@clinic.example>\n< 250 ok\n* answered mail: 250 ok\n= post ann@example.org\n> RSET\n= lost x\n* not taken mail: x";
    check(next);
}
