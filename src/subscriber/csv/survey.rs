//! The first walk through a list: which rows share an address, what the columns hold, and how the guessed encoding reads.
//!
//! Promises: of a row only sixteen bytes are kept, so that a list of a million people needs no more memory than a small one needs
//! for its people; two rows are called one person only after their addresses were read and found equal.

use super::cell;
use super::field::Field;
use super::header::{Layout, Meaning};
use super::mapping::Mapping;
use super::record::{Record, Records, Spot};
use super::row::RowReader;
use crate::address::Address;
use crate::subscriber::column::{Guess, Kind};
use crate::subscriber::date::DayOrder;
use crate::subscriber::word;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hasher};

/// So many decoded words are shown where the encoding was guessed.
const SAMPLES: usize = 3;

/// What the first walk found.
#[derive(Default)]
pub(super) struct Survey {
    /// First row and further row of one address, in the order of the first rows.
    pub(super) families: Vec<(Spot, Spot)>,
    /// Where the further rows start, in the order of the file.
    pub(super) further: Vec<usize>,
    /// Words with letters beyond ASCII: names and cities, never addresses.
    pub(super) samples: Vec<String>,
}

/// A row by its address; sixteen bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Trace {
    fingerprint: u64,
    offset: u32,
    line: u32,
}

impl Trace {
    fn spot(self) -> Spot {
        Spot {
            offset: self.offset as usize,
            line: self.line as usize,
        }
    }
}

/// Walks through all records behind the header; the kinds found out go into `layout`.
pub(super) fn walk(records: &Records<'_>, layout: &mut Layout, mapping: &Mapping, wants_samples: bool) -> Survey {
    let mut walk = Walk::new(layout, mapping.days, wants_samples);
    let (mut all, mut record) = (records.clone(), Record::default());
    while let Some(read) = all.read(&mut record) {
        if read.is_ok() {
            walk.see(&record);
        }
    }
    let Walk {
        kinds,
        mut traces,
        samples,
        ..
    } = walk;
    for (index, guess) in kinds {
        if let Some(column) = layout.columns.get_mut(index) {
            column.kind = mapping
                .kind(&column.meaning)
                .unwrap_or_else(|| match names_tags(&column.header) {
                    true => Kind::Tags,
                    false => guess.kind(),
                });
        }
    }
    agree_on_kinds(layout);
    traces.sort_unstable();
    let (families, further) = families(&traces, records, layout, mapping.days);
    Survey {
        families,
        further,
        samples,
    }
}

/// Columns of one name are one attribute, so they are of one kind.
fn agree_on_kinds(layout: &mut Layout) {
    for index in 0..layout.columns.len() {
        let twins = |column: &&super::Column| column.meaning == layout.columns[index].meaning;
        let kinds = layout.columns.iter().filter(twins).map(|column| column.kind);
        let agreed = kinds.reduce(Kind::and).unwrap_or_default();
        let meaning = layout.columns[index].meaning.clone();
        for column in layout.columns.iter_mut().filter(|column| column.meaning == meaning) {
            column.kind = agreed;
        }
    }
}

struct Walk<'l> {
    emails: Vec<usize>,
    kinds: Vec<(usize, Guess)>,
    sampled: Vec<usize>,
    days: Option<DayOrder>,
    layout: &'l Layout,
    wants_samples: bool,
    traces: Vec<Trace>,
    samples: Vec<String>,
}

impl<'l> Walk<'l> {
    fn new(layout: &'l Layout, days: Option<DayOrder>, wants_samples: bool) -> Self {
        let is_attribute = |index: &usize| {
            let meaning = &layout.columns[*index].meaning;
            matches!(meaning, Meaning::Attribute(_) | Meaning::Field(Field::Status))
        };
        let attributes: Vec<usize> = (0..layout.columns.len()).filter(is_attribute).collect();
        let names = [Field::FirstName, Field::LastName, Field::Name];
        let named = names.iter().flat_map(|field| layout.of(*field).iter().copied());
        Self {
            emails: layout.of(Field::Email).to_vec(),
            sampled: named.chain(attributes.iter().copied()).collect(),
            kinds: attributes.into_iter().map(|index| (index, Guess::default())).collect(),
            days,
            layout,
            wants_samples,
            traces: Vec::new(),
            samples: Vec::new(),
        }
    }

