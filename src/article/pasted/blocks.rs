//! Pieces into the blocks of an article: headings, paragraphs, lists, tables, verse.

use super::headings::{self, Shape};
use super::leftovers;
use super::marks::Mark;
use super::paragraphs::{Kind, Piece};
use super::words;
use crate::article::note::{Note, shown};

/// A block of the article and the line it starts on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// The line in the source.
    pub(super) line: usize,
    /// What it is.
    pub(super) body: Body,
}

/// What a block is, with its text as it is to be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Body {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// Lines that stay lines: verse, an address, a greeting at the end.
    Lines(Vec<String>),
    /// A list; the number that it starts with, if it is numbered.
    List(Option<u64>, Vec<Item>),
    /// A table; the first row is its head.
    Table(Vec<Vec<String>>),
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    /// Whether it stands in the list of the item before it.
    pub(super) is_inner: bool,
    /// Its text.
    pub(super) text: String,
}

impl Item {
    pub(super) fn of(text: String) -> Self {
        Self { is_inner: false, text }
    }
}

/// The blocks made of `pieces`, and what was unsure.
pub(super) fn of(pieces: &[Piece]) -> (Vec<Block>, Vec<Note>) {
    let mut making = Making {
        pieces,
        blocks: Vec::new(),
        notes: Vec::new(),
    };
    let mut index = 0;
    while index < pieces.len() {
        index += making.take(index);
    }
    (making.blocks, making.notes)
}

/// The longest line of verse, of an address, of a list without marks.
const SHORT: usize = 60;

struct Making<'a> {
    pieces: &'a [Piece],
    blocks: Vec<Block>,
    notes: Vec<Note>,
}

impl Making<'_> {
    /// Makes the next block from the piece at `index` on; gives how many pieces it took.
    fn take(&mut self, index: usize) -> usize {
        let piece = &self.pieces[index];
        match piece.kind {
            Kind::Item(mark) => self.list(index, mark),
            Kind::Row => self.table(index),
            Kind::Prose => {
                self.push(index, Body::Paragraph(piece.text.clone()));
                1
            }
            Kind::Text if leftovers::is_leftover(&piece.text) => {
                let text = format!(
                    "`{}` looks like a leftover of a web page; delete it if it is",
                    shown(&piece.text)
                );
                self.notes.push(Note::unsure(piece.line, text));
                self.push(index, Body::Paragraph(piece.text.clone()));
                1
            }
            Kind::Text => match self.short_lines(index) {
                0 => self.prose(index),
                taken => taken,
            },
        }
    }

    fn push(&mut self, index: usize, body: Body) {
        self.blocks.push(Block {
            line: self.pieces[index].line,
            body,
        });
    }

    fn run(&self, index: usize, belongs: impl Fn(&Piece) -> bool) -> &[Piece] {
        let taken = self.pieces[index..].iter().take_while(|piece| belongs(piece)).count();
        &self.pieces[index..index + taken]
    }

    fn list(&mut self, index: usize, mark: Mark) -> usize {
        let start = match mark {
            Mark::Number(number) => Some(number),
            Mark::Bullet | Mark::Dash => None,
        };
        let mut next = start;
        let mut items = Vec::new();
        for piece in &self.pieces[index..] {
            match (piece.kind, &mut next) {
                (Kind::Item(Mark::Number(number)), Some(wanted)) if number == *wanted => *wanted += 1,
                (Kind::Item(Mark::Bullet | Mark::Dash), None) => {}
                _ => break,
            }
            items.push(Item {
                is_inner: start.is_none() && !items.is_empty() && stands_in(&self.pieces[index], piece),
                text: piece.text.clone(),
            });
        }
        let taken = items.len();
        items.retain(|item| !item.text.is_empty());
        self.push(index, Body::List(start, items));
        taken
    }

    fn table(&mut self, index: usize) -> usize {
        let rows = self.run(index, |piece| piece.kind == Kind::Row);
        let (taken, cells) = (rows.len(), cells(rows));
        self.push(index, Body::Table(cells));
        let text = format!("{taken} lines with tabs in them are taken for a table, the first for its head");
        self.notes.push(Note::unsure(self.pieces[index].line, text));
        taken
    }

    /// A run of short lines without a blank one between them: a list without marks, or lines that stay lines. 0 when it is neither.
    fn short_lines(&mut self, index: usize) -> usize {
        let chunk = self.pieces[index].chunk;
        let is_short = |piece: &Piece| {
            piece.chunk == chunk
                && piece.kind == Kind::Text
                && piece.n_lines == 1
                && words::length(&piece.text) <= SHORT
                && !leftovers::is_leftover(&piece.text)
        };
        let run = self.run(index, is_short).to_vec();
        let n_sentences = run.iter().filter(|piece| words::ends_sentence(&piece.text)).count();
        let follows = self
            .pieces
            .get(index + run.len())
            .is_some_and(|next| next.chunk == chunk && next.kind == Kind::Text);
        let is_couple = run.len() == 2 && n_sentences == 0 && !follows;
        if !(is_couple || run.len() >= 3 && n_sentences * 2 < run.len()) {
            return 0;
        }
        self.short_run(index, &run);
        run.len()
    }

    fn short_run(&mut self, index: usize, run: &[Piece]) {
        let has_head = run.len() > 3
            && !is_quantity(&run[0].text)
            && run[1..].iter().filter(|piece| is_quantity(&piece.text)).count() * 5 >= 2 * (run.len() - 1);
        let lead = self.blocks.last().is_some_and(|block| introduces_list(&block.body));
        let is_list = has_head || lead || run.iter().filter(|piece| is_quantity(&piece.text)).count() * 2 >= run.len();
        let start = index + usize::from(has_head);
        if has_head {
            self.push(index, Body::Heading(run[0].text.trim_end_matches(':').to_owned()));
        }
        let lines: Vec<String> = run[start - index..].iter().map(|piece| piece.text.clone()).collect();
        let line = self.pieces[start].line;
        let from = shown(&self.pieces[start].text);
        let (body, text) = match is_list {
            true => (
                Body::List(None, lines.into_iter().map(Item::of).collect()),
                format!("the short lines from `{from}` on are taken for a list"),
            ),
            false => (
                Body::Lines(lines),
                format!("the short lines from `{from}` on are kept as separate lines"),
            ),
        };
        self.push(start, body);
        self.notes.push(Note::unsure(line, text));
    }

    /// Headings where short lines stand above prose, else a paragraph.
    fn prose(&mut self, index: usize) -> usize {
        let candidate = |piece: &Piece| {
            piece.kind == Kind::Text
                && piece.n_lines == 1
                && !leftovers::is_leftover(&piece.text)
                && headings::shape(&piece.text) != Shape::Prose
        };
        let n_run = self.run(index, candidate).len();
        if n_run == 0 {
            self.push(index, Body::Paragraph(self.pieces[index].text.clone()));
            return 1;
        }
        let heads_something = self
            .pieces
            .get(index + n_run)
            .is_some_and(|next| !leftovers::is_leftover(&next.text));
        let are_headings = heads_something && n_run <= 2;
        for at in index..index + n_run {
            match are_headings {
                true => self.heading(at, n_run == 2 && at == index),
                false => self.no_heading(at, n_run),
            }
        }
        n_run
    }

    fn heading(&mut self, index: usize, has_heading_below: bool) {
        let piece = &self.pieces[index];
        let said = shown(&piece.text);
        if has_heading_below {
            self.notes.push(Note::unsure(
                piece.line,
                format!("`{said}` is taken for a heading, though another one follows it"),
            ));
        } else if headings::shape(&piece.text) == Shape::Likely {
            self.notes.push(Note::unsure(
                piece.line,
                format!("`{said}` is taken for a heading, but could be a sentence of the text"),
            ));
        }
        self.push(index, Body::Heading(piece.text.trim_end_matches(':').trim_end().to_owned()));
    }

    fn no_heading(&mut self, index: usize, n_run: usize) {
        let piece = &self.pieces[index];
        let why = match n_run {
            1 | 2 => "nothing follows it",
            _ => "several such lines follow each other",
        };
        self.notes.push(Note::unsure(
            piece.line,
            format!(
                "`{}` looks like a heading but is kept as a paragraph, because {why}",
                shown(&piece.text)
            ),
        ));
        self.push(index, Body::Paragraph(piece.text.clone()));
    }
}

