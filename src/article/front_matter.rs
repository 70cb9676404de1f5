//! The front matter of an article file: the lines between two `---` fences, checked into an [`Article`].
//!
//! Promises: all findings at once, each at its line and column of the article's file. Does not know where files lie, nor which
//! templates the article will meet.

use crate::article::Article;
use crate::article::body;
use crate::article::slug;
use crate::finding::yaml::{self, Source};
use crate::finding::{Finding, Place};
use std::borrow::Cow;

/// The length of preheader that mail programs show whole on a phone and that still fills the line on a desk.
pub const PREHEADER_LENGTH: std::ops::RangeInclusive<usize> = 40..=110;

/// The longest subject and title, in characters.
pub const SUBJECT_LENGTH: usize = 200;

/// The longest article id, in characters.
pub const ID_LENGTH: usize = 64;

/// A text cut at its fences.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split<'a> {
    /// What stands between the fences; `None` when the text does not open with one.
    pub yaml: Option<&'a str>,
    /// The line on which the front matter starts, from 1.
    pub yaml_line: usize,
    /// What follows the closing fence, or the whole text when there is no front matter.
    pub body: &'a str,
    /// The line on which the body starts, from 1.
    pub body_line: usize,
    /// The line of an opening fence that is never closed; then everything below it counts as body.
    pub unclosed: Option<usize>,
}

/// Cuts a text with `\n` line ends at its front matter's fences; blank lines may stand before the first.
pub fn split(text: &str) -> Split<'_> {
    let mut lines = numbered(text);
    let Some((fence_line, start, _)) = lines
        .find(|(_, _, line)| !line.trim().is_empty())
        .filter(|(_, _, line)| is_fence(line))
    else {
        return Split {
            yaml: None,
            yaml_line: 1,
            body: text,
            body_line: 1,
            unclosed: None,
        };
    };
    let inside = after_line(text, start);
    let split = Split {
        yaml: None,
        yaml_line: fence_line + 1,
        body: &text[inside..],
        body_line: fence_line + 1,
        unclosed: Some(fence_line),
    };
    match lines.find(|(_, _, line)| is_fence(line)) {
        Some((line, end, _)) => Split {
            yaml: Some(&text[inside..end]),
            body: &text[after_line(text, end)..],
            body_line: line + 1,
            unclosed: None,
            ..split
        },
        None => split,
    }
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == "---"
}

/// Every line with its number and the byte it starts at.
fn numbered(text: &str) -> impl Iterator<Item = (usize, usize, &str)> {
    let mut start = 0;
    text.split_inclusive('\n').enumerate().map(move |(index, line)| {
        let found = (index + 1, start, line);
        start += line.len();
        found
    })
}

fn after_line(text: &str, start: usize) -> usize {
    text[start..].find('\n').map_or(text.len(), |end| start + end + 1)
}

/// The front matter as written.
#[derive(Debug, Default, PartialEq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FrontMatter {
    id: Option<String>,
    title: Option<String>,
    subject: Option<String>,
    preheader: Option<String>,
    author: Option<String>,
    language: Option<String>,
}

/// Reads an article file's text: the article with its warnings, or everything that is wrong with it.
///
/// # Errors
/// All findings, when at least one of them is an error.
pub fn read(file: &str, text: &str) -> Result<(Article, Vec<Finding>), Vec<Finding>> {
    let text = plain_line_ends(text);
    let split = split(&text);
    let Some(yaml) = split.yaml else {
        return Err(vec![without_front_matter(file, &split)]);
    };
    let source = Source {
        file,
        text: yaml,
        first_line: split.yaml_line,
    };
    let read = match yaml.trim().is_empty() {
        // An empty front matter lacks every key, and each of them says so.
        true => yaml::Read {
            value: FrontMatter::default(),
            findings: Vec::new(),
        },
        false => yaml::read::<FrontMatter>(&source),
    };
    let nothing_was_read = read.value == FrontMatter::default() && !read.findings.is_empty();
    let n_read = read.findings.len();
    let mut check = Check {
        source,
        findings: read.findings,
    };
    let article = check.article(read.value, &split);
    if nothing_was_read {
        // The YAML itself is broken: that every key is missing too would only hide it.
        check.findings.truncate(n_read);
    }
    check.findings.extend(body::findings(file, &split, &article.title));
    check.findings.sort_by_key(|finding| finding.place);
    match check.findings.iter().any(Finding::is_error) {
        true => Err(check.findings),
        false => Ok((article, check.findings)),
    }
}

