//! The journal: one writer thread that makes intents and outcomes durable, many at a time.
//!
//! Promises (laws 3-6, 12, 14): an answer comes only after the transaction is on the disk; outcomes and next intents of all
//! connections that wait share one transaction; a settlement that misses its row fails alone; an intent is granted only if the
//! delivery still waits, its edition is released and not held, its address is not suppressed, its person got no other letter lately
//! and gets no older one first *inside that same transaction*; after
//! a failed write nothing is granted any more. A letter can be *admitted* beforehand, by the same questions and without a trace: its
//! commands may ride behind another letter then, its body not before its intent is granted.

use super::cap::{Cap, Caps, is_crowded};
use super::change::{Decision, decide};
use super::hold::{By, CAMPAIGN_HOLD};
use super::order::do_afterwards;
use super::people::standing_suppressions;
use super::strike::note_refusal;
use super::{DeliveryId, Doing, RunId, Store, StoreError, codec};
use crate::delivery::reply::{Reply, Stage};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::state::{Event, State, step};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many entries one transaction takes at most: enough for every connection we open, few enough to keep a commit short.
const GROUP: usize = 512;

/// A letter that came back untaken so often in a row, past MAIL each time, waits instead of being the first of every run.
const BROKEN_OFF: u32 = 3;

/// Permission asked for one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Intent {
    /// Whose attempt.
    pub delivery: DeliveryId,
    /// Its number, one more than the attempts on record.
    pub attempt: u32,
    /// How many times a person had ordered it anew when it was composed: another order is another letter.
    pub orders: u32,
    /// The `Date:` of the letter, kept for all its attempts.
    pub dated: Timestamp,
    /// Now.
    pub at: Timestamp,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settlement {
    /// Whose attempt.
    pub delivery: DeliveryId,
    /// Its number.
    pub attempt: u32,
    /// What happened, in the state machine's words; the count of a refusal is the journal's to know.
    pub event: Event,
    /// How far the conversation had got, where that is known.
    pub stage: Option<Stage>,
    /// What the relay said, if it said anything.
    pub reply: Option<Reply>,
    /// In words, where no reply tells it.
    pub reason: Option<String>,
    /// The relay's name.
    pub relay: String,
    /// Now.
    pub at: Timestamp,
}

/// One thing to write, or to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The outcome of a letter.
    Settle(Settlement),
    /// May this letter's body leave? A grant is written as its intent.
    Begin(Intent),
    /// May this letter's commands leave? Nothing is written of a grant.
    Admit(Intent),
}

/// What the writer did about a step, durably.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Where the settled delivery stands; `None` if it missed its row.
    Settled(Option<State>),
    /// Whether the letter, or its commands, may leave.
    Granted(Grant),
}

/// The answer to an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Yes. Of a begun letter the intent is durable: it may leave, once.
    Given,
    /// The address was suppressed meanwhile; the delivery is settled as such.
    Suppressed,
    /// The edition is on hold, or its time is over; the delivery waits.
    Held,
    /// Its person got another letter lately, or gets an older one first; the delivery waits.
    TooSoon,
    /// The delivery does not wait for this attempt: somebody moved it on.
    Moved,
}

type Message = (Vec<Step>, oneshot::Sender<Result<Vec<Recorded>, StoreError>>);

/// The door to the writer thread; clones share it.
#[derive(Debug, Clone)]
pub struct Journal {
    sender: mpsc::Sender<Message>,
}

/// The running writer thread.
#[derive(Debug)]
pub struct Writer {
    thread: JoinHandle<Result<Commits, StoreError>>,
}

/// How many transactions a writer made for how many entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Commits {
    /// Transactions.
    pub transactions: u64,
    /// Entries: what connections handed in at a time.
    pub entries: u64,
}

impl Journal {
    /// Starts the writer of one run; it ends when all doors are dropped.
    ///
    /// # Errors
    /// When the store cannot be opened a second time.
    pub fn start(
        store: &Store,
        run: RunId,
        policy: impl Fn(i64) -> RetryPolicy + Send + 'static,
    ) -> Result<(Self, Writer), StoreError> {
        Self::start_under(|_| None, store, run, policy)
    }

