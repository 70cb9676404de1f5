//! What the calendar begins: the editions that are due at this moment, campaign by campaign.

use crate::campaign::Timing;
use crate::campaign::calendar::{Due, Reason, Turn, late_words, moment};
use crate::cli::answers::require_reader;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::namesake;
use crate::cli::sending::{Way, bring_lists, plan};
use crate::cli::ui::{Ui, count};
use crate::dispatch::due::{self, turn};
use crate::dispatch::prepare::{self, Draft, Plan};
use crate::finding::Finding;
use crate::store::Store;
use crate::store::hold::{By, Target};
use crate::store::import::Guard;
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use jiff::Timestamp;
use std::path::Path;

/// What the calendar began.
#[derive(Default)]
pub(super) struct Begun {
    /// What is wrong with the campaigns that were passed over.
    pub(super) findings: Vec<Finding>,
    /// Editions that came too late and wait for a person.
    pub(super) held: u64,
    /// Whether nothing could begin, because this machine's clock contradicts the store's past.
    pub(super) clock_is_doubtful: bool,
}

/// Whether any campaign has something left that a calendar or a day of joining could begin.
pub(super) fn could_begin(store: &Store, workspace: &Workspace) -> Result<bool, Failure> {
    for folder in &workspace.campaigns {
        let Some(campaign) = &folder.campaign else { continue };
        let has_more = match &campaign.timing {
            Timing::ByHand => false,
            Timing::Series(_) => true,
            Timing::Schedule(_) => {
                let recorded = store.editions_of(&campaign.id)?;
                let is_used = |id: &str| recorded.iter().any(|edition| edition.key.article == id);
                folder.articles.iter().any(|article| !is_used(&article.id))
            }
        };
        if has_more {
            return Ok(true);
        }
    }
    Ok(false)
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
    let mut begun = Begun {
        held: hold_homeless(context, store, workspace)?,
        ..Begun::default()
    };
    let spoilt = store.campaigns_with_spoilt()?;
    for folder in &workspace.campaigns {
        if settings.auto_import && folder.campaign.as_ref().is_some_and(|campaign| spoilt.contains(&campaign.id)) {
            // Somebody who mended a row and released its letter did not import the list as well.
            take_up_mended(context, store, workspace, settings, folder, &mut begun)?;
        }
        match begin_one(context, store, workspace, settings, folder, root, way) {
            Ok(held) => begun.held += held,
            Err(failure) if failure.kind == Kind::Files => begun.findings.extend(failure.findings),
            Err(failure) => return Err(failure),
        }
    }
    Ok(begun)
}

/// Reads the lists of a campaign again whose released letters wait for mended data.
fn take_up_mended(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    folder: &CampaignFolder,
    begun: &mut Begun,
) -> Result<(), Failure> {
    let brought = plan(settings, folder).and_then(|plan| bring_lists(store, workspace, plan, Guard::Cautious, context.clock.now()));
    match brought {
        Ok(warnings) => {
            context.ui.findings(&warnings);
            Ok(())
        }
        Err(failure) if failure.kind == Kind::Files => {
            begun.findings.extend(failure.findings);
            Ok(())
        }
        Err(failure) => Err(failure),
    }
}

/// Editions whose campaign has no folder any more wait for a person; one who said `release` since has decided.
fn hold_homeless(context: &Context, store: &mut Store, workspace: &Workspace) -> Result<u64, Failure> {
    const GONE: &str = "its folder is gone";
    const ANOTHER: &str = "its folder has another id now";
    let mut held = 0;
    for edition in store.unfinished_editions()? {
        let (name, article) = (&edition.campaign_name, &edition.key.article);
        // A file that cannot be read tells no id: until it is mended, the name does.
        let is_home = |folder: &CampaignFolder| match folder.id() {
            Some(id) => id == edition.key.campaign.0,
            None => folder.name == *name,
        };
        let is_settled = edition.held.is_some() || workspace.campaigns.iter().any(is_home);
        let why = match workspace.campaigns.iter().any(|folder| folder.name == *name) {
            true => ANOTHER,
            false => GONE,
        };
        if is_settled || store.was_released_after(edition.id, GONE)? || store.was_released_after(edition.id, ANOTHER)? {
            continue;
        }
        let reason = format!("{why}; `tidings release {name}/{article}` lets the released text go on");
        store.hold(&Target::Edition(edition.id), By::Rule, &reason, context.clock.now())?;
        context.ui.say(&format!("campaign `{name}`, article `{article}`: {reason}"));
        held += 1;
    }
    Ok(held)
}

