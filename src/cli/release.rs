//! `tidings release`: go on.

use super::context::Context;
use super::failure::Failure;
use super::hold::{open, targets, tell};
use super::ui::count;
use crate::store::Store;
use crate::store::hold::Target;

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
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let mut store = open(context, &root)?;
    let now = context.clock.now();
    let (mut freed, mut kept) = (0, 0);
    let targets = targets(context, &store, &args.campaign, &args.to)?;
    if take_skip_back(context, &mut store, args, &targets)? {
        return Ok(());
    }
    for target in &targets {
        let done = store.let_go(target, now)?;
        (freed, kept) = (freed + done.waiting, kept + done.kept);
    }
    let name = &args.campaign;
    let words = match (args.to.is_empty(), freed) {
        (true, 0) => format!("`{name}` is released: no letter was waiting"),
        (true, 1) => format!("`{name}` is released: 1 letter goes out with the next `tidings run`"),
        (true, _) => format!(
            "`{name}` is released: {} go out with the next `tidings run`",
            count(freed, "letter")
        ),
        (false, 0) => "nothing to release: no such letter is on hold; `tidings why ADDRESS` tells what became of it".to_owned(),
        (false, _) => format!("{} of `{name}` released for the next `tidings run`", count(freed, "letter")),
    };
    tell(context, name, "released", freed, &words)?;
    warn_of_other_holds(context, &store, &targets)?;
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
fn warn_of_other_holds(context: &Context, store: &Store, targets: &[Target]) -> Result<(), Failure> {
    for target in targets {
        let edition = match target {
            Target::Campaign(_) => None,
            Target::Edition(edition) => Some(*edition),
            Target::Delivery(delivery) => store.edition_of(*delivery)?,
        };
        let Some(edition) = edition.map(|id| store.edition(id)).transpose()? else {
            continue;
        };
        if let Some(reason) = &edition.held {
            let name = &edition.campaign_name;
            context.ui.say(&format!("`{name}` itself is still on hold: {reason}"));
            context.ui.hint(&format!("`tidings release {name}` lets it go on"));
            return Ok(());
        }
    }
    for target in targets {
        if let Target::Campaign(campaign) = target
            && let Some(reason) = store.campaign_hold(campaign)?
        {
            context.ui.say(&format!("it was held before that, and still is: {reason}"));
            context.ui.hint("another `tidings release` lets it go on");
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