    /// The same, under a cap, for each edition that keeps to it.
    ///
    /// # Errors
    /// When the store cannot be opened a second time.
    pub fn start_under(
        cap: impl Fn(i64) -> Option<Cap> + Send + 'static,
        store: &Store,
        run: RunId,
        policy: impl Fn(i64) -> RetryPolicy + Send + 'static,
    ) -> Result<(Self, Writer), StoreError> {
        let connection = super::open_connection(&super::file(&store.dir))?;
        connection.busy_timeout(PATIENCE).doing("write the journal")?;
        let (sender, receiver) = mpsc::channel(GROUP);
        let desk = Desk {
            connection,
            run,
            policy: Box::new(policy),
            cap: Box::new(cap),
        };
        let thread = std::thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || desk.work(receiver));
        let thread = thread.map_err(|source| StoreError::File {
            doing: "start the writer of",
            path: store.dir.clone(),
            source,
        })?;
        Ok((Self { sender }, Writer { thread }))
    }

    /// Takes the steps in their order, all in one transaction, and waits until they are durable; an answer for each.
    ///
    /// # Errors
    /// When this or an earlier write failed: nothing more may leave then (law 14).
    pub async fn record(&self, steps: Vec<Step>) -> Result<Vec<Recorded>, StoreError> {
        let (answer, answered) = oneshot::channel();
        self.sender.send((steps, answer)).await.map_err(|_| StoreError::Stopped)?;
        answered.await.map_err(|_| StoreError::Stopped)?
    }
}

impl Writer {
    /// Waits for the writer to end; all doors must have been dropped.
    ///
    /// # Errors
    /// The failed write that ended it, if one did.
    pub fn join(self) -> Result<Commits, StoreError> {
        self.thread.join().unwrap_or(Err(StoreError::Stopped))
    }
}

/// How long the journal waits for somebody else's long write, such as a large list's import, before it gives up: waiting harms nobody, a
/// run that ends with letters on their way leaves them in doubt.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The writer's own connection and what it needs to judge outcomes.
struct Desk {
    connection: Connection,
    run: RunId,
    policy: Box<dyn Fn(i64) -> RetryPolicy + Send>,
    cap: Box<Caps>,
}

impl Desk {
    fn work(mut self, mut receiver: mpsc::Receiver<Message>) -> Result<Commits, StoreError> {
        let mut commits = Commits::default();
        let mut group: Vec<Message> = Vec::with_capacity(GROUP);
        while let Some(first) = receiver.blocking_recv() {
            group.push(first);
            while group.len() < GROUP
                && let Ok(next) = receiver.try_recv()
            {
                group.push(next);
            }
            commits.transactions += 1;
            commits.entries += group.len() as u64;
            match self.write(group.iter().map(|(steps, _)| steps)) {
                Ok(answers) => {
                    for ((_, answer), answers) in group.drain(..).zip(answers) {
                        // A connection that is gone has no use for the answer; what it began is in doubt by law 6.
                        let _ = answer.send(Ok(answers));
                    }
                }
                Err(error) => {
                    drop(group);
                    receiver.close();
                    return Err(error);
                }
            }
        }
        Ok(commits)
    }

    /// One transaction for all entries; any error of the store undoes all of them.
    fn write<'a>(&mut self, entries: impl Iterator<Item = &'a Vec<Step>>) -> Result<Vec<Vec<Recorded>>, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .doing("write the journal")?;
        let take = |step: &Step| match step {
            Step::Settle(settlement) => Ok(Recorded::Settled(settle(&transaction, self.run, settlement, &self.policy)?)),
            Step::Begin(intent) => Ok(Recorded::Granted(begin(&transaction, self.run, intent, &self.cap)?)),
            Step::Admit(intent) => Ok(Recorded::Granted(admit(&transaction, intent, &self.cap)?)),
        };
        let answers = entries.map(|steps| steps.iter().map(take).collect());
        let answers = answers.collect::<Result<_, StoreError>>()?;
        transaction.commit().doing("write the journal")?;
        Ok(answers)
    }
}

