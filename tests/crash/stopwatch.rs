//! A stopwatch: when an axe falls, and what a kill costs. No test's verdict hangs on it.

use std::time::{Duration, Instant};

/// A running stopwatch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "the axe falls by real time, whatever time the program is made to believe"
    )]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    pub(super) fn shows(self) -> Duration {
        self.0.elapsed()
    }
}
