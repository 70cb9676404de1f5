//! Dialogues with whole letters in flight (RFC 3030): who is refused, who is taken, and what nobody can know any more.
//!
//! The replies are those of Postfix 3.7.11 and Exim 4.96 in the same situations.

use crate::relay::conversation::tests::{check_in_flight, check_with};

/// A letter in one go; the numbers are tickets.
fn whole(name: &str, number: u32) -> String {
    format!(
        r"= announce {name}@example.org
        = permit {number}
        > RSET
        > MAIL FROM:<tips@clinic.example>
        > RCPT TO:<{name}@example.org>
        > BDAT 28 LAST
        > body Subject: tips\r\n\r\n.dot\r\nbye\r
        > end \n"
    )
}

const YES: &str = "< 250 2.0.0 Ok\n< 250 2.1.0 Ok\n< 250 2.1.5 Ok";
const TAKEN: &str = "< 250 2.0.0 Ok: 28 bytes queued as 84CC";

fn taken(number: u32) -> String {
    format!("{YES}\n{TAKEN}\n* #{number} answered end of data: 250 2.0.0 Ok: 28 bytes queued as 84CC")
}

/// The first letter goes alone; then two more are in flight.
fn two_in_flight() -> String {
    format!(
        "{}\n= room 0\n{}\n= room 3\n{}\n{}\n= room 1",
        whole("ann", 0),
        taken(0),
        whole("bob", 1),
        whole("eve", 2)
    )
}

fn check(dialogue: &str) {
    check_in_flight(
        3,
        "PIPELINING CHUNKING ENHANCEDSTATUSCODES",
        &format!("{}\n{dialogue}", two_in_flight()),
    );
}

#[test]
fn several_letters_are_in_flight_and_each_has_its_own_outcome() {
    check(&format!("{}\n{}", taken(1), taken(2)));
    // Exim answers a chunk in two lines.
    check(&format!(
        "{YES}\n<~ 250- 28 byte chunk, total 28\\r\\n250 OK id=1xY\\r\\n\n* #1 answered end of data: 250 28 byte chunk, total 28 OK id=1xY\n{}",
        taken(2)
    ));
}

#[test]
fn without_chunking_or_for_one_letter_at_a_time_it_is_data() {
    let data = "= announce ann@example.org\n> MAIL FROM:<tips@clinic.example>\n> RCPT TO:<ann@example.org>\n> DATA\n= lost x\n* not taken mail: x";
    check_with("PIPELINING CHUNKING ENHANCEDSTATUSCODES", data);
    check_in_flight(3, "PIPELINING", data);
    // Without enhanced codes one yes cannot be told from another.
    check_in_flight(3, "PIPELINING CHUNKING", data);
    check_in_flight(
        3,
        "CHUNKING ENHANCEDSTATUSCODES",
        "= announce ann@example.org\n> MAIL FROM:<tips@clinic.example>\n= lost x\n* not taken mail: x",
    );
}

#[test]
fn a_letter_without_its_permit_does_not_leave_at_all() {
    let dialogue = "= announce ann@example.org\n> -\n= revoke 0\n* #0 not taken mail: it may not leave any more";
    check_in_flight(3, "PIPELINING CHUNKING ENHANCEDSTATUSCODES", dialogue);
}

#[test]
fn a_refused_recipient_is_told_from_the_chunk_behind_it() {
    check(&format!(
        "< 250 ok\n< 250 ok\n< 450 4.7.1 greylisted\n< 554 5.5.1 Error: no valid recipients\n* #1 answered rcpt: 450 4.7.1 greylisted\n{}",
        taken(2)
    ));
    check(&format!(
        "< 250 ok\n< 550 5.1.8 sender\n< 503 no\n< 503 no\n* #1 answered mail: 550 5.1.8 sender\n{}",
        taken(2)
    ));
}

#[test]
fn a_refused_letter_leaves_the_next_one_alone() {
    check(&format!(
        "{YES}\n< 554 5.7.1 spam\n* #1 answered end of data: 554 5.7.1 spam\n{}",
        taken(2)
    ));
}

#[test]
fn what_was_taken_behind_a_refusal_is_not_believed() {
    check(
        "< 250 ok\n< 250 ok\n< 550 no\n< 250 ok\n* #1 answered rcpt: 550 no\n* #2 in doubt: the relay took a letter whose sender or recipient it had refused\n* over",
    );
    check(
        "< 250 ok\n< 550 no\n< 250 ok\n< 250 ok\n* #1 in doubt: the relay took a letter whose sender or recipient it had refused\n* #2 in doubt: the relay took a letter whose sender or recipient it had refused\n* over",
    );
}

#[test]
fn a_reset_that_is_refused_ends_everything_behind_it() {
    check(
        "< 421 4.7.0 too many errors\n* #1 in doubt: the relay answered `421 4.7.0 too many errors` to RSET\n* #2 in doubt: the relay answered `421 4.7.0 too many errors` to RSET\n* over",
    );
}

#[test]
fn a_421_decides_its_own_letter_and_nobody_knows_of_those_behind_it() {
    check(
        "< 250 ok\n< 250 ok\n< 421 4.3.2 going down\n* #1 answered rcpt: 421 4.3.2 going down\n* #2 in doubt: the relay closed the connection: `421 4.3.2 going down`\n* over",
    );
}

#[test]
fn replies_that_are_one_off_are_found_out_by_their_codes() {
    check(&format!(
        "{TAKEN}\n{YES}\n* #1 in doubt: the relay answered `250 2.0.0 Ok`, which is no answer here\n* #2 in doubt: the relay answered `250 2.0.0 Ok`, which is no answer here\n* over"
    ));
}

#[test]
fn an_answer_that_is_never_ended_does_not_take_the_next_one_for_its_end() {
    let why = "the relay answered `250 Ok`, which is no answer here";
    check(&format!(
        "{YES}\n< 250-\n< 250 2.0.0 Ok\n* #1 in doubt: {why}\n* #2 in doubt: {why}\n* over"
    ));
}

#[test]
fn a_lost_connection_leaves_the_whole_ones_in_doubt() {
    check("= lost closed\n* #1 in doubt: closed\n* #2 in doubt: closed\n* over");
    let half = r"= announce zoe@example.org
        = permit 3
        > RSET
        > MAIL FROM:<tips@clinic.example>
        > RCPT TO:<zoe@example.org>
        > BDAT 28 LAST
        > body Subject: tips\r\n\r\n.dot\r\nbye\r
        = lost cut
        * #1 in doubt: cut
        * #2 in doubt: cut
        * #3 not taken data: cut
        * over";
    check(half);
}

#[test]
fn an_early_no_to_a_chunk_is_a_no_and_an_early_yes_is_a_doubt() {
    let half = r"= announce ann@example.org
        = permit 0
        > RSET
        > MAIL FROM:<tips@clinic.example>
        > RCPT TO:<ann@example.org>
        > BDAT 28 LAST
        > body Subject: tips\r\n\r\n.dot\r\nbye\r
        < 250 ok
        < 250 ok
        < 250 ok";
    // The relay has been promised 28 octets and gets them.
    check_in_flight(
        3,
        "PIPELINING CHUNKING ENHANCEDSTATUSCODES",
        &format!("{half}\n< 552 5.3.4 too big\n* #0 answered end of data: 552 5.3.4 too big\n> end \\n"),
    );
    check_in_flight(
        3,
        "PIPELINING CHUNKING ENHANCEDSTATUSCODES",
        &format!("{half}\n< 250 ok\n* #0 in doubt: the relay answered `250 ok` before it had the whole letter\n* over"),
    );
}