/// Compare and set (law 5): the row must be `sending` this very attempt of this very run, or the settlement fails alone.
fn settle(
    transaction: &Transaction<'_>,
    run: RunId,
    settlement: &Settlement,
    policy: &dyn Fn(i64) -> RetryPolicy,
) -> Result<Option<State>, StoreError> {
    let sql = "SELECT edition, refusals, afterwards IS NOT NULL FROM delivery WHERE id = ? AND state = 'sending' AND attempt = ? AND run = ?";
    let mut find = transaction.prepare_cached(sql).doing("settle a letter")?;
    let row = find.query_row((settlement.delivery.0, settlement.attempt, run.0), |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, u32>(1)?, row.get::<_, bool>(2)?))
    });
    let Some((edition, before, has_more)) = row.optional().doing("settle a letter")? else {
        return Ok(None);
    };
    let (event, refusals) = match settlement.event {
        Event::RefuseForNow { .. } => (
            Event::RefuseForNow {
                refusals: spoken_refusals(transaction, settlement, before)? + 1,
            },
            before + 1,
        ),
        // The relay breaks off this very letter again and again: it waits like one that was refused, and the others get theirs.
        // Nobody has refused it, so it waits a short while each time, and is given up only when its edition is over.
        Event::NotTaken if is_broken_off_again(transaction, settlement)? => (Event::RefuseForNow { refusals: 1 }, before + 1),
        other => (other, before),
    };
    let next = step(
        State::Sending,
        event,
        settlement.at,
        &policy(edition).seeded(settlement.delivery.0),
    );
    let state = next.map_err(|impossible| StoreError::Damaged {
        what: impossible.to_string(),
    })?;
    let sql = "UPDATE delivery SET state = ?1, refusals = ?2, retry_at = ?3, reason = ?4, changed_at = ?5, untold = ?1 = 'in_doubt' \
               WHERE id = ?6";
    let mut update = transaction.prepare_cached(sql).doing("settle a letter")?;
    let at = settlement.at.as_microsecond();
    let row = params![
        state.name(),
        refusals,
        codec::retry_at(state),
        settlement.reason,
        at,
        settlement.delivery.0
    ];
    update.execute(row).doing("settle a letter")?;
    settle_attempt(transaction, settlement, event, state)?;
    note_refusal(transaction, run, settlement, state)?;
    match has_more {
        true => Ok(do_afterwards(transaction, settlement.delivery, settlement.at)?.or(Some(state))),
        false => Ok(Some(state)),
    }
}

/// Whether this attempt and those before it, [`BROKEN_OFF`] in a row, all came back untaken after the relay had agreed to the sender:
/// trouble of the relay's own would have shown earlier.
fn is_broken_off_again(transaction: &Transaction<'_>, settlement: &Settlement) -> Result<bool, StoreError> {
    if settlement.stage.is_none_or(|stage| stage <= Stage::Mail) {
        return Ok(false);
    }
    let sql = "SELECT count(*) FROM attempt WHERE delivery = ?1 AND number < ?2 AND number >= ?2 - ?3 \
               AND outcome = 'not_taken' AND stage IN ('rcpt', 'data', 'end of data')";
    let mut count = transaction.prepare_cached(sql).doing("settle a letter")?;
    let before = BROKEN_OFF - 1;
    let found: u32 = count
        .query_row((settlement.delivery.0, settlement.attempt, before), |row| row.get(0))
        .doing("settle a letter")?;
    Ok(found == before)
}

/// How often the relay has put this letter off in words: what it broke off again and again was put off by us, and counts towards no
/// end.
fn spoken_refusals(transaction: &Transaction<'_>, settlement: &Settlement, put_off: u32) -> Result<u32, StoreError> {
    if put_off == 0 {
        return Ok(0);
    }
    let sql = "SELECT count(*) FROM attempt WHERE delivery = ? AND outcome = 'deferred' AND code IS NOT NULL";
    let mut count = transaction.prepare_cached(sql).doing("settle a letter")?;
    let spoken: u32 = count
        .query_row([settlement.delivery.0], |row| row.get(0))
        .doing("settle a letter")?;
    Ok(spoken.min(put_off))
}

fn settle_attempt(transaction: &Transaction<'_>, settlement: &Settlement, event: Event, state: State) -> Result<(), StoreError> {
    let sql = "UPDATE attempt SET settled_at = ?, outcome = ?, stage = ?, code = ?, enhanced = ?, reply = ?, relay = ? \
               WHERE delivery = ? AND number = ?";
    let mut update = transaction.prepare_cached(sql).doing("settle an attempt")?;
    let reply = settlement.reply.as_ref();
    let outcome = match event {
        Event::NotTaken => "not_taken",
        _ => state.name(),
    };
    let row = params![
        settlement.at.as_microsecond(),
        outcome,
        settlement.stage.map(Stage::name),
        reply.map(|reply| reply.code),
        reply.and_then(|reply| reply.enhanced).map(|code| code.to_string()),
        reply.map_or(settlement.reason.as_deref(), |reply| Some(reply.text.as_str())),
        settlement.relay,
        settlement.delivery.0,
        settlement.attempt,
    ];
    update.execute(row).doing("settle an attempt").map(|_| ())
}

