//! The YAML of `only:` into conditions, every mistake at its own path.

use crate::finding::suggestion;
use crate::subscriber::consent::Answer;
use crate::subscriber::segment::{Condition, Kind, Near, Problem, Stretch, Test, Unit, Wanted, compared};
use crate::subscriber::{date, number, tags, word};
use jiff::civil::Date;
use serde_yaml::{Mapping, Value};

/// The tests that can be written under a column.
const TESTS: [&str; 14] = [
    "is",
    "not",
    "has",
    "lacks",
    "since",
    "before",
    "within_last",
    "within_next",
    "older_than",
    "at_least",
    "at_most",
    "contains",
    "starts_with",
    "missing",
];

/// What people write for a test, and what is meant by it.
const MEANT: [(&str, &str); 16] = [
    ("equals", "`is`"),
    ("in", "`is`, with a list of values"),
    ("is_not", "`not`"),
    ("not_in", "`not`, with a list of values"),
    ("after", "`since`, which takes the day itself too"),
    ("from", "`since`"),
    ("until", "`before`, which does not take the day itself"),
    (
        "within",
        "`within_last: 90 days` for days that are over, `within_next: 90 days` for days to come",
    ),
    ("newer_than", "`within_last: 90 days`"),
    ("tags", "`has: [massage]`"),
    ("any", "`has`, with a list of tags"),
    ("none", "`lacks`, with a list of tags"),
    ("greater_than", "`at_least`, which takes the number itself too"),
    ("less_than", "`at_most`, which takes the number itself too"),
    ("empty", "`missing: true`"),
    ("exists", "`missing: false`"),
];

/// More conditions than this are no question that a person asks.
pub const MOST_CONDITIONS: usize = 100;

/// More values than this in one condition belong into a column of the list.
pub const MOST_VALUES: usize = 10_000;

/// All conditions, or all problems.
pub(super) fn conditions(mapping: &Mapping) -> Result<Vec<Condition>, Vec<Problem>> {
    let mut reader = Reader::default();
    for (key, value) in mapping {
        reader.column(key, value);
        if reader.conditions.len() > MOST_CONDITIONS {
            let text = format!("there are more than {MOST_CONDITIONS} conditions");
            reader.problem(&[shown(key)], text, "put what they have in common into a column of the list");
            break;
        }
    }
    match reader.problems.is_empty() {
        true => Ok(reader.conditions),
        false => Err(reader.problems),
    }
}

#[derive(Default)]
struct Reader {
    conditions: Vec<Condition>,
    problems: Vec<Problem>,
}

impl Reader {
    fn column(&mut self, key: &Value, value: &Value) {
        let written = shown(key);
        let path = std::slice::from_ref(&written);
        let Some(column) = word::attribute_name(&written) else {
            self.problem(
                path,
                format!("`{written}` is no column's name"),
                "write a column of the list, such as `city`",
            );
            return;
        };
        let tests = match value {
            Value::Mapping(tests) if !tests.is_empty() => self.tests(&written, tests),
            Value::Mapping(_) | Value::Null => {
                self.problem(
                    path,
                    format!("`{written}` says nothing about the column"),
                    &format!("write a value, as in `{written}: Bath`, or `{written}: {{missing: true}}` for an empty cell"),
                );
                return;
            }
            one_or_more => self.values(path, one_or_more).map(Test::Is).into_iter().collect(),
        };
        self.nobody(path, &tests);
        let is_short = !value.is_mapping();
        self.conditions.extend(tests.into_iter().map(|test| Condition {
            column: column.clone(),
            path: match is_short {
                true => vec![written.clone()],
                false => vec![written.clone(), test.name().to_owned()],
            },
            test,
            column_at: None,
            test_at: None,
        }));
    }

