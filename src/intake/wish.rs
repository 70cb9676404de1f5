//! Wishes: no more letters, said to us or to a provider.

use super::proof::{Letter, Proof, proof};
use super::{Verdict, When, letter_words};
use crate::address::Address;
use crate::mailbox::notice::Clues;
use crate::store::mail::{Effect, MailKind, Outcome};
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
    let own = writer
        .map(|address| Ok::<_, StoreError>((address, is_known(store, address)?)))
        .transpose()?;
    Ok(match (proof(store, clues, writer.map_or(&[], std::slice::from_ref))?, own) {
        // Whoever sends a token means the letter that it is of: the address they write from may be somebody else's.
        (Proof::Letter(letter), _) => by_letter(&letter, when),
        (Proof::Sample, _) => Verdict::nothing(
            KIND,
            Outcome::Ignored,
            "an answer to a test letter or a preview: nobody was sent it, and nobody leaves by it",
        ),
        (Proof::Nothing, Some((own, is_known))) => in_own_words(store, own, is_known, when),
        (Proof::Nothing, None) if in_words => Verdict::nothing(
            KIND,
            Outcome::ForAPerson,
            "somebody wants no more letters, and does not say from which address",
        ),
        // Keys get lost, letters in mailboxes do not: this may well be a true wish.
        (Proof::Nothing, None) => Verdict::nothing(
            KIND,
            Outcome::ForAPerson,
            "somebody wants no more letters, by a token that this store did not make",
        ),
    })
}

/// Who holds the letter leaves its lists, or all of them where nobody knows any more which they were.
fn by_letter(letter: &Letter, when: When) -> Verdict {
    let how = format!("unsubscribe by {}", letter.by);
    let scopes = match letter.lists.is_empty() {
        true => vec![Scope::All],
        false => letter.lists.iter().cloned().map(Scope::List).collect(),
    };
    let suppressions = scopes
        .into_iter()
        .map(|scope| when.suppression(letter.person, scope, Reason::Unsubscribed, &how));
    let detail = format!("{how}, {}", letter_words(letter.delivery));
    Verdict::leave(MailKind::Unsubscribe, letter, suppressions.collect(), detail)
}

/// Whether somebody with this address is, or was, on a list. That it is not written to proves nothing: a wish may be all that is known of
/// it, and whoever repeats theirs gets letters still.
fn is_known(store: &Store, address: &Address) -> Result<bool, StoreError> {
    Ok(store.person(address)?.is_some())
}

const WORDS: &str = "unsubscribe in plain words";

/// An address that is on no list may be on one tomorrow, or in a file that is not taken in yet: the wish is kept for it. But its person may
/// get letters under another one, which somebody has to find.
fn in_own_words(store: &Store, writer: &Address, is_known: bool, when: When) -> Verdict {
    let person = store.keys().person(writer);
    let detail = match is_known {
        true => format!("{WORDS}, from their own address"),
        false => {
            "somebody wants no more letters, from an address that is on no list; it gets none, should it come on one".to_owned()
        }
    };
    Verdict {
        kind: MailKind::Unsubscribe,
        effect: Effect::Leave {
            suppressions: vec![when.suppression(person, Scope::All, Reason::Unsubscribed, WORDS)],
            person,
            delivery: None,
            is_for_a_person: !is_known,
        },
        detail,
        address: Some(writer.clone()),
    }
}

/// Somebody called a letter spam: they get no mail at all any more. Whom the report names as somebody else got the letter from them.
pub(super) fn complaint(store: &Store, clues: &Clues, recipient: Option<&Address>, when: When) -> Result<Verdict, StoreError> {
    const KIND: MailKind = MailKind::Complaint;
    Ok(match proof(store, clues, recipient.map_or(&[], std::slice::from_ref))? {
        Proof::Letter(letter) if recipient.is_some_and(|named| store.keys().person(named) != letter.person) => Verdict {
            address: letter.address,
            ..Verdict::nothing(
                KIND,
                Outcome::ForAPerson,
                "a complaint of somebody else than the letter's own person, who may have passed it on",
            )
        },
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
