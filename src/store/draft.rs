//! Drafts: an edition and its audience, written in one transaction and nobody's letter until it is released (law 1).
//!
//! Promises: `decide` is asked once for everybody on the lists whom the segment did not leave out before, streaming, and every answer is
//! kept: a delivery, or a reason for none. Memory does not grow with the lists. Knows nothing of what the letters say.

use super::change::{Decision, decide};
use super::hold::By;
use super::people::{Candidate, MEMBERSHIP, Membership, membership, standing_suppressions};
use super::sieve::{self, Sieve};
use super::spoilt::note_spoilt;
use super::{Doing, EditionId, PersonId, Store, StoreError};
use crate::campaign::edition::EditionKey;
use crate::delivery::state::Event;
use crate::subscriber::segment::Asked;
use crate::subscriber::suppression::Suppression;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Transaction, params};

/// What a new edition is made of.
#[derive(Debug, Clone)]
pub struct NewEdition<'a> {
    /// Campaign, article and round.
    pub key: &'a EditionKey,
    /// The campaign's folder.
    pub campaign_name: &'a str,
    /// The article's title.
    pub title: &'a str,
    /// The domain of its letters' Message-IDs: the sender's.
    pub domain: &'a str,
    /// The lists wanted, in the campaign's order.
    pub lists: &'a [String],
    /// The lists whose people are left out.
    pub not_lists: &'a [String],
    /// The conditions that people on them have to meet. `decide` asks them too: here they may save it the trouble.
    pub only: &'a Asked,
    /// The frozen sources, as JSON.
    pub sources: &'a str,
    /// The hash of the sources.
    pub sources_hash: &'a [u8],
    /// The hash of the article's text alone.
    pub article_hash: &'a [u8],
    /// The moment it is due.
    pub due_at: Timestamp,
    /// The day of the clinic's calendar that it is for.
    pub due_on: Date,
    /// No attempt begins after this moment.
    pub expires_at: Option<Timestamp>,
    /// The hours in which its letters may leave, for when the campaign's file cannot be read any more.
    pub hours: Option<&'a str>,
}

/// What was decided about one person of an audience.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// They get the letter, with the data of this version.
    In {
        /// The person's version.
        version: i64,
    },
    /// They do not.
    Out {
        /// The reason's stable name.
        reason: &'static str,
        /// The reason in words.
        detail: String,
    },
}

impl Store {
    /// Writes an edition and its audience as a draft, in one transaction; an older draft of the same key is thrown away.
    ///
    /// `decide` is asked once for every person on any of the lists; where these are large, only for those whom the segment takes.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn draft(
        &mut self,
        new: &NewEdition<'_>,
        now: Timestamp,
        decide: impl FnMut(&Candidate) -> Place,
    ) -> Result<EditionId, StoreError> {
        self.draft_with(Sieve::BySize, new, now, decide)
    }

    /// The same, with or without the help of SQLite.
    pub(super) fn draft_with(
        &mut self,
        sieve: Sieve,
        new: &NewEdition<'_>,
        now: Timestamp,
        mut decide: impl FnMut(&Candidate) -> Place,
    ) -> Result<EditionId, StoreError> {
        let transaction = self.write("draft an edition")?;
        discard_draft(&transaction, new.key)?;
        let edition = insert_edition(&transaction, new, now)?;
        sieve::leave_out(&transaction, sieve, edition, new)?;
        let planned = fill(&transaction, edition, new, now, &mut decide)?;
        transaction
            .execute("UPDATE edition SET planned = ? WHERE id = ?", (planned, edition.0))
            .doing("draft an edition")?;
        transaction.commit().doing("draft an edition")?;
        Ok(edition)
    }

    /// Throws a draft away, with its audience; nobody was written to.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn discard(&mut self, edition: EditionId) -> Result<(), StoreError> {
        let transaction = self.write("throw a draft away")?;
        transaction
            .execute("DELETE FROM edition WHERE id = ? AND status = 'draft'", [edition.0])
            .doing("throw a draft away")?;
        transaction.commit().doing("throw a draft away")
    }

    /// Puts the people of a draft on hold whose own data spoil their letter (law 1).
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn hold_faulty(
        &mut self,
        faults: impl Iterator<Item = (super::DeliveryId, String)>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.write("hold letters")?;
        for (delivery, reason) in faults {
            let held = Decision {
                event: Event::Hold,
                by: By::Rule,
                reason: Some(&reason),
                at: now,
            };
            decide(&transaction, "id = ?1", &delivery.0, &held)?;
            note_spoilt(&transaction, delivery)?;
        }
        transaction.commit().doing("hold letters")
    }
}

/// Throws the draft of this key away, if there is one.
pub(super) fn discard_draft(transaction: &Transaction<'_>, key: &EditionKey) -> Result<(), StoreError> {
    let sql = "DELETE FROM edition WHERE campaign = ? AND article = ? AND round = ? AND status = 'draft'";
    transaction
        .execute(sql, (&key.campaign.0, &key.article, key.round))
        .doing("throw a draft away")
        .map(|_| ())
}

