//! List files: `subscribers/NAME.csv`, with `NAME.yaml` beside it where its columns need a map.

use super::files;
use crate::finding::Finding;
use crate::finding::yaml::{Read, Source, read as read_yaml};
use crate::subscriber::csv::{Mapping, MappingFile};
use std::path::{Path, PathBuf};

/// No list file is longer than this: several million people.
const MAX_LIST: u64 = 1024 * 1024 * 1024;

/// A list file; its people are read when they are wanted.
#[derive(Debug, Clone)]
pub struct ListFile {
    /// The list's name: the file's without `.csv`.
    pub name: String,
    /// The file, from the workspace's folder, for findings.
    pub file: String,
    /// What its columns mean, where a map says so.
    pub mapping: Mapping,
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
            path: absolute,
        }
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
    let mut findings = Vec::new();
    let lists = names.iter().filter_map(|name| {
        let list = name.strip_suffix(".csv")?;
        let map = format!("subscribers/{list}.yaml");
        let mapping = match root.join(&map).exists() {
            true => mapping(root, &map, &mut findings),
            false => Mapping::default(),
        };
        let file = format!("subscribers/{name}");
        Some(ListFile {
            name: list.to_owned(),
            path: root.join(&file),
            file,
            mapping,
        })
    });
    (lists.collect(), findings)
}

fn mapping(root: &Path, file: &str, findings: &mut Vec<Finding>) -> Mapping {
    match files::text(root, file) {
        Ok(text) => {
            let source = Source {
                file,
                text: &text,
                first_line: 1,
            };
            let Read { value, findings: found } = read_yaml::<MappingFile>(&source);
            findings.extend(found);
            let (mapping, found) = value.check(file, |path| source.place(path));
            findings.extend(found);
            mapping
        }
        Err(finding) => {
            findings.push(finding);
            Mapping::default()
        }
    }
}
