//! The last look at a document: title, byline and date out of the text, bold lines that mean headings, headings without gaps.

use super::{Block, Body, Document, Inline, is_blank};
use crate::article::note::{Note, shown};
use crate::article::pasted::byline::{self, About};
use crate::article::pasted::leftovers::is_leftover;
use crate::article::pasted::words;

/// How many blocks from the start and from the end can be about the text.
const REACH: usize = 6;

/// Tidies a document.
pub(crate) fn tidy(document: &mut Document) {
    document.blocks = flattened(std::mem::take(&mut document.blocks));
    super::mail::take_off(document);
    bold_lines(document);
    title(document);
    about_lines(document);
    closing_lines(document);
    levels(&mut document.blocks);
}

fn note(line: Option<usize>, text: String, is_unsure: bool) -> Note {
    let note = match is_unsure {
        true => Note::unsure(line.unwrap_or(1), text),
        false => Note::done(line.unwrap_or(1), text),
    };
    match line {
        Some(_) => note,
        None => note.about_all(),
    }
}

/// Empty blocks go, and rules at the edges or in a row.
fn flattened(blocks: Vec<Block>) -> Vec<Block> {
    let mut kept: Vec<Block> = Vec::with_capacity(blocks.len());
    for block in blocks {
        let is_empty = match &block.body {
            Body::Heading(_, line) | Body::Paragraph(line) => is_blank(line),
            Body::Quote(blocks) => blocks.is_empty(),
            Body::List(_, items) => items.is_empty(),
            Body::Table(rows) => rows.is_empty(),
            Body::Code(text) => text.trim().is_empty(),
            Body::Rule => kept.last().is_none_or(|last| last.body == Body::Rule),
            Body::Picture(_) => false,
        };
        if !is_empty {
            kept.push(block);
        }
    }
    while kept.last().is_some_and(|last| last.body == Body::Rule) {
        kept.pop();
    }
    kept
}

/// Where a document has no heading at all, short bold lines are its headings.
fn bold_lines(document: &mut Document) {
    let has_headings = document
        .blocks
        .iter()
        .filter(|block| matches!(block.body, Body::Heading(..)))
        .count()
        > 1;
    if has_headings {
        return;
    }
    let is_bold: Vec<bool> = document.blocks.iter().map(is_bold_line).collect();
    let mut made: Vec<String> = Vec::new();
    let mut first = None;
    for index in 0..is_bold.len() {
        let leads = is_bold.get(index + 1).is_some_and(|next| !next);
        if !is_bold[index] || !leads {
            continue;
        }
        let block = &mut document.blocks[index];
        made.push(block.plain());
        first = first.or(block.line);
        if let Body::Paragraph(line) = &mut block.body {
            let plain = line.iter_mut().map(|piece| {
                if let Inline::Text(run) = piece {
                    run.style.bold = false;
                }
                piece.clone()
            });
            block.body = Body::Heading(2, plain.collect());
        }
    }
    if !made.is_empty() {
        let names: Vec<String> = made.iter().take(3).map(|name| format!("`{}`", shown(name))).collect();
        let more = if made.len() > 3 {
            format!(" and {} more", made.len() - 3)
        } else {
            String::new()
        };
        let text = format!("bold lines are taken for headings: {}{more}", names.join(", "));
        document.notes.push(note(first, text, true));
    }
}

fn is_bold_line(block: &Block) -> bool {
    let Body::Paragraph(line) = &block.body else { return false };
    let text = block.plain();
    let is_bold = line.iter().all(|piece| match piece {
        Inline::Text(run) => run.style.bold || !run.text.chars().any(char::is_alphanumeric),
        Inline::Break => false,
    });
    let says_something = text.chars().any(char::is_alphanumeric);
    is_bold
        && says_something
        && words::length(&text) <= 80
        && words::count(&text) <= 12
        && !text.ends_with(['.', ',', ';', ':', '!'])
}

/// The title out of the text, and the text's own where the document names none.
fn title(document: &mut Document) {
    if let Some(known) = document.title.as_deref().map(words::key) {
        // A title that is set large, but is no heading.
        let is_it = |block: &Block| matches!(block.body, Body::Paragraph(_)) && words::key(&block.plain()) == known;
        if let Some(index) = document
            .blocks
            .iter()
            .take(3)
            .position(is_it)
            .filter(|_| document.blocks.len() > 1)
        {
            document.blocks.remove(index);
        }
    }
    let Some(index) = document
        .blocks
        .iter()
        .take(REACH)
        .position(|block| matches!(block.body, Body::Heading(..)))
    else {
        if document.title.is_none() {
            plain_title(document);
        }
        return;
    };
    let text = document.blocks[index].plain();
    let is_same = document
        .title
        .as_deref()
        .is_some_and(|title| words::key(title) == words::key(&text));
    let opens = document.blocks[..index]
        .iter()
        .all(|block| !matches!(block.body, Body::Paragraph(_)) || is_about(block));
    if !is_same && (document.title.is_some() || !opens) {
        return;
    }
    let Block { line, body } = document.blocks.remove(index);
    document.title_heads_section = matches!(body, Body::Heading(level, _) if highest(&document.blocks) == Some(level));
    if document.title.is_none() {
        document
            .notes
            .push(note(line, format!("the heading `{}` is the title", shown(&text)), false));
    }
    document.title.get_or_insert(text);
}

