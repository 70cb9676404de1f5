//! How much text hangs below each element of a page: prose, links, everything.

use super::tree::{Data, Id, Page};

/// The weights of all elements, in characters.
#[derive(Debug)]
pub(super) struct Weights {
    prose: Vec<usize>,
    linked: Vec<usize>,
    all: Vec<usize>,
}

/// A text of this many characters is no button and no menu's entry.
const PROSE: usize = 40;

impl Weights {
    /// Weighs a page without the parts that are left out.
    pub(super) fn of(page: &Page, left: &[bool]) -> Self {
        let mut weights = Self {
            prose: vec![0; page.len()],
            linked: vec![0; page.len()],
            all: vec![0; page.len()],
        };
        for id in page.ids() {
            let Data::Text(text) = page.data(id) else { continue };
            let length = text.split_whitespace().map(|word| word.chars().count() + 1).sum::<usize>();
            if length == 0 || page.is_silent(id) || page.above(id).any(|above| left[above]) {
                continue;
            }
            let is_linked = page.above(id).take(8).any(|above| page.name(above) == "a");
            // Words of a paragraph are parted by links and emphasis, but belong together.
            let around = page.above(id).find(|above| !super::blocks::is_inline(page.name(*above)));
            let is_prose = !is_linked
                && (length >= PROSE || around.is_some_and(|around| matches!(page.name(around), "p" | "li" | "blockquote")));
            for above in page.above(id) {
                weights.all[above] += length;
                weights.linked[above] += if is_linked { length } else { 0 };
                weights.prose[above] += if is_prose { length } else { 0 };
            }
        }
        weights
    }

    pub(super) fn prose(&self, id: Id) -> usize {
        self.prose[id]
    }

    pub(super) fn linked(&self, id: Id) -> usize {
        self.linked[id]
    }

    pub(super) fn all(&self, id: Id) -> usize {
        self.all[id]
    }
}
