//! Kept mails: what was handed in and nobody could act on lies in `.tidings/mail/` until a person has.
//!
//! Promises: a mail that is kept is whole and on the disk, for its owner alone. Knows nothing of why.

use super::super::failure::{Failure, Kind, plain};
use crate::workspace::create::durable::{self, Access};
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

const FOLDER: &str = "mail";
const ENDING: &str = "eml";
/// Far more than a person reads; a flood stays with the mail server instead of filling the store's disk.
const MOST: usize = 1000;

/// Where they lie.
fn folder(store_dir: &Path) -> PathBuf {
    store_dir.join(FOLDER)
}

/// The mails that are kept beside this store, the oldest name first.
pub(in crate::cli) fn kept(store_dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder(store_dir)).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == ENDING));
    paths.sort();
    paths
}

/// Keeps a mail under the name of its hash, whole or not at all; one that is kept already is.
pub(super) fn keep(store_dir: &Path, name: &str, bytes: &[u8]) -> Result<(), Failure> {
    let folder = folder(store_dir);
    let path = folder.join(format!("{name}.{ENDING}"));
    let placed = if path.exists() {
        // By another process, which may not have come so far as to sync its name, or was killed before.
        durable::settle_names(&folder)
    } else {
        if kept(store_dir).len() >= MOST {
            let text = format!("`{}` holds {MOST} mails already that nobody could act on", folder.display());
            return Err(Failure::new(Kind::Later, text).hint("read them and take them away; then this one is taken"));
        }
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
        made.map_err(|error| failed(&folder, &error))?;
        durable::replace(&path, bytes, Access::OwnerOnly)
    };
    let settled = placed.and_then(|()| durable::settle_names(store_dir));
    settled.map_err(|error| failed(&path, &error))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::new(
        Kind::Store,
        format!("cannot keep a mail in `{}`: {}", path.display(), plain(error)),
    )
    .hint("check that `.tidings/` belongs to you and that the disk is not full")
}
