//! What an import did, or would do, told to a person or to a program.

use super::{heading, lines, shown_file};
use crate::cli::check::said;
use crate::cli::failure::{Failure, Kind};
use crate::cli::ui::{Ui, count, grouped};
use crate::dispatch::enrol::left_elsewhere;
use crate::finding::{Finding, Place};
use crate::store::import::{Change, ImportReport, Imported, MOST_EXAMPLES, Note};
use crate::subscriber::csv::{ListReport, Meaning, Skipped, rejects_csv};
use crate::subscriber::suppression::Reason;
use crate::workspace::ListFile;
use crate::workspace::create::durable::{self, Access};
use std::path::Path;

/// What `--json` prints.
#[derive(serde::Serialize)]
struct Shape<'a> {
    list: &'a str,
    kept: bool,
    import: Option<i64>,
    #[serde(flatten)]
    report: ImportReport,
    columns: Vec<ColumnShape<'a>>,
    skipped: Vec<SkippedShape<'a>>,
    noted: Vec<NotedShape>,
    merged: usize,
}

#[derive(serde::Serialize)]
struct ColumnShape<'a> {
    header: &'a str,
    meaning: String,
}

#[derive(serde::Serialize)]
struct SkippedShape<'a> {
    line: usize,
    column: Option<&'a str>,
    value: &'a str,
    reason: &'a str,
    fix: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct NotedShape {
    line: usize,
    note: &'static str,
}

/// Nothing to do.
pub(super) fn same(ui: Ui, list: &ListFile) -> Result<(), Failure> {
    if ui.wants_json() {
        return ui.json(&Shape {
            list: &list.name,
            kept: true,
            import: None,
            report: ImportReport::default(),
            columns: Vec::new(),
            skipped: Vec::new(),
            noted: Vec::new(),
            merged: 0,
        });
    }
    ui.data(&format!("{}: nothing changed since the last import", heading(list)))
}

/// What was read, and what it changes.
pub(super) fn read(
    ui: Ui,
    list: &ListFile,
    imported: &Imported,
    rows: &ListReport,
    blank: Option<Finding>,
    is_trial: bool,
) -> Result<(), Failure> {
    if ui.wants_json() {
        return ui.json(&shape(list, imported, rows));
    }
    let mut findings = said(rows);
    findings.extend(noted(list, imported));
    findings.extend(blank);
    findings.extend(left_elsewhere(list, &imported.report));
    ui.findings(&findings);
    let kept = imported
        .import
        .map(|import| format!(" (import {}; `tidings import --undo {}` takes it back)", import.0, import.0));
    let numbers = numbers(&imported.report, rows.skipped.len() as u64);
    ui.data(&format!("{}: {numbers}{}", heading(list), kept.unwrap_or_default()))?;
    if !is_trial {
        return Ok(());
    }
    examples(ui, imported)?;
    columns(ui, rows)?;
    ui.data(&format!(
        "  only tried ({}): nothing was written",
        count(imported.report.changed(), "change")
    ))
}

fn numbers(report: &ImportReport, skipped: u64) -> String {
    let numbers = [
        (report.added, "new"),
        (report.updated, "changed"),
        (report.returned, "back"),
        (report.left, "gone from the file"),
        (report.unchanged, "as before"),
        (skipped + report.erased, "left out"),
        (report.suppressed.max(report.unsubscribed), "not written to (they left)"),
        (report.assumed, "with consent by your word"),
    ];
    let words: Vec<String> = numbers
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", grouped(*number)))
        .collect();
    match words.is_empty() {
        true => "nobody".to_owned(),
        false => words.join(", "),
    }
}

/// The first people of each kind of change: enough to see whether it is the right file.
fn examples(ui: Ui, imported: &Imported) -> Result<(), Failure> {
    let report = &imported.report;
    for (change, word, whole) in [
        (Change::Added, "new", report.added),
        (Change::Updated, "changed", report.updated),
        (Change::Returned, "back", report.returned),
        (Change::Left, "gone", report.left),
    ] {
        let of_kind = imported.examples.iter().filter(|example| example.change == change);
        for example in of_kind {
            let detail = match example.detail.is_empty() {
                true => String::new(),
                false => format!(" ({})", example.detail.join("; ")),
            };
            ui.data(&format!("  {word}: {}{detail}", example.address))?;
        }
        if whole > MOST_EXAMPLES as u64 {
            ui.data(&format!("  {word}: and {} more", grouped(whole - MOST_EXAMPLES as u64)))?;
        }
    }
    Ok(())
}

