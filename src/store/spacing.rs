//! Spacing: within how many of the clinic's days a person gets one letter.
//!
//! Promises: whole days on the clinic's wall, also over the nights in which clocks change: whoever got a letter on a Tuesday is free again
//! on the Tuesday that is so many days later, from the hour at which the waiting letter would have left by itself, at whatever hour of
//! its day the other one left.

use crate::campaign::schedule::resolve;
use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// One letter in so many days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spacing {
    /// How many.
    pub days: u16,
    /// On whose wall the days are counted.
    pub zone: TimeZone,
    /// From which hour of its day a letter leaves that has waited.
    pub hour: Time,
}

impl Spacing {
    /// When the next letter may leave to somebody whose last one began at `last`.
    pub fn until(&self, last: Timestamp) -> Timestamp {
        self.day(last, i32::from(self.days), self.hour).unwrap_or(Timestamp::MAX)
    }

    /// From when and before when a letter has to have begun to count at `now`. A clock that ran ahead keeps nobody waiting for ever.
    pub(super) fn bounds(&self, now: Timestamp) -> (i64, i64) {
        let days = i32::from(self.days);
        // Before its hour, whoever got a letter so many days ago goes on waiting.
        let has_come = self.day(now, 0, self.hour).is_none_or(|hour| hour <= now);
        let first = if has_come { 1 - days } else { -days };
        let from = self
            .day(now, first, Time::midnight())
            .map_or(i64::MIN, Timestamp::as_microsecond);
        let before = self
            .day(now, days + 1, Time::midnight())
            .map_or(i64::MAX, Timestamp::as_microsecond);
        (from, before)
    }

    /// This hour of the day that is so many after the one of `at`; one that does not exist is the first moment after it.
    fn day(&self, at: Timestamp, days: i32, hour: Time) -> Option<Timestamp> {
        let day = self.zone.to_datetime(at).date().checked_add(Span::new().days(days)).ok()?;
        Some(resolve(&self.zone, day.to_datetime(hour))?.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Zones and days around which their clocks change, also at midnight.
    const NIGHTS: [(&str, &str); 8] = [
        ("Europe/London", "2027-03-28T01:00Z"),
        ("Europe/London", "2026-10-25T01:00Z"),
        ("America/New_York", "2027-11-07T06:00Z"),
        ("Africa/Cairo", "2027-04-29T22:00Z"),
        ("America/Havana", "2027-03-14T05:00Z"),
        ("America/Havana", "2027-11-07T05:00Z"),
        ("Australia/Lord_Howe", "2027-04-03T15:00Z"),
        ("Asia/Kolkata", "2027-01-01T00:00Z"),
    ];

    proptest! {
        /// What counts at a moment is what the calendar on the wall says, and `until` is the first moment at which it does not.
        #[test]
        fn days_are_those_on_the_wall(night in 0..NIGHTS.len(), days in 1_u16..30, hours in -720_i64..720, seconds in 0_i64..3600, later in 0_i64..(40 * 86_400), from in 0_i8..24) {
            let (zone, around) = NIGHTS[night];
            let spacing = Spacing { days, zone: TimeZone::get(zone).unwrap(), hour: Time::constant(from, 0, 0, 0) };
            let around: Timestamp = around.parse().unwrap();
            let last = around + jiff::SignedDuration::from_secs(hours * 3600 + seconds);
            let counts = |now: Timestamp| {
                let (from, before) = spacing.bounds(now);
                (from..before).contains(&last.as_microsecond())
            };
            let day = |at: Timestamp| spacing.zone.to_datetime(at).date();
            let now = last + jiff::SignedDuration::from_secs(later);
            let passed = day(last).until(day(now)).unwrap().get_days();
            prop_assert!(passed >= i32::from(days) || counts(now));
            prop_assert!(passed <= i32::from(days) || !counts(now));
            let hour = spacing.zone.to_datetime(spacing.until(last)).time();
            prop_assert!(from == hour.hour() || (hour.hour() - from).rem_euclid(24) == 1 || spacing.zone.iana_name() == Some("Australia/Lord_Howe"));
            prop_assert_eq!(counts(now), now < spacing.until(last));
            let free = spacing.until(last);
            prop_assert!(!counts(free));
            prop_assert!(counts(free - jiff::SignedDuration::from_micros(1)));
        }
    }
}
