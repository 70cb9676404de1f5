//! Warm-up: a sender that nobody knows begins small.
//!
//! Mailbox providers distrust a domain or address that sends its whole list on its first day; they look at the growth over days. Fifty
//! letters are what a person could have written; doubling is as fast as bulk providers commonly advise their own new customers. After a
//! week the cap would be at 6,400 a day, beyond what a clinic sends.

use super::window::{Opening, Window};
use crate::store::usage::DAY;
use jiff::Timestamp;

/// Letters on the first day; doubled with every day after it.
const FIRST_DAY: u32 = 50;
/// How many days there is a cap.
const DAYS: i64 = 7;
/// The highest cap: as many letters have to be counted.
pub(super) const MOST: u32 = FIRST_DAY << (DAYS - 1);

/// The first week of a store's letters.
#[derive(Debug, Clone, Copy)]
pub(super) struct WarmUp {
    first_at: Option<Timestamp>,
}

impl WarmUp {
    /// Counted from the first letter on record; without one the week begins with the first that leaves.
    pub(super) fn since(first_at: Option<Timestamp>) -> Self {
        Self { first_at }
    }

    pub(super) fn begin(&mut self, now: Timestamp) {
        self.first_at.get_or_insert(now);
    }

    /// Which day of the week it is, from 0; a first letter that lies ahead of us makes this the first day.
    fn day(&self, now: Timestamp) -> i64 {
        let age = self.first_at.map_or(0, |first| now.duration_since(first).as_hours());
        (age / 24).max(0)
    }

    /// How many letters may leave in the 24 hours until now; none after the week is no limit.
    pub(super) fn cap(&self, now: Timestamp) -> Option<u32> {
        let day = self.day(now);
        (day < DAYS).then(|| FIRST_DAY << day)
    }

    /// The day of the week in words, from 1.
    pub(super) fn day_in_words(&self, now: Timestamp) -> i64 {
        self.day(now) + 1
    }

    /// When the next letter may leave: as the window rolls on, or as the cap grows.
    pub(super) fn opening(&self, window: &Window, now: Timestamp, promised: bool) -> Opening {
        let (mut now, mut opening) = (now, Opening::Now);
        for step in 0..=DAYS {
            let Some(cap) = self.cap(now) else {
                return if step == 0 { Opening::Now } else { Opening::At(now) };
            };
            opening = window.opening(cap, DAY, now, promised);
            let grows = self.grows_after(now);
            match opening {
                Opening::At(at) if grows.is_some_and(|grows| grows < at) => now = grows.unwrap_or(at),
                Opening::Now if step > 0 => return Opening::At(now),
                Opening::At(_) | Opening::Now | Opening::Soon => return opening,
            }
        }
        opening
    }

    /// When the cap is doubled next.
    fn grows_after(&self, now: Timestamp) -> Option<Timestamp> {
        let days = i32::try_from(self.day(now) + 1).ok()?;
        self.first_at?.checked_add(DAY * days).ok()
    }
}
