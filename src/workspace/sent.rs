//! The marker `campaigns/.sent`: which store has sent letters from this workspace.
//!
//! Promises: it lies among the campaigns, so it travels with them through git to the next machine, and a workspace whose store was
//! lost is told from one that never sent (law 13). It holds no addresses; it is whole or absent; a damaged one is an error, never
//! taken for none. Knows nothing of the store itself.

use crate::workspace::create::durable;
use crate::workspace::create::quoted::quoted;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

/// Where the marker lies, relative to the workspace.
pub const FILE: &str = "campaigns/.sent";

/// Far more than a whole marker has, in bytes.
const MOST_BYTES: u64 = 4096;

/// What the marker says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sent {
    /// The store that sent.
    pub store_id: String,
    /// How often that store was restored from a backup; an older one does not send.
    pub generation: u32,
}

impl Sent {
    /// Whether a store of this id and generation is not the one that sent last, but another one or an older copy (law 13).
    pub fn outdates(&self, store_id: &str, generation: u32) -> bool {
        self.store_id != store_id || self.generation > generation
    }
}

/// Why the marker could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SentError {
    /// The file is there and is not what this program wrote.
    #[error("`{}` is damaged: {why}", path.display())]
    Damaged {
        /// The marker.
        path: PathBuf,
        /// What was found against what was wanted.
        why: String,
    },
    /// The file is there and cannot be read.
    #[error("`{}` cannot be read", path.display())]
    Unreadable {
        /// The marker.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("`{}` cannot be written", path.display())]
    Unwritable {
        /// The marker.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl SentError {
    /// The next step.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Damaged { .. } => {
                "bring the file back from git or a backup; do not delete it: it keeps a machine that has lost its log from writing to everybody again"
            }
            Self::Unreadable { .. } => "check that the file belongs to you; nothing is sent before it can be read",
            Self::Unwritable { .. } => {
                "check that the folder `campaigns` belongs to you and that the disk is not full; nothing is sent before"
            }
        }
    }
}

/// What the marker of the workspace at `root` says; `None` when there is none, so nothing has been sent from here.
///
/// # Errors
/// When the marker is there and cannot be read or understood.
pub fn read(root: &Path) -> Result<Option<Sent>, SentError> {
    let path = root.join(FILE);
    let bytes = match fs::File::open(&path).and_then(first_bytes) {
        Ok(bytes) => bytes,
        // A link that leads nowhere is not "none": something was there.
        Err(error) if error.kind() == io::ErrorKind::NotFound && !durable::stands(&path) => return Ok(None),
        Err(source) => return Err(SentError::Unreadable { path, source }),
    };
    match parse(&bytes) {
        Ok(sent) => Ok(Some(sent)),
        Err(why) => Err(SentError::Damaged { path, why }),
    }
}

fn first_bytes(file: fs::File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Result<Sent, String> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!(
            "it is longer than {MOST_BYTES} bytes, wanted `store_id` and `generation`"
        ));
    }
    let text = str::from_utf8(bytes).map_err(|_| "it is no text".to_owned())?;
    if text
        .lines()
        .any(|line| line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>"))
    {
        return Err("it holds both sides of a merge that git could not settle, wanted one".to_owned());
    }
    let sent: Sent = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    match sent.store_id.trim().is_empty() {
        true => Err("its `store_id` is empty".to_owned()),
        false => Ok(sent),
    }
}

/// Writes the marker, durable when this returns; one that says the same already is left untouched, so git sees no change. Whoever
/// writes has read before: this replaces what another store said.
///
/// # Errors
/// When the disk says no; then the old marker stands as it was.
pub fn write(root: &Path, sent: &Sent) -> Result<(), SentError> {
    if matches!(read(root), Ok(Some(found)) if found == *sent) {
        return Ok(());
    }
    let path = root.join(FILE);
    durable::replace(&path, text(sent), durable::Access::Usual).map_err(|source| SentError::Unwritable { path, source })
}

