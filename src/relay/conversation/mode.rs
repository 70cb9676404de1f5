//! How letters travel over a conversation, from what the relay offers and what the caller allows.

use crate::relay::conversation::capabilities::Capabilities;

/// What may be under way at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// One command at a time: four round trips a letter.
    StopAndWait,
    /// MAIL, RCPT and DATA in one group (RFC 2920), the next letter's group behind this one's end of data: one round trip a letter.
    Grouped {
        /// How many letters may be permitted at once; one more may be announced behind them.
        in_flight: usize,
    },
    /// RSET, MAIL, RCPT and the whole letter by BDAT (RFC 3030) in one group, several letters at once.
    Chunked {
        /// How many letters may be under way at once.
        in_flight: usize,
    },
}

impl Mode {
    /// The fastest mode that the relay offers. One letter at a time gains nothing from BDAT, and with DATA every reply to a letter is
    /// known before the next one's body leaves. With BDAT only enhanced codes tell one reply from another, so without them it is DATA.
    pub(super) fn of(relay: &Capabilities, in_flight: usize) -> Self {
        match (relay.pipelining, relay.chunking && relay.enhanced_codes && in_flight > 1) {
            (false, _) => Mode::StopAndWait,
            (true, false) => Mode::Grouped {
                in_flight: in_flight.max(1),
            },
            (true, true) => Mode::Chunked { in_flight },
        }
    }

    /// How many letters may be permitted at once, and so be in doubt after a crash.
    pub fn in_flight(self) -> usize {
        match self {
            Mode::StopAndWait => 1,
            Mode::Grouped { in_flight } | Mode::Chunked { in_flight } => in_flight,
        }
    }

    /// How many letters may be announced at once.
    pub fn announced(self) -> usize {
        match self {
            Mode::StopAndWait => 1,
            Mode::Grouped { in_flight } => in_flight + 1,
            Mode::Chunked { in_flight } => in_flight,
        }
    }
}
