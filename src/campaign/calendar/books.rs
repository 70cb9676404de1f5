//! Books: what is on record, condensed to what it closes.

use crate::campaign::calendar::slots::{Places, Slot};
use crate::campaign::calendar::{Calendar, HORIZON, Recorded, What};
use crate::campaign::schedule::Schedule;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::HashSet;

/// What the records of a campaign leave open.
pub(super) struct Books<'c, 'a, 'r> {
    calendar: &'c Calendar<'a>,
    /// The latest period with an edition.
    used_until: Option<i64>,
    /// The latest day on which nothing began.
    skipped_until: Option<Date>,
    /// All such days.
    skipped: HashSet<Date>,
    /// Articles that are used up.
    gone: HashSet<&'r str>,
    /// Since when the campaign is known.
    since: Timestamp,
}

impl<'c, 'a, 'r> Books<'c, 'a, 'r> {
    pub(super) fn read(calendar: &'c Calendar<'a>, recorded: &'r [Recorded], now: Timestamp) -> Self {
        let editions = recorded.iter().filter(|line| line.what == What::Edition);
        let period = |line: &Recorded| calendar.schedule().map(|schedule| schedule.period_of(line.due_on));
        let skipped = recorded.iter().filter(|line| matches!(line.what, What::Skipped(_)));
        let skipped: HashSet<Date> = skipped.map(|line| line.due_on).collect();
        let articles = recorded.iter().filter(|line| !matches!(line.what, What::Skipped(_)));
        Self {
            calendar,
            used_until: editions.filter_map(period).max(),
            skipped_until: skipped.iter().max().copied(),
            skipped,
            gone: articles.map(|line| line.article.as_str()).collect(),
            since: calendar.since.unwrap_or(now).min(now),
        }
    }

    /// Whether an article is used up.
    pub(super) fn is_gone(&self, article: &str) -> bool {
        self.gone.contains(article)
    }

    /// The articles of the row that are left, in turn.
    pub(super) fn row(&self) -> impl Iterator<Item = &'a str> {
        let row = self.calendar.articles.iter().filter(|article| article.pin.is_none());
        row.map(|article| article.id).filter(|id| !self.is_gone(id))
    }

    /// The open slots not later than `now`, in order.
    pub(super) fn open_until(&self, schedule: &Schedule, now: Timestamp) -> Vec<Slot<'a>> {
        let places = self.places(schedule);
        let mut slots = places.row_until(now, |slot| self.is_open(slot));
        slots.extend(places.pinned().filter(|slot| slot.occurrence.at <= now && self.is_open(slot)));
        in_order(slots)
    }

    /// The open slots later than `now` and not later than `until`, in order; about `most` of the row.
    pub(super) fn open_between(&self, schedule: &Schedule, now: Timestamp, until: Timestamp, most: usize) -> Vec<Slot<'a>> {
        let places = self.places(schedule);
        let mut slots = places.row_between(now, until, most, |slot| self.is_open(slot));
        // The row is known so far; what is pinned behind its end would stand too early.
        let end = slots
            .last()
            .filter(|_| slots.len() >= most)
            .map_or(until, |slot| slot.occurrence.at);
        let comes = |at: Timestamp| now < at && at <= end;
        slots.extend(places.pinned().filter(|slot| comes(slot.occurrence.at) && self.is_open(slot)));
        in_order(slots)
    }

    /// The first open slot later than `after`.
    pub(super) fn first_after(&self, schedule: &Schedule, after: Timestamp) -> Option<Slot<'a>> {
        let until = after.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
        self.open_between(schedule, after, until, 1).into_iter().next()
    }

    /// The slot of a pinned day, if the season has it.
    pub(super) fn pinned_slot(&self, schedule: &Schedule, day: Date) -> Option<Slot<'a>> {
        let pinned = self.calendar.articles.iter().find(|article| article.pin == Some(day))?;
        self.places(schedule).slot(day, Some(pinned.id))
    }

    /// Whether something may still begin there.
    pub(super) fn is_open(&self, slot: &Slot<'_>) -> bool {
        let day = slot.occurrence.date;
        let is_free = match slot.pinned {
            Some(article) => !self.is_gone(article) && !self.skipped.contains(&day),
            None => {
                let period = self.calendar.schedule().map(|schedule| schedule.period_of(day));
                period > self.used_until && self.skipped_until.is_none_or(|last| day > last)
            }
        };
        is_free && self.counts(slot.occurrence.at)
    }

    /// A new campaign does not make up for last month: what was late when it was first seen never counts.
    fn counts(&self, at: Timestamp) -> bool {
        let by = self.calendar.campaign.late.by;
        let in_time = |allowed: Timestamp| self.since.duration_since(allowed) <= by;
        at >= self.since || self.calendar.allowed(at).is_some_and(in_time)
    }

    fn places<'s>(&'s self, schedule: &'s Schedule) -> Places<'s, 'a> {
        Places {
            schedule,
            season: self.calendar.campaign.season,
            zone: &self.calendar.hours.clinic.zone,
            articles: &self.calendar.articles,
        }
    }
}

fn in_order(mut slots: Vec<Slot<'_>>) -> Vec<Slot<'_>> {
    slots.sort_by_key(|slot| (slot.occurrence.at, slot.occurrence.date));
    slots
}
