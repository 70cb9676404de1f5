//! The variables that template authors are promised, and nothing else: one list, held as types.
//!
//! | variable | what it is |
//! |---|---|
//! | `first_name`, `last_name`, `name` | the person's, where the list has them; `name` is made from the other two where it is missing |
//! | `email` | the address this letter goes to |
//! | any column of the list | by its name in snake_case; a column that is empty for a person is *not there* for them |
//! | `greeting` | `Dear Ann,` or, without a name, `Hello,`, in the article's language |
//! | `article.title`, `.preheader`, `.author`, `.language`, `.dir`, `.html`, `.text` | the article; `.html` needs no `safe`; `.author` may be missing; `.dir` is `ltr` or `rtl` |
//! | `article.sections` | the body as HTML once more, each `##` heading with what follows in a table of class `section` (its cell: `section-body`), what stands before the first in one of class `lead` (`lead-body`) |
//! | `article.contents` | links to the sections, as a list of class `contents`; missing where there are fewer than two |
//! | `clinic.name`, `.postal_address`, `.contact` | who writes |
//! | `campaign.title` | what the campaign is called |
//! | `look.colour`, `.on_colour`, `.colour_on_white`, `.colour_on_dark` | the clinic's colour; black or white, whichever is read better on it; the colour made dark enough for words on white, and light enough for words on a dark page (`#1b1f1c`) |
//! | `look.logo`, `.logo_width`, `.logo_height` | the clinic's mark: what to write into `src`, and the size at which to show it; missing where the settings name none |
//! | `words.by`, `.contents`, `.ask`, `.reply`, `.write_to_us`, `.why`, `.unsubscribe`, `.no_more`, `.unsubscribe_by_mail` | the fixed words of the designs, in the article's language: “by”, “In this letter”, “Is there something you would like to ask?” and so on |
//! | `unsubscribe.link`, `.url`, `.mailto` | this letter's own way out: `.link` is always there, `.url` (a page) and `.mailto` (a mailbox) where the settings have them |
//!
//! Knows nothing of files, lists or how the values came to be.

use super::colour::Colour;
use super::words::{Words, primary};
use crate::address::Address;
use crate::subscriber::Attributes;
use unicode_normalization::UnicodeNormalization;

/// What a template may ask of the edition, with the fields of each.
pub(crate) const OBJECTS: &[(&str, &[&str])] = &[
    (
        "article",
        &[
            "title",
            "preheader",
            "author",
            "language",
            "dir",
            "html",
            "text",
            "sections",
            "contents",
        ],
    ),
    ("clinic", &["name", "postal_address", "contact"]),
    ("campaign", &["title"]),
    (
        "look",
        &[
            "colour",
            "on_colour",
            "colour_on_white",
            "colour_on_dark",
            "logo",
            "logo_width",
            "logo_height",
        ],
    ),
    (
        "words",
        &[
            "by",
            "contents",
            "ask",
            "reply",
            "write_to_us",
            "why",
            "unsubscribe",
            "no_more",
            "unsubscribe_by_mail",
        ],
    ),
    ("unsubscribe", &["link", "url", "mailto"]),
];

/// What a template may ask of every person, whatever columns the list has.
pub(crate) const PERSON: &[&str] = &["first_name", "last_name", "name", "email", "greeting"];

/// The article's words, as templates see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArticleWords {
    /// The heading of the letter.
    pub title: String,
    /// The line that mail programs show behind the subject, rendered.
    pub preheader: String,
    /// Who wrote the article.
    pub author: Option<String>,
    /// Its language tag.
    pub language: String,
    /// The body as HTML; goes into an HTML template unescaped.
    pub html: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML, each section in a table of its own.
    pub sections: String,
    /// Links to the sections, as HTML, where there are at least two.
    pub contents: Option<String>,
}

/// How the letters look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookWords {
    /// The clinic's colour.
    pub colour: Colour,
    /// The clinic's mark.
    pub logo: Option<LogoWords>,
}

/// The clinic's mark, as a letter shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogoWords {
    /// Its address.
    pub src: String,
    /// The size at which to show it, in pixels of the page.
    pub size: (u32, u32),
}

/// The words that are equal in every letter of an edition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditionWords {
    /// The article.
    pub article: ArticleWords,
    /// The clinic's name.
    pub clinic_name: String,
    /// The clinic's postal address.
    pub postal_address: String,
    /// Where questions go.
    pub contact: String,
    /// The campaign's title.
    pub campaign_title: String,
    /// How the letters look.
    pub look: LookWords,
    /// The fixed words of the designs, in the article's language.
    pub words: &'static Words,
}

