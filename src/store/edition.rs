//! Editions: drafted, proved, released; their text and their people are the store's from then on (laws 1 and 2).

use super::ask::LogLine;
use super::hold::CAMPAIGN_HOLD;
use super::keys::Keys;
use super::{DeliveryId, Doing, EditionId, Store, StoreError, codec};
use crate::address::Address;
use crate::campaign::CampaignId;
use crate::campaign::edition::EditionKey;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, Row};

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
    /// The day of the clinic's calendar that it was for; unknown in editions from before this was kept.
    pub due_on: Option<Date>,
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
    /// Whether a person skipped it: it is for nobody, and only keeps the article from leaving.
    pub skipped: Option<Skip>,
    /// Why the program ended it, if it did: superseded by the next.
    pub ended: Option<String>,
    /// Whether it is a step of a series: it stays open, and people come to it one by one.
    pub is_step: bool,
}

/// What a skipped article has used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// Its own turn.
    Article,
    /// Its own turn, and the date on which it would have left.
    Turn,
}

/// The columns of an edition, and the table.
fn columns() -> String {
    format!(
        "id, campaign, article, round, campaign_name, title, status, sources_hash, due_at, expires_at, released_at, planned, \
         CASE WHEN skipped IS NULL THEN coalesce({CAMPAIGN_HOLD}, edition.held) END, domain, \
         coalesce(held_by = 'rule', held IS NULL AND {CAMPAIGN_HOLD} = (SELECT distrust FROM store), FALSE), skipped, due_on, ended, is_step FROM edition"
    )
}

impl Edition {
    /// The Message-ID of one of its letters, without `<>` (law 11).
    pub fn message_id(&self, keys: &Keys, line: &LogLine) -> String {
        let opaque = keys.message_id(line.delivery, line.generation, line.orders);
        format!("{opaque}@{}", line.domain.as_ref().unwrap_or(&self.domain))
    }
}

impl Store {
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

    /// The edition that a delivery belongs to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn edition_of(&self, delivery: DeliveryId) -> Result<Option<EditionId>, StoreError> {
        let sql = "SELECT edition FROM delivery WHERE id = ?";
        self.connection
            .query_row(sql, [delivery.0], |row| row.get(0).map(EditionId))
            .optional()
            .doing("look for a letter")
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

    /// The campaign that has letters open in which this address is the clinic's own: sender, reply, contact or unsubscribe mailbox.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn open_letters_of_sender(&self, address: &Address) -> Result<Option<String>, StoreError> {
        let sql = "SELECT e.campaign_name, s.sources FROM edition e JOIN (SELECT id AS edition, sources FROM edition UNION ALL \
                   SELECT edition, sources FROM edition_text) s ON s.edition = e.id WHERE e.status = 'released' AND EXISTS (SELECT 1 \
                   FROM delivery d WHERE d.edition = e.id AND d.state IN ('pending', 'sending', 'deferred', 'held', 'in_doubt'))";
        let mut statement = self.connection.prepare(sql).doing("read editions")?;
        let mut rows = statement.query([]).doing("read editions")?;
        while let Some(row) = rows.next().doing("read editions")? {
            let sources: String = row.get(1).doing("read editions")?;
            let sources: serde_json::Value = serde_json::from_str(&sources).unwrap_or_default();
            let own = ["from_address", "reply_to", "return_path", "contact", "unsubscribe_mailto"];
            let is_own = |field: &&str| {
                let written = sources["sender"][field].as_str().and_then(|text| Address::parse(text).ok());
                written.is_some_and(|own| own == *address)
            };
            if own.iter().any(is_own) {
                return row.get(0).map(Some).doing("read editions");
            }
        }
        Ok(None)
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
        let sql = "SELECT id FROM edition WHERE campaign = ?1 AND article <> ?3 AND status <> 'draft' AND (article_hash = ?2 OR EXISTS \
                   (SELECT 1 FROM edition_text t WHERE t.edition = edition.id AND t.article_hash = ?2)) LIMIT 1";
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

    /// Since when the sender knows this campaign: from `now` on, if it has not seen it before, or by a clock only that was ahead.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn campaign_seen(&mut self, campaign: &CampaignId, now: Timestamp) -> Result<Timestamp, StoreError> {
        let sql = "INSERT INTO campaign_seen (campaign, since) VALUES (?, ?) ON CONFLICT (campaign) DO UPDATE SET since = excluded.since \
                   WHERE since > excluded.since";
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

    /// The campaigns that have had an edition, each with every folder's name it had by then, the latest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn campaigns_by_folder(&self) -> Result<Vec<(CampaignId, String)>, StoreError> {
        const DOING: &str = "look for campaigns";
        let sql = "SELECT campaign, campaign_name FROM edition WHERE status <> 'draft' GROUP BY campaign, campaign_name ORDER BY max(id) DESC";
        let mut statement = self.connection.prepare_cached(sql).doing(DOING)?;
        let rows = statement.query_map([], |row| Ok((CampaignId(row.get(0)?), row.get(1)?)));
        rows.doing(DOING)?.map(|row| row.doing(DOING)).collect()
    }

    fn editions_where(&self, condition: &str, parameters: impl rusqlite::Params) -> Result<Vec<Edition>, StoreError> {
        let sql = format!("SELECT {} WHERE {condition} ORDER BY due_at, id", columns());
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
        skipped: match row.get::<_, Option<String>>(15).doing("read editions")?.as_deref() {
            None => None,
            Some("article") => Some(Skip::Article),
            Some(_) => Some(Skip::Turn),
        },
        due_on: row
            .get::<_, Option<String>>(16)
            .doing("read editions")?
            .map(|text| codec::day(&text))
            .transpose()?,
        ended: row.get(17).doing("read editions")?,
        is_step: row.get(18).doing("read editions")?,
    })
}
