//! Dialogues in groups (RFC 2920): what rides behind a letter's end of data, and what becomes of it when that letter, or it, is refused.
//!
//! The replies are those of Postfix 3.7.11, Exim 4.96 and aiosmtpd 1.4.6 in the same situations, where one of them is named.

use crate::relay::conversation::tests::{check_in_flight, check_with};

const ANN: &str = "= announce ann@example.org
    = permit 0
    > MAIL FROM:<tips@clinic.example>
    > RCPT TO:<ann@example.org>
    > DATA";
const BODY: &str = r"> body Subject: tips\r\n\r\n..dot\r\nbye\r\n
    > end .\r\n";
const INVITED: &str = "< 250 2.1.0 Ok
    < 250 2.1.5 Ok
    < 354 End data with <CR><LF>.<CR><LF>";
const BOB: &str = "> RSET
    > MAIL FROM:<tips@clinic.example>
    > RCPT TO:<bob@example.org>
    > DATA";
const TAKEN: &str = "< 250 2.0.0 Ok: queued as E54B";

/// Ann's letter is out, and Bob's commands behind it.
fn riding() -> String {
    format!("{ANN}\n= announce bob@example.org\n{INVITED}\n{BODY}\n{BOB}")
}

fn check(dialogue: &str) {
    check_with("PIPELINING", dialogue);
}

fn check_behind(dialogue: &str) {
    let dialogue = dialogue.replace('§', "* #0 answered end of data: 250 2.0.0 Ok: queued as E54B");
    check(&format!("{}\n{dialogue}", riding()));
}

/// Ann's letter was taken, and the relay answers Bob's group; `§` is the moment at which hers is believed.
fn check_bob(dialogue: &str) {
    check_behind(&format!("{TAKEN}\n< 250 2.0.0 Ok\n{dialogue}"));
}

/// A third letter opens with RSET and goes through.
const THIRD_GOES_THROUGH: &str = r"= announce eve@example.org
    = permit 2
    > RSET
    > MAIL FROM:<tips@clinic.example>
    > RCPT TO:<eve@example.org>
    > DATA
    < 250 ok
    < 250 ok
    < 250 ok
    < 354 go
    > body Subject: tips\r\n\r\n..dot\r\nbye\r\n
    > end .\r\n
    < 250 ok
    * #2 answered end of data: 250 ok";

#[test]
fn a_letter_costs_one_round_trip_once_another_one_is_under_way() {
    check_bob(&format!(
        "{INVITED}\n§\n= permit 1\n{BODY}\n{TAKEN}\n* #1 answered end of data: 250 2.0.0 Ok: queued as E54B"
    ));
    // The intent may be on record before the relay has said 354.
    check_bob(&format!(
        "= permit 1\n{INVITED}\n§\n{BODY}\n{TAKEN}\n* #1 answered end of data: 250 2.0.0 Ok: queued as E54B"
    ));
}

#[test]
fn no_body_leaves_before_its_intent_is_on_record() {
    check_bob(&format!("{INVITED}\n§\n> -\n= lost gone\n* #1 not taken mail: gone\n* over"));
    check_bob(&format!(
        "{INVITED}\n§\n> -\n< 421 4.4.2 idle\n* #1 not taken mail: the relay closed the idle connection: `421 4.4.2 idle`\n* over"
    ));
}

#[test]
fn nothing_rides_that_was_not_announced() {
    check(&format!(
        "{ANN}\n{INVITED}\n{BODY}\n> -\n{TAKEN}\n* #0 answered end of data: 250 2.0.0 Ok: queued as E54B\n= room 2"
    ));
    // Announced too late to ride, it goes as soon as it is there, and opens with RSET: nobody knows yet whether Ann's is taken.
    check(&format!(
        "{ANN}\n{INVITED}\n{BODY}\n= announce bob@example.org\n{BOB}\n= lost x\n* #0 in doubt: x\n* #1 not taken mail: x\n* over"
    ));
}

