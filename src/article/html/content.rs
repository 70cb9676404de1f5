//! Where on a page the article stands.
//!
//! From the page's body down, as long as one part holds most of the prose; then up again to the element that the page itself calls its
//! article. Lists that are all links go, unless they stand among paragraphs.

use super::clutter::Part;
use super::tree::{Id, Page};
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
    up().find(is_article).or_else(|| up().find(is_main)).unwrap_or(here)
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
    (is_box && weight * 10 >= weights.prose(id) * 6 && weight >= 3 * second && weight > 0).then_some(first)
}

/// Parts of the article that are nothing but links.
pub(super) fn link_lists(page: &Page, root: Id, left: &[bool], weights: &Weights) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut stack: Vec<Id> = page.children(root).iter().rev().copied().filter(|id| !left[*id]).collect();
    while let Some(id) = stack.pop() {
        let is_block = matches!(page.name(id), "ul" | "ol" | "div" | "section" | "table" | "dl" | "p");
        let n_links = page.all(id, "a").filter(|link| !page.words(*link).is_empty()).count();
        let is_links = weights.linked(id) * 10 > weights.all(id) * 7 && n_links >= 3;
        if is_block && is_links && !stands_among_paragraphs(page, id, weights) {
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
