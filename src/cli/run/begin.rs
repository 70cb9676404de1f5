//! What the calendar begins: the editions that are due at this moment, campaign by campaign.

use crate::cli::answers::require_reader;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::send::due_at;
use crate::cli::sending::{Way, bring_lists, plan};
use crate::dispatch::due::{Turn, turn};
use crate::dispatch::prepare::{self, Plan};
use crate::finding::Finding;
use crate::store::Store;
use crate::store::hold::{By, Target};
use crate::store::import::Guard;
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use std::path::Path;

/// What the calendar began.
#[derive(Default)]
pub(super) struct Begun {
    /// What is wrong with the campaigns that were passed over.
    pub(super) findings: Vec<Finding>,
    /// Editions that came too late and wait for a person.
    pub(super) held: u64,
}

/// Begins every edition that is due; campaigns with errors are named and passed over.
pub(super) fn begin_due(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    root: &Path,
    way: &Way<'_>,
) -> Result<Begun, Failure> {
    let mut begun = Begun::default();
    for folder in &workspace.campaigns {
        match begin_one(context, store, workspace, settings, folder, root, way) {
            Ok(held) => begun.held += u64::from(held),
            Err(failure) if failure.kind == Kind::Files => begun.findings.extend(failure.findings),
            Err(failure) => return Err(failure),
        }
    }
    Ok(begun)
}

/// A campaign on hold begins nothing. Where that is a rule's doing (law 13) and its turn has come, a person has to know.
fn missed(context: &Context, store: &mut Store, plan: Plan<'_>, settings: &Settings, reason: &str) -> Result<bool, Failure> {
    let is_due = |store: &mut Store| turn(store, plan, settings.zone(), context.clock.now());
    if store.is_distrusted(&plan.campaign.id)?.is_none() || matches!(is_due(store)?, Turn::NotNow) {
        return Ok(false);
    }
    let name = &plan.campaign.name;
    context.ui.say(&format!("campaign `{name}` is due and on hold: {reason}"));
    context.ui.hint(&format!(
        "`tidings cancel {name}/ARTICLE` uses up an article that went out already; `tidings release {name}` lets the others go"
    ));
    Ok(true)
}

/// Begins a campaign's edition if one is due; gives whether it came too late and is on hold.
fn begin_one(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    folder: &CampaignFolder,
    root: &Path,
    way: &Way<'_>,
) -> Result<bool, Failure> {
    let plan: Plan<'_> = plan(settings, folder)?;
    let now = context.clock.now();
    if let Some(reason) = store.campaign_hold(&plan.campaign.id)? {
        return missed(context, store, plan, settings, &reason);
    }
    let (article, occurrence, late) = match turn(store, plan, settings.zone(), now)? {
        Turn::NotNow => return Ok(false),
        Turn::Begin { article, occurrence } => (article, occurrence, false),
        Turn::TooLate { article, occurrence } => (article, occurrence, true),
    };
    require_reader(context, settings, store)?;
    way.route()?;
    if settings.auto_import {
        bring_lists(store, workspace, plan, Guard::Cautious, now)?;
    }
    let draft = prepare::draft(store, plan, article, due_at(occurrence.at, settings, plan), now)?;
    if draft.edition.planned == 0 {
        // Released, it would use the article up on nobody.
        store.discard(draft.edition.id)?;
        let file = format!("campaigns/{}/campaign.yaml", plan.campaign.name);
        let finding = Finding::error(file, format!("`{}` is due, and nobody would get it", article.id));
        return Err(Failure::findings(vec![
            finding.hint("`tidings plan` tells who is left out and why; the article keeps its turn"),
        ]));
    }
    context.mark_sent(root, store.identity())?;
    if late {
        let hours = now.duration_since(occurrence.at).as_hours();
        let due = occurrence.local.strftime("%a %-d %b %Y %H:%M %Z");
        let reason = format!(
            "due {due}, found {hours} hours late; `tidings release {}/{}` sends it all the same",
            plan.campaign.name, article.id
        );
        store.hold(&Target::Edition(draft.edition.id), By::Rule, &reason, now)?;
        context.ui.say(&format!(
            "campaign `{}`, article `{}`: {reason}",
            plan.campaign.name, article.id
        ));
    }
    store.release(draft.edition.id, now)?;
    Ok(late)
}
