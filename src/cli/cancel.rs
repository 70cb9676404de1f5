//! `tidings cancel`: never.

use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind};
use super::hold::{open_recovered, targets, tell, warn_of_others};
use super::letters::edition_named;
use super::sending::plan;
use super::steps::series;
use super::ui::count;
use crate::article::Article;
use crate::campaign::edition::EditionKey;
use crate::campaign::{Campaign, Timing};
use crate::dispatch::due;
use crate::dispatch::prepare::{self, Plan};
use crate::store::Store;
use crate::store::lock::SenderLock;
use crate::store::order::Stopped;
use crate::store::skip::Skipped;
use crate::workspace::CampaignFolder;
use jiff::Timestamp;
use jiff::civil::Date;

/// Call off what still waits: an edition, all of a campaign's, or one person's letter
///
/// What was accepted or is in doubt stays as it is. An article of the campaign that has no edition yet is skipped: its turn is used up
/// and nobody gets it. Later articles still leave by the schedule.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings cancel seasonal-immunity --because \"wrong date in the text\"\n  tidings cancel seasonal-immunity/calmer-days\n  tidings cancel seasonal-immunity --to ann@example.org"
)]
pub(super) struct Args {
    /// The campaign, or an edition as `status --json` names it (campaign/article)
    campaign: String,
    /// Call off only the letters to this address (can be repeated)
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// Why, for whoever asks later
    #[arg(long, value_name = "TEXT", default_value = "cancelled by hand")]
    because: String,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let mut store = open_recovered(context, &root, &format!("cancel {}", args.campaign))?;
    let now = context.clock.now();
    let name = &args.campaign;
    if args.to.is_empty()
        && let Some(used) = skip(context, &mut store, args)?
    {
        if is_step(context, &store, name)? {
            return tell_closed(context, name, 0);
        }
        let day = |day: Date| day.strftime("%a %-d %b %Y");
        let used = match used {
            Used::Day(date) => format!("nothing leaves on {}, which was its turn", day(date)),
            Used::Pin(date) => format!("nothing leaves on {}, to which it was pinned", day(date)),
            Used::Turn => "its turn is used up".to_owned(),
        };
        let words = format!("`{name}` is skipped: nobody gets it, and {used}");
        return tell(context, name, "skipped", 0, &words);
    }
    let mut done = Stopped::default();
    for target in targets(context, &store, name, &args.to)? {
        done += store.cancel(&target, &args.because, now)?;
    }
    let series = match args.to.is_empty() {
        true => stop_series(context, &mut store, args)?,
        false => None,
    };
    let cancelled = done.letters;
    if args.to.is_empty() && is_step(context, &store, name)? {
        tell_closed(context, name, cancelled)?;
        warn_of_others(context, &done);
        return Ok(());
    }
    let words = match cancelled {
        _ if series.is_some() => format!(
            "`{name}` is over: {} cancelled, and nobody comes to any of its steps again",
            count(cancelled, "letter")
        ),
        0 if done != Stopped::default() => format!("no letter of `{name}` waits"),
        0 => "nothing to cancel: no such letter is waiting; `tidings status` tells what became of them".to_owned(),
        1 => format!("1 letter of `{name}` is cancelled and will never leave"),
        _ => format!(
            "{} of `{name}` are cancelled and will never leave",
            count(cancelled, "letter")
        ),
    };
    tell(context, name, "cancelled", cancelled, &words)?;
    warn_of_others(context, &done);
    if series.is_some() {
        context.ui.hint(&format!(
            "`tidings release {name}` opens it again, for whoever comes to a step from then on"
        ));
    }
    if args.to.is_empty() && !name.contains('/') && series.is_none() {
        context.ui.hint(&format!(
            "later articles still leave by the schedule: `tidings hold {name}` stops the campaign, `tidings cancel {name}/ARTICLE` skips one"
        ));
    }
    Ok(())
}

/// Whether that is a step of a series.
fn is_step(context: &Context, store: &Store, name: &str) -> Result<bool, Failure> {
    let (_, workspace) = context.workspace()?;
    let edition = edition_named(&store.editions()?, name).cloned();
    Ok(edition.is_some_and(|edition| {
        let is_known = |folder: &CampaignFolder| folder.articles.iter().any(|article| article.id == edition.key.article);
        edition.key.round == 1 && series(&workspace, &edition.key.campaign.0).is_some_and(is_known)
    }))
}

