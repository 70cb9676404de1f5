//! Ahead: how many people come to which step on which day, as far as anybody can know today.

use super::super::DispatchError;
use super::super::choice::{choice, place, question};
use super::super::prepare::Plan;
use super::{Look, MARGIN};
use crate::campaign::schedule::Then;
use crate::campaign::series::{Joiner, Mark, Out, Record, Turn};
use crate::store::Store;
use crate::store::draft::Place;
use crate::store::series::Range;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use std::collections::BTreeMap;

/// How many people come to a step at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepDay {
    /// The step's article.
    pub article: String,
    /// The moment at which they come to it.
    pub at: Timestamp,
    /// How many.
    pub people: u64,
}

/// What is ahead in a series, as far as anybody knows: who joins in the meantime is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ahead {
    /// The steps of each moment, by time and then in order.
    pub days: Vec<StepDay>,
    /// How many come too late by the campaign's rule: the next run puts them on hold, or leaves the step out.
    pub late: u64,
    /// How many wait for a letter of the series that is still open.
    pub waiting: u64,
    /// How many wait before a step on hold.
    pub before_a_hold: u64,
    /// How many would come to a step and are not written to, by reason.
    pub left_out: BTreeMap<String, u64>,
    /// How many joined before the series began, of those whose day of joining may be in it: [`joined_before`] counts all.
    pub before: u64,
}

/// How many people are on the lists for whom the series is not, because they joined before it began; `ahead` has been asked already.
///
/// # Errors
/// When the store cannot be read.
pub fn joined_before(store: &Store, plan: Plan<'_>, now: Timestamp, ahead: &Ahead) -> Result<u64, DispatchError> {
    let look = Look::at(store, plan, now)?;
    let Some(range) = look.as_ref().and_then(|look| look.range(0)) else {
        return Ok(ahead.before);
    };
    // After a year nobody of the first days is looked at any more.
    let first = range.newcomers.saturating_add(MARGIN.days());
    let newcomers = range.newcomers.max(range.from.min(first));
    Ok(ahead.before + store.joined_before(&Range { newcomers, ..range })?)
}

/// What comes in the next `days` days, if every letter is accepted when it is due; none for a campaign without a series.
///
/// # Errors
/// When the store cannot be read.
pub fn ahead(store: &Store, plan: Plan<'_>, now: Timestamp, days: u32) -> Result<Option<Ahead>, DispatchError> {
    let Some(look) = Look::at(store, plan, now)? else {
        return Ok(None);
    };
    let span = i32::try_from(days).unwrap_or(i32::MAX / 4);
    let horizon = now
        .saturating_add(SignedDuration::from_hours(24 * i64::from(days)))
        .unwrap_or(Timestamp::MAX);
    let choice = choice(store, plan, look.day(now))?;
    let question = question(plan, &choice.only, look.day(now));
    let (mut ahead, mut counts) = (Ahead::default(), BTreeMap::<(Timestamp, usize), u64>::new());
    look.each(store, span, |person, joiner| {
        let mut theirs = Ahead::default();
        let steps = look.walk(joiner, horizon, &mut theirs);
        ahead.before += theirs.before;
        if theirs.before > 0 || (steps.is_empty() && theirs == Ahead::default()) {
            return Ok(());
        }
        let audience = &plan.campaign.audience;
        let candidate = store.candidate(person, &audience.lists, &audience.not_lists)?;
        match candidate.map(|candidate| place(&question, &candidate)) {
            Some(Place::Out { reason, .. }) => *ahead.left_out.entry(reason.to_owned()).or_default() += 1,
            Some(Place::In { .. }) => {
                steps.into_iter().for_each(|step| *counts.entry(step).or_default() += 1);
                ahead.late += theirs.late;
                ahead.waiting += theirs.waiting;
                ahead.before_a_hold += theirs.before_a_hold;
            }
            None => {}
        }
        Ok(())
    })?;
    let day = |((at, step), people): ((Timestamp, usize), u64)| {
        let article = look.plan.articles.get(step)?.id.clone();
        Some(StepDay { article, at, people })
    };
    ahead.days = counts.into_iter().filter_map(day).collect();
    Ok(Some(ahead))
}

impl Look<'_> {
    /// The steps that one person comes to until `horizon`, with their days.
    fn walk(&self, joiner: &Joiner, horizon: Timestamp, ahead: &mut Ahead) -> Vec<(Timestamp, usize)> {
        let (mut joiner, mut now, mut steps) = (joiner.clone(), self.now, Vec::new());
        loop {
            let (step, at, mark) = match self.course(now).turn(&joiner) {
                Turn::Coming(next) if next.from <= horizon => (next.step, next.from, Mark::Accepted),
                Turn::Due(next) => (next.step, now, Mark::Accepted),
                Turn::Late(next, _) => {
                    ahead.late += 1;
                    match self.plan.campaign.late.then {
                        Then::Skip => (next.step, now, Mark::Settled),
                        Then::Hold | Then::Send => return steps,
                    }
                }
                Turn::Waits(_) => {
                    ahead.waiting += 1;
                    return steps;
                }
                Turn::Held { due, .. } => {
                    ahead.before_a_hold += u64::from(due <= horizon);
                    return steps;
                }
                Turn::Out(Out::JoinedBefore) => {
                    ahead.before += 1;
                    return steps;
                }
                Turn::Coming(_) | Turn::Out(_) | Turn::Finished => return steps,
            };
            if mark == Mark::Accepted {
                steps.push((at, step));
            }
            joiner.records.push(Record {
                step: Some(step),
                mark,
                at,
            });
            now = at;
        }
    }
}
