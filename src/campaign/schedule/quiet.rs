//! Quiet hours: a part of every day, over midnight as a rule, in which no letter leaves.

use crate::campaign::schedule::occurrence::resolve;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// Hours of every day, on the clinic's wall: `from` counts, `until` does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// When it becomes quiet.
    pub from: Time,
    /// When letters may leave again; where it is earlier than `from`, on the next day.
    pub until: Time,
}

impl Quiet {
    /// Whether it is quiet at this hour.
    pub fn contains(self, time: Time) -> bool {
        match self.from <= self.until {
            true => self.from <= time && time < self.until,
            false => self.from <= time || time < self.until,
        }
    }

    /// The first moment behind `at` at which the clock shows `until`, or a jump of the clock has passed over it.
    pub(crate) fn ends(self, zone: &TimeZone, at: Timestamp) -> Timestamp {
        let today = zone.to_datetime(at).date();
        let days = today.series(1.day()).take(3);
        let mut ends = days.filter_map(|day| resolve(zone, day.to_datetime(self.until)).map(|end| end.timestamp()));
        ends.find(|end| *end > at).unwrap_or(at)
    }
}