#[test]
fn a_refused_recipient_in_a_group_costs_nobody_else_anything() {
    // Postfix; its word about DATA is not the verdict.
    let refused = "* #1 answered rcpt: 550 5.1.1 no such person";
    check_bob(&format!(
        "< 250 2.1.0 Ok\n< 550 5.1.1 no such person\n< 554 5.5.1 Error: no valid recipients\n§\n{refused}\n{THIRD_GOES_THROUGH}"
    ));
    check_bob(
        "< 250 2.1.0 Ok\n< 450 4.7.1 greylisted\n< 554 5.5.1 Error: no valid recipients\n§\n* #1 answered rcpt: 450 4.7.1 greylisted",
    );
    // Exim
    check_bob(&format!(
        "< 250 OK\n< 550 5.1.1 no such person\n<~ 503-All RCPT commands were rejected with this error:\\r\\n503-no such person\\r\\n503 Valid RCPT command must precede DATA\\r\\n\n§\n{refused}\n{THIRD_GOES_THROUGH}"
    ));
}

#[test]
fn a_lone_dot_ends_the_data_of_nobody() {
    let invited = "< 250 ok\n< 550 5.1.1 no such person\n< 354 go\n> .\n§\n* #1 answered rcpt: 550 5.1.1 no such person";
    check_bob(&format!("{invited}\n< 554 no valid recipients\n{THIRD_GOES_THROUGH}"));
    check_bob(&format!("{invited}\n< 250 ok\n* over"));
    check_bob(&format!("{invited}\n< 421 bye\n* over"));
}

#[test]
fn behind_a_refused_sender_nothing_is_said_but_the_end() {
    // Without RSET this is what Postfix says behind a refused DATA: the recipient would join the last letter's.
    check_bob(
        "< 503 5.5.1 Error: nested MAIL command\n< 250 2.1.5 Ok\n< 354 End data with <CR><LF>.<CR><LF>\n§\n* #1 answered mail: 503 5.5.1 Error: nested MAIL command\n* over",
    );
    check_bob("< 550 5.1.8 sender\n< 503 need MAIL\n< 354 go\n§\n* #1 answered mail: 550 5.1.8 sender\n* over");
    check_bob(&format!(
        "< 550 5.1.8 sender\n< 503 need MAIL\n< 503 need RCPT\n§\n* #1 answered mail: 550 5.1.8 sender\n{THIRD_GOES_THROUGH}"
    ));
}

#[test]
fn a_refused_data_is_followed_by_a_reset() {
    check_bob(&format!(
        "< 250 ok\n< 250 ok\n< 451 4.3.0 not this one now\n§\n* #1 answered data: 451 4.3.0 not this one now\n{THIRD_GOES_THROUGH}"
    ));
}

#[test]
fn a_refused_letter_does_not_take_the_one_behind_it_along() {
    let (refused, told) = ("< 554 5.7.1 spam", "* #0 answered end of data: 554 5.7.1 spam");
    check_behind(&format!(
        "{refused}\n< 250 ok\n{INVITED}\n{told}\n= permit 1\n{BODY}\n{TAKEN}\n* #1 answered end of data: 250 2.0.0 Ok: queued as E54B"
    ));
    check_behind(&format!(
        "{refused}\n< 250 ok\n< 250 ok\n< 550 no\n< 554 no\n{told}\n* #1 answered rcpt: 550 no\n{THIRD_GOES_THROUGH}"
    ));
}

#[test]
fn a_421_in_mid_group_ends_it_there() {
    // Postfix: the rest of the group gets no reply.
    check_bob("< 250 ok\n< 421 4.3.2 going down\n§\n* #1 answered rcpt: 421 4.3.2 going down\n* over");
    check_bob("< 250 ok\n< 250 ok\n< 421 4.3.2 going down\n§\n* #1 answered data: 421 4.3.2 going down\n* over");
    check_behind(
        "< 421 4.3.2 bye\n* #0 answered end of data: 421 4.3.2 bye\n* #1 not taken mail: the relay closed the connection: `421 4.3.2 bye`\n* over",
    );
    // Exim drops with a 550.
    check_bob("< 250 ok\n< 550 bye\n= lost closed\n§\n* #1 answered rcpt: 550 bye\n* over");
}

