//! `tidings backup`: everything in one file.

use super::context::Context;
use super::failure::{Failure, Kind};
use crate::store::{Kind as StoreKind, Store, StoreError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Write everything that is on record into one file
///
/// May be called while letters leave. The file is for you alone: it says who is on your lists. `tidings restore FILE` brings it back.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example (crontab):\n  0 3 * * *  tidings -C /home/clinic/mail backup /mnt/usb/clinic-$(date +\\%F).tidings"
)]
pub(super) struct Args {
    /// The file to write; it must not be there yet
    file: PathBuf,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let root = context.root()?;
    let Some(store) = context.store_if_any(&root)? else {
        return Err(Failure::new(Kind::FixFirst, context.no_store_yet())
            .hint("there is nothing to back up before the first `import` or `send`"));
    };
    let place = whole_path(&args.file);
    store
        .back_up(&place, context.clock.now())
        .map_err(|error| refused(error, &place))?;
    let identity = store.identity();
    if context.ui.wants_json() {
        return context.ui.json(&serde_json::json!({
            "file": place, "store": identity.id, "generation": identity.generation, "kind": identity.kind.name(),
        }));
    }
    context.ui.data(&format!("backed up into {}", place.display()))?;
    if identity.kind == StoreKind::Real && place.starts_with(&root) {
        context
            .ui
            .hint("keep it on another disk: this one takes the backup along when it breaks");
    }
    Ok(())
}

/// The file's place without detours, for the eye; a folder that is not there is left to fail where the file is made.
fn whole_path(file: &Path) -> PathBuf {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let folder = absolute.parent().and_then(|folder| folder.canonicalize().ok());
    match folder.zip(absolute.file_name()) {
        Some((folder, name)) => folder.join(name),
        None => absolute,
    }
}

/// What is wrong with the place that was named, rather than with the store.
fn refused(error: StoreError, place: &Path) -> Failure {
    match &error {
        StoreError::File { source, .. } if source.kind() == ErrorKind::AlreadyExists => Failure::new(
            Kind::Usage,
            format!("`{}` is there already; nothing was written over it", place.display()),
        )
        .hint("name another file, for instance with the day in it: `clinic-$(date +%F).tidings`"),
        StoreError::File { source, .. } if source.kind() == ErrorKind::NotFound => {
            let folder = place.parent().unwrap_or(place).display();
            Failure::new(Kind::Usage, format!("the folder `{folder}` is not there")).hint("make it first; nothing was written")
        }
        _ => error.into(),
    }
}

/// How a store is called on the screen.
pub(super) fn called(store: &Store) -> String {
    let identity = store.identity();
    format!("store `{}`, generation {}", identity.id, identity.generation)
}
