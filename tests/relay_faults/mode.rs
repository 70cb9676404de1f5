//! The three modes of the conversation, as a relay's offers and a line of the settings bring them about.

use crate::support::judge::Judge;

/// How letters follow each other over one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// The relay offers nothing: one command, one reply.
    StopAndWait,
    /// MAIL, RCPT and DATA in one write; the next letter's behind the dot (RFC 2920).
    Pipelining,
    /// Whole transactions in chunks, several at once (RFC 3030).
    Chunking,
}

/// How many letters may be under way on one connection where [`Mode::Chunking`] is on.
pub(super) const IN_FLIGHT: usize = 4;

impl Mode {
    pub(super) const ALL: [Mode; 3] = [Mode::StopAndWait, Mode::Pipelining, Mode::Chunking];

    pub(super) fn name(self) -> &'static str {
        match self {
            Mode::StopAndWait => "stop-and-wait",
            Mode::Pipelining => "PIPELINING",
            Mode::Chunking => "CHUNKING, 4 in flight",
        }
    }

    /// A judge that offers what the mode needs.
    pub(super) fn judge(self) -> Judge {
        match self {
            Mode::StopAndWait => Judge::start(),
            Mode::Pipelining => Judge::start().offering("PIPELINING"),
            Mode::Chunking => Judge::start().offering("PIPELINING").offering("CHUNKING"),
        }
    }

    /// What stands under `relay:` for it.
    pub(super) fn setting(self) -> String {
        match self {
            Mode::StopAndWait | Mode::Pipelining => String::new(),
            Mode::Chunking => format!(", in_flight: {IN_FLIGHT}"),
        }
    }
}
