//! Editions: drafted, proved, released; their text and their people are the store's from then on (laws 1 and 2).

use super::people::{Candidate, MEMBERSHIP, Membership, membership, standing_suppressions};
use super::{Doing, EditionId, PersonId, Store, StoreError, codec};
use crate::campaign::CampaignId;
use crate::campaign::edition::EditionKey;
use crate::subscriber::suppression::Suppression;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

/// How far an edition has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Written down and not yet proved: nobody is written to, and it may be thrown away.
    Draft,
    /// Proved: its letters go out until every one has an outcome.
    Released,
    /// Called off by a person.
    Cancelled,
}

/// An edition as the store keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// Its row.
    pub id: EditionId,
    /// Campaign, article and round.
    pub key: EditionKey,
    /// The campaign's folder when the edition was drafted.
    pub campaign_name: String,
    /// The article's title.
    pub title: String,
    /// The domain of its letters' Message-IDs: the sender's.
    pub domain: String,
    /// How far it has come.
    pub status: Status,
    /// The hash of all sources: equal hashes are equal texts.
    pub sources_hash: Vec<u8>,
    /// The moment it was due.
    pub due_at: Timestamp,
    /// No attempt begins after this moment.
    pub expires_at: Option<Timestamp>,
    /// When it was released.
    pub released_at: Option<Timestamp>,
    /// The people it was planned for.
    pub planned: u64,
    /// Why it is on hold, if it is.
    pub held: Option<String>,
    /// Whether a rule holds it, so that a person has to decide; what a person holds waits as they wish.
    pub held_by_rule: bool,
}

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
    /// The frozen sources, as JSON.
    pub sources: &'a str,
    /// The hash of the sources.
    pub sources_hash: &'a [u8],
    /// The hash of the article's text alone.
    pub article_hash: &'a [u8],
    /// The moment it is due.
    pub due_at: Timestamp,
    /// No attempt begins after this moment.
    pub expires_at: Option<Timestamp>,
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

const EDITION: &str = "id, campaign, article, round, campaign_name, title, status, sources_hash, due_at, expires_at, released_at, planned, \
                       (SELECT coalesce(edition.held, (SELECT reason FROM campaign_hold h WHERE h.campaign = edition.campaign))), domain, \
                       coalesce(held_by = 'rule', FALSE) FROM edition";

impl Store {
    /// Writes an edition and its audience as a draft, in one transaction; an older draft of the same key is thrown away.
    ///
    /// `decide` is asked once for every person on any of the lists.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn draft(
        &mut self,
        new: &NewEdition<'_>,
        now: Timestamp,
        mut decide: impl FnMut(&Candidate) -> Place,
    ) -> Result<EditionId, StoreError> {
        let transaction = self.write("draft an edition")?;
        discard_draft(&transaction, new.key)?;
        let edition = insert_edition(&transaction, new, now)?;
        let planned = fill(&transaction, edition, new, now, &mut decide)?;
        transaction
            .execute("UPDATE edition SET planned = ? WHERE id = ?", (planned, edition.0))
            .doing("draft an edition")?;
        transaction.commit().doing("draft an edition")?;
        Ok(edition)
    }

    /// Releases a proved draft: one update, from which on its letters are work to be done.
    ///
    /// # Errors
    /// When the store cannot be written, or the edition is no draft.
    pub fn release(&mut self, edition: EditionId, now: Timestamp) -> Result<(), StoreError> {
        let transaction = self.write("release an edition")?;
        let sql = "UPDATE edition SET status = 'released', released_at = ? WHERE id = ? AND status = 'draft'";
        let changed = transaction
            .execute(sql, (now.as_microsecond(), edition.0))
            .doing("release an edition")?;
        if changed != 1 {
            return Err(StoreError::Damaged {
                what: format!("edition {} is no draft", edition.0),
            });
        }
        transaction.commit().doing("release an edition")
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
        edition: EditionId,
        faults: impl Iterator<Item = (super::DeliveryId, String)>,
    ) -> Result<(), StoreError> {
        let transaction = self.write("hold letters")?;
        for (delivery, reason) in faults {
            let sql = "UPDATE delivery SET state = 'held', reason = ? WHERE id = ? AND edition = ? AND state = 'pending'";
            transaction
                .execute(sql, (reason, delivery.0, edition.0))
                .doing("hold letters")?;
        }
        transaction.commit().doing("hold letters")
    }

    /// One edition.
    ///
    /// # Errors
    /// When the store cannot be read or has no such edition.
    pub fn edition(&self, id: EditionId) -> Result<Edition, StoreError> {
        let found = self.editions_where("id = ?1", [id.0])?.pop();
        found.ok_or_else(|| StoreError::Damaged {
            what: format!("edition {} is gone", id.0),
        })
    }

    /// All editions, oldest due first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn editions(&self) -> Result<Vec<Edition>, StoreError> {
        self.editions_where("TRUE", [])
    }

    /// The editions of one campaign, oldest due first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn editions_of(&self, campaign: &CampaignId) -> Result<Vec<Edition>, StoreError> {
        self.editions_where("campaign = ?1", [&campaign.0])
    }

    /// The released editions that still have letters waiting, whoever holds them, oldest due first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unfinished_editions(&self) -> Result<Vec<Edition>, StoreError> {
        let open = "status = 'released' AND EXISTS (SELECT 1 FROM delivery d WHERE d.edition = edition.id AND d.state IN \
                    ('pending', 'deferred'))";
        self.editions_where(open, [])
    }

    /// The frozen sources of an edition, as JSON.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn sources(&self, edition: EditionId) -> Result<String, StoreError> {
        let sql = "SELECT sources FROM edition WHERE id = ?";
        self.connection
            .query_row(sql, [edition.0], |row| row.get(0))
            .doing("read an edition's text")
    }

    /// The edition of this campaign that carried the same text under another article id, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn same_text(&self, key: &EditionKey, article_hash: &[u8]) -> Result<Option<Edition>, StoreError> {
        let sql = "SELECT id FROM edition WHERE campaign = ? AND article_hash = ? AND article <> ? AND status <> 'draft' LIMIT 1";
        let found = self
            .connection
            .query_row(sql, (&key.campaign.0, article_hash, &key.article), |row| {
                row.get(0).map(EditionId)
            });
        found
            .optional()
            .doing("compare articles")?
            .map(|id| self.edition(id))
            .transpose()
    }

    /// Since when the sender knows this campaign: from `now` on, if it has not seen it before.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn campaign_seen(&mut self, campaign: &CampaignId, now: Timestamp) -> Result<Timestamp, StoreError> {
        let sql = "INSERT INTO campaign_seen (campaign, since) VALUES (?, ?) ON CONFLICT (campaign) DO NOTHING";
        self.connection
            .execute(sql, (&campaign.0, now.as_microsecond()))
            .doing("note a campaign")?;
        let sql = "SELECT since FROM campaign_seen WHERE campaign = ?";
        codec::instant(
            self.connection
                .query_row(sql, [&campaign.0], |row| row.get(0))
                .doing("note a campaign")?,
        )
    }

    fn editions_where(&self, condition: &str, parameters: impl rusqlite::Params) -> Result<Vec<Edition>, StoreError> {
        let sql = format!("SELECT {EDITION} WHERE {condition} ORDER BY due_at, id");
        let mut statement = self.connection.prepare(&sql).doing("read editions")?;
        let mut rows = statement.query(parameters).doing("read editions")?;
        let mut editions = Vec::new();
        while let Some(row) = rows.next().doing("read editions")? {
            editions.push(read_edition(row)?);
        }
        Ok(editions)
    }
}

