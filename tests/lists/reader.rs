//! The reader itself, asked without the program around it: who is in an odd file, one person a line, and that every law holds.

use super::{folder, laws};
use std::fmt::Write as _;
use std::path::Path;
use tidings::subscriber::csv::{Mapping, MappingFile, Row};

/// How a broken law is told in a report that nobody may agree to.
pub(super) const BROKEN: &str = "BROKEN LAW: ";

/// The people of an odd file, one a line; none where the file is of no use.
pub(super) fn people(name: &str) -> String {
    let bytes = std::fs::read(folder("odd").join(name)).unwrap();
    match laws::hold(&bytes, &mapping(name)) {
        Err(broken) => format!("{BROKEN}{broken}\n"),
        Ok(Err(_)) => String::new(),
        Ok(Ok(list)) => list.rows.iter().map(line).collect(),
    }
}

/// What the map beside the list says, as far as it can be understood.
fn mapping(name: &str) -> Mapping {
    let map = folder("odd").join(Path::new(name).with_extension("yaml"));
    let text = std::fs::read_to_string(map).unwrap_or_default();
    let file: MappingFile = serde_yaml::from_str(&text).unwrap_or_default();
    file.check("map", |_| None).0
}

/// One person: line, address, what they answered and when, and what else is known.
fn line(row: &Row) -> String {
    let subscriber = &row.subscriber;
    let consent = &subscriber.consent;
    let mut line = format!("{}: {} · {}", row.line, subscriber.address, consent.answer.as_str());
    let said = [
        consent.basis.map(|basis| basis.as_str().to_owned()),
        consent.date.map(|date| date.to_string()),
        consent.source.clone(),
        consent.wording.clone().map(|wording| format!("“{wording}”")),
        subscriber.left.map(|reason| format!("left: {}", reason.as_str())),
    ];
    for said in said.into_iter().flatten() {
        write!(line, ", {said}").unwrap();
    }
    for (name, value) in &subscriber.attributes {
        write!(line, " · {name}={}", short(value)).unwrap();
    }
    for row in subscriber.rows.iter().take(5) {
        let cells: Vec<String> = row.iter().map(|(name, value)| format!("{name}={}", short(value))).collect();
        let cells = if cells.is_empty() {
            "nothing else".to_owned()
        } else {
            cells.join(" · ")
        };
        write!(line, "\n    row: {cells}").unwrap();
    }
    match subscriber.rows.len() {
        0..=5 => line + "\n",
        rows => format!("{line}\n    {rows} rows in all\n"),
    }
}

/// A value, or its beginning and length.
fn short(value: &str) -> String {
    match value.chars().count() {
        0..=80 => value.to_owned(),
        length => format!("{}… ({length} letters)", value.chars().take(20).collect::<String>()),
    }
}