/// A campaign on hold begins nothing. Where that is a rule's doing (law 13) and its turn has come, a person has to know.
fn wait_for_release(context: &Context, store: &mut Store, plan: Plan<'_>, reason: &str) -> Result<bool, Failure> {
    let is_due = |store: &mut Store| turn(store, plan, context.clock.now());
    if store.is_distrusted(&plan.campaign.id)?.is_none() || is_due(store)?.turn == Turn::Nothing {
        return Ok(false);
    }
    let name = &plan.campaign.name;
    let hint = format!(
        "`tidings cancel {name}/ARTICLE` uses up an article that went out already; `tidings release {name}` lets the others go"
    );
    let text = format!("campaign `{name}` is due and on hold: {reason}");
    context.ui.say_lasting(&[text, Ui::hint_line(&hint)]);
    Ok(true)
}

/// Begins a campaign's edition if one is due; gives how much of it a rule holds, for a person to look at.
fn begin_one(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    folder: &CampaignFolder,
    root: &Path,
    way: &Way<'_>,
) -> Result<u64, Failure> {
    let plan: Plan<'_> = plan(settings, folder)?;
    namesake::refuse(store, workspace, folder)?;
    let now = context.clock.now();
    if let Some(reason) = store.campaign_hold(&plan.campaign.id)? {
        return wait_for_release(context, store, plan, &reason).map(u64::from);
    }
    let decision = turn(store, plan, now)?;
    due::write_down(store, plan, &decision, now)?;
    for missed in decision.missed.iter().filter(|missed| missed.reason != Reason::Empty) {
        let name = &plan.campaign.name;
        context.ui.say(&format!(
            "campaign `{name}`: nothing was sent for {}: {}",
            missed.occurrence.date, missed.detail
        ));
    }
    let found = match decision.turn {
        Turn::Nothing => {
            let never = due::never_opens(plan, &due::calendar(store, plan)?, now);
            return never.map_or(Ok(0), |finding| Err(Failure::findings(vec![finding])));
        }
        Turn::Waits { due, until, .. } => {
            tell_waiting(context, plan, &due, until);
            return Ok(0);
        }
        Turn::Begins(due) => due,
    };
    require_reader(context, settings, store)?;
    way.route()?;
    if settings.auto_import {
        // A row that nobody can be written to by is somebody's: said when its file is read, that is once.
        context
            .ui
            .findings(&bring_lists(store, workspace, plan, Guard::Cautious, now)?);
    }
    let article = plan.articles.iter().find(|article| article.id == found.article);
    let article = article.ok_or_else(|| Failure::new(Kind::Internal, "the calendar named an article that is not there"))?;
    let draft = prepare::draft(store, plan, article, due::due(plan, &found.occurrence, now), now)?;
    if draft.edition.planned == 0 {
        return Err(for_nobody(store, plan, &draft)?);
    }
    context.mark_sent(root, store.identity())?;
    let is_held = release(context, store, plan, &draft, &found)?;
    tell_spoilt(context, plan, &draft)?;
    Ok(u64::from(is_held) + draft.proof.faults.len() as u64)
}

