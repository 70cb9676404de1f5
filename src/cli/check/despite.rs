//! What `check` says of texts that no letter can be made of: one mistake does not hide the others.
//!
//! Promises: all that can be asked of an article and its template without anybody's letter is asked; nothing is written.

use crate::address::Address;
use crate::article::Article;
use crate::cli::failure::Failure;
use crate::cli::sending::plan_of;
use crate::dispatch::prepare::{Plan, sources};
use crate::finding::Finding;
use crate::letter::Recipient;
use crate::letter::compile::said_of;
use crate::letter::lint::names::is_accepted;
use crate::store::Store;
use crate::subscriber::Attributes;
use crate::workspace::CampaignFolder;
use crate::workspace::settings::Settings;
use std::collections::BTreeSet;

/// What is said of the articles of a campaign whose files have errors.
pub(super) fn of_folder(store: &Store, settings: &Settings, folder: &CampaignFolder) -> Result<Vec<Finding>, Failure> {
    let (Some(campaign), Some(template)) = (&folder.campaign, &folder.template) else {
        return Ok(Vec::new());
    };
    let plan = plan_of(settings, campaign, folder, template);
    let mut findings = Vec::new();
    for article in plan.articles {
        findings.extend(of_article(store, plan, article)?);
    }
    // A picture that is too large is said to be so at its line in the text.
    let is_said = |finding: &Finding| finding.is_error() && finding.place.is_none() && is_at_a_place(folder, finding);
    findings.retain(|finding| !is_said(finding));
    Ok(findings)
}

fn is_at_a_place(folder: &CampaignFolder, finding: &Finding) -> bool {
    let mut placed = folder
        .findings
        .iter()
        .filter(|known| known.is_error() && known.place.is_some());
    placed.any(|known| known.file == finding.file)
}

/// What is said of one article that is not composed.
pub(super) fn of_article(store: &Store, plan: Plan<'_>, article: &Article) -> Result<Vec<Finding>, Failure> {
    let columns: BTreeSet<String> = store.columns(&plan.campaign.audience.lists)?.into_keys().collect();
    let Some(example) = reader(&columns) else {
        return Ok(Vec::new());
    };
    let mut findings = said_of(&sources(plan, article), &columns, &example);
    findings.retain(|finding| !is_accepted(finding, &plan.campaign.accept));
    Ok(findings)
}

/// Somebody who has everything that the lists know of people.
fn reader(columns: &BTreeSet<String>) -> Option<Recipient> {
    let mut attributes: Attributes = columns.iter().map(|column| (column.clone(), "Ann".to_owned())).collect();
    attributes.remove("language");
    Some(Recipient {
        address: Address::parse("ann@example.org").ok()?,
        attributes,
        token: "v1.check".to_owned(),
    })
}
