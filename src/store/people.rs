//! People: lists as the files name them, person versions, suppressions.
//!
//! Promises: whoever is asked for is found by the hash of their address alone; a suppression is only ever added. Knows nothing of where
//! the lists come from.

use super::keys::PersonHash;
use super::{Doing, PersonId, Store, StoreError};
use crate::address::Address;
use crate::subscriber::Attributes;
use crate::subscriber::column::Kind;
use crate::subscriber::consent::{Answer, Basis, Consent};
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use rusqlite::{OptionalExtension, params};
use std::collections::BTreeMap;

/// One column of a list, as the store keeps it.
#[derive(serde::Serialize, serde::Deserialize)]
pub(super) struct StoredColumn {
    pub(super) name: String,
    pub(super) kind: String,
}

impl From<&(String, Kind)> for StoredColumn {
    fn from((name, kind): &(String, Kind)) -> Self {
        Self {
            name: name.clone(),
            kind: kind.as_str().to_owned(),
        }
    }
}

/// The columns of one list's row.
pub(super) fn stored_columns(json: Option<&str>) -> Result<Vec<StoredColumn>, StoreError> {
    let read = serde_json::from_str(json.unwrap_or("[]"));
    read.map_err(|error| StoreError::Damaged {
        what: format!("a list's columns are not readable: {error}"),
    })
}

/// A person on a list, as the store knows them now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// The list's name.
    pub list: String,
    /// The version of the person that this list gave.
    pub version: i64,
    /// Where letters go.
    pub address: Address,
    /// The list's columns.
    pub attributes: Attributes,
    /// Where several rows share the address: what each of them says. Empty for one row.
    pub rows: Vec<Attributes>,
    /// What the person agreed to.
    pub consent: Consent,
    /// Since when they are on the list.
    pub joined: Option<jiff::civil::Date>,
    /// Whether their row is gone from the file.
    pub left: bool,
}

/// A person who may be in an audience: all their memberships and whether they are suppressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// The lists they are on, of those that were asked for.
    pub memberships: Vec<Membership>,
    /// Why they are not written to, if so: the gravest reason.
    pub suppression: Option<Suppression>,
}

impl Store {
    /// The columns that these lists' files have, by the names templates and segments know them by, with the kind of their values.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn columns(&self, lists: &[String]) -> Result<BTreeMap<String, Kind>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT columns FROM list WHERE name = ?")
            .doing("read columns")?;
        let mut columns = BTreeMap::new();
        for list in lists {
            let json: Option<String> = statement
                .query_row([list], |row| row.get(0))
                .optional()
                .doing("read columns")?;
            for column in stored_columns(json.as_deref())? {
                let kind = Kind::parse(&column.kind).unwrap_or_default();
                columns
                    .entry(column.name)
                    .and_modify(|known: &mut Kind| *known = known.and(kind))
                    .or_insert(kind);
            }
        }
        Ok(columns)
    }

    /// The person behind an address, if the store knows them.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn person(&self, address: &Address) -> Result<Option<PersonId>, StoreError> {
        let hash = self.keys.person(address);
        let found = self
            .connection
            .query_row("SELECT id FROM person WHERE hash = ?", [hash], |row| row.get(0).map(PersonId));
        found.optional().doing("look up a person")
    }

    /// All lists a person is or was on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn memberships(&self, person: PersonId) -> Result<Vec<Membership>, StoreError> {
        let sql = format!("SELECT {MEMBERSHIP} WHERE m.person = ? ORDER BY l.name");
        let mut statement = self.connection.prepare_cached(&sql).doing("look up a person")?;
        let mut rows = statement.query([person.0]).doing("look up a person")?;
        let mut memberships = Vec::new();
        while let Some(row) = rows.next().doing("look up a person")? {
            memberships.push(membership(row)?);
        }
        Ok(memberships)
    }

    /// Writes down that an address is not written to again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn suppress(&mut self, address: &Address, suppression: &Suppression) -> Result<(), StoreError> {
        let hash = self.keys.person(address);
        let list = match &suppression.scope {
            Scope::All => None,
            Scope::List(name) => Some(name.as_str()),
        };
        let transaction = self.write("write a suppression")?;
        let sql = "INSERT INTO suppression (hash, list, reason, evidence, at) VALUES (?, ?, ?, ?, ?)";
        let row = params![
            hash,
            list,
            suppression.reason.as_str(),
            suppression.evidence,
            suppression.at.as_microsecond()
        ];
        transaction.execute(sql, row).doing("write a suppression")?;
        transaction.commit().doing("write a suppression")
    }

    /// The suppressions of an address that stand.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn suppressions(&self, address: &Address) -> Result<Vec<Suppression>, StoreError> {
        standing_suppressions(&self.connection, &self.keys.person(address))
    }
}

