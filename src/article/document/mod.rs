//! A document with marks: what a web page and a word processor's file have in common, on its way to Markdown.
//!
//! Promises: whatever stands in the text shows in the letter as it was typed, emphasis and links around it where Markdown can say them;
//! headings come out without gaps; every picture has words. Does not know what it was read from.

pub(crate) mod album;
pub(crate) mod link;
pub(crate) mod list;
pub(crate) mod mail;
pub(crate) mod markdown;
pub(crate) mod raised;
mod runs;
pub(crate) mod table;
pub(crate) mod tidy;

use crate::article::note::Note;

/// What a reader of a form has found.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The title, if the document names one, and whether its own text shows it.
    pub(crate) title: Option<String>,
    /// Who wrote it.
    pub(crate) author: Option<String>,
    /// The language that it claims to be in.
    pub(crate) language: Option<String>,
    /// The text.
    pub(crate) blocks: Vec<Block>,
    /// What was done and what was unsure.
    pub(crate) notes: Vec<Note>,
    /// Whether the title was a heading of the level that the sections have.
    pub(crate) title_heads_section: bool,
}

/// A block and the line of the source it starts on, where lines mean something there.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Block {
    /// The line.
    pub(crate) line: Option<usize>,
    /// What it is.
    pub(crate) body: Body,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Body {
    /// A heading of a level from 1.
    Heading(u8, Line),
    /// A paragraph.
    Paragraph(Line),
    /// What somebody else said.
    Quote(Vec<Block>),
    /// A list; the number it starts with, if it is numbered.
    List(Option<u64>, Vec<Vec<Block>>),
    /// A table; the first row is its head.
    Table(Vec<Vec<Line>>),
    /// Text that stands as it is typed.
    Code(String),
    /// A line drawn across.
    Rule,
    /// A picture.
    Picture(Picture),
}

/// A line of marked text.
pub(crate) type Line = Vec<Inline>;

/// A piece of a line.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Inline {
    /// Words of one look.
    Text(Run),
    /// A new line inside the paragraph.
    Break,
}

/// Words of one look.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Run {
    /// The words.
    pub(crate) text: String,
    /// How they look.
    pub(crate) style: Style,
    /// Where they lead.
    pub(crate) link: Option<String>,
}

/// How words look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Style {
    /// Bold.
    pub(crate) bold: bool,
    /// Italic.
    pub(crate) italic: bool,
    /// Struck out.
    pub(crate) struck: bool,
    /// As a machine types.
    pub(crate) code: bool,
}

/// A picture as the document shows it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Picture {
    /// Where it is.
    pub(crate) from: From,
    /// The words for those who do not see it, as written.
    pub(crate) words: Option<String>,
    /// The line under it.
    pub(crate) caption: Option<String>,
}

/// Where a picture is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum From {
    /// Inside the document: a name for it, and its bytes.
    Inside(String, Vec<u8>),
    /// In a file beside the document.
    Beside(String),
    /// On the web.
    Web(String),
    /// In the campaign's folder already, under this name.
    Taken(String),
}

impl Block {
    /// A block without a line.
    pub(crate) fn new(line: Option<usize>, body: Body) -> Self {
        Self { line, body }
    }

    /// The words of the block, as a reader sees them.
    pub(crate) fn plain(&self) -> String {
        let mut words = String::new();
        self.gather(&mut words);
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn gather(&self, words: &mut String) {
        let mut all = |blocks: &[Self]| blocks.iter().for_each(|block| block.gather(words));
        match &self.body {
            Body::Heading(_, line) | Body::Paragraph(line) => words.push_str(&plain(line)),
            Body::Quote(blocks) => all(blocks),
            Body::List(_, items) => items.iter().for_each(|item| all(item)),
            Body::Table(rows) => rows.iter().flatten().for_each(|cell| {
                words.push_str(&plain(cell));
                words.push(' ');
            }),
            Body::Code(text) => words.push_str(text),
            Body::Rule | Body::Picture(_) => {}
        }
        words.push(' ');
    }
}

/// The words of a line, as a reader sees them.
pub(crate) fn plain(line: &Line) -> String {
    let mut words = String::new();
    for piece in line {
        match piece {
            Inline::Text(run) => words.push_str(&run.text),
            Inline::Break => words.push(' '),
        }
    }
    words
}

/// Whether nothing of a line shows.
pub(crate) fn is_blank(line: &Line) -> bool {
    line.iter()
        .all(|piece| matches!(piece, Inline::Break) || matches!(piece, Inline::Text(run) if runs::shows_nothing(&run.text)))
}
