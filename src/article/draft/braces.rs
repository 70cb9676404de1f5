//! Braces in a Markdown text: what other programs would have replaced, and what only looks so.
//!
//! An article's text is no template. Shortcodes of Hugo and tags of Jekyll go, with a note; other double braces show as they were typed.

use crate::article::markdown;
use crate::article::note::{Note, shown};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// The text without what a template would replace.
pub(super) fn tamed(body: &str, body_line: usize) -> (String, Vec<Note>) {
    if !body.contains("{{") && !body.contains("{%") && !body.contains("{#") {
        return (body.to_owned(), Vec::new());
    }
    let code = code(body);
    let mut tamed = String::with_capacity(body.len() + 8);
    let mut notes = Vec::new();
    let mut gone: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    while let Some(offset) = next(body, at) {
        tamed.push_str(&body[at..offset]);
        let rest = &body[offset..];
        let is_code = code.iter().any(|range| range.contains(&offset));
        at = match tag_length(rest).filter(|_| !is_code) {
            Some(length) => {
                gone.push((line_of(body, offset, body_line), rest[..length].to_owned()));
                offset + length
            }
            None => {
                tamed.push_str(if is_code { "{ " } else { "{\\" });
                offset + 1
            }
        };
    }
    tamed.push_str(&body[at..]);
    if let Some((line, first)) = gone.first() {
        let more = if gone.len() > 1 {
            format!(" and {} more such", gone.len() - 1)
        } else {
            String::new()
        };
        let text = format!("left out `{}`{more}, which another program would have replaced", shown(first));
        notes.push(Note::unsure(*line, text));
    }
    (tamed, notes)
}

fn next(body: &str, from: usize) -> Option<usize> {
    ["{{", "{%", "{#"]
        .iter()
        .filter_map(|mark| body[from..].find(mark))
        .min()
        .map(|offset| from + offset)
}

/// The length of a shortcode or a tag that opens `text`.
fn tag_length(text: &str) -> Option<usize> {
    let pairs = [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"), ("{#", "#}")];
    let (_, close) = pairs.iter().find(|(open, _)| text.starts_with(open))?;
    let end = text.find(close)? + close.len();
    (!text[..end].contains("\n\n")).then_some(end)
}

fn line_of(body: &str, offset: usize, body_line: usize) -> usize {
    body_line + body[..offset].matches('\n').count()
}

/// Where the text is code, in which nothing can be escaped.
fn code(body: &str) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    for (event, range) in Parser::new_ext(body, markdown::options()).into_offset_iter() {
        match event {
            Event::Code(_) | Event::Start(Tag::CodeBlock(_)) => ranges.push(range),
            Event::End(TagEnd::CodeBlock) => {}
            _ => {}
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcodes_go_and_other_braces_show() {
        let check = |body: &str, expected: &str, n_notes: usize| {
            let (tamed, notes) = tamed(body, 1);
            assert_eq!((tamed.as_str(), notes.len()), (expected, n_notes), "{body}");
        };
        check("a {{< figure src=\"x\" >}} b", "a  b", 1);
        check("{% include x %}\ntext {{ name }}", "\ntext {\\{ name }}", 1);
        check("`{{ name }}` stays", "`{ { name }}` stays", 0);
        check("plain { text }", "plain { text }", 0);
        check("{{{{", "{\\{\\{\\{", 0);
    }
}
