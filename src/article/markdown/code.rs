//! Where a text is code: there braces, stars and brackets mean nothing, and nothing can be escaped.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// The code of a text, in bytes, in the order of reading; its fences and ticks belong to it.
pub(crate) fn code(markdown: &str) -> Vec<Range<usize>> {
    let events = Parser::new_ext(markdown, super::options()).into_offset_iter();
    events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))))
        .map(|(_, range)| range)
        .collect()
}

/// The byte of a `<!--` that begins a block and is never closed: all behind it, to the text's end, is taken for the comment.
pub(crate) fn endless_comment(markdown: &str) -> Option<usize> {
    let events = Parser::new_ext(markdown, super::options()).into_offset_iter();
    let blocks = events.filter(|(event, _)| matches!(event, Event::Start(Tag::HtmlBlock)));
    let mut starts = blocks.filter_map(|(_, range)| {
        let block = &markdown[range.clone()];
        let at = block.len() - block.trim_start().len();
        (block[at..].starts_with("<!--") && !block[at..].contains("-->")).then_some(range.start + at)
    });
    starts.next()
}

/// Whether a byte stands in one of `ranges`, which are in order.
pub(crate) fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.start <= at);
    next > 0 && ranges[next - 1].contains(&at)
}

/// The words of each block as a reader sees them, without what is code.
pub(crate) fn words(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block = String::new();
    let mut is_code = false;
    for event in Parser::new_ext(markdown, super::options()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::Item | Tag::TableCell) => {
                blocks.push(std::mem::take(&mut block));
            }
            Event::Text(text) if !is_code => block.push_str(&text),
            Event::SoftBreak | Event::HardBreak | Event::Code(_) => block.push(' '),
            _ => {}
        }
    }
    blocks.push(block);
    blocks
}
