//! What the law wants in every part of a letter, and links that the text part has lost.

use crate::finding::Finding;
use crate::letter::compile::Compiled;
use crate::letter::compose::Rendered;
use crate::letter::markup::{self, Kind};
use std::collections::BTreeSet;

/// The postal address and a way out, which every part of everybody's letter needs.
pub(super) fn missing(compiled: &Compiled, rendered: &Rendered) -> Vec<Finding> {
    let words = markup::visible(&rendered.html);
    let html = Part {
        file: format!("templates/{}", compiled.html_name),
        name: "the letter",
        words: words.split_whitespace().collect::<Vec<_>>().join(" "),
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
        words: rendered.text.split_whitespace().collect::<Vec<_>>().join(" "),
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
    /// What a reader sees, on one line.
    words: String,
    whole: &'l str,
}

impl Part<'_> {
    fn missing(&self, compiled: &Compiled) -> Vec<Finding> {
        let postal_address = compiled.postal_address.split_whitespace().collect::<Vec<_>>().join(" ");
        let address = (!self.words.contains(&postal_address)).then(|| {
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

/// The targets that the HTML links to and the text does not name.
pub(super) fn lost_links(rendered: &Rendered) -> impl Iterator<Item = String> {
    let links = markup::pieces(&rendered.html)
        .into_iter()
        .filter(|piece| piece.is(Kind::Open, "a"))
        .filter_map(|piece| piece.attribute("href"));
    let targets: BTreeSet<String> = links
        .map(markup::unescaped)
        .map(|link| {
            link.strip_prefix("mailto:")
                .map_or(link.clone(), |mailbox| mailbox.split('?').next().unwrap_or("").to_owned())
        })
        .filter(|link| !link.starts_with('#') && !rendered.text.contains(as_read(link)))
        .collect();
    targets.into_iter()
}

/// What people need of an address to find the page: `www.riverside.example` does as well as `https://www.riverside.example/`.
fn as_read(link: &str) -> &str {
    let bare = link.strip_prefix("https://").or_else(|| link.strip_prefix("http://"));
    match bare.map(|bare| bare.trim_end_matches('/')) {
        Some(bare) if bare.starts_with("www.") => bare,
        Some(_) => link.trim_end_matches('/'),
        None => link,
    }
}

#[cfg(test)]
mod tests {
    use super::as_read;

    #[test]
    fn an_address_is_known_without_what_browsers_add() {
        for (link, read) in [
            ("https://www.foo.example/", "www.foo.example"),
            ("https://www.foo.example", "www.foo.example"),
            ("https://foo.example/a/", "https://foo.example/a"),
            ("hello@foo.example", "hello@foo.example"),
        ] {
            assert_eq!(as_read(link), read);
        }
    }
}
