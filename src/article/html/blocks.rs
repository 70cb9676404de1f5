//! The content of a page as blocks: what its elements mean, however they were stacked.
//!
//! Promises: text that is shown on the page comes out once, in its order; any tree will do, however badly it was closed. Elements that
//! were left out do not come here.

use super::figure;
use super::look::{self, Looks};
use super::paragraph::{Here, Making};
use super::tree::{Data, Id, Page};
use crate::article::document::link::Links;
use crate::article::document::list::{self, Item};
use crate::article::document::raised::Shift;
use crate::article::document::{Block, Body, Inline, Line, Style, plain};
use std::collections::HashSet;

/// So deep blocks are told apart; below, all is plain text. No article nests so deep.
pub(super) const DEEPEST: usize = 120;

/// Makes blocks of one page.
pub(super) struct Reading<'a> {
    pub(super) page: &'a Page,
    /// What is left out, by its number.
    pub(super) left: &'a [bool],
    pub(super) links: &'a mut Links,
    pub(super) looks: &'a Looks,
    /// Where links lead that have words.
    pub(super) said: HashSet<&'a str>,
    /// The notes below the text, in the order in which the text points to them.
    pub(super) noted: Vec<String>,
    /// What stood raised or lowered and cannot, and where pictures led that say nothing; each with its line.
    pub(super) lost: Vec<(Lost, usize, String)>,
}

/// What a letter cannot show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lost {
    /// Words above or below the line.
    Shift,
    /// A link whose picture has no words.
    Link,
}

impl<'a> Reading<'a> {
    /// A reading that has not begun.
    pub(super) fn of(page: &'a Page, left: &'a [bool], looks: &'a Looks, links: &'a mut Links) -> Self {
        Self {
            page,
            left,
            links,
            looks,
            said: figure::said_by_words(page),
            noted: Vec::new(),
            lost: Vec::new(),
        }
    }

    /// The blocks below `id`.
    pub(super) fn blocks(&mut self, id: Id) -> Vec<Block> {
        self.inner(id, &Here::default())
    }

    pub(super) fn inner(&mut self, id: Id, here: &Here) -> Vec<Block> {
        let mut making = Making::default();
        self.children(id, here, &mut making);
        making.flush();
        making.blocks
    }

    pub(super) fn children(&mut self, id: Id, here: &Here, making: &mut Making) {
        let page = self.page;
        for child in page.children(id) {
            self.node(*child, here, making);
        }
    }

    fn node(&mut self, id: Id, here: &Here, making: &mut Making) {
        match self.page.data(id) {
            Data::Text(text) if !self.page.is_silent(id) => making.text(text, here, self.page.line(id)),
            Data::Element(name, _) if !self.left[id] => {
                let below = Here {
                    depth: here.depth + 1,
                    ..here.clone()
                };
                match below.depth > DEEPEST {
                    true => self.flat(id, &below, making),
                    false => self.element(id, name, below, making),
                }
            }
            _ => {}
        }
    }

    /// Everything below `id` as one text.
    pub(super) fn flat(&mut self, id: Id, here: &Here, making: &mut Making) {
        for below in self.page.below(id) {
            match self.page.data(below) {
                Data::Text(text) if !self.page.is_silent(below) => making.text(text, here, self.page.line(below)),
                Data::Element(name, _) if !is_inline(name) => making.flush(),
                _ => {}
            }
        }
    }

