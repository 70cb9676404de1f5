//! `tidings hold`: not now.

use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind};
use super::letters::{edition_named, editions_meant, letters_to};
use super::send::recover;
use super::ui::count;
use crate::address::Address;
use crate::campaign::CampaignId;
use crate::finding::suggestion;
use crate::store::Store;
use crate::store::hold::{By, Target};
use crate::store::lock::SenderLock;
use crate::store::order::Stopped;
use crate::workspace::CampaignFolder;
use std::path::Path;

/// Stop a campaign, one edition or one person's letters until you say `release`
///
/// Works while a send is running and takes effect within one letter. Nothing is lost: what waits goes on waiting.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings hold seasonal-immunity --because \"typo in the text\"\n  tidings hold seasonal-immunity --to ann@example.org"
)]
pub(super) struct Args {
    /// The campaign, or an edition as `status --json` names it (campaign/article)
    campaign: String,
    /// Hold only the letters to this address (can be repeated)
    #[arg(long, value_name = "ADDRESS")]
    to: Vec<String>,
    /// Why, for whoever reads `status` later
    #[arg(long, value_name = "TEXT", default_value = "held by hand")]
    because: String,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    if args.because.trim().is_empty() {
        return Err(Failure::new(Kind::Usage, "`--because` gives no reason").hint("say why in a few words, or leave it out"));
    }
    let root = context.root()?;
    let mut store = open(context, &root)?;
    let now = context.clock.now();
    let (mut done, mut before) = (Stopped::default(), 0);
    for target in targets(context, &store, &args.campaign, &args.to)? {
        before += held_before(&store, &target)?;
        done += store.hold(&target, By::Person, &args.because, now)?;
    }
    let stopped = done.letters;
    let name = &args.campaign;
    let words = match (args.to.is_empty(), stopped) {
        (true, 0) if before > 0 => {
            let verb = if before == 1 { "was" } else { "were" };
            format!("`{name}` is on hold: {} {verb} on hold already", count(before, "letter"))
        }
        (true, 0) => format!("`{name}` is on hold: no letter was waiting, and none begins before `tidings release {name}`"),
        (true, 1) => format!("`{name}` is on hold: 1 letter waits for `tidings release {name}`"),
        (true, _) => format!(
            "`{name}` is on hold: {} wait for `tidings release {name}`",
            count(stopped, "letter")
        ),
        (false, 0) if done != Stopped::default() => format!("no letter of `{name}` waits just now"),
        (false, 0) => "nothing to hold: no such letter is waiting; `tidings why ADDRESS` tells what became of it".to_owned(),
        (false, _) => format!("{} of `{name}` on hold", count(stopped, "letter")),
    };
    tell(context, name, "held", stopped, &words)?;
    warn_of_others(context, &done);
    Ok(())
}

/// How many letters of it are on hold by themselves.
fn held_before(store: &Store, target: &Target) -> Result<u64, Failure> {
    let editions = match target {
        Target::Campaign(campaign) => store.editions_of(campaign)?,
        Target::Edition(edition) => vec![store.edition(*edition)?],
        Target::Delivery(_) => Vec::new(),
    };
    let held = editions.iter().map(|edition| Ok(store.tally(edition.id)?.of("held")));
    held.sum()
}

/// Says what an order did: in words, or in numbers for a program.
pub(super) fn tell(context: &Context, campaign: &str, order: &'static str, letters: u64, words: &str) -> Result<(), Failure> {
    if context.ui.wants_json() {
        return context
            .ui
            .json(&serde_json::json!({"campaign": campaign, "order": order, "letters": letters}));
    }
    context.ui.data(words)
}

