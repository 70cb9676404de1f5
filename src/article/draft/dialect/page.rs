//! HTML between the paragraphs of a text: tables, centred lines, folded parts, read as a page is.

use super::{Changes, Lines};
use crate::article::document::album::Album;
use crate::article::document::markdown as document;
use crate::article::html;
use crate::article::markdown;
use crate::article::note::{Note, shown};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// An article has fewer; what is beyond stays, and `check` says so.
const MOST: usize = 2_000;

/// The text with its HTML blocks in Markdown; `title` gives words to pictures in front of the first heading.
pub(super) fn read(body: &str, body_line: usize, title: &str, album: &mut Album<'_>, notes: &mut Vec<Note>) -> String {
    let mut changes = Changes::default();
    let mut first: Option<(usize, String)> = None;
    let lines = Lines::of(body, body_line);
    for range in blocks(body) {
        let html = &body[range.clone()];
        let line = lines.line(range.start);
        let written = of_block(html, line, title, album, notes);
        let words = words(html);
        let is_script = html.to_ascii_lowercase().contains("<script");
        match () {
            () if !written.trim().is_empty() => {
                first.get_or_insert((line, html.lines().next().unwrap_or("").trim().to_owned()));
            }
            () if is_script => notes.push(Note::done(line, "left out a script")),
            () if words.is_empty() => {}
            () => notes.push(Note::unsure(
                line,
                format!("left out `{}`, which stands in HTML", shown(&words)),
            )),
        }
        changes.put(range, format!("\n{}\n\n", written.trim()));
    }
    if let Some((line, html)) = first {
        notes.push(Note::unsure(
            line,
            format!("HTML in the text, from `{}` on, is written as Markdown", shown(&html)),
        ));
    }
    changes.made(body)
}

/// The blocks of HTML that stand on their own, not in a list or a quote.
fn blocks(body: &str) -> Vec<Range<usize>> {
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for (event, range) in Parser::new_ext(body, markdown::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => depth = depth.saturating_sub(1),
            Event::Start(Tag::HtmlBlock) if depth == 0 && found.len() < MOST => found.push(range),
            _ => {}
        }
    }
    found
}

fn of_block(html: &str, line: usize, title: &str, album: &mut Album<'_>, notes: &mut Vec<Note>) -> String {
    let Some(found) = html::read(html).into_iter().next() else {
        return String::new();
    };
    let mut blocks = found.document.blocks;
    for block in &mut blocks {
        block.line = Some(line);
    }
    album.take(&mut blocks, title);
    notes.extend(found.links.notes());
    notes.extend(found.document.notes.into_iter().map(|note| Note {
        line: note.line.map(|inner| line + inner.saturating_sub(1)),
        ..note
    }));
    document::write(&blocks)
}

/// What stands between the elements.
fn words(html: &str) -> String {
    let mut words = String::new();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        words.push_str(&rest[..open]);
        words.push(' ');
        let inside = &rest[open..];
        let close = match inside.starts_with("<!--") {
            true => inside.find("-->").map(|end| end + 3),
            false => inside.find('>').map(|end| end + 1),
        };
        rest = &inside[close.unwrap_or(inside.len())..];
    }
    words.push_str(rest);
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
