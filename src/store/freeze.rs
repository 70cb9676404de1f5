//! Freezing: people come to a step of a series, some at a time, each with the text and the data of that day.
//!
//! Promises: a batch is one transaction with its proof inside (law 1): a fault that is everybody's leaves nothing of it, neither letters
//! nor the step itself. Nobody comes to a step twice. Who is not in the audience at this moment leaves no trace: they may come later.

use super::change::{Decision, decide};
use super::claim::Claim;
use super::draft::{NewEdition, Place, discard_draft, gravest, insert_edition, names};
use super::hold::By;
use super::people::{self, Candidate, MEMBERSHIP, membership};
use super::spoilt::note_spoilt;
use super::text::text_of;
use super::token::Tokens;
use super::{DeliveryId, Doing, EditionId, PersonId, Store, StoreError, TextId};
use crate::delivery::state::Event;
use crate::letter::Recipient;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Transaction, params};

const DOING: &str = "write letters of a step";

/// A person whose step is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comer {
    /// Who.
    pub person: PersonId,
    /// When it was due for them.
    pub due: Timestamp,
    /// What becomes of them.
    pub fate: Fate,
}

/// What becomes of a person whose step is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// They get it.
    Goes,
    /// They are too late, in these words: a person decides.
    Held(String),
    /// They are too late, in these words: they do not get it, and go on to the next step.
    LeftOut(String),
    /// A person said, in these words, that it is not for whoever was due before: they go on to the next step.
    PassesBy(String),
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frozen {
    /// The letters that were written, and whose; those on hold too.
    pub letters: u64,
    /// The letters on hold: for lateness, or because they cannot be composed.
    pub held: Vec<(DeliveryId, String)>,
    /// Who does not get it, and goes on to the next step.
    pub left_out: u64,
}

impl Store {
    /// Writes the letters of these people to a step, and the step's edition with its first ones.
    ///
    /// `decide` is asked about each; `prove` gets the letters that were written and says which of them have to be held.
    ///
    /// # Errors
    /// When the store cannot be written, or with what `prove` says; nothing is changed then.
    pub fn freeze<E: From<StoreError>>(
        &mut self,
        step: &NewEdition<'_>,
        comers: &[Comer],
        now: Timestamp,
        mut decide: impl FnMut(&Candidate) -> Place,
        prove: impl FnOnce(&[Claim]) -> Result<Vec<(DeliveryId, String)>, E>,
    ) -> Result<Frozen, E> {
        let tokens = self.tokens();
        let transaction = self.write(DOING)?;
        let Some(edition) = step_edition(&transaction, step, now)? else {
            return Ok(Frozen::default());
        };
        let mut batch = Batch {
            transaction: &transaction,
            tokens: &tokens,
            edition,
            text: text_of(&transaction, edition, step, now)?,
            now,
            claims: Vec::new(),
            frozen: Frozen::default(),
        };
        for comer in comers {
            batch.take(step, comer, &mut decide)?;
        }
        let Batch { claims, mut frozen, .. } = batch;
        if frozen == Frozen::default() {
            // Dropped, the transaction is undone: a step begins with its first letter.
            return Ok(frozen);
        }
        let faults = match claims.is_empty() {
            true => Vec::new(),
            false => prove(&claims)?,
        };
        frozen
            .held
            .retain(|(letter, _)| faults.iter().all(|(faulty, _)| faulty != letter));
        for (faulty, _) in &faults {
            note_spoilt(&transaction, *faulty)?;
        }
        frozen.held.extend(faults);
        for (letter, reason) in &frozen.held {
            hold(&transaction, *letter, reason, now)?;
        }
        let sql = "UPDATE edition SET planned = planned + ? WHERE id = ?";
        let letters = i64::try_from(frozen.letters).unwrap_or(i64::MAX);
        transaction.execute(sql, (letters, edition.0)).doing(DOING)?;
        transaction.commit().doing(DOING)?;
        Ok(frozen)
    }
}

/// The step's edition, made where there is none; none where nobody comes to it any more.
fn step_edition(transaction: &Transaction<'_>, step: &NewEdition<'_>, now: Timestamp) -> Result<Option<EditionId>, StoreError> {
    discard_draft(transaction, step.key)?;
    let sql = "SELECT id, status = 'released' AND ended IS NULL FROM edition WHERE campaign = ? AND article = ? AND round = ?";
    let known = transaction
        .query_row(sql, (&step.key.campaign.0, &step.key.article, step.key.round), |row| {
            Ok((EditionId(row.get(0)?), row.get::<_, bool>(1)?))
        })
        .optional()
        .doing(DOING)?;
    let edition = match known {
        Some((_, false)) => return Ok(None),
        Some((edition, true)) => edition,
        None => insert_edition(transaction, step, now)?,
    };
    // An article that went out by a calendar before has become a step: who had it does not get it again.
    let sql = "UPDATE edition SET status = 'released', released_at = coalesce(released_at, ?), is_step = 1, expires_at = NULL \
               WHERE id = ? AND (status = 'draft' OR is_step = 0)";
    transaction.execute(sql, (now.as_microsecond(), edition.0)).doing(DOING)?;
    Ok(Some(edition))
}

/// People on their way into a step.
struct Batch<'a, 't> {
    transaction: &'a Transaction<'t>,
    tokens: &'a Tokens,
    edition: EditionId,
    text: Option<TextId>,
    now: Timestamp,
    claims: Vec<Claim>,
    frozen: Frozen,
}

