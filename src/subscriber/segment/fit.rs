//! A segment against the columns that lists have: what cannot be asked of them, and what nobody would answer with yes.
//!
//! Promises: every finding stands where the condition was written, says what the column holds and which test fits it. Values of columns
//! that look sensitive are never shown. Knows nothing of how the values were found.

use super::{Condition, Kind, Segment, Test, Wanted, compared};
use crate::finding::{Finding, Place, suggestion};
use crate::subscriber::column;
use crate::subscriber::consent::Answer;
use crate::subscriber::{date, number, sensitive, tags, word};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// What is known of a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// The kind of its values.
    pub kind: column::Kind,
    /// Its values.
    pub values: Values,
}

/// The different values that stand in a column, as far as they were looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Values {
    /// The filled cells, each value once.
    pub filled: Vec<String>,
    /// Whether these are all.
    pub is_all: bool,
}

/// Of one condition at most so many values are said to be nobody's.
const MOST_SAID: usize = 5;

/// So many values of a column can be listed in a hint.
const MOST_LISTED: usize = 8;

/// What a test asks of a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Day,
    Number,
    Tags,
    Part,
    Value,
    Anything,
}

impl Segment {
    /// What is wrong with asking this segment of these columns, by name; `file` is where it was written.
    pub fn fit(&self, file: &str, columns: &BTreeMap<String, Facts>) -> Vec<Finding> {
        let mut findings = self.unknown_columns(file, columns);
        for condition in &self.conditions {
            if let Some(facts) = columns.get(&condition.column) {
                findings.extend(Fit { file, condition, facts }.findings());
            }
        }
        findings
    }

    /// Conditions on columns that no list has: they would leave everybody out.
    fn unknown_columns(&self, file: &str, columns: &BTreeMap<String, Facts>) -> Vec<Finding> {
        let named = self.named_columns();
        let unknown = named.into_iter().filter(|(column, _)| !columns.contains_key(*column));
        let finding = |(column, place): (&str, Option<Place>)| {
            let text = format!("`only` asks for the column `{column}`, and no list of this campaign has it");
            let hint = match (
                sensitive::is_sensitive_column(column),
                suggestion::nearest(column, columns.keys().map(String::as_str)),
            ) {
                (true, None) => {
                    "a column that looks sensitive is kept only where the list's mapping names it: `subscribers/NAME.yaml`"
                        .to_owned()
                }
                _ => suggestion::hint(column, columns.keys().map(String::as_str)),
            };
            placed(Finding::error(file, text).hint(hint), place)
        };
        unknown.map(finding).collect()
    }
}

fn placed(finding: Finding, place: Option<Place>) -> Finding {
    match place {
        Some(place) => finding.at(place),
        None => finding,
    }
}

/// One condition against its column.
struct Fit<'a> {
    file: &'a str,
    condition: &'a Condition,
    facts: &'a Facts,
}

