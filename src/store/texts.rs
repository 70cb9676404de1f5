//! Texts: an address is taken out of every text of every table, whoever wrote it there.
//!
//! Promises: the tables and their columns are asked of the file itself, so that a column which a later migration adds is not forgotten;
//! rows that never change otherwise do for this, and only for this. Knows nothing of what the texts say.

use super::spelling::{FORGOTTEN, Spellings};
use super::{Doing, StoreError};
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, Transaction};

/// One text column.
#[derive(Clone)]
struct Place {
    table: String,
    column: String,
}

/// Teaches this connection to look for the spellings: `mentions(text)` and `without(text)`.
pub(super) fn teach(connection: &Connection, spellings: &Spellings) -> Result<(), StoreError> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    let (one, other) = (spellings.clone(), spellings.clone());
    connection
        .create_scalar_function("mentions", 1, flags, move |call| {
            // Not copied: this is asked of every text of the store.
            Ok(call
                .get_raw(0)
                .as_str_or_null()
                .ok()
                .flatten()
                .is_some_and(|text| one.stand_in(text)))
        })
        .doing("look for an address")?;
    connection
        .create_scalar_function("without", 1, flags, move |call| {
            let text: Option<String> = call.get(0)?;
            Ok(text.map(|text| other.taken_out_of(&text).unwrap_or(text)))
        })
        .doing("look for an address")
}

/// Whether the spellings that were taught stand anywhere.
pub(super) fn are_mentioned(connection: &Connection) -> Result<bool, StoreError> {
    let places = places(connection)?;
    for table in places.chunk_by(|one, other| one.table == other.table) {
        if stands_in(connection, table)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Takes the spellings that were taught out of every text; gives in how many rows they stood.
pub(super) fn take_out(transaction: &Transaction<'_>) -> Result<u64, StoreError> {
    let mut found = Vec::new();
    // A table is read through once; only where something stands in it, column by column.
    for table in places(transaction)?.chunk_by(|one, other| one.table == other.table) {
        if stands_in(transaction, table)? {
            found.extend_from_slice(table);
        }
    }
    if found.is_empty() {
        return Ok(0);
    }
    without_triggers(transaction, || {
        let mut rows = 0;
        for place in &found {
            rows += clear(transaction, place)?;
        }
        Ok(rows)
    })
}

/// Everything that holds text, but the addresses themselves: those of others are theirs, and that of this person is blank by now.
fn places(connection: &Connection) -> Result<Vec<Place>, StoreError> {
    let sql = "SELECT t.name, c.name FROM pragma_table_list t, pragma_table_info(t.name) c WHERE t.schema = 'main' AND t.type = 'table' \
               AND t.name NOT LIKE 'sqlite_%' AND upper(c.type) NOT IN ('INTEGER', 'REAL') \
               AND NOT (t.name = 'person_version' AND c.name = 'address') ORDER BY 1, 2";
    let mut statement = connection.prepare(sql).doing("look for an address")?;
    let rows = statement.query_map([], |row| {
        Ok(Place {
            table: row.get(0)?,
            column: row.get(1)?,
        })
    });
    rows.doing("look for an address")?
        .collect::<Result<_, _>>()
        .doing("look for an address")
}

/// The values of a column that are text: hashes and keys are not.
fn condition(place: &Place) -> String {
    format!("typeof(\"{0}\") = 'text' AND mentions(\"{0}\")", place.column)
}

/// Whether it stands in any of these columns of one table.
fn stands_in(connection: &Connection, columns: &[Place]) -> Result<bool, StoreError> {
    let Some(first) = columns.first() else { return Ok(false) };
    let any: Vec<String> = columns.iter().map(condition).collect();
    let sql = format!("SELECT EXISTS (SELECT 1 FROM \"{}\" WHERE {})", first.table, any.join(" OR "));
    let found = connection.query_row(&sql, [], |row| row.get(0));
    found.doing("look for an address")
}

/// A name that has to be unique may be taken already by the like of it: then it is numbered.
fn clear(transaction: &Transaction<'_>, place: &Place) -> Result<u64, StoreError> {
    let (table, column) = (&place.table, &place.column);
    let sql = format!(
        "UPDATE \"{table}\" SET \"{column}\" = without(\"{column}\") WHERE {}",
        condition(place)
    );
    let plain = transaction.execute(&sql, []);
    if let Err(error) = &plain
        && error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation)
    {
        let sql = format!(
            "UPDATE \"{table}\" SET \"{column}\" = '{FORGOTTEN} ' || lower(hex(randomblob(4))) WHERE {}",
            condition(place)
        );
        return transaction
            .execute(&sql, [])
            .doing("take an address out")
            .map(|rows| rows as u64);
    }
    plain.doing("take an address out").map(|rows| rows as u64)
}

/// Lays down the triggers that keep rows as they are, for as long as `change` runs.
fn without_triggers(transaction: &Transaction<'_>, change: impl FnOnce() -> Result<u64, StoreError>) -> Result<u64, StoreError> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'";
    let mut statement = transaction.prepare(sql).doing("take an address out")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)));
    let triggers: Vec<(String, String)> = rows
        .doing("take an address out")?
        .collect::<Result<_, _>>()
        .doing("take an address out")?;
    for (name, _) in &triggers {
        let sql = format!("DROP TRIGGER \"{name}\"");
        transaction.execute(&sql, []).doing("take an address out")?;
    }
    let changed = change()?;
    for (_, sql) in &triggers {
        transaction.execute(sql, []).doing("take an address out")?;
    }
    Ok(changed)
}
