//! The pictures of a Markdown text: each comes along, stays on the clinic's own site, or goes, with a note.

use crate::article::document::From;
use crate::article::document::album::{Album, Fate};
use crate::article::html::picture;
use crate::article::markdown;
use crate::article::pasted::escape;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::ops::Range;

mod unread;

/// A picture as it is written.
struct Written {
    range: Range<usize>,
    target: String,
    words: String,
    heading: String,
}

/// The text with its pictures settled; they go into `album`.
pub(super) fn settled(body: &str, body_line: usize, title: &str, album: &mut Album<'_>) -> String {
    let body = &unread::mended(body);
    let mut changes: Vec<(Range<usize>, String)> = inside(body);
    for picture in written(body, title) {
        let line = Some(body_line + body[..picture.range.start].matches('\n').count());
        let (target, is_web) = match album.fate(from(&picture.target), line) {
            Fate::Comes(file) => (file, false),
            Fate::Stays(address) => (address, true),
            Fate::Out => {
                changes.push((picture.range, String::new()));
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
        changes.push((picture.range, written));
    }
    changes.sort_by_key(|(range, _)| range.start);
    let mut settled = body.clone();
    for (range, written) in changes.into_iter().rev() {
        settled.replace_range(range, &written);
    }
    settled
}

/// The lines that hold pictures themselves, `[image1]: <data:image/png;base64,…>`: what shows them names a file from now on.
fn inside(body: &str) -> Vec<(Range<usize>, String)> {
    let parser = Parser::new_ext(body, markdown::options());
    let definitions = parser.reference_definitions().iter();
    let pictures = definitions.filter(|(_, definition)| definition.dest.starts_with("data:"));
    pictures
        .map(|(_, definition)| (definition.span.clone(), String::new()))
        .collect()
}

fn from(target: &str) -> From {
    let lower = target.get(..8).unwrap_or(target).to_ascii_lowercase();
    match () {
        () if lower.starts_with("http://") || lower.starts_with("https://") => From::Web(target.to_owned()),
        () if lower.starts_with("data:") => match picture::inside(&target["data:".len()..]) {
            Some(bytes) => From::Inside("picture".to_owned(), bytes),
            None => From::Beside("data:…".to_owned()),
        },
        // Windows parts folders with `\`.
        () => From::Beside(target.replace('\\', "/")),
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
