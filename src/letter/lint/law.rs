//! What the law wants in every part of a letter, and links that the text part has lost.

use crate::finding::Finding;
use crate::letter::compile::Compiled;
use crate::letter::compose::Rendered;
use crate::letter::markup::{self, Kind};
use std::collections::BTreeSet;

/// The postal address and a way out, which every part needs.
pub(super) fn missing(compiled: &Compiled, file: &str, words: &str, whole: &str) -> Vec<Finding> {
    let postal_address = compiled.postal_address.split_whitespace().collect::<Vec<_>>().join(" ");
    let address = (!words.contains(&postal_address)).then(|| {
        let text = "the letter does not say the clinic's postal address, which the law demands";
        Finding::error(file, text)
            .called("postal-address")
            .hint("write `{{ clinic.postal_address }}` at its foot")
    });
    let way_out = (!compiled.fixed.ways_out.traces().any(|way| whole.contains(way))).then(|| {
        let text = "the letter does not say how to unsubscribe, which the law demands";
        Finding::error(file, text)
            .called("way-out")
            .hint("write `{{ unsubscribe.link }}` at its foot")
    });
    address.into_iter().chain(way_out).collect()
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
