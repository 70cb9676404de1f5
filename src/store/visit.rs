//! A visit: what the page may know of whoever holds a letter's token, and what they can do there.
//!
//! Promises: looking writes nothing; wishes are one transaction and on the disk when this returns; stopping is written down for whoever
//! asks, also where a dead mailbox keeps them from letters anyway; coming back lifts what the person themselves said and nothing else;
//! of whoever asked to be forgotten nothing is told. Knows nothing of requests and of pages.

use super::keys::PersonHash;
use super::people::standing_suppressions;
use super::suppress::{insert, is_covered};
use super::token::Holder;
use super::{Doing, Store, StoreError};
use crate::delivery::token::Token;
use crate::subscriber::suppression::{Reason, Scope, Suppression};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

/// How long the page that asks whether somebody comes back may stand open.
const RETURN_FORM: SignedDuration = SignedDuration::from_hours(1);

/// Which file a store is, whatever its name: another one may be laid into its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId(u64, u64);

/// Whoever holds a letter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Visitor {
    /// The letter went to nobody: a test, a preview.
    pub is_sample: bool,
    /// The language that the lists say the person reads.
    pub language: Option<String>,
    /// The language of the letter's article.
    pub article_language: Option<String>,
    /// Something that they did not say themselves keeps letters from them, and no button here takes that away.
    pub is_kept_back: bool,
    /// What is known of them; nothing of whoever asked to be forgotten.
    pub standing: Option<Standing>,
}

/// What the page may say about a person to themselves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// They have stopped the letters of this letter's lists.
    pub these_stopped: bool,
    /// They have stopped all letters.
    pub all_stopped: bool,
    /// The lists that they are on or have left.
    pub lists: Vec<ListStanding>,
}

/// One list, as the page may name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListStanding {
    /// Its name, which is for nobody outside the clinic.
    pub name: String,
    /// What stands in a form for it: its name could tell an illness.
    pub mark: String,
    /// The person has left it.
    pub is_stopped: bool,
    /// The letter went to it.
    pub is_of_letter: bool,
}

/// What a visitor wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// No more letters like this one: those of its edition's lists.
    StopThese,
    /// No more letters at all.
    StopAll,
    /// No more letters of these lists.
    Stop(Vec<String>),
    /// Letters again: of this letter's lists, and of these.
    Return(Vec<String>),
}

/// A wish: what, and how it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The letter that proves whose wish it is.
    pub token: Token,
    /// What is wanted.
    pub deed: Deed,
    /// Whether a mail program's button said so, rather than the page.
    pub one_click: bool,
}

impl Wish {
    fn evidence(&self, holder: &Holder, now: Timestamp) -> String {
        let way = match (&self.deed, self.one_click) {
            (Deed::Return(_), _) => "came back on the page",
            (_, true) => "one click in the mail program",
            (_, false) => "on the page",
        };
        let letter = holder.delivery.map_or("a letter that is on no record".to_owned(), |letter| {
            format!("letter {}", letter.0)
        });
        format!("{way}, {}, {letter}", now.strftime("%Y-%m-%d"))
    }
}

impl Store {
    /// Which file the store in `dir` is at this moment, if there is one.
    pub fn file_id(dir: &Path) -> Option<FileId> {
        let found = std::fs::metadata(super::file(dir)).ok()?;
        Some(FileId(found.dev(), found.ino()))
    }

