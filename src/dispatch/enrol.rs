//! Enrolling: list files that changed are brought into the store, under the guard against broken exports.

use super::DispatchError;
use crate::finding::{Finding, Severity};
use crate::store::Store;
use crate::store::import::{Guard, ImportReport, Imported, ListSource};
use crate::subscriber::column::Kind;
use crate::subscriber::csv::{self, Column, ListRows};
use crate::workspace::ListFile;
use jiff::Timestamp;
use ring::digest;

/// What became of one list file.
#[derive(Debug)]
pub enum Enrolled {
    /// The very bytes that were imported last.
    Same,
    /// Imported, or only tried: `rows` says what was read and skipped.
    Read {
        /// What the import did, or would have done.
        imported: Imported,
        /// What the file holds.
        rows: ListRows,
    },
    /// The file cannot be used: no address column, a quote that never ends.
    Unreadable {
        /// Why not.
        findings: Vec<Finding>,
    },
}

/// Imports the list if its file changed since the last import.
///
/// # Errors
/// When the store fails, or the file cannot be opened.
pub fn enrol(store: &mut Store, list: &ListFile, guard: Guard, now: Timestamp) -> Result<Enrolled, DispatchError> {
    let bytes = match list.read() {
        Ok(bytes) => bytes,
        Err(finding) => return Ok(Enrolled::Unreadable { findings: vec![finding] }),
    };
    let hash = digest::digest(&digest::SHA256, &bytes);
    if guard != Guard::DryRun && store.list_source(&list.name)?.as_deref() == Some(hash.as_ref()) {
        return Ok(Enrolled::Same);
    }
    let rows = match csv::read(&list.file, &bytes, &list.mapping) {
        Ok(rows) => rows,
        Err(findings) => return Ok(Enrolled::Unreadable { findings }),
    };
    let errors: Vec<Finding> = rows
        .report
        .findings
        .iter()
        .filter(|finding| finding.is_error())
        .cloned()
        .collect();
    if !errors.is_empty() {
        return Ok(Enrolled::Unreadable { findings: errors });
    }
    let people = rows.rows.iter().map(|row| (row.line, &row.subscriber));
    let columns: Vec<(String, Kind)> = rows
        .report
        .columns
        .iter()
        .filter_map(|column: &Column| Some((column.attribute()?.to_owned(), column.kind)))
        .collect();
    let source = ListSource {
        list: &list.name,
        hash: hash.as_ref(),
        columns: &columns,
    };
    let imported = store.import(&source, people, guard, now)?;
    Ok(Enrolled::Read { imported, rows })
}

/// The same alarm as a warning, for whoever only looks ahead: `send` and `run` would stop there.
pub fn forewarning(list: &ListFile, enrolled: &Enrolled) -> Option<Finding> {
    match enrolled {
        Enrolled::Read {
            imported: Imported::Kept(report),
            ..
        } if report.is_alarming() => Some(Finding {
            severity: Severity::Warning,
            ..alarm(list, report)
        }),
        Enrolled::Read { .. } | Enrolled::Same | Enrolled::Unreadable { .. } => None,
    }
}

/// Why a list may not be used as it stands, if so: it is unreadable, or changes too much for nobody to look.
pub fn objection(list: &ListFile, enrolled: &Enrolled) -> Vec<Finding> {
    match enrolled {
        Enrolled::Unreadable { findings } => findings.clone(),
        Enrolled::Read {
            imported: Imported::Undone(report),
            ..
        } if report.is_alarming() => vec![alarm(list, report)],
        Enrolled::Read { .. } | Enrolled::Same => Vec::new(),
    }
}

fn alarm(list: &ListFile, report: &ImportReport) -> Finding {
    let share = report.changed() * 100 / report.before.max(1);
    let text = format!(
        "the file would change {share} % of list `{}` ({} people: {} new, {} changed, {} gone)",
        list.name,
        report.before,
        report.added + report.returned,
        report.updated,
        report.left
    );
    let hint = format!(
        "if that is right, say so once: `tidings import {} --yes`; nothing was changed",
        list.file
    );
    Finding::error(&list.file, text).hint(hint)
}
