//! Skipped articles: editions for nobody, which use up an article's turn by a person's word, and can be taken back.

use super::draft::discard_draft;
use super::hold::{Target, write_order};
use super::{Doing, EditionId, Store, StoreError};
use crate::campaign::edition::EditionKey;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{OptionalExtension, params};

/// An article that nobody is to get.
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
    /// The day of the row it would have left on, where it was next: that is used up too, and not the next article's.
    pub due_on: Option<Date>,
}

impl Store {
    /// Uses up an article's turn without a letter; `false` where the article has an edition already. Under the sender's lock: a draft
    /// of it is thrown away.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn skip(&mut self, skipped: &Skipped<'_>, reason: &str, now: Timestamp) -> Result<bool, StoreError> {
        let transaction = self.write("skip an article")?;
        discard_draft(&transaction, skipped.key)?;
        let sql = "INSERT INTO edition (campaign, article, round, campaign_name, title, domain, status, lists, sources, sources_hash, \
                   article_hash, due_at, due_on, created_at, planned, skipped) VALUES (?, ?, ?, ?, ?, ?, 'cancelled', '[]', '{}', x'', ?, ?, ?, ?, 0, ?) \
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
            skipped.due_on.map(|day| day.to_string()),
            at,
            if skipped.due_on.is_some() { "turn" } else { "article" },
        ];
        let made = transaction.query_row(sql, row, |row| row.get(0).map(EditionId)).optional();
        let Some(edition) = made.doing("skip an article")? else {
            return Ok(false);
        };
        write_order(&transaction, "cancel", &Target::Edition(edition), reason, now)?;
        transaction.commit().doing("skip an article")?;
        Ok(true)
    }

    /// Takes a skip back: the article has its turn again. `false` where it was not skipped.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn take_skip_back(&mut self, edition: EditionId, now: Timestamp) -> Result<bool, StoreError> {
        let transaction = self.write("take a skip back")?;
        let sql = "DELETE FROM edition WHERE id = ? AND skipped IS NOT NULL";
        let taken_back = transaction.execute(sql, [edition.0]).doing("take a skip back")? > 0;
        if taken_back {
            write_order(&transaction, "release", &Target::Edition(edition), "a skip", now)?;
        }
        transaction.commit().doing("take a skip back")?;
        Ok(taken_back)
    }
}