/// Released, an edition for nobody would use the article up.
fn for_nobody(store: &mut Store, plan: Plan<'_>, draft: &Draft) -> Result<Failure, Failure> {
    store.discard(draft.edition.id)?;
    let file = format!("campaigns/{}/campaign.yaml", plan.campaign.name);
    let finding = Finding::error(
        file,
        format!("`{}` is due, and nobody would get it", draft.edition.key.article),
    );
    Ok(Failure::findings(vec![finding.hint(
        "`tidings plan` tells who is left out and why; the article keeps its turn",
    )]))
}

/// Lets a proved draft go, or holds it where it is too late; what was on hold before it is over. Gives whether it is held.
fn release(context: &Context, store: &mut Store, plan: Plan<'_>, draft: &Draft, found: &Due<'_>) -> Result<bool, Failure> {
    let (now, name) = (context.clock.now(), &plan.campaign.name);
    let held = found.is_held.then(|| held_words(plan, found, now));
    for over in due::start(store, &draft.edition, &found.occurrence, held.as_deref(), now)? {
        let letters = count(over.letters, "letter");
        context.ui.say(&format!(
            "campaign `{name}`: `{}` was on hold and is superseded by `{}`: {letters} will never leave",
            over.article, found.article
        ));
        context.ui.hint(&format!(
            "`tidings resend {name}/{} --cancelled` orders them anew",
            over.article
        ));
    }
    if let Some(reason) = held {
        context
            .ui
            .say(&format!("campaign `{name}`, article `{}`: {reason}", found.article));
    }
    Ok(found.is_held)
}

/// Names whose own data spoil their letter: it is held, and the others leave.
fn tell_spoilt(context: &Context, plan: Plan<'_>, draft: &Draft) -> Result<(), Failure> {
    let (name, article, faults) = (&plan.campaign.name, &draft.edition.key.article, &draft.proof.faults);
    tell_some_held(&context.ui, name, faults.len(), |at| {
        let (who, what) = (faults[at].address.masked(), &faults[at].error.finding.text);
        Ok(format!(
            "campaign `{name}`, `{article}`: held for {who}: their letter cannot be written: {what}"
        ))
    })?;
    if !faults.is_empty() {
        context.ui.hint(&format!(
            "mend their row, then `tidings release {name}/{article} --to ADDRESS` lets it go"
        ));
    }
    Ok(())
}

/// Says a line for each letter that a rule holds, as many as a mail from cron should hold, and where the rest are named.
pub(super) fn tell_some_held(
    ui: &Ui,
    campaign: &str,
    held: usize,
    line: impl Fn(usize) -> Result<String, Failure>,
) -> Result<(), Failure> {
    const NAMED: usize = 20;
    for at in 0..held.min(NAMED) {
        ui.say(&line(at)?);
    }
    if held > NAMED {
        let rest = count((held - NAMED) as u64, "letter");
        ui.say(&format!("and {rest} more; `tidings log {campaign} --state held` names all"));
    }
    Ok(())
}

/// Why a late edition waits for a person, and until when that one can decide.
fn held_words(plan: Plan<'_>, found: &Due<'_>, now: Timestamp) -> String {
    let until = found.expires_at.map(|end| {
        let local = end.to_zoned(found.occurrence.local.time_zone().clone());
        format!(", until {}", moment(&local))
    });
    format!(
        "{}; `tidings release {}/{}` sends it all the same{}",
        late_words(&found.occurrence.local, found.allowed, now.duration_since(found.allowed)),
        plan.campaign.name,
        found.article,
        until.unwrap_or_default()
    )
}

/// Somebody who looks on wants to know why nothing leaves; cron does not.
fn tell_waiting(context: &Context, plan: Plan<'_>, due: &Due<'_>, until: Timestamp) {
    if context.ui.is_watched() {
        let local = until.to_zoned(plan.clinic.zone.clone());
        context.ui.say(&format!(
            "campaign `{}`: `{}` begins {}",
            plan.campaign.name,
            due.article,
            moment(&local)
        ));
    }
}
