//! The senders by name: what a relay offers to each, and how many letters tell its rate. Knows nothing of how they are started.

use crate::sink::Offers;
use std::time::Duration;

/// How ours talks to the relay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mode {
    pub(crate) name: &'static str,
    pub(crate) offers: Offers,
    pub(crate) in_flight: usize,
    /// Letters for each round trip of a connection, as the protocol has it.
    letters_a_trip: f64,
}

pub(crate) const STOP_AND_WAIT: Mode = Mode {
    name: "tidings, stop and wait, in_flight 1",
    offers: Offers::Nothing,
    in_flight: 1,
    letters_a_trip: 0.25,
};
pub(crate) const ONE_BY_ONE: Mode = Mode {
    name: "tidings, PIPELINING, in_flight 1",
    offers: Offers::Pipelining,
    in_flight: 1,
    letters_a_trip: 1.0,
};
pub(crate) const TWO_AT_ONCE: Mode = Mode {
    name: "tidings, PIPELINING, in_flight 2",
    offers: Offers::Pipelining,
    in_flight: 2,
    letters_a_trip: 1.0,
};
pub(crate) const CHUNKS: Mode = Mode {
    name: "tidings, CHUNKING, in_flight 8",
    offers: Offers::Chunking,
    in_flight: 8,
    letters_a_trip: 8.0,
};
pub(crate) const MODES: [Mode; 4] = [STOP_AND_WAIT, ONE_BY_ONE, TWO_AT_ONCE, CHUNKS];

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sender {
    /// Postfix's test sender: one prebuilt text, no list, no record.
    SmtpSource,
    Tidings(Mode),
    Nodemailer,
    Aiosmtplib,
    Mailmerge,
    /// No sender at all: what the processor can sign.
    OpenSsl,
}

impl Sender {
    pub(crate) const OTHERS: [Self; 3] = [Self::Nodemailer, Self::Aiosmtplib, Self::Mailmerge];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SmtpSource => "smtp-source (nothing rendered or recorded)",
            Self::Tidings(mode) => mode.name,
            Self::Nodemailer => "nodemailer, pool, Handlebars",
            Self::Aiosmtplib => "aiosmtplib, Jinja2",
            Self::Mailmerge => "mailmerge, a connection a letter",
            Self::OpenSsl => "openssl speed rsa2048, times cores",
        }
    }

    /// What the relay offers to it. The others may have all there is: what they make of it is theirs.
    pub(crate) fn offers(self) -> Offers {
        match self {
            Self::Tidings(mode) => mode.offers,
            _ => Offers::Chunking,
        }
    }

    /// How many letters tell its rate: one for everybody; of a fast sender more, so that it does not run on a moment's luck, and of a
    /// slow one fewer; over a slow line what some six seconds carry.
    pub(crate) fn letters(self, people: usize, connections: usize, delay: Duration) -> usize {
        let enough = match self {
            Self::SmtpSource => (4 * people).min(100_000),
            Self::Tidings(_) | Self::OpenSsl => people,
            Self::Nodemailer => people.min(2_000),
            Self::Aiosmtplib => people.min(1_000),
            Self::Mailmerge => people.min(300),
        };
        match delay.is_zero() {
            true => enough,
            false => enough
                .min((self.line_rate(connections, delay) * 6.0) as usize)
                .max(20.min(people)),
        }
    }

    /// Letters a second over a line with this delay, as the protocol has it.
    fn line_rate(self, connections: usize, delay: Duration) -> f64 {
        let letters_a_trip = match self {
            Self::Tidings(mode) => mode.letters_a_trip,
            // It also greets and parts for each letter, over one connection.
            Self::Mailmerge => 1.0 / 6.0 / connections as f64,
            _ => 0.25,
        };
        connections as f64 * letters_a_trip / delay.as_secs_f64()
    }

    /// Seconds that so many letters take, roughly: for the estimate alone.
    pub(crate) fn guess(self, letters: usize, connections: usize, delay: Duration) -> f64 {
        let rate = match self {
            Self::SmtpSource => 25_000.0,
            Self::Tidings(_) => 10_000.0,
            Self::Nodemailer => 500.0,
            Self::Aiosmtplib | Self::Mailmerge => 150.0,
            Self::OpenSsl => return 7.0,
        };
        let rate: f64 = match delay.is_zero() {
            true => rate,
            false => self.line_rate(connections, delay).min(rate),
        };
        letters as f64 / rate + 0.5
    }
}
