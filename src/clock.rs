//! The clock: the one place that asks what time it is.

/// Tells the time: the real one, or a moment that a person chose to play (`--now`).
#[derive(Debug, Clone, Copy, Default)]
pub struct Clock {
    /// How far the played time is ahead of the real one.
    offset: jiff::SignedDuration,
}

impl Clock {
    /// The real time.
    pub fn real() -> Self {
        Self::default()
    }

    /// A clock that shows `moment` now and runs on from there.
    pub fn playing(moment: jiff::Timestamp) -> Self {
        Self {
            offset: moment.duration_since(real_now()),
        }
    }

    /// The present moment, to the microsecond.
    pub fn now(&self) -> jiff::Timestamp {
        let now = real_now().saturating_add(self.offset).unwrap_or(jiff::Timestamp::MAX);
        jiff::Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place")]
fn real_now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
