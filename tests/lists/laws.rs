//! What holds for a list file whatever bytes it has: the suite asks it of its odd files, the fuzzer of everything else.
//!
//! Promises: a broken law is told in words. Knows nothing of what a file should have said, which is for the agreed reports.

use std::collections::BTreeSet;
use tidings::encoding;
use tidings::finding::Finding;
use tidings::subscriber::csv::{self, ListRows, Mapping};

/// Reads the bytes as a list and holds every law; gives what was read.
pub(crate) fn hold(bytes: &[u8], mapping: &Mapping) -> Result<Result<ListRows, Vec<Finding>>, String> {
    let read = || csv::read("subscribers/patients.csv", bytes, mapping);
    let list = read();
    if list != read() {
        return Err("the same bytes are read differently the second time".to_owned());
    }
    match &list {
        Err(findings) => {
            if !findings.iter().any(Finding::is_error) {
                return Err(format!("refused without an error: {findings:?}"));
            }
            can_be_shown(findings)?;
        }
        Ok(list) => {
            can_be_shown(&list.report.findings)?;
            people_are_sound(list)?;
            every_line_is_told_once(list)?;
            if mapping.encoding.is_none() && !is_workbook(bytes) {
                nobody_is_lost(list, &encoding::decode(bytes).text)?;
                utf_16_says_the_same(list, bytes, mapping)?;
            }
        }
    }
    Ok(list)
}

fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0])
}

/// No finding moves the cursor, turns the line or hides what it says.
fn can_be_shown(findings: &[Finding]) -> Result<(), String> {
    let hidden =
        |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{2028}' | '\u{2029}');
    let texts = findings
        .iter()
        .flat_map(|finding| [Some(&finding.text), finding.hint.as_ref()])
        .flatten();
    match texts.into_iter().find(|text| text.contains(hidden)) {
        Some(text) => Err(format!("a finding cannot be shown: {text:?}")),
        None => Ok(()),
    }
}

/// Everybody once, and nothing in their cells that a letter or a terminal would stumble over.
fn people_are_sound(list: &ListRows) -> Result<(), String> {
    let mut known = BTreeSet::new();
    for row in &list.rows {
        let person = &row.subscriber;
        if !known.insert(person.address.identity().to_owned()) {
            return Err(format!("{} is two people", person.address));
        }
        for (name, value) in person.attributes.iter().chain(person.rows.iter().flatten()) {
            if value.is_empty() || value.trim() != value || value.contains(char::is_control) || value.chars().count() > 1_000 {
                return Err(format!("`{name}` of {} is {value:?}", person.address));
            }
        }
        if person.rows.len() == 1 {
            return Err(format!("{} is a family of one", person.address));
        }
    }
    Ok(())
}

/// Every line is a person, was merged into an earlier one or was left out, and only one of these.
fn every_line_is_told_once(list: &ListRows) -> Result<(), String> {
    let people: BTreeSet<usize> = list.rows.iter().map(|row| row.line).collect();
    if let Some(lost) = list
        .report
        .merged
        .iter()
        .find(|merged| !people.contains(&merged.into) || merged.into >= merged.line)
    {
        return Err(format!("merged into nobody: {lost:?}"));
    }
    let told = told(list);
    match told.windows(2).find(|pair| pair[0] >= pair[1]) {
        Some(pair) => Err(format!("line {} is told twice, or before line {}", pair[1], pair[0])),
        None => Ok(()),
    }
}

/// The lines that are told, in order.
fn told(list: &ListRows) -> Vec<usize> {
    let people = list.rows.iter().map(|row| row.line);
    let merged = list.report.merged.iter().map(|merged| merged.line);
    let skipped = list.report.skipped.iter().map(|skipped| skipped.line);
    let mut lines: Vec<usize> = people.chain(merged).chain(skipped).collect();
    lines.sort_unstable();
    lines
}

/// Of a text without quotes every line that says anything is told, but for the header and a `sep=` line.
fn nobody_is_lost(list: &ListRows, text: &str) -> Result<(), String> {
    let Some(delimiter) = list.report.delimiter.filter(|_| !text.contains('"')) else {
        return Ok(());
    };
    let told: BTreeSet<usize> = told(list).into_iter().collect();
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let says_something = |line: &str| {
        line.split(delimiter.as_char())
            .any(|cell| !cell.trim().trim_matches('\u{feff}').trim().is_empty())
    };
    let lines = unix.split('\n').enumerate();
    let untold: Vec<(usize, &str)> = lines
        .map(|(index, line)| (index + 1, line))
        .filter(|(number, line)| says_something(line) && !told.contains(number))
        .collect();
    let wanted = match untold.first() {
        Some((_, line)) if line.trim_start_matches('\u{feff}').to_ascii_lowercase().starts_with("sep=") => 2,
        _ => 1,
    };
    match untold.len() > wanted {
        true => Err(format!("nobody tells of lines {untold:?}")),
        false => Ok(()),
    }
}

/// The same text in UTF-16 gives the same people.
fn utf_16_says_the_same(list: &ListRows, bytes: &[u8], mapping: &Mapping) -> Result<(), String> {
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(()) };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if encoding::decode(bytes).encoding != "UTF-8" {
        return Ok(());
    }
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    match csv::read("subscribers/patients.csv", &wide, mapping) {
        Ok(other)
            if (&other.rows, &other.report.skipped, &other.report.merged)
                == (&list.rows, &list.report.skipped, &list.report.merged) =>
        {
            Ok(())
        }
        other => Err(format!("UTF-16 says something else: {other:?}")),
    }
}
