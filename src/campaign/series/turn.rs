//! Whose turn it is: for one person, which step of a series comes next, and when.
//!
//! Promises: pure. The next step is the first that counts behind the furthest one with a record, so that no edit of the steps repeats one
//! or goes back; a step that was taken out stays behind them with its day. It waits while a letter of the series is open. Its day is the day of joining and so many more, and never closer to the
//! last accepted step than the steps lie apart: days are the clinic's, so a run some minutes late moves nothing. Lateness is judged
//! from the first moment at which the letter could have left, and was wanted. Knows nothing of segments and suppressions.

use super::Step;
use crate::campaign::schedule::{Hours, Late, Then, resolve};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// Whoever is more days than this past a step's day does not get it any more.
pub const LOOKBACK: i32 = 366;

/// A series as it stands at a moment.
#[derive(Debug, Clone)]
pub struct Course<'a> {
    /// The steps, in order.
    pub steps: &'a [Step],
    /// Where each of them stands.
    pub standings: &'a [Standing],
    /// The hours in which letters may leave, and the zone in which days are meant.
    pub hours: &'a Hours,
    /// What becomes of whoever comes too late.
    pub late: Late,
    /// Since when the sender knows the series: who joined before has had their welcome, or none.
    pub since: Timestamp,
    /// Now.
    pub now: Timestamp,
}

/// Where one step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Since when the sender knows the step: it is not made up for.
    pub seen: Timestamp,
    /// Whether people come to it.
    pub stand: Stand,
    /// When a person let it go last: nobody was late for it before.
    pub freed: Option<Timestamp>,
    /// Since when none of its letters can be written, if so: nobody grows late meanwhile.
    pub stopped: Option<Timestamp>,
}

/// Whether people come to a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// They do.
    Open,
    /// Not now: they wait before it.
    Held,
    /// Never again: they pass it by.
    Closed,
}

/// One person, as far as their turn depends on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joiner {
    /// The day from which their steps are counted.
    pub joined: Date,
    /// Since when the store has them on the list: nothing was late for them before.
    pub known_since: Timestamp,
    /// The day on which they agreed.
    pub consent: Option<Date>,
    /// When the store learned what they say now: nobody was late who had not agreed.
    pub told_at: Option<Timestamp>,
    /// What became of the series' letters to them, in any order.
    pub records: Vec<Record>,
    /// The latest moment at which a step was due for them that they have a record of, and that is not in the series any more.
    pub passed: Option<Timestamp>,
}

/// What became of one step's letter to one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record {
    /// The step; none for one that is not in the series any more.
    pub step: Option<usize>,
    /// How it stands.
    pub mark: Mark,
    /// Since when.
    pub at: Timestamp,
}

/// How a letter stands, as far as the next one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// The relay took it.
    Accepted,
    /// It may still leave, or nobody knows whether it did: nothing goes on before that is settled.
    Open,
    /// It will not leave.
    Settled,
}

/// A step's moment for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appointment {
    /// The step.
    pub step: usize,
    /// When it is due.
    pub due: Timestamp,
    /// When its letter may leave: once it is wanted, and the hours allow it.
    pub from: Timestamp,
}

/// What comes next for one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// They are not of the series.
    Out(Out),
    /// They have had all that is for them.
    Finished,
    /// The letter of this record is open; the next step waits for it.
    Waits(Record),
    /// The next step is on hold, and they wait before it.
    Held {
        /// The step.
        step: usize,
        /// When it was or will be due.
        due: Timestamp,
    },
    /// A step comes, but not yet.
    Coming(Appointment),
    /// A step is due.
    Due(Appointment),
    /// A step is due, and they come too late for it by the campaign's rule.
    Late(Appointment, SignedDuration),
}

/// Why a person is not of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Out {
    /// They joined before the sender knew the series.
    JoinedBefore,
    /// They joined longer ago than is looked back.
    JoinedLongAgo,
    /// The hours in which letters may leave never come.
    NeverOpens,
}

