//! Due: a campaign's calendar, held against what the store has on record.

use super::DispatchError;
use super::prepare::{Due, Plan};
use crate::campaign::Places;
use crate::campaign::calendar::{Calendar, Decision, Recorded, moment};
use crate::campaign::schedule::{Occurrence, When};
use crate::finding::{Finding, Place, Severity};
use crate::store::Store;
use crate::store::edition::Edition;
use crate::store::start::Start;
use crate::store::supersede::Superseded;
use jiff::Timestamp;
use jiff::civil::Date;

/// The campaign's calendar, as far as the store has seen it; nothing is written.
///
/// # Errors
/// When the store cannot be read.
pub fn calendar<'a>(store: &Store, plan: Plan<'a>) -> Result<Calendar<'a>, DispatchError> {
    let id = |file: &str| plan.articles.iter().find(|article| article.file == file);
    Ok(Calendar {
        campaign: plan.campaign,
        articles: Calendar::listed(plan.campaign, |entry| Some(id(&entry.file)?.id.as_str())),
        hours: plan.hours(),
        since: store.campaign_known_since(&plan.campaign.id)?,
        freed: store.campaign_freed(&plan.campaign.id)?,
    })
}

/// What the calendar says about a campaign at this moment; the campaign is known from now on.
///
/// # Errors
/// When the store cannot be read or written.
pub fn turn<'a>(store: &mut Store, plan: Plan<'a>, now: Timestamp) -> Result<Decision<'a>, DispatchError> {
    store.campaign_seen(&plan.campaign.id, now)?;
    decision(store, plan, now)
}

/// The same; nothing is written.
///
/// # Errors
/// When the store cannot be read.
pub fn decision<'a>(store: &Store, plan: Plan<'a>, now: Timestamp) -> Result<Decision<'a>, DispatchError> {
    let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone, now)?;
    Ok(calendar(store, plan)?.decide(&recorded, now))
}

/// The turn of its row that a campaign loses to a letter which a person sends now.
///
/// # Errors
/// When the store cannot be read.
pub fn used_up(store: &Store, plan: Plan<'_>, now: Timestamp) -> Result<Option<Occurrence>, DispatchError> {
    let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone, now)?;
    Ok(calendar(store, plan)?.used_up(&recorded, now))
}

/// When the campaign's next edition begins, by what is on record.
///
/// # Errors
/// When the store cannot be read.
pub fn next_begins(store: &Store, plan: Plan<'_>, now: Timestamp) -> Result<Option<Timestamp>, DispatchError> {
    let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone, now)?;
    let next = calendar(store, plan)?.upcoming(&recorded, now);
    Ok(next.and_then(|entry| entry.begins()))
}

/// Writes down what came to nothing.
///
/// # Errors
/// When the store cannot be written.
pub fn write_down(store: &mut Store, plan: Plan<'_>, decision: &Decision<'_>, now: Timestamp) -> Result<(), DispatchError> {
    let campaign = plan.campaign;
    Ok(store.skip_occurrences(&campaign.id, &campaign.name, &decision.missed, now)?)
}

/// Lets a letter go that a person sends now. The open occurrences that it leaves behind come to nothing: it takes the turn they had.
///
/// # Errors
/// When the store cannot be read or written.
pub fn start_by_hand(store: &mut Store, plan: Plan<'_>, edition: &Edition, now: Timestamp) -> Result<(), DispatchError> {
    let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone, now)?;
    let leaves_out = calendar(store, plan)?.left_behind(&recorded, now);
    let start = Start {
        leaves_out: &leaves_out,
        ..Start::default()
    };
    store.start(edition, start, now)?;
    Ok(())
}

/// Lets the edition of an occurrence go, or begins it on hold for this reason; what was on hold of the campaign before is over.
///
/// # Errors
/// When the store cannot be written.
pub fn start(
    store: &mut Store,
    edition: &Edition,
    occurrence: &Occurrence,
    held: Option<&str>,
    now: Timestamp,
) -> Result<Vec<Superseded>, DispatchError> {
    let reason = format!("superseded by `{}`, due {}", edition.key.article, moment(&occurrence.local));
    let start = Start {
        supersedes: Some(&reason),
        held,
        leaves_out: &[],
    };
    Ok(store.start(edition, start, now)?)
}

