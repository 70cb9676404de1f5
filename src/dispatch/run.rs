//! A run: closes the difference between what is wanted and what is recorded.
//!
//! First sends, resumes, retries and repeats are this one walk: released editions that have letters waiting, oldest due first, each
//! with the text it was released with.

use super::DispatchError;
use super::breaker;
use super::hours::{Timetable, resumption};
use super::line::{Allowance, Patience};
use super::pace::Pace;
use super::prepare::thaw;
use super::quota::{Limits, Quota};
use super::report::{Report, Stop, Tallying};
use super::worker::{Errand, Route, deliver};
use crate::campaign::CampaignId;
use crate::clock::Clock;
use crate::delivery::retry::RetryPolicy;
use crate::delivery::state::State;
use crate::finding::Finding;
use crate::store::cap::Cap;
use crate::store::edition::Edition;
use crate::store::hold::{By, Target};
use crate::store::journal::Journal;
use crate::store::judge::Ending;
use crate::store::{DeliveryId, EditionId, RunId, Store};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;

/// Which editions a run is to close.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// All that are released.
    Everything,
    /// Those of one campaign.
    Campaign(CampaignId),
    /// This one.
    Edition(EditionId),
}

/// How a run goes about its work.
#[derive(Debug)]
pub struct Order<'a> {
    /// Its row in the store.
    pub run: RunId,
    /// Which editions.
    pub work: Work,
    /// The way to the relay.
    pub route: &'a Route,
    /// The time.
    pub clock: Clock,
    /// When letters may leave.
    pub timetable: &'a Timetable,
    /// How many letters may leave at most.
    pub limit: Option<u64>,
    /// Counts and names what happens; a signal stops the run through it.
    pub tallying: Arc<Tallying>,
}

/// Hands over every letter that is due.
///
/// # Errors
/// When the store cannot be read. What stops a run on its way stands in the report.
pub async fn close(store: &mut Store, order: &Order<'_>) -> Result<Report, DispatchError> {
    store.renew_spoilt()?;
    let editions = work(store, &order.work)?;
    let expiries: HashMap<i64, Option<Timestamp>> = editions.iter().map(|edition| (edition.id.0, edition.expires_at)).collect();
    let policy = move |edition| RetryPolicy {
        expires: expiries.get(&edition).copied().flatten(),
        ..RetryPolicy::default()
    };
    let mut caps: HashMap<i64, Cap> = HashMap::new();
    let firsts = order.timetable.firsts(store, order.clock.now())?;
    for edition in &editions {
        let cap = order.timetable.cap(store, edition, &firsts)?;
        caps.extend(cap.map(|cap| (edition.id.0, cap)));
    }
    let (journal, writer) = Journal::start_under(move |edition| caps.get(&edition).cloned(), store, order.run, policy)?;
    let closed = close_all(store, order, &editions, &journal).await;
    drop(journal);
    if let Err(error) = writer.join() {
        order.tallying.stop(Stop::Store { why: with_cause(&error) });
    }
    closed?;
    if let Some(Stop::Hold { all: true, .. }) = order.tallying.reason_to_stop() {
        hold_the_rest(store, &Work::Everything, &order.tallying, order.clock.now())?;
    }
    judge_strikes(store, order)?;
    Ok(order.tallying.report())
}

/// Whoever has struck often enough is written to no more; what a relay at fault said costs nobody their letters.
fn judge_strikes(store: &mut Store, order: &Order<'_>) -> Result<(), DispatchError> {
    let ending = match order.tallying.reason_to_stop() {
        // The next run judges what this one could not write.
        Some(Stop::Store { .. }) => return Ok(()),
        Some(Stop::Hold { all: true, .. } | Stop::FixFirst { .. }) => Ending::AtFault,
        Some(Stop::Hold { all: false, .. }) => Ending::TooMany,
        Some(
            Stop::RelayForNow { .. }
            | Stop::Signal { .. }
            | Stop::Quota { .. }
            | Stop::Hours { .. }
            | Stop::Time { .. }
            | Stop::Limit { .. },
        )
        | None => Ending::Calm,
    };
    let no_more = store.judge_run(order.run, ending, order.clock.now())?;
    order.tallying.written_to_no_more(no_more);
    Ok(())
}

