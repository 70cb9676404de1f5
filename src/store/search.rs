//! Searching an edition's people: those whose name or address has the words that somebody typed.
//!
//! Promises: SQLite goes through them in the order of their letters and stops where enough are found; no row of somebody else's is made
//! anything of. Knows nothing of who may see them.

use super::{DeliveryId, Doing, EditionId, Store, StoreError};
use crate::template::context::display_name;
use rusqlite::functions::{Context, FunctionFlags};

/// The name under which SQL asks about one person.
const ANSWERS: &str = "answers_to_words";

impl Store {
    /// The letters of `edition` behind `after` whose people have all these words in their name or address, at most `most` of them; the
    /// words are in small letters.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn search(
        &self,
        edition: EditionId,
        after: DeliveryId,
        words: &[String],
        most: usize,
    ) -> Result<Vec<DeliveryId>, StoreError> {
        const DOING: &str = "look for people";
        let words = words.to_vec();
        let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
        let asked = self
            .connection
            .create_scalar_function(ANSWERS, 4, flags, move |person| answers(person, &words));
        asked.doing(DOING)?;
        let sql = format!(
            "SELECT d.id FROM delivery d JOIN person_version v ON v.id = d.version WHERE d.edition = ?1 AND d.id > ?2 \
             AND d.state = 'pending' AND {ANSWERS}(v.address, v.attributes ->> '$.name', v.attributes ->> '$.first_name', \
             v.attributes ->> '$.last_name') ORDER BY d.id LIMIT ?3"
        );
        let row = (edition.0, after.0, i64::try_from(most).unwrap_or(i64::MAX));
        let mut statement = self.connection.prepare(&sql).doing(DOING)?;
        let found = statement.query_map(row, |row| row.get(0).map(DeliveryId)).doing(DOING)?;
        let found = found.collect::<Result<_, _>>().doing(DOING);
        drop(statement);
        self.connection.remove_function(ANSWERS, 4).doing(DOING)?;
        found
    }
}

/// Whether one person, told as everywhere else, has all the words.
fn answers(person: &Context<'_>, words: &[String]) -> rusqlite::Result<bool> {
    let cell = |index: usize| person.get::<Option<String>>(index);
    let mut columns = crate::subscriber::Attributes::new();
    for (index, column) in [(1, "name"), (2, "first_name"), (3, "last_name")] {
        if let Some(value) = cell(index)? {
            columns.insert(column.to_owned(), value);
        }
    }
    let name = display_name(&columns).unwrap_or_default();
    let told = format!("{name} {}", cell(0)?.unwrap_or_default()).to_lowercase();
    Ok(words.iter().all(|word| told.contains(word)))
}