/// When the edition of an occurrence is due and ends; consent is judged on the day it begins.
pub fn due(plan: Plan<'_>, occurrence: &Occurrence, begins: Timestamp) -> Due {
    let expires = plan.campaign.expires();
    Due {
        at: occurrence.at,
        expires_at: expires.and_then(|after| occurrence.at.saturating_add(after).ok()),
        on: occurrence.date,
        today: plan.clinic.zone.to_datetime(begins).date(),
    }
}

/// The error of a campaign whose hours open for no occurrence.
pub fn never_opens(plan: Plan<'_>, calendar: &Calendar<'_>, now: Timestamp) -> Option<Finding> {
    if let Some(season) = plan.campaign.season.filter(|_| calendar.is_never_in_season(now)) {
        let text = format!("the season leaves out every day of the schedule: {season}");
        let hint = "widen `season`, or choose a day that lies in it: nothing would ever leave";
        return Some(placed(plan, plan.campaign.places.season, text, Severity::Error).hint(hint));
    }
    if calendar.ever_opens(now) {
        return None;
    }
    let Places { window, schedule, .. } = &plan.campaign.places;
    let expires = if plan.campaign.expires().is_some() {
        " before it expires"
    } else {
        ""
    };
    let text = match plan.campaign.window {
        Some(window) => format!("the window never opens for an occurrence of the schedule{expires}: {window}"),
        None => format!("quiet hours and holidays leave no moment for an occurrence of the schedule{expires}"),
    };
    let hint = match plan.campaign.window {
        Some(_) => {
            "let it open after the schedule's hour, on its day or before `expires`; `calendar:` in `tidings.yaml` closes hours too"
        }
        None => "look at `calendar:` in `tidings.yaml`, or write a later `expires`",
    };
    Some(placed(plan, window.or(*schedule), text, Severity::Error).hint(hint))
}

/// What a person should know ahead of time: that articles run out, and that a pinned day is over.
///
/// # Errors
/// When the store cannot be read.
pub fn forewarning(store: &Store, plan: Plan<'_>, now: Timestamp) -> Result<Vec<Finding>, DispatchError> {
    let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone, now)?;
    let calendar = calendar(store, plan)?;
    let mut findings: Vec<Finding> = never_opens(plan, &calendar, now).into_iter().collect();
    findings.extend(pins(plan, &calendar, &recorded, now));
    findings.extend(behind_the_season(plan, &calendar, now));
    for (article, day) in calendar.passed_pins(&recorded, now) {
        let place = pin_place(plan, day);
        let text = format!("`{article}` is pinned to {day}, which has passed without it");
        let hint = "give it another `date:`, or take the date away: then it leaves in its turn";
        findings.push(placed(plan, place, text, Severity::Warning).hint(hint));
    }
    if let Some(text) = too_few_dates(&calendar, &recorded, now) {
        let hint = "add days to `schedule`, or take the articles away";
        findings.push(placed(plan, plan.campaign.places.schedule, text, Severity::Warning).hint(hint));
    }
    if let Some(text) = running_out(&calendar, &recorded, now) {
        let hint = "add an article to `articles:`, or let it end there";
        findings.push(placed(plan, plan.campaign.places.list, text, Severity::Warning).hint(hint));
    }
    Ok(findings)
}

fn pin_place(plan: Plan<'_>, day: Date) -> Option<Place> {
    let at = plan.campaign.articles.iter().position(|entry| entry.date == Some(day))?;
    plan.campaign.places.articles.get(at).copied().flatten()
}

