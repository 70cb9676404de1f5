//! `tidings people forget`: a wish to be forgotten, honoured.
//!
//! The order of the steps is what makes it safe to die between any two: what only somebody who knows the address can find goes first
//! (stores that were laid aside), then the store itself in one transaction, and then what anybody can finish: `run` and `send` do.

use super::traces::{Trace, traces};
use crate::address::Address;
use crate::cli::context::{Context, holder_words, real_dir};
use crate::cli::failure::{Failure, Kind};
use crate::cli::hold::{parse_address, warn_of_others};
use crate::cli::mail_in::kept;
use crate::cli::private::nobody;
use crate::cli::ui::{count, moment};
use crate::store::Store;
use crate::store::forget::Forgotten;
use crate::store::lock::SenderLock;
use crate::store::remains::{self, Aside};
use crate::store::spelling::Spellings;
use crate::workspace::Workspace;
use std::path::{Path, PathBuf};

/// Forget a person who asked for it, for ever
///
/// Their address and data go from the store, from stores that were laid aside and from rehearsals; letters that wait are called off; what
/// was sent stays on record without a name. A keyed hash keeps them from ever being written to or imported again. Files of your own that
/// still hold the address are named: those are yours to change.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings people forget ann@example.org\n  tidings people forget ann@example.org --yes")]
pub(super) struct Args {
    /// The person's address
    address: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let address = parse_address(&args.address)?;
    let root = context.root()?;
    // A wish to be forgotten does not wait until the settings are mended, or for the first letter.
    let mut store = match context.store_if_any(&root)? {
        Some(store) => store,
        None => context.store_or_new(&root, context.settings(&Workspace::read(&root))?)?,
    };
    context.refuse_played_time_in(store.identity().kind)?;
    context.require_newest(&root, &store)?;
    let spellings = store.spellings(&address)?;
    let found = traces(&root, &kept(&context.store_dir(&root)), &spellings);
    // A file that nobody can look into says nothing of anybody.
    if !store.mentions(&address)? && found.iter().all(|trace| trace.lines.is_empty()) {
        return Err(nobody(context, &store, &address)?.hint("nothing was changed"));
    }
    if let Some(campaign) = store.open_letters_of_sender(&address)? {
        let text = format!("letters of `{campaign}` wait that have this address as the clinic's own; nothing was changed");
        return Err(Failure::new(Kind::FixFirst, text)
            .hint("forgotten now, they could not be composed any more: let them go out, or `tidings cancel` them, and forget the address then"));
    }
    if !stands_by(context, args, &address)? {
        return Ok(());
    }
    let (dir, now) = (real_dir(&root), context.clock.now());
    let lock = SenderLock::take(&dir, "people forget", now)?;
    let before = store
        .person(&address)?
        .map(|person| store.erased_at(person))
        .transpose()?
        .flatten();
    let aside = remains::forget_aside(&dir, &address, now);
    let forgotten = store.forget(&address, now)?;
    let wiped = match &lock {
        Ok(_lock) => wipe(&mut store, &dir, context)?,
        Err(holder) => Wiped::Later(format!("{} is at work", holder_words(holder))),
    };
    let told = Told {
        address: &address,
        before: before.map(moment),
        forgotten,
        aside,
        files: found,
        holders: inside(&dir, &spellings),
        wiped,
    };
    told.tell(context)
}

/// Nothing brings a forgotten person's data back: that wants a clear word, also in a throw-away workspace.
fn stands_by(context: &Context, args: &Args, address: &Address) -> Result<bool, Failure> {
    if args.yes {
        return Ok(true);
    }
    if !context.ui.can_ask() {
        return Err(Failure::new(Kind::Usage, "nobody is here to ask, and forgetting cannot be undone")
            .hint("add `--yes` if that is what the person asked for; `tidings people export --person ADDRESS` keeps what is held, for them; nothing was changed"));
    }
    let stands = context.ui.ask(&format!("forget {address} for ever?"));
    if !stands {
        context.ui.say("nothing was changed");
    }
    Ok(stands)
}

/// Whether the pages that held somebody are wiped.
enum Wiped {
    Done,
    /// Not yet, and why.
    Later(String),
}

/// Under the sender's lock: rehearsals, halves of dead processes, and every page of the store.
fn wipe(store: &mut Store, dir: &Path, context: &Context) -> Result<Wiped, Failure> {
    remains::clear_halves(dir);
    if !remains::clear_rehearsal(dir, context.clock.now())? {
        return Ok(Wiped::Later("a rehearsal is being played".to_owned()));
    }
    Ok(match store.wipe()? {
        true => Wiped::Done,
        false => Wiped::Later("another command looks at the store just now".to_owned()),
    })
}

