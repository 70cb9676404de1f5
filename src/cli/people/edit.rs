//! `tidings people edit`: one person's row in their list's file, and then in the store.

use super::rewrite::Sheet;
use crate::address::Address;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind, plain};
use crate::cli::hold;
use crate::cli::private::{person_meant, store_to_change};
use crate::cli::ui::listed;
use crate::dispatch::enrol::{Enrolled, Wish, enrol, objection};
use crate::finding::{Finding, suggestion};
use crate::store::Store;
use crate::store::import::Guard;
use crate::subscriber::csv::{self, Column, Field, ListRows, Meaning};
use crate::subscriber::word;
use crate::workspace::ListFile;
use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Change what a list's file says of one person, and take it over
///
/// Files say who is on a list: the row is changed in `subscribers/LIST.csv` itself, and every other byte of it stays. An empty value
/// (`city=`) empties the cell.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings people edit ann@example.org city=Bath\n  tidings people edit ann@example.org --list patients first_name=Anna consent=no"
)]
pub(super) struct Args {
    /// The person's address
    address: String,
    /// What to change, as column=value
    #[arg(required = true, value_name = "COLUMN=VALUE", value_parser = change)]
    change: Vec<(String, String)>,
    /// The list, where the person is on several
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// The row, where several share the address
    #[arg(long, value_name = "LINE")]
    line: Option<usize>,
}

fn change(text: &str) -> Result<(String, String), String> {
    let (column, value) = text.split_once('=').ok_or("write it as column=value, like city=Bath")?;
    Ok((column.trim().to_owned(), value.trim().to_owned()))
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    let mut store = store_to_change(context)?;
    let (address, person) = person_meant(context, &store, &args.address)?;
    let lists: Vec<String> = store
        .standings(person)?
        .into_iter()
        .filter(|standing| standing.until.is_none() && standing.left_at.is_none())
        .map(|standing| standing.list)
        .collect();
    let name = the_list(args, &lists)?;
    let no_text = || {
        Failure::new(Kind::Files, format!("list `{name}` has no text file in `subscribers/` to change"))
            .hint("change the row where the list comes from (a workbook in its own program), and `tidings import` it; nothing was changed")
    };
    let list = workspace.lists.iter().find(|list| list.name == name).ok_or_else(no_text)?;
    let bytes = list.read().map_err(|finding| Failure::findings(vec![finding]))?;
    let rows = csv::read(&list.file, &bytes, &list.mapping).map_err(Failure::findings)?;
    let line = the_line(args, &rows, &address, list)?;
    let cells = cells(args, &rows.report.columns, list)?;
    warn_of_a_new_address(context, args, &rows, &cells, list)?;
    // Only text has a separator.
    let delimiter = rows.report.delimiter.ok_or_else(no_text)?;
    let sheet = Sheet::read(&bytes, list.mapping.encoding.as_deref(), delimiter);
    let changed = sheet.and_then(|sheet| sheet.with(line, &cells)).map_err(|error| {
        Failure::new(Kind::Files, format!("`{}` cannot be changed from here: {error}", list.file))
            .hint("change the row in the program that the file comes from, saved as CSV UTF-8, and `tidings import` it; nothing was changed")
    })?;
    replace(&root.join(&list.file), &changed)?;
    take_over(context, &mut store, list, line, &args.change)
}

/// The list that is meant.
fn the_list(args: &Args, lists: &[String]) -> Result<String, Failure> {
    match (&args.list, lists) {
        (Some(list), _) if lists.contains(list) => Ok(list.clone()),
        (Some(list), _) => Err(Failure::new(
            Kind::Usage,
            format!("the person is not on list `{list}`; nothing was changed"),
        )
        .hint(suggestion::hint(list, lists.iter().map(String::as_str)))),
        (None, [one]) => Ok(one.clone()),
        (None, []) => Err(
            Failure::new(Kind::Usage, "the person is on no list, so there is no row to change")
                .hint("add their row to a list's file, and `tidings import` it"),
        ),
        (None, _) => Err(Failure::new(
            Kind::Usage,
            format!("the person is on lists {}; nothing was changed", listed(lists)),
        )
        .hint("name one: `--list LIST`")),
    }
}

/// The physical line of the person's row as the file has it now.
fn the_line(args: &Args, rows: &ListRows, address: &Address, list: &ListFile) -> Result<usize, Failure> {
    let Some(first) = rows
        .rows
        .iter()
        .find(|row| row.subscriber.address == *address)
        .map(|row| row.line)
    else {
        return Err(Failure::new(
            Kind::Files,
            format!("`{}` has no row of {} any more", list.file, address.masked()),
        )
        .hint(format!("`tidings import {}` takes over what the file says now", list.file)));
    };
    let mut lines = vec![first];
    lines.extend(
        rows.report
            .merged
            .iter()
            .filter(|merged| merged.into == first)
            .map(|merged| merged.line),
    );
    match (args.line, lines.as_slice()) {
        (Some(line), lines) if lines.contains(&line) => Ok(line),
        (None, [line]) => Ok(*line),
        (_, lines) => {
            let numbers: Vec<String> = lines.iter().map(ToString::to_string).collect();
            let text = format!(
                "the address stands on {} {} of `{}`; nothing was changed",
                if lines.len() == 1 { "line" } else { "lines" },
                listed(&numbers),
                list.file
            );
            Err(Failure::new(Kind::Usage, text).hint("name the row: `--line LINE`"))
        }
    }
}