/// Pinned days that are over and still open, and those on which nothing may leave.
fn pins(plan: Plan<'_>, calendar: &Calendar<'_>, recorded: &[Recorded], now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (article, day) in calendar.pins_behind(recorded, now) {
        let text = format!("`{article}` is pinned to {day}, which is over: the next `tidings run` takes it up late");
        let hint = "if the day is a slip, mend its `date:` before then";
        findings.push(placed(plan, pin_place(plan, day), text, Severity::Warning).hint(hint));
    }
    for (slot, begins) in calendar.pins_ahead(recorded, now) {
        let (day, zone) = (slot.occurrence.date, &plan.clinic.zone);
        let begins = begins.filter(|at| zone.to_datetime(*at).date() != day);
        let (Some(article), Some(begins), Some(shut)) = (slot.pinned, begins, calendar.hours.shut(slot.occurrence.at)) else {
            continue;
        };
        let (why, begins) = (calendar.hours.told(&shut), moment(&begins.to_zoned(zone.clone())));
        let text = format!("`{article}` is pinned to {day}, when nothing may leave ({why}): it begins {begins}");
        let hint = "choose a day on which letters may leave, if that is not what you mean";
        findings.push(placed(plan, pin_place(plan, day), text, Severity::Warning).hint(hint));
    }
    findings
}

/// That the hours put a letter off until its season is over.
fn behind_the_season(plan: Plan<'_>, calendar: &Calendar<'_>, now: Timestamp) -> Option<Finding> {
    /// Whoever looks ahead does so for a year of weeks.
    const MOST: usize = 53;
    let (schedule, season) = (calendar.schedule()?, plan.campaign.season?);
    let zone = &plan.clinic.zone;
    let mut occurrences = schedule.upcoming(zone, now, MOST).into_iter();
    let (day, begins) = occurrences.find_map(|occurrence| {
        let begins = calendar.hours.opens(occurrence.at)?;
        let is_behind = season.contains(occurrence.date) && !season.contains(zone.to_datetime(begins).date());
        is_behind.then_some((occurrence.local, begins))
    })?;
    let (due, begins) = (moment(&day), moment(&begins.to_zoned(zone.clone())));
    let text = format!("what is due {due} begins {begins}, when the season is over: {season}");
    let hint = "choose a day on which letters may leave, or widen `season`, if that is not what you mean";
    Some(placed(plan, plan.campaign.places.season, text, Severity::Warning).hint(hint))
}

/// That a schedule of dates has fewer of them than articles are left.
fn too_few_dates(calendar: &Calendar<'_>, recorded: &[Recorded], now: Timestamp) -> Option<String> {
    let schedule = calendar.schedule()?;
    if matches!(schedule.when, When::Every(_)) || calendar.is_never_in_season(now) {
        return None;
    }
    let (left, dates) = calendar.row_left(recorded, now);
    let counted = |many: usize, what: &str| match many {
        1 => format!("1 {what}"),
        many => format!("{many} {what}s"),
    };
    match (left.saturating_sub(dates), dates) {
        (0, _) => None,
        (rest, 0) => {
            let has = if rest == 1 { "has" } else { "have" };
            Some(format!(
                "the schedule has no date left, and {} {has} not gone out",
                counted(left, "article")
            ))
        }
        (rest, _) => {
            let last = if rest == 1 {
                "the last of them".to_owned()
            } else {
                format!("the last {rest} of them")
            };
            let (dates, left) = (counted(dates, "date"), counted(left, "article"));
            Some(format!("the schedule has {dates} left for {left}: {last} would never leave"))
        }
    }
}

/// That the last article goes out soon, or has gone out.
fn running_out(calendar: &Calendar<'_>, recorded: &[Recorded], now: Timestamp) -> Option<String> {
    /// Who has this long can write another article in time.
    const SOON: jiff::SignedDuration = jiff::SignedDuration::from_hours(24 * 60);
    if calendar.is_out_of_articles(recorded, now) {
        return Some("no article is left, and the schedule goes on".to_owned());
    }
    let last = calendar.last_article(recorded, now)?;
    let until = now.saturating_add(SOON).ok()?;
    let ahead = calendar.agenda(recorded, now, last.occurrence.at);
    let is_soon = last.occurrence.at <= until || ahead.iter().filter(|entry| entry.begins().is_some()).count() <= 2;
    is_soon.then(|| format!("the last article goes out on {}", moment(&last.occurrence.local)))
}

fn placed(plan: Plan<'_>, place: Option<Place>, text: String, severity: Severity) -> Finding {
    Finding {
        severity,
        place,
        ..Finding::error(format!("campaigns/{}/campaign.yaml", plan.campaign.name), text)
    }
}
