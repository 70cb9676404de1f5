//! `tidings people export`: people as a list file, or all about one of them.

use super::access::Dossier;
use super::list::require_list;
use crate::cli::context::Context;
use crate::cli::failure::{Failure, Kind};
use crate::cli::private::{csv_line, person_meant, store_there, write_private};
use crate::cli::ui::count;
use crate::store::Store;
use crate::store::dossier::Listed;
use crate::subscriber::Attributes;
use crate::subscriber::consent::Answer;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Write people down as a CSV file, or all that is held about one person as JSON
///
/// Cells that a spreadsheet would take for formulas get a `'` in front, which `tidings import` takes off again: a list that is exported
/// and imported is the same list. The file is for you alone.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  tidings people export patients-2026.csv --list patients\n  tidings people export --person ann@example.org ann.json"
)]
pub(super) struct Args {
    /// The file to write, which must not be there yet; without it the data goes to stdout
    file: Option<PathBuf>,
    /// Only this list
    #[arg(long, value_name = "LIST")]
    list: Option<String>,
    /// All that is held about this person, as one JSON object: the answer to a subject access request
    #[arg(long, value_name = "ADDRESS", conflicts_with = "list")]
    person: Option<String>,
    /// Begin with a byte order mark, which old Excel needs to read accents
    #[arg(long, conflicts_with = "person")]
    bom: bool,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<(), Failure> {
    let store = store_there(context)?;
    if let Some(text) = &args.person {
        return one(context, &store, text, args.file.as_deref());
    }
    require_list(&store, args.list.as_deref())?;
    let sheet = Sheet::of(&store, args.list.as_deref())?;
    let (text, people, suppressed) = sheet.text(&store, args.list.as_deref())?;
    if suppressed > 0 {
        // A file says who is on a list; that some of them left is kept elsewhere.
        let who = count(suppressed, "person");
        context.ui.say(&format!(
            "{who} in this list must not be written to, whatever their consent says: another program does not know that"
        ));
        context.ui.hint("take `tidings suppress export FILE` along");
    }
    let text = if args.bom { format!("\u{feff}{text}") } else { text };
    let Some(file) = &args.file else {
        return context.ui.data(text.trim_end());
    };
    write_private(file, &text)?;
    if context.ui.wants_json() {
        return context.ui.json(&serde_json::json!({"file": file, "people": people}));
    }
    context.ui.data(&format!("{}: {}", file.display(), count(people, "person")))
}

fn one(context: &Context, store: &Store, text: &str, file: Option<&Path>) -> Result<(), Failure> {
    let (address, person) = person_meant(context, store, text)?;
    let dossier = Dossier::read(store, &address, person, context.clock.now())?.as_json();
    let Some(file) = file else {
        return context.ui.json(&dossier);
    };
    let text = serde_json::to_string_pretty(&dossier).map_err(|error| Failure::new(Kind::Internal, error.to_string()))?;
    write_private(file, &(text + "\n"))?;
    match context.ui.wants_json() {
        true => context.ui.json(&serde_json::json!({"file": file, "people": 1})),
        false => context
            .ui
            .data(&format!("{}: all that is held about {address}", file.display())),
    }
}

/// What every list tells beside its own columns, as a list file names it.
const CONSENT: [&str; 5] = [
    "consent",
    "consent_basis",
    "consent_date",
    "consent_source",
    "consent_wording",
];

/// The columns of an export.
struct Sheet {
    columns: Vec<String>,
    /// Those of [`CONSENT`] that anybody fills.
    consent: Vec<&'static str>,
    names_list: bool,
}

impl Sheet {
    /// The columns that anybody on these lists has.
    fn of(store: &Store, list: Option<&str>) -> Result<Self, Failure> {
        let mut columns = BTreeSet::new();
        let mut filled = BTreeSet::from(["consent"]);
        store.each_listed(list, |listed| {
            if listed.standing.left_at.is_none() {
                columns.extend(
                    listed
                        .attributes
                        .keys()
                        .chain(listed.rows.iter().flat_map(Attributes::keys))
                        .cloned(),
                );
                filled.extend(
                    consent_cells(&listed)
                        .into_iter()
                        .filter(|(_, value)| !value.is_empty())
                        .map(|(name, _)| name),
                );
            }
            Ok::<_, Failure>(())
        })?;
        Ok(Self {
            columns: columns.into_iter().collect(),
            consent: CONSENT.into_iter().filter(|name| filled.contains(name)).collect(),
            names_list: list.is_none(),
        })
    }

    /// The text, how many people it holds, and how many of them are suppressed.
    fn text(&self, store: &Store, list: Option<&str>) -> Result<(String, u64, u64), Failure> {
        let headings = ["email"]
            .into_iter()
            .chain(self.columns.iter().map(String::as_str))
            .chain(self.consent.iter().copied());
        let mut text = csv_line(headings.chain(self.names_list.then_some("list"))) + "\n";
        let (mut people, mut suppressed) = (0, 0);
        store.each_listed(list, |listed| {
            if listed.standing.left_at.is_none() {
                people += 1;
                suppressed += u64::from(listed.is_suppressed);
                self.write(&listed, &mut text);
            }
            Ok::<_, Failure>(())
        })?;
        Ok((text, people, suppressed))
    }

    /// A line for a person, or one for each of a family.
    fn write(&self, listed: &Listed, text: &mut String) {
        let one = [listed.attributes.clone()];
        let rows: &[Attributes] = if listed.rows.is_empty() { &one } else { &listed.rows };
        let consent = consent_cells(listed);
        for row in rows {
            let mut cells = vec![listed.address.as_str()];
            cells.extend(self.columns.iter().map(|column| row.get(column).map_or("", String::as_str)));
            let cell = |name: &&str| {
                consent
                    .iter()
                    .find(|(known, _)| known == name)
                    .map_or("", |(_, value)| value.as_str())
            };
            cells.extend(self.consent.iter().map(cell));
            cells.extend(self.names_list.then_some(listed.standing.list.as_str()));
            text.push_str(&csv_line(cells));
            text.push('\n');
        }
    }
}

fn consent_cells(listed: &Listed) -> [(&'static str, String); 5] {
    let consent = &listed.standing.consent;
    let answer = match consent.answer {
        Answer::Unknown => "",
        answer => answer.as_str(),
    };
    let values = [
        answer.to_owned(),
        consent.basis.map(|basis| basis.as_str().to_owned()).unwrap_or_default(),
        consent.date.map(|day| day.to_string()).unwrap_or_default(),
        consent.source.clone().unwrap_or_default(),
        consent.wording.clone().unwrap_or_default(),
    ];
    let mut values = values.into_iter();
    CONSENT.map(|name| (name, values.next().unwrap_or_default()))
}
