//! `tidings release`: go on.

use super::context::Context;
use super::failure::{Failure, Kind};
use super::hold::{open, targets, tell};
use super::letters::stands_by;
use super::sending::plan;
use super::steps::{self, pass_all_by, would_get};
use super::ui::count;
use crate::campaign::CampaignId;
use crate::campaign::calendar::{Reason, Turn, moment};
use crate::dispatch::prepare::thaw;
use crate::dispatch::{DispatchError, due};
use crate::store::Store;
use crate::store::edition::Status;
use crate::store::hold::Target;
use crate::store::lock::SenderLock;
use crate::workspace::Workspace;
use jiff::tz::TimeZone;
use std::path::Path;

/// Let a held campaign, edition or person's letters go on
///
/// The next `run` or `send` takes them up again; letters that were accepted or are in doubt are not touched. A letter that you held by
/// its address stays on hold until you release that address.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  tidings release seasonal-immunity && tidings run")]
pub(super) struct Args {
    /// The campaign, or an edition as `status --json` names it (campaign/article)
    campaign: String,
    /// Release only the letters to this address (can be repeated)
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// Only a series: whoever was due for a step before this moment passes it by, as if they had it
    #[arg(long, conflicts_with = "to")]
    from_now: bool,
    /// Do not ask, where the store was restored and may not know which articles went out
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let mut store = open(context, &root)?;
    let now = context.clock.now();
    let (mut freed, mut kept, mut taken_back) = (0, 0, 0);
    let targets = targets(context, &store, &args.campaign, &args.to)?;
    if open_again(context, &mut store, args, &targets)? || take_skip_back(context, &mut store, args, &targets)? {
        return Ok(());
    }
    can_be_made(&root, &store, &targets)?;
    if args.from_now {
        pass_by(context, &mut store, args, &targets)?;
    } else if !looked_through(context, &mut store, args, &targets)? {
        return Ok(());
    }
    for target in &targets {
        let done = store.let_go(target, now)?;
        (freed, kept, taken_back) = (freed + done.waiting, kept + done.kept, taken_back + done.taken_back);
    }
    let name = &args.campaign;
    let [expired, turn] = match &targets[..] {
        [Target::Campaign(campaign)] => [
            expired(context, &root, &store, campaign, &mut freed)?,
            next_turn(context, &root, &store, campaign)?,
        ],
        _ => [Vec::new(), Vec::new()],
    };
    if tell_over(context, &root, &store, args, &targets, freed)? {
        return Ok(());
    }
    let words = match (args.to.is_empty(), freed) {
        (true, 0) => format!("`{name}` is released: no letter was waiting"),
        (true, 1) => format!("`{name}` is released: 1 letter goes out with the next `tidings run`"),
        (true, _) => format!(
            "`{name}` is released: {} go out with the next `tidings run`",
            count(freed, "letter")
        ),
        (false, 0) if taken_back > 0 => format!(
            "the hold on {} that is still under way or in doubt is taken back",
            count(taken_back, "letter")
        ),
        (false, 0) => "nothing to release: no such letter is on hold; `tidings why ADDRESS` tells what became of it".to_owned(),
        (false, _) => format!("{} of `{name}` released for the next `tidings run`", count(freed, "letter")),
    };
    tell(context, name, "released", freed, &words)?;
    expired.iter().chain(&turn).for_each(|line| context.ui.say(line));
    warn_of_other_holds(context, &store, args, &targets)?;
    if kept > 0 {
        let stay = if kept == 1 {
            "1 letter that was held by address stays".to_owned()
        } else {
            format!("{} that were held by address stay", count(kept, "letter"))
        };
        context.ui.say(&format!("{stay} on hold"));
        context.ui.hint(&format!(
            "`tidings release {name} --to ADDRESS` lets one go; `tidings log {name} --state held` names them"
        ));
    }
    Ok(())
}

/// What the next run could not make into letters is not let go, or the run would only hold it again.
fn can_be_made(root: &Path, store: &Store, targets: &[Target]) -> Result<(), Failure> {
    let mut editions = Vec::new();
    for target in targets {
        match target {
            Target::Campaign(campaign) => editions.extend(store.editions_of(campaign)?),
            Target::Edition(edition) => editions.push(store.edition(*edition)?),
            Target::Delivery(delivery) => editions.extend(store.edition_of(*delivery)?.map(|id| store.edition(id)).transpose()?),
        }
    }
    let signer = Workspace::read(root).settings.and_then(|settings| settings.signer);
    for edition in editions {
        if edition.status != Status::Released || store.tally(edition.id)?.open() == 0 {
            continue;
        }
        if let Err(DispatchError::Findings { findings }) = thaw(store, edition.id, signer.as_ref()) {
            let why = findings.first().map(|finding| finding.text.as_str()).unwrap_or_default();
            let text = format!("nothing was released: the letters of `{}` cannot be made: {why}", edition.key);
            let own = findings.into_iter().next().and_then(|finding| finding.hint);
            let hint = own.unwrap_or_else(|| format!("`tidings cancel {}` gives them up; then send the text anew", edition.key));
            return Err(Failure::new(Kind::Files, text).hint(hint));
        }
    }
    Ok(())
}

