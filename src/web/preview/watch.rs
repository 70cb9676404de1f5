//! Watching the workspace: whether a file of it looks different from when one last looked.
//!
//! Promises: only names, lengths and times are looked at, of a bounded number of files; what is being written is not taken for finished
//! before it has rested. Knows nothing of what is in the files.

use crate::web::face::{Stamp, seen};
use std::path::{Path, PathBuf};

/// More files than any workspace has.
const MOST: usize = 20_000;
/// How deep folders are followed.
const DEEPEST: usize = 4;
/// How often a change may be put off because the files are still being written.
const MOST_PUT_OFF: u32 = 5;

/// Somebody who looks at the workspace's files again and again.
#[derive(Debug)]
pub struct Watch {
    root: PathBuf,
    /// What was reported last.
    told: Stamp,
    /// What was seen last.
    last: Stamp,
    put_off: u32,
}

impl Watch {
    /// Begins to watch; what is there now is no change.
    pub fn begin(root: &Path) -> Self {
        let stamp = stamp(root);
        Self {
            root: root.to_owned(),
            told: stamp.clone(),
            last: stamp,
            put_off: 0,
        }
    }

    /// Whether something has changed since this last said so, and rests now.
    pub fn has_changed(&mut self) -> bool {
        let now = stamp(&self.root);
        let rests = now == self.last;
        self.last = now;
        if self.last == self.told {
            self.put_off = 0;
            return false;
        }
        if !rests && self.put_off < MOST_PUT_OFF {
            self.put_off += 1;
            return false;
        }
        self.put_off = 0;
        self.told = self.last.clone();
        true
    }

    /// What of the files says who the people are: lists, settings and campaigns' own files.
    pub fn of_people(&self) -> Stamp {
        let is_of_people = |path: &Path| {
            path.starts_with(self.root.join("subscribers"))
                || path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml")
        };
        self.told.iter().filter(|(path, _)| is_of_people(path)).cloned().collect()
    }
}

/// Everything that letters are made of: the files right in the workspace, and its folders but for hidden ones and what programs build.
fn stamp(root: &Path) -> Stamp {
    let mut files = Stamp::new();
    let mut folders = vec![(root.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok);
        for entry in entries {
            let (path, name) = (entry.path(), entry.file_name());
            let is_hidden = name.to_string_lossy().starts_with('.') || name == "target" || name == "node_modules";
            if is_hidden || files.len() >= MOST {
                continue;
            }
            match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                true if depth < DEEPEST => folders.push((path, depth + 1)),
                true => {}
                false => files.push(seen(path)),
            }
        }
    }
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::Watch;

    #[test]
    fn a_change_is_told_once_and_when_it_rests() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("templates")).unwrap();
        let file = folder.path().join("templates/letter.html");
        std::fs::write(&file, "a").unwrap();
        let mut watch = Watch::begin(folder.path());
        assert!(!watch.has_changed());
        std::fs::write(&file, "ab").unwrap();
        assert!(!watch.has_changed(), "it may still be written");
        assert!(watch.has_changed());
        assert!(!watch.has_changed());
        std::fs::remove_file(&file).unwrap();
        assert!(!watch.has_changed());
        assert!(watch.has_changed());
        std::fs::write(folder.path().join(".letter.html.swp"), "x").unwrap();
        assert!(
            !watch.has_changed() && !watch.has_changed(),
            "hidden files are an editor's own"
        );
        assert!(watch.of_people().is_empty());
    }

    #[test]
    fn what_never_rests_is_told_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tidings.yaml");
        let mut watch = Watch::begin(folder.path());
        let told = (1..=6).map(|length| {
            std::fs::write(&file, "a".repeat(length)).unwrap();
            watch.has_changed()
        });
        assert_eq!(told.collect::<Vec<_>>(), [false, false, false, false, false, true]);
        assert_eq!(watch.of_people().len(), 1);
    }
}
