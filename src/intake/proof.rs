//! Proof: which letter of ours a mail answers, by what only its holder can have.
//!
//! Promises: a token or a Message-ID that this store did not make proves nothing; how many are tried is bounded.

use crate::address::Address;
use crate::mailbox::notice::Clues;
use crate::store::keys::PersonHash;
use crate::store::token::Holder;
use crate::store::{DeliveryId, Store, StoreError};
use std::fmt;

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
    /// The lists its edition went to, where a token proves it and the letter is on record: it is about their mail alone.
    pub(super) lists: Vec<String>,
    /// What proved it.
    pub(super) by: By,
}

/// What only the holder of a letter, or their mail system, can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Token,
    MessageId,
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Token => "token",
            Self::MessageId => "Message-ID",
        })
    }
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

/// The first letter that is proved; tokens before Message-IDs, in the order in which they stand. Whom the mail names is only where to look
/// first.
pub(super) fn proof(store: &Store, clues: &Clues, named: &[Address]) -> Result<Proof, StoreError> {
    let mut is_sample = false;
    for token in clues.tokens.iter().take(MOST_CLUES) {
        match store.holder(token)? {
            Some(holder) if holder.is_sample => is_sample = true,
            Some(holder) => return Ok(Proof::Letter(held(store, holder)?)),
            None => {}
        }
    }
    let ids = &clues.message_ids[..clues.message_ids.len().min(MOST_CLUES)];
    let named = &named[..named.len().min(MOST_CLUES)];
    if let Some(found) = store.letter_by_message_id(ids, named)? {
        return Ok(Proof::Letter(Letter {
            person: found.person,
            address: found.address,
            delivery: Some(found.delivery),
            lists: Vec::new(),
            by: By::MessageId,
        }));
    }
    Ok(if is_sample { Proof::Sample } else { Proof::Nothing })
}

fn held(store: &Store, holder: Holder) -> Result<Letter, StoreError> {
    let found = holder.delivery.map(|delivery| store.letter_of(delivery)).transpose()?;
    Ok(Letter {
        person: holder.person,
        address: found.flatten().and_then(|letter| letter.address),
        delivery: holder.delivery,
        lists: holder.lists,
        by: By::Token,
    })
}
