//! The calendar of one campaign: which occurrence takes which article, what begins now, and what comes to nothing.
//!
//! Promises: pure. What is decided depends on the campaign, on its articles, the hours, what is on record and the instant asked about,
//! never on a clock. A period gets one article of the row at most, however the schedule is edited; of several occurrences that were
//! missed only the last may begin; [`Calendar::agenda`] says beforehand what [`Calendar::decide`] will do at each moment. Knows nothing
//! of people, letters or the store.

mod agenda;
mod books;
mod slots;
mod words;

#[cfg(test)]
mod tests;

pub use agenda::{Entry, Fate};
pub use slots::Slot;
pub use words::{late_words, moment};

use crate::campaign::Campaign;
use crate::campaign::schedule::{Hours, Occurrence, Schedule, Shut, Then, When};
use crate::campaign::{ArticleEntry, Timing};
use books::Books;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// An article as the calendar sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed<'a> {
    /// Its id.
    pub id: &'a str,
    /// The day it is pinned to, if any.
    pub pin: Option<Date>,
}

/// One thing on record about a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The article; for a skipped occurrence the one that was pinned to it, or nothing.
    pub article: String,
    /// The day of the clinic's calendar that it is about.
    pub due_on: Date,
    /// What it is.
    pub what: What,
}

/// What is on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An edition: its article and its period are used up.
    Edition,
    /// An article that is used up, and no period with it.
    Article,
    /// An occurrence on which nothing began.
    Skipped(Reason),
}

/// Why nothing began on an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It was found too late, and the campaign says to skip it then.
    Late,
    /// The next one was due already.
    Overtaken,
    /// Its time was over.
    Expired,
    /// No article was left.
    Empty,
}

impl Reason {
    /// Every reason there is.
    pub const ALL: [Self; 4] = [Self::Late, Self::Overtaken, Self::Expired, Self::Empty];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Overtaken => "overtaken",
            Self::Expired => "expired",
            Self::Empty => "empty",
        }
    }
}

/// A campaign's calendar.
#[derive(Debug, Clone)]
pub struct Calendar<'a> {
    /// The campaign.
    pub campaign: &'a Campaign,
    /// Its articles, in turn.
    pub articles: Vec<Listed<'a>>,
    /// The hours in which its letters may leave.
    pub hours: Hours,
    /// Since when the sender knows the campaign; from the moment asked about on, where it never saw it.
    pub since: Option<Timestamp>,
    /// When a person last said that the campaign goes on: what fell due before has waited for that, and is not late.
    pub freed: Option<Timestamp>,
}

/// An occurrence that is to begin, or to wait for its hours.
#[derive(Debug, Clone, PartialEq)]
pub struct Due<'a> {
    /// When the schedule means it.
    pub occurrence: Occurrence,
    /// The article it takes.
    pub article: &'a str,
    /// The first moment at which its letters were allowed to leave, by their hours and by whoever held the campaign: lateness counts
    /// from here.
    pub allowed: Timestamp,
    /// How late it begins, where that is later than the campaign likes.
    pub late: Option<SignedDuration>,
    /// Whether a person has to decide because of it.
    pub is_held: bool,
    /// No attempt begins after this moment.
    pub expires_at: Option<Timestamp>,
}

/// What becomes of the campaign at this moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Turn<'a> {
    /// Nothing begins.
    Nothing,
    /// This occurrence is due, and its hours are not open.
    Waits {
        /// What waits.
        due: Due<'a>,
        /// When its hours open.
        until: Timestamp,
        /// Why they are not open now.
        shut: Shut,
    },
    /// This one begins.
    Begins(Due<'a>),
}

/// An occurrence on which nothing begins any more.
#[derive(Debug, Clone, PartialEq)]
pub struct Missed<'a> {
    /// When the schedule meant it.
    pub occurrence: Occurrence,
    /// The article pinned to it, if any.
    pub pinned: Option<&'a str>,
    /// Why.
    pub reason: Reason,
    /// Why, in words.
    pub detail: String,
}

