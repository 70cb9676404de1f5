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
use super::compiled::Texts;
use super::feeder::{Fed, Feeder, PAGE, Promised};
use super::hours::Gate;
use super::lane::Lane;
use super::line::{Allowance, Line, Patience, Ready};
use super::pace::Pace;
use super::quota::{Limits, Promise, Quota};
use super::report::Tallying;
use crate::address::Address;
use crate::campaign::schedule::Hours;
use crate::clock::Clock;
use crate::letter::Stamp;
use crate::letter::compile::Compiled;
use crate::letter::compose::ComposeError;
use crate::letter::sign::Signer;
use crate::relay::server::Server;
use crate::store::cap::Cap;
use crate::store::claim::Claim;
use crate::store::journal::Journal;
use crate::store::keys::Keys;
use crate::store::{DeliveryId, EditionId, Store, StoreError};
use jiff::Timestamp;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Letters that stand composed and wait for a connection.
const SHELF: usize = 128;

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
    /// How many letters a day, and to one domain.
    pub limits: Limits,
    /// Who signs what goes this way, where that is us.
    pub signer: Option<Arc<Signer>>,
}

/// One edition's letters, to be handed over.
pub struct Errand<'a> {
    /// The store that knows which letters wait.
    pub store: &'a Store,
    /// The edition.
    pub edition: EditionId,
    /// Its texts, compiled from the frozen sources.
    pub compiled: Arc<Texts>,
    /// The way to the relay.
    pub route: &'a Route,
    /// The time.
    pub clock: Clock,
    /// When its letters may leave; none is at any time.
    pub hours: Option<Hours>,
    /// Within how many days a person gets one letter.
    pub cap: Option<Cap>,
    /// What may still leave under `--limit`.
    pub allowance: Arc<Allowance>,
    /// How the relay has treated this run so far.
    pub patience: Arc<Patience>,
    /// How fast letters may follow each other.
    pub pace: Arc<Pace>,
    /// How many letters may leave.
    pub quota: Arc<Quota>,
    /// Counts and names what happens.
    pub tallying: Arc<Tallying>,
}

/// A letter that could not be composed after its edition was proved: its person's data or the program changed.
pub type Unfit = Vec<(DeliveryId, Address, ComposeError)>;

/// Hands over the letters of one edition that wait and are due, until none does or the run has to stop.
///
/// # Errors
/// When the store cannot be read or the letters' threads cannot be started. A failed *write* is no error here: it is a stop.
pub async fn deliver(errand: &Errand<'_>, journal: &Journal) -> Result<Unfit, DispatchError> {
    let mut unfit = Unfit::new();
    let mut after = DeliveryId(0);
    loop {
        let pass = Pass::start(errand, journal, after)?;
        let line = Arc::clone(&pass.line);
        let (returned, faulty, fed) = pass.finish().await?;
        unfit.extend(faulty);
        // Only now nothing is under way that could give its leave back.
        let is_turned_away = line.turned_away.load(Ordering::SeqCst);
        if let Some(stop) = errand.allowance.used_up().filter(|_| is_turned_away) {
            errand.tallying.stop(stop);
            return Ok(unfit);
        }
        // Letters that a broken connection gave back are tried again at once; the barren count ends this when the relay is away.
        let next = match (returned, fed.overflow) {
            (0, overflow) => overflow,
            (_, _) => Some(DeliveryId(0)),
        };
        if let (0, Some(spent)) = (returned, fed.spent) {
            errand.quota.leave(spent);
            return Ok(unfit);
        }
        match next {
            Some(next) if !errand.tallying.is_stopped() => after = next,
            Some(_) | None => return Ok(unfit),
        }
    }
}

/// One walk over the letters that wait.
struct Pass {
    line: Arc<Line>,
    feeder: std::thread::JoinHandle<Result<Fed, StoreError>>,
    composers: Vec<std::thread::JoinHandle<()>>,
    connections: tokio::task::JoinSet<()>,
}

