//! An article's bytes as text: decoded, line ends made one kind, control characters taken out and counted.
//!
//! Promises: every byte sequence becomes a text with `\n` line ends and no control character but tab and `\n`; what was guessed is
//! not called certain. Does not know how big a file may be handed in: the reader of the file refuses it by [`MAX_ARTICLE_BYTES`]
//! before loading it.

use crate::encoding::{self, Known};
use crate::finding::Place;

/// The largest text that is read: a long book chapter has a tenth of it, and a letter of that size reaches nobody.
pub const MAX_ARTICLE_BYTES: usize = 1_000_000;

/// A text made from bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text, with `\n` at line ends.
    pub text: String,
    /// The encoding's name, such as `UTF-8` or `windows-1252`.
    pub encoding: &'static str,
    /// Whether the encoding is known (by a mark in the file, or because the bytes are valid UTF-8) and every byte had a meaning in it.
    pub certain: bool,
    /// The encoding that the file names, where its words are those of its language only in another one.
    pub doubted: Option<&'static str>,
    /// The control characters that were taken out, if any.
    pub removed: Option<Removed>,
}

/// Control characters that were taken out of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// How many.
    pub count: usize,
    /// Where the first one stood.
    pub first: Place,
}

/// Decodes a file: by its byte order mark, as UTF-8 if it is valid, or else by the likeliest legacy encoding.
pub fn decode(bytes: &[u8]) -> Decoded {
    let mut decoded = encoding::decode(bytes);
    if let Some(mac) = as_old_mac(bytes, &decoded) {
        decoded = mac;
    }
    let (text, removed) = one_kind_of_line_end(&decoded.text);
    Decoded {
        text,
        encoding: decoded.encoding,
        certain: decoded.known != Known::Guessed && !decoded.had_errors,
        doubted: None,
        removed,
    }
}

/// Old Macs' texts are always guessed to be Windows': both are Western, and only the words tell which has the letters in the right places.
fn as_old_mac<'b>(bytes: &'b [u8], guessed: &encoding::Text<'b>) -> Option<encoding::Text<'b>> {
    if guessed.known != Known::Guessed || !guessed.encoding.starts_with("windows-125") {
        return None;
    }
    let mac = encoding::decode_as(bytes, "macintosh").ok()?;
    // Small accented letters and typographer's marks are frequent in prose; capitals behind small letters and controls are not.
    let likely = |text: &str| {
        text.chars()
            .filter(|c| "éèêàâçùûôîïëüöäßñáíóúœæåøãõ’“”„–—…«»".contains(*c))
            .count()
    };
    let unlikely = |text: &str| {
        let pairs = text.chars().zip(text.chars().skip(1));
        pairs
            .filter(|(one, other)| {
                (one.is_lowercase() && other.is_uppercase() && !other.is_ascii()) || (other.is_control() && !other.is_whitespace())
            })
            .count()
    };
    let is_mac = likely(&mac.text) > 2 * likely(&guessed.text) && unlikely(&guessed.text) > 2 * unlikely(&mac.text);
    is_mac.then_some(encoding::Text {
        known: Known::Guessed,
        ..mac
    })
}

fn one_kind_of_line_end(raw: &str) -> (String, Option<Removed>) {
    let mut text = String::with_capacity(raw.len());
    let mut place = Place::new(1, 1);
    let mut removed: Option<Removed> = None;
    let mut characters = raw.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => continue,
            // Word writes a vertical tab for Shift+Enter and a form feed for a page break.
            '\r' | '\n' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' => {
                text.push('\n');
                place = Place::new(place.line + 1, 1);
                continue;
            }
            '\u{2029}' => {
                text.push_str("\n\n");
                place = Place::new(place.line + 2, 1);
                continue;
            }
            '\u{feff}' => continue,
            '\t' => text.push('\t'),
            other if other.is_control() => {
                removed.get_or_insert(Removed { count: 0, first: place }).count += 1;
                continue;
            }
            other => text.push(other),
        }
        place.column += 1;
    }
    (text, removed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], text: &str, encoding: &str, certain: bool) {
        let decoded = decode(bytes);
        assert_eq!(
            (decoded.text.as_str(), decoded.encoding, decoded.certain),
            (text, encoding, certain),
            "{bytes:?}"
        );
    }

    #[test]
    fn marks_come_first_then_utf_8_then_the_likeliest() {
        check(b"", "", "UTF-8", true);
        check("Zoë".as_bytes(), "Zoë", "UTF-8", true);
        check(b"\xef\xbb\xbfHello", "Hello", "UTF-8", true);
        check(b"\xff\xfeH\0i\0", "Hi", "UTF-16LE", true);
        check(b"\xfe\xff\0H\0i", "Hi", "UTF-16BE", true);
        check(b"H\0e\0l\0l\0o\0!\0", "Hello!", "UTF-16LE", false);
        check(
            b"It\x92s caf\xe9 time \x96 really",
            "It’s café time – really",
            "windows-1252",
            false,
        );
    }

    #[test]
    fn a_byte_that_means_nothing_is_not_called_certain() {
        let decoded = decode(b"\xef\xbb\xbfbroken \xff here");
        assert_eq!(decoded.text, "broken \u{fffd} here");
        assert!(!decoded.certain);
    }

    #[test]
    fn all_line_ends_become_one_kind() {
        check(b"a\r\nb\rc\nd\x0be\x0cf", "a\nb\nc\nd\ne\nf", "UTF-8", true);
        check("a\u{2028}b\u{2029}c\u{85}d".as_bytes(), "a\nb\n\nc\nd", "UTF-8", true);
    }

    #[test]
    fn control_characters_are_taken_out_and_counted() {
        let decoded = decode(b"one\ntw\0o\x07\tx\x1b[0m");
        assert_eq!(decoded.text, "one\ntwo\tx[0m");
        assert_eq!(
            decoded.removed,
            Some(Removed {
                count: 3,
                first: Place::new(2, 3)
            })
        );
        assert_eq!(decode(b"plain\ttext\n").removed, None);
    }
}
