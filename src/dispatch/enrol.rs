//! Enrolling: list files that changed are brought into the store, under the guard against broken exports.

use super::DispatchError;
use crate::clock::Clock;
use crate::finding::{Finding, Severity};
use crate::store::Store;
use crate::store::import::{Assumed, Guard, ImportReport, Imported, ListSource, Told};
use crate::subscriber::column::Kind;
use crate::subscriber::consent::Jurisdiction;
use crate::subscriber::csv::{Column, Field, ListReader, ListReport, Meaning, Table};
use crate::workspace::{ListFile, Stamp};
use aws_lc_rs::digest;
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What became of one list file.
#[derive(Debug)]
pub enum Enrolled {
    /// The very bytes that were imported last, read in the same way.
    Same,
    /// A person took the import of these very bytes back: the list stays as it was before them.
    TakenBack(Told),
    /// Imported, or only tried: `rows` says what was read and skipped.
    Read {
        /// What the import did, or would have done.
        imported: Box<Imported>,
        /// What the file holds.
        rows: Box<ListReport>,
        /// The SHA-256 of the bytes that were read.
        file_hash: Vec<u8>,
    },
    /// The file cannot be used: no address column, a quote that never ends.
    Unreadable {
        /// Why not.
        findings: Vec<Finding>,
    },
}

impl Enrolled {
    /// Whether the list says what the file said when it was read.
    fn is_in_the_store(&self) -> bool {
        match self {
            Enrolled::Same => true,
            Enrolled::Read { imported, .. } => imported.kept,
            Enrolled::TakenBack(_) | Enrolled::Unreadable { .. } => false,
        }
    }
}

/// How a list file is to be brought in.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// What becomes of the import once its report is known.
    pub guard: Guard,
    /// Whether a person asked for this very file, rather than a run that found it changed.
    pub by_hand: bool,
    /// What a person vouches for where the file gives no answer.
    pub assumed: Option<&'a Assumed>,
}

impl Wish<'_> {
    /// What a run wants of a file that changed.
    pub const fn of_a_run(guard: Guard) -> Self {
        Self {
            guard,
            by_hand: false,
            assumed: None,
        }
    }
}

/// Imports the list if its file, or how it is read, changed since the last import.
///
/// # Errors
/// When the store fails.
pub fn enrol(store: &mut Store, list: &ListFile, wish: Wish<'_>, now: Timestamp) -> Result<Enrolled, DispatchError> {
    enrol_at(store, list, wish, now, Clock::real().now())
}

/// The same, looked at when this machine's own clock says `looked`: files know no played time.
fn enrol_at(
    store: &mut Store,
    list: &ListFile,
    wish: Wish<'_>,
    now: Timestamp,
    looked: Timestamp,
) -> Result<Enrolled, DispatchError> {
    if !list.faults.is_empty() {
        let findings = list.faults.clone();
        return Ok(Enrolled::Unreadable { findings });
    }
    let stamp = list.stamp(looked);
    if !wish.by_hand && wish.guard != Guard::DryRun && wish.assumed.is_none() && is_seen(store, list, stamp)? {
        return Ok(Enrolled::Same);
    }
    let enrolled = enrol_read(store, list, wish, now)?;
    // What was written while it was read is not what was read.
    if let Some(stamp) = stamp.filter(|stamp| enrolled.is_in_the_store() && list.stamp(looked) == Some(*stamp)) {
        note_seen(store, list, stamp)?;
    }
    Ok(enrolled)
}

/// The same, by what the file says.
fn enrol_read(store: &mut Store, list: &ListFile, wish: Wish<'_>, now: Timestamp) -> Result<Enrolled, DispatchError> {
    let bytes = match list.read() {
        Ok(bytes) => bytes,
        Err(finding) => return Ok(Enrolled::Unreadable { findings: vec![finding] }),
    };
    let file_hash = digest::digest(&digest::SHA256, &bytes);
    let hash = source_hash(file_hash.as_ref(), list);
    if wish.guard != Guard::DryRun && wish.assumed.is_none() && store.list_source(&list.name)?.as_deref() == Some(hash.as_ref()) {
        return Ok(Enrolled::Same);
    }
    if let Some(told) = store.taken_back(&list.name, file_hash.as_ref())?.filter(|_| !wish.by_hand) {
        return Ok(Enrolled::TakenBack(told));
    }
    let (file, mapping) = (list.file.as_str(), &list.mapping);
    match Table::of(file, &bytes, mapping, None) {
        Ok(table) => read(
            store,
            list,
            &table,
            &Hashes {
                file: file_hash,
                source: hash,
            },
            wish,
            now,
        ),
        Err(findings) => Ok(Enrolled::Unreadable { findings }),
    }
}

/// What a list stands on.
struct Hashes {
    file: digest::Digest,
    source: digest::Digest,
}

