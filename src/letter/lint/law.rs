//! What the law wants in every part of a letter, and links that the text part has lost.

use crate::finding::Finding;
use crate::letter::compile::Compiled;
use crate::letter::compose::Rendered;
use crate::letter::markup::{self, Kind};
use std::collections::BTreeSet;

/// The postal address and a way out, which every part of everybody's letter needs.
pub(super) fn missing(compiled: &Compiled, rendered: &Rendered) -> Vec<Finding> {
    let html = Part {
        file: format!("templates/{}", compiled.html_name),
        name: "the letter",
        words: &markup::visible(&rendered.html),
        whole: &markup::unescaped(&rendered.html),
    };
    let is_derived = !compiled.as_written.has_file(&compiled.text_name);
    let text = Part {
        file: format!(
            "templates/{}",
            if is_derived {
                &compiled.html_name
            } else {
                &compiled.text_name
            }
        ),
        name: if is_derived {
            "the text part, which is made of this file,"
        } else {
            "the letter"
        },
        words: &rendered.text,
        whole: &rendered.text,
    };
    let mut findings = html.missing(compiled);
    findings.extend(text.missing(compiled));
    findings
}

/// Whether both parts plainly say what the law wants: where they do, nobody has to look closer.
pub(super) fn is_plainly_said(compiled: &Compiled, rendered: &Rendered) -> bool {
    let says =
        |part: &str| part.contains(&compiled.postal_address) && compiled.fixed.ways_out.traces().any(|way| part.contains(way));
    says(&rendered.html) && says(&rendered.text)
}

/// One of a letter's two parts.
struct Part<'l> {
    file: String,
    name: &'static str,
    /// What a reader sees.
    words: &'l str,
    whole: &'l str,
}

/// Letters and figures alone: a template may set an address in capitals, on lines, or with dots between.
fn bare(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

impl Part<'_> {
    fn missing(&self, compiled: &Compiled) -> Vec<Finding> {
        let address = (!bare(self.words).contains(&bare(&compiled.postal_address))).then(|| {
            let text = format!(
                "{} does not say the clinic's postal address, which the law demands",
                self.name
            );
            Finding::error(&self.file, text)
                .called("postal-address")
                .hint("write `{{ clinic.postal_address }}` at its foot")
        });
        let way_out = (!compiled.fixed.ways_out.traces().any(|way| self.whole.contains(way))).then(|| {
            let text = format!("{} does not say how to unsubscribe, which the law demands", self.name);
            Finding::error(&self.file, text)
                .called("way-out")
                .hint("write `{{ unsubscribe.link }}` at its foot")
        });
        address.into_iter().chain(way_out).collect()
    }
}

/// A target that the HTML links to and the text does not name.
pub(super) struct Lost {
    /// The target, as a person would type it.
    pub(super) target: String,
    /// Whether the article links to it, and not the template.
    pub(super) is_of_article: bool,
}

/// The targets that the HTML links to and the text does not name.
pub(super) fn lost_links(rendered: &Rendered, article: &str) -> impl Iterator<Item = Lost> {
    let links = |html: &str| -> BTreeSet<String> {
        let opened = markup::pieces(html).into_iter().filter(|piece| piece.is(Kind::Open, "a"));
        let targets = opened.filter_map(|piece| piece.attribute("href").map(markup::unescaped));
        targets.collect()
    };
    let of_article = links(article);
    let text = rendered.text.to_lowercase();
    let numbers = numbers(&rendered.text);
    let lost = links(&rendered.html).into_iter();
    let lost = lost.filter(|link| !link.starts_with('#') && !is_said(link, &text, &numbers));
    let told: Vec<Lost> = lost
        .map(|link| Lost {
            is_of_article: of_article.contains(&link),
            target: mailbox(&link).unwrap_or(&link).to_owned(),
        })
        .collect();
    told.into_iter()
}

fn mailbox(link: &str) -> Option<&str> {
    let mailbox = link.strip_prefix("mailto:")?;
    mailbox.split('?').next()
}

