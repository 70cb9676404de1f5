//! Occurrences on which nothing began, and what else the calendar has to know of a campaign's past.
//!
//! Promises: a skipped occurrence is written once and never forgotten; writing it again changes nothing. What a clock that was ahead
//! has written closes nothing once the clock is right: the occurrence is still to come, and an article that has gone out has used up no
//! later period than its own.

use super::edition::{Edition, Skip, Status};
use super::{Doing, Store, StoreError, codec};
use crate::campaign::CampaignId;
use crate::campaign::calendar::{Missed, Reason, Recorded, What};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use rusqlite::{OptionalExtension, Transaction, params};

/// A clock that is set back by less has not been ahead.
const SLACK: SignedDuration = SignedDuration::from_hours(1);

const SKIPPING: &str = "skip occurrences";

/// An occurrence on which nothing began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedOccurrence {
    /// The campaign.
    pub campaign: CampaignId,
    /// Its folder by then.
    pub campaign_name: String,
    /// The article that was pinned to it, or nothing.
    pub article: String,
    /// The day it was meant for.
    pub due_on: Date,
    /// The moment it was due.
    pub due_at: Timestamp,
    /// Why nothing began.
    pub reason: Reason,
    /// Why, in words.
    pub detail: String,
    /// When that was written down.
    pub at: Timestamp,
}

impl Store {
    /// Writes down on which occurrences nothing began, in one transaction.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn skip_occurrences(
        &mut self,
        campaign: &CampaignId,
        campaign_name: &str,
        missed: &[Missed<'_>],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if missed.is_empty() {
            return Ok(());
        }
        let transaction = self.write(SKIPPING)?;
        skip(&transaction, campaign, campaign_name, missed, now)?;
        transaction.commit().doing(SKIPPING)
    }

    /// The occurrences on which nothing began, written down at `since` or later, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn skipped_occurrences(&self, since: Timestamp) -> Result<Vec<SkippedOccurrence>, StoreError> {
        self.skipped_where("at >= ?1", [since.as_microsecond()])
    }

    /// What the calendar of a campaign has to know at `now`; a day that was not kept is the day in `zone` on which the edition was due.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn recorded(&self, campaign: &CampaignId, zone: &TimeZone, now: Timestamp) -> Result<Vec<Recorded>, StoreError> {
        let editions = self.editions_of(campaign)?;
        let today = zone.to_datetime(now).date();
        let editions = editions.iter().filter(|edition| edition.status != Status::Draft);
        let mut recorded: Vec<Recorded> = editions.map(|edition| line(edition, zone, today)).collect();
        let not_ahead = now.saturating_add(SLACK).unwrap_or(Timestamp::MAX);
        let skipped = self.skipped_where("campaign = ?1 AND at <= ?2", (&campaign.0, not_ahead.as_microsecond()))?;
        recorded.extend(skipped.into_iter().map(|one| Recorded {
            article: one.article,
            due_on: one.due_on,
            what: What::Skipped(one.reason),
        }));
        Ok(recorded)
    }

    /// Since when the sender knows this campaign, if it has ever seen it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn campaign_known_since(&self, campaign: &CampaignId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT since FROM campaign_seen WHERE campaign = ?";
        let since = self.connection.query_row(sql, [&campaign.0], |row| row.get(0)).optional();
        since.doing("look for a campaign")?.map(codec::instant).transpose()
    }

    fn skipped_where(&self, condition: &str, key: impl rusqlite::Params) -> Result<Vec<SkippedOccurrence>, StoreError> {
        let sql = format!(
            "SELECT campaign, campaign_name, article, due_on, due_at, reason, detail, at FROM skipped_occurrence WHERE {condition} \
             ORDER BY due_at, id"
        );
        let mut statement = self.connection.prepare(&sql).doing("read skipped occurrences")?;
        let mut rows = statement.query(key).doing("read skipped occurrences")?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().doing("read skipped occurrences")? {
            let text = |index: usize| row.get::<_, String>(index).doing("read skipped occurrences");
            let at = |index: usize| codec::instant(row.get(index).doing("read skipped occurrences")?);
            found.push(SkippedOccurrence {
                campaign: CampaignId(text(0)?),
                campaign_name: text(1)?,
                article: text(2)?,
                due_on: codec::day(&text(3)?)?,
                due_at: at(4)?,
                reason: reason(&text(5)?)?,
                detail: text(6)?,
                at: at(7)?,
            });
        }
        Ok(found)
    }
}

/// Writes down on which occurrences nothing began.
pub(super) fn skip(
    transaction: &Transaction<'_>,
    campaign: &CampaignId,
    campaign_name: &str,
    missed: &[Missed<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO skipped_occurrence (campaign, campaign_name, article, due_on, due_at, reason, detail, at) \
               VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (campaign, due_on, article) DO UPDATE SET campaign_name = excluded.campaign_name, \
               due_at = excluded.due_at, reason = excluded.reason, detail = excluded.detail, at = excluded.at WHERE at > excluded.at";
    for one in missed {
        let row = params![
            campaign.0,
            campaign_name,
            one.pinned.unwrap_or_default(),
            one.occurrence.date.to_string(),
            one.occurrence.at.as_microsecond(),
            one.reason.name(),
            one.detail,
            now.as_microsecond(),
        ];
        transaction.execute(sql, row).doing(SKIPPING)?;
    }
    Ok(())
}

/// A step of a series, an article that was skipped by itself, and what began by a clock that was ahead use up no period.
fn line(edition: &Edition, zone: &TimeZone, today: Date) -> Recorded {
    let due_on = edition.due_on.unwrap_or_else(|| zone.to_datetime(edition.due_at).date());
    // A clinic that moves to another zone may have lived through a day that is still to come there.
    // Whoever skips an article names a day that is to come: there the order's own day tells.
    let noted_on = match edition.skipped {
        Some(_) => zone.to_datetime(edition.due_at).date(),
        None => due_on,
    };
    let is_ahead = noted_on > today.saturating_add(1.day());
    let uses_period = !edition.is_step && edition.skipped != Some(Skip::Article) && !is_ahead;
    Recorded {
        article: edition.key.article.clone(),
        due_on,
        what: if uses_period { What::Edition } else { What::Article },
    }
}

fn reason(name: &str) -> Result<Reason, StoreError> {
    let found = Reason::ALL.into_iter().find(|reason| reason.name() == name);
    found.ok_or_else(|| StoreError::Damaged {
        what: format!("an occurrence was skipped because `{name}`"),
    })
}
