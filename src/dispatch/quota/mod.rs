//! Quota: how many letters may leave in a day and to one domain, and when the next one may.
//!
//! Promises: what left before counts, as the store's attempts tell it; windows roll, so no limit is used twice around midnight; a
//! letter to a domain that is used up keeps nobody else waiting; a new sender begins small. All connections of a run share one quota.
//! Knows nothing of relays and letters: it counts.

mod warm_up;
mod window;
mod words;

#[cfg(test)]
mod tests;

pub use words::told_moment;

use crate::store::usage::{DAY, Question, Usage};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use warm_up::WarmUp;
use window::{Opening, Window};

/// A run waits this long for the next letter; for more the next run is there.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_secs(60);

const MINUTE: SignedDuration = SignedDuration::from_secs(60);

/// How many letters may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// In any 24 hours; `None` is no limit.
    pub per_day: Option<u32>,
    /// To one domain in any minute.
    pub per_domain_per_minute: Option<u32>,
    /// To one domain in any 24 hours.
    pub per_domain_per_day: Option<u32>,
    /// Whether a store that is new to sending begins small.
    pub warm_up: bool,
    /// By whose clock moments are told.
    pub zone: TimeZone,
}

/// A limit that is used up, and when the next letter may leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spent {
    /// The day's letters.
    Day {
        /// When the next may leave.
        until: Timestamp,
    },
    /// The letters to one domain: other domains' may leave.
    Domain {
        /// The domain.
        domain: String,
        /// When the next may leave.
        until: Timestamp,
    },
    /// The letters of a day of the first week.
    WarmUp {
        /// When the next may leave.
        until: Timestamp,
    },
}

impl Spent {
    /// When the next letter may leave.
    pub fn until(&self) -> Timestamp {
        match self {
            Spent::Day { until } | Spent::Domain { until, .. } | Spent::WarmUp { until } => *until,
        }
    }

    /// Whether a run waits for it rather than end.
    pub fn is_soon(&self, now: Timestamp) -> bool {
        self.until().duration_since(now) <= LONGEST_WAIT
    }
}

impl Limits {
    /// No limit at all, as for a rehearsal.
    pub fn none() -> Self {
        Self {
            per_day: None,
            per_domain_per_minute: None,
            per_domain_per_day: None,
            warm_up: false,
            zone: TimeZone::UTC,
        }
    }

    /// What has to be known of the letters that left before.
    pub fn question(&self) -> Question {
        let most = self.per_day.unwrap_or(0);
        let domains = match (self.per_domain_per_day, self.per_domain_per_minute) {
            (Some(_), _) => Some(DAY),
            (None, Some(_)) => Some(MINUTE),
            (None, None) => None,
        };
        Question {
            letters: if self.warm_up { most.max(warm_up::MOST) } else { most },
            domains,
        }
    }

    fn count_the_day(&self) -> bool {
        self.per_day.is_some() || self.warm_up
    }

    fn count_domains(&self) -> bool {
        self.per_domain_per_minute.is_some() || self.per_domain_per_day.is_some()
    }
}

/// The count of a run, shared by all its connections.
#[derive(Debug)]
pub struct Quota {
    limits: Limits,
    books: Mutex<Books>,
}

#[derive(Debug)]
struct Books {
    day: Window,
    domains: HashMap<String, Window>,
    warm_up: Option<WarmUp>,
    left: Option<Spent>,
}

/// Whether a letter may be got ready.
#[derive(Debug)]
pub enum Offer {
    /// It may, and there will be room for it.
    Promised(Promise),
    /// All the room is promised to letters that are on their way; some may come back.
    Soon,
    /// Not before a moment.
    Spent(Spent),
}

/// Room that is kept for one letter on its way to a connection; dropped, it is free again.
#[derive(Debug)]
pub struct Promise {
    quota: Arc<Quota>,
    domain: String,
}

impl Drop for Promise {
    fn drop(&mut self) {
        let mut books = self.quota.books();
        books.day.withdraw();
        if let Some(window) = books.domains.get_mut(&self.domain) {
            window.withdraw();
        }
    }
}

impl Quota {
    /// These limits, with what has left before.
    pub fn new(limits: Limits, usage: Usage) -> Self {
        let domains = usage.domains.into_iter().map(|(domain, sent)| (domain, Window::of(sent)));
        let books = Books {
            day: Window::of(usage.letters),
            domains: domains.collect(),
            warm_up: limits.warm_up.then(|| WarmUp::since(usage.first_at)),
            left: None,
        };
        Self {
            limits,
            books: Mutex::new(books),
        }
    }

    /// Counts one letter to `domain` that leaves now.
    ///
    /// # Errors
    /// When it may not.
    pub fn take(&self, domain: &str, now: Timestamp) -> Result<(), Spent> {
        let mut books = self.books();
        self.room(&books, domain, now, false).map_or(Ok(()), Err)?;
        if let Some(warm_up) = &mut books.warm_up {
            warm_up.begin(now);
        }
        if self.limits.count_the_day() {
            books.day.add(now, DAY);
        }
        if self.limits.count_domains() {
            books.domain(domain).add(now, DAY);
        }
        Ok(())
    }

    /// Takes a letter off the count that the relay certainly did not take.
    pub fn give_back(&self, domain: &str) {
        let mut books = self.books();
        books.day.take_back();
        if let Some(window) = books.domains.get_mut(domain) {
            window.take_back();
        }
    }

