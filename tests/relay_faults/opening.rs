//! Faults 1 to 24: from the call to the sender's name. Nobody is touched by any of them, and nothing is tried in clear text instead.

use super::fault::{Fault, fault};
use super::front::{Shown, Tls, Trick};
use super::place::Line;
use crate::support::judge::{Phase, Rule};
use std::time::Duration;

/// The relay is away or asks for patience: run again later.
const LATER: i32 = 75;
/// A person has to mend something first.
const FIX_FIRST: i32 = 78;

fn away(number: u8, name: &'static str) -> Fault {
    fault(number, name, LATER, "pending")
}

fn wrong(number: u8, name: &'static str) -> Fault {
    fault(number, name, FIX_FIRST, "pending")
}

pub(super) fn connect() -> Vec<Fault> {
    let banner = || Rule::at(Phase::Banner);
    vec![
        away(1, "refused").over(Line::Closed),
        away(2, "black hole").over(Line::BlackHole).until_the_deadline(),
        away(3, "no banner").doing(banner().hang()).until_the_deadline(),
        away(4, "banner 421").doing(banner().reply_then_close("421 4.3.2 busy")),
        wrong(5, "banner 554").doing(banner().reply_then_close("554 5.7.1 no service for you")),
        wrong(6, "a web server").doing(banner().reply_then_close("HTTP/1.1 400 Bad Request\r\n")),
        away(7, "a byte now and then")
            .doing(banner().drip("220 judge.example ESMTP", Duration::from_millis(500)))
            .until_the_deadline(),
        away(8, "an endless reply").doing(Rule::at(Phase::Ehlo).endless("250-judge.example says so much")),
        away(9, "closes on accept").doing(banner().close()),
    ]
}

pub(super) fn session() -> Vec<Fault> {
    let implicit = |shown| Line::Secure(Tls::IMPLICIT.showing(shown));
    let starttls = |trick| Line::Secure(Tls::STARTTLS.with(trick));
    let safely = || Line::Secure(Tls::IMPLICIT);
    vec![
        wrong(10, "EHLO 502").doing(Rule::at(Phase::Ehlo).reply("502 5.5.2 what?")),
        wrong(11, "STARTTLS missing").over(starttls(Trick::NotOffered)),
        away(12, "STARTTLS 454").over(starttls(Trick::NotNow)),
        wrong(13, "wrong host name").over(implicit(Shown::OtherName)),
        wrong(14, "expired").over(implicit(Shown::Expired)),
        wrong(14, "vouched for by a stranger").over(implicit(Shown::Stranger)),
        away(15, "handshake cut").over(Line::Secure(Tls::IMPLICIT.with(Trick::Cuts))),
        wrong(16, "clear text behind STARTTLS").over(starttls(Trick::Injects)),
        fault(17, "EOF without close_notify", 0, "accepted")
            .over(Line::Secure(Tls::IMPLICIT.with(Trick::NoGoodbye)))
            .doing(Rule::at(Phase::Dot).reply_then_close("250 2.0.0 Ok: taken"))
            .straying(usize::MAX / 2),
        wrong(18, "AUTH 535")
            .over(safely())
            .logging_in()
            .doing(Rule::at(Phase::Login).reply("535 5.7.8 authentication failed")),
        away(19, "AUTH 454")
            .over(safely())
            .logging_in()
            .doing(Rule::at(Phase::Login).reply("454 4.7.0 temporary authentication failure")),
        wrong(20, "AUTH not offered")
            .over(safely())
            .logging_in()
            .without("AUTH PLAIN LOGIN"),
        wrong(21, "530 at MAIL").doing(Rule::at(Phase::Mail).reply("530 5.7.0 authentication required")),
    ]
}

pub(super) fn sender() -> Vec<Fault> {
    vec![
        away(22, "MAIL 451").doing(Rule::at(Phase::Mail).reply("451 4.3.0 later")),
        wrong(23, "MAIL 550").doing(Rule::at(Phase::Mail).reply("550 5.7.1 sender not allowed")),
        wrong(24, "MAIL 552: too big")
            .doing(Rule::at(Phase::Mail).reply("552 5.3.4 message size exceeds limit"))
            .counting("held", 1)
            .loosely("held", 1..=24),
    ]
}