/// What is to be done at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision<'a> {
    /// To be recorded as skipped, oldest first: their articles keep their turn.
    pub missed: Vec<Missed<'a>>,
    /// What begins, or waits.
    pub turn: Turn<'a>,
}

/// As far ahead as an occurrence is looked for: some rhythms come once in years.
const HORIZON: SignedDuration = SignedDuration::from_hours(24 * 366 * 12);

impl<'a> Calendar<'a> {
    /// The articles of a campaign with their pins; `ids` gives the id of an article by its file.
    pub fn listed(campaign: &'a Campaign, id: impl Fn(&'a ArticleEntry) -> Option<&'a str>) -> Vec<Listed<'a>> {
        let entries = campaign.articles.iter();
        entries
            .filter_map(|entry| {
                Some(Listed {
                    id: id(entry)?,
                    pin: entry.date,
                })
            })
            .collect()
    }

    /// What begins at `now`, and which occurrences come to nothing.
    pub fn decide(&self, recorded: &[Recorded], now: Timestamp) -> Decision<'a> {
        let books = Books::read(self, recorded, now);
        let mut decision = Decision {
            missed: Vec::new(),
            turn: Turn::Nothing,
        };
        let Some(schedule) = self.schedule() else {
            return decision;
        };
        for entry in self.fates(&books, books.open_until(schedule, now), now) {
            match entry.fate {
                Fate::Skipped { at, reason } if at <= now => decision.missed.push(self.missed(&entry, reason, now)),
                Fate::Skipped { .. } => {}
                Fate::Begins { at, late, is_held } => decision.turn = self.turn(entry, at, late, is_held, now),
            }
        }
        decision
    }

    /// Every occurrence that is still open or comes until `until`, in order, and what becomes of it if nobody misses a run.
    pub fn agenda(&self, recorded: &[Recorded], now: Timestamp, until: Timestamp) -> Vec<Entry<'a>> {
        let books = Books::read(self, recorded, now);
        let Some(schedule) = self.schedule() else {
            return Vec::new();
        };
        let mut slots = books.open_until(schedule, now);
        slots.extend(books.open_between(schedule, now, until, usize::MAX));
        // What comes just behind the end may overtake what waits for its hours.
        let behind = books.first_after(schedule, until.max(now));
        let listed = slots.len();
        slots.extend(behind);
        let mut entries = self.fates(&books, slots, now);
        entries.truncate(listed);
        entries
    }

    /// The next occurrence that takes an article.
    pub fn upcoming(&self, recorded: &[Recorded], now: Timestamp) -> Option<Entry<'a>> {
        self.entries_ahead(recorded, now)
            .into_iter()
            .find(|entry| entry.begins().is_some())
    }

    /// The next occurrence that takes an article of the row, whatever is pinned before it.
    pub fn upcoming_of_row(&self, recorded: &[Recorded], now: Timestamp) -> Option<Entry<'a>> {
        let mut entries = self.entries_ahead(recorded, now).into_iter();
        entries.find(|entry| entry.begins().is_some() && !entry.is_pinned)
    }

    /// How many articles of the row are left, and for how many of them an occurrence is still to come.
    pub fn row_left(&self, recorded: &[Recorded], now: Timestamp) -> (usize, usize) {
        let left = Books::read(self, recorded, now).row().count();
        let entries = self.entries_ahead(recorded, now);
        let takes = entries.iter().filter(|entry| entry.begins().is_some() && !entry.is_pinned);
        (left, takes.count())
    }

    /// Whether the season leaves out every day of the schedule.
    pub fn is_never_in_season(&self, now: Timestamp) -> bool {
        let (Some(schedule), Some(season)) = (self.schedule(), self.campaign.season) else {
            return false;
        };
        let from = match schedule.when {
            When::Once(_) | When::Dates(_) => Date::MIN,
            When::Every(_) => self.hours.clinic.zone.to_datetime(now).date(),
        };
        let last = from
            .max(self.hours.clinic.zone.to_datetime(now).date())
            .saturating_add(12.years());
        let mut days = schedule.days_from(from).take_while(|day| *day <= last || from == Date::MIN);
        !days.any(|day| season.contains(day))
    }

    /// The pinned days from now on, each with the moment at which its letter really begins.
    pub fn pins_ahead(&self, recorded: &[Recorded], now: Timestamp) -> Vec<(Slot<'a>, Option<Timestamp>)> {
        self.open_pins(recorded, now, |at| at > now)
            .into_iter()
            .map(|slot| {
                let begins = self.allowed(slot.occurrence.at);
                (slot, begins)
            })
            .collect()
    }

    /// The pinned days before today that are open: a run would still begin them.
    pub fn pins_behind(&self, recorded: &[Recorded], now: Timestamp) -> Vec<(&'a str, Date)> {
        let today = self.hours.clinic.zone.to_datetime(now).date();
        let slots = self.open_pins(recorded, now, |at| at <= now).into_iter();
        let slots = slots.filter(|slot| slot.occurrence.date < today);
        slots.filter_map(|slot| Some((slot.pinned?, slot.occurrence.date))).collect()
    }

    fn open_pins(&self, recorded: &[Recorded], now: Timestamp, when: impl Fn(Timestamp) -> bool) -> Vec<Slot<'a>> {
        let books = Books::read(self, recorded, now);
        let Some(schedule) = self.schedule() else {
            return Vec::new();
        };
        let days = self.articles.iter().filter_map(|article| article.pin);
        let slots = days.filter_map(|day| books.pinned_slot(schedule, day));
        slots.filter(|slot| when(slot.occurrence.at) && books.is_open(slot)).collect()
    }

    /// The first moment at which an occurrence of this moment may begin.
    fn allowed(&self, at: Timestamp) -> Option<Timestamp> {
        self.hours.opens(at)
    }

    /// The occurrence on which the last article of the row goes out, where the schedule goes on behind it.
    pub fn last_article(&self, recorded: &[Recorded], now: Timestamp) -> Option<Entry<'a>> {
        let entries = self.entries_ahead(recorded, now);
        let first_empty = entries.iter().position(Entry::is_empty)?;
        entries[..first_empty].iter().rfind(|entry| entry.begins().is_some()).cloned()
    }

    /// Whether the schedule goes on and nothing is left that could go out.
    pub fn is_out_of_articles(&self, recorded: &[Recorded], now: Timestamp) -> bool {
        let entries = self.entries_ahead(recorded, now);
        entries.iter().any(Entry::is_empty) && entries.iter().all(|entry| entry.begins().is_none())
    }

    /// The open occurrences of earlier periods that a letter sent by hand at `now` leaves behind.
    pub fn left_behind(&self, recorded: &[Recorded], now: Timestamp) -> Vec<Missed<'a>> {
        let books = Books::read(self, recorded, now);
        let Some(schedule) = self.schedule() else {
            return Vec::new();
        };
        let this = schedule.period_of(self.hours.clinic.zone.to_datetime(now).date());
        let mut slots = books.open_until(schedule, now);
        slots.retain(|slot| slot.pinned.is_none() && schedule.period_of(slot.occurrence.date) < this);
        let entries = self.fates(&books, slots, now);
        let missed = entries.iter().map(|entry| Missed {
            detail: words::left_behind(entry, now),
            ..self.missed(entry, Reason::Overtaken, now)
        });
        missed.collect()
    }

    /// The pinned articles whose day has passed without their letter, in file order.
    pub fn passed_pins(&self, recorded: &[Recorded], now: Timestamp) -> Vec<(&'a str, Date)> {
        let books = Books::read(self, recorded, now);
        let Some(schedule) = self.schedule() else {
            return Vec::new();
        };
        let is_over = |day: Date| {
            let slot = books.pinned_slot(schedule, day);
            slot.is_none_or(|slot| slot.occurrence.at <= now && !books.is_open(&slot))
        };
        let pins = self.articles.iter().filter_map(|article| Some((article.id, article.pin?)));
        pins.filter(|(id, day)| !books.is_gone(id) && is_over(*day)).collect()
    }

    /// Whether the hours open for any occurrence of the next 400 days before it expires; also where there is none.
    pub fn ever_opens(&self, now: Timestamp) -> bool {
        let books = Books::read(self, &[], now);
        let Some(schedule) = self.schedule() else {
            return true;
        };
        let until = now
            .saturating_add(crate::campaign::schedule::FARTHEST)
            .unwrap_or(Timestamp::MAX);
        let slots = books.open_between(schedule, now, until, usize::MAX);
        let opens = |at: Timestamp| {
            self.allowed(at)
                .is_some_and(|allowed| self.expiry(at).is_none_or(|end| allowed < end))
        };
        slots.is_empty() || slots.iter().any(|slot| opens(slot.occurrence.at))
    }

    fn entries_ahead(&self, recorded: &[Recorded], now: Timestamp) -> Vec<Entry<'a>> {
        let books = Books::read(self, recorded, now);
        let Some(schedule) = self.schedule() else {
            return Vec::new();
        };
        let until = now.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
        let mut slots = books.open_until(schedule, now);
        // Twice as many as there are articles show whether they run out, but for occurrences that come to nothing.
        let most = 2 * self.articles.len() + 64;
        slots.extend(books.open_between(schedule, now, until, most));
        self.fates(&books, slots, now)
    }

    pub(crate) fn schedule(&self) -> Option<&'a Schedule> {
        match &self.campaign.timing {
            Timing::Schedule(schedule) => Some(schedule),
            Timing::ByHand | Timing::Series(_) => None,
        }
    }

    /// When an occurrence of this moment is given up.
    fn expiry(&self, at: Timestamp) -> Option<Timestamp> {
        self.campaign.expires().and_then(|after| at.checked_add(after).ok())
    }

    fn turn(&self, entry: Entry<'a>, at: Timestamp, late: Option<SignedDuration>, is_held: bool, now: Timestamp) -> Turn<'a> {
        let Some(article) = entry.article else { return Turn::Nothing };
        let due = Due {
            allowed: self.counted_from(self.allowed(entry.occurrence.at).unwrap_or(at), at),
            article,
            late,
            is_held,
            expires_at: entry.expires_at,
            occurrence: entry.occurrence,
        };
        // Behind a holiday the hours are open from midnight on, and the schedule's own is still to come.
        match self.hours.shut(now).or_else(|| self.hours.shut(due.occurrence.at)) {
            Some(shut) if at > now => Turn::Waits { due, until: at, shut },
            _ => Turn::Begins(due),
        }
    }

    /// From when on lateness counts for what was allowed to leave at `allowed` and begins at `begin`.
    fn counted_from(&self, allowed: Timestamp, begin: Timestamp) -> Timestamp {
        let freed = self.freed.filter(|freed| *freed <= begin);
        freed.map_or(allowed, |freed| freed.max(allowed))
    }

    /// The turn of the row that a letter uses up which a person sends at `now`.
    pub fn used_up(&self, recorded: &[Recorded], now: Timestamp) -> Option<Occurrence> {
        let books = Books::read(self, recorded, now);
        let schedule = self.schedule()?;
        let this = schedule.period_of(self.hours.clinic.zone.to_datetime(now).date());
        let mut slots = books.open_until(schedule, now);
        let until = now.saturating_add(HORIZON).unwrap_or(Timestamp::MAX);
        slots.extend(books.open_between(schedule, now, until, 1));
        let is_taken = |slot: &Slot<'_>| slot.pinned.is_none() && schedule.period_of(slot.occurrence.date) == this;
        slots.into_iter().find(is_taken).map(|slot| slot.occurrence)
    }

    fn missed(&self, entry: &Entry<'a>, reason: Reason, now: Timestamp) -> Missed<'a> {
        Missed {
            occurrence: entry.occurrence.clone(),
            pinned: entry.article.filter(|_| entry.is_pinned),
            reason,
            detail: words::missed(entry, reason, now),
        }
    }
}

/// What the campaign does with an occurrence that begins so late.
fn judged(campaign: &Campaign, late: SignedDuration) -> Option<Then> {
    (late > campaign.late.by).then_some(campaign.late.then)
}
