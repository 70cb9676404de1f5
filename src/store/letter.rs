//! Letters found again by what a mail that came back says of them.
//!
//! Promises: a Message-ID proves its letter, because only the store's keys can make one; nobody's address alone ever does.

use super::keys::PersonHash;
use super::{DeliveryId, Doing, Store, StoreError, people};
use crate::address::Address;
use rusqlite::Row;

/// A letter on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterFound {
    /// The letter.
    pub delivery: DeliveryId,
    /// Whose.
    pub person: PersonHash,
    /// Where it went; `None` once forgotten.
    pub address: Option<Address>,
}

const LETTER: &str = "SELECT d.id, p.hash, v.address FROM delivery d JOIN person p ON p.id = d.person \
     JOIN person_version v ON v.id = d.version";

/// What makes a letter's Message-IDs.
const MARKS: &str = "SELECT d.id, d.generation, d.orders, coalesce(t.domain, e.domain) FROM delivery d JOIN edition e ON e.id = d.edition \
     LEFT JOIN edition_text t ON t.id = d.text";

/// Looking through every letter takes seconds where there are a million; whoever wants to keep us at it finds an end.
const MOST_SEARCHES: u32 = 32;

impl Store {
    /// One letter, if it is on record.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letter_of(&self, delivery: DeliveryId) -> Result<Option<LetterFound>, StoreError> {
        let mut find = self
            .connection
            .prepare_cached(&format!("{LETTER} WHERE d.id = ?"))
            .doing("look for a letter")?;
        let mut rows = find.query([delivery.0]).doing("look for a letter")?;
        rows.next().doing("look for a letter")?.map(letter).transpose()
    }

    /// The letter with one of these Message-IDs (without `<>`): among those to `recipients` first, then among all that were tried. The
    /// latter is done 32 times in vain at most: a mail that brings neither token nor recipient is rare, a flood of forged
    /// ones is not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn letter_by_message_id(&self, ids: &[String], recipients: &[Address]) -> Result<Option<LetterFound>, StoreError> {
        let wanted = self.wanted(ids)?;
        if wanted.is_empty() {
            return Ok(None);
        }
        for address in recipients {
            let theirs = format!("{MARKS} WHERE d.attempt > 0 AND d.person = (SELECT id FROM person WHERE hash = ?)");
            if let Some(found) = self.first_with(&theirs, [self.keys.person(address)], &wanted)? {
                return self.letter_of(found);
            }
        }
        if self.searches.get() >= MOST_SEARCHES {
            return Ok(None);
        }
        // Bounces are of late letters.
        let all = format!("{MARKS} WHERE d.attempt > 0 ORDER BY d.id DESC");
        match self.first_with(&all, [], &wanted)? {
            Some(found) => self.letter_of(found),
            None => {
                self.searches.set(self.searches.get() + 1);
                Ok(None)
            }
        }
    }

    /// Those of the ids that could be ours: our letters' length, at a domain that we have sent from.
    fn wanted(&self, ids: &[String]) -> Result<Vec<(String, String)>, StoreError> {
        let mut wanted = Vec::new();
        let sql = "SELECT EXISTS (SELECT 1 FROM edition WHERE domain = ?1 COLLATE NOCASE UNION ALL SELECT 1 FROM edition_text WHERE domain = ?1 \
                   COLLATE NOCASE)";
        let mut is_ours = self.connection.prepare_cached(sql).doing("look for a letter")?;
        for id in ids {
            let Some((opaque, domain)) = id.trim().rsplit_once('@') else {
                continue;
            };
            let is_made_like_ours = opaque.len() == 26 && opaque.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if is_made_like_ours && is_ours.query_row([domain], |row| row.get(0)).doing("look for a letter")? {
                wanted.push((opaque.to_ascii_lowercase(), domain.to_ascii_lowercase()));
            }
        }
        Ok(wanted)
    }

    /// The first letter of these whose Message-ID, for any order, is wanted.
    fn first_with(
        &self,
        sql: &str,
        parameters: impl rusqlite::Params,
        wanted: &[(String, String)],
    ) -> Result<Option<DeliveryId>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).doing("look for a letter")?;
        let mut rows = statement.query(parameters).doing("look for a letter")?;
        while let Some(row) = rows.next().doing("look for a letter")? {
            let mark = |row: &Row<'_>| Ok((DeliveryId(row.get(0)?), row.get::<_, u32>(1)?, row.get::<_, u32>(2)?));
            let (delivery, generation, orders) = mark(row).doing("look for a letter")?;
            let domain: String = row.get(3).doing("look for a letter")?;
            let is_wanted = |order| {
                let made = self.keys.message_id(delivery, generation, order);
                wanted
                    .iter()
                    .any(|(opaque, at)| *opaque == made && domain.eq_ignore_ascii_case(at))
            };
            if (0..=orders).any(is_wanted) {
                return Ok(Some(delivery));
            }
        }
        Ok(None)
    }
}

fn letter(row: &Row<'_>) -> Result<LetterFound, StoreError> {
    Ok(LetterFound {
        delivery: DeliveryId(row.get(0).doing("look for a letter")?),
        person: row.get(1).doing("look for a letter")?,
        address: match row.get::<_, Option<String>>(2).doing("look for a letter")? {
            Some(text) => Some(people::address(Some(text))?),
            None => None,
        },
    })
}