/// Finishes, under the sender's lock, what an earlier forgetting could not, or was killed before; in silence where it still cannot.
pub(in crate::cli) fn finish_wiping(context: &Context, store: &mut Store) -> Result<(), Failure> {
    if store.is_wipe_due()? && !context.is_rehearsal() {
        let dir = store.dir().to_owned();
        wipe(store, &dir, context)?;
    }
    Ok(())
}

/// The same for a command that has just blanked somebody, and has to say what is left to do.
pub(super) fn wipe_or_wait(context: &Context, store: &mut Store, is_locked: bool) -> Result<(), Failure> {
    let dir = store.dir().to_owned();
    let wiped = match is_locked {
        true => wipe(store, &dir, context)?,
        false => Wiped::Later("a send is running".to_owned()),
    };
    match wiped {
        Wiped::Done => Ok(()),
        Wiped::Later(why) => Err(later(&why)),
    }
}

fn later(why: &str) -> Failure {
    Failure::new(
        Kind::Later,
        format!("the data is blank, and the disk's pages that held it are still to be wiped: {why}"),
    )
    .hint("the next `tidings run` wipes them, or this command again")
}

/// What else under the store's folder holds the address: a backup that somebody laid there.
fn inside(dir: &Path, spellings: &Spellings) -> Vec<PathBuf> {
    let mut holders = remains::holders(dir, spellings);
    holders.retain(|path| path.file_name().is_none_or(|name| name != "lock"));
    holders
}

/// What is told in the end.
struct Told<'a> {
    address: &'a Address,
    before: Option<String>,
    forgotten: Forgotten,
    aside: Aside,
    files: Vec<Trace>,
    holders: Vec<PathBuf>,
    wiped: Wiped,
}

impl Told<'_> {
    fn tell(&self, context: &Context) -> Result<(), Failure> {
        match context.ui.wants_json() {
            true => context.ui.json(&self.as_json())?,
            false => self.in_words(context)?,
        }
        warn_of_others(context, &self.forgotten.letters);
        match &self.wiped {
            Wiped::Done => Ok(()),
            Wiped::Later(why) => Err(later(why)),
        }
    }

    fn as_json(&self) -> serde_json::Value {
        let forgotten = &self.forgotten;
        serde_json::json!({
            "versions": forgotten.versions, "lists": forgotten.lists, "letters": forgotten.letters.letters, "texts": forgotten.texts,
            "under_way": forgotten.letters.under_way, "in_doubt": forgotten.letters.in_doubt, "wiped": matches!(self.wiped, Wiped::Done),
            "laid_aside": self.aside.cleaned, "unreachable": self.unreachable(), "files": self.files,
        })
    }

    fn unreachable(&self) -> Vec<&PathBuf> {
        self.aside.unreachable.iter().chain(&self.holders).collect()
    }

    fn in_words(&self, context: &Context) -> Result<(), Failure> {
        let (ui, forgotten) = (context.ui, &self.forgotten);
        match &self.before {
            Some(at) => ui.data(&format!(
                "{} was forgotten on {at} already; looked through again",
                self.address.masked()
            ))?,
            None => ui.data(&format!(
                "{} is forgotten: {} blank, off {}, {} called off",
                self.address.masked(),
                count(forgotten.versions, "version"),
                count(forgotten.lists, "list"),
                count(forgotten.letters.letters, "letter")
            ))?,
        }
        for folder in &self.aside.cleaned {
            ui.data(&format!(
                "  forgotten too in the store that was laid aside: {}",
                folder.display()
            ))?;
        }
        if self.files.is_empty() && self.unreachable().is_empty() {
            ui.data("  no file of this workspace holds the address")?;
        }
        for trace in &self.files {
            let holds = if trace.lines.is_empty() {
                "may still hold"
            } else {
                "still holds"
            };
            ui.data(&format!("  {holds} the address: {}", trace.words()))?;
        }
        for path in self.unreachable() {
            ui.data(&format!(
                "  still holds the address, or may: {}: delete it, or keep it under lock",
                path.display()
            ))?;
        }
        if !self.files.is_empty() {
            ui.hint("take the rows out of those files; an import passes them by, but the files still tell");
        }
        ui.hint("backups and exports made before today hold the address too: delete those you need no more");
        Ok(())
    }
}