impl Fit<'_> {
    fn findings(&self) -> Vec<Finding> {
        let values = &self.facts.values;
        if let Some(finding) = self.misfit() {
            return vec![finding];
        }
        let strangers = self.strangers();
        if !strangers.is_empty() {
            return strangers;
        }
        let asks_for_something = !matches!(self.condition.test, Test::Missing | Test::Not(_) | Test::Lacks(_));
        if values.is_all && values.filled.is_empty() && asks_for_something {
            let text = format!(
                "`{}` is empty for everybody on the lists of this campaign",
                self.condition.column
            );
            let hint = "nobody would get a letter by it; import the lists anew if it was filled lately";
            return vec![self.finding(Finding::warning(self.file, text), hint)];
        }
        self.unreadable()
            .or_else(|| self.whole_cells())
            .map_or_else(|| self.absent(), |one| vec![one])
    }

    fn finding(&self, finding: Finding, hint: impl Into<String>) -> Finding {
        placed(finding.hint(hint), self.condition.test_at.or(self.condition.column_at))
    }

    /// A test that the column's values can never pass.
    fn misfit(&self) -> Option<Finding> {
        use column::Kind::{Day, Number, Tags, Text, YesNo};
        let (column, shape) = (&self.condition.column, self.condition.test.shape());
        let fits = match (shape, self.facts.kind) {
            (Shape::Day, Day) | (Shape::Number, Number) => true,
            // In doubt a column is text: then its values tell.
            (Shape::Day | Shape::Number, Text) => {
                let values = &self.facts.values;
                values.filled.is_empty() || !values.is_all || values.filled.iter().any(|value| shape.takes(value))
            }
            (Shape::Day | Shape::Number, Day | Number | YesNo | Tags) | (Shape::Tags, Day | Number | YesNo) => false,
            (Shape::Part, Day | YesNo) => false,
            (Shape::Tags | Shape::Part, _) | (Shape::Value | Shape::Anything, _) => true,
        };
        let kind = self.facts.kind;
        let text = format!(
            "`{}` asks for {}, and `{column}` holds {kind}",
            self.condition.test.name(),
            shape.noun()
        );
        (!fits).then(|| self.finding(Finding::error(self.file, text), self.remedy(shape)))
    }

    /// The tests that fit the column, with an example; for text also how it becomes what was asked for.
    fn remedy(&self, shape: Shape) -> String {
        let column = &self.condition.column;
        let fitting = |tests: &str, example: &str| format!("ask with {tests}, as in `{column}: {example}`");
        match self.facts.kind {
            column::Kind::Day => fitting("`since`, `before`, `within_last` or `older_than`", "{since: 2026-06-01}"),
            column::Kind::Number => fitting("`at_least` and `at_most`", "{at_least: 12}"),
            column::Kind::YesNo => fitting("a plain value", "true"),
            column::Kind::Tags => fitting("`has` and `lacks`", "{has: [massage]}"),
            column::Kind::Text => {
                let (kind, example) = match shape {
                    Shape::Day => ("day", "2026-06-01"),
                    _ => ("number", "12"),
                };
                format!(
                    "write every cell like `{example}` and say `types: {{{column}: {kind}}}` in `subscribers/NAME.yaml`, or {}",
                    fitting("`is`, `contains` or `starts_with`", "{contains: Bath}")
                )
            }
        }
    }

    /// Values of `is` and `not` that are nothing such a column could hold.
    fn strangers(&self) -> Vec<Finding> {
        let (column, kind) = (&self.condition.column, self.facts.kind);
        let (Test::Is(wanted) | Test::Not(wanted)) = &self.condition.test else {
            return Vec::new();
        };
        let strange = wanted.iter().filter(|wanted| !wanted.suits(kind)).take(MOST_SAID);
        let finding = |wanted: &Wanted| {
            let text = format!("`{column}` holds {kind}, and `{}` is none", wanted.shown);
            let finding = Finding::error(self.file, text).hint(self.remedy(Shape::Value));
            placed(finding, wanted.at.or(self.condition.test_at))
        };
        strange.map(finding).collect()
    }

    /// Cells of a text column that a test on days or numbers cannot read: they are left out, and nobody would hear of it.
    fn unreadable(&self) -> Option<Finding> {
        let shape = self.condition.test.shape();
        if self.facts.kind != column::Kind::Text || !matches!(shape, Shape::Day | Shape::Number) {
            return None;
        }
        let filled = &self.facts.values.filled;
        let odd: Vec<&String> = filled.iter().filter(|value| !shape.takes(value)).collect();
        let first = odd.first()?;
        let column = &self.condition.column;
        let example = match sensitive::is_sensitive_column(column) {
            true => String::new(),
            false => format!(", such as `{}`", short(first)),
        };
        let text = format!(
            "{} of {} different values in `{column}` cannot be read as {}{example}: whoever has one gets no letter",
            odd.len(),
            filled.len(),
            shape.noun(),
        );
        let wanted = if shape == Shape::Day { "2026-06-01" } else { "12" };
        Some(self.finding(
            Finding::warning(self.file, text),
            format!("write them like `{wanted}` in the list's file"),
        ))
    }

    /// `is` on a column of tags compares all of a cell, which is seldom meant.
    fn whole_cells(&self) -> Option<Finding> {
        let (Test::Is(wanted) | Test::Not(wanted)) = &self.condition.test else {
            return None;
        };
        if self.facts.kind != column::Kind::Tags {
            return None;
        }
        let (column, name) = (&self.condition.column, self.condition.test.name());
        let text = format!("`{column}` holds tags, and `{name}` compares the whole cell with all its tags");
        let test = if name == "is" { "has" } else { "lacks" };
        let shown = wanted.first().map(|wanted| wanted.shown.as_str()).unwrap_or_default();
        let hint = format!("for one tag among others write `{column}: {{{test}: [{shown}]}}`");
        Some(self.finding(Finding::warning(self.file, text), hint))
    }

    /// Values that nobody has.
    fn absent(&self) -> Vec<Finding> {
        let values = &self.facts.values;
        if !values.is_all || values.filled.is_empty() {
            return Vec::new();
        }
        let known = Known::of(&values.filled, &self.condition.test);
        let absent = self.condition.test.values().iter();
        let absent: Vec<&Wanted> = absent.filter(|wanted| !known.has(wanted, self.facts.kind)).collect();
        let said = absent.iter().take(MOST_SAID).map(|wanted| self.nobodys(wanted, &known));
        let mut findings: Vec<Finding> = said.collect();
        if let (Some(last), Some(more)) = (findings.last_mut(), absent.len().checked_sub(MOST_SAID + 1)) {
            last.text = format!("{}, nor {} more of the values asked for", last.text, more + 1);
        }
        findings
    }

    fn nobodys(&self, wanted: &Wanted, known: &Known<'_>) -> Finding {
        let column = &self.condition.column;
        let what = match self.condition.test.shape() {
            Shape::Tags => format!("has the tag `{}` in `{column}`", wanted.shown),
            Shape::Part => format!("has a `{column}` that {} `{}`", verb(&self.condition.test), wanted.shown),
            _ => format!("has `{}` in `{column}`", wanted.shown),
        };
        let finding = Finding::warning(self.file, format!("nobody on the lists of this campaign {what}"));
        let hint = match sensitive::is_sensitive_column(column) {
            true => Some("its values are not shown here, because the column looks sensitive".to_owned()),
            false => known.hint(wanted),
        };
        let finding = match hint {
            Some(hint) => finding.hint(hint),
            None => finding,
        };
        placed(finding, wanted.at.or(self.condition.test_at))
    }
}

