//! Documents with marks, web pages and Word's, into the parts of a draft.

use super::foreign::Foreign;
use super::language;
use crate::article::desk::Desk;
use crate::article::document::album::Album;
use crate::article::document::link::Links;
use crate::article::document::{Document, markdown, tidy};
use crate::article::front_matter;
use crate::article::html::{self, Unread};
use crate::article::note::{Note, shown};
use crate::finding::Finding;

/// The parts of a web page.
pub(super) fn of_page(file_name: &str, text: &str, desk: &Desk<'_>) -> Result<Foreign, Vec<Finding>> {
    let found = html::read(text).map_err(|unread| vec![refused(file_name, unread)])?;
    let claims = found.document.language.clone();
    let mut parts = parts(found.document, Some(found.links), desk);
    if let (Some(claimed), Some(chosen)) = (claims, &parts.language)
        && primary(&claimed) != primary(chosen)
    {
        let text = format!(
            "the page says it is in `{}`, but its words are `{chosen}`, which is written into the front matter",
            shown(&claimed)
        );
        parts.notes.push(Note::unsure(1, text).about_all());
    }
    Ok(parts)
}

/// What a person can do about a page without an article.
fn refused(file_name: &str, unread: Unread) -> Finding {
    const COPY: &str = "copy the article's text into a file that ends in `.txt`, and name that file";
    let (text, hint) = match unread {
        Unread::Endless => (
            "the page nests or repeats its elements as no page does, and is not read".to_owned(),
            COPY.to_owned(),
        ),
        Unread::Frames => (
            "this page is only a frame around other pages, and the article is in one of those".to_owned(),
            "open the article's frame by itself (right-click into it, *This frame*, *Open*), save the frame's own page, and name that file"
                .to_owned(),
        ),
        Unread::Scripted => (
            "there is no article on this page".to_owned(),
            format!("a page that a script fills is saved empty: {COPY}"),
        ),
        Unread::Around(kinds) => (
            format!("everything on this page looks like what stands around an article: {}", kinds.join(", ")),
            COPY.to_owned(),
        ),
        Unread::Empty => ("there is no text on this page".to_owned(), COPY.to_owned()),
    };
    Finding::error(file_name, text).hint(hint)
}

/// The parts of a Word document.
pub(super) fn of_word((document, links): (Document, Links), desk: &Desk<'_>) -> Foreign {
    parts(document, Some(links), desk)
}

fn parts(mut document: Document, links: Option<Links>, desk: &Desk<'_>) -> Foreign {
    tidy::tidy(&mut document);
    let mut notes = document.notes;
    notes.extend(links.iter().flat_map(Links::notes));
    let mut album = Album::new(*desk, links);
    album.take(&mut document.blocks, document.title.as_deref().unwrap_or(""));
    let (images, said) = album.close();
    notes.extend(said);
    let markdown = markdown::write(&document.blocks);
    let language = document
        .language
        .and_then(|claimed| chosen(&claimed, document.title.as_deref(), &markdown));
    Foreign {
        title: document.title,
        author: document.author,
        language,
        markdown,
        images,
        title_heads_section: document.title_heads_section,
        notes,
        ..Foreign::default()
    }
}

/// The language: the claimed one, unless the words are clearly those of another; systems claim theirs without asking.
fn chosen(claimed: &str, title: Option<&str>, markdown: &str) -> Option<String> {
    let is_tag = front_matter::is_language_tag(claimed);
    let guess = language::of(&format!("{}\n{markdown}", title.unwrap_or("")));
    let is_other_script = guess.is_script && language::is_latin(primary(claimed));
    match () {
        () if !is_tag => guess.certain.then(|| guess.tag.to_owned()),
        () if primary(claimed) == guess.tag => Some(claimed.to_owned()),
        () if guess.certain || is_other_script => Some(guess.tag.to_owned()),
        () => Some(claimed.to_owned()),
    }
}

fn primary(tag: &str) -> &str {
    tag.split('-').next().unwrap_or(tag)
}
