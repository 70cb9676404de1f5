//! What the relay's limits mean for letters that wait: said by `plan`, `send` and `status` with the same words.

use super::failure::Failure;
use super::sending::limits;
use crate::campaign::schedule::Hours;
use crate::dispatch::forecast::{Coming, Gate, Outlook, forecast, told};
use crate::dispatch::quota::{Limits, Quota};
use crate::store::usage::Usage;
use crate::store::{EditionId, Store};
use crate::workspace::settings::{RelaySettings, Settings};
use jiff::Timestamp;
use std::sync::Arc;

/// The relay's limits, and what has left through this store lately.
pub(super) struct Limited {
    limits: Limits,
    per_second: Option<f64>,
    usage: Usage,
    now: Timestamp,
}

impl Limited {
    /// How things stand; none where no relay is named.
    pub(super) fn by(store: &Store, settings: &Settings, now: Timestamp) -> Result<Option<Self>, Failure> {
        let Some(relay) = &settings.relay else { return Ok(None) };
        let RelaySettings { per_second, .. } = relay;
        let limits = limits(relay, settings);
        let usage = store.usage(&limits.question(), now)?;
        Ok(Some(Self {
            per_second: *per_second,
            limits,
            usage,
            now,
        }))
    }

    fn quota(&self) -> Quota {
        Quota::new(self.limits.clone(), self.usage.clone())
    }

    /// How many letters may leave before the last 24 hours are used up; `None` is no limit.
    pub(super) fn remaining(&self) -> Option<u64> {
        self.quota().remaining(self.now)
    }

    /// What is used up for everybody, in words.
    pub(super) fn spent(&self, waiting: u64) -> Option<String> {
        let quota = self.quota();
        let spent = quota.is_open_to_anybody(self.now).err()?;
        Some(quota.told(&spent, waiting, self.now))
    }

    /// How these editions would go out, and the same in a few words.
    pub(super) fn outlooks(&self, editions: &[Coming]) -> Vec<Option<(Outlook, Option<String>)>> {
        let quota = self.quota();
        let gate = Gate {
            quota: &quota,
            per_second: self.per_second,
            zone: &self.limits.zone,
        };
        let outlooks = forecast(&gate, self.usage.last_at, editions, self.now);
        let with_words = |outlook: Outlook| {
            let words = told(&gate, &outlook);
            (outlook, words)
        };
        outlooks.into_iter().map(|outlook| outlook.map(with_words)).collect()
    }

    /// An edition that begins at `from`, as the forecast sees it.
    pub(super) fn coming(
        &self,
        store: &Store,
        edition: EditionId,
        from: Timestamp,
        expires_at: Option<Timestamp>,
        hours: Option<Hours>,
    ) -> Result<Coming, Failure> {
        let letters: Vec<Arc<str>> = store.domains_waiting(edition)?;
        Ok(Coming {
            from: from.max(self.now),
            expires_at,
            hours,
            letters,
        })
    }

    /// The clinic's clock.
    pub(super) fn told_moment(&self, at: Timestamp) -> String {
        crate::dispatch::quota::told_moment(at, &self.limits.zone)
    }
}
