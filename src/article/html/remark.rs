//! What the people who worked on a document wrote to each other: the comments of a document that was exported as a web page.
//!
//! Promises: neither a comment nor the mark that points to it reaches a reader. Google Docs writes them as `#cmnt1` below the text.

use super::clutter::{MARK, Part};
use super::tree::{Data, Id, Page};

/// The name of comments in the notes.
pub(super) const REMARK: &str = "comments of the document";

/// The comments below the text, and the marks in it.
pub(super) fn parts(page: &Page, body: Id) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut known = vec![false; page.len()];
    for link in page.all(body, "a") {
        let (id, kind) = match page.attribute(link, "href") {
            Some(leads) if leads.starts_with("#cmnt_ref") => (whole(page, body, link), REMARK),
            Some(leads) if leads.starts_with("#cmnt") => (raised(page, link), MARK),
            _ => continue,
        };
        if !page.above(id).chain([id]).any(|id| known[id]) {
            known[id] = true;
            parts.push(Part { id, kind });
        }
    }
    parts
}

/// The largest block that begins with the mark and holds no other: all paragraphs of the comment.
fn whole(page: &Page, body: Id, link: Id) -> Id {
    let is_mark = |id: &Id| {
        page.attribute(*id, "href")
            .is_some_and(|leads| leads.starts_with("#cmnt_ref"))
    };
    let is_this = |id: &Id| {
        let mut marks = page.all(*id, "a").filter(is_mark);
        (marks.next(), marks.next()) == (Some(link), None)
    };
    let begins = |id: &Id| {
        let mut texts = page.below(*id).take_while(|below| *below != link);
        texts.all(|below| !matches!(page.data(below), Data::Text(text) if !text.trim().is_empty()))
    };
    let blocks = page
        .above(link)
        .take_while(|id| *id != body && page.name(*id) != "body" && begins(id) && is_this(id));
    blocks.last().unwrap_or(link)
}

/// The mark, with what raises it.
fn raised(page: &Page, link: Id) -> Id {
    let words = page.words(link);
    let above = page
        .above(link)
        .take_while(|id| super::blocks::is_inline(page.name(*id)) && page.words(*id) == words);
    above.last().unwrap_or(link)
}
