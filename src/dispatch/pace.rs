//! Pace: how long to wait before the next letter may leave.
//!
//! Promises: letters of a run keep their distance over all its connections and editions, because a relay counts letters per sender,
//! not per connection; the distance holds between two runs as well; time lost is not caught up by a burst.

use jiff::Timestamp;
use std::sync::{Mutex, PoisonError};
use tokio::time::{Duration, Instant, sleep_until};

/// One letter every so often, over all connections.
#[derive(Debug)]
pub struct Pace {
    gap: Option<Duration>,
    next: Mutex<Instant>,
}

impl Pace {
    /// At most `per_second` letters a second after the last one that left, by this run or another; `None` is as fast as the relay
    /// takes them.
    ///
    /// A last letter that lies ahead of `now` was told by another clock: its distance is kept from now on, never more.
    pub fn new(per_second: Option<f64>, last_letter_at: Option<Timestamp>, now: Timestamp) -> Self {
        let gap = gap(per_second);
        let since = last_letter_at.map(|last| Duration::try_from(now.duration_since(last)).unwrap_or_default());
        let wait = match (gap, since) {
            (Some(gap), Some(since)) => gap.saturating_sub(since),
            (_, _) => Duration::ZERO,
        };
        Self {
            gap,
            next: Mutex::new(this_moment() + wait),
        }
    }

    /// Waits for this letter's turn. Time lost is not caught up by a burst.
    pub async fn turn(&self) {
        if let Some(turn) = self.take(None) {
            sleep_until(turn).await;
        }
    }

    /// Takes this letter's turn, if it is now: for a letter that would ride behind another one and cannot wait.
    pub fn try_turn(&self) -> bool {
        self.gap.is_none() || self.take(Some(this_moment())).is_some()
    }

    /// The next turn, taken; none where there is no pace, or where it would be later than `latest`.
    fn take(&self, latest: Option<Instant>) -> Option<Instant> {
        let gap = self.gap?;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = (*next).max(this_moment());
        if latest.is_some_and(|latest| turn > latest) {
            return None;
        }
        *next = turn + gap;
        Some(turn)
    }
}

/// The distance between two letters.
pub(super) fn gap(per_second: Option<f64>) -> Option<Duration> {
    /// Slower than this is no pace any more.
    const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
    let rate = per_second.filter(|rate| *rate > 0.0)?;
    Some(Duration::try_from_secs_f64(1.0 / rate).unwrap_or(LONGEST).min(LONGEST))
}

fn this_moment() -> Instant {
    tokio::time::sleep(Duration::ZERO).deadline()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-12-01T09:00:00Z".parse().unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn letters_keep_their_distance_and_never_burst() {
        let pace = Pace::new(Some(4.0), None, now());
        let begin = this_moment();
        for _ in 0..5 {
            pace.turn().await;
        }
        let since = || this_moment() - begin;
        assert_eq!(since().as_millis() / 250, 4);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let rested = since();
        pace.turn().await;
        pace.turn().await;
        assert!((since() - rested).as_millis() >= 249);
    }

    #[tokio::test(start_paused = true)]
    async fn the_distance_holds_between_two_runs() {
        /// How long the first letter of a run waits whose last one left so many milliseconds ago.
        async fn waits(ago: i64) -> u128 {
            let last = now() - jiff::SignedDuration::from_millis(ago);
            let pace = Pace::new(Some(1.0), Some(last), now());
            let begin = this_moment();
            pace.turn().await;
            (this_moment() - begin).as_millis()
        }
        assert_eq!(waits(200).await, 800);
        assert_eq!(waits(0).await, 1000);
        assert_eq!(waits(1000).await, 0);
        assert_eq!(waits(3_600_000).await, 0);
        assert_eq!(
            waits(-315_360_000_000).await,
            1000,
            "a letter from ten years ahead locks nobody out"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_is_not_now_is_not_taken() {
        let pace = Pace::new(Some(1.0), None, now());
        assert!(pace.try_turn());
        assert!(!pace.try_turn());
        tokio::time::sleep(Duration::from_millis(999)).await;
        assert!(!pace.try_turn());
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(pace.try_turn() && !pace.try_turn());
        let free = Pace::new(None, None, now());
        assert!((0..100).all(|_| free.try_turn()));
    }

    #[tokio::test(start_paused = true)]
    async fn all_connections_share_one_pace() {
        let pace = std::sync::Arc::new(Pace::new(Some(10.0), None, now()));
        let begin = this_moment();
        let mut connections = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let pace = std::sync::Arc::clone(&pace);
            connections.spawn(async move {
                for _ in 0..5 {
                    pace.turn().await;
                }
            });
        }
        connections.join_all().await;
        assert_eq!((this_moment() - begin).as_millis(), 1900);
    }
}
