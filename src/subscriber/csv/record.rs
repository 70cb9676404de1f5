//! The records of a list file, each with its physical place.
//!
//! The csv crate takes the text apart; this file adds what it does not tell: on which physical line a record starts, at which column
//! a cell stands, and that a quote was opened which nobody closed, so that one record swallowed its neighbours.

use crate::finding::Place;
use crate::subscriber::csv::delimiter::Delimiter;

/// A quoted cell longer than this was not meant to be one cell.
const LONGEST_CELL: usize = 10_000;

/// One record.
pub(super) struct Record<'t> {
    /// The physical line it starts on.
    pub(super) line: usize,
    cells: ::csv::StringRecord,
    raw: &'t str,
    delimiter: u8,
}

impl<'t> Record<'t> {
    /// The cells.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.cells.iter()
    }

    /// The cell at `index`, blanks around it taken off; empty where the record is shorter.
    pub(super) fn cell(&self, index: usize) -> &str {
        self.cells.get(index).unwrap_or_default().trim()
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether no cell holds anything.
    pub(super) fn is_blank(&self) -> bool {
        self.iter().all(|cell| cell.trim().is_empty())
    }

    /// The text of the record as it stands in the file.
    pub(super) fn raw(&self) -> &'t str {
        self.raw
    }

    /// Where the cell at `index` starts.
    pub(super) fn place(&self, index: usize) -> Place {
        let offset = quoting(self.raw, self.delimiter).starts.get(index).copied();
        let within = Place::of_offset(self.raw, offset.unwrap_or(self.raw.len()));
        Place::new(self.line + within.line - 1, within.column)
    }
}

/// A quote that nobody closed.
pub(super) struct OpenQuote {
    /// Where it was opened.
    pub(super) place: Place,
}

/// Reads records one after the other.
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: Delimiter,
    reader: ::csv::Reader<&'t [u8]>,
    /// Where the reader's own offsets start.
    base: usize,
    /// Up to where lines have been counted, and the number of the line there.
    counted: (usize, usize),
    /// How many cells a record should have, once the header is known.
    width: Option<usize>,
}

impl<'t> Records<'t> {
    /// The records of `text` from byte `start` on.
    pub(super) fn new(text: &'t str, start: usize, delimiter: Delimiter) -> Self {
        Self {
            text,
            delimiter,
            reader: reader(&text[start..], delimiter),
            base: start,
            counted: (0, 1),
            width: None,
        }
    }

    /// From here on records are expected to have `width` cells.
    pub(super) fn expect_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// The next record; an open quote costs its own line only, reading goes on with the next line.
    pub(super) fn next(&mut self) -> Option<Result<Record<'t>, OpenQuote>> {
        let mut cells = ::csv::StringRecord::new();
        // The text is UTF-8 and in memory, so the reader has nothing to fail of.
        if !self.reader.read_record(&mut cells).unwrap_or(false) {
            return None;
        }
        let position = |position: &::csv::Position| usize::try_from(position.byte()).unwrap_or(usize::MAX);
        let end = self
            .base
            .saturating_add(position(self.reader.position()))
            .min(self.text.len());
        let start = self.base.saturating_add(cells.position().map_or(0, position)).min(end);
        let start = start + leading_breaks(&self.text[start..end]);
        let raw = self.text[start..end].trim_end_matches(['\r', '\n']);
        let line = self.line_of(start);
        let delimiter = self.delimiter.byte();
        // Only a quote that spans lines, or the end of the file, can have been left open.
        let doubtful = raw.contains('"') && (end == self.text.len() || raw.contains(['\n', '\r']));
        match doubtful.then(|| self.open_quote(raw)).flatten() {
            Some(offset) => {
                self.go_on_after_line(start);
                let within = Place::of_offset(raw, offset);
                let place = Place::new(line + within.line - 1, within.column);
                Some(Err(OpenQuote { place }))
            }
            None => Some(Ok(Record {
                line,
                cells,
                raw,
                delimiter,
            })),
        }
    }

    /// The offset of a quote in `raw` that was never meant to run as far as it does.
    fn open_quote(&self, raw: &str) -> Option<usize> {
        let quoting = quoting(raw, self.delimiter.byte());
        let swallowed_row = |inside: &str| {
            let width = self.width.filter(|width| *width > 1);
            let is_row = |line: &str| {
                line.contains('@') && width.is_some_and(|width| line.matches(self.delimiter.as_char()).count() + 1 >= width)
            };
            inside.split(['\r', '\n']).skip(1).any(is_row)
        };
        let suspect = |quoted: &&Quoted<'_>| {
            let spans = quoted.inside.contains(['\n', '\r']);
            !quoted.is_closed
                || (spans && (!quoted.ends_cell || quoted.inside.len() > LONGEST_CELL || swallowed_row(quoted.inside)))
        };
        quoting.quoted.iter().find(suspect).map(|quoted| quoted.offset)
    }

    fn go_on_after_line(&mut self, start: usize) {
        let rest = &self.text[start..];
        let next = rest
            .find(['\r', '\n'])
            .map_or(rest.len(), |end| end + leading_breaks(&rest[end..]));
        self.base = start + next;
        self.reader = reader(&self.text[self.base..], self.delimiter);
    }

    /// The physical line of byte `offset`, which never lies before the last one asked for.
    fn line_of(&mut self, offset: usize) -> usize {
        let bytes = self.text.as_bytes();
        let (from, line) = self.counted;
        let breaks = (from..offset).filter(|at| match bytes[*at] {
            b'\n' => true,
            b'\r' => bytes.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        let line = line + breaks.count();
        self.counted = (offset.max(from), line);
        line
    }
}

fn reader(text: &str, delimiter: Delimiter) -> ::csv::Reader<&[u8]> {
    ::csv::ReaderBuilder::new()
        .delimiter(delimiter.byte())
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

fn leading_breaks(text: &str) -> usize {
    text.bytes().take_while(|b| matches!(b, b'\r' | b'\n')).count()
}

/// Where the cells of one record start, and which of them are quoted.
struct Quoting<'r> {
    starts: Vec<usize>,
    quoted: Vec<Quoted<'r>>,
}

/// One quoted cell.
struct Quoted<'r> {
    offset: usize,
    inside: &'r str,
    is_closed: bool,
    /// Whether the closing quote is followed by a delimiter or the end.
    ends_cell: bool,
}

