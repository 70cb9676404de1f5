//! What an import does in `subscribers/`: it takes an export in as the list's own file, writes down what its columns are, and puts the
//! file before back when it is undone.
//!
//! Promises: a file is there whole, old or new, after a crash too; whatever it replaces stands beside it with a `~`; only the owner may
//! read it. Knows nothing of what the files hold.

use super::create::durable::{self, Access};
use super::lists::{ENDINGS, ListFile, parsed};
use crate::subscriber::csv::WRITTEN_BY_AN_IMPORT;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

impl ListFile {
    /// Whether the file is the list's own, in `subscribers/`.
    pub fn is_at_home(&self, root: &Path) -> bool {
        let home = root.join("subscribers").canonicalize();
        let stem = self.path().file_stem().and_then(|stem| stem.to_str());
        home.is_ok_and(|home| self.path().parent() == Some(&home)) && stem == Some(self.name.as_str())
    }

    /// Takes a file from elsewhere in as the list's own; what was it until now stands beside it with a `~`.
    ///
    /// # Errors
    /// When a file cannot be read or written; the list's file is the old one then.
    pub fn take_in(&self, root: &Path) -> io::Result<Self> {
        let home = root.join("subscribers");
        fs::create_dir_all(&home)?;
        let ending = self.path().extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let ending = ENDINGS
            .into_iter()
            .find(|known| ending.eq_ignore_ascii_case(known))
            .unwrap_or("csv");
        let place = home.join(format!("{}.{ending}", self.name));
        let bytes = fs::read(self.path())?;
        for old in own_files(&home, &self.name) {
            let before = fs::read(&old)?;
            // Taken in already, before a crash: what stands beside it is the older one, and stays.
            if old == place && before == bytes {
                continue;
            }
            // A copy, not a move: until the new file stands there, the old one does.
            durable::replace(&beside(&old), before, Access::OwnerOnly)?;
        }
        durable::replace(&place, bytes, Access::OwnerOnly)?;
        for old in own_files(&home, &self.name).into_iter().filter(|old| *old != place) {
            fs::remove_file(&old)?;
        }
        durable::settle_names(&home)?;
        Ok(Self::at(root, &place, self.name.clone(), self.mapping.clone()))
    }

    /// Puts the file back that the list's own has replaced, if `is_it` knows it by its bytes; gives its path from the workspace's folder.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn put_back(root: &Path, list: &str, is_it: impl Fn(&[u8]) -> bool) -> io::Result<Option<String>> {
        let home = root.join("subscribers");
        let before = ENDINGS.iter().map(|ending| home.join(format!("{list}.{ending}")));
        for place in before {
            let Ok(bytes) = fs::read(beside(&place)) else { continue };
            if !is_it(&bytes) {
                continue;
            }
            // At any moment both stand somewhere: the wrong file under a third name until the right one is in its place.
            for path in own_files(&home, list) {
                let there = fs::read(&path)?;
                // The right file is there already where an undo died on its way.
                if there != bytes {
                    durable::replace(&third(&path), there, Access::OwnerOnly)?;
                }
            }
            durable::replace(&place, bytes, Access::OwnerOnly)?;
            for path in ENDINGS.iter().map(|ending| home.join(format!("{list}.{ending}"))) {
                if durable::stands(&third(&path)) {
                    fs::rename(third(&path), beside(&path))?;
                }
                if path != place && path.is_file() {
                    fs::remove_file(&path)?;
                }
            }
            durable::settle_names(&home)?;
            return Ok(place.strip_prefix(root).ok().map(|file| file.display().to_string()));
        }
        Ok(None)
    }

    /// Whether the list has a mapping of its own.
    pub fn has_mapping(&self, root: &Path) -> bool {
        durable::stands(&root.join(format!("subscribers/{}.yaml", self.name)))
    }

    /// Writes the list's mapping, where it has none; gives its path from the workspace's folder and the list with it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_mapping(&self, root: &Path, text: &str) -> io::Result<Option<(String, Self)>> {
        let file = format!("subscribers/{}.yaml", self.name);
        let path = root.join(&file);
        if durable::stands(&path) {
            return Ok(None);
        }
        durable::replace(&path, text, Access::Usual)?;
        let mut mapped = self.clone();
        mapped.mapping = parsed(&file, text).0;
        Ok(Some((file, mapped)))
    }

    /// Lays aside the mapping that the first import of a list wrote; one that a person made stays. Gives its path.
    ///
    /// # Errors
    /// When it cannot be moved.
    pub fn lay_mapping_aside(root: &Path, list: &str) -> io::Result<Option<String>> {
        let file = format!("subscribers/{list}.yaml");
        let path = root.join(&file);
        let is_written = fs::read_to_string(&path).is_ok_and(|text| text.starts_with(WRITTEN_BY_AN_IMPORT));
        if !is_written {
            return Ok(None);
        }
        fs::rename(&path, beside(&path))?;
        durable::settle_names(durable::parent(&path))?;
        Ok(Some(file))
    }

    /// Says in the list's mapping, which has no word about it, how its file is encoded.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add_encoding(&self, root: &Path, encoding: &str) -> io::Result<()> {
        let path = root.join(format!("subscribers/{}.yaml", self.name));
        let mut text = fs::read_to_string(&path)?;
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(&format!("encoding: {encoding}\n"));
        durable::replace(&path, text, Access::Usual)
    }
}

/// The files that tell who is on `list`.
fn own_files(home: &Path, list: &str) -> Vec<PathBuf> {
    let files = ENDINGS.iter().map(|ending| home.join(format!("{list}.{ending}")));
    files.filter(|file| file.is_file()).collect()
}

/// Where a file stands while it changes places with another.
fn third(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".wrong~");
    path.with_file_name(name)
}

/// Where a replaced file stands: editors put a `~` behind such a name too, and no list is read from there.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("~");
    path.with_file_name(name)
}
