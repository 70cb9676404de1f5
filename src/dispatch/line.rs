//! The line: what all connections of a pass share, and the life of each of them.
//!
//! Promises: a letter is handed to the relay only after the journal has granted it; the outcome of a connection's last letter goes to
//! the journal together with the intent of its next (law 4), or alone while no letter is ready; when a run stops, open replies are
//! awaited and nothing new begins. Knows nothing of how letters are read and composed.

use super::pace::Pace;
use super::report::{Stop, Tallying};
use super::verdict::{judge, stop_for_trouble};
use super::worker::{Route, Unfit};
use crate::address::Address;
use crate::clock::Clock;
use crate::delivery::state::Event;
use crate::letter::Letter;
use crate::relay::conversation::Envelope;
use crate::relay::outcome::Trouble;
use crate::relay::socket::{self, Connection};
use crate::store::DeliveryId;
use crate::store::journal::{Entry, Grant, Intent, Journal, Recorded, Settlement};
use jiff::Timestamp;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Connections in a row that got nothing done before the relay counts as away.
const BARREN: u32 = 3;

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

    pub(super) fn take(&self) -> Result<(), Stop> {
        if self.left.fetch_sub(1, Ordering::SeqCst) > 0 {
            return Ok(());
        }
        self.left.fetch_add(1, Ordering::SeqCst);
        Err(Stop::Limit {
            limit: self.limit.unwrap_or(u64::MAX),
        })
    }

    pub(super) fn give_back(&self) {
        self.left.fetch_add(1, Ordering::SeqCst);
    }
}

/// How the relay has treated a run so far, over all its connections, passes and editions: begun anew with each pass, a relay that
/// breaks off one letter each time would be asked for ever.
#[derive(Debug, Default)]
pub struct Patience {
    /// Connections in a row that got nothing done.
    barren: AtomicU32,
    refused_in_a_row: AtomicU32,
}

/// A composed letter on its way to a connection.
pub(super) struct Ready {
    pub(super) delivery: DeliveryId,
    pub(super) attempt: u32,
    pub(super) orders: u32,
    pub(super) dated: Timestamp,
    pub(super) letter: Letter,
}

/// What all connections of a pass share.
pub(super) struct Line {
    pub(super) journal: Journal,
    pub(super) letters: async_channel::Receiver<Ready>,
    pub(super) route: Route,
    pub(super) pace: Pace,
    pub(super) clock: Clock,
    pub(super) allowance: Arc<Allowance>,
    pub(super) tallying: Arc<Tallying>,
    pub(super) unfit: Mutex<Unfit>,
    pub(super) patience: Arc<Patience>,
    /// Letters that nobody took and that still wait.
    pub(super) returned: AtomicU64,
    /// Connections that are open or being opened.
    pub(super) open: AtomicU32,
    /// The edition was put on hold, or its time is over.
    pub(super) held: AtomicBool,
}

/// An open connection and how much it has got done.
struct Link {
    connection: Connection,
    letters: u32,
    /// Whether a letter got an outcome since the connection was opened, or since one came back untaken.
    is_fruitful: bool,
}

/// An outcome that is not written yet, and whom to name when it is.
struct Unwritten {
    settlement: Settlement,
    to: Address,
    why: String,
}

impl Line {
    /// The life of one connection.
    pub(super) async fn work(self: Arc<Self>) {
        let (mut link, mut last) = (None, None);
        while let Some(ready) = self.next_letter(&mut last).await {
            let Some(open) = self.connected(&mut link).await else {
                self.returned.fetch_add(1, Ordering::SeqCst);
                break;
            };
            self.pace.turn().await;
            if self.tallying.is_stopped() || self.allowance.take().map_err(|stop| self.tallying.stop(stop)).is_err() {
                break;
            }
            match self.record(last.take(), Some(&ready)).await {
                Some(Grant::Given) => last = Some(self.hand_over(open, ready).await),
                Some(Grant::Suppressed | Grant::Moved) => self.allowance.give_back(),
                Some(Grant::Held) => {
                    self.allowance.give_back();
                    // The hold is the whole edition's: nobody composes or asks for the rest of it.
                    self.held.store(true, Ordering::SeqCst);
                    self.letters.close();
                }
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
        if self.tallying.is_stopped() || self.held.load(Ordering::SeqCst) {
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
            self.open.fetch_add(1, Ordering::SeqCst);
            match socket::open(&self.route.server).await {
                Ok(connection) => {
                    *link = Some(Link {
                        connection,
                        letters: 0,
                        is_fruitful: false,
                    });
                }
                Err(trouble) => {
                    self.open.fetch_sub(1, Ordering::SeqCst);
                    self.endure(&trouble).await?;
                }
            }
        }
        link.as_mut()
    }

    /// Waits a moment after trouble, or gives up: at once when others are connected or on the way (the relay may allow fewer), or when it must be
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
        let barren = self.patience.barren.fetch_add(1, Ordering::SeqCst) + 1;
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
        let refused_before = self.patience.refused_in_a_row.load(Ordering::SeqCst);
        let verdict = judge(&outcome, &letter.to, refused_before);
        link.letters += 1;
        match verdict.event {
            Event::NotTaken => self.came_back(link, verdict.stop.is_none()),
            Event::Accept => {
                link.is_fruitful = true;
                self.patience.barren.store(0, Ordering::SeqCst);
                self.patience.refused_in_a_row.store(0, Ordering::SeqCst);
            }
            _ => link.is_fruitful = true,
        }
        if verdict.refused {
            self.patience.refused_in_a_row.fetch_add(1, Ordering::SeqCst);
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

    /// Counts a letter that came back untaken. Where that is all a connection has to show, several in a row mean that the relay is as
    /// good as away; a relay that takes one letter a connection and then hangs up is none of those.
    fn came_back(&self, link: &mut Link, goes_on: bool) {
        self.allowance.give_back();
        self.returned.fetch_add(1, Ordering::SeqCst);
        let is_barren = !std::mem::take(&mut link.is_fruitful);
        if is_barren && goes_on && self.patience.barren.fetch_add(1, Ordering::SeqCst) + 1 >= BARREN {
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
            orders: ready.orders,
            dated: ready.dated,
            at,
        });
        let (settle, named) = last.map(|last| (last.settlement, (last.to, last.why))).unzip();
        match self.journal.record(Entry { settle, begin }).await {
            Ok(Recorded { settled, begun }) => {
                if let (Some((to, why)), Some(state)) = (named, settled) {
                    self.tallying.settled(&to, state, &why);
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
