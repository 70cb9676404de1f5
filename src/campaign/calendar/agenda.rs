//! Agenda: what becomes of each occurrence in turn, if `run` is called as often as it should.

use crate::campaign::calendar::books::Books;
use crate::campaign::calendar::slots::Slot;
use crate::campaign::calendar::{Calendar, Reason, judged};
use crate::campaign::schedule::{Occurrence, Then};
use jiff::{SignedDuration, Timestamp};

/// One occurrence, and what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    /// When the schedule means it.
    pub occurrence: Occurrence,
    /// The article it takes, or would take if it began; none where none is left.
    pub article: Option<&'a str>,
    /// Whether the article is pinned to it.
    pub is_pinned: bool,
    /// What becomes of it.
    pub fate: Fate,
    /// No attempt begins after this moment.
    pub expires_at: Option<Timestamp>,
}

/// What becomes of an occurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its edition begins.
    Begins {
        /// The moment: the hours are open then.
        at: Timestamp,
        /// How late that is, where it is later than the campaign likes.
        late: Option<SignedDuration>,
        /// Whether a person has to decide because of it.
        is_held: bool,
    },
    /// Nothing begins; its article keeps its turn.
    Skipped {
        /// From which moment on.
        at: Timestamp,
        /// Why.
        reason: Reason,
    },
}

impl Entry<'_> {
    /// Whether nothing begins because no article is left.
    pub fn is_empty(&self) -> bool {
        matches!(
            self.fate,
            Fate::Skipped {
                reason: Reason::Empty,
                ..
            }
        )
    }

    /// The moment its edition begins, if it does.
    pub fn begins(&self) -> Option<Timestamp> {
        match self.fate {
            Fate::Begins { at, .. } => Some(at),
            Fate::Skipped { .. } => None,
        }
    }
}

impl<'a> Calendar<'a> {
    /// The fates of these open slots, which are in order, as they look at `now`.
    pub(super) fn fates(&self, books: &Books<'_, 'a, '_>, slots: Vec<Slot<'a>>, now: Timestamp) -> Vec<Entry<'a>> {
        let mut row = books.row().peekable();
        let followers: Vec<Option<Timestamp>> = slots
            .iter()
            .skip(1)
            .map(|slot| Some(slot.occurrence.at))
            .chain([None])
            .collect();
        let mut entries = Vec::with_capacity(slots.len());
        for (slot, next) in slots.into_iter().zip(followers) {
            let article = slot.pinned.or_else(|| row.peek().copied());
            let fate = self.fate(slot.occurrence.at, article.is_some(), next, now);
            if slot.pinned.is_none() && matches!(fate, Fate::Begins { .. }) {
                row.next();
            }
            entries.push(Entry {
                expires_at: self.expiry(slot.occurrence.at),
                occurrence: slot.occurrence,
                article,
                is_pinned: slot.pinned.is_some(),
                fate,
            });
        }
        entries
    }

    /// What becomes of an occurrence due at `due`, seen from `now`; `next` is the moment of the one behind it.
    fn fate(&self, due: Timestamp, has_article: bool, next: Option<Timestamp>, now: Timestamp) -> Fate {
        let over = self.over(due, next);
        if let Some((at, reason)) = over.filter(|(at, _)| *at <= now) {
            let reason = if has_article { reason } else { Reason::Empty };
            return Fate::Skipped { at, reason };
        }
        let allowed = self.allowed(due);
        if !has_article {
            let waited = allowed.unwrap_or(due).checked_add(self.campaign.late.by).ok();
            let at = [over.map(|(at, _)| at), waited].into_iter().flatten().min();
            let reason = Reason::Empty;
            return Fate::Skipped {
                at: at.unwrap_or(Timestamp::MAX),
                reason,
            };
        }
        let begin = match allowed {
            Some(allowed) if now >= allowed => self.hours.opens(now),
            other => other,
        };
        match (begin, over) {
            (Some(begin), over) if over.is_none_or(|(at, _)| begin < at) => self.begin(begin, allowed.unwrap_or(begin)),
            (_, Some((at, reason))) => Fate::Skipped { at, reason },
            // Hours that never open are a finding, and whoever opens them lets it go on.
            (_, None) => Fate::Skipped {
                at: Timestamp::MAX,
                reason: Reason::Expired,
            },
        }
    }

    /// From when on an occurrence can begin no more, whatever the hours are, and why.
    fn over(&self, due: Timestamp, next: Option<Timestamp>) -> Option<(Timestamp, Reason)> {
        match (self.expiry(due), next) {
            (Some(expiry), Some(next)) if next < expiry => Some((next, Reason::Overtaken)),
            (Some(expiry), _) => Some((expiry, Reason::Expired)),
            (None, Some(next)) => Some((next, Reason::Overtaken)),
            (None, None) => None,
        }
    }

    fn begin(&self, at: Timestamp, allowed: Timestamp) -> Fate {
        let late = at.duration_since(self.counted_from(allowed, at));
        let then = judged(self.campaign, late);
        match then {
            Some(Then::Skip) => Fate::Skipped {
                at,
                reason: Reason::Late,
            },
            Some(Then::Hold | Then::Send) | None => Fate::Begins {
                at,
                late: then.map(|_| late),
                is_held: then == Some(Then::Hold),
            },
        }
    }
}
