//! What is asked to be shown: the letter, the reader, the language, the view.
//!
//! Promises: any query gives something that can be asked for; a link made of it asks for the same again. Knows nothing of what there is.

use crate::web::form;
use std::fmt::Write as _;

/// A way to look at a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum View {
    /// As a mail program shows it by day.
    #[default]
    Letter,
    /// As one shows it by night.
    Dark,
    /// As one shows it that loads no pictures.
    NoPictures,
    /// The text part.
    Text,
    /// The head of the message.
    Headers,
    /// The message as it leaves.
    Source,
    /// How large everything is.
    Size,
    /// What is wrong with the files.
    Findings,
}

impl View {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Letter,
        Self::Dark,
        Self::NoPictures,
        Self::Text,
        Self::Headers,
        Self::Source,
        Self::Size,
        Self::Findings,
    ];

    /// What it is called in a link.
    pub fn key(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Dark => "dark",
            Self::NoPictures => "no-pictures",
            Self::Text => "text",
            Self::Headers => "headers",
            Self::Source => "source",
            Self::Size => "size",
            Self::Findings => "findings",
        }
    }

    /// Whether the letter itself is seen.
    pub fn is_of_letter(self) -> bool {
        matches!(self, Self::Letter | Self::Dark | Self::NoPictures)
    }
}

/// The widths that a letter is looked at in, in pixels: two windows and two phones.
pub(super) const WIDTHS: [u16; 4] = [600, 1200, 320, 375];

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Campaign and article's file.
    pub letter: Option<(String, String)>,
    /// Who reads it.
    pub person: Option<String>,
    /// The language, where it is not the person's own.
    pub language: Option<String>,
    /// How.
    pub view: View,
    /// In which width.
    pub width: u16,
    /// Whether single keys do something.
    pub keys: bool,
    /// Words that are looked for among the people.
    pub search: String,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            letter: None,
            person: None,
            language: None,
            view: View::default(),
            width: WIDTHS[0],
            keys: true,
            search: String::new(),
        }
    }
}

impl Wanted {
    /// What a link's query asks for; where it says nothing, what `self` wants.
    #[must_use]
    pub fn asking(&self, query: &str) -> Self {
        let mut wanted = self.clone();
        for (name, value) in form::fields("", query.as_bytes()) {
            let filled = Some(value.clone()).filter(|value| !value.is_empty());
            match name.as_str() {
                "letter" => wanted.letter = split(&value).or(wanted.letter),
                "person" => wanted.person = filled.or(wanted.person),
                "language" => wanted.language = filled,
                "view" => wanted.view = View::ALL.into_iter().find(|view| view.key() == value).unwrap_or_default(),
                "width" => {
                    let width = WIDTHS.into_iter().find(|width| value == width.to_string());
                    wanted.width = width.unwrap_or(WIDTHS[0]);
                }
                "keys" => wanted.keys = value != "off",
                "find" => wanted.search = value,
                _ => {}
            }
        }
        wanted
    }

    /// The query of a link that asks for this; words that were looked for are not kept.
    pub(super) fn query(&self) -> String {
        let mut query = String::from("?");
        let mut add = |name: &str, value: &str| {
            let between = if query.len() > 1 { "&" } else { "" };
            // A string takes every word.
            let _ = write!(query, "{between}{name}={}", encoded(value));
        };
        if let Some((campaign, file)) = &self.letter {
            add("letter", &format!("{campaign}/{file}"));
        }
        if let Some(person) = &self.person {
            add("person", person);
        }
        if let Some(language) = &self.language {
            add("language", language);
        }
        add("view", self.view.key());
        add("width", &self.width.to_string());
        if !self.keys {
            add("keys", "off");
        }
        query
    }

    /// The same, seen this way.
    pub(super) fn seen(&self, view: View) -> Self {
        Self { view, ..self.clone() }
    }

    /// The same, read by this person.
    pub(super) fn by(&self, person: &str) -> Self {
        Self {
            person: Some(person.to_owned()),
            ..self.clone()
        }
    }
}

fn split(value: &str) -> Option<(String, String)> {
    let (campaign, file) = value.split_once('/')?;
    Some((campaign.to_owned(), file.to_owned()))
}

pub(super) fn encoded(value: &str) -> String {
    value.bytes().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' => text.push(char::from(byte)),
            // A string takes every word.
            byte => drop(write!(text, "%{byte:02X}")),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{View, Wanted};
    use proptest::prelude::*;

    #[test]
    fn a_link_asks_for_what_it_was_made_of() {
        let wanted = Wanted {
            letter: Some(("a b&c".to_owned(), "ü=.md".to_owned())),
            person: Some("no-name".to_owned()),
            language: Some("de-CH".to_owned()),
            view: View::NoPictures,
            width: 320,
            keys: false,
            search: String::new(),
        };
        let query = wanted.query();
        assert_eq!(Wanted::default().asking(query.strip_prefix('?').unwrap()), wanted, "{query}");
    }

    proptest! {
        #[test]
        fn any_query_asks_for_something(query in ".{0,60}|(letter|view|width|keys|person|find)=.{0,20}") {
            let wanted = Wanted::default().asking(&query);
            prop_assert!(super::WIDTHS.contains(&wanted.width));
            prop_assert!(!wanted.query().contains(['"', '<', ' ']));
        }
    }
}
