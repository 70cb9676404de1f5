//! The sieve: a segment asked by SQLite, so that who does not match is left out without being read.
//!
//! Promises: the same people are left out with the same words as by asking them one by one, since the very same conditions answer, called
//! from SQL with one cell each. Whoever is on a list that is left out, or matches, is passed on. Knows nothing of consent or suppression.

use super::draft::{NewEdition, names};
use super::{Doing, EditionId, StoreError};
use crate::subscriber::audience::Reason;
use crate::subscriber::segment::Asked;
use rusqlite::Transaction;
use rusqlite::functions::FunctionFlags;
use std::fmt::Write as _;

/// When SQLite is asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sieve {
    /// Where the lists are large enough for it to pay.
    BySize,
    /// Always.
    #[cfg(test)]
    Always,
    /// Never.
    #[cfg(test)]
    Never,
}

/// From so many people on the wanted lists on it pays: measured, a segment that takes one in fifty is drafted 2 to 3 times as fast, one that
/// takes nearly everybody loses a twentieth. Below, nobody would see the difference.
const LARGE: u64 = 1_000;

/// The name under which SQL asks a condition.
const HOLDS: &str = "condition_holds";

/// Writes down who does not match, and why.
pub(super) fn leave_out(
    transaction: &Transaction<'_>,
    sieve: Sieve,
    edition: EditionId,
    new: &NewEdition<'_>,
) -> Result<(), StoreError> {
    if new.only.is_empty() || !is_worth_it(transaction, sieve, new)? {
        return Ok(());
    }
    let asked = new.only.clone();
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_DIRECTONLY;
    let holds = transaction.create_scalar_function(HOLDS, 2, flags, move |call| {
        let condition = call.get::<i64>(0)?;
        let cell = call.get_raw(1).as_str_or_null()?;
        Ok(asked.holds(usize::try_from(condition).unwrap_or(usize::MAX), cell))
    });
    holds.doing("ask a segment")?;
    let left_out = transaction.execute(
        &statement(new.only),
        (
            edition.0,
            names(new.lists)?,
            names(new.not_lists)?,
            words(new.only)?,
            i64::try_from(new.only.len()).unwrap_or(i64::MAX),
        ),
    );
    left_out.doing("ask a segment")?;
    transaction.remove_function(HOLDS, 2).doing("ask a segment")
}

fn is_worth_it(transaction: &Transaction<'_>, sieve: Sieve, new: &NewEdition<'_>) -> Result<bool, StoreError> {
    match sieve {
        Sieve::BySize => {}
        #[cfg(test)]
        Sieve::Always => return Ok(true),
        #[cfg(test)]
        Sieve::Never => return Ok(false),
    }
    let sql = "SELECT count(*) FROM (SELECT 1 FROM membership m JOIN list l ON l.id = m.list WHERE l.name IN (SELECT value FROM json_each(?1)) \
               LIMIT ?2)";
    let row = (names(new.lists)?, i64::try_from(LARGE).unwrap_or(i64::MAX));
    let people = transaction.query_row(sql, row, |row| row.get::<_, i64>(0));
    Ok(people.doing("count an audience")?.unsigned_abs() >= LARGE)
}

/// For each condition what a person hears who came so far and no further.
fn words(asked: &Asked) -> Result<String, StoreError> {
    let words = (0..asked.len()).filter_map(|condition| asked.words(condition));
    let words: Vec<String> = words
        .map(|words| Reason::NotInSegment(words.to_owned()).to_string())
        .collect();
    serde_json::to_string(&words).map_err(|error| StoreError::Damaged { what: error.to_string() })
}

/// How far each person's rows come, over all the wanted lists: whoever comes to the end with none of them is left out.
fn statement(asked: &Asked) -> String {
    let (one, row) = (reach(asked, "v.attributes"), reach(asked, "r.value"));
    let reason = Reason::NotInSegment(String::new());
    format!(
        "INSERT INTO left_out (edition, person, reason, detail) SELECT ?1, person, '{}', ?4 ->> furthest FROM (\
         SELECT m.person AS person, max(CASE WHEN v.rows IS NULL OR v.rows = '[]' THEN {one} \
         ELSE (SELECT max({row}) FROM json_each(v.rows) r) END) AS furthest \
         FROM membership m JOIN list l ON l.id = m.list JOIN person_version v ON v.id = m.version \
         WHERE m.left_at IS NULL AND l.name IN (SELECT value FROM json_each(?2)) AND NOT EXISTS (\
         SELECT 1 FROM membership x JOIN list xl ON xl.id = x.list WHERE x.person = m.person AND x.left_at IS NULL \
         AND xl.name IN (SELECT value FROM json_each(?3))) GROUP BY m.person) WHERE furthest < ?5",
        reason.name()
    )
}

/// How many conditions hold for the row in `json` before the first that does not.
fn reach(asked: &Asked, json: &str) -> String {
    let mut sql = "CASE".to_owned();
    for condition in 0..asked.len() {
        // A column's name is of plain letters, digits and underscores: it was made so when it was read.
        let column = asked.column(condition).unwrap_or_default();
        let cell = format!("{json} ->> '$.\"{column}\"'");
        // A string takes every word.
        let _ = write!(sql, " WHEN NOT {HOLDS}({condition}, {cell}) THEN {condition}");
    }
    let _ = write!(sql, " ELSE {} END", asked.len());
    sql
}
