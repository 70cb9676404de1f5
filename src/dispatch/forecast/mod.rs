//! The forecast: when an edition would start and finish at this pace, with these limits.
//!
//! Promises: it counts with the very quota that runs count with, so what it says is what happens if the relay takes every letter at
//! once and `tidings run` comes by when the next letter may leave. Editions go out one after another, oldest due first. It writes
//! nothing and asks nobody.

use super::pace::gap;
use super::quota::{Quota, Spent};
use crate::campaign::schedule::Hours;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// An edition to come, or the rest of one.
#[derive(Debug, Clone, PartialEq)]
pub struct Coming {
    /// No letter leaves before this moment.
    pub from: Timestamp,
    /// No letter leaves from this moment on.
    pub expires_at: Option<Timestamp>,
    /// When its letters may leave; none is at any time.
    pub hours: Option<Hours>,
    /// The domain of each letter, in the order in which they wait.
    pub letters: Vec<Arc<str>>,
}

/// How an edition would go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// When the first letter leaves.
    pub starts_at: Timestamp,
    /// When the last one does.
    pub ends_at: Timestamp,
    /// On how many days by the clinic's calendar letters leave.
    pub days: u32,
    /// How many letters would still wait when the edition's time is over.
    pub late: u64,
    /// The limit that makes it wait, where one does for longer than a run waits.
    pub slowed_by: Option<Spent>,
    /// Whether its hours end before its letters do.
    pub is_interrupted: bool,
}

/// What letters leave by.
#[derive(Debug)]
pub struct Gate<'a> {
    /// The limits, with what has left before; the forecast counts on in it.
    pub quota: &'a Quota,
    /// How many letters a second.
    pub per_second: Option<f64>,
    /// By whose calendar days are counted.
    pub zone: &'a TimeZone,
}

/// The outlook of each edition, in the order in which they are given; none for one that no letter of would leave.
pub fn forecast(gate: &Gate<'_>, last_letter_at: Option<Timestamp>, editions: &[Coming], now: Timestamp) -> Vec<Option<Outlook>> {
    let gap = gap(gate.per_second).map_or(SignedDuration::ZERO, |gap| {
        SignedDuration::try_from(gap).unwrap_or(SignedDuration::ZERO)
    });
    let first_turn = last_letter_at.map_or(now, |last| later(last, gap)).min(later(now, gap));
    let mut order: Vec<usize> = (0..editions.len()).collect();
    order.sort_by_key(|index| editions[*index].opens(now));
    let mut outlooks = vec![None; editions.len()];
    let (mut clock, mut turn) = (now, first_turn);
    for index in order {
        let coming = &editions[index];
        let mut walk = Walk::new(gate, coming, clock.max(coming.from), turn, gap);
        while walk.step() {}
        // While one rests outside its hours, the next goes on.
        let (left_at, next_turn) = walk.rest.unwrap_or((walk.clock, walk.turn));
        (clock, turn) = (left_at.min(coming.expires_at.unwrap_or(Timestamp::MAX)).max(clock), next_turn);
        outlooks[index] = walk.outlook;
    }
    outlooks
}

impl Coming {
    /// The first moment from `now` on at which a letter may leave.
    fn opens(&self, now: Timestamp) -> Timestamp {
        let from = self.from.max(now);
        let opens = |hours: &Hours| hours.opens(from).unwrap_or(Timestamp::MAX);
        self.hours.as_ref().map_or(from, opens)
    }
}

fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}

