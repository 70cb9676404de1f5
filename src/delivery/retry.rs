//! Retry: when a letter that was refused for now is tried again, and when never.

use jiff::{SignedDuration, Timestamp};

/// The waits between attempts, and the moment after which there is no further one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The waits after attempt 1, 2, 3 …; the last one repeats.
    pub waits: Vec<SignedDuration>,
    /// Attempts end here, whatever the waits say.
    pub expires: Option<Timestamp>,
}

impl Default for RetryPolicy {
    /// 5, 15, 30 minutes, then 1, 2 and 4 hours (RFC 5321 §4.5.4.1 asks for patience; a submission client may begin sooner).
    fn default() -> Self {
        let waits = [5, 15, 30, 60, 120, 240].map(SignedDuration::from_mins).to_vec();
        Self { waits, expires: None }
    }
}

impl RetryPolicy {
    /// When the attempt after `attempts` refused ones may begin; `None` when it would lie past the end.
    pub fn next(&self, attempts: u32, now: Timestamp) -> Option<Timestamp> {
        let index = (attempts.max(1) as usize - 1).min(self.waits.len().saturating_sub(1));
        let at = now.saturating_add(*self.waits.get(index)?).ok()?;
        match self.expires {
            Some(expires) if at >= expires => None,
            Some(_) | None => Some(at),
        }
    }
}

/// Longer than any wait there is: a moment that lies further ahead was set by a clock that was wrong.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// Whether the wait until `retry_at` is over, or was never one.
pub fn is_due(retry_at: Timestamp, now: Timestamp) -> bool {
    now >= retry_at || retry_at.duration_since(now) > LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_that_no_policy_asks_for_is_none() {
        let now: Timestamp = "2026-12-01T09:00:00Z".parse().unwrap();
        let longest = RetryPolicy::default().waits.into_iter().max().unwrap();
        assert!(longest < LONGEST);
        assert!(!is_due(now + longest, now) && is_due(now, now));
        assert!(is_due("2036-12-01T09:00:00Z".parse().unwrap(), now));
    }

    #[test]
    fn waits_grow_and_end_at_the_expiry() {
        let now: Timestamp = "2026-12-01T09:00:00Z".parse().unwrap();
        let policy = RetryPolicy {
            expires: Some("2026-12-01T12:00:00Z".parse().unwrap()),
            ..RetryPolicy::default()
        };
        let minutes = |attempts| policy.next(attempts, now).map(|at| at.duration_since(now).as_mins());
        assert_eq!(
            [1, 2, 3, 4, 5].map(minutes),
            [Some(5), Some(15), Some(30), Some(60), Some(120)]
        );
        assert_eq!(minutes(6), None);
        assert_eq!(minutes(60), None);
        assert!(RetryPolicy::default().next(60, now).is_some());
    }
}
