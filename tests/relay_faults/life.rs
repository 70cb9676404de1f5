//! Faults 53 to 60: what a relay does over the life of a connection, and behind its own door.

use super::fault::{Fault, Relay, fault};
use super::place::{Line, Names};
use crate::support::judge::{Phase, Rule};
use std::time::Duration;

fn fine(number: u8, name: &'static str) -> Fault {
    fault(number, name, 0, "accepted")
}

pub(super) fn life() -> Vec<Fault> {
    let closing = |letters| {
        Rule::at(Phase::Dot)
            .every(letters)
            .reply_then_close("250 2.0.0 Ok: taken, and goodbye")
    };
    let lost = usize::MAX / 2;
    vec![
        fine(53, "closes after 1 letter").doing(closing(1)).people(12).straying(lost),
        fine(53, "closes after 2 letters").doing(closing(2)).people(12).straying(lost),
        fine(53, "closes after 100 letters")
            .doing(closing(100))
            .people(120)
            .about_one_connection()
            .straying(lost),
        fine(54, "idle 421")
            // Late enough that the reply before it was read long ago, and early enough that the next letter has not begun.
            .doing(Rule::at(Phase::Dot).farewell(Duration::from_millis(300), "421 4.4.2 idle for too long"))
            .setting(", per_second: 2")
            .about_one_connection()
            .straying(lost),
        fine(55, "three connections at most at a time")
            .over(Line::AtMost(3))
            .connections(10)
            .people(24),
        fine(55, "three connections at most, and one letter each")
            .over(Line::AtMost(3))
            .doing(closing(1))
            .connections(10)
            .people(24)
            .straying(lost),
        fault(56, "450 4.7.1 for everybody", 0, "deferred").doing(Rule::at(Phase::Rcpt).reply("450 4.7.1 try again later")),
        fine(57, "accepts and drops")
            .doing(Rule::at(Phase::Dot).after(2).times(1).dropped())
            .by_a_relay_that(Relay::DropsAccepted),
        fine(58, "doubles the mail itself")
            .doing(Rule::at(Phase::Dot).after(2).times(1).copied(2))
            .by_a_relay_that(Relay::Doubles),
        fine(59, "QUIT hangs")
            .doing(Rule::at(Phase::Quit).hang())
            .within(Duration::from_secs(30)),
        fault(60, "no host of that name", 78, "pending").over(Line::Named(Names::Unknown)),
        fault(60, "no name server answers", 75, "pending").over(Line::Named(Names::Unanswered)),
        fine(60, "one of two addresses is dead").over(Line::Named(Names::OneDead)),
        fine(60, "the address changes in mid-campaign")
            .over(Line::Named(Names::Moves))
            .setting(", per_connection: 2")
            .about_one_connection(),
    ]
}
