//! Maildir: a folder of mails, one file each; `new` holds what nobody has seen, `cur` the rest, with flags in the name.
//!
//! Promises: both are read, since an IMAP server moves what it has shown to `cur`; a mail that is done gets the flag `S` there, and is
//! otherwise never touched: no file is written, overwritten or removed, only renamed, whoever else reads the folder at the time. Mails
//! that other programs move meanwhile are looked for again. What is no file (links, pipes, folders) is passed over; what cannot be read
//! or renamed keeps nobody waiting.

use super::error::MailboxError;
use super::mail::Mail;
use super::{Fate, Take};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// How often the folders are read in search of mails that were moved meanwhile.
const ROUNDS: usize = 4;

/// How many names are tried for a mail whose name is taken by another one.
const NAMES: usize = 100;

/// A file that may be a mail.
struct Entry {
    path: PathBuf,
    /// The file's name up to its flags, and the file behind it: the same wherever it is moved to.
    known_by: (Vec<u8>, u64),
    arrived: u64,
}

/// What went wrong with some mails.
#[derive(Default)]
struct Trouble {
    unreadable: Vec<(PathBuf, io::Error)>,
    unmarked: Vec<(PathBuf, io::Error)>,
}

/// Gives every mail to `take`; see [`super::read`].
pub(super) fn read<E: From<MailboxError>>(folder: &Path, take: Take<'_, E>) -> Result<u64, E> {
    let (mut seen, mut trouble, mut looked_at) = (HashSet::new(), Trouble::default(), 0);
    for _ in 0..ROUNDS {
        let mut vanished = false;
        for entry in entries(folder)? {
            if seen.contains(&entry.known_by) {
                continue;
            }
            match mail(&entry.path) {
                Ok(Some(mail)) => {
                    looked_at += 1;
                    let fate = take(&mail)?;
                    trouble.mark(folder, &entry, fate);
                }
                Ok(None) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    vanished = true;
                    continue;
                }
                Err(error) => trouble.unreadable.push((entry.path, error)),
            }
            seen.insert(entry.known_by);
        }
        if !vanished {
            break;
        }
    }
    trouble.told(folder)?;
    Ok(looked_at)
}

/// What lies in the folder now, the oldest first.
fn entries(folder: &Path) -> Result<Vec<Entry>, MailboxError> {
    let mut entries = Vec::new();
    for half in ["new", "cur"] {
        let half = folder.join(half);
        let read = fs::read_dir(&half).map_err(|error| MailboxError::at(&half, "read", error))?;
        for entry in read {
            let entry = entry.map_err(|error| MailboxError::at(&half, "read", error))?;
            entries.extend(Entry::new(&entry));
        }
    }
    entries.sort_by(|one, other| (one.arrived, &one.known_by).cmp(&(other.arrived, &other.known_by)));
    Ok(entries)
}

impl Entry {
    /// `None` for what cannot be a mail by its name or kind.
    fn new(entry: &fs::DirEntry) -> Option<Self> {
        let (path, name) = (entry.path(), entry.file_name());
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if !is_file || name.as_encoded_bytes().starts_with(b".") {
            return None;
        }
        let unique = name
            .as_encoded_bytes()
            .split(|&byte| byte == b':')
            .next()
            .unwrap_or_default()
            .to_vec();
        let digits: String = unique
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .map(|&byte| char::from(byte))
            .collect();
        let arrived = digits.parse().ok().or_else(|| changed(entry)).unwrap_or_default();
        let known_by = (unique, number(entry));
        Some(Self { path, known_by, arrived })
    }

    /// Where this mail belongs when it has been read; `None` where it is, or where nobody can say.
    fn place_when_read(&self, folder: &Path) -> Option<PathBuf> {
        let name = self.path.file_name()?.to_str()?;
        let (unique, flags) = match name.split_once(':') {
            None => (name, ""),
            Some((unique, info)) => (unique, info.strip_prefix("2,")?),
        };
        let mut letters: Vec<char> = flags.chars().chain(['S']).collect();
        letters.sort_unstable();
        letters.dedup();
        let flags: String = letters.into_iter().collect();
        let place = folder.join("cur").join(format!("{unique}:2,{flags}"));
        (place != self.path).then_some(place)
    }
}

