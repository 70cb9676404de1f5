//! The worker: claim → compose → intent → send → settle, over several connections at once.
//!
//! ```text
//! feeder (thread) ─claims─▶ composers (threads) ─letters─▶ connections (tasks) ─entries─▶ journal (thread)
//! ```
//!
//! Every arrow is a bounded queue, so memory does not grow with the list. A letter leaves only after the journal has granted it; a
//! connection hands the outcome of its last letter in together with the intent of its next (law 4). What is in the queues when a run
//! stops was never begun and stays pending.

use super::DispatchError;
use super::pace::Pace;
use super::report::{Stop, Tallying};
use super::verdict::{judge, stop_for_trouble};
use crate::address::Address;
use crate::clock::Clock;
use crate::delivery::state::Event;
use crate::letter::compile::Compiled;
use crate::letter::compose::ComposeError;
use crate::letter::{Letter, Stamp};
use crate::relay::conversation::Envelope;
use crate::relay::outcome::Trouble;
use crate::relay::server::Server;
use crate::relay::socket::{self, Connection};
use crate::store::claim::Claim;
use crate::store::journal::{Entry, Grant, Intent, Journal, Recorded, Settlement};
use crate::store::keys::Keys;
use crate::store::{DeliveryId, EditionId, Store, StoreError};
use jiff::Timestamp;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Claims read from the store at a time.
const PAGE: u32 = 256;
/// Letters that stand composed and wait for a connection.
const SHELF: usize = 64;
/// Connections in a row that got nothing done before the relay counts as away.
const BARREN: u32 = 3;

/// The way to the relay, and how fast we may go.
#[derive(Debug, Clone)]
pub struct Route {
    /// The relay.
    pub server: Server,
    /// How many connections at once.
    pub connections: usize,
    /// How many letters before a connection says goodbye; `None` is no limit.
    pub per_connection: Option<u32>,
    /// How many letters a second, over all connections; `None` is as fast as it goes.
    pub per_second: Option<f64>,
}

/// One edition's letters, to be handed over.
pub struct Errand<'a> {
    /// The store that knows which letters wait.
    pub store: &'a Store,
    /// The edition.
    pub edition: EditionId,
    /// Its text, compiled from the frozen sources.
    pub compiled: Arc<Compiled>,
    /// The way to the relay.
    pub route: &'a Route,
    /// The time.
    pub clock: Clock,
    /// What may still leave under `--limit`.
    pub allowance: Arc<Allowance>,
    /// Counts and names what happens.
    pub tallying: Arc<Tallying>,
}

/// How many letters may still leave.
#[derive(Debug)]
pub struct Allowance {
    limit: Option<u64>,
    left: AtomicI64,
}

impl Allowance {
    /// `limit` letters; `None` is as many as there are.
    pub fn new(limit: Option<u64>) -> Self {
        Self {
            limit,
            left: AtomicI64::new(limit.map_or(i64::MAX, |limit| i64::try_from(limit).unwrap_or(i64::MAX))),
        }
    }

    fn take(&self) -> Result<(), Stop> {
        if self.left.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        self.left.fetch_add(1, Ordering::SeqCst);
        Err(Stop::Limit {
            limit: self.limit.unwrap_or(u64::MAX),
        })
    }

    fn give_back(&self) {
        self.left.fetch_add(1, Ordering::SeqCst);
    }
}

/// A composed letter on its way to a connection.
struct Ready {
    delivery: DeliveryId,
    attempt: u32,
    dated: Timestamp,
    letter: Letter,
}

/// A letter that could not be composed after its edition was proved: its person's data or the program changed.
pub type Unfit = Vec<(DeliveryId, Address, ComposeError)>;

