//! `tidings restore`: a backup in the place of a store that was lost.

use super::backup::called;
use super::context::{Context, holder_words, real_dir};
use super::failure::{Failure, Kind, plain};
use super::ui::{count, moment};
use crate::store::backup::Backup;
use crate::store::edition::Edition;
use crate::store::lock::SenderLock;
use crate::store::{Identity, Kind as StoreKind, Store};
use crate::workspace::sent::{self, Sent};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Bring a backup back, after the store was lost or damaged
///
/// What left after the backup was taken is not on record in it. So every campaign is put on hold, and every letter that waited then is
/// in doubt: nothing leaves before you have looked. A store that stands here is laid aside, never deleted.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  tidings restore /mnt/usb/clinic-2026-12-01.tidings\n  tidings resolve seasonal-immunity --from-log /var/log/mail.log\n  tidings release seasonal-immunity"
)]
pub(super) struct Args {
    /// The file that `tidings backup` wrote
    file: PathBuf,
    /// Lay aside the store that stands here
    #[arg(long)]
    replace: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let dir = real_dir(&root);
    require_readable(&args.file)?;
    let backup = Store::look_at_backup(&args.file)?;
    if backup.identity.kind == StoreKind::Rehearsal {
        return Err(Failure::new(
            Kind::Files,
            "this is the backup of a rehearsal: real letters cannot leave from it",
        ));
    }
    context.refuse_played_time_in(backup.identity.kind)?;
    let taken = SenderLock::take(&dir, "restore", context.clock.now())?;
    let _lock = taken.map_err(|holder| {
        Failure::new(Kind::Later, format!("{} is sending at this moment", holder_words(&holder))).hint("wait for its end")
    })?;
    let marker = sent::read(&root)?;
    let here = standing(&dir)?;
    if let (Some(marker), true) = (&marker, backup.identity.kind == StoreKind::Test) {
        let text = format!(
            "this is the backup of a test store, and real letters have left from this workspace (store `{}`)",
            marker.store_id
        );
        return Err(Failure::new(Kind::FixFirst, text).hint("name a backup of the real store; nothing was changed"));
    }
    refuse_without_word(args, &backup, &here, marker.as_ref())?;
    let generation = next_generation(&backup, &here, marker.as_ref());
    let mut aside = None;
    let restored = Store::restore(&args.file, &dir, generation, context.clock.now(), || {
        // In this turn: killed in between, what stands here is an old store, or a lost one, and sends nothing.
        let identity = Identity {
            generation,
            ..backup.identity.clone()
        };
        context.mark_sent(&root, &identity)?;
        aside = Store::lay_aside(&dir)?;
        Ok::<_, Failure>(())
    });
    let store = restored.map_err(|failure| match &aside {
        Some(aside) => failure.hint(format!("what stood here lies in {}", aside.display())),
        None => failure,
    })?;
    tell(context, &store, &backup, aside.as_deref())
}

/// Whatever is wrong with the file that was named is not the store's fault.
fn require_readable(file: &Path) -> Result<(), Failure> {
    let failed = |why: String| {
        Failure::new(Kind::Files, format!("cannot read `{}`: {why}", file.display()))
            .hint("name the file that `tidings backup FILE` wrote; nothing was changed")
    };
    let found = File::open(file).and_then(|file| file.metadata());
    match found.map_err(|error| failed(plain(&error)))?.is_file() {
        true => Ok(()),
        false => Err(failed("it is no file".to_owned())),
    }
}

/// What stands in the store's place.
pub(super) enum Standing {
    /// No store.
    Nothing,
    /// One that can be opened.
    Store(Box<Store>),
    /// A file that cannot be opened: it may be damaged, or its keys are gone.
    Broken,
}

pub(super) fn standing(dir: &Path) -> Result<Standing, Failure> {
    Ok(match Store::is_there(dir)? {
        false => Standing::Nothing,
        true => Store::open(dir).map_or(Standing::Broken, |store| Standing::Store(Box::new(store))),
    })
}

