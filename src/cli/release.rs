//! `tidings release`: go on.

use super::context::Context;
use super::failure::Failure;
use super::hold::{open, targets, tell};
use super::ui::count;

/// Let a held campaign, edition or person's letters go on
///
/// The next `run` or `send` takes them up again; letters that were accepted or are in doubt are not touched.
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
    context.refuse_played_time()?;
    let root = context.root()?;
    let mut store = open(context, &root)?;
    let now = context.clock.now();
    let mut freed = 0;
    for target in targets(context, &store, &args.campaign, &args.to)? {
        freed += store.let_go(&target, now)?;
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
    tell(context, name, "released", freed, &words)
}
