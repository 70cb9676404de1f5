//! Handwriting: whether a file that somebody named for a log or a status is of our own hand, so that a run may write in it.
//!
//! Promises: what holds anything else is neither replaced nor written behind, and nothing that lies among the workspace's own files is;
//! a link is not followed. What cannot be read is not refused before a run: whoever wants to write there is told so then.

use super::failure::{Failure, Kind};
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

/// What a run writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// The JSON object of `--status-file`.
    Status,
    /// The lines of `--log-file`.
    Log,
}

/// The folders of a workspace whose files are nobody's log.
const FOLDERS: [&str; 4] = ["campaigns", "templates", "subscribers", ".tidings"];

/// What every status file has.
const FIELDS: [&str; 5] = ["version", "process", "started_at", "finished_at", "exit_code"];

/// No status of ours is larger.
const LARGEST_STATUS: u64 = 64 << 20;

/// No line of ours is longer.
const LONGEST_LINE: u64 = 64 << 10;

impl Sort {
    fn flag(self) -> &'static str {
        match self {
            Self::Status => "--status-file",
            Self::Log => "--log-file",
        }
    }

    fn foreign(self) -> &'static str {
        match self {
            Self::Status => "it is there already, and is no status file of tidings",
            Self::Log => "it is there already, and is no log of tidings",
        }
    }
}

/// Refuses files that are somebody else's, before anything is done.
pub(super) fn refuse_foreign(root: Option<&Path>, status: Option<&Path>, log: Option<&Path>) -> Result<(), Failure> {
    let refusal = |sort: Sort, path: &Path, why: &str| {
        let text = format!("`{}` cannot be the file of `{}`: {why}", path.display(), sort.flag());
        Failure::new(Kind::Usage, text)
            .hint("name a new file, or one that an earlier run left; nothing was written, nothing was sent")
    };
    for (sort, path) in [(Sort::Status, status), (Sort::Log, log)] {
        let Some(path) = path else { continue };
        let why = foreign(root, path, sort);
        why.map_or(Ok(()), |why| Err(refusal(sort, path, &why)))?;
    }
    match (status, log) {
        (Some(status), Some(log)) if place(status) == place(log) => {
            Err(refusal(Sort::Status, status, "it is the file of `--log-file`"))
        }
        (_, _) => Ok(()),
    }
}

/// Whether a run may write here at this moment.
pub(super) fn require_own(path: &Path, sort: Sort) -> Result<(), Error> {
    let file = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    let refuse = |why: &str| Err(Error::new(ErrorKind::InvalidInput, why));
    if file.is_symlink() {
        return refuse("it is a link");
    }
    if file.is_dir() {
        return refuse("it is a folder");
    }
    if !file.is_file() || file.len() == 0 {
        return Ok(());
    }
    let is_own = match sort {
        Sort::Status => is_status(path, file.len())?,
        Sort::Log => is_log(path, file.len())?,
    };
    if is_own { Ok(()) } else { refuse(sort.foreign()) }
}

/// Why this file is not ours to write in, if that is known.
fn foreign(root: Option<&Path>, path: &Path, sort: Sort) -> Option<String> {
    let owned = root.and_then(|root| lies_among(root, path));
    let unknown = |error: &Error| error.kind() != ErrorKind::InvalidInput;
    owned.or_else(|| {
        let error = require_own(path, sort).err().filter(|error| !unknown(error));
        error.map(|error| error.to_string())
    })
}

/// Whether it is one of the workspace's own files.
fn lies_among(root: &Path, path: &Path) -> Option<String> {
    let (root, place) = (root.canonicalize().ok()?, place(path)?);
    let within = place.strip_prefix(&root).ok()?;
    let folder = FOLDERS.into_iter().find(|folder| within.starts_with(folder));
    if let Some(folder) = folder.filter(|folder| within != Path::new(folder)) {
        return Some(format!("it lies in `{folder}/`, with the workspace's own files"));
    }
    (within == Path::new("tidings.yaml")).then(|| "it holds the workspace's settings".to_owned())
}

/// Where a file is or would be, its folder's links followed.
fn place(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new(".")).canonicalize().ok()?;
    Some(folder.join(path.file_name()?))
}

fn is_status(path: &Path, length: u64) -> Result<bool, Error> {
    if length > LARGEST_STATUS {
        return Ok(false);
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST_STATUS).read_to_end(&mut bytes)?;
    let object = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&bytes);
    Ok(object.is_ok_and(|object| FIELDS.iter().all(|field| object.contains_key(*field))))
}

/// The first line tells, or the last where somebody has cut the beginning off.
fn is_log(path: &Path, length: u64) -> Result<bool, Error> {
    let mut file = File::open(path)?;
    let mut first = Vec::new();
    BufReader::new((&mut file).take(LONGEST_LINE)).read_until(b'\n', &mut first)?;
    if is_line(&first) {
        return Ok(true);
    }
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_LINE)))?;
    let mut end = Vec::new();
    file.take(LONGEST_LINE).read_to_end(&mut end)?;
    let end = end.strip_suffix(b"\n").unwrap_or(&end);
    Ok(is_line(end.rsplit(|byte| *byte == b'\n').next().unwrap_or_default()))
}

/// Whether a line begins as those of a scribe do: `2026-12-01T09:00:00Z tidings[4711]: `.
fn is_line(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line);
    let head = line.split_once("]: ").and_then(|(head, _)| head.split_once(" tidings["));
    head.is_some_and(|(at, process)| at.parse::<Timestamp>().is_ok() && process.parse::<u32>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_is_known_by_its_first_line_or_its_last() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let ours = "2026-12-01T09:00:00Z tidings[4711]: run begun\n";
        for (sort, text, is_own) in [
            (Sort::Log, "", true),
            (Sort::Log, ours, true),
            (Sort::Log, &format!("{ours}half a li"), true),
            (Sort::Log, &format!("half a line\n{ours}"), true),
            (Sort::Log, "clinic: {name: A}\n", false),
            (Sort::Log, &format!("# a diary\n{ours}and more of it\n"), false),
            (Sort::Log, "2026-12-01T09:00:00Z other[4711]: run begun\n", false),
            (Sort::Status, "", true),
            (Sort::Status, "{}", false),
            (Sort::Status, ours, false),
            (
                Sort::Status,
                r#"{"version": "1", "process": 1, "started_at": "", "finished_at": "", "exit_code": 0}"#,
                true,
            ),
        ] {
            fs::write(&path, text).unwrap();
            assert_eq!(require_own(&path, sort).is_ok(), is_own, "{sort:?} {text:?}");
        }
    }
}
