//! Forgetting (law 15): a person's address and data go, what happened to their letters stays.
//!
//! Promises: one transaction blanks every version and membership, takes the address out of every text, settles what waits and keeps a
//! suppression by hash alone; with it the store remembers that its pages are still to be wiped, and the next one that can wipes them.
//! The numbers close as before. Knows nothing of files beside the store.

use super::change::{Decision, decide};
use super::hold::By;
use super::keys::PersonHash;
use super::order::{Stopped, remember};
use super::people::standing_suppressions;
use super::spelling::{FORGOTTEN, Spellings};
use super::{Doing, PersonId, Store, StoreError, codec, texts};
use crate::address::Address;
use crate::delivery::state::Event;
use crate::subscriber::suppression::{Reason, Scope};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction};
use std::time::Duration;

/// How long wiping waits for others who look at the store; they may look for long, and then another time is as good.
const PATIENCE: Duration = Duration::from_secs(2);

/// What forgetting a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Forgotten {
    /// Versions of the person that are blank now.
    pub versions: u64,
    /// Lists they stood on, now or once.
    pub lists: u64,
    /// Letters that waited and do not any more, and those that nobody can stop at this moment.
    pub letters: Stopped,
    /// Rows of any table whose texts had the address in them.
    pub texts: u64,
}

impl Store {
    /// Forgets the person behind an address for ever, known or not: nobody writes to them again, and no import brings them back.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn forget(&mut self, address: &Address, now: Timestamp) -> Result<Forgotten, StoreError> {
        let hash = self.keys.person(address);
        let spellings = self.spellings(address)?;
        let transaction = self.begin_forgetting(&spellings)?;
        let sql = "INSERT INTO person (hash) VALUES (?) ON CONFLICT (hash) DO NOTHING";
        transaction.execute(sql, [hash]).doing("forget a person")?;
        let sql = "UPDATE person SET erased_at = coalesce(erased_at, ?2) WHERE hash = ?1 RETURNING id";
        let person = transaction.query_row(sql, (hash, now.as_microsecond()), |row| row.get(0));
        let person = PersonId(person.doing("forget a person")?);
        suppress_for_ever(&transaction, &hash, now)?;
        let mut forgotten = blank(&transaction, person, "asked to be forgotten", now)?;
        forgotten.texts = texts::take_out(&transaction)?;
        write_order(&transaction, "forget", &forgotten, now)?;
        transaction.commit().doing("forget a person")?;
        Ok(forgotten)
    }

    /// Blanks people whose time is over: as [`Self::forget`] does, but they may come back with a new row.
    ///
    /// # Errors
    /// When the store cannot be written; nothing is changed then.
    pub fn let_lapse(&mut self, people: &[PersonId], now: Timestamp) -> Result<Forgotten, StoreError> {
        let spellings = Spellings::of(&known_addresses(&self.connection, people)?);
        let transaction = self.begin_forgetting(&spellings)?;
        let mut forgotten = Forgotten::default();
        for person in people {
            let one = blank(&transaction, *person, "left long ago, and forgotten", now)?;
            forgotten.versions += one.versions;
            forgotten.lists += one.lists;
            forgotten.letters += one.letters;
        }
        forgotten.texts = texts::take_out(&transaction)?;
        write_order(&transaction, "retention", &forgotten, now)?;
        transaction.commit().doing("forget a person")?;
        Ok(forgotten)
    }

    /// When a person asked to be forgotten, if they did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn erased_at(&self, person: PersonId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT erased_at FROM person WHERE id = ?";
        let at = self
            .connection
            .query_row(sql, [person.0], |row| row.get::<_, Option<i64>>(0))
            .optional()
            .doing("look up a person")?;
        at.flatten().map(codec::instant).transpose()
    }

    /// Whether the person behind an address asked to be forgotten: their rows are never stored again.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_erased(&self, address: &Address) -> Result<bool, StoreError> {
        is_erased(&self.connection, &self.keys.person(address))
    }

    /// Whether anything of an address stands in the store: a person, a suppression, a word in some text.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn mentions(&self, address: &Address) -> Result<bool, StoreError> {
        let hash = self.keys.person(address);
        let sql = "SELECT EXISTS (SELECT 1 FROM person WHERE hash = ?1) OR EXISTS (SELECT 1 FROM suppression WHERE hash = ?1)";
        let is_known = self.connection.query_row(sql, [hash], |row| row.get(0));
        if is_known.doing("look up a person")? {
            return Ok(true);
        }
        texts::teach(&self.connection, &Spellings::of([address]))?;
        texts::are_mentioned(&self.connection)
    }

    /// All spellings under which the store knows a person.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn spellings(&self, address: &Address) -> Result<Spellings, StoreError> {
        let people: Vec<PersonId> = self.person(address)?.into_iter().collect();
        let known = known_addresses(&self.connection, &people)?;
        Ok(Spellings::of(known.iter().chain([address])))
    }

    /// Whether pages that held a forgotten person are still to be wiped.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_wipe_due(&self) -> Result<bool, StoreError> {
        let sql = "SELECT wipe_at IS NOT NULL FROM store";
        self.connection
            .query_row(sql, [], |row| row.get(0))
            .doing("look for what is to be wiped")
    }

    /// Wipes every page that once held a forgotten person, under the sender's lock; `false` where somebody else looks at the store just
    /// now, and it is still to be done.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn wipe(&mut self) -> Result<bool, StoreError> {
        if !self.is_wipe_due()? {
            return Ok(true);
        }
        self.connection.flush_prepared_statement_cache();
        self.connection.busy_timeout(PATIENCE).doing("be wiped")?;
        let wiped = self.wipe_pages();
        self.connection.busy_timeout(super::BUSY).doing("be wiped")?;
        wiped
    }

    fn wipe_pages(&self) -> Result<bool, StoreError> {
        // Written anew, the file has no page and no gap that held anything else; folded, the log has none either.
        match self.connection.execute_batch("PRAGMA secure_delete = ON; VACUUM;") {
            Err(error) if is_busy(&error) => return Ok(false),
            written => written.doing("be wiped")?,
        }
        if !self.fold()? {
            return Ok(false);
        }
        self.connection
            .execute("UPDATE store SET wipe_at = NULL", [])
            .doing("be wiped")?;
        // What is left in the log names nobody: whoever looks now may look on.
        self.fold().map(|_| true)
    }

    fn fold(&self) -> Result<bool, StoreError> {
        let folded = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0));
        match folded {
            Err(error) if is_busy(&error) => Ok(false),
            folded => folded.map(|is_busy| !is_busy).doing("be wiped"),
        }
    }

    /// A transaction that writes zeros over what it deletes, and knows the spellings.
    fn begin_forgetting(&mut self, spellings: &Spellings) -> Result<Transaction<'_>, StoreError> {
        self.connection
            .execute_batch("PRAGMA secure_delete = ON")
            .doing("forget a person")?;
        texts::teach(&self.connection, spellings)?;
        self.write("forget a person")
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
    )
}