/// Hands over the letters of one edition that wait and are due, until none does or the run has to stop.
///
/// # Errors
/// When the store cannot be read or the letters' threads cannot be started. A failed *write* is no error here: it is a stop.
pub async fn deliver(errand: &Errand<'_>, journal: &Journal) -> Result<Unfit, DispatchError> {
    let mut unfit = Unfit::new();
    loop {
        let pass = Pass::start(errand, journal)?;
        let (returned, faulty) = pass.finish().await?;
        unfit.extend(faulty);
        // Letters that a broken connection gave back are tried again at once; the barren count ends this when the relay is away.
        if returned == 0 || errand.tallying.is_stopped() {
            return Ok(unfit);
        }
    }
}

/// One walk over the letters that wait.
struct Pass {
    line: Arc<Line>,
    feeder: std::thread::JoinHandle<Result<(), StoreError>>,
    composers: Vec<std::thread::JoinHandle<()>>,
    connections: tokio::task::JoinSet<()>,
}

/// What all connections of a pass share.
struct Line {
    journal: Journal,
    letters: async_channel::Receiver<Ready>,
    route: Route,
    pace: Pace,
    clock: Clock,
    allowance: Arc<Allowance>,
    tallying: Arc<Tallying>,
    unfit: Mutex<Unfit>,
    returned: AtomicU64,
    barren: AtomicU32,
    refused_in_a_row: AtomicU32,
    open: AtomicU32,
}

impl Pass {
    fn start(errand: &Errand<'_>, journal: &Journal) -> Result<Self, DispatchError> {
        let (claims_in, claims) = async_channel::bounded(PAGE as usize);
        let (letters_in, letters) = async_channel::bounded(SHELF);
        let line = Arc::new(Line {
            journal: journal.clone(),
            letters,
            route: errand.route.clone(),
            pace: Pace::new(errand.route.per_second),
            clock: errand.clock,
            allowance: Arc::clone(&errand.allowance),
            tallying: Arc::clone(&errand.tallying),
            unfit: Mutex::default(),
            returned: AtomicU64::new(0),
            barren: AtomicU32::new(0),
            refused_in_a_row: AtomicU32::new(0),
            open: AtomicU32::new(0),
        });
        let feeder = start_feeder(errand, claims_in)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let composers = (0..threads).map(|_| start_composer(errand, &line, claims.clone(), letters_in.clone()));
        let composers = composers.collect::<Result<_, _>>()?;
        let mut connections = tokio::task::JoinSet::new();
        for _ in 0..errand.route.connections.max(1) {
            connections.spawn(Arc::clone(&line).work());
        }
        Ok(Self {
            line,
            feeder,
            composers,
            connections,
        })
    }

    /// Waits for all parts to end; gives how many letters came back untaken.
    async fn finish(mut self) -> Result<(u64, Unfit), DispatchError> {
        while self.connections.join_next().await.is_some() {}
        // Nobody takes letters any more: composers and feeder find their queues closed.
        self.line.letters.close();
        for composer in self.composers {
            composer.join().map_err(|_| DispatchError::Thread {
                what: "composing letters",
            })?;
        }
        self.feeder.join().map_err(|_| DispatchError::Thread {
            what: "reading waiting letters",
        })??;
        let unfit = std::mem::take(&mut *self.line.unfit.lock().unwrap_or_else(PoisonError::into_inner));
        Ok((self.line.returned.load(Ordering::SeqCst), unfit))
    }
}

/// Reads waiting letters page by page; ends when there are no more or nobody wants them.
fn start_feeder(
    errand: &Errand<'_>,
    claims: async_channel::Sender<Claim>,
) -> Result<std::thread::JoinHandle<Result<(), StoreError>>, DispatchError> {
    let (store, edition, clock) = (errand.store.reader()?, errand.edition, errand.clock);
    let tallying = Arc::clone(&errand.tallying);
    spawn("feeder", move || {
        let mut after = DeliveryId(0);
        loop {
            let page = store.claims(edition, after, clock.now(), PAGE)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.delivery;
            for claim in page {
                if tallying.is_stopped() || claims.send_blocking(claim).is_err() {
                    return Ok(());
                }
            }
        }
    })
}

