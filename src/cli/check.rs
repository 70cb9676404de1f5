//! `tidings check`: every mistake at once, every letter composed, nothing written.

mod answer;
mod despite;
mod languages;

use super::answers;
use super::context::{Context, campaign_named};
use super::failure::{Failure, Kind};
use super::namesake;
use super::send::due_now;
use super::sending::plan;
use super::steps::closed_words;
use super::ui::count;
use crate::campaign::crowding::crowding;
use crate::dispatch::DispatchError;
use crate::dispatch::due;
use crate::dispatch::enrol::{Enrolled, Wish, enrol, forewarning};
use crate::dispatch::prepare::{self, Plan};
use crate::finding::name::Name;
use crate::finding::{Finding, Severity};
use crate::store::Store;
use crate::store::import::Guard;
use crate::subscriber::csv::ListReport;
use crate::workspace::settings::Settings;
use crate::workspace::{CampaignFolder, ListFile, Workspace};
use jiff::civil::Date;
use std::path::Path;

/// Find every mistake in the workspace, all at once
///
/// Reads all files and composes every letter of every article for everybody who would get it. Writes nothing, sends nothing.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  tidings check\n  tidings check seasonal-immunity --json")]
pub(super) struct Args {
    /// Only this campaign
    campaign: Option<String>,
}

/// A finding as `--json` shows it, one a line.
#[derive(serde::Serialize)]
struct Shape<'a> {
    severity: &'static str,
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    text: &'a str,
    hint: Option<&'a str>,
    name: Option<&'static str>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let named = args
        .campaign
        .as_ref()
        .map(|name| campaign_named(&workspace, name))
        .transpose()?;
    let (findings, letters) = look(context, &root, &workspace, named)?;
    let campaigns = named.map_or(workspace.campaigns.len(), |_| 1);
    show(context, &findings, letters, campaigns as u64)
}

/// All that is wrong with this campaign, or with all of them, and with what they share, each said once; and how many letters were composed
/// for it.
pub(super) fn look(
    context: &Context,
    root: &Path,
    workspace: &Workspace,
    named: Option<&CampaignFolder>,
) -> Result<(Vec<Finding>, u64), Failure> {
    let folders: Vec<&CampaignFolder> = named.map_or_else(|| workspace.campaigns.iter().collect(), |folder| vec![folder]);
    let mut findings = workspace.findings.clone();
    let mut letters = 0;
    for folder in &folders {
        findings.extend(folder.findings.iter().cloned());
        findings.extend(folder.campaign.iter().flat_map(|campaign| campaign.telling.iter().cloned()));
    }
    if let Some(settings) = &workspace.settings {
        let today = context.clock.now().to_zoned(settings.zone().clone()).date();
        findings.extend(settings.outdated_holidays(today));
        findings.extend(crowded(workspace, settings, today));
        // A store that cannot be opened keeps nobody from knowing what is wrong with the files.
        let known = Store::glance(&context.store_dir(root)).ok();
        findings.extend(answers::forewarning(context, settings, known.as_ref())?);
        let mut store = Store::in_memory(context.clock.now())?;
        let found = check_lists(context, &mut store, workspace, &folders)?;
        findings.extend(languages::unknown(workspace, &folders));
        let lists_are_sound = !found.iter().any(Finding::is_error);
        findings.extend(found);
        if let Some(store) = known.as_ref().filter(|_| named.is_none()) {
            findings.extend(folders_gone(store, workspace)?);
        }
        for folder in &folders {
            if let Some(store) = &known {
                findings.extend(namesake::find(store, workspace, folder)?);
            }
            findings.extend(forewarned(context, known.as_ref().unwrap_or(&store), settings, folder)?);
            let (composed, found) = check_letters(context, &mut store, settings, folder)?;
            letters += composed;
            // That a list cannot be read is said; that nobody is on it then, follows.
            findings.extend(found.into_iter().filter(|finding| lists_are_sound || finding.text != NOBODY));
        }
    }
    Ok((answer::in_order(findings), letters))
}

/// The campaigns that mean more letters than the cap lets leave.
fn crowded(workspace: &Workspace, settings: &Settings, today: Date) -> Vec<Finding> {
    let Some(days) = settings.calendar.one_letter_in else {
        return Vec::new();
    };
    let campaigns = workspace.campaigns.iter().filter_map(|folder| folder.campaign.as_ref());
    crowding("tidings.yaml", campaigns, days, today)
}

