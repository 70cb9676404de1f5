//! The people of a campaign: those on its lists, one by one, by name or by address.
//!
//! Promises: whoever is on a list but would get no letter is found by their address, with the reason; nobody is looked for row by row.
//! Knows nothing of where the people were written down: the real store is not asked again.

use crate::address::Address;
use crate::letter::Recipient;
use crate::store::token::Tokens;
use crate::store::{DeliveryId, EditionId, Store, StoreError};
use crate::template::context::display_name;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A person who can be looked at as a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What their letter is made with.
    pub recipient: Recipient,
    /// Where they stand.
    pub standing: Standing,
}

/// Where a person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// They would get the letter; counted from 0.
    Goes(u64),
    /// They are on a list and would not get it, for this reason.
    LeftOut(String),
    /// They do not exist.
    Invented,
}

/// Where an audience is written down.
#[derive(Clone)]
pub struct Audience {
    /// What is known of people, and the lists as they would be imported.
    pub store: Arc<Mutex<Store>>,
    /// The campaign's lists, by name.
    pub lists: Vec<String>,
    /// The draft that says who would get a letter.
    pub edition: EditionId,
    /// How many would.
    pub count: u64,
}

/// The people of one campaign.
pub struct People {
    audience: Option<(Audience, DeliveryId)>,
    tokens: Tokens,
    now: Timestamp,
}

impl std::fmt::Debug for People {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "People({})", self.count())
    }
}

impl People {
    /// The people of an audience; `tokens` makes what stands in their letters' ways out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of(audience: Option<Audience>, tokens: Tokens, now: Timestamp) -> Result<Self, StoreError> {
        let Some(audience) = audience else {
            return Ok(Self {
                audience: None,
                tokens,
                now,
            });
        };
        let first = lock(&audience.store).claims(audience.edition, DeliveryId(0), now, 1)?;
        let first = first.first().map_or(DeliveryId(0), |claim| claim.delivery);
        Ok(Self {
            audience: Some((audience, first)),
            tokens,
            now,
        })
    }

    /// How many would get a letter.
    pub fn count(&self) -> u64 {
        self.audience.as_ref().map_or(0, |(audience, _)| audience.count)
    }

    /// The person with this number, counted from 0.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn at(&self, index: u64) -> Result<Option<Person>, StoreError> {
        let Some((_, first)) = self.audience.as_ref().filter(|_| index < self.count()) else {
            return Ok(None);
        };
        // A draft's letters are written in one go, so their numbers have no gaps.
        let after = DeliveryId(first.0 + i64::try_from(index).unwrap_or(i64::MAX / 2) - 1);
        Ok(self.page(after, 1)?.into_iter().next())
    }

    /// The first people whose name or address has all these words, and whether there are more of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn find(&self, words: &str, most: usize) -> Result<(Vec<Person>, bool), StoreError> {
        let Some((audience, first)) = &self.audience else {
            return Ok((Vec::new(), false));
        };
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        // One more than is shown: whether there are more.
        let mut found = lock(&audience.store).search(audience.edition, DeliveryId(first.0 - 1), &words, most.saturating_add(1))?;
        let has_more = found.len() > most;
        found.truncate(most);
        let people = found.into_iter().map(|letter| self.page(DeliveryId(letter.0 - 1), 1));
        let people = people.collect::<Result<Vec<_>, _>>()?;
        Ok((people.into_iter().flatten().collect(), has_more))
    }

    /// The person with this address, if the campaign's lists know them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn named(&self, address: &Address) -> Result<Option<Person>, StoreError> {
        let Some((audience, _)) = &self.audience else {
            return Ok(None);
        };
        let store = lock(&audience.store);
        let Some(id) = store.person(address)? else { return Ok(None) };
        let letters = store.deliveries_of(id)?;
        if let Some(letter) = letters.iter().find(|letter| letter.edition == audience.edition) {
            let after = DeliveryId(letter.delivery.0 - 1);
            drop(store);
            return Ok(self.page(after, 1)?.into_iter().next());
        }
        let left_out = store.left_out_of(id)?.into_iter().find(|out| out.edition == audience.edition);
        let mut memberships = store.memberships(id)?.into_iter();
        let membership = memberships.find(|one| !one.left && audience.lists.contains(&one.list));
        let (Some(left_out), Some(membership)) = (left_out, membership) else {
            return Ok(None);
        };
        Ok(Some(Person {
            recipient: Recipient {
                token: self.token(&membership.address),
                address: membership.address,
                attributes: membership.attributes,
            },
            standing: Standing::LeftOut(left_out.detail),
        }))
    }

    /// The address on the lists that is nearest to this one, if one is near enough to be a slip.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn nearest(&self, address: &Address) -> Result<Option<Address>, StoreError> {
        let Some((audience, _)) = &self.audience else {
            return Ok(None);
        };
        let near = lock(&audience.store).nearest_address(address)?;
        match near {
            // The record knows people who are on no list any more, too.
            Some(near) if self.named(&near)?.is_some() => Ok(Some(near)),
            Some(_) | None => Ok(None),
        }
    }

    /// What stands in the ways out of a letter that nobody was sent: the page behind them says so.
    pub(super) fn token(&self, address: &Address) -> String {
        self.tokens.sample(address)
    }

    fn page(&self, after: DeliveryId, limit: u32) -> Result<Vec<Person>, StoreError> {
        let Some((audience, first)) = &self.audience else {
            return Ok(Vec::new());
        };
        let claims = lock(&audience.store).claims(audience.edition, after, self.now, limit)?;
        let person = |claim: crate::store::claim::Claim| Person {
            standing: Standing::Goes(u64::try_from(claim.delivery.0 - first.0).unwrap_or_default()),
            recipient: Recipient {
                token: self.token(&claim.recipient.address),
                ..claim.recipient
            },
        };
        Ok(claims.into_iter().map(person).collect())
    }
}

impl Person {
    /// `Ann Smith`, where they have a name.
    pub fn name(&self) -> Option<String> {
        display_name(&self.recipient.attributes)
    }
}

fn lock(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
