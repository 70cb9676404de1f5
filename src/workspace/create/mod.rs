//! Making a workspace, and a campaign folder in one.
//!
//! Promises: nothing that lies there is ever overwritten; what fails is taken back whole; a folder that looks like a workspace or a
//! campaign is a complete one; lists of people can be read by their owner only. Knows nothing of what the written files mean: `check`
//! reads them like files that a person wrote.

mod campaign;
pub(crate) mod durable;
mod name;
pub(crate) mod quoted;
mod starter;
#[cfg(test)]
mod tests;

pub use campaign::{NewCampaign, new_campaign};
pub use name::NameFault;
pub use starter::init;

use std::io;
use std::path::PathBuf;

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Files of the starter workspace exist already.
    #[error("{} cannot become a workspace without overwriting {}", shown(folder), listed(files))]
    InTheWay {
        /// The folder that was asked for.
        folder: PathBuf,
        /// Everything that stands in the way, relative to the folder, `/` between folders.
        files: Vec<String>,
    },
    /// The path of the new workspace is a file.
    #[error("{} is a file, wanted a folder or a name that is free", shown(path))]
    NotAFolder {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The campaign's name cannot be a folder's name everywhere.
    #[error("{found:?} cannot be a campaign's name: {fault}")]
    Name {
        /// The name that was asked for.
        found: String,
        /// What is wrong with it.
        fault: NameFault,
        /// A name like it that can be used, if one can be made.
        suggestion: Option<String>,
    },
    /// There is a campaign of that name.
    #[error("campaign `{name}` exists already: {}", shown(path))]
    CampaignExists {
        /// The name that was asked for.
        name: String,
        /// What stands there.
        path: PathBuf,
    },
    /// The article's file name would not stay inside the campaign's folder, or would hide its settings.
    #[error("{found:?} cannot be the article's file name, wanted a plain name such as `article.md`")]
    ArticleFile {
        /// The name that was asked for.
        found: String,
    },
    /// The disk said no.
    #[error("{} cannot be written", shown(path))]
    Unwritable {
        /// What was to be written.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl CreateError {
    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::InTheWay { files, .. } if files.iter().any(|file| file == starter::SETTINGS) => {
                "this is a workspace already, and nothing was changed; `tidings new NAME --article FILE` adds a campaign to it"
                    .to_owned()
            }
            Self::InTheWay { .. } => "nothing was changed; choose a new folder, or move these files away".to_owned(),
            Self::NotAFolder { .. } => "choose another name for the folder".to_owned(),
            Self::Name {
                suggestion: Some(name), ..
            } => format!("call it `{name}`"),
            Self::Name { suggestion: None, .. } => "choose a name such as `spring-tips`".to_owned(),
            Self::CampaignExists { .. } => "nothing was changed; choose another name".to_owned(),
            Self::ArticleFile { .. } => "rename the article's file".to_owned(),
            Self::Unwritable { .. } => {
                "nothing was left behind; check that the folder belongs to you and that the disk is not full".to_owned()
            }
        }
    }
}

fn shown(path: &std::path::Path) -> String {
    format!("`{}`", path.display())
}

/// Names in backticks, as a sentence lists them.
fn listed(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
