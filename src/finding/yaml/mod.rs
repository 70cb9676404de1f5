//! YAML text into checked values, with every mistake at its own line and column.
//!
//! Promises: [`read`] never panics, takes no longer than its limits allow, and names all mistakes of a text at once; what could be
//! read is in the value, what could not is absent from it and stands in the findings. Texts are read as their writer meant them:
//! `title: 2027` is a text where a text is wanted, `key:` is the same as no key. Anchors, aliases and tags are refused: nobody who
//! mails patients needs them, and they are how small files become large ones. Knows nothing of what the keys mean.

mod comment;
mod inspection;
mod syntax;
mod tree;
mod typed;
mod walk;

#[cfg(test)]
mod tests;

pub use inspection::Inspection;

use crate::finding::{Finding, Place, suggestion};
use serde::de::DeserializeOwned;

/// The longest YAML text that is read; what a person writes is a thousand times shorter.
pub const MAX_BYTES: usize = 1024 * 1024;

/// How many findings one text may have before the rest goes unsaid.
const MAX_FINDINGS: usize = 50;

/// A YAML text and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file's name, as findings show it.
    pub file: &'a str,
    /// The text.
    pub text: &'a str,
    /// The line of the file on which `text` starts, from 1: places are those of the file.
    pub first_line: usize,
}

/// Where keys and values stand in one part of a text.
pub struct Places {
    node: Option<tree::Node>,
    first_line: usize,
}

impl Places {
    /// The places of the key and of the value at `path` in this part; for an item of a list both are the item's.
    pub fn of(&self, path: &[&str]) -> Option<(Place, Place)> {
        let node = self.node.as_ref()?.find(path)?;
        let in_file = |place: Place| Place::new(place.line + self.first_line.saturating_sub(1), place.column);
        Some((in_file(node.key_place), in_file(node.place)))
    }
}

/// What came out of a text: a value, as far as it could be read, and everything that was wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<T> {
    /// The value; what was wrong is left out of it.
    pub value: T,
    /// All mistakes, in the order of the text.
    pub findings: Vec<Finding>,
}

/// Something wrong at a place of the text itself, its lines counted from 1.
#[derive(Debug, Clone, PartialEq)]
struct Mistake {
    place: Option<Place>,
    text: String,
    hint: Option<String>,
}

impl Mistake {
    fn at(place: Place, text: impl Into<String>) -> Self {
        let (place, text) = (Some(place), text.into());
        Self { place, text, hint: None }
    }

    fn somewhere(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            place: None,
            text,
            hint: None,
        }
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Reads `source` into a struct of options (`#[serde(default, deny_unknown_fields)]`, in nested structs as well).
///
/// Each unknown key and each value of the wrong kind is a finding and is left out; the rest is read as if it were not there.
pub fn read<T: DeserializeOwned + Default>(source: &Source<'_>) -> Read<T> {
    let (value, mut mistakes) = match tree::plant(source.text) {
        Err(mistake) => (T::default(), vec![mistake]),
        Ok(tree) => {
            let (value, wrong) = typed::read(&tree.root);
            let swallowed = comment::swallowed(&tree.root, source.text);
            (value, [tree.mistakes, wrong, swallowed].concat())
        }
    };
    mistakes.sort_by_key(|mistake| mistake.place);
    let unsaid = mistakes.len().saturating_sub(MAX_FINDINGS);
    mistakes.truncate(MAX_FINDINGS);
    let mut findings: Vec<Finding> = mistakes.into_iter().map(|mistake| source.report(mistake)).collect();
    if unsaid > 0 {
        let text = format!("there are {unsaid} more mistakes in this file");
        findings.push(Finding::error(source.file, text).hint("mend these first, then check again"));
    }
    Read { value, findings }
}

impl Source<'_> {
    /// Where the value at `path` stands; a step of the path is a key, or a position in a list counted from 0.
    pub fn place(&self, path: &[&str]) -> Option<Place> {
        let tree = tree::plant(self.text).ok()?;
        tree.root.find(path).map(|node| self.in_file(node.place))
    }

    /// Where the key at the end of `path` stands; for an item of a list, where the item does.
    pub fn key_place(&self, path: &[&str]) -> Option<Place> {
        let tree = tree::plant(self.text).ok()?;
        tree.root.find(path).map(|node| self.in_file(node.key_place))
    }

    /// The places of all that stands at `path` or under it, read once and looked up as often as wanted.
    pub fn places(&self, path: &[&str]) -> Places {
        let root = tree::plant(self.text).ok().map(|tree| tree.root);
        Places {
            node: root.and_then(|root| root.into_part(path)),
            first_line: self.first_line,
        }
    }

    /// An error about the value at `path`, placed there, or at the nearest thing around it that the text has.
    pub fn finding(&self, path: &[&str], text: impl Into<String>) -> Finding {
        let finding = Finding::error(self.file, text);
        let Ok(tree) = tree::plant(self.text) else {
            return finding;
        };
        let (depth, node) = tree.root.find_nearest(path);
        let place = match depth == path.len() && !node.is_null() {
            true => node.place,
            false => node.key_place,
        };
        finding.at(self.in_file(place))
    }

    /// The error that something at `path` is missing; `None` where the text has it in some form, since then its own mistake is
    /// said already: a value of the wrong kind, or a slip in the key.
    pub fn missing(&self, path: &[&str], text: impl Into<String>) -> Option<Finding> {
        let tree = tree::plant(self.text).ok()?;
        let (depth, node) = tree.root.find_nearest(path);
        let absent = match path.get(depth..) {
            Some([wanted, ..]) => node.is_mapping() && !node.keys().any(|key| suggestion::nearest(key, [*wanted]).is_some()),
            Some([]) | None => node.is_null(),
        };
        absent.then(|| self.finding(path, text))
    }

    fn report(&self, mistake: Mistake) -> Finding {
        let finding = Finding::error(self.file, mistake.text);
        let finding = match mistake.place {
            Some(place) => finding.at(self.in_file(place)),
            None => finding,
        };
        match mistake.hint {
            Some(hint) => finding.hint(hint),
            None => finding,
        }
    }

    fn in_file(&self, place: Place) -> Place {
        Place::new(place.line + self.first_line.saturating_sub(1), place.column)
    }
}

/// What was found, short and without controls, in backticks.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let tame = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let short: String = tame.clone().take(MOST).collect();
    match tame.count() > MOST {
        true => format!("`{short}…`"),
        false => format!("`{short}`"),
    }
}
