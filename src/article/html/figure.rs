//! Pictures where they stand: alone, in a figure with its caption, in a link.

use super::blocks::{Lost, Reading};
use super::paragraph::{Here, Making};
use super::picture;
use super::signs::OLD_MAIL_LINKS;
use super::tree::{Id, Page, ROOT};
use crate::article::document::{Body, Inline};
use std::collections::HashSet;

impl Reading<'_> {
    pub(super) fn picture(&mut self, id: Id, here: &Here, making: &mut Making) {
        if let Some(words) = picture::as_words(self.page, id) {
            making.text(&words, here, self.page.line(id));
            return;
        }
        if let Some(picture) = picture::of(self.page, id) {
            making.pictures_wait(self.page.line(id), picture, here.in_heading);
        }
    }

    pub(super) fn figure(&mut self, id: Id, here: &Here, making: &mut Making) {
        making.flush();
        let caption = self
            .page
            .all(id, "figcaption")
            .next()
            .map(|caption| self.page.words(caption))
            .filter(|words| !words.is_empty());
        let mut blocks = self.inner(id, here);
        let mut n_pictures = 0;
        for block in &mut blocks {
            if let Body::Picture(picture) = &mut block.body {
                picture.caption = caption.clone();
                n_pictures += 1;
            }
        }
        if let (Some(caption), true) = (&caption, n_pictures > 0) {
            // What the caption says already need not be said twice.
            for block in &mut blocks {
                if let Body::Picture(picture) = &mut block.body
                    && picture.words.as_ref() == Some(caption)
                {
                    picture.words = None;
                }
            }
            for block in blocks.iter_mut().filter(|block| block.plain() == *caption) {
                if let Body::Paragraph(line) = &mut block.body {
                    line.iter_mut().for_each(|piece| {
                        if let Inline::Text(run) = piece {
                            run.style.italic = true;
                        }
                    });
                }
            }
        }
        making.blocks.extend(blocks);
    }

    /// A picture that leads somewhere: in a letter the words below it do.
    pub(super) fn linked_picture(&mut self, id: Id, to: &str, here: &Here, making: &mut Making) {
        self.children(id, here, making);
        let page = self.page;
        let shown = page
            .all(id, "img")
            .find(|image| !self.left[*image] && picture::of(page, *image).is_some());
        let Some(image) = shown.filter(|_| !self.said.contains(to) && !leads_to_picture(to)) else {
            return;
        };
        let words = [(image, "alt"), (id, "title"), (id, "aria-label"), (image, "title")];
        let words = words
            .iter()
            .find_map(|(id, key)| page.attribute(*id, key).map(str::trim).filter(|words| says(words)));
        match words {
            Some(words) if OLD_MAIL_LINKS.iter().any(|known| words.to_lowercase().contains(known)) => {}
            Some(words) => {
                let link = self.links.lead(to);
                if link.is_some() {
                    making.flush();
                    making.text(words, &Here { link, ..here.clone() }, page.line(image));
                    making.flush();
                }
            }
            None => {
                if let Some(address) = self.links.lead(to) {
                    self.lost.push((Lost::Link, page.line(image), address));
                }
            }
        }
    }
}

/// Where the links lead that have words: a card's picture, its heading and its button lead to one place.
pub(super) fn said_by_words(page: &Page) -> HashSet<&str> {
    let links = page.all(ROOT, "a").filter(|id| !page.words(*id).is_empty());
    links.filter_map(|id| page.attribute(id, "href")).collect()
}

/// Galleries lead from a small picture to the large one.
fn leads_to_picture(to: &str) -> bool {
    let path = to.split(['?', '#']).next().unwrap_or(to).to_ascii_lowercase();
    [".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif", ".svg"]
        .iter()
        .any(|ending| path.ends_with(ending))
}

/// Whether somebody wrote the words for a reader: `IMG_2034.jpg` is a file's name.
fn says(words: &str) -> bool {
    let is_file = !words.contains(' ')
        && words
            .rsplit_once('.')
            .is_some_and(|(_, ending)| (3..=4).contains(&ending.len()));
    words.chars().any(char::is_alphanumeric) && !is_file
}