/// What expires with the next run because its time is over, which is not released.
fn expired(context: &Context, root: &Path, store: &Store, campaign: &CampaignId, freed: &mut u64) -> Result<Vec<String>, Failure> {
    let mut told = Vec::new();
    for edition in store.editions_of(campaign)? {
        let over = edition.expires_at.filter(|end| *end <= context.clock.now());
        let open = store.tally(edition.id)?.open();
        let (Some(end), true) = (over, open > 0 && edition.status == Status::Released) else {
            continue;
        };
        *freed = freed.saturating_sub(open);
        let expire = if open == 1 { "expires" } else { "expire" };
        told.push(format!(
            "the time of `{}` was over {}: {} {expire} with the next `tidings run`, and `tidings resend {} --expired` orders them anew",
            edition.key.article,
            moment(&end.to_zoned(zone(root))),
            count(open, "letter"),
            edition.key
        ));
    }
    Ok(told)
}

/// What the calendar of a campaign that goes on again has for the next run.
fn next_turn(context: &Context, root: &Path, store: &Store, campaign: &CampaignId) -> Result<Vec<String>, Failure> {
    let workspace = Workspace::read(root);
    let folder = workspace.campaigns.iter().find(|folder| folder.id() == Some(&campaign.0));
    let sound = workspace.settings.as_ref().zip(folder);
    let Some(Ok(plan)) = sound.map(|(settings, folder)| plan(settings, folder)) else {
        return Ok(Vec::new());
    };
    if store.campaign_hold(campaign)?.is_some() || store.campaign_known_since(campaign)?.is_none() {
        return Ok(Vec::new());
    }
    let decision = due::decision(store, plan, context.clock.now())?;
    let missed = decision.missed.iter().filter(|missed| missed.reason != Reason::Empty);
    let mut told: Vec<String> = missed
        .map(|missed| format!("nothing is sent for {}: {}", missed.occurrence.date, missed.detail))
        .collect();
    if let Turn::Begins(due) | Turn::Waits { due, .. } = decision.turn {
        let local = moment(&due.occurrence.local);
        told.push(format!(
            "`{}`, due {local}, begins with the next `tidings run` in its hours",
            due.article
        ));
    }
    Ok(told)
}

/// The clinic's zone, as far as it can be read.
fn zone(root: &Path) -> TimeZone {
    Workspace::settings(root)
        .0
        .map_or(TimeZone::UTC, |settings| settings.zone().clone())
}

/// Where the time of a released edition is over, its letters will not go out, and that is said.
fn tell_over(context: &Context, root: &Path, store: &Store, args: &Args, targets: &[Target], freed: u64) -> Result<bool, Failure> {
    let ([Target::Edition(edition)], 1..) = (targets, freed) else {
        return Ok(false);
    };
    let Some(end) = store.edition(*edition)?.expires_at.filter(|end| *end <= context.clock.now()) else {
        return Ok(false);
    };
    let (name, over) = (&args.campaign, moment(&end.to_zoned(zone(root))));
    let expire = if freed == 1 { "expires" } else { "expire" };
    let words = format!(
        "`{name}` is released, but its time was over {over}: {} {expire} with the next `tidings run`",
        count(freed, "letter")
    );
    tell(context, name, "released", 0, &words)?;
    context
        .ui
        .hint(&format!("`tidings resend {name} --expired` orders them anew after that"));
    Ok(true)
}

/// In a store that may not know everything, releasing a campaign says that a person has looked: what is next is named, and asked about.
fn looked_through(context: &Context, store: &mut Store, args: &Args, targets: &[Target]) -> Result<bool, Failure> {
    let [Target::Campaign(campaign)] = targets else {
        return Ok(true);
    };
    let Some(why) = store.is_distrusted(campaign)? else {
        return Ok(true);
    };
    if let Some((people, steps)) = would_get(context, store, campaign)? {
        return stands_by_steps(context, store, args, &why, people, &steps);
    }
    let (_, workspace) = context.workspace()?;
    let folder = workspace.campaigns.iter().find(|folder| folder.id() == Some(&campaign.0));
    let known = store.editions_of(campaign)?;
    let is_left = |id: &str| {
        known
            .iter()
            .all(|edition| edition.key.article != id || edition.status == Status::Draft)
    };
    let next = folder.and_then(|folder| folder.articles.iter().find(|article| is_left(&article.id)));
    let Some(next) = next else { return Ok(true) };
    let name = &args.campaign;
    context.ui.say(&format!("{why}; the next article is `{}`", next.id));
    context
        .ui
        .hint(&format!("if it went out already: `tidings cancel {name}/{}` first", next.id));
    stands_by(context, store, args.yes, &format!("let `{}` leave when it is due?", next.id))
}

