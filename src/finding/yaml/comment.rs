//! Values that a `#` has made into comments: `colour: #c81e5a` gives a colour to nobody.
//!
//! Promises: said only where the `#` touches what follows it; a comment behind a blank is one. Knows nothing of what the keys mean.

use super::Mistake;
use super::tree::{Body, Node};
use crate::finding::Place;

/// The values under `root` that became comments.
pub(super) fn swallowed(root: &Node, text: &str) -> Vec<Mistake> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    gather(root, &lines, &mut found);
    found
}

fn gather(node: &Node, lines: &[&str], found: &mut Vec<Mistake>) {
    match &node.body {
        Body::Mapping(entries) => {
            for (key, value) in entries {
                let line = lines.get(value.key_place.line - 1).copied().unwrap_or("");
                let value_of = || in_block(line, value.key_place.column - 1 + key.chars().count());
                match value.is_null().then(value_of).flatten() {
                    Some(lost) => found.push(mistake(value.key_place, key, lost)),
                    None => gather(value, lines, found),
                }
            }
        }
        Body::List(items) => items.iter().for_each(|item| gather(item, lines, found)),
        Body::Null | Body::Bool(_) | Body::Whole(..) | Body::Fraction(..) | Body::Text(_) => {}
    }
}

/// What stands behind `key:` as a comment.
fn in_block(line: &str, key_end: usize) -> Option<&str> {
    let end = line.char_indices().nth(key_end).map_or(line.len(), |(at, _)| at);
    let rest = line[end..].trim_start_matches(['"', '\'']).strip_prefix(':')?;
    value(rest)
}

fn value(rest: &str) -> Option<&str> {
    let rest = rest.strip_prefix(char::is_whitespace)?.trim_start();
    let is_value = rest.strip_prefix('#')?.starts_with(|c: char| c.is_alphanumeric());
    is_value.then(|| rest.split_whitespace().next()).flatten()
}

/// The line, up to `last`, in whose `{ … }` a value and the closing brace became a comment.
pub(super) fn swallowed_brace(text: &str, last: usize) -> Option<Mistake> {
    (1..=last).zip(text.lines()).find_map(|(number, line)| {
        let open = line.find('{')?;
        let (before, rest) = line[open..].match_indices(':').find_map(|(at, _)| {
            let at = open + at;
            Some((&line[..at], value(&line[at + 1..])?))
        })?;
        let key = before.rsplit(['{', ',', ' ']).next().filter(|key| !key.is_empty())?;
        let column = before.chars().count() - key.chars().count() + 1;
        Some(mistake(Place::new(number, column), key, rest.trim_end_matches(['}', ','])))
    })
}

fn mistake(place: Place, key: &str, lost: &str) -> Mistake {
    let text = format!("`{key}` is empty, because `#` begins a comment");
    Mistake::at(place, text).hint(format!("put quotes around the value: `{key}: \"{lost}\"`"))
}
