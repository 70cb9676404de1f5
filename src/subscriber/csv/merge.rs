//! Rows with one address become one person.

use crate::subscriber::Subscriber;
use crate::subscriber::consent::Consent;
use crate::subscriber::csv::Row;
use crate::subscriber::word;
use std::collections::{HashMap, HashSet};

/// The people of a list, each address once, in the order of their first rows.
#[derive(Default)]
pub(super) struct People {
    rows: Vec<Row>,
    by_identity: HashMap<String, usize>,
    /// The people whose address several share; no first name is taken for them any more.
    shared: HashSet<usize>,
}

/// What became of a second row with a known address.
pub(super) struct Joined {
    /// The line of the first row.
    pub(super) first: usize,
    /// Whether people with different first names share the address.
    pub(super) shared: bool,
    /// Whether the consent became stricter by it.
    pub(super) stricter: bool,
}

impl People {
    /// Adds one row; says so when the address was known.
    pub(super) fn add(&mut self, row: Row) -> Option<Joined> {
        match self.by_identity.get(row.subscriber.address.identity()) {
            None => {
                let identity = row.subscriber.address.identity().to_owned();
                self.by_identity.insert(identity, self.rows.len());
                self.rows.push(row);
                None
            }
            Some(known) => {
                let first = &mut self.rows[*known];
                let differ = first_names_differ(&first.subscriber, &row.subscriber);
                let shared = match differ {
                    true => self.shared.insert(*known) || differ,
                    false => self.shared.contains(known),
                };
                let before = first.subscriber.consent.clone();
                join(&mut first.subscriber, row.subscriber);
                if shared {
                    first.subscriber.attributes.remove("first_name");
                    first.subscriber.attributes.remove("name");
                }
                Some(Joined {
                    first: first.line,
                    shared,
                    stricter: differs_in_answer(&before, &first.subscriber.consent),
                })
            }
        }
    }

    /// The people.
    pub(super) fn into_rows(self) -> Vec<Row> {
        self.rows
    }
}

/// What the first row left empty comes from the later one; the stricter consent stands; the earlier day of joining counts.
fn join(first: &mut Subscriber, later: Subscriber) {
    for (name, value) in later.attributes {
        first.attributes.entry(name).or_insert(value);
    }
    let consent = std::mem::take(&mut first.consent);
    first.consent = consent.stricter(later.consent);
    first.joined = match (first.joined, later.joined) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
    if let Some(joined) = first.joined {
        first.attributes.insert("joined".to_owned(), joined.to_string());
    }
}

fn first_names_differ(a: &Subscriber, b: &Subscriber) -> bool {
    let called = |one: &Subscriber| {
        one.attributes
            .get("first_name")
            .or(one.attributes.get("name"))
            .map(|name| word::fold(name))
    };
    matches!((called(a), called(b)), (Some(a), Some(b)) if a != b)
}

fn differs_in_answer(before: &Consent, after: &Consent) -> bool {
    (before.answer, before.basis) != (after.answer, after.basis)
}
