//! Footnotes: a raised number where the text points to one, and the notes below the text.
//!
//! Promises: a note that is pointed to stands once below the text; one that nothing points to is said.

use super::{Changes, Lines, literal, told, window};
use crate::article::docx::raised;
use crate::article::markdown;
use crate::article::note::Note;
use std::collections::HashSet;
use std::ops::Range;

/// More notes than this are no footnotes.
const MOST: usize = 1_000;

/// A note as it is written.
struct Footnote {
    label: String,
    words: String,
    range: Range<usize>,
    number: Option<usize>,
}

/// The text with its notes below it; what stays keeps its lines.
pub(super) fn below(body: &str, body_line: usize, notes: &mut Vec<Note>) -> String {
    if !body.contains("[^") && !body.contains("^[") {
        return body.to_owned();
    }
    let literal = literal(body);
    let lines = Lines::of(body, body_line);
    let mut footnotes = written(body, &literal);
    if footnotes.len() > MOST {
        return body.to_owned();
    }
    let mut changes = Changes::default();
    for footnote in &footnotes {
        let n_lines = body[footnote.range.clone()].matches('\n').count();
        changes.put(footnote.range.clone(), "\n".repeat(n_lines));
    }
    let defined: HashSet<usize> = footnotes.iter().map(|note| mark_of(body, note.range.start)).collect();
    let mut count = 0;
    let mut lost = Vec::new();
    let mut at = 0;
    while let Some(start) = body[at..].find('^').map(|start| at + start) {
        at = start + 1;
        if markdown::is_in(&literal, start) || defined.contains(&start) {
            continue;
        }
        if let Some((range, label)) = pointer(body, start) {
            match footnotes.iter_mut().find(|footnote| footnote.label == label) {
                Some(footnote) => {
                    count += usize::from(footnote.number.is_none());
                    let number = *footnote.number.get_or_insert(count);
                    changes.put(range, raised(number));
                }
                None => lost.push((lines.line(start), body[range].to_owned())),
            }
        } else if let Some((range, words)) = in_line(body, start) {
            count += 1;
            footnotes.push(Footnote {
                label: String::new(),
                words,
                range: range.end..range.end,
                number: Some(count),
            });
            changes.put(range, raised(count));
        }
    }
    let unused: Vec<(usize, String)> = footnotes
        .iter()
        .filter(|footnote| footnote.number.is_none())
        .map(|footnote| (lines.line(footnote.range.start), footnote.words.clone()))
        .collect();
    notes.extend(told("left out notes to which nothing in the text points", &unused, true));
    notes.extend(told("the text points to notes that it does not have", &lost, true));
    footnotes.retain(|footnote| footnote.number.is_some());
    footnotes.sort_by_key(|footnote| footnote.number);
    let mut made = changes.made(body).trim_end().to_owned();
    if let Some(first) = footnotes.first() {
        let line = lines.line(first.range.start);
        notes.push(Note::done(line, "the footnotes stand below the text, with raised numbers"));
        made.push_str("\n\n* * *");
    }
    for footnote in footnotes {
        made.push_str(&format!("\n\n{} {}", raised(footnote.number.unwrap_or(0)), footnote.words));
    }
    made
}

/// Where the `^` stands of a note that begins at `start`.
fn mark_of(body: &str, start: usize) -> usize {
    start + body[start..].find('^').unwrap_or(0)
}

/// The notes, `[^1]: words` and the lines that belong to it.
fn written(body: &str, literal: &[Range<usize>]) -> Vec<Footnote> {
    let mut found: Vec<Footnote> = Vec::new();
    let mut open = false;
    let mut gap = String::new();
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        if let Some((label, words)) = definition(line).filter(|_| !markdown::is_in(literal, range.start)) {
            found.push(Footnote {
                label: label.to_owned(),
                words: words.to_owned(),
                range,
                number: None,
            });
            (open, gap) = (true, String::new());
            continue;
        }
        let is_blank = line.trim().is_empty();
        let is_inside = line.starts_with("  ") || line.starts_with('\t');
        let goes_on = is_inside || (gap.is_empty() && !starts_something(line));
        match (open, is_blank, found.last_mut()) {
            (true, true, _) => gap.push('\n'),
            (true, false, Some(footnote)) if goes_on => {
                footnote.words.push_str(if gap.is_empty() { " " } else { "\n\n" });
                footnote.words.push_str(line.trim());
                footnote.range.end = range.end;
                gap.clear();
            }
            _ => open = false,
        }
    }
    found
}

fn definition(line: &str) -> Option<(&str, &str)> {
    let lead = line.len() - line.trim_start_matches(' ').len();
    let (label, words) = line.trim_start().strip_prefix("[^")?.split_once("]:")?;
    let is_label = lead <= 3 && !label.is_empty() && !label.contains(char::is_whitespace) && !label.contains(['[', ']']);
    is_label.then(|| (label, words.trim()))
}

/// Whether a line starts a block of its own, and so does not go on with the note above it.
fn starts_something(line: &str) -> bool {
    let text = line.trim_start();
    text.starts_with(['[', '#', '>', '|', '<', '`', '~'])
        || ["- ", "* ", "+ ", "---", "***", "==="]
            .iter()
            .any(|mark| text.starts_with(mark))
        || text.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(". ")
}

/// `[^label]` around the `^` at `at`.
fn pointer(body: &str, at: usize) -> Option<(Range<usize>, String)> {
    let before = body[..at].strip_suffix('[').filter(|before| !before.ends_with('\\'))?;
    let start = before.len();
    let inside = window(&body[at + 1..], 100);
    let end = inside.find(']')?;
    let label = &inside[..end];
    (!label.is_empty() && label.len() <= 80 && !label.contains(char::is_whitespace))
        .then(|| (start..at + end + 2, label.to_owned()))
}

/// `^[words]` at `at`.
fn in_line(body: &str, at: usize) -> Option<(Range<usize>, String)> {
    let inside = window(body[at..].strip_prefix("^[")?, 2_000);
    let mut depth = 0_usize;
    for (offset, character) in inside.char_indices() {
        match character {
            '[' => depth += 1,
            ']' if depth == 0 => return Some((at..at + 2 + offset + 1, inside[..offset].trim().to_owned())),
            ']' => depth -= 1,
            '\n' if inside[offset..].starts_with("\n\n") => return None,
            _ => {}
        }
    }
    None
}
