//! The HTML template laid out for mail programs, once per edition: partials and article put in, style sheets written into the elements.
//!
//! Mail programs ignore style sheets, so the styles must stand in the elements; and the article's elements are only there once the
//! article is. Tera's tags would be torn by an HTML parser, so words of private-use characters stand in for them meanwhile.
//!
//! Promises: every Tera tag comes out as it went in, where it stood. Knows nothing of people.

use crate::letter::constants::{Constants, Ground, is_plain};
use crate::letter::markup::{self, Kind};
use crate::letter::{bounds, structure};
use crate::template::TemplateSource;
use crate::template::tags::{self, Tag};

/// An HTML template with words in place of its Tera tags.
pub(crate) struct Guarded {
    /// The HTML, partials included.
    pub(crate) html: String,
    /// What a word stands for, by its number: the tag, and what is in its place in every letter.
    tags: Vec<(String, Option<String>)>,
    ground: Ground,
}

/// A word is `OPEN`, a number, `CLOSE`.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// The part of the article that a template shows in one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `article.html`
    Body,
    /// `article.sections`
    Sections,
    /// `article.contents`
    Contents,
}

impl Part {
    pub(crate) const ALL: [Self; 3] = [Self::Body, Self::Sections, Self::Contents];

    /// The name that templates have for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Body => "article.html",
            Self::Sections => "article.sections",
            Self::Contents => "article.contents",
        }
    }

    /// The character that keeps its place.
    fn place(self) -> char {
        match self {
            Self::Body => '\u{e002}',
            Self::Sections => '\u{e003}',
            Self::Contents => '\u{e004}',
        }
    }

    fn of_tag(tag: &Tag, text: &str) -> Option<Self> {
        let inside = tag.inside(text).replace(' ', "");
        let name = inside.strip_suffix("|safe").unwrap_or(&inside);
        let shows = |part: &Self| tag.kind == tags::Kind::Expression && part.name() == name;
        Self::ALL.into_iter().find(shows)
    }
}

/// Puts the partials in and words in place of the tags.
pub(crate) fn guard(source: &TemplateSource, constants: &Constants, ground: Ground) -> Guarded {
    let (whole, _) = whole(source);
    let mut guarded = Guarded {
        html: String::with_capacity(whole.len()),
        tags: Vec::new(),
        ground,
    };
    let mut at = 0;
    for tag in tags::tags(&whole) {
        guarded.html.push_str(&whole[at..tag.range.start]);
        match (tag.kind, Part::of_tag(&tag, &whole)) {
            (tags::Kind::Comment, _) => {}
            (_, Some(part)) => guarded.html.push(part.place()),
            (_, None) => {
                let constant = constants.of_tag(&tag, &whole, ground);
                let word = guarded.word_for(&whole[tag.range.clone()], constant);
                guarded.html.push_str(&word);
            }
        }
        at = tag.range.end;
    }
    guarded.html.push_str(&whole[at..]);
    if ground == Ground::Html {
        guarded.html = guarded.with_plain_constants();
    }
    guarded
}

/// The template with each `{% include %}` replaced by the file, and how long all that was put together is. Missing files and circles are
/// refused elsewhere; what is far too long ends somewhere.
pub(crate) fn whole(source: &TemplateSource) -> (String, usize) {
    let mut whole = Whole {
        source,
        text: String::new(),
        length: 0,
    };
    whole.add(&source.html_name(), 0);
    (whole.text, whole.length)
}

struct Whole<'s> {
    source: &'s TemplateSource,
    text: String,
    length: usize,
}

impl Whole<'_> {
    fn add(&mut self, name: &str, depth: usize) {
        let text = without_words(self.source.file(name).unwrap_or(""));
        self.length += text.len();
        let goes_on = depth <= 16 && self.length <= bounds::LONGEST;
        let mut at = 0;
        for tag in tags::tags(&text) {
            if let Some(partial) = tag.quoted_after("include", &text).filter(|_| goes_on) {
                self.text.push_str(&text[at..tag.range.start]);
                self.add(partial, depth + 1);
                at = tag.range.end;
            }
        }
        self.text.push_str(&text[at..]);
    }
}

