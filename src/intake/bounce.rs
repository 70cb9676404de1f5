//! Bounces: what a letter that came back counts against its own recipient, and nobody else.

use super::proof::{By, Letter, Proof, proof};
use super::{Verdict, When, letter_words};
use crate::address::Address;
use crate::delivery::strike::Weight;
use crate::mailbox::notice::{Clues, Refused};
use crate::store::keys::PersonHash;
use crate::store::mail::{Effect, MailKind, Outcome};
use crate::store::{Store, StoreError};
use crate::subscriber::suppression::{Reason, Scope};

const KIND: MailKind = MailKind::Bounce;

/// A letter came back.
pub(super) fn bounce(store: &Store, recipients: &[Refused], clues: &Clues, when: When) -> Result<Verdict, StoreError> {
    let named: Vec<Address> = recipients
        .iter()
        .flat_map(|refused| refused.addresses.iter().cloned())
        .collect();
    let letter = match proof(store, clues, &named)? {
        Proof::Letter(letter) => letter,
        Proof::Sample => {
            return Ok(Verdict::nothing(
                KIND,
                Outcome::Ignored,
                "a test letter or a preview came back",
            ));
        }
        Proof::Nothing => {
            return Ok(Verdict::nothing(
                KIND,
                Outcome::Unproved,
                "a report about a letter that this store did not make",
            ));
        }
    };
    let Some(theirs) = theirs(store, recipients, &letter.person) else {
        return Ok(about(&letter, "a report that does not say what became of this letter"));
    };
    let is_quoted = clues.is_of_text && letter.by == By::Token;
    if theirs.is_of_somebody_else && is_quoted {
        return Ok(Verdict::nothing(
            KIND,
            Outcome::ForAPerson,
            "a report about another address, with a letter of ours quoted in what came back",
        ));
    }
    let refused = theirs.refused;
    Ok(match theirs.weight() {
        Some(weight) => counted(letter, refused, weight, when),
        None => about(&letter, &format!("{}not the address's fault", code(refused))),
    })
}

/// What a report says of the letter's person.
struct Theirs<'a> {
    refused: &'a Refused,
    /// Whether it names addresses, and theirs is none of them.
    is_of_somebody_else: bool,
}

impl Theirs<'_> {
    /// Another address that does not exist says nothing for sure of theirs: they may read every letter, and forward it to nobody.
    fn weight(&self) -> Option<Weight> {
        let most = if self.is_of_somebody_else {
            Weight::Hard
        } else {
            Weight::Sure
        };
        self.refused.weight.map(|weight| weight.min(most))
    }
}

/// What the report says of this person: by their address; where it knows them by another, such as the one they forward to, as far as it can
/// only be they.
fn theirs<'a>(store: &Store, recipients: &'a [Refused], person: &PersonHash) -> Option<Theirs<'a>> {
    let is_named = |refused: &&Refused| {
        refused
            .addresses
            .iter()
            .any(|address| store.keys().person(address) == *person)
    };
    if let Some(refused) = recipients.iter().find(is_named) {
        return Some(Theirs {
            refused,
            is_of_somebody_else: false,
        });
    }
    let refused = match recipients {
        [only] => Some(only),
        // Where nobody was reached, they were not; which of the refusals is theirs is not known: the mildest.
        several if several.iter().all(|refused| refused.weight.is_some()) => several.iter().min_by_key(|refused| refused.weight),
        _ => None,
    }?;
    Some(Theirs {
        refused,
        is_of_somebody_else: recipients.iter().any(|refused| !refused.addresses.is_empty()),
    })
}

fn counted(letter: Letter, refused: &Refused, weight: Weight, when: When) -> Verdict {
    let how = format!("{}{weight}, proved by {}", code(refused), letter.by);
    let detail = format!("{how}, {}", letter_words(letter.delivery));
    let effect = match letter.delivery {
        Some(delivery) => Effect::Strike {
            delivery,
            weight,
            code: refused.code,
            reply: refused.reply.clone(),
        },
        // A letter that is on no record has no edition to count in; an address that does not exist needs no second letter to say so.
        None if weight == Weight::Sure => Effect::Leave {
            suppressions: vec![when.suppression(letter.person, Scope::All, Reason::Bounced, &how)],
            person: letter.person,
            delivery: None,
            is_for_a_person: false,
        },
        None => Effect::Nothing(Outcome::Ignored),
    };
    Verdict {
        kind: KIND,
        effect,
        detail,
        address: letter.address,
    }
}

/// It asks for nothing.
fn about(letter: &Letter, why: &str) -> Verdict {
    let detail = format!("{why}, {}", letter_words(letter.delivery));
    Verdict {
        address: letter.address.clone(),
        ..Verdict::nothing(KIND, Outcome::Ignored, detail)
    }
}

fn code(refused: &Refused) -> String {
    refused.code.map_or_else(String::new, |code| format!("{code}, "))
}
