//! Pace: how long to wait before the next letter may leave.
//!
//! All connections of a run share one pace, because a relay counts letters per sender, not per connection.

use tokio::sync::Mutex;
use tokio::time::{Duration, Instant, sleep_until};

/// One letter every so often, over all connections.
#[derive(Debug)]
pub struct Pace {
    gap: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// At most `per_second` letters a second; `None` is as fast as the relay takes them.
    pub fn new(per_second: Option<f64>) -> Self {
        let gap = per_second
            .filter(|rate| *rate > 0.0)
            .map(|rate| Duration::from_secs_f64(1.0 / rate));
        Self {
            gap,
            next: Mutex::new(None),
        }
    }

    /// Waits for this letter's turn. Time lost is not caught up by a burst.
    pub async fn turn(&self) {
        let Some(gap) = self.gap else { return };
        let turn = {
            let mut next = self.next.lock().await;
            let now = tokio::time::sleep(Duration::ZERO).deadline();
            let turn = next.map_or(now, |next| next.max(now));
            *next = Some(turn + gap);
            turn
        };
        sleep_until(turn).await;
    }

    /// Takes this letter's turn if it is now: what may not leave at once does not ride behind another letter.
    pub fn try_turn(&self) -> bool {
        let Some(gap) = self.gap else { return true };
        let Ok(mut next) = self.next.try_lock() else { return false };
        let now = tokio::time::sleep(Duration::ZERO).deadline();
        let is_now = next.is_none_or(|next| next <= now);
        if is_now {
            *next = Some(now + gap);
        }
        is_now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn letters_keep_their_distance_and_never_burst() {
        let pace = Pace::new(Some(4.0));
        let begin = tokio::time::sleep(Duration::ZERO).deadline();
        for _ in 0..5 {
            pace.turn().await;
        }
        let since = || tokio::time::sleep(Duration::ZERO).deadline() - begin;
        assert_eq!(since().as_millis() / 250, 4);
        tokio::time::sleep(Duration::from_secs(60)).await;
        let rested = since();
        pace.turn().await;
        pace.turn().await;
        assert!((since() - rested).as_millis() >= 249);
    }
}