impl EditionWords {
    /// The edition's variables.
    pub(crate) fn variables(&self) -> Vec<(&'static str, tera::Value)> {
        let text = |text: &str| Some(tera::Value::normal_string(text));
        vec![
            ("article", self.article.variable()),
            (
                "clinic",
                object([
                    ("name", text(&self.clinic_name)),
                    ("postal_address", text(&self.postal_address)),
                    ("contact", text(&self.contact)),
                ]),
            ),
            ("campaign", object([("title", text(&self.campaign_title))])),
            ("look", self.look.variable()),
            ("words", object(self.words.entries().map(|(name, words)| (name, text(words))))),
        ]
    }
}

impl ArticleWords {
    /// `article`, as templates see it.
    pub(crate) fn variable(&self) -> tera::Value {
        let text = |text: &str| Some(tera::Value::normal_string(text));
        object([
            ("title", text(&self.title)),
            ("preheader", text(&self.preheader)),
            ("author", self.author.as_deref().map(tera::Value::normal_string)),
            ("language", text(&self.language)),
            ("dir", text(direction(&self.language))),
            ("html", Some(tera::Value::safe_string(&self.html))),
            ("text", text(&self.text)),
            ("sections", Some(tera::Value::safe_string(&self.sections))),
            ("contents", self.contents.as_deref().map(tera::Value::safe_string)),
        ])
    }
}

impl LookWords {
    /// `look`, as templates see it.
    fn variable(&self) -> tera::Value {
        let colour = |colour: Colour| Some(tera::Value::from(colour.to_string()));
        let logo = self.logo.as_ref();
        object([
            ("colour", colour(self.colour)),
            ("on_colour", colour(self.colour.words_on_it())),
            ("colour_on_white", colour(self.colour.on_white())),
            ("colour_on_dark", colour(self.colour.on_dark())),
            ("logo", logo.map(|logo| tera::Value::normal_string(&logo.src))),
            ("logo_width", logo.map(|logo| tera::Value::from(logo.size.0))),
            ("logo_height", logo.map(|logo| tera::Value::from(logo.size.1))),
        ])
    }
}

/// `article` with the preheader that one person sees.
pub(crate) fn with_preheader(article: &tera::Value, preheader: &str) -> tera::Value {
    let mut fields = article.as_map().cloned().unwrap_or_default();
    fields.insert("preheader".into(), tera::Value::normal_string(preheader));
    tera::Value::from(fields)
}

/// `unsubscribe`, as the templates of one letter see it.
pub(crate) fn unsubscribe(link: Option<String>, url: Option<String>, mailto: Option<&str>) -> tera::Value {
    object([
        ("link", link.map(tera::Value::from)),
        ("url", url.map(tera::Value::from)),
        ("mailto", mailto.map(tera::Value::normal_string)),
    ])
}

