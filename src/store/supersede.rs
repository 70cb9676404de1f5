//! Superseding: an edition on hold when the next one of its campaign begins is over, and says so.
//!
//! Promises: it is part of the transaction in which the next one starts; what was accepted or is in doubt stays as it is, what waits is cancelled by a rule that is named with each
//! letter.

use super::change::{Decision, decide};
use super::hold::By;
use super::order::remember;
use super::{Doing, StoreError};
use crate::campaign::CampaignId;
use crate::delivery::state::Event;
use jiff::Timestamp;
use rusqlite::Transaction;

/// An edition that was superseded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superseded {
    /// Its article.
    pub article: String,
    /// How many letters of it will never leave.
    pub letters: u64,
}

/// The editions of a campaign, older than one that is due at `?2`, that a hold of their own keeps from going on, and that somebody still
/// waits for; one whose time is over ends by that.
const HELD: &str = "SELECT id, article FROM edition WHERE campaign = ?1 AND status = 'released' AND held IS NOT NULL AND is_step = 0 \
     AND due_at < ?2 AND coalesce(expires_at > ?3, TRUE) AND EXISTS (SELECT 1 FROM delivery d WHERE d.edition = edition.id \
     AND d.state IN ('pending', 'deferred')) ORDER BY due_at, id";

/// Ends what is on hold in a campaign, because its next edition begins, which is due at `due`; `reason` names that one.
pub(super) fn supersede(
    transaction: &Transaction<'_>,
    campaign: &CampaignId,
    due: Timestamp,
    reason: &str,
    now: Timestamp,
) -> Result<Vec<Superseded>, StoreError> {
    let mut held: Vec<(i64, String)> = Vec::new();
    {
        let mut statement = transaction.prepare(HELD).doing("supersede an edition")?;
        let rows = statement.query_map((&campaign.0, due.as_microsecond(), now.as_microsecond()), |row| {
            Ok((row.get(0)?, row.get(1)?))
        });
        for row in rows.doing("supersede an edition")? {
            held.push(row.doing("supersede an edition")?);
        }
    }
    let off = Decision {
        event: Event::Cancel,
        by: By::Rule,
        reason: Some(reason),
        at: now,
    };
    let mut superseded = Vec::with_capacity(held.len());
    for (edition, article) in held {
        let sql = "UPDATE edition SET status = 'cancelled', held = NULL, held_by = NULL, ended = ? WHERE id = ?";
        transaction.execute(sql, (reason, edition)).doing("supersede an edition")?;
        remember(transaction, "edition = ?1", &edition, "cancel")?;
        let letters = decide(transaction, "edition = ?1", &edition, &off)?;
        superseded.push(Superseded { article, letters });
    }
    Ok(superseded)
}
