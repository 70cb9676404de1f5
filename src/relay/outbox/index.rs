//! The pages that show an outbox: `index.html` lists the letters, and each of the first ones has a page of its own.
//!
//! Promises: the pages work from the disk without a network: nothing outside them is loaded, no script runs, and the letter's own
//! HTML stands in a sandboxed frame. Time and size are bounded however many letters there are.

use crate::relay::outbox::reading::{Reading, read};
use crate::relay::outbox::{INDEX, PAGES, letters, make_private, write_whole};
use serde::Serialize;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tera::{Context, Tera};

/// So many letters get a page of their own.
const SHOWN: usize = 200;
/// So many letters are listed.
const LISTED: usize = 1000;

const TEMPLATES: [(&str, &str); 3] = [
    ("style.css", include_str!("pages/style.css")),
    ("index.html", include_str!("pages/index.html")),
    ("letter.html", include_str!("pages/letter.html")),
];

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// The page that lists the letters.
    pub path: PathBuf,
    /// How many letters are in the folder.
    pub letters: usize,
    /// How many of them have a page of their own.
    pub shown: usize,
}

/// A letter as the pages tell of it.
#[derive(Debug, Serialize)]
struct Card {
    file: String,
    /// Its page, where it has one.
    page: Option<String>,
    size: String,
    #[serde(flatten)]
    reading: Reading,
}

impl Card {
    /// What the list needs of it.
    fn shortened(self) -> Self {
        let reading = Reading {
            html: None,
            text: None,
            headers: String::new(),
            ..self.reading
        };
        Self { reading, ..self }
    }
}

/// What `index.html` is made from.
#[derive(Debug, Serialize)]
struct IndexPage<'a> {
    title: &'a str,
    all: usize,
    shown: usize,
    letters: &'a [Card],
}

/// What a letter's page is made from.
#[derive(Debug, Serialize)]
struct LetterPage<'a> {
    title: &'a str,
    letter: &'a Card,
    before: Option<String>,
    after: Option<String>,
}

/// Writes the pages for all letters in the outbox; `title` heads them.
///
/// # Errors
/// When a letter cannot be read or a page not be written.
pub fn write_index(outbox: &Path, title: &str) -> io::Result<Index> {
    let tera = templates().map_err(io::Error::other)?;
    let names = letters(outbox)?;
    let shown = names.len().min(SHOWN);
    make_private(&outbox.join(PAGES))?;
    let mut cards = Vec::new();
    for (position, name) in names.iter().take(LISTED).enumerate() {
        let card = card(outbox, name, position < shown)?;
        if let Some(page) = &card.page {
            let (before, after) = (position.checked_sub(1), Some(position + 1).filter(|after| *after < shown));
            let page_at = |position: Option<usize>| position.map(|position| page_name(&names[position]));
            let values = LetterPage {
                title,
                letter: &card,
                before: page_at(before),
                after: page_at(after),
            };
            write_page(&tera, "letter.html", &values, &outbox.join(PAGES).join(page))?;
        }
        cards.push(card.shortened());
    }
    let path = outbox.join(INDEX);
    write_page(
        &tera,
        "index.html",
        &IndexPage {
            title,
            all: names.len(),
            shown,
            letters: &cards,
        },
        &path,
    )?;
    Ok(Index {
        path,
        letters: names.len(),
        shown,
    })
}

fn templates() -> Result<Tera, tera::Error> {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html"]);
    tera.add_raw_templates(TEMPLATES)?;
    Ok(tera)
}

fn write_page(tera: &Tera, template: &str, values: &impl Serialize, path: &Path) -> io::Result<()> {
    let page = Context::from_serialize(values).and_then(|context| tera.render(template, &context));
    write_whole(path, page.map_err(io::Error::other)?.as_bytes())
}

fn card(outbox: &Path, name: &str, has_page: bool) -> io::Result<Card> {
    let bytes = fs::read(outbox.join(name))?;
    let mut reading = read(&bytes);
    reading.html = reading.html.map(|html| with_links_outside(&html));
    Ok(Card {
        file: name.to_owned(),
        page: has_page.then(|| page_name(name)),
        size: spoken_size(bytes.len()),
        reading,
    })
}

fn page_name(letter: &str) -> String {
    format!("{}.html", letter.trim_end_matches(".eml"))
}

/// A link followed inside the frame would be lost in it.
fn with_links_outside(html: &str) -> String {
    let head = html.to_ascii_lowercase().find("<head>").map(|at| at + "<head>".len());
    match head {
        Some(at) => format!("{}<base target=\"_blank\">{}", &html[..at], &html[at..]),
        None => html.to_owned(),
    }
}

fn spoken_size(octets: usize) -> String {
    match octets {
        0..1000 => format!("{octets} bytes"),
        1000..1_000_000 => format!("{}.{} kB", octets / 1000, octets % 1000 / 100),
        _ => format!("{}.{} MB", octets / 1_000_000, octets % 1_000_000 / 100_000),
    }
}
