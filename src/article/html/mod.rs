//! A web page, a mail or a fragment in HTML: its article found, everything around it left out and named.
//!
//! Promises: no text makes it panic or run away; what is left out is said in a note; nothing is fetched. Does not know where the
//! pictures beside the page lie, nor the letter.
//!
//! The way: `charset` → `tree` → `clutter` marked → `content` found by `weight` → `head` asked → `blocks`.

mod blocks;
mod charset;
mod clutter;
mod content;
mod head;
mod look;
mod paragraph;
pub(crate) mod picture;
mod tree;
mod weight;

use super::document::Document;
use super::document::link::Links;
use super::encoding::Decoded;
use super::note::{Note, shown};
use super::pasted::words;
use blocks::Reading;
use clutter::Part;
use look::Looks;
use tree::{Page, ROOT};
use weight::Weights;

/// What a page was made into, and the address it was saved from.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) document: Document,
    pub(crate) links: Links,
}

/// A page's bytes as text.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    charset::decode(bytes)
}

/// The line at which elements first stand in one another deeper than `deepest`, or are more than a text so long could mean.
pub(crate) fn line_deeper_than(text: &str, deepest: usize) -> Option<usize> {
    tree::line_deeper_than(text, deepest)
}

/// Reads a page; nothing when it nests deeper or holds more than a page can.
pub(crate) fn read(text: &str) -> Option<Found> {
    let page = tree::read(text)?;
    let body = page.all(ROOT, "body").next().unwrap_or(ROOT);
    let none = vec![false; page.len()];
    let weighed = Weights::of(&page, &none);
    let mut parts = clutter::parts(&page, body, &weighed);
    let mut left = none;
    parts.iter().for_each(|part| left[part.id] = true);
    let weights = Weights::of(&page, &left);
    let root = content::root(&page, body, &left, &weights);
    for part in content::link_lists(&page, root, &left, &weights) {
        left[part.id] = true;
        parts.push(part);
    }
    parts.extend(content::around(&page, body, root, &left));
    let mut links = Links::new(head::address(&page).as_deref());
    let looks = Looks::of_page(&page);
    let mut reading = Reading {
        page: &page,
        left: &left,
        links: &mut links,
        looks: &looks,
    };
    let blocks = reading.blocks(root);
    let title = head::title(&page, root, &left);
    let document = Document {
        author: head::author(&page, body),
        language: head::language(&page),
        blocks,
        notes: left_out(&page, &parts, &left, title.as_deref()),
        title,
    };
    Some(Found { document, links })
}

/// One note for each kind of what was left out, with the beginning of the first.
fn left_out(page: &Page, parts: &[Part], left: &[bool], title: Option<&str>) -> Vec<Note> {
    let shown_title = words::key(title.unwrap_or(""));
    let mut kinds: Vec<&'static str> = Vec::new();
    let mut notes = Vec::new();
    for part in parts {
        if kinds.contains(&part.kind) || part.kind == clutter::MARK {
            continue;
        }
        kinds.push(part.kind);
        let alike: Vec<&Part> = parts.iter().filter(|other| other.kind == part.kind).collect();
        notes.extend(about(page, part.kind, &alike, left, &shown_title));
    }
    notes
}

fn about(page: &Page, kind: &str, parts: &[&Part], left: &[bool], title: &str) -> Option<Note> {
    const MOST_NAMED: usize = 4;
    let line = page.line(parts.first()?.id);
    if kind == "scripts" {
        let what = if parts.len() == 1 {
            "a script".to_owned()
        } else {
            format!("{} scripts", parts.len())
        };
        return Some(Note::done(line, format!("left out {what}")));
    }
    let named: Vec<(usize, String)> = parts
        .iter()
        .map(|part| (page.line(part.id), said(page, part, left)))
        // The title stands around many articles; it is not left out.
        .filter(|(_, words)| !words.is_empty() && words::key(words) != title)
        .collect();
    let (line, _) = named.first()?;
    let more = match named.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        count => format!(" and {count} more such"),
    };
    let names: Vec<String> = named
        .iter()
        .take(MOST_NAMED)
        .map(|(_, words)| format!("`{}`", shown(words)))
        .collect();
    Some(Note::done(*line, format!("left out {kind}: {}{more}", names.join(", "))))
}

/// What a part says, or what it shows where it says nothing.
fn said(page: &Page, part: &Part, left: &[bool]) -> String {
    // What stands inside a part and has a name of its own is not said twice.
    let words = match part.kind == content::AROUND {
        true => page.words_but(part.id, left),
        false => page.words(part.id),
    };
    if words.chars().any(char::is_alphanumeric) {
        return words;
    }
    let shows = page.below(part.id).find_map(|id| match page.name(id) {
        "iframe" | "video" | "audio" | "embed" | "source" | "img" => {
            page.attribute(id, "src").filter(|src| !src.starts_with("data:"))
        }
        "object" => page.attribute(id, "data"),
        "input" => page.attribute(id, "placeholder"),
        _ => None,
    });
    shows.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