/// Whether a text says what a reader needs to get to `link`: a number's digits, a mailbox, an address without its scheme.
fn is_said(link: &str, text: &str, numbers: &[String]) -> bool {
    let lower = link.to_lowercase();
    if let Some(number) = lower.strip_prefix("tel:").or_else(|| lower.strip_prefix("sms:")) {
        let digits = digits(number.split(['?', ';']).next().unwrap_or(number));
        // Country and area are written in several ways; the last digits in one.
        let last = digits.len().saturating_sub(7);
        return !digits.is_empty() && numbers.iter().any(|number| number.ends_with(&digits[last..]));
    }
    if let Some(mailbox) = mailbox(&lower) {
        return text.contains(mailbox);
    }
    let bare = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let Some(bare) = bare.map(|bare| bare.trim_end_matches('/')) else {
        return text.contains(&lower);
    };
    let is_whole = |(at, _): (usize, &str)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + bare.len()..].trim_start_matches('/');
        let mut behind = behind.chars();
        let ends = match behind.next() {
            None => true,
            Some('.' | '?') => behind.next().is_none_or(|c| !c.is_alphanumeric()),
            Some(c) => !c.is_alphanumeric() && !matches!(c, '-' | '_' | '%' | '#' | '&' | '=' | '~' | '+' | '@'),
        };
        ends && before.is_none_or(|c| !c.is_alphanumeric() && !matches!(c, '.' | '-' | '@' | '_'))
    };
    !bare.is_empty() && text.match_indices(bare).any(is_whole)
}

/// The digits of each number of a text, however they are grouped.
fn numbers(text: &str) -> Vec<String> {
    let groups = text
        .split(|c: char| !(c.is_numeric() || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '–' | '.' | '/' | '(' | ')' | '+')));
    let groups = groups.filter(|group| group.chars().any(char::is_numeric));
    // A number ends with its own digits, or before the next one begins: `01225 000000 (24 h)`.
    let mut found = Vec::new();
    for group in groups {
        let parts: Vec<String> = group
            .split(|c: char| !c.is_numeric())
            .map(digits)
            .filter(|part| !part.is_empty())
            .collect();
        for last in 0..parts.len().min(40) {
            found.push(parts[..=last].concat());
        }
    }
    found
}

fn digits(text: &str) -> String {
    let value = |c: char| match c {
        '٠'..='٩' => char::from_digit(u32::from(c) - 0x660, 10),
        '۰'..='۹' => char::from_digit(u32::from(c) - 0x6f0, 10),
        c => c.is_ascii_digit().then_some(c),
    };
    text.chars().filter_map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_said, numbers};

    #[test]
    fn a_link_is_said_by_what_a_reader_needs_of_it() {
        for (link, text, said) in [
            ("tel:+441225000000", "Ring 01225 000000.", true),
            ("tel:+441225000000", "Ring +44 (0)1225 000 000 (24 h)", true),
            ("tel:+4930123456", "030/123456", true),
            ("tel:+441225000000", "اتصل ٠١٢٢٥ ٠٠٠٠٠٠", true),
            ("tel:+441225000000", "Ring 01225 000001", false),
            ("tel:+441225000000", "Ring us", false),
            ("sms:+441225000000?body=Hi", "Text 01225-000000", true),
            (
                "https://www.hilltop.example/raynaud",
                "see www.hilltop.example/raynaud.",
                true,
            ),
            ("https://hilltop.example/", "Hilltop.example", true),
            ("https://hilltop.example/a/", "(https://hilltop.example/a)", true),
            ("https://hilltop.example/a", "https://hilltop.example/a/", true),
            ("https://hilltop.example/", "hilltop.example/raynaud", false),
            ("https://hilltop.example/", "write to hello@hilltop.example", false),
            ("https://hilltop.example/", "www.hilltop.example", false),
            ("https://hilltop.example/a", "hilltop.example/about", false),
            ("https://hilltop.example/a?b=1", "hilltop.example/a?b=1)", true),
            ("https://hilltop.example/a", "hilltop.example/a?b=1", false),
            ("https://hilltop.example/a", "Have you seen hilltop.example/a?", true),
            ("mailto:A@hilltop.example?subject=x", "a@hilltop.example", true),
        ] {
            assert_eq!(is_said(link, &text.to_lowercase(), &numbers(text)), said, "{link} in {text}");
        }
    }
}
