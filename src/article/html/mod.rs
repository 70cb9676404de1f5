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
mod figure;
mod head;
mod inline;
mod look;
mod paragraph;
pub(crate) mod picture;
mod remark;
pub(in crate::article) mod signs;
mod table;
mod tree;
mod weight;

use super::document::link::Links;
use super::document::{Block, Body, Document, mail};
use super::encoding::Decoded;
use super::note::{Note, shown};
use super::pasted::words;
use blocks::{Lost, Reading};
use clutter::Part;
use look::Looks;
use tree::{Id, Page, ROOT};
use weight::Weights;

/// What a page was made into, and the address it was saved from.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) document: Document,
    pub(crate) links: Links,
}

/// Why no article was found.
#[derive(Debug)]
pub(crate) enum Unread {
    /// The page nests deeper or holds more than a page can.
    Endless,
    /// It only says which other pages are shown in its frames.
    Frames,
    /// A script would have filled it.
    Scripted,
    /// All its text looks like these: what stands around an article.
    Around(Vec<&'static str>),
    /// It has no text.
    Empty,
}

/// A page's bytes as text.
pub(crate) fn decode(bytes: &[u8]) -> Decoded {
    charset::decode(bytes)
}

/// The line at which elements first stand in one another deeper than `deepest`, or are more than a text so long could mean.
pub(crate) fn line_deeper_than(text: &str, deepest: usize) -> Option<usize> {
    tree::line_deeper_than(text, deepest)
}

/// Reads a page.
///
/// # Errors
/// When there is no article on it.
pub(crate) fn read(text: &str) -> Result<Found, Unread> {
    let page = tree::read(text).ok_or(Unread::Endless)?;
    if page.all(ROOT, "frameset").next().is_some() {
        return Err(Unread::Frames);
    }
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
    let notes_below = inline::lists_of_notes(&page, body, root);
    let around = content::around(&page, body, root, &left);
    parts.extend(around.into_iter().filter(|part| !notes_below.contains(&part.id)));
    let mut links = Links::new(head::address(&page).as_deref());
    let looks = Looks::of_page(&page);
    let subject = subject_above(&page, &left, &looks, &parts, root);
    let mut reading = Reading::of(&page, &left, &looks, &mut links);
    let mut blocks = reading.blocks(root);
    if blocks.is_empty() {
        return Err(unread(&page, body, &weighed, &parts));
    }
    for list in notes_below.into_iter().filter(|list| !left[*list]) {
        blocks.push(Block::new(None, Body::Rule));
        blocks.extend(reading.blocks(list));
    }
    let lost = about_lost(&reading.lost);
    let title = subject.or_else(|| head::title(&page, root, &left));
    let document = Document {
        author: head::author(&page, body),
        language: head::language(&page),
        blocks,
        notes: [left_out(&page, &parts, &left, title.as_deref()), lost].concat(),
        title_heads_section: false,
        title,
    };
    Ok(Found { document, links })
}

/// The subject of a mail whose head stands in front of the part that holds its text.
fn subject_above(page: &Page, left: &[bool], looks: &Looks, parts: &[Part], root: Id) -> Option<String> {
    let mut links = Links::new(None);
    let mut reading = Reading::of(page, left, looks, &mut links);
    let above = parts.iter().filter(|part| part.kind == content::AROUND && part.id < root);
    above.take(20).find_map(|part| mail::subject_of(&reading.blocks(part.id)))
}

/// What to say of what a letter cannot show.
fn about_lost(lost: &[(Lost, usize, String)]) -> Vec<Note> {
    const MOST_NAMED: usize = 8;
    let (shifts, links): (Vec<_>, Vec<_>) = lost.iter().partition(|(kind, _, _)| *kind == Lost::Shift);
    let shifts = shifts.iter().take(MOST_NAMED).map(|(_, line, words)| {
        let text = format!(
            "`{}` stood above or below the line and stands on it now: look whether it still says the same",
            shown(words)
        );
        Note::unsure(*line, text)
    });
    let links = links.iter().take(MOST_NAMED).map(|(_, line, address)| {
        let text = format!(
            "a picture led to `{}`, but nothing says in words what is there: write a link below it",
            shown(address)
        );
        Note::unsure(*line, text)
    });
    shifts.chain(links).collect()
}

/// Why a page has no blocks.
fn unread(page: &Page, body: Id, weights: &Weights, parts: &[Part]) -> Unread {
    let has = |name: &str| page.all(ROOT, name).next().is_some();
    let mut kinds: Vec<&'static str> = Vec::new();
    for part in parts
        .iter()
        .filter(|part| weights.all(part.id) > 0 && part.kind != clutter::MARK)
    {
        if !kinds.contains(&part.kind) {
            kinds.push(part.kind);
        }
    }
    match () {
        () if weights.prose(body) > 0 && !kinds.is_empty() => Unread::Around(kinds),
        () if has("iframe") => Unread::Frames,
        () if has("script") => Unread::Scripted,
        () => Unread::Empty,
    }
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
    // What these say is for nobody's eyes.
    let counted = match kind {
        clutter::SCRIPT => Some(("a script", "scripts")),
        remark::REMARK => Some(("a comment of the document", "comments of the document")),
        _ => None,
    };
    if let Some((one, several)) = counted {
        let what = match parts.len() {
            1 => one.to_owned(),
            count => format!("{count} {several}"),
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
