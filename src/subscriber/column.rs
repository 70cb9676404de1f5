//! What kind of values a column of a list holds, beyond the fields that every list has.
//!
//! Promises: a kind is only ever what every filled cell of the column agrees with; in doubt it is text. Knows nothing of headers.

use std::fmt;

/// What the filled cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Kind {
    /// Anything.
    #[default]
    Text,
    /// Numbers, such as `12` or `3.5`.
    Number,
    /// Days; in the store they stand as `2026-06-01`, whatever the file wrote.
    Day,
    /// Answers: yes and no in any of their words.
    YesNo,
    /// Several words in one cell, separated by commas, semicolons or bars.
    Tags,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Text, Self::Number, Self::Day, Self::YesNo, Self::Tags];

    /// The word in the store, in `--json` and in a mapping file.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Day => "day",
            Self::YesNo => "yes_no",
            Self::Tags => "tags",
        }
    }

    /// The kind with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What two lists that share a column's name agree on.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self == other {
            true => self,
            false => Self::Text,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Number => "numbers",
            Self::Day => "days",
            Self::YesNo => "yes or no",
            Self::Tags => "tags",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn words_for_the_store_come_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!((kind.and(kind), kind.and(Kind::Text)), (kind, Kind::Text));
        }
        assert_eq!(Kind::parse("dates"), None);
    }
}
