//! Imports: a list is made to say what its file says, in one transaction.
//!
//! Promises: the same file twice changes nothing; a row gone from the file leaves the list and comes back with the row; nobody's
//! suppression is lifted and nobody forgotten is written down again; what is alarming is undone until a person has looked; what was
//! kept can be taken back as a whole. Rows stream through, so that memory does not grow with what they say. Knows nothing of files: it
//! gets people and hashes.

mod forgotten;
mod history;
mod known;
mod prepared;
mod statements;
mod undo;
mod write;

pub use history::{ImportLine, Told};
pub use undo::{NoUndo, Undone};

use super::people::StoredColumn;
use super::{Doing, Store, StoreError};
use crate::subscriber::Subscriber;
use crate::subscriber::column::Kind;
use crate::subscriber::consent::Basis;
use crate::subscriber::suppression::Reason;
use forgotten::Forgotten;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use write::Writer;

/// An import's row in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImportId(pub i64);

/// The file that a list is imported from, and how it is read.
#[derive(Debug, Clone, Copy)]
pub struct ListSource<'a> {
    /// The list's name.
    pub list: &'a str,
    /// The file's name, for the record.
    pub file: &'a str,
    /// The SHA-256 of the file's bytes: the evidence of every consent in it.
    pub file_hash: &'a [u8],
    /// The hash of the bytes together with how they are read: while it is the same there is nothing to import.
    pub hash: &'a [u8],
    /// Its columns, by the names templates know them by.
    pub columns: &'a [(String, Kind)],
    /// Whether a column of the file asks people whether they want mail: then a blank takes no earlier no back.
    pub asks_consent: bool,
    /// What a person vouches for where the file gives no answer.
    pub assumed: Option<&'a Assumed>,
}

/// Consent that a person vouches for: on record with the import and with everybody it concerned.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Assumed {
    /// On what ground.
    #[serde(serialize_with = "basis_word")]
    pub basis: Basis,
    /// Since when, where it was said.
    pub date: Option<Date>,
    /// How the clinic knows.
    pub evidence: Option<String>,
}

fn basis_word<S: serde::Serializer>(basis: &Basis, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(basis.as_str())
}

/// What an import did, in people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ImportReport {
    /// On the list before.
    pub before: u64,
    /// New on the list.
    pub added: u64,
    /// Whose data or consent changed.
    pub updated: u64,
    /// Just as before.
    pub unchanged: u64,
    /// Had left and came back with their row.
    pub returned: u64,
    /// Whose row is gone: off the list, not suppressed.
    pub left: u64,
    /// In the file, and not written to: they left, bounced or complained before, and the import changes nothing about that.
    pub suppressed: u64,
    /// In the file, and not stored: they asked to be forgotten.
    pub erased: u64,
    /// Who left a mailing program, by its own file: suppressed from now on.
    pub unsubscribed: u64,
    /// Whose blank consent a person vouched for.
    pub assumed: u64,
    /// In the file with a yes, or with a ground that needs none in words.
    pub agreed: u64,
    /// On a list that is new, and gone from another list's mail by their own wish: a renamed list is one that nobody has left yet.
    pub left_elsewhere: u64,
}

impl ImportReport {
    /// How many people the file holds.
    pub fn read(&self) -> u64 {
        self.added + self.updated + self.returned + self.unchanged + self.erased
    }

    /// How many people the import changes on the list.
    pub fn changed(&self) -> u64 {
        self.added + self.updated + self.returned + self.left
    }

    /// Whether so much changes that a broken export is likelier than a busy month: over 20 % of the list and over three people, or
    /// everybody at once: an emptied list may be one whose people are left out elsewhere.
    pub fn is_alarming(&self) -> bool {
        let is_emptied = self.before > 0 && self.left == self.before && self.read() == 0;
        is_emptied || (self.before > 0 && self.changed() > 3 && self.changed() * 5 > self.before)
    }
}

/// What becomes of an import once its report is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Undo it: only the report was wanted.
    DryRun,
    /// Undo it if it is [alarming](ImportReport::is_alarming).
    Cautious,
    /// Keep it whatever it changes: a person has said so.
    Trusted,
}