/// The parts of the article that a text shows, each as often as it does.
pub(crate) fn parts_shown(text: &str) -> Vec<Part> {
    tags::tags(text).iter().filter_map(|tag| Part::of_tag(tag, text)).collect()
}

/// A text with its tags blinded.
pub(crate) fn without_tags(text: &str) -> String {
    blind(text, &tags::tags(text))
}

fn without_words(text: &str) -> String {
    let places = Part::ALL.map(Part::place);
    text.replace(|c: char| c == OPEN || c == CLOSE || places.contains(&c), "")
}

impl Guarded {
    fn word_for(&mut self, tag: &str, constant: Option<String>) -> String {
        // Equal tags share a word, so that what is equal in the template is equal here.
        let number = self.tags.iter().position(|(known, _)| known == tag).unwrap_or_else(|| {
            self.tags.push((tag.to_owned(), constant));
            self.tags.len() - 1
        });
        format!("{OPEN}{number}{CLOSE}")
    }

    /// Puts `html` where the template shows a part of the article; nothing in it is a Tera tag.
    pub(crate) fn with_part(&mut self, part: Part, html: &str) {
        let brace = match self.ground {
            Ground::Html => self.word_for("&#123;", None),
            Ground::Text => self.word_for("{{ \"{\" }}", None),
        };
        let shown = without_words(html).replace('{', &brace);
        self.html = self.html.replace(part.place(), &shown);
    }

    /// Puts the Tera tag `tag` in a paragraph of its own where the template shows a part of the article.
    pub(crate) fn with_part_tag(&mut self, part: Part, tag: &str) {
        let word = self.word_for(tag, None);
        self.html = self.html.replace(part.place(), &format!("<p>{word}</p>"));
    }

    /// Puts the tag that asks for a part of the article back, where the article has no such part.
    pub(crate) fn without_part(&mut self, part: Part) {
        let word = self.word_for(&format!("{{{{ {} }}}}", part.name()), None);
        self.html = self.html.replace(part.place(), &word);
    }

    /// `text` with the tags, or what is in their place in every letter, back in place of their words.
    pub(crate) fn restored(&self, text: &str) -> String {
        self.replaced(text, |(tag, constant)| Some(constant.as_deref().unwrap_or(tag)))
    }

    /// Attributes and style sheets with the constants in them: a style sheet can then choose by them, and styles with them are written
    /// into the elements.
    fn with_plain_constants(&self) -> String {
        let shown = markup::pieces(&self.html).into_iter().map(|piece| match piece.kind {
            Kind::Open | Kind::Raw => self.replaced(piece.text, |(_, constant)| {
                constant.as_deref().filter(|value| is_plain(value))
            }),
            _ => piece.text.to_owned(),
        });
        shown.collect()
    }

    /// `text` with something else in place of each word that there is something else for.
    fn replaced<'g>(&'g self, text: &str, by: impl Fn(&'g (String, Option<String>)) -> Option<&'g str>) -> String {
        let mut replaced = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(OPEN) {
            let (number, after) = after.split_once(CLOSE).unwrap_or((after, ""));
            replaced.push_str(before);
            if let Some(tag) = number.parse().ok().and_then(|number: usize| self.tags.get(number)) {
                match by(tag) {
                    Some(text) => replaced.push_str(text),
                    None => replaced.push_str(&format!("{OPEN}{number}{CLOSE}")),
                }
            }
            rest = after;
        }
        replaced.push_str(rest);
        replaced
    }

