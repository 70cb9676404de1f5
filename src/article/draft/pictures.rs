//! The pictures of a Markdown text: each comes along, stays on the clinic's own site, or goes, with a note.

use crate::article::document::From;
use crate::article::document::album::{Album, Fate};
use crate::article::markdown;
use crate::article::pasted::escape;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

/// A picture as it is written.
struct Written {
    range: Range<usize>,
    target: String,
    words: String,
    heading: String,
}

/// The text with its pictures settled; they go into `album`.
pub(super) fn settled(body: &str, body_line: usize, title: &str, album: &mut Album<'_>) -> String {
    let mut settled = body.to_owned();
    for picture in written(body, title).into_iter().rev() {
        let line = Some(body_line + body[..picture.range.start].matches('\n').count());
        let (target, is_web) = match album.fate(from(&picture.target), line) {
            Fate::Comes(file) => (file, false),
            Fate::Stays(address) => (address, true),
            Fate::Out => {
                settled.replace_range(picture.range, "");
                continue;
            }
        };
        let own = Some(picture.words.as_str()).filter(|words| !words.trim().is_empty());
        let words = album.words(own, None, &target, line, &picture.heading);
        // What is right as it stands stays as it is written.
        if words == picture.words && (is_web || target == picture.target) {
            continue;
        }
        let written = format!("![{}]({target})", escape(&words).replace(']', "\\]"));
        settled.replace_range(picture.range, &written);
    }
    album.notes.reverse();
    settled
}

fn from(target: &str) -> From {
    let lower = target.to_ascii_lowercase();
    match lower.starts_with("http://") || lower.starts_with("https://") {
        true => From::Web(target.to_owned()),
        false => From::Beside(target.to_owned()),
    }
}

fn written(body: &str, title: &str) -> Vec<Written> {
    let mut found: Vec<Written> = Vec::new();
    let mut open: Option<Written> = None;
    let mut heading = title.to_owned();
    let mut in_heading = false;
    let mut link: Option<(Range<usize>, bool)> = None;
    for (event, range) in Parser::new_ext(body, markdown::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Image { dest_url, .. }) if open.is_none() => {
                // A link that is nothing but a picture loses its own brackets with it.
                let around = link
                    .as_ref()
                    .filter(|(link, said)| !said && link.end == range.end + body[range.end..link.end].len())
                    .map(|(link, _)| link.clone());
                let is_alone = around.as_ref().is_some_and(|link| body[range.end..link.end].starts_with(']'));
                let range = around.filter(|_| is_alone).unwrap_or(range);
                open = Some(Written {
                    range,
                    target: dest_url.to_string(),
                    words: String::new(),
                    heading: heading.clone(),
                });
            }
            Event::End(TagEnd::Image) => found.extend(open.take()),
            Event::Start(Tag::Link { .. }) => link = Some((range, false)),
            Event::End(TagEnd::Link) => link = None,
            Event::Start(Tag::Heading { .. }) => {
                heading.clear();
                in_heading = true;
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, said)) = &mut link {
                    *said |= open.is_none();
                }
                match &mut open {
                    Some(picture) => picture.words.push_str(&text),
                    None if in_heading => heading.push_str(&text),
                    None => {}
                }
            }
            Event::SoftBreak => {
                if let Some(picture) = &mut open {
                    picture.words.push(' ');
                }
            }
            _ => {}
        }
    }
    found
}
