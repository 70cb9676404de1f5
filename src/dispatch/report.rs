//! The report: one run in numbers, and every letter that needs a person by name.

use crate::address::Address;
use crate::clock::Clock;
use crate::delivery::state::State;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many letters a report names; all of them stand in the log.
const NAMED: usize = 1000;

/// Why a run ended before all its work was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The relay is away, asks for patience or has had enough for today: run again later.
    RelayForNow {
        /// What it said or did.
        why: String,
    },
    /// Something that a person has to mend first; nobody was touched by it.
    FixFirst {
        /// What it was.
        why: String,
        /// How to mend it.
        hint: String,
    },
    /// How the relay treats the letters together needs a person's eye: the rest is on hold by rule until somebody says `release`.
    Hold {
        /// What happened to how many of how many.
        why: String,
        /// What to look at and how to go on.
        hint: String,
        /// Whether something has to be mended before anybody gets theirs.
        fix_first: bool,
        /// Whether every edition would meet the same: then all of them wait.
        all: bool,
    },
    /// The journal could not be written: nothing more may leave.
    Store {
        /// What failed.
        why: String,
    },
    /// A signal asked the run to end.
    Signal {
        /// Whether a person at the terminal did.
        interrupt: bool,
    },
    /// As many letters as may leave for now have left; the next run goes on.
    Quota {
        /// What is used up, how many wait, and when the next may leave.
        why: String,
    },
    /// All that is left is outside its hours; a run inside them goes on.
    Hours {
        /// How many wait for what, and when they go on.
        why: String,
    },
    /// The time that the run was given is over; the next run goes on.
    Time {
        /// How much time it was.
        why: String,
    },
    /// As many letters as `--limit` allows have left.
    Limit {
        /// The limit.
        limit: u64,
    },
}

impl Stop {
    /// How much it asks of a person. Whoever interrupts wants the rest to wait, whatever else is wrong.
    fn gravity(&self) -> u8 {
        match self {
            Stop::Limit { .. } => 0,
            Stop::Quota { .. } | Stop::Hours { .. } | Stop::Time { .. } => 1,
            Stop::Signal { interrupt: false } | Stop::RelayForNow { .. } => 2,
            Stop::FixFirst { .. } => 3,
            Stop::Signal { interrupt: true } => 4,
            Stop::Hold { .. } => 5,
            Stop::Store { .. } => 6,
        }
    }
}

/// The moment from which on a run begins no letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// The moment.
    pub at: Timestamp,
    /// What is told of a run that it ended.
    pub why: String,
}

/// A letter that needs a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Whose.
    pub address: Address,
    /// Where it stands.
    pub state: State,
    /// What was said.
    pub why: String,
}

/// What a run has done so far; shared by all its connections and by the progress bar.
#[derive(Debug, Default)]
pub struct Tallying {
    settled: AtomicU64,
    accepted: AtomicU64,
    deadline: Option<(Clock, Deadline)>,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    states: BTreeMap<&'static str, u64>,
    named: Vec<Named>,
    stop: Option<Stop>,
    held_meanwhile: Vec<(String, u64, String)>,
    unmade: u64,
    no_more: u64,
}

impl Tallying {
    /// The tallying of a run that may begin letters until its deadline, by this clock.
    pub fn until(clock: Clock, deadline: Option<Deadline>) -> Self {
        Self {
            deadline: deadline.map(|deadline| (clock, deadline)),
            ..Self::default()
        }
    }

    /// Counts a settled letter; one that came back untaken has no outcome yet and may get one in this very run.
    pub fn settled(&self, address: &Address, state: State, why: &str) {
        if state == State::Pending {
            return;
        }
        self.settled.fetch_add(1, Ordering::Relaxed);
        if state == State::Accepted {
            self.accepted.fetch_add(1, Ordering::Relaxed);
        }
        let mut inner = self.inner();
        *inner.states.entry(state.name()).or_default() += 1;
        if state.needs_a_person() && inner.named.len() < NAMED {
            inner.named.push(Named {
                address: address.clone(),
                state,
                why: why.to_owned(),
            });
        }
    }

    /// Notes a reason to stop. A graver one takes the place of a lighter one; of equals the first stays, since later ones follow from
    /// it. Only of the store's failures the last one tells most: a connection sees that the journal has stopped, the journal knows why.
    pub fn stop(&self, stop: Stop) {
        let mut inner = self.inner();
        let noted = inner.stop.as_ref().map(Stop::gravity);
        if noted.is_none_or(|noted| noted < stop.gravity() || matches!(stop, Stop::Store { .. })) {
            inner.stop = Some(stop);
        }
    }

    /// Notes that an edition was put on hold while it went out.
    pub fn held_meanwhile(&self, article: &str, waiting: u64, reason: &str) {
        self.inner()
            .held_meanwhile
            .push((article.to_owned(), waiting, reason.to_owned()));
    }

