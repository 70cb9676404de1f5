//! Rows that were never meant to be anybody: comments, the header once more, lines drawn under others, footers.
//!
//! Promises: such a row is told as what it is, and nobody is asked to correct its address.

use super::header::{Layout, cleaned};
use super::record::Record;
use super::row::Rejection;
use crate::subscriber::word;

/// Whether a person is meant by a row at all.
pub(super) fn is_meant(record: &Record<'_>, layout: &Layout) -> Result<(), Rejection> {
    // Nearly every row of a long list begins with a letter or digit that the header does not begin with.
    let (kind, reason) = match record.iter().next().and_then(|cell| cell.trim_start().chars().next()) {
        Some('#') if is_comment(record, layout) => ("comment", "the line is a comment, not a person"),
        Some('-' | '=' | '+' | '|' | '_' | '*' | '~') if is_drawn(record) => ("drawn", "the line is drawn, and no person"),
        Some(first) if repeats_header(record, layout, first) => ("header", "the line with the column names stands here again"),
        _ => return Ok(()),
    };
    Err(rejection(record, None, kind, reason, None))
}

/// Where the column names do not begin with `#` themselves, and it does not number the rows.
fn is_comment(record: &Record<'_>, layout: &Layout) -> bool {
    let mut first = record.iter().next().unwrap_or_default().trim_start().chars().skip(1);
    let is_number = first.next().is_some_and(|c| c.is_ascii_digit());
    let is_error = record.iter().next().is_some_and(super::cell::is_error);
    let header_too = layout.columns.first().is_some_and(|column| column.header.starts_with('#'));
    !is_number && !is_error && !header_too && !record.is_of_sheet()
}

/// Whether a row is made of strokes alone.
fn is_drawn(record: &Record<'_>) -> bool {
    let stroke = |c: char| c.is_whitespace() || "-=+|_*~".contains(c);
    record.iter().all(|cell| cell.chars().all(stroke)) && record.iter().any(|cell| cell.trim().len() > 1)
}

fn repeats_header(record: &Record<'_>, layout: &Layout, first: char) -> bool {
    let columns = &layout.columns;
    let begins = columns.first().and_then(|column| column.header.chars().next());
    let alike = || {
        let mut cells = record.iter().zip(columns);
        cells.all(|(cell, column)| word::fold(&cleaned(cell)) == word::fold(&column.header))
    };
    record.len() == columns.len() && begins.is_some_and(|begins| begins.eq_ignore_ascii_case(&first)) && alike()
}

/// Whether a row begins with a word that stands below lists.
pub(super) fn is_footer(record: &Record<'_>) -> bool {
    #[rustfmt::skip]
    const FOOTERS: &[&str] = &[
        "total", "totals", "count", "end of", "records", "summe", "gesamt", "exported", "printed", "generated",
    ];
    let mut words = record.iter().map(word::fold);
    let first = words.find(|word| !word.is_empty()).unwrap_or_default();
    FOOTERS.iter().any(|start| first.starts_with(start))
}

/// A row whose cells hold no address.
pub(super) fn without_address(record: &Record<'_>, cell: Option<usize>) -> Rejection {
    match is_footer(record) {
        true => rejection(record, cell, "footer", "the row looks like a footer, not like a person", None),
        false => {
            let fix = "add the address, or leave it: the person gets no letters";
            rejection(record, cell, "empty", "the row has no address", Some(fix))
        }
    }
}

fn rejection(record: &Record<'_>, cell: Option<usize>, kind: &'static str, reason: &str, fix: Option<&str>) -> Rejection {
    Rejection {
        cell,
        value: record.raw().trim().chars().take(200).collect(),
        kind,
        reason: reason.to_owned(),
        fix: fix.map(str::to_owned),
    }
}
