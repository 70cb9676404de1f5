//! Steps: what orders say of a series and do to it: its closed steps, and whoever was due for one before a release.
//!
//! Promises: nothing here makes a letter; an order that passes people by writes down that it did, for each of them.

use super::context::Context;
use super::failure::Failure;
use super::sending::{bring_lists, plan};
use super::ui::{count, moment};
use crate::campaign::{Campaign, CampaignId, Timing, calendar};
use crate::dispatch::prepare::Plan;
use crate::dispatch::series::{Called, Look, note, pass_by};
use crate::store::edition::Edition;
use crate::store::import::Guard;
use crate::store::{PersonId, Store};
use crate::workspace::{CampaignFolder, Workspace};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The folder of a series, by its id; none where the campaign is no series, or is gone.
pub(super) fn series<'w>(workspace: &'w Workspace, id: &str) -> Option<&'w CampaignFolder> {
    let is_series = |campaign: &Campaign| matches!(campaign.timing, Timing::Series(_));
    let mut folders = workspace.campaigns.iter();
    folders.find(|folder| folder.id() == Some(id) && folder.campaign.as_ref().is_some_and(is_series))
}

/// `` `welcome`: 1 person, `tips`: 3 people``: those who are called, by their steps.
pub(super) fn by_step(plan: Plan<'_>, called: &[Called]) -> String {
    let mut steps = BTreeMap::<usize, u64>::new();
    for one in called {
        *steps.entry(one.appointment.step).or_default() += 1;
    }
    let named = steps.into_iter().filter_map(|(step, people)| {
        let article = plan.articles.get(step)?;
        Some(format!("`{}`: {}", article.id, count(people, "person")))
    });
    named.collect::<Vec<_>>().join(", ")
}

/// Who would get which step of a series that a release lets go on: how many letters, and in words.
pub(super) fn would_get(context: &Context, store: &mut Store, id: &CampaignId) -> Result<Option<(u64, String)>, Failure> {
    let answer = with_series(context, store, id, |store, plan, now| {
        let Some(look) = Look::at(store, plan, now)? else {
            return Ok(None);
        };
        let called = look.called_or_waiting(store)?;
        Ok(Some((called.len() as u64, by_step(plan, &called))))
    });
    answer.map(Option::flatten)
}

