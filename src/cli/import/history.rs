//! The imports on record, and taking one back.

use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::ui::{count, moment};
use crate::store::import::{ImportId, ImportLine, NoUndo, Undone};
use crate::workspace::ListFile;
use aws_lc_rs::digest;
use data_encoding::HEXLOWER;
use std::path::Path;

/// One import, as `--json` prints it.
#[derive(serde::Serialize)]
struct Shape<'a> {
    import: i64,
    list: &'a str,
    file: &'a str,
    sha256: String,
    at: String,
    added: u64,
    updated: u64,
    returned: u64,
    left: u64,
    assumed: Option<serde_json::Value>,
    undone_at: Option<String>,
}

/// All imports, the latest last.
pub(super) fn show(context: &Context, root: &Path, list: Option<&str>) -> Result<(), Failure> {
    let imports = match context.store_if_any(root)? {
        Some(store) => store.imports(list)?,
        None => Vec::new(),
    };
    if imports.is_empty() && !context.ui.wants_json() {
        return context.ui.data("nothing has been imported yet");
    }
    for import in &imports {
        match context.ui.wants_json() {
            true => context.ui.json(&shape(import))?,
            false => context.ui.data(&line(import))?,
        }
    }
    Ok(())
}

fn line(import: &ImportLine) -> String {
    let report = &import.report;
    let numbers = [
        (report.added, "new"),
        (report.updated, "changed"),
        (report.returned, "back"),
        (report.left, "gone"),
    ];
    let words: Vec<String> = numbers
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{number} {word}"))
        .collect();
    let words = if words.is_empty() {
        "no changes".to_owned()
    } else {
        words.join(", ")
    };
    let undone = import
        .undone_at
        .map(|at| format!(", taken back {}", moment(at)))
        .unwrap_or_default();
    let vouched = match import.assumed {
        Some(_) => ", consent assumed by hand",
        None => "",
    };
    format!(
        "{}  {}  {} from {}: {words}{vouched}{undone}",
        import.id.0,
        moment(import.at),
        import.list,
        import.file
    )
}

fn shape(import: &ImportLine) -> Shape<'_> {
    let report = &import.report;
    Shape {
        import: import.id.0,
        list: &import.list,
        file: &import.file,
        sha256: HEXLOWER.encode(&import.file_hash),
        at: import.at.to_string(),
        added: report.added,
        updated: report.updated,
        returned: report.returned,
        left: report.left,
        assumed: import.assumed.as_deref().and_then(|json| serde_json::from_str(json).ok()),
        undone_at: import.undone_at.map(|at| at.to_string()),
    }
}

/// Takes an import back, and its file with it where the one before is still there.
pub(super) fn undo(context: &Context, root: &Path, id: i64) -> Result<(), Failure> {
    let Some(mut store) = context.store_if_any(root)? else {
        return Err(Failure::new(
            Kind::Usage,
            "nothing has been imported yet, so there is nothing to take back",
        ));
    };
    let undone = match store.undo_import(ImportId(id), context.clock.now())? {
        Ok(undone) => undone,
        Err(why) => return finish_undo(context, root, id, &why),
    };
    let file = match (&undone.before, context.is_rehearsal()) {
        (Some(hash), false) => file_before(context, root, &undone.list, hash),
        (Some(_) | None, _) => None,
    };
    if undone.before.is_none() && !context.is_rehearsal() {
        // The next file of this list is read by its own columns.
        match ListFile::lay_mapping_aside(root, &undone.list) {
            Ok(Some(mapping)) => context
                .ui
                .say(&format!("laid `{mapping}` aside with a `~`: the wrong file's columns")),
            Ok(None) => {}
            Err(error) => context
                .ui
                .say(&format!("the list's mapping could not be laid aside: {error}")),
        }
    }
    tell(context, root, id, &undone, file.as_deref())
}

/// An undo that died before the list's file was put back is finished by the same command; else there is nothing to do.
fn finish_undo(context: &Context, root: &Path, id: i64, why: &NoUndo) -> Result<(), Failure> {
    let file = match why {
        NoUndo::Already {
            list,
            before: Some(hash),
            ..
        } if !context.is_rehearsal() => file_before(context, root, list, hash),
        NoUndo::Already { .. } | NoUndo::Unknown | NoUndo::NotTheLast(_) => None,
    };
    match file {
        Some(file) => context.ui.data(&format!(
            "import {id} was taken back already; `{file}` is the file from before again"
        )),
        None => Err(refused(id, why)),
    }
}

/// The file that the list stood on before, back in its place; `None` where it is there already, or nowhere.
fn file_before(context: &Context, root: &Path, list: &str, hash: &[u8]) -> Option<String> {
    let is_it = |bytes: &[u8]| digest::digest(&digest::SHA256, bytes).as_ref() == hash;
    ListFile::put_back(root, list, is_it).unwrap_or_else(|error| {
        context.ui.say(&format!(
            "the file from before could not be put back into `subscribers/`: {error}"
        ));
        None
    })
}

fn tell(context: &Context, root: &Path, id: i64, undone: &Undone, file: Option<&str>) -> Result<(), Failure> {
    if context.ui.wants_json() {
        return context.ui.json(&serde_json::json!({
            "import": id, "list": undone.list, "removed": undone.removed, "restored": undone.restored, "lifted": undone.lifted,
            "waiting": undone.waiting, "file": file,
        }));
    }
    let lifted = match undone.lifted {
        0 => String::new(),
        lifted => format!(", {} that only its file told of lifted", count(lifted, "suppression")),
    };
    context.ui.data(&format!(
        "{}: import {id} is taken back: {} off the list, {} as before{lifted}",
        undone.list, undone.removed, undone.restored
    ))?;
    if undone.waiting > 0 {
        let letters = count(undone.waiting, "letter");
        context
            .ui
            .say(&format!("{letters} to people who are off the list again wait to be sent"));
        context
            .ui
            .hint("`tidings status` names the campaign; `tidings cancel` calls it off, `tidings hold` stops it for now");
    }
    match file {
        Some(file) => context.ui.say(&format!("`{file}` is the file from before again")),
        None if list_stands_on_another(root, undone) => context.ui.hint(&format!(
            "the file that was imported still lies there: put the right one in its place; `run` leaves it alone until it changes ({})",
            undone.file
        )),
        None => {}
    }
    Ok(())
}

fn list_stands_on_another(root: &Path, undone: &Undone) -> bool {
    root.join("subscribers").join(&undone.file).is_file()
}

fn refused(id: i64, why: &NoUndo) -> Failure {
    match why {
        NoUndo::Unknown => {
            Failure::new(Kind::Usage, format!("there is no import {id}")).hint("`tidings import --history` lists them")
        }
        NoUndo::Already { at, .. } => Failure::new(Kind::Usage, format!("import {id} was taken back at {} already", moment(*at))),
        NoUndo::NotTheLast(later) => Failure::new(
            Kind::Usage,
            format!("import {} of the same list came after import {id}", later.0),
        )
        .hint(format!("take that one back first: `tidings import --undo {}`", later.0)),
    }
}
