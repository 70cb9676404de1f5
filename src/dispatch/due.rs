//! Due: which scheduled occurrence of a campaign is to begin now.

use super::DispatchError;
use super::prepare::{Next, Plan, next};
use crate::article::Article;
use crate::campaign::Timing;
use crate::campaign::schedule::{Occurrence, Schedule, Then};
use crate::store::Store;
use crate::store::edition::{Skip, Status};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What the calendar says about a campaign at this moment.
#[derive(Debug)]
pub enum Turn<'a> {
    /// Nothing begins now.
    NotNow,
    /// This article's edition begins.
    Begin {
        /// The article.
        article: &'a Article,
        /// The occurrence it belongs to.
        occurrence: Occurrence,
    },
    /// It would begin, but it is later than the campaign allows: a person decides.
    TooLate {
        /// The article.
        article: &'a Article,
        /// The occurrence it belongs to.
        occurrence: Occurrence,
    },
}

/// Decides whether an edition of the campaign begins now.
///
/// A period with a recorded edition is used up. An occurrence from before the store first saw the campaign counts only while it is
/// not late: a new campaign does not make up for last month.
///
/// # Errors
/// When the store cannot be read or written.
pub fn turn<'a>(store: &mut Store, plan: Plan<'a>, zone: &TimeZone, now: Timestamp) -> Result<Turn<'a>, DispatchError> {
    let Timing::Schedule(schedule) = &plan.campaign.timing else {
        return Ok(Turn::NotNow);
    };
    let since = store.campaign_seen(&plan.campaign.id, now)?;
    let Some(occurrence) = latest(schedule, plan, zone, now) else {
        return Ok(Turn::NotNow);
    };
    let late = now.duration_since(occurrence.at) > plan.campaign.late.by;
    let recorded = store.editions_of(&plan.campaign.id)?;
    let used = recorded
        .iter()
        .filter(|edition| edition.status != Status::Draft && edition.skipped != Some(Skip::Article))
        .any(|edition| edition.due_at >= occurrence.at);
    let Next::Article(article) = next(store, plan)? else {
        return Ok(Turn::NotNow);
    };
    if used
        || (late && occurrence.at < since)
        || plan
            .campaign
            .window
            .as_ref()
            .is_some_and(|window| !window.contains(zone, now))
    {
        return Ok(Turn::NotNow);
    }
    Ok(match (late, plan.campaign.late.then) {
        (false, _) | (true, Then::Send) => Turn::Begin { article, occurrence },
        (true, Then::Hold) => Turn::TooLate { article, occurrence },
        (true, Then::Skip) => Turn::NotNow,
    })
}

fn latest(schedule: &Schedule, plan: Plan<'_>, zone: &TimeZone, now: Timestamp) -> Option<Occurrence> {
    let occurrence = schedule.latest_until(zone, now)?;
    let in_season = plan
        .campaign
        .season
        .as_ref()
        .is_none_or(|season| season.contains(occurrence.date));
    in_season.then_some(occurrence)
}

/// The next occurrence that counts, for `plan`.
pub fn upcoming(plan: Plan<'_>, zone: &TimeZone, now: Timestamp) -> Option<Occurrence> {
    /// A season may be away for most of a year; a daily schedule has no more occurrences than this in it.
    const MOST: usize = 400;
    let Timing::Schedule(schedule) = &plan.campaign.timing else {
        return None;
    };
    let counts = |occurrence: &Occurrence| {
        plan.campaign
            .season
            .as_ref()
            .is_none_or(|season| season.contains(occurrence.date))
    };
    schedule.upcoming(zone, now, MOST).into_iter().find(counts)
}