/// What became of a step that is called off.
fn tell_closed(context: &Context, name: &str, cancelled: u64) -> Result<(), Failure> {
    let letters = match cancelled {
        0 => String::new(),
        letters => format!("; {} that waited will never leave", count(letters, "letter")),
    };
    let words = format!("`{name}` is closed: nobody comes to this step any more, and who had it keeps it{letters}");
    tell(context, name, "cancelled", cancelled, &words)?;
    context.ui.hint(&format!(
        "`tidings release {name}` opens it again, for whoever comes to it from then on"
    ));
    Ok(())
}

/// What a skipped article uses up.
#[derive(Clone, Copy)]
enum Used {
    /// Its turn, and the day on which it would have left.
    Day(Date),
    /// The day that it is pinned to, and no other.
    Pin(Date),
    /// Its turn alone.
    Turn,
}

impl Used {
    /// What the calendar would do with an article at `now`.
    fn by(store: &Store, plan: Plan<'_>, article: &Article, now: Timestamp) -> Result<Self, Failure> {
        if let Some(day) = prepare::pin(plan, &article.id) {
            return Ok(Self::Pin(day));
        }
        let recorded = store.recorded(&plan.campaign.id, &plan.clinic.zone, now)?;
        let ahead = due::calendar(store, plan)?.upcoming_of_row(&recorded, now);
        let own = ahead.filter(|entry| entry.article == Some(article.id.as_str()));
        Ok(own.map_or(Self::Turn, |entry| Self::Day(entry.occurrence.date)))
    }

    /// The day of the row that is used up.
    fn due_on(self) -> Option<Date> {
        match self {
            Self::Day(day) => Some(day),
            Self::Pin(_) | Self::Turn => None,
        }
    }
}

/// Uses up the turn of `campaign/article`, where that names an article of the workspace that has no edition yet; gives what of the
/// calendar went with it.
fn skip(context: &Context, store: &mut Store, args: &Args) -> Result<Option<Used>, Failure> {
    let Some((campaign, article)) = args.campaign.rsplit_once('/') else {
        return Ok(None);
    };
    let (_, workspace) = context.workspace()?;
    let folder = campaign_named(&workspace, campaign).ok();
    let found = folder.and_then(|folder| folder.articles.iter().find(|known| known.id == article));
    let Some((folder, article)) = folder.zip(found) else {
        return Ok(None);
    };
    let plan = plan(context.settings(&workspace)?, folder)?;
    let key = EditionKey {
        campaign: plan.campaign.id.clone(),
        article: article.id.clone(),
        round: 1,
    };
    if edition_named(&store.editions()?, &key.to_string()).is_some() {
        return Ok(None);
    }
    let used = Used::by(store, plan, article, context.clock.now())?;
    Ok(use_up(context, store, args, plan, article, used.due_on())?.then_some(used))
}

/// Ends a series, where a campaign is one: also the steps to which nobody has come yet. Gives how many of those there were.
fn stop_series(context: &Context, store: &mut Store, args: &Args) -> Result<Option<usize>, Failure> {
    let (_, workspace) = context.workspace()?;
    let is_meant = |folder: &&CampaignFolder| folder.name == args.campaign || folder.id() == Some(args.campaign.as_str());
    let Some(folder) = workspace.campaigns.iter().find(is_meant) else {
        return Ok(None);
    };
    let is_series = |campaign: &Campaign| matches!(campaign.timing, Timing::Series(_));
    if !folder.campaign.as_ref().is_some_and(is_series) {
        return Ok(None);
    }
    let plan = plan(context.settings(&workspace)?, folder)?;
    let mut ended = 0;
    for article in plan.articles {
        ended += usize::from(use_up(context, store, args, plan, article, None)?);
    }
    Ok(Some(ended))
}

/// Uses up an article's turn; `false` where it has an edition already.
fn use_up(
    context: &Context,
    store: &mut Store,
    args: &Args,
    plan: Plan<'_>,
    article: &Article,
    due_on: Option<Date>,
) -> Result<bool, Failure> {
    let key = EditionKey {
        campaign: plan.campaign.id.clone(),
        article: article.id.clone(),
        round: 1,
    };
    let skipped = Skipped {
        key: &key,
        campaign_name: &plan.campaign.name,
        title: &article.title,
        domain: plan.sender.from.address.domain(),
        article_hash: &prepare::article_hash(article),
        due_on,
    };
    let now = context.clock.now();
    // A draft of this very article may be on somebody's screen.
    let Ok(_lock) = SenderLock::take(store.dir(), &format!("cancel {}", args.campaign), now)? else {
        let text = format!("`{}` may be about to leave: somebody sends at this moment", args.campaign);
        return Err(Failure::new(Kind::Later, text).hint("wait for it to end, or stop it with `tidings hold`"));
    };
    Ok(store.skip(&skipped, &args.because, now)?)
}
