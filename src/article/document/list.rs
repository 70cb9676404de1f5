//! Lists whose items say only how deep they stand, as word processors write them, into lists inside lists.

use super::{Block, Body};

/// An item.
#[derive(Debug)]
pub(crate) struct Item {
    /// How deep, from 0.
    pub(crate) level: usize,
    /// Its number, if it has one.
    pub(crate) start: Option<u64>,
    /// What stands in it.
    pub(crate) blocks: Vec<Block>,
}

/// The deepest level that word processors have.
const DEEPEST: usize = 8;

/// Adds an item to the list that ends `blocks`, or to a new one.
pub(crate) fn add(blocks: &mut Vec<Block>, line: Option<usize>, item: Item) {
    add_at(blocks, line, item, 0);
}

fn add_at(blocks: &mut Vec<Block>, line: Option<usize>, item: Item, level: usize) {
    let goes_deeper = item.level.min(DEEPEST) > level;
    let last = blocks.last_mut().map(|block| &mut block.body);
    match last {
        Some(Body::List(_, items)) if goes_deeper && !items.is_empty() => {
            if let Some(inner) = items.last_mut() {
                add_at(inner, line, item, level + 1);
            }
        }
        Some(Body::List(start, items)) if goes_on(*start, items.len(), item.start) => items.push(item.blocks),
        _ => blocks.push(Block::new(line, Body::List(item.start, vec![item.blocks]))),
    }
}

/// Whether an item with this number follows in a list that starts so.
fn goes_on(start: Option<u64>, n_items: usize, number: Option<u64>) -> bool {
    match (start, number) {
        (None, None) => true,
        (Some(start), Some(number)) => number == start.saturating_add(n_items as u64),
        _ => false,
    }
}
