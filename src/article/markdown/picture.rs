//! Pictures in the body: where they stand in the text, and how its two renderings show them.
//!
//! Promises: a picture is shown with the words that the article gives it, and with its size, so that a page does not jump. Knows
//! nothing of files: what lies beside an article it is told.

use super::address::Target;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// A picture as the renderings show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// What the article's text calls it: the name of a file, or an address.
    pub name: String,
    /// The address by which the HTML shows it.
    pub src: String,
    /// The size at which it is shown, where it is known.
    pub size: Option<(u32, u32)>,
    /// Where people can look at it who read the text part.
    pub said: Option<String>,
}

/// A picture as it stands in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Where it leads.
    pub target: Target,
    /// What the text writes for it.
    pub written: String,
    /// The words that say what it shows.
    pub words: String,
    /// Where it stands, in bytes of the body.
    pub range: Range<usize>,
}

/// The pictures of a body in the order of reading, those that cannot be shown among them.
pub fn pictures(markdown: &str) -> Vec<Shown> {
    let mut found: Vec<Shown> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    for (event, range) in Parser::new_ext(markdown, super::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) => {
                open.push(found.len());
                found.push(Shown {
                    target: Target::of_image(&dest_url),
                    written: dest_url.into_string(),
                    words: String::new(),
                    range,
                });
            }
            Event::End(TagEnd::Image) => {
                open.pop();
            }
            event => {
                for at in &open {
                    found[*at].words.push_str(words_of(&event));
                }
            }
        }
    }
    for shown in &mut found {
        shown.words = shown.words.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    found
}

fn words_of<'e>(event: &'e Event<'_>) -> &'e str {
    match event {
        Event::Text(text) | Event::Code(text) => text,
        Event::SoftBreak | Event::HardBreak => " ",
        _ => "",
    }
}

/// The events with every picture of a known size as finished HTML; the others are for the writer of HTML itself.
pub(super) fn with_sizes<'e>(events: Vec<Event<'e>>, pictures: &[Picture]) -> Vec<Event<'e>> {
    let mut sized = Vec::with_capacity(events.len());
    let mut open: Option<(&Picture, String)> = None;
    for event in events {
        match (&event, open.as_mut()) {
            (Event::End(TagEnd::Image), Some(_)) => {
                if let Some((picture, words)) = open.take() {
                    sized.push(Event::InlineHtml(element(picture, &words).into()));
                }
            }
            (_, Some((_, words))) => words.push_str(words_of(&event)),
            (Event::Start(Tag::Image { dest_url, .. }), None) => {
                match pictures
                    .iter()
                    .find(|picture| picture.size.is_some() && picture.src == **dest_url)
                {
                    Some(picture) => open = Some((picture, String::new())),
                    None => sized.push(event),
                }
            }
            (_, None) => sized.push(event),
        }
    }
    sized
}

fn element(picture: &Picture, words: &str) -> String {
    let (width, height) = picture.size.unwrap_or_default();
    format!(
        "<img src=\"{}\" alt=\"{}\" width=\"{width}\" height=\"{height}\">",
        escaped(&picture.src),
        escaped(words)
    )
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
