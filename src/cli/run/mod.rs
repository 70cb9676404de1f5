//! `tidings run`: the heartbeat that cron keeps.
//!
//! Promises: what the calendar and the series want is begun before anything is handed over; it asks nothing, and is silent where nobody
//! watches unless a person is needed; a run that finds another one at work leaves everything to it. Knows nothing of when it is called.

mod begin;
mod record;
mod series;

use crate::campaign::calendar::moment;
use crate::cli::answers::require_reader;
use crate::cli::context::{Context, holder_words, real_dir, tell_passed_over};
use crate::cli::failure::{Failure, Kind};
use crate::cli::handwriting::refuse_foreign;
use crate::cli::mail_in::read_first;
use crate::cli::outcome::{ending, tell};
use crate::cli::people::lapse_quietly;
use crate::cli::reminder::Reminder;
use crate::cli::scribe::Scribe;
use crate::cli::send::{recover, tell_no_more};
use crate::cli::sending::{Bounds, Way, hand_over, plan};
use crate::cli::ui::Ui;
use crate::dispatch::hours::{Timetable, resumption};
use crate::dispatch::prepare;
use crate::dispatch::report::{Report, Stop};
use crate::dispatch::run::{Work, is_due, is_shut, waiting};
use crate::store::Store;
use crate::store::edition::Edition;
use crate::store::lock::{Holder, SenderLock};
use crate::store::reckoning::Contradiction;
use crate::workspace::Workspace;
use crate::workspace::settings::Settings;
use begin::{Begun, begin_due, could_begin};
use jiff::{SignedDuration, Timestamp};
use record::Record;
use series::serve_series;
use std::path::PathBuf;

/// Send everything that is due: new editions, retries, and what an earlier run left
///
/// Made for cron: call it as often as you like. It asks nothing and says nothing when nothing is due, and `tidings cron` prints the
/// line for it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tidings run
  tidings -C /home/clinic/mail run --max-minutes 50 --log-file /var/log/clinic/mail.log
  tidings cron --every 15m     print the line that has cron run it")]
pub(super) struct Args {
    /// Begin no letter after this many minutes; the next run goes on
    #[arg(long, value_name = "N", value_parser = minutes)]
    max_minutes: Option<f64>,
    /// Write what happens into this file, a line each, with masked addresses
    #[arg(long, value_name = "FILE")]
    log_file: Option<PathBuf>,
    /// Leave in this file how the last run went, as JSON, for monitoring
    #[arg(long, value_name = "FILE")]
    status_file: Option<PathBuf>,
}

/// A day of minutes is as good as no bound.
const MOST_MINUTES: f64 = 24.0 * 60.0;

/// A number of minutes, also a part of one.
fn minutes(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| *number > 0.0 && *number <= MOST_MINUTES);
    number.ok_or_else(|| format!("write a number of minutes above 0, up to {MOST_MINUTES}"))
}

/// A sender that lives longer than this is worth a word.
const LONG: SignedDuration = SignedDuration::from_hours(6);

/// The screen of a run: somebody writes down what is said.
pub(super) fn heard(context: &Context, args: &Args) -> Ui {
    // One for the whole process, which has one run.
    let is_ours = refuse_foreign(context.root().ok().as_deref(), None, args.log_file.as_deref()).is_ok();
    let log = args
        .log_file
        .clone()
        .filter(|log| is_ours && args.status_file.as_ref() != Some(log));
    let scribe = Box::leak(Box::new(Scribe::new(context.clock, log)));
    context.ui.heard_by(scribe)
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (status, log, root) = (args.status_file.as_deref(), args.log_file.as_deref(), context.root().ok());
    if let Err(refusal) = refuse_foreign(root.as_deref(), status, log) {
        let is_ours = refuse_foreign(root.as_deref(), status, None).is_ok() && status != log;
        let ended = Err(refusal);
        Record::new(context, status.filter(|_| is_ours)).end(&ended);
        return ended;
    }
    if let Some(root) = root.filter(|_| !context.ui.is_watched() && !context.ui.wants_json()) {
        let scribe = context.ui.scribe();
        scribe
            .iter()
            .for_each(|scribe| scribe.remember(Reminder::of(&real_dir(&root))));
    }
    let mut record = Record::new(context, status);
    let ended = match enter(context) {
        // What is to be told of the other's work is the other's to tell.
        Ok(Entered::Behind(holder)) => {
            let ended = wait_for(context, &holder).inspect_err(|failure| context.ui.note_failure(failure));
            return unsaid(context, ended, false);
        }
        Ok(Entered::Alone(house)) => {
            let ended = beat(context, args, &house, &mut record);
            // Before the house is left: the next run's status would be the newer one.
            record.end(&ended);
            return unsaid(context, ended, true);
        }
        Err(failure) => Err(failure),
    };
    record.end(&ended);
    unsaid(context, ended, false)
}

