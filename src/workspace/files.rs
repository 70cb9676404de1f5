//! Reading files of the workspace: looked at first, then loaded, with every refusal as a finding.

use crate::finding::Finding;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

/// No settings, campaign or template is longer than this.
const MAX_TEXT: u64 = 1024 * 1024;

/// A text file of the workspace, in UTF-8; `file` is its path from `root`.
pub(super) fn text(root: &Path, file: &str) -> Result<String, Finding> {
    let bytes = bytes(root, file, MAX_TEXT)?;
    String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        Finding::error(file, "the file is not in UTF-8")
            .at(crate::finding::Place::new(line, 1))
            .hint("save it again with the encoding UTF-8")
    })
}

/// A file of the workspace, at most `most` bytes long.
pub(super) fn bytes(root: &Path, file: &str, most: u64) -> Result<Vec<u8>, Finding> {
    let path = root.join(file);
    let failed = |error: &std::io::Error| match error.kind() {
        ErrorKind::NotFound => Finding::error(file, "the file does not exist"),
        ErrorKind::PermissionDenied => {
            Finding::error(file, "the file may not be read by you").hint("ask whoever owns it, or change its rights")
        }
        _ => Finding::error(file, format!("the file cannot be read: {error}")),
    };
    let inside = path.canonicalize().map_err(|error| failed(&error))?;
    let home = root.canonicalize().map_err(|error| failed(&error))?;
    if !inside.starts_with(&home) {
        return Err(Finding::error(file, "the file is a link that leads out of the workspace").hint("put a copy of it here"));
    }
    let facts = fs::metadata(&inside).map_err(|error| failed(&error))?;
    if !facts.is_file() {
        return Err(Finding::error(file, "this is no file").hint("a plain file is wanted here"));
    }
    if facts.len() > most {
        let text = format!("the file has {}, and at most {} are read", size(facts.len()), size(most));
        return Err(Finding::error(file, text).hint("keep the text alone: pictures and data do not belong here"));
    }
    fs::read(&inside).map_err(|error| failed(&error))
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} bytes"),
        10_000..1_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{:.1} MB", (bytes / 100_000) as f64 / 10.0),
    }
}

/// The names in a folder that a person put there, sorted; hidden ones and editors' backups are not among them.
pub(super) fn names(folder: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        if let Ok(name) = entry?.file_name().into_string()
            && !name.starts_with(['.', '#', '~'])
            && !name.ends_with(['~', '#'])
        {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