    fn tests(&mut self, column: &str, tests: &Mapping) -> Vec<Test> {
        let mut read = Vec::new();
        for (key, value) in tests {
            let name = shown(key);
            let path = [column.to_owned(), name.clone()];
            let test = match name.as_str() {
                "is" => self.values(&path, value).map(Test::Is),
                "not" => self.values(&path, value).map(Test::Not),
                "has" => self.tags(&path, value).map(Test::Has),
                "lacks" => self.tags(&path, value).map(Test::Lacks),
                "within_last" => self.stretch(&path, value).map(|stretch| Test::Near(Near::Last, stretch)),
                "within_next" => self.stretch(&path, value).map(|stretch| Test::Near(Near::Next, stretch)),
                "older_than" => self.stretch(&path, value).map(|stretch| Test::Near(Near::Older, stretch)),
                "since" => self.day(&path, value).map(Test::Since),
                "before" => self.day(&path, value).map(Test::Before),
                "at_least" => self.number(&path, value).map(Test::AtLeast),
                "at_most" => self.number(&path, value).map(Test::AtMost),
                "contains" => self.values(&path, value).map(Test::Contains),
                "starts_with" => self.values(&path, value).map(Test::StartsWith),
                "missing" => self.missing(&path, value),
                other => {
                    self.problem(&path, format!("unknown test `{other}`"), &meant(other));
                    None
                }
            };
            read.extend(test);
        }
        read
    }

    /// One value or a list of values.
    fn values(&mut self, path: &[String], value: &Value) -> Option<Vec<Wanted>> {
        let Value::Sequence(several) = value else {
            return self.value(path, value).map(|wanted| vec![wanted]);
        };
        if several.is_empty() {
            self.problem(
                path,
                "the list of values is empty".to_owned(),
                "name at least one value, or take the condition out",
            );
            return None;
        }
        if several.len() > MOST_VALUES {
            let text = format!("the list has more than {MOST_VALUES} values");
            self.problem(path, text, "mark these people in a column of the list, and ask for that");
            return None;
        }
        let read: Vec<Option<Wanted>> = several
            .iter()
            .enumerate()
            .map(|(position, value)| self.value(&[path, &[position.to_string()]].concat(), value))
            .collect();
        read.into_iter().collect()
    }

    /// One tag or a list of tags; a text with commas would be none that a cell could have.
    fn tags(&mut self, path: &[String], value: &Value) -> Option<Vec<Wanted>> {
        let wanted = self.values(path, value)?;
        let Some(odd) = wanted.iter().find(|wanted| tags::split(&wanted.shown).count() != 1) else {
            return Some(wanted);
        };
        let odd = odd.shown.clone();
        let several: Vec<&str> = tags::split(&odd).collect();
        let hint = match several.is_empty() {
            true => "write a tag, as in `has: [massage]`".to_owned(),
            false => format!("write a list: `[{}]`", several.join(", ")),
        };
        self.problem(path, format!("`{odd}` is not one tag"), &hint);
        None
    }

    fn value(&mut self, path: &[String], value: &Value) -> Option<Wanted> {
        let kind = match value {
            Value::Bool(true) => Kind::YesNo(Answer::Yes),
            Value::Bool(false) => Kind::YesNo(Answer::No),
            Value::Number(written) => written
                .as_f64()
                .filter(|number| number.is_finite())
                .map_or(Kind::Text, Kind::Number),
            Value::String(text) if !text.trim().is_empty() => Kind::Text,
            Value::String(_) | Value::Null => {
                self.problem(
                    path,
                    "a value is empty".to_owned(),
                    "an empty cell is asked for with `missing: true`",
                );
                return None;
            }
            Value::Sequence(_) | Value::Mapping(_) | Value::Tagged(_) => {
                self.problem(
                    path,
                    "found a list or a block where a single value belongs".to_owned(),
                    "write one value, such as `Bath`",
                );
                return None;
            }
        };
        let shown = shown(value);
        let (folded, tag) = (compared(&shown), tags::fold(tags::split(&shown).next().unwrap_or_default()));
        Some(Wanted {
            shown,
            folded,
            tag,
            kind,
            at: None,
        })
    }

    fn day(&mut self, path: &[String], value: &Value) -> Option<Date> {
        match date::read(&shown(value), None) {
            Ok(day) => Some(day),
            Err(error) => {
                self.problem(path, error.to_string(), &error.hint());
                None
            }
        }
    }