fn text(sent: &Sent) -> String {
    format!(
        "# Written by tidings when the first letter was sent. Commit this file to git, and do not edit or delete it.\n\
         # It says which store knows who has had which letter. A copy of this folder without that store (a fresh clone, a new\n\
         # server) will not send until you bring the store along, instead of writing to everybody again. It holds no addresses.\n\
         store_id: {}\n\
         generation: {}\n",
        quoted(&sent.store_id),
        sent.generation
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn workspace(marker: Option<&[u8]>) -> TempDir {
        let root = TempDir::new().unwrap();
        fs::create_dir(root.path().join("campaigns")).unwrap();
        if let Some(marker) = marker {
            fs::write(root.path().join(FILE), marker).unwrap();
        }
        root
    }

    fn sent(store_id: &str, generation: u32) -> Sent {
        Sent {
            store_id: store_id.to_owned(),
            generation,
        }
    }

    #[test]
    fn a_workspace_that_never_sent_has_no_marker() {
        assert_eq!(read(workspace(None).path()).unwrap(), None);
        assert_eq!(read(TempDir::new().unwrap().path()).unwrap(), None);
    }

    #[test]
    fn what_is_written_is_read_back_and_replaced() {
        let root = workspace(None);
        for marker in [
            sent("k7f2m9", 1),
            sent("k7f2m9", 2),
            sent("0123", 0),
            sent("odd: \"id\"\n", u32::MAX),
        ] {
            write(root.path(), &marker).unwrap();
            assert_eq!(read(root.path()).unwrap(), Some(marker));
        }
        let names: Vec<_> = fs::read_dir(root.path().join("campaigns"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, [".sent"]);
    }

    #[test]
    fn the_same_marker_again_touches_nothing() {
        let root = workspace(Some(b"{generation: 1, store_id: k7f2m9} # as git merged it\n"));
        let before = fs::read(root.path().join(FILE)).unwrap();
        write(root.path(), &sent("k7f2m9", 1)).unwrap();
        assert_eq!(fs::read(root.path().join(FILE)).unwrap(), before);
        write(root.path(), &sent("k7f2m9", 2)).unwrap();
        assert_ne!(fs::read(root.path().join(FILE)).unwrap(), before);
    }

    #[test]
    fn a_reader_of_the_file_learns_what_it_is() {
        let root = workspace(None);
        write(root.path(), &sent("k7f2m9", 1)).unwrap();
        let text = fs::read_to_string(root.path().join(FILE)).unwrap();
        assert!(text.starts_with("# Written by tidings") && text.contains("git"), "{text}");
        assert!(text.ends_with("store_id: k7f2m9\ngeneration: 1\n"), "{text}");
    }

    #[test]
    fn a_damaged_marker_is_never_taken_for_none() {
        fn check(marker: &[u8], expected: &str) {
            let error = read(workspace(Some(marker)).path()).unwrap_err();
            assert!(error.hint().contains("do not delete it"));
            let SentError::Damaged { why, .. } = error else {
                panic!("{error:?}")
            };
            assert!(why.contains(expected), "{why}");
        }
        check(b"", "store_id");
        check(b"# only a comment\n", "store_id");
        check(b"store_id: k7f2m9\n", "generation");
        check(b"generation: 1\n", "store_id");
        check(b"store_id: ' '\ngeneration: 1\n", "empty");
        check(b"store_id: k7f2m9\ngeneration: -1\n", "generation");
        check(b"store_id: k7f2m9\ngeneration: 1\nmore: 2\n", "more");
        check(b"store_id: k7f2m9\nstore_id: other\ngeneration: 1\n", "store_id");
        check(b"\xff\xfe\x00", "no text");
        check(b"<<<<<<< ours\nstore_id: a\n=======\nstore_id: b\n>>>>>>> theirs\n", "merge");
        check(&[b'#'; 5000], "longer");
    }

    #[test]
    fn what_cannot_be_read_or_written_is_an_error() {
        let root = workspace(None);
        fs::create_dir(root.path().join(FILE)).unwrap();
        assert!(matches!(read(root.path()), Err(SentError::Unreadable { .. })));
        assert!(matches!(
            write(root.path(), &sent("k7f2m9", 1)),
            Err(SentError::Unwritable { .. })
        ));
        let left: Vec<_> = fs::read_dir(root.path().join("campaigns")).unwrap().collect();
        assert_eq!(left.len(), 1, "the new marker is taken back");

        let root = TempDir::new().unwrap();
        fs::write(root.path().join("campaigns"), "mine").unwrap();
        assert!(matches!(read(root.path()), Err(SentError::Unreadable { .. })));
        assert!(matches!(
            write(root.path(), &sent("k7f2m9", 1)),
            Err(SentError::Unwritable { .. })
        ));
    }

    #[cfg(unix)]
    #[test]
    fn a_marker_that_is_a_link_to_nowhere_is_not_none() {
        let root = workspace(None);
        std::os::unix::fs::symlink("nowhere", root.path().join(FILE)).unwrap();
        assert!(matches!(read(root.path()), Err(SentError::Unreadable { .. })));
    }

    #[test]
    fn what_a_crash_left_of_a_write_is_neither_read_nor_in_the_way() {
        let root = workspace(None);
        fs::write(root.path().join("campaigns/.sent.new"), "store_id: half").unwrap();
        assert_eq!(read(root.path()).unwrap(), None);
        write(root.path(), &sent("k7f2m9", 1)).unwrap();
        assert_eq!(read(root.path()).unwrap(), Some(sent("k7f2m9", 1)));
    }
}
