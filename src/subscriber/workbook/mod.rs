//! A workbook as a table: the first sheet with a column for addresses, as Excel (.xlsx, .xlsb, .xls) and LibreOffice (.ods) keep it.
//!
//! Promises: what stands in a cell is what its reader sees: no `.0` behind whole numbers, days as `2026-06-01`, formulas by their
//! last value; a line is a row of the sheet. A damaged, locked or monstrous workbook is a finding, whatever its bytes. Knows nothing
//! of people: which header names the addresses is asked of the caller.

mod caught;
mod shell;
mod value;

pub use caught::is_caught;

use crate::finding::{Finding, Place};
use calamine::{Data, DataRef, Ods, Reader, Sheet as SheetInfo, SheetType, SheetVisible, Xls, Xlsb, Xlsx};
use shell::Shell;
use std::io::Cursor;

/// Separates the cells of a row; a cell's own line ends become `U+2028`, so that a row is a line.
const UNIT: char = '\u{1f}';
/// No list has more rows; Excel itself ends here.
const MOST_ROWS: usize = 1_048_576;
/// No list has more columns.
const MOST_COLUMNS: usize = 2_000;
/// No list has more text.
const MOST_BYTES: usize = 512 * 1024 * 1024;
/// The header is looked for in so many rows.
const ROWS_TO_HEADER: usize = 30;

/// One sheet as text: a row a line, cells separated by `U+001F`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// The rows.
    pub text: String,
    /// What is worth saying.
    pub remarks: Vec<Finding>,
}

/// Whether these bytes are a workbook, or a file of the same family that only looks like one.
pub fn is_workbook(bytes: &[u8]) -> bool {
    matches!(bytes, [b'P', b'K', 3 | 5 | 7, 4 | 6 | 8, ..] | [0xd0, 0xcf, 0x11, 0xe0, ..])
}

/// The sheet of `file` that holds a list; `names_address` knows headers of the address column.
///
/// # Errors
/// Why there is none, and what to do.
pub fn read(file: &str, bytes: &[u8], names_address: impl Fn(&str) -> bool) -> Result<Sheet, Vec<Finding>> {
    let shell = shell::of(file, bytes).map_err(|finding| vec![finding])?;
    let opened = caught::caught(|| open(file, bytes, shell, &names_address));
    opened.unwrap_or_else(|| Err(damaged(file))).map_err(|finding| vec![finding])
}

fn damaged(file: &str) -> Finding {
    Finding::error(file, "the workbook cannot be read: it is damaged")
        .hint("open it in Excel or LibreOffice and save it again as .xlsx or as `CSV UTF-8`")
}

fn open(file: &str, bytes: &[u8], shell: Shell, names_address: &dyn Fn(&str) -> bool) -> Result<Sheet, Finding> {
    let cursor = Cursor::new(bytes);
    match shell {
        Shell::Xlsx => {
            let mut book = Xlsx::new(cursor).map_err(|_| damaged(file))?;
            let sheets = book.sheets_metadata().to_vec();
            choose(file, &sheets, names_address, |name, sheet| {
                let mut cells = book.worksheet_cells_reader(name).map_err(|_| damaged(file))?;
                while let Some(cell) = cells.next_cell().map_err(|_| damaged(file))? {
                    let (row, column) = cell.get_position();
                    sheet.put(row as usize, column as usize, cell.get_value())?;
                }
                Ok(())
            })
        }
        Shell::Xlsb => {
            let mut book = Xlsb::new(cursor).map_err(|_| damaged(file))?;
            let sheets = book.sheets_metadata().to_vec();
            choose(file, &sheets, names_address, |name, sheet| {
                let mut cells = book.worksheet_cells_reader(name).map_err(|_| damaged(file))?;
                while let Some(cell) = cells.next_cell().map_err(|_| damaged(file))? {
                    let (row, column) = cell.get_position();
                    sheet.put(row as usize, column as usize, cell.get_value())?;
                }
                Ok(())
            })
        }
        Shell::Xls => {
            let mut book = Xls::new(cursor).map_err(|error| match error {
                calamine::XlsError::Password => shell::locked(file),
                _ => damaged(file),
            })?;
            let sheets = book.sheets_metadata().to_vec();
            choose(file, &sheets, names_address, |name, sheet| {
                sheet.put_all(&book.worksheet_range(name).map_err(|_| damaged(file))?)
            })
        }
        Shell::Ods => {
            let mut book = Ods::new(cursor).map_err(|error| match error {
                calamine::OdsError::Password => shell::locked(file),
                _ => damaged(file),
            })?;
            let sheets = book.sheets_metadata().to_vec();
            choose(file, &sheets, names_address, |name, sheet| {
                sheet.put_all(&book.worksheet_range(name).map_err(|_| damaged(file))?)
            })
        }
    }
}

