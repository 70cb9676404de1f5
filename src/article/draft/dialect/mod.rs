//! Markdown of other programs, in the Markdown that articles are written in.
//!
//! Promises: words stay, in their order but for footnotes, which come to stand below the text; marks that would stand in a letter as
//! they are go or are said; code is left alone. Does not know templates' braces, nor pictures that Markdown can read.

mod elements;
mod footnotes;
mod marks;
mod page;

use crate::article::document::album::Album;
use crate::article::markdown;
use crate::article::note::{Note, shown};
use pulldown_cmark::{Event, Parser, Tag};
use std::ops::Range;

/// The text in plain Markdown; pictures in its HTML go into `album`, and `title` gives words to them.
pub(super) fn plain(body: &str, body_line: usize, title: &str, album: &mut Album<'_>) -> (String, Vec<Note>) {
    let mut notes = Vec::new();
    let body = opened(body, body_line, &mut notes);
    // None of these moves a line, so that every note names the right one.
    let body = marks::plain(&body, body_line, &mut notes);
    let body = footnotes::below(&body, body_line, &mut notes);
    let body = elements::plain(&body, body_line, &mut notes);
    let body = page::read(&body, body_line, title, album, &mut notes);
    (body, notes)
}

/// The text with every comment closed or none: a `<!--` without an end would take everything behind it out of the letter.
fn opened(body: &str, body_line: usize, notes: &mut Vec<Note>) -> String {
    let mut body = body.to_owned();
    // Each turn takes one away.
    while let Some(at) = markdown::endless_comment(&body) {
        let line = body_line + body[..at].matches('\n').count();
        let text = "`<!--` begins a comment that is never closed; what follows is kept, with what was meant to be left out";
        notes.push(Note::unsure(line, text.to_owned()));
        body.replace_range(at..at + "<!--".len(), "");
    }
    body
}

/// Changes to a text, made all at once.
#[derive(Default)]
struct Changes {
    all: Vec<(Range<usize>, String)>,
}

impl Changes {
    fn put(&mut self, range: Range<usize>, written: impl Into<String>) {
        self.all.push((range, written.into()));
    }

    /// Whether the latest change takes in the byte at `at`.
    fn covers(&self, at: usize) -> bool {
        self.all
            .last()
            .is_some_and(|(range, written)| written.is_empty() && range.contains(&at))
    }

    /// The text with the changes; of two that overlap, the first is made.
    fn made(mut self, body: &str) -> String {
        self.all.sort_by_key(|(range, _)| (range.start, range.end));
        let mut made = String::with_capacity(body.len());
        let mut at = 0;
        for (range, written) in self.all {
            if range.start < at {
                continue;
            }
            made.push_str(&body[at..range.start]);
            made.push_str(&written);
            at = range.end;
        }
        made.push_str(&body[at..]);
        made
    }
}

/// Where nothing means anything to Markdown: code, and HTML.
fn literal(body: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(body, markdown::options()).into_offset_iter();
    let is_literal = |event: &Event<'_>| {
        matches!(
            event,
            Event::Code(_) | Event::InlineHtml(_) | Event::Start(Tag::CodeBlock(_) | Tag::HtmlBlock)
        )
    };
    events
        .filter(|(event, _)| is_literal(event))
        .map(|(_, range)| range)
        .collect()
}

/// The start of a text: no mark is longer, and a megabyte of marks takes no longer than its length.
fn window(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most.min(text.len()))]
}

/// Where the lines of a text begin.
struct Lines {
    starts: Vec<usize>,
    first: usize,
}

impl Lines {
    fn of(body: &str, first: usize) -> Self {
        let starts = body.match_indices('\n').map(|(at, _)| at + 1).collect();
        Self { starts, first }
    }

    fn line(&self, at: usize) -> usize {
        self.first + self.starts.partition_point(|start| *start <= at)
    }
}

/// `what: `a`, `b` and 3 more such`, at the line of the first; each is told once.
fn told(what: &str, found: &[(usize, String)], is_unsure: bool) -> Option<Note> {
    const MOST_NAMED: usize = 6;
    let (line, _) = found.first()?;
    let mut unique: Vec<&str> = Vec::new();
    for (_, words) in found {
        if !unique.contains(&words.as_str()) {
            unique.push(words);
        }
    }
    let names: Vec<String> = unique
        .iter()
        .take(MOST_NAMED)
        .map(|words| format!("`{}`", shown(words)))
        .collect();
    let more = match unique.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        count => format!(" and {count} more such"),
    };
    let text = format!("{what}: {}{more}", names.join(", "));
    Some(match is_unsure {
        true => Note::unsure(*line, text),
        false => Note::done(*line, text),
    })
}

#[cfg(test)]
mod tests;
