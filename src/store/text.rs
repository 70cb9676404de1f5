//! Texts: what a step of a series says to those who come to it after its files were changed.
//!
//! Promises: a text on record never changes, and the same files make the same one again. Knows nothing of what they say.

use super::draft::NewEdition;
use super::{Doing, EditionId, Store, StoreError, TextId};
use jiff::Timestamp;
use rusqlite::{Transaction, params};

impl Store {
    /// The later texts of an edition that letters of it still need, with their frozen sources, as JSON.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn later_texts(&self, edition: EditionId) -> Result<Vec<(TextId, String)>, StoreError> {
        let sql = "SELECT id, sources FROM edition_text WHERE edition = ?1 AND id IN (SELECT text FROM delivery WHERE edition = ?1 AND \
                   state IN ('pending', 'sending', 'deferred', 'held', 'in_doubt')) ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).doing("read an edition's text")?;
        let rows = statement.query_map([edition.0], |row| Ok((TextId(row.get(0)?), row.get(1)?)));
        rows.doing("read an edition's text")?
            .collect::<Result<_, _>>()
            .doing("read an edition's text")
    }
}

/// The text of `new`'s sources: none where it is the edition's own.
pub(super) fn text_of(
    transaction: &Transaction<'_>,
    edition: EditionId,
    new: &NewEdition<'_>,
    now: Timestamp,
) -> Result<Option<TextId>, StoreError> {
    const DOING: &str = "keep a step's text";
    let own: bool = transaction
        .query_row(
            "SELECT sources_hash = ? FROM edition WHERE id = ?",
            (new.sources_hash, edition.0),
            |row| row.get(0),
        )
        .doing(DOING)?;
    if own {
        return Ok(None);
    }
    let sql = "INSERT INTO edition_text (edition, domain, sources, sources_hash, article_hash, at) VALUES (?, ?, ?, ?, ?, ?) \
               ON CONFLICT (edition, sources_hash) DO NOTHING";
    let at = now.as_microsecond();
    let row = params![edition.0, new.domain, new.sources, new.sources_hash, new.article_hash, at];
    transaction.execute(sql, row).doing(DOING)?;
    let sql = "SELECT id FROM edition_text WHERE edition = ? AND sources_hash = ?";
    let id = transaction.query_row(sql, (edition.0, new.sources_hash), |row| row.get(0));
    id.doing(DOING).map(|id| Some(TextId(id)))
}
