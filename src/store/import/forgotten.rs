//! Forgotten people in other people's rows: a partner's address, a note, a second address in a cell.
//!
//! Promises: whoever asked to be forgotten is not written down again in anybody's row (law 15). Knows them by their hashes alone.

use super::prepared::Prepared;
use crate::address::Address;
use crate::store::keys::{Keys, PersonHash};
use std::collections::HashSet;

/// What stands in an address's place, as in the texts that forgetting goes through.
const PLACE: &str = "(forgotten)";

/// The people who asked to be forgotten.
pub(super) struct Forgotten {
    keys: Keys,
    hashes: HashSet<PersonHash>,
}

impl Forgotten {
    pub(super) fn new(keys: Keys, hashes: HashSet<PersonHash>) -> Self {
        Self { keys, hashes }
    }

    /// Takes them out of everything a row says of somebody else.
    pub(super) fn take_out_of(&self, row: &mut Prepared) {
        if self.hashes.is_empty() {
            return;
        }
        let consent = &mut row.consent;
        let texts = [&mut row.rows, &mut consent.source, &mut consent.wording];
        for text in texts.into_iter().flatten().chain([&mut row.attributes]) {
            if let Some(without) = self.taken_out(text) {
                *text = without;
            }
        }
    }

    /// The text without forgotten addresses, if it holds any.
    fn taken_out(&self, text: &str) -> Option<String> {
        let mut without = String::new();
        let mut done = 0;
        for (at, _) in text.match_indices('@') {
            if at < done {
                continue;
            }
            let start = text[..at].rfind(parts).map_or(0, |before| before + width(text, before));
            let end = text[at..].find(parts).map_or(text.len(), |length| at + length);
            // A sentence's full stop is no part of the address before it.
            let found = text[start.max(done)..end].trim_matches(['.', '-', '\'', '&']);
            let is_forgotten = Address::parse(found).is_ok_and(|address| self.hashes.contains(&self.keys.person(&address)));
            if is_forgotten {
                let from = text[start.max(done)..end]
                    .find(found)
                    .map_or(start, |offset| start.max(done) + offset);
                without.push_str(&text[done..from]);
                without.push_str(PLACE);
                done = from + found.len();
            }
        }
        (done > 0).then(|| without + &text[done..])
    }
}

/// What parts an address from the text around it.
fn parts(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "<>()[]{},;:\"\\|/=?".contains(c)
}

fn width(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_forgotten_stands_in_somebody_elses_row() {
        let keys = Keys::random().unwrap();
        let eve = keys.person(&Address::parse("eve.fox@example.org").unwrap());
        let forgotten = Forgotten::new(keys, HashSet::from([eve]));
        let check = |text: &str, expected: &str| {
            assert_eq!(forgotten.taken_out(text).as_deref().unwrap_or(text), expected, "{text}");
        };
        check(r#"{"partner":"Eve.Fox@example.org"}"#, r#"{"partner":"(forgotten)"}"#);
        check(
            "ask eve.fox@example.org. Or ann@example.org",
            "ask (forgotten). Or ann@example.org",
        );
        check(
            "<eve.fox@EXAMPLE.org>, mailto:eve.fox@example.org",
            "<(forgotten)>, mailto:(forgotten)",
        );
        check(
            "not.eve.fox@example.org ann@example.org @ zoë@",
            "not.eve.fox@example.org ann@example.org @ zoë@",
        );
    }
}