/// Streams the people of a file into the store.
fn read(
    store: &mut Store,
    list: &ListFile,
    table: &Table<'_>,
    hashes: &Hashes,
    wish: Wish<'_>,
    now: Timestamp,
) -> Result<Enrolled, DispatchError> {
    let mut reader = match ListReader::open(&list.file, table, &list.mapping) {
        Ok(reader) => reader,
        Err(findings) => return Ok(Enrolled::Unreadable { findings }),
    };
    // Whether a list has anybody at all is known before anything is written.
    let Some(first) = reader.next() else {
        return nobody(store, list, reader.finish(), hashes, wish, now);
    };
    let columns = columns(reader.columns());
    let people = std::iter::once(first).chain(std::iter::from_fn(|| reader.next()));
    let people = people.map(|row| (row.line, row.subscriber));
    let imported = store.import(&hashes.source_of(list, &columns, wish), people, wish.guard, now)?;
    let (imported, rows) = (Box::new(imported), Box::new(reader.finish()));
    let file_hash = hashes.file.as_ref().to_vec();
    Ok(Enrolled::Read {
        imported,
        rows,
        file_hash,
    })
}

/// A file without a person: an empty list, or one of which no row can be used.
fn nobody(
    store: &mut Store,
    list: &ListFile,
    rows: ListReport,
    hashes: &Hashes,
    wish: Wish<'_>,
    now: Timestamp,
) -> Result<Enrolled, DispatchError> {
    if rows.findings.iter().any(Finding::is_error) {
        return Ok(Enrolled::Unreadable { findings: rows.findings });
    }
    let columns = columns(&rows.columns);
    let imported = store.import(&hashes.source_of(list, &columns, wish), std::iter::empty(), wish.guard, now)?;
    let file_hash = hashes.file.as_ref().to_vec();
    Ok(Enrolled::Read {
        imported: Box::new(imported),
        rows: Box::new(rows),
        file_hash,
    })
}

impl Hashes {
    fn source_of<'a>(&'a self, list: &'a ListFile, columns: &'a Columns, wish: Wish<'a>) -> ListSource<'a> {
        ListSource {
            list: &list.name,
            file: list.file_name(),
            file_hash: self.file.as_ref(),
            hash: self.source.as_ref(),
            columns: &columns.known,
            asks_consent: columns.asks_consent,
            assumed: wish.assumed,
        }
    }
}

/// What an import has to know of a file's columns.
struct Columns {
    /// Those that templates and segments know, each name once.
    known: Vec<(String, Kind)>,
    /// Whether one of them asks people whether they want mail.
    asks_consent: bool,
}

fn columns(columns: &[Column]) -> Columns {
    let mut known: BTreeMap<String, Kind> = BTreeMap::new();
    for column in columns {
        if let Some(name) = column.attribute() {
            let kind = known.entry(name.to_owned()).or_insert(column.kind);
            *kind = kind.and(column.kind);
        }
    }
    Columns {
        known: known.into_iter().collect(),
        asks_consent: columns.iter().any(|column| column.meaning == Meaning::Field(Field::Consent)),
    }
}

/// The same alarm as a warning, for whoever only looks ahead: `send` and `run` would stop there.
pub fn forewarning(list: &ListFile, enrolled: &Enrolled) -> Option<Finding> {
    match enrolled {
        Enrolled::Read { imported, .. } if imported.kept && imported.report.is_alarming() => Some(Finding {
            severity: Severity::Warning,
            ..alarm(list, &imported.report)
        }),
        Enrolled::TakenBack(told) => Some(taken_back(list, told)),
        Enrolled::Read { .. } | Enrolled::Same | Enrolled::Unreadable { .. } => None,
    }
}

/// What a list stands on: the file's bytes, and everything that decides how they are read.
fn source_hash(file_hash: &[u8], list: &ListFile) -> digest::Digest {
    let mut whole = digest::Context::new(&digest::SHA256);
    whole.update(READER);
    whole.update(file_hash);
    whole.update(format!("{:?}", list.mapping).as_bytes());
    whole.finish()
}

/// Whether a list's file, or how it is read, is not what was imported last; a file that cannot be read tells nothing new.
///
/// # Errors
/// When the store cannot be read.
pub fn is_changed(store: &Store, list: &ListFile) -> Result<bool, DispatchError> {
    if is_seen(store, list, list.stamp(Clock::real().now()))? {
        return Ok(false);
    }
    let Ok(bytes) = list.read() else { return Ok(false) };
    let hash = source(list, digest::digest(&digest::SHA256, &bytes).as_ref());
    Ok(store.list_source(&list.name)?.as_deref() != Some(hash.as_ref()))
}

