//! Orders: what a person decides about letters that the program leaves alone by itself.
//!
//! Promises: an order is one transaction, so it is on the disk whole or not at all, before any letter leaves because of it; it touches
//! nothing but letters that stand where it says; and it is on record, as an order and with each letter. Nothing here sends: an order
//! makes letters wait, and the next run closes the difference.

use super::change::{Decision, decide};
use super::draft::discard_draft;
use super::hold::{By, Target, write_order};
use super::recover::end_waiting;
use super::{DeliveryId, Doing, EditionId, Store, StoreError, codec};
use crate::campaign::edition::EditionKey;
use crate::delivery::state::Event;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

/// What a person found out about letters in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The relay took them.
    Sent,
    /// It did not: they are to be sent again.
    NotSent,
}

/// What settling doubts did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resolved {
    /// Letters that are no longer in doubt.
    pub letters: u64,
    /// Those of them that will not go out, because their edition is cancelled.
    pub cancelled: u64,
}

/// An article whose turn is to be used up without a letter.
#[derive(Debug, Clone)]
pub struct Skipped<'a> {
    /// Campaign, article and round.
    pub key: &'a EditionKey,
    /// The campaign's folder.
    pub campaign_name: &'a str,
    /// The article's title.
    pub title: &'a str,
    /// The sender's domain.
    pub domain: &'a str,
    /// The hash of the article's text: the same text is recognised under another name.
    pub article_hash: &'a [u8],
}

impl Store {
    /// Orders these letters of one edition anew, each with a Message-ID of its own; gives how many will leave because of it.
    ///
    /// An edition whose time is over, or that was cancelled, is open again for as long as it once was, for these letters alone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn resend(&mut self, edition: EditionId, letters: &[DeliveryId], now: Timestamp) -> Result<u64, StoreError> {
        let transaction = self.write("order letters anew")?;
        open_again(&transaction, edition, now)?;
        let anew = Decision {
            event: Event::Resend,
            by: By::Person,
            reason: Some("to be sent again, by order"),
            at: now,
        };
        let mut ordered = 0;
        for letter in letters {
            ordered += decide(&transaction, "id = ?1", &letter.0, &anew)?;
        }
        let detail = format!("{ordered} letters anew");
        write_order(&transaction, "resend", &Target::Edition(edition), &detail, now)?;
        transaction.commit().doing("order letters anew")?;
        Ok(ordered)
    }

    /// Settles letters in doubt, each with what was found out about it: the only way out of doubt.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn resolve(&mut self, letters: &[(DeliveryId, String)], found: Found, now: Timestamp) -> Result<Resolved, StoreError> {
        let transaction = self.write("settle doubts")?;
        let mut resolved = Resolved::default();
        for (letter, evidence) in letters {
            let settled = Decision {
                event: match found {
                    Found::Sent => Event::ResolveSent,
                    Found::NotSent => Event::ResolveNotSent,
                },
                by: By::Person,
                reason: Some(evidence),
                at: now,
            };
            let moved = decide(&transaction, "id = ?1", &letter.0, &settled)?;
            if moved > 0 {
                resolved.letters += moved;
                resolved.cancelled += u64::from(call_off(&transaction, *letter, now)?);
                write_order(&transaction, "resolve", &Target::Delivery(*letter), evidence, now)?;
            }
        }
        transaction.commit().doing("settle doubts")?;
        Ok(resolved)
    }

    /// Calls off what waits in `target`; gives how many letters will never leave. What was accepted or is in doubt stays as it is.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn cancel(&mut self, target: &Target, reason: &str, now: Timestamp) -> Result<u64, StoreError> {
        let transaction = self.write("cancel")?;
        let off = Decision {
            event: Event::Cancel,
            by: By::Person,
            reason: Some(reason),
            at: now,
        };
        let cancelled = match target {
            Target::Campaign(campaign) => {
                close(&transaction, "campaign = ?1", &campaign.0)?;
                let letters = "edition IN (SELECT id FROM edition WHERE campaign = ?1 AND status = 'cancelled')";
                decide(&transaction, letters, &campaign.0, &off)?
            }
            Target::Edition(edition) => {
                close(&transaction, "id = ?1", &edition.0)?;
                let letters = "edition IN (SELECT id FROM edition WHERE id = ?1 AND status = 'cancelled')";
                decide(&transaction, letters, &edition.0, &off)?
            }
            Target::Delivery(delivery) => decide(&transaction, "id = ?1", &delivery.0, &off)?,
        };
        write_order(&transaction, "cancel", target, reason, now)?;
        transaction.commit().doing("cancel")?;
        Ok(cancelled)
    }

    /// Uses up an article's turn without a letter: an edition for nobody, cancelled. `false` where the article has an edition already. Under
    /// the sender's lock: a draft of it is thrown away.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn skip(&mut self, skipped: &Skipped<'_>, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
        let transaction = self.write("use up an article's turn")?;
        discard_draft(&transaction, skipped.key)?;
        let sql = "INSERT INTO edition (campaign, article, round, campaign_name, title, domain, status, lists, sources, sources_hash, \
                   article_hash, due_at, created_at, planned) VALUES (?, ?, ?, ?, ?, ?, 'cancelled', '[]', '{}', x'', ?, ?, ?, 0) \
                   ON CONFLICT DO NOTHING RETURNING id";
        let at = now.as_microsecond();
        let row = params![
            skipped.key.campaign.0,
            skipped.key.article,
            skipped.key.round,
            skipped.campaign_name,
            skipped.title,
            skipped.domain,
            skipped.article_hash,
            at,
            at,
        ];
        let made = transaction.query_row(sql, row, |row| row.get(0).map(EditionId)).optional();
        let Some(edition) = made.doing("use up an article's turn")? else {
            return Ok(false);
        };
        write_order(&transaction, "cancel", &Target::Edition(edition), reason, now)?;
        transaction.commit().doing("use up an article's turn")?;
        Ok(true)
    }
}

