//! The records of a list file, each with its physical place.
//!
//! Cells are read by the csv crate's rules: a quote opens at the start of a cell only, and `""` is a quote inside. What this reader
//! adds is what that crate does not tell: on which physical line a record starts and at which byte, at which column a cell stands,
//! and that a quote was opened which nobody closed, so that one record swallowed its neighbours.

use crate::finding::Place;
use std::borrow::Cow;
use std::ops::Range;

/// A quoted cell longer than this, over several lines, was not meant to be one cell.
const LONGEST_CELL: usize = 10_000;
/// No list has more columns; what a record holds beyond is counted, not kept.
const MOST_CELLS: usize = 2_000;

/// How a text is cut into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    delimiter: u8,
    /// Whether quotes hold cells together. A sheet's cells come apart already.
    quotes: bool,
}

impl Dialect {
    /// The rows of a sheet: one a line, whatever stood in its cells.
    pub(super) const SHEET: Self = Self {
        delimiter: 0x1f,
        quotes: false,
    };

    /// A delimited text.
    pub(super) const fn text(delimiter: u8) -> Self {
        Self { delimiter, quotes: true }
    }
}

/// Where a record starts: its byte and its physical line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) offset: usize,
    pub(super) line: usize,
}

/// One record; its room is used again for the next.
#[derive(Default)]
pub(super) struct Record<'t> {
    /// The physical line it starts on.
    pub(super) line: usize,
    offset: usize,
    raw: &'t str,
    cells: Vec<Cow<'t, str>>,
    count: usize,
    /// The first cell with text behind its closing quote.
    frayed: Option<usize>,
    /// The first quoted cell that holds a line like a row of the list.
    holds_a_row: Option<usize>,
    dialect: Option<Dialect>,
}

impl Record<'_> {
    /// The cells.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|cell| &**cell)
    }

    /// The cell at `index`, blanks around it taken off; empty where the record is shorter.
    pub(super) fn cell(&self, index: usize) -> &str {
        self.cells.get(index).map_or("", |cell| cell.trim())
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The first cell with text behind its closing quote: a quote is missing or too many, and cells may have shifted.
    pub(super) fn frayed(&self) -> Option<usize> {
        self.frayed
    }

    /// The first quoted cell that holds a line like a row of the list: a pasted note, or people behind a quote that was lost.
    pub(super) fn holds_a_row(&self) -> Option<usize> {
        self.holds_a_row
    }

    /// Whether this is a row of a workbook, which ends with its last filled cell.
    pub(super) fn is_of_sheet(&self) -> bool {
        self.dialect == Some(Dialect::SHEET)
    }

    /// Whether no cell holds anything.
    pub(super) fn is_blank(&self) -> bool {
        self.count <= MOST_CELLS && self.iter().all(|cell| cell.trim().is_empty())
    }

    /// The text of the record as it stands in the file.
    pub(super) fn raw(&self) -> &str {
        self.raw
    }

    /// Where the record starts.
    pub(super) fn spot(&self) -> Spot {
        Spot {
            offset: self.offset,
            line: self.line,
        }
    }

    /// Where the cell at `index` starts.
    pub(super) fn place(&self, index: usize) -> Place {
        let Some(dialect) = self.dialect.filter(|dialect| dialect.quotes) else {
            return Place::new(self.line, index + 1);
        };
        let bytes = self.raw.as_bytes();
        let mut at = 0;
        for _ in 0..index {
            at = scan(bytes, at, dialect).end + 1;
            if at > bytes.len() {
                break;
            }
        }
        place_within(self.raw, at, self.line)
    }
}

/// The place of byte `offset` in a piece of text that starts on `line`.
fn place_within(raw: &str, offset: usize, line: usize) -> Place {
    let before = raw.get(..offset).unwrap_or(raw);
    let column = before.rsplit(['\r', '\n']).next().unwrap_or_default().chars().count() + 1;
    Place::new(line + breaks_in(before.as_bytes()), column)
}

/// A quote that nobody closed.
pub(super) struct OpenQuote {
    /// Where it was opened.
    pub(super) place: Place,
    /// What stands from there to the end of the line, cut.
    pub(super) text: String,
}

/// Reads records one after the other.
#[derive(Clone)]
pub(super) struct Records<'t> {
    text: &'t str,
    dialect: Dialect,
    at: usize,
    line: usize,
    /// How many cells a record should have, once the header is known.
    width: Option<usize>,
}

