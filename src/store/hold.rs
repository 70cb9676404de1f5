//! Holds: a person's or a rule's "not now" on a campaign, an edition or one letter; only a person releases.
//!
//! They are rows that a running sender reads with every group it writes, so a hold takes effect within one letter.

use super::change::{Decision, decide};
use super::order::{Stopped, remember};
use super::{DeliveryId, Doing, EditionId, Store, StoreError, codec};
use crate::campaign::CampaignId;
use crate::delivery::state::Event;
use jiff::Timestamp;
use rusqlite::Transaction;

/// Why the campaign of a row `edition` is on hold; NULL where it is not.
pub(super) const CAMPAIGN_HOLD: &str = "coalesce((SELECT s.distrust FROM store s WHERE NOT EXISTS \
     (SELECT 1 FROM campaign_cleared c WHERE c.campaign = edition.campaign)), \
     (SELECT h.reason FROM campaign_hold h WHERE h.campaign = edition.campaign))";

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

impl By {
    pub(super) fn name(self) -> &'static str {
        match self {
            By::Person => "person",
            By::Rule => "rule",
        }
    }
}

/// What a release did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freed {
    /// Letters that wait for the next run now.
    pub waiting: u64,
    /// Letters that are under way or in doubt, and were to be held when they come back: not any more.
    pub taken_back: u64,
    /// Letters that a person held by address, and that only a person's word for them lets go.
    pub kept: u64,
}

impl Store {
    /// Holds `target`. A letter that is held by its address while it is under way or in doubt is held as soon as it would wait again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn hold(&mut self, target: &Target, by: By, reason: &str, now: Timestamp) -> Result<Stopped, StoreError> {
        let transaction = self.write("hold")?;
        let mut stopped = Stopped::default();
        stopped.letters = match target {
            Target::Campaign(campaign) => {
                let sql = "INSERT INTO campaign_hold (campaign, reason, at) VALUES (?, ?, ?) ON CONFLICT (campaign) DO NOTHING";
                transaction
                    .execute(sql, (&campaign.0, reason, now.as_microsecond()))
                    .doing("hold a campaign")?;
                let editions = "SELECT id FROM edition WHERE campaign = ? AND status = 'released'";
                waiting(&transaction, editions, &campaign.0)?
            }
            Target::Edition(edition) => {
                hold_edition(&transaction, *edition, by, reason)?;
                waiting(&transaction, "SELECT ?", edition.0)?
            }
            Target::Delivery(delivery) => {
                let held = Decision {
                    event: Event::Hold,
                    by,
                    reason: Some(reason),
                    at: now,
                };
                stopped = remember(&transaction, "id = ?1", &delivery.0, "hold")?;
                decide(&transaction, "id = ?1", &delivery.0, &held)?
            }
        };
        write_order(&transaction, "hold", target, reason, now)?;
        transaction.commit().doing("hold")?;
        Ok(stopped)
    }

    /// Releases `target` and, for a campaign or an edition, the letters that a rule holds in it.
    ///
    /// A letter that a person held by its address stays on hold: "not to her" is no part of "go on".
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn let_go(&mut self, target: &Target, now: Timestamp) -> Result<Freed, StoreError> {
        let transaction = self.write("release")?;
        let done = match target {
            Target::Campaign(campaign) => {
                let editions = "SELECT id FROM edition WHERE campaign = ? AND status = 'released'";
                // "I have looked" is no word on what somebody held before: that takes another one.
                if !clear(&transaction, campaign, now)? {
                    let sql = "DELETE FROM campaign_hold WHERE campaign = ?";
                    transaction.execute(sql, [&campaign.0]).doing("release a campaign")?;
                    let sql = "UPDATE edition SET held = NULL, held_by = NULL WHERE campaign = ?";
                    transaction.execute(sql, [&campaign.0]).doing("release a campaign")?;
                    free_letters(&transaction, editions, &campaign.0, now)?;
                }
                freed(&transaction, editions, &campaign.0)?
            }
            Target::Edition(edition) => {
                let sql = "UPDATE edition SET held = NULL, held_by = NULL WHERE id = ?";
                transaction.execute(sql, [edition.0]).doing("release an edition")?;
                free_letters(&transaction, "SELECT ?", edition.0, now)?;
                freed(&transaction, "SELECT ?", edition.0)?
            }
            Target::Delivery(delivery) => {
                let sql = "UPDATE delivery SET afterwards = NULL WHERE id = ? AND afterwards = 'hold'";
                let taken_back = transaction.execute(sql, [delivery.0]).doing("release a letter")? as u64;
                let waiting = decide(&transaction, "id = ?1", &delivery.0, &released(now))?;
                Freed {
                    waiting,
                    taken_back,
                    kept: 0,
                }
            }
        };
        write_order(&transaction, "release", target, "", now)?;
        transaction.commit().doing("release")?;
        Ok(done)
    }

    /// Why a campaign is on hold, if it is: by a person's word, or because the store may not know everything (law 13).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn campaign_hold(&self, campaign: &CampaignId) -> Result<Option<String>, StoreError> {
        let sql = format!("SELECT {CAMPAIGN_HOLD} FROM (SELECT ? AS campaign) AS edition");
        self.connection
            .query_row(&sql, [&campaign.0], |row| row.get(0))
            .doing("look for a hold")
    }

    /// Why nobody can know what of this campaign has left, where that is so and no person has released it since (law 13).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_distrusted(&self, campaign: &CampaignId) -> Result<Option<String>, StoreError> {
        let sql = "SELECT max(distrust) FROM store WHERE NOT EXISTS (SELECT 1 FROM campaign_cleared WHERE campaign = ?)";
        self.connection
            .query_row(sql, [&campaign.0], |row| row.get(0))
            .doing("look for a hold")
    }

    /// When a person last let this campaign go on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn campaign_freed(&self, campaign: &CampaignId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT max(at) FROM spoken_order WHERE verb = 'release' AND campaign = ?";
        let read = self
            .connection
            .query_row(sql, [&campaign.0], |row| row.get::<_, Option<i64>>(0));
        read.doing("look for a hold")?.map(codec::instant).transpose()
    }

    /// Whether somebody has released this edition since it was held for a reason with these words in it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn was_released_after(&self, edition: EditionId, words: &str) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM spoken_order h, spoken_order r WHERE h.verb = 'hold' AND h.edition = ?1 \
                   AND instr(h.detail, ?2) > 0 AND r.verb = 'release' AND r.rowid > h.rowid \
                   AND (r.edition = ?1 OR r.campaign = (SELECT campaign FROM edition WHERE id = ?1)))";
        self.connection
            .query_row(sql, (edition.0, words), |row| row.get(0))
            .doing("look for a hold")
    }
}

