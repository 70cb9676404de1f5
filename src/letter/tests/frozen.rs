//! Editions that an earlier version of the program released: they thaw, and say in the very same words what they began to
//! say; only headers that every letter has now are added.

use super::{BARE, recipient, sources, stamp, text_of};
use crate::letter::Sources;
use crate::letter::compile::{compile, compile_released};
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
        let letter = compile_released(&sources)
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

/// A rule that the program learns is one for texts to come: what waits was proved by the rules of its day.
#[test]
fn a_younger_rule_leaves_no_released_edition_behind() {
    let template = |more: &str| format!("{BARE}{more}");
    for (words, html, markdown) in [
        ("a placeholder", template(""), "Lorem ipsum dolor sit amet, consectetur."),
        ("a link into files", template("<a href=\"file:x\">here</a>"), "Breathe."),
        ("a list by a loop", template("{{ [x for x in [1, 2]] | first }}"), "Breathe."),
        ("an article of tags", template(""), "Dear {{ first_name }}, breathe."),
    ] {
        let sources = sources(&[("letter.html", &html)], "Calmer days", markdown);
        assert!(compile(&sources).is_err(), "{words} is refused today");
        let compiled = compile_released(&sources).unwrap_or_else(|findings| panic!("{words}: {findings:?}"));
        let letter = compiled
            .compose(&recipient("ann@example.org", &[]), &stamp("m4x2.k7"))
            .unwrap();
        assert!(text_of(&letter).contains("12 Mill Lane"), "{words}");
    }
}