/// The first sheet, or the first one with a header for addresses; visible ones go before hidden ones.
fn choose(
    file: &str,
    sheets: &[SheetInfo],
    names_address: &dyn Fn(&str) -> bool,
    mut fill: impl FnMut(&str, &mut Filling<'_>) -> Result<(), Finding>,
) -> Result<Sheet, Finding> {
    // Charts and macros are sheets as well, without a cell.
    let tables = sheets.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let (visible, hidden): (Vec<&SheetInfo>, Vec<&SheetInfo>) = tables.partition(|sheet| sheet.visible == SheetVisible::Visible);
    let mut first = None;
    for info in visible.iter().chain(&hidden) {
        let mut filling = Filling::new(file);
        match fill(&info.name, &mut filling) {
            Ok(()) => {}
            Err(_) if first.is_some() => continue,
            Err(finding) => return Err(finding),
        }
        let sheet = filling.finish();
        let mut top = sheet.text.lines().take(ROWS_TO_HEADER);
        if top.any(|row| row.split(UNIT).any(names_address)) {
            return Ok(with_remarks(file, info, sheets, sheet));
        }
        if !sheet.text.is_empty() {
            first.get_or_insert((info, sheet));
        }
    }
    Ok(first.map_or_else(Sheet::default, |(info, sheet)| with_remarks(file, info, sheets, sheet)))
}

fn with_remarks(file: &str, info: &SheetInfo, sheets: &[SheetInfo], mut sheet: Sheet) -> Sheet {
    if info.visible != SheetVisible::Visible {
        let text = format!("the list stands on the hidden sheet `{}`", info.name);
        sheet
            .remarks
            .push(Finding::warning(file, text).hint("if it should not be used, take it out of the workbook"));
    }
    let others: Vec<String> = sheets
        .iter()
        .filter(|other| other.name != info.name && other.visible == SheetVisible::Visible && other.typ == SheetType::WorkSheet)
        .map(|other| format!("`{}`", other.name))
        .collect();
    if !others.is_empty() {
        let text = format!("only the sheet `{}` was read; there is also {}", info.name, others.join(", "));
        let hint = "to read another sheet, save it as a workbook of its own";
        sheet.remarks.push(Finding::warning(file, text).hint(hint));
    }
    sheet
}

/// A sheet on the way to being text.
struct Filling<'f> {
    file: &'f str,
    text: String,
    row: usize,
    column: usize,
    /// The first cell with an error, what it says, and how many there are.
    broken: Option<(Place, String, usize)>,
}

impl<'f> Filling<'f> {
    fn new(file: &'f str) -> Self {
        Self {
            file,
            text: String::new(),
            row: 0,
            column: 0,
            broken: None,
        }
    }

    fn put_all(&mut self, range: &calamine::Range<Data>) -> Result<(), Finding> {
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, cell) in range.used_cells() {
            self.put(top as usize + row, left as usize + column, &value::borrowed(cell))?;
        }
        Ok(())
    }

    /// Cells come by rows and columns; what stands further right than any list is left out, further down is too much.
    fn put(&mut self, row: usize, column: usize, cell: &DataRef<'_>) -> Result<(), Finding> {
        let value = match cell {
            DataRef::Error(error) => {
                let place = Place::new(row + 1, column + 1);
                let (_, _, count) = self.broken.get_or_insert_with(|| (place, error.to_string(), 0));
                *count += 1;
                return Ok(());
            }
            cell => value::shown(cell),
        };
        let out_of_order = row < self.row || (row == self.row && column < self.column);
        if value.is_empty() || column >= MOST_COLUMNS || out_of_order {
            return Ok(());
        }
        if row >= MOST_ROWS || self.text.len() + value.len() > MOST_BYTES {
            return Err(shell::too_large(self.file));
        }
        while self.row < row {
            self.text.push('\n');
            (self.row, self.column) = (self.row + 1, 0);
        }
        while self.column < column {
            self.text.push(UNIT);
            self.column += 1;
        }
        self.text.push_str(&value);
        Ok(())
    }

    fn finish(self) -> Sheet {
        let remark = |(place, error, count): (Place, String, usize)| {
            let text = match count {
                1 => format!("the cell holds the error `{error}` and counts as empty"),
                more => format!(
                    "the cell holds the error `{error}` and counts as empty (and in {} more cells)",
                    more - 1
                ),
            };
            let hint = "mend the formula in the workbook, or type the value";
            Finding::warning(self.file, text).at(place).hint(hint)
        };
        Sheet {
            text: self.text,
            remarks: self.broken.map(remark).into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests;
