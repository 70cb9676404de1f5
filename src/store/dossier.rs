//! Dossiers: everything the store holds about one person, and everybody one after the other.
//!
//! Promises: whatever stands in the tables about a person is in their dossier: versions, lists and what they said before, the imports
//! behind them, by file, hash and line. Streams where there are many. Knows nothing of how it is shown.

use super::people::{address, attributes, rows};
use super::{Doing, PersonId, Store, StoreError, codec};
use crate::address::Address;
use crate::subscriber::Attributes;
use crate::subscriber::consent::{Answer, Basis, Consent};
use data_encoding::HEXLOWER;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;

/// The import behind a line: its file is the evidence.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Evidence {
    /// The import's number.
    pub import: i64,
    /// The file.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub file_hash: String,
    /// The line the person stood on.
    pub line: u64,
    /// When it was imported.
    pub at: Timestamp,
    /// What was vouched for then, for rows without an answer, as JSON.
    pub assumed: Option<String>,
}

/// What one list says of a person, or said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The list.
    pub list: String,
    /// The line of its file.
    pub line: u64,
    /// What they agreed to.
    pub consent: Consent,
    /// Whether somebody vouched for the consent, because the file did not tell.
    pub is_assumed: bool,
    /// The day they joined.
    pub joined: Option<Date>,
    /// Since when they stand on the list.
    pub since: Timestamp,
    /// When their row went from the file, if it is gone.
    pub left_at: Option<Timestamp>,
    /// The import that told it.
    pub evidence: Option<Evidence>,
    /// Until when it was so; `None` for what stands now.
    pub until: Option<Timestamp>,
}

/// One version of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The address; `None` once forgotten.
    pub address: Option<Address>,
    /// The list's columns.
    pub attributes: Attributes,
    /// The rows of a family.
    pub rows: Vec<Attributes>,
    /// When it was written down.
    pub created_at: Timestamp,
}

/// Somebody on a list, for listings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Who.
    pub person: PersonId,
    /// Where letters go.
    pub address: Address,
    /// What the list says.
    pub standing: Standing,
    /// The list's columns.
    pub attributes: Attributes,
    /// The rows of a family.
    pub rows: Vec<Attributes>,
    /// Whether any suppression keeps them from this list's letters.
    pub is_suppressed: bool,
}

/// The columns that [`standing`] reads, of `m`.
const STANDING: &str = "l.name, m.line, m.answer, m.basis, m.consent_date, m.consent_source, m.consent_wording, m.assumed, m.joined, m.since, \
     m.left_at, i.id, i.file, i.file_hash, i.at, i.assumed";

