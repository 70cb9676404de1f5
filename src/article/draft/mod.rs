//! A draft: a text in any form made into an article, with everything that a person should look at.
//!
//! Promises: the front matter is complete, the file that the draft writes is read back without a finding wherever the text allows
//! it, and what was changed, left out or guessed is said in the notes. Does not know folders, campaigns, or the command line.

mod braces;
mod dialect;
mod foreign;
mod form;
mod front;
mod language;
mod look;
mod marked;
mod pictures;
mod preheader;
mod sentences;
mod split;
mod toml;

pub use crate::article::document::album::Enclosed;
pub use form::is_document;

use crate::article::desk::Desk;
use crate::article::document::album::Album;
use crate::article::document::link::Links;
use crate::article::docx;
use crate::article::encoding::{self, Decoded, MAX_ARTICLE_BYTES};
use crate::article::front_matter::{self, PREHEADER_LENGTH, SUBJECT_LENGTH};
use crate::article::html;
use crate::article::note::{Note, shown};
use crate::article::pasted::{self, words};
use crate::article::slug;
use crate::finding::{Finding, Place};
use foreign::Foreign;
use form::Form;

/// An article to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The id, made from the title.
    pub id: String,
    /// The heading of the letter.
    pub title: String,
    /// The subject.
    pub subject: String,
    /// The line behind the subject, made from the first sentences.
    pub preheader: String,
    /// Who wrote it, if the text says so.
    pub author: Option<String>,
    /// The language tag.
    pub language: String,
    /// The body, as Markdown.
    pub markdown: String,
    /// The pictures that the text shows, to be written beside the article.
    pub images: Vec<Enclosed>,
    /// What was done and what was unsure, in the order of the source; notes about the whole come first.
    pub notes: Vec<Note>,
    /// Whether the title was a heading like those of the sections, so that what stands below it is a section too.
    pub title_heads_section: bool,
}

/// Makes a draft of the bytes of a file called `file_name`, with nothing beside it.
///
/// # Errors
/// When there is no text to make an article of: an empty file, a title and nothing else, a document that is no text.
pub fn read(file_name: &str, bytes: &[u8]) -> Result<Draft, Vec<Finding>> {
    read_on(&Desk::empty(), file_name, bytes)
}

/// Makes a draft of the bytes of a file called `file_name` that lies on `desk`.
///
/// # Errors
/// When there is no text to make an article of: an empty file, a title and nothing else, a document that is no text.
pub fn read_on(desk: &Desk<'_>, file_name: &str, bytes: &[u8]) -> Result<Draft, Vec<Finding>> {
    if let Some(finding) = form::refusal(file_name, bytes) {
        return Err(vec![finding]);
    }
    if form::is_word(bytes) {
        let document = docx::read(file_name, bytes).map_err(|finding| vec![finding])?;
        return finished(marked::of_word(document, desk), file_name, "");
    }
    let decoded = match form::is_page(file_name, bytes) {
        true => html::decode(bytes),
        false => encoding::decode(bytes),
    };
    if decoded.text.trim().is_empty() {
        return Err(vec![
            Finding::error(file_name, "there is no text in this file").hint("paste the article into it and save it"),
        ]);
    }
    if is_machine_s(&decoded) {
        return Err(vec![form::no_text(file_name)]);
    }
    let form = form::of(file_name, &decoded.text);
    if form != Form::Page && length_of_text(&decoded.text) > MAX_ARTICLE_BYTES {
        return Err(vec![too_long(file_name)]);
    }
    let mut parts = match form {
        Form::Page => marked::of_page(file_name, &decoded.text, desk)?,
        Form::Markdown => markdown_parts(file_name, &decoded.text, desk)?,
        Form::Pasted => pasted_parts(&decoded.text),
    };
    parts.notes.extend(about_encoding(&decoded));
    finished(parts, file_name, &decoded.text)
}

/// The bytes of a text without the pictures that some programs write into it.
fn length_of_text(text: &str) -> usize {
    text.lines().filter(|line| !line.contains("data:image/")).map(str::len).sum()
}

fn markdown_parts(file_name: &str, text: &str, desk: &Desk<'_>) -> Result<Foreign, Vec<Finding>> {
    let mut links = Links::new(None);
    let text = links.in_text(text);
    let mut album = Album::new(*desk, None);
    let mut foreign = foreign::read(&text, file_name, &mut album)?;
    let (images, notes) = album.close();
    foreign.images = images;
    foreign.notes.extend(notes);
    foreign.notes.extend(links.notes());
    Ok(foreign)
}

