//! Python's `email` package: what a strict reader makes of our letters.

use super::{or_passed_over, python, script};
use serde::Deserialize;
use std::io::Write as _;
use std::process::{Command, Stdio};

/// A letter as Python reads it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Read {
    /// What is wrong with it, by Python's names; wanted: nothing.
    pub(crate) defects: Vec<String>,
    /// The header fields in order, decoded.
    pub(crate) headers: Vec<(String, String)>,
    /// The parts in order.
    pub(crate) parts: Vec<Part>,
    /// The kinds of all parts, those that hold others before what they hold.
    pub(crate) tree: Vec<String>,
}

/// One part that holds something, and not other parts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Part {
    /// Such as `text/html`.
    pub(crate) kind: String,
    /// The decoded text; empty for what is no text.
    pub(crate) text: String,
    /// `Content-ID`, where there is one.
    pub(crate) id: String,
    /// The hash of what it holds: SHA-256, in hex.
    pub(crate) hash: String,
}

impl Read {
    /// The value of the one field of this name; a field that is missing or stands twice fails the test.
    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let values: Vec<&str> = self
            .headers
            .iter()
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        let [value] = values[..] else {
            panic!("`{name}` stands {} times in {:#?}", values.len(), self.headers)
        };
        value
    }

    /// The text of the one part of this kind.
    #[track_caller]
    pub(crate) fn part(&self, kind: &str) -> &str {
        let texts: Vec<&str> = self
            .parts
            .iter()
            .filter(|part| part.kind == kind)
            .map(|part| part.text.as_str())
            .collect();
        let [text] = texts[..] else {
            panic!("{} parts are `{kind}`: {:#?}", texts.len(), self.parts)
        };
        text
    }
}

/// Reads these letters; `None` where there is no Python.
pub(crate) fn read(letters: &[Vec<u8>]) -> Option<Vec<Read>> {
    let python = or_passed_over(python(), "python3")?;
    let letters: Vec<String> = letters
        .iter()
        .map(|letter| letter.iter().map(|byte| char::from(*byte)).collect())
        .collect();
    let mut child = Command::new(python)
        .arg(script("mail_reader.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(&serde_json::to_vec(&letters).unwrap())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "the reader fell over a letter");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
