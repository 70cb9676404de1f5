//! Every row of every table of a store, as text: two stores are equal where these are.

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use std::path::Path;

/// `TABLE value|value|…`, sorted.
pub(crate) fn all_rows(dir: &Path) -> Vec<String> {
    let connection = Connection::open(dir.join("store.db")).unwrap();
    let mut tables = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut all: Vec<String> = names.iter().flat_map(|table| rows_of(&connection, table)).collect();
    all.sort();
    all
}

fn rows_of(connection: &Connection, table: &str) -> Vec<String> {
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
    let width = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let values: Vec<String> = (0..width).map(|index| shown(row.get_ref(index).unwrap())).collect();
        all.push(format!("{table} {}", values.join("|")));
    }
    all
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "∅".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => format!("x{}", data_encoding::HEXLOWER.encode(bytes)),
    }
}