/// The quotes of one record, by the rules of the csv crate: a quote opens at the start of a cell only, and `""` is a quote inside.
fn quoting(raw: &str, delimiter: u8) -> Quoting<'_> {
    let bytes = raw.as_bytes();
    let (mut starts, mut quoted) = (vec![0], Vec::new());
    let mut at = 0;
    loop {
        if bytes.get(at) == Some(&b'"') {
            let close = closing_quote(bytes, at + 1);
            let end = close.unwrap_or(bytes.len());
            quoted.push(Quoted {
                offset: at,
                inside: &raw[at + 1..end],
                is_closed: close.is_some(),
                ends_cell: bytes.get(end + 1).is_none_or(|next| *next == delimiter),
            });
            at = end;
        }
        match bytes[at.min(bytes.len())..].iter().position(|b| *b == delimiter) {
            Some(distance) => at += distance + 1,
            None => return Quoting { starts, quoted },
        }
        starts.push(at);
    }
}

fn closing_quote(bytes: &[u8], mut from: usize) -> Option<usize> {
    loop {
        let quote = from + bytes.get(from..)?.iter().position(|b| *b == b'"')?;
        match bytes.get(quote + 1) {
            Some(b'"') => from = quote + 2,
            _ => return Some(quote),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Records;
    use crate::subscriber::csv::delimiter::Delimiter;

    /// Every record as `line:cell|cell`, an open quote as `"line:column`.
    fn check(text: &str, expected: &[&str]) {
        let mut records = Records::new(text, 0, Delimiter::Comma);
        records.expect_width(3);
        let mut found = Vec::new();
        while let Some(record) = records.next() {
            found.push(match record {
                Ok(record) => format!("{}:{}", record.line, record.iter().collect::<Vec<_>>().join("|")),
                Err(open) => format!("\"{}", open.place),
            });
        }
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn lines_are_physical_whatever_ends_them() {
        check("a,b\nc\n", &["1:a|b", "2:c"]);
        check("a\r\n\r\n\r\nb\r\nc", &["1:a", "4:b", "5:c"]);
        check("a\r\rb\rc", &["1:a", "3:b", "4:c"]);
        check("\n\na,\"x\ny\"\nb", &["3:a|x\ny", "5:b"]);
        check("a,\"x\r\ny\"\r\nb", &["1:a|x\r\ny", "3:b"]);
        check("", &[]);
        check("\r\n\n", &[]);
    }

    #[test]
    fn an_open_quote_costs_its_own_line_only() {
        check("a,b\n\"c,d\ne,f\ng", &["1:a|b", "\"2:1", "3:e|f", "4:g"]);
        check("a,\"b", &["\"1:3"]);
        check("a,\"b,c\nd,\"e\",f\ng,h,i", &["\"1:3", "2:d|e|f", "3:g|h|i"]);
        check(
            "a@b.org,\"b,c\nd@b.org,e,f\ng@b.org,\",i",
            &["\"1:9", "2:d@b.org|e|f", "\"3:9"],
        );
        check("ä,\"b \"x\" y\",c", &["1:ä|b x\" y\"|c"]);
        check("a,\"say \"\"hi\"\"\nthere\",c\nd", &["1:a|say \"hi\"\nthere|c", "3:d"]);
        let long = format!("a,\"{}\n\",c", "x".repeat(10_001));
        check(&long, &["\"1:3", "\"2:1"]);
    }

    #[test]
    fn a_cell_knows_its_place() {
        let mut records = Records::new("\nä,\"x\ny\",z", 0, Delimiter::Comma);
        let record = records.next().and_then(Result::ok).unwrap();
        let places: Vec<String> = (0..4).map(|index| record.place(index).to_string()).collect();
        assert_eq!(places, ["2:1", "2:3", "3:4", "3:5"]);
    }
}
