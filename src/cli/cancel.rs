//! `tidings cancel`: never.

use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind};
use super::hold::{open, targets, tell};
use super::ui::count;
use crate::campaign::edition::EditionKey;
use crate::dispatch::prepare::article_hash;
use crate::store::Store;
use crate::store::edition::Status;
use crate::store::lock::SenderLock;
use crate::store::order::Skipped;

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
    let mut store = open(context, &root)?;
    let now = context.clock.now();
    let name = &args.campaign;
    if args.to.is_empty() && skip(context, &mut store, args)? {
        let words = format!("`{name}` is skipped: its turn is used up, and nobody gets it");
        return tell(context, name, "skipped", 0, &words);
    }
    let mut cancelled = 0;
    for target in targets(context, &store, name, &args.to)? {
        cancelled += store.cancel(&target, &args.because, now)?;
    }
    let words = match cancelled {
        0 => "nothing to cancel: no such letter is waiting; `tidings status` tells what became of them".to_owned(),
        1 => format!("1 letter of `{name}` is cancelled and will never leave"),
        _ => format!(
            "{} of `{name}` are cancelled and will never leave",
            count(cancelled, "letter")
        ),
    };
    tell(context, name, "cancelled", cancelled, &words)
}

/// Uses up the turn of `campaign/article`, where that names an article of the workspace that has no edition yet.
fn skip(context: &Context, store: &mut Store, args: &Args) -> Result<bool, Failure> {
    let Some((campaign, article)) = args.campaign.rsplit_once('/') else {
        return Ok(false);
    };
    let (_, workspace) = context.workspace()?;
    let Ok(folder) = campaign_named(&workspace, campaign) else {
        return Ok(false);
    };
    let Some(id) = folder.id() else { return Ok(false) };
    let Some(article) = folder.articles.iter().find(|known| known.id == article) else {
        return Ok(false);
    };
    let key = EditionKey {
        campaign: crate::campaign::CampaignId(id.to_owned()),
        article: article.id.clone(),
        round: 1,
    };
    let is_known = |edition: &crate::store::edition::Edition| edition.key == key && edition.status != Status::Draft;
    if store.editions()?.iter().any(is_known) {
        return Ok(false);
    }
    let settings = context.settings(&workspace)?;
    let skipped = Skipped {
        key: &key,
        campaign_name: &folder.name,
        title: &article.title,
        domain: settings.sender.from.address.domain(),
        article_hash: &article_hash(article),
    };
    let now = context.clock.now();
    // A draft of this very article may be on somebody's screen.
    let Ok(_lock) = SenderLock::take(store.dir(), &format!("cancel {}", args.campaign), now)? else {
        let text = format!("`{}` may be about to leave: somebody sends at this moment", args.campaign);
        return Err(Failure::new(Kind::Later, text).hint("wait for it to end, or stop it with `tidings hold`"));
    };
    Ok(store.skip(&skipped, &args.because, now)?)
}