/// Whether any letter of this work waits, is due and may leave now: a run without any says nothing and opens nothing.
///
/// # Errors
/// When the store cannot be read.
pub fn is_due(store: &Store, work_wanted: &Work, timetable: &Timetable, now: Timestamp) -> Result<bool, DispatchError> {
    if !over_on_hold(store, work_wanted, now)?.is_empty() {
        return Ok(true);
    }
    let firsts = timetable.firsts(store, now)?;
    for edition in work(store, work_wanted)? {
        let hours = timetable.hours(store, &edition)?;
        let (is_open, cap) = (
            hours.is_none_or(|hours| hours.contains(now)),
            timetable.cap(store, &edition, &firsts)?,
        );
        let waits = || {
            store
                .claims_under(cap.as_ref(), edition.id, DeliveryId(0), now, 1)
                .map(|claims| !claims.is_empty())
        };
        if is_over(&edition, now) || (is_open && waits()?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What keeps every letter from leaving for longer than a run waits, in words, if anything does: a run has nothing to do then, unless
/// the time of an edition is over.
///
/// Attempts that were begun by a wrong clock count until a day after the next run; so that there is one, it is written down here.
///
/// # Errors
/// When the store cannot be read or written.
pub fn is_shut(store: &mut Store, limits: &Limits, now: Timestamp) -> Result<Option<String>, DispatchError> {
    let everything = work(store, &Work::Everything)?;
    if everything.iter().any(|edition| is_over(edition, now)) || !over_on_hold(store, &Work::Everything, now)?.is_empty() {
        return Ok(None);
    }
    let usage = store.usage(&limits.question(), now)?;
    let is_unsettled = usage.is_unsettled;
    let quota = Quota::new(limits.clone(), usage);
    let Some(spent) = quota.is_open_to_anybody(now).err().filter(|spent| !spent.is_soon(now)) else {
        return Ok(None);
    };
    if is_unsettled {
        let run = store.begin_run("run", now)?;
        store.end_run(run, now)?;
    }
    Ok(Some(quota.told(&spent, waiting(store, &Work::Everything)?, now)))
}

/// How many letters of this work wait: what a progress bar counts towards. What is on hold is not among them.
///
/// # Errors
/// When the store cannot be read.
pub fn waiting(store: &Store, work_wanted: &Work) -> Result<u64, DispatchError> {
    let editions = work(store, work_wanted)?;
    let open = editions.iter().map(|edition| Ok(store.tally(edition.id)?.open()));
    open.sum()
}

pub(super) fn work(store: &Store, wanted: &Work) -> Result<Vec<Edition>, DispatchError> {
    let mut editions = store.unfinished_editions()?;
    editions.retain(|edition| edition.held.is_none());
    editions.retain(|edition| is_wanted(wanted, edition));
    Ok(editions)
}

fn is_wanted(wanted: &Work, edition: &Edition) -> bool {
    match wanted {
        Work::Everything => true,
        Work::Campaign(campaign) => edition.key.campaign == *campaign,
        Work::Edition(id) => edition.id == *id,
    }
}

/// The editions on hold whose time is over: nobody has to release them for that. What a store does not know for sure (law 13), it does
/// not end either.
fn over_on_hold(store: &Store, wanted: &Work, now: Timestamp) -> Result<Vec<Edition>, DispatchError> {
    let mut over = Vec::new();
    for edition in store.unfinished_editions()? {
        let is_meant = edition.held.is_some() && is_over(&edition, now) && is_wanted(wanted, &edition);
        if is_meant && store.is_distrusted(&edition.key.campaign)?.is_none() {
            over.push(edition);
        }
    }
    Ok(over)
}

async fn close_all(store: &mut Store, order: &Order<'_>, editions: &[Edition], journal: &Journal) -> Result<(), DispatchError> {
    let (allowance, patience) = (Arc::new(Allowance::new(order.limit)), Arc::new(Patience::default()));
    let (pace, quota) = gates(store, order)?;
    let begun = order.clock.now();
    for edition in over_on_hold(store, &order.work, begun)? {
        expire(store, order, edition.id, begun)?;
    }
    for edition in editions {
        if order.tallying.is_stopped() {
            return Ok(());
        }
        let now = order.clock.now();
        if is_over(edition, now) {
            expire(store, order, edition.id, now)?;
            continue;
        }
        let hours = order.timetable.hours(store, edition)?;
        if hours.as_ref().is_some_and(|hours| !hours.contains(now)) {
            continue;
        }
        let compiled = match thaw(store, edition.id, order.route.signer.as_ref()) {
            Ok(compiled) => compiled,
            Err(DispatchError::Findings { findings }) => {
                let reason = hold_unreadable(store, edition.id, &findings, now)?;
                let open = store.tally(edition.id)?.open();
                order.tallying.held_unmade(&edition.key.article, open, &reason);
                continue;
            }
            Err(error) => return Err(error),
        };
        let seen = [breaker::MISSING, breaker::ALIKE].map(|words| store.was_released_after(edition.id, words));
        let is_seen = seen.into_iter().collect::<Result<Vec<bool>, _>>()?.contains(&true);
        patience.breaker.begin_list(is_seen);
        let errand = Errand {
            store,
            edition: edition.id,
            compiled,
            route: order.route,
            clock: order.clock,
            hours,
            // Asked anew: what a person let go meanwhile may be older.
            cap: order.timetable.cap(store, edition, &order.timetable.firsts(store, now)?)?,
            allowance: Arc::clone(&allowance),
            patience: Arc::clone(&patience),
            pace: Arc::clone(&pace),
            quota: Arc::clone(&quota),
            tallying: Arc::clone(&order.tallying),
        };
        for (delivery, address, error) in deliver(&errand, journal).await? {
            let why = format!("their letter cannot be written: {}", error.finding.text);
            store.hold(&Target::Delivery(delivery), By::Rule, &why, order.clock.now())?;
            order.tallying.settled(&address, State::Held, &why);
        }
        hold_the_rest_of(store, &order.tallying, edition.id, order.clock.now())?;
        if let (false, Some(reason)) = (order.tallying.is_stopped(), store.edition(edition.id)?.held) {
            order
                .tallying
                .held_meanwhile(&edition.key.article, store.tally(edition.id)?.open(), &reason);
        }
        let now = order.clock.now();
        if is_over(edition, now) {
            expire(store, order, edition.id, now)?;
        }
    }
    let now = order.clock.now();
    if let (false, Some(spent)) = (order.tallying.is_stopped(), quota.left()) {
        let why = quota.told(&spent, waiting(store, &order.work)?, now);
        order.tallying.stop(Stop::Quota { why });
    }
    note_hours(store, order, now)
}

/// What is left outside its hours is left to a later run.
fn note_hours(store: &Store, order: &Order<'_>, now: Timestamp) -> Result<(), DispatchError> {
    if order.tallying.is_stopped() {
        return Ok(());
    }
    if let Some(left) = resumption(store, &order.work, order.timetable, now)? {
        let why = left.told(now, &order.route.limits.zone);
        order.tallying.stop(Stop::Hours { why });
    }
    Ok(())
}

/// How fast and how many: counted on from what left before this run.
fn gates(store: &Store, order: &Order<'_>) -> Result<(Arc<Pace>, Arc<Quota>), DispatchError> {
    let (limits, now) = (&order.route.limits, order.clock.now());
    let usage = store.usage(&limits.question(), now)?;
    let pace = Pace::new(order.route.per_second, usage.last_at, now);
    Ok((Arc::new(pace), Arc::new(Quota::new(limits.clone(), usage))))
}

pub(super) fn is_over(edition: &Edition, now: Timestamp) -> bool {
    edition.expires_at.is_some_and(|expires| now >= expires)
}

/// A text that was proved once and cannot be composed now is this program's doing, not the clinic's: it waits for a person.
fn hold_unreadable(store: &mut Store, edition: EditionId, findings: &[Finding], now: Timestamp) -> Result<String, DispatchError> {
    let why = findings.first().map(|finding| finding.text.clone()).unwrap_or_default();
    let reason = format!("its letters cannot be made any more: {why}");
    store.hold(&Target::Edition(edition), By::Rule, &reason, now)?;
    Ok(reason)
}

/// An error with its cause.
fn with_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// Ends the waiting of an edition whose time is over, and names everybody it leaves without a letter.
fn expire(store: &mut Store, order: &Order<'_>, edition: EditionId, now: Timestamp) -> Result<(), DispatchError> {
    store.expire(edition, now)?;
    store.each_delivery(edition, Some("expired"), |line| {
        if let (Some(address), true) = (&line.address, line.at == now) {
            order
                .tallying
                .settled(address, State::Expired, line.reply.as_deref().unwrap_or_default());
        }
        Ok(())
    })
}

/// Holds what is left of the work, where the reason for the run's end asks for it: for a run that did not come to its own end.
///
/// # Errors
/// When the store cannot be read or written.
pub fn hold_the_rest(store: &mut Store, wanted: &Work, tallying: &Tallying, now: Timestamp) -> Result<(), DispatchError> {
    for edition in work(store, wanted)? {
        hold_the_rest_of(store, tallying, edition.id, now)?;
    }
    Ok(())
}

/// `--limit`, an interrupt at the terminal and a tripped breaker hold the rest until a person says `release`: run again by cron, a
/// breaker would trip anew each time and use the list up.
fn hold_the_rest_of(store: &mut Store, tallying: &Tallying, edition: EditionId, now: Timestamp) -> Result<(), DispatchError> {
    let lets_go = "`tidings release` lets the rest go";
    let (by, reason) = match tallying.reason_to_stop() {
        Some(Stop::Limit { limit }) => (By::Person, format!("`--limit {limit}` is used up; {lets_go}")),
        Some(Stop::Signal { interrupt: true }) => (By::Person, format!("interrupted at the terminal; {lets_go}")),
        Some(Stop::Hold { why, .. }) => (By::Rule, format!("{why}; {lets_go}")),
        Some(
            Stop::Signal { interrupt: false }
            | Stop::RelayForNow { .. }
            | Stop::Quota { .. }
            | Stop::Hours { .. }
            | Stop::FixFirst { .. },
        ) => {
            return Ok(());
        }
        Some(Stop::Time { .. } | Stop::Store { .. }) | None => return Ok(()),
    };
    if store.tally(edition)?.open() > 0 {
        store.hold(&Target::Edition(edition), by, &reason, now)?;
    }
    Ok(())
}
