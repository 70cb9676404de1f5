//! The people of a campaign: those on its lists, one by one, by name or by address.
//!
//! Promises: memory does not grow with the list; whoever is on a list but would get no letter is found by their address, with the reason.
//! Knows nothing of the real store: these people are read out of the list files.

use crate::address::Address;
use crate::letter::Recipient;
use crate::store::token::Tokens;
use crate::store::{DeliveryId, EditionId, Store, StoreError};
use crate::template::context::display_name;
use jiff::Timestamp;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many people are read at a time.
const PAGE: u32 = 512;

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
    /// The lists, as they would be imported.
    pub store: Arc<Mutex<Store>>,
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
        let words: Vec<String> = words.split_whitespace().map(str::to_lowercase).collect();
        let mut found = Vec::new();
        let mut after = DeliveryId(0);
        loop {
            let page = self.page(after, PAGE)?;
            let Some((_, first)) = self.audience.as_ref().filter(|_| !page.is_empty()) else {
                return Ok((found, false));
            };
            after = DeliveryId(first.0 + index_of(page.last()));
            for person in page.into_iter().filter(|person| person.answers_to(&words)) {
                if found.len() == most {
                    return Ok((found, true));
                }
                found.push(person);
            }
        }
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
        let membership = store.memberships(id)?.into_iter().next();
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
        match &self.audience {
            Some((audience, _)) => lock(&audience.store).nearest_address(address),
            None => Ok(None),
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

    fn answers_to(&self, words: &[String]) -> bool {
        let told = format!("{} {}", self.name().unwrap_or_default(), self.recipient.address).to_lowercase();
        words.iter().all(|word| told.contains(word))
    }
}

fn index_of(person: Option<&Person>) -> i64 {
    match person.map(|person| &person.standing) {
        Some(Standing::Goes(index)) => i64::try_from(*index).unwrap_or(i64::MAX / 2),
        _ => 0,
    }
}

fn lock(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}
