//! `tidings import`: a list file into the store.

use super::check::said;
use super::context::Context;
use super::failure::{Failure, Kind};
use super::ui::{Ui, count};
use crate::dispatch::enrol::{Enrolled, enrol, objection};
use crate::finding::suggestion;
use crate::store::Store;
use crate::store::import::{Guard, ImportReport, Imported};
use crate::workspace::{ListFile, Workspace};
use std::path::{Path, PathBuf};

/// Bring a list file into the store
///
/// All or nothing. The same file twice changes nothing; a row gone from the file leaves the list; whoever unsubscribed stays
/// unsubscribed. A file that would change more than 20 % of its list waits for --yes.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings import subscribers/patients.csv --dry-run\n  tidings import export.csv --list patients --yes"
)]
pub(super) struct Args {
    /// The CSV file; a file outside `subscribers/` is read for the list that --list names
    file: PathBuf,
    /// The list; default: the file's name without `.csv`
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// Only report what would change
    #[arg(long)]
    dry_run: bool,
    /// Import even if it changes more than 20 % of the list
    #[arg(long)]
    yes: bool,
}

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Shape<'a> {
    list: &'a str,
    kept: bool,
    #[serde(flatten)]
    report: ImportReport,
    skipped: Vec<SkippedShape<'a>>,
    merged: usize,
}

#[derive(serde::Serialize)]
struct SkippedShape<'a> {
    line: usize,
    column: Option<&'a str>,
    value: &'a str,
    reason: &'a str,
    fix: Option<&'a str>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let list = list_file(&root, &workspace, args)?;
    let now = context.clock.now();
    let mut store = match args.dry_run {
        true => context.store_if_any(&root)?.map_or_else(|| Store::in_memory(now), Ok)?,
        false => context.store_or_new(&root, context.settings(&workspace)?)?,
    };
    let guard = match (args.dry_run, args.yes) {
        (true, _) => Guard::DryRun,
        (false, true) => Guard::Trusted,
        (false, false) => Guard::Cautious,
    };
    let enrolled = enrol(&mut store, &list, guard, now)?;
    let objections = objection(&list, &enrolled);
    if !objections.is_empty() && !args.dry_run {
        return Err(Failure {
            text: "nothing was imported".to_owned(),
            ..Failure::findings(objections)
        });
    }
    match &enrolled {
        Enrolled::Unreadable { .. } => Err(Failure::findings(objections)),
        Enrolled::Same => same(context, &list),
        Enrolled::Read { imported, rows } => {
            let (kept, report) = match imported {
                Imported::Kept(report) => (true, report),
                Imported::Undone(report) => (false, report),
            };
            if context.ui.wants_json() {
                let skipped = rows.report.skipped.iter().map(|skipped| SkippedShape {
                    line: skipped.line,
                    column: skipped.column.as_deref(),
                    value: &skipped.value,
                    reason: &skipped.reason,
                    fix: skipped.fix.as_deref(),
                });
                let (list, skipped, merged) = (list.name.as_str(), skipped.collect(), rows.report.merged.len());
                return context.ui.json(&Shape {
                    list,
                    kept,
                    report: *report,
                    skipped,
                    merged,
                });
            }
            context.ui.findings(&said(rows));
            show(context, &list, kept, report, rows.report.skipped.len() as u64)
        }
    }
}

/// The list file that is meant: one of the workspace's, or another file for one of its lists.
fn list_file(root: &Path, workspace: &Workspace, args: &Args) -> Result<ListFile, Failure> {
    let name = match (&args.list, args.file.file_stem().and_then(|stem| stem.to_str())) {
        (Some(name), _) => name.clone(),
        (None, Some(stem)) => stem.to_owned(),
        (None, None) => {
            return Err(Failure::new(Kind::Usage, "the file has no name to call its list by").hint("name it: `--list patients`"));
        }
    };
    let known = workspace.lists.iter().find(|list| list.name == name);
    let path = [args.file.clone(), root.join(&args.file)]
        .into_iter()
        .find(|path| path.is_file());
    let Some(path) = path else {
        let names = workspace.lists.iter().map(|list| list.file.as_str());
        let missing = Failure::new(Kind::Files, format!("there is no file `{}`", args.file.display()));
        return Err(missing.hint(suggestion::hint(&args.file.display().to_string(), names)));
    };
    let mapping = known.map(|list| list.mapping.clone()).unwrap_or_default();
    Ok(ListFile::at(root, &path, name, mapping))
}

fn same(context: &Context, list: &ListFile) -> Result<(), Failure> {
    if context.ui.wants_json() {
        let report = ImportReport::default();
        return context.ui.json(&Shape {
            list: &list.name,
            kept: true,
            report,
            skipped: Vec::new(),
            merged: 0,
        });
    }
    context
        .ui
        .data(&format!("{}: nothing changed since the last import", Ui::bold(&list.name)))
}

fn show(context: &Context, list: &ListFile, kept: bool, report: &ImportReport, skipped: u64) -> Result<(), Failure> {
    let numbers = [
        (report.added, "new"),
        (report.updated, "changed"),
        (report.returned, "back"),
        (report.left, "gone from the file"),
        (report.unchanged, "as before"),
        (skipped, "left out"),
    ];
    let words = numbers
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"));
    let words: Vec<String> = words.collect();
    let words = if words.is_empty() {
        "nobody".to_owned()
    } else {
        words.join(", ")
    };
    context.ui.data(&format!("{}: {words}", Ui::bold(&list.name)))?;
    match kept {
        true => Ok(()),
        false => context.ui.data(&format!(
            "  only tried ({}): nothing was written",
            count(report.changed(), "change")
        )),
    }
}
