//! A note: what was done to a text on its way into an article, or what its reader was not sure of.

/// One thing to tell the person who brought the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Done, or unsure.
    pub kind: NoteKind,
    /// What, in plain words, with what was found in backticks.
    pub text: String,
    /// The line of the source that it is about, from 1; none when it is about the whole.
    pub line: Option<usize>,
}

/// Whether a note reports or asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// Something was changed or left out, for a clear reason.
    Done,
    /// A decision that could have gone the other way: a person should look.
    Unsure,
}

impl Note {
    /// What was done at `line`.
    pub fn done(line: usize, text: impl Into<String>) -> Self {
        Self {
            kind: NoteKind::Done,
            text: text.into(),
            line: Some(line),
        }
    }

    /// What is unsure at `line`.
    pub fn unsure(line: usize, text: impl Into<String>) -> Self {
        Self {
            kind: NoteKind::Unsure,
            text: text.into(),
            line: Some(line),
        }
    }

    /// The same note about the text as a whole.
    #[must_use]
    pub fn about_all(mut self) -> Self {
        self.line = None;
        self
    }
}

impl std::fmt::Display for Note {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.line, self.kind) {
            (Some(line), NoteKind::Done) => write!(f, "line {line}: {}", self.text),
            (Some(line), NoteKind::Unsure) => write!(f, "line {line}, please check: {}", self.text),
            (None, NoteKind::Done) => f.write_str(&self.text),
            (None, NoteKind::Unsure) => write!(f, "please check: {}", self.text),
        }
    }
}

/// The beginning of a text, short enough to name it in a note.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 50;
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST).collect();
    if let Some(blank) = short.rfind(' ') {
        short.truncate(blank);
    }
    format!("{short}…")
}
