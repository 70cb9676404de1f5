//! A text as the rules look at it: its words block by block, its links, pictures and headings, each with the byte where it stands.
//!
//! Promises: Markdown and HTML are read into the same shape, once, in time that grows with their length. Knows no rule.

use crate::article::markdown;
use crate::letter::markup::{self, Kind};
use crate::template::tags;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// Stands for each byte of `{{ … }}`: a value that only a letter has.
pub(super) const BLIND: u8 = 0x1a;

/// Whether a character stands for a value that only a letter has.
pub(super) fn is_blind(c: char) -> bool {
    c == '\u{1a}'
}

/// What kind of block words stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BlockKind {
    Paragraph,
    Heading(u8),
    Quote,
    Other,
}

/// Words that belong together, on one line, with where they came from.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    pub(super) words: String,
    /// Pairs of a byte of `words` and the byte of the text it came from, ascending.
    origin: Vec<(usize, usize)>,
    /// What of the words is code, in bytes, ascending.
    code: Vec<Range<usize>>,
}

impl Block {
    fn new(kind: BlockKind) -> Self {
        Self {
            kind,
            words: String::new(),
            origin: Vec::new(),
            code: Vec::new(),
        }
    }

    /// Whether byte `at` of the words is code, where marks are there to be read.
    pub(super) fn is_code(&self, at: usize) -> bool {
        self.code.iter().any(|range| range.contains(&at))
    }

    fn push(&mut self, words: &str, offset: usize) {
        self.origin.push((self.words.len(), offset));
        self.words.push_str(words);
    }

    /// The byte of the text at which byte `at` of the words stands.
    pub(super) fn offset(&self, at: usize) -> usize {
        let next = self.origin.partition_point(|(own, _)| *own <= at);
        match next.checked_sub(1).map(|before| self.origin[before]) {
            Some((own, offset)) => offset + (at - own),
            None => 0,
        }
    }
}

/// A link.
#[derive(Debug)]
pub(super) struct Link {
    /// Where it leads, with its entities resolved; `None` where it says nothing.
    pub(super) target: Option<String>,
    /// What a reader sees of it; an image's words count.
    pub(super) words: String,
    pub(super) offset: usize,
    /// Whether it is a bare address of the text.
    pub(super) is_bare: bool,
}

/// A picture.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) words: Option<String>,
    pub(super) target: String,
    pub(super) offset: usize,
}

/// A text, read.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) blocks: Vec<Block>,
    pub(super) links: Vec<Link>,
    pub(super) pictures: Vec<Picture>,
}

/// An article's text.
pub(super) fn of_markdown(text: &str) -> Reading {
    let mut desk = Desk::default();
    let mut code = false;
    for (event, range) in Parser::new_ext(text, markdown::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented)) => code = true,
            Event::End(TagEnd::CodeBlock) => code = false,
            Event::Start(Tag::Heading { level, .. }) => desk.open(BlockKind::Heading(level as u8)),
            Event::Start(Tag::BlockQuote(_)) => desk.quotes += 1,
            Event::End(TagEnd::BlockQuote(_)) => desk.quotes = desk.quotes.saturating_sub(1),
            Event::Start(Tag::Paragraph | Tag::Item | Tag::TableCell) => desk.open(BlockKind::Paragraph),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::Item | TagEnd::TableCell) => desk.close(),
            Event::Start(Tag::Link { dest_url, .. }) => desk.open_link(Some(dest_url.into_string()), range.start),
            Event::End(TagEnd::Link) => desk.close_link(),
            Event::Start(Tag::Image { dest_url, .. }) => desk.open_picture(dest_url.into_string(), range.start),
            Event::End(TagEnd::Image) => desk.close_picture(),
            Event::Text(words) if !code => desk.words(&words, range.start),
            Event::Code(words) => desk.code(&words, range.start + 1),
            Event::SoftBreak | Event::HardBreak => desk.words(" ", range.start),
            _ => {}
        }
    }
    desk.close();
    let mut reading = desk.reading;
    bare_addresses(&mut reading);
    reading
}

/// A template's HTML, or a letter's; tags of the template language are passed over.
pub(super) fn of_html(html: &str) -> Reading {
    let mut desk = Desk::default();
    for piece in markup::pieces(html) {
        let at = piece.range.start;
        let name = piece.name().to_ascii_lowercase();
        match (piece.kind, name.as_str()) {
            (Kind::Text, _) => desk.words(&markup::unescaped(piece.text), at),
            (Kind::Open, "a") => {
                desk.close_link();
                desk.open_link(piece.attribute("href").map(markup::unescaped), at);
            }
            (Kind::Close, "a") => desk.close_link(),
            (Kind::Open, "img") => {
                let target = piece.attribute("src").map(markup::unescaped).unwrap_or_default();
                desk.picture(piece.attribute("alt").map(markup::unescaped), target, at);
            }
            (Kind::Open, "h1" | "h2" | "h3" | "h4" | "h5" | "h6") => desk.open(BlockKind::Heading(name.as_bytes()[1] - b'0')),
            (Kind::Open, "blockquote") => desk.quotes += 1,
            (Kind::Close, "blockquote") => desk.quotes = desk.quotes.saturating_sub(1),
            (Kind::Open | Kind::Close, name) if is_block(name) => desk.open(BlockKind::Other),
            _ => {}
        }
    }
    desk.close_link();
    desk.close();
    desk.reading
}

