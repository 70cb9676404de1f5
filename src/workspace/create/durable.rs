//! Files that are on the disk when the call returns, and folders that can be taken back.
//!
//! Promises: `file` never overwrites, `replace` is seen old or new but never half. Knows nothing of what is written.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Who may read what is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever the system's own default lets in.
    Usual,
    /// The owner alone: it tells who is a patient.
    OwnerOnly,
}

/// Writes a file that does not exist yet.
pub(crate) fn file(path: &Path, bytes: impl AsRef<[u8]>, access: Access) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if access == Access::OwnerOnly {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(path)?;
    let written = file.write_all(bytes.as_ref()).and_then(|()| file.sync_all());
    if written.is_err() {
        // The file is ours: this call made it.
        fs::remove_file(path).ok();
    }
    written
}

/// Makes a folder that does not exist yet, inside one that does.
pub(crate) fn folder(path: &Path, access: Access) -> io::Result<()> {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "modes are Unix's"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    if access == Access::OwnerOnly {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    }
    builder.create(path)
}

/// Puts a file with these bytes in the place of `path`, whether or not there was one: at any moment the whole old or the whole new
/// file stands there, after a crash too.
pub(crate) fn replace(path: &Path, bytes: impl AsRef<[u8]>, access: Access) -> io::Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // A name of this process's own: of two that replace one file at once, each puts a whole file there.
    name.push(format!(".new-{}", std::process::id()));
    let new = path.with_file_name(name);
    // A crash may have left one behind; nobody reads it.
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    file(&new, bytes, access)?;
    if let Err(error) = fs::rename(&new, path) {
        fs::remove_file(&new).ok();
        return Err(error);
    }
    settle_names(parent(path))
}

/// Makes the names in a folder durable: a synced file whose name is lost is a lost file.
pub(crate) fn settle_names(folder: &Path) -> io::Result<()> {
    if cfg!(not(unix)) {
        return Ok(());
    }
    match fs::File::open(folder)?.sync_all() {
        // Some network file systems have no such call, and nothing better to offer.
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
        settled => settled,
    }
}

/// The folder that `path` lies in.
pub(crate) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// Whether something has this name, be it a link that leads nowhere.
pub(crate) fn stands(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// What has been made so far; taken back when dropped, unless [`Made::keep`] is called.
#[derive(Debug, Default)]
pub(crate) struct Made {
    paths: Vec<PathBuf>,
}

impl Made {
    /// Makes a file, and the folders it needs; the nearest folder has the file's access.
    pub(crate) fn file(&mut self, path: &Path, bytes: impl AsRef<[u8]>, access: Access) -> io::Result<()> {
        self.folders(parent(path), access)?;
        file(path, bytes, access)?;
        self.paths.push(path.to_owned());
        Ok(())
    }

    /// Makes a folder with this access, and those above it where they are missing.
    pub(crate) fn folders(&mut self, path: &Path, access: Access) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.folders(parent(path), Access::Usual)?;
        match folder(path, access) {
            Ok(()) => self.paths.push(path.to_owned()),
            // Somebody else made it just now, and it is theirs to take back.
            Err(_) if path.is_dir() => {}
            // "Already exists" would name the wrong thing: what exists is no folder.
            Err(_) if stands(path) => return Err(io::ErrorKind::NotADirectory.into()),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Lets go of what has been moved to another place.
    pub(crate) fn keep_elsewhere(mut self) {
        self.paths.clear();
    }

    /// Makes all names durable and lets everything stand.
    pub(crate) fn keep(mut self) -> io::Result<()> {
        let mut folders: Vec<&Path> = self.paths.iter().map(|path| parent(path)).collect();
        folders.sort();
        folders.dedup();
        folders.into_iter().try_for_each(settle_names)?;
        self.paths.clear();
        Ok(())
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for path in self.paths.iter().rev() {
            // `remove_dir` takes only an empty folder, so nothing of anybody else's can go with it.
            match path.is_dir() {
                true => fs::remove_dir(path).ok(),
                false => fs::remove_file(path).ok(),
            };
        }
    }
}
