//! The texts of one edition, compiled: its own, and those that came to a step of a series later.
//!
//! Promises: a letter is composed from the text it was frozen with and from no other.

use crate::letter::compile::Compiled;
use crate::store::TextId;
use std::collections::HashMap;

/// The texts of one edition.
pub struct Texts {
    own: Compiled,
    later: HashMap<i64, Compiled>,
}

impl Texts {
    /// An edition with the text it began with.
    pub fn of(own: Compiled) -> Self {
        let later = HashMap::new();
        Self { own, later }
    }

    /// One more text of it.
    pub(super) fn add(&mut self, id: TextId, text: Compiled) {
        self.later.insert(id.0, text);
    }

    /// The text that a letter was frozen with; none where that was not read, and the letter has to wait.
    pub fn text(&self, id: Option<TextId>) -> Option<&Compiled> {
        match id {
            None => Some(&self.own),
            Some(id) => self.later.get(&id.0),
        }
    }
}
