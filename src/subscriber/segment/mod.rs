//! A segment: typed yes/no questions asked of one subscriber (`only:`), all of which must be answered with yes.
//!
//! Promises: every condition can be said in plain words and explained for one person. Text is compared without regard to case and
//! to blanks around it, days as days, numbers as numbers; an empty cell is an absent one. A condition on an absent column does not
//! hold, with the exceptions that follow from their words: `missing: true`, and `not` and `lacks`, because who has no city is not in
//! Bath (to demand a city as well, add `missing: false`). A [`Segment`] is what was written; only [`Asked`], which knows the day and the
//! columns' kinds, answers. Knows nothing of lists: which columns there are is the caller's to say.

mod ask;
mod fit;
mod read;
mod words;

pub use ask::{Asked, Clause};
pub use fit::{Facts, Values};
pub use read::{MOST_CONDITIONS, MOST_VALUES};

use crate::finding::Place;
use crate::subscriber::column;
use crate::subscriber::consent::Answer;
use jiff::civil::Date;
use std::collections::BTreeMap;

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

/// Where a key and its value stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    /// The key, or the item of a list.
    pub key: Place,
    /// The value.
    pub value: Place,
}

/// One test of one column.
#[derive(Debug, Clone, PartialEq)]
struct Condition {
    /// The column as attributes are named.
    column: String,
    test: Test,
    /// The keys that lead to the test, as written.
    path: Vec<String>,
    /// Where the column is named, and where the test is, once that is known.
    column_at: Option<Place>,
    test_at: Option<Place>,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Is(Vec<Wanted>),
    Not(Vec<Wanted>),
    Has(Vec<Wanted>),
    Lacks(Vec<Wanted>),
    Since(Date),
    Before(Date),
    Near(Near, Stretch),
    AtLeast(f64),
    AtMost(f64),
    Contains(Vec<Wanted>),
    StartsWith(Vec<Wanted>),
    Missing,
    Present,
}

/// Which days a test counts from the day of the edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Near {
    /// Up to that day, itself included.
    Last,
    /// From that day on, itself included.
    Next,
    /// Before all that `Last` would take.
    Older,
}

/// A length of time in whole days of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    number: i32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// A value as written in the campaign, ready to be compared.
#[derive(Debug, Clone, PartialEq)]
struct Wanted {
    /// As written.
    shown: String,
    /// As compared.
    folded: String,
    /// As compared with a tag.
    tag: String,
    kind: Kind,
    at: Option<Place>,
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

    /// The same segment, whose conditions know where they were written; `find` gives what stands at a path under `only:`.
    #[must_use]
    pub fn placed(mut self, mut find: impl FnMut(&[&str]) -> Option<Spot>) -> Self {
        for condition in &mut self.conditions {
            let path: Vec<&str> = condition.path.iter().map(String::as_str).collect();
            condition.column_at = find(&path[..1]).map(|spot| spot.key);
            let test = find(&path);
            condition.test_at = test.map(|spot| if path.len() > 1 { spot.key } else { spot.value });
            for (position, wanted) in condition.test.values_mut().iter_mut().enumerate() {
                let item = position.to_string();
                let listed = find(&[path.as_slice(), &[item.as_str()]].concat());
                wanted.at = listed.or(test).map(|spot| spot.value);
            }
        }
        self
    }

    /// The columns that the segment asks for, each once, as attributes are named.
    pub fn columns(&self) -> Vec<&str> {
        let mut columns: Vec<&str> = self.conditions.iter().map(|condition| condition.column.as_str()).collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// The same columns, each with the place where it is first named.
    pub fn named_columns(&self) -> BTreeMap<&str, Option<Place>> {
        let mut named = BTreeMap::new();
        for condition in &self.conditions {
            named.entry(condition.column.as_str()).or_insert(condition.column_at);
        }
        named
    }

    /// Whether everybody matches, because nothing is asked.
    pub fn is_everybody(&self) -> bool {
        self.conditions.is_empty()
    }

    /// The segment as it is asked on this day, of columns of these kinds; a column that is not among them holds text.
    pub fn on(&self, today: Date, kinds: &BTreeMap<String, column::Kind>) -> Asked {
        Asked::new(&self.conditions, today, kinds)
    }
}

impl Test {
    /// The values that were written for the test, where it has any.
    fn values(&self) -> &[Wanted] {
        match self {
            Self::Is(values)
            | Self::Not(values)
            | Self::Has(values)
            | Self::Lacks(values)
            | Self::Contains(values)
            | Self::StartsWith(values) => values,
            Self::Since(_)
            | Self::Before(_)
            | Self::Near(..)
            | Self::AtLeast(_)
            | Self::AtMost(_)
            | Self::Missing
            | Self::Present => &[],
        }
    }

    fn values_mut(&mut self) -> &mut [Wanted] {
        match self {
            Self::Is(values)
            | Self::Not(values)
            | Self::Has(values)
            | Self::Lacks(values)
            | Self::Contains(values)
            | Self::StartsWith(values) => values,
            Self::Since(_)
            | Self::Before(_)
            | Self::Near(..)
            | Self::AtLeast(_)
            | Self::AtMost(_)
            | Self::Missing
            | Self::Present => &mut [],
        }
    }

    /// The word that a campaign writes for it.
    fn name(&self) -> &'static str {
        match self {
            Self::Is(_) => "is",
            Self::Not(_) => "not",
            Self::Has(_) => "has",
            Self::Lacks(_) => "lacks",
            Self::Since(_) => "since",
            Self::Before(_) => "before",
            Self::Near(Near::Last, _) => "within_last",
            Self::Near(Near::Next, _) => "within_next",
            Self::Near(Near::Older, _) => "older_than",
            Self::AtLeast(_) => "at_least",
            Self::AtMost(_) => "at_most",
            Self::Contains(_) => "contains",
            Self::StartsWith(_) => "starts_with",
            Self::Missing | Self::Present => "missing",
        }
    }
}

/// A cell as text is compared.
fn compared(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.trim().to_lowercase().nfc().collect()
}

#[cfg(test)]
mod tests;
