//! A list file's text as people.
//!
//! Promises: no row is lost in silence: every record is a person, was merged into one, or is named with its physical line, the reason
//! and the fix. Columns are recognised by exact aliases or by the list's mapping, never by guess. Texts in findings are masked. Knows
//! nothing of encodings (the text is decoded already), of the store, or of what the clinic's law accepts.

mod cell;
mod delimiter;
mod field;
mod header;
mod mapping;
mod merge;
mod note;
mod record;
mod row;

pub use delimiter::Delimiter;
pub use field::Field;
pub use header::{Column, Meaning};
pub use mapping::{Mapping, MappingFile};

use crate::address::mask;
use crate::finding::{Finding, Place, suggestion};
use crate::subscriber::{Subscriber, word};
use header::Layout;
use merge::{Joined, People};
use note::Notes;
use record::{OpenQuote, Record, Records};
use row::{Rejection, RowReader};

/// What a list file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRows {
    /// The people, each address once, in the order of the file.
    pub rows: Vec<Row>,
    /// The columns and what they were taken for.
    pub columns: Vec<Column>,
    /// Everything worth saying; errors only where the file as a whole is of no use.
    pub findings: Vec<Finding>,
    /// The rows that are nobody.
    pub skipped: Vec<Skipped>,
    /// The rows that were merged into an earlier one.
    pub merged: Vec<Merged>,
    /// What separates the columns.
    pub delimiter: Delimiter,
}

/// One person and the physical line of their first row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line, from 1.
    pub line: usize,
    /// The person.
    pub subscriber: Subscriber,
}

/// One row that is nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The physical line, from 1.
    pub line: usize,
    /// The header of the column at fault, if it is one.
    pub column: Option<String>,
    /// What was found, masked.
    pub value: String,
    /// Why the row is left out.
    pub reason: String,
    /// How to mend it.
    pub fix: Option<String>,
}

/// One row whose address stood in the file already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merged {
    /// The physical line of the row.
    pub line: usize,
    /// The line of the first row with this address.
    pub into: usize,
}

impl ListRows {
    /// Whether some column tells who agreed to mail; without one nobody can be written to where the law wants a yes.
    pub fn tells_consent(&self) -> bool {
        let tells = [Field::Consent, Field::ConsentBasis, Field::Status].map(Meaning::Field);
        self.columns.iter().any(|column| tells.contains(&column.meaning))
    }
}

/// How many records may stand above the line with the column names.
const LINES_ABOVE_HEADER: usize = 10;

/// The people in `text`, the decoded contents of `file`.
pub fn read(file: &str, text: &str, mapping: &Mapping) -> ListRows {
    let start = text.len() - text.strip_prefix('\u{feff}').unwrap_or(text).len();
    let (said, start) = match delimiter::said(&text[start..]) {
        Some((delimiter, length)) => (Some(delimiter), start + length),
        None => (None, start),
    };
    let names_address = |header: &str| header::names_address(header, mapping);
    let delimiter = mapping
        .delimiter
        .or(said)
        .unwrap_or_else(|| delimiter::found_out(&text[start..], names_address));
    let mut reading = Reading::new(file, delimiter);
    let mut records = Records::new(text, start, delimiter);
    if let Some(header) = reading.header(&mut records, mapping) {
        reading.people(&header, records, mapping);
    }
    reading.list
}

/// One reading of one file.
struct Reading<'f> {
    file: &'f str,
    list: ListRows,
}

impl<'f> Reading<'f> {
    fn new(file: &'f str, delimiter: Delimiter) -> Self {
        let list = ListRows {
            rows: Vec::new(),
            columns: Vec::new(),
            findings: Vec::new(),
            skipped: Vec::new(),
            merged: Vec::new(),
            delimiter,
        };
        Self { file, list }
    }

