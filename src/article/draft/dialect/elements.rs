//! HTML among the words: what Markdown can say is said in it, the rest of what browsers know goes, its words stay.

use super::{Changes, Lines, told, window};
use crate::article::document::link::Links;
use crate::article::markdown;
use crate::article::note::Note;
use pulldown_cmark::{Event, Parser};
use std::ops::Range;

/// What pages mark words with; anything else in angle brackets may be somebody's own, and stays to be found.
const KNOWN: [&str; 34] = [
    "a", "abbr", "b", "bdi", "big", "center", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "label", "mark",
    "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "p", "div",
];

/// Elements do not nest so deep among words.
const DEEPEST: usize = 64;

/// The text with such elements in Markdown; its lines stay where they are.
pub(super) fn plain(body: &str, body_line: usize, notes: &mut Vec<Note>) -> String {
    let mut changes = Changes::default();
    let lines = Lines::of(body, body_line);
    let mut dropped = Vec::new();
    let mut links = Links::new(None);
    // What closes what was opened, innermost last.
    let mut open: Vec<(String, String)> = Vec::new();
    for (event, range) in Parser::new_ext(body, markdown::options()).into_offset_iter() {
        let Event::InlineHtml(html) = event else { continue };
        if markdown::is_comment(&html) {
            let n_lines = html.matches('\n').count();
            changes.put(range, "\n".repeat(n_lines));
            continue;
        }
        let (name, closes) = name_of(&html);
        if !KNOWN.contains(&name.as_str()) {
            continue;
        }
        if closes {
            let written = open
                .iter()
                .rposition(|(opened, _)| *opened == name)
                .map(|at| open.remove(at).1);
            changes.put(range, written.unwrap_or_default());
            continue;
        }
        let (before, after) = said(&name, &html, &range, body, &mut links);
        if before.is_empty() {
            dropped.push((lines.line(range.start), format!("<{name}>")));
        }
        changes.put(range, before);
        if open.len() < DEEPEST {
            open.push((name, after));
        }
    }
    notes.extend(told("left out HTML, whose words stay", &dropped, false));
    notes.extend(links.notes());
    changes.made(body)
}

fn name_of(html: &str) -> (String, bool) {
    let inside = html.trim_start_matches('<');
    let closes = inside.starts_with('/');
    let name = inside
        .trim_start_matches('/')
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect::<String>();
    (name.to_ascii_lowercase(), closes)
}

/// How Markdown says an element: what opens it and what closes it, or nothing.
fn said(name: &str, html: &str, range: &Range<usize>, body: &str, links: &mut Links) -> (String, String) {
    let mark = match name {
        "b" | "strong" => "**",
        "i" | "em" => "*",
        "del" | "s" | "strike" => "~~",
        "a" => {
            let address = attribute(html, "href").and_then(|href| links.lead(&href));
            return match address.filter(|address| !address.contains(['(', ')', '<', '>', ' '])) {
                Some(address) => ("[".to_owned(), format!("]({address})")),
                None => Default::default(),
            };
        }
        _ => return Default::default(),
    };
    // Stars mean something only at the edge of a word.
    let before = body[..range.start].chars().next_back();
    let inside = body[range.end..].chars().next();
    let closing = window(&body[range.end..], 1_000)
        .to_ascii_lowercase()
        .find(&format!("</{name}"))
        .map(|end| range.end + end);
    let last = closing.and_then(|end| body[range.end..end].chars().next_back());
    let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match !is_letter(before) && is_letter(inside) && is_letter(last) {
        true => (mark.to_owned(), mark.to_owned()),
        false => Default::default(),
    }
}

fn attribute(html: &str, name: &str) -> Option<String> {
    let at = html.to_ascii_lowercase().find(&format!(" {name}="))? + name.len() + 2;
    let value = html.get(at..)?;
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
    let value = match quote {
        Some(quote) => value[1..].split(quote).next()?,
        None => value.split([' ', '>']).next()?,
    };
    Some(value.replace("&amp;", "&"))
}
