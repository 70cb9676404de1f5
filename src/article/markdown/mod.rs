//! The body of an article, as Markdown: into clean HTML and into good plain text.
//!
//! Promises: both renderings come from one reading of the events, so they say the same; no raw HTML, no script, no link but to
//! `http`, `https`, `mailto` and `tel`; headings start below the letter's one `<h1>`. Does not know the template around the body.

pub mod address;
mod code;
pub(crate) mod depth;
pub mod picture;
mod sections;
mod table;
mod text;
mod wrap;

use address::Target;
use picture::Picture;
use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream};
use std::collections::{HashMap, HashSet};

pub(crate) use code::{code, endless_comment, is_in, words};
pub use sections::{Sections, sections};
pub use text::{to_text, to_text_with};

/// The extensions that articles may use. Smart punctuation stays off: it knows only English quotes.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// The body as an HTML fragment that is safe to put into a letter; of pictures beside it only the words.
pub fn to_html(markdown: &str) -> String {
    to_html_with(markdown, &[])
}

/// The body as an HTML fragment that is safe to put into a letter, with these pictures; others beside it are only described.
pub fn to_html_with(markdown: &str, pictures: &[Picture]) -> String {
    let mut html = String::with_capacity(markdown.len() * 3 / 2);
    let events = picture::with_sizes(events(markdown, pictures), pictures);
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    cleaned(&html)
}

/// How long the body's HTML is, pictures aside, told without building a tree of it.
pub(crate) fn weight(markdown: &str) -> usize {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, events(markdown, &[]).into_iter());
    html.len()
}

/// The addresses that the body links to, each once, in the order of reading.
pub fn links(markdown: &str) -> Vec<String> {
    let mut links: Vec<String> = Vec::new();
    for event in events(markdown, &[]) {
        if let Event::Start(Tag::Link { dest_url, .. }) = event
            && !links.iter().any(|link| **link == *dest_url)
        {
            links.push(dest_url.into_string());
        }
    }
    links
}

pub(crate) fn is_comment(html: &str) -> bool {
    html.trim_start().starts_with("<!--")
}

pub(crate) fn is_line_break(html: &str) -> bool {
    matches!(html.to_ascii_lowercase().replace([' ', '/'], "").as_str(), "<br>")
}

/// The body's events as every rendering sees them: without raw HTML and dead links, bare addresses linked, headings moved down.
fn events<'a>(markdown: &'a str, pictures: &'a [Picture]) -> Vec<Event<'a>> {
    let mut reading = Reading {
        events: Vec::new(),
        lift: heading_lift(markdown),
        links: Vec::new(),
        images: Vec::new(),
        pictures,
        html_blocks: 0,
        literal: 0,
    };
    for event in TextMergeStream::new(Parser::new_ext(markdown, options())) {
        reading.take(event);
    }
    reading.events
}

/// How far headings move so that the highest one used becomes an `<h2>`.
fn heading_lift(markdown: &str) -> isize {
    let levels = Parser::new_ext(markdown, options()).filter_map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(level as isize),
        _ => None,
    });
    2 - levels.min().unwrap_or(2)
}

struct Reading<'a> {
    events: Vec<Event<'a>>,
    lift: isize,
    /// Whether each open link is shown as one.
    links: Vec<bool>,
    /// Whether each open image is shown as one.
    images: Vec<bool>,
    pictures: &'a [Picture],
    html_blocks: usize,
    /// How many open code blocks and links forbid linking bare addresses.
    literal: usize,
}

