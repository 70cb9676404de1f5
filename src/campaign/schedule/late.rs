//! What becomes of an occurrence that was missed: how late is too late, and what then.

use crate::campaign::schedule::span::{some_span, span_words};
use crate::campaign::schedule::words::{Mapping, Wrong, plain, shown};
use crate::finding::yaml::Source;
use crate::finding::{Finding, suggestion};
use jiff::SignedDuration;
use std::fmt;

/// `late:` as it stands in the file.
#[derive(Debug, Default, Clone, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LateFile {
    /// How late is too late; six hours where it is left out.
    pub by: Option<String>,
    /// What then; held where it is left out.
    pub then: Option<String>,
}

impl LateFile {
    /// The rule, or all that is wrong with it; `path` is where the mapping stands in the file.
    pub fn check(&self, source: &Source<'_>, path: &[&str]) -> Result<Late, Vec<Finding>> {
        let mut mapping = Mapping::new(source, path);
        let usual = Late::default();
        let by = match &self.by {
            Some(text) => mapping.read("by", Some(text), some_span),
            None => Some(usual.by),
        };
        let then = match &self.then {
            Some(text) => mapping.read("then", Some(text), Then::parse),
            None => Some(usual.then),
        };
        mapping.close(by.zip(then).map(|(by, then)| Late { by, then }))
    }
}

/// What to do with an occurrence whose moment has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Late {
    /// Up to this late it is sent as if nothing had been.
    pub by: SignedDuration,
    /// Later than that, this.
    pub then: Then,
}

impl Default for Late {
    fn default() -> Self {
        let (by, then) = (SignedDuration::from_hours(6), Then::Hold);
        Self { by, then }
    }
}

impl fmt::Display for Late {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "up to {} late, after that {}", span_words(self.by), self.then)
    }
}

/// What becomes of an occurrence that is too late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// A person decides.
    Hold,
    /// It is left out.
    Skip,
    /// It goes out all the same.
    Send,
}

impl Then {
    const ALL: [Self; 3] = [Self::Hold, Self::Skip, Self::Send];

    /// The word for it in the file.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hold => "hold",
            Self::Skip => "skip",
            Self::Send => "send",
        }
    }

    fn parse(text: &str) -> Result<Self, Wrong> {
        let word = plain(text);
        let found = Self::ALL.into_iter().find(|then| then.word() == word);
        found.ok_or_else(|| {
            let hint = suggestion::hint(&word, Self::ALL.map(Self::word));
            Wrong::new(format!("{} is nothing to do with a late letter", shown(text)), hint)
        })
    }
}

impl fmt::Display for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
