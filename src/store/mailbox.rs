//! Boxes that are read: when last, how many mails, and how far; so that a send can ask whether anybody reads what people answer.

use super::{Doing, Store, StoreError, codec};
use jiff::Timestamp;
use rusqlite::OptionalExtension;

/// One box, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingLine {
    /// Which: `maildir:PATH`, `mbox:PATH`, `file:PATH`, `imap://USER@HOST/FOLDER`, or `-` for mails handed in.
    pub name: String,
    /// When it was last read to its end.
    pub read_at: Timestamp,
    /// How many mails were in it, over all readings.
    pub mails: u64,
    /// How far a server's folder was read.
    pub cursor: Option<String>,
}

impl Store {
    /// Writes down that a box was read to its end. Without a cursor the one on record stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_reading(&mut self, name: &str, mails: u64, cursor: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO mailbox (name, read_at, mails, cursor) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (name) DO UPDATE SET \
                   read_at = excluded.read_at, mails = mails + excluded.mails, cursor = coalesce(excluded.cursor, cursor)";
        let mails = i64::try_from(mails).unwrap_or(i64::MAX);
        let transaction = self.write("note a reading")?;
        transaction
            .execute(sql, (name, now.as_microsecond(), mails, cursor))
            .doing("note a reading")?;
        transaction.commit().doing("note a reading")
    }

    /// All boxes that were ever read, the last one read first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn readings(&self) -> Result<Vec<ReadingLine>, StoreError> {
        let sql = "SELECT name, read_at, mails, cursor FROM mailbox ORDER BY read_at DESC, name";
        let mut statement = self.connection.prepare_cached(sql).doing("read the boxes")?;
        let mut rows = statement.query([]).doing("read the boxes")?;
        let mut lines = Vec::new();
        while let Some(row) = rows.next().doing("read the boxes")? {
            lines.push(ReadingLine {
                name: row.get(0).doing("read the boxes")?,
                read_at: codec::instant(row.get(1).doing("read the boxes")?)?,
                mails: row.get::<_, i64>(2).doing("read the boxes")?.unsigned_abs(),
                cursor: row.get(3).doing("read the boxes")?,
            });
        }
        Ok(lines)
    }

    /// How far a server's folder was read, if it was.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn cursor(&self, name: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT cursor FROM mailbox WHERE name = ?";
        let found = self.connection.query_row(sql, [name], |row| row.get::<_, Option<String>>(0));
        Ok(found.optional().doing("read the boxes")?.flatten())
    }
}
