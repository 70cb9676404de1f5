//! Tables for the screen, as wide as it is.

use comfy_table::{ContentArrangement, Table, TableStyle};

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