/// The same end; one that was told before and lasts has its exit code alone, where nobody watches.
fn unsaid(context: &Context, ended: Result<(), Failure>, is_whole: bool) -> Result<(), Failure> {
    let lasts = |kind: Kind| matches!(kind, Kind::Files | Kind::FixFirst | Kind::Later);
    let ended = ended.map_err(|failure| match lasts(failure.kind) && !context.ui.is_news(&failure) {
        true => Failure::said(failure.kind),
        false => failure,
    });
    context.ui.scribe().iter().for_each(|scribe| scribe.keep(is_whole));
    ended
}

/// Whether this run is the one that sends.
enum Entered {
    /// It is, until the house is left.
    Alone(Box<House>),
    /// Another one is at it.
    Behind(Holder),
}

/// The workspace, with the sender's lock on its store.
struct House {
    root: PathBuf,
    workspace: Workspace,
    /// When letters may leave, as the files of this run say.
    timetable: Timetable,
    _lock: SenderLock,
}

/// Takes the sender's lock, where files and flags allow it.
fn enter(context: &Context) -> Result<Entered, Failure> {
    let (root, workspace) = context.workspace()?;
    if context.is_rehearsal() {
        return Err(Failure::new(Kind::Usage, "a rehearsal is played by `tidings rehearse`")
            .hint("it starts from the real store each time"));
    }
    let settings = context.settings(&workspace)?;
    context.refuse_played_time_for(settings)?;
    let timetable = Timetable::of(&workspace, settings);
    let lock = SenderLock::take(&real_dir(&root), "run", context.clock.now())?;
    Ok(match lock {
        Ok(lock) => Entered::Alone(Box::new(House {
            root,
            workspace,
            timetable,
            _lock: lock,
        })),
        Err(holder) => Entered::Behind(holder),
    })
}

/// One beat of the heart: begins what is due and closes what is open.
fn beat(context: &Context, args: &Args, house: &House, record: &mut Record<'_>) -> Result<(), Failure> {
    let (root, workspace) = (&house.root, &house.workspace);
    let settings = context.settings(workspace)?;
    let mut store = context.store_for_sending(root, settings)?;
    record.look(&store);
    let doubts = recover(context, &mut store)?;
    lapse_quietly(context, &mut store, settings)?;
    read_first(context, root, settings, &mut store)?;
    let way = Way::new(root, settings);
    let begun = begin(context, &mut store, house, settings, &way);
    // Before anything is sent, and also what was begun before a fault.
    record.look(&store);
    let begun = begun?;
    let bounds = Bounds {
        limit: None,
        deadline: args.max_minutes.map(|minutes| record.deadline(minutes)),
    };
    let timetable = &house.timetable;
    let mut ended = match is_due(&store, &Work::Everything, timetable, context.clock.now())? {
        false => tell_resumption(context, &store, settings, timetable, record),
        true => close_all(context, &mut store, house, settings, &way, bounds, record),
    };
    record.look(&store);
    if ended.is_ok() && (doubts + begun.held > 0 || begun.clock_is_doubtful) {
        ended = Err(Failure::said(Kind::Attention));
    }
    if ended.is_ok() {
        tell_passed_over(&begun.findings)?;
    } else {
        context.ui.lasting_findings(&begun.findings);
    }
    ended
}