/// Asks everything that could forbid an attempt, in this very transaction (laws 6 and 12).
fn admit(transaction: &Transaction<'_>, intent: &Intent, cap: &Caps) -> Result<Grant, StoreError> {
    let refused = refusal(transaction, intent, cap)?;
    if refused == Some(Grant::Suppressed) {
        let left = Decision {
            event: Event::Suppress,
            by: By::Rule,
            reason: Some("left after the edition was frozen"),
            at: intent.at,
        };
        decide(transaction, "id = ?1", &intent.delivery.0, &left)?;
    }
    Ok(refused.unwrap_or(Grant::Given))
}

/// Grants one attempt and writes it down.
fn begin(transaction: &Transaction<'_>, run: RunId, intent: &Intent, cap: &Caps) -> Result<Grant, StoreError> {
    let grant = admit(transaction, intent, cap)?;
    if grant != Grant::Given {
        return Ok(grant);
    }
    let sql = "UPDATE delivery SET state = 'sending', attempt = ?2, run = ?3, retry_at = NULL, reason = NULL, \
               dated = coalesce(dated, ?4), changed_at = ?5 WHERE id = ?1";
    let mut update = transaction.prepare_cached(sql).doing("begin a letter")?;
    let (dated, at) = (intent.dated.as_microsecond(), intent.at.as_microsecond());
    update
        .execute((intent.delivery.0, intent.attempt, run.0, dated, at))
        .doing("begin a letter")?;
    let sql = "INSERT INTO attempt (delivery, number, run, begun_at) VALUES (?, ?, ?, ?)";
    let mut insert = transaction.prepare_cached(sql).doing("begin a letter")?;
    insert
        .execute((intent.delivery.0, intent.attempt, run.0, at))
        .doing("begin a letter")?;
    Ok(Grant::Given)
}

fn refusal(transaction: &Transaction<'_>, intent: &Intent, cap: &Caps) -> Result<Option<Grant>, StoreError> {
    let sql = format!(
        "SELECT d.state, d.retry_at, p.hash, edition.lists, edition.status = 'released' AND edition.held IS NULL AND {CAMPAIGN_HOLD} IS NULL \
         AND coalesce(edition.expires_at > ?3, TRUE), edition.id FROM delivery d JOIN person p ON p.id = d.person \
         JOIN edition ON edition.id = d.edition WHERE d.id = ?1 AND d.attempt = ?2 - 1 AND d.orders = ?4"
    );
    let mut find = transaction.prepare_cached(&sql).doing("begin a letter")?;
    let found = find.query_row(
        (intent.delivery.0, intent.attempt, intent.at.as_microsecond(), intent.orders),
        |row| {
            let lists: String = row.get(3)?;
            Ok((
                row.get::<_, String>(0)?,
                row.get::<_, Option<i64>>(1)?,
                row.get::<_, [u8; 32]>(2)?,
                lists,
                row.get::<_, bool>(4)?,
                row.get::<_, i64>(5)?,
            ))
        },
    );
    let Some((word, retry_at, hash, lists, open, edition)) = found.optional().doing("begin a letter")? else {
        return Ok(Some(Grant::Moved));
    };
    let state = codec::state(&word, retry_at)?;
    if step(state, Event::Begin, intent.at, &RetryPolicy::default()).is_err() {
        return Ok(Some(Grant::Moved));
    }
    if !open {
        return Ok(Some(Grant::Held));
    }
    if says_no(transaction, intent, &lists)? {
        return Ok(Some(Grant::Suppressed));
    }
    let standing = standing_suppressions(transaction, &hash)?;
    if !standing.is_empty() {
        let lists: Vec<String> = serde_json::from_str(&lists).map_err(|error| StoreError::Damaged { what: error.to_string() })?;
        if standing.iter().any(|suppression| suppression.concerns(&lists)) {
            return Ok(Some(Grant::Suppressed));
        }
    }
    let is_too_soon = is_crowded(transaction, intent.delivery, cap(edition), intent.at)?;
    Ok(is_too_soon.then_some(Grant::TooSoon))
}

/// Whether a list of the edition says by now that the person wants no mail: frozen is what they get, not that they want it.
fn says_no(transaction: &Transaction<'_>, intent: &Intent, lists: &str) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM delivery d JOIN membership m ON m.person = d.person JOIN list l ON l.id = m.list \
               WHERE d.id = ?1 AND m.answer = 'no' AND m.left_at IS NULL AND l.name IN (SELECT value FROM json_each(?2)))";
    let mut find = transaction.prepare_cached(sql).doing("begin a letter")?;
    find.query_row((intent.delivery.0, lists), |row| row.get(0))
        .doing("begin a letter")
}
