//! A table's cells: a table of figures stays one, a table that only put things on a page becomes what stood in it.

use super::{Block, Body, Inline, Line, Run, is_blank};

/// The most cells of a table that a letter can show.
const MOST_COLUMNS: usize = 8;

/// The longest text of a cell, in characters.
const LONGEST_CELL: usize = 240;

/// Cells that reach over several columns or rows: the places that they cover below and beside are empty ones.
#[derive(Debug, Default)]
pub(crate) struct Spans {
    /// How many more rows each column is covered.
    below: Vec<usize>,
}

impl Spans {
    /// A cell reaches over no more columns than this.
    const WIDEST: usize = 12;
    /// And over no more rows.
    const TALLEST: usize = 1_000;

    /// Puts empty cells where a cell of a row above reaches to, up to the first free column.
    pub(crate) fn reach_over(&mut self, cells: &mut Vec<Vec<Block>>) {
        while let Some(below) = self.below.get_mut(cells.len()).filter(|below| **below > 0) {
            *below -= 1;
            cells.push(Vec::new());
        }
    }

    /// Puts a cell that reaches over so many columns and rows; none means all that follow.
    pub(crate) fn put(&mut self, cells: &mut Vec<Vec<Block>>, cell: Vec<Block>, columns: usize, rows: usize) {
        let first = cells.len();
        cells.push(cell);
        cells.extend((1..columns.min(Self::WIDEST)).map(|_| Vec::new()));
        let below = if rows == 0 {
            Self::TALLEST
        } else {
            rows.min(Self::TALLEST) - 1
        };
        self.below.resize(self.below.len().max(cells.len()), 0);
        self.below[first..cells.len()].fill(below);
    }
}

/// The blocks of a table with these cells; `has_head` says that its first row is marked as a head.
pub(crate) fn judged(line: Option<usize>, rows: Vec<Vec<Vec<Block>>>, has_head: bool) -> Vec<Block> {
    let rows: Vec<Vec<Vec<Block>>> = rows
        .into_iter()
        .filter(|row| row.iter().any(|cell| !is_empty(cell)))
        .collect();
    let columns = used_columns(&rows);
    let fits = (2..=MOST_COLUMNS).contains(&columns.len()) && (rows.len() >= 2 || has_head);
    if !fits || !rows.iter().flatten().all(|cell| is_cell(cell)) {
        return rows.into_iter().flatten().flatten().collect();
    }
    let written = rows
        .iter()
        .map(|row| {
            columns
                .iter()
                .map(|column| row.get(*column).map(|cell| joined(cell)).unwrap_or_default())
                .collect()
        })
        .collect();
    vec![Block::new(line, Body::Table(written))]
}

/// Columns that hold something in some row: spacers go.
fn used_columns(rows: &[Vec<Vec<Block>>]) -> Vec<usize> {
    let n = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..n)
        .filter(|column| rows.iter().any(|row| row.get(*column).is_some_and(|cell| !is_empty(cell))))
        .collect()
}

fn is_empty(cell: &[Block]) -> bool {
    cell.iter().all(|block| match &block.body {
        Body::Paragraph(line) | Body::Heading(_, line) => is_blank(line),
        Body::Picture(_) => false,
        _ => block.plain().is_empty(),
    })
}

/// Whether a cell is one of figures or words, not a part of a page.
fn is_cell(cell: &[Block]) -> bool {
    let length: usize = cell.iter().map(|block| block.plain().chars().count()).sum();
    let is_plain = |block: &Block| matches!(block.body, Body::Paragraph(_)) || is_simple_list(block);
    cell.len() <= 4 && length <= LONGEST_CELL && cell.iter().all(is_plain)
}

fn is_simple_list(block: &Block) -> bool {
    matches!(&block.body, Body::List(_, items) if items.len() <= 6 && items.iter().all(|item| item.iter().all(|block| matches!(block.body, Body::Paragraph(_)))))
}

/// A cell's paragraphs in one line.
fn joined(cell: &[Block]) -> Line {
    let mut line = Line::new();
    let mut add = |words: &Line, between: &str| {
        if !line.is_empty() {
            line.push(Inline::Text(Run {
                text: between.to_owned(),
                ..Run::default()
            }));
        }
        line.extend(words.iter().cloned());
    };
    for block in cell {
        match &block.body {
            Body::Paragraph(words) => add(words, " "),
            Body::List(_, items) => items.iter().flatten().for_each(|item| {
                if let Body::Paragraph(words) = &item.body {
                    add(words, "; ");
                }
            }),
            _ => {}
        }
    }
    line
}
