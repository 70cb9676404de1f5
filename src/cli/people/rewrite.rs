//! One cell of a list file changed in place: every other byte stays as it is.
//!
//! Promises: encoding, delimiter, line ends and the quoting of all other cells are kept, to the byte; what cannot be written in the
//! file's own encoding is refused. Knows nothing of files on disk.

use crate::article::encoding::decode;
use crate::subscriber::csv::Delimiter;
use crate::subscriber::csv::guard::guard;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// A list file's bytes, taken apart as far as it needs to be.
pub(super) struct Sheet {
    encoding: &'static Encoding,
    mark: &'static [u8],
    text: String,
    delimiter: Delimiter,
}

/// Why a cell cannot be changed.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CannotRewrite {
    /// The bytes do not come back from their text.
    #[error("its encoding is not certain")]
    Encoding,
    /// The value has a letter that the file's encoding does not have.
    #[error("it is in {0}, which has not all of these letters")]
    Letters(&'static str),
    /// No record begins on the line, or it has no such cell.
    #[error("line {0} is not as it was imported")]
    Gone(usize),
}

impl Sheet {
    /// The file's text, if its bytes can be made of it again.
    pub(super) fn read(bytes: &[u8], label: Option<&str>, delimiter: Delimiter) -> Result<Self, CannotRewrite> {
        let (encoding, mark): (_, &'static [u8]) = match Encoding::for_bom(bytes) {
            Some((encoding, _)) if encoding == UTF_8 => (encoding, b"\xef\xbb\xbf"),
            Some((encoding, _)) if encoding == UTF_16LE => (encoding, b"\xff\xfe"),
            Some((encoding, _)) => (encoding, b"\xfe\xff"),
            None => {
                let label = label.unwrap_or_else(|| decode(bytes).encoding);
                (Encoding::for_label(label.as_bytes()).ok_or(CannotRewrite::Encoding)?, b"")
            }
        };
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark.len()..]);
        let sheet = Self {
            encoding,
            mark,
            text: text.into_owned(),
            delimiter,
        };
        match sheet.bytes(&sheet.text) {
            Ok(again) if again == bytes => Ok(sheet),
            _ => Err(CannotRewrite::Encoding),
        }
    }

    /// The file's bytes with the cell at `index` of the record on `line` saying `value`.
    pub(super) fn with(&self, line: usize, cells: &[(usize, String)]) -> Result<Vec<u8>, CannotRewrite> {
        let (start, end) = self.record(line).ok_or(CannotRewrite::Gone(line))?;
        let places = self.cells(start, end);
        let mut changes: Vec<(usize, usize, String)> = Vec::new();
        let missing = cells
            .iter()
            .map(|(index, _)| index + 1)
            .max()
            .unwrap_or(0)
            .saturating_sub(places.len());
        let mut short = String::new();
        for number in 0..missing {
            short.push(self.delimiter.as_char());
            if let Some((_, value)) = cells.iter().find(|(index, _)| *index == places.len() + number) {
                short.push_str(&self.cell(value, false));
            }
        }
        for (index, value) in cells {
            if let Some((from, to)) = places.get(*index) {
                changes.push((*from, *to, self.cell(value, self.text[*from..*to].starts_with('"'))));
            }
        }
        changes.push((end, end, short));
        changes.sort_by_key(|(from, _, _)| std::cmp::Reverse(*from));
        let mut text = self.text.clone();
        for (from, to, value) in changes {
            text.replace_range(from..to, &value);
        }
        self.bytes(&text)
    }

    /// A value as a cell: in quotes where it had them, or needs them.
    fn cell(&self, value: &str, was_quoted: bool) -> String {
        let value = guard(value).into_owned();
        let needs = value.contains([self.delimiter.as_char(), '"', '\n', '\r']) || value.trim() != value;
        match was_quoted || needs {
            true => format!("\"{}\"", value.replace('"', "\"\"")),
            false => value,
        }
    }

    /// From where to where the record reaches that begins on this physical line, without its line end.
    fn record(&self, wanted: usize) -> Option<(usize, usize)> {
        let (mut line, mut start) = (1, 0);
        while start <= self.text.len() {
            let end = self.cells(start, self.text.len()).last().map_or(start, |(_, end)| *end);
            if line == wanted {
                return (end > start).then_some((start, end));
            }
            let rest = &self.text[end..];
            let length = if rest.starts_with("\r\n") {
                2
            } else {
                rest.chars().next()?.len_utf8()
            };
            line += breaks(&self.text[start..end + length]);
            start = end + length;
        }
        None
    }

    /// The cells of the record that begins at `start`, up to its line end or `end`.
    fn cells(&self, start: usize, end: usize) -> Vec<(usize, usize)> {
        let bytes = self.text.as_bytes();
        let (mut cells, mut from, mut at) = (Vec::new(), start, start);
        loop {
            if bytes.get(at) == Some(&b'"') && at == from {
                at = closing(bytes, at + 1, end);
            }
            let rest = &self.text[at.min(end)..end];
            let stop = rest.find(|c| c == self.delimiter.as_char() || c == '\n' || c == '\r');
            let to = stop.map_or(end, |stop| at.min(end) + stop);
            cells.push((from, to));
            if stop.is_none() || bytes[to] == b'\n' || bytes[to] == b'\r' {
                return cells;
            }
            from = to + 1;
            at = from;
        }
    }

    fn bytes(&self, text: &str) -> Result<Vec<u8>, CannotRewrite> {
        let mut bytes = self.mark.to_vec();
        if self.encoding == UTF_16LE {
            bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        } else if self.encoding == UTF_16BE {
            bytes.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        } else {
            let (encoded, _, has_failed) = self.encoding.encode(text);
            if has_failed {
                return Err(CannotRewrite::Letters(self.encoding.name()));
            }
            bytes.extend_from_slice(&encoded);
        }
        Ok(bytes)
    }
}

