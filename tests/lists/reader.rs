//! The reader itself, asked without the program around it: who is in a file, one person a line.

use super::folder;
use std::fmt::Write as _;
use tidings::article::encoding::decode;
use tidings::subscriber::csv::{self, ListRows, Mapping, Row};

/// The people of an odd file, one a line.
pub(super) fn people(name: &str) -> String {
    let bytes = std::fs::read(folder("odd").join(name)).unwrap();
    let rows = csv::read(&format!("subscribers/{name}"), &decode(&bytes).text, &Mapping::default());
    told(&rows)
}

fn told(list: &ListRows) -> String {
    list.rows.iter().map(line).collect()
}

/// One person: line, address, what they answered and when, and what else is known.
fn line(row: &Row) -> String {
    let subscriber = &row.subscriber;
    let consent = &subscriber.consent;
    let mut line = format!("{}: {} · {}", row.line, subscriber.address, consent.answer.as_str());
    for said in [
        consent.basis.map(|basis| basis.as_str().to_owned()),
        consent.date.map(|date| date.to_string()),
        consent.source.clone(),
        consent.wording.clone(),
    ]
    .into_iter()
    .flatten()
    {
        write!(line, ", {said}").unwrap();
    }
    for (name, value) in &subscriber.attributes {
        write!(line, " · {name}={value}").unwrap();
    }
    line + "\n"
}
