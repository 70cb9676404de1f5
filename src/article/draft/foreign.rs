//! Markdown that was written for another program: what is known of its front matter is taken over, the rest is said.

use super::{braces, dialect, front, pictures};
use crate::article::document::album::{Album, Enclosed};
use crate::article::markdown;
use crate::article::note::{Note, shown};
use crate::finding::Finding;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

/// The parts of a Markdown text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Foreign {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) subject: Option<String>,
    pub(super) preheader: Option<String>,
    pub(super) author: Option<String>,
    pub(super) language: Option<String>,
    pub(super) markdown: String,
    pub(super) images: Vec<Enclosed>,
    /// Whether the title was a heading of the level that the sections have.
    pub(super) title_heads_section: bool,
    pub(super) notes: Vec<Note>,
}

/// Reads a Markdown text with `\n` line ends; its pictures go into `album`.
///
/// # Errors
/// When it opens with front matter in TOML that cannot be read.
pub(super) fn read(text: &str, file_name: &str, album: &mut Album<'_>) -> Result<Foreign, Vec<Finding>> {
    let front = front::read(text, file_name)?;
    let mut foreign = Foreign {
        notes: front.notes,
        ..Foreign::default()
    };
    foreign.take_mapping(&front.mapping, front.line);
    foreign.take_body(front.body, front.body_line, album);
    Ok(foreign)
}

impl Foreign {
    fn take_body(&mut self, body: &str, body_line: usize, album: &mut Album<'_>) {
        let (body, notes) = braces::tamed(body, body_line);
        self.notes.extend(notes);
        let title = self.title.clone().unwrap_or_default();
        let body = pictures::settled(&body, body_line, &title, album);
        let (body, notes) = dialect::plain(&body, body_line, &title, album);
        self.notes.extend(notes);
        self.markdown = body.trim().to_owned();
        self.take_title(&body, body_line);
    }

    fn take_mapping(&mut self, mapping: &serde_yaml::Mapping, line: usize) {
        let mut dropped = Vec::new();
        for (key, value) in mapping {
            let key = key.as_str().unwrap_or("?").to_owned();
            match (self.slot(&key), words_of(value)) {
                (Some(slot), Some(value)) => *slot = Some(value),
                _ => dropped.push(format!("`{key}`")),
            }
        }
        if !dropped.is_empty() {
            self.notes.push(Note::done(
                line,
                format!("left out of the front matter: {}", dropped.join(", ")),
            ));
        }
    }

    /// Where a key's value goes, unless a better key has filled it.
    fn slot(&mut self, key: &str) -> Option<&mut Option<String>> {
        let slot = match key.to_lowercase().as_str() {
            "id" => return Some(&mut self.id),
            "slug" => &mut self.id,
            "title" => return Some(&mut self.title),
            "headline" => &mut self.title,
            "subject" => return Some(&mut self.subject),
            "preheader" => return Some(&mut self.preheader),
            "description" | "summary" | "excerpt" | "subtitle" | "preview" => &mut self.preheader,
            "author" => return Some(&mut self.author),
            "authors" | "byline" => &mut self.author,
            "language" => return Some(&mut self.language),
            "lang" | "locale" => &mut self.language,
            _ => return None,
        };
        slot.is_none().then_some(slot)
    }

    /// The first heading is the title if it opens the text, or if it is the only one of its level.
    fn take_title(&mut self, body: &str, body_line: usize) {
        let Some(heading) = first_heading(body) else { return };
        let line = body_line + body[..heading.range.start].matches('\n').count();
        let is_same = self
            .title
            .as_deref()
            .is_some_and(|title| title.trim().eq_ignore_ascii_case(&heading.text));
        let is_title = match &self.title {
            Some(_) => is_same,
            None => heading.opens_text || heading.level == HeadingLevel::H1,
        };
        if !is_title || heading.text.is_empty() {
            return;
        }
        let without = format!("{}{}", &body[..heading.range.start], &body[heading.range.end..]);
        self.markdown = without.trim().to_owned();
        self.title_heads_section = highest_level(&self.markdown) == Some(heading.level);
        match is_same {
            true => self.notes.push(Note::done(
                line,
                "the title stands in the text once more; it is left out there, because the letter shows it",
            )),
            false => self.notes.push(Note::done(
                line,
                format!("the heading `{}` is the title", shown(&heading.text)),
            )),
        }
        self.title.get_or_insert(heading.text);
    }
}

struct Heading {
    range: std::ops::Range<usize>,
    level: HeadingLevel,
    text: String,
    opens_text: bool,
}

fn first_heading(body: &str) -> Option<Heading> {
    let mut events = Parser::new_ext(body, markdown::options()).into_offset_iter().enumerate();
    let (index, level, range) = events.find_map(|(index, (event, range))| match event {
        Event::Start(Tag::Heading { level, .. }) => Some((index, level, range)),
        _ => None,
    })?;
    let mut text = String::new();
    for (_, (event, _)) in events {
        match event {
            Event::End(TagEnd::Heading(_)) => break,
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    Some(Heading {
        range,
        level,
        text: text.trim().to_owned(),
        opens_text: index == 0,
    })
}

/// The highest level of the headings that a text has.
fn highest_level(body: &str) -> Option<HeadingLevel> {
    let events = Parser::new_ext(body, markdown::options());
    let levels = events.filter_map(|event| match event {
        Event::Start(Tag::Heading { level, .. }) => Some(level),
        _ => None,
    });
    levels.min()
}

/// The words of a front matter value: a text, a list of texts, or a person with a name.
fn words_of(value: &serde_yaml::Value) -> Option<String> {
    let words = match value {
        serde_yaml::Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        serde_yaml::Value::Number(number) => number.to_string(),
        serde_yaml::Value::Sequence(values) => values.iter().filter_map(words_of).collect::<Vec<_>>().join(", "),
        serde_yaml::Value::Mapping(mapping) => mapping.get("name").and_then(words_of)?,
        serde_yaml::Value::Null | serde_yaml::Value::Bool(_) | serde_yaml::Value::Tagged(_) => return None,
    };
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::desk::Desk;

    fn read(text: &str) -> Foreign {
        super::read(text, "a.md", &mut Album::new(Desk::empty(), None)).expect("front matter that can be read")
    }

    #[test]
    fn known_keys_are_taken_and_the_title_leaves_the_text() {
        let foreign = read("---\ntitle: A\nauthors:\n  - name: Jo Day\nlang: de\ndraft: true\n---\n\n# A\n\nText\n");
        assert_eq!(
            (
                foreign.title.as_deref(),
                foreign.author.as_deref(),
                foreign.language.as_deref()
            ),
            (Some("A"), Some("Jo Day"), Some("de"))
        );
        assert_eq!(foreign.markdown, "Text");
        assert_eq!(foreign.notes.len(), 2);
    }

    #[test]
    fn a_heading_that_opens_the_text_is_its_title() {
        let check = |text: &str, title: Option<&str>, markdown: &str| {
            let foreign = read(text);
            assert_eq!(
                (foreign.title.as_deref(), foreign.markdown.as_str()),
                (title, markdown),
                "{text}"
            );
        };
        check("# A *calm* day\n\nText", Some("A calm day"), "Text");
        check("## A\n\nText\n\n## B\n\nMore", Some("A"), "Text\n\n## B\n\nMore");
        check("Text\n\n## B\n\nMore", None, "Text\n\n## B\n\nMore");
        check("A\n=\n\nText", Some("A"), "Text");
        check("---\ntitle: [\n---\nText", None, "Text");
    }
}
