//! The nasty dialogues: where one letter's refusal could drag the next person's letter along. Real servers have said each of these
//! (Postfix 3.7, Exim 4.96, OpenSMTPD 6.8), but for the 354 behind a refused RCPT, which RFC 2920 §3.1 allows.

use super::fault::{Fault, Relay, THE_ONE, fault};
use crate::support::judge::{Phase, Rule};
use crate::support::people;
use std::time::Duration;

fn at_the_one(phase: Phase) -> Rule {
    Rule::at(phase).to(&people::address(THE_ONE))
}

fn once(phase: Phase) -> Rule {
    Rule::at(phase).after(2).times(1)
}

fn fine(number: u8, name: &'static str) -> Fault {
    fault(number, name, 0, "accepted")
}

/// The one is refused, and then the sender's next RSET is, with the connection.
fn weary(number: u8, name: &'static str, farewell: &str) -> Fault {
    fault(number, name, 1, "accepted")
        .counting("failed", 1)
        .doing(at_the_one(Phase::Rcpt).reply("550 5.1.1 no such person"))
        .doing(Rule::at(Phase::Rset).times(1).reply_then_close(farewell))
        .straying(4)
}

pub(super) fn table() -> Vec<Fault> {
    let at = at_the_one;
    let rows = vec![
        fine(1, "RCPT 450, and DATA 354")
            .by_a_relay_that(Relay::GrantsNobody)
            .doing(at(Phase::Rcpt).reply("450 4.7.1 greylisted"))
            .counting("deferred", 1),
        fine(2, "DATA refused, transaction kept")
            .by_a_relay_that(Relay::KeepsRefused)
            .doing(at(Phase::Data).reply("451 4.3.0 not this one now"))
            .counting("deferred", 1),
        fault(3, "end of data refused for good, transaction kept", 1, "accepted")
            .by_a_relay_that(Relay::KeepsRefused)
            .doing(at(Phase::Dot).reply("554 5.7.1 looks like spam"))
            .counting("held", 1),
        fine(4, "end of data refused for now, transaction kept")
            .by_a_relay_that(Relay::KeepsRefused)
            .doing(at(Phase::Dot).reply("451 4.3.0 not this one now"))
            .counting("deferred", 1),
        weary(5, "RSET 554: too many commands", "554 Too many nonmail commands"),
        weary(
            6,
            "RSET 421: too many errors",
            "421 4.7.0 relay.example Error: too many errors",
        ),
        fine(7, "421 in mid-group")
            .doing(once(Phase::Mail).reply_then_close("421 4.3.2 going down"))
            .straying(4),
        fine(8, "closed in mid-group").doing(once(Phase::Data).close()).straying(4),
        fine(9, "one MAIL refused for now").doing(once(Phase::Mail).reply("451 4.3.0 later")),
        fault(10, "replies of several lines", 1, "accepted")
            .doing(at(Phase::Rcpt).reply("550-no such person\r\n550 no, really"))
            .doing(Rule::at(Phase::Dot).reply("250- 132 byte chunk, total 132\r\n250 OK id=1xUht5-0006W8-1q"))
            .counting("failed", 1),
        fine(11, "replies byte by byte").doing(Rule::at(Phase::Rcpt).drip("250 2.1.5 Ok", Duration::from_millis(2))),
        // The letter before is answered in the same breath: on a connection that fell out of step its yes may not be believed.
        fine(12, "two replies to RCPT")
            .loosely("in_doubt", 0..=1)
            .doing(once(Phase::Rcpt).raw(b"250 2.1.5 Ok\r\n250 2.1.5 Ok\r\n"))
            .straying(4),
        // Words that nobody knows are not about the address: the letter is held, and the person is not given up.
        fault(13, "dropped at RCPT with a 550", 1, "accepted")
            .doing(at(Phase::Rcpt).reply_then_close("550 going down"))
            .counting("held", 1)
            .straying(3),
    ];
    rows.into_iter().map(|fault| fault.people(16)).collect()
}
