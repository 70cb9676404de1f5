//! The journal: one writer thread that makes intents and outcomes durable, many at a time.
//!
//! Promises (laws 3-6, 12, 14): an answer comes only after the transaction is on the disk; outcomes and next intents of all
//! connections that wait share one transaction; a settlement that misses its row fails alone; an intent is granted only if the
//! delivery still waits, its edition is released and not held, its address is not suppressed, its person got no other letter lately
//! and gets no older one first *inside that same transaction*; after
//! a failed write nothing is granted any more. A letter can be *admitted* beforehand, by the same questions and without a trace: its
//! commands may ride behind another letter then, its body not before its intent is granted.

mod grant;
mod settle;

use super::cap::{Cap, Caps};
use super::{DeliveryId, Doing, RunId, Store, StoreError};
use crate::delivery::reply::{Reply, Stage};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::state::{Event, State};
use grant::Editions;
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};
use settle::settle;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// How many entries one transaction takes at most: enough for every connection we open, few enough to keep a commit short.
const GROUP: usize = 512;

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
        let mut editions = Editions::under(&self.cap);
        let mut take = |step: &Step| match step {
            Step::Settle(settlement) => Ok(Recorded::Settled(settle(&transaction, self.run, settlement, &self.policy)?)),
            Step::Begin(intent) => Ok(Recorded::Granted(grant::begin(
                &transaction,
                self.run,
                intent,
                &mut editions,
            )?)),
            Step::Admit(intent) => Ok(Recorded::Granted(grant::admit(&transaction, intent, &mut editions)?)),
        };
        let answers = entries.map(|steps| steps.iter().map(&mut take).collect());
        let answers = answers.collect::<Result<_, StoreError>>()?;
        transaction.commit().doing("write the journal")?;
        Ok(answers)
    }
}
