//! The feeder: reads the letters of an edition that wait, and lets on those that may leave.
//!
//! Promises: a letter is got ready only where the quota has room for it; a letter whose domain is used up is passed over, and the
//! others go on; a run waits for room that comes within a minute, and leaves the rest to the next one. Memory does not grow with the
//! list, and one walk reads each letter once: those that wait for their domain's minute stand aside, so many and no more.

#[cfg(test)]
mod tests;

use super::hours::Gate;
use super::quota::{Offer, Promise, Quota, Spent};
use super::report::Tallying;
use crate::clock::Clock;
use crate::store::cap::Cap;
use crate::store::claim::Claim;
use crate::store::{DeliveryId, EditionId, Store, StoreError};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

/// Claims read from the store at a time.
pub(super) const PAGE: u32 = 256;
/// Letters that stand aside until their domain has room.
const ASIDE: usize = 4096;
/// How long the queue of claims is left alone after it was full: so much longer it lasts anyhow.
const BREATH: Duration = Duration::from_millis(1);
/// How often somebody who waits looks whether it is still wanted.
const GLANCE: Duration = Duration::from_millis(50);

/// A claim with the room that is kept for it.
pub(super) type Promised = (Claim, Promise);

/// One walk over the letters that wait.
pub(super) struct Feeder {
    pub(super) store: Store,
    pub(super) edition: EditionId,
    /// Where the walk begins: behind this letter.
    pub(super) after: DeliveryId,
    pub(super) clock: Clock,
    /// When letters may leave.
    pub(super) hours: Gate,
    /// The time in which a person gets one letter, and which letters go first.
    pub(super) cap: Option<Cap>,
    pub(super) quota: Arc<Quota>,
    pub(super) tallying: Arc<Tallying>,
    pub(super) claims: async_channel::Sender<Promised>,
    /// Whether anybody still takes letters.
    pub(super) is_wanted: Box<dyn Fn() -> bool + Send>,
}

/// How a walk ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Fed {
    /// What is used up for everybody, where that ended the walk.
    pub(super) spent: Option<Spent>,
    /// The letter before the first that found no place to stand aside: another walk begins behind it.
    pub(super) overflow: Option<DeliveryId>,
}

/// Why a walk goes no further.
enum End {
    /// Nobody wants letters any more.
    Unwanted,
    /// Nothing may leave for longer than a run waits.
    Spent(Spent),
}

#[derive(Default)]
struct Aside {
    domains: BTreeMap<String, VecDeque<Claim>>,
    number: usize,
}

impl Feeder {
    /// Walks to the end of the edition, or as far as anything may leave.
    pub(super) fn feed(self) -> Result<Fed, StoreError> {
        let (mut fed, mut aside) = (Fed::default(), Aside::default());
        let walked = self.walk(&mut fed, &mut aside)?;
        let ended = walked.and_then(|()| self.wait_for(&mut aside));
        if let Err(End::Spent(spent)) = ended {
            fed.spent = Some(spent);
        }
        Ok(fed)
    }

    fn walk(&self, fed: &mut Fed, aside: &mut Aside) -> Result<Result<(), End>, StoreError> {
        let mut after = self.after;
        loop {
            let now = self.clock.now();
            let page = self.store.claims_under(self.cap.as_ref(), self.edition, after, now, PAGE)?;
            if page.is_empty() {
                return Ok(Ok(()));
            }
            for claim in page {
                let before = std::mem::replace(&mut after, claim.delivery);
                if let Err(end) = self.let_on(claim, before, fed, aside) {
                    return Ok(Err(end));
                }
            }
            if let Err(end) = self.let_on_those(aside) {
                return Ok(Err(end));
            }
            if !self.is_at_work() {
                return Ok(Err(End::Unwanted));
            }
        }
    }

