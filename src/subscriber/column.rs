//! What kind of values a column of a list holds, beyond the fields that every list has.
//!
//! Promises: a kind is only ever what every filled cell of the column agrees with; in doubt it is text. Knows nothing of headers.

use crate::subscriber::consent::Answer;
use crate::subscriber::date::{self, DateError, DayOrder};
use crate::subscriber::word;
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

    /// What is kept of a filled cell of a column of this kind; `None` where it holds a word for nothing, such as `n/a`.
    ///
    /// # Errors
    /// When the cell holds something else.
    pub fn kept(self, cell: String, days: Option<DayOrder>) -> Result<Option<String>, KindError> {
        match self {
            Self::Text => Ok(Some(in_order(cell, days))),
            Self::Tags => Ok(Some(tags(&cell)).filter(|tags| !tags.is_empty())),
            Self::Number if is_number(&cell) => Ok(Some(cell)),
            Self::YesNo if word::answer(&cell) != Answer::Unknown => Ok(Some(cell)),
            Self::Day => match date::read(&cell, days) {
                Ok(day) => Ok(Some(day.to_string())),
                Err(_) if is_nothing(&cell) => Ok(None),
                Err(error) => Err(error.into()),
            },
            Self::Number | Self::YesNo if is_nothing(&cell) => Ok(None),
            Self::Number | Self::YesNo => Err(KindError::Other {
                wanted: self,
                found: cell.chars().take(40).collect(),
            }),
        }
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

/// Why a cell does not fit the kind of its column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KindError {
    /// It is no day, or may be two.
    #[error(transparent)]
    Day(#[from] DateError),
    /// It is neither a number nor an answer.
    #[error("`{found}` is not what the column holds: {wanted}")]
    Other {
        /// The column's kind.
        wanted: Kind,
        /// The cell, cut.
        found: String,
    },
}

impl KindError {
    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Day(error @ DateError::Ambiguous { .. }) => {
                format!("{}; or write `days: day first` into the list's `.yaml` file", error.hint())
            }
            Self::Day(error) => error.hint(),
            Self::Other {
                wanted: Kind::Number, ..
            } => "write numbers as `12` or `3.5`".to_owned(),
            Self::Other { .. } => "write `yes` or `no`".to_owned(),
        }
    }
}

/// Finds out the kind of a column, cell by cell.
#[derive(Debug, Clone)]
pub struct Guess {
    number: bool,
    day: bool,
    yes_no: bool,
    is_filled: bool,
}

impl Default for Guess {
    fn default() -> Self {
        Self {
            number: true,
            day: true,
            yes_no: true,
            is_filled: false,
        }
    }
}

impl Guess {
    /// Looks at one more cell.
    pub fn look_at(&mut self, cell: &str, days: Option<DayOrder>) {
        if cell.is_empty() || !(self.number || self.day || self.yes_no) {
            return;
        }
        let number = self.number && is_number(cell);
        let day = self.day && !is_number(cell) && date::read(cell, days).is_ok();
        let yes_no = self.yes_no && word::answer(cell) != Answer::Unknown;
        if number || day || yes_no || !is_nothing(cell) {
            (self.number, self.day, self.yes_no, self.is_filled) = (number, day, yes_no, true);
        }
    }

    /// What all cells agreed on.
    pub fn kind(&self) -> Kind {
        match self {
            Self { is_filled: false, .. } => Kind::Text,
            Self { number: true, .. } => Kind::Number,
            Self { day: true, .. } => Kind::Day,
            Self { yes_no: true, .. } => Kind::YesNo,
            Self { .. } => Kind::Text,
        }
    }
}

/// Whether a cell says nothing: blank, `n/a`, `0000-00-00`.
fn is_nothing(cell: &str) -> bool {
    cell.is_empty() || cell.starts_with("0000-00-00") || word::is_blank(cell)
}

