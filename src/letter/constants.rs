//! What is equal in every letter of an edition, put into the template once: `{{ clinic.name }}` costs nothing per person.
//!
//! Promises: a template with its constants in place renders to the very bytes that it renders to without; what stands in an element's
//! attribute or in a style sheet is there before the styles are written into the elements. Only a plain `{{ object.field }}` is taken:
//! filters, conditions, and what the template itself has named anew stay as they are. Knows nothing of people.

use crate::template::context::EditionWords;
use crate::template::tags::{self, Kind, Tag};
use crate::template::{TemplateFile, TemplateSource};

/// The constants of one edition.
#[derive(Debug, Clone, Default)]
pub(crate) struct Constants {
    values: Vec<(String, String)>,
}

/// How a constant is written where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// In HTML: escaped.
    Html,
    /// In text: as it is.
    Text,
}

impl Constants {
    /// The constants of these words, as far as no file of the template gives their names to something else.
    pub(crate) fn of(words: &EditionWords, source: &TemplateSource, preheader_is_personal: bool) -> Self {
        let variables = words.variables().into_iter();
        let free = variables.filter(|(object, _)| !source.files.iter().any(|file| names_anew(&file.text, object)));
        let mut values = Vec::new();
        for (object, value) in free {
            for (field, value) in value.as_map().into_iter().flatten() {
                let path = format!("{object}.{}", field.as_str().unwrap_or_default());
                let is_personal = preheader_is_personal && path == "article.preheader";
                // What is HTML already has its own way into the layout.
                if !value.is_safe() && !is_personal {
                    values.push((path, value.to_string()));
                }
            }
        }
        // A brace could become a tag of the template, and a tag with a dash beside it would eat blanks at its ends.
        values.retain(|(_, value)| !value.contains('{') && !value.is_empty() && value.trim() == value);
        Self { values }
    }

    /// What stands in every letter in place of this tag, if that is known.
    pub(crate) fn of_tag(&self, tag: &Tag, text: &str, ground: Ground) -> Option<String> {
        let written = &text[tag.range.clone()];
        // A dash would eat the blanks around the tag.
        if tag.kind != Kind::Expression || written.starts_with("{{-") || written.ends_with("-}}") {
            return None;
        }
        let path = tag.inside(text);
        let (_, value) = self.values.iter().find(|(known, _)| known == path)?;
        Some(match ground {
            Ground::Html => escaped(value),
            Ground::Text => value.clone(),
        })
    }

    /// A text file of the template with its constants in place.
    pub(crate) fn written_into(&self, file: &TemplateFile) -> TemplateFile {
        let mut text = file.text.clone();
        for tag in tags::tags(&file.text).into_iter().rev() {
            if let Some(value) = self.of_tag(&tag, &file.text, Ground::Text) {
                text.replace_range(tag.range, &value);
            }
        }
        TemplateFile {
            name: file.name.clone(),
            text,
        }
    }
}

/// Whether a constant can stand in an attribute or a style sheet as it is: no reader and no writer of HTML or CSS changes any of it.
pub(crate) fn is_plain(value: &str) -> bool {
    value
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || " #-_.,:/@%+".contains(c) || !c.is_ascii() && c.is_alphabetic())
}

/// As Tera escapes it.
fn escaped(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    // Writing into memory cannot fail.
    drop(tera::escape_html(value, &mut bytes));
    String::from_utf8(bytes).unwrap_or_default()
}

/// Whether a text gives the name of an object to something of its own.
fn names_anew(text: &str, object: &str) -> bool {
    tags::tags(text).iter().any(|tag| {
        let looped = tag.inside(text).strip_prefix("for ").and_then(|rest| rest.split_once(" in "));
        let looped = looped.is_some_and(|(names, _)| names.split(',').any(|name| name.trim() == object));
        tag.kind == Kind::Statement && (looped || tag.sets(text) == Some(object))
    })
}