    /// Gives up a write that another process keeps waiting for longer than this.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub fn wait_at_most(&self, patience: Duration) -> Result<(), StoreError> {
        self.connection.busy_timeout(patience).doing("be opened")
    }

    /// What the page may know of whoever holds the letter with this token; `None` where it proves nothing.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn visitor(&self, token: &Token) -> Result<Option<Visitor>, StoreError> {
        let Some(holder) = self.holder(token)? else { return Ok(None) };
        if holder.is_sample {
            return Ok(Some(Visitor {
                is_sample: true,
                ..Visitor::default()
            }));
        }
        let suppressions = standing_suppressions(&self.connection, &holder.person)?;
        let is_erased = suppressions.iter().any(|one| one.reason == Reason::Erased);
        Ok(Some(Visitor {
            is_sample: false,
            language: self.language_of(&holder.person)?,
            article_language: self.article_language(&holder)?,
            is_kept_back: suppressions.iter().any(|one| keeps_back(one, &holder)),
            standing: match is_erased {
                true => None,
                false => Some(self.standing(&holder, &suppressions)?),
            },
        }))
    }

    /// Does what visitors want, all in one transaction; each is told whether their token proved anything.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn grant(&mut self, wishes: &[Wish], now: Timestamp) -> Result<Vec<bool>, StoreError> {
        let holders: Vec<Option<Holder>> = wishes.iter().map(|wish| self.holder(&wish.token)).collect::<Result<_, _>>()?;
        let transaction = self.write("write a wish down")?;
        for (wish, holder) in wishes.iter().zip(&holders) {
            if let Some(holder) = holder.as_ref().filter(|holder| !holder.is_sample) {
                grant_one(&transaction, wish, holder, now)?;
            }
        }
        transaction.commit().doing("write a wish down")?;
        Ok(holders.iter().map(Option::is_some).collect())
    }

    /// What the form carries that brings somebody back: made for this letter alone, and for an hour.
    pub fn return_form(&self, token: &Token, now: Timestamp) -> String {
        let at = now.as_second();
        format!("{at}.{}", data_encoding::BASE64URL_NOPAD.encode(&self.return_tag(token, at)))
    }

    /// Whether this store made such a form for this letter within the hour.
    pub fn is_return_form(&self, token: &Token, form: &str, now: Timestamp) -> bool {
        let Some((at, tag)) = form.split_once('.') else { return false };
        let tag = data_encoding::BASE64URL_NOPAD.decode(tag.as_bytes()).ok();
        let (Ok(second), Some(Ok(tag))) = (at.parse::<i64>(), tag.map(<[u8; 16]>::try_from)) else {
            return false;
        };
        let age = now.as_second().saturating_sub(second);
        self.keys.are_equal(&self.return_tag(token, second), &tag) && (0..=RETURN_FORM.as_secs()).contains(&age)
    }

    fn return_tag(&self, token: &Token, at: i64) -> [u8; 16] {
        let mut said = token.proved();
        said.extend_from_slice(&token.tag);
        said.extend_from_slice(&at.to_be_bytes());
        self.keys.tag("come back", &said)
    }

    fn standing(&self, holder: &Holder, suppressions: &[Suppression]) -> Result<Standing, StoreError> {
        let own: Vec<&Suppression> = suppressions.iter().filter(|one| one.reason == Reason::Unsubscribed).collect();
        let has_left = |list: &str| own.iter().any(|one| one.scope == Scope::List(list.to_owned()));
        let all_stopped = own.iter().any(|one| one.scope == Scope::All);
        let mut lists: BTreeMap<String, bool> = self.lists_on(&holder.person)?.into_iter().map(|name| (name, false)).collect();
        for one in &own {
            if let Scope::List(name) = &one.scope {
                lists.insert(name.clone(), true);
            }
        }
        let mark = |name: &str| self.keys.mark(&format!("list on the page {name}")).chars().take(12).collect();
        Ok(Standing {
            these_stopped: all_stopped || (!holder.lists.is_empty() && holder.lists.iter().all(|list| has_left(list))),
            all_stopped,
            lists: lists
                .into_iter()
                .map(|(name, is_stopped)| ListStanding {
                    mark: mark(&name),
                    is_stopped,
                    is_of_letter: holder.lists.contains(&name),
                    name,
                })
                .collect(),
        })
    }

    fn lists_on(&self, person: &PersonHash) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT l.name FROM membership m JOIN list l ON l.id = m.list JOIN person p ON p.id = m.person \
                   WHERE p.hash = ? AND m.left_at IS NULL";
        let mut statement = self.connection.prepare_cached(sql).doing("look up a person")?;
        let rows = statement.query_map([person], |row| row.get(0));
        rows.doing("look up a person")?
            .collect::<Result<_, _>>()
            .doing("look up a person")
    }

    fn language_of(&self, person: &PersonHash) -> Result<Option<String>, StoreError> {
        let sql = "SELECT v.attributes ->> '$.language' AS language FROM membership m JOIN person p ON p.id = m.person \
                   JOIN person_version v ON v.id = m.version WHERE p.hash = ? AND m.left_at IS NULL AND trim(language) <> '' \
                   ORDER BY m.since DESC LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql).doing("look up a person")?;
        statement
            .query_row([person], |row| row.get(0))
            .optional()
            .doing("look up a person")
    }

    fn article_language(&self, holder: &Holder) -> Result<Option<String>, StoreError> {
        let Some(delivery) = holder.delivery else { return Ok(None) };
        let sql = "SELECT e.sources ->> '$.article.language' FROM delivery d JOIN edition e ON e.id = d.edition WHERE d.id = ?";
        let mut statement = self.connection.prepare_cached(sql).doing("look for a letter")?;
        let found = statement
            .query_row([delivery.0], |row| row.get::<_, Option<String>>(0))
            .optional();
        Ok(found.doing("look for a letter")?.flatten())
    }
}

