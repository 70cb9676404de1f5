//! `tidings run`: the heartbeat that cron keeps.

use super::answers::require_reader;
use super::context::{Context, holder_words, real_dir, tell_passed_over};
use super::failure::{Failure, Kind};
use super::mail_in::read_first;
use super::outcome::{ending, tell};
use super::people::lapse_quietly;
use super::send::{due_at, recover, tell_no_more};
use super::sending::{Way, bring_lists, hand_over, plan};
use crate::dispatch::due::{Turn, turn};
use crate::dispatch::prepare::{self, Plan};
use crate::dispatch::report::{Report, Stop};
use crate::dispatch::run::{Work, is_due, is_shut};
use crate::finding::Finding;
use crate::store::Store;
use crate::store::hold::{By, Target};
use crate::store::import::Guard;
use crate::store::lock::{Holder, SenderLock};
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use jiff::SignedDuration;
use std::path::Path;

/// Send everything that is due: new editions, retries, and what an earlier run left
///
/// Made for cron: call it as often as you like. It asks nothing and says nothing when nothing is due.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example (crontab):\n  */15 * * * *  tidings -C /home/clinic/mail run")]
pub(super) struct Args {}

/// A sender that lives longer than this is worth a word.
const LONG: SignedDuration = SignedDuration::from_hours(6);

pub(super) fn run(context: &Context, _args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    if context.is_rehearsal() {
        return Err(Failure::new(Kind::Usage, "a rehearsal is played by `tidings rehearse`")
            .hint("it starts from the real store each time"));
    }
    let settings = context.settings(&workspace)?;
    context.refuse_played_time_for(settings)?;
    let _lock = match SenderLock::take(&real_dir(&root), "run", context.clock.now())? {
        Ok(lock) => lock,
        Err(holder) => return wait_for(context, &holder),
    };
    let mut store = context.store_for_sending(&root, settings)?;
    let doubts = recover(context, &mut store)?;
    lapse_quietly(context, &mut store, settings)?;
    read_first(context, &root, settings, &mut store)?;
    let way = Way::new(&root, settings);
    let begun = begin_due(context, &mut store, &workspace, settings, &root, &way)?;
    let mut ended = match is_due(&store, &Work::Everything, context.clock.now())? {
        false => Ok(()),
        true => close_all(context, &mut store, &workspace, settings, &way),
    };
    if ended.is_ok() && doubts + begun.held > 0 {
        ended = Err(Failure::said(Kind::Attention));
    }
    if ended.is_ok() {
        tell_passed_over(&begun.findings)?;
    } else {
        context.ui.findings(&begun.findings);
    }
    ended
}

/// Hands over what is due. While a quota is used up nothing can be, and there is nothing to say: what has used it up said so.
fn close_all(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    way: &Way<'_>,
) -> Result<(), Failure> {
    if let Some(why) = is_shut(store, &way.limits(), context.clock.now())? {
        if context.ui.is_watched() {
            context.ui.say(&why);
        }
        return Ok(());
    }
    require_reader(context, settings, store)?;
    tell_differences(context, store, workspace, settings)?;
    let report = hand_over(context, store, "run", Work::Everything, way.route()?, None)?;
    if could_send_nothing(&report) && !context.ui.is_watched() {
        return Ok(());
    }
    match context.ui.is_watched() || context.ui.wants_json() || ending(&report).is_err() {
        true => {
            let ended = tell(context, &report);
            tell_no_more(store, &report, &ended)?;
            ended
        }
        false => Ok(()),
    }
}

/// All that waits is for domains whose letters are used up: the run that used them up has said so.
fn could_send_nothing(report: &Report) -> bool {
    matches!(report.stop, Some(Stop::Quota { .. })) && report.states.is_empty() && report.held_meanwhile.is_empty()
}

/// Says where the files differ from what is going out: the released text does, as it did to the others (law 2).
fn tell_differences(context: &Context, store: &Store, workspace: &Workspace, settings: &Settings) -> Result<(), Failure> {
    for edition in store.unfinished_editions()?.iter().filter(|edition| edition.held.is_none()) {
        let folder = workspace
            .campaigns
            .iter()
            .find(|folder| folder.id() == Some(&edition.key.campaign.0));
        let same = folder.is_some_and(|folder| plan(settings, folder).is_ok_and(|plan| !prepare::differs(edition, plan)));
        if !same {
            let (name, article) = (&edition.campaign_name, &edition.key.article);
            context.ui.say(&format!(
                "`{name}` was changed after `{article}` was released: the rest get the released text, as the others did"
            ));
        }
    }
    Ok(())
}

/// Another sender is at work: no news, unless it has been at it for very long.
fn wait_for(context: &Context, holder: &Holder) -> Result<(), Failure> {
    let long = holder
        .since
        .is_some_and(|since| context.clock.now().duration_since(since) > LONG);
    match long {
        true => Err(Failure::new(
            Kind::Later,
            format!("{} has been sending for over six hours", holder_words(holder)),
        )
        .hint("a slow relay is the usual reason; if it hangs, end that process: nothing is lost")),
        false => Ok(()),
    }
}

/// What the calendar began.
#[derive(Default)]
struct Begun {
    /// What is wrong with the campaigns that were passed over.
    findings: Vec<Finding>,
    /// Editions that came too late and wait for a person.
    held: u64,
}

/// Begins every edition that is due; campaigns with errors are named and passed over.
fn begin_due(
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
    let is_due = |store: &mut Store| turn(store, plan, &settings.timezone, context.clock.now());
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
    let (article, occurrence, late) = match turn(store, plan, &settings.timezone, now)? {
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