/// Whether a cell counts something: postcodes, telephone and file numbers with zeros in front do not.
fn is_number(cell: &str) -> bool {
    let bare = cell.strip_prefix('-').unwrap_or(cell);
    let (whole, part) = bare.split_once('.').unwrap_or((bare, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(whole) && digits(part) && bare.len() <= 15 && (whole.len() == 1 || !whole.starts_with('0'))
}

/// A slashed day as year, month, day, where the list says how it writes them; segments compare days.
fn in_order(cell: String, days: Option<DayOrder>) -> String {
    let slashed = cell.len() <= 10 && cell.bytes().filter(|b| *b == b'/').count() == 2;
    let day = days.filter(|_| slashed).and_then(|order| date::read(&cell, Some(order)).ok());
    day.map_or(cell, |day| day.to_string())
}

/// Tags as one list: `"VIP","Summer 2024"` of Mailchimp and `* myContacts ::: Friends` of Google as `VIP, Summer 2024`.
pub(super) fn tags(cell: &str) -> String {
    let (mut tags, mut tag, mut quoted): (Vec<String>, String, bool) = (Vec::new(), String::new(), false);
    let mut end = |tag: &mut String| {
        let bare = tag
            .trim()
            .trim_start_matches("* ")
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        tag.clear();
        if !bare.is_empty() && !tags.contains(&bare) {
            tags.push(bare);
        }
    };
    for c in cell.replace(":::", ";").chars() {
        match c {
            '"' => quoted = !quoted,
            ',' | ';' | '|' if !quoted => end(&mut tag),
            ',' | ';' | '|' => tag.push(' '),
            other => tag.push(other),
        }
    }
    end(&mut tag);
    tags.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Guess, Kind, tags};
    use crate::subscriber::date::DayOrder;

    #[track_caller]
    fn check(cells: &[&str], kind: Kind) {
        let mut guess = Guess::default();
        cells.iter().for_each(|cell| guess.look_at(cell, None));
        assert_eq!(guess.kind(), kind, "{cells:?}");
        let kept = |cell: &&str| kind.kept((*cell).to_owned(), None);
        assert!(
            cells.iter().all(|cell| kept(cell).is_ok()),
            "what was found out holds for every cell"
        );
    }

    #[test]
    fn a_kind_is_what_every_filled_cell_agrees_with() {
        check(&["12", "3.5", "", "n/a", "-4", "0"], Kind::Number);
        check(&["12", "3,5"], Kind::Text);
        check(&["07700 900123"], Kind::Text);
        check(&["07700900123"], Kind::Text);
        check(&["2026-06-01", "1 June 2026", "-", "0000-00-00 00:00:00"], Kind::Day);
        check(&["25/12/2026", "01/06/2026"], Kind::Text);
        check(&["20260601"], Kind::Number);
        check(&["yes", "No", "", "unknown"], Kind::YesNo);
        check(&["1", "0"], Kind::Number);
        check(&["yes", "maybe"], Kind::Text);
        check(&["", "n/a"], Kind::Text);
        check(&[], Kind::Text);
    }

    #[test]
    fn a_cell_that_does_not_fit_is_said() {
        let kept = |kind: Kind, cell: &str, days| kind.kept(cell.to_owned(), days).map_err(|error| error.to_string());
        assert_eq!(
            kept(Kind::Day, "1/6/2026", Some(DayOrder::DayFirst)),
            Ok(Some("2026-06-01".to_owned()))
        );
        assert_eq!(kept(Kind::Day, "soon", None), Err("`soon` is no date".to_owned()));
        assert_eq!(kept(Kind::Number, "n/a", None), Ok(None));
        assert_eq!(
            kept(Kind::Number, "1,5", None),
            Err("`1,5` is not what the column holds: numbers".to_owned())
        );
        assert_eq!(
            kept(Kind::YesNo, "perhaps", None),
            Err("`perhaps` is not what the column holds: yes or no".to_owned())
        );
    }

    #[test]
    fn tags_are_one_list_whoever_wrote_them() {
        for (cell, expected) in [
            ("\"VIP\",\"Summer 2024\"", "VIP, Summer 2024"),
            ("* myContacts ::: Friends", "myContacts, Friends"),
            ("\"Bath, Bristol\",VIP", "Bath Bristol, VIP"),
            ("a;b|a , ,c", "a, b, c"),
            ("\"", ""),
        ] {
            assert_eq!(tags(cell), expected, "{cell}");
            assert_eq!(tags(expected), expected, "reading twice changes nothing");
        }
    }

    #[test]
    fn words_for_the_store_come_back() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
            assert_eq!((kind.and(kind), kind.and(Kind::Text)), (kind, Kind::Text));
        }
        assert_eq!(Kind::parse("dates"), None);
    }
}
