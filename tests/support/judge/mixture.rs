//! The worst that can happen: somebody's letter in somebody else's hands.

use super::{locked, words};
use std::sync::Mutex;

/// What was seen of it; hopefully nothing.
#[derive(Default)]
pub(super) struct Mixture {
    seen: Mutex<Vec<String>>,
}

impl Mixture {
    /// Looks at a letter at its end of data: whoever is in the transaction must be the one person that its To field names. A letter
    /// without To is a test's own.
    pub(super) fn look_at(&self, recipients: &[String], letter: &[u8], connection: usize) {
        let Some(to) = words::field(letter, "to") else {
            return;
        };
        let address = to
            .rsplit_once('<')
            .map_or(to.as_str(), |(_, rest)| rest.trim_end_matches('>'));
        if recipients != [address.to_lowercase()] {
            locked(&self.seen).push(format!("connection {connection}: a letter to {to:?} for {recipients:?}"));
        }
    }

    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut locked(&self.seen))
    }
}
