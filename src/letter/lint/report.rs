//! What one file has said of it: findings at their lines, each kind under its name.
//!
//! Promises: a place costs a look into an index, however long the file; no kind of finding grows without end. Knows no rule.

use crate::finding::{Finding, Place};
use std::collections::HashMap;

/// More of one kind in one file helps nobody; the rest is counted.
const MOST_OF_A_KIND: usize = 200;

/// Collects the findings of one file.
pub(super) struct Report<'t> {
    file: &'t str,
    text: &'t str,
    /// The bytes at which the lines start.
    starts: Vec<usize>,
    /// The line of the file at which `text` begins.
    first_line: usize,
    findings: Vec<Finding>,
    counts: HashMap<&'static str, usize>,
}

impl<'t> Report<'t> {
    /// A report about `text`, which begins on line `first_line` of `file`.
    pub(super) fn of(file: &'t str, text: &'t str, first_line: usize) -> Self {
        let after_breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        Self {
            file,
            text,
            starts: std::iter::once(0).chain(after_breaks).collect(),
            first_line: first_line.max(1),
            findings: Vec::new(),
            counts: HashMap::new(),
        }
    }

    /// The place of a byte of the text in its file.
    pub(super) fn place(&self, offset: usize) -> Place {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let before = self.text.get(self.starts[line]..offset).unwrap_or("");
        // A column beyond a screen's width is found by its line; counting a megabyte of one line for each finding is no help.
        let column = before.chars().take(10_000).count() + 1;
        Place::new(self.first_line + line, column)
    }

    /// A warning at a byte of the text.
    pub(super) fn warn(&mut self, name: &'static str, offset: usize, text: impl Into<String>, hint: impl Into<String>) {
        self.file_one(name, offset, |file| Finding::warning(file, text).hint(hint));
    }

    /// An error at a byte of the text.
    pub(super) fn refuse(&mut self, name: &'static str, offset: usize, text: impl Into<String>, hint: impl Into<String>) {
        self.file_one(name, offset, |file| Finding::error(file, text).hint(hint));
    }

    fn file_one(&mut self, name: &'static str, offset: usize, finding: impl FnOnce(&str) -> Finding) {
        let count = self.counts.entry(name).or_default();
        *count += 1;
        if *count <= MOST_OF_A_KIND {
            let finding = finding(self.file).at(self.place(offset)).called(name);
            self.findings.push(finding);
        }
    }

    /// All of them, by line, each once.
    pub(super) fn findings(mut self) -> Vec<Finding> {
        self.findings
            .sort_by(|one, other| (one.place, one.name, &one.text).cmp(&(other.place, other.name, &other.text)));
        self.findings.dedup();
        self.findings
    }
}

/// At most so many characters of a text, for showing in a finding; what breaks a line or cannot be seen is a blank.
pub(super) fn shown(text: &str, most: usize) -> String {
    let mut short: String = text
        .chars()
        .map(|c| {
            if c.is_control() || super::reading::is_blind(c) {
                ' '
            } else {
                c
            }
        })
        .take(most + 1)
        .collect();
    if short.chars().count() > most {
        short.pop();
        short.push('…');
    }
    short.trim().to_owned()
}