/// More than one character of a hundred that no text has: a few come with a text out of old programs, many with no text at all.
fn is_machine_s(decoded: &Decoded) -> bool {
    const FEW: usize = 4;
    let unread = decoded.text.chars().filter(|character| *character == '\u{fffd}').count();
    let strange = decoded.removed.map_or(0, |removed| removed.count) + unread;
    strange > FEW && strange * 100 > decoded.text.chars().count() + strange
}

fn too_long(file_name: &str) -> Finding {
    let text = format!(
        "the text has more than {} MB, which is a book and no article",
        MAX_ARTICLE_BYTES / 1_000_000
    );
    Finding::error(file_name, text).hint("take the part that is to become a letter into a file of its own")
}

/// The draft, complete, if there is something to read in it.
fn finished(parts: Foreign, file_name: &str, source: &str) -> Result<Draft, Vec<Finding>> {
    if parts.markdown.trim().is_empty() {
        let finding = Finding::error(file_name, "there is nothing below its title").at(Place::new(1, 1));
        return Err(vec![
            finding.hint("paste the article's text below the title and save the file"),
        ]);
    }
    if parts.markdown.len() > MAX_ARTICLE_BYTES {
        return Err(vec![too_long(file_name)]);
    }
    let markdown = braces::guarded(&parts.markdown);
    let mut draft = complete(Foreign { markdown, ..parts }, file_name);
    draft.notes.extend(look::notes(&draft.markdown, source));
    draft.notes.sort_by_key(|note| note.line);
    Ok(draft)
}

impl Draft {
    /// The article's file: front matter and text.
    pub fn to_file(&self) -> String {
        let mut file = String::from("---\n");
        let mut key = |name: &str, value: &str| file.push_str(&format!("{name}: {}\n", scalar(value)));
        key("id", &self.id);
        key("title", &self.title);
        key("subject", &self.subject);
        key("preheader", &self.preheader);
        if let Some(author) = &self.author {
            key("author", author);
        }
        key("language", &self.language);
        file.push_str(&format!("---\n\n{}\n", self.markdown.trim()));
        file
    }
}

/// A YAML value: bare where it is a plain small word, else in double quotes, whose escapes JSON shares.
fn scalar(value: &str) -> String {
    const MEANT_OTHERWISE: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = value.starts_with(|character: char| character.is_ascii_alphabetic())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !MEANT_OTHERWISE.contains(&value.to_lowercase().as_str());
    if is_plain {
        value.to_owned()
    } else {
        serde_json::Value::from(value).to_string()
    }
}

fn pasted_parts(text: &str) -> Foreign {
    let mut links = Links::new(None);
    let mut pasted = pasted::read(&links.in_text(text));
    pasted.notes.extend(links.notes());
    Foreign {
        title: pasted.title,
        author: pasted.author,
        markdown: pasted.markdown,
        notes: pasted.notes,
        ..Foreign::default()
    }
}

fn about_encoding(decoded: &Decoded) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(said) = decoded.doubted {
        let text = format!(
            "the page says that it is in {said}, but has the letters of its language only in {}, and is read so; look whether its accents are right",
            decoded.encoding
        );
        notes.push(Note::unsure(1, text).about_all());
    } else if !decoded.certain {
        let text = format!(
            "the file names no encoding and is read as {}; look whether its accents and quotes are right",
            decoded.encoding
        );
        notes.push(Note::unsure(1, text).about_all());
    }
    if let Some(removed) = decoded.removed {
        let count = match removed.count {
            1 => "1 invisible control character".to_owned(),
            count => format!("{count} invisible control characters"),
        };
        notes.push(Note::done(removed.first.line, format!("left out {count}")));
    }
    notes
}

fn complete(parts: Foreign, file_name: &str) -> Draft {
    let Foreign {
        id,
        title,
        subject,
        preheader,
        author,
        language,
        markdown,
        images,
        title_heads_section,
        mut notes,
    } = parts;
    let title = match title.map(|title| one_line(&title)).filter(|title| !title.is_empty()) {
        Some(title) => title,
        None => made_title(&markdown, file_name, &mut notes),
    };
    let language = language
        .and_then(|written| known_language(&written, &mut notes))
        .unwrap_or_else(|| guessed(&title, &markdown, &mut notes));
    let subject = subject
        .map(|subject| sentences::cut(&one_line(&subject), SUBJECT_LENGTH))
        .unwrap_or_else(|| sentences::cut(&as_template(&title, &mut notes), SUBJECT_LENGTH));
    let preheader = completed_preheader(preheader, &markdown, &subject, &mut notes);
    let id = id
        .filter(|id| *id == slug::of(id, ""))
        .unwrap_or_else(|| made_id(&title, &language, file_name));
    Draft {
        id,
        title,
        subject,
        preheader,
        author: author.map(|author| one_line(&author)),
        language,
        markdown,
        images,
        notes,
        title_heads_section,
    }
}

