//! The fixed words of the shipped designs, in every language that they speak; and which language a person means.
//!
//! Promises: a language is whole or it does not compile; what is not spoken is English. Knows nothing of markup: the words are plain
//! text, and `{}` stands in a greeting where the name goes and nowhere else.

mod east;
mod names;
mod north;
mod south;

pub use names::{is_language, language};

/// What the designs say in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// Its tag (BCP 47).
    pub tag: &'static str,
    /// The greeting of somebody with a name.
    pub dear: &'static str,
    /// The greeting of anybody.
    pub hello: &'static str,
    /// Before the author's name.
    pub by: &'static str,
    /// The heading of the list of contents.
    pub contents: &'static str,
    /// Whether there is something to ask.
    pub ask: &'static str,
    /// That an answer to the letter reaches a person.
    pub reply: &'static str,
    /// What the button says that opens a letter to the clinic.
    pub write_to_us: &'static str,
    /// Why the reader gets the letter.
    pub why: &'static str,
    /// What the link says that stops the letters.
    pub unsubscribe: &'static str,
    /// What then happens.
    pub no_more: &'static str,
    /// Before the address that stops the letters.
    pub unsubscribe_by_mail: &'static str,
}

/// Every language; the first one is for whoever speaks none of them.
const ALL: [&Words; 16] = [
    &north::EN,
    &north::DE,
    &north::NL,
    &north::SV,
    &north::DA,
    &south::FR,
    &south::ES,
    &south::IT,
    &south::PT,
    &south::RO,
    &east::PL,
    &east::TR,
    &east::AR,
    &east::HE,
    &east::FA,
    &east::UR,
];

impl Words {
    /// The words of a language tag such as `de-CH`; what is not spoken here is English.
    pub fn of(tag: &str) -> &'static Self {
        let code = primary(tag);
        // The tag of Hebrew until 1989 (RFC 5646 §2.2.1).
        let code = if code == "iw" { "he" } else { &code };
        ALL.into_iter().find(|words| words.tag == code).unwrap_or(ALL[0])
    }

    /// The words that letters were greeted with before this table: those of seven languages, for all others the English ones.
    pub fn of_the_first(tag: &str) -> &'static Self {
        match primary(tag).as_str() {
            "de" | "fr" | "es" | "it" | "nl" | "pt" => Self::of(tag),
            _ => ALL[0],
        }
    }

    /// What templates may ask of `words`, with what it says; greetings are no words of a design.
    pub(crate) fn entries(&self) -> [(&'static str, &'static str); 9] {
        [
            ("by", self.by),
            ("contents", self.contents),
            ("ask", self.ask),
            ("reply", self.reply),
            ("write_to_us", self.write_to_us),
            ("why", self.why),
            ("unsubscribe", self.unsubscribe),
            ("no_more", self.no_more),
            ("unsubscribe_by_mail", self.unsubscribe_by_mail),
        ]
    }
}

/// The language of a tag, without region and script: `de` of `de-CH`.
pub fn primary(tag: &str) -> String {
    tag.trim().split(['-', '_']).next().unwrap_or("").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::{ALL, Words};
    use std::collections::BTreeSet;

    #[test]
    fn every_language_is_whole_and_its_own() {
        let english: BTreeSet<&str> = ALL[0].entries().into_iter().map(|(_, text)| text).collect();
        for words in ALL {
            let said = words.entries().map(|(_, text)| text);
            let sound = |text: &str| !text.is_empty() && text.trim() == text && !text.contains(['{', '}', '<', '&']);
            assert!(said.iter().all(|text| sound(text)), "{}", words.tag);
            assert_eq!(words.dear.matches("{}").count(), 1, "{}", words.tag);
            assert!(!words.hello.contains('{') && !words.hello.is_empty(), "{}", words.tag);
            assert_eq!(said.iter().collect::<BTreeSet<_>>().len(), said.len(), "{}", words.tag);
            let borrowed = said.iter().filter(|text| english.contains(**text)).count();
            assert!(
                words.tag == "en" || borrowed == 0,
                "{}: {borrowed} texts in English",
                words.tag
            );
        }
        assert_eq!(ALL.iter().map(|words| words.tag).collect::<BTreeSet<_>>().len(), ALL.len());
    }

    #[test]
    fn a_tag_finds_its_words() {
        for (tag, expected) in [
            ("de-CH", "de"),
            ("PT_br", "pt"),
            ("iw", "he"),
            ("tlh", "en"),
            ("", "en"),
            (" ar-EG ", "ar"),
        ] {
            assert_eq!(Words::of(tag).tag, expected, "{tag}");
        }
    }
}
