//! What series begin: letters to those whose step is due at this moment, campaign by campaign.

use super::begin::{Begun, tell_some_held};
use crate::campaign::Timing;
use crate::cli::answers::require_reader;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::letters::whose_masked;
use crate::cli::namesake;
use crate::cli::sending::{Way, bring_lists, plan};
use crate::cli::steps::by_step;
use crate::cli::ui::{Ui, count};
use crate::dispatch::series::{Called, Look, Served, note, serve};
use crate::finding::Finding;
use crate::store::Store;
use crate::store::import::Guard;
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, Workspace};
use std::path::Path;

/// Writes the letters of everybody whose step is due; campaigns with errors are named and passed over.
pub(super) fn serve_series(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    settings: &Settings,
    root: &Path,
    way: &Way<'_>,
    begun: &mut Begun,
) -> Result<(), Failure> {
    let desk = Desk {
        context,
        workspace,
        settings,
        root,
        way,
    };
    for folder in &workspace.campaigns {
        let is_series = |campaign: &crate::campaign::Campaign| matches!(campaign.timing, Timing::Series(_));
        if !folder.campaign.as_ref().is_some_and(is_series) {
            continue;
        }
        match desk.serve(store, folder) {
            Ok((told, findings)) => {
                begun.held += told;
                begun.findings.extend(findings);
            }
            // A campaign with errors has been named by the calendar.
            Err(failure) if failure.kind == Kind::Files => begun.findings.extend(failure.findings),
            Err(failure) => return Err(failure),
        }
    }
    let mut seen = std::collections::HashSet::new();
    begun.findings.retain(|finding| seen.insert(finding.to_string()));
    Ok(())
}

struct Desk<'a> {
    context: &'a Context,
    workspace: &'a Workspace,
    settings: &'a Settings,
    root: &'a Path,
    way: &'a Way<'a>,
}

impl Desk<'_> {
    /// Gives how many letters a person has to look at, and what keeps others from being written.
    fn serve(&self, store: &mut Store, folder: &CampaignFolder) -> Result<(u64, Vec<Finding>), Failure> {
        let (plan, now) = (plan(self.settings, folder)?, self.context.clock.now());
        namesake::refuse(store, self.workspace, folder)?;
        note(store, plan, now)?;
        let hold = store.campaign_hold(&plan.campaign.id)?;
        if hold.is_none() && self.settings.auto_import {
            self.context
                .ui
                .findings(&bring_lists(store, self.workspace, plan, Guard::Cautious, now)?);
        }
        if let Some(look) = Look::at(store, plan, now)? {
            look.forget_stops(store)?;
        }
        let mut served = Served::default();
        // Whoever is left out of a step for being late may be due for the next one at once.
        for _ in 0..=plan.articles.len() {
            let Some(look) = Look::at(store, plan, now)? else { break };
            let called = look.called(store)?;
            if called.is_empty() {
                break;
            }
            if let Some(reason) = &hold {
                return self.on_hold(store, folder, reason, &called);
            }
            require_reader(self.context, self.settings, store)?;
            self.way.route()?;
            let identity = store.identity().clone();
            let begin = || self.context.mark_sent(self.root, &identity);
            let more = serve::<Failure>(store, &look, &called, begin)?;
            let goes_on = more.left_out > 0;
            served.merge(more);
            if !goes_on {
                break;
            }
        }
        self.tell_held(store, folder, &served)?;
        Ok((served.held.len() as u64, served.findings))
    }

    /// A series on hold writes nothing. Where that is a rule's doing (law 13), a person has to know.
    fn on_hold(
        &self,
        store: &Store,
        folder: &CampaignFolder,
        reason: &str,
        called: &[Called],
    ) -> Result<(u64, Vec<Finding>), Failure> {
        let (plan, people) = (plan(self.settings, folder)?, called.len() as u64);
        if store.is_distrusted(&plan.campaign.id)?.is_none() {
            return Ok((0, Vec::new()));
        }
        let (name, ui, whose) = (&folder.name, &self.context.ui, count(people, "person"));
        let text = format!("series `{name}` is due for {whose} and on hold: {reason}");
        let who = format!("they would get, perhaps a second time: {}", by_step(plan, called));
        let hint = Ui::hint_line(&format!(
            "had they got it: `tidings release {name} --from-now` lets the series go on without these letters; `tidings release {name}` sends them"
        ));
        ui.say_lasting(&[text, who, hint]);
        Ok((people, Vec::new()))
    }

    /// Names whom a rule holds: once, by the run that did it.
    fn tell_held(&self, store: &Store, folder: &CampaignFolder, served: &Served) -> Result<(), Failure> {
        let (ui, name) = (&self.context.ui, &folder.name);
        tell_some_held(ui, name, served.held.len(), |at| {
            let (line, reason) = &served.held[at];
            let step = store.edition(line.edition)?.key.article;
            Ok(format!("series `{name}`, step `{step}`, {}: {reason}", whose_masked(line)))
        })?;
        if !served.held.is_empty() {
            ui.hint(&format!(
                "`tidings release {0}` lets them go (mend the rows first of those whose data are wrong), `tidings cancel {0} --to ADDRESS` does not",
                folder.name
            ));
        }
        Ok(())
    }
}
