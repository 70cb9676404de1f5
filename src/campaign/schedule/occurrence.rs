//! When a schedule is due: calendar days and a local hour into instants.
//!
//! The hour is the hour on the wall. Where clocks jump forward over it, the occurrence is at the first minute after the gap (what
//! is due is sent, never skipped); where they go back and the hour comes twice, at the first of the two. Two days that fall on one
//! instant, because a zone left a whole day out, are one occurrence. Knows nothing of now, or of what was sent.

use crate::campaign::schedule::every::day_number;
use crate::campaign::schedule::{Schedule, When};
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, ToSpan as _, Zoned};

/// One time a schedule is due.
#[derive(Debug, Clone, PartialEq)]
pub struct Occurrence {
    /// The instant.
    pub at: Timestamp,
    /// The same instant as the clinic's clock shows it; after a gap this is not the schedule's own hour.
    pub local: Zoned,
    /// The day the schedule means.
    pub date: Date,
}

impl Schedule {
    /// The first occurrence later than `after`.
    pub fn next_after(&self, zone: &TimeZone, after: Timestamp) -> Option<Occurrence> {
        let mut days = self.days_from(local_date(zone, after).saturating_sub(MARGIN.days()));
        let first = days
            .by_ref()
            .find_map(|day| self.on(day, zone).filter(|found| found.at > after))?;
        match days.next().and_then(|day| self.on(day, zone)) {
            Some(second) if second.at == first.at => Some(second),
            _ => Some(first),
        }
    }

    /// The last occurrence not later than `until`.
    pub fn latest_until(&self, zone: &TimeZone, until: Timestamp) -> Option<Occurrence> {
        let mut days = self.days_back_from(local_date(zone, until).saturating_add(MARGIN.days()));
        days.find_map(|day| self.on(day, zone).filter(|found| found.at <= until))
    }

    /// The first `count` occurrences later than `after`.
    pub fn upcoming(&self, zone: &TimeZone, after: Timestamp, count: usize) -> Vec<Occurrence> {
        let first = self.next_after(zone, after);
        let all = std::iter::successors(first, |last| self.next_after(zone, last.at));
        all.take(count).collect()
    }

    /// When the schedule is due on this day, whether or not it means it.
    pub(crate) fn on(&self, date: Date, zone: &TimeZone) -> Option<Occurrence> {
        let local = resolve(zone, date.to_datetime(self.at))?;
        let at = local.timestamp();
        Some(Occurrence { at, local, date })
    }

    /// The days meant from `date` on, in order.
    pub(crate) fn days_from(&self, date: Date) -> Box<dyn Iterator<Item = Date> + '_> {
        match &self.when {
            When::Once(day) => Box::new(std::iter::once(*day).filter(move |day| *day >= date)),
            When::Dates(days) => Box::new(days.iter().copied().filter(move |day| *day >= date)),
            When::Every(every) => Box::new(every.days_from(date)),
        }
    }

    /// The days meant up to `date`, the latest first.
    pub(crate) fn days_back_from(&self, date: Date) -> Box<dyn Iterator<Item = Date> + '_> {
        match &self.when {
            When::Once(day) => Box::new(std::iter::once(*day).filter(move |day| *day <= date)),
            When::Dates(days) => Box::new(days.iter().rev().copied().filter(move |day| *day <= date)),
            When::Every(every) => Box::new(every.days_back_from(date)),
        }
    }
}

impl Schedule {
    /// The number of the period that `date` lies in: a turn of the rhythm, or the day itself where there is none.
    pub fn period_of(&self, date: Date) -> i64 {
        match &self.when {
            When::Once(_) | When::Dates(_) => day_number(date),
            When::Every(every) => every.turn_of(date),
        }
    }
}

/// How many days a zone's jump can put between the day meant and the day it falls on, with one to spare.
const MARGIN: i32 = 2;

fn local_date(zone: &TimeZone, at: Timestamp) -> Date {
    zone.to_datetime(at).date()
}

/// The instant at which the clocks of `zone` show `local`: the first minute after a gap, the first of two in an overlap.
pub(crate) fn resolve(zone: &TimeZone, local: DateTime) -> Option<Zoned> {
    let ambiguous = zone.to_ambiguous_zoned(local);
    match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
        AmbiguousOffset::Gap { .. } => {
            let before = ambiguous.earlier().ok()?.timestamp();
            let jump = zone.following(before).next()?;
            Some(jump.timestamp().to_zoned(zone.clone()))
        }
    }
}
