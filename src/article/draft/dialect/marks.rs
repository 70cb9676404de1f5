//! Small marks: attributes behind headings and pictures, ticked boxes, boxed remarks, marked words.

use super::{Changes, Lines, literal, told, window};
use crate::article::markdown;
use crate::article::note::Note;
use pulldown_cmark::{Event, Options, Parser, Tag};

/// The text without such marks; its lines stay where they are.
pub(super) fn plain(body: &str, body_line: usize, notes: &mut Vec<Note>) -> String {
    let literal = literal(body);
    let mut reading = Reading {
        body,
        lines: Lines::of(body, body_line),
        changes: Changes::default(),
        dropped: Vec::new(),
        kept: Vec::new(),
    };
    let is_free = |at: usize| !markdown::is_in(&literal, at);
    reading.headings();
    reading.boxes();
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let text = line.trim_end_matches('\n');
        if is_free(at) && !text.starts_with("    ") && !text.starts_with('\t') {
            reading.line(at, text);
        }
        if !reading.changes.covers(at + text.len() - text.trim_start().len()) {
            reading.spans(at, text, &is_free);
        }
        at += line.len();
    }
    notes.extend(told("left out marks of another program", &reading.dropped, false));
    notes.extend(told(
        "marks of another program stand in the text as they are",
        &reading.kept,
        true,
    ));
    reading.changes.made(body)
}

struct Reading<'a> {
    body: &'a str,
    lines: Lines,
    changes: Changes,
    dropped: Vec<(usize, String)>,
    kept: Vec<(usize, String)>,
}

impl Reading<'_> {
    fn drop(&mut self, at: usize, length: usize) {
        let words = self.body[at..at + length].trim().to_owned();
        self.dropped.push((self.lines.line(at), words));
        self.changes.put(at..at + length, "");
    }

    /// `## First {#first}`
    fn headings(&mut self) {
        let body = self.body;
        for (event, range) in Parser::new_ext(body, markdown::options()).into_offset_iter() {
            let Event::Start(Tag::Heading { .. }) = event else { continue };
            let first = body[range.clone()].lines().next().unwrap_or("");
            let bare = first.trim_end().trim_end_matches('#').trim_end();
            let attributes = bare.strip_suffix('}').and_then(|text| text.rfind('{'));
            let Some(open) = attributes.filter(|open| is_attributes(&bare[open + 1..bare.len() - 1])) else {
                continue;
            };
            let start = bare[..open].trim_end().len();
            self.drop(range.start + start, bare.len() - start);
        }
    }

    /// `- [x] done`
    fn boxes(&mut self) {
        let options = markdown::options() | Options::ENABLE_TASKLISTS;
        for (event, range) in Parser::new_ext(self.body, options).into_offset_iter() {
            if let Event::TaskListMarker(is_ticked) = event {
                self.changes.put(range, if is_ticked { "☑" } else { "☐" });
            }
        }
    }

    /// Lines that are nothing but a mark, and the first line of a boxed remark.
    fn line(&mut self, at: usize, text: &str) {
        let bare = text.trim();
        let lead = text.len() - text.trim_start().len();
        let is_mark = bare.starts_with(":::") || matches!(bare.to_ascii_lowercase().as_str(), "[toc]" | "[[_toc_]]" | "[[toc]]");
        if is_mark {
            self.drop(at + lead, bare.len());
            return;
        }
        let quoted = bare.trim_start_matches(['>', ' ']);
        if !bare.starts_with('>') || !quoted.starts_with("[!") {
            return;
        }
        let Some((kind, rest)) = quoted[2..]
            .split_once(']')
            .filter(|(kind, _)| !kind.is_empty() && kind.len() <= 30)
        else {
            return;
        };
        let is_word = kind
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ' | '|'));
        if !is_word || rest.starts_with(['(', '[']) {
            return;
        }
        let own = rest.trim_start_matches(['+', '-']).trim();
        let words = if own.is_empty() { title_case(kind) } else { own.to_owned() };
        let goes_on = self.body[at + text.len()..].lines().nth(1).is_some_and(|next| {
            let next = next.trim_start();
            next.starts_with('>') && !next.trim_matches(['>', ' ']).is_empty()
        });
        let start = at + lead + (bare.len() - quoted.len());
        let line_break = if goes_on { "\\" } else { "" };
        self.changes
            .put(start..at + lead + bare.len(), format!("**{words}**{line_break}"));
    }

    /// Marks among the words of a line.
    fn spans(&mut self, at: usize, text: &str, is_free: &impl Fn(usize) -> bool) {
        for (start, _) in text.match_indices('{') {
            let Some(end) = window(&text[start..], 300).find('}') else {
                continue;
            };
            let inside = &text[start + 1..start + end];
            let behind = text[..start].chars().next_back();
            let is_kramdown = inside.starts_with(':') && !inside.starts_with(":-");
            let is_pandoc = matches!(behind, Some(')' | ']' | '*' | '`')) && is_attributes(inside);
            if is_free(at + start) && (is_kramdown || is_pandoc) {
                self.drop(at + start, end + 1);
            }
        }
        let mut from = 0;
        while let Some((start, length)) = marked(&text[from..]).map(|(start, length)| (from + start, length)) {
            if is_free(at + start) {
                self.changes.put(at + start..at + start + 2, "");
                self.changes.put(at + start + length - 2..at + start + length, "");
            }
            from = start + length;
        }
        for (start, _) in text.match_indices("[[") {
            let Some(end) = window(&text[start..], 300).find("]]").filter(|_| is_free(at + start)) else {
                continue;
            };
            let words = text[start..start + end + 2].to_owned();
            let is_link = text[start + end + 2..].starts_with('(');
            if !is_link && words.len() > 4 && !text[..start].ends_with('\\') {
                self.kept.push((self.lines.line(at), words));
            }
        }
    }
}

/// `#id .class key=value`
fn is_attributes(inside: &str) -> bool {
    let is_one = |part: &str| part.starts_with(['#', '.', ':']) && part.len() > 1 || part.contains('=') && !part.contains("==");
    let inside = inside.trim();
    let quotes = inside.find('"').map_or(inside, |quote| &inside[..quote]);
    !inside.is_empty() && !inside.contains(['{', '}']) && quotes.split_whitespace().all(is_one)
}

fn title_case(kind: &str) -> String {
    let word = kind.split('|').next().unwrap_or(kind).replace(['-', '_'], " ");
    let mut letters = word.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().to_string())
        .unwrap_or_default();
    first + &letters.as_str().to_lowercase()
}

/// The first `==words==` of a line: where it starts, and its length.
fn marked(text: &str) -> Option<(usize, usize)> {
    text.match_indices("==").find_map(|(start, _)| {
        let before = text[..start].chars().next_back();
        let inside = &text[start + 2..];
        let end = window(inside, 1_000).find("==")?;
        let after = inside[end + 2..].chars().next();
        let words = &inside[..end];
        let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric() && c != '=');
        let is_marked = is_edge(before) && is_edge(after) && !words.is_empty() && words.trim() == words && !words.starts_with('=');
        is_marked.then_some((start, end + 4))
    })
}
