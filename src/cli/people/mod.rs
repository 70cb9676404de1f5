//! `tidings people`: who is known, what is known of them, and how it is forgotten.
//!
//! Promises: what leaves the store for a file is for its owner alone; talk masks addresses; a list's file is changed in one row or not at
//! all. Knows nothing of relays.

mod access;
mod edit;
mod export;
mod find;
mod forget;
mod list;
mod retention;
mod rewrite;
mod show;
mod traces;

pub(super) use forget::finish_wiping;
pub(super) use retention::lapse_quietly;

use super::context::Context;
use super::failure::{Failure, Kind};

/// List, find, show, export, edit and forget the people of your lists
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  tidings people find lee\n  tidings people show ann@example.org\n  tidings people export --person ann@example.org ann.json\n  tidings people forget ann@example.org"
)]
pub(super) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    List(list::Args),
    Find(find::Args),
    Show(show::Args),
    Export(export::Args),
    Edit(edit::Args),
    Forget(forget::Args),
    Retention(retention::Args),
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    if context.is_rehearsal() && matches!(args.verb, Verb::Edit(_) | Verb::Forget(_) | Verb::Retention(_)) {
        return Err(Failure::new(
            Kind::Usage,
            "a rehearsal is a copy: people are changed and forgotten in the real store",
        )
        .hint("leave `--rehearsal` out; nothing was changed"));
    }
    match &args.verb {
        Verb::List(args) => list::run(context, args),
        Verb::Find(args) => find::run(context, args),
        Verb::Show(args) => show::run(context, args),
        Verb::Export(args) => export::run(context, args),
        Verb::Edit(args) => edit::run(context, args),
        Verb::Forget(args) => forget::run(context, args),
        Verb::Retention(args) => retention::run(context, args),
    }
}
