//! One record of a list file as a person, or the reason why it is none.

use crate::address::{Address, Remark, mask};
use crate::subscriber::column::{self, Kind};
use crate::subscriber::csv::cell;
use crate::subscriber::csv::field::Field;
use crate::subscriber::csv::header::{Layout, Meaning};
use crate::subscriber::csv::nobody;
use crate::subscriber::csv::note::Notes;
use crate::subscriber::csv::permission;
use crate::subscriber::csv::record::Record;
use crate::subscriber::date::{self, DayOrder};
use crate::subscriber::{Attributes, Subscriber, word};
use jiff::civil::Date;

/// Why a record is left out.
pub(super) struct Rejection {
    /// The cell at fault, if it is one.
    pub(super) cell: Option<usize>,
    /// What was found, as it stands.
    pub(super) value: String,
    /// What is equal in all rows left out for this reason.
    pub(super) kind: &'static str,
    /// Why it is left out.
    pub(super) reason: String,
    /// How to mend it.
    pub(super) fix: Option<String>,
}

/// Reads records by one layout.
pub(super) struct RowReader {
    pub(super) layout: Layout,
    pub(super) days: Option<DayOrder>,
    pub(super) notes: Notes,
    /// The columns that hold the reason why somebody left.
    pub(super) reasons: Vec<usize>,
}

impl RowReader {
    /// A reader whose remarks nobody has heard yet.
    pub(super) fn new(layout: Layout, days: Option<DayOrder>) -> Self {
        let notes = Notes::default();
        let columns = layout.columns.iter().enumerate();
        let reasons = columns.filter(|(_, column)| permission::names_reason(&column.header));
        Self {
            reasons: reasons.map(|(index, _)| index).collect(),
            layout,
            days,
            notes,
        }
    }

    /// The person of one record.
    pub(super) fn read(&mut self, record: &Record<'_>) -> Result<Subscriber, Rejection> {
        nobody::is_meant(record, &self.layout)?;
        self.check_shape(record)?;
        let address = self.address(record)?;
        let joined = self.day(record, Field::Joined);
        let mut attributes = self.other_columns(record);
        self.names(record, &mut attributes);
        let language = self.filled(record, Field::Language).and_then(|(_, cell)| cell::value(cell));
        attributes.extend(language.map(|language| ("language".to_owned(), language)));
        attributes.extend(joined.map(|joined| ("joined".to_owned(), joined.to_string())));
        let left = self.left(record);
        let consent = self.consent(record, left);
        self.remark_on_unnamed(record);
        self.remark_on_errors(record);
        Ok(Subscriber {
            address,
            attributes,
            consent,
            joined,
            rows: Vec::new(),
            left,
        })
    }

    /// The cell where an address should stand.
    fn address_cell(&self, record: &Record<'_>) -> String {
        let email = self.layout.of(Field::Email).first();
        email.map_or(String::new(), |email| record.cell(*email).to_owned())
    }

    fn check_shape(&mut self, record: &Record<'_>) -> Result<(), Rejection> {
        let width = self.layout.columns.len();
        if record.raw().contains('\0') {
            return Err(Rejection {
                cell: None,
                value: self.address_cell(record),
                kind: "nul",
                reason: "the row has a NUL character, which no text has".to_owned(),
                fix: Some("type the row again, or export the list again as CSV UTF-8".to_owned()),
            });
        }
        self.check_quotes(record, width)?;
        if (width..record.len()).any(|index| !record.cell(index).is_empty()) {
            return Err(Rejection {
                cell: Some(width),
                value: self.address_cell(record),
                kind: "long",
                reason: format!("the row has {} cells where the header names {width}", record.len()),
                fix: Some(
                    match record.is_of_sheet() {
                        true => "give every column a name, or empty the cells without one",
                        false => "put a cell that contains the separator in double quotes: `\"Lee, Ann\"`",
                    }
                    .to_owned(),
                ),
            });
        }
        if record.len() < width && !record.is_of_sheet() {
            let text = || {
                format!(
                    "the row has {} cells where the header names {width}; the missing ones count as empty",
                    record.len()
                )
            };
            self.notes.once("short", || record.place(0), text, None);
        }
        Ok(())
    }