    /// The line with the column names: the first one that names the addresses, near the top.
    fn header<'t>(&mut self, records: &mut Records<'t>, mapping: &Mapping) -> Option<Record<'t>> {
        let mut above: Vec<Record<'t>> = Vec::new();
        while above.len() < LINES_ABOVE_HEADER {
            let record = match records.next() {
                None => break,
                Some(Err(open)) => {
                    self.open_quote(&open);
                    continue;
                }
                Some(Ok(record)) if record.is_blank() => continue,
                Some(Ok(record)) => record,
            };
            if record.iter().any(|cell| header::names_address(cell, mapping)) {
                above.iter().for_each(|record| self.above_header(record));
                return Some(record);
            }
            above.push(record);
        }
        let finding = match above.first() {
            Some(first) => {
                self.list.columns = Layout::new(first, mapping).columns;
                no_address_column(self.file, first)
            }
            None => Finding::error(self.file, "the list is empty")
                .hint("its first line names the columns, such as `email,first_name,consent`"),
        };
        self.list.findings.push(finding);
        None
    }

    fn people(&mut self, header: &Record<'_>, mut records: Records<'_>, mapping: &Mapping) {
        let layout = Layout::new(header, mapping);
        let mut notes = Notes::default();
        self.remark_on_header(header, &layout, mapping);
        records.expect_width(layout.columns.len());
        let mut reader = RowReader {
            layout: &layout,
            days: mapping.days,
            notes: Notes::default(),
        };
        let mut people = People::default();
        while let Some(record) = records.next() {
            match record {
                Err(open) => self.open_quote(&open),
                Ok(record) if record.is_blank() => {}
                Ok(record) => match reader.read(&record) {
                    Err(rejection) => self.reject(&record, &layout, rejection),
                    Ok(subscriber) => {
                        remark_on_unnamed(&record, &layout, &mut notes);
                        let line = record.line;
                        if let Some(joined) = people.add(Row { line, subscriber }) {
                            self.merged(&record, &layout, &joined);
                        }
                    }
                },
            }
        }
        self.list.rows = people.into_rows();
        self.list.columns = layout.columns.clone();
        self.list.findings.extend(notes.into_findings(self.file));
        self.list
            .findings
            .extend(std::mem::take(&mut reader.notes).into_findings(self.file));
        self.remark_on_emptiness();
        self.list.findings.sort_by_key(|finding| (!finding.is_error(), finding.place));
    }

    fn remark_on_header(&mut self, header: &Record<'_>, layout: &Layout, mapping: &Mapping) {
        let headers: Vec<&str> = layout.columns.iter().map(|column| column.header.as_str()).collect();
        for mapped in mapping.columns() {
            let is_there = |header: &&str| **header == mapped.header || word::fold(header) == mapped.folded;
            if !headers.iter().any(is_there) {
                let text = format!("the list has no column `{}`, which its `.yaml` file names", mapped.header);
                let hint = suggestion::hint(&mapped.header, headers.iter().copied());
                self.list
                    .findings
                    .push(Finding::error(self.file, text).at(header.place(0)).hint(hint));
            }
        }
        self.remark_on_doubles(header, layout);
        let withheld: Vec<String> = layout
            .columns
            .iter()
            .filter(|column| column.meaning == Meaning::Withheld)
            .map(|column| format!("`{}`", column.header))
            .collect();
        if !withheld.is_empty() {
            let text = format!("not kept, because it looks sensitive: {}", withheld.join(", "));
            let hint = "letters do not need it; to keep one all the same, name it under `columns:` in the list's `.yaml` file";
            self.list
                .findings
                .push(Finding::warning(self.file, text).at(header.place(0)).hint(hint));
        }
    }

    /// Columns that say the same: which of them counts has to be said, unless the order of the aliases is what anybody would choose.
    fn remark_on_doubles(&mut self, header: &Record<'_>, layout: &Layout) {
        for (index, column) in layout.columns.iter().enumerate() {
            let Some(earlier) = layout.columns[..index]
                .iter()
                .find(|earlier| earlier.meaning == column.meaning)
            else {
                continue;
            };
            let twice = word::fold(&earlier.header) == word::fold(&column.header);
            let rule = match &column.meaning {
                Meaning::Field(Field::Consent) => "a yes has to stand in both".to_owned(),
                Meaning::Field(field @ Field::Email) => layout.of(*field).first().map_or(String::new(), |first| {
                    format!("`{}` counts where it is filled", layout.columns[*first].header)
                }),
                Meaning::Field(Field::ConsentSource | Field::Unsubscribed) => continue,
                Meaning::Attribute(_) => "the first filled one counts".to_owned(),
                Meaning::Field(_) if twice => "the first filled one counts".to_owned(),
                Meaning::Field(_) | Meaning::Withheld | Meaning::Unnamed | Meaning::Ignored => continue,
            };
            let text = format!(
                "columns `{}` and `{}` both tell {}: {rule}",
                earlier.header, column.header, column.meaning
            );
            let hint = "to decide otherwise, map one of them to `ignore` in the list's `.yaml` file";
            let finding = Finding::warning(self.file, text).at(header.place(index)).hint(hint);
            self.list.findings.push(finding);
        }
    }

    fn remark_on_emptiness(&mut self) {
        let finding = match (self.list.rows.is_empty(), self.list.skipped.is_empty()) {
            (false, _) => return,
            (true, true) => Finding::warning(self.file, "nobody is on this list yet"),
            (true, false) => Finding::error(self.file, "no row of the list has a usable address"),
        };
        self.list.findings.push(finding);
    }

    fn merged(&mut self, record: &Record<'_>, layout: &Layout, joined: &Joined) {
        let email = layout
            .of(Field::Email)
            .iter()
            .copied()
            .find(|index| !record.cell(*index).is_empty());
        let index = email.unwrap_or(0);
        let masked = mask(record.cell(index));
        let text = format!(
            "`{masked}` stands on line {} already; the rows are one person now",
            joined.first
        );
        let finding = Finding::warning(self.file, text).at(record.place(index));
        self.list.findings.push(match (joined.shared, joined.stricter) {
            (true, _) => finding.hint("people with different first names share this address: their letter greets without a name"),
            (false, true) => finding.hint("the rows disagree about consent: the stricter answer counts"),
            (false, false) => finding,
        });
        self.list.merged.push(Merged {
            line: record.line,
            into: joined.first,
        });
    }

    fn above_header(&mut self, record: &Record<'_>) {
        self.skip(
            record.place(0),
            Skipped {
                line: record.line,
                column: None,
                value: String::new(),
                reason: "the row stands above the line with the column names".to_owned(),
                fix: None,
            },
        );
    }

    fn reject(&mut self, record: &Record<'_>, layout: &Layout, rejection: Rejection) {
        let column = rejection.cell.and_then(|index| layout.columns.get(index));
        self.skip(
            record.place(rejection.cell.unwrap_or(0)),
            Skipped {
                line: record.line,
                column: column.map(|column| column.header.clone()),
                value: rejection.value,
                reason: rejection.reason,
                fix: rejection.fix,
            },
        );
    }

    fn open_quote(&mut self, open: &OpenQuote) {
        self.skip(
            open.place,
            Skipped {
                line: open.place.line,
                column: None,
                value: String::new(),
                reason: "a quote is opened here and not closed".to_owned(),
                fix: Some("close it with a second `\"`, or take it out".to_owned()),
            },
        );
    }

    /// Files a row as nobody, and says so.
    fn skip(&mut self, place: Place, skipped: Skipped) {
        let finding = Finding::warning(self.file, format!("row left out: {}", skipped.reason)).at(place);
        self.list.findings.push(match &skipped.fix {
            Some(fix) => finding.hint(fix),
            None => finding,
        });
        self.list.skipped.push(skipped);
    }
}

