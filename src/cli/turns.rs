//! What the calendar has ahead and behind it, as `status` shows it: the next occurrence of each campaign, and what came to nothing.

use super::context::Context;
use super::failure::Failure;
use super::namesake;
use super::sending::plan;
use super::steps::closed_words;
use super::ui::{Ui, count};
use crate::campaign::calendar::{Reason, moment};
use crate::dispatch::due;
use crate::dispatch::prepare::Plan;
use crate::dispatch::series;
use crate::store::Store;
use crate::store::occurrence::SkippedOccurrence;
use crate::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};
use std::path::Path;

/// How long a skipped occurrence is news.
const NEWS: SignedDuration = SignedDuration::from_hours(24 * 60);

/// What a campaign does next.
#[derive(serde::Serialize)]
pub(super) struct Ahead {
    campaign: String,
    article: Option<String>,
    due_at: Option<String>,
    local: Option<String>,
    begins_at: Option<String>,
    expires_at: Option<String>,
    /// How many people come to it, where it is a step of a series.
    people: Option<u64>,
    /// Why the campaign is on hold, if it is.
    held: Option<String>,
    notes: Vec<String>,
}

/// What a campaign with a schedule does next, for monitoring.
#[derive(serde::Serialize)]
pub(super) struct Coming {
    campaign: String,
    article: String,
    due_at: String,
    begins_at: Option<String>,
    held: Option<String>,
}

/// An occurrence on which nothing began.
#[derive(serde::Serialize)]
pub(super) struct Skipped {
    campaign: String,
    article: Option<String>,
    due_on: String,
    due_at: String,
    reason: &'static str,
    detail: String,
    at: String,
}

/// Both.
pub(super) struct Turns {
    pub(super) next: Vec<Ahead>,
    pub(super) skipped: Vec<Skipped>,
}

impl Turns {
    /// Reads the files as far as they can be read: a broken campaign keeps nobody from knowing where the others stand.
    pub(super) fn read(context: &Context, root: &Path, store: &Store) -> Result<Self, Failure> {
        let now = context.clock.now();
        let since = now.saturating_sub(NEWS).unwrap_or(Timestamp::MIN);
        let skipped = store.skipped_occurrences(since)?.into_iter().map(shape).collect();
        let workspace = Workspace::read(root);
        let mut next = Vec::new();
        if let Some(settings) = &workspace.settings {
            for folder in &workspace.campaigns {
                if let Some(finding) = namesake::find(store, &workspace, folder)? {
                    next.push(Ahead::note_alone(&folder.name, finding.text));
                } else if let Ok(plan) = plan(settings, folder) {
                    next.extend(ahead(store, plan, now)?);
                }
            }
            let gone = namesake::gone(store, &workspace)?.into_iter();
            next.extend(gone.map(|gone| Ahead::note_alone(&gone.name, gone.words)));
        }
        Ok(Self { next, skipped })
    }

    /// The same in lines.
    pub(super) fn words(&self) -> Vec<String> {
        let next = self.next.iter().flat_map(Ahead::words);
        let skipped = self.skipped.iter().filter(|one| one.reason != Reason::Empty.name());
        let skipped = skipped.map(|one| {
            let article = one
                .article
                .as_ref()
                .map(|article| format!(" · {article}"))
                .unwrap_or_default();
            let name = Ui::bold(&one.campaign);
            format!(
                "{name}{article}: nothing was sent for {} ({}): {}",
                one.due_on, one.reason, one.detail
            )
        });
        next.chain(skipped).chain(self.without_article()).collect()
    }

    /// Days on which no article was left, counted: a campaign that is through is no news each day.
    fn without_article(&self) -> Vec<String> {
        let empty: Vec<&Skipped> = self.skipped.iter().filter(|one| one.reason == Reason::Empty.name()).collect();
        let mut names: Vec<&str> = empty.iter().map(|one| one.campaign.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let told = names.into_iter().map(|name| {
            let days: Vec<&&Skipped> = empty.iter().filter(|one| one.campaign == name).collect();
            let last = days.last().map(|one| one.due_on.as_str()).unwrap_or_default();
            let (name, days) = (Ui::bold(name), count(days.len() as u64, "day"));
            format!("{name}: nothing was sent on {days}, the last {last}: no article was left")
        });
        told.collect()
    }
}

impl Ahead {
    /// Nothing is next, and that is why.
    fn note_alone(name: &str, note: String) -> Self {
        Self {
            campaign: name.to_owned(),
            article: None,
            due_at: None,
            local: None,
            begins_at: None,
            expires_at: None,
            people: None,
            held: None,
            notes: vec![note],
        }
    }

