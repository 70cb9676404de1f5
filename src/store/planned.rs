//! What a plan on file is held against: who an edition would go to, told by marks that name nobody.
//!
//! Promises: a mark is half of the keyed hash by which this store knows a person, so it means nothing to any other store. Knows nothing
//! of files.

use super::people::address;
use super::{Doing, EditionId, PersonId, Store, StoreError, codec};
use crate::address::Address;
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
    /// Everybody whose letter of this edition has still to leave, in the order of their marks.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn marks_of(&self, edition: EditionId) -> Result<Vec<Mark>, StoreError> {
        let sql = "SELECT substr(p.hash, 1, 16) AS mark FROM delivery d JOIN person p ON p.id = d.person \
                   WHERE d.edition = ? AND d.state IN ('pending', 'deferred', 'sending') ORDER BY mark";
        let mut statement = self.connection.prepare_cached(sql).doing("read an audience")?;
        let marks = statement.query_map([edition.0], |row| row.get(0)).doing("read an audience")?;
        marks.collect::<Result<_, _>>().doing("read an audience")
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