/// The columns that [`membership`] reads.
pub(super) const MEMBERSHIP: &str = "l.name, m.version, v.address, v.attributes, m.answer, m.basis, m.consent_date, \
     m.consent_source, m.joined, m.left_at, m.person, m.consent_wording, v.rows FROM membership m JOIN list l ON l.id = m.list JOIN person_version v ON v.id = m.version";

/// One membership from a row of [`MEMBERSHIP`].
pub(super) fn membership(row: &rusqlite::Row<'_>) -> Result<Membership, StoreError> {
    let text = |index: usize| row.get::<_, Option<String>>(index).doing("read a person");
    let day = |index| Ok::<_, StoreError>(text(index)?.and_then(|day| day.parse().ok()));
    let consent = Consent {
        answer: text(4)?.as_deref().and_then(Answer::parse).unwrap_or_default(),
        basis: text(5)?.as_deref().and_then(Basis::parse),
        date: day(6)?,
        source: text(7)?,
        wording: text(11)?,
    };
    Ok(Membership {
        list: row.get(0).doing("read a person")?,
        version: row.get(1).doing("read a person")?,
        address: address(text(2)?)?,
        attributes: attributes(text(3)?.as_deref())?,
        rows: rows(text(12)?.as_deref())?,
        consent,
        joined: day(8)?,
        left: row.get::<_, Option<i64>>(9).doing("read a person")?.is_some(),
    })
}

pub(super) fn address(text: Option<String>) -> Result<Address, StoreError> {
    let text = text.unwrap_or_default();
    Address::parse(&text).map_err(|_| StoreError::Damaged {
        what: "a person's address is not readable".to_owned(),
    })
}

pub(super) fn attributes(json: Option<&str>) -> Result<Attributes, StoreError> {
    let read = serde_json::from_str(json.unwrap_or("{}"));
    read.map_err(|error| StoreError::Damaged {
        what: format!("a person's columns are not readable: {error}"),
    })
}

/// The rows of a family, as they stand in a version.
pub(super) fn rows(json: Option<&str>) -> Result<Vec<Attributes>, StoreError> {
    let read = serde_json::from_str(json.unwrap_or("[]"));
    read.map_err(|error| StoreError::Damaged {
        what: format!("a family's rows are not readable: {error}"),
    })
}

pub(super) fn standing_suppressions(connection: &rusqlite::Connection, hash: &PersonHash) -> Result<Vec<Suppression>, StoreError> {
    let sql = "SELECT list, reason, evidence, at FROM suppression WHERE hash = ? AND lifted_at IS NULL ORDER BY id";
    let mut statement = connection.prepare_cached(sql).doing("look up suppressions")?;
    let mut rows = statement.query([hash]).doing("look up suppressions")?;
    let mut found = Vec::new();
    while let Some(row) = rows.next().doing("look up suppressions")? {
        let reason: String = row.get(1).doing("look up suppressions")?;
        let reason = Reason::parse(&reason).ok_or_else(|| StoreError::Damaged {
            what: format!("a suppression is `{reason}`"),
        })?;
        found.push(Suppression {
            scope: row
                .get::<_, Option<String>>(0)
                .doing("look up suppressions")?
                .map_or(Scope::All, Scope::List),
            reason,
            evidence: row.get(2).doing("look up suppressions")?,
            at: super::codec::instant(row.get(3).doing("look up suppressions")?)?,
        });
    }
    Ok(found)
}
