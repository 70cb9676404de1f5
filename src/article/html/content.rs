//! Where on a page the article stands.
//!
//! From the page's body down, as long as one part holds most of the prose; then up again to the element that the page itself calls its
//! article. Lists that are all links go, unless they stand among paragraphs.

use super::clutter::{Part, is_bearing};
use super::tree::{Data, Id, Page};
use super::weight::Weights;

/// The name of what was in no other way found to be left out.
pub(super) const AROUND: &str = "what stands around the article";

/// The element that holds the article.
pub(super) fn root(page: &Page, body: Id, left: &[bool], weights: &Weights) -> Id {
    let mut here = body;
    while let Some(next) = heaviest(page, here, left, weights) {
        here = next;
    }
    let is_article = |id: &Id| {
        page.name(*id) == "article"
            || page
                .attribute(*id, "itemtype")
                .is_some_and(|kind| kind.contains("Article") || kind.contains("BlogPosting"))
    };
    let is_main = |id: &Id| page.name(*id) == "main" || page.attribute(*id, "role") == Some("main");
    let up = || std::iter::once(here).chain(page.above(here));
    let said = up().find(is_article).or_else(|| up().find(is_main));
    said.or_else(|| said_elsewhere(page, body, here, left, weights))
        .unwrap_or(here)
}

/// What the page itself calls its article, or what stands around its heading, where the heaviest part `here` is neither.
fn said_elsewhere(page: &Page, body: Id, here: Id, left: &[bool], weights: &Weights) -> Option<Id> {
    const LEAST: usize = 60;
    let shown = |id: &Id| !page.above(*id).chain([*id]).any(|above| left[above]);
    if page.below(here).any(|below| is_bearing(page, below, weights)) {
        return None;
    }
    let bearing = page.below(body).find(|id| is_bearing(page, *id, weights) && shown(id))?;
    let around = std::iter::once(bearing).chain(page.above(bearing));
    let holds_here = |id: &Id| page.above(here).any(|above| above == *id);
    around.take_while(|id| !holds_here(id)).find(|id| weights.prose(*id) >= LEAST)
}

/// The child that holds most of the prose, if one does and could be the article.
fn heaviest(page: &Page, id: Id, left: &[bool], weights: &Weights) -> Option<Id> {
    let mut children: Vec<Id> = page.children(id).iter().copied().filter(|child| !left[*child]).collect();
    children.sort_by_key(|child| std::cmp::Reverse(weights.prose(*child)));
    let (first, second) = (*children.first()?, children.get(1).map_or(0, |child| weights.prose(*child)));
    let weight = weights.prose(first);
    let is_box = matches!(
        page.name(first),
        "div"
            | "section"
            | "main"
            | "article"
            | "table"
            | "tbody"
            | "tr"
            | "td"
            | "center"
            | "form"
            | "body"
            | "font"
            | "span"
            | "b"
            | "layer"
    ) || page.name(first).contains('-');
    (is_box && !is_paragraph(page, first) && weight * 10 >= weights.prose(id) * 6 && weight >= 3 * second && weight > 0)
        .then_some(first)
}

/// Mail programs write a paragraph as a `<div>` of words: others stand beside it.
fn is_paragraph(page: &Page, id: Id) -> bool {
    let holds_blocks = page.children(id).iter().any(|child| {
        let name = page.name(*child);
        !name.is_empty() && !super::blocks::is_inline(name)
    });
    let n_breaks = page.children(id).iter().filter(|child| page.name(**child) == "br").count();
    !holds_blocks && n_breaks < 2 && matches!(page.name(id), "div" | "span" | "font" | "b")
}

/// Parts of the article that are nothing but links.
pub(super) fn link_lists(page: &Page, root: Id, left: &[bool], weights: &Weights) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut stack: Vec<Id> = page.children(root).iter().rev().copied().filter(|id| !left[*id]).collect();
    while let Some(id) = stack.pop() {
        let is_block = matches!(page.name(id), "ul" | "ol" | "div" | "section" | "table" | "dl" | "p");
        let n_links = page.all(id, "a").filter(|link| !page.words(*link).is_empty()).count();
        let is_links = weights.linked(id) * 10 > weights.all(id) * 7 && n_links >= 3;
        let is_sentence = || page.name(id) == "p" && has_words_between(page, id);
        if is_block && is_links && !stands_among_paragraphs(page, id, weights) && !is_sentence() {
            parts.push(Part {
                id,
                kind: "a list of links",
            });
            continue;
        }
        stack.extend(page.children(id).iter().rev().copied().filter(|id| !left[*id]));
    }
    parts
}

/// Whether words stand behind the first link and in none: `Exercises and directions, or call us`.
fn has_words_between(page: &Page, id: Id) -> bool {
    let Some(first) = page.all(id, "a").next() else { return false };
    let is_linked = |text: Id| {
        page.above(text)
            .take_while(|above| *above != id)
            .any(|above| page.name(above) == "a")
    };
    page.below(id)
        .skip_while(|below| *below != first)
        .any(|below| matches!(page.data(below), Data::Text(text) if text.chars().any(char::is_alphabetic) && !is_linked(below)))
}

fn stands_among_paragraphs(page: &Page, id: Id, weights: &Weights) -> bool {
    let Some(parent) = page.parent(id) else { return false };
    let paragraphs = page
        .children(parent)
        .iter()
        .filter(|other| page.name(**other) == "p" && weights.prose(**other) > 60);
    paragraphs.count() >= 2
}

/// What stands outside of the article and was not named yet.
pub(super) fn around(page: &Page, body: Id, root: Id, left: &[bool]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut inner = root;
    for above in page.above(root).take_while(|_| root != body) {
        for child in page.children(above) {
            if *child != inner
                && !left[*child]
                && !page.name(*child).is_empty()
                && !matches!(page.name(*child), "h1" | "style" | "link" | "meta" | "head")
            {
                parts.push(Part {
                    id: *child,
                    kind: AROUND,
                });
            }
        }
        inner = above;
        if above == body {
            break;
        }
    }
    parts
}
