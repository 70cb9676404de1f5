//! Looking through what is known: the values of a column, and the address that was meant.
//!
//! Promises: nothing is kept of what is looked through but what is asked for. Knows nothing of who may see it.

use super::draft::names;
use super::{Doing, Store, StoreError};
use crate::address::Address;
use crate::subscriber::segment::Values;

/// More slips than this are another address.
const MOST_SLIPS: usize = 2;

impl Store {
    /// The different values in a column of these lists, of all the rows of families too; with more than `most` of them not all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn values(&self, lists: &[String], column: &str, most: usize) -> Result<Values, StoreError> {
        let people = "FROM membership m JOIN list l ON l.id = m.list JOIN person_version v ON v.id = m.version";
        let wanted = "m.left_at IS NULL AND l.name IN (SELECT value FROM json_each(?1))";
        let sql = format!(
            "SELECT DISTINCT cell FROM (SELECT v.attributes ->> ?2 AS cell {people} WHERE {wanted} AND coalesce(v.rows, '[]') = '[]' \
             UNION ALL SELECT r.value ->> ?2 AS cell {people}, json_each(v.rows) r WHERE {wanted}) \
             WHERE trim(cell) <> '' LIMIT ?3"
        );
        let mut statement = self.connection.prepare_cached(&sql).doing("look through a column")?;
        let (path, limit) = (
            format!("$.\"{column}\""),
            i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1),
        );
        let found = statement.query_map((names(lists)?, path, limit), |row| row.get(0));
        let mut filled: Vec<String> = found
            .doing("look through a column")?
            .collect::<Result<_, _>>()
            .doing("look through a column")?;
        let is_all = filled.len() <= most;
        filled.truncate(most);
        Ok(Values { filled, is_all })
    }

    /// The address on a list that is nearest to one that is on none, if it is near enough to be what was meant.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn nearest_address(&self, found: &Address) -> Result<Option<String>, StoreError> {
        let sql = "SELECT v.address FROM membership m JOIN person_version v ON v.id = m.version WHERE m.left_at IS NULL AND v.address IS NOT NULL";
        let mut statement = self.connection.prepare(sql).doing("look through addresses")?;
        let mut rows = statement.query([]).doing("look through addresses")?;
        let (wanted, length) = (found.as_str(), found.as_str().len());
        let mut nearest: Option<(usize, String)> = None;
        while let Some(row) = rows.next().doing("look through addresses")? {
            let address: String = row.get(0).doing("look through addresses")?;
            let least = nearest.as_ref().map_or(MOST_SLIPS + 1, |(slips, _)| *slips);
            if address.len().abs_diff(length) >= least {
                continue;
            }
            let slips = strsim::damerau_levenshtein(wanted, &address);
            if slips < least {
                nearest = Some((slips, address));
            }
        }
        Ok(nearest.map(|(_, address)| address))
    }
}