    /// Whether a letter to `domain` may leave now.
    ///
    /// # Errors
    /// When it may not.
    pub fn is_open(&self, domain: &str, now: Timestamp) -> Result<(), Spent> {
        self.room(&self.books(), domain, now, false).map_or(Ok(()), Err)
    }

    /// Whether any letter may leave now, whoever it is for.
    ///
    /// # Errors
    /// When none may.
    pub fn is_open_to_anybody(&self, now: Timestamp) -> Result<(), Spent> {
        self.day(&self.books(), now, false)
            .map_or(Ok(()), Err)
            .map_err(|shut| shut.spent(now))
    }

    /// Whether there is room for letters beyond those that have a promise, whoever they are for.
    pub fn is_open_to_more(&self, now: Timestamp) -> bool {
        self.day(&self.books(), now, true).is_none()
    }

    /// Keeps room for a letter to `domain` that is to be got ready; only [`Quota::take`] counts it.
    pub fn offer(self: &Arc<Self>, domain: &str, now: Timestamp) -> Offer {
        let mut books = self.books();
        match self.shut(&books, domain, now, true) {
            Some(Shut::Soon) => Offer::Soon,
            Some(Shut::Spent(spent)) => Offer::Spent(spent),
            None => {
                books.day.promise();
                if self.limits.count_domains() {
                    books.domain(domain).promise();
                }
                Offer::Promised(Promise {
                    quota: Arc::clone(self),
                    domain: domain.to_owned(),
                })
            }
        }
    }

    /// Notes that letters are left to a later run.
    pub fn leave(&self, spent: Spent) {
        let is_domains = |spent: &Spent| matches!(spent, Spent::Domain { .. });
        let mut books = self.books();
        books.left = Some(match books.left.take() {
            // What is used up for all says more than what one domain waits for; of equals the one that opens first.
            Some(noted) if (is_domains(&noted), noted.until()) <= (is_domains(&spent), spent.until()) => noted,
            Some(_) | None => spent,
        });
    }

    /// The limit that letters were left to a later run for.
    pub fn left(&self) -> Option<Spent> {
        self.books().left.clone()
    }

    /// How many letters may leave within the 24 hours until now; `None` is no limit.
    pub fn remaining(&self, now: Timestamp) -> Option<u64> {
        let books = self.books();
        let cap = books.warm_up.as_ref().and_then(|warm_up| warm_up.cap(now));
        let most = self.limits.per_day.into_iter().chain(cap).min()?;
        Some(u64::from(most).saturating_sub(books.day.count(DAY, now) as u64))
    }

    fn room(&self, books: &Books, domain: &str, now: Timestamp, promised: bool) -> Option<Spent> {
        self.shut(books, domain, now, promised).map(|shut| shut.spent(now))
    }

    /// What keeps a letter to `domain` from leaving; the limits of all come before a domain's.
    fn shut(&self, books: &Books, domain: &str, now: Timestamp, promised: bool) -> Option<Shut> {
        self.day(books, now, promised).or_else(|| {
            let window = books.domains.get(domain)?;
            let limits = [
                (self.limits.per_domain_per_minute, MINUTE),
                (self.limits.per_domain_per_day, DAY),
            ];
            let shut = limits.into_iter().filter_map(|(most, span)| {
                let domain = domain.to_owned();
                Shut::by(window.opening(most?, span, now, promised), |until| Spent::Domain {
                    domain,
                    until,
                })
            });
            Shut::longest(shut)
        })
    }

    fn day(&self, books: &Books, now: Timestamp, promised: bool) -> Option<Shut> {
        let per_day = self.limits.per_day.map(|most| books.day.opening(most, DAY, now, promised));
        let per_day = per_day.and_then(|opening| Shut::by(opening, |until| Spent::Day { until }));
        let warm_up = books
            .warm_up
            .as_ref()
            .map(|warm_up| warm_up.opening(&books.day, now, promised));
        let warm_up = warm_up.and_then(|opening| Shut::by(opening, |until| Spent::WarmUp { until }));
        Shut::longest(per_day.into_iter().chain(warm_up))
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // Whoever panicked while counting left whole numbers behind.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Books {
    fn domain(&mut self, domain: &str) -> &mut Window {
        if !self.domains.contains_key(domain) {
            self.domains.insert(domain.to_owned(), Window::default());
        }
        self.domains.entry(domain.to_owned()).or_default()
    }
}

/// A closed gate.
#[derive(Debug)]
enum Shut {
    /// Until it is known what became of the letters on their way.
    Soon,
    /// Until a moment.
    Spent(Spent),
}

impl Shut {
    fn by(opening: Opening, spent: impl FnOnce(Timestamp) -> Spent) -> Option<Self> {
        match opening {
            Opening::Now => None,
            Opening::Soon => Some(Shut::Soon),
            Opening::At(until) => Some(Shut::Spent(spent(until))),
        }
    }

    /// Of several closed gates the one that opens last; nobody knows when `Soon` is, so any moment is later.
    fn longest(gates: impl Iterator<Item = Self>) -> Option<Self> {
        gates.max_by_key(|gate| match gate {
            Shut::Soon => Timestamp::MIN,
            Shut::Spent(spent) => spent.until(),
        })
    }

    fn spent(self, now: Timestamp) -> Spent {
        match self {
            Shut::Soon => Spent::Day { until: now },
            Shut::Spent(spent) => spent,
        }
    }
}
