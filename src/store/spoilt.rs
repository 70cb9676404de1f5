//! Letters that a person's own data spoilt: held until somebody mends the list and releases them.
//!
//! Promises: what was never composed has no data to keep, so once it is released it takes the newest that the person's lists say of
//! them; a letter of which an attempt began keeps what it was frozen with (law 2). Knows nothing of what was wrong.

use super::{DeliveryId, Doing, Store, StoreError};
use crate::campaign::CampaignId;
use rusqlite::Transaction;

/// Released letters that were spoilt, with the newest version that the edition's lists have of their people.
const RENEWED: &str = "SELECT d.id, max(m.version) AS newest FROM delivery d JOIN edition ON edition.id = d.edition \
                       JOIN membership m ON m.person = d.person AND m.left_at IS NULL \
                       JOIN list l ON l.id = m.list AND l.name IN (SELECT value FROM json_each(edition.lists)) \
                       WHERE d.spoilt = 1 AND d.state = 'pending' AND d.attempt = 0 GROUP BY d.id HAVING newest > d.version";

/// Writes down that a person's data spoil their letter.
pub(super) fn note_spoilt(transaction: &Transaction<'_>, delivery: DeliveryId) -> Result<(), StoreError> {
    let mut note = transaction
        .prepare_cached("UPDATE delivery SET spoilt = 1 WHERE id = ?")
        .doing("hold a letter")?;
    note.execute([delivery.0]).doing("hold a letter").map(|_| ())
}

impl Store {
    /// The campaigns that have released letters which were spoilt.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn campaigns_with_spoilt(&self) -> Result<Vec<CampaignId>, StoreError> {
        const DOING: &str = "look for spoilt letters";
        let sql = "SELECT DISTINCT edition.campaign FROM delivery d JOIN edition ON edition.id = d.edition \
                   WHERE d.spoilt = 1 AND d.state = 'pending' AND d.attempt = 0";
        let mut statement = self.connection.prepare_cached(sql).doing(DOING)?;
        let rows = statement.query_map([], |row| row.get(0).map(CampaignId));
        rows.and_then(Iterator::collect).doing(DOING)
    }

    /// Gives released letters that were spoilt the newest data of their people; gives how many were renewed.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn renew_spoilt(&mut self) -> Result<u64, StoreError> {
        const DOING: &str = "take up mended data";
        let any = format!("SELECT EXISTS ({RENEWED})");
        // A run that has nothing to renew writes nothing.
        if !self.connection.query_row(&any, [], |row| row.get(0)).doing(DOING)? {
            return Ok(0);
        }
        let transaction = self.write(DOING)?;
        let sql = format!("UPDATE delivery SET version = newest FROM ({RENEWED}) renewed WHERE delivery.id = renewed.id");
        let renewed = transaction.execute(&sql, []).doing(DOING)? as u64;
        transaction.commit().doing(DOING)?;
        Ok(renewed)
    }
}
