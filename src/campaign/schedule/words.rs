//! The words of schedules: names of days and months, and what is said when a word is none of them.
//!
//! Promises: words are read without regard to case and blanks; a wrong word comes back with what would have been right. Knows
//! nothing of files: [`Mapping`] is where a wrong word gets its place.

use crate::finding::Finding;
use crate::finding::yaml::Source;
use jiff::civil::Weekday;

/// The days of the week as they are written, in order.
pub(crate) const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The months as they are written, in order.
pub(crate) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What is wrong with a value, and the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// What was found against what was wanted.
    pub(crate) text: String,
    /// How to mend it.
    pub(crate) hint: String,
}

impl Wrong {
    pub(crate) fn new(text: impl Into<String>, hint: impl Into<String>) -> Self {
        let (text, hint) = (text.into(), hint.into());
        Self { text, hint }
    }
}

/// One mapping of a file under check, and all that is wrong with it so far.
pub(crate) struct Mapping<'a> {
    source: &'a Source<'a>,
    path: &'a [&'a str],
    findings: Vec<Finding>,
}

impl<'a> Mapping<'a> {
    pub(crate) fn new(source: &'a Source<'a>, path: &'a [&'a str]) -> Self {
        let findings = Vec::new();
        Self { source, path, findings }
    }

    /// Reads the value of `key`, if there is one.
    pub(crate) fn read<T>(&mut self, key: &str, value: Option<&str>, reader: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        self.gather(&[key], reader(value?))
    }

    /// Reads the value of `key`, which must be there.
    pub(crate) fn demand<T>(
        &mut self,
        key: &str,
        value: Option<&str>,
        absent: Wrong,
        reader: impl FnOnce(&str) -> Result<T, Wrong>,
    ) -> Option<T> {
        if value.is_none() {
            self.missing(key, absent);
        }
        self.read(key, value, reader)
    }

    /// Keeps what is right; what is wrong becomes a finding at `steps` below this mapping.
    pub(crate) fn gather<T>(&mut self, steps: &[&str], outcome: Result<T, Wrong>) -> Option<T> {
        outcome.map_err(|wrong| self.wrong(steps, wrong)).ok()
    }

    /// Something is wrong at `steps` below this mapping.
    pub(crate) fn wrong(&mut self, steps: &[&str], wrong: Wrong) {
        let finding = self.finding(steps, wrong);
        self.findings.push(finding);
    }

    /// `key` is missing, unless the reader of the file has already complained about it.
    pub(crate) fn missing(&mut self, key: &str, wrong: Wrong) {
        let missing = self.source.missing(&[self.path, &[key]].concat(), wrong.text);
        self.findings.extend(missing.map(|finding| finding.hint(wrong.hint)));
    }

    /// Whether the text has nothing like `key` here.
    pub(crate) fn lacks(&self, key: &str) -> bool {
        self.source.missing(&[self.path, &[key]].concat(), "").is_some()
    }

    /// A finding at `steps` below this mapping, not yet gathered.
    pub(crate) fn finding(&self, steps: &[&str], wrong: Wrong) -> Finding {
        self.source.finding(&[self.path, steps].concat(), wrong.text).hint(wrong.hint)
    }

    /// The checked value, or everything that is wrong; no finding at all where the reader of the file has said it.
    pub(crate) fn close<T>(self, value: Option<T>) -> Result<T, Vec<Finding>> {
        match value {
            Some(value) if self.findings.is_empty() => Ok(value),
            _ => Err(self.findings),
        }
    }
}

/// The text in lower case, single blanks between its words.
pub(crate) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The text as a finding shows it: in backticks, short, without controls.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let tame: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match tame.char_indices().nth(MOST) {
        Some((end, _)) => format!("`{}…`", &tame[..end]),
        None => format!("`{tame}`"),
    }
}

/// The day of the week that `word` names, in full or by its first three letters.
pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    let offset = position(word, &WEEKDAYS)?;
    Weekday::from_monday_zero_offset(offset).ok()
}

/// The name of a day of the week.
pub(crate) fn weekday_name(weekday: Weekday) -> &'static str {
    WEEKDAYS[weekday.to_monday_zero_offset().unsigned_abs() as usize % 7]
}

/// The month from 1 that `word` names, in full or by its first three letters.
pub(crate) fn month(word: &str) -> Option<i8> {
    position(word, &MONTHS).map(|offset| offset + 1)
}

/// The name of a month counted from 1.
pub(crate) fn month_name(month: i8) -> &'static str {
    MONTHS[(month.unsigned_abs() as usize + 11) % 12]
}

/// Names that people cut short behind the third letter; any other piece of a name is a slip of the finger.
const SHORT: [&str; 4] = ["tues", "thur", "thurs", "sept"];

/// Three letters are enough to tell any two names apart.
fn position(word: &str, names: &[&str]) -> Option<i8> {
    let word = plain(word);
    let is_short = word.len() == 3 || SHORT.contains(&word.as_str());
    let starts = |name: &&str| {
        let name = name.to_lowercase();
        name == word || (is_short && name.starts_with(&word))
    };
    names.iter().position(starts).and_then(|at| i8::try_from(at).ok())
}

/// `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