    fn see(&mut self, record: &Record<'_>) {
        let cells = self.emails.iter().map(|index| record.cell(*index));
        let Some(email) = cells.into_iter().find(|cell| !cell.is_empty()) else {
            return;
        };
        let Some(fingerprint) = fingerprint(email) else { return };
        let spot = record.spot();
        if let (Ok(offset), Ok(line)) = (u32::try_from(spot.offset), u32::try_from(spot.line)) {
            self.traces.push(Trace {
                fingerprint,
                offset,
                line,
            });
        }
        for (index, guess) in &mut self.kinds {
            let cell = cell::unguarded(record.cell(*index));
            guess.look_at(if cell::is_error(cell) { "" } else { cell }, self.days);
        }
        if self.wants_samples && self.samples.len() < SAMPLES {
            self.sample(record);
        }
    }

    fn sample(&mut self, record: &Record<'_>) {
        for index in &self.sampled {
            let cell = record.cell(*index);
            let foreign = !cell.is_ascii() && !cell.contains('@') && self.layout.columns[*index].kind == Kind::Text;
            let shown = cell::value(cell).filter(|value| foreign && value.chars().count() <= 30);
            if let Some(shown) = shown.filter(|shown| !self.samples.contains(shown)) {
                self.samples.push(shown);
                return;
            }
        }
    }
}

/// What stands for an address until it is compared; `None` for what is none.
fn fingerprint(cell: &str) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let mut folded = [0; 64];
    match folded.get_mut(..cell.len()).filter(|_| is_plain(cell)) {
        Some(folded) => {
            folded.copy_from_slice(cell.as_bytes());
            folded.make_ascii_lowercase();
            hasher.write(folded);
        }
        None => hasher.write(cell::address(cell).ok()?.0.identity().as_bytes()),
    }
    Some(hasher.finish())
}

/// Whether lower case is all that lies between a cell and its identity, if it is an address at all.
fn is_plain(cell: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'.' | b'_' | b'-' | b'+');
    cell.bytes().all(plain) && !cell.ends_with('.') && !cell.contains("--") && cell.bytes().filter(|b| *b == b'@').count() == 1
}

/// The rows that share an address with an earlier one, both as pairs by their first rows and as a list of their own.
fn families(traces: &[Trace], records: &Records<'_>, layout: &Layout, days: Option<DayOrder>) -> (Vec<(Spot, Spot)>, Vec<usize>) {
    let mut families = Vec::new();
    let mut reader = RowReader::new(layout.clone(), days);
    for alike in traces
        .chunk_by(|a, b| a.fingerprint == b.fingerprint)
        .filter(|alike| alike.len() > 1)
    {
        let mut firsts: HashMap<Address, Spot> = HashMap::new();
        for trace in alike {
            let (mut records, mut record) = (records.clone(), Record::default());
            records.go_to(trace.spot());
            let Some(Ok(())) = records.read(&mut record) else { continue };
            let Ok(person) = reader.read(&record) else { continue };
            match firsts.entry(person.address) {
                std::collections::hash_map::Entry::Occupied(first) => families.push((*first.get(), trace.spot())),
                std::collections::hash_map::Entry::Vacant(new) => {
                    new.insert(trace.spot());
                }
            }
        }
    }
    families.sort_unstable();
    let mut further: Vec<usize> = families.iter().map(|(_, further)| further.offset).collect();
    further.sort_unstable();
    (families, further)
}

/// Whether a header announces several words in one cell.
fn names_tags(header: &str) -> bool {
    #[rustfmt::skip]
    const TAGS: &[&str] = &[
        "tag", "tags", "label", "labels", "group", "groups", "group membership", "categories", "etikett", "etiketten", "gruppen", "schlagworter",
        "etiquettes", "groupes", "etiquetas", "grupos", "etichette", "gruppi", "groepen", "marcadores",
    ];
    TAGS.contains(&word::fold(header).as_str())
}