impl<'t> Records<'t> {
    /// The records of `text`, whose first line is line 1.
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            text,
            dialect,
            at: 0,
            line: 1,
            width: None,
        }
    }

    /// From here on records are expected to have `width` cells.
    pub(super) fn expect_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// Goes to where a record was met before.
    pub(super) fn go_to(&mut self, spot: Spot) {
        (self.at, self.line) = (spot.offset, spot.line);
    }

    /// Reads the next record into `record`; an open quote costs its own line only, reading goes on with the next line.
    pub(super) fn read(&mut self, record: &mut Record<'t>) -> Option<Result<(), OpenQuote>> {
        let bytes = self.text.as_bytes();
        self.skip_breaks();
        let start = self.at;
        bytes.get(start)?;
        record.cells.clear();
        (record.frayed, record.holds_a_row) = (None, None);
        (record.line, record.offset, record.count, record.dialect) = (self.line, start, 0, Some(self.dialect));
        let (mut at, mut breaks) = (start, 0);
        let mut swallowing = None;
        loop {
            let scan = scan(bytes, at, self.dialect);
            if scan.quoted && swallowing.is_none() && self.holds_a_row(&scan) {
                swallowing = Some(at);
                record.holds_a_row = Some(record.count);
            }
            if scan.quoted && self.is_open(&scan) {
                return Some(Err(self.open_quote(start, at)));
            }
            if scan.quoted && record.frayed.is_none() && !self.tail(&scan).trim().is_empty() {
                record.frayed = Some(record.count);
            }
            breaks += scan.breaks;
            if record.cells.len() < MOST_CELLS {
                record.cells.push(self.cell(&scan));
            }
            record.count += 1;
            at = scan.end;
            match bytes.get(at) {
                Some(b) if *b == self.dialect.delimiter => at += 1,
                Some(_) | None => break,
            }
        }
        // A note may hold a pasted row: where everything else fits, the quote was meant. Else it is a quote that nobody closed, and the next
        // one's opening was taken for its end.
        if let Some(quote) = swallowing.filter(|_| self.width.is_some_and(|width| record.count != width)) {
            return Some(Err(self.open_quote(start, quote)));
        }
        record.raw = &self.text[start..at];
        self.at = at;
        self.line += breaks;
        Some(Ok(()))
    }

    fn skip_breaks(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(b'\r' | b'\n') = bytes.get(self.at) {
            let pair = bytes[self.at] == b'\r' && bytes.get(self.at + 1) == Some(&b'\n');
            self.at += if pair { 2 } else { 1 };
            self.line += 1;
        }
    }

    /// What stands behind the closing quote.
    fn tail(&self, scan: &Scan) -> &'t str {
        match scan.quoted {
            true => &self.text[(scan.inside.end + 1).min(scan.end)..scan.end],
            false => "",
        }
    }

    fn cell(&self, scan: &Scan) -> Cow<'t, str> {
        let inside = &self.text[scan.inside.clone()];
        let tail = self.tail(scan);
        match (scan.escaped, tail.is_empty()) {
            (false, true) => Cow::Borrowed(inside),
            (true, _) => Cow::Owned(inside.replace("\"\"", "\"") + tail),
            (false, false) => Cow::Owned(inside.to_owned() + tail),
        }
    }

    /// Whether a quoted cell was never meant to run as far as it does.
    fn is_open(&self, scan: &Scan) -> bool {
        if !scan.is_closed || scan.breaks == 0 {
            return !scan.is_closed;
        }
        !self.tail(scan).trim().is_empty() || scan.inside.len() > LONGEST_CELL
    }

    /// Whether a quoted cell holds a line that looks like a row of the list.
    fn holds_a_row(&self, scan: &Scan) -> bool {
        if scan.breaks == 0 {
            return false;
        }
        let width = self.width.filter(|width| *width > 1);
        let is_row = |line: &str| {
            let delimiters = line.bytes().filter(|b| *b == self.dialect.delimiter).count();
            line.contains('@') && width.is_some_and(|width| delimiters + 1 >= width)
        };
        self.text[scan.inside.clone()].split(['\r', '\n']).skip(1).any(is_row)
    }

    fn open_quote(&mut self, start: usize, quote: usize) -> OpenQuote {
        let place = place_within(&self.text[start..], quote - start, self.line);
        let rest = &self.text[start..];
        self.at = start + rest.find(['\r', '\n']).unwrap_or(rest.len());
        let line = self.text[quote..].split(['\r', '\n']).next().unwrap_or_default();
        let text = line.chars().take(200).collect();
        OpenQuote { place, text }
    }
}

/// One cell as it lies in the text.
struct Scan {
    /// What it holds, without its quotes.
    inside: Range<usize>,
    quoted: bool,
    /// Whether it holds doubled quotes.
    escaped: bool,
    /// Whether its quote is closed again, before it is longer than any cell is.
    is_closed: bool,
    /// How many lines end inside.
    breaks: usize,
    /// The delimiter, line end or end of text behind it.
    end: usize,
}

fn scan(bytes: &[u8], at: usize, dialect: Dialect) -> Scan {
    if !dialect.quotes || bytes.get(at) != Some(&b'"') {
        let end = cell_end(bytes, at, dialect.delimiter);
        return Scan {
            inside: at..end,
            quoted: false,
            escaped: false,
            is_closed: true,
            breaks: 0,
            end,
        };
    }
    let start = at + 1;
    let (mut from, mut escaped) = (start, false);
    let close = loop {
        let Some(quote) = bytes[from..].iter().position(|b| *b == b'"').map(|distance| from + distance) else {
            break None;
        };
        match bytes.get(quote + 1) {
            Some(b'"') => (from, escaped) = (quote + 2, true),
            _ => break Some(quote),
        }
        // However far a text with an open quote runs, it is not walked to its end for each of them.
        if from - start > LONGEST_CELL && bytes[start..start + LONGEST_CELL].contains(&b'\n') {
            break None;
        }
    };
    let inside = start..close.unwrap_or(bytes.len());
    Scan {
        quoted: true,
        escaped,
        is_closed: close.is_some(),
        breaks: if close.is_some() {
            breaks_in(&bytes[inside.clone()])
        } else {
            0
        },
        end: close.map_or(bytes.len(), |close| cell_end(bytes, close + 1, dialect.delimiter)),
        inside,
    }
}

fn cell_end(bytes: &[u8], at: usize, delimiter: u8) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let length = rest.iter().position(|b| *b == delimiter || *b == b'\n' || *b == b'\r');
    at + length.unwrap_or(rest.len())
}

/// How many lines end in a text: at LF, CR LF or CR.
fn breaks_in(bytes: &[u8]) -> usize {
    let ends = bytes.iter().enumerate().filter(|(at, b)| match b {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    });
    ends.count()
}

#[cfg(test)]
mod tests;
