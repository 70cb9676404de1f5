//! Wishes: no more letters, said to us or to a provider.

use super::proof::{By, Letter, Proof, proof};
use super::{Verdict, When, letter_words};
use crate::address::Address;
use crate::mailbox::notice::Clues;
use crate::store::mail::{Effect, MailKind, Outcome};
use crate::store::suppress::NewSuppression;
use crate::store::{Store, StoreError};
use crate::subscriber::suppression::{Reason, Scope};

/// Somebody wants no more letters: by a letter's token those of its lists, in words from their own address all of them.
pub(super) fn unsubscribe(
    store: &Store,
    writer: Option<&Address>,
    in_words: bool,
    clues: &Clues,
    when: When,
) -> Result<Verdict, StoreError> {
    const KIND: MailKind = MailKind::Unsubscribe;
    let own = match writer {
        Some(address) if store.person(address)?.is_some() => Some(address),
        Some(_) | None => None,
    };
    Ok(match (proof(store, clues, writer.map_or(&[], std::slice::from_ref))?, own) {
        (Proof::Letter(letter), own) => by_letter(store, &letter, own, when),
        (Proof::Sample | Proof::Nothing, Some(own)) => in_own_words(store, own, when),
        (Proof::Sample, None) => Verdict::nothing(
            KIND,
            Outcome::Ignored,
            "an answer to a test letter or a preview: nobody was sent it, and nobody leaves by it",
        ),
        (Proof::Nothing, None) if in_words && writer.is_some() => Verdict {
            address: writer.cloned(),
            ..Verdict::nothing(
                KIND,
                Outcome::ForAPerson,
                "somebody wants no more letters, from an address that is on no list",
            )
        },
        (Proof::Nothing, None) if in_words => Verdict::nothing(
            KIND,
            Outcome::ForAPerson,
            "somebody wants no more letters, and does not say from which address",
        ),
        (Proof::Nothing, None) => Verdict::nothing(KIND, Outcome::Unproved, "a token that this store did not make"),
    })
}

/// Who holds the letter leaves its lists. Somebody else who writes in plain words of their own leaves too, by their word.
fn by_letter(store: &Store, letter: &Letter, writer: Option<&Address>, when: When) -> Verdict {
    let how = match letter.by {
        By::Token => "unsubscribe by token".to_owned(),
        // An answer in plain words to a letter that is known by its Message-ID alone is about all mail, as from their own address.
        By::MessageId => format!("{WORDS}, in answer to a letter by its Message-ID"),
    };
    let new = |scope| when.suppression(letter.person, scope, Reason::Unsubscribed, &how);
    let mut suppressions: Vec<NewSuppression> = match letter.lists.is_empty() {
        true => vec![new(Scope::All)],
        false => letter.lists.iter().cloned().map(|list| new(Scope::List(list))).collect(),
    };
    let other = writer
        .map(|writer| store.keys().person(writer))
        .filter(|hash| *hash != letter.person);
    suppressions.extend(other.map(|hash| when.suppression(hash, Scope::All, Reason::Unsubscribed, WORDS)));
    let detail = format!("{how}, {}", letter_words(letter.delivery));
    Verdict::leave(MailKind::Unsubscribe, letter, suppressions, detail)
}

const WORDS: &str = "unsubscribe in plain words";

fn in_own_words(store: &Store, writer: &Address, when: When) -> Verdict {
    let person = store.keys().person(writer);
    Verdict {
        kind: MailKind::Unsubscribe,
        effect: Effect::Leave {
            suppressions: vec![when.suppression(person, Scope::All, Reason::Unsubscribed, WORDS)],
            person,
            delivery: None,
        },
        detail: format!("{WORDS}, from their own address"),
        address: Some(writer.clone()),
    }
}

/// Somebody called a letter spam: they get no mail at all any more.
pub(super) fn complaint(store: &Store, clues: &Clues, recipient: Option<&Address>, when: When) -> Result<Verdict, StoreError> {
    const KIND: MailKind = MailKind::Complaint;
    Ok(match proof(store, clues, recipient.map_or(&[], std::slice::from_ref))? {
        Proof::Letter(letter) => {
            let how = format!("a complaint proved by {}", letter.by);
            let new = when.suppression(letter.person, Scope::All, Reason::Complained, &how);
            let detail = format!("{how}, {}", letter_words(letter.delivery));
            Verdict::leave(KIND, &letter, vec![new], detail)
        }
        Proof::Sample => Verdict::nothing(KIND, Outcome::Ignored, "a complaint about a test letter or a preview"),
        Proof::Nothing => Verdict::nothing(KIND, Outcome::ForAPerson, "a complaint that names no letter of ours"),
    })
}
