//! Slots: the places of a campaign's calendar, as its files alone make them: the schedule's days, and the days that are pinned.
//!
//! A pinned day takes the place of its period's own day; two pins in a period are two slots. Two days of the row that fall on one
//! instant, because a zone left a whole day out, are one slot, of the day that was.

use crate::campaign::calendar::Listed;
use crate::campaign::schedule::{Occurrence, Schedule, Season};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A place on the calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Slot<'a> {
    /// When.
    pub occurrence: Occurrence,
    /// The article pinned to it; a place of the row where there is none.
    pub pinned: Option<&'a str>,
}

/// As many slots as are looked at in one direction: more than any plan shows.
const MOST: usize = 4000;

/// How many days a zone's jump can put between the day meant and the day it falls on, with one to spare.
const MARGIN: i32 = 2;

/// A schedule with its pins, its season and its zone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Places<'s, 'a> {
    pub(super) schedule: &'s Schedule,
    pub(super) season: Option<Season>,
    pub(super) zone: &'s TimeZone,
    pub(super) articles: &'s [Listed<'a>],
}

impl<'s, 'a> Places<'s, 'a> {
    /// The slots of the row not later than `until`, the latest first, while `counts`.
    pub(super) fn row_until(self, until: Timestamp, counts: impl Fn(&Slot<'a>) -> bool) -> Vec<Slot<'a>> {
        let date = self.zone.to_datetime(until).date().saturating_add(MARGIN.days());
        let days = self.schedule.days_back_from(date);
        let slots = self.row(days).filter(|slot| slot.occurrence.at <= until);
        let mut found: Vec<Slot<'a>> = slots.take_while(counts).take(MOST).collect();
        found.dedup_by(|earlier, later| earlier.occurrence.at == later.occurrence.at);
        found
    }

    /// The first slots of the row later than `after` and not later than `until` that count, in order, about so many.
    pub(super) fn row_between(
        self,
        after: Timestamp,
        until: Timestamp,
        most: usize,
        counts: impl Fn(&Slot<'a>) -> bool,
    ) -> Vec<Slot<'a>> {
        let date = self.zone.to_datetime(after).date().saturating_sub(MARGIN.days());
        let last = self.zone.to_datetime(until).date().saturating_add(MARGIN.days());
        let days = self.schedule.days_from(date).take_while(move |day| *day <= last);
        let slots = self.row(days).filter(|slot| slot.occurrence.at > after);
        let slots = slots.take_while(|slot| slot.occurrence.at <= until).filter(counts);
        let mut found: Vec<Slot<'a>> = slots.take(most.saturating_add(1).min(MOST)).collect();
        // From the end, so that of two on one instant the later day stays.
        found.reverse();
        found.dedup_by(|earlier, later| earlier.occurrence.at == later.occurrence.at);
        found.reverse();
        found
    }

    /// The pinned slots, whenever.
    pub(super) fn pinned(self) -> impl Iterator<Item = Slot<'a>> + use<'s, 'a> {
        let pins = self.articles.iter().filter_map(|article| Some((article.pin?, article.id)));
        pins.filter_map(move |(day, id)| self.slot(day, Some(id)))
    }

    /// The place of a day, where it lies in the season.
    pub(super) fn slot(self, day: Date, pinned: Option<&'a str>) -> Option<Slot<'a>> {
        if self.season.is_some_and(|season| !season.contains(day)) {
            return None;
        }
        let occurrence = self.schedule.on(day, self.zone)?;
        Some(Slot { occurrence, pinned })
    }

    fn row(self, days: impl Iterator<Item = Date>) -> impl Iterator<Item = Slot<'a>> {
        let replaced: Vec<i64> = self
            .articles
            .iter()
            .filter_map(|article| Some(self.schedule.period_of(article.pin?)))
            .collect();
        days.filter(move |day| !replaced.contains(&self.schedule.period_of(*day)))
            .filter_map(move |day| self.slot(day, None))
    }
}