/// Reads the lists that these campaigns use, and says what is wrong with them, row by row.
fn check_lists(
    context: &Context,
    store: &mut Store,
    workspace: &Workspace,
    folders: &[&CampaignFolder],
) -> Result<Vec<Finding>, Failure> {
    let wanted = |list: &&ListFile| {
        let uses = |folder: &&CampaignFolder| {
            let audience = folder.campaign.as_ref().map(|campaign| &campaign.audience);
            audience.is_some_and(|audience| audience.lists.contains(&list.name) || audience.not_lists.contains(&list.name))
        };
        folders.iter().any(uses)
    };
    let mut findings = Vec::new();
    for list in workspace.lists.iter().filter(wanted) {
        let enrolled = enrol(store, list, Wish::of_a_run(Guard::Trusted), context.clock.now())?;
        findings.extend(forewarning(list, &enrolled));
        match enrolled {
            Enrolled::Same | Enrolled::TakenBack(_) => {}
            Enrolled::Unreadable { findings: found } => findings.extend(found),
            Enrolled::Read { rows, .. } => findings.extend(said(&rows)),
        }
    }
    Ok(findings)
}

/// What reading a list has to say: its findings, and each row that is nobody.
pub(super) fn said(rows: &ListReport) -> Vec<Finding> {
    rows.findings.clone()
}

/// Campaigns without a folder that somebody would still wait for.
fn folders_gone(store: &Store, workspace: &Workspace) -> Result<Vec<Finding>, Failure> {
    let open = namesake::gone(store, workspace)?.into_iter().filter(|gone| gone.is_open);
    let told = open.map(|gone| {
        let hint = "bring it back as it was, with its `id:`; `tidings cancel` calls off what waits";
        Finding::warning(format!("campaigns/{}", gone.name), gone.words).hint(hint)
    });
    Ok(told.collect())
}

/// What the calendar tells ahead: hours that never open, pinned days that are over, articles that run out.
fn forewarned(context: &Context, store: &Store, settings: &Settings, folder: &CampaignFolder) -> Result<Vec<Finding>, Failure> {
    match plan(settings, folder) {
        Ok(plan) => {
            let mut findings = due::forewarning(store, plan, context.clock.now())?;
            let file = format!("campaigns/{}/campaign.yaml", plan.campaign.name);
            let closed = closed_words(store, plan)?.into_iter();
            findings.extend(closed.map(|(words, way)| Finding::warning(&file, words).hint(way)));
            Ok(findings)
        }
        Err(_) => Ok(Vec::new()),
    }
}

/// Composes every article's letters for everybody.
fn check_letters(
    context: &Context,
    store: &mut Store,
    settings: &Settings,
    folder: &CampaignFolder,
) -> Result<(u64, Vec<Finding>), Failure> {
    let Ok(plan) = plan(settings, folder) else {
        return Ok((0, despite::of_folder(store, settings, folder)?));
    };
    let (mut letters, mut findings) = (0, Vec::new());
    for article in plan.articles {
        let due = due_now(context, settings, plan);
        match prepare::draft(store, plan, article, due, context.clock.now()) {
            Ok(draft) => {
                letters += draft.proof.letters;
                findings.extend(draft.warnings);
                findings.extend(draft.proof.faults.iter().map(|fault| fault.error.named()));
                if draft.edition.planned == 0 {
                    findings.push(nobody(plan));
                }
            }
            Err(DispatchError::Findings { findings: found }) => {
                findings.extend(found);
                findings.extend(despite::of_article(store, plan, article)?);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((letters, findings))
}

const NOBODY: &str = "nobody would get this campaign's letters";

fn nobody(plan: Plan<'_>) -> Finding {
    let file = format!("campaigns/{}/campaign.yaml", plan.campaign.name);
    Finding::warning(file, NOBODY).hint("`tidings plan` tells who is left out and why")
}

fn show(context: &Context, findings: &[Finding], letters: u64, campaigns: u64) -> Result<(), Failure> {
    let errors = findings.iter().filter(|finding| finding.is_error()).count() as u64;
    let warnings = findings.len() as u64 - errors;
    if context.ui.wants_json() {
        for finding in findings {
            context.ui.json(&shape(finding))?;
        }
    } else {
        context.ui.findings(&answer::told(findings));
        let numbers = format!("{}, {} composed", count(campaigns, "campaign"), count(letters, "letter"));
        context.ui.say(&format!(
            "checked {numbers}: {}, {}",
            count(errors, "error"),
            count(warnings, "warning")
        ));
    }
    match errors {
        0 => Ok(()),
        _ => Err(Failure::said(Kind::Files)),
    }
}

fn shape(finding: &Finding) -> Shape<'_> {
    Shape {
        severity: match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        file: &finding.file,
        line: finding.place.map(|place| place.line),
        column: finding.place.map(|place| place.column),
        text: &finding.text,
        hint: finding.hint.as_deref(),
        name: finding.name.map(Name::as_str),
    }
}