/// What `ask` says of a series whose lists are read as they are now; nothing where the campaign is no series, or is gone.
fn with_series<T>(
    context: &Context,
    store: &mut Store,
    id: &CampaignId,
    ask: impl FnOnce(&mut Store, Plan<'_>, Timestamp) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    let (_, workspace) = context.workspace()?;
    let Some(folder) = series(&workspace, &id.0) else {
        return Ok(None);
    };
    let (settings, now) = (context.settings(&workspace)?, context.clock.now());
    let plan = plan(settings, folder)?;
    if settings.auto_import {
        bring_lists(store, &workspace, plan, Guard::Cautious, now)?;
    }
    ask(store, plan, now).map(Some)
}

/// Lets everybody whose step was due before this moment pass it by: they go on with the step after it. Gives what is to be said.
pub(super) fn pass_all_by(context: &Context, store: &mut Store, id: &CampaignId) -> Result<Option<String>, Failure> {
    with_series(context, store, id, pass_all_of)
}

/// The same for this series, whose lists have been read.
fn pass_all_of(store: &mut Store, plan: Plan<'_>, now: Timestamp) -> Result<String, Failure> {
    note(store, plan, now)?;
    let words = format!("their turn was before the release of {}", moment(now));
    let mut passed: Vec<Called> = Vec::new();
    // Whoever passes one step by may have been due for the next as well.
    for _ in 0..=plan.articles.len() {
        let Some(look) = Look::at(store, plan, now)? else { break };
        let due = look.due_before(store)?;
        if due.is_empty() {
            break;
        }
        pass_by(store, &look, &due, &words)?;
        passed.extend(due);
    }
    let people: BTreeSet<PersonId> = passed.iter().map(|one| one.person).collect();
    Ok(match people.len() as u64 {
        0 => "nobody's step was due before this moment".to_owned(),
        1 => format!(
            "1 person passes by the steps that were theirs before this moment: {}",
            by_step(plan, &passed)
        ),
        people => format!(
            "{} pass by the steps that were theirs before this moment: {}",
            count(people, "person"),
            by_step(plan, &passed)
        ),
    })
}

/// The steps of a series that are closed, and whether that is all of them.
pub(super) fn closed(store: &Store, plan: Plan<'_>) -> Result<(Vec<String>, bool), Failure> {
    if !matches!(plan.campaign.timing, Timing::Series(_)) {
        return Ok((Vec::new(), false));
    }
    let known = store.steps(&plan.campaign.id)?;
    let is_closed = |article: &str| known.get(article).is_some_and(|step| step.is_closed);
    let ids = plan.articles.iter().map(|article| article.id.clone());
    let closed: Vec<String> = ids.filter(|article| is_closed(article)).collect();
    let is_over = !closed.is_empty() && closed.len() == plan.articles.len();
    Ok((closed, is_over))
}

/// The same in words, with the way back.
pub(super) fn closed_words(store: &Store, plan: Plan<'_>) -> Result<Vec<(String, String)>, Failure> {
    let name = &plan.campaign.name;
    Ok(match closed(store, plan)? {
        (_, true) => vec![(
            "over: every step is closed, and nobody comes to any of them".to_owned(),
            format!("`tidings release {name}` opens it again"),
        )],
        (closed, false) => {
            let words = |step: String| {
                let way = format!("`tidings release {name}/{step}` opens it again");
                (format!("`{step}` is closed: nobody comes to it"), way)
            };
            closed.into_iter().map(words).collect()
        }
    })
}

/// The steps that the last run could write no letter of, in words.
pub(super) fn stopped_words(store: &Store, plan: Plan<'_>) -> Result<Vec<String>, Failure> {
    if !matches!(plan.campaign.timing, Timing::Series(_)) {
        return Ok(Vec::new());
    }
    let known = store.steps(&plan.campaign.id)?;
    let words = plan.articles.iter().filter_map(|article| {
        let since = known.get(&article.id).filter(|step| !step.is_closed)?.stopped?;
        let since = calendar::moment(&since.to_zoned(plan.clinic.zone.clone()));
        Some(format!(
            "`{}` is stopped: its letters cannot be written since {since}; the next `tidings run` tries again, and says what is wrong",
            article.id
        ))
    });
    Ok(words.collect())
}

/// Opens closed steps again, where that is what is named: a closed step, or a series all of whose steps are. Gives whether it did.
pub(super) fn open_again(context: &Context, store: &mut Store, id: &CampaignId, step: Option<&Edition>) -> Result<bool, Failure> {
    let (_, workspace) = context.workspace()?;
    let Some(folder) = series(&workspace, &id.0) else {
        return Ok(false);
    };
    let (closed, is_over) = closed(store, plan(context.settings(&workspace)?, folder)?)?;
    let is_meant = match step {
        Some(step) => step.key.round == 1 && closed.contains(&step.key.article),
        None => is_over,
    };
    if is_meant {
        store.open_steps(id, step, context.clock.now())?;
    }
    Ok(is_meant)
}

/// The editions of each series in the order of its steps, each marked as the step it is, also where nobody ever came to it.
pub(super) fn in_order(workspace: &Workspace, editions: &mut [Edition]) {
    for folder in &workspace.campaigns {
        let Some(folder) = folder.id().and_then(|id| series(workspace, id)) else {
            continue;
        };
        let place = |edition: &Edition| {
            let mine = folder.id() == Some(&edition.key.campaign.0);
            let place = folder.articles.iter().position(|article| article.id == edition.key.article);
            place.filter(|_| mine && edition.key.round == 1)
        };
        let slots: Vec<usize> = (0..editions.len()).filter(|at| place(&editions[*at]).is_some()).collect();
        let mut steps: Vec<Edition> = slots.iter().map(|at| editions[*at].clone()).collect();
        steps.sort_by_key(|step| place(step));
        for (at, step) in slots.into_iter().zip(steps) {
            editions[at] = Edition { is_step: true, ..step };
        }
    }
}