pub(super) fn insert_edition(transaction: &Transaction<'_>, new: &NewEdition<'_>, now: Timestamp) -> Result<EditionId, StoreError> {
    let sql = "INSERT INTO edition (campaign, article, round, campaign_name, title, domain, status, lists, sources, sources_hash, \
               article_hash, due_at, due_on, expires_at, created_at, hours, planned) VALUES (?, ?, ?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)";
    let lists = serde_json::to_string(new.lists).map_err(|error| StoreError::Damaged { what: error.to_string() })?;
    let row = params![
        new.key.campaign.0,
        new.key.article,
        new.key.round,
        new.campaign_name,
        new.title,
        new.domain,
        lists,
        new.sources,
        new.sources_hash,
        new.article_hash,
        new.due_at.as_microsecond(),
        new.due_on.to_string(),
        new.expires_at.map(Timestamp::as_microsecond),
        now.as_microsecond(),
        new.hours,
    ];
    let mut statement = transaction.prepare(sql).doing("draft an edition")?;
    statement.insert(row).doing("draft an edition").map(EditionId)
}

/// Asks `decide` about everybody on the lists, and writes the answers; gives how many are planned.
fn fill(
    transaction: &Transaction<'_>,
    edition: EditionId,
    new: &NewEdition<'_>,
    now: Timestamp,
    decide: &mut impl FnMut(&Candidate) -> Place,
) -> Result<i64, StoreError> {
    let mut planned = 0;
    each_candidate(transaction, edition, new, |candidate| {
        match decide(&candidate) {
            Place::In { version } => {
                let sql = "INSERT INTO delivery (edition, person, version, state, changed_at, generation) \
                           SELECT ?, ?, ?, 'pending', ?, generation FROM store";
                let mut insert = transaction.prepare_cached(sql).doing("draft an edition")?;
                insert
                    .execute((edition.0, candidate.person.0, version, now.as_microsecond()))
                    .doing("draft an edition")?;
                planned += 1;
            }
            Place::Out { reason, detail } => {
                let sql = "INSERT INTO left_out (edition, person, reason, detail) VALUES (?, ?, ?, ?)";
                let mut insert = transaction.prepare_cached(sql).doing("draft an edition")?;
                insert
                    .execute((edition.0, candidate.person.0, reason, detail))
                    .doing("draft an edition")?;
            }
        }
        Ok(())
    })?;
    Ok(planned)
}

/// Streams everybody who is on one of the wanted lists and not left out yet, person by person, with all their memberships that matter.
fn each_candidate(
    connection: &Connection,
    edition: EditionId,
    new: &NewEdition<'_>,
    mut each: impl FnMut(Candidate) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let all: Vec<String> = new.lists.iter().chain(new.not_lists).cloned().collect();
    let sql = format!(
        "SELECT {MEMBERSHIP} WHERE m.left_at IS NULL AND l.name IN (SELECT value FROM json_each(?1)) AND EXISTS (SELECT 1 FROM membership w \
         JOIN list wl ON wl.id = w.list WHERE w.person = m.person AND w.left_at IS NULL AND wl.name IN (SELECT value FROM json_each(?2))) \
         AND NOT EXISTS (SELECT 1 FROM left_out o WHERE o.edition = ?3 AND o.person = m.person) ORDER BY m.person, l.name"
    );
    let mut statement = connection.prepare(&sql).doing("read an audience")?;
    let mut rows = statement
        .query((names(&all)?, names(new.lists)?, edition.0))
        .doing("read an audience")?;
    let mut open: Option<(PersonId, Vec<Membership>)> = None;
    let mut close = |found: Option<(PersonId, Vec<Membership>)>| match found {
        Some((person, memberships)) => each(Candidate {
            person,
            suppression: gravest(connection, person, new.lists)?,
            memberships,
        }),
        None => Ok(()),
    };
    while let Some(row) = rows.next().doing("read an audience")? {
        let person = PersonId(row.get(10).doing("read an audience")?);
        let entry = membership(row)?;
        match &mut open {
            Some((same, memberships)) if *same == person => memberships.push(entry),
            Some(_) | None => close(open.replace((person, vec![entry])))?,
        }
    }
    close(open)
}

/// Names as SQL takes them: a list in JSON.
pub(super) fn names(lists: &[String]) -> Result<String, StoreError> {
    serde_json::to_string(lists).map_err(|error| StoreError::Damaged { what: error.to_string() })
}

/// The gravest suppression that keeps a person from these lists' letters.
pub(super) fn gravest(connection: &Connection, person: PersonId, lists: &[String]) -> Result<Option<Suppression>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT hash FROM person WHERE id = ?")
        .doing("look up suppressions")?;
    let hash = statement
        .query_row([person.0], |row| row.get(0))
        .doing("look up suppressions")?;
    let standing = standing_suppressions(connection, &hash)?;
    let concerned = standing.into_iter().filter(|suppression| suppression.concerns(lists));
    Ok(concerned.reduce(|gravest, next| if next.outranks(&gravest) { next } else { gravest }))
}

#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
