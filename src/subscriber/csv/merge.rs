//! Families: rows with one address become one person.
//!
//! Promises: what a person is called is only what all rows agree on; the strictest consent counts, and the earliest day of joining.

use crate::subscriber::consent::Consent;
use crate::subscriber::{Attributes, Subscriber, word};

/// Several rows on the way to being one person.
pub(super) struct Family {
    one: Subscriber,
    /// What the first row with a name calls its person, folded.
    called: Option<String>,
    /// Whether people with different first names share the address; no first name is taken for them any more.
    is_shared: bool,
}

/// What became of a further row.
pub(super) struct Joined {
    /// Whether people with different first names share the address.
    pub(super) is_shared: bool,
    /// Whether the rows disagree about consent.
    pub(super) disagree: bool,
}

impl Family {
    /// The person of the first row.
    pub(super) fn of(first: Subscriber) -> Self {
        let rows = vec![first.attributes.clone()];
        Self {
            called: called(&first.attributes),
            one: Subscriber { rows, ..first },
            is_shared: false,
        }
    }

    /// Adds a further row.
    pub(super) fn join(&mut self, later: Subscriber) -> Joined {
        let one = &mut self.one;
        let name = called(&later.attributes);
        self.is_shared |= matches!((&self.called, &name), (Some(a), Some(b)) if a != b);
        self.called = self.called.take().or(name);
        let disagree = differ_in_answer(&one.consent, &later.consent);
        for (name, value) in &later.attributes {
            if !one.attributes.contains_key(name) {
                one.attributes.insert(name.clone(), value.clone());
            }
        }
        one.rows.push(later.attributes);
        one.consent = std::mem::take(&mut one.consent).stricter(later.consent);
        one.left = one.left.max(later.left);
        one.joined = match (one.joined, later.joined) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Joined {
            is_shared: self.is_shared,
            disagree,
        }
    }

    /// The person that all rows are now.
    pub(super) fn into_one(self) -> Subscriber {
        let mut one = self.one;
        if let Some(joined) = one.joined {
            one.attributes.insert("joined".to_owned(), joined.to_string());
        }
        if self.is_shared {
            one.attributes.remove("first_name");
            one.attributes.remove("name");
            // A letter to two people tells neither of them what is the other's alone.
            let rows = &one.rows;
            let is_everybodys =
                |name: &String| name == "joined" || (agree(rows, name) && rows.iter().all(|row| row.contains_key(name)));
            one.attributes.retain(|name, _| is_everybodys(name));
        }
        one
    }
}

/// Whether no two rows say different things in this column.
fn agree(rows: &[Attributes], name: &str) -> bool {
    let mut values = rows.iter().filter_map(|row| row.get(name)).map(|value| word::fold(value));
    let first = values.next();
    values.all(|value| Some(value) == first)
}

fn called(one: &Attributes) -> Option<String> {
    one.get("first_name").or(one.get("name")).map(|name| word::fold(name))
}

fn differ_in_answer(before: &Consent, after: &Consent) -> bool {
    (before.answer, before.basis) != (after.answer, after.basis)
}
