//! `tidings import`: a list file into the store, tried first, kept whole, and taken back whole.
//!
//! Promises: a trial writes nothing; a file from elsewhere becomes the list's own only when it would be kept; what a person said about a
//! list (its encoding, its columns) is kept where the next run reads it. Knows nothing of how rows are read or written.

mod history;
mod show;

use super::context::Context;
use super::failure::{Failure, Kind};
use super::ui::Ui;
use crate::address::mask;
use crate::dispatch::enrol::{Enrolled, Wish, enrol, objection, source, without_consent};
use crate::finding::{Finding, suggestion};
use crate::store::Store;
use crate::store::import::{Assumed, Guard};
use crate::subscriber::consent::{Basis, Jurisdiction};
use crate::subscriber::date;
use crate::subscriber::word;
use crate::workspace::{ListFile, Workspace};
use std::path::{Path, PathBuf};

/// Bring a list file into the store
///
/// All or nothing. The same file twice changes nothing; a row gone from the file leaves the list; whoever unsubscribed stays
/// unsubscribed. A file that would change more than 20 % of its list waits for --yes. A file from elsewhere becomes the list's own file
/// in `subscribers/`; the one before stands beside it with a `~`. The first import writes `subscribers/LIST.yaml`, which says what each
/// column was taken for.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings import subscribers/patients.csv --dry-run\n  tidings import ~/Downloads/export.xlsx --list patients\n  \
                  tidings import subscribers/patients.csv --dry-run --rejects rejects.csv\n  tidings import --undo 12"
)]
pub(super) struct Args {
    /// The list: CSV (comma, semicolon, tab or bar), or an Excel or OpenDocument workbook
    #[arg(required_unless_present_any = ["undo", "history"])]
    file: Option<PathBuf>,
    /// The list's name; default: the file's without its ending
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// Only report what would change
    #[arg(long)]
    dry_run: bool,
    /// Write the rows that are nobody into this CSV file: line, column, value, reason, fix
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Import even if it changes more than 20 % of the list
    #[arg(long)]
    yes: bool,
    /// Read the file in this encoding, such as windows-1252
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// Vouch for the consent of everybody whose row gives no answer; recorded with your words
    #[arg(long, requires = "basis")]
    assume_consent: bool,
    /// On what ground: express, implied, inquiry
    #[arg(long, value_name = "BASIS", requires = "assume_consent")]
    basis: Option<String>,
    /// Since which day
    #[arg(long, value_name = "DAY", requires = "assume_consent")]
    consent_date: Option<String>,
    /// How you know, for the record
    #[arg(long, value_name = "TEXT", requires = "assume_consent")]
    evidence: Option<String>,
    /// Take an import back: the list says again what it said before
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "dry_run", "assume_consent"])]
    undo: Option<i64>,
    /// Show the imports on record
    #[arg(long, conflicts_with_all = ["file", "undo"])]
    history: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let (root, workspace) = context.workspace()?;
    if let Some(id) = args.undo {
        return history::undo(context, &root, id);
    }
    if args.history {
        return history::show(context, &root, args.list.as_deref());
    }
    let Some(file) = &args.file else {
        return Err(Failure::new(Kind::Usage, "name the file to import"));
    };
    args.rejects.as_deref().map_or(Ok(()), show::spare_other_files)?;
    let list = list_file(&root, &workspace, file, args)?;
    let jurisdiction = workspace
        .settings
        .as_ref()
        .map(|settings| settings.sender.clinic.jurisdiction);
    let assumed = assumed(args, jurisdiction)?;
    let (import, mut store) = (
        Import {
            context,
            root: &root,
            args,
            assumed: assumed.as_ref(),
            jurisdiction,
            mapping_says_encoding: mapped_encoding(&workspace, &list.name).is_some(),
        },
        store(context, &root, &workspace, args)?,
    );
    match args.dry_run {
        true => import.show(&list, &import.read(&mut store, &list, Guard::DryRun)?),
        false => import.keep(&mut store, list),
    }
}

/// A trial needs no store, and makes none.
fn store(context: &Context, root: &Path, workspace: &Workspace, args: &Args) -> Result<Store, Failure> {
    match args.dry_run {
        true => Ok(context
            .store_if_any(root)?
            .map_or_else(|| Store::in_memory(context.clock.now()), Ok)?),
        false => context.store_or_new(root, context.settings(workspace)?),
    }
}

/// One import, as it was asked for.
struct Import<'a> {
    context: &'a Context,
    root: &'a Path,
    args: &'a Args,
    assumed: Option<&'a Assumed>,
    jurisdiction: Option<Jurisdiction>,
    /// Whether the list's mapping names the encoding already.
    mapping_says_encoding: bool,
}