fn is_block(name: &str) -> bool {
    !matches!(
        name,
        "b" | "strong"
            | "i"
            | "em"
            | "span"
            | "u"
            | "s"
            | "small"
            | "sup"
            | "sub"
            | "abbr"
            | "font"
            | "code"
            | "bdi"
            | "del"
            | "mark"
            | "wbr"
    )
}

/// `text` with every tag of the template language blinded, so that offsets stay: values as one unknown word, the rest as blanks.
pub(super) fn blinded(text: &str) -> String {
    let mut blinded = String::with_capacity(text.len());
    let mut at = 0;
    for tag in tags::tags(text) {
        blinded.push_str(&text[at..tag.range.start]);
        let filler = match tag.kind {
            tags::Kind::Expression => char::from(BLIND),
            _ => ' ',
        };
        // Line breaks stay where they are, or lines would shift.
        let fill = |byte| if byte == b'\n' { '\n' } else { filler };
        blinded.extend(text[tag.range.clone()].bytes().map(fill));
        at = tag.range.end;
    }
    blinded.push_str(&text[at..]);
    blinded
}

#[derive(Default)]
struct Desk {
    reading: Reading,
    block: Option<Block>,
    quotes: usize,
    /// The links that are open, by their number.
    links: Vec<usize>,
    /// The pictures that are open: where they lead, where they stand, the words so far.
    open_pictures: Vec<(String, usize, String)>,
}

impl Desk {
    fn open(&mut self, kind: BlockKind) {
        self.close();
        let kind = match kind {
            BlockKind::Paragraph if self.quotes > 0 => BlockKind::Quote,
            kind => kind,
        };
        self.block = Some(Block::new(kind));
    }

    fn close(&mut self) {
        if let Some(block) = self.block.take().filter(|block| !block.words.trim().is_empty()) {
            self.reading.blocks.push(block);
        }
    }

    fn words(&mut self, words: &str, offset: usize) {
        if let Some((_, _, alt)) = self.open_pictures.last_mut() {
            alt.push_str(words);
            return;
        }
        // Only the innermost: a link stands in no link.
        if let Some(link) = self.links.last().and_then(|link| self.reading.links.get_mut(*link)) {
            link.words.push_str(words);
        }
        let kind = if self.quotes > 0 { BlockKind::Quote } else { BlockKind::Other };
        self.block.get_or_insert_with(|| Block::new(kind)).push(words, offset);
    }

    fn code(&mut self, words: &str, offset: usize) {
        let before = self.block.as_ref().map_or(0, |block| block.words.len());
        self.words(words, offset);
        if let Some(block) = &mut self.block {
            block.code.push(before..block.words.len());
        }
    }

    fn open_link(&mut self, target: Option<String>, offset: usize) {
        self.links.push(self.reading.links.len());
        self.reading.links.push(Link {
            target,
            words: String::new(),
            offset,
            is_bare: false,
        });
    }

    fn close_link(&mut self) {
        self.links.pop();
    }

    fn open_picture(&mut self, target: String, offset: usize) {
        self.open_pictures.push((target, offset, String::new()));
    }

    fn close_picture(&mut self) {
        if let Some((target, offset, words)) = self.open_pictures.pop() {
            self.picture(Some(words), target, offset);
        }
    }

    fn picture(&mut self, words: Option<String>, target: String, offset: usize) {
        if let (Some(link), Some(words)) = (self.links.last().and_then(|link| self.reading.links.get_mut(*link)), &words) {
            link.words.push_str(words);
        }
        self.reading.pictures.push(Picture { words, target, offset });
    }
}

/// Addresses that stand in the text without being marked as links; letters link them all the same.
fn bare_addresses(reading: &mut Reading) {
    let linked: std::collections::HashSet<String> = reading.links.iter().map(|link| link.words.trim().to_owned()).collect();
    let mut found = Vec::new();
    for block in &reading.blocks {
        let mut at = 0;
        for token in block
            .words
            .split_inclusive(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')'))
        {
            let address = token.trim_matches(|c: char| c.is_whitespace() || ".,;:!?<>()[]\"'“”„»«*_".contains(c));
            let is_address = ["http://", "https://", "www."].iter().any(|head| {
                address.len() > head.len() + 3
                    && address.is_char_boundary(head.len())
                    && address[..head.len()].eq_ignore_ascii_case(head)
            });
            if is_address && !linked.contains(address) {
                let scheme = if address.to_ascii_lowercase().starts_with("www.") {
                    "https://"
                } else {
                    ""
                };
                found.push(Link {
                    target: Some(format!("{scheme}{address}")),
                    words: address.to_owned(),
                    offset: block.offset(at + token.find(address).unwrap_or(0)),
                    is_bare: true,
                });
            }
            at += token.len();
        }
    }
    reading.links.extend(found);
}
