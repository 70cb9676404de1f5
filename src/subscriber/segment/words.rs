//! Conditions in plain words.

use super::{Condition, Near, Segment, Stretch, Test, Unit, Wanted};
use jiff::civil::Date;
use std::fmt;

impl Segment {
    /// The whole segment in words, for the record of an edition.
    pub fn to_words(&self) -> String {
        if self.is_everybody() {
            return "everybody".to_owned();
        }
        let clauses: Vec<String> = self.conditions.iter().map(|condition| condition.to_words(None)).collect();
        clauses.join(", and ")
    }
}

impl Condition {
    /// The condition in words; `days` are those that it takes by the day of the edition, once that is known.
    pub(super) fn to_words(&self, days: Option<(Date, Date)>) -> String {
        let column = &self.column;
        match &self.test {
            Test::Is(wanted) => format!("`{column}` is {}", either(wanted)),
            Test::Not(wanted) => format!("`{column}` is not {}", either(wanted)),
            Test::Has(wanted) => format!("`{column}` has {}", either(wanted)),
            Test::Lacks(wanted) => format!("`{column}` lacks {}", either(wanted)),
            Test::Since(first) => format!("`{column}` is on or after {first}"),
            Test::Before(end) => format!("`{column}` is before {end}"),
            Test::Near(near, stretch) => format!("`{column}` is {}", near_words(*near, *stretch, days)),
            Test::AtLeast(least) => format!("`{column}` is at least {least}"),
            Test::AtMost(most) => format!("`{column}` is at most {most}"),
            Test::Contains(parts) => format!("`{column}` contains {}", either(parts)),
            Test::StartsWith(starts) => format!("`{column}` starts with {}", either(starts)),
            Test::Missing => format!("`{column}` is empty"),
            Test::Present => format!("`{column}` is not empty"),
        }
    }
}

/// "within the last 90 days (2026-09-02 to 2026-12-01)": nothing that moves with the day is said without its days.
fn near_words(near: Near, stretch: Stretch, days: Option<(Date, Date)>) -> String {
    let words = match near {
        Near::Last => format!("within the last {stretch}"),
        Near::Next => format!("within the next {stretch}"),
        Near::Older => format!("older than {stretch}"),
    };
    match (days, near) {
        (None, _) => words,
        (Some((_, last)), Near::Older) => format!("{words} ({last} or before)"),
        (Some((first, last)), Near::Last | Near::Next) => format!("{words} ({first} to {last})"),
    }
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Day => "day",
            Unit::Week => "week",
            Unit::Month => "month",
            Unit::Year => "year",
        };
        let many = if self.number == 1 { "" } else { "s" };
        write!(f, "{} {unit}{many}", self.number)
    }
}

/// "a, b or c".
fn either(wanted: &[Wanted]) -> String {
    let quoted: Vec<String> = wanted.iter().map(|wanted| format!("`{}`", wanted.shown)).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}