/// The number of the file, which it keeps under every name.
#[cfg(unix)]
fn number(entry: &fs::DirEntry) -> u64 {
    std::os::unix::fs::DirEntryExt::ino(entry)
}

#[cfg(not(unix))]
fn number(_: &fs::DirEntry) -> u64 {
    0
}

fn changed(entry: &fs::DirEntry) -> Option<u64> {
    let changed = entry.metadata().ok()?.modified().ok()?;
    Some(changed.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs())
}

/// The mail in a file; `None` when it is no file any more.
fn mail(path: &Path) -> io::Result<Option<Mail>> {
    // Asked once more right before: opening a pipe would wait for ever.
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(None);
    }
    Mail::from_reader(&mut File::open(path)?).map(Some)
}

impl Trouble {
    fn mark(&mut self, folder: &Path, entry: &Entry, fate: Fate) {
        let place = match fate {
            Fate::Done => entry.place_when_read(folder),
            Fate::Stays => None,
        };
        match place.map(|place| rename(&entry.path, &place)) {
            None | Some(Ok(())) => {}
            // Somebody else has moved it, and with it the say about its flags.
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Some(Err(error)) => self.unmarked.push((entry.path.clone(), error)),
        }
    }

    fn told(self, folder: &Path) -> Result<(), MailboxError> {
        let path = folder.to_owned();
        let (count, unmarked) = (self.unreadable.len() as u64, self.unmarked.len() as u64);
        if let Some((example, source)) = self.unreadable.into_iter().next() {
            return Err(MailboxError::Unreadable {
                path,
                count,
                example,
                source,
            });
        }
        match self.unmarked.into_iter().next() {
            None => Ok(()),
            Some((example, source)) => Err(MailboxError::Unmarked {
                path,
                count: unmarked,
                example,
                source,
            }),
        }
    }
}

/// Gives the file another name, and takes none from another file.
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    for number in 0..NAMES {
        let to = numbered(to, number);
        match in_one_step(from, &to).or_else(|error| in_two_steps(from, &to, error)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // The rest of an earlier try, if it is the same file, or another reader between its two steps: no reader takes a name
                // away that says the mail is read. Within one folder mail servers do (Dovecot, one of two), so there both stay.
                if is_same(from, &to)? {
                    return if from.parent() == to.parent() {
                        Ok(())
                    } else {
                        fs::remove_file(from)
                    };
                }
            }
            renamed => return renamed,
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// As one call that fails where the name is taken.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn in_one_step(from: &Path, to: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE)?)
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn in_one_step(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Where the system or the file system knows no such call, or nobody may make it: a second name first, then the first one away.
fn in_two_steps(from: &Path, to: &Path, why: io::Error) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, PermissionDenied, Unsupported};
    if !matches!(why.kind(), InvalidInput | PermissionDenied | Unsupported) {
        return Err(why);
    }
    match fs::hard_link(from, to) {
        Ok(()) => match fs::remove_file(from) {
            // Another reader has taken it away, or a mail program has moved it: two names at worst, and nothing lost.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            removed => removed,
        },
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists) => Err(error),
        // A file system without either: it is asked first, as nothing better is known there.
        Err(_) if !to.try_exists()? => fs::rename(from, to),
        Err(_) => Err(io::ErrorKind::AlreadyExists.into()),
    }
}

fn numbered(path: &Path, number: usize) -> PathBuf {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    match name.split_once(':') {
        Some((unique, info)) if number > 0 => path.with_file_name(format!("{unique}_{number}:{info}")),
        _ => path.to_owned(),
    }
}

#[cfg(unix)]
fn is_same(one: &Path, other: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (one, other) = (fs::symlink_metadata(one)?, fs::symlink_metadata(other)?);
    Ok((one.dev(), one.ino()) == (other.dev(), other.ino()))
}

#[cfg(not(unix))]
fn is_same(_: &Path, _: &Path) -> io::Result<bool> {
    Ok(false)
}