/// Just behind the quote that closes a cell.
fn closing(bytes: &[u8], mut from: usize, end: usize) -> usize {
    while from < end {
        match (bytes[from], bytes.get(from + 1)) {
            (b'"', Some(b'"')) => from += 2,
            (b'"', _) => return from + 1,
            _ => from += 1,
        }
    }
    end
}

/// How many lines end in a text.
fn breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |at: &usize| bytes[*at] == b'\n' || (bytes[*at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    (0..bytes.len()).filter(ends).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &[u8], line: usize, cells: &[(usize, &str)], after: &[u8]) {
        let sheet = Sheet::read(before, None, Delimiter::Semicolon).unwrap();
        let cells: Vec<(usize, String)> = cells.iter().map(|(index, value)| (*index, (*value).to_owned())).collect();
        let found = sheet.with(line, &cells).unwrap();
        assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(after));
        assert_eq!(found, after);
    }

    #[test]
    fn one_cell_changes_and_no_other_byte() {
        let list = b"email;\"name\" ;x\r\n\"a@example.org\";Ann;\"1\r\n2\"\r\n\r\nb@example.org;\"B \"\"x\"\"\"\n";
        let with = |from: &str, to: &str| String::from_utf8_lossy(list).replacen(from, to, 1).into_bytes();
        check(list, 2, &[(1, "Bea")], &with("Ann", "Bea"));
        check(
            list,
            2,
            &[(0, "b@example.org")],
            &with("\"a@example.org\"", "\"b@example.org\""),
        );
        check(
            list,
            2,
            &[(1, "Lee; Ann"), (2, "=1")],
            &with("Ann;\"1\r\n2\"", "\"Lee; Ann\";\"'=1\""),
        );
        check(list, 5, &[(1, "Bob")], &with("\"B \"\"x\"\"\"", "\"Bob\""));
        check(list, 5, &[(2, "3")], &with("x\"\"\"\n", "x\"\"\";3\n"));
        check(b"email;name\na@example.org", 2, &[(1, "")], b"email;name\na@example.org;");
    }

    #[test]
    fn the_encoding_stays() {
        check(
            b"\xef\xbb\xbfemail;n\na@b.org;J\xc3\xb6rg",
            2,
            &[(1, "Zo\u{e9}")],
            b"\xef\xbb\xbfemail;n\na@b.org;Zo\xc3\xa9",
        );
        let wide = |text: &str| [vec![0xff, 0xfe], text.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat();
        check(
            &wide("email;n\r\na@b.org;J"),
            2,
            &[(1, "K\u{f6}")],
            &wide("email;n\r\na@b.org;K\u{f6}"),
        );
        let old = b"email;name;city\r\na@b.org;J\xf6rg M\xfcller;K\xf6ln\r\nb@b.org;Ren\xe9;Gen\xe8ve\r\n";
        let sheet = Sheet::read(old, Some("windows-1252"), Delimiter::Semicolon).unwrap();
        let changed = sheet.with(3, &[(1, "Andr\u{e9}".to_owned())]).unwrap();
        assert_eq!(
            changed,
            b"email;name;city\r\na@b.org;J\xf6rg M\xfcller;K\xf6ln\r\nb@b.org;Andr\xe9;Gen\xe8ve\r\n"
        );
        let unheard = sheet.with(3, &[(1, "\u{5c0f}".to_owned())]);
        assert_eq!(unheard, Err(CannotRewrite::Letters("windows-1252")));
        assert_eq!(sheet.with(9, &[(1, String::new())]), Err(CannotRewrite::Gone(9)));
    }
}