/// Whether an item stands a step further in than the first: behind a hollow bullet, or behind more blanks.
fn stands_in(first: &Piece, item: &Piece) -> bool {
    item.depth > first.depth || item.indent >= first.indent + 2
}

fn introduces_list(body: &Body) -> bool {
    const NAMES: [&str; 8] = [
        "ingredients",
        "you need",
        "you will need",
        "shopping list",
        "zutaten",
        "ingrédients",
        "ingredientes",
        "what you need",
    ];
    match body {
        Body::Heading(text) => NAMES.contains(&text.to_lowercase().as_str()),
        Body::Paragraph(text) => text.ends_with(':'),
        Body::Lines(_) | Body::List(..) | Body::Table(_) => false,
    }
}

/// `200 g oats`, `½ lemon`, `a pinch of salt`.
fn is_quantity(text: &str) -> bool {
    text.starts_with(char::is_numeric)
        || ["a pinch", "a handful", "a little", "some ", "salt"]
            .iter()
            .any(|head| text.to_lowercase().starts_with(head))
}

/// The cells of every row; where rows differ in length, several tabs are one, as they are when they were typed to line up.
fn cells(rows: &[Piece]) -> Vec<Vec<String>> {
    let split = |text: &str| -> Vec<String> { text.split('\t').map(|cell| cell.trim().to_owned()).collect() };
    let as_written: Vec<Vec<String>> = rows.iter().map(|row| split(&row.text)).collect();
    if as_written.iter().all(|row| row.len() == as_written[0].len()) {
        return as_written;
    }
    as_written
        .into_iter()
        .map(|row| row.into_iter().filter(|cell| !cell.is_empty()).collect())
        .collect()
}