/// A map without the entries that are missing: what is not there is undefined, and asking for it an error.
fn object<const N: usize>(entries: [(&'static str, Option<tera::Value>); N]) -> tera::Value {
    let entries = entries.into_iter().filter_map(|(key, value)| Some((key.into(), value?)));
    tera::Value::from(entries.collect::<tera::Map>())
}

/// The variables of one person; names that the edition owns are the edition's, whatever the list calls its columns.
pub fn person(address: &Address, attributes: &Attributes, words: &Words) -> tera::Context {
    let mut context = tera::Context::new();
    for (column, value) in attributes {
        let value = one_line(value);
        if !value.is_empty() && !OBJECTS.iter().any(|(object, _)| object == column) {
            context.insert_value(column.clone(), tera::Value::from(value));
        }
    }
    let first_name = attributes
        .get("first_name")
        .map(|name| one_line(name))
        .filter(|name| !name.is_empty());
    let name = display_name(attributes);
    context.insert_value(
        "greeting",
        tera::Value::from(greeting(words, first_name.as_deref().or(name.as_deref()))),
    );
    context.insert_value("email", tera::Value::normal_string(address.as_str()));
    if let Some(name) = name {
        context.insert_value("name", tera::Value::from(name));
    }
    context
}

/// A person's whole name: `name`, or `first_name` and `last_name` together, or what there is of them.
pub fn display_name(attributes: &Attributes) -> Option<String> {
    let part = |column: &str| {
        attributes
            .get(column)
            .map(|value| one_line(value))
            .filter(|value| !value.is_empty())
    };
    part("name").or_else(|| {
        let parts: Vec<String> = ["first_name", "last_name"].into_iter().filter_map(part).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    })
}

/// A value as one clean line: composed, without controls, line and paragraph separators and marks that turn the writing direction of
/// what follows; runs of blanks are one blank.
///
/// The marks for a single character's direction stay: Arabic and Hebrew names need them.
pub fn one_line(value: &str) -> String {
    // Nearly every name in nearly every list is this plain, and nearly every line; the rest pays for itself.
    if is_one_line(value.as_bytes()) {
        return value.to_owned();
    }
    let spaced: String = value.nfc().map(|c| if breaks_a_line(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words in ASCII with one blank between each two.
fn is_one_line(text: &[u8]) -> bool {
    let is_plain = text.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    is_plain && !text.starts_with(b" ") && !text.ends_with(b" ") && !text.windows(2).any(|two| two == b"  ")
}

/// C0, C1, line and paragraph separator, and the bidirectional embeddings, overrides and isolates.
pub(crate) fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// `Dear Ann,` in the article's language; without a name the words that fit anybody.
fn greeting(words: &Words, name: Option<&str>) -> String {
    name.map_or_else(|| words.hello.to_owned(), |name| words.dear.replace("{}", name))
}

/// The writing direction of a language tag.
pub(crate) fn direction(language: &str) -> &'static str {
    match primary(language).as_str() {
        "ar" | "he" | "iw" | "fa" | "ur" | "yi" | "ps" | "sd" | "ug" | "dv" | "ckb" => "rtl",
        _ => "ltr",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person_of(columns: &[(&str, &str)], language: &str) -> tera::Context {
        let attributes = columns
            .iter()
            .map(|(column, value)| ((*column).to_owned(), (*value).to_owned()))
            .collect();
        person(&Address::parse("ann@example.org").unwrap(), &attributes, Words::of(language))
    }

    fn check(columns: &[(&str, &str)], language: &str, variable: &str, expected: Option<&str>) {
        let context = person_of(columns, language);
        assert_eq!(
            context.get(variable).and_then(tera::Value::as_str),
            expected,
            "{variable} of {columns:?}"
        );
    }

    #[test]
    fn the_greeting_names_the_person_or_nobody() {
        check(&[("first_name", "Ann")], "en", "greeting", Some("Dear Ann,"));
        check(&[("first_name", "Ann")], "de-CH", "greeting", Some("Guten Tag Ann,"));
        check(&[("name", "Ann Lee")], "en", "greeting", Some("Dear Ann Lee,"));
        check(&[("first_name", " \u{202e} ")], "en", "greeting", Some("Hello,"));
        check(&[("last_name", "Lee")], "fr", "greeting", Some("Bonjour Lee,"));
        check(&[("first_name", "مريم")], "ar", "greeting", Some("مرحبًا مريم،"));
        check(&[], "xx", "greeting", Some("Hello,"));
    }

    #[test]
    fn a_name_is_put_together_where_the_list_has_only_its_parts() {
        check(&[("first_name", "Ann"), ("last_name", "Lee")], "en", "name", Some("Ann Lee"));
        check(&[("name", "Dr Lee"), ("first_name", "Ann")], "en", "name", Some("Dr Lee"));
        check(&[], "en", "name", None);
    }

    #[test]
    fn a_column_is_a_variable_and_never_hides_the_editions() {
        check(&[("city", "Bath")], "en", "city", Some("Bath"));
        check(&[("article", "x")], "en", "article", None);
        check(&[("greeting", "Yo")], "en", "greeting", Some("Hello,"));
        check(&[("city", " \r\n ")], "en", "city", None);
        check(&[("email", "other@example.org")], "en", "email", Some("ann@example.org"));
    }

    #[test]
    fn a_value_is_one_clean_line() {
        for (value, expected) in [
            ("Ann\r\nBcc: x@y.example", "Ann Bcc: x@y.example"),
            ("a\0b\u{7}c\u{85}d\u{2028}e\u{202e}f", "a b c d e f"),
            (" a", "a"),
            ("a ", "a"),
            ("a  b c", "a b c"),
            ("a\tb", "a b"),
            ("  Wa\u{308}rme  u\u{308}berall ", "Wärme überall"),
            ("مريم\u{200f}", "مريم\u{200f}"),
            ("👩‍⚕️", "👩‍⚕️"),
        ] {
            assert_eq!(one_line(value), expected, "{value:?}");
        }
    }

    #[test]
    fn writing_direction_follows_the_language() {
        assert_eq!(direction("ar-EG"), "rtl");
        assert_eq!(direction("en"), "ltr");
    }
}
