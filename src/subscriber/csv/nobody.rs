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

#[cfg(test)]
mod tests {
    use crate::subscriber::csv::{ListRows, Mapping};

    fn read(text: &str) -> ListRows {
        crate::subscriber::csv::read("patients.csv", text.as_bytes(), &Mapping::default()).unwrap()
    }

    #[test]
    fn rows_that_were_never_meant_to_be_anybody_are_told_as_what_they_are() {
        let list = read(
            "email;first;city;consent;kids\nann@example.org;\"Ann;\"Bath\";no;yes\n#bob@example.org;Bob;;yes;\n-----;;;;\nEmail;First;City;Consent;Kids\n\
             cleo@example.org;\"Cleo\" Lee;#REF!;#N/A;\nzoe@exÃ¤mple.org;Zoe;;yes;\nTotal: 4;;;;\n",
        );
        let people: Vec<(usize, &str)> = list
            .rows
            .iter()
            .map(|row| (row.line, row.subscriber.address.as_str()))
            .collect();
        assert_eq!(people, [(6, "cleo@example.org")]);
        assert_eq!(list.rows[0].subscriber.attributes["first_name"], "Cleo Lee");
        assert!(!list.rows[0].subscriber.attributes.contains_key("city"));
        let told = |finding: &crate::finding::Finding| finding.to_string().lines().next().unwrap_or_default().to_owned();
        assert_eq!(
            list.report.findings.iter().map(told).collect::<Vec<_>>(),
            [
                "patients.csv:2:17: warning: row left out: text stands behind a closing quote, so it is not certain which cell is which",
                "patients.csv:3:1: warning: row left out: the line is a comment, not a person",
                "patients.csv:4:1: warning: row left out: the line is drawn, and no person",
                "patients.csv:5:1: warning: row left out: the line with the column names stands here again",
                "patients.csv:6:18: warning: text stands behind the closing quote of a cell",
                "patients.csv:6:29: warning: the cell holds the error `#REF!` and counts as empty",
                "patients.csv:7:1: warning: row left out: `z***@xn--exmple-jha71c.org` was broken by a wrong encoding",
                "patients.csv:8:1: warning: row left out: the row looks like a footer, not like a person",
            ]
        );
    }

    #[test]
    fn rows_may_be_numbered_with_a_hash() {
        assert_eq!(read("#,email\n#1,ann@example.org\n#x,bob@example.org\n").rows.len(), 2);
        assert_eq!(read("no,email\n#1,ann@example.org\n#x,bob@example.org\n").rows.len(), 1);
    }
}
