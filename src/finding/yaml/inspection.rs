//! Looking through a text that has been read: what is wrong with it is said at its place, all at once.
//!
//! Promises: a missing text is said once, even where its key is there and misspelt. Knows nothing of what the keys mean.

use super::Source;
use crate::finding::{Finding, Severity};

/// A text under inspection, and what has been found in it.
#[derive(Debug)]
pub struct Inspection<'a> {
    /// The text.
    pub source: Source<'a>,
    /// Everything found so far.
    pub findings: Vec<Finding>,
}

impl Inspection<'_> {
    /// Notes something wrong with the value at `path`.
    pub fn wrong(&mut self, path: &[&str], text: impl Into<String>, hint: impl Into<String>) {
        self.findings.push(self.source.finding(path, text).hint(hint));
    }

    /// Notes something at `path` that deserves a look.
    pub fn doubt(&mut self, path: &[&str], text: impl Into<String>, hint: impl Into<String>) {
        let finding = self.source.finding(path, text).hint(hint);
        self.findings.push(Finding {
            severity: Severity::Warning,
            ..finding
        });
    }

    /// Notes that the whole part at `path` is missing, unless it is there in some form whose own mistake is said already.
    pub fn missing(&mut self, path: &[&str], hint: impl Into<String>) {
        let finding = self.source.missing(path, format!("`{}` is missing", path.join(".")));
        self.findings.extend(finding.map(|finding| finding.hint(hint)));
    }

    /// A text that has to be there, without blanks around it.
    pub fn required(&mut self, path: &[&str], found: Option<&String>, hint: &str) -> Option<String> {
        match found.map(|text| text.trim()) {
            Some(text) if !text.is_empty() => return Some(text.to_owned()),
            Some(_) => self.wrong(path, format!("`{}` is empty", path.join(".")), hint),
            None => self.missing(path, hint),
        }
        None
    }

    /// What has been found, in the order of the text.
    pub fn into_findings(mut self) -> Vec<Finding> {
        self.findings.sort_by_key(|finding| finding.place);
        self.findings
    }
}
