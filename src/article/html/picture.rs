//! A page's pictures: where they are, and what the page says of them.

use super::tree::{Id, Page};
use crate::article::document::{From, Picture};

/// Where pages keep the address of a picture that a script shows later.
const LATER: [&str; 7] = [
    "data-src",
    "data-lazy-src",
    "data-original",
    "data-image",
    "data-orig-file",
    "data-large-file",
    "data-lazy",
];

/// The picture of an `<img>`; nothing when it names none.
pub(super) fn of(page: &Page, id: Id) -> Option<Picture> {
    let attribute = |name: &str| page.attribute(id, name).map(str::trim).filter(|value| !value.is_empty());
    let is_dot = |name: &str| {
        attribute(name)
            .and_then(|size| size.trim_end_matches("px").parse::<f32>().ok())
            .is_some_and(|size| size <= 2.0)
    };
    if is_dot("width") && is_dot("height") {
        return None;
    }
    let later = LATER.iter().find_map(|name| attribute(name));
    let written = attribute("src");
    // A tiny picture that only keeps the place of a later one.
    let source = match (written, later) {
        (Some(source), Some(later)) if source.starts_with("data:") => later,
        (Some(source), _) => source,
        (None, Some(later)) => later,
        (None, None) => attribute("srcset").or(attribute("data-srcset"))?.split_whitespace().next()?,
    };
    Some(Picture {
        from: from(source),
        words: attribute("alt").or(attribute("title")).map(str::to_owned),
        caption: None,
    })
}

fn from(source: &str) -> From {
    if let Some(rest) = source.strip_prefix("data:") {
        return match inside(rest) {
            Some(bytes) => From::Inside("picture".to_owned(), bytes),
            None => From::Beside("data:…".to_owned()),
        };
    }
    let lower = source.get(..8).unwrap_or(source).to_ascii_lowercase();
    match () {
        () if lower.starts_with("http://") || lower.starts_with("https://") => From::Web(source.to_owned()),
        () if source.starts_with("//") => From::Web(format!("https:{source}")),
        () => From::Beside(source.to_owned()),
    }
}

/// The bytes of a `data:` address (RFC 2397), without its `data:`.
pub(crate) fn inside(rest: &str) -> Option<Vec<u8>> {
    let (kind, data) = rest.split_once(',')?;
    let plain = percent_decoded(data);
    match kind.to_ascii_lowercase().ends_with(";base64") {
        true => {
            let packed: Vec<u8> = plain
                .into_iter()
                .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
                .collect();
            data_encoding::BASE64_NOPAD.decode(&packed).ok()
        }
        false => Some(plain),
    }
}

/// Bytes with `%41` read as `A`.
pub(crate) fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = text.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, hex) {
            (b'%', Some(value)) => {
                decoded.push(value);
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    decoded
}

/// The words that a picture stands for: a smiley is a character, not a picture.
pub(super) fn as_words(page: &Page, id: Id) -> Option<String> {
    let words = page.attribute(id, "alt")?.trim();
    let class = page.attribute(id, "class").unwrap_or("");
    let is_sign = !words.is_empty() && words.chars().count() <= 8 && !words.chars().any(|c| c.is_alphanumeric() && c.is_ascii());
    let is_small = is_sign && !words.chars().any(char::is_alphabetic);
    (is_small || (class.contains("emoji") && !words.is_empty()) || class.contains("wp-smiley")).then(|| words.to_owned())
}
