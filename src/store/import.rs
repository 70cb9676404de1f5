//! Imports: a list is made to say what its file says, in one transaction.
//!
//! Promises: the same file twice changes nothing; a row gone from the file leaves the list and comes back with the row; nobody's
//! suppression is touched; what is alarming is undone until a person has looked. Knows nothing of files: it gets people and a hash.

use super::keys::PersonHash;
use super::people::StoredColumn;
use super::{Doing, Store, StoreError};
use crate::subscriber::Subscriber;
use crate::subscriber::column::Kind;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

/// The file that a list is imported from.
#[derive(Debug, Clone, Copy)]
pub struct ListSource<'a> {
    /// The list's name.
    pub list: &'a str,
    /// The hash of the file's bytes.
    pub hash: &'a [u8],
    /// Its columns, by the names templates know them by.
    pub columns: &'a [(String, Kind)],
}

/// What an import did, in people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
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
}

impl ImportReport {
    /// How many people the import changes on the list.
    pub fn changed(&self) -> u64 {
        self.added + self.updated + self.returned + self.left
    }

    /// Whether so much changes that a broken export is likelier than a busy month: over 20 % of the list, and over three people.
    pub fn is_alarming(&self) -> bool {
        self.before > 0 && self.changed() > 3 && self.changed() * 5 > self.before
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Imported {
    /// Written.
    Kept(ImportReport),
    /// Undone; the report says what it would have changed.
    Undone(ImportReport),
}

impl Store {
    /// The hash of the file that a list was last imported from.
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

    /// Makes the list say what its file says: `people` with the lines they stand on.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn import<'a>(
        &mut self,
        source: &ListSource<'_>,
        people: impl Iterator<Item = (usize, &'a Subscriber)>,
        guard: Guard,
        now: Timestamp,
    ) -> Result<Imported, StoreError> {
        let keys = self.keys.clone();
        let transaction = self.write("import a list")?;
        let list_id = list_row(&transaction, source.list)?;
        let mut report = ImportReport {
            before: members(&transaction, list_id)?,
            ..ImportReport::default()
        };
        let seen = now.as_microsecond();
        for (line, subscriber) in people {
            let hash = keys.person(&subscriber.address);
            enrol(
                &transaction,
                &mut report,
                &Enrolment {
                    list_id,
                    hash,
                    line,
                    subscriber,
                    seen,
                },
            )?;
        }
        let sql = "UPDATE membership SET left_at = ?2 WHERE list = ?1 AND seen <> ?2 AND left_at IS NULL";
        report.left = transaction.execute(sql, (list_id, seen)).doing("import a list")? as u64;
        if guard == Guard::DryRun || (guard == Guard::Cautious && report.is_alarming()) {
            return Ok(Imported::Undone(report));
        }
        let columns: Vec<StoredColumn> = source
            .columns
            .iter()
            .map(|(name, kind)| StoredColumn {
                name: name.clone(),
                kind: kind.as_str().to_owned(),
            })
            .collect();
        let columns = serde_json::to_string(&columns).map_err(|error| StoreError::Damaged { what: error.to_string() })?;
        let sql = "UPDATE list SET source_hash = ?, columns = ?, imported_at = ? WHERE id = ?";
        transaction
            .execute(sql, (source.hash, columns, seen, list_id))
            .doing("import a list")?;
        transaction.commit().doing("import a list")?;
        Ok(Imported::Kept(report))
    }
}

struct Enrolment<'a> {
    list_id: i64,
    hash: PersonHash,
    line: usize,
    subscriber: &'a Subscriber,
    seen: i64,
}

fn list_row(transaction: &Transaction<'_>, list: &str) -> Result<i64, StoreError> {
    transaction
        .execute("INSERT INTO list (name) VALUES (?) ON CONFLICT (name) DO NOTHING", [list])
        .doing("import a list")?;
    transaction
        .query_row("SELECT id FROM list WHERE name = ?", [list], |row| row.get(0))
        .doing("import a list")
}

fn members(transaction: &Transaction<'_>, list: i64) -> Result<u64, StoreError> {
    let sql = "SELECT count(*) FROM membership WHERE list = ? AND left_at IS NULL";
    transaction
        .query_row(sql, [list], |row| row.get::<_, i64>(0))
        .doing("import a list")
        .map(|count| count.unsigned_abs())
}

/// Puts one person on the list, with a new version only where something changed.
fn enrol(transaction: &Transaction<'_>, report: &mut ImportReport, enrolment: &Enrolment<'_>) -> Result<(), StoreError> {
    let person = person_row(transaction, &enrolment.hash)?;
    let known = known_membership(transaction, enrolment.list_id, person)?;
    let subscriber = enrolment.subscriber;
    let json = serde_json::to_string(&subscriber.attributes).map_err(|error| StoreError::Damaged { what: error.to_string() })?;
    let same_person = known
        .as_ref()
        .is_some_and(|known| (known.address.as_str(), &known.attributes) == (subscriber.address.as_str(), &json));
    let version = match &known {
        Some(known) if same_person => known.version,
        Some(_) | None => new_version(transaction, person, subscriber, &json, enrolment.seen)?,
    };
    match &known {
        None => report.added += 1,
        Some(known) if known.left => report.returned += 1,
        Some(known) if same_person && known.consent == consent_words(subscriber) => report.unchanged += 1,
        Some(_) => report.updated += 1,
    }
    upsert_membership(transaction, enrolment, person, version)
}

/// Consent and joining day as their columns hold them.
type ConsentWords = (String, Option<String>, Option<String>, Option<String>, Option<String>);

fn consent_words(subscriber: &Subscriber) -> ConsentWords {
    let consent = &subscriber.consent;
    (
        consent.answer.as_str().to_owned(),
        consent.basis.map(|basis| basis.as_str().to_owned()),
        consent.date.map(|date| date.to_string()),
        consent.source.clone(),
        subscriber.joined.map(|date| date.to_string()),
    )
}

struct Known {
    version: i64,
    address: String,
    attributes: String,
    left: bool,
    consent: ConsentWords,
}

fn person_row(transaction: &Transaction<'_>, hash: &PersonHash) -> Result<i64, StoreError> {
    let mut find = transaction
        .prepare_cached("SELECT id FROM person WHERE hash = ?")
        .doing("import a person")?;
    if let Some(person) = find.query_row([hash], |row| row.get(0)).optional().doing("import a person")? {
        return Ok(person);
    }
    let mut insert = transaction
        .prepare_cached("INSERT INTO person (hash) VALUES (?)")
        .doing("import a person")?;
    insert.insert([hash]).doing("import a person")
}

fn known_membership(transaction: &Transaction<'_>, list: i64, person: i64) -> Result<Option<Known>, StoreError> {
    let sql = "SELECT m.version, v.address, v.attributes, m.left_at IS NOT NULL, m.answer, m.basis, m.consent_date, m.consent_source, \
               m.joined FROM membership m JOIN person_version v ON v.id = m.version WHERE m.list = ? AND m.person = ?";
    let mut statement = transaction.prepare_cached(sql).doing("import a person")?;
    let found = statement.query_row((list, person), |row| {
        Ok(Known {
            version: row.get(0)?,
            address: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
            attributes: row.get::<_, Option<String>>(2)?.unwrap_or_default(),
            left: row.get(3)?,
            consent: (row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?),
        })
    });
    found.optional().doing("import a person")
}

fn new_version(
    transaction: &Transaction<'_>,
    person: i64,
    subscriber: &Subscriber,
    json: &str,
    now: i64,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO person_version (person, address, attributes, created_at) VALUES (?, ?, ?, ?)";
    let mut insert = transaction.prepare_cached(sql).doing("import a person")?;
    insert
        .insert((person, subscriber.address.as_str(), json, now))
        .doing("import a person")
}

fn upsert_membership(
    transaction: &Transaction<'_>,
    enrolment: &Enrolment<'_>,
    person: i64,
    version: i64,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO membership (list, person, version, line, answer, basis, consent_date, consent_source, joined, since, seen) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10) ON CONFLICT (list, person) DO UPDATE SET version = ?3, line = ?4, \
               answer = ?5, basis = ?6, consent_date = ?7, consent_source = ?8, joined = ?9, left_at = NULL, seen = ?10";
    let (answer, basis, date, source, joined) = consent_words(enrolment.subscriber);
    let line = i64::try_from(enrolment.line).unwrap_or(i64::MAX);
    let row = params![
        enrolment.list_id,
        person,
        version,
        line,
        answer,
        basis,
        date,
        source,
        joined,
        enrolment.seen
    ];
    let mut statement = transaction.prepare_cached(sql).doing("import a person")?;
    statement.execute(row).doing("import a person").map(|_| ())
}
