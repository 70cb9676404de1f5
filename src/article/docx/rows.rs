//! Tables: their rows and cells as they stand when every tracked change is accepted.

use super::body::Reading;
use super::xml::Element;
use crate::article::document::{Block, table};

impl Reading<'_> {
    /// The table's blocks: a table, or what stood in one that only laid out a page.
    pub(super) fn table(&mut self, element: &Element, blocks: &mut Vec<Block>) {
        let mut rows = Vec::new();
        for row in element.elements().flat_map(rows_in) {
            if self.is_gone(row.child("trPr"), "del", "ins") {
                continue;
            }
            rows.push(self.row(row));
        }
        blocks.extend(table::judged(None, rows, false));
    }

    fn row(&mut self, row: &Element) -> Vec<Vec<Block>> {
        let mut cells: Vec<Vec<Block>> = Vec::new();
        for cell in row.elements().flat_map(cells_in) {
            let properties = cell.child("tcPr");
            if self.is_gone(properties, "cellDel", "cellIns") {
                continue;
            }
            let goes_on = properties
                .and_then(|p| p.child("vMerge"))
                .is_some_and(|merge| merge.attribute("val") != Some("restart"));
            let inner = self.blocks(cell);
            cells.push(if goes_on { Vec::new() } else { inner });
            let span = properties
                .and_then(|p| p.value("gridSpan"))
                .and_then(|span| span.parse::<usize>().ok())
                .unwrap_or(1);
            cells.extend((1..span.min(12)).map(|_| Vec::new()));
        }
        cells
    }

    /// Whether a row or a cell was deleted; that, and that one came in, is counted.
    fn is_gone(&mut self, properties: Option<&Element>, deleted: &str, inserted: &str) -> bool {
        let has = |name: &str| properties.is_some_and(|properties| properties.child(name).is_some());
        self.tally.deleted += usize::from(has(deleted));
        self.tally.inserted += usize::from(has(inserted) && !has(deleted));
        has(deleted)
    }
}

/// The rows of a table, those in content controls too.
fn rows_in(element: &Element) -> Vec<&Element> {
    inside(element, "tr")
}

/// The cells of a row, those in content controls too.
fn cells_in(element: &Element) -> Vec<&Element> {
    inside(element, "tc")
}

fn inside<'e>(element: &'e Element, name: &str) -> Vec<&'e Element> {
    match element.name.as_str() {
        found if found == name => vec![element],
        "sdt" | "sdtContent" | "customXml" => element.elements().flat_map(|inner| inside(inner, name)).collect(),
        _ => Vec::new(),
    }
}