    fn element(&mut self, id: Id, name: &str, mut here: Here, making: &mut Making) {
        let line = Some(self.page.line(id));
        match name {
            "script" | "style" | "head" | "template" | "noscript" | "select" | "textarea" | "input" | "svg" | "math" | "iframe"
            | "video" | "audio" | "object" | "embed" | "canvas" | "map" | "rt" | "rp" => {}
            "br" => making.line_break(),
            "hr" => making.block(line, Body::Rule),
            "img" => self.picture(id, &here, making),
            "a" => self.link(id, here, making),
            "sup" => self.shifted(id, Shift::Raised, here, making),
            "sub" => self.shifted(id, Shift::Lowered, here, making),
            "q" => {
                making.text("“", &here, self.page.line(id));
                self.children(id, &here, making);
                making.text("”", &here, self.page.line(id));
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.heading(id, name, &here, making),
            "ul" | "ol" | "menu" | "dir" => self.list(id, name, &here, making),
            "summary" => {
                making.flush();
                here.style.bold = true;
                self.children(id, &here, making);
                making.flush();
            }
            // A word and what it means: one paragraph of two lines.
            "dt" => {
                making.flush();
                here.style.bold = true;
                self.children(id, &here, making);
                making.line_break();
            }
            "dd" => {
                self.children(id, &here, making);
                making.flush();
            }
            "blockquote" => {
                making.flush();
                let blocks = self.inner(id, &without_link(&here));
                if !blocks.is_empty() {
                    making.block(line, Body::Quote(blocks));
                }
            }
            "pre" | "xmp" | "listing" => self.typed(id, making),
            "table" => self.table(id, &here, making),
            "figure" => self.figure(id, &here, making),
            "p" if look::list_level(self.page, id).is_some() => self.office_item(id, &here, making),
            _ if is_inline(name) => {
                here.style = self.looks.of(self.page, id, name, here.style);
                match self.looks.shift(self.page, id) {
                    Some(shift) => self.shifted(id, shift, here, making),
                    None => self.children(id, &here, making),
                }
            }
            _ => {
                making.flush();
                here.style = self.looks.of_block(self.page, id, here.style);
                self.children(id, &here, making);
                making.flush();
            }
        }
    }

    fn heading(&mut self, id: Id, name: &str, here: &Here, making: &mut Making) {
        making.flush();
        let level = name.as_bytes().get(1).map_or(2, |digit| digit - b'0');
        let here = Here {
            style: Style::default(),
            in_heading: true,
            ..here.clone()
        };
        let mut words = Line::new();
        let mut others = Vec::new();
        for block in self.inner(id, &here) {
            match block.body {
                Body::Paragraph(line) | Body::Heading(_, line) => {
                    if !words.is_empty() {
                        words.push(Inline::Break);
                    }
                    words.extend(line);
                }
                _ => others.push(block),
            }
        }
        for piece in &mut words {
            if let Inline::Text(run) = piece {
                run.style.bold = false;
            }
        }
        let has_long_text = plain(&words).chars().count() > 250;
        match has_long_text {
            // A whole paragraph was set large.
            true => making.block(Some(self.page.line(id)), Body::Paragraph(words)),
            false => making.block(Some(self.page.line(id)), Body::Heading(level, words)),
        }
        making.blocks.extend(others);
    }

    fn list(&mut self, id: Id, name: &str, here: &Here, making: &mut Making) {
        making.flush();
        let here = without_link(here);
        let start: Option<u64> = (name == "ol").then(|| {
            self.page
                .attribute(id, "start")
                .and_then(|start| start.trim().parse().ok())
                .unwrap_or(1)
        });
        let mut items: Vec<Vec<Block>> = Vec::new();
        let page = self.page;
        for child in page.children(id).iter().copied().filter(|child| !self.left[*child]) {
            let is_nested = matches!(page.name(child), "ul" | "ol");
            let mut inside = Making::default();
            let below = Here {
                depth: here.depth + 1,
                ..here.clone()
            };
            match page.name(child) {
                "li" if below.depth <= DEEPEST => self.children(child, &below, &mut inside),
                _ => self.node(child, &below, &mut inside),
            }
            inside.flush();
            let blocks = inside.blocks;
            match items.last_mut() {
                // A list that stands between the items instead of in one belongs to the item before it.
                Some(last) if is_nested => last.extend(blocks),
                _ if !blocks.is_empty() => items.push(blocks),
                _ => {}
            }
        }
        let line = Some(self.page.line(id));
        match look::google_level(self.page, id) {
            // Google Docs writes the inner lists behind the outer ones.
            Some(level) if level > 0 => {
                for (index, blocks) in items.into_iter().enumerate() {
                    let start = start.map(|start| start.saturating_add(index as u64));
                    list::add(&mut making.blocks, line, Item { level, start, blocks });
                }
            }
            _ if items.is_empty() => {}
            _ => making.block(line, Body::List(start, items)),
        }
    }

    /// Word and Outlook write lists as paragraphs that name their level.
    fn office_item(&mut self, id: Id, here: &Here, making: &mut Making) {
        let level = look::list_level(self.page, id).unwrap_or(1);
        let mark = look::list_mark(self.page, id).unwrap_or_default();
        let number = mark.trim().trim_end_matches(['.', ')']).parse().ok();
        making.flush();
        let blocks = self.inner(id, here);
        let item = Item {
            level: level.saturating_sub(1),
            start: number,
            blocks,
        };
        list::add(&mut making.blocks, Some(self.page.line(id)), item);
    }

    /// `<pre>`: code, or a text that somebody wanted to keep its lines.
    fn typed(&mut self, id: Id, making: &mut Making) {
        making.flush();
        let mut text = String::new();
        for below in self.page.below(id) {
            match self.page.data(below) {
                Data::Text(part) => text.push_str(part),
                Data::Element(name, _) if name == "br" => text.push('\n'),
                _ => {}
            }
        }
        let is_code = self.page.all(id, "code").next().is_some() || !text.trim().contains("\n\n");
        let line = Some(self.page.line(id));
        if is_code {
            making.block(line, Body::Code(text));
            return;
        }
        for paragraph in text.split("\n\n") {
            making.text(paragraph, &Here::default(), self.page.line(id));
            making.flush();
        }
    }
}

pub(super) fn without_link(here: &Here) -> Here {
    Here {
        link: None,
        ..here.clone()
    }
}

/// Whether an element stands in a line of text.
pub(super) fn is_inline(name: &str) -> bool {
    const INLINE: [&str; 45] = [
        "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "br", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
        "ins", "kbd", "label", "mark", "nobr", "output", "picture", "q", "ruby", "rb", "s", "samp", "small", "source", "span",
        "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "blink", "basefont", "slot", "rtc",
    ];
    // `o:p`, `st1:place`: what office programs put around words.
    INLINE.contains(&name) || name.contains(':')
}