/// The highest level of the headings.
fn highest(blocks: &[Block]) -> Option<u8> {
    let mut used = Vec::new();
    gather_levels(blocks, &mut used);
    used.into_iter().min()
}

/// A short line on top is a title even if nothing marks it.
fn plain_title(document: &mut Document) {
    let Some(first) = document.blocks.first() else { return };
    let text = first.plain();
    let is_short = words::length(&text) <= 90 && words::count(&text) <= 14;
    let follows = document
        .blocks
        .get(1)
        .is_some_and(|next| matches!(next.body, Body::Paragraph(_)));
    let looks_so =
        is_short && follows && !text.ends_with(['.', ',', ';', ':']) && !words::greets(&text) && !words::begins_small(&text);
    if matches!(first.body, Body::Paragraph(_)) && looks_so && byline::of(&text).is_none() && !words::is_address(&text) {
        let line = document.blocks.remove(0).line;
        document.notes.push(note(
            line,
            format!("the first line `{}` is taken for the title", shown(&text)),
            true,
        ));
        document.title = Some(text);
    }
}

fn is_about(block: &Block) -> bool {
    matches!(block.body, Body::Paragraph(_)) && byline::of(&block.plain()).is_some()
}

/// Byline and date between title and text.
fn about_lines(document: &mut Document) {
    let mut index = 0;
    while index < REACH.min(document.blocks.len().saturating_sub(1)) {
        let block = &document.blocks[index];
        let text = block.plain();
        let is_paragraph = matches!(block.body, Body::Paragraph(_));
        let about = is_paragraph
            .then(|| byline::of(&text).or_else(|| in_parts(&text, document.author.as_deref())))
            .flatten();
        match about {
            Some(About::Author(author)) => {
                let line = document.blocks.remove(index).line;
                document.author.get_or_insert(author);
                let text = format!("left out `{}`; the author goes into the front matter", shown(&text));
                document.notes.push(note(line, text, false));
            }
            Some(About::Date) => {
                let line = document.blocks.remove(index).line;
                document.notes.push(note(
                    line,
                    format!("left out `{}`, which tells only when", shown(&text)),
                    false,
                ));
            }
            _ => index += 1,
        }
        if index >= 3 {
            break;
        }
    }
}

/// `Ann Lee · 4 min read · 2 May 2026`: each part tells something about the text.
fn in_parts(text: &str, author: Option<&str>) -> Option<About> {
    let parts: Vec<&str> = text
        .split(['·', '|', '•'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let is_author = |part: &&str| author.is_some_and(|author| words::key(author) == words::key(part));
    let tells = |part: &&str| is_author(part) || byline::of(part).is_some();
    (parts.len() > 1 && parts.iter().all(tells)).then_some(About::Date)
}

/// Rights and leftovers below the text.
fn closing_lines(document: &mut Document) {
    for _ in 0..REACH {
        let Some(last) = document.blocks.last().filter(|_| document.blocks.len() > 1) else {
            return;
        };
        let text = last.plain();
        let goes = match (&last.body, byline::of(&text)) {
            (Body::Rule, _) => true,
            (Body::Paragraph(_) | Body::Heading(..), _) if is_leftover(&text) => true,
            (Body::Paragraph(_), Some(About::Rights(_) | About::Date)) => true,
            (Body::Heading(..), _) => true,
            _ => false,
        };
        if !goes {
            return;
        }
        let line = last.line;
        if last.body != Body::Rule {
            let text = format!("left out `{}` at the end", shown(&text));
            document.notes.push(note(line, text, false));
        }
        document.blocks.pop();
    }
}

/// The highest heading becomes one of level 2, and none leaves out a level below it.
fn levels(blocks: &mut [Block]) {
    let mut used: Vec<u8> = Vec::new();
    gather_levels(blocks, &mut used);
    used.sort_unstable();
    used.dedup();
    set_levels(blocks, &used);
}

fn gather_levels(blocks: &[Block], used: &mut Vec<u8>) {
    for block in blocks {
        match &block.body {
            Body::Heading(level, _) => used.push(*level),
            Body::Quote(blocks) => gather_levels(blocks, used),
            Body::List(_, items) => items.iter().for_each(|item| gather_levels(item, used)),
            _ => {}
        }
    }
}

fn set_levels(blocks: &mut [Block], used: &[u8]) {
    for block in blocks {
        match &mut block.body {
            Body::Heading(level, _) => {
                let rank = used.iter().position(|other| other == level).unwrap_or(0);
                *level = u8::try_from(rank + 2).unwrap_or(6).min(6);
            }
            Body::Quote(blocks) => set_levels(blocks, used),
            Body::List(_, items) => items.iter_mut().for_each(|item| set_levels(item, used)),
            _ => {}
        }
    }
}
