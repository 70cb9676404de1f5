//! An article: one text with front matter, in whatever form it lies on the owner's desk.
//!
//! Promises: an [`Article`] that exists can be put into a letter: it has an id, a title, a subject and a text. What a reader was not
//! sure of it says, in a finding or a note, instead of guessing in silence. Knows nothing of files on disk (it is made from bytes
//! and text), of campaigns or of the people who get the letter.

pub mod encoding;
pub mod front_matter;

pub mod markdown;

pub mod desk;
pub mod draft;
pub mod image;
pub mod note;
pub mod pasted;

mod body;
mod document;
mod docx;
pub(crate) mod html;
mod mail;
mod slug;

/// A checked article.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Article {
    /// The file's name inside the campaign's folder, for findings.
    pub file: String,
    /// The stable id; editions are keyed by it.
    pub id: String,
    /// The heading of the letter.
    pub title: String,
    /// The subject, a Tera text.
    pub subject: String,
    /// The line that mail programs show behind the subject.
    pub preheader: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// A BCP 47 language tag such as `en` or `de-CH`.
    pub language: String,
    /// The body, as Markdown.
    pub markdown: String,
    /// The line of the file at which the body starts, from 1.
    pub body_line: usize,
    /// The pictures beside the article that its text shows, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub images: Vec<image::Image>,
    /// Where `subject` and `preheader` stand in the file, for findings; what is frozen does not know it.
    #[serde(skip)]
    pub places: std::collections::BTreeMap<String, crate::finding::Place>,
    /// The same article in other languages; each has the same id, and none of them others of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Article>,
}
