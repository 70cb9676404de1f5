//! The YAML of `only:` into conditions, every mistake at its own path.

use crate::finding::suggestion;
use crate::subscriber::consent::Answer;
use crate::subscriber::date;
use crate::subscriber::segment::{Condition, Kind, Problem, Test, Wanted, compared, number};
use crate::subscriber::word;
use jiff::civil::Date;
use serde_yaml::{Mapping, Value};

/// The tests that can be written under a column.
const TESTS: [&str; 9] = [
    "is",
    "not",
    "since",
    "before",
    "at_least",
    "at_most",
    "contains",
    "starts_with",
    "missing",
];

/// All conditions, or all problems.
pub(super) fn conditions(mapping: &Mapping) -> Result<Vec<Condition>, Vec<Problem>> {
    let mut reader = Reader::default();
    for (key, value) in mapping {
        reader.column(key, value);
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
        self.conditions.extend(tests.into_iter().map(|test| Condition {
            column: column.clone(),
            test,
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
                "since" => self.day(&path, value).map(Test::Since),
                "before" => self.day(&path, value).map(Test::Before),
                "at_least" => self.number(&path, value).map(Test::AtLeast),
                "at_most" => self.number(&path, value).map(Test::AtMost),
                "contains" => self.values(&path, value).map(Test::Contains),
                "starts_with" => self.values(&path, value).map(Test::StartsWith),
                "missing" => self.missing(&path, value),
                other => {
                    self.problem(&path, format!("unknown test `{other}`"), &suggestion::hint(other, TESTS));
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
        let read: Vec<Option<Wanted>> = several
            .iter()
            .enumerate()
            .map(|(position, value)| self.value(&[path, &[position.to_string()]].concat(), value))
            .collect();
        read.into_iter().collect()
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
        let folded = compared(&shown);
        Some(Wanted { shown, folded, kind })
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
        let read = number(written.trim());
        if read.is_none() {
            let hint = match date::read(&written, None) {
                Ok(_) => "days are compared with `since` and `before`",
                Err(_) => "write a number, such as `65`",
            };
            self.problem(path, format!("`{written}` is no number"), hint);
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
                    (Test::Missing, Test::Is(_) | Test::Since(_) | Test::AtLeast(_) | Test::Contains(_)) => {
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
