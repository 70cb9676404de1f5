//! When the store last saw a letter on its way.

use super::{Doing, Store, StoreError, codec};
use jiff::Timestamp;
use rusqlite::OptionalExtension;

impl Store {
    /// When the last letter was begun by the last run that began any; found by the index of runs, however many letters there are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_letter_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT begun_at FROM attempt WHERE run = (SELECT max(run) FROM attempt) ORDER BY begun_at DESC LIMIT 1";
        let doing = "look for the last letter";
        let at: Option<i64> = self.connection.query_row(sql, (), |row| row.get(0)).optional().doing(doing)?;
        at.map(codec::instant).transpose()
    }
}
