//! List files: `subscribers/NAME.csv` or a workbook, with `NAME.yaml` beside it that says what its columns are.

use super::files;
use crate::finding::Finding;
use crate::finding::yaml::{Read, Source, read as read_yaml};
use crate::subscriber::csv::{Mapping, MappingFile};
use jiff::Timestamp;
use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// No list file is longer than this: several million people.
const MAX_LIST: u64 = 1024 * 1024 * 1024;

/// What list files end in: text with separators, and workbooks.
pub(super) const ENDINGS: [&str; 6] = ["csv", "tsv", "txt", "xlsx", "xls", "ods"];

/// File systems tell times in steps, of two seconds at the coarsest: a file that was changed within one may be changed in it again.
const SETTLED: i64 = 3;

/// What a file looks like from outside. Whoever writes into a file cannot but move the time of its last change (ctime), which nobody can
/// set back; another file in its place is another node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    node: u64,
    size: u64,
    written: (i64, i64),
    changed: (i64, i64),
}

/// A list file; its people are read when they are wanted.
#[derive(Debug, Clone)]
pub struct ListFile {
    /// The list's name: the file's without its ending.
    pub name: String,
    /// The file, from the workspace's folder, for findings.
    pub file: String,
    /// What its columns mean, where a map says so.
    pub mapping: Mapping,
    /// What is wrong with that map: as long as anything is, the list is not read by half of it.
    pub faults: Vec<Finding>,
    /// What its readers may see it called: its name could tell an illness, so without a title they never see any.
    pub title: Option<String>,
    path: PathBuf,
}

impl ListFile {
    /// The file at `path` as the list `name`.
    pub fn at(root: &Path, path: &Path, name: String, mapping: Mapping) -> Self {
        let absolute = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let file = absolute.strip_prefix(root).unwrap_or(path).display().to_string();
        Self {
            name,
            file,
            mapping,
            faults: Vec::new(),
            title: None,
            path: absolute,
        }
    }

    /// What a command line has to add where the file's name does not tell the list.
    pub fn said_name(&self) -> String {
        match self.path.file_stem().and_then(|stem| stem.to_str()) == Some(self.name.as_str()) {
            true => String::new(),
            false => format!(" --list {}", self.name),
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's name alone, for the record: its folder is nobody's business there.
    pub fn file_name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).unwrap_or(&self.file)
    }

    /// What the file looks like from outside; none where that tells nothing: it is not there, or it was changed so lately by `now`, the
    /// machine's own clock, that another change could look the same.
    pub fn stamp(&self, now: Timestamp) -> Option<Stamp> {
        let facts = std::fs::metadata(&self.path).ok().filter(Metadata::is_file)?;
        let stamp = Stamp {
            device: facts.dev(),
            node: facts.ino(),
            size: facts.size(),
            written: (facts.mtime(), facts.mtime_nsec()),
            changed: (facts.ctime(), facts.ctime_nsec()),
        };
        let settled = now.as_second().saturating_sub(SETTLED);
        (stamp.written.0.max(stamp.changed.0) < settled).then_some(stamp)
    }

    /// What the file holds.
    ///
    /// # Errors
    /// A finding when it cannot be read.
    pub fn read(&self) -> Result<Vec<u8>, Finding> {
        let (folder, name) = (
            self.path.parent().unwrap_or(Path::new("/")),
            self.path.file_name().and_then(|name| name.to_str()),
        );
        let bytes = files::bytes(folder, name.unwrap_or_default(), MAX_LIST);
        bytes.map_err(|finding| Finding {
            file: self.file.clone(),
            ..finding
        })
    }
}

/// All list files of the workspace, and what is wrong with their maps.
pub(super) fn read(root: &Path) -> (Vec<ListFile>, Vec<Finding>) {
    let Ok(names) = files::names(&root.join("subscribers")) else {
        return (Vec::new(), Vec::new());
    };
    let mut findings = two_files_for_one(&names);
    let lists = names.iter().filter_map(|name| {
        let (list, ending) = name.rsplit_once('.')?;
        if !ENDINGS.contains(&ending) {
            return None;
        }
        let map = format!("subscribers/{list}.yaml");
        let (mapping, title, found) = match root.join(&map).exists() {
            true => mapping(root, &map),
            false => (Mapping::default(), None, Vec::new()),
        };
        findings.extend(found.iter().cloned());
        let file = format!("subscribers/{name}");
        Some(ListFile {
            name: list.to_owned(),
            path: root.join(&file),
            file,
            mapping,
            title,
            faults: found.into_iter().filter(Finding::is_error).collect(),
        })
    });
    (lists.collect(), findings)
}

/// A list is one file: of two, nobody could say which one tells who is on it.
fn two_files_for_one(names: &[String]) -> Vec<Finding> {
    let files: Vec<(&str, &String)> = names
        .iter()
        .filter(|name| is_list_file(name))
        .filter_map(|name| name.rsplit_once('.').map(|(list, _)| (list, name)))
        .collect();
    let twice = files.windows(2).filter(|pair| pair[0].0 == pair[1].0);
    let finding = |pair: &[(&str, &String)]| {
        let text = format!("list `{}` has two files, `{}` and `{}`", pair[0].0, pair[0].1, pair[1].1);
        Finding::error(format!("subscribers/{}", pair[1].1), text)
            .hint("a list is one file: take the older one out of `subscribers/`, or give it another name")
    };
    twice.map(finding).collect()
}

/// Whether a file of this name is a list.
pub fn is_list_file(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// The mapping in `file`, a path from the workspace's folder, and the list's public title.
fn mapping(root: &Path, file: &str) -> (Mapping, Option<String>, Vec<Finding>) {
    match files::text(root, file) {
        Ok(text) => parsed(file, &text),
        Err(finding) => (Mapping::default(), None, vec![finding]),
    }
}

/// A mapping's text, checked, and everything to be said about it.
pub(super) fn parsed(file: &str, text: &str) -> (Mapping, Option<String>, Vec<Finding>) {
    let source = Source {
        file,
        text,
        first_line: 1,
    };
    let Read { value, mut findings } = read_yaml::<MappingFile>(&source);
    let title = value.public_title(file).unwrap_or_else(|finding| {
        findings.push(match source.place(&["title"]) {
            Some(place) => finding.at(place),
            None => finding,
        });
        None
    });
    let (mapping, found) = value.check(file, |path| source.place(path));
    findings.extend(found);
    (mapping, title, findings)
}
