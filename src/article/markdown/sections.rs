//! The body in its sections: what stands before the first `##`, and each `##` with what follows it.
//!
//! Promises: put together the sections show what the whole body shows, in its order. Knows the shape that designs give a section (one
//! table each), nothing of how it looks.

use super::picture::{self, Picture};
use super::{cleaned, events};
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

/// A body in its sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sections {
    /// All of them as HTML: a table of class `lead`, then one of class `section` each.
    pub html: String,
    /// Links to them, as a list of class `contents`; there are none where it would not help: for fewer than two.
    pub contents: Option<String>,
}

/// The sections of a body, with these pictures.
pub fn sections(markdown: &str, pictures: &[Picture]) -> Sections {
    let mut lead: Vec<Event<'_>> = Vec::new();
    let mut parts: Vec<Vec<Event<'_>>> = Vec::new();
    let mut depth = 0_usize;
    for event in events(markdown, pictures) {
        if depth == 0 && is_heading(&event) {
            parts.push(Vec::new());
        }
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        parts.last_mut().unwrap_or(&mut lead).push(event);
    }
    let titles: Vec<String> = parts.iter().map(|part| title(part)).collect();
    let lead = written(lead, pictures);
    let lead = (!lead.is_empty()).then(|| table("lead", &lead));
    let parts = parts.into_iter().enumerate().map(|(at, part)| {
        let html = written(part, pictures).replacen("<h2>", &format!("<h2 id=\"{}\">", anchor(at)), 1);
        table("section", &html)
    });
    Sections {
        html: lead.into_iter().chain(parts).collect::<Vec<_>>().join("\n"),
        contents: contents(&titles),
    }
}

fn is_heading(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Start(Tag::Heading {
            level: HeadingLevel::H2,
            ..
        })
    )
}

fn title(part: &[Event<'_>]) -> String {
    let heading = part
        .iter()
        .take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
    let words = heading.map(|event| match event {
        Event::Text(text) | Event::Code(text) => text,
        Event::SoftBreak | Event::HardBreak => " ",
        _ => "",
    });
    words.collect::<String>().trim().to_owned()
}

fn written(events: Vec<Event<'_>>, pictures: &[Picture]) -> String {
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, picture::with_sizes(events, pictures).into_iter());
    cleaned(&html).trim().to_owned()
}

fn anchor(at: usize) -> String {
    format!("part-{}", at + 1)
}

/// Mail programs lay out by tables; `role` keeps them out of the way of readers' machines.
fn table(class: &str, html: &str) -> String {
    format!(
        "<table role=\"presentation\" class=\"{class}\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tbody><tr>\
         <td class=\"{class}-body\">\n{html}\n</td></tr></tbody></table>"
    )
}

fn contents(titles: &[String]) -> Option<String> {
    let named = || titles.iter().enumerate().filter(|(_, title)| !title.is_empty());
    let items: String = named()
        .map(|(at, title)| format!("<li><a href=\"#{}\">{}</a></li>\n", anchor(at), picture::escaped(title)))
        .collect();
    (named().count() > 1).then(|| format!("<ul class=\"contents\">\n{items}</ul>"))
}
