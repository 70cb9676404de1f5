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
    durable::replace(&path, &text(sent)).map_err(|source| SentError::Unwritable { path, source })
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