impl<'a> Reading<'a> {
    fn take(&mut self, event: Event<'a>) {
        match event {
            Event::Start(Tag::HtmlBlock) => self.html_blocks += 1,
            Event::End(TagEnd::HtmlBlock) => self.html_blocks = self.html_blocks.saturating_sub(1),
            Event::InlineHtml(html) if is_line_break(&html) => self.events.push(Event::HardBreak),
            Event::Html(_) | Event::InlineHtml(_) => {}
            _ if self.html_blocks > 0 => {}
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => self.open_link(link_type, &dest_url, title, id),
            Event::End(TagEnd::Link) => self.close_link(),
            Event::Start(Tag::Image {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let src = self.src(&dest_url);
                self.images.push(src.is_some());
                if let Some(src) = src {
                    self.events.push(Event::Start(Tag::Image {
                        link_type,
                        dest_url: src,
                        title,
                        id,
                    }));
                }
            }
            Event::End(TagEnd::Image) => {
                if self.images.pop() == Some(true) {
                    self.events.push(event);
                }
            }
            Event::Start(Tag::Heading { level, .. }) => {
                let level = self.lifted(level);
                self.events.push(Event::Start(Tag::Heading {
                    level,
                    id: None,
                    classes: Vec::new(),
                    attrs: Vec::new(),
                }));
            }
            Event::End(TagEnd::Heading(level)) => self.events.push(Event::End(TagEnd::Heading(self.lifted(level)))),
            Event::Start(Tag::CodeBlock(_)) => {
                self.literal += 1;
                self.events
                    .push(Event::Start(Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Indented)));
            }
            Event::End(TagEnd::CodeBlock) => {
                self.literal = self.literal.saturating_sub(1);
                self.events.push(event);
            }
            Event::Text(text) if self.literal == 0 && self.links.is_empty() && self.images.is_empty() => self.text(&text),
            other => self.events.push(other),
        }
    }

    /// The address by which an image is shown, if it can be.
    fn src(&self, written: &str) -> Option<CowStr<'a>> {
        let known = |name: &str| self.pictures.iter().find(|picture| picture.name == name);
        match Target::of_image(written) {
            Target::Address(address) => Some(address.into()),
            Target::File(file) => known(&file).map(|picture| picture.src.as_str().into()),
            Target::Refused => None,
        }
    }

    fn open_link(&mut self, link_type: LinkType, dest_url: &str, title: CowStr<'a>, id: CowStr<'a>) {
        match Target::of_link(link_type, dest_url) {
            Target::Refused | Target::File(_) => self.links.push(false),
            Target::Address(address) => {
                self.links.push(true);
                // The address is whole now, with its `mailto:`, so the kind must not add another.
                self.events.push(Event::Start(Tag::Link {
                    link_type: LinkType::Inline,
                    dest_url: address.into(),
                    title,
                    id,
                }));
            }
        }
    }

    fn close_link(&mut self) {
        if self.links.pop() == Some(true) {
            self.events.push(Event::End(TagEnd::Link));
        }
    }

    fn lifted(&self, level: HeadingLevel) -> HeadingLevel {
        match level as isize + self.lift {
            ..=2 => HeadingLevel::H2,
            3 => HeadingLevel::H3,
            4 => HeadingLevel::H4,
            5 => HeadingLevel::H5,
            _ => HeadingLevel::H6,
        }
    }

    /// Text in which bare addresses become links.
    fn text(&mut self, text: &str) {
        let mut rest = text;
        while let Some((range, target)) = address::bare(rest) {
            let (before, from) = rest.split_at(range.start);
            let (shown, after) = from.split_at(range.len());
            if !before.is_empty() {
                self.events.push(Event::Text(before.to_owned().into()));
            }
            let link = Tag::Link {
                link_type: LinkType::Inline,
                dest_url: target.into(),
                title: "".into(),
                id: "".into(),
            };
            self.events.extend([
                Event::Start(link),
                Event::Text(shown.to_owned().into()),
                Event::End(TagEnd::Link),
            ]);
            rest = after;
        }
        if !rest.is_empty() {
            self.events.push(Event::Text(rest.to_owned().into()));
        }
    }
}

/// A second lock on the door: whatever the events held, only these elements and attributes get through.
fn cleaned(html: &str) -> String {
    let tags = [
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "p",
        "br",
        "hr",
        "em",
        "strong",
        "del",
        "code",
        "pre",
        "blockquote",
        "ul",
        "ol",
        "li",
        "a",
        "img",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ];
    let attributes = [
        ("a", HashSet::from(["href", "title"])),
        ("img", HashSet::from(["src", "alt", "title", "width", "height"])),
        ("ol", HashSet::from(["start"])),
        ("th", HashSet::from(["style"])),
        ("td", HashSet::from(["style"])),
    ];
    ammonia::Builder::new()
        .tags(HashSet::from(tags))
        .generic_attributes(HashSet::new())
        .tag_attributes(HashMap::from(attributes))
        .filter_style_properties(HashSet::from(["text-align"]))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel", "cid"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(None)
        .clean(html)
        .to_string()
}

#[cfg(test)]
mod tests;
