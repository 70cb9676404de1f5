//! Tokens, made and proved: the store's keys sign what a letter's ways out carry.
//!
//! Promises: a token of a letter proves for ever, whatever became of the letter's row, its list or the store's generation; a token of
//! a rehearsal proves nothing in the real store, nor the other way round; comparing tells nothing by its time. Knows nothing of what
//! a proved token is allowed to do.

use super::keys::{Keys, PersonHash};
use super::{DeliveryId, Doing, Kind, Store, StoreError};
use crate::address::Address;
use crate::delivery::token::{NO_DELIVERY, Token};
use rusqlite::OptionalExtension;

/// Makes and proves tokens; clones share the keys.
#[derive(Debug, Clone)]
pub struct Tokens {
    keys: Keys,
    purpose: &'static str,
}

/// What a proved token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Whose letter it was in.
    pub person: PersonHash,
    /// The letter, where this store has it on record as this person's.
    pub delivery: Option<DeliveryId>,
    /// The lists that the letter's edition went to; none where the letter is on no record, and then all mail is meant.
    pub lists: Vec<String>,
    /// A letter that nobody was sent: a test, a preview. It has no person to act for.
    pub is_sample: bool,
}

impl Tokens {
    /// The token of one letter.
    pub fn letter(&self, delivery: DeliveryId, generation: u32, to: &Address) -> String {
        self.made(delivery.0, generation, to).to_string()
    }

    /// The token of a letter that is on no record.
    pub fn sample(&self, to: &Address) -> String {
        self.made(NO_DELIVERY, 0, to).to_string()
    }

    /// Whether our keys, or those of a store that was lost, made this token.
    pub fn is_ours(&self, token: &Token) -> bool {
        // The work is the same for an unknown key: how long it took says nothing.
        let keys = self.keys.of(token.key);
        let expected = keys.unwrap_or(&self.keys).tag(self.purpose, &token.proved());
        self.keys.are_equal(&expected, &token.tag) && keys.is_some()
    }

    fn made(&self, delivery: i64, generation: u32, to: &Address) -> Token {
        let mut token = Token {
            key: self.keys.id(),
            generation,
            delivery,
            person: self.keys.person(to),
            tag: [0; 16],
        };
        token.tag = self.keys.tag(self.purpose, &token.proved());
        token
    }
}

impl Store {
    /// What makes and proves this store's tokens.
    pub fn tokens(&self) -> Tokens {
        let purpose = match self.identity.kind {
            Kind::Real | Kind::Test => "letter",
            Kind::Rehearsal => "rehearsed letter",
        };
        Tokens {
            keys: self.keys.clone(),
            purpose,
        }
    }

    /// Who holds a letter with this token; `None` where it proves nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn holder(&self, token: &Token) -> Result<Option<Holder>, StoreError> {
        if !self.tokens().is_ours(token) {
            return Ok(None);
        }
        let Some(person) = self.person_of(token)? else {
            return Ok(None);
        };
        let found = match token.delivery {
            NO_DELIVERY => None,
            // A lost store's numbers are no letters of this one.
            _ if token.key != self.keys.id() => None,
            delivery => self.lists_of(DeliveryId(delivery), token.generation, &person)?,
        };
        let delivery = found.as_ref().map(|_| DeliveryId(token.delivery));
        Ok(Some(Holder {
            person,
            delivery,
            lists: found.unwrap_or_default(),
            is_sample: token.delivery == NO_DELIVERY,
        }))
    }

    /// The person as this store's own keys know them. A lost store's keys made another hash: everybody on record is asked then.
    fn person_of(&self, token: &Token) -> Result<Option<PersonHash>, StoreError> {
        if token.key == self.keys.id() {
            return Ok(Some(token.person));
        }
        let Some(retired) = self.keys.of(token.key) else {
            return Ok(None);
        };
        let sql = "SELECT DISTINCT address FROM person_version WHERE address IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql).doing("look for a person")?;
        let mut rows = statement.query([]).doing("look for a person")?;
        while let Some(row) = rows.next().doing("look for a person")? {
            let text: String = row.get(0).doing("look for a person")?;
            if let Ok(address) = Address::parse(&text)
                && retired.person(&address) == token.person
            {
                return Ok(Some(self.keys.person(&address)));
            }
        }
        Ok(None)
    }

    /// The lists of a letter's edition, if it is this very letter: a restored store gives the numbers of letters that it does not know
    /// once more, often to the same person.
    fn lists_of(&self, delivery: DeliveryId, generation: u32, person: &PersonHash) -> Result<Option<Vec<String>>, StoreError> {
        let sql = "SELECT e.lists FROM delivery d JOIN edition e ON e.id = d.edition JOIN person p ON p.id = d.person \
                   WHERE d.id = ? AND d.generation = ? AND p.hash = ?";
        let mut find = self.connection.prepare_cached(sql).doing("look for a letter")?;
        let found = find
            .query_row((delivery.0, generation, person), |row| row.get::<_, String>(0))
            .optional();
        let Some(lists) = found.doing("look for a letter")? else {
            return Ok(None);
        };
        let lists = serde_json::from_str(&lists).map_err(|error| StoreError::Damaged { what: error.to_string() })?;
        Ok(Some(lists))
    }
}
