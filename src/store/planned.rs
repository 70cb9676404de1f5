//! What a plan on file is held against: who an edition would go to, told by marks that name nobody.
//!
//! Promises: a mark is half of the keyed hash by which this store knows a person, so it means nothing to any other store. Knows nothing
//! of files.

use super::people::{self, address};
use super::{Doing, EditionId, PersonId, Store, StoreError, codec};
use crate::address::Address;
use crate::letter::Recipient;
use jiff::Timestamp;
use rusqlite::OptionalExtension;

/// A person, told to nobody but this store.
pub type Mark = [u8; 16];

/// What became of somebody whose mark a plan has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whereabouts {
    /// Their address; `None` once forgotten, or where this store never knew them.
    pub address: Option<Address>,
    /// When they were forgotten.
    pub erased_at: Option<Timestamp>,
    /// The state of their letter in the edition, and why, if there is one.
    pub letter: Option<(String, Option<String>)>,
    /// Why they were left out of the edition, in words.
    pub left_out: Option<String>,
}

impl Store {
    /// Calls `each` with everybody whose letter of this edition has still to leave, in the order of their marks, as their letters have them;
    /// nothing of who was forgotten. They have no token: where a way out leads is another matter than what is read.
    ///
    /// # Errors
    /// When the store cannot be read, or whatever `each` gives.
    pub fn each_reader<E: From<StoreError>>(
        &self,
        edition: EditionId,
        mut each: impl FnMut(Mark, Option<Recipient>) -> Result<(), E>,
    ) -> Result<(), E> {
        const DOING: &str = "read an audience";
        let sql = "SELECT substr(p.hash, 1, 16) AS mark, v.address, v.attributes FROM delivery d JOIN person p ON p.id = d.person \
                   JOIN person_version v ON v.id = d.version WHERE d.edition = ? AND d.state IN ('pending', 'deferred', 'sending') ORDER BY mark";
        let mut statement = self.connection.prepare_cached(sql).doing(DOING)?;
        let mut rows = statement.query([edition.0]).doing(DOING)?;
        while let Some(row) = rows.next().doing(DOING)? {
            let attributes = row.get::<_, Option<String>>(2).doing(DOING)?;
            let recipient = match row.get::<_, Option<String>>(1).doing(DOING)? {
                None => None,
                Some(text) => Some(Recipient {
                    address: address(Some(text))?,
                    attributes: people::attributes(attributes.as_deref())?,
                    token: String::new(),
                }),
            };
            each(row.get(0).doing(DOING)?, recipient)?;
        }
        Ok(())
    }

    /// Where the person with this mark stands, as far as this edition goes.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn whereabouts(&self, mark: &Mark, edition: EditionId) -> Result<Whereabouts, StoreError> {
        let Some((person, erased)) = self.marked(mark)? else {
            return Ok(Whereabouts {
                address: None,
                erased_at: None,
                letter: None,
                left_out: None,
            });
        };
        let newest = "SELECT address FROM person_version WHERE person = ? AND address IS NOT NULL ORDER BY id DESC LIMIT 1";
        let text: Option<String> = self.about("look up a person", newest, [person.0], |row| row.get(0))?;
        let letter = "SELECT state, reason FROM delivery WHERE edition = ? AND person = ?";
        let left_out = "SELECT detail FROM left_out WHERE edition = ? AND person = ?";
        Ok(Whereabouts {
            address: text.map(|text| address(Some(text))).transpose()?,
            erased_at: erased.map(codec::instant).transpose()?,
            letter: self.about("look for a letter", letter, (edition.0, person.0), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?,
            left_out: self.about("read who was left out", left_out, (edition.0, person.0), |row| row.get(0))?,
        })
    }

    /// Which relay, spoken with how, without saying so.
    pub fn mark_of_relay(&self, described: &str) -> String {
        self.keys().mark(described)
    }

    /// What a letter says, without saying so.
    pub fn mark_of_letter(&self, said: &str) -> Mark {
        self.keys().tag("planned letter", said.as_bytes())
    }

    /// Why letters of an edition are on hold, each reason with how many there are, the most first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn held_by_reason(&self, edition: EditionId) -> Result<Vec<(String, u64)>, StoreError> {
        const DOING: &str = "count letters on hold";
        let sql = "SELECT coalesce(reason, ''), count(*) FROM delivery WHERE edition = ? AND state = 'held' GROUP BY 1 ORDER BY 2 DESC, 1";
        let mut statement = self.connection.prepare_cached(sql).doing(DOING)?;
        let rows = statement.query_map([edition.0], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())));
        rows.doing(DOING)?.collect::<Result<_, _>>().doing(DOING)
    }

    fn marked(&self, mark: &Mark) -> Result<Option<(PersonId, Option<i64>)>, StoreError> {
        // The hash begins with the mark: a range is looked up in the index, and a part of a column is not.
        let (mut from, mut until) = ([0; 32], [u8::MAX; 32]);
        from[..mark.len()].copy_from_slice(mark);
        until[..mark.len()].copy_from_slice(mark);
        let sql = "SELECT id, erased_at FROM person WHERE hash BETWEEN ? AND ? LIMIT 1";
        self.about("look up a person", sql, (from, until), |row| {
            Ok((PersonId(row.get(0)?), row.get(1)?))
        })
    }

    fn about<T>(
        &self,
        doing: &'static str,
        sql: &str,
        parameters: impl rusqlite::Params,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).doing(doing)?;
        statement.query_row(parameters, read).optional().doing(doing)
    }
}
