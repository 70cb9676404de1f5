//! A long article as a series: one article for each of its sections.
//!
//! Promises: every word of the article stands in exactly one of them, in its order; each has an id of its own.

use super::{Draft, as_template, made_id, one_line, preheader, sentences};
use crate::article::front_matter::{ID_LENGTH, SUBJECT_LENGTH};
use crate::article::markdown;
use crate::article::note::{Note, shown};
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
        let (sections, bare) = self.with_text(sections(&self.markdown));
        let first = sections.first()?;
        let opening = self.markdown[..first.heading.start].trim();
        let opens_alone = self.title_heads_section && !preheader::paragraphs(opening).is_empty();
        if sections.len() + usize::from(opens_alone) < 2 {
            return None;
        }
        let mut parts: Vec<Self> = Vec::new();
        if opens_alone {
            parts.push(self.part(&self.title, opening.to_owned(), &parts));
        }
        for (index, section) in sections.iter().enumerate() {
            let end = sections.get(index + 1).map_or(self.markdown.len(), |next| next.heading.start);
            let body = &self.markdown[section.heading.end..end];
            let (title, text) = match index > 0 || opens_alone || opening.is_empty() {
                true => (section.title.clone(), body.trim().to_owned()),
                // The opening belongs to the whole, and so does the first letter's title.
                false => (self.title.clone(), self.markdown[..end].trim().to_owned()),
            };
            parts.push(self.part(&title, text, &parts));
        }
        if let Some(first) = parts.first_mut() {
            first.notes.extend(bare.iter().map(about_bare));
        }
        Some(parts)
    }

    /// The sections that hold text, and those that are nothing but a heading: these go with the one before them.
    fn with_text(&self, sections: Vec<Section>) -> (Vec<Section>, Vec<Section>) {
        let ends: Vec<usize> = sections
            .iter()
            .skip(1)
            .map(|next| next.heading.start)
            .chain([self.markdown.len()])
            .collect();
        let has_text =
            |(section, end): &(Section, usize)| !preheader::paragraphs(&self.markdown[section.heading.end..*end]).is_empty();
        let (with, without): (Vec<_>, Vec<_>) = sections.into_iter().zip(ends).partition(has_text);
        let sections = |all: Vec<(Section, usize)>| all.into_iter().map(|(section, _)| section).collect();
        (sections(with), sections(without))
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
            title_heads_section: false,
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

fn about_bare(section: &Section) -> Note {
    let text = format!(
        "nothing stands below the heading `{}`: it makes no letter, and ends the one before it",
        shown(&section.title)
    );
    Note::unsure(1, text).about_all()
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

#[cfg(test)]
mod tests {
    use crate::article::draft::read;

    const TEXT: &str = "In winter your hands are cold, and cold hands grip harder than warm ones.";

    fn titles(text: &str) -> (Vec<String>, Vec<String>) {
        let parts = read("a.md", text.as_bytes()).expect("a draft").split().unwrap_or_default();
        let notes = parts.iter().flat_map(|part| part.notes.iter().map(ToString::to_string));
        let notes = notes.filter(|note| !note.contains("preheader")).collect();
        (parts.into_iter().map(|part| part.title).collect(), notes)
    }

    #[test]
    fn a_title_among_its_equals_heads_a_section() {
        let (found, notes) = titles(&format!("# One\n\n{TEXT}\n\n# Two\n\n{TEXT}\n\n# Three\n\n{TEXT}\n"));
        assert_eq!(
            (found, notes),
            (vec!["One".to_owned(), "Two".to_owned(), "Three".to_owned()], Vec::new())
        );
        let (found, _) = titles(&format!("# Whole\n\n{TEXT}\n\n## Two\n\n{TEXT}\n\n## Three\n\n{TEXT}\n"));
        assert_eq!(found, ["Whole", "Three"]);
        let (found, _) = titles(&format!("# One\n\n{TEXT}\n\n# Two\n\n{TEXT}\n"));
        assert_eq!(found, ["One", "Two"]);
    }

    #[test]
    fn a_heading_without_text_is_said() {
        let (found, notes) = titles(&format!("# Whole\n\n## One\n\n{TEXT}\n\n## Bare\n\n## Two\n\n{TEXT}\n"));
        assert_eq!(found, ["One", "Two"]);
        assert!(notes.len() == 1 && notes[0].contains("`Bare`"), "{notes:?}");
    }
}