/// No letter of these editions begins any more; only those that have letters waiting, held or under way are closed.
fn close(transaction: &Transaction<'_>, editions: &str, key: &dyn rusqlite::ToSql) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE edition SET status = 'cancelled', held = NULL, held_by = NULL WHERE {editions} AND status = 'released' AND EXISTS \
         (SELECT 1 FROM delivery d WHERE d.edition = edition.id AND d.state IN ('pending', 'deferred', 'held', 'sending'))"
    );
    transaction.execute(&sql, [key]).doing("cancel an edition").map(|_| ())
}

/// A letter that waits while its edition is cancelled goes the way of the others; says whether it did.
pub(super) fn call_off(transaction: &Transaction<'_>, letter: DeliveryId, now: Timestamp) -> Result<bool, StoreError> {
    let off = Decision {
        event: Event::Cancel,
        by: By::Person,
        reason: Some("its edition was cancelled while nobody could know what became of it"),
        at: now,
    };
    let is_called_off = "id = ?1 AND (SELECT status FROM edition WHERE edition.id = delivery.edition) = 'cancelled'";
    Ok(decide(transaction, is_called_off, &letter.0, &off)? > 0)
}

/// Makes an edition whose time is over, or that was cancelled, one that letters can leave from.
fn open_again(transaction: &Transaction<'_>, edition: EditionId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "SELECT due_at, expires_at FROM edition WHERE id = ?";
    let (due, expires): (i64, Option<i64>) = transaction
        .query_row(sql, [edition.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .doing("open an edition again")?;
    if let Some(expires) = expires
        && codec::instant(expires)? <= now
    {
        // Whoever else waited has missed it: this order is not about them.
        end_waiting(transaction, edition, now)?;
        let sql = "UPDATE edition SET expires_at = ? WHERE id = ?";
        let until = now.as_microsecond().saturating_add(expires.saturating_sub(due));
        transaction.execute(sql, (until, edition.0)).doing("open an edition again")?;
    }
    let sql = "UPDATE edition SET status = 'released' WHERE id = ? AND status = 'cancelled'";
    transaction
        .execute(sql, [edition.0])
        .doing("open an edition again")
        .map(|_| ())
}
