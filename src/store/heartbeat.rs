//! What a run leaves in writing about itself is asked here: when a letter was last on its way, and which occurrences came to nothing.

use super::{Doing, Store, StoreError, codec};
use jiff::Timestamp;
use rusqlite::OptionalExtension;

/// An occurrence on which nothing began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Omission {
    /// Its row; later ones have higher numbers.
    pub number: i64,
    /// The campaign's folder by then.
    pub campaign_name: String,
    /// When it was due.
    pub due_at: Timestamp,
    /// Why nothing began, in words.
    pub detail: String,
}

impl Store {
    /// When the last letter was begun by the last run that began any; found by the index of runs, however many letters there are.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_letter_at(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT begun_at FROM attempt WHERE run = (SELECT max(run) FROM attempt) ORDER BY begun_at DESC LIMIT 1";
        let at: Option<i64> = self
            .connection
            .query_row(sql, (), |row| row.get(0))
            .optional()
            .doing("look for the last letter")?;
        at.map(codec::instant).transpose()
    }

    /// The occurrences that were written down as come to nothing after this one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn omissions_after(&self, number: i64) -> Result<Vec<Omission>, StoreError> {
        let sql = "SELECT id, campaign_name, due_at, detail FROM skipped_occurrence WHERE id > ? ORDER BY id";
        let doing = "look for what came to nothing";
        let mut statement = self.connection.prepare_cached(sql).doing(doing)?;
        let rows = statement.query_map([number], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?, row.get(3)?))
        });
        let mut omissions = Vec::new();
        for row in rows.doing(doing)? {
            let (number, campaign_name, due_at, detail) = row.doing(doing)?;
            omissions.push(Omission {
                number,
                campaign_name,
                due_at: codec::instant(due_at)?,
                detail,
            });
        }
        Ok(omissions)
    }

    /// The last of them; 0 where there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn last_omission(&self) -> Result<i64, StoreError> {
        let sql = "SELECT coalesce(max(id), 0) FROM skipped_occurrence";
        let read = self.connection.query_row(sql, (), |row| row.get(0));
        read.doing("look for what came to nothing")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_to_nothing_is_told_once() {
        let now: Timestamp = "2027-01-05T09:00:00Z".parse().unwrap();
        let store = Store::in_memory(now).unwrap();
        assert_eq!((store.last_omission().unwrap(), store.last_letter_at().unwrap()), (0, None));
        let sql = "INSERT INTO skipped_occurrence (campaign, campaign_name, article, due_on, due_at, reason, detail, at) \
                   VALUES ('t1ps', 'tips', '', ?1, ?2, 'late', 'found two days late', ?2)";
        for day in ["2027-01-01", "2027-01-02"] {
            store.connection.execute(sql, (day, now.as_microsecond())).unwrap();
        }
        let all = store.omissions_after(0).unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(
            (all[0].campaign_name.as_str(), all[0].due_at, all[0].detail.as_str()),
            ("tips", now, "found two days late")
        );
        assert_eq!(store.omissions_after(all[0].number).unwrap(), all[1..]);
        assert_eq!(store.last_omission().unwrap(), all[1].number);
    }
}
