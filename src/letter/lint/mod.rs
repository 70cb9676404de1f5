//! What a letter must be before it leaves: sound bytes for the wire, and a body that law and mail programs accept.
//!
//! Promises: what stops an edition is an error, what deserves a look a warning; both name the file and, where it is known, the line.
//! Knows nothing of people's lists or of what was sent before.

mod wire;

use crate::article::Article;
use crate::finding::{Finding, Place};
use crate::letter::compile::Compiled;
use crate::letter::compose::Rendered;
use crate::letter::markup::{self, Kind};
use crate::template::{TemplateSource, tags};

pub use wire::{WireFault, wire, wire_utf8};

/// Gmail hides what lies beyond about 102 KB, the way out included.
pub(crate) const LARGEST_HTML: usize = 100 * 1024;
const LARGE_HTML: usize = 80 * 1024;
/// What can be said of the article before anybody's letter is made.
pub(crate) fn article(article: &Article) -> Vec<Finding> {
    let unrendered = tags::tags(&article.markdown)
        .into_iter()
        .filter(|tag| tag.kind != tags::Kind::Comment)
        .map(|tag| {
            let place = Place::of_offset(&article.markdown, tag.range.start);
            let shown: String = article.markdown[tag.range].chars().take(40).collect();
            Finding::error(&article.file, format!("`{shown}` would stand in every letter as it is"))
                .at(Place::new(place.line + article.body_line.saturating_sub(1), place.column))
                .hint("an article's text is the same for everybody; greet people in the template, or in the subject")
        });
    unrendered.collect()
}

/// Images that say nothing to people who do not see them.
pub(crate) fn images(source: &TemplateSource) -> Vec<Finding> {
    let html = source.files.iter().filter(|file| file.name.ends_with(".html"));
    html.flat_map(|file| {
        let mute = markup::pieces(&file.text)
            .into_iter()
            .filter(|piece| piece.is(Kind::Open, "img") && piece.attribute("alt").is_none());
        let finding = |piece: markup::Piece<'_>| {
            Finding::warning(format!("templates/{}", file.name), "an image has no `alt` text")
                .at(Place::of_offset(&file.text, piece.range.start))
                .hint("write what it shows, as in `alt=\"our front door\"`, or `alt=\"\"` where it is only an ornament")
        };
        mute.map(finding).collect::<Vec<_>>()
    })
    .collect()
}

/// What a person with far too large a letter, and everybody else, has to be told.
pub(crate) fn too_large(size: usize) -> String {
    format!(
        "the letter has {} KB of HTML, mail programs hide what is beyond 100 KB, the way to unsubscribe included",
        size.div_ceil(1024)
    )
}

impl Compiled {
    /// What is to be said of a finished letter: its size, what the law wants in it, images without words, links lost in the text.
    pub fn lint(&self, rendered: &Rendered) -> Vec<Finding> {
        let html = format!("templates/{}", self.html_name);
        let text = format!("templates/{}", self.text_name);
        let mut findings = Vec::new();
        if rendered.html.len() > LARGE_HTML {
            let warning = Finding::warning(&html, too_large(rendered.html.len()));
            findings.push(warning.hint("shorten the article, or put a part of it on a page and link to it"));
        }
        // Where the template has no text file, its text is the HTML's, and so are its faults.
        let visible = markup::visible(&rendered.html);
        findings.extend(self.missing(&html, &visible, &markup::unescaped(&rendered.html)));
        if self.as_written.has_file(&self.text_name) {
            let words = rendered.text.split_whitespace().collect::<Vec<_>>().join(" ");
            findings.extend(self.missing(&text, &words, &rendered.text));
        }
        let article = markup::pieces(&self.article.html)
            .into_iter()
            .filter(|piece| piece.is(Kind::Open, "img"));
        if article
            .filter(|piece| piece.attribute("alt").unwrap_or("").is_empty())
            .count()
            > 0
        {
            findings
                .push(Finding::warning(&self.article_file, "an image has no words beside it").hint("write `![what it shows](…)`"));
        }
        findings.extend(
            lost_links(rendered).map(|link| Finding::warning(&text, format!("the text part leaves out the link `{link}`"))),
        );
        findings
    }

    /// The postal address and a way out, which every part needs.
    fn missing(&self, file: &str, words: &str, whole: &str) -> Vec<Finding> {
        let postal_address = self.postal_address.split_whitespace().collect::<Vec<_>>().join(" ");
        let address = (!words.contains(&postal_address)).then(|| {
            Finding::error(
                file,
                "the letter does not say the clinic's postal address, which the law demands",
            )
            .hint("write `{{ clinic.postal_address }}` at its foot")
        });
        let way_out = (!self.fixed.ways_out.traces().any(|way| whole.contains(way))).then(|| {
            Finding::error(file, "the letter does not say how to unsubscribe, which the law demands")
                .hint("write `{{ unsubscribe.link }}` at its foot")
        });
        address.into_iter().chain(way_out).collect()
    }
}

/// The targets that the HTML links to and the text does not name.
fn lost_links(rendered: &Rendered) -> impl Iterator<Item = String> {
    let links = markup::pieces(&rendered.html)
        .into_iter()
        .filter(|piece| piece.is(Kind::Open, "a"))
        .filter_map(|piece| piece.attribute("href"));
    let targets: std::collections::BTreeSet<String> = links
        .map(markup::unescaped)
        .map(|link| {
            link.strip_prefix("mailto:")
                .map_or(link.clone(), |mailbox| mailbox.split('?').next().unwrap_or("").to_owned())
        })
        .filter(|link| !link.starts_with('#') && !rendered.text.contains(link.as_str()))
        .collect();
    targets.into_iter()
}
