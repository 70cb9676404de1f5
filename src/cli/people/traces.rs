//! Traces: the clinic's own files that still hold an address, by name and line, which no command may change.

use crate::article::encoding::decode;
use crate::store::spelling::Spellings;
use std::fs;
use std::path::{Path, PathBuf};

/// Files that are larger are named without being looked into.
const LARGEST: u64 = 64 * 1024 * 1024;
/// Far more than a clinic's workspace has.
const MOST_FILES: usize = 20_000;
/// Lines that are named of one file.
const MOST_LINES: usize = 20;

/// A file of the workspace that holds an address, or may.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(super) struct Trace {
    /// The file, from the workspace's folder.
    pub(super) file: String,
    /// The lines, from 1; empty where it could not be looked into.
    pub(super) lines: Vec<usize>,
}

impl Trace {
    /// `subscribers/patients.csv, lines 4 and 9`.
    pub(super) fn words(&self) -> String {
        let numbers: Vec<String> = self.lines.iter().map(ToString::to_string).collect();
        match numbers.len() {
            0 => format!("{} (it could not be looked into)", self.file),
            1 => format!("{} line {}", self.file, numbers[0]),
            _ => format!("{} lines {}", self.file, crate::cli::ui::listed(&numbers)),
        }
    }
}

/// All files of the workspace, and mails kept for a person, that hold the address, and those that cannot be looked into: workbooks,
/// archives, very large ones.
pub(super) fn traces(root: &Path, kept_mails: &[PathBuf], spellings: &Spellings) -> Vec<Trace> {
    let mut traces = Vec::new();
    for path in files(root).iter().chain(kept_mails) {
        let file = path.strip_prefix(root).unwrap_or(path).display().to_string();
        let lines = lines(path, spellings);
        match lines {
            Some(lines) if lines.is_empty() => {}
            Some(lines) => traces.push(Trace { file, lines }),
            None => traces.push(Trace { file, lines: Vec::new() }),
        }
    }
    traces.sort_by(|one, other| one.file.cmp(&other.file));
    traces
}

/// The lines that hold the address; `None` where nobody can tell.
fn lines(path: &Path, spellings: &Spellings) -> Option<Vec<usize>> {
    if is_packed(path) || fs::metadata(path).ok()?.len() > LARGEST {
        return None;
    }
    let text = decode(&fs::read(path).ok()?).text;
    if !spellings.stand_in(&text) {
        return Some(Vec::new());
    }
    let numbered = (1..).zip(text.lines());
    let found = numbered
        .filter(|(_, line)| spellings.stand_in(line))
        .map(|(number, _)| number);
    Some(found.take(MOST_LINES).collect())
}

/// Whether a file's text is packed away: workbooks and archives.
fn is_packed(path: &Path) -> bool {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default()
        .to_lowercase();
    let is_half = ending.starts_with("new-");
    is_half || matches!(ending.trim_end_matches('~'), "xlsx" | "xls" | "ods" | "zip" | "gz")
}

/// The files of the workspace, but for the store's and version control's.
fn files(root: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            let is_hidden = entry.file_name().to_string_lossy().starts_with('.');
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !is_hidden => folders.push(entry.path()),
                Ok(kind) if kind.is_file() && files.len() < MOST_FILES => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files
}
