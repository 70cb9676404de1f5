//! Tables for the screen, as wide as what they hold.

use comfy_table::{ContentArrangement, Table, TableStyle};
use unicode_width::UnicodeWidthStr as _;

/// A table with bold-free headings and no frame, fit to read and to cut with `awk`.
pub(super) fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table
        .load_style(TableStyle::new())
        .set_content_arrangement(ContentArrangement::Disabled)
        .set_header(headings.to_vec());
    for row in rows {
        table.add_row(row);
    }
    let text = table.to_string();
    text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>().join("\n")
}

/// The columns of a table whose rows are too many to be kept: each is seen twice, to learn how wide its cells are and to be printed.
pub(super) struct Columns {
    widths: Vec<usize>,
}

impl Columns {
    pub(super) fn new(headings: &[&str]) -> Self {
        Self {
            widths: headings.iter().map(|heading| heading.width()).collect(),
        }
    }

    /// Makes room for a row.
    pub(super) fn widen(&mut self, row: &[String]) {
        for (width, cell) in self.widths.iter_mut().zip(row) {
            *width = cell.width().max(*width);
        }
    }

    /// A row as the table has it.
    pub(super) fn line(&self, row: &[impl AsRef<str>]) -> String {
        let mut line = String::new();
        for (width, cell) in self.widths.iter().zip(row) {
            let cell = cell.as_ref();
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
        }
        line.trim().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_are_not_kept_make_the_same_table() {
        let headings = ["address", "name", "standing"];
        let rows = [
            ["ann@example.org", "Ann", ""],
            ["zoe@example.org", "Zoë 王小明", "left"],
            ["x@example.org", "", ""],
        ];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let mut columns = Columns::new(&headings);
        rows.iter().for_each(|row| columns.widen(row));
        let lines: Vec<String> = std::iter::once(columns.line(&headings))
            .chain(rows.iter().map(|row| columns.line(row)))
            .collect();
        assert_eq!(lines.join("\n"), table(&headings, rows.into_iter()));
    }
}