    /// Lets one letter on, has it stand aside, or leaves it to a later run.
    fn let_on(&self, claim: Claim, before: DeliveryId, fed: &mut Fed, aside: &mut Aside) -> Result<(), End> {
        let spent = match self.offer(&claim)? {
            Ok(promise) => return self.send(claim, promise),
            Err(spent) => spent,
        };
        match spent {
            Some(spent) if !spent.is_soon(self.clock.now()) => self.quota.leave(spent),
            Some(_) | None if aside.number >= ASIDE => {
                fed.overflow.get_or_insert(before);
            }
            Some(_) | None => aside.put(claim),
        }
        Ok(())
    }

    /// A promise for this letter; or why its own domain has none, which may not be known yet. What is used up for all is waited for here.
    fn offer(&self, claim: &Claim) -> Result<Result<Promise, Option<Spent>>, End> {
        let domain = claim.recipient.address.domain();
        loop {
            let now = self.clock.now();
            match self.quota.offer(domain, now) {
                Offer::Promised(promise) => return Ok(Ok(promise)),
                Offer::Spent(spent @ Spent::Domain { .. }) => return Ok(Err(Some(spent))),
                Offer::Spent(spent) if spent.is_soon(now) => {
                    self.pause(spent.until().duration_since(now).try_into().unwrap_or_default())?;
                }
                Offer::Spent(spent) => return Err(End::Spent(spent)),
                Offer::Soon if self.quota.is_open_to_more(now) => return Ok(Err(None)),
                Offer::Soon => self.pause(GLANCE)?,
            }
        }
    }

    /// Lets those on that stand aside and whose domain has room again.
    fn let_on_those(&self, aside: &mut Aside) -> Result<(), End> {
        let domains: Vec<String> = aside.domains.keys().cloned().collect();
        for domain in domains {
            while let Some(claim) = aside.take(&domain) {
                match self.offer(&claim)? {
                    Ok(promise) => self.send(claim, promise)?,
                    Err(Some(spent)) if !spent.is_soon(self.clock.now()) => self.quota.leave(spent),
                    Err(_) => {
                        aside.put_back(claim);
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    /// At the end of the list: waits until nobody stands aside any more.
    fn wait_for(&self, aside: &mut Aside) -> Result<(), End> {
        while aside.number > 0 {
            self.pause(GLANCE)?;
            self.let_on_those(aside)?;
        }
        Ok(())
    }

    /// Where the queue is full, lets it run down a little once there is room: woken for each place in it, the feeder would cost more than
    /// what it reads.
    fn send(&self, claim: Claim, promise: Promise) -> Result<(), End> {
        let is_full = self.claims.is_full();
        let sent = match self.is_at_work() {
            true => self.claims.send_blocking((claim, promise)).map_err(|_| End::Unwanted),
            false => Err(End::Unwanted),
        };
        if is_full && sent.is_ok() {
            std::thread::sleep(BREATH);
        }
        sent
    }

    /// Waits, at most for a glance; whoever waits longer comes back.
    fn pause(&self, wait: Duration) -> Result<(), End> {
        std::thread::sleep(wait.clamp(Duration::from_millis(1), GLANCE));
        match self.is_at_work() {
            true => Ok(()),
            false => Err(End::Unwanted),
        }
    }

    fn is_at_work(&self) -> bool {
        self.hours.is_open(self.clock.now()) && !self.tallying.is_stopped() && !self.claims.is_closed() && (self.is_wanted)()
    }
}

impl Aside {
    fn put(&mut self, claim: Claim) {
        self.number += 1;
        let domain = claim.recipient.address.domain().to_owned();
        self.domains.entry(domain).or_default().push_back(claim);
    }

    fn put_back(&mut self, claim: Claim) {
        self.number += 1;
        let domain = claim.recipient.address.domain().to_owned();
        self.domains.entry(domain).or_default().push_front(claim);
    }

    fn take(&mut self, domain: &str) -> Option<Claim> {
        let claim = self.domains.get_mut(domain).and_then(VecDeque::pop_front);
        if claim.is_none() {
            self.domains.remove(domain);
        }
        self.number -= usize::from(claim.is_some());
        claim
    }
}
