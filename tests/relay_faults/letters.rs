//! Faults 25 to 52: one person's letter, from RCPT to the reply to its end.

use super::fault::{Fault, THE_ONE, fault};
use crate::support::judge::{Phase, Rule};
use crate::support::people;
use std::time::Duration;

fn at_the_one(phase: Phase) -> Rule {
    Rule::at(phase).to(&people::address(THE_ONE))
}

/// The third letter over the first connections, whosever it is.
fn once(phase: Phase) -> Rule {
    Rule::at(phase).after(2).times(1)
}

/// Everybody gets a letter in this run.
fn fine(number: u8, name: &'static str) -> Fault {
    fault(number, name, 0, "accepted")
}

/// One person waits for the next run.
fn deferred(number: u8, name: &'static str) -> Fault {
    fine(number, name).counting("deferred", 1)
}

/// One person's letter needs a person.
fn one(number: u8, name: &'static str, state: &'static str) -> Fault {
    fault(number, name, 1, "accepted").counting(state, 1)
}

/// One letter has no whole answer. The connection is over, and with it the letters that were under way behind it.
fn doubt(number: u8, name: &'static str) -> Fault {
    one(number, name, "in_doubt").straying(3)
}

/// Refused for policy: three in a row stop the run, or more where more are under way.
fn stopped(number: u8, name: &'static str) -> Fault {
    fault(number, name, 78, "pending").counting("held", 3).loosely("held", 3..=24)
}

pub(super) fn envelope() -> Vec<Fault> {
    let rcpt = || at_the_one(Phase::Rcpt);
    vec![
        deferred(25, "RCPT 450: greylisted").doing(rcpt().reply("450 4.7.1 greylisted")),
        one(26, "RCPT 550: unknown", "failed").doing(rcpt().reply("550 5.1.1 no such user")),
        fine(27, "RCPT 421")
            .doing(once(Phase::Rcpt).reply_then_close("421 4.3.2 bye"))
            .straying(3),
        deferred(28, "RCPT 452: mailbox full").doing(rcpt().reply("452 4.2.2 mailbox full")),
        stopped(29, "RCPT 5.7.1 for all").doing(Rule::at(Phase::Rcpt).reply("554 5.7.1 client host blocked using a list")),
        fine(30, "close after RCPT").doing(once(Phase::Rcpt).close()).straying(4),
        one(31, "an address that needs SMTPUTF8", "failed").with_a_foreign_address(),
        fine(32, "no 8BITMIME").without("8BITMIME"),
    ]
}

pub(super) fn data() -> Vec<Fault> {
    // Once a connection has carried much, the kernel keeps so much for it that it may swallow a long letter whole.
    let first = || Rule::at(Phase::Body).times(1);
    vec![
        deferred(33, "DATA 451").doing(at_the_one(Phase::Data).reply("451 4.3.0 later")),
        one(34, "DATA 554", "held").doing(at_the_one(Phase::Data).reply("554 5.7.1 no")),
        // A long letter's end has not left when the relay goes, whichever way it travels: it was certainly not taken.
        fine(35, "cut in the middle of a long letter")
            .doing(first().close())
            .people(2)
            .with_long_letters(),
        // A short one is with the kernel, final dot and all, before the sender can know that the relay has hung up in its middle: then
        // only doubt is honest.
        fine(35, "cut in mid-body")
            .doing(once(Phase::Body).close())
            .loosely("in_doubt", 0..=1)
            .straying(4),
        fine(36, "zero window in the middle of a long letter")
            .doing(first().freeze())
            .people(2)
            .with_long_letters()
            .until_the_deadline(),
        doubt(36, "zero window")
            .doing(once(Phase::Body).freeze())
            .until_the_deadline(),
        one(37, "554 in mid-body, then close", "held")
            .doing(once(Phase::Body).reply_then_close("554 5.7.1 looks like spam"))
            .straying(3),
        fine(38, "250 before the terminator")
            .doing(once(Phase::Body).say_first("250 2.0.0 Ok: already"))
            .loosely("in_doubt", 0..=1)
            .straying(4),
    ]
}

pub(super) fn terminator() -> Vec<Fault> {
    let dot = || once(Phase::Dot);
    vec![
        doubt(39, "close, mail kept").doing(dot().keep_but_close()),
        doubt(40, "close, mail dropped").doing(dot().close()),
        fine(41, "reply just before the deadline")
            .doing(dot().delay(Duration::from_millis(1200)))
            .until_the_deadline(),
        doubt(42, "no reply").doing(dot().hang()).until_the_deadline(),
        deferred(43, "421 to the dot")
            .doing(dot().reply_then_close("421 4.3.2 bye"))
            .straying(3),
        deferred(44, "451 to the dot").doing(dot().reply("451 4.3.0 later")),
        one(45, "554 to the dot", "held").doing(dot().reply("554 5.7.1 looks like spam")),
        fine(46, "250 and close")
            .doing(Rule::at(Phase::Dot).reply_then_close("250 2.0.0 Ok: taken"))
            .straying(usize::MAX / 2),
        doubt(47, "half a line").doing(dot().half_line("25").kept()),
        doubt(48, "a reply that never ends, then close").doing(dot().half_line("250-2.0.0 taken\r\n").kept()),
        doubt(48, "a reply that never ends, then silence")
            .doing(dot().raw_then_hang(b"250-2.0.0 taken\r\n").kept())
            .until_the_deadline(),
        doubt(49, "354 again").doing(dot().reply("354 go on").kept()),
    ]
}

pub(super) fn replies() -> Vec<Fault> {
    let dot = || once(Phase::Dot);
    vec![
        doubt(50, "two replies: yes and yes").doing(dot().raw(b"250 2.0.0 Ok\r\n250 2.0.0 Ok\r\n").kept()),
        // Whether the second one is seen before the first is believed is the network's business; the no is a true one.
        fault(50, "two replies: no and yes", 1, "accepted")
            .doing(dot().raw(b"554 5.0.0 no\r\n250 2.0.0 Ok\r\n").dropped())
            .loosely("held", 0..=1)
            .loosely("in_doubt", 0..=1)
            .straying(4),
        fine(51, "RST behind a readable 250")
            .doing(dot().reset_behind())
            .loosely("in_doubt", 0..=1)
            .straying(4),
        fine(52, "250 with 10 MB, NUL and escape codes").doing(dot().reply(&ten_megabytes())),
    ]
}

fn ten_megabytes() -> String {
    format!("250 2.0.0 taken \0 \u{1b}[2J\u{1b}]0;owned\u{7} {}", "x".repeat(10_000_000))
}
