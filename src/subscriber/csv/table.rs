//! A list file's bytes as a table: a delimited text in whatever encoding, or a sheet of a workbook.
//!
//! Promises: any bytes are a table or findings that say what they are instead. Line numbers are physical: nothing is taken for the
//! end of a line but LF, CR LF and CR; in a workbook a line is a row of the sheet.

use super::delimiter::{self, Delimiter};
use super::header;
use super::mapping::Mapping;
use super::record::{Dialect, Records};
use crate::encoding::{self, Known, Text, UnknownEncoding};
use crate::finding::{Finding, Place, suggestion};
use crate::subscriber::workbook::{self, Sheet};
use std::borrow::Cow;

/// A list file, ready to be read as rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table<'b> {
    text: Cow<'b, str>,
    dialect: Dialect,
    /// Where the records start: behind a `sep=` line.
    start: usize,
    pub(super) delimiter: Option<Delimiter>,
    pub(super) encoding: Option<&'static str>,
    /// Whether the encoding is only the likeliest.
    pub(super) is_guessed: bool,
    /// What is worth saying before any row.
    pub(super) remarks: Vec<Finding>,
}

impl<'b> Table<'b> {
    /// The table in the bytes of `file`; `encoding` is what a person said on the command line and stronger than the mapping's.
    ///
    /// # Errors
    /// What the file is instead, and what to do about it.
    pub fn of(file: &str, bytes: &'b [u8], mapping: &Mapping, encoding: Option<&str>) -> Result<Self, Vec<Finding>> {
        let names_address = |header: &str| header::names_address(header, mapping);
        if workbook::is_workbook(bytes) {
            return workbook::read(file, bytes, names_address).map(Self::of_sheet);
        }
        if let Some(finding) = something_else(file, bytes) {
            return Err(vec![finding]);
        }
        let said = encoding.or(mapping.encoding.as_deref());
        let decoded = decoded(file, bytes, said).map_err(|finding| vec![finding])?;
        if is_no_text(&decoded.text) {
            let hint = "export the list as CSV UTF-8 or as a workbook";
            return Err(vec![
                Finding::error(file, "this is no text, and a list is a CSV file or a workbook").hint(hint),
            ]);
        }
        let broken = broken_byte(file, &decoded);
        let start = delimiter::said(&decoded.text);
        let delimiter = mapping.delimiter.or(start.map(|(delimiter, _)| delimiter));
        let start = start.map_or(0, |(_, length)| length);
        let delimiter = delimiter.unwrap_or_else(|| delimiter::found_out(&decoded.text[start..], names_address));
        Ok(Self {
            text: decoded.text,
            dialect: Dialect::text(delimiter.byte()),
            start,
            delimiter: Some(delimiter),
            encoding: Some(decoded.encoding),
            is_guessed: decoded.known == Known::Guessed,
            remarks: broken.into_iter().collect(),
        })
    }

    pub(super) fn of_sheet(sheet: Sheet) -> Self {
        Self {
            text: Cow::Owned(sheet.text),
            dialect: Dialect::SHEET,
            start: 0,
            delimiter: None,
            encoding: None,
            is_guessed: false,
            remarks: sheet.remarks,
        }
    }

    /// The records from the top.
    pub(super) fn records(&self) -> Records<'_> {
        let mut records = Records::new(&self.text, self.dialect);
        records.go_to(super::record::Spot {
            offset: self.start,
            line: 1,
        });
        records
    }
}

/// The text of the bytes; a said encoding that does not fit them is a mistake to mend, because names would be broken by it.
fn decoded<'b>(file: &str, bytes: &'b [u8], said: Option<&str>) -> Result<Text<'b>, Finding> {
    let Some(label) = said else {
        return Ok(encoding::decode(bytes));
    };
    let text = encoding::decode_as(bytes, label).map_err(|UnknownEncoding { label }| {
        let hint = suggestion::hint(&label, encoding::LABELS.iter().copied());
        Finding::error(file, format!("there is no encoding `{label}`")).hint(hint)
    })?;
    let nul = text.text.contains('\0');
    if !text.had_errors && !nul {
        return Ok(text);
    }
    let likeliest = encoding::decode(bytes);
    // Bytes that fit no encoding are told row by row; only where another one fits, the said one is the mistake.
    if likeliest.encoding == text.encoding || likeliest.had_errors || (nul && likeliest.text.contains('\0')) {
        return Ok(text);
    }
    let finding = Finding::error(
        file,
        format!("the file is not in the encoding `{}`, as was said", label.trim()),
    );
    let finding = match text.text.find(['\u{fffd}', '\0']) {
        Some(offset) => finding.at(Place::of_offset(&text.text, offset)),
        None => finding,
    };
    let hint = format!("it looks like `{}`: say that, or nothing", likeliest.encoding.to_lowercase());
    Err(finding.hint(hint))
}

/// Whether a file opens with more controls than any program writes into a list: a picture, a database, a text in UTF-32.
fn is_no_text(text: &str) -> bool {
    let written = ['\t', '\n', '\r', '\u{b}', '\u{c}', '\u{1a}', '\u{1b}'];
    // What a failing disk leaves further down is told row by row.
    let controls = text.chars().take(64).filter(|c| c.is_control() && !written.contains(c));
    controls.count() >= 4
}

/// That a file is UTF-8 but for a byte or two, and where.
fn broken_byte(file: &str, decoded: &Text<'_>) -> Option<Finding> {
    let offset = decoded
        .text
        .find('\u{fffd}')
        .filter(|_| decoded.had_errors && decoded.encoding == "UTF-8")?;
    let text = match decoded.text.matches('\u{fffd}').count() {
        1 => "a byte here is no UTF-8, which the rest of the file is".to_owned(),
        more => format!(
            "a byte here is no UTF-8, which the rest of the file is (and {} more)",
            more - 1
        ),
    };
    let hint = "type the letter again, or export the list again as CSV UTF-8";
    Some(
        Finding::warning(file, text)
            .at(Place::of_offset(&decoded.text, offset))
            .hint(hint),
    )
}

/// Files that are often handed over in a list's place, by the bytes they open with.
fn something_else(file: &str, bytes: &[u8]) -> Option<Finding> {
    let top: String = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)])
        .trim_start()
        .to_lowercase();
    let starts = |starts: &[&str]| {
        starts
            .iter()
            .any(|start| top.trim_start_matches('\u{feff}').starts_with(start))
    };
    let (what, hint) = match bytes {
        [b'%', b'P', b'D', b'F', ..] => ("a PDF", "export the list as CSV or as a workbook instead"),
        [0x1f, 0x8b, ..] => ("a packed file", "unpack it first"),
        _ if starts(&["<!doctype html", "<html", "<table", "<meta", "<style"]) => (
            "a web page, whatever its name says",
            "open it in Excel or LibreOffice and save it as .xlsx or as `CSV UTF-8`",
        ),
        _ if starts(&["<?xml", "<workbook"]) => (
            "an XML file",
            "open it in Excel or LibreOffice and save it as .xlsx or as `CSV UTF-8`",
        ),
        _ if starts(&["{\\rtf"]) => ("a text document", "export the list as CSV or as a workbook instead"),
        _ if starts(&["begin:vcard"]) => ("a file of contact cards", "export the contacts as CSV instead"),
        _ => return None,
    };
    Some(Finding::error(file, format!("this is {what}, and a list is a CSV file or a workbook")).hint(hint))
}
