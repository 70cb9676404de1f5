//! Holds: a person's or a rule's "not now" on a campaign, an edition or one letter; only a person releases.
//!
//! They are rows that a running sender reads with every group it writes, so a hold takes effect within one letter.

use super::{DeliveryId, Doing, EditionId, Store, StoreError};
use crate::campaign::CampaignId;
use jiff::Timestamp;
use rusqlite::Transaction;

/// What is held or released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// All editions of a campaign, present and to come.
    Campaign(CampaignId),
    /// One edition.
    Edition(EditionId),
    /// One letter.
    Delivery(DeliveryId),
}

/// Who holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Somebody at the command line.
    Person,
    /// The program, by a rule that it names.
    Rule,
}

impl Store {
    /// Holds `target`; gives how many letters that stops.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn hold(&mut self, target: &Target, by: By, reason: &str, now: Timestamp) -> Result<u64, StoreError> {
        let transaction = self.write("hold")?;
        let stopped = match target {
            Target::Campaign(campaign) => {
                let sql = "INSERT INTO campaign_hold (campaign, reason, at) VALUES (?, ?, ?) ON CONFLICT (campaign) DO NOTHING";
                transaction
                    .execute(sql, (&campaign.0, reason, now.as_microsecond()))
                    .doing("hold a campaign")?;
                let editions = "SELECT id FROM edition WHERE campaign = ? AND status = 'released'";
                waiting(&transaction, editions, &campaign.0)?
            }
            Target::Edition(edition) => {
                let by = if by == By::Person { "person" } else { "rule" };
                let sql = "UPDATE edition SET held = ?, held_by = ? WHERE id = ? AND held IS NULL";
                transaction.execute(sql, (reason, by, edition.0)).doing("hold an edition")?;
                waiting(&transaction, "SELECT ?", edition.0)?
            }
            Target::Delivery(delivery) => {
                let sql = "UPDATE delivery SET state = 'held', retry_at = NULL, reason = ?, changed_at = ? \
                           WHERE id = ? AND state IN ('pending', 'deferred')";
                transaction
                    .execute(sql, (reason, now.as_microsecond(), delivery.0))
                    .doing("hold a letter")? as u64
            }
        };
        write_order(&transaction, "hold", target, reason, now)?;
        transaction.commit().doing("hold")?;
        Ok(stopped)
    }

    /// Releases `target` and, for a campaign or an edition, the held letters in it; gives how many letters wait again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn let_go(&mut self, target: &Target, now: Timestamp) -> Result<u64, StoreError> {
        let transaction = self.write("release")?;
        let freed = match target {
            Target::Campaign(campaign) => {
                transaction
                    .execute("DELETE FROM campaign_hold WHERE campaign = ?", [&campaign.0])
                    .doing("release a campaign")?;
                let sql = "UPDATE edition SET held = NULL, held_by = NULL WHERE campaign = ?";
                transaction.execute(sql, [&campaign.0]).doing("release a campaign")?;
                let editions = "SELECT id FROM edition WHERE campaign = ? AND status = 'released'";
                free_letters(&transaction, editions, &campaign.0, now)?;
                waiting(&transaction, editions, &campaign.0)?
            }
            Target::Edition(edition) => {
                let sql = "UPDATE edition SET held = NULL, held_by = NULL WHERE id = ?";
                transaction.execute(sql, [edition.0]).doing("release an edition")?;
                free_letters(&transaction, "SELECT ?", edition.0, now)?;
                waiting(&transaction, "SELECT ?", edition.0)?
            }
            Target::Delivery(delivery) => {
                let sql = "UPDATE delivery SET state = 'pending', reason = NULL, changed_at = ? WHERE id = ? AND state = 'held'";
                transaction
                    .execute(sql, (now.as_microsecond(), delivery.0))
                    .doing("release a letter")? as u64
            }
        };
        write_order(&transaction, "release", target, "", now)?;
        transaction.commit().doing("release")?;
        Ok(freed)
    }

    /// Why a campaign is on hold, if it is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn campaign_hold(&self, campaign: &CampaignId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT max(reason) FROM campaign_hold WHERE campaign = ?";
        self.connection
            .query_row(sql, [&campaign.0], |row| row.get(0))
            .doing("look for a hold")
    }

    /// Writes down a letter that was sent as a test: it is no delivery and counts nowhere.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn note_test(&mut self, campaign: &CampaignId, detail: &str, now: Timestamp) -> Result<(), StoreError> {
        let transaction = self.write("note a test letter")?;
        write_order(&transaction, "test", &Target::Campaign(campaign.clone()), detail, now)?;
        transaction.commit().doing("note a test letter")
    }
}

/// How many letters of these editions wait for an attempt.
fn waiting(transaction: &Transaction<'_>, editions: &str, key: impl rusqlite::ToSql) -> Result<u64, StoreError> {
    let sql = format!("SELECT count(*) FROM delivery WHERE state IN ('pending', 'deferred') AND edition IN ({editions})");
    transaction
        .query_row(&sql, [key], |row| row.get::<_, i64>(0))
        .doing("count letters")
        .map(i64::unsigned_abs)
}

fn free_letters(
    transaction: &Transaction<'_>,
    editions: &str,
    key: impl rusqlite::ToSql,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE delivery SET state = 'pending', reason = NULL, changed_at = ?2 WHERE state = 'held' AND edition IN ({})",
        editions.replace('?', "?1")
    );
    transaction
        .execute(&sql, rusqlite::params![key, now.as_microsecond()])
        .doing("release letters")
        .map(|_| ())
}

fn write_order(transaction: &Transaction<'_>, verb: &str, target: &Target, detail: &str, now: Timestamp) -> Result<(), StoreError> {
    let (campaign, edition, delivery) = match target {
        Target::Campaign(campaign) => (Some(&campaign.0), None, None),
        Target::Edition(edition) => (None, Some(edition.0), None),
        Target::Delivery(delivery) => (None, None, Some(delivery.0)),
    };
    let sql = "INSERT INTO spoken_order (at, verb, campaign, edition, delivery, detail) VALUES (?, ?, ?, ?, ?, ?)";
    let row = (now.as_microsecond(), verb, campaign, edition, delivery, detail);
    transaction.execute(sql, row).doing("write an order down").map(|_| ())
}
