//! The clinic's face: what of the workspace the pages show, read anew when its files change.
//!
//! Promises: settings that are broken meanwhile change nothing: the last good ones stay, and that is said once; a list has a title here
//! only if a person gave it one. Knows nothing of the store.

use super::{Tell, WebError};
use crate::address::Address;
use crate::workspace::Workspace;
use crate::workspace::settings::{Colour, FILE};
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What the pages show of the clinic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Face {
    /// The clinic's name.
    pub(crate) clinic: String,
    /// Where questions go.
    pub(crate) contact: Address,
    /// The mailbox that stops letters, if there is one.
    pub(crate) mailto: Option<Address>,
    /// The clinic's colour.
    pub(crate) colour: Colour,
    /// The lists that have a title, by name.
    pub(crate) titles: BTreeMap<String, String>,
}

/// What a file looked like when it was read: its name, and its inode, length and times, if it was there.
pub(super) type Stamp = Vec<(PathBuf, Option<[i64; 6]>)>;

/// The face as it is now.
pub(super) struct Faces {
    root: PathBuf,
    tell: Tell,
    held: Mutex<(Stamp, Arc<Face>)>,
}

impl Faces {
    /// Reads the face of the workspace in `root`.
    pub(super) fn read(root: &Path, tell: Tell) -> Result<Self, WebError> {
        let stamp = stamp(root);
        let face = face(root).map_err(|findings| WebError::Settings { findings })?;
        Ok(Self {
            root: root.to_owned(),
            tell,
            held: Mutex::new((stamp, Arc::new(face))),
        })
    }

    /// The face, read anew if a file has changed.
    pub(super) fn now(&self) -> Arc<Face> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = stamp(&self.root);
        if stamp != held.0 {
            held.0 = stamp;
            match face(&self.root) {
                Ok(face) => held.1 = Arc::new(face),
                Err(findings) => {
                    let first = findings.iter().find(|finding| finding.is_error());
                    let why = first.map_or_else(|| FILE.to_owned(), ToString::to_string);
                    (self.tell)(&format!(
                        "the settings have errors now, and the page goes on with the last good ones: {why}"
                    ));
                }
            }
        }
        Arc::clone(&held.1)
    }
}

fn face(root: &Path) -> Result<Face, Vec<crate::finding::Finding>> {
    let workspace = Workspace::without_campaigns(root);
    let Some(settings) = workspace.settings else {
        return Err(workspace.findings);
    };
    let titles = workspace.lists.into_iter().filter_map(|list| Some((list.name, list.title?)));
    Ok(Face {
        clinic: settings.sender.clinic.name,
        contact: settings.sender.clinic.contact,
        mailto: settings.sender.unsubscribe.mailto,
        colour: settings.look.colour,
        titles: titles.collect(),
    })
}

/// The settings and everything in `subscribers/`: of the lists themselves only which ones there are matters.
fn stamp(root: &Path) -> Stamp {
    let folder = root.join("subscribers");
    let names = std::fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Stamp = names
        .map(|path| match path.extension().is_some_and(|ending| ending == "yaml") {
            true => seen(path),
            false => (path, None),
        })
        .collect();
    files.push(seen(root.join(FILE)));
    files.sort();
    files
}

pub(super) fn seen(path: PathBuf) -> (PathBuf, Option<[i64; 6]>) {
    let facts = std::fs::metadata(&path).ok().map(|found| {
        let (ino, len) = (found.ino().cast_signed(), found.len().cast_signed());
        [ino, len, found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()]
    });
    (path, facts)
}
