//! Remains: what else under the store's folder can hold a person's address: stores that were laid aside, a rehearsal, halves of dead
//! processes.
//!
//! Promises: stores that were laid aside forget like the one that sends; nothing is removed but rehearsals and what a dead process left
//! half done; whatever else holds the address is named.

use super::lock::SenderLock;
use super::spelling::Spellings;
use super::{Store, StoreError};
use crate::address::Address;
use jiff::Timestamp;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Files beside a store that are looked through in pieces of this size.
const PIECE: usize = 1024 * 1024;

/// What became of stores that were laid aside.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Aside {
    /// They have forgotten.
    pub cleaned: Vec<PathBuf>,
    /// They cannot be opened or wiped, and may hold the address still.
    pub unreachable: Vec<PathBuf>,
}

/// Has every store that was laid aside in `dir` forget the person behind `address`.
pub fn forget_aside(dir: &Path, address: &Address, now: Timestamp) -> Aside {
    each_aside(dir, |store| match store.mentions(address)? {
        true => store.forget(address, now).map(|_| ()),
        false => Ok(()),
    })
}

/// The same for people whose time is over, who may come back.
pub fn lapse_aside(dir: &Path, addresses: &[Address], now: Timestamp) -> Aside {
    each_aside(dir, |store| {
        let known = addresses
            .iter()
            .map(|address| store.person(address))
            .collect::<Result<Vec<_>, _>>()?;
        let people: Vec<_> = known.into_iter().flatten().collect();
        match people.is_empty() {
            true => Ok(()),
            false => store.let_lapse(&people, now).map(|_| ()),
        }
    })
}

/// What lies there and cannot be opened as a store, or is looked at by somebody just now, is unreachable.
fn each_aside(dir: &Path, mut change: impl FnMut(&mut Store) -> Result<(), StoreError>) -> Aside {
    let mut aside = Aside::default();
    for folder in laid_aside(dir) {
        let wiped = Store::open(&folder).and_then(|mut store| {
            change(&mut store)?;
            store.wipe()
        });
        match wiped {
            Ok(true) => aside.cleaned.push(folder),
            Ok(false) | Err(_) => aside.unreachable.push(folder),
        }
    }
    aside
}

/// The folders in which stores were laid aside.
fn laid_aside(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = entries(dir)
        .into_iter()
        .filter(|path| path.is_dir() && name(path).starts_with("replaced"))
        .collect();
    found.sort();
    found
}

/// Takes the last rehearsal away, whole; `false` where one is being played at this moment.
///
/// # Errors
/// When a file cannot be removed.
pub fn clear_rehearsal(dir: &Path, now: Timestamp) -> Result<bool, StoreError> {
    let rehearsal = dir.join("rehearsal");
    if !rehearsal.exists() {
        return Ok(true);
    }
    let Ok(_lock) = SenderLock::take(&rehearsal, "people forget", now)? else {
        return Ok(false);
    };
    let removed = fs::remove_dir_all(&rehearsal);
    removed.map(|()| true).map_err(|source| StoreError::File {
        doing: "remove",
        path: rehearsal,
        source,
    })
}

/// Takes away what a process that died left half done, under the sender's lock: a store or a key file under its maker's number.
pub fn clear_halves(dir: &Path) {
    for path in entries(dir) {
        let is_half = ["store.db.new-", "keys.new-"]
            .iter()
            .any(|start| name(&path).starts_with(start));
        if is_half && path.is_file() {
            // Named among what cannot be reached if it stays.
            let _ = fs::remove_file(&path);
        }
    }
}

/// The files under `dir` that hold the address, but for the stores' own.
pub fn holders(dir: &Path, spellings: &Spellings) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            let is_link = fs::symlink_metadata(&path).is_ok_and(|facts| facts.file_type().is_symlink());
            if path.is_dir() && !is_link {
                folders.push(path);
            } else if !is_a_stores_own(&path) && holds(&path, spellings).unwrap_or(true) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether a file is one that forgetting has wiped itself; a copy that somebody made of it is not.
fn is_a_stores_own(path: &Path) -> bool {
    ["store.db", "store.db-wal", "store.db-shm"].contains(&name(path))
}

/// Whether a file holds the address in UTF-8 or either UTF-16, read in pieces that overlap.
fn holds(path: &Path, spellings: &Spellings) -> io::Result<bool> {
    const OVERLAP: usize = 2048;
    let mut file = fs::File::open(path)?;
    let mut bytes = Vec::new();
    loop {
        let read = file.by_ref().take(PIECE as u64).read_to_end(&mut bytes)?;
        let wide = |low: usize, from: usize| -> String {
            let pairs = bytes.get(from..).unwrap_or_default().chunks_exact(2);
            let units = pairs.map(|pair| u16::from_be_bytes([pair[1 - low], pair[low]]));
            char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
        };
        let texts = [
            String::from_utf8_lossy(&bytes).into_owned(),
            wide(0, 0),
            wide(1, 0),
            wide(0, 1),
            wide(1, 1),
        ];
        if texts.iter().any(|text| spellings.stand_in(text)) {
            return Ok(true);
        }
        if read == 0 {
            return Ok(false);
        }
        bytes.drain(..bytes.len().saturating_sub(OVERLAP));
    }
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let read = fs::read_dir(dir).into_iter().flatten();
    read.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect()
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}