    fn number(&mut self, path: &[String], value: &Value) -> Option<f64> {
        let written = shown(value);
        let read = number::read(&written);
        if let (None, Some((one, other))) = (read, number::two_readings(&written)) {
            let text = format!("`{written}` may be {one} or {other}");
            self.problem(
                path,
                text,
                &format!("write `{one}` or `{other}`, without anything between the thousands"),
            );
        } else if read.is_none() {
            let hint = match date::read(&written, None) {
                Ok(_) => "days are compared with `since` and `before`",
                Err(_) => "write a number, such as `65`",
            };
            self.problem(path, format!("`{written}` is no number"), hint);
        }
        read
    }

    /// A length of time: `90 days`, `90d`, `6 months`.
    fn stretch(&mut self, path: &[String], value: &Value) -> Option<Stretch> {
        let written = shown(value);
        let read = stretch(&written);
        if read.is_none() {
            let hint = match date::read(&written, None) {
                Ok(_) => "a fixed day is asked for with `since` and `before`",
                Err(_) => "write a number of days, weeks, months or years, such as `90 days` or `6 months`",
            };
            self.problem(path, format!("`{written}` is no length of time"), hint);
        }
        read
    }

    fn missing(&mut self, path: &[String], value: &Value) -> Option<Test> {
        match value {
            Value::Bool(true) => Some(Test::Missing),
            Value::Bool(false) => Some(Test::Present),
            other => {
                let text = format!("`{}` is neither `true` nor `false`", shown(other));
                self.problem(
                    path,
                    text,
                    "write `missing: true` for an empty cell, `missing: false` for a filled one",
                );
                None
            }
        }
    }

    /// Tests of one column that exclude each other: nobody would ever match.
    fn nobody(&mut self, path: &[String], tests: &[Test]) {
        for one in tests {
            for other in tests {
                let text = match (one, other) {
                    (Test::Since(first), Test::Before(end)) if first >= end => {
                        format!("no day is on or after {first} and before {end}")
                    }
                    (Test::AtLeast(least), Test::AtMost(most)) if least > most => {
                        format!("no number is at least {least} and at most {most}")
                    }
                    (Test::Near(Near::Older, older), Test::Near(Near::Last, last)) if older == last => {
                        format!("no day is older than {older} and within the last {last}")
                    }
                    (Test::Missing, other) if !matches!(other, Test::Missing | Test::Not(_) | Test::Lacks(_)) => {
                        "no cell is empty and has a value".to_owned()
                    }
                    _ => continue,
                };
                self.problem(path, text, "as it stands nobody would get a letter; take one of the two out");
            }
        }
    }

    fn problem(&mut self, path: &[String], text: String, hint: &str) {
        self.problems.push(Problem {
            path: path.to_vec(),
            text,
            hint: Some(hint.to_owned()),
        });
    }
}

/// What an unknown test may be meant to be.
fn meant(test: &str) -> String {
    match MEANT.iter().find(|(written, _)| *written == test) {
        Some((_, meant)) => format!("write {meant}"),
        None => suggestion::hint(test, TESTS),
    }
}

/// A length of time, if the text is one: at most a hundred years.
fn stretch(text: &str) -> Option<Stretch> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = match unit.trim().to_lowercase().as_str() {
        "d" | "day" | "days" => (Unit::Day, 36_525),
        "w" | "week" | "weeks" => (Unit::Week, 5_200),
        "month" | "months" => (Unit::Month, 1_200),
        "y" | "year" | "years" => (Unit::Year, 100),
        _ => return None,
    };
    let number = number.parse().ok().filter(|number| (1..=unit.1).contains(number))?;
    Some(Stretch { number, unit: unit.0 })
}

/// A scalar as it was written, as near as YAML tells.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        Value::Sequence(_) => "[…]".to_owned(),
        Value::Mapping(_) | Value::Tagged(_) => "{…}".to_owned(),
    }
}