/// Values under an empty header are dropped, which must not go unsaid.
fn remark_on_unnamed(record: &Record<'_>, layout: &Layout, notes: &mut Notes) {
    for (index, column) in layout.columns.iter().enumerate() {
        if column.meaning == Meaning::Unnamed && !record.cell(index).is_empty() {
            let text = format!("column {} has no header, so its values are not kept", index + 1);
            notes.add(
                format!("unnamed {index}"),
                record.place(index),
                text,
                Some("give the column a name in the first line"),
            );
        }
    }
}

fn no_address_column(file: &str, first: &Record<'_>) -> Finding {
    let headers: Vec<&str> = first.iter().map(str::trim).filter(|header| !header.is_empty()).collect();
    let yaml = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if headers.iter().any(|header| cell::address(header).is_ok()) {
        return Finding::error(file, "the first line is a person, not the names of the columns")
            .at(first.place(0))
            .hint("add a line above it, such as `email,first_name,consent`");
    }
    let shown: Vec<String> = headers.iter().take(30).map(|header| format!("`{}`", short(header))).collect();
    let text = format!("no column holds the addresses; the columns are {}", shown.join(", "));
    let slip = headers
        .iter()
        .find(|header| suggestion::nearest(header, ["email", "e-mail", "email address"]).is_some());
    let accepted = "`email`, `e-mail`, `email address`, `mail`, `courriel`, `correo`";
    let hint = match slip {
        Some(slip) => format!(
            "did you mean `email` by `{}`? rename the column, or write `columns: {{{slip}: email}}` into `{yaml}.yaml`",
            short(slip)
        ),
        None => format!("name the column {accepted}, or write `columns: {{NAME OF THE COLUMN: email}}` into `{yaml}.yaml`"),
    };
    Finding::error(file, text).at(first.place(0)).hint(hint)
}

fn short(header: &str) -> String {
    cell::value(&header.chars().take(60).collect::<String>()).unwrap_or_default()
}

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
