//! Pasted plain text: a text as it was copied out of a web page, a mail or a word processor, into the parts of an article.
//!
//! Promises: nothing is left out without a note; what could be read two ways is decided and said; every character of the text shows
//! in the letter as it was typed. Does not know file names, and makes up no title: a text without one has none.
//!
//! The way: `lines` → mail head and signature off → `paragraphs` joined → title and byline off → ending off → `blocks` → doubles
//! dropped → `markdown`.

mod blocks;
pub(crate) mod byline;
mod doubles;
mod ending;
mod headings;
pub(crate) mod leftovers;
mod lines;
mod mail;
mod markdown;
mod marks;
mod paragraphs;
mod title;
pub(crate) mod words;

pub(crate) use markdown::{escape, guard};
pub(crate) use marks::{Mark, depth, of as mark};

use crate::article::note::{Note, shown};

/// The parts of a pasted text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// The title, if the text has one.
    pub title: Option<String>,
    /// Who wrote it, if the text says so.
    pub author: Option<String>,
    /// The text below the title, as Markdown.
    pub markdown: String,
    /// What was done and what was unsure.
    pub notes: Vec<Note>,
}

/// Reads a pasted text with `\n` line ends.
pub fn read(text: &str) -> Pasted {
    let mut notes = Vec::new();
    let unquoted = lines::unquoted(text);
    if unquoted.is_some() {
        notes.push(Note::done(1, "took away the `>` in front of every line"));
    }
    let text = unquoted.as_deref().unwrap_or(text);
    notes.extend(drawn_line(text));
    let mut lines = lines::of(text);
    let mail = mail::take_off(&mut lines);
    notes.extend(mail.notes);
    let (mut pieces, unsure) = paragraphs::of(&lines);
    notes.extend(unsure);
    let head = title::take_off(&mut pieces, mail.subject);
    notes.extend(head.notes);
    let mut author = head.author.or(mail.sender);
    notes.extend(ending::take_off(&mut pieces, &mut author));
    let (mut blocks, unsure) = blocks::of(&pieces);
    notes.extend(unsure);
    let title = head.title.map(|(_, title)| title);
    notes.extend(doubles::drop_from(&mut blocks, title.as_deref()));
    if let [
        blocks::Block {
            line,
            body: blocks::Body::Paragraph(text),
        },
    ] = blocks.as_slice()
        && words::length(text) > 800
    {
        notes.push(Note::unsure(
            *line,
            "the text is one single paragraph; readers will be thankful for some more",
        ));
    }
    Pasted {
        title,
        author,
        markdown: markdown::write(&blocks),
        notes,
    }
}

/// Lines of dashes or stars part a text already by standing there; they are left out and said once.
fn drawn_line(text: &str) -> Option<Note> {
    let (index, line) = text.lines().enumerate().find(|(_, line)| lines::is_rule(line))?;
    let others = match text.lines().filter(|line| lines::is_rule(line)).count() {
        1 => String::new(),
        count => format!(" and {} more such", count - 1),
    };
    Some(Note::done(
        index + 1,
        format!("left out the drawn line `{}`{others}", shown(line.trim())),
    ))
}
