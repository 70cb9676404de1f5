//! What was imported when: the record of imports, and which file a membership's words stand in.

use super::{ImportId, ImportReport};
use crate::store::{Doing, Store, StoreError, codec};
use jiff::Timestamp;
use rusqlite::Row;

/// One import on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportLine {
    /// Which.
    pub id: ImportId,
    /// The list's name.
    pub list: String,
    /// The file's name.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub file_hash: Vec<u8>,
    /// The hash of its bytes and of how they were read.
    pub source_hash: Vec<u8>,
    /// When.
    pub at: Timestamp,
    /// What it did.
    pub report: ImportReport,
    /// What a person vouched for, as JSON.
    pub assumed: Option<String>,
    /// When it was taken back, if it was.
    pub undone_at: Option<Timestamp>,
}

/// The file that tells something of a person: with a line, the evidence of a consent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The import.
    pub import: ImportId,
    /// The file's name.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub file_hash: Vec<u8>,
    /// When it was imported.
    pub at: Timestamp,
}

impl Store {
    /// The imports on record, the earliest first: of one list, or of all.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn imports(&self, list: Option<&str>) -> Result<Vec<ImportLine>, StoreError> {
        let sql = "SELECT i.id, l.name, i.file, i.file_hash, i.source_hash, i.at, i.report, i.assumed, i.undone_at \
                   FROM import i JOIN list l ON l.id = i.list WHERE ?1 IS NULL OR l.name = ?1 ORDER BY i.id";
        let mut statement = self.connection.prepare_cached(sql).doing("read the imports")?;
        let mut rows = statement.query([list]).doing("read the imports")?;
        let mut imports = Vec::new();
        while let Some(row) = rows.next().doing("read the imports")? {
            imports.push(import_line(row)?);
        }
        Ok(imports)
    }
}

fn import_line(row: &Row<'_>) -> Result<ImportLine, StoreError> {
    const DOING: &str = "read the imports";
    let report: String = row.get(6).doing(DOING)?;
    Ok(ImportLine {
        id: ImportId(row.get(0).doing(DOING)?),
        list: row.get(1).doing(DOING)?,
        file: row.get(2).doing(DOING)?,
        file_hash: row.get(3).doing(DOING)?,
        source_hash: row.get(4).doing(DOING)?,
        at: codec::instant(row.get(5).doing(DOING)?)?,
        report: serde_json::from_str(&report).unwrap_or_default(),
        assumed: row.get(7).doing(DOING)?,
        undone_at: row.get::<_, Option<i64>>(8).doing(DOING)?.map(codec::instant).transpose()?,
    })
}
