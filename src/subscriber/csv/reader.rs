//! A list read row by row: its people one after the other, each address once, and a report of everything else.
//!
//! Promises: a family is one person when its first row is met; what is kept in memory does not grow with what the list says of its
//! people. Every record is a person, was merged into one, or is named in the report.

use super::header::{Column, Layout, Meaning};
use super::mapping::Mapping;
use super::merge::Family;
use super::note::Notes;
use super::record::{OpenQuote, Record, Records};
use super::row::{Rejection, RowReader};
use super::table::Table;
use super::{Delimiter, Merged, Row, Skipped, header, opening, survey};
use crate::address::mask;
use crate::finding::{Finding, Place};
use crate::subscriber::Subscriber;
use crate::subscriber::csv::field::Field;

/// How many records may stand above the line with the column names.
const LINES_ABOVE_HEADER: usize = 10;

/// Reads the people of a list one after the other.
pub struct ListReader<'a> {
    file: &'a str,
    table: &'a Table<'a>,
    records: Records<'a>,
    record: Record<'a>,
    reader: RowReader,
    survey: survey::Survey,
    /// How far `survey.families` and `survey.further` have been used up.
    used: (usize, usize),
    report: ListReport,
    /// Remarks on rows that are nobody, and on rows merged.
    fates: Notes,
    people: usize,
}

/// What a list file holds besides its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListReport {
    /// The columns, what they were taken for and what they hold.
    pub columns: Vec<Column>,
    /// Everything worth saying; errors only where the file as a whole is of no use.
    pub findings: Vec<Finding>,
    /// The rows that are nobody.
    pub skipped: Vec<Skipped>,
    /// The rows that were merged into an earlier one.
    pub merged: Vec<Merged>,
    /// What separates the columns; nothing does in a workbook.
    pub delimiter: Option<Delimiter>,
    /// The encoding of a text file.
    pub encoding: Option<&'static str>,
}

impl ListReport {
    /// Whether some column tells who agreed to mail; without one nobody can be written to where the law wants a yes.
    pub fn tells_consent(&self) -> bool {
        let tells = [Field::Consent, Field::ConsentBasis, Field::Status].map(Meaning::Field);
        self.columns.iter().any(|column| tells.contains(&column.meaning))
    }
}

impl<'a> ListReader<'a> {
    /// Finds the header and walks through all rows once, to learn who shares an address and what the columns hold.
    ///
    /// # Errors
    /// When the list is of no use as it stands: without a column for addresses, or without one that its mapping names.
    pub fn open(file: &'a str, table: &'a Table<'a>, mapping: &Mapping) -> Result<Self, Vec<Finding>> {
        let (mut fates, mut skipped) = (Notes::default(), Vec::new());
        let mut records = table.records();
        let found = find_header(&mut records, mapping, &mut fates, &mut skipped);
        let header = found.map_err(|first| opening::no_header(file, first.as_ref(), mapping))?;
        let mut layout = Layout::new(&header, mapping);
        let mut findings = opening::remarks(file, &header, &layout, mapping);
        if findings.iter().any(Finding::is_error) {
            return Err(findings);
        }
        records.expect_width(layout.columns.len());
        let survey = survey::walk(&records, &mut layout, mapping, table.is_guessed);
        findings.extend(table.remarks.iter().cloned());
        findings.extend(opening::guessed_encoding(file, table, &survey.samples));
        findings.extend(opening::unknown_types(mapping, &layout));
        Ok(Self {
            file,
            table,
            records,
            record: Record::default(),
            report: ListReport {
                columns: layout.columns.clone(),
                findings,
                skipped,
                merged: Vec::new(),
                delimiter: table.delimiter,
                encoding: table.encoding,
            },
            reader: RowReader::new(layout, mapping.days),
            survey,
            used: (0, 0),
            fates,
            people: 0,
        })
    }

    /// The columns, what they were taken for and what they hold.
    pub fn columns(&self) -> &[Column] {
        &self.report.columns
    }

    /// The next person.
    #[allow(clippy::should_implement_trait)]
    pub fn next(&mut self) -> Option<Row> {
        loop {
            match self.records.read(&mut self.record)? {
                Err(open) => skip_open_quote(&mut self.fates, &mut self.report.skipped, &open),
                Ok(()) if self.record.is_blank() || self.was_merged() => {}
                Ok(()) => match self.reader.read(&self.record) {
                    Err(rejection) => self.reject(rejection),
                    Ok(subscriber) => {
                        self.people += 1;
                        let line = self.record.line;
                        let subscriber = self.with_family(subscriber);
                        return Some(Row { line, subscriber });
                    }
                },
            }
        }
    }

    /// What there was besides the people; rows not yet asked for are not in it.
    pub fn finish(self) -> ListReport {
        let mut report = self.report;
        report.findings.extend(self.fates.into_findings(self.file));
        report.findings.extend(self.reader.notes.into_findings(self.file));
        report.findings.extend(match (self.people, report.skipped.is_empty()) {
            (0, true) => Some(Finding::warning(self.file, "nobody is on this list yet")),
            (0, false) => Some(Finding::error(self.file, "no row of the list has a usable address")),
            (_, _) => None,
        });
        report.findings.sort_by_key(|finding| (!finding.is_error(), finding.place));
        report.skipped.sort_by_key(|skipped| skipped.line);
        report.merged.sort_by_key(|merged| merged.line);
        report
    }

