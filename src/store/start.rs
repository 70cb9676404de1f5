//! Starting: a proved draft is released, and whatever its start means for others is true from the same moment on.
//!
//! Promises: one transaction. Whoever is killed on the way has called nothing off, held nothing and left no occurrence out for an edition
//! that never began; and none has begun that stands beside what it should have ended.

use super::edition::Edition;
use super::hold::{By, Target, hold_edition, write_order};
use super::occurrence::skip;
use super::supersede::{Superseded, supersede};
use super::{Doing, EditionId, Store, StoreError};
use crate::campaign::calendar::Missed;
use jiff::Timestamp;

const DOING: &str = "start an edition";

/// What an edition's start means for others, and for itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct Start<'a> {
    /// Why older editions on hold are over, where they are.
    pub supersedes: Option<&'a str>,
    /// Why it starts on hold, by a rule.
    pub held: Option<&'a str>,
    /// The occurrences on which nothing begins any more because of it.
    pub leaves_out: &'a [Missed<'a>],
}

impl Store {
    /// Releases a proved draft, from which on its letters are work to be done, with all that its start means; gives what it supersedes.
    ///
    /// # Errors
    /// When the store cannot be written, or the edition is no draft; nothing is changed then.
    pub fn start(&mut self, edition: &Edition, start: Start<'_>, now: Timestamp) -> Result<Vec<Superseded>, StoreError> {
        let (campaign, target) = (&edition.key.campaign, Target::Edition(edition.id));
        let transaction = self.write(DOING)?;
        let superseded = match start.supersedes {
            Some(reason) => supersede(&transaction, campaign, edition.due_at, reason, now)?,
            None => Vec::new(),
        };
        skip(&transaction, campaign, &edition.campaign_name, start.leaves_out, now)?;
        if let Some(reason) = start.held {
            hold_edition(&transaction, edition.id, By::Rule, reason)?;
            write_order(&transaction, "hold", &target, reason, now)?;
        }
        let sql = "UPDATE edition SET status = 'released', released_at = ? WHERE id = ? AND status = 'draft'";
        let row = (now.as_microsecond(), edition.id.0);
        if transaction.execute(sql, row).doing(DOING)? != 1 {
            return Err(no_draft(edition.id));
        }
        transaction.commit().doing(DOING)?;
        Ok(superseded)
    }

    /// The same of an edition whose start means nothing to others.
    ///
    /// # Errors
    /// When the store cannot be written, or the edition is no draft.
    pub fn release(&mut self, edition: EditionId, now: Timestamp) -> Result<(), StoreError> {
        let edition = self.edition(edition)?;
        self.start(&edition, Start::default(), now).map(|_| ())
    }
}

fn no_draft(edition: EditionId) -> StoreError {
    StoreError::Damaged {
        what: format!("edition {} is no draft", edition.0),
    }
}
