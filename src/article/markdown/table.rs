//! A table in plain text: columns where they fit into the line, else one `name: value` line a cell.

use super::wrap::width;

/// The rows of a table; the first is its head.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn open_row(&mut self) {
        self.rows.push(Vec::new());
    }

    pub(super) fn cell(&mut self, text: &str) {
        if let Some(row) = self.rows.last_mut() {
            row.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }

    /// The table's lines for a page of `columns` columns.
    pub(super) fn lines(&self, columns: usize) -> Vec<String> {
        let n_cells = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..n_cells)
            .map(|cell| {
                self.rows
                    .iter()
                    .filter_map(|row| row.get(cell))
                    .map(|text| width(text))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let total = widths.iter().sum::<usize>() + 2 * n_cells.saturating_sub(1);
        match total <= columns {
            true => self.in_columns(&widths, total),
            false => self.cell_by_cell(),
        }
    }

    fn in_columns(&self, widths: &[usize], total: usize) -> Vec<String> {
        let mut lines: Vec<String> = self.rows.iter().map(|row| padded(row, widths)).collect();
        if !lines.is_empty() {
            lines.insert(1, "-".repeat(total));
        }
        lines
    }

    fn cell_by_cell(&self) -> Vec<String> {
        let Some((head, rows)) = self.rows.split_first() else {
            return Vec::new();
        };
        let mut lines = Vec::new();
        for row in rows {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            for (cell, text) in row.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
                match head.get(cell).filter(|name| !name.is_empty()) {
                    Some(name) => lines.push(format!("{name}: {text}")),
                    None => lines.push(text.clone()),
                }
            }
        }
        lines
    }
}

fn padded(row: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (text, wanted) in row.iter().zip(widths) {
        line.push_str(text);
        line.push_str(&" ".repeat(wanted + 2 - width(text)));
    }
    line.trim_end().to_owned()
}
