//! The same 200 people as UTF-8, UTF-8 with a mark, UTF-16 and Windows-1252, each with four separators, and as workbooks: whatever
//! dress they come in, the store knows the same of everybody, and one dress after another changes nothing.
//!
//! `people/make.py` made the files with other people's programs, and `people/known.jsonl` says what is to be known of each person.

use super::{desk, folder, names};
use crate::support::workspace::Workspace;
use rusqlite::Connection;
use serde_json::{Value, json};

const PEOPLE: usize = 200;

/// The files of the 200 people: name and bytes.
fn dresses() -> Vec<(String, Vec<u8>)> {
    let folder = folder("people");
    let lists = names(&folder)
        .into_iter()
        .filter(|name| name.starts_with("utf") || name.starts_with("win") || name.starts_with("people."));
    lists
        .map(|name| (name.clone(), std::fs::read(folder.join(name)).unwrap()))
        .collect()
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').unwrap().1
}

/// What the store knows of everybody on the list, one person a value, in the order of their addresses.
fn known(clinic: &Workspace) -> Vec<Value> {
    let store = Connection::open(clinic.path(".tidings/store.db")).unwrap();
    let sql = "SELECT v.address, v.attributes, m.answer, m.consent_date, m.consent_source, m.joined FROM membership m \
               JOIN person_version v ON v.id = m.version WHERE m.left_at IS NULL AND v.rows IS NULL AND m.basis IS NULL \
               AND m.consent_wording IS NULL AND m.assumed = 0 ORDER BY v.address";
    let mut statement = store.prepare(sql).unwrap();
    let text = |row: &rusqlite::Row<'_>, column| row.get::<_, Option<String>>(column).unwrap();
    let person = |row: &rusqlite::Row<'_>| {
        let attributes: Value = serde_json::from_str(&text(row, 1).unwrap()).unwrap();
        let consent = [2, 3, 4, 5].map(|column| text(row, column));
        Ok(json!([text(row, 0), consent, attributes]))
    };
    statement.query_map([], person).unwrap().map(Result::unwrap).collect()
}

/// The list's columns and their kinds.
fn columns(clinic: &Workspace) -> Value {
    let store = Connection::open(clinic.path(".tidings/store.db")).unwrap();
    let columns: String = store.query_row("SELECT columns FROM list", [], |row| row.get(0)).unwrap();
    serde_json::from_str(&columns).unwrap()
}

/// What is to be known, written down by the program that made the files.
fn wanted() -> Vec<Value> {
    let text = std::fs::read_to_string(folder("people/known.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn the_same_people_are_known_whatever_dress_they_come_in() {
    let (wanted, dresses) = (wanted(), dresses());
    assert_eq!((wanted.len(), dresses.len()), (PEOPLE, 19));
    let mut kinds: Vec<(String, Value)> = Vec::new();
    for (name, bytes) in dresses {
        let clinic = desk();
        let list = format!("subscribers/patients.{}", extension(&name));
        clinic.write(&list, bytes);
        clinic.run(&["import", &list]).exits(0).prints("patients: 200 new (import 1;");
        for (known, wanted) in known(&clinic).iter().zip(&wanted) {
            assert_eq!(known, wanted, "{name}");
        }
        assert_eq!(known(&clinic).len(), PEOPLE, "{name}");
        kinds.push((name, columns(&clinic)));
    }
    for (name, columns) in &kinds {
        assert_eq!(columns, &kinds[0].1, "{name} and {}", kinds[0].0);
    }
}

#[test]
fn one_dress_after_another_changes_nothing() {
    let clinic = desk();
    let mut before = "patients: 200 new (import 1;";
    for (name, bytes) in dresses() {
        clinic.write(&format!("exports/{name}"), bytes);
        let export = format!("exports/{name}");
        clinic.run(&["import", &export, "--list", "patients"]).exits(0).prints(before);
        before = "patients: 200 as before";
    }
}