/// An import that was kept, or undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Whether it is written, or was undone.
    pub kept: bool,
    /// The record of what it changed; none where it changed nothing.
    pub import: Option<ImportId>,
    /// What it changed, or would have changed.
    pub report: ImportReport,
    /// Rows that deserve a word, the first [`MOST_NOTED`] of them.
    pub noted: Vec<Noted>,
    /// The first people of each kind of change, to show what an import is about.
    pub examples: Vec<Example>,
}

/// No more rows than this are named one by one.
pub const MOST_NOTED: usize = 200;
/// No more examples than this of each kind of change.
pub const MOST_EXAMPLES: usize = 5;

/// A row that does not do what its file seems to want.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// The physical line.
    pub line: usize,
    /// What is to be known of it.
    pub note: Note,
}

/// What is to be known of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// Suppressed before, and still.
    Suppressed(Reason),
    /// Asked to be forgotten, and is not stored.
    Erased,
    /// Said no the last time, and yes now.
    SaidNoBefore,
    /// Said no the last time, and nothing now: the no stands.
    NoStands,
}

/// One person whom an import changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// What happens.
    pub change: Change,
    /// Who.
    pub address: String,
    /// What the file says anew, as `city: Bath → Wells`.
    pub detail: Vec<String>,
}

/// What an import does to a person's place on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// New on the list.
    Added,
    /// Other data or another consent.
    Updated,
    /// Back with their row.
    Returned,
    /// Gone with their row.
    Left,
}

impl Store {
    /// What a list was last imported from: see [`ListSource::hash`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list_source(&self, list: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT source_hash FROM list WHERE name = ?";
        let found = self
            .connection
            .query_row(sql, [list], |row| row.get::<_, Option<Vec<u8>>>(0))
            .optional();
        Ok(found.doing("look up a list")?.flatten())
    }

    /// Under which stamp a list's file was last found to say what the list was imported from, as [`Store::note_list_seen`] was told it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list_seen(&self, list: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT seen FROM list WHERE name = ?";
        let found = self
            .connection
            .query_row(sql, [list], |row| row.get::<_, Option<Vec<u8>>>(0))
            .optional();
        Ok(found.doing("look up a list")?.flatten())
    }

    /// Writes down the stamp under which a list's file says what the list was imported from.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_list_seen(&mut self, list: &str, seen: &[u8]) -> Result<(), StoreError> {
        let transaction = self.write("note a list's file")?;
        transaction
            .execute("UPDATE list SET seen = ? WHERE name = ?", (seen, list))
            .doing("note a list's file")?;
        transaction.commit().doing("note a list's file")
    }

    /// Writes down that a list's file is read another way that changes nothing, such as by a mapping that names what was found.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_list_source(&mut self, list: &str, hash: &[u8]) -> Result<(), StoreError> {
        let transaction = self.write("note a list's file")?;
        transaction
            .execute("UPDATE list SET source_hash = ? WHERE name = ?", (hash, list))
            .doing("note a list's file")?;
        transaction.commit().doing("note a list's file")
    }

    /// Makes the list say what its file says: `people` with the lines they stand on, each address once.
    ///
    /// The rows are made ready on a thread of their own while this one writes.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn import(
        &mut self,
        source: &ListSource<'_>,
        people: impl Iterator<Item = (usize, Subscriber)> + Send,
        guard: Guard,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        let bulk = Bulk::begin(&self.connection)?;
        let imported = self.import_all(source, people, guard, now);
        bulk.end(&self.connection)?;
        imported
    }

    fn import_all(
        &mut self,
        source: &ListSource<'_>,
        people: impl Iterator<Item = (usize, Subscriber)> + Send,
        guard: Guard,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        let keys = self.keys.clone();
        let transaction = self.write("import a list")?;
        let list_id = list_row(&transaction, source.list)?;
        let import = begin(&transaction, list_id, source, now)?;
        let mut writer = Writer::new(&transaction, list_id, import, source, now)?;
        let forgotten = Forgotten::new(keys.clone(), writer.erased());
        prepared::each_batch(people, &keys, |mut batch| {
            batch.iter_mut().for_each(|row| forgotten.take_out_of(row));
            writer.write(&batch)
        })?;
        let (report, noted, examples) = writer.finish()?;
        let kept = match guard {
            Guard::DryRun => false,
            Guard::Cautious => !report.is_alarming(),
            Guard::Trusted => true,
        };
        let import = match kept {
            true => end(transaction, list_id, import, source, &report, now)?,
            // Dropped, the transaction is undone.
            false => None,
        };
        Ok(Imported {
            kept,
            import,
            report,
            noted,
            examples,
        })
    }
}

