//! A file that is replaced whole: whoever reads it sees the old text or the new one, never half of either.

use crate::cli::handwriting::{self, Sort};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{Error, ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// For the owner alone, unless somebody has given the file another mode.
const MODE: u32 = 0o600;

/// Puts `bytes` in the place of what the file holds. It keeps the mode it has.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    handwriting::require_own(path, Sort::Status)?;
    let mode = match fs::symlink_metadata(path) {
        Ok(file) if !file.is_file() => return Err(Error::new(ErrorKind::InvalidInput, "it is not a file")),
        Ok(file) => file.permissions().mode() & 0o7777,
        Err(_) => MODE,
    };
    let beside = Beside::of(path)?;
    beside.sweep();
    let written = write_new(&beside.fresh(), bytes, mode).and_then(|()| fs::rename(beside.fresh(), path));
    if written.is_err() {
        // Ours, if it was made at all.
        fs::remove_file(beside.fresh()).ok();
    }
    written
}

fn write_new(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    let mut file = match create(path) {
        // What an earlier process of this number left behind.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::remove_file(path).and_then(|()| create(path))?,
        created => created?,
    };
    file.write_all(bytes)?;
    if mode != MODE {
        file.set_permissions(Permissions::from_mode(mode))?;
    }
    file.sync_all()
}

fn create(path: &Path) -> Result<File, Error> {
    OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)
}

/// The new text's place until it is whole: beside the file, so that one step puts it there.
struct Beside {
    folder: PathBuf,
    prefix: String,
}

impl Beside {
    fn of(path: &Path) -> Result<Self, Error> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
        Ok(Self {
            folder: folder.unwrap_or_else(|| Path::new(".")).to_owned(),
            prefix: format!(".{}.new.", name.to_string_lossy()),
        })
    }

    fn fresh(&self) -> PathBuf {
        self.folder.join(format!("{}{}", self.prefix, std::process::id()))
    }

    /// Removes what runs that were killed while they wrote have left.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix(&self.prefix));
            let pid = number.and_then(|number| number.parse::<u32>().ok());
            if pid.is_some_and(|pid| Path::new("/proc/self").exists() && !Path::new(&format!("/proc/{pid}")).exists()) {
                fs::remove_file(entry.path()).ok();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    /// A status as far as it is known by.
    fn status(code: u8) -> Vec<u8> {
        format!(r#"{{"version":"1","process":1,"started_at":"","finished_at":"","exit_code":{code}}}"#).into_bytes()
    }

    #[test]
    fn a_file_is_for_its_owner_and_keeps_the_mode_that_somebody_gave_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("status.json");
        replace(&path, &status(1)).unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (status(1), 0o600));
        fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        replace(&path, &status(2)).unwrap();
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (status(2), 0o644));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_link_is_not_followed_and_what_a_killed_run_left_goes() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("status.json"), folder.path().join("link"));
        fs::write(&path, status(1)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        // No process has this number: it is above the kernel's largest.
        fs::write(folder.path().join(".status.json.new.4194305"), "half").unwrap();
        fs::write(folder.path().join(".status.json.new.mine"), "somebody's own").unwrap();
        assert!(replace(&link, &status(2)).is_err() && link.is_symlink());
        assert_eq!(fs::read(&path).unwrap(), status(1));
        replace(&path, &status(2)).unwrap();
        assert_eq!(fs::read(&path).unwrap(), status(2));
        assert!(!folder.path().join(".status.json.new.4194305").exists());
        assert!(folder.path().join(".status.json.new.mine").exists());
    }

    #[test]
    fn what_is_no_file_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert!(replace(folder.path(), b"text").is_err());
        assert!(replace(&folder.path().join("nowhere/status.json"), b"text").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
