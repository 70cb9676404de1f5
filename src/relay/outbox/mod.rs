//! The outbox: the folder where a rehearsal's letters lie, one .eml file each, to look at.
//!
//! Promises: no half letter ever stands there under its name; files are 0600 in a 0700 folder, because who is on the list is health
//! data; clearing takes away only what this module has made. Knows nothing of SMTP.

pub mod index;
mod reading;

#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The page that lists the letters.
pub const INDEX: &str = "index.html";
/// The folder of the pages that show one letter each.
const PAGES: &str = "pages";
/// What is still being written ends like this.
const UNFINISHED: &str = ".part";

/// A folder that takes letters.
#[derive(Debug)]
pub struct Outbox {
    folder: PathBuf,
    last: AtomicU64,
}

impl Outbox {
    /// Opens the folder and makes it if need be; numbers go on where they ended.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        make_private(folder)?;
        let last = letters(folder)?.iter().filter_map(|name| number(name)).max().unwrap_or(0);
        Ok(Self {
            folder: folder.to_owned(),
            last: AtomicU64::new(last),
        })
    }

    /// Files a letter to `address`; its path.
    ///
    /// # Errors
    /// When the file cannot be written; then nothing stands under its name.
    pub fn file(&self, address: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let number = self.last.fetch_add(1, Ordering::SeqCst) + 1;
        let path = self.folder.join(format!("{number:04}-{}.eml", slug(address)));
        write_whole(&path, bytes)?;
        Ok(path)
    }
}

/// Takes all letters and pages away; anything else in the folder stays. A folder that is not there is clear.
///
/// # Errors
/// When a file cannot be taken away.
pub fn clear(folder: &Path) -> io::Result<()> {
    for (folder, ending) in [(folder.to_owned(), ".eml"), (folder.join(PAGES), ".html")] {
        for name in names(&folder)?.iter().filter(|name| is_ours(name, ending)) {
            fs::remove_file(folder.join(name))?;
        }
    }
    for leftover in [INDEX.to_owned(), format!("{INDEX}{UNFINISHED}")] {
        absent_is_fine(fs::remove_file(folder.join(leftover)))?;
    }
    // Fails when somebody keeps something of their own in there; that is not ours to take.
    let _ = fs::remove_dir(folder.join(PAGES));
    Ok(())
}

/// The names of the letters in their order.
fn letters(folder: &Path) -> io::Result<Vec<String>> {
    let mut letters = names(folder)?;
    letters.retain(|name| name.ends_with(".eml") && number(name).is_some());
    letters.sort_by_key(|name| number(name));
    Ok(letters)
}

fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string().ok()));
    names.filter_map(Result::transpose).collect()
}

fn is_ours(name: &str, ending: &str) -> bool {
    let name = name.strip_suffix(UNFINISHED).unwrap_or(name);
    name.ends_with(ending) && number(name).is_some()
}

/// The number in front of a letter's name: at least four digits and a hyphen.
fn number(name: &str) -> Option<u64> {
    let (digits, _) = name.split_once('-')?;
    let all_digits = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| all_digits)
}

/// The address as part of a file name: `ann@example.org` is `ann-example.org`.
fn slug(address: &str) -> String {
    let safe = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let slug: String = address.chars().map(safe).take(80).collect();
    slug.trim_matches(['.', '-']).to_owned()
}

/// Writes beside the name and renames: a name that can be read is a whole file.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(UNFINISHED);
    let written = write_new(Path::new(&unfinished), bytes).and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // What could not be written may not be there at all; the first error is the one to tell.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    absent_is_fine(fs::remove_file(path))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(bytes)
}

fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}

fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}
