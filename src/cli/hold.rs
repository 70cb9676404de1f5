//! `tidings hold`: not now.

use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind};
use super::ui::count;
use crate::address::Address;
use crate::campaign::CampaignId;
use crate::store::Store;
use crate::store::hold::{By, Target};
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
    let root = context.root()?;
    let mut store = open(context, &root)?;
    let now = context.clock.now();
    let mut stopped = 0;
    for target in targets(context, &store, &args.campaign, &args.to)? {
        stopped += store.hold(&target, By::Person, &args.because, now)?;
    }
    let name = &args.campaign;
    let words = match (args.to.is_empty(), stopped) {
        (true, 0) => format!("`{name}` is on hold: no letter was waiting, and none begins before `tidings release {name}`"),
        (true, 1) => format!("`{name}` is on hold: 1 letter waits for `tidings release {name}`"),
        (true, _) => format!(
            "`{name}` is on hold: {} wait for `tidings release {name}`",
            count(stopped, "letter")
        ),
        (false, 0) => "nothing to hold: no such letter is waiting; `tidings why ADDRESS` tells what became of it".to_owned(),
        (false, _) => format!("{} of `{name}` on hold", count(stopped, "letter")),
    };
    tell(context, name, "held", stopped, &words)
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
    Ok(store)
}

/// What a person means by a campaign's or edition's name and addresses.
pub(super) fn targets(context: &Context, store: &Store, name: &str, to: &[String]) -> Result<Vec<Target>, Failure> {
    let editions = store.editions()?;
    let exact = editions
        .iter()
        .find(|edition| edition.key.to_string() == name || format!("{}/{}", edition.campaign_name, edition.key.article) == name);
    if to.is_empty() {
        return match exact {
            Some(edition) => Ok(vec![Target::Edition(edition.id)]),
            None => Ok(vec![Target::Campaign(campaign_id(context, store, name)?)]),
        };
    }
    let campaign = exact.map_or_else(
        || campaign_id(context, store, name),
        |edition| Ok(edition.key.campaign.clone()),
    )?;
    let ids: Vec<_> = editions
        .iter()
        .filter(|edition| edition.key.campaign == campaign)
        .map(|edition| edition.id)
        .collect();
    let mut targets = Vec::new();
    for text in to {
        let address = parse_address(text)?;
        let person = store.person(&address)?;
        let letters = person
            .map(|person| store.deliveries_of(person))
            .transpose()?
            .unwrap_or_default();
        let found: Vec<Target> = letters
            .iter()
            .filter(|line| ids.contains(&line.edition))
            .map(|line| Target::Delivery(line.delivery))
            .collect();
        if found.is_empty() {
            return Err(
                Failure::new(Kind::Usage, format!("no letter of `{name}` to `{address}` is on record"))
                    .hint(format!("`tidings why {address}` shows what is known of them")),
            );
        }
        targets.extend(found);
    }
    Ok(targets)
}

/// The address that a person typed.
pub(super) fn parse_address(text: &str) -> Result<Address, Failure> {
    Address::parse(text).map_err(|error| {
        Failure::new(Kind::Usage, format!("`{text}`: {error}")).hint("write it like ann@example.org; nothing was changed")
    })
}

/// The id of a campaign that a person names by folder or id; known from the store, or else from the workspace.
fn campaign_id(context: &Context, store: &Store, name: &str) -> Result<CampaignId, Failure> {
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
