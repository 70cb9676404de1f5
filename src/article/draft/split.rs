//! A long article as a series: one article for each of its sections.
//!
//! Promises: every word of the article stands in exactly one of them, in its order; each has an id of its own.

use super::{Draft, as_template, made_id, one_line, preheader, sentences};
use crate::article::front_matter::{ID_LENGTH, SUBJECT_LENGTH};
use crate::article::markdown;
use crate::article::note::Note;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use std::ops::Range;

/// A heading of the level that parts the article.
struct Section {
    heading: Range<usize>,
    title: String,
}

impl Draft {
    /// The article's sections, each as an article; nothing when it has fewer than two.
    pub fn split(&self) -> Option<Vec<Self>> {
        let sections = self.with_text(sections(&self.markdown));
        if sections.len() < 2 {
            return None;
        }
        let mut parts: Vec<Self> = Vec::new();
        for (index, section) in sections.iter().enumerate() {
            let end = sections.get(index + 1).map_or(self.markdown.len(), |next| next.heading.start);
            let opening = if index == 0 {
                self.markdown[..section.heading.start].trim()
            } else {
                ""
            };
            let body = &self.markdown[section.heading.end..end];
            let (title, text) = match opening.is_empty() {
                true => (section.title.clone(), body.trim().to_owned()),
                // The opening belongs to the whole, and so does the first letter's title.
                false => (self.title.clone(), self.markdown[..end].trim().to_owned()),
            };
            parts.push(self.part(&title, text, &parts));
        }
        Some(parts)
    }

    /// Sections that hold no text but their heading go with the one before them.
    fn with_text(&self, sections: Vec<Section>) -> Vec<Section> {
        let ends: Vec<usize> = sections
            .iter()
            .skip(1)
            .map(|next| next.heading.start)
            .chain([self.markdown.len()])
            .collect();
        let has_text =
            |(section, end): &(Section, usize)| !preheader::paragraphs(&self.markdown[section.heading.end..*end]).is_empty();
        sections
            .into_iter()
            .zip(ends)
            .filter(has_text)
            .map(|(section, _)| section)
            .collect()
    }

    fn part(&self, title: &str, text: String, before: &[Self]) -> Self {
        let mut notes = Vec::new();
        let title = one_line(title);
        let markdown = self.with_definitions(text);
        let subject = sentences::cut(&as_template(&title, &mut notes), SUBJECT_LENGTH);
        let preheader = super::completed_preheader(None, &markdown, &subject, &mut notes);
        let images = self
            .images
            .iter()
            .filter(|image| markdown.contains(&format!("]({})", image.file)))
            .cloned();
        let notes = notes.into_iter().map(|note| Note {
            text: format!("`{title}`: {}", note.text),
            ..note
        });
        Self {
            id: free_id(&made_id(&title, &self.language, "article"), before),
            title: title.clone(),
            subject,
            preheader,
            author: self.author.clone(),
            language: self.language.clone(),
            images: images.collect(),
            markdown,
            notes: notes.collect(),
        }
    }

    /// Addresses that the text names by a word and another section gives: `[booking][1]`.
    fn with_definitions(&self, mut text: String) -> String {
        let parser = Parser::new_ext(&self.markdown, markdown::options());
        let mut missing: Vec<(usize, &str)> = Vec::new();
        for (label, definition) in parser.reference_definitions().iter() {
            let written = self.markdown.get(definition.span.clone()).unwrap_or("").trim();
            let names_it = text.to_lowercase().contains(&format!("[{}]", label.to_lowercase()));
            if names_it && !text.contains(written) {
                missing.push((definition.span.start, written));
            }
        }
        missing.sort_unstable();
        for (index, (_, written)) in missing.iter().enumerate() {
            text.push_str(if index == 0 { "\n\n" } else { "\n" });
            text.push_str(written);
        }
        text
    }
}

fn free_id(id: &str, before: &[Draft]) -> String {
    let mut free = id.to_owned();
    let mut number = 2;
    while before.iter().any(|other| other.id == free) {
        let short: String = id.chars().take(ID_LENGTH - 4).collect();
        free = format!("{}-{number}", short.trim_end_matches('-'));
        number += 1;
    }
    free
}

/// The headings of the highest level that the text uses, outside of quotes and lists.
fn sections(text: &str) -> Vec<Section> {
    let mut depth = 0_usize;
    let mut found: Vec<(HeadingLevel, Section)> = Vec::new();
    let mut open: Option<(HeadingLevel, Section)> = None;
    for (event, range) in Parser::new_ext(text, markdown::options()).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) if depth == 0 => {
                let section = Section {
                    heading: range,
                    title: String::new(),
                };
                open = Some((level, section));
            }
            Event::End(TagEnd::Heading(_)) => found.extend(open.take()),
            Event::Text(part) | Event::Code(part) => {
                if let Some((_, section)) = &mut open {
                    section.title.push_str(&part);
                }
            }
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    let highest = found.iter().map(|(level, _)| *level).min();
    found
        .into_iter()
        .filter(|(level, section)| Some(*level) == highest && section.title.chars().any(char::is_alphanumeric))
        .map(|(_, section)| section)
        .collect()
}