impl Batch<'_, '_> {
    fn take(
        &mut self,
        step: &NewEdition<'_>,
        comer: &Comer,
        place: &mut impl FnMut(&Candidate) -> Place,
    ) -> Result<(), StoreError> {
        if let Fate::PassesBy(words) = &comer.fate {
            // Whoever is not of the audience today may be tomorrow, and had it all the same.
            return self.leave_out(comer, "before_release", words);
        }
        let Some(candidate) = candidate(self.transaction, comer.person, step)? else {
            return Ok(());
        };
        let Place::In { version } = place(&candidate) else {
            return Ok(());
        };
        match &comer.fate {
            Fate::LeftOut(words) => self.leave_out(comer, "late", words),
            Fate::PassesBy(_) => Ok(()),
            Fate::Goes => self.write(comer, version).map(|_| ()),
            Fate::Held(words) => {
                let letter = self.write(comer, version)?;
                self.frozen.held.extend(letter.map(|letter| (letter, words.clone())));
                Ok(())
            }
        }
    }

    fn leave_out(&mut self, comer: &Comer, reason: &str, words: &str) -> Result<(), StoreError> {
        // Somebody may have been left out of the article before for another reason, when a calendar sent it.
        let sql = "INSERT INTO left_out (edition, person, reason, detail, due_at) SELECT ?1, ?2, ?3, ?4, ?5 WHERE NOT EXISTS \
                   (SELECT 1 FROM delivery WHERE edition = ?1 AND person = ?2) ON CONFLICT (edition, person) DO UPDATE SET \
                   reason = excluded.reason, detail = excluded.detail, due_at = excluded.due_at WHERE reason NOT IN ('late', 'before_release')";
        let mut insert = self.transaction.prepare_cached(sql).doing(DOING)?;
        let row = (self.edition.0, comer.person.0, reason, words, comer.due.as_microsecond());
        self.frozen.left_out += insert.execute(row).doing(DOING)? as u64;
        Ok(())
    }

    /// The letter, unless they have one of this step already.
    fn write(&mut self, comer: &Comer, version: i64) -> Result<Option<DeliveryId>, StoreError> {
        let sql = "INSERT INTO delivery (edition, person, version, state, changed_at, generation, due_at, text) \
                   SELECT ?, ?, ?, 'pending', ?, generation, ?, ? FROM store WHERE TRUE ON CONFLICT (edition, person) DO NOTHING \
                   RETURNING id, generation";
        let row = params![
            self.edition.0,
            comer.person.0,
            version,
            self.now.as_microsecond(),
            comer.due.as_microsecond(),
            self.text.map(|text| text.0),
        ];
        let mut insert = self.transaction.prepare_cached(sql).doing(DOING)?;
        let written = insert.query_row(row, |row| Ok((DeliveryId(row.get(0)?), row.get(1)?)));
        let Some((delivery, generation)) = written.optional().doing(DOING)? else {
            return Ok(None);
        };
        self.frozen.letters += 1;
        // Who was left out before, and gets it after all, is left out no more.
        let sql = "DELETE FROM left_out WHERE edition = ? AND person = ?";
        let mut delete = self.transaction.prepare_cached(sql).doing(DOING)?;
        delete.execute((self.edition.0, comer.person.0)).doing(DOING)?;
        self.claims.push(self.claim(comer.person, version, delivery, generation)?);
        Ok(Some(delivery))
    }

    /// The letter as it will be composed.
    fn claim(&self, person: PersonId, version: i64, delivery: DeliveryId, generation: u32) -> Result<Claim, StoreError> {
        let sql = "SELECT address, attributes FROM person_version WHERE id = ?";
        let mut read = self.transaction.prepare_cached(sql).doing(DOING)?;
        let row = read.query_row([version], |row| Ok((row.get(0)?, row.get::<_, Option<String>>(1)?)));
        let (address, attributes) = row.doing(DOING)?;
        let address = people::address(address)?;
        Ok(Claim {
            delivery,
            person,
            recipient: Recipient {
                token: self.tokens.letter(delivery, generation, &address),
                address,
                attributes: people::attributes(attributes.as_deref())?,
            },
            attempt: 1,
            generation,
            orders: 0,
            dated: None,
            text: self.text,
        })
    }
}

/// A person as the audience is asked of them: every list that matters, and what keeps them from being written to.
pub(super) fn candidate(
    transaction: &rusqlite::Connection,
    person: PersonId,
    step: &NewEdition<'_>,
) -> Result<Option<Candidate>, StoreError> {
    candidate_on(transaction, person, step.lists, step.not_lists)
}

/// The same for these lists.
pub(super) fn candidate_on(
    connection: &rusqlite::Connection,
    person: PersonId,
    lists: &[String],
    not_lists: &[String],
) -> Result<Option<Candidate>, StoreError> {
    let all: Vec<String> = lists.iter().chain(not_lists).cloned().collect();
    let sql = format!(
        "SELECT {MEMBERSHIP} WHERE m.person = ?1 AND m.left_at IS NULL AND l.name IN (SELECT value FROM json_each(?2)) ORDER BY l.name"
    );
    let mut statement = connection.prepare_cached(&sql).doing("read an audience")?;
    let mut rows = statement.query((person.0, names(&all)?)).doing("read an audience")?;
    let mut memberships = Vec::new();
    while let Some(row) = rows.next().doing("read an audience")? {
        memberships.push(membership(row)?);
    }
    if !memberships.iter().any(|membership| lists.contains(&membership.list)) {
        return Ok(None);
    }
    Ok(Some(Candidate {
        person,
        suppression: gravest(connection, person, lists)?,
        memberships,
    }))
}

fn hold(transaction: &Transaction<'_>, letter: DeliveryId, reason: &str, now: Timestamp) -> Result<(), StoreError> {
    let held = Decision {
        event: Event::Hold,
        by: By::Rule,
        reason: Some(reason),
        at: now,
    };
    decide(transaction, "id = ?1", &letter.0, &held).map(|_| ())
}