impl Store {
    /// What every list says of a person now, and then what it said before, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn standings(&self, person: PersonId) -> Result<Vec<Standing>, StoreError> {
        let now = format!(
            "SELECT {STANDING}, NULL FROM membership m JOIN list l ON l.id = m.list LEFT JOIN import i ON i.id = m.told_by \
             WHERE m.person = ?1 ORDER BY l.name"
        );
        let before = format!(
            "SELECT {STANDING}, w.at FROM membership_was m JOIN list l ON l.id = m.list LEFT JOIN import i ON i.id = m.told_by \
             JOIN import w ON w.id = m.import WHERE m.person = ?1 ORDER BY m.import DESC"
        );
        let mut standings = Vec::new();
        for sql in [now, before] {
            let mut statement = self.connection.prepare_cached(&sql).doing("look up a person")?;
            let mut rows = statement.query([person.0]).doing("look up a person")?;
            while let Some(row) = rows.next().doing("look up a person")? {
                standings.push(standing(row)?);
            }
        }
        Ok(standings)
    }

    /// All versions of a person, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn versions(&self, person: PersonId) -> Result<Vec<Version>, StoreError> {
        let sql = "SELECT address, attributes, rows, created_at FROM person_version WHERE person = ? ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).doing("look up a person")?;
        let mut found = statement.query([person.0]).doing("look up a person")?;
        let mut versions = Vec::new();
        while let Some(row) = found.next().doing("look up a person")? {
            let text = |index: usize| row.get::<_, Option<String>>(index).doing("look up a person");
            versions.push(Version {
                address: text(0)?.map(|text| address(Some(text))).transpose()?,
                attributes: attributes(text(1)?.as_deref())?,
                rows: rows(text(2)?.as_deref())?,
                created_at: codec::instant(row.get(3).doing("look up a person")?)?,
            });
        }
        Ok(versions)
    }

    /// Orders about a person's letters, oldest first: when, what, and in which words.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn orders_about(&self, person: PersonId) -> Result<Vec<(Timestamp, String, String)>, StoreError> {
        let sql =
            "SELECT at, verb, detail FROM spoken_order WHERE delivery IN (SELECT id FROM delivery WHERE person = ?) ORDER BY id";
        let mut statement = self.connection.prepare_cached(sql).doing("look up orders")?;
        let mut rows = statement.query([person.0]).doing("look up orders")?;
        let mut orders = Vec::new();
        while let Some(row) = rows.next().doing("look up orders")? {
            let at = codec::instant(row.get(0).doing("look up orders")?)?;
            orders.push((at, row.get(1).doing("look up orders")?, row.get(2).doing("look up orders")?));
        }
        Ok(orders)
    }

    /// Hands everybody who is or was on a list to `each`, list by list in the order of its file; only of `list`, where one is named.
    ///
    /// # Errors
    /// When the store cannot be read, or `each` fails.
    pub fn each_listed<E: From<StoreError>>(
        &self,
        list: Option<&str>,
        mut each: impl FnMut(Listed) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT {STANDING}, NULL, m.person, v.address, v.attributes, v.rows, EXISTS (SELECT 1 FROM suppression s WHERE s.hash = p.hash \
             AND s.lifted_at IS NULL AND (s.list IS NULL OR s.list = l.name)) \
             FROM membership m JOIN list l ON l.id = m.list JOIN person p ON p.id = m.person JOIN person_version v ON v.id = m.version \
             LEFT JOIN import i ON i.id = m.told_by WHERE ?1 IS NULL OR l.name = ?1 ORDER BY l.name, m.line, m.person"
        );
        let mut statement = self.connection.prepare_cached(&sql).doing("read people")?;
        let mut found = statement.query([list]).doing("read people")?;
        while let Some(row) = found.next().doing("read people")? {
            each(listed(row)?)?;
        }
        Ok(())
    }

    /// The names of all lists that were ever imported.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn list_names(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT name FROM list ORDER BY name")
            .doing("read lists")?;
        let names = statement.query_map([], |row| row.get(0)).doing("read lists")?;
        names.collect::<Result<_, _>>().doing("read lists")
    }

    /// The address nearest to one that nobody has, if some known one is near enough to be a slip.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn nearest_address(&self, wanted: &Address) -> Result<Option<Address>, StoreError> {
        // Whoever mistypes a name rarely mistypes its length by much; the rest need not be compared.
        let sql =
            "SELECT DISTINCT address FROM person_version WHERE address IS NOT NULL AND abs(length(address) - length(?1)) <= 3";
        let mut statement = self.connection.prepare_cached(sql).doing("look for an address")?;
        let mut rows = statement.query([wanted.as_str()]).doing("look for an address")?;
        let mut best: Option<(usize, String)> = None;
        while let Some(row) = rows.next().doing("look for an address")? {
            let known: String = row.get(0).doing("look for an address")?;
            let distance = strsim::damerau_levenshtein(&known.to_lowercase(), wanted.identity());
            // Of a name of two letters that differs in both nothing is left to recognise.
            let most = wanted.local_part().chars().count().div_ceil(3).min(3);
            if distance <= most && best.as_ref().is_none_or(|(least, _)| distance < *least) {
                best = Some((distance, known));
            }
        }
        Ok(best.and_then(|(_, known)| Address::parse(&known).ok()))
    }
}

fn listed(row: &Row<'_>) -> Result<Listed, StoreError> {
    let text = |index: usize| row.get::<_, Option<String>>(index).doing("read people");
    Ok(Listed {
        standing: standing(row)?,
        person: PersonId(row.get(17).doing("read people")?),
        address: address(text(18)?)?,
        attributes: attributes(text(19)?.as_deref())?,
        rows: rows(text(20)?.as_deref())?,
        is_suppressed: row.get(21).doing("read people")?,
    })
}

fn standing(row: &Row<'_>) -> Result<Standing, StoreError> {
    let text = |index: usize| row.get::<_, Option<String>>(index).doing("look up a person");
    let day = |index| Ok::<_, StoreError>(text(index)?.and_then(|day| day.parse().ok()));
    let instant = |index: usize| {
        row.get::<_, Option<i64>>(index)
            .doing("look up a person")?
            .map(codec::instant)
            .transpose()
    };
    let line = row.get::<_, i64>(1).doing("look up a person")?.unsigned_abs();
    Ok(Standing {
        list: row.get(0).doing("look up a person")?,
        line,
        consent: Consent {
            answer: text(2)?.as_deref().and_then(Answer::parse).unwrap_or_default(),
            basis: text(3)?.as_deref().and_then(Basis::parse),
            date: day(4)?,
            source: text(5)?,
            wording: text(6)?,
        },
        is_assumed: row.get(7).doing("look up a person")?,
        joined: day(8)?,
        since: codec::instant(row.get(9).doing("look up a person")?)?,
        left_at: instant(10)?,
        evidence: match row.get::<_, Option<i64>>(11).doing("look up a person")? {
            None => None,
            Some(import) => Some(Evidence {
                import,
                file: text(12)?.unwrap_or_default(),
                file_hash: HEXLOWER.encode(&row.get::<_, Vec<u8>>(13).doing("look up a person")?),
                line,
                at: codec::instant(row.get(14).doing("look up a person")?)?,
                assumed: text(15)?,
            }),
        },
        until: instant(16)?,
    })
}
