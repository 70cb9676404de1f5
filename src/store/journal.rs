//! The journal: one writer thread that makes intents and outcomes durable, many at a time.
//!
//! Promises (laws 3-6, 12, 14): an answer comes only after the transaction is on the disk; outcomes and next intents of all
//! connections that wait share one transaction, which gathers while the one before it goes to the disk; a settlement that misses its
//! row fails alone; an intent is granted only if the delivery still waits, its edition is released and not held, its address is not
//! suppressed, its person got no other letter lately and gets no older one first *inside that same transaction*; after a failed write
//! nothing is granted any more. A letter can be *admitted* beforehand, by the same questions and without a trace: its commands may ride
//! behind another letter then, its body not before its intent is granted.

mod grant;
mod log;
mod settle;

use super::cap::{Cap, Caps};
use super::{DeliveryId, Doing, RunId, Store, StoreError};
use crate::delivery::reply::{Reply, Stage};
use crate::delivery::retry::RetryPolicy;
use crate::delivery::state::{Event, State};
use grant::Editions;
use jiff::Timestamp;
use log::{Batch, Log};
use rusqlite::{Connection, TransactionBehavior};
use settle::settle;
use std::path::Path;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

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

/// What the writer is called for.
#[derive(Debug)]
enum Call {
    /// Steps to take, and where their answers go.
    Entry(Vec<Step>, Answer),
    /// The last batch is on the disk, or will never be known to be.
    Synced(bool),
}

type Answer = oneshot::Sender<Vec<Recorded>>;

/// The door to the writer thread; clones share it.
#[derive(Debug, Clone)]
pub struct Journal {
    /// Unbounded: each connection has at most one entry in it.
    sender: mpsc::UnboundedSender<Call>,
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
        settle_in(&connection).doing("write the journal")?;
        let (sender, receiver) = mpsc::unbounded_channel();
        let desk = Desk {
            connection,
            log: Log::start(&store.dir, sender.downgrade())?,
            run,
            policy: Box::new(policy),
            cap: Box::new(cap),
        };
        let thread = spawn("journal", &store.dir, move || desk.work(receiver))?;
        Ok((Self { sender }, Writer { thread }))
    }

    /// Hands in steps, to be taken in their order and all in one transaction; the future waits until they are durable, and has an answer
    /// for each. They are taken whether it is awaited or not.
    ///
    /// # Errors
    /// When this or an earlier write failed: nothing more may leave then (law 14).
    pub fn record(&self, steps: Vec<Step>) -> impl Future<Output = Result<Vec<Recorded>, StoreError>> + use<> {
        let (answer, answered) = oneshot::channel();
        // A writer that has ended takes nothing, and the answer's way is dropped.
        let _ = self.sender.send(Call::Entry(steps, answer));
        async { answered.await.map_err(|_| StoreError::Stopped) }
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

/// What is the writer's own among the settings of a connection.
fn settle_in(connection: &Connection) -> rusqlite::Result<()> {
    // The log is synced behind each commit, by a thread of its own: nobody is answered before.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // What a statement might have to take back is noted in small pieces: SQLite takes 64 KiB from the allocator for each statement
    // otherwise and gives them back, and every thread of the process has to stop for that.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    // Each row that is written here names a letter that was found in the same transaction, and this very run; `doctor` asks all of them.
    connection.pragma_update(None, "foreign_keys", false)
}

fn spawn<T: Send + 'static>(
    name: &str,
    dir: &Path,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<JoinHandle<Result<T, StoreError>>, StoreError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    thread.map_err(|source| StoreError::File {
        doing: "start the writer of",
        path: dir.to_owned(),
        source,
    })
}

/// The writer's own connection and what it needs to judge outcomes.
struct Desk {
    connection: Connection,
    log: Log,
    run: RunId,
    policy: Box<dyn Fn(i64) -> RetryPolicy + Send>,
    cap: Box<Caps>,
}

/// The calls that wait for the writer.
struct Calls {
    receiver: mpsc::UnboundedReceiver<Call>,
    /// A batch is on its way to the disk.
    is_syncing: bool,
}

impl Desk {
    fn work(mut self, receiver: mpsc::UnboundedReceiver<Call>) -> Result<Commits, StoreError> {
        let mut calls = Calls {
            receiver,
            is_syncing: false,
        };
        let (mut commits, mut written) = (Commits::default(), Ok(()));
        while written.is_ok()
            && let Some(first) = calls.next_entry()
        {
            written = self.write(first, &mut calls).map(|batch| {
                commits.transactions += 1;
                commits.entries += batch.len() as u64;
                calls.is_syncing = true;
                self.log.sync(batch);
            });
        }
        calls.turn_away();
        // Whose sync failed knows why; the writer only knows that it did.
        let synced = self.log.finish();
        synced.and(written).map(|()| commits)
    }

    /// One transaction for all entries that come while the log is busy; any error of the store undoes all of them.
    fn write(&mut self, first: (Vec<Step>, Answer), calls: &mut Calls) -> Result<Batch, StoreError> {
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
        let (mut batch, mut next) = (Batch::new(), Some(first));
        while let Some((steps, answer)) = next {
            let answers = steps.iter().map(&mut take).collect::<Result<_, StoreError>>()?;
            batch.push((answer, answers));
            next = calls.another()?;
        }
        transaction.commit().doing("write the journal")?;
        Ok(batch)
    }
}

impl Calls {
    /// Takes nothing any more: whoever has called by now hears that the journal has stopped, and who calls later as well.
    ///
    /// Not by dropping the receiver alone: what is being sent in that moment would stay in the channel, unanswered.
    fn turn_away(mut self) {
        self.receiver.close();
        while self.receiver.blocking_recv().is_some() {}
    }

    /// Waits for the next entry; `None` when there will be none, or when nothing may be written any more.
    fn next_entry(&mut self) -> Option<(Vec<Step>, Answer)> {
        loop {
            match self.receiver.blocking_recv()? {
                Call::Entry(steps, answer) => return Some((steps, answer)),
                Call::Synced(true) => self.is_syncing = false,
                Call::Synced(false) => return None,
            }
        }
    }

    /// One more entry for a transaction that is open: waits for it as long as the log is busy.
    ///
    /// # Errors
    /// When the log could not be synced: what is open must not be committed then (law 14).
    fn another(&mut self) -> Result<Option<(Vec<Step>, Answer)>, StoreError> {
        loop {
            let call = match self.is_syncing {
                true => self.receiver.blocking_recv(),
                false => self.receiver.try_recv().ok(),
            };
            match call {
                Some(Call::Entry(steps, answer)) => return Ok(Some((steps, answer))),
                Some(Call::Synced(true)) => self.is_syncing = false,
                Some(Call::Synced(false)) => return Err(StoreError::Stopped),
                None => return Ok(None),
            }
        }
    }
}
