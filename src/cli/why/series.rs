//! Where a person stands in the series: which step comes next and when, or why none does.

use super::super::context::Context;
use super::super::failure::Failure;
use super::super::sending::plan;
use super::super::steps::closed;
use super::super::ui::{Ui, listed};
use crate::campaign::series::{Joiner, Out, Turn};
use crate::dispatch::choice::{choice, on_lists, question};
use crate::dispatch::prepare::Plan;
use crate::dispatch::series::Look;
use crate::store::{PersonId, Store};
use crate::subscriber::audience::{self, Decision};
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use jiff::Timestamp;

/// Where a person stands in one series.
pub(super) struct Standing {
    campaign: String,
    /// The step that comes next, if one does.
    step: Option<String>,
    due_at: Option<Timestamp>,
    leaves_from: Option<Timestamp>,
    joined: Option<String>,
    words: String,
}

/// Where a person stands in the campaign that was named, or in every series.
pub(super) fn standings(
    context: &Context,
    workspace: &Workspace,
    store: &Store,
    person: PersonId,
    campaign: Option<&str>,
) -> Result<Vec<Standing>, Failure> {
    let Some(settings) = &workspace.settings else {
        return Ok(Vec::new());
    };
    let is_meant = |folder: &&CampaignFolder| campaign.is_none_or(|name| folder.name == name || folder.id() == Some(name));
    let mut standings = Vec::new();
    for folder in workspace.campaigns.iter().filter(is_meant) {
        standings.extend(standing(context, settings, folder, store, person)?);
    }
    Ok(standings)
}

/// Where they stand in this one; none where it is no series, has errors, or they are on none of its lists.
fn standing(
    context: &Context,
    settings: &Settings,
    folder: &CampaignFolder,
    store: &Store,
    person: PersonId,
) -> Result<Option<Standing>, Failure> {
    let Ok(plan) = plan(settings, folder) else {
        return Ok(None);
    };
    let now = context.clock.now();
    let Some(look) = Look::at(store, plan, now)? else {
        return Ok(None);
    };
    let Some((turn, joiner)) = look.turn_of(store, person)? else {
        return Ok(None);
    };
    let kept_from = kept_from(settings, plan, store, person, now)?;
    let mut standing = told(&turn, &joiner, &look, settings);
    let (closed, is_over) = closed(store, plan)?;
    if is_over {
        standing.words = format!("{}; the series is over: every step is closed", standing.words);
    } else if !closed.is_empty() {
        let named: Vec<String> = closed.iter().map(|step| format!("`{step}`")).collect();
        let (are, them) = if named.len() == 1 { ("is", "it") } else { ("are", "them") };
        standing.words = format!("{}; {} {are} closed: nobody comes to {them}", standing.words, listed(&named));
    }
    standing.campaign.clone_from(&folder.name);
    if let Some(reason) = store.campaign_hold(&plan.campaign.id)? {
        standing.words = format!("{}; but the series is on hold: {reason}", standing.words);
    }
    if let (Some(reason), Some(_)) = (kept_from, &standing.step) {
        standing.words = format!("{}; but as it stands they would not get it: {reason}", standing.words);
    }
    Ok(Some(standing))
}

/// Why they would not get a letter of it today, if so.
fn kept_from(
    settings: &Settings,
    plan: Plan<'_>,
    store: &Store,
    person: PersonId,
    now: Timestamp,
) -> Result<Option<String>, Failure> {
    let choice = choice(store, plan, now.to_zoned(settings.zone().clone()).date())?;
    let asked = question(plan, &choice.only, now.to_zoned(settings.zone().clone()).date());
    let audience = &plan.campaign.audience;
    let Some(candidate) = store.candidate(person, &audience.lists, &audience.not_lists)? else {
        return Ok(None);
    };
    let on_lists = on_lists(&candidate.memberships);
    let suppressed = candidate.suppression.as_ref();
    let asked_of = audience::Candidate {
        on_lists: &on_lists,
        suppressed,
    };
    Ok(match audience::decide(&asked, &asked_of) {
        Decision::In(_) => None,
        Decision::Out(reason) => Some(reason.to_string()),
    })
}

fn told(turn: &Turn, joiner: &Joiner, look: &Look<'_>, settings: &Settings) -> Standing {
    let article = |step: usize| {
        look.articles()
            .get(step)
            .map(|article| article.id.clone())
            .unwrap_or_default()
    };
    let moment = |at: Timestamp| {
        at.to_zoned(settings.zone().clone())
            .strftime("%a %-d %b %Y %H:%M %Z")
            .to_string()
    };
    let next = match turn {
        Turn::Coming(next) | Turn::Due(next) | Turn::Late(next, _) => Some((next.step, next.due, Some(next.from))),
        Turn::Held { step, due } => Some((*step, *due, None)),
        Turn::Out(_) | Turn::Finished | Turn::Waits(_) => None,
    };
    let stopped = match turn {
        Turn::Due(next) | Turn::Late(next, _) => look.stopped_since(next.step),
        _ => None,
    };
    let words = match turn {
        Turn::Due(next) | Turn::Late(next, _) if let Some(since) = stopped => format!(
            "`{}` is due, but its letters cannot be written since {}: the next `tidings run` tries again, and says what is wrong",
            article(next.step),
            moment(since)
        ),
        Turn::Out(Out::JoinedBefore) => format!("joined on {}, before the series began: it is not for them", joiner.joined),
        Turn::Out(Out::JoinedLongAgo) => format!("joined on {}, too long ago for it", joiner.joined),
        Turn::Out(Out::NeverOpens) => "its letters may leave at no hour, so nobody gets any".to_owned(),
        Turn::Finished => "no step is left for them".to_owned(),
        Turn::Waits(record) => match record.step.map(article) {
            Some(step) => format!("the next step waits until the letter of `{step}` is settled"),
            None => "the next step waits until the letter of a step that was taken out is settled".to_owned(),
        },
        Turn::Held { step, .. } => format!("`{}` is next, and on hold: they wait before it", article(*step)),
        Turn::Coming(next) => format!("`{}` comes on {}", article(next.step), moment(next.from)),
        Turn::Due(next) => format!("`{}` is due: the next `tidings run` sends it", article(next.step)),
        Turn::Late(next, _) => format!(
            "`{}` was due on {}, later than the campaign allows: {}",
            article(next.step),
            moment(next.due),
            look.late_words()
        ),
    };
    Standing {
        campaign: String::new(),
        step: next.map(|(step, ..)| article(step)),
        due_at: next.map(|(_, due, _)| due),
        leaves_from: next.and_then(|(.., from)| from),
        joined: Some(joiner.joined.to_string()),
        words,
    }
}

impl Standing {
    pub(super) fn show(&self, ui: Ui) -> Result<(), Failure> {
        ui.data(&format!("  series {}: {}", self.campaign, self.words))
    }

    pub(super) fn as_json(&self) -> serde_json::Value {
        serde_json::json!({
            "campaign": self.campaign, "step": self.step, "joined": self.joined,
            "due_at": self.due_at.map(|at| at.to_string()), "leaves_from": self.leaves_from.map(|at| at.to_string()),
            "text": self.words,
        })
    }
}