/// Whether the person of this hash asked to be forgotten.
pub(super) fn is_erased(connection: &rusqlite::Connection, hash: &PersonHash) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM person WHERE hash = ?1 AND erased_at IS NOT NULL) \
               OR EXISTS (SELECT 1 FROM suppression WHERE hash = ?1 AND reason = 'erased' AND lifted_at IS NULL)";
    connection
        .prepare_cached(sql)
        .and_then(|mut find| find.query_row([hash], |row| row.get(0)))
        .doing("look up a person")
}

/// All addresses under which the store knows people.
fn known_addresses(connection: &rusqlite::Connection, people: &[PersonId]) -> Result<Vec<Address>, StoreError> {
    let sql = "SELECT DISTINCT address FROM person_version WHERE person = ? AND address IS NOT NULL";
    let mut statement = connection.prepare(sql).doing("look up a person")?;
    let mut known = Vec::new();
    for person in people {
        let rows = statement
            .query_map([person.0], |row| row.get::<_, String>(0))
            .doing("look up a person")?;
        let texts: Vec<String> = rows.collect::<Result<_, _>>().doing("look up a person")?;
        known.extend(texts.iter().filter_map(|text| Address::parse(text).ok()));
    }
    Ok(known)
}

/// Takes a person's data out, settles what waits for them, and asks for the pages to be wiped.
fn blank(transaction: &Transaction<'_>, person: PersonId, why: &str, now: Timestamp) -> Result<Forgotten, StoreError> {
    let execute = |sql: &str| {
        let done = transaction.execute(sql, [person.0]).doing("forget a person");
        done.map(|rows| rows as u64)
    };
    let mut letters = remember(transaction, "person = ?1", &person.0, "cancel")?;
    let decision = Decision {
        event: Event::Suppress,
        by: By::Person,
        reason: Some(why),
        at: now,
    };
    letters.letters = decide(transaction, "person = ?1", &person.0, &decision)?;
    let sql = "UPDATE person_version SET address = NULL, attributes = NULL, rows = NULL WHERE person = ?1 AND address IS NOT NULL";
    let versions = execute(sql)?;
    let lists = execute("DELETE FROM membership WHERE person = ?1")?;
    execute("DELETE FROM membership_was WHERE person = ?1")?;
    // Why somebody was left out, or held by a rule, tells what stood in their row.
    let sql = format!("UPDATE left_out SET detail = '{FORGOTTEN}' WHERE person = ?1");
    execute(&sql)?;
    let sql = format!(
        "UPDATE change SET reason = '{FORGOTTEN}' WHERE event = 'hold' AND by = 'rule' AND delivery IN (SELECT id FROM delivery WHERE person = ?1)"
    );
    execute(&sql)?;
    let sql = "UPDATE store SET wipe_at = coalesce(wipe_at, ?)";
    transaction.execute(sql, [now.as_microsecond()]).doing("forget a person")?;
    Ok(Forgotten {
        versions,
        lists,
        letters,
        texts: 0,
    })
}

fn suppress_for_ever(transaction: &Transaction<'_>, hash: &PersonHash, now: Timestamp) -> Result<(), StoreError> {
    let standing = standing_suppressions(transaction, hash)?;
    let is_there = |reason| standing.iter().any(|one| one.scope == Scope::All && one.reason == reason);
    if is_there(Reason::Erased) {
        return Ok(());
    }
    let sql = "INSERT INTO suppression (hash, reason, evidence, at) VALUES (?, ?, 'asked to be forgotten', ?)";
    transaction
        .execute(sql, (hash, Reason::Erased.as_str(), now.as_microsecond()))
        .doing("forget a person")
        .map(|_| ())
}

/// On record without a name.
fn write_order(transaction: &Transaction<'_>, verb: &str, forgotten: &Forgotten, now: Timestamp) -> Result<(), StoreError> {
    let detail = format!(
        "{} versions blank, off {} lists, {} letters settled",
        forgotten.versions, forgotten.lists, forgotten.letters.letters
    );
    let sql = "INSERT INTO spoken_order (at, verb, detail) VALUES (?, ?, ?)";
    transaction
        .execute(sql, (now.as_microsecond(), verb, detail))
        .doing("write an order down")
        .map(|_| ())
}
