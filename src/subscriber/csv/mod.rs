//! A list file's bytes as people.
//!
//! Promises: no row is lost in silence: every record is a person, was merged into one, or is named with its physical line, the reason
//! and the fix. Columns are recognised by exact aliases or by the list's mapping, never by guess. Texts in findings are masked. Knows
//! nothing of files on disk, of the store, or of what the clinic's law accepts.

mod cell;
mod delimiter;
mod field;
pub mod guard;
mod header;
mod mapping;
mod merge;
mod nobody;
mod note;
mod opening;
mod permission;
mod reader;
mod record;
mod rejects;
mod row;
mod survey;
mod table;
mod written;

pub use delimiter::Delimiter;
pub use field::Field;
pub use header::{Column, Meaning};
pub use mapping::{Mapping, MappingFile};
pub use reader::{ListReader, ListReport};
pub use rejects::rejects_csv;
pub use table::Table;
pub use written::WRITTEN_BY_AN_IMPORT;

use crate::subscriber::Subscriber;

/// What a list file holds, all at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRows {
    /// The people, each address once, in the order of the file.
    pub rows: Vec<Row>,
    /// Everything else.
    pub report: ListReport,
}

/// One person and the physical line of their first row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line, from 1.
    pub line: usize,
    /// The person.
    pub subscriber: Subscriber,
}

/// One row that is nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The physical line, from 1.
    pub line: usize,
    /// The header of the column at fault, if it is one.
    pub column: Option<String>,
    /// What was found, whole: it goes into the clinic's own file of rejects; findings mask it.
    pub value: String,
    /// Why the row is left out.
    pub reason: String,
    /// How to mend it.
    pub fix: Option<String>,
}

/// One row whose address stood in the file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// The physical line of the row.
    pub line: usize,
    /// The line of the first row with this address.
    pub into: usize,
}

/// The people in a list file, for lists that fit into memory and for tests; [`ListReader`] is for all others.
///
/// # Errors
/// When the file as a whole is of no use.
pub fn read(file: &str, bytes: &[u8], mapping: &Mapping) -> Result<ListRows, Vec<crate::finding::Finding>> {
    let table = Table::of(file, bytes, mapping, None)?;
    let mut reader = ListReader::open(file, &table, mapping)?;
    let rows = std::iter::from_fn(|| reader.next()).collect();
    Ok(ListRows {
        rows,
        report: reader.finish(),
    })
}

#[cfg(test)]
mod bytes;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
