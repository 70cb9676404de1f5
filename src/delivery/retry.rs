//! Retry: when a letter that was refused for now is tried again, and when never.
//!
//! Promises: the same letter after the same refusals waits equally long, however often one asks: chance has no part in it.

use jiff::{SignedDuration, Timestamp};

/// The waits between attempts, and the moment after which there is no further one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The waits after refusal 1, 2, 3 …; the last one repeats.
    pub waits: Vec<SignedDuration>,
    /// Attempts end here, whatever the waits say. Without an end they end when the waits add up to [`LONGEST`].
    pub expires: Option<Timestamp>,
    /// What tells one letter's waits from another's; without it they are as long as they are written.
    pub seed: Option<u64>,
}

impl Default for RetryPolicy {
    /// 5, 15, 30 minutes, then 1, 2 and 4 hours (RFC 5321 §4.5.4.1 asks for patience; a submission client may begin sooner).
    fn default() -> Self {
        let waits = [5, 15, 30, 60, 120, 240].map(SignedDuration::from_mins).to_vec();
        Self {
            waits,
            expires: None,
            seed: None,
        }
    }
}

impl RetryPolicy {
    /// The same policy for one letter: its waits differ from the others' by a fifth at most, so that a thousand letters that were
    /// refused at once do not come back at once.
    #[must_use]
    pub fn seeded(self, letter: i64) -> Self {
        Self {
            seed: Some(letter.cast_unsigned()),
            ..self
        }
    }

    /// When the attempt after `refusals` refused ones may begin; `None` when it would lie past the end.
    pub fn next(&self, refusals: u32, now: Timestamp) -> Option<Timestamp> {
        let refusals = refusals.max(1);
        let wait = self.wait(refusals)?;
        let patience: SignedDuration = (1..=refusals).filter_map(|refusal| self.wait(refusal)).take(MOST).sum();
        let at = now.saturating_add(self.shaken(wait, refusals)).ok()?;
        match self.expires {
            Some(expires) if at >= expires => None,
            None if patience > LONGEST => None,
            Some(_) | None => Some(at),
        }
    }

    /// The wait after a refusal as it is written.
    fn wait(&self, refusals: u32) -> Option<SignedDuration> {
        let index = (refusals as usize - 1).min(self.waits.len().saturating_sub(1));
        self.waits.get(index).copied()
    }

    /// From four to six fifths of `wait`.
    fn shaken(&self, wait: SignedDuration, refusals: u32) -> SignedDuration {
        let Some(seed) = self.seed else { return wait };
        let permille = 800 + scatter(seed ^ (u64::from(refusals) << 48)) % 401;
        let millis = wait.as_millis() * i128::from(permille) / 1000;
        i64::try_from(millis).map_or(wait, SignedDuration::from_millis)
    }
}

/// Numbers that lie side by side come out far apart (the finaliser of SplitMix64).
fn scatter(number: u64) -> u64 {
    let mut number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Longer than any wait there is: a moment that lies further ahead was set by a clock that was wrong. So long, too, a letter without
/// an end is tried.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);

/// More refusals than fit into [`LONGEST`].
const MOST: usize = 100;

/// Whether the wait until `retry_at` is over, or was never one.
pub fn is_due(retry_at: Timestamp, now: Timestamp) -> bool {
    now >= retry_at || retry_at.duration_since(now) > LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn now() -> Timestamp {
        "2026-12-01T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_wait_that_no_policy_asks_for_is_none() {
        let longest = RetryPolicy::default().waits.into_iter().max().unwrap();
        let shaken = longest * 6 / 5;
        assert!(shaken < LONGEST);
        assert!(!is_due(now() + shaken, now()) && is_due(now(), now()));
        assert!(is_due("2036-12-01T09:00:00Z".parse().unwrap(), now()));
    }

    #[test]
    fn waits_grow_and_end_at_the_expiry() {
        let policy = RetryPolicy {
            expires: Some("2026-12-01T12:00:00Z".parse().unwrap()),
            ..RetryPolicy::default()
        };
        let minutes = |refusals| policy.next(refusals, now()).map(|at| at.duration_since(now()).as_mins());
        assert_eq!(
            [1, 2, 3, 4, 5].map(minutes),
            [Some(5), Some(15), Some(30), Some(60), Some(120)]
        );
        assert_eq!(minutes(6), None);
        assert_eq!(minutes(60), None);
    }

    #[test]
    fn without_an_end_a_day_of_waits_is_the_most() {
        let policy = RetryPolicy::default();
        let (mut waited, mut refusals) = (SignedDuration::ZERO, 1);
        while let Some(at) = policy.next(refusals, now()) {
            waited += at.duration_since(now());
            refusals += 1;
        }
        assert_eq!((waited, refusals), (SignedDuration::from_mins(23 * 60 + 50), 11));
        assert_eq!(policy.next(u32::MAX, now()), None);
        let with_end = RetryPolicy {
            expires: Some(now() + SignedDuration::from_hours(240)),
            ..policy
        };
        assert!(with_end.next(60, now()).is_some(), "whoever names an end means it");
    }

    #[test]
    fn letters_refused_together_come_back_one_by_one_and_always_at_the_same_moment() {
        for (refusals, wait) in (1..).zip(RetryPolicy::default().waits) {
            let at = |letter| RetryPolicy::default().seeded(letter).next(refusals, now()).unwrap();
            let moments: BTreeSet<Timestamp> = (0..1000).map(at).collect();
            let (first, last) = (*moments.first().unwrap(), *moments.last().unwrap());
            assert!(
                moments.len() > 350,
                "after refusal {refusals} there are {} moments",
                moments.len()
            );
            assert!(first >= now() + wait * 4 / 5 && last <= now() + wait * 6 / 5);
            assert!(
                first < now() + wait * 41 / 50 && last > now() + wait * 59 / 50,
                "from one end to the other"
            );
            assert_eq!(at(7), at(7));
        }
        let share = |refusals: u32| {
            let policy = RetryPolicy::default();
            let shaken = policy.clone().seeded(7).next(refusals, now()).unwrap().duration_since(now());
            shaken.as_millis() * 1000 / policy.wait(refusals).unwrap().as_millis()
        };
        let shares: BTreeSet<i128> = (1..=10).map(share).collect();
        assert!(shares.len() > 5, "each wait of a letter is another share: {shares:?}");
    }
}
