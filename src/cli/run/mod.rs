//! `tidings run`: the heartbeat that cron keeps.

mod begin;

use crate::cli::answers::require_reader;
use crate::cli::context::{Context, holder_words, real_dir, tell_passed_over};
use crate::cli::failure::{Failure, Kind};
use crate::cli::mail_in::read_first;
use crate::cli::outcome::{ending, tell};
use crate::cli::people::lapse_quietly;
use crate::cli::send::{recover, tell_no_more};
use crate::cli::sending::{Way, hand_over, plan};
use crate::dispatch::hours::{Timetable, resumption};
use crate::dispatch::prepare;
use crate::dispatch::report::{Report, Stop};
use crate::dispatch::run::{Work, is_due, is_shut};
use crate::store::Store;
use crate::store::lock::{Holder, SenderLock};
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use begin::begin_due;
use jiff::SignedDuration;

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
    let timetable = Timetable::of(&workspace, settings);
    let mut ended = match is_due(&store, &Work::Everything, &timetable, context.clock.now())? {
        false => tell_resumption(context, &store, settings, &timetable),
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
    let timetable = Timetable::of(workspace, settings);
    let report = hand_over(context, store, "run", Work::Everything, (way.route()?, &timetable), None)?;
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

/// Whoever watches wants to know why nothing leaves; cron does not.
fn tell_resumption(context: &Context, store: &Store, settings: &Settings, timetable: &Timetable) -> Result<(), Failure> {
    let now = context.clock.now();
    if context.ui.is_watched()
        && let Some(waits) = resumption(store, &Work::Everything, timetable, now)?
    {
        context.ui.say(&waits.told(now, settings.zone()));
    }
    Ok(())
}

/// All that waits is for domains whose letters are used up: the run that used them up has said so.
fn could_send_nothing(report: &Report) -> bool {
    matches!(report.stop, Some(Stop::Quota { .. } | Stop::Hours { .. }))
        && report.states.is_empty()
        && report.held_meanwhile.is_empty()
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
