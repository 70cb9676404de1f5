//! Mistakes: what is wrong with the files, as far as `status` has to tell that `run` passes something over because of it.
//!
//! Promises: what is told here ends every `run` with the code of a wrong file. Knows nothing of letters and lists: `check` composes and
//! reads them.

use super::context::Context;
use super::failure::Failure;
use super::sending::plan;
use super::steps::stopped_words;
use super::ui::{Ui, count};
use crate::dispatch::due;
use crate::finding::Finding;
use crate::store::Store;
use crate::workspace::{CampaignFolder, Workspace};
use std::path::Path;

/// What `run` passes over until a person mends it, a line for each; a rehearsal has its own words for that.
pub(super) fn mistakes(context: &Context, root: &Path, store: &Store) -> Result<Vec<String>, Failure> {
    if context.is_rehearsal() {
        return Ok(Vec::new());
    }
    let workspace = Workspace::read(root);
    let Some(settings) = &workspace.settings else {
        let words = wrong(&workspace.findings);
        return Ok(vec![format!(
            "nothing leaves: the settings have {words}, and `tidings check` names each"
        )]);
    };
    let mut told = Vec::new();
    for folder in &workspace.campaigns {
        let name = Ui::bold(&folder.name);
        let more = match plan(settings, folder) {
            Ok(plan) => {
                let never = due::never_opens(plan, &due::calendar(store, plan)?, context.clock.now());
                let stopped = stopped_words(store, plan)?;
                never.map(|finding| finding.text).into_iter().chain(stopped).collect()
            }
            Err(_) => vec![begins_nothing(folder)],
        };
        told.extend(more.into_iter().map(|words| format!("{name}: {words}")));
    }
    Ok(told)
}

fn begins_nothing(folder: &CampaignFolder) -> String {
    let words = wrong(&folder.findings);
    format!(
        "begins nothing: its files have {words}, and `tidings check {}` names each",
        folder.name
    )
}

fn wrong(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.is_error()).count() as u64;
    count(errors, "mistake")
}
