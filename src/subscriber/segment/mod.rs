//! A segment: typed yes/no questions asked of one subscriber (`only:`), all of which must be answered with yes.
//!
//! Promises: every condition can be said in plain words and explained for one person. Text is compared without regard to case and
//! to blanks around it, days as days, numbers as numbers; an empty cell is an absent one. A condition on an absent column does not
//! hold, with two exceptions that follow from their words: `missing: true`, and `not`, because who has no city is not in Bath (to
//! demand a city as well, add `missing: false`). Knows nothing of lists: whether a column exists is the caller's question, answered
//! with [`Segment::columns`].

mod read;

use crate::subscriber::consent::Answer;
use crate::subscriber::{Attributes, date, word};
use jiff::civil::Date;
use std::fmt;

/// The conditions of one campaign; the default has none and means everybody.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Segment {
    conditions: Vec<Condition>,
}

/// Something wrong in the text of a segment; the caller knows the file and finds the place by the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The keys that lead to it, as written, under `only:`; a position in a list counts from 0.
    pub path: Vec<String>,
    /// What is wrong.
    pub text: String,
    /// The next step.
    pub hint: Option<String>,
}

/// One condition, asked of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// The condition in words.
    pub text: String,
    /// What the person's record says, if anything.
    pub found: Option<String>,
    /// Whether it holds.
    pub holds: bool,
}

/// One test of one column.
#[derive(Debug, Clone, PartialEq)]
struct Condition {
    column: String,
    test: Test,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Is(Vec<Wanted>),
    Not(Vec<Wanted>),
    Since(Date),
    Before(Date),
    AtLeast(f64),
    AtMost(f64),
    Contains(Vec<Wanted>),
    StartsWith(Vec<Wanted>),
    Missing,
    Present,
}

/// A value as written in the campaign, ready to be compared.
#[derive(Debug, Clone, PartialEq)]
struct Wanted {
    /// As written.
    shown: String,
    /// As compared.
    folded: String,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Number(f64),
    YesNo(Answer),
}

impl Segment {
    /// Reads the mapping under `only:`.
    ///
    /// # Errors
    /// All problems at once.
    pub fn read(conditions: &serde_yaml::Mapping) -> Result<Self, Vec<Problem>> {
        let conditions = read::conditions(conditions)?;
        Ok(Self { conditions })
    }

    /// The columns that the segment asks for, each once, as attributes are named.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = self.conditions.iter().map(|condition| condition.column.as_str()).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Whether everybody matches, because nothing is asked.
    pub fn is_everybody(&self) -> bool {
        self.conditions.is_empty()
    }

    /// Whether all conditions hold for a person with these attributes.
    pub fn matches(&self, attributes: &Attributes) -> bool {
        self.conditions.iter().all(|condition| condition.holds(attributes))
    }

    /// The first condition that does not hold, in words.
    pub fn first_miss(&self, attributes: &Attributes) -> Option<String> {
        self.conditions
            .iter()
            .find(|condition| !condition.holds(attributes))
            .map(ToString::to_string)
    }

    /// Every condition with its answer for one person.
    pub fn explain(&self, attributes: &Attributes) -> Vec<Clause> {
        let clause = |condition: &Condition| Clause {
            text: condition.to_string(),
            found: condition.cell(attributes).map(str::to_owned),
            holds: condition.holds(attributes),
        };
        self.conditions.iter().map(clause).collect()
    }

    /// The whole segment in words, for the record of an edition.
    pub fn to_words(&self) -> String {
        if self.is_everybody() {
            return "everybody".to_owned();
        }
        let clauses: Vec<String> = self.conditions.iter().map(ToString::to_string).collect();
        clauses.join(", and ")
    }
}

impl Condition {
    fn cell<'a>(&self, attributes: &'a Attributes) -> Option<&'a str> {
        let cell = attributes.get(&self.column)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    fn holds(&self, attributes: &Attributes) -> bool {
        match self.cell(attributes) {
            Some(cell) => self.test.holds(cell),
            None => matches!(self.test, Test::Missing | Test::Not(_)),
        }
    }
}

impl Test {
    fn holds(&self, cell: &str) -> bool {
        let day = |cell| date::read(cell, None).ok();
        match self {
            Self::Is(wanted) => wanted.iter().any(|wanted| wanted.equals(cell)),
            Self::Not(wanted) => !wanted.iter().any(|wanted| wanted.equals(cell)),
            Self::Since(first) => day(cell).is_some_and(|day| day >= *first),
            Self::Before(end) => day(cell).is_some_and(|day| day < *end),
            Self::AtLeast(least) => number(cell).is_some_and(|number| number >= *least),
            Self::AtMost(most) => number(cell).is_some_and(|number| number <= *most),
            Self::Contains(parts) => {
                let cell = compared(cell);
                parts.iter().any(|part| cell.contains(&part.folded))
            }
            Self::StartsWith(starts) => {
                let cell = compared(cell);
                starts.iter().any(|start| cell.starts_with(&start.folded))
            }
            Self::Missing => false,
            Self::Present => true,
        }
    }
}

impl Wanted {
    fn equals(&self, cell: &str) -> bool {
        compared(cell) == self.folded
            || match self.kind {
                Kind::Text => false,
                Kind::Number(wanted) => number(cell) == Some(wanted),
                Kind::YesNo(wanted) => word::answer(cell) == wanted,
            }
    }
}

/// A cell as text is compared.
fn compared(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.trim().to_lowercase().nfc().collect()
}

/// A cell as a number; infinity and "not a number" are none.
fn number(text: &str) -> Option<f64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b"+-.".contains(&b));
    text.parse().ok().filter(|number: &f64| plain && number.is_finite())
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let column = &self.column;
        match &self.test {
            Test::Is(wanted) => write!(f, "`{column}` is {}", either(wanted)),
            Test::Not(wanted) => write!(f, "`{column}` is not {}", either(wanted)),
            Test::Since(first) => write!(f, "`{column}` is on or after {first}"),
            Test::Before(end) => write!(f, "`{column}` is before {end}"),
            Test::AtLeast(least) => write!(f, "`{column}` is at least {least}"),
            Test::AtMost(most) => write!(f, "`{column}` is at most {most}"),
            Test::Contains(parts) => write!(f, "`{column}` contains {}", either(parts)),
            Test::StartsWith(starts) => write!(f, "`{column}` starts with {}", either(starts)),
            Test::Missing => write!(f, "`{column}` is empty"),
            Test::Present => write!(f, "`{column}` is not empty"),
        }
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

#[cfg(test)]
mod tests;