#[test]
fn a_no_to_reset_is_nobodys_verdict() {
    check_behind(&format!(
        "{TAKEN}\n< 421 4.7.0 bye\n§\n* #1 not taken mail: the relay answered `421 4.7.0 bye` to RSET\n* over"
    ));
    // Exim, when it has had enough of refusals.
    check_behind(
        "< 550 5.7.1 spam\n< 554 Too many nonmail commands\n= lost closed\n* #0 answered end of data: 550 5.7.1 spam\n* #1 not taken mail: closed\n* over",
    );
    check_behind(&format!(
        "{TAKEN}\n< 554 Too many nonmail commands\n= lost closed\n§\n* #1 not taken mail: closed\n* over"
    ));
    // A relay that goes on is not believed any more, and its 354 is not answered.
    check_behind(&format!(
        "{TAKEN}\n< 502 no RSET\n< 503 nested MAIL\n< 250 ok\n< 354 go\n§\n* #1 not taken mail: the relay answered `502 no RSET` to RSET\n* over"
    ));
    check_behind(&format!(
        "{TAKEN}\n< 502 no RSET\n< 250 ok\n< 550 no\n< 554 no\n§\n* #1 not taken mail: the relay answered `502 no RSET` to RSET\n* over"
    ));
    // Two answers to one letter, and the second is a no: the rest of the group is one off.
    let why = "the relay answered `250 2.1.5 Ok`, which is no answer here";
    check_behind(&format!(
        "{TAKEN}\n< 554 no\n< 250 2.0.0 Ok\n< 250 2.1.0 Ok\n< 250 2.1.5 Ok\n* #0 in doubt: {why}\n* #1 not taken data: {why}\n* over"
    ));
}

#[test]
fn a_lost_end_is_in_doubt_and_what_rides_behind_it_is_not() {
    check_behind("= lost closed\n* #0 in doubt: closed\n* #1 not taken mail: closed\n* over");
    check_behind("<~ 25\n= lost closed\n* #0 in doubt: closed\n* #1 not taken mail: closed\n* over");
    check_behind(
        "< 354 again\n* #0 in doubt: the relay answered `354 again`, which is no answer here\n* #1 not taken mail: the relay answered `354 again`, which is no answer here\n* over",
    );
}

#[test]
fn replies_that_are_one_off_are_found_out_before_the_next_body_and_before_a_letter_is_believed() {
    // An answer that is never ended takes the next one for its end.
    check_behind(
        "< 250-\n< 250 Reset OK\n< 250 OK\n< 250 Accepted\n< 354 go
        * #0 in doubt: the relay answered `354 go`, which is no answer here\n* #1 not taken rcpt: the relay answered `354 go`, which is no answer here\n* over",
    );
    let why = "the relay answered `250 Ok`, which is no answer here";
    check_behind(&format!(
        "< 250-\n< 250 2.0.0 Ok\n* #0 in doubt: {why}\n* #1 not taken mail: {why}\n* over"
    ));
    check_behind(&format!(
        "{TAKEN}\n{TAKEN}\n< 250 2.0.0 Ok\n< 250 2.1.0 Ok\n= permit 1\n< 250 2.1.5 Ok
        * #0 in doubt: the relay answered `250 2.1.5 Ok`, which is no answer here
        * #1 not taken data: the relay answered `250 2.1.5 Ok`, which is no answer here\n* over"
    ));
}

#[test]
fn a_letter_that_may_not_leave_any_more_ends_the_conversation_behind_the_one_before_it() {
    let revoked = "= revoke 1\n> -";
    check_behind(&format!(
        "{revoked}\n{TAKEN}\n§\n* #1 not taken mail: a letter that was announced may not leave any more\n* over"
    ));
    // Too late for one whose body is on its way.
    check(&format!(
        "{ANN}\n{INVITED}\n= revoke 0\n{BODY}\n{TAKEN}\n* #0 answered end of data: 250 2.0.0 Ok: queued as E54B"
    ));
    // Not said yet, it leaves no trace.
    check(&format!(
        "{ANN}\n= announce bob@example.org\n= revoke 1\n* #1 not taken mail: it may not leave any more\n{INVITED}\n{BODY}\n{TAKEN}\n* #0 answered end of data: 250 2.0.0 Ok: queued as E54B"
    ));
}

#[test]
fn with_two_in_flight_a_permitted_letter_leaves_as_soon_as_it_is_asked_for() {
    check_in_flight(
        2,
        "PIPELINING",
        &format!(
            "{}\n= permit 1\n= announce eve@example.org\n= room 0\n{TAKEN}\n< 250 ok\n{INVITED}\n{BODY}\n> RSET\n> MAIL FROM:<tips@clinic.example>
            > RCPT TO:<eve@example.org>\n> DATA\n* #0 answered end of data: 250 2.0.0 Ok: queued as E54B\n= lost x\n* #1 in doubt: x\n* #2 not taken mail: x\n* over",
            riding()
        ),
    );
}