impl Pass {
    fn start(errand: &Errand<'_>, journal: &Journal, after: DeliveryId) -> Result<Self, DispatchError> {
        let (claims_in, claims) = async_channel::bounded(PAGE as usize);
        let (letters_in, letters) = async_channel::bounded(SHELF);
        let line = Arc::new(Line {
            journal: journal.clone(),
            letters,
            route: errand.route.clone(),
            pace: Arc::clone(&errand.pace),
            quota: Arc::clone(&errand.quota),
            clock: errand.clock,
            hours: Gate::of(errand.hours.clone()),
            allowance: Arc::clone(&errand.allowance),
            tallying: Arc::clone(&errand.tallying),
            unfit: Mutex::default(),
            patience: Arc::clone(&errand.patience),
            returned: AtomicU64::new(0),
            open: AtomicU32::new(0),
            held: AtomicBool::new(false),
            turned_away: AtomicBool::new(false),
        });
        let feeder = start_feeder(errand, &line, after, claims_in)?;
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let composers = (0..threads).map(|_| start_composer(errand, &line, claims.clone(), letters_in.clone()));
        let composers = composers.collect::<Result<_, _>>().inspect_err(|_| {
            // Those that did start would wait for a connection, and the journal for them.
            line.letters.close();
        })?;
        let mut connections = tokio::task::JoinSet::new();
        for _ in 0..errand.route.connections.max(1) {
            connections.spawn(Lane::new(Arc::clone(&line)).work());
        }
        Ok(Self {
            line,
            feeder,
            composers,
            connections,
        })
    }

    /// Waits for all parts to end; gives how many letters came back untaken, who is unfit, and how far the feeder came.
    async fn finish(mut self) -> Result<(u64, Unfit, Fed), DispatchError> {
        let mut broken = false;
        while let Some(ended) = self.connections.join_next().await {
            broken |= ended.is_err();
        }
        // Nobody takes letters any more: composers and feeder find their queues closed.
        self.line.letters.close();
        for composer in self.composers {
            composer.join().map_err(|_| DispatchError::Thread {
                what: "composing letters",
            })?;
        }
        let fed = self.feeder.join().map_err(|_| DispatchError::Thread {
            what: "reading waiting letters",
        })??;
        if broken {
            return Err(DispatchError::Thread {
                what: "speaking with the relay",
            });
        }
        let unfit = std::mem::take(&mut *self.line.unfit.lock().unwrap_or_else(PoisonError::into_inner));
        // What is on hold has not come back: it waits for a person, not for another walk.
        match self.line.held.load(Ordering::SeqCst) {
            true => Ok((0, unfit, Fed::default())),
            false => Ok((self.line.returned.load(Ordering::SeqCst), unfit, fed)),
        }
    }
}

/// Reads waiting letters page by page; ends when there are no more, none may leave or nobody wants them.
fn start_feeder(
    errand: &Errand<'_>,
    line: &Arc<Line>,
    after: DeliveryId,
    claims: async_channel::Sender<Promised>,
) -> Result<std::thread::JoinHandle<Result<Fed, StoreError>>, DispatchError> {
    let line = Arc::clone(line);
    let feeder = Feeder {
        store: errand.store.reader()?,
        edition: errand.edition,
        after,
        clock: errand.clock,
        hours: Gate::of(errand.hours.clone()),
        cap: errand.cap.clone(),
        quota: Arc::clone(&errand.quota),
        tallying: Arc::clone(&errand.tallying),
        claims,
        is_wanted: Box::new(move || !line.letters.is_closed()),
    };
    spawn("feeder", move || feeder.feed())
}

fn start_composer(
    errand: &Errand<'_>,
    line: &Arc<Line>,
    claims: async_channel::Receiver<Promised>,
    letters: async_channel::Sender<Ready>,
) -> Result<std::thread::JoinHandle<()>, DispatchError> {
    let (compiled, keys, line) = (Arc::clone(&errand.compiled), errand.store.keys().clone(), Arc::clone(line));
    spawn("composer", move || {
        while let Ok((claim, promise)) = claims.recv_blocking() {
            // What was not read when the walk began waits for the next one.
            let Some(text) = compiled.text(claim.text) else { continue };
            match compose(text, &keys, &claim, line.clock, promise) {
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

fn compose(compiled: &Compiled, keys: &Keys, claim: &Claim, clock: Clock, promise: Promise) -> Result<Ready, ComposeError> {
    // The header has whole seconds; keeping just those makes every attempt the same bytes.
    let now = clock.now();
    let dated = claim
        .dated
        .unwrap_or_else(|| Timestamp::from_second(now.as_second()).unwrap_or(now));
    let stamp = Stamp {
        message_id: keys.message_id(claim.delivery, claim.generation, claim.orders),
        date: dated,
    };
    let letter = compiled.compose(&claim.recipient, &stamp)?;
    Ok(Ready {
        delivery: claim.delivery,
        attempt: claim.attempt,
        orders: claim.orders,
        dated,
        letter,
        promise,
    })
}
