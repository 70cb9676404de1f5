//! Which character separates the columns: said by a `sep=` line, or found out from the first records.

use std::fmt;

/// A character that separates columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`, which Excel writes in German, French, Spanish and Italian.
    Semicolon,
    /// The tabulator, which Excel writes as "Unicode text".
    Tab,
    /// `|`
    Bar,
}

impl Delimiter {
    /// In the order of preference where a file leaves the choice.
    const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Bar];

    /// The character.
    pub fn as_char(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Semicolon => ';',
            Self::Tab => '\t',
            Self::Bar => '|',
        }
    }

    /// The delimiter that a person wrote: the character, or the word `tab`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "tab" | "\\t" => Some(Self::Tab),
            _ => Self::ALL.into_iter().find(|delimiter| text.chars().eq([delimiter.as_char()])),
        }
    }

    pub(super) fn byte(self) -> u8 {
        self.as_char() as u8
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tab => f.write_str("tab"),
            other => write!(f, "{}", other.as_char()),
        }
    }
}

/// Excel's first line `sep=;`: the delimiter, and the bytes up to the next line.
pub(super) fn said(text: &str) -> Option<(Delimiter, usize)> {
    let line = text.split(['\r', '\n']).next().unwrap_or_default();
    let bare = line.trim_matches('"');
    let (key, value) = bare.split_at_checked(4)?;
    let delimiter = Delimiter::parse(value.get(..1)?)?;
    // Excel itself puts delimiters behind it when the file was saved once more.
    let rest_is_empty = value[1..].trim_matches(['"', ',', ';', '\t', '|', ' ']).is_empty();
    (key.eq_ignore_ascii_case("sep=") && rest_is_empty).then_some((delimiter, line.len()))
}

/// How many records are looked at, and how much text at most.
const RECORDS: usize = 50;
const BYTES: usize = 64 * 1024;

/// The delimiter under which the first records look most like a table; `names_address` knows headers of the address column.
pub(super) fn found_out(text: &str, names_address: impl Fn(&str) -> bool) -> Delimiter {
    let sample = whole_lines(text);
    let mut best = (Delimiter::Comma, Likeness::default());
    for delimiter in Delimiter::ALL {
        let likeness = likeness(sample, delimiter, &names_address);
        if likeness > best.1 {
            best = (delimiter, likeness);
        }
    }
    best.0
}

/// How much a text looks like a table; compared field by field.
#[derive(Default, PartialEq, PartialOrd)]
struct Likeness {
    names_address: bool,
    has_columns: bool,
    share_of_equal_records: f32,
    columns: usize,
}

fn likeness(sample: &str, delimiter: Delimiter, names_address: impl Fn(&str) -> bool) -> Likeness {
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter.byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(sample.as_bytes());
    let is_blank = |record: &::csv::StringRecord| record.iter().all(|cell| cell.trim().is_empty());
    let mut records: Vec<::csv::StringRecord> = reader.records().flatten().take(RECORDS).collect();
    let widest = records.iter().map(::csv::StringRecord::len).max().unwrap_or_default();
    records.retain(|record| !is_blank(record));
    let header = records.iter().find(|record| record.iter().any(&names_address));
    let columns = header.or(records.first()).map_or(widest, ::csv::StringRecord::len);
    let equal = records.iter().filter(|record| record.len() == columns).count();
    Likeness {
        names_address: header.is_some(),
        has_columns: columns > 1,
        share_of_equal_records: equal as f32 / records.len().max(1) as f32,
        columns,
    }
}

/// The start of the text, without a line that the limit cut in two.
fn whole_lines(text: &str) -> &str {
    if text.len() <= BYTES {
        return text;
    }
    let mut end = BYTES;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let start = &text[..end];
    start.rfind(['\r', '\n']).map_or(start, |last| &start[..last])
}

#[cfg(test)]
mod tests {
    use super::{BYTES, Delimiter, found_out, said};

    #[test]
    fn the_delimiter_is_found_out() {
        let check = |text: &str, expected| assert_eq!(found_out(text, |header| header.trim() == "email"), expected, "{text:?}");
        check("email,name\na@b.org,Ann", Delimiter::Comma);
        check("email;name\na@b.org;Lee, Ann", Delimiter::Semicolon);
        check("name\temail\nLee, Ann; Dr\ta@b.org", Delimiter::Tab);
        check("name|email\nLee, Ann|a@b.org", Delimiter::Bar);
        check("email\na@b.org\n", Delimiter::Comma);
        check("", Delimiter::Comma);
        check("Post;Stadt\na@b.org;Bath, Bristol\n", Delimiter::Semicolon);
        check("\"a,b,c\";email\n\"x\n,y\";a@b.org", Delimiter::Semicolon);
        check("Patient list, May\n\nname;email\nAnn;a@b.org", Delimiter::Semicolon);
        check(&format!("email;note\na@b.org;{}", "ä,".repeat(BYTES)), Delimiter::Semicolon);
    }

    #[test]
    fn a_sep_line_says_it() {
        for (text, expected) in [
            ("sep=;\nemail", Some((Delimiter::Semicolon, 5))),
            ("\"SEP=|\"\r\nemail", Some((Delimiter::Bar, 7))),
            ("sep=\t\nemail", Some((Delimiter::Tab, 5))),
            ("sep=,,,\nemail", Some((Delimiter::Comma, 7))),
            ("sep=:\nemail", None),
            ("sep=ä\nemail", None),
            ("email;sep=;", None),
            ("", None),
        ] {
            assert_eq!(said(text), expected, "{text:?}");
        }
    }
}