    /// The same for monitoring, where an article comes.
    fn coming(self) -> Option<Coming> {
        Some(Coming {
            campaign: self.campaign,
            article: self.article?,
            due_at: self.due_at?,
            begins_at: self.begins_at,
            held: self.held,
        })
    }

    fn words(&self) -> Vec<String> {
        let name = Ui::bold(&self.campaign);
        let next = self.article.as_ref().zip(self.local.as_ref());
        let next = next.map(|(article, local)| match (self.people, self.begins_at != self.due_at) {
            (Some(people), _) => format!("{name}: `{article}` is next, for {} on {local}", count(people, "person")),
            (None, true) if self.held.is_some() => format!("{name}: `{article}` is next, due {local}, and waits for release"),
            (None, true) => format!("{name}: `{article}` is next, due {local}, and waits for its hours"),
            (None, false) => format!("{name}: `{article}` is next, on {local}"),
        });
        let notes = self.notes.iter().map(|note| format!("{name}: {note}"));
        next.into_iter().chain(notes).collect()
    }
}

fn ahead(store: &Store, plan: Plan<'_>, now: Timestamp) -> Result<Option<Ahead>, Failure> {
    let calendar = due::calendar(store, plan)?;
    if calendar.schedule().is_none() {
        return steps_ahead(store, plan, now);
    }
    let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone, now)?;
    let entry = calendar.upcoming(&recorded, now);
    let mut notes: Vec<String> = due::forewarning(store, plan, now)?
        .into_iter()
        .map(|finding| finding.text)
        .collect();
    let held = store.campaign_hold(&plan.campaign.id)?;
    notes.extend(held.iter().map(|reason| format!("on hold: {reason}")));
    if entry.is_none() && notes.is_empty() {
        return Ok(None);
    }
    Ok(Some(Ahead {
        campaign: plan.campaign.name.clone(),
        article: entry.as_ref().and_then(|entry| entry.article).map(str::to_owned),
        due_at: entry.as_ref().map(|entry| entry.occurrence.at.to_string()),
        local: entry.as_ref().map(|entry| moment(&entry.occurrence.local)),
        begins_at: entry.as_ref().and_then(|entry| entry.begins()).map(|at| at.to_string()),
        expires_at: entry.as_ref().and_then(|entry| entry.expires_at).map(|at| at.to_string()),
        people: None,
        held,
        notes,
    }))
}

/// The next edition of every sound campaign that has a schedule and an article left, the first one due first.
pub(super) fn coming(store: &Store, workspace: &Workspace, now: Timestamp) -> Result<Vec<Coming>, Failure> {
    let mut next = Vec::new();
    for folder in &workspace.campaigns {
        let Some(Ok(plan)) = workspace.settings.as_ref().map(|settings| plan(settings, folder)) else {
            continue;
        };
        if due::calendar(store, plan)?.schedule().is_some() && namesake::find(store, workspace, folder)?.is_none() {
            next.extend(ahead(store, plan, now)?);
        }
    }
    let mut coming: Vec<Coming> = next.into_iter().filter_map(Ahead::coming).collect();
    coming.sort_by(|one, other| (&one.due_at, &one.campaign).cmp(&(&other.due_at, &other.campaign)));
    Ok(coming)
}

/// The next step of a series to which anybody comes within this many days, and what is closed.
fn steps_ahead(store: &Store, plan: Plan<'_>, now: Timestamp) -> Result<Option<Ahead>, Failure> {
    const DAYS: u32 = 35;
    let Some(ahead) = series::ahead(store, plan, now, DAYS)? else {
        return Ok(None);
    };
    let hold = store.campaign_hold(&plan.campaign.id)?;
    let closed = closed_words(store, plan)?.into_iter();
    let mut notes: Vec<String> = closed.map(|(words, way)| format!("{words}; {way}")).collect();
    notes.extend(hold.iter().map(|reason| format!("on hold: {reason}")));
    let next = ahead.days.first();
    if next.is_none() && notes.is_empty() {
        return Ok(None);
    }
    let at = next.map(|next| next.at.to_string());
    Ok(Some(Ahead {
        campaign: plan.campaign.name.clone(),
        article: next.map(|next| next.article.clone()),
        due_at: at.clone(),
        local: next.map(|next| moment(&next.at.to_zoned(plan.clinic.zone.clone()))),
        begins_at: at,
        expires_at: None,
        people: next.map(|next| next.people),
        held: hold,
        notes,
    }))
}

fn shape(one: SkippedOccurrence) -> Skipped {
    Skipped {
        campaign: one.campaign_name,
        article: Some(one.article).filter(|article| !article.is_empty()),
        due_on: one.due_on.to_string(),
        due_at: one.due_at.to_string(),
        reason: one.reason.name(),
        detail: one.detail,
        at: one.at.to_string(),
    }
}