/// How the connection is set while a list is written.
///
/// A large list touches more pages than SQLite keeps in memory by itself, and writes those it cannot keep again and again. Every
/// number that a row refers to is this import's own, so nobody has to look each of them up again.
struct Bulk {
    cache_size: i64,
}

/// In KiB; a negative `cache_size` is one of memory.
const ROOMY: i64 = -96 * 1024;

impl Bulk {
    fn begin(connection: &Connection) -> Result<Self, StoreError> {
        let cache_size = connection
            .query_row("PRAGMA cache_size", [], |row| row.get(0))
            .doing("import a list")?;
        let bulk = Self { cache_size };
        bulk.set(connection, ROOMY, false)?;
        Ok(bulk)
    }

    fn end(self, connection: &Connection) -> Result<(), StoreError> {
        self.set(connection, self.cache_size, true)?;
        connection.release_memory().doing("import a list")
    }

    fn set(&self, connection: &Connection, cache_size: i64, foreign_keys: bool) -> Result<(), StoreError> {
        connection
            .pragma_update(None, "cache_size", cache_size)
            .doing("import a list")?;
        connection
            .pragma_update(None, "foreign_keys", foreign_keys)
            .doing("import a list")
    }
}

fn list_row(transaction: &Transaction<'_>, list: &str) -> Result<i64, StoreError> {
    transaction
        .execute("INSERT INTO list (name) VALUES (?) ON CONFLICT (name) DO NOTHING", [list])
        .doing("import a list")?;
    transaction
        .query_row("SELECT id FROM list WHERE name = ?", [list], |row| row.get(0))
        .doing("import a list")
}

/// Opens the record of the import, with what the list stood on before.
fn begin(transaction: &Transaction<'_>, list: i64, source: &ListSource<'_>, now: Timestamp) -> Result<ImportId, StoreError> {
    let assumed = source
        .assumed
        .map(serde_json::to_string)
        .transpose()
        .map_err(|error| damaged(&error))?;
    let sql = "INSERT INTO import (list, file, file_hash, source_hash, at, assumed, before_hash, before_columns, before_at) \
               SELECT id, ?2, ?3, ?4, ?5, ?6, source_hash, columns, imported_at FROM list WHERE id = ?1";
    let row = params![
        list,
        source.file,
        source.file_hash,
        source.hash,
        now.as_microsecond(),
        assumed
    ];
    let mut statement = transaction.prepare(sql).doing("import a list")?;
    statement.insert(row).doing("import a list").map(ImportId)
}

/// Closes an import that is kept, and commits it. One that changed nothing leaves no record: nobody could take it back.
fn end(
    transaction: Transaction<'_>,
    list: i64,
    import: ImportId,
    source: &ListSource<'_>,
    report: &ImportReport,
    now: Timestamp,
) -> Result<Option<ImportId>, StoreError> {
    let columns: Vec<StoredColumn> = source.columns.iter().map(StoredColumn::from).collect();
    let columns = serde_json::to_string(&columns).map_err(|error| damaged(&error))?;
    let changed_anything = report.changed() + report.unsubscribed > 0 || report.before == 0;
    let report = serde_json::to_string(report).map_err(|error| damaged(&error))?;
    match changed_anything {
        true => transaction.execute("UPDATE import SET report = ? WHERE id = ?", (report, import.0)),
        false => transaction.execute("DELETE FROM import WHERE id = ?", [import.0]),
    }
    .doing("import a list")?;
    transaction
        .execute(
            "UPDATE list SET source_hash = ?, columns = ?, imported_at = ? WHERE id = ?",
            (source.hash, columns, now.as_microsecond(), list),
        )
        .doing("import a list")?;
    transaction.commit().doing("import a list")?;
    Ok(changed_anything.then_some(import))
}

fn damaged(error: &serde_json::Error) -> StoreError {
    StoreError::Damaged { what: error.to_string() }
}