/// What each column was taken for.
fn columns(ui: Ui, rows: &ListReport) -> Result<(), Failure> {
    let told: Vec<String> = rows
        .columns
        .iter()
        .filter(|column| column.meaning != Meaning::Unnamed)
        .map(|column| format!("`{}` → {}", column.header, column.meaning))
        .collect();
    ui.data(&format!("  columns: {}", told.join(", ")))
}

/// Rows that do not do what their file seems to want, one finding for each kind of them.
fn noted(list: &ListFile, imported: &Imported) -> Vec<Finding> {
    let of = |wanted: fn(&Note) -> bool| -> Vec<usize> {
        let noted = imported.noted.iter().filter(|noted| wanted(&noted.note));
        noted.map(|noted| noted.line).collect()
    };
    let kinds: [(Vec<usize>, &str, &str); 7] = [
        (
            of(|note| *note == Note::Suppressed(Reason::Unsubscribed)),
            "unsubscribed before and stays so",
            "the way back is their own word: `tidings consent restore ADDRESS --evidence TEXT`",
        ),
        (
            of(|note| *note == Note::Suppressed(Reason::Bounced)),
            "has a mailbox that does not exist, and gets no mail",
            "correct the address in the file",
        ),
        (
            of(|note| *note == Note::Suppressed(Reason::Complained)),
            "reported mail as spam before and gets no mail",
            "leave it so",
        ),
        (
            of(|note| *note == Note::Suppressed(Reason::ByHand)),
            "is suppressed by the clinic and stays so",
            "`tidings suppress list` tells why",
        ),
        (
            of(|note| *note == Note::Erased),
            "asked to be forgotten, and is not stored",
            "take the row out of the file: it is the last place that knows them",
        ),
        (
            of(|note| *note == Note::SaidNoBefore),
            "said no before, and the file says yes now",
            "if they did not say so, correct the file, or `tidings suppress add ADDRESS`",
        ),
        (
            of(|note| *note == Note::NoStands),
            "said no before, and the file says nothing now: the no stands",
            "a yes in the file, in the person's own words, is what changes it",
        ),
    ];
    kinds
        .into_iter()
        .filter(|(at, _, _)| !at.is_empty())
        .map(|(at, text, hint)| {
            let whose = lines(&at);
            Finding::warning(&list.file, format!("{whose}: {text}"))
                .at(Place::new(at[0], 1))
                .hint(hint)
        })
        .collect()
}

fn shape<'a>(list: &'a ListFile, imported: &Imported, rows: &'a ListReport) -> Shape<'a> {
    let columns = rows.columns.iter().map(|column| ColumnShape {
        header: &column.header,
        meaning: column.meaning.to_string(),
    });
    let skipped = rows.skipped.iter().map(|skipped| SkippedShape {
        line: skipped.line,
        column: skipped.column.as_deref(),
        value: &skipped.value,
        reason: &skipped.reason,
        fix: skipped.fix.as_deref(),
    });
    let noted = imported.noted.iter().map(|noted| NotedShape {
        line: noted.line,
        note: match noted.note {
            Note::Suppressed(reason) => reason.as_str(),
            Note::Erased => "erased",
            Note::SaidNoBefore => "said_no_before",
            Note::NoStands => "no_stands",
        },
    });
    Shape {
        list: &list.name,
        kept: imported.kept,
        import: imported.import.map(|import| import.0),
        report: imported.report,
        columns: columns.collect(),
        skipped: skipped.collect(),
        noted: noted.collect(),
        merged: rows.merged.len(),
    }
}

/// Refuses to write rejects over a file that holds anything else, before anything is done.
pub(super) fn spare_other_files(file: &Path) -> Result<(), Failure> {
    let first_line = |text: &str| text.lines().next().map(str::to_owned);
    let is_ours = |there: &str| first_line(there) == first_line(&rejects_csv(&[]));
    if !file.exists() || std::fs::read_to_string(file).is_ok_and(|there| is_ours(&there)) {
        return Ok(());
    }
    let refused = Failure::new(
        Kind::Usage,
        format!("`{}` is there already, and is no file of rejects", shown_file(file)),
    );
    Err(refused.hint("name a file that is not there yet: `--rejects rejects.csv`; nothing was changed"))
}

/// Writes the rows that are nobody into a file that a spreadsheet opens.
pub(super) fn write_rejects(ui: Ui, file: &Path, skipped: &[Skipped]) -> Result<(), Failure> {
    durable::replace(file, rejects_csv(skipped), Access::OwnerOnly).map_err(|error| {
        let text = format!("`{}` cannot be written: {error}", shown_file(file));
        Failure::new(Kind::Files, text).hint("name a file in a folder that is there and yours: `--rejects rejects.csv`")
    })?;
    ui.say(&format!(
        "wrote `{}`: {} left out",
        shown_file(file),
        count(skipped.len() as u64, "row")
    ));
    Ok(())
}
