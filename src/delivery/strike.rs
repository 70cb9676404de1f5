//! Strikes: what a refusal for good, or for too long, counts against an address, and when they are enough.
//!
//! Promises: one strike more never helps an address, a good delivery never harms it; one edition counts once, whatever came of it. Knows
//! nothing of where a refusal was read: in the relay's reply, or in a mail that came back.

use super::reply::{Class, Reply, classify};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Two editions that were refused for good within this time are enough…
pub const HARD_WITHIN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// …so are as many editions in a row that were not taken, with no good delivery between…
pub const IN_A_ROW: usize = 4;
/// …and so many points…
pub const POINTS: u32 = 5;
/// …within this time.
pub const POINTS_WITHIN: SignedDuration = SignedDuration::from_hours(90 * 24);
/// A letter that the relay took is a good delivery when nothing has come back for so long.
pub const SILENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How much a refusal says about the address itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It takes no mail just now: full, or put off until the letter was given up.
    Soft,
    /// It refused for good, in words that leave a doubt.
    Hard,
    /// It does not exist: 5.1.1, 5.1.6, 5.1.10 or 5.2.1 (RFC 3463 §3.2, RFC 7505).
    Sure,
}

impl Weight {
    /// What a refusal counts; `None` where it is not the address's fault.
    pub fn of(reply: &Reply) -> Option<Self> {
        let says = |wanted: fn((u8, u16, u16)) -> bool| {
            let code = reply.enhanced.map(|code| (code.class, code.subject, code.detail));
            code.is_some_and(wanted)
        };
        let is_sure = says(|code| matches!(code, (5, 1, 1 | 6 | 10) | (5, 2, 1)));
        match classify(reply) {
            // Too big for that mailbox or server, or in a form it does not read (RFC 3463 §3.3, §3.4, §3.7): the letter's fault, whoever it
            // was for.
            _ if says(|(_, subject, detail)| matches!((subject, detail), (2, 3) | (3, 4) | (6, _))) => None,
            Class::Hard if is_sure => Some(Self::Sure),
            Class::Hard => Some(Self::Hard),
            Class::Soft => Some(Self::Soft),
            Class::Accepted
            | Class::Policy
            | Class::UnsupportedAddress
            | Class::Throttle
            | Class::Quota
            | Class::RelayDown
            | Class::Login
            | Class::Sender
            | Class::Settings
            | Class::Content => None,
        }
    }

    /// What it adds to an address's points.
    pub fn points(self) -> u32 {
        match self {
            Self::Soft => 1,
            Self::Hard => 2,
            Self::Sure => POINTS,
        }
    }

    /// The word in the store and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Hard => "hard",
            Self::Sure => "sure",
        }
    }

    /// The weight with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Soft, Self::Hard, Self::Sure]
            .into_iter()
            .find(|weight| weight.as_str() == word)
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One letter that an address did not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strike {
    /// The edition's row.
    pub edition: i64,
    /// What it counts.
    pub weight: Weight,
    /// When the letter was handed over or refused, whenever its bounce was read.
    pub at: Timestamp,
}

/// Why strikes are enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// It does not exist.
    Sure,
    /// Two editions were refused for good within [`HARD_WITHIN`].
    HardTwice,
    /// [`IN_A_ROW`] editions in a row were not taken.
    InARow,
    /// [`POINTS`] within [`POINTS_WITHIN`].
    Points,
}

/// That an address is written to no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verdict {
    /// Why.
    pub rule: Rule,
    /// The strike that made it enough: its place in the history.
    pub by: usize,
    /// How many editions the rule counted.
    pub editions: usize,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let editions = self.editions;
        match self.rule {
            Rule::Sure => f.write_str("the address does not exist"),
            Rule::HardTwice => write!(
                f,
                "{editions} letters refused for good within {} days",
                HARD_WITHIN.as_hours() / 24
            ),
            Rule::InARow => write!(f, "{editions} letters in a row that it did not take"),
            Rule::Points => write!(
                f,
                "{editions} letters within {} days that it did not take",
                POINTS_WITHIN.as_hours() / 24
            ),
        }
    }
}

/// Whether these strikes are enough. Those not after `last_good`, the last good delivery or the word by which the person came back,
/// count no more.
pub fn judge(history: &[Strike], last_good: Option<Timestamp>) -> Option<Verdict> {
    let mut count: Vec<(usize, Strike)> = history.iter().copied().enumerate().collect();
    count.retain(|(_, strike)| last_good.is_none_or(|good| strike.at > good));
    count.sort_by_key(|(_, strike)| strike.at);
    sure(&count)
        .or_else(|| hard_twice(&count))
        .or_else(|| in_a_row(&count))
        .or_else(|| points(&count))
}

/// The last moment at which a letter must have been taken to be a good delivery by now.
pub fn good_until(now: Timestamp) -> Timestamp {
    now.saturating_sub(SILENCE).unwrap_or(Timestamp::MIN)
}

fn sure(count: &[(usize, Strike)]) -> Option<Verdict> {
    let (by, _) = count.iter().find(|(_, strike)| strike.weight == Weight::Sure)?;
    Some(Verdict {
        rule: Rule::Sure,
        by: *by,
        editions: 1,
    })
}

fn hard_twice(count: &[(usize, Strike)]) -> Option<Verdict> {
    let hard: Vec<_> = count.iter().filter(|(_, strike)| strike.weight >= Weight::Hard).collect();
    let by = hard.iter().enumerate().find_map(|(place, (by, strike))| {
        let is_pair =
            |(_, other): &&(usize, Strike)| other.edition != strike.edition && strike.at.duration_since(other.at) <= HARD_WITHIN;
        hard[..place].iter().any(is_pair).then_some(*by)
    })?;
    Some(Verdict {
        rule: Rule::HardTwice,
        by,
        editions: 2,
    })
}

fn in_a_row(count: &[(usize, Strike)]) -> Option<Verdict> {
    let mut editions = BTreeSet::new();
    let (by, _) = count
        .iter()
        .find(|(_, strike)| editions.insert(strike.edition) && editions.len() >= IN_A_ROW)?;
    Some(Verdict {
        rule: Rule::InARow,
        by: *by,
        editions: IN_A_ROW,
    })
}

fn points(count: &[(usize, Strike)]) -> Option<Verdict> {
    count.iter().enumerate().find_map(|(last, (by, strike))| {
        let mut heaviest: BTreeMap<i64, u32> = BTreeMap::new();
        for (_, other) in &count[..=last] {
            if strike.at.duration_since(other.at) <= POINTS_WITHIN {
                let points = heaviest.entry(other.edition).or_default();
                *points = other.weight.points().max(*points);
            }
        }
        let is_enough = heaviest.values().sum::<u32>() >= POINTS;
        is_enough.then_some(Verdict {
            rule: Rule::Points,
            by: *by,
            editions: heaviest.len(),
        })
    })
}

#[cfg(test)]
mod tests;
