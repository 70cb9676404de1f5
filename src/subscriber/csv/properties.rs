//! What holds for every text, however odd.

use super::{ListRows, Mapping, read};
use crate::finding::Finding;
use crate::subscriber::column::Kind;
use crate::subscriber::consent::Answer;
use crate::subscriber::word;

fn plain(text: &str) -> Result<ListRows, Vec<Finding>> {
    read("subscribers/patients.csv", text.as_bytes(), &Mapping::default())
}

/// The lines on which something is, counted without the reader's help.
fn lines_with_text(text: &str) -> Vec<usize> {
    let lines = text.lines().enumerate().skip(1);
    lines
        .filter(|(_, line)| line.split(',').any(|cell| !cell.trim().is_empty()))
        .map(|(index, _)| index + 1)
        .collect()
}

/// Every line that is a person, was merged or was left out, in order.
fn lines_told(list: &ListRows) -> Vec<usize> {
    let rows = list.rows.iter().map(|row| row.line);
    let mut lines: Vec<usize> = rows
        .chain(list.report.merged.iter().map(|merged| merged.line))
        .chain(list.report.skipped.iter().map(|skipped| skipped.line))
        .collect();
    lines.sort_unstable();
    lines
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_is_too_odd(text in "(email[,;|\t]name[\r\n]{1,2})?([\\PC\0]|[,;|\t\"\r\n@]){0,80}") {
        let findings = plain(&text).map_or_else(|findings| findings, |list| list.report.findings);
        assert!(findings.iter().all(|finding| !finding.to_string().contains('\0')));
    }

    #[test]
    fn no_row_is_lost_in_silence(rows in proptest::collection::vec("(([abAB]@b\\.org|[ab.@<> ]{0,6}|\"a)(,([a-c,]{0,4}|yes|no|2026-01-01)){0,4})?", 0..12)) {
        let text = format!("email,first_name,consent\n{}", rows.join("\n"));
        assert_eq!(lines_told(&plain(&text).unwrap()), lines_with_text(&text));
    }

    #[test]
    fn what_a_spreadsheet_writes_comes_back(cells in proptest::collection::vec("[a-zäÄß,;|\"'\n\t -]{0,12}", 1..8), delimiter in proptest::sample::select(vec![b',', b';', b'\t', b'|'])) {
        let mut writer = ::csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["email", "city", "consent"]).unwrap();
        for (index, cell) in cells.iter().enumerate() {
            writer.write_record([&format!("person{index}@example.org"), cell, "yes"]).unwrap();
        }
        let list = plain(&String::from_utf8(writer.into_inner().unwrap()).unwrap()).unwrap();
        assert_eq!(list.rows.len(), cells.len());
        // In a column of numbers, days or answers a word for nothing, such as `-`, is nothing.
        let is_typed = !matches!(list.report.columns[1].kind, Kind::Text | Kind::Tags);
        for (row, cell) in list.rows.iter().zip(&cells) {
            let comes_back = super::cell::value(cell).filter(|value| !is_typed || !word::is_blank(value));
            assert_eq!(row.subscriber.attributes.get("city").cloned(), comes_back);
            assert_eq!(row.subscriber.consent.answer, Answer::Yes);
        }
    }
}