/// Where the value of `key` stands in an article's file, if its front matter has that key.
pub fn place(text: &str, key: &str) -> Option<Place> {
    let text = plain_line_ends(text);
    let split = split(&text);
    let source = Source {
        file: "",
        text: split.yaml?,
        first_line: split.yaml_line,
    };
    source.place(&[key])
}

fn plain_line_ends(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.contains('\r') {
        true => Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n")),
        false => Cow::Borrowed(text),
    }
}

fn without_front_matter(file: &str, split: &Split<'_>) -> Finding {
    match split.unclosed {
        Some(line) => Finding::error(file, format!("the front matter that `---` opens on line {line} is never closed"))
            .at(Place::new(line, 1))
            .hint("write a line `---` below its last key, above the text"),
        None => Finding::error(file, "the article has no front matter")
            .at(Place::new(1, 1))
            .hint("`tidings new NAME --article FILE` writes it; by hand: a line `---`, then `id:`, `title:`, `subject:`, then a line `---`"),
    }
}

/// The front matter being checked, key by key.
struct Check<'a> {
    source: Source<'a>,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn article(&mut self, front: FrontMatter, split: &Split<'_>) -> Article {
        let title = self.required("title", front.title, "write the heading that the letter opens with");
        let id_hint = match slug::of(&title, "") {
            slug if slug.is_empty() => {
                "write a short name in small letters that stays the same for ever, such as `spring-tips`".to_owned()
            }
            slug => format!("write for example `id: {slug}`, and keep it as it is from then on"),
        };
        let id = self.required("id", front.id, &id_hint);
        let subject = self.required("subject", front.subject, "write the line that people see in their inbox");
        self.id(&id, &id_hint);
        self.line("title", &title);
        self.line("subject", &subject);
        let preheader = front.preheader.map(|text| text.trim().to_owned()).unwrap_or_default();
        self.preheader(&preheader, &subject);
        let author = front
            .author
            .map(|author| author.trim().to_owned())
            .filter(|author| !author.is_empty());
        self.line("author", author.as_deref().unwrap_or(""));
        let language = front
            .language
            .map(|language| language.trim().to_owned())
            .filter(|language| !language.is_empty());
        let language = language.unwrap_or_else(|| "en".to_owned());
        self.language(&language);
        let (markdown, body_line) = body::without_blank_edges(split);
        Article {
            file: self.source.file.to_owned(),
            id,
            title,
            subject,
            preheader,
            author,
            language,
            markdown,
            body_line,
            images: Vec::new(),
            places: ["subject", "preheader"]
                .into_iter()
                .filter_map(|key| Some((key.to_owned(), self.source.place(&[key])?)))
                .collect(),
            variants: Vec::new(),
        }
    }

    fn required(&mut self, key: &str, value: Option<String>, hint: &str) -> String {
        let value = value.map(|value| value.trim().to_owned()).unwrap_or_default();
        if !value.is_empty() {
            return value;
        }
        let finding = match self.source.key_place(&[key]) {
            // The reader has already said what is wrong with the value.
            Some(place) if self.has_finding_on(place.line) => return value,
            Some(place) => Finding::error(self.source.file, format!("`{key}` is empty")).at(place),
            None => {
                let above = self.source.first_line.saturating_sub(1).max(1);
                Finding::error(self.source.file, format!("the front matter has no `{key}`")).at(Place::new(above, 1))
            }
        };
        self.findings.push(finding.hint(hint));
        value
    }

    fn has_finding_on(&self, line: usize) -> bool {
        self.findings
            .iter()
            .any(|finding| finding.place.is_some_and(|place| place.line == line))
    }

    fn id(&mut self, id: &str, hint: &str) {
        let shaped = id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !id.is_empty() && (!shaped || id.len() > ID_LENGTH) {
            let text = format!(
                "`id` is `{}`, but may hold only small letters a-z, digits and `-`, at most {ID_LENGTH}",
                shown(id)
            );
            let hint = match slug::of(id, "") {
                slug if slug.is_empty() => hint.to_owned(),
                slug => format!("write `id: {slug}`"),
            };
            self.say(Finding::error(self.source.file, text).hint(hint), "id");
        }
    }

    /// One line of text: no line breaks or other control characters, and not endless.
    fn line(&mut self, key: &str, value: &str) {
        let length = value.chars().count();
        if length > SUBJECT_LENGTH {
            let text = format!("`{key}` has {length} characters, but may have at most {SUBJECT_LENGTH}");
            self.say(
                Finding::error(self.source.file, text).hint("phones show some 40 of them: put the point first"),
                key,
            );
        }
        if value.chars().any(is_unprintable) {
            let text = format!("`{key}` has a line break or another invisible control character in it");
            self.say(Finding::error(self.source.file, text).hint("write it anew, as one line"), key);
        }
    }

    fn preheader(&mut self, preheader: &str, subject: &str) {
        self.line("preheader", preheader);
        let length = preheader.chars().count();
        let (least, most) = (PREHEADER_LENGTH.start(), PREHEADER_LENGTH.end());
        let text = if preheader.is_empty() {
            "there is no `preheader`, the line that mail programs show behind the subject".to_owned()
        } else if preheader == subject {
            "`preheader` is the same as `subject`, so the inbox says the same thing twice".to_owned()
        } else if !PREHEADER_LENGTH.contains(&length) && !has_template_marks(preheader) {
            format!("`preheader` has {length} characters; {least} to {most} look best in an inbox")
        } else {
            return;
        };
        let hint = format!("say in {least} to {most} characters what the reader will find inside");
        self.say(
            Finding::warning(self.source.file, text).hint(hint).called("preheader"),
            "preheader",
        );
    }

    fn language(&mut self, language: &str) {
        if is_language_tag(language) {
            return;
        }
        let better = language.replace('_', "-");
        let hint = match is_language_tag(&better) {
            true => format!("write `language: {better}`"),
            false => "write a tag such as `en`, `en-GB` or `de`".to_owned(),
        };
        let text = format!("`language` is `{}`, which is no language tag", shown(language));
        self.say(Finding::error(self.source.file, text).hint(hint), "language");
    }

    /// Files the finding at the key's value, or at its key, or at the opening fence.
    fn say(&mut self, finding: Finding, key: &str) {
        let place = self.source.place(&[key]).or_else(|| self.source.key_place(&[key]));
        let place = place.unwrap_or(Place::new(self.source.first_line.saturating_sub(1).max(1), 1));
        self.findings.push(finding.at(place));
    }
}

/// Whether a text holds marks that the template language reads.
pub(crate) fn has_template_marks(text: &str) -> bool {
    ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark))
}

/// Control characters, line separators, and the marks that turn the direction of what follows them.
fn is_unprintable(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The shape of BCP 47 (RFC 5646 section 2.1): a language of two or three letters, then subtags of up to eight.
pub(crate) fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or("");
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_alphabetic())
        && parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn shown(value: &str) -> String {
    let short: String = value
        .chars()
        .take(60)
        .map(|character| if is_unprintable(character) { ' ' } else { character })
        .collect();
    if value.chars().count() > 60 {
        format!("{short}…")
    } else {
        short
    }
}

#[cfg(test)]
#[path = "front_matter_tests.rs"]
mod tests;
