//! Invented people: readers who show what a letter has to bear.
//!
//! Promises: nobody has these addresses (RFC 2606); each has every column that the campaign's people have, so that a letter which can be
//! made for them can be made for these.

use super::people::{People, Person, Standing};
use crate::address::Address;
use crate::letter::Recipient;
use crate::subscriber::Attributes;

/// An invented person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Invented {
    /// Their name is like most.
    Ordinary,
    /// Nobody has told us their name.
    Nameless,
    /// Their name is longer than a line.
    Long,
    /// Their name is written from right to left.
    RightToLeft,
}

impl Invented {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ordinary, Self::Nameless, Self::Long, Self::RightToLeft];

    /// What they are called in a link.
    pub fn key(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary-name",
            Self::Nameless => "no-name",
            Self::Long => "long-name",
            Self::RightToLeft => "right-to-left",
        }
    }

    /// What they show, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ordinary => "Ordinary name",
            Self::Nameless => "Without a name",
            Self::Long => "Long name",
            Self::RightToLeft => "Right-to-left name",
        }
    }

    /// The one with this key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.key() == key)
    }

    /// Whether this is their address.
    pub(super) fn is(self, address: &Address) -> bool {
        address.as_str() == self.names().0
    }

    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Ordinary => ("ordinary-name@example.org", "Ann", "Miller"),
            Self::Nameless => ("no-name@example.org", "", ""),
            Self::Long => (
                "long-name@example.org",
                "Maximiliana Konstantina Alexandrowna",
                "von Hohenstein-Wolkersdorf-Przybyszewska",
            ),
            Self::RightToLeft => ("right-to-left@example.org", "عبد الرحمن", "الهاشمي"),
        }
    }

    /// This person as a reader of the campaign's letters.
    pub(super) fn person(self, people: &People) -> Option<Person> {
        let (address, first, last) = self.names();
        let address = Address::parse(address).ok()?;
        // What else a template may ask for is taken from somebody who is there.
        let mut attributes: Attributes = people
            .at(0)
            .ok()
            .flatten()
            .map(|person| person.recipient.attributes)
            .unwrap_or_default();
        for (column, value) in [
            ("first_name", first.to_owned()),
            ("last_name", last.to_owned()),
            ("name", format!("{first} {last}").trim().to_owned()),
        ] {
            attributes.remove(column);
            if !value.is_empty() {
                attributes.insert(column.to_owned(), value);
            }
        }
        // Invented people read every article in its own language.
        attributes.remove("language");
        Some(Person {
            recipient: Recipient {
                token: people.token(&address),
                address,
                attributes,
            },
            standing: Standing::Invented,
        })
    }
}
