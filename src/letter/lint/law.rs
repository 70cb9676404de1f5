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
        .filter(|link| !link.starts_with('#') && !rendered.text.contains(link.as_str()))
        .collect();
    targets.into_iter()
}
