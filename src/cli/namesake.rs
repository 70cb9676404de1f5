//! Namesakes: a campaign whose id the store does not know, in a folder whose name it knows by another.
//!
//! Somebody who changes an `id:` means the same campaign, and the store does not know it again: what left this morning would leave once
//! more. So nothing begins for such a folder until a person says which of the two it is. A folder may be renamed as one likes: its id
//! is known. Told here as well: campaigns that the store knows and no folder has any more.

use super::failure::Failure;
use super::ui::count;
use crate::campaign::CampaignId;
use crate::finding::Finding;
use crate::store::edition::Status;
use crate::store::{Store, StoreError};
use crate::workspace::{CampaignFolder, Workspace};

/// Fails where a folder's campaign may be one that the store knows by another id.
pub(super) fn refuse(store: &Store, workspace: &Workspace, folder: &CampaignFolder) -> Result<(), Failure> {
    match find(store, workspace, folder)? {
        None => Ok(()),
        Some(finding) => Err(Failure::findings(vec![finding])),
    }
}

/// The same as a finding at the campaign's id.
pub(super) fn find(store: &Store, workspace: &Workspace, folder: &CampaignFolder) -> Result<Option<Finding>, StoreError> {
    let Some(campaign) = &folder.campaign else { return Ok(None) };
    let known = store.campaigns_by_folder()?;
    let is_known = known.iter().any(|(id, _)| *id == campaign.id) || store.campaign_known_since(&campaign.id)?.is_some();
    let has_folder = |id: &CampaignId| workspace.campaigns.iter().any(|other| other.id() == Some(&id.0));
    let namesake = known.iter().find(|(id, name)| *name == folder.name && !has_folder(id));
    let Some((id, _)) = namesake.filter(|_| !is_known) else {
        return Ok(None);
    };
    let (name, id) = (&folder.name, &id.0);
    let text = format!("the store knows `{name}` by the id `{id}`, and what went out by that: nothing begins for another");
    let hint = format!("write `id: {id}` back; if it is a new campaign, give its folder another name");
    let finding = Finding::error(format!("campaigns/{name}/campaign.yaml"), text).hint(hint);
    Ok(Some(Finding {
        place: campaign.places.id,
        ..finding
    }))
}

/// A campaign that the store knows and no folder has.
pub(super) struct Gone {
    /// The name of the folder that it had last.
    pub(super) name: String,
    /// What that means, in words.
    pub(super) words: String,
    /// Whether anybody would wait for it.
    pub(super) is_open: bool,
}

/// The campaigns whose folder is gone, the latest first.
pub(super) fn gone(store: &Store, workspace: &Workspace) -> Result<Vec<Gone>, StoreError> {
    let mut found: Vec<(CampaignId, Gone)> = Vec::new();
    for (id, name) in store.campaigns_by_folder()? {
        let is_home = |folder: &CampaignFolder| folder.id().map_or(folder.name == name, |other| other == id.0);
        if workspace.campaigns.iter().any(is_home) || found.iter().any(|(known, _)| *known == id) {
            continue;
        }
        let (mut waiting, mut is_series) = (0, false);
        for edition in store
            .editions_of(&id)?
            .iter()
            .filter(|edition| edition.status == Status::Released)
        {
            waiting += store.tally(edition.id)?.open();
            is_series |= edition.is_step && edition.ended.is_none();
        }
        let what = match workspace.campaigns.iter().any(|folder| folder.name == name) {
            true => "its folder has another id now",
            false => "its folder is gone",
        };
        let words = match waiting {
            0 => format!("{what}: nothing of it begins any more"),
            _ => format!("{what}: nothing of it begins any more, and {} on hold", waits(waiting)),
        };
        let is_open = waiting > 0 || is_series;
        found.push((id, Gone { name, words, is_open }));
    }
    Ok(found.into_iter().map(|(_, gone)| gone).collect())
}

fn waits(letters: u64) -> String {
    let verb = if letters == 1 { "waits" } else { "wait" };
    format!("{} {verb}", count(letters, "letter"))
}