    /// A quote in the wrong place shifts the cells behind it: what stands under `consent` may be another column's answer.
    fn check_quotes(&mut self, record: &Record<'_>, width: usize) -> Result<(), Rejection> {
        if let Some(index) = record.holds_a_row() {
            let text =
                || "a quoted cell holds a line that looks like a row of the list; it was read as part of the cell".to_owned();
            let fix = "if a quote was lost there, people are missing: close it with a second `\"`";
            self.notes.once("row in a cell", || record.place(index), text, Some(fix));
        }
        let Some(index) = record.frayed() else { return Ok(()) };
        let fix = "close the quote at the end of its cell, and write a quote inside as `\"\"`";
        if record.len() != width {
            return Err(Rejection {
                cell: Some(index),
                value: self.address_cell(record),
                kind: "frayed",
                reason: "text stands behind a closing quote, so it is not certain which cell is which".to_owned(),
                fix: Some(fix.to_owned()),
            });
        }
        let text = || "text stands behind the closing quote of a cell".to_owned();
        self.notes.once("frayed", || record.place(index), text, Some(fix));
        Ok(())
    }

    fn address(&mut self, record: &Record<'_>) -> Result<Address, Rejection> {
        let columns = self.layout.of(Field::Email);
        let Some((index, written)) = self.filled(record, Field::Email) else {
            return Err(nobody::without_address(record, columns.first().copied()));
        };
        let rejected = |kind: &'static str, reason: String, fix: &str| Rejection {
            cell: Some(index),
            kind,
            value: written.to_owned(),
            reason,
            fix: Some(fix.to_owned()),
        };
        let (address, more) = cell::address(written).map_err(|error| match word::is_blank(written) {
            _ if nobody::is_footer(record) && !written.contains('@') => nobody::without_address(record, Some(index)),
            _ if cell::is_exchange_address(written) => rejected(
                "exchange",
                "the cell holds an address of the Exchange directory, which mail from outside cannot reach".to_owned(),
                "put the person's internet address in its place, or export the contacts with it",
            ),
            true => rejected(
                "blank",
                "the cell says that there is no address".to_owned(),
                "leave it, or ask the person for an address",
            ),
            false => rejected(
                "no address",
                format!("`{}` is no address: {}", mask(written), error.why()),
                "correct the address, or take the row out",
            ),
        })?;
        if cell::is_mojibake(written) {
            let reason = format!("`{}` was broken by a wrong encoding", address.masked());
            return Err(rejected("mojibake address", reason, MOJIBAKE));
        }
        if more > 0 {
            let text = || {
                format!(
                    "the cell holds several addresses; the first one counts, `{}`",
                    address.masked()
                )
            };
            let hint = || Some("give every person a row of their own".to_owned());
            self.notes.each("several", || record.place(index), text, hint);
        }
        for remark in address.remarks() {
            let text = format!("`{}` {remark}", address.masked());
            match &remark {
                Remark::Placeholder => return Err(rejected("placeholder", text, "leave it, or ask the person for an address")),
                Remark::Role => self.notes.once(
                    "role",
                    || record.place(index),
                    || text,
                    Some("write to a person where you can"),
                ),
                Remark::Slip(meant) => {
                    let hint = || Some(format!("if `@{meant}` was meant, correct the row"));
                    self.notes.each("slip", || record.place(index), || text, hint);
                }
            }
        }
        Ok(address)
    }

    /// The first filled column of `field`.
    pub(super) fn filled<'r>(&self, record: &'r Record<'_>, field: Field) -> Option<(usize, &'r str)> {
        let columns = self.layout.of(field).iter();
        columns
            .map(|index| (*index, record.cell(*index)))
            .find(|(_, cell)| !cell.is_empty())
    }

    fn other_columns(&mut self, record: &Record<'_>) -> Attributes {
        let mut attributes = Attributes::new();
        for (index, column) in self.layout.columns.iter().enumerate() {
            let name = match &column.meaning {
                Meaning::Attribute(name) => name.as_str(),
                Meaning::Field(Field::Status) => Field::Status.as_str(),
                Meaning::Field(_) | Meaning::Withheld | Meaning::Unnamed | Meaning::Ignored => continue,
            };
            let written = record.cell(index);
            // Quotes hold a tag together; around any other value they are somebody's slip.
            let value = match column.kind {
                Kind::Tags => cell::value(&column::tags(cell::unguarded(written))),
                _ => cell::value(written),
            };
            let Some(value) = value else { continue };
            // Of columns with the same name the first filled one counts.
            if attributes.contains_key(name) {
                continue;
            }
            if cell::is_mojibake(&value) {
                let text = || {
                    format!(
                        "a value in `{}` was broken by a wrong encoding and is not kept",
                        column.header
                    )
                };
                self.notes
                    .each("mojibake value", || record.place(index), text, || Some(MOJIBAKE.to_owned()));
                continue;
            }
            match column.kind.kept(value, self.days) {
                Ok(kept) => attributes.extend(kept.map(|value| (name.to_owned(), value))),
                Err(error) => {
                    let text = || format!("a value in `{}` is not kept: {error}", column.header);
                    let hint = || Some(error.hint());
                    self.notes.each(format!("kind {index}"), || record.place(index), text, hint);
                }
            }
        }
        attributes
    }

    fn names(&mut self, record: &Record<'_>, attributes: &mut Attributes) {
        let mut names = [Field::FirstName, Field::LastName, Field::Name].map(|field| {
            let (index, written) = self.filled(record, field)?;
            let name = cell::name(written)?;
            if cell::is_mojibake(&name) {
                let text = || format!("the name `{name}` was broken by a wrong encoding and is not used");
                self.notes
                    .each("mojibake", || record.place(index), text, || Some(MOJIBAKE.to_owned()));
                return None;
            }
            Some(name)
        });
        if let Some((last, first)) = names[2].as_deref().and_then(last_first) {
            let [whole_first, whole_last] = [first, last].map(str::to_owned);
            names[2] = Some(format!("{whole_first} {whole_last}"));
            names[0].get_or_insert(whole_first);
            names[1].get_or_insert(whole_last);
        }
        for (key, name) in ["first_name", "last_name", "name"].into_iter().zip(names) {
            attributes.extend(name.map(|name| (key.to_owned(), name)));
        }
    }

    pub(super) fn day(&mut self, record: &Record<'_>, field: Field) -> Option<Date> {
        let (index, written) = self.filled(record, field)?;
        match date::read(written, self.days) {
            Ok(day) => Some(day),
            Err(_) if word::is_blank(written) || written.starts_with("0000-00-00") => None,
            Err(error) => {
                let text = || format!("`{}` is left empty: {error}", field.as_str());
                let hint = match &error {
                    date::DateError::Ambiguous { .. } => {
                        format!("{}; or write `days: day first` into the list's `.yaml` file", error.hint())
                    }
                    date::DateError::Unknown(_) => error.hint(),
                };
                self.notes
                    .once(format!("day {index}"), || record.place(index), text, Some(&hint));
                None
            }
        }
    }

    /// What a spreadsheet could not compute is no value.
    fn remark_on_errors(&mut self, record: &Record<'_>) {
        let mut cells = record.iter().enumerate();
        if let Some((index, shown)) = cells.find(|(_, cell)| cell::is_error(cell)) {
            let text = || format!("the cell holds the error `{}` and counts as empty", shown.trim());
            let hint = Some("mend the formula in the spreadsheet, or type the value");
            self.notes.once("error", || record.place(index), text, hint);
        }
    }

    /// Values under an empty header are dropped, which must not go unsaid.
    fn remark_on_unnamed(&mut self, record: &Record<'_>) {
        for index in self.layout.unnamed() {
            if !record.cell(*index).is_empty() {
                let text = || format!("column {} has no header, so its values are not kept", index + 1);
                let hint = Some("give the column a name in the first line");
                self.notes
                    .once(format!("unnamed {index}"), || record.place(*index), text, hint);
            }
        }
    }
}

/// What to do about text that was decoded wrongly on its way.
const MOJIBAKE: &str = "export the list again as CSV UTF-8, or correct the row";

/// The two parts of `Last, First`.
fn last_first(name: &str) -> Option<(&str, &str)> {
    let (last, first) = name.split_once(',')?;
    let (last, first) = (last.trim(), first.trim());
    (!last.is_empty() && !first.is_empty() && !first.contains(',')).then_some((last, first))
}