/// Whether the file is known, from outside, to say what the list was imported from: a large file is not read by every heartbeat.
fn is_seen(store: &Store, list: &ListFile, stamp: Option<Stamp>) -> Result<bool, DispatchError> {
    let (Some(stamp), Some(source)) = (stamp, store.list_source(&list.name)?) else {
        return Ok(false);
    };
    Ok(store.list_seen(&list.name)?.as_deref() == Some(seen(list, stamp, &source).as_ref()))
}

/// Writes down that the file says, under this stamp, what the list was imported from.
fn note_seen(store: &mut Store, list: &ListFile, stamp: Stamp) -> Result<(), DispatchError> {
    let Some(source) = store.list_source(&list.name)? else {
        return Ok(());
    };
    let seen = seen(list, stamp, &source);
    match store.list_seen(&list.name)?.as_deref() == Some(seen.as_ref()) {
        true => Ok(()),
        false => Ok(store.note_list_seen(&list.name, seen.as_ref())?),
    }
}

/// A file's stamp, how the file is read, and what the list was imported from: none of them may be another one.
fn seen(list: &ListFile, stamp: Stamp, source: &[u8]) -> digest::Digest {
    let mut whole = digest::Context::new(&digest::SHA256);
    whole.update(source);
    whole.update(source_hash(format!("{stamp:?}").as_bytes(), list).as_ref());
    whole.finish()
}

/// What a list stands on when bytes of this hash are read by its mapping.
pub fn source(list: &ListFile, file_hash: &[u8]) -> digest::Digest {
    source_hash(file_hash, list)
}

/// Raised when this program comes to read the same bytes in another way: then every list is read once more.
const READER: &[u8] = b"1";

fn taken_back(list: &ListFile, told: &Told) -> Finding {
    let text = format!(
        "import {} of this very file was taken back, so list `{}` stays as it was before",
        told.import.0, list.name
    );
    Finding::warning(&list.file, text).hint(format!(
        "put the right file there; or, to bring this one in all the same: `tidings import {}`",
        list.file
    ))
}

/// What a renamed list would bring back: people of a new list who left another one, by name or by a no in its file.
pub fn left_elsewhere(list: &ListFile, report: &ImportReport) -> Option<Finding> {
    let people = Some(report.left_elsewhere).filter(|people| *people > 0)?;
    let text = match people {
        1 => format!(
            "list `{}` is new, and 1 person on it left another list or said no there",
            list.name
        ),
        people => format!(
            "list `{}` is new, and {people} people on it left another list or said no there",
            list.name
        ),
    };
    let hint = "if it is that list under another name, give it its old name back; else `tidings why ADDRESS` tells what they left";
    Some(Finding::warning(&list.file, text).hint(hint))
}

/// What deserves a look in a list that was read: where the law wants a yes and nobody in the file says one, nobody is written to.
pub fn without_consent(list: &ListFile, rows: &ListReport, report: &ImportReport, jurisdiction: Jurisdiction) -> Option<Finding> {
    // Of people who left there is nothing to vouch for.
    let left = report.suppressed + report.unsubscribed + report.erased;
    if jurisdiction == Jurisdiction::Us || report.agreed > 0 || report.read() <= left {
        return None;
    }
    let text = match rows.tells_consent() {
        true => "nobody in this list says yes to mail, so nobody on it is written to: blank is not yes",
        false => "no column of this list tells who agreed to mail, so nobody on it is written to: blank is not yes",
    };
    Some(Finding::warning(&list.file, text).hint(format!(
        "add a column `consent` with yes or no; or, if you can vouch for them: `tidings import {} --assume-consent --basis implied \
         --evidence TEXT`",
        list.file
    )))
}

/// Why a list may not be used as it stands, if so: it is unreadable, or changes too much for nobody to look.
pub fn objection(list: &ListFile, enrolled: &Enrolled) -> Vec<Finding> {
    match enrolled {
        Enrolled::Unreadable { findings } => findings.clone(),
        Enrolled::Read { imported, .. } if !imported.kept && imported.report.is_alarming() => {
            vec![alarm(list, &imported.report)]
        }
        Enrolled::Read { .. } | Enrolled::Same | Enrolled::TakenBack(_) => Vec::new(),
    }
}

fn alarm(list: &ListFile, report: &ImportReport) -> Finding {
    let share = match report.changed() * 100 / report.before.max(1) {
        share @ ..=100 => format!("{share} %"),
        _ => "more than all".to_owned(),
    };
    let text = format!(
        "the file would change {share} of list `{}` ({} people: {} new, {} changed, {} gone)",
        list.name,
        report.before,
        report.added + report.returned,
        report.updated,
        report.left
    );
    let hint = format!(
        "if that is right, say so once: `tidings import {}{} --yes`; nothing was changed",
        list.file,
        list.said_name()
    );
    Finding::error(&list.file, text).hint(hint)
}

#[cfg(test)]
#[path = "enrol_tests.rs"]
mod tests;
