//! How letters follow each other over a story's connections: what the relay offers, and how many may be under way at once.

use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// One way to travel.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mode {
    pub(super) name: &'static str,
    offers: &'static [&'static str],
    /// Letters under way on one connection at most.
    pub(super) in_flight: usize,
}

/// One command, one reply.
pub(super) const STOP_AND_WAIT: Mode = Mode {
    name: "stop and wait",
    offers: &[],
    in_flight: 1,
};

/// The next letter's commands ride behind the dot; its body waits for its intent.
pub(super) const GROUPED: Mode = Mode {
    name: "grouped, 1 in flight",
    offers: &["PIPELINING"],
    in_flight: 1,
};

/// Of two letters with an intent the second rides behind the first.
pub(super) const GROUPED_IN_PAIRS: Mode = Mode {
    name: "grouped, 2 in flight",
    offers: &["PIPELINING"],
    in_flight: 2,
};

/// Whole letters, several at once.
pub(super) const CHUNKED: Mode = Mode {
    name: "chunked, 4 in flight",
    offers: &["PIPELINING", "CHUNKING"],
    in_flight: 4,
};

pub(super) const ALL: [&Mode; 4] = [&STOP_AND_WAIT, &GROUPED, &GROUPED_IN_PAIRS, &CHUNKED];

impl Mode {
    /// The mode of this story: each has the same share.
    pub(super) fn of(seed: u64) -> &'static Self {
        ALL[usize::try_from(seed % ALL.len() as u64).unwrap()]
    }

    /// A judge that offers what the mode needs.
    pub(super) fn judge(&self) -> Judge {
        self.offers
            .iter()
            .fold(Judge::start_apart(), |judge, keyword| judge.offering(keyword))
    }

    /// The clinic with this judge as its relay.
    pub(super) fn relay(&self, clinic: Workspace, judge: &Judge, connections: usize) -> Workspace {
        clinic.relay_in_flight(judge.host(), judge.port(), connections, self.in_flight)
    }

    /// How many letters a kill may leave under way.
    pub(super) fn most(&self, connections: usize) -> usize {
        connections * self.in_flight
    }
}
