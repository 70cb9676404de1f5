//! Editions that an earlier version of the program released: they thaw, and say in the very same words what they began to
//! say; only headers that every letter has now are added.

use super::{recipient, stamp};
use crate::letter::Sources;
use crate::letter::compile::compile;
use std::collections::BTreeMap;

/// A letter as it left when templates were rendered whole for every person.
#[derive(serde::Deserialize)]
struct Frozen {
    /// As the store holds them.
    sources: String,
    columns: BTreeMap<String, String>,
    letter: String,
}

#[test]
fn an_old_edition_composes_to_the_same_lines_as_before() {
    let letters: Vec<Frozen> = serde_json::from_str(include_str!("frozen.json")).unwrap();
    assert_eq!(letters.len(), 8);
    for (at, frozen) in letters.iter().enumerate() {
        let sources: Sources = serde_json::from_str(&frozen.sources).unwrap();
        let again = serde_json::to_string(&sources).unwrap();
        assert_eq!(again, frozen.sources, "letter {at}: thawing and freezing changes the text");
        let columns: Vec<(&str, &str)> = frozen
            .columns
            .iter()
            .map(|(column, value)| (column.as_str(), value.as_str()))
            .collect();
        let letter = compile(&sources)
            .unwrap()
            .compose(&recipient("ann@example.org", &columns), &stamp("m4x2.k7"))
            .unwrap();
        let found = String::from_utf8(letter.bytes).unwrap();
        let found: Vec<&str> = found.lines().filter(|line| !is_younger(line)).collect();
        let before: Vec<&str> = frozen.letter.lines().collect();
        assert_eq!(found, before, "letter {at}");
    }
}

/// Headers that this version has added to every letter.
fn is_younger(line: &str) -> bool {
    ["List-Help: ", "List-Owner: ", "List-Post: ", "X-Tidings-Ref: "]
        .iter()
        .any(|name| line.starts_with(name))
}
