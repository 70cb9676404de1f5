//! The body as plain text: the letter's other half, made from the same events as its HTML.

use super::picture::Picture;
use super::table::Table;
use super::wrap;
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

/// The widest line; mail programs that quote it still stay under 80.
const COLUMNS: usize = 72;

/// The body as plain text: headings set apart, lists with dashes or numbers, links as `text (address)`, quotes behind `> `,
/// lines of at most 72 columns without blanks at their end, of images the words in brackets.
pub fn to_text(markdown: &str) -> String {
    to_text_with(markdown, &[])
}

/// The body as plain text, with where these pictures can be looked at, for those that lie on the clinic's own host.
pub fn to_text_with(markdown: &str, pictures: &[Picture]) -> String {
    let mut page = Page::default();
    for event in super::events(markdown, pictures) {
        if let Event::Start(Tag::Image { dest_url, .. }) = &event {
            let known = pictures.iter().find(|picture| picture.src == **dest_url);
            page.said.push(known.and_then(|picture| picture.said.clone()));
        }
        page.take(event);
    }
    page.end_block(Gap::Blank);
    page.out
}

/// What stands between a block and the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Gap {
    /// A blank line.
    #[default]
    Blank,
    /// Nothing: the items of a tight list.
    None,
}

/// What an open quote or list item writes in front of each of its lines.
#[derive(Debug)]
struct Margin {
    first: String,
    rest: String,
    begun: bool,
}

#[derive(Debug, Default)]
struct Page {
    out: String,
    margins: Vec<Margin>,
    /// The next number of each open list; `None` for dashes.
    lists: Vec<Option<u64>>,
    gap: Gap,
    inline: String,
    links: Vec<(usize, String)>,
    /// Where the description of an open image starts in `inline`.
    images: Vec<usize>,
    /// Where each open image can be looked at.
    said: Vec<Option<String>>,
    table: Option<Table>,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Code(text) => self.inline.push_str(&text),
            Event::SoftBreak => self.inline.push(' '),
            Event::HardBreak => self.inline.push('\n'),
            Event::Rule => {
                self.write(&["* * *".to_owned()]);
                self.gap = Gap::Blank;
            }
            // Not among the extensions that articles use, or dropped before.
            Event::Html(_) | Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::BlockQuote(_) => self.open_margin("> ".to_owned(), "> ".to_owned()),
            Tag::List(start) => {
                self.end_block(Gap::None);
                self.lists.push(start);
            }
            Tag::Item => self.open_item(),
            Tag::Table(_) => self.table = Some(Table::default()),
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.open_row();
                }
            }
            Tag::Strikethrough => self.inline.push('~'),
            Tag::Link { dest_url, .. } => self.links.push((self.inline.len(), dest_url.into_string())),
            Tag::Image { .. } => {
                self.images.push(self.inline.len());
                self.inline.push('[');
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph => self.end_block(Gap::Blank),
            TagEnd::Heading(level) => self.heading(level),
            TagEnd::BlockQuote(_) => {
                self.end_block(Gap::Blank);
                self.margins.pop();
            }
            TagEnd::Item => {
                self.end_block(Gap::None);
                self.margins.pop();
            }
            TagEnd::List(_) => {
                self.lists.pop();
                if self.lists.is_empty() {
                    self.gap = Gap::Blank;
                }
            }
            TagEnd::CodeBlock => self.code(),
            TagEnd::TableCell => {
                let text = std::mem::take(&mut self.inline);
                if let Some(table) = &mut self.table {
                    table.cell(&text);
                }
            }
            TagEnd::Table => {
                let table = self.table.take().unwrap_or_default();
                self.write(&table.lines(self.room()));
                self.gap = Gap::Blank;
            }
            TagEnd::Strikethrough => self.inline.push('~'),
            TagEnd::Link => self.close_link(),
            TagEnd::Image => self.close_image(),
            _ => {}
        }
    }

    fn open_margin(&mut self, first: String, rest: String) {
        self.margins.push(Margin {
            first,
            rest,
            begun: false,
        });
    }

    fn open_item(&mut self) {
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                let mark = format!("{number}. ");
                *number += 1;
                mark
            }
            _ => "- ".to_owned(),
        };
        let rest = " ".repeat(mark.len());
        self.open_margin(mark, rest);
    }

    fn close_link(&mut self) {
        let Some((start, address)) = self.links.pop() else { return };
        let said = address
            .strip_prefix("mailto:")
            .or_else(|| address.strip_prefix("tel:"))
            .unwrap_or(&address);
        let text = self.inline[start..].trim();
        let bare = said
            .strip_prefix("https://")
            .or_else(|| said.strip_prefix("http://"))
            .unwrap_or(said);
        if text.is_empty() {
            self.inline.push_str(said);
        } else if text != said && text.trim_end_matches('/') != bare.trim_end_matches('/') {
            self.inline.push_str(&format!(" ({said})"));
        }
    }

    fn close_image(&mut self) {
        let start = self.images.pop().unwrap_or(0);
        let said = self.said.pop().flatten();
        match (self.inline[start..].len() > 1, said) {
            (true, Some(address)) => self.inline.push_str(&format!(": {address}]")),
            (true, None) => self.inline.push(']'),
            (false, Some(address)) => self.inline.push_str(&format!("{address}]")),
            (false, None) => self.inline.truncate(start),
        }
    }

    /// Writes what has been gathered as a paragraph.
    fn end_block(&mut self, gap: Gap) {
        let text = std::mem::take(&mut self.inline);
        let lines = wrap::lines(&text, self.room());
        if !lines.is_empty() {
            self.write(&lines);
            self.gap = gap;
        }
    }

    fn heading(&mut self, level: HeadingLevel) {
        let text = std::mem::take(&mut self.inline);
        let mut lines = wrap::lines(&text, self.room());
        let widest = lines.iter().map(|line| wrap::width(line)).max().unwrap_or(0);
        // Two dashes alone would be the mark of a signature.
        if level == HeadingLevel::H2 && widest > 0 {
            lines.push("-".repeat(widest.max(3)));
        }
        self.write(&lines);
        self.gap = Gap::Blank;
    }

    fn code(&mut self) {
        let text = std::mem::take(&mut self.inline);
        let lines: Vec<String> = text.trim_end().lines().map(|line| format!("    {line}")).collect();
        self.write(&lines);
        self.gap = Gap::Blank;
    }

    /// The columns that the open margins leave.
    fn room(&self) -> usize {
        let taken: usize = self.margins.iter().map(|margin| wrap::width(&margin.rest)).sum();
        COLUMNS.saturating_sub(taken).max(20)
    }

    fn write(&mut self, lines: &[String]) {
        if lines.is_empty() {
            return;
        }
        if !self.out.is_empty() && self.gap == Gap::Blank {
            let margin: String = self
                .margins
                .iter()
                .filter(|margin| margin.begun)
                .map(|margin| margin.rest.as_str())
                .collect();
            self.push(&margin);
        }
        for line in lines {
            let mut margin = String::new();
            for open in &mut self.margins {
                margin.push_str(if open.begun { &open.rest } else { &open.first });
                open.begun = true;
            }
            self.push(&format!("{margin}{line}"));
        }
    }

    fn push(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }
}
