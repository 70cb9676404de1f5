//! Retention: who has been on no list for so long that the clinic wants to know nothing of them any more.
//!
//! Promises: nobody is due who is on a list, or for whom a letter waits, is under way or in doubt; whoever is blank already is not
//! named again.

use super::{Doing, PersonId, Store, StoreError, codec};
use crate::address::Address;
use jiff::Timestamp;

/// Somebody whose time is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lapsed {
    /// Who.
    pub person: PersonId,
    /// Their last address.
    pub address: Address,
    /// When they left the last list.
    pub left_at: Timestamp,
}

impl Store {
    /// Whoever left the last of their lists before `before`, the longest gone first, at most `limit` of them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn lapsed(&self, before: Timestamp, limit: u32) -> Result<Vec<Lapsed>, StoreError> {
        // Whoever was on no list from the beginning, as after an import that was taken back, is as old as what is known of them.
        let sql = "SELECT p.id, \
                   (SELECT v.address FROM person_version v WHERE v.person = p.id AND v.address IS NOT NULL ORDER BY v.id DESC LIMIT 1) AS address, \
                   coalesce((SELECT max(m.left_at) FROM membership m WHERE m.person = p.id), \
                            (SELECT max(v.created_at) FROM person_version v WHERE v.person = p.id)) AS gone \
                   FROM person p WHERE p.erased_at IS NULL \
                   AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.person = p.id AND m.left_at IS NULL) \
                   AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.person = p.id AND d.state IN ('pending', 'sending', 'deferred', 'held', 'in_doubt')) \
                   AND address IS NOT NULL AND gone < ?1 ORDER BY gone, p.id LIMIT ?2";
        let mut statement = self.connection.prepare_cached(sql).doing("look for who left long ago")?;
        let mut rows = statement
            .query((before.as_microsecond(), limit))
            .doing("look for who left long ago")?;
        let mut lapsed = Vec::new();
        while let Some(row) = rows.next().doing("look for who left long ago")? {
            lapsed.push(Lapsed {
                person: PersonId(row.get(0).doing("look for who left long ago")?),
                address: super::people::address(row.get(1).doing("look for who left long ago")?)?,
                left_at: codec::instant(row.get(2).doing("look for who left long ago")?)?,
            });
        }
        Ok(lapsed)
    }
}
