//! A rolling window: the moments at which letters left, and when there is room for the next.

use jiff::{SignedDuration, Timestamp};
use std::collections::VecDeque;

/// The letters that one limit counts, oldest first.
#[derive(Debug, Default)]
pub(super) struct Window {
    sent: VecDeque<Timestamp>,
    promised: u32,
}

/// When a window has room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opening {
    /// There is room.
    Now,
    /// All the room that is left is promised.
    Soon,
    /// When the oldest letters no longer count.
    At(Timestamp),
}

impl Window {
    pub(super) fn of(sent: Vec<Timestamp>) -> Self {
        Self {
            sent: sent.into(),
            promised: 0,
        }
    }

    /// Counts a letter; what `longest` no longer counts is forgotten.
    pub(super) fn add(&mut self, now: Timestamp, longest: SignedDuration) {
        // A clock that is set back does not bring the letters before it out of their order.
        let at = self.sent.back().map_or(now, |last| now.max(*last));
        let old = self.sent.len() - self.count(longest, at);
        self.sent.drain(..old);
        self.sent.push_back(at);
    }

    pub(super) fn take_back(&mut self) {
        self.sent.pop_back();
    }

    pub(super) fn promise(&mut self) {
        self.promised += 1;
    }

    pub(super) fn withdraw(&mut self) {
        self.promised = self.promised.saturating_sub(1);
    }

    /// How many letters left within `span` before `now`.
    pub(super) fn count(&self, span: SignedDuration, now: Timestamp) -> usize {
        let is_over = |at: &Timestamp| now.duration_since(*at) >= span;
        self.sent.len() - self.sent.partition_point(is_over)
    }

    /// When the next of `most` letters within any `span` may leave; `promised` has those wait that nothing was promised to.
    pub(super) fn opening(&self, most: u32, span: SignedDuration, now: Timestamp, promised: bool) -> Opening {
        let (most, count) = (most as usize, self.count(span, now));
        if count < most {
            let kept = if promised { self.promised as usize } else { 0 };
            return if count + kept < most { Opening::Now } else { Opening::Soon };
        }
        // Room comes when the last of those leaves the window that are one too many.
        let index = self.sent.len() - most.max(1);
        let oldest = self.sent.get(index).copied().unwrap_or(now);
        Opening::At(oldest.saturating_add(span).unwrap_or(Timestamp::MAX))
    }
}