/// Holds an edition, unless it is on hold.
pub(super) fn hold_edition(transaction: &Transaction<'_>, edition: EditionId, by: By, reason: &str) -> Result<(), StoreError> {
    let sql = "UPDATE edition SET held = ?, held_by = ? WHERE id = ? AND held IS NULL";
    let row = (reason, by.name(), edition.0);
    transaction.execute(sql, row).doing("hold an edition").map(|_| ())
}

/// How the letters of these editions stand after a release.
fn freed(transaction: &Transaction<'_>, editions: &str, key: impl rusqlite::ToSql + Copy) -> Result<Freed, StoreError> {
    let sql = format!("SELECT count(*) FROM delivery WHERE state = 'held' AND edition IN ({editions})");
    let kept = transaction
        .query_row(&sql, [key], |row| row.get::<_, i64>(0))
        .doing("count letters")?;
    Ok(Freed {
        waiting: waiting(transaction, editions, key)?,
        taken_back: 0,
        kept: kept.unsigned_abs(),
    })
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
    let condition = format!("held_by IS NOT 'person' AND edition IN ({})", editions.replace('?', "?1"));
    decide(transaction, &condition, &key, &released(now)).map(|_| ())
}

/// A person's "go on": what the last attempt said is what is known of the letter again.
fn released(now: Timestamp) -> Decision<'static> {
    Decision {
        event: Event::Release,
        by: By::Person,
        reason: None,
        at: now,
    }
}

/// In a store that may not know everything, a released campaign is one that a person has looked through; says whether it was not yet.
fn clear(transaction: &Transaction<'_>, campaign: &CampaignId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO campaign_cleared (campaign, at) SELECT ?, ? FROM store WHERE distrust IS NOT NULL ON CONFLICT (campaign) DO NOTHING";
    let row = (&campaign.0, now.as_microsecond());
    let cleared = transaction.execute(sql, row).doing("release a campaign")?;
    Ok(cleared > 0)
}

/// Writes down what a person said.
pub(super) fn write_order(
    transaction: &Transaction<'_>,
    verb: &str,
    target: &Target,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (campaign, edition, delivery) = match target {
        Target::Campaign(campaign) => (Some(&campaign.0), None, None),
        Target::Edition(edition) => (None, Some(edition.0), None),
        Target::Delivery(delivery) => (None, None, Some(delivery.0)),
    };
    let sql = "INSERT INTO spoken_order (at, verb, campaign, edition, delivery, detail) VALUES (?, ?, ?, ?, ?, ?)";
    let row = (now.as_microsecond(), verb, campaign, edition, delivery, detail);
    transaction.execute(sql, row).doing("write an order down").map(|_| ())
}