impl Import<'_> {
    fn read(&self, store: &mut Store, list: &ListFile, guard: Guard) -> Result<Enrolled, Failure> {
        let wish = Wish {
            guard,
            by_hand: true,
            assumed: self.assumed,
        };
        Ok(enrol(store, list, wish, self.context.clock.now())?)
    }

    /// Imports for good: a file from elsewhere is tried first, then becomes the list's own, so that files say who is on a list.
    fn keep(&self, store: &mut Store, list: ListFile) -> Result<(), Failure> {
        let guard = match self.args.yes {
            true => Guard::Trusted,
            false => Guard::Cautious,
        };
        let is_a_rehearsal = self.context.is_rehearsal();
        let list = match is_a_rehearsal || list.is_at_home(self.root) {
            true => list,
            false => {
                let tried = self.read(store, &list, Guard::DryRun)?;
                self.refuse(&list, &tried)?;
                list.take_in(self.root).map_err(|error| unwritable(&error))?
            }
        };
        let enrolled = self.read(store, &list, guard)?;
        self.refuse(&list, &enrolled)?;
        self.show(&list, &enrolled)?;
        match (is_a_rehearsal, &enrolled) {
            (true, _) => Ok(()),
            // An import that died before its mapping was written is finished by the next one.
            (false, Enrolled::Same) if !list.has_mapping(self.root) => {
                let tried = self.read(store, &list, Guard::DryRun)?;
                self.write_mapping(store, &list, &tried)
            }
            (false, _) => self.write_mapping(store, &list, &enrolled),
        }
    }

    /// Ends where the file is of no use, or changes more than anybody has looked at.
    fn refuse(&self, list: &ListFile, enrolled: &Enrolled) -> Result<(), Failure> {
        let objections = match self.args.yes && matches!(enrolled, Enrolled::Read { .. }) {
            true => Vec::new(),
            false => objection(list, enrolled),
        };
        match objections.is_empty() {
            true => Ok(()),
            false => Err(Failure {
                text: "nothing was imported".to_owned(),
                ..Failure::findings(objections)
            }),
        }
    }

    fn show(&self, list: &ListFile, enrolled: &Enrolled) -> Result<(), Failure> {
        match enrolled {
            Enrolled::Unreadable { findings } => Err(Failure::findings(findings.clone())),
            Enrolled::Same => show::same(self.context.ui, list),
            Enrolled::TakenBack(_) => Ok(()),
            Enrolled::Read { imported, rows, .. } => {
                let blank = self
                    .jurisdiction
                    .and_then(|law| without_consent(list, rows, &imported.report, law));
                show::read(self.context.ui, list, imported, rows, blank, self.args.dry_run)?;
                match &self.args.rejects {
                    Some(file) => show::write_rejects(self.context.ui, file, &rows.skipped),
                    None => Ok(()),
                }
            }
        }
    }

    /// Writes down, after the first import of a list, what its columns were taken for.
    fn write_mapping(&self, store: &mut Store, list: &ListFile, enrolled: &Enrolled) -> Result<(), Failure> {
        let Enrolled::Read { rows, file_hash, .. } = enrolled else {
            return Ok(());
        };
        let written = list.write_mapping(self.root, &list.mapping.written(&rows.columns, None));
        match written {
            Ok(Some((file, mapped))) => {
                store.note_list_source(&list.name, source(&mapped, file_hash).as_ref())?;
                self.context
                    .ui
                    .say(&format!("wrote `{file}`: what each column was taken for; correct it there"));
                Ok(())
            }
            Ok(None) => self.add_encoding(list),
            Err(error) => {
                let text = format!("the mapping of list `{}` cannot be written: {error}", list.name);
                self.context.ui.findings(&[Finding::warning(&list.file, text)]);
                Ok(())
            }
        }
    }

    /// An encoding that was said once is kept in the list's mapping: the next run reads the file in the same way.
    fn add_encoding(&self, list: &ListFile) -> Result<(), Failure> {
        match &self.args.encoding {
            Some(encoding) if !self.mapping_says_encoding => {
                list.add_encoding(self.root, encoding).map_err(|error| unwritable(&error))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn unwritable(error: &std::io::Error) -> Failure {
    let text = format!("a file in `subscribers/` cannot be written: {error}");
    Failure::new(Kind::Store, text).hint("the list stands as before; look at the folder's rights and the disk's room")
}

/// The list file that is meant: one of the workspace's, or another file for one of its lists.
fn list_file(root: &Path, workspace: &Workspace, file: &Path, args: &Args) -> Result<ListFile, Failure> {
    let name = match (&args.list, file.file_stem().and_then(|stem| stem.to_str())) {
        (Some(name), _) => name.clone(),
        (None, Some(stem)) => stem.to_owned(),
        (None, None) => {
            return Err(Failure::new(Kind::Usage, "the file has no name to call its list by").hint("name it: `--list patients`"));
        }
    };
    if word::attribute_name(&name).is_none() || name.contains(['/', '\\']) || name.starts_with('.') {
        let text = format!("`{name}` cannot be a list's name");
        return Err(Failure::new(Kind::Usage, text).hint("name it with letters, digits and `-`: `--list patients`"));
    }
    let known = workspace.lists.iter().find(|list| list.name == name);
    let path = [file.to_owned(), root.join(file)].into_iter().find(|path| path.is_file());
    let Some(path) = path else {
        let names = workspace.lists.iter().map(|list| list.file.as_str());
        let missing = Failure::new(Kind::Files, format!("there is no file `{}`", file.display()));
        return Err(missing.hint(suggestion::hint(&file.display().to_string(), names)));
    };
    let (mut mapping, faults) = known
        .map(|list| (list.mapping.clone(), list.faults.clone()))
        .unwrap_or_default();
    if let Some(encoding) = &args.encoding {
        refuse_another_encoding(workspace, &name, encoding)?;
        mapping.encoding = Some(encoding.clone());
    }
    let mut list = ListFile::at(root, &path, name, mapping);
    list.faults = faults;
    Ok(list)
}

fn mapped_encoding<'w>(workspace: &'w Workspace, list: &str) -> Option<&'w str> {
    let known = workspace.lists.iter().find(|known| known.name == list);
    known.and_then(|known| known.mapping.encoding.as_deref())
}

/// What the mapping says is what the next run goes by: two words about one file would read it differently every other time.
fn refuse_another_encoding(workspace: &Workspace, list: &str, encoding: &str) -> Result<(), Failure> {
    match mapped_encoding(workspace, list) {
        Some(said) if !said.eq_ignore_ascii_case(encoding) => {
            let text = format!("`--encoding {encoding}`, and `subscribers/{list}.yaml` says `encoding: {said}`");
            Err(Failure::new(Kind::Usage, text).hint("correct it there, and leave `--encoding` out"))
        }
        Some(_) | None => Ok(()),
    }
}

/// What is vouched for, if anything is.
fn assumed(args: &Args, jurisdiction: Option<Jurisdiction>) -> Result<Option<Assumed>, Failure> {
    let Some(written) = args.basis.as_ref().filter(|_| args.assume_consent) else {
        return Ok(None);
    };
    let words = ["express", "implied", "inquiry"];
    let Some(basis) = Basis::parse(&word::fold(written)) else {
        let wrong = Failure::new(Kind::Usage, format!("`--basis {written}` is no ground for consent"));
        return Err(wrong
            .hint(suggestion::hint(written, words))
            .hint("express: they asked for it; implied: a purchase or treatment; inquiry: they asked you a question"));
    };
    let day = args.consent_date.as_deref().map(|day| date::read(day, None)).transpose();
    let date = day.map_err(|error| Failure::new(Kind::Usage, format!("`--consent-date`: {error}")).hint(error.hint()))?;
    if jurisdiction == Some(Jurisdiction::Ca) && date.is_none() {
        return Err(Failure::new(
            Kind::Usage,
            "Canada wants the day of every consent, and `--assume-consent` names none",
        )
        .hint("add the day, such as `--consent-date 2026-06-01`; implied consent ends 24 months after it, an inquiry's 6"));
    }
    let evidence = args.evidence.clone();
    Ok(Some(Assumed { basis, date, evidence }))
}

/// Lines as a person reads them: `lines 3, 7 and 12`, the first twenty of them.
fn lines(numbers: &[usize]) -> String {
    const SHOWN: usize = 20;
    let word = if numbers.len() == 1 { "line" } else { "lines" };
    let shown: Vec<String> = numbers.iter().take(SHOWN).map(ToString::to_string).collect();
    match numbers.len() > SHOWN {
        true => format!("{word} {} and {} more", shown.join(", "), numbers.len() - SHOWN),
        false => format!("{word} {}", super::ui::listed(&shown)),
    }
}

/// A file's name as others may see it.
fn shown_file(path: &Path) -> String {
    let name = path.display().to_string();
    match name.contains('@') {
        true => mask(&name),
        false => name,
    }
}

/// The list's name, for the eye.
fn heading(list: &ListFile) -> String {
    Ui::bold(&list.name)
}