/// Whether it stops this letter's like whatever the person says on the page.
fn keeps_back(suppression: &Suppression, holder: &Holder) -> bool {
    let is_meant = match &suppression.scope {
        Scope::All => true,
        Scope::List(name) => holder.lists.contains(name),
    };
    is_meant && suppression.reason != Reason::Unsubscribed
}

fn grant_one(transaction: &Transaction<'_>, wish: &Wish, holder: &Holder, now: Timestamp) -> Result<(), StoreError> {
    let evidence = wish.evidence(holder, now);
    let scopes = match &wish.deed {
        Deed::Return(lists) => return lift(transaction, holder, lists, &evidence, now),
        Deed::StopAll => vec![Scope::All],
        Deed::Stop(lists) => lists.iter().cloned().map(Scope::List).collect(),
        // A letter that is on no record: all mail is meant.
        Deed::StopThese if holder.lists.is_empty() => vec![Scope::All],
        Deed::StopThese => holder.lists.iter().cloned().map(Scope::List).collect(),
    };
    for scope in scopes {
        let suppression = Suppression {
            scope,
            reason: Reason::Unsubscribed,
            at: now,
            evidence: Some(evidence.clone()),
        };
        if !is_covered(transaction, &holder.person, &suppression)? {
            insert(transaction, &holder.person, &suppression)?;
        }
    }
    Ok(())
}

/// Lifts what the person themselves said: about all mail, about this letter's lists, and about those they name.
fn lift(
    transaction: &Transaction<'_>,
    holder: &Holder,
    lists: &[String],
    evidence: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    let standing = standing_suppressions(transaction, &holder.person)?;
    if standing.iter().any(|one| one.reason == Reason::Erased) {
        return Ok(());
    }
    let named: Vec<&String> = holder.lists.iter().chain(lists).collect();
    let named = serde_json::to_string(&named).map_err(|error| StoreError::Damaged { what: error.to_string() })?;
    let sql = "UPDATE suppression SET lifted_at = ?1, lift_evidence = ?2 WHERE hash = ?3 AND lifted_at IS NULL AND reason = ?4 \
               AND (list IS NULL OR list IN (SELECT value FROM json_each(?5)))";
    let row = params![
        now.as_microsecond(),
        evidence,
        holder.person,
        Reason::Unsubscribed.as_str(),
        named
    ];
    if transaction.execute(sql, row).doing("lift a suppression")? > 0 {
        let sql = "INSERT INTO spoken_order (at, verb, delivery, detail) VALUES (?, 'come back', ?, ?)";
        let row = (now.as_microsecond(), holder.delivery.map(|letter| letter.0), evidence);
        transaction.execute(sql, row).doing("write an order down")?;
    }
    Ok(())
}