/// The store, which an order has to be kept in.
pub(super) fn open(context: &Context, root: &Path) -> Result<Store, Failure> {
    let store = context.store_if_any(root)?.ok_or_else(|| {
        Failure::new(
            Kind::FixFirst,
            "nothing has been sent yet: there is no store, and so no letter to decide about",
        )
        .hint("to keep a campaign from being sent, take away its `schedule:` in `campaign.yaml`")
    })?;
    context.refuse_played_time_in(store.identity().kind)?;
    if !context.is_rehearsal() {
        context.require_newest(root, &store)?;
    }
    Ok(store)
}

/// The same, with what a dead run left put in doubt; a live one settles its own.
pub(super) fn open_recovered(context: &Context, root: &Path, command: &str) -> Result<Store, Failure> {
    let dir = context.store_dir(root);
    let lock = match Store::is_there(&dir)? {
        true => SenderLock::take(&dir, command, context.clock.now())?.ok(),
        false => None,
    };
    let mut store = open(context, root)?;
    if lock.is_some() {
        recover(context, &mut store)?;
    }
    Ok(store)
}

/// What a person means by a campaign's or edition's name and addresses. A draft is nobody's letter, and cannot be meant.
pub(super) fn targets(context: &Context, store: &Store, name: &str, to: &[String]) -> Result<Vec<Target>, Failure> {
    if to.is_empty() {
        return Ok(vec![match edition_named(&store.editions()?, name) {
            Some(edition) => Target::Edition(edition.id),
            None => Target::Campaign(campaign_id(context, store, name)?),
        }]);
    }
    let editions = editions_meant(store, name)?;
    let letters = letters_to(store, name, &editions, to)?;
    Ok(letters.iter().map(|line| Target::Delivery(line.delivery)).collect())
}

/// What is said of letters that an order could not stop at once.
pub(super) fn warn_of_others(context: &Context, stopped: &Stopped) {
    if stopped.under_way > 0 {
        let letters = count(stopped.under_way, "letter");
        context.ui.say(&format!(
            "{letters} under way at this moment: what the relay takes is gone, what comes back goes no further"
        ));
    }
    if stopped.in_doubt > 0 {
        let letters = count(stopped.in_doubt, "letter");
        context.ui.say(&format!(
            "{letters} in doubt: not sent again even if `tidings resolve` finds it did not go"
        ));
    }
}

/// The address that a person typed.
pub(super) fn parse_address(text: &str) -> Result<Address, Failure> {
    Address::parse(text).map_err(|error| {
        Failure::new(Kind::Usage, format!("`{text}`: {error}")).hint("write it like ann@example.org; nothing was changed")
    })
}

/// An article that is no edition yet, or none at all.
fn no_letters_yet(folder: &CampaignFolder, article: &str) -> Failure {
    let name = &folder.name;
    if folder.articles.iter().any(|known| known.id == article) {
        return Failure::new(Kind::Usage, format!("`{article}` has no letters yet")).hint(format!(
            "`tidings hold {name}` stops the campaign; `tidings cancel {name}/{article}` skips the article"
        ));
    }
    let known = folder.articles.iter().map(|known| known.id.as_str());
    Failure::new(Kind::Usage, format!("`{name}` has no article `{article}`")).hint(suggestion::hint(article, known))
}

/// The id of a campaign that a person names by folder or id; known from the store, or else from the workspace.
fn campaign_id(context: &Context, store: &Store, name: &str) -> Result<CampaignId, Failure> {
    if let Some((campaign, article)) = name.rsplit_once('/') {
        let (_, workspace) = context.workspace()?;
        let folder = campaign_named(&workspace, campaign)?;
        return Err(no_letters_yet(folder, article));
    }
    let known = store
        .editions()?
        .into_iter()
        .find(|edition| edition.campaign_name == name || edition.key.campaign.0 == name);
    if let Some(edition) = known {
        return Ok(edition.key.campaign);
    }
    let (_, workspace) = context.workspace()?;
    let folder = campaign_named(&workspace, name)?;
    let id = folder.id().map(|id| CampaignId(id.to_owned()));
    id.ok_or_else(|| Failure::findings(folder.findings.clone()))
}
