//! Remarks that repeat from row to row, said once with the first place and a count.

use crate::finding::{Finding, Place};
use std::collections::HashMap;

/// Collects remarks; equal keys are one remark.
#[derive(Default)]
pub(super) struct Notes {
    index: HashMap<String, usize>,
    notes: Vec<Note>,
}

struct Note {
    place: Place,
    text: String,
    hint: Option<String>,
    more: usize,
}

impl Notes {
    /// Remarks on something at `place`; only the first remark of a `key` is worded.
    pub(super) fn add(&mut self, key: impl Into<String>, place: Place, text: impl Into<String>, hint: Option<&str>) {
        let next = self.notes.len();
        match self.index.entry(key.into()) {
            std::collections::hash_map::Entry::Occupied(known) => self.notes[*known.get()].more += 1,
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(next);
                self.notes.push(Note {
                    place,
                    text: text.into(),
                    hint: hint.map(str::to_owned),
                    more: 0,
                });
            }
        }
    }

    /// All remarks as warnings about `file`.
    pub(super) fn into_findings(self, file: &str) -> impl Iterator<Item = Finding> {
        self.notes.into_iter().map(move |note| {
            let text = match note.more {
                0 => note.text,
                1 => format!("{} (and in 1 more row)", note.text),
                more => format!("{} (and in {more} more rows)", note.text),
            };
            let finding = Finding::warning(file, text).at(note.place);
            match note.hint {
                Some(hint) => finding.hint(hint),
                None => finding,
            }
        })
    }
}