/// One line that fits into the front matter.
fn one_line(text: &str) -> String {
    sentences::cut(&text.split_whitespace().collect::<Vec<_>>().join(" "), SUBJECT_LENGTH)
}

/// Subject and preheader are templates; text that was pasted means no template by its braces.
fn as_template(text: &str, notes: &mut Vec<Note>) -> String {
    if !front_matter::has_template_marks(text) {
        return text.to_owned();
    }
    notes.push(
        Note::unsure(
            1,
            format!(
                "a blank parts the braces in `{}`, which would mean something in a template",
                shown(text)
            ),
        )
        .about_all(),
    );
    text.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
}

fn made_title(markdown: &str, file_name: &str, notes: &mut Vec<Note>) -> String {
    const LONGEST: usize = 70;
    let (title, from) = match name_as_title(file_name) {
        Some(title) => (title, "the file's name"),
        None => {
            let first = preheader::paragraphs(markdown)
                .first()
                .and_then(|paragraph| sentences::of(paragraph).into_iter().next());
            let title = sentences::cut(first.unwrap_or_else(|| "Untitled".to_owned()).trim_end_matches('.'), LONGEST);
            (title, "its first sentence")
        }
    };
    notes.push(Note::unsure(1, format!("the text has no title of its own; `{title}` is made from {from}")).about_all());
    title
}

/// `winter-feet_v2.txt` as `Winter feet`; nothing when the name says nothing.
fn name_as_title(file_name: &str) -> Option<String> {
    const EMPTY: [&str; 20] = [
        "untitled",
        "unbenannt",
        "article",
        "artikel",
        "document",
        "dokument",
        "doc",
        "text",
        "txt",
        "new",
        "neu",
        "note",
        "notes",
        "draft",
        "final",
        "copy",
        "kopie",
        "paste",
        "pasted",
        "file",
    ];
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let says = |word: &&str| {
        let lower = word.to_lowercase();
        lower.chars().any(char::is_alphabetic) && !EMPTY.contains(&lower.trim_end_matches(char::is_numeric)) && !is_version(&lower)
    };
    let words: Vec<&str> = stem.split(['-', '_', ' ', '.', '(', ')', '+']).filter(says).collect();
    let joined = words.join(" ");
    let mut letters = joined.chars();
    let first = letters.next()?;
    Some(first.to_uppercase().chain(letters).collect())
}

fn is_version(word: &str) -> bool {
    word.strip_prefix('v')
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

fn known_language(written: &str, notes: &mut Vec<Note>) -> Option<String> {
    let tag = written.trim().replace('_', "-");
    if front_matter::is_language_tag(&tag) {
        return Some(tag);
    }
    notes.push(
        Note::unsure(
            1,
            format!(
                "`{}` is no language tag; the language is guessed from the text",
                shown(written)
            ),
        )
        .about_all(),
    );
    None
}

fn guessed(title: &str, markdown: &str, notes: &mut Vec<Note>) -> String {
    let guess = language::of(&format!("{title}\n{markdown}"));
    if !guess.certain {
        let text = format!(
            "the language is not clear from the text; `{}` is written into the front matter",
            guess.tag
        );
        notes.push(Note::unsure(1, text).about_all());
    }
    guess.tag.to_owned()
}

fn completed_preheader(written: Option<String>, markdown: &str, subject: &str, notes: &mut Vec<Note>) -> String {
    let written = written.map(|text| preheader::fitted(&one_line(&text)));
    let good = |text: &String| PREHEADER_LENGTH.contains(&words::length(text)) && text != subject;
    let preheader = match written.filter(good) {
        Some(written) => written,
        None => as_template(&preheader::of(markdown, subject), notes),
    };
    if !good(&preheader) {
        let text = format!(
            "the text is too short for a preheader of {} characters; write one yourself",
            PREHEADER_LENGTH.start()
        );
        notes.push(Note::unsure(1, text).about_all());
    }
    preheader
}

fn made_id(title: &str, language: &str, file_name: &str) -> String {
    let name = name_as_title(file_name).unwrap_or_default();
    let made = [title, &name]
        .into_iter()
        .map(|text| slug::of(text, language))
        .find(|slug| !slug.is_empty());
    made.unwrap_or_else(|| "article".to_owned())
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod tests;
