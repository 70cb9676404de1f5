//! Looking through what is known: the values of a column, and the address that was meant.
//!
//! Promises: nothing is kept of what is looked through but what is asked for. Knows nothing of who may see it.

use super::draft::names;
use super::{Doing, PersonId, Store, StoreError};
use crate::subscriber::segment::Values;
use std::collections::BTreeMap;

/// What proves what a list says of a person: where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The file, if its import was written down.
    pub file: Option<String>,
    /// The hash of that file's bytes.
    pub file_hash: Option<Vec<u8>>,
    /// The line of the file.
    pub line: u64,
    /// Whether the clinic vouched for the consent, because the file says none.
    pub is_assumed: bool,
}

impl Evidence {
    /// The hash as programs print it.
    pub fn hash_words(&self) -> Option<String> {
        self.file_hash.as_ref().map(|hash| data_encoding::HEXLOWER.encode(hash))
    }
}

impl Store {
    /// What proves what each list says of a person, by the list's name.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn evidence(&self, person: PersonId) -> Result<BTreeMap<String, Evidence>, StoreError> {
        let sql = "SELECT l.name, i.file, i.file_hash, m.line, m.assumed FROM membership m JOIN list l ON l.id = m.list \
                   LEFT JOIN import i ON i.id = m.told_by WHERE m.person = ?";
        let mut statement = self.connection.prepare_cached(sql).doing("look up evidence")?;
        let rows = statement.query_map([person.0], |row| {
            let evidence = Evidence {
                file: row.get(1)?,
                file_hash: row.get(2)?,
                line: row.get::<_, i64>(3)?.unsigned_abs(),
                is_assumed: row.get(4)?,
            };
            Ok((row.get(0)?, evidence))
        });
        rows.doing("look up evidence")?
            .collect::<Result<_, _>>()
            .doing("look up evidence")
    }

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
}
