//! A stopwatch: when an axe falls, what a kill costs, how long a run hung on a relay.

use std::time::{Duration, Instant};

/// A running stopwatch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "it runs by real time, whatever time the program is made to believe"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn shows(self) -> Duration {
        self.0.elapsed()
    }
}
