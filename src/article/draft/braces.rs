//! Braces in a Markdown text: what other programs would have replaced, and what only looks so.
//!
//! An article's text is no template. Shortcodes of Hugo and tags of Jekyll go, with a note; other double braces show as they were typed.

use crate::article::markdown;
use crate::article::note::{Note, shown};

/// The text without what a template would replace.
pub(super) fn tamed(body: &str, body_line: usize) -> (String, Vec<Note>) {
    if !body.contains("{{") && !body.contains("{%") && !body.contains("{#") {
        return (body.to_owned(), Vec::new());
    }
    let code = markdown::code(body);
    let mut tamed = String::with_capacity(body.len() + 8);
    let mut notes = Vec::new();
    let mut gone: Vec<(usize, String)> = Vec::new();
    let mut at = 0;
    while let Some(offset) = next(body, at) {
        tamed.push_str(&body[at..offset]);
        let rest = &body[offset..];
        let is_code = markdown::is_in(&code, offset);
        if let Some((length, path)) = site_path(rest).filter(|_| !is_code) {
            tamed.push_str(path);
            at = offset + length;
            continue;
        }
        at = match tag_length(rest).filter(|_| !is_code) {
            Some(length) => {
                gone.push((offset, rest[..length].to_owned()));
                offset + length
            }
            None => {
                // `{#top}` is a heading's mark, which goes later on.
                tamed.push_str(if is_code || rest.starts_with("{#") { "{" } else { "{\\" });
                offset + 1
            }
        };
    }
    tamed.push_str(&body[at..]);
    if let Some((offset, first)) = gone.first() {
        let more = if gone.len() > 1 {
            format!(" and {} more such", gone.len() - 1)
        } else {
            String::new()
        };
        let text = format!("left out `{}`{more}, which another program would have replaced", shown(first));
        notes.push(Note::unsure(line_of(body, *offset, body_line), text));
    }
    (tamed, notes)
}

/// The text with every pair of braces outside of code as something to be shown, whatever came of the text on its way.
pub(super) fn guarded(markdown: &str) -> String {
    if next(markdown, 0).is_none() {
        return markdown.to_owned();
    }
    let code = markdown::code(markdown);
    let mut guarded = String::with_capacity(markdown.len() + 8);
    let mut at = 0;
    while let Some(offset) = next(markdown, at) {
        guarded.push_str(&markdown[at..offset]);
        guarded.push_str(if markdown::is_in(&code, offset) { "{" } else { "{\\" });
        at = offset + 1;
    }
    guarded.push_str(&markdown[at..]);
    guarded
}

/// The start of a text: nothing that is looked for is longer, and a megabyte of braces takes no longer than its length.
fn window(text: &str, most: usize) -> &str {
    &text[..text.floor_char_boundary(most.min(text.len()))]
}

fn next(body: &str, from: usize) -> Option<usize> {
    let pairs = body.as_bytes().get(from..)?.windows(2);
    let mut marks = pairs.map(|pair| pair[0] == b'{' && matches!(pair[1], b'{' | b'%' | b'#'));
    marks.position(|is_mark| is_mark).map(|offset| from + offset)
}

/// The length of a shortcode or a tag that opens `text`.
fn tag_length(text: &str) -> Option<usize> {
    let pairs = [("{{<", ">}}"), ("{{%", "%}}"), ("{%", "%}"), ("{#", "#}")];
    let (_, close) = pairs.iter().find(|(open, _)| text.starts_with(open))?;
    let text = window(text, 4_000);
    let end = text.find(close)? + close.len();
    (!text[..end].contains("\n\n")).then_some(end)
}

/// `{{ "/assets/hands.png" | relative_url }}` says a path, and `{{ site.baseurl }}` in front of one says nothing in a letter.
fn site_path(text: &str) -> Option<(usize, &str)> {
    let inside = window(text.strip_prefix("{{")?, 200);
    let end = inside.find("}}")?;
    let (value, filter) = inside[..end].split_once('|').unwrap_or((&inside[..end], ""));
    let (value, filter) = (value.trim(), filter.trim());
    let length = end + 4;
    if matches!(value, "site.baseurl" | "site.url" | "site.github.url") && text[length..].starts_with('/') {
        return Some((length, ""));
    }
    let quotes = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let path = value.strip_prefix(quotes)?.strip_suffix(quotes)?;
    let is_path = matches!(filter, "relative_url" | "absolute_url" | "url" | "relURL" | "absURL") && !path.contains('\n');
    is_path.then_some((length, path))
}

/// What of a Markdown text a reader would see in double braces, each once: people's fields that another program would have filled.
pub(super) fn shown_in(markdown: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for block in markdown::words(markdown) {
        let mut rest = block.as_str();
        while let Some(start) = rest.find("{{") {
            rest = &rest[start..];
            let end = window(rest, LONGEST).find("}}").map(|end| end + 2);
            let Some(end) = end.filter(|end| *end > 4) else {
                rest = &rest[1..];
                continue;
            };
            let field = rest[..end].to_owned();
            if !found.contains(&field) {
                found.push(field);
            }
            rest = &rest[end..];
        }
    }
    found
}

/// A longer pair of braces is no field.
const LONGEST: usize = 120;

fn line_of(body: &str, offset: usize, body_line: usize) -> usize {
    body_line + body[..offset].matches('\n').count()
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
        check("`{{ name }}` stays", "`{{ name }}` stays", 0);
        check(
            "![a]({{ \"/b c.png\" | relative_url }}) [d]({{ site.baseurl }}/e)",
            "![a](/b c.png) [d](/e)",
            0,
        );
        check("plain { text }", "plain { text }", 0);
        check("{{{{", "{\\{\\{\\{", 0);
    }

    #[test]
    fn fields_that_a_reader_would_see_are_found() {
        let check = |markdown: &str, expected: &[&str]| assert_eq!(shown_in(markdown), expected, "{markdown}");
        check(
            "Dear {\\{ first_name }}, and\n\n- {\\{name}}\n- {\\{name}}",
            &["{{ first_name }}", "{{name}}"],
        );
        check("`{{ name }}` and { name }\n\n    {{ x }}\n", &[]);
        check("{\\{}} {\\{ open", &[]);
    }
}