/// The cells that are meant, by their columns' places.
fn cells(args: &Args, columns: &[Column], list: &ListFile) -> Result<Vec<(usize, String)>, Failure> {
    let place = |wanted: &str| {
        let by_header = columns.iter().position(|column| column.header == wanted);
        let by_meaning = || columns.iter().position(|column| name_of(column).as_deref() == Some(wanted));
        let by_folded = || {
            columns
                .iter()
                .position(|column| word::fold(&column.header) == word::fold(wanted))
        };
        by_header.or_else(by_meaning).or_else(by_folded)
    };
    let cell = |(column, value): &(String, String)| match place(column) {
        Some(index) => Ok((index, value.clone())),
        None => {
            let headers = columns.iter().map(|column| column.header.as_str());
            Err(Failure::new(
                Kind::Usage,
                format!("`{}` has no column `{column}`; nothing was changed", list.file),
            )
            .hint(suggestion::hint(column, headers)))
        }
    };
    args.change.iter().map(cell).collect()
}

/// The name that templates know a column by.
fn name_of(column: &Column) -> Option<String> {
    match &column.meaning {
        Meaning::Field(field) => Some(field.as_str().to_owned()),
        Meaning::Attribute(name) => Some(name.clone()),
        _ => None,
    }
}

/// Another address is another person: what is on record of the old one stays theirs.
fn warn_of_a_new_address(
    context: &Context,
    args: &Args,
    rows: &ListRows,
    cells: &[(usize, String)],
    list: &ListFile,
) -> Result<(), Failure> {
    let columns = &rows.report.columns;
    let is_email = |index: &usize| {
        columns
            .get(*index)
            .is_some_and(|column| column.meaning == Meaning::Field(Field::Email))
    };
    let Some((_, value)) = cells.iter().find(|(index, _)| is_email(index)) else {
        return Ok(());
    };
    let (new, old) = (hold::parse_address(value)?, hold::parse_address(&args.address)?);
    if let Some(row) = rows.rows.iter().find(|row| row.subscriber.address == new && new != old) {
        let text = format!(
            "line {} of `{}` has that address already; nothing was changed",
            row.line, list.file
        );
        return Err(Failure::new(Kind::Usage, text).hint(
            "two rows with one address are one family with one letter: where that is meant, change the row in the file itself",
        ));
    }
    context.ui.say(&format!(
        "{} is another person to the record than {}: letters and consent so far stay with the old address, which leaves the list",
        new.masked(),
        old.masked()
    ));
    context.ui.hint("suppressions do not move along: if the old address must not be written to, neither may the new one: `tidings suppress add`");
    Ok(())
}

/// Puts the new bytes in the file's place, with the rights the old one had.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: &std::io::Error| {
        Failure::new(Kind::Files, format!("cannot write `{}`: {}", path.display(), plain(error)))
            .hint("check the file's rights and the disk; nothing was changed")
    };
    let written = || {
        let path = path.canonicalize()?;
        let folder = path.parent().unwrap_or(Path::new("/"));
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let new = folder.join(format!(".{name}.new-{}", std::process::id()));
        // Left by a dead process of this very number, if it is there at all.
        let _ = fs::remove_file(&new);
        let done = (|| {
            let mut options = fs::OpenOptions::new();
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.write(true).create_new(true).open(&new)?;
            file.write_all(bytes)?;
            file.set_permissions(fs::metadata(&path)?.permissions())?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            fs::File::open(folder)?.sync_all()
        })();
        if done.is_err() {
            fs::remove_file(&new).ok();
        }
        done
    };
    written().map_err(|error: std::io::Error| failed(&error))
}

fn take_over(
    context: &Context,
    store: &mut Store,
    list: &ListFile,
    line: usize,
    changes: &[(String, String)],
) -> Result<(), Failure> {
    let wish = Wish {
        by_hand: true,
        ..Wish::of_a_run(Guard::Cautious)
    };
    let enrolled = enrol(store, list, wish, context.clock.now())?;
    let objections = objection(list, &enrolled);
    if !objections.is_empty() {
        return Err(Failure {
            text: format!("`{}` has the change, and the store does not yet", list.file),
            ..Failure::findings(objections)
        });
    }
    if let Enrolled::Read { rows, .. } = &enrolled {
        let about_it = |finding: &&Finding| finding.place.is_some_and(|place| place.line == line);
        let said: Vec<Finding> = rows.findings.iter().filter(about_it).cloned().collect();
        context.ui.findings(&said);
    }
    let columns: Vec<String> = changes.iter().map(|(column, _)| format!("`{column}`")).collect();
    if context.ui.wants_json() {
        let columns: Vec<&String> = changes.iter().map(|(column, _)| column).collect();
        return context
            .ui
            .json(&serde_json::json!({"list": list.name, "file": list.file, "line": line, "columns": columns}));
    }
    context.ui.data(&format!(
        "{} line {line}: {} changed, and imported",
        list.file,
        listed(&columns)
    ))
}