fn verb(test: &Test) -> &'static str {
    match test {
        Test::StartsWith(_) => "starts with",
        _ => "contains",
    }
}

/// A value short enough for a line.
fn short(value: &str) -> String {
    let tame = value.chars().map(|c| if c.is_control() { ' ' } else { c });
    tame.take(40).collect()
}

/// The values of a column as a test sees them.
struct Known<'a> {
    shown: Vec<&'a str>,
    folded: HashSet<String>,
    test: &'a Test,
}

impl<'a> Known<'a> {
    fn of(filled: &'a [String], test: &'a Test) -> Self {
        let shown: BTreeSet<&str> = match test.shape() {
            Shape::Tags => filled.iter().flat_map(|cell| tags::split(cell)).collect(),
            _ => filled.iter().map(|cell| cell.trim()).collect(),
        };
        let folded = shown.iter().map(|value| match test.shape() {
            Shape::Tags => tags::fold(value),
            _ => compared(value),
        });
        Self {
            folded: folded.collect(),
            shown: shown.into_iter().collect(),
            test,
        }
    }

    fn has(&self, wanted: &Wanted, kind: column::Kind) -> bool {
        match self.test {
            Test::Has(_) | Test::Lacks(_) => self.folded.contains(&wanted.tag),
            Test::Contains(_) => self.folded.iter().any(|value| value.contains(&wanted.folded)),
            Test::StartsWith(_) => self.folded.iter().any(|value| value.starts_with(&wanted.folded)),
            _ => self.folded.contains(&wanted.folded) || self.shown.iter().any(|value| wanted.equals(value, kind)),
        }
    }

    fn hint(&self, wanted: &Wanted) -> Option<String> {
        let number = matches!(wanted.kind, Kind::Number(_)) || number::read(&wanted.shown).is_some();
        match nearest(&wanted.shown, &self.shown) {
            Some(near) if !number => Some(format!("did you mean `{}`?", short(near))),
            _ if self.shown.len() <= MOST_LISTED => {
                let listed: Vec<String> = self.shown.iter().map(|value| format!("`{}`", short(value))).collect();
                Some(format!("the values there are: {}", listed.join(", ")))
            }
            _ => None,
        }
    }
}

/// The value that was meant: one that exists is likelier than a name of ours, so two slips in a short word may be.
fn nearest<'a>(found: &str, values: &[&'a str]) -> Option<&'a str> {
    let found = compared(found);
    let most = (found.chars().count() * 2 / 5).clamp(1, 3);
    let slips = values
        .iter()
        .map(|value| (strsim::damerau_levenshtein(&found, &compared(value)), *value));
    let nearest = slips.filter(|(slips, _)| *slips <= most).min_by_key(|(slips, _)| *slips);
    nearest.map(|(_, value)| value)
}

impl Wanted {
    /// Whether a column of this kind could hold it at all.
    fn suits(&self, kind: column::Kind) -> bool {
        match kind {
            column::Kind::Text | column::Kind::Tags => true,
            column::Kind::Day => date::read(&self.shown, None).is_ok(),
            column::Kind::Number => number::read(&self.shown).is_some(),
            column::Kind::YesNo => word::answer(&self.shown) != Answer::Unknown,
        }
    }
}

impl Test {
    fn shape(&self) -> Shape {
        match self {
            Self::Since(_) | Self::Before(_) | Self::Near(..) => Shape::Day,
            Self::AtLeast(_) | Self::AtMost(_) => Shape::Number,
            Self::Has(_) | Self::Lacks(_) => Shape::Tags,
            Self::Contains(_) | Self::StartsWith(_) => Shape::Part,
            Self::Is(_) | Self::Not(_) => Shape::Value,
            Self::Missing | Self::Present => Shape::Anything,
        }
    }
}

impl Shape {
    fn noun(self) -> &'static str {
        match self {
            Self::Day => "days",
            Self::Number => "numbers",
            Self::Tags => "tags",
            Self::Part => "a part of a text",
            Self::Value | Self::Anything => "a value",
        }
    }

    fn takes(self, value: &str) -> bool {
        match self {
            Self::Day => date::read(value, None).is_ok(),
            Self::Number => number::read(value).is_some(),
            Self::Tags | Self::Part | Self::Value | Self::Anything => true,
        }
    }
}

#[cfg(test)]
#[path = "fit_tests.rs"]
mod tests;
