//! A finding is something wrong in the files a person wrote: where it is, what was found, what was wanted, how to mend it.
//!
//! Promises: every finding can be shown as `path:line:column: text`, and readers collect all of them instead of stopping at the
//! first. Knows nothing of files on disk: paths are the names that the reader was given.

pub mod name;
pub mod suggestion;
pub mod yaml;

use name::Name;
use std::fmt;

/// A place in a text: line and column, both counted from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl Place {
    /// The place `line`:`column`.
    pub fn new(line: usize, column: usize) -> Self {
        Self { line, column }
    }

    /// The place of byte `offset` in `text`; an offset past the end is the end.
    pub fn of_offset(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Self { line, column }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Whether a finding stops what depends on the file, or only deserves a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing that uses this file is sent until it is mended.
    Error,
    /// Said, and gone on with.
    Warning,
}

/// Something wrong in the workspace's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Error or warning.
    pub severity: Severity,
    /// The file, relative to the workspace, with `/` between folders.
    pub file: String,
    /// Where in the file, when a place is known.
    pub place: Option<Place>,
    /// What was found against what was wanted: lower case, no full stop, names in backticks.
    pub text: String,
    /// The next step, when there is one to name.
    pub hint: Option<String>,
    /// A short name that stays the same, for kinds of findings that a person may accept on purpose or read more about.
    pub name: Option<Name>,
}

impl Finding {
    /// An error in `file`.
    pub fn error(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            file: file.into(),
            place: None,
            text: text.into(),
            hint: None,
            name: None,
        }
    }

    /// A warning about `file`.
    pub fn warning(file: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(file, text)
        }
    }

    /// The same finding at `place`.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// The same finding with a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same finding under the name of its kind.
    #[must_use]
    pub fn called(mut self, name: &str) -> Self {
        self.name = Name::of(name);
        self
    }

    /// The name in brackets, where it is of use: what cannot be accepted needs none.
    pub fn shown_name(&self) -> String {
        let name = self.name.filter(|_| !self.is_error());
        name.map(|name| format!(" [{name}]")).unwrap_or_default()
    }

    /// Whether this finding stops what depends on its file.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The findings, each of them once, where it came first: texts that have a file in common repeat its faults.
pub fn each_once(findings: impl IntoIterator<Item = Finding>) -> Vec<Finding> {
    let mut once: Vec<Finding> = Vec::new();
    for finding in findings {
        if !once.contains(&finding) {
            once.push(finding);
        }
    }
    once
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(place) = self.place {
            write!(f, ":{place}")?;
        }
        match self.severity {
            Severity::Error => write!(f, ": {}", self.text)?,
            Severity::Warning => write!(f, ": warning: {}{}", self.text, self.shown_name())?,
        }
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_becomes_a_line_and_a_column_in_characters() {
        let text = "ä b\nzwei\n";
        assert_eq!(Place::of_offset(text, 0), Place::new(1, 1));
        assert_eq!(Place::of_offset(text, 3), Place::new(1, 3));
        assert_eq!(Place::of_offset(text, 5), Place::new(2, 1));
        assert_eq!(Place::of_offset(text, 99), Place::new(3, 1));
    }

    #[test]
    fn what_was_found_twice_is_said_once_where_it_was_first() {
        let (text, place) = (Finding::error("a.md", "x"), Finding::error("a.md", "x").at(Place::new(1, 1)));
        let warning = Finding::warning("a.md", "x");
        let found = [&warning, &text, &warning, &place, &text].map(Clone::clone);
        assert_eq!(each_once(found), [warning, text, place]);
    }

    #[test]
    fn a_finding_reads_place_first_and_names_the_next_step() {
        let finding = Finding::error("tidings.yaml", "unknown key `sendr`")
            .at(Place::new(3, 1))
            .hint("did you mean `sender`?");
        assert_eq!(
            finding.to_string(),
            "tidings.yaml:3:1: unknown key `sendr`\n  hint: did you mean `sender`?"
        );
    }
}