    /// The laid-out template, ready to be compiled.
    ///
    /// # Errors
    /// When the style sheet cannot be read.
    pub(crate) fn inlined(&self) -> Result<String, String> {
        let inliner = css_inline::CSSInliner::options()
            .load_remote_stylesheets(false)
            .keep_style_tags(false)
            .keep_at_rules(true)
            .minify_css(true)
            .resolve_css_variables(true)
            .build();
        let html = inliner
            .inline(&whole_page(&words_as_comments(&structure::with_bodies(&self.html, OPEN))))
            .map_err(|error| error.to_string())?;
        let html = html
            .replace(&format!("<!--{OPEN}"), &OPEN.to_string())
            .replace(&format!("{CLOSE}-->"), &CLOSE.to_string());
        Ok(self.restored(&html))
    }
}

/// A template that is only the inside of a page becomes one: what stands before `<body>` would not be moved into it.
fn whole_page(html: &str) -> String {
    match markup::pieces(html).iter().any(|piece| piece.is(Kind::Open, "body")) {
        true => html.to_owned(),
        false => format!("<!DOCTYPE html><html><body>{html}</body></html>"),
    }
}

/// Words between elements become comments: a parser leaves those where they are, also inside tables.
fn words_as_comments(html: &str) -> String {
    let shown = markup::pieces(html).into_iter().map(|piece| match piece.kind {
        Kind::Text => piece
            .text
            .replace(OPEN, &format!("<!--{OPEN}"))
            .replace(CLOSE, &format!("{CLOSE}-->")),
        _ => piece.text.to_owned(),
    });
    shown.collect()
}

/// `text` with every tag as a run of letters of equal length, so that offsets and lines stay and quotes inside tags do not count.
pub(crate) fn blind(text: &str, tags: &[Tag]) -> String {
    tags.iter().fold(text.to_owned(), |mut blind, tag| {
        let letters = text[tag.range.clone()].bytes();
        let letters: String = letters.map(|byte| if byte == b'\n' { '\n' } else { 'x' }).collect();
        blind.replace_range(tag.range.clone(), &letters);
        blind
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::TemplateFile;

    fn source(files: &[(&str, &str)]) -> TemplateSource {
        let files = files.iter().map(|(name, text)| TemplateFile {
            name: (*name).to_owned(),
            text: (*text).to_owned(),
        });
        TemplateSource {
            name: "letter".to_owned(),
            files: files.collect(),
        }
    }

    fn check(html: &str, expected_body: &str) {
        let mut guarded = guard(
            &source(&[("letter.html", html), ("foot.html", "<i>{{ clinic.name }}</i>")]),
            &Constants::default(),
            Ground::Html,
        );
        guarded.with_part(Part::Body, "<h2>Calm {{ x }} {{{</h2>");
        let laid_out = guarded.inlined().unwrap();
        let body = laid_out
            .split_once("<body>")
            .and_then(|(_, rest)| rest.split_once("</body>"))
            .map(|(body, _)| body);
        assert_eq!(body, Some(expected_body), "{laid_out}");
    }

    #[test]
    fn tags_stay_where_they_were_and_styles_move_in() {
        check(
            "<style>p{color:red}</style><body><p>{{ name | default(value=\"<b>\") }}</p></body>",
            "<p style=\"color:red\">{{ name | default(value=\"<b>\") }}</p>",
        );
        check(
            "<body><table><tbody>{% for x in xs %}<tr><td>{{ x }}</td></tr>{% endfor %}</tbody></table></body>",
            "<table><tbody>{% for x in xs %}<tr><td>{{ x }}</td></tr>{% endfor %}</tbody></table>",
        );
        check(
            "<body><a href=\"{{ u | default(value=\"x\") }}\">a</a>{# gone #}</body>",
            "<a href=\"{{ u | default(value=\"x\") }}\">a</a>",
        );
    }

    #[test]
    fn partials_and_article_get_the_styles_too() {
        check(
            "<style>i{color:red}</style><body>{% include \"foot.html\" %}</body>",
            "<i style=\"color:red\">{{ clinic.name }}</i>",
        );
        check(
            "<style>h2{color:red}</style><body>{{ article.html | safe }}</body>",
            "<h2 style=\"color:red\">Calm &#123;&#123; x }} &#123;&#123;&#123;</h2>",
        );
    }
}