fn start_composer(
    errand: &Errand<'_>,
    line: &Arc<Line>,
    claims: async_channel::Receiver<Claim>,
    letters: async_channel::Sender<Ready>,
) -> Result<std::thread::JoinHandle<()>, DispatchError> {
    let (compiled, keys, line) = (Arc::clone(&errand.compiled), errand.store.keys().clone(), Arc::clone(line));
    spawn("composer", move || {
        while let Ok(claim) = claims.recv_blocking() {
            match compose(&compiled, &keys, &claim, line.clock) {
                Ok(ready) => {
                    if letters.send_blocking(ready).is_err() {
                        return;
                    }
                }
                Err(error) => {
                    let mut unfit = line.unfit.lock().unwrap_or_else(PoisonError::into_inner);
                    unfit.push((claim.delivery, claim.recipient.address, error));
                }
            }
        }
    })
}

fn spawn<T: Send + 'static>(
    name: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<std::thread::JoinHandle<T>, DispatchError> {
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    started.map_err(|_| DispatchError::Thread { what: name })
}

fn compose(compiled: &Compiled, keys: &Keys, claim: &Claim, clock: Clock) -> Result<Ready, ComposeError> {
    // The header has whole seconds; keeping just those makes every attempt the same bytes.
    let now = clock.now();
    let dated = claim
        .dated
        .unwrap_or_else(|| Timestamp::from_second(now.as_second()).unwrap_or(now));
    let stamp = Stamp {
        message_id: keys.message_id(claim.delivery, 1, claim.orders),
        date: dated,
    };
    let letter = compiled.compose(&claim.recipient, &stamp)?;
    Ok(Ready {
        delivery: claim.delivery,
        attempt: claim.attempt,
        dated,
        letter,
    })
}

/// An open connection and how much it has got done.
struct Link {
    connection: Connection,
    letters: u32,
}

/// An outcome that is not written yet, and whom to name when it is.
struct Unwritten {
    settlement: Settlement,
    to: Address,
    why: String,
}

impl Line {
    /// The life of one connection.
    async fn work(self: Arc<Self>) {
        let (mut link, mut last) = (None, None);
        while let Some(ready) = self.next_letter(&mut last).await {
            let Some(open) = self.connected(&mut link).await else { break };
            self.pace.turn().await;
            if self.tallying.is_stopped() || self.allowance.take().map_err(|stop| self.tallying.stop(stop)).is_err() {
                break;
            }
            match self.record(last.take(), Some(&ready)).await {
                Some(Grant::Given) => last = Some(self.hand_over(open, ready).await),
                Some(Grant::Suppressed | Grant::Held | Grant::Moved) => self.allowance.give_back(),
                None => break,
            }
            let spent = |link: &Link| self.route.per_connection.is_some_and(|most| link.letters >= most);
            if let Some(done) = link.take_if(|link| !link.connection.is_usable() || spent(link)) {
                self.part(done).await;
            }
        }
        self.record(last.take(), None).await;
        if let Some(open) = link {
            self.part(open).await;
        }
    }

    /// The next composed letter; while none is ready the last outcome is written instead of waiting with it.
    async fn next_letter(&self, last: &mut Option<Unwritten>) -> Option<Ready> {
        if self.tallying.is_stopped() {
            return None;
        }
        if let Ok(ready) = self.letters.try_recv() {
            return Some(ready);
        }
        if last.is_some() {
            self.record(last.take(), None).await;
        }
        self.letters.recv().await.ok()
    }

