//! The workspace: the folder read whole, once, into checked values.
//!
//! Promises: everything that is wrong is a finding with its file and place, all at once; a broken campaign does not stop the others; a
//! file is looked at before it is loaded, so that no size surprises; nothing outside the folder is read, but for a
//! key that the settings name by its whole path. Knows nothing of the store
//! that remembers what was sent, of relays, or of the time.

pub mod create;
pub mod sent;
pub mod settings;

mod campaigns;
mod files;
mod holidays;
pub mod list_files;
mod lists;
mod logo;
mod pictures;
mod signing_keys;

#[cfg(test)]
mod tests;

#[cfg(test)]
mod pictures_tests;

pub use campaigns::CampaignFolder;
pub use lists::{ListFile, Stamp, is_list_file};

use crate::finding::Finding;
use jiff::tz::TimeZone;
use settings::Settings;
use std::path::{Path, PathBuf};

/// A workspace, read.
#[derive(Debug)]
pub struct Workspace {
    /// The folder.
    pub root: PathBuf,
    /// The settings, if nothing is wrong with them that stops sending.
    pub settings: Option<Settings>,
    /// The campaigns, by name.
    pub campaigns: Vec<CampaignFolder>,
    /// The list files, by name.
    pub lists: Vec<ListFile>,
    /// What is wrong with the settings and the lists' mappings; campaigns have their own.
    pub findings: Vec<Finding>,
}

/// Why there is no workspace to read.
#[derive(Debug, thiserror::Error)]
pub enum WorkspaceError {
    /// Neither the folder nor one above it holds settings.
    #[error("`{}` is in no workspace: neither it nor a folder above it has a `tidings.yaml`", start.display())]
    NotFound {
        /// Where the search began.
        start: PathBuf,
    },
    /// The folder is not there.
    #[error("there is no folder `{}`", start.display())]
    NoFolder {
        /// Where the search began.
        start: PathBuf,
    },
}

impl Workspace {
    /// The nearest folder with a `tidings.yaml`: `start` or one above it.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(start: &Path) -> Result<PathBuf, WorkspaceError> {
        let start = start
            .canonicalize()
            .map_err(|_| WorkspaceError::NoFolder { start: start.to_owned() })?;
        let found = start
            .ancestors()
            .find(|folder| folder.join(settings::FILE).is_file())
            .map(Path::to_owned);
        found.ok_or(WorkspaceError::NotFound { start })
    }

    /// Reads the workspace in `root`.
    pub fn read(root: &Path) -> Self {
        let mut workspace = Self::without_campaigns(root);
        workspace.settings = holidays::read(root, workspace.settings, &mut workspace.findings);
        workspace.settings = logo::read(root, workspace.settings, &mut workspace.findings);
        workspace.settings = signing_keys::read(root, workspace.settings, &mut workspace.findings);
        workspace.campaigns = campaigns::read(root, &workspace.lists, workspace.settings.as_ref());
        workspace
    }

    /// Reads the workspace in `root` but for its campaigns and holidays: what the page needs that people unsubscribe on.
    pub fn without_campaigns(root: &Path) -> Self {
        let (settings, mut findings) = read_settings(root);
        let (lists, found) = lists::read(root);
        findings.extend(found);
        Self {
            root: root.to_owned(),
            settings,
            campaigns: Vec::new(),
            lists,
            findings,
        }
    }

    /// The zone of the workspace in `root`, if its settings can be read.
    pub fn zone(root: &Path) -> Option<TimeZone> {
        read_settings(root).0.map(|settings| settings.zone().clone())
    }

    /// The settings of the workspace in `root` alone, with the holidays they name, and what is wrong with them.
    pub fn settings(root: &Path) -> (Option<Settings>, Vec<Finding>) {
        let (settings, mut findings) = read_settings(root);
        let settings = holidays::read(root, settings, &mut findings);
        (logo::read(root, settings, &mut findings), findings)
    }
}

fn read_settings(root: &Path) -> (Option<Settings>, Vec<Finding>) {
    match files::text(root, settings::FILE) {
        Ok(text) => Settings::check(&text),
        Err(finding) => (None, vec![finding]),
    }
}