    /// Whether this row went into an earlier one's person.
    fn was_merged(&mut self) -> bool {
        let offset = self.record.spot().offset;
        let next = &mut self.used.1;
        while self.survey.further.get(*next).is_some_and(|further| *further < offset) {
            *next += 1;
        }
        self.survey.further.get(*next) == Some(&offset)
    }

    /// The person together with whoever shares the address further down.
    fn with_family(&mut self, first: Subscriber) -> Subscriber {
        let spot = self.record.spot();
        let next = &mut self.used.0;
        let families = &self.survey.families;
        while families.get(*next).is_some_and(|(first, _)| *first < spot) {
            *next += 1;
        }
        if families.get(*next).is_none_or(|(first, _)| *first != spot) {
            return first;
        }
        let mut family = Family::of(first);
        let (mut records, mut record) = (self.table.records(), Record::default());
        while let Some((_, further)) = self.survey.families.get(self.used.0).filter(|(first, _)| *first == spot) {
            self.used.0 += 1;
            records.go_to(*further);
            let Some(Ok(())) = records.read(&mut record) else { continue };
            let Ok(later) = self.reader.read(&record) else { continue };
            let joined = family.join(later);
            self.merged(&record, spot.line, joined.is_shared, joined.disagree);
        }
        family.into_one()
    }

    fn merged(&mut self, record: &Record<'_>, into: usize, is_shared: bool, disagree: bool) {
        let index = self.reader.filled(record, Field::Email).map_or(0, |(index, _)| index);
        let text = || {
            let masked = mask(record.cell(index));
            format!("`{masked}` stands on line {into} already; the rows are one person now")
        };
        let (kind, hint) = match (is_shared, disagree) {
            (true, true) => (
                "family that disagrees",
                Some(
                    "people with different first names share this address and disagree about consent: the stricter answer counts for all of \
                     them, and their letter greets without a name",
                ),
            ),
            (true, false) => (
                "family",
                Some("people with different first names share this address: their letter greets without a name"),
            ),
            (false, true) => (
                "disagree",
                Some("the rows disagree about consent: the stricter answer counts"),
            ),
            (false, false) => ("twice", None),
        };
        self.fates.once(kind, || record.place(index), text, hint);
        self.report.merged.push(Merged { line: record.line, into });
    }

    fn reject(&mut self, rejection: Rejection) {
        let column = rejection.cell.and_then(|index| self.reader.layout.columns.get(index));
        let skipped = Skipped {
            line: self.record.line,
            column: column.map(|column| column.header.clone()),
            value: rejection.value,
            reason: rejection.reason,
            fix: rejection.fix,
        };
        let place = self.record.place(rejection.cell.unwrap_or(0));
        skip(&mut self.fates, &mut self.report.skipped, rejection.kind, place, skipped);
    }
}

/// The line with the column names: the first one that names the addresses, near the top; else the first line, if there is one.
fn find_header<'a>(
    records: &mut Records<'a>,
    mapping: &Mapping,
    fates: &mut Notes,
    skipped: &mut Vec<Skipped>,
) -> Result<Record<'a>, Option<Record<'a>>> {
    let mut above: Vec<Record<'a>> = Vec::new();
    while above.len() < LINES_ABOVE_HEADER {
        let mut record = Record::default();
        match records.read(&mut record) {
            None => break,
            Some(Err(open)) => skip_open_quote(fates, skipped, &open),
            Some(Ok(())) if record.is_blank() => {}
            Some(Ok(())) if record.iter().any(|cell| header::names_address(cell, mapping)) => {
                for record in &above {
                    skip_above_header(fates, skipped, record);
                }
                return Ok(record);
            }
            Some(Ok(())) => above.push(record),
        }
    }
    Err(above.into_iter().next())
}

fn skip_above_header(fates: &mut Notes, skipped: &mut Vec<Skipped>, record: &Record<'_>) {
    let row = Skipped {
        line: record.line,
        column: None,
        value: record.raw().trim().chars().take(200).collect(),
        reason: "the row stands above the line with the column names".to_owned(),
        fix: None,
    };
    skip(fates, skipped, "above", record.place(0), row);
}

fn skip_open_quote(fates: &mut Notes, skipped: &mut Vec<Skipped>, open: &OpenQuote) {
    let row = Skipped {
        line: open.place.line,
        column: None,
        value: open.text.clone(),
        reason: "a quote is opened here and not closed".to_owned(),
        fix: Some("close it with a second `\"`, or take it out".to_owned()),
    };
    skip(fates, skipped, "open", open.place, row);
}

/// Files a row as nobody, and says so.
fn skip(fates: &mut Notes, all: &mut Vec<Skipped>, kind: &str, place: Place, skipped: Skipped) {
    let text = || format!("row left out: {}", skipped.reason);
    fates.each(kind, || place, text, || skipped.fix.clone());
    all.push(skipped);
}
