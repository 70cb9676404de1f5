//! The tables of a page.

use super::blocks::{DEEPEST, Reading, without_link};
use super::paragraph::{Here, Making};
use super::tree::Id;
use crate::article::document::Block;
use crate::article::document::table::{self, Spans};

impl Reading<'_> {
    pub(super) fn table(&mut self, id: Id, here: &Here, making: &mut Making) {
        making.flush();
        let here = without_link(here);
        let page = self.page;
        let mut rows = Vec::new();
        let mut has_head = false;
        let mut around: Vec<Block> = Vec::new();
        let mut spans = Spans::default();
        for row in self.rows(id) {
            let mut cells = Vec::new();
            for cell in page.children(row).iter().copied().filter(|cell| !self.left[*cell]) {
                if !matches!(page.name(cell), "td" | "th") {
                    continue;
                }
                has_head |= page.name(cell) == "th" && rows.is_empty();
                spans.reach_over(&mut cells);
                let below = Here {
                    depth: here.depth + 3,
                    ..here.clone()
                };
                let mut inside = Making::default();
                self.children_of_cell(cell, &below, &mut inside);
                inside.flush();
                let number = |name: &str| page.attribute(cell, name).and_then(|span| span.trim().parse().ok());
                spans.put(
                    &mut cells,
                    inside.blocks,
                    number("colspan").unwrap_or(1),
                    number("rowspan").unwrap_or(1),
                );
            }
            spans.reach_over(&mut cells);
            rows.push(cells);
        }
        for caption in page
            .children(id)
            .iter()
            .copied()
            .filter(|child| page.name(*child) == "caption")
        {
            around.extend(self.inner(caption, &here));
        }
        let is_layout = matches!(page.attribute(id, "role"), Some("presentation" | "none"));
        making.blocks.extend(around);
        match is_layout {
            true => making.blocks.extend(rows.into_iter().flatten().flatten()),
            false => making.blocks.extend(table::judged(Some(page.line(id)), rows, has_head)),
        }
    }

    fn children_of_cell(&mut self, cell: Id, here: &Here, inside: &mut Making) {
        match here.depth > DEEPEST {
            true => self.flat(cell, here, inside),
            false => self.children(cell, here, inside),
        }
    }

    /// The rows of a table, not those of the tables inside it.
    fn rows(&self, id: Id) -> Vec<Id> {
        let mut rows = Vec::new();
        for child in self.page.children(id).iter().copied().filter(|child| !self.left[*child]) {
            match self.page.name(child) {
                "tr" => rows.push(child),
                "thead" | "tbody" | "tfoot" => {
                    let inside = self.page.children(child).iter().copied();
                    rows.extend(inside.filter(|row| self.page.name(*row) == "tr" && !self.left[*row]));
                }
                _ => {}
            }
        }
        rows
    }
}
