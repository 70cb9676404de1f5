//! Remarks that repeat from row to row: the first ones are said one by one, the others counted.

use crate::address::mask_all;
use crate::finding::{Finding, Place};
use std::collections::HashMap;

/// Of one kind of remark, so many are worded singly where each says something of its own.
pub(super) const MOST_SINGLE: usize = 20;

/// Collects remarks by their kind.
#[derive(Default)]
pub(super) struct Notes {
    index: HashMap<String, usize>,
    kinds: Vec<Kind>,
}

struct Kind {
    worded: Vec<Note>,
    more: usize,
}

struct Note {
    place: Place,
    text: String,
    hint: Option<String>,
}

impl Notes {
    /// Remarks on something at `place`; only the first remark of a `kind` is worded.
    pub(super) fn once(
        &mut self,
        kind: impl AsRef<str>,
        place: impl FnOnce() -> Place,
        text: impl FnOnce() -> String,
        hint: Option<&str>,
    ) {
        self.note(kind.as_ref(), 1, place, text, || hint.map(str::to_owned));
    }

    /// Remarks on something at `place`; the first twenty of a `kind` are worded.
    pub(super) fn each(
        &mut self,
        kind: impl AsRef<str>,
        place: impl FnOnce() -> Place,
        text: impl FnOnce() -> String,
        hint: impl FnOnce() -> Option<String>,
    ) {
        self.note(kind.as_ref(), MOST_SINGLE, place, text, hint);
    }

    fn note(
        &mut self,
        kind: &str,
        most: usize,
        place: impl FnOnce() -> Place,
        text: impl FnOnce() -> String,
        hint: impl FnOnce() -> Option<String>,
    ) {
        let index = self.index.get(kind).copied().unwrap_or_else(|| {
            self.index.insert(kind.to_owned(), self.kinds.len());
            self.kinds.push(Kind {
                worded: Vec::new(),
                more: 0,
            });
            self.kinds.len() - 1
        });
        let known = &mut self.kinds[index];
        if known.worded.len() < most {
            known.worded.push(Note {
                place: place(),
                text: text(),
                hint: hint(),
            });
        } else {
            known.more += 1;
        }
    }

    /// All remarks as warnings about `file`.
    pub(super) fn into_findings(self, file: &str) -> Vec<Finding> {
        let of_kind = |mut kind: Kind| {
            if let Some(last) = kind.worded.last_mut() {
                match kind.more {
                    0 => {}
                    1 => last.text.push_str(" (and in 1 more row)"),
                    more => last.text.push_str(&format!(" (and in {more} more rows)")),
                }
            }
            kind.worded
        };
        let notes = self.kinds.into_iter().flat_map(of_kind);
        let finding = |note: Note| {
            // Whatever cell a remark quotes: it may be read where addresses have no business.
            let finding = Finding::warning(file, mask_all(&note.text)).at(note.place);
            match note.hint {
                Some(hint) => finding.hint(hint),
                None => finding,
            }
        };
        notes.map(finding).collect()
    }
}