/// Begins what the calendar and the series want; nothing, while this machine's clock contradicts the store's past.
fn begin(context: &Context, store: &mut Store, house: &House, settings: &Settings, way: &Way<'_>) -> Result<Begun, Failure> {
    let (root, workspace) = (&house.root, &house.workspace);
    if let Some(contradiction) = store.reckon(context.clock.now())? {
        let clock_is_doubtful = could_begin(store, workspace)?;
        if clock_is_doubtful {
            tell_doubtful_clock(context, &contradiction, settings);
        }
        return Ok(Begun {
            clock_is_doubtful,
            ..Begun::default()
        });
    }
    let mut begun = begin_due(context, store, workspace, settings, root, way)?;
    serve_series(context, store, workspace, settings, root, way, &mut begun)?;
    Ok(begun)
}

/// One of two clocks was wrong: the one of now, or the one of the store's last run.
fn tell_doubtful_clock(context: &Context, contradiction: &Contradiction, settings: &Settings) {
    let told = |at: Timestamp| moment(&at.to_zoned(settings.zone().clone()));
    let now = told(context.clock.now());
    let Contradiction { lived, believed_at } = *contradiction;
    context.ui.say(&format!(
        "this machine's clock says {now}, and the store has lived through {} already: nothing new begins",
        told(lived)
    ));
    context.ui.hint(&format!(
        "if the clock is wrong, set it right; if it was wrong then, there is nothing to do: it is believed from {} on",
        told(believed_at)
    ));
}

/// Hands over what is due. While a quota is used up nothing can be, and there is nothing to say.
fn close_all(
    context: &Context,
    store: &mut Store,
    house: &House,
    settings: &Settings,
    way: &Way<'_>,
    bounds: Bounds,
    record: &mut Record<'_>,
) -> Result<(), Failure> {
    if let Some(why) = is_shut(store, &way.limits(), context.clock.now())? {
        record.waits(&why);
        if context.ui.is_watched() {
            context.ui.say(&why);
        }
        return Ok(());
    }
    require_reader(context, settings, store)?;
    tell_differences(context, store, &house.workspace, settings)?;
    let route = (way.route()?, &house.timetable);
    let mut report = hand_over(context, store, "run", Work::Everything, route, bounds)?;
    if matches!(report.stop, Some(Stop::Time { .. })) && waiting(store, &Work::Everything)? == 0 {
        // The last letter and the last minute came together.
        report.stop = None;
    }
    record.report(&report);
    let is_quiet = !context.ui.is_watched() && !context.ui.wants_json();
    match ending(&report) {
        Ok(()) if is_quiet => Ok(()),
        Err(_) if is_quiet && could_send_nothing(&report) => Ok(()),
        Err(failure) if is_quiet && goes_on_by_itself(&report) => Err(Failure::said(failure.kind)),
        Ok(()) | Err(_) => {
            let ended = tell(context, &report);
            tell_no_more(store, &report, &ended)?;
            ended
        }
    }
}

/// Whoever watches wants to know why nothing leaves; cron does not.
fn tell_resumption(
    context: &Context,
    store: &Store,
    settings: &Settings,
    timetable: &Timetable,
    record: &mut Record<'_>,
) -> Result<(), Failure> {
    let now = context.clock.now();
    if let Some(waits) = resumption(store, &Work::Everything, timetable, now)? {
        let told = waits.told(now, settings.zone());
        record.waits(&told);
        if context.ui.is_watched() {
            context.ui.say(&told);
        }
    }
    Ok(())
}

/// All that waits is for domains whose letters are used up, or for other hours: nobody has to run again sooner than cron does.
fn could_send_nothing(report: &Report) -> bool {
    matches!(report.stop, Some(Stop::Quota { .. } | Stop::Hours { .. }))
        && report.states.is_empty()
        && report.held_meanwhile.is_empty()
}

/// The next run goes on where this one had to stop, and nobody has to know: cron mails what is said.
fn goes_on_by_itself(report: &Report) -> bool {
    let waits = matches!(report.stop, Some(Stop::Quota { .. } | Stop::Hours { .. } | Stop::Time { .. }));
    waits && report.need_a_person() == 0 && report.held_meanwhile.is_empty() && report.no_more == 0
}

/// Says where the files differ from what is going out: the released text does, as it did to the others (law 2).
fn tell_differences(context: &Context, store: &Store, workspace: &Workspace, settings: &Settings) -> Result<(), Failure> {
    // A step of a series has the text of the day on which each person came to it.
    let is_told = |edition: &&Edition| edition.held.is_none() && !edition.is_step;
    for edition in store.unfinished_editions()?.iter().filter(is_told) {
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
