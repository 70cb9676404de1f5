//! Enrolling: list files that changed are brought into the store, under the guard against broken exports.

use super::DispatchError;
use crate::article::encoding::decode;
use crate::finding::{Finding, Severity};
use crate::store::Store;
use crate::store::import::{Guard, ImportReport, Imported, ListSource};
use crate::subscriber::column::Kind;
use crate::subscriber::csv::{self, Column, ListRows, Meaning};
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
    if let Some(finding) = no_text(list, &bytes) {
        return Ok(Enrolled::Unreadable { findings: vec![finding] });
    }
    let rows = csv::read(&list.file, &decode(&bytes).text, &list.mapping);
    let errors: Vec<Finding> = rows.findings.iter().filter(|finding| finding.is_error()).cloned().collect();
    if !errors.is_empty() {
        return Ok(Enrolled::Unreadable { findings: errors });
    }
    let people = rows.rows.iter().map(|row| (row.line, &row.subscriber));
    let columns: Vec<(String, Kind)> = rows
        .columns
        .iter()
        .filter_map(attribute)
        .map(|name| (name, Kind::Text))
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

/// Says what a list file is that holds no text, by the bytes it opens with.
fn no_text(list: &ListFile, bytes: &[u8]) -> Option<Finding> {
    let what = match bytes {
        [b'P', b'K', 3, 4, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..] => "an Excel workbook or another office file",
        [b'%', b'P', b'D', b'F', ..] => "a PDF",
        _ => return None,
    };
    let finding = Finding::error(&list.file, format!("this is {what}, and a list is a CSV file"));
    Some(finding.hint("open it and save it again as `CSV UTF-8`"))
}

/// The name that templates know a column by, if they do.
fn attribute(column: &Column) -> Option<String> {
    match &column.meaning {
        Meaning::Field(field) => Some(field.as_str().to_owned()),
        Meaning::Attribute(name) => Some(name.clone()),
        Meaning::Withheld | Meaning::Unnamed | Meaning::Ignored => None,
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
