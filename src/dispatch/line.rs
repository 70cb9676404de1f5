//! The line: what all connections of a pass share: the shelf of composed letters, the journal, the pace, the relay's patience.
//!
//! Promises: a letter leaves the shelf only when pace and allowance let it; a relay that gets nothing done is asked a few times, not
//! for ever. Knows nothing of how letters are read and composed, nor of what a [`Lane`](super::lane::Lane) does with them.

use super::breaker::Breaker;
use super::hours::Gate;
use super::pace::Pace;
use super::quota::{Promise, Quota};
use super::report::{Stop, Tallying};
use super::verdict::stop_for_trouble;
use super::worker::{Route, Unfit};
use crate::address::Address;
use crate::clock::Clock;
use crate::letter::Letter;
use crate::relay::outcome::Trouble;
use crate::relay::socket::{self, Connection};
use crate::store::DeliveryId;
use crate::store::journal::{Intent, Journal};
use jiff::Timestamp;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Connections in a row that got nothing done before the relay counts as away.
const BARREN: u32 = 3;
/// So many times in a row a relay may hang up behind a whole letter before somebody has to look.
const LOST: u32 = 3;

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

    /// Takes one letter's leave, if there is any left.
    pub(super) fn take(&self) -> bool {
        let taken = self.left.fetch_sub(1, Ordering::SeqCst) > 0;
        if !taken {
            self.give_back();
        }
        taken
    }

    /// Why a run ends that has no leave left, if it has none.
    pub(super) fn used_up(&self) -> Option<Stop> {
        let limit = self.limit.filter(|_| self.left.load(Ordering::SeqCst) <= 0)?;
        Some(Stop::Limit { limit })
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
    /// Times in a row that connections were lost behind a whole letter, with nothing else to show.
    lost: AtomicU32,
    /// Whether what happens to many letters together is still each one's own matter.
    pub(super) breaker: Breaker,
}

impl Patience {
    /// The relay has taken a letter.
    pub(super) fn is_rewarded(&self) {
        self.barren.store(0, Ordering::SeqCst);
        self.lost.store(0, Ordering::SeqCst);
    }
}

/// A composed letter on its way to a connection.
pub(super) struct Ready {
    pub(super) delivery: DeliveryId,
    pub(super) attempt: u32,
    pub(super) orders: u32,
    pub(super) dated: Timestamp,
    pub(super) letter: Letter,
    /// The room that is kept for it until it is counted.
    #[expect(dead_code, reason = "kept for as long as the letter is on its way")]
    pub(super) promise: Promise,
}

impl Ready {
    /// The question whether it may leave.
    pub(super) fn intent(&self, at: Timestamp) -> Intent {
        Intent {
            delivery: self.delivery,
            attempt: self.attempt,
            orders: self.orders,
            dated: self.dated,
            at,
        }
    }
}

/// What all connections of a pass share.
pub(super) struct Line {
    pub(super) journal: Journal,
    pub(super) letters: async_channel::Receiver<Ready>,
    pub(super) route: Route,
    pub(super) pace: Arc<Pace>,
    pub(super) quota: Arc<Quota>,
    pub(super) clock: Clock,
    /// When letters may leave.
    pub(super) hours: Gate,
    pub(super) allowance: Arc<Allowance>,
    pub(super) tallying: Arc<Tallying>,
    pub(super) unfit: Mutex<Unfit>,
    pub(super) patience: Arc<Patience>,
    /// Letters that nobody took and that still wait.
    pub(super) returned: AtomicU64,
    /// Connections that are open or being opened.
    pub(super) open: AtomicU32,
    /// The edition was put on hold, its time is over, or its hours are.
    pub(super) held: AtomicBool,
    /// A letter was ready and `--limit` did not let it leave.
    pub(super) turned_away: AtomicBool,
}

impl Line {
    /// Whether nothing new may begin.
    pub(super) fn is_closed(&self) -> bool {
        self.tallying.is_stopped() || self.held.load(Ordering::SeqCst) || self.is_shut()
    }

    /// Whether the hours are over in which this edition's letters may leave: what waits for its turn goes on waiting, for another run.
    fn is_shut(&self) -> bool {
        let is_shut = !self.hours.is_open(self.clock.now());
        if is_shut {
            self.close();
        }
        is_shut
    }

    /// The hold is the whole edition's: nobody composes or asks for the rest of it.
    pub(super) fn close(&self) {
        self.held.store(true, Ordering::SeqCst);
        self.letters.close();
    }

    /// Takes one letter's leave. That there is none is no stop yet: letters that have theirs may still come back.
    pub(super) fn take_leave(&self) -> bool {
        let taken = self.allowance.take();
        if !taken {
            self.turned_away.store(true, Ordering::SeqCst);
        }
        taken
    }

    /// Counts a letter that has its leave and is about to go, if day and domain let it: otherwise it waits, and others may go.
    pub(super) fn count(&self, ready: &Ready) -> bool {
        let spent = self.quota.take(ready.letter.to.domain(), self.clock.now()).err();
        let may_leave = spent.is_none();
        if let Some(spent) = spent {
            self.allowance.give_back();
            self.quota.leave(spent);
        }
        may_leave
    }

    /// A letter that did not leave does not count.
    pub(super) fn take_back(&self, to: &Address) {
        self.allowance.give_back();
        self.quota.give_back(to.domain());
    }

    /// A new connection; `None` when this connection's life is over.
    pub(super) async fn connect(&self) -> Option<Connection> {
        loop {
            self.open.fetch_add(1, Ordering::SeqCst);
            match socket::open(&self.route.server).await {
                Ok(connection) => return Some(connection),
                Err(trouble) => {
                    self.open.fetch_sub(1, Ordering::SeqCst);
                    self.endure(&trouble).await?;
                }
            }
        }
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

    pub(super) async fn part(&self, connection: Connection) {
        self.open.fetch_sub(1, Ordering::SeqCst);
        connection.quit().await;
    }

    /// A connection has nothing to show but letters that came back: several in a row, and the relay is as good as away.
    pub(super) fn note_barren(&self, last: &str) {
        if self.patience.barren.fetch_add(1, Ordering::SeqCst) + 1 >= BARREN {
            self.tallying.stop(Stop::RelayForNow {
                why: match last {
                    "" => format!("the relay broke off {BARREN} letters in a row"),
                    last => format!("the relay took none of the last {BARREN} letters: {last}"),
                },
            });
        }
    }

    /// How many times in a row the relay has hung up behind whole letters: what a connection remembers of its beginning.
    pub(super) fn losses(&self) -> u32 {
        self.patience.lost.load(Ordering::SeqCst)
    }

    /// A connection was lost behind a whole letter, and that is all there is to tell of it. Once is bad luck, on however many lines at
    /// a time; again and again it would put the whole list in doubt, whatever cron does. Only who connected after the last loss counts.
    pub(super) fn note_lost(&self, losses_before: u32) {
        let counted = self
            .patience
            .lost
            .compare_exchange(losses_before, losses_before + 1, Ordering::SeqCst, Ordering::SeqCst);
        if counted.is_ok() && losses_before + 1 >= LOST {
            self.tallying.stop(Stop::Hold {
                why: format!("the relay hung up {LOST} times in a row behind a whole letter, without an answer"),
                hint: "nobody can know from here whether it takes them: look into its log, or ask the provider; `tidings resolve CAMPAIGN` \
                       settles the doubts, `tidings release CAMPAIGN` lets the others go"
                    .to_owned(),
                fix_first: false,
                all: true,
            });
        }
    }
}
