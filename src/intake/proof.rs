//! Proof: which letter of ours a mail answers, by what only its holder can have.
//!
//! Promises: a token or a Message-ID that this store did not make proves nothing; how many are tried is bounded.

use crate::address::Address;
use crate::mailbox::notice::Clues;
use crate::store::keys::PersonHash;
use crate::store::token::Holder;
use crate::store::{DeliveryId, Store, StoreError};

/// A mail that holds more of them than this was written to keep us busy.
const MOST_CLUES: usize = 32;

/// A letter of ours, proved.
pub(super) struct Letter {
    /// Whose it is.
    pub(super) person: PersonHash,
    /// Where the store still knows.
    pub(super) address: Option<Address>,
    /// The letter, if it is on record.
    pub(super) delivery: Option<DeliveryId>,
    /// The lists its edition went to; empty where it is on no record.
    pub(super) lists: Vec<String>,
    /// What proved it, in words.
    pub(super) by: &'static str,
}

/// What a mail's clues prove.
pub(super) enum Proof {
    /// Whoever wrote this holds a letter, or its mail system does.
    Letter(Letter),
    /// It answers a test letter or a preview, which nobody was sent.
    Sample,
    /// Nothing.
    Nothing,
}

/// The first letter that is proved; tokens before Message-IDs, in the order in which they stand.
pub(super) fn proof(store: &Store, clues: &Clues) -> Result<Proof, StoreError> {
    let mut is_sample = false;
    for token in clues.tokens.iter().take(MOST_CLUES) {
        match store.holder(token)? {
            Some(holder) if holder.is_sample => is_sample = true,
            Some(holder) => return Ok(Proof::Letter(held(store, holder)?)),
            None => {}
        }
    }
    for id in clues.message_ids.iter().take(MOST_CLUES) {
        if let Some(found) = store.letter_by_message_id(id)? {
            return Ok(Proof::Letter(Letter {
                address: address_of(store, found.delivery)?,
                person: found.person,
                delivery: Some(found.delivery),
                lists: found.lists,
                by: "Message-ID",
            }));
        }
    }
    Ok(if is_sample { Proof::Sample } else { Proof::Nothing })
}

fn held(store: &Store, holder: Holder) -> Result<Letter, StoreError> {
    let address = holder.delivery.map(|delivery| address_of(store, delivery)).transpose()?;
    Ok(Letter {
        person: holder.person,
        address: address.flatten(),
        delivery: holder.delivery,
        lists: holder.lists,
        by: "token",
    })
}

fn address_of(store: &Store, delivery: DeliveryId) -> Result<Option<Address>, StoreError> {
    Ok(store.delivery(delivery)?.and_then(|line| line.address))
}