    /// The open connection, or a new one; `None` when this connection's life is over.
    async fn connected<'a>(&self, link: &'a mut Option<Link>) -> Option<&'a mut Link> {
        while link.is_none() {
            match socket::open(&self.route.server).await {
                Ok(connection) => {
                    self.open.fetch_add(1, Ordering::SeqCst);
                    *link = Some(Link { connection, letters: 0 });
                }
                Err(trouble) => self.endure(&trouble).await?,
            }
        }
        link.as_mut()
    }

    /// Waits a moment after trouble, or gives up: at once when others are connected (the relay may allow fewer), or when it must be
    /// mended first.
    async fn endure(&self, trouble: &Trouble) -> Option<()> {
        let stop = stop_for_trouble(trouble);
        if matches!(stop, Stop::FixFirst { .. }) {
            self.tallying.stop(stop);
            return None;
        }
        if self.open.load(Ordering::SeqCst) > 0 {
            return None;
        }
        let barren = self.barren.fetch_add(1, Ordering::SeqCst) + 1;
        if barren >= BARREN {
            self.tallying.stop(stop);
        }
        if self.tallying.is_stopped() {
            return None;
        }
        tokio::time::sleep(Duration::from_secs(1 << barren.min(6))).await;
        Some(())
    }

    async fn part(&self, link: Link) {
        self.open.fetch_sub(1, Ordering::SeqCst);
        link.connection.quit().await;
    }

    /// Hands one granted letter to the relay and judges what came of it.
    async fn hand_over(&self, link: &mut Link, ready: Ready) -> Unwritten {
        let letter = &ready.letter;
        let envelope = Envelope {
            from: &letter.from,
            to: &letter.to,
            bytes: &letter.bytes,
        };
        let outcome = link.connection.post(&envelope).await;
        let verdict = judge(&outcome, &letter.to, self.refused_in_a_row.load(Ordering::SeqCst));
        link.letters += 1;
        match verdict.event {
            Event::NotTaken => self.came_back(verdict.stop.is_none()),
            Event::Accept => {
                self.barren.store(0, Ordering::SeqCst);
                self.refused_in_a_row.store(0, Ordering::SeqCst);
            }
            _ => {}
        }
        if verdict.refused {
            self.refused_in_a_row.fetch_add(1, Ordering::SeqCst);
        }
        let why = verdict
            .reply
            .as_ref()
            .map(ToString::to_string)
            .or_else(|| verdict.reason.clone())
            .unwrap_or_default();
        if let Some(stop) = verdict.stop {
            self.tallying.stop(stop);
        }
        let settlement = Settlement {
            delivery: ready.delivery,
            attempt: ready.attempt,
            event: verdict.event,
            reply: verdict.reply,
            reason: verdict.reason,
            relay: link.connection.relay_name().to_owned(),
            at: self.clock.now(),
        };
        Unwritten {
            settlement,
            to: ready.letter.to,
            why,
        }
    }

    /// Counts a letter that came back untaken; too many in a row, and the relay is as good as away.
    fn came_back(&self, goes_on: bool) {
        self.returned.fetch_add(1, Ordering::SeqCst);
        if goes_on && self.barren.fetch_add(1, Ordering::SeqCst) + 1 >= BARREN {
            self.tallying.stop(Stop::RelayForNow {
                why: format!("the relay broke off {BARREN} letters in a row"),
            });
        }
    }

    /// Writes the last outcome and the next intent; `None` where no intent was asked for, or where the journal has failed.
    async fn record(&self, last: Option<Unwritten>, next: Option<&Ready>) -> Option<Grant> {
        if last.is_none() && next.is_none() {
            return None;
        }
        let at = self.clock.now();
        let begin = next.map(|ready| Intent {
            delivery: ready.delivery,
            attempt: ready.attempt,
            dated: ready.dated,
            at,
        });
        let entry = Entry {
            settle: last.as_ref().map(|last| last.settlement.clone()),
            begin,
        };
        match self.journal.record(entry).await {
            Ok(Recorded { settled, begun }) => {
                if let (Some(last), Some(state)) = (last, settled) {
                    self.tallying.settled(&last.to, state, &last.why);
                }
                begun
            }
            Err(error) => {
                self.tallying.stop(Stop::Store { why: error.to_string() });
                None
            }
        }
    }
}
