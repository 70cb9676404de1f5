//! Text that stands twice: the later one goes, and is said; what stands nearly twice stays, and is said.

use super::blocks::{Block, Body, Item};
use super::words;
use crate::article::note::{Note, shown};
use std::collections::HashMap;

/// Fewer words than this may well be meant to be said again, as a refrain is.
const FEWEST_WORDS: usize = 8;

/// Comparing everything with everything is for articles, not for books.
const MOST_COMPARED: usize = 300;

/// Drops from `blocks` what has stood before, and the title if it stands there again.
pub(super) fn drop_from(blocks: &mut Vec<Block>, title: Option<&str>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let title = title.map(words::key).filter(|title| !title.is_empty());
    let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks.drain(..) {
        let key = words::key(&text(&block.body));
        if let Some(first) = stands_before(&block, &key, &seen) {
            notes.push(Note::done(
                block.line,
                format!(
                    "left out `{}`, which stands on line {first} already",
                    shown(&text(&block.body))
                ),
            ));
        } else if title.as_ref() == Some(&key) {
            notes.push(Note::done(
                block.line,
                format!("left out `{}`, which is the title again", shown(&text(&block.body))),
            ));
        } else {
            seen.entry(key).or_insert(block.line);
            kept.push(block);
        }
    }
    drop_empty_headings(&mut kept, &mut notes);
    notes.extend(nearly(&kept));
    *blocks = kept;
    notes
}

fn stands_before(block: &Block, key: &str, seen: &HashMap<String, usize>) -> Option<usize> {
    let is_long = matches!(&block.body, Body::Paragraph(text) if words::count(text) >= FEWEST_WORDS)
        || matches!(&block.body, Body::List(_, items) if words::count(&joined(items)) >= FEWEST_WORDS);
    seen.get(key).copied().filter(|_| is_long)
}

/// A heading that stands again and has lost all that stood below it.
fn drop_empty_headings(blocks: &mut Vec<Block>, notes: &mut Vec<Note>) {
    let mut index = blocks.len();
    while index > 0 {
        index -= 1;
        let Body::Heading(heading) = &blocks[index].body else {
            continue;
        };
        let is_empty = blocks.get(index + 1).is_none_or(|next| matches!(next.body, Body::Heading(_)));
        let key = words::key(heading);
        let first = blocks[..index]
            .iter()
            .find(|before| matches!(&before.body, Body::Heading(text) if words::key(text) == key));
        if let (true, Some(first)) = (is_empty, first) {
            notes.push(Note::done(
                blocks[index].line,
                format!("left out `{}`, which stands on line {} already", shown(heading), first.line),
            ));
            blocks.remove(index);
        }
    }
}

fn nearly(blocks: &[Block]) -> Vec<Note> {
    let paragraphs: Vec<(usize, &str, HashMap<String, isize>)> = blocks
        .iter()
        .filter_map(|block| match &block.body {
            Body::Paragraph(text) if words::count(text) >= FEWEST_WORDS => Some((block.line, text.as_str(), bag(text))),
            _ => None,
        })
        .take(MOST_COMPARED)
        .collect();
    let mut notes = Vec::new();
    for (index, (line, text, bag)) in paragraphs.iter().enumerate() {
        if let Some((first, _, _)) = paragraphs[..index].iter().find(|(_, _, before)| is_near(before, bag)) {
            notes.push(Note::unsure(
                *line,
                format!("`{}` is nearly the same as line {first}; both are kept", shown(text)),
            ));
        }
    }
    notes
}

/// How often each word stands in a text.
fn bag(text: &str) -> HashMap<String, isize> {
    let mut bag = HashMap::new();
    for word in text.split_whitespace() {
        *bag.entry(words::key(word)).or_insert(0) += 1;
    }
    bag
}

/// Whether nine of ten words are the same.
fn is_near(first: &HashMap<String, isize>, second: &HashMap<String, isize>) -> bool {
    let total: isize = first.values().sum::<isize>() + second.values().sum::<isize>();
    let apart: isize = first
        .iter()
        .map(|(word, n)| (n - second.get(word).unwrap_or(&0)).abs())
        .sum::<isize>()
        + second
            .iter()
            .filter(|(word, _)| !first.contains_key(*word))
            .map(|(_, n)| n)
            .sum::<isize>();
    apart * 10 <= total
}

/// The words of a block.
fn text(body: &Body) -> String {
    match body {
        Body::Heading(text) | Body::Paragraph(text) => text.clone(),
        Body::Lines(lines) => lines.join(" "),
        Body::List(_, items) => joined(items),
        Body::Table(rows) => rows.iter().map(|row| row.join(" ")).collect::<Vec<_>>().join(" "),
    }
}

fn joined(items: &[Item]) -> String {
    items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join(" ")
}
