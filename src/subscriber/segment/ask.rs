//! A segment in the asking: on one day, of columns whose kinds are known.
//!
//! Promises: of several rows that share an address one that matches is enough; where none does, the condition is named at which the row
//! that came furthest failed. Whoever evaluates the conditions one by one, as the store does, gets the same answers.

use super::{Condition, Kind, Near, Stretch, Test, Unit, Wanted, compared};
use crate::subscriber::column;
use crate::subscriber::consent::Answer;
use crate::subscriber::{Attributes, date, number, tags, word};
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// A segment on one day, ready to answer; the default asks nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Asked {
    conditions: Vec<Question>,
}

/// One condition, asked of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The condition in words.
    pub text: String,
    /// What the row says, if anything.
    pub found: Option<String>,
    /// Whether it holds.
    pub holds: bool,
}

/// One condition with what its answer depends on.
#[derive(Debug, Clone, PartialEq)]
struct Question {
    condition: Condition,
    kind: column::Kind,
    /// The days that a test by the day of the edition takes: the first one and the last.
    days: Option<(Date, Date)>,
    words: String,
}

impl Asked {
    pub(super) fn new(conditions: &[Condition], today: Date, kinds: &BTreeMap<String, column::Kind>) -> Self {
        let conditions = conditions.iter().map(|condition| {
            let days = match &condition.test {
                Test::Near(near, stretch) => Some(near.days(today, *stretch)),
                _ => None,
            };
            Question {
                kind: kinds.get(&condition.column).copied().unwrap_or_default(),
                words: condition.to_words(days),
                condition: condition.clone(),
                days,
            }
        });
        Self {
            conditions: conditions.collect(),
        }
    }

    /// How many conditions there are; with none everybody matches.
    pub fn len(&self) -> usize {
        self.conditions.len()
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.conditions.is_empty()
    }

    /// The column that a condition asks for.
    pub fn column(&self, condition: usize) -> Option<&str> {
        self.conditions.get(condition).map(|one| one.condition.column.as_str())
    }

    /// A condition in words.
    pub fn words(&self, condition: usize) -> Option<&str> {
        self.conditions.get(condition).map(|one| one.words.as_str())
    }

    /// Whether a condition holds for what stands in its column, if anything does. One that there is not holds.
    pub fn holds(&self, condition: usize, cell: Option<&str>) -> bool {
        self.conditions.get(condition).is_none_or(|one| one.holds(cell))
    }

    /// How many conditions hold for a row before the first that does not; all of them where the row matches.
    pub fn reach(&self, row: &Attributes) -> usize {
        let miss = self.conditions.iter().position(|one| !one.holds(one.cell(row)));
        miss.unwrap_or(self.conditions.len())
    }

    /// Whether all conditions hold for a row.
    pub fn matches(&self, row: &Attributes) -> bool {
        self.reach(row) == self.conditions.len()
    }

    /// Every condition with its answer for one row.
    pub fn explain(&self, row: &Attributes) -> Vec<Clause> {
        let clause = |one: &Question| Clause {
            text: one.words.clone(),
            found: present(one.cell(row)).map(str::to_owned),
            holds: one.holds(one.cell(row)),
        };
        self.conditions.iter().map(clause).collect()
    }
}

/// What stands in a cell, if anything does.
fn present(cell: Option<&str>) -> Option<&str> {
    cell.map(str::trim).filter(|cell| !cell.is_empty())
}

impl Question {
    fn cell<'a>(&self, row: &'a Attributes) -> Option<&'a str> {
        row.get(&self.condition.column).map(String::as_str)
    }

    fn holds(&self, cell: Option<&str>) -> bool {
        match (&self.condition.test, present(cell)) {
            (Test::Missing | Test::Not(_) | Test::Lacks(_), None) => true,
            (_, None) => false,
            (Test::Near(..), Some(cell)) => {
                let within = |(first, last)| day(cell).is_some_and(|day| day >= first && day <= last);
                self.days.is_some_and(within)
            }
            (test, Some(cell)) => test.holds(cell, self.kind),
        }
    }
}

impl Test {
    fn holds(&self, cell: &str, kind: column::Kind) -> bool {
        match self {
            Self::Is(wanted) => wanted.iter().any(|wanted| wanted.equals(cell, kind)),
            Self::Not(wanted) => !wanted.iter().any(|wanted| wanted.equals(cell, kind)),
            Self::Has(wanted) => has_any(cell, wanted),
            Self::Lacks(wanted) => !has_any(cell, wanted),
            Self::Since(first) => day(cell).is_some_and(|day| day >= *first),
            Self::Before(end) => day(cell).is_some_and(|day| day < *end),
            Self::AtLeast(least) => number::read(cell).is_some_and(|number| number >= *least),
            Self::AtMost(most) => number::read(cell).is_some_and(|number| number <= *most),
            Self::Contains(parts) => {
                let cell = compared(cell);
                parts.iter().any(|part| cell.contains(&part.folded))
            }
            Self::StartsWith(starts) => {
                let cell = compared(cell);
                starts.iter().any(|start| cell.starts_with(&start.folded))
            }
            Self::Present => true,
            // Which days are near depends on today: the question has them.
            Self::Missing | Self::Near(..) => false,
        }
    }
}

fn has_any(cell: &str, wanted: &[Wanted]) -> bool {
    tags::split(cell).any(|tag| {
        let tag = tags::fold(tag);
        wanted.iter().any(|wanted| wanted.tag == tag)
    })
}

fn day(cell: &str) -> Option<Date> {
    date::read(cell, None).ok()
}

impl Wanted {
    /// Whether a cell is this value: as text, or as what its column holds.
    pub(super) fn equals(&self, cell: &str, kind: column::Kind) -> bool {
        if compared(cell) == self.folded {
            return true;
        }
        match (self.kind, kind) {
            (Kind::Number(wanted), _) => number::read(cell) == Some(wanted),
            (Kind::YesNo(wanted), _) => word::answer(cell) == wanted,
            (Kind::Text, column::Kind::Day) => day(&self.shown).is_some_and(|wanted| day(cell) == Some(wanted)),
            (Kind::Text, column::Kind::YesNo) => {
                let wanted = word::answer(&self.shown);
                wanted != Answer::Unknown && word::answer(cell) == wanted
            }
            // A text of digits alone is a code, and `030` is not `30`.
            (Kind::Text, column::Kind::Number) => {
                let is_code = self.shown.bytes().all(|b| b.is_ascii_digit());
                !is_code && number::read(&self.shown).is_some_and(|wanted| number::read(cell) == Some(wanted))
            }
            (Kind::Text, column::Kind::Text | column::Kind::Tags) => false,
        }
    }
}

impl Near {
    /// The first day and the last that it takes, seen from `today`.
    fn days(self, today: Date, stretch: Stretch) -> (Date, Date) {
        match self {
            Self::Last => (stretch.before(today), today),
            Self::Next => (today, stretch.after(today)),
            Self::Older => (Date::MIN, stretch.before(today).yesterday().unwrap_or(Date::MIN)),
        }
    }
}

impl Stretch {
    fn span(self) -> jiff::Span {
        match self.unit {
            Unit::Day => self.number.days(),
            Unit::Week => self.number.weeks(),
            Unit::Month => self.number.months(),
            Unit::Year => self.number.years(),
        }
    }

    fn before(self, day: Date) -> Date {
        day.saturating_sub(self.span())
    }

    fn after(self, day: Date) -> Date {
        day.saturating_add(self.span())
    }
}