impl Course<'_> {
    /// What comes next for this person.
    pub fn turn(&self, joiner: &Joiner) -> Turn {
        if let Some(out) = self.is_out(joiner) {
            return Turn::Out(out);
        }
        if let Some(open) = joiner.records.iter().find(|record| record.mark == Mark::Open) {
            return Turn::Waits(*open);
        }
        let furthest = joiner.records.iter().filter_map(|record| record.step).max();
        let behind = furthest.map_or(0, |furthest| furthest + 1);
        let mut steps = (behind..self.steps.len()).filter(|step| self.is_open(*step));
        let next = steps.find_map(|step| {
            let due = self.due(step, joiner)?;
            let is_passed = joiner.passed.is_some_and(|passed| self.day(due) <= self.day(passed));
            (!is_passed && self.counts(step, due, joiner)).then_some((step, due))
        });
        match next {
            None => Turn::Finished,
            Some((step, due)) if self.stands(step) == Some(Stand::Held) => Turn::Held { step, due },
            Some((step, due)) => self.judge(step, due, joiner),
        }
    }

    /// When a step is due: so many days after joining, and so many after the last one that was accepted.
    pub fn due(&self, step: usize, joiner: &Joiner) -> Option<Timestamp> {
        let wanted = self.steps.get(step)?;
        let accepted = |record: &&Record| record.mark == Mark::Accepted && record.step.is_some_and(|before| before < step);
        let last = joiner
            .records
            .iter()
            .filter(accepted)
            .max_by_key(|record| (record.step, record.at));
        let mut day = self.nominal(wanted, joiner)?;
        if let Some((before, at)) = last.and_then(|record| Some((self.steps.get(record.step?)?, record.at))) {
            let apart = i64::from(wanted.after_days) - i64::from(before.after_days);
            day = day.max(later(self.day(at), apart)?);
        }
        Some(resolve(self.zone(), day.to_datetime(wanted.at))?.timestamp())
    }

    /// The day of a step, wherever the ones before it have come to.
    fn nominal(&self, step: &Step, joiner: &Joiner) -> Option<Date> {
        later(joiner.joined, i64::from(step.after_days))
    }

    fn is_out(&self, joiner: &Joiner) -> Option<Out> {
        if !joiner.records.is_empty() {
            return None;
        }
        let first = self.steps.first()?;
        let day = self.nominal(first, joiner)?;
        let due = resolve(self.zone(), day.to_datetime(first.at))?.timestamp();
        // Whoever comes on the very day on which the series begins comes to it, at whatever hour it was set up.
        let is_newcomer = joiner.known_since >= self.since && day >= self.day(self.since);
        if due < minus(self.since, self.late.by) && !is_newcomer {
            return Some(Out::JoinedBefore);
        }
        self.is_long_ago(day).then_some(Out::JoinedLongAgo)
    }

    /// Whether a step is for whoever is due for it then: it is not made up for from before it was there, nor after a year.
    fn counts(&self, step: usize, due: Timestamp, joiner: &Joiner) -> bool {
        let Some((wanted, standing)) = self.steps.get(step).zip(self.standings.get(step)) else {
            return false;
        };
        let is_known = due.max(joiner.known_since) >= minus(standing.seen, self.late.by);
        is_known && !self.nominal(wanted, joiner).is_none_or(|day| self.is_long_ago(day))
    }

    /// Whether the step is due, comes too late, or comes later.
    fn judge(&self, step: usize, due: Timestamp, joiner: &Joiner) -> Turn {
        let agreed = joiner.consent.and_then(|day| self.begin_of(day));
        let freed = self.standings.get(step).and_then(|standing| standing.freed);
        let wanted = [Some(due), Some(joiner.known_since), agreed, joiner.told_at, freed];
        let wanted = wanted.into_iter().flatten().max().unwrap_or(due);
        let own = self.steps.get(step).map_or_else(Time::midnight, |step| step.at);
        let hours = self.hours.clone().with_own(own);
        let Some(from) = hours.opens(wanted) else {
            return Turn::Out(Out::NeverOpens);
        };
        let appointment = Appointment { step, due, from };
        if self.now < from {
            return Turn::Coming(appointment);
        }
        match hours.opens(self.now) {
            None => Turn::Out(Out::NeverOpens),
            Some(opens) if opens > self.now => Turn::Coming(Appointment {
                from: opens,
                ..appointment
            }),
            Some(_) => {
                let late = self.now.duration_since(from) - self.stopped(step, from);
                match late > self.late.by && self.late.then != Then::Send {
                    true => Turn::Late(appointment, late),
                    false => Turn::Due(appointment),
                }
            }
        }
    }

    /// For how long of the time since `from` no letter of the step could be written.
    fn stopped(&self, step: usize, from: Timestamp) -> SignedDuration {
        let stopped = self.standings.get(step).and_then(|standing| standing.stopped);
        let span = stopped.map(|since| self.now.duration_since(since.max(from)));
        span.unwrap_or_default().max(SignedDuration::ZERO)
    }

    fn is_open(&self, step: usize) -> bool {
        self.stands(step).is_some_and(|stand| stand != Stand::Closed)
    }

    fn stands(&self, step: usize) -> Option<Stand> {
        self.standings.get(step).map(|standing| standing.stand)
    }

    fn is_long_ago(&self, day: Date) -> bool {
        later(day, i64::from(LOOKBACK)).is_some_and(|end| end < self.day(self.now))
    }

    fn zone(&self) -> &TimeZone {
        &self.hours.clinic.zone
    }

    fn day(&self, at: Timestamp) -> Date {
        self.zone().to_datetime(at).date()
    }

    fn begin_of(&self, day: Date) -> Option<Timestamp> {
        Some(day.to_zoned(self.zone().clone()).ok()?.timestamp())
    }
}

fn later(day: Date, days: i64) -> Option<Date> {
    day.checked_add(days.days()).ok()
}

fn minus(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_sub(span).unwrap_or(Timestamp::MIN)
}