/// A store is laid aside, and one store's record put in another's place, only on a person's word.
fn refuse_without_word(args: &Args, backup: &Backup, here: &Standing, marker: Option<&Sent>) -> Result<(), Failure> {
    if args.replace {
        return Ok(());
    }
    let found = match (here, marker) {
        (Standing::Store(store), _) => format!("a store stands here already ({})", called(store)),
        (Standing::Broken, _) => "a store stands here already, and it cannot be opened".to_owned(),
        (Standing::Nothing, Some(marker)) if marker.store_id != backup.identity.id => format!(
            "letters went out last from store `{}`, and this is a backup of store `{}`",
            marker.store_id, backup.identity.id
        ),
        (Standing::Nothing, _) => return Ok(()),
    };
    let refused = Failure::new(Kind::FixFirst, format!("{found}; nothing was changed"));
    Err(match here {
        Standing::Nothing => refused.hint("if this is the right clinic's backup all the same: `--replace`"),
        Standing::Store(_) | Standing::Broken => refused.hint(
        "`--replace` puts the backup in its place all the same: what stands here is laid aside in `.tidings/`, and what it knows is not taken along",
        ),
    })
}

/// Higher than any store's that may have sent.
fn next_generation(backup: &Backup, here: &Standing, marker: Option<&Sent>) -> u32 {
    let here = match here {
        Standing::Store(store) => store.identity().generation,
        Standing::Nothing | Standing::Broken => 0,
    };
    let known = [backup.identity.generation, here, marker.map_or(0, |marker| marker.generation)];
    known.into_iter().max().unwrap_or_default().saturating_add(1)
}

/// Says what could be doubled, and what to do about it.
fn tell(context: &Context, store: &Store, backup: &Backup, aside: Option<&Path>) -> Result<(), Failure> {
    let mut doubts = Vec::new();
    for edition in store.editions()? {
        let letters = store.tally(edition.id)?.of("in_doubt");
        if letters > 0 {
            doubts.push((edition, letters));
        }
    }
    if context.ui.wants_json() {
        return context.ui.json(&as_json(store, backup, aside, &doubts));
    }
    let (ui, taken_at) = (context.ui, moment(backup.taken_at));
    ui.data(&format!("restored {}, from the backup of {taken_at}", called(store)))?;
    if let Some(aside) = aside {
        ui.data(&format!("  what stood here lies in {}", aside.display()))?;
    }
    for (edition, letters) in &doubts {
        let (name, article) = (&edition.campaign_name, &edition.key.article);
        let letters = count(*letters, "letter");
        ui.data(&format!(
            "  {name} · {article}: {letters} in doubt: may have left after the backup was taken"
        ))?;
    }
    ui.data("  every campaign is on hold: an edition begun after the backup is not on record, and would go to everybody again")?;
    NEXT_STEPS.into_iter().for_each(|step| ui.hint(step));
    Ok(())
}

const NEXT_STEPS: [&str; 4] = [
    "opt-outs, holds and orders given after the backup are not in it either: give them again",
    "a machine that still sends from another copy has to stop: two that send do not know of each other's letters",
    "`tidings resolve CAMPAIGN --from-log FILE` finds proof in the relay's log; then `--sent` or `--not-sent` with addresses",
    "`tidings cancel CAMPAIGN/ARTICLE` uses up an article that went out since; `tidings release CAMPAIGN` lets the campaign go on",
];

fn as_json(store: &Store, backup: &Backup, aside: Option<&Path>, doubts: &[(Edition, u64)]) -> serde_json::Value {
    let editions = doubts.iter().map(|(edition, letters)| {
        serde_json::json!({"campaign": edition.campaign_name, "edition": edition.key.to_string(), "in_doubt": letters})
    });
    serde_json::json!({
        "store": store.identity().id, "generation": store.identity().generation, "taken_at": backup.taken_at.to_string(),
        "laid_aside": aside, "editions": editions.collect::<Vec<_>>(),
    })
}