/// The same of a series: who would get which of its steps, perhaps again.
fn stands_by_steps(context: &Context, store: &Store, args: &Args, why: &str, people: u64, steps: &str) -> Result<bool, Failure> {
    if people == 0 {
        return Ok(true);
    }
    let (ui, letters) = (&context.ui, count(people, "letter"));
    ui.say(&format!("{why}; {letters} would leave, perhaps a second time: {steps}"));
    ui.hint(&format!(
        "if they had them already: `tidings release {} --from-now` lets the series go on without these",
        args.campaign
    ));
    stands_by(context, store, args.yes, &format!("let {letters} leave?"))
}

/// Lets whoever was due before this moment pass their step by.
fn pass_by(context: &Context, store: &mut Store, args: &Args, targets: &[Target]) -> Result<(), Failure> {
    let no_series = || {
        Failure::new(
            Kind::Usage,
            format!("`--from-now` is for a whole series, and `{}` is none", args.campaign),
        )
        .hint("name the campaign of a series; nothing was changed")
    };
    let [Target::Campaign(campaign)] = targets else {
        return Err(no_series());
    };
    let Ok(_lock) = SenderLock::take(store.dir(), &format!("release {}", args.campaign), context.clock.now())? else {
        return Err(Failure::new(Kind::Later, "somebody sends at this moment").hint("wait for it to end; nothing was changed"));
    };
    let words = pass_all_by(context, store, campaign)?.ok_or_else(no_series)?;
    match context.ui.wants_json() {
        true => Ok(()),
        false => context.ui.data(&words),
    }
}

/// Opens a closed step of a series again, or a series that is over, where that is what is named and nothing else holds it.
fn open_again(context: &Context, store: &mut Store, args: &Args, targets: &[Target]) -> Result<bool, Failure> {
    let name = &args.campaign;
    match targets {
        [Target::Edition(edition)] => {
            let step = store.edition(*edition)?;
            let is_opened = steps::open_again(context, store, &step.key.campaign, Some(&step))?;
            if is_opened {
                let words = format!("`{name}` is open again: who comes to it from now on gets it");
                tell(context, name, "released", 0, &words)?;
            }
            Ok(is_opened)
        }
        [Target::Campaign(campaign)] => {
            let is_opened = steps::open_again(context, store, campaign, None)?;
            if is_opened && store.campaign_hold(campaign)?.is_none() {
                let words = format!("`{name}` is open again: who comes to a step from now on gets it");
                tell(context, name, "released", 0, &words)?;
                return Ok(true);
            }
            Ok(false)
        }
        _ => Ok(false),
    }
}

/// Gives a skipped article its turn again, where that is what is named.
fn take_skip_back(context: &Context, store: &mut Store, args: &Args, targets: &[Target]) -> Result<bool, Failure> {
    let [Target::Edition(edition)] = targets else {
        return Ok(false);
    };
    if store.edition(*edition)?.skipped.is_none() || !store.take_skip_back(*edition, context.clock.now())? {
        return Ok(false);
    }
    let words = format!("`{}` is skipped no more: it has its turn again", args.campaign);
    tell(context, &args.campaign, "released", 0, &words)?;
    Ok(true)
}

/// A released edition or letter of a campaign that is on hold itself waits on; and in a store that may not know everything, the next
/// article may have gone out already.
fn warn_of_other_holds(context: &Context, store: &Store, args: &Args, targets: &[Target]) -> Result<(), Failure> {
    for target in targets {
        let edition = match target {
            Target::Campaign(_) => None,
            Target::Edition(edition) => Some(*edition),
            Target::Delivery(delivery) => store.edition_of(*delivery)?,
        };
        let Some(edition) = edition.map(|id| store.edition(id)).transpose()? else {
            continue;
        };
        let name = &edition.campaign_name;
        if edition.status == Status::Cancelled {
            let cancelled = store.tally(edition.id)?.of("cancelled");
            context
                .ui
                .say(&format!("{} of it cancelled, and so it stays", count(cancelled, "letter")));
            context.ui.hint(&format!(
                "`tidings resend {name}/{} --cancelled` orders them anew",
                edition.key.article
            ));
            return Ok(());
        }
        if let Some(reason) = &edition.held {
            let (what, order) = match store.campaign_hold(&edition.key.campaign)? {
                Some(_) => (format!("`{name}` itself"), name.clone()),
                None => {
                    let order = format!("{name}/{}", edition.key.article);
                    (format!("the edition `{order}`"), order)
                }
            };
            context.ui.say(&format!("{what} is still on hold: {reason}"));
            context.ui.hint(&format!("`tidings release {order}` lets it go on"));
            return Ok(());
        }
    }
    for target in targets {
        if let Target::Campaign(campaign) = target
            && let Some(reason) = store.campaign_hold(campaign)?
        {
            context.ui.say(&format!("it was held before that, and still is: {reason}"));
            context
                .ui
                .hint(&format!("another `tidings release {}` lets it go on", args.campaign));
            return Ok(());
        }
    }
    if store.distrusted()?.is_some() {
        context.ui.hint(
            "its next article leaves when it is due: `tidings plan` shows which, `tidings cancel CAMPAIGN/ARTICLE` uses up one that went out already",
        );
    }
    Ok(())
}