/// One edition on its way out.
struct Walk<'a> {
    gate: &'a Gate<'a>,
    expires_at: Option<Timestamp>,
    hours: Option<&'a Hours>,
    /// When its hours ended first, and whose turn it was then.
    rest: Option<(Timestamp, Timestamp)>,
    clock: Timestamp,
    turn: Timestamp,
    gap: SignedDuration,
    /// The letters of each domain, by their place in the edition.
    waiting: BTreeMap<&'a str, VecDeque<usize>>,
    /// The domains that may be tried, by the place of their next letter.
    open: BTreeSet<(usize, &'a str)>,
    /// The domains that are used up, by the moment they open.
    shut: BTreeSet<(Timestamp, &'a str)>,
    left: u64,
    midnight: Timestamp,
    slowed_by: Option<Spent>,
    outlook: Option<Outlook>,
}

impl<'a> Walk<'a> {
    fn new(gate: &'a Gate<'a>, coming: &'a Coming, clock: Timestamp, turn: Timestamp, gap: SignedDuration) -> Self {
        let mut waiting: BTreeMap<&str, VecDeque<usize>> = BTreeMap::new();
        for (place, domain) in coming.letters.iter().enumerate() {
            waiting.entry(domain).or_default().push_back(place);
        }
        let open = waiting
            .iter()
            .filter_map(|(domain, places)| Some((*places.front()?, *domain)));
        Self {
            gate,
            expires_at: coming.expires_at,
            hours: coming.hours.as_ref(),
            rest: None,
            clock,
            turn,
            gap,
            open: open.collect(),
            shut: BTreeSet::new(),
            left: coming.letters.len() as u64,
            midnight: Timestamp::MIN,
            slowed_by: None,
            outlook: None,
            waiting,
        }
    }

    /// Lets one letter go, or waits for the next that may; false when there is no more to do.
    fn step(&mut self) -> bool {
        self.clock = self.clock.max(self.turn);
        if !self.wait_for_hours() {
            return self.end();
        }
        if self.expires_at.is_some_and(|expires| self.clock >= expires) {
            return self.end();
        }
        while let Some((until, domain)) = self.shut.first().copied().filter(|(until, _)| *until <= self.clock) {
            self.shut.remove(&(until, domain));
            self.put_in_line(domain);
        }
        let Some((_, domain)) = self.open.pop_first() else {
            let Some((until, domain)) = self.shut.first().copied() else {
                return self.end();
            };
            let domain = domain.to_owned();
            self.wait_for(Spent::Domain { domain, until });
            return true;
        };
        match self.gate.quota.take(domain, self.clock) {
            Ok(()) => self.let_go(domain),
            Err(Spent::Domain { until, .. }) => drop(self.shut.insert((until, domain))),
            Err(spent) => {
                self.put_in_line(domain);
                self.wait_for(spent);
            }
        }
        true
    }

    /// Goes on to the next moment inside the hours; false where there is none.
    fn wait_for_hours(&mut self) -> bool {
        let Some(hours) = self.hours.filter(|hours| !hours.contains(self.clock)) else {
            return true;
        };
        self.rest.get_or_insert((self.clock, self.turn));
        if let Some(outlook) = &mut self.outlook {
            outlook.is_interrupted = true;
        }
        let opens = hours.opens(self.clock);
        self.clock = opens.unwrap_or(self.clock);
        opens.is_some()
    }

    fn put_in_line(&mut self, domain: &'a str) {
        let place = self.waiting.get(domain).and_then(VecDeque::front);
        self.open.extend(place.map(|place| (*place, domain)));
    }

    fn wait_for(&mut self, spent: Spent) {
        // A limit that never opens would be waited for without end.
        let until = spent.until().max(later(self.clock, SignedDuration::from_nanos(1)));
        if !spent.is_soon(self.clock) {
            self.slowed_by.get_or_insert(spent);
        }
        self.clock = until;
    }

    fn let_go(&mut self, domain: &'a str) {
        self.waiting.get_mut(domain).map(VecDeque::pop_front);
        self.put_in_line(domain);
        self.left -= 1;
        self.turn = later(self.clock, self.gap);
        let (at, is_new_day) = (self.clock, self.clock >= self.midnight);
        if is_new_day {
            self.midnight = midnight_after(at, self.gate.zone);
        }
        let outlook = self.outlook.get_or_insert(Outlook {
            starts_at: at,
            ends_at: at,
            days: 0,
            late: 0,
            slowed_by: None,
            is_interrupted: false,
        });
        outlook.ends_at = at;
        outlook.days += u32::from(is_new_day);
    }

    fn end(&mut self) -> bool {
        let (late, slowed_by) = (self.left, self.slowed_by.take());
        if late > 0 {
            let at = self.clock;
            self.outlook.get_or_insert(Outlook {
                starts_at: at,
                ends_at: at,
                days: 0,
                late,
                slowed_by: None,
                is_interrupted: false,
            });
        }
        if let Some(outlook) = &mut self.outlook {
            (outlook.late, outlook.slowed_by) = (late, slowed_by);
        }
        false
    }
}

fn midnight_after(at: Timestamp, zone: &TimeZone) -> Timestamp {
    let tomorrow = at
        .to_zoned(zone.clone())
        .tomorrow()
        .and_then(|tomorrow| tomorrow.start_of_day());
    tomorrow.map_or(Timestamp::MAX, |midnight| midnight.timestamp())
}

/// The outlook in a few words, where a pace or a limit makes it worth any: `at 1 letter a second this takes 35 minutes`.
pub fn told(gate: &Gate<'_>, outlook: &Outlook) -> Option<String> {
    let took = outlook.ends_at.duration_since(outlook.starts_at);
    match (&outlook.slowed_by, gate.per_second) {
        (Some(spent), _) => {
            let limit = gate.quota.limit_told(spent, outlook.ends_at);
            let until = super::quota::told_moment(outlook.ends_at, gate.zone);
            Some(match outlook.days {
                1 => format!("until {until}: {limit}"),
                days => format!("over {days} days, until {until}: {limit}"),
            })
        }
        (None, _) if outlook.is_interrupted => {
            let until = super::quota::told_moment(outlook.ends_at, gate.zone);
            Some(format!("over {} days, until {until}: its hours", outlook.days))
        }
        (None, Some(rate)) => Some(format!("at {} this takes {}", told_rate(rate), told_duration(took))),
        (None, None) => None,
    }
}

fn told_rate(rate: f64) -> String {
    let seconds = 1.0 / rate;
    match rate {
        1.0 => "1 letter a second".to_owned(),
        rate if rate < 1.0 && (seconds - seconds.round()).abs() < 1e-6 => format!("1 letter every {} seconds", seconds.round()),
        rate => format!("{rate} letters a second"),
    }
}

fn told_duration(took: SignedDuration) -> String {
    let seconds = took.as_secs().max(1) + i64::from(took.as_secs() > 0 && took.subsec_nanos() > 0);
    let minutes = (seconds + 59) / 60;
    let plural = |number: i64, noun: &str| {
        if number == 1 {
            format!("1 {noun}")
        } else {
            format!("{number} {noun}s")
        }
    };
    match (seconds, minutes) {
        (..60, _) => plural(seconds, "second"),
        (_, ..120) => plural(minutes, "minute"),
        (_, minutes) if minutes % 60 == 0 => plural(minutes / 60, "hour"),
        (_, minutes) => format!("{} and {}", plural(minutes / 60, "hour"), plural(minutes % 60, "minute")),
    }
}

#[cfg(test)]
mod tests;