fn read_edition(row: &Row<'_>) -> Result<Edition, StoreError> {
    let (status, held): (String, Option<String>) = (row.get(6).doing("read editions")?, row.get(12).doing("read editions")?);
    let instant = |index: usize| {
        row.get::<_, Option<i64>>(index)
            .doing("read editions")?
            .map(codec::instant)
            .transpose()
    };
    Ok(Edition {
        id: EditionId(row.get(0).doing("read editions")?),
        key: EditionKey {
            campaign: CampaignId(row.get(1).doing("read editions")?),
            article: row.get(2).doing("read editions")?,
            round: row.get(3).doing("read editions")?,
        },
        campaign_name: row.get(4).doing("read editions")?,
        title: row.get(5).doing("read editions")?,
        domain: row.get(13).doing("read editions")?,
        status: match status.as_str() {
            "draft" => Status::Draft,
            "released" => Status::Released,
            "cancelled" => Status::Cancelled,
            other => {
                return Err(StoreError::Damaged {
                    what: format!("an edition is `{other}`"),
                });
            }
        },
        sources_hash: row.get(7).doing("read editions")?,
        due_at: codec::instant(row.get(8).doing("read editions")?)?,
        expires_at: instant(9)?,
        released_at: instant(10)?,
        planned: row.get::<_, i64>(11).doing("read editions")?.unsigned_abs(),
        held,
        held_by_rule: row.get(14).doing("read editions")?,
    })
}

fn discard_draft(transaction: &Transaction<'_>, key: &EditionKey) -> Result<(), StoreError> {
    let sql = "DELETE FROM edition WHERE campaign = ? AND article = ? AND round = ? AND status = 'draft'";
    transaction
        .execute(sql, (&key.campaign.0, &key.article, key.round))
        .doing("throw a draft away")
        .map(|_| ())
}

fn insert_edition(transaction: &Transaction<'_>, new: &NewEdition<'_>, now: Timestamp) -> Result<EditionId, StoreError> {
    let sql = "INSERT INTO edition (campaign, article, round, campaign_name, title, domain, status, lists, sources, sources_hash, \
               article_hash, due_at, expires_at, created_at, planned) VALUES (?, ?, ?, ?, ?, ?, 'draft', ?, ?, ?, ?, ?, ?, ?, 0)";
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
        new.expires_at.map(Timestamp::as_microsecond),
        now.as_microsecond(),
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
    each_candidate(transaction, new, |candidate| {
        match decide(&candidate) {
            Place::In { version } => {
                let sql = "INSERT INTO delivery (edition, person, version, state, changed_at) VALUES (?, ?, ?, 'pending', ?)";
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

/// Streams everybody who is on one of the wanted lists, person by person, with all their memberships that matter.
fn each_candidate(
    connection: &Connection,
    new: &NewEdition<'_>,
    mut each: impl FnMut(Candidate) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let names = |lists: &[String]| serde_json::to_string(lists).map_err(|error| StoreError::Damaged { what: error.to_string() });
    let all: Vec<String> = new.lists.iter().chain(new.not_lists).cloned().collect();
    let sql = format!(
        "SELECT {MEMBERSHIP} WHERE m.left_at IS NULL AND l.name IN (SELECT value FROM json_each(?1)) AND EXISTS (SELECT 1 FROM membership w \
         JOIN list wl ON wl.id = w.list WHERE w.person = m.person AND w.left_at IS NULL AND wl.name IN (SELECT value FROM json_each(?2))) \
         ORDER BY m.person, l.name"
    );
    let mut statement = connection.prepare(&sql).doing("read an audience")?;
    let mut rows = statement.query((names(&all)?, names(new.lists)?)).doing("read an audience")?;
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

/// The gravest suppression that keeps a person from these lists' letters.
fn gravest(connection: &Connection, person: PersonId, lists: &[String]) -> Result<Option<Suppression>, StoreError> {
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