    /// Notes that an edition was put on hold because its letters cannot be made: nobody decided that, so somebody has to look.
    pub fn held_unmade(&self, article: &str, waiting: u64, reason: &str) {
        self.held_meanwhile(article, waiting, reason);
        self.inner().unmade += waiting;
    }

    /// Notes how many addresses are written to no more, by what this run has met.
    pub fn written_to_no_more(&self, addresses: u64) {
        self.inner().no_more += addresses;
    }

    /// Whether the run is to end.
    pub fn is_stopped(&self) -> bool {
        if let Some((clock, deadline)) = &self.deadline
            && clock.now() >= deadline.at
        {
            let why = deadline.why.clone();
            self.stop(Stop::Time { why });
        }
        self.inner().stop.is_some()
    }

    /// Why the run is to end, if it is.
    pub fn reason_to_stop(&self) -> Option<Stop> {
        self.inner().stop.clone()
    }

    /// How many letters have an outcome, and how many of them were accepted.
    pub fn progress(&self) -> (u64, u64) {
        (self.settled.load(Ordering::Relaxed), self.accepted.load(Ordering::Relaxed))
    }

    /// The report.
    pub fn report(&self) -> Report {
        let inner = self.inner();
        Report {
            states: inner.states.clone(),
            named: inner.named.clone(),
            stop: inner.stop.clone(),
            held_meanwhile: inner.held_meanwhile.clone(),
            unmade: inner.unmade,
            no_more: inner.no_more,
        }
    }

    fn inner(&self) -> std::sync::MutexGuard<'_, Inner> {
        // A poisoned lock means a connection panicked while counting: the numbers are still the best there are.
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// One run in numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// How many letters came to stand where, by state.
    pub states: BTreeMap<&'static str, u64>,
    /// The letters that need a person, up to a thousand of them.
    pub named: Vec<Named>,
    /// Why it ended early, if it did.
    pub stop: Option<Stop>,
    /// The editions that were put on hold while they went out: article, letters waiting, reason.
    pub held_meanwhile: Vec<(String, u64, String)>,
    /// How many letters of these editions wait because they cannot be made.
    pub unmade: u64,
    /// How many addresses have refused often enough to be written to no more.
    pub no_more: u64,
}

impl Report {
    /// How many letters came to stand in the state of this name.
    pub fn of(&self, state: &str) -> u64 {
        self.states.get(state).copied().unwrap_or(0)
    }

    /// How many letters need a person.
    pub fn need_a_person(&self) -> u64 {
        ["failed", "held", "in_doubt", "expired"]
            .into_iter()
            .map(|state| self.of(state))
            .sum::<u64>()
            + self.unmade
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_reason_is_told_and_of_equals_the_first() {
        let why = |why: &str| why.to_owned();
        let fix = |text: &str| Stop::FixFirst {
            why: why(text),
            hint: String::new(),
        };
        let check = |stops: &[Stop], expected: &Stop| {
            let tallying = Tallying::default();
            stops.iter().cloned().for_each(|stop| tallying.stop(stop));
            assert_eq!(tallying.reason_to_stop().as_ref(), Some(expected), "{stops:?}");
        };
        let (first, second) = (Stop::Store { why: why("stopped") }, Stop::Store { why: why("disk full") });
        check(&[fix("a"), fix("b")], &fix("a"));
        check(&[Stop::Limit { limit: 1 }, fix("login")], &fix("login"));
        check(&[Stop::Signal { interrupt: false }, first.clone(), second.clone()], &second);
        check(&[first.clone(), fix("a")], &first);
        check(
            &[Stop::Signal { interrupt: true }, fix("a")],
            &Stop::Signal { interrupt: true },
        );
    }

    #[test]
    fn a_deadline_that_has_come_stops_a_run_and_a_graver_reason_is_told_before_it() {
        let now: Timestamp = "2027-01-05T09:00:00Z".parse().unwrap();
        let clock = Clock::playing(now);
        let until = |minutes: i64| {
            let deadline = Deadline {
                at: now + jiff::SignedDuration::from_mins(minutes),
                why: "its time is over".to_owned(),
            };
            Tallying::until(clock, Some(deadline))
        };
        assert!(!until(60).is_stopped(), "an hour is left");
        assert!(!Tallying::until(clock, None).is_stopped(), "nobody gave it a time");
        let over = until(0);
        assert!(over.is_stopped());
        let time = Stop::Time {
            why: "its time is over".to_owned(),
        };
        assert_eq!(over.reason_to_stop(), Some(time));
        over.stop(Stop::Signal { interrupt: false });
        assert!(over.is_stopped());
        assert_eq!(over.reason_to_stop(), Some(Stop::Signal { interrupt: false }));
    }
}
