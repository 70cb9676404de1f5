//! Bytes into text: which encoding a file is in, and what its characters are.
//!
//! Promises: every byte sequence becomes a text; what was guessed is not called known; a guess that Windows-1252 reads just the same
//! is called Windows-1252, by which name people look for it. Line ends and control characters stay as they are. Knows nothing of
//! files, articles or lists.

pub(crate) mod der;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// A text made from bytes, without its byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text<'b> {
    /// The text; borrowed where the bytes were UTF-8.
    pub text: Cow<'b, str>,
    /// The encoding's name, such as `UTF-8` or `windows-1252`.
    pub encoding: &'static str,
    /// How the encoding came to be known.
    pub known: Known,
    /// Whether some bytes meant nothing in it; they became `U+FFFD`.
    pub had_errors: bool,
}

/// How an encoding came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// By the mark that the file opens with.
    Marked,
    /// The bytes are valid UTF-8, which no other text is by chance.
    Valid,
    /// The bytes are UTF-8 but for a few, and nothing else has so many of its letters by chance.
    Nearly,
    /// Somebody said so.
    Said,
    /// It is the likeliest.
    Guessed,
}

/// A label that no encoding has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no encoding `{label}`")]
pub struct UnknownEncoding {
    /// The label as written.
    pub label: String,
}

/// The labels worth suggesting: what spreadsheets and clinic systems write.
#[rustfmt::skip]
pub const LABELS: &[&str] = &[
    "utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-1", "latin1", "iso-8859-15", "windows-1250", "iso-8859-2", "windows-1251",
    "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "macintosh", "ibm866", "koi8-r", "shift_jis", "euc-jp",
    "gbk", "gb18030", "big5", "euc-kr",
];

/// Decodes bytes: by their byte order mark, as UTF-8 if they are valid, or else by the likeliest legacy encoding.
pub fn decode(bytes: &[u8]) -> Text<'_> {
    let (encoding, known) = encoding_of(bytes);
    decoded(bytes, encoding, known)
}

/// Decodes bytes by the encoding that somebody named; a byte order mark is stronger, because nobody types one by mistake.
///
/// # Errors
/// When no encoding has this label.
pub fn decode_as<'b>(bytes: &'b [u8], label: &str) -> Result<Text<'b>, UnknownEncoding> {
    let said = Encoding::for_label(spelled(label).as_bytes());
    // The "replacement" encoding reads nothing at all: its labels are as good as unknown.
    let encoding = said
        .filter(|encoding| encoding.name() != "replacement")
        .ok_or_else(|| UnknownEncoding { label: label.to_owned() })?;
    let encoding = Encoding::for_bom(bytes).map_or(encoding, |(marked, _)| marked);
    Ok(decoded(bytes, encoding, Known::Said))
}

/// A label as the standard spells it, from what people and programs call it.
fn spelled(label: &str) -> String {
    let label = label.trim().to_ascii_lowercase().replace([' ', '_'], "-");
    match label.as_str() {
        "ansi" | "excel" | "western" | "latin-1" => "windows-1252".to_owned(),
        "mac" | "mac-roman" | "macroman" => "macintosh".to_owned(),
        "utf-8-sig" | "utf-8-bom" | "utf8-bom" => "utf-8".to_owned(),
        "utf16" | "unicode" | "unicode-text" => "utf-16le".to_owned(),
        "cp437" | "cp850" => label,
        "shift-jis" => "shift_jis".to_owned(),
        _ => label,
    }
}

fn decoded<'b>(bytes: &'b [u8], encoding: &'static Encoding, known: Known) -> Text<'b> {
    let (text, had_errors) = encoding.decode_with_bom_removal(bytes);
    Text {
        text,
        encoding: encoding.name(),
        known,
        had_errors,
    }
}

fn encoding_of(bytes: &[u8]) -> (&'static Encoding, Known) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, Known::Marked);
    }
    // Western text in UTF-16 is valid UTF-8 as well, with a NUL behind every letter: it has to be asked about first.
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return (encoding, Known::Guessed);
    }
    if std::str::from_utf8(bytes).is_ok() {
        return (UTF_8, Known::Valid);
    }
    if is_nearly_utf_8(bytes) {
        return (UTF_8, Known::Nearly);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    (plainest(bytes, guess), Known::Guessed)
}

/// Whether a broken byte or two stand in a text whose other letters are UTF-8: at least two letters to each of them.
fn is_nearly_utf_8(bytes: &[u8]) -> bool {
    let (mut letters, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    letters >= 2 * broken
}

/// One accented name in a long file is often taken for Polish or Turkish, where the letter has the same byte.
fn plainest(bytes: &[u8], guess: &'static Encoding) -> &'static Encoding {
    let equal =
        guess.is_single_byte() && guess.decode_without_bom_handling(bytes) == WINDOWS_1252.decode_without_bom_handling(bytes);
    match equal {
        true => WINDOWS_1252,
        false => guess,
    }
}

/// Western text in UTF-16 has a zero in nearly every second byte, which no other text has.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let pairs = sample.len() / 2;
    if pairs < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|&&byte| byte == 0).count();
    match (zeros(0), zeros(1)) {
        (0, odd) if odd * 10 >= pairs * 7 => Some(UTF_16LE),
        (even, 0) if even * 10 >= pairs * 7 => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, LABELS, decode, decode_as};

    #[track_caller]
    fn check(bytes: &[u8], text: &str, encoding: &str, known: Known) {
        let decoded = decode(bytes);
        assert_eq!(
            (&*decoded.text, decoded.encoding, decoded.known),
            (text, encoding, known),
            "{bytes:?}"
        );
    }

    #[test]
    fn marks_come_first_then_utf_8_then_the_likeliest() {
        check(b"", "", "UTF-8", Known::Valid);
        check("Zoë\r\n\u{b}".as_bytes(), "Zoë\r\n\u{b}", "UTF-8", Known::Valid);
        check(b"\xef\xbb\xbfHello", "Hello", "UTF-8", Known::Marked);
        check(b"\xff\xfeH\0i\0", "Hi", "UTF-16LE", Known::Marked);
        check(b"\xfe\xff\0H\0i", "Hi", "UTF-16BE", Known::Marked);
        check(b"H\0e\0l\0l\0o\0!\0", "Hello!", "UTF-16LE", Known::Guessed);
        check(b"\0H\0e\0l\0l\0o\0!", "Hello!", "UTF-16BE", Known::Guessed);
        check(
            b"Zo\xc3\xab, Jos\xc3\xa9, Ren\xe9",
            "Zoë, José, Ren\u{fffd}",
            "UTF-8",
            Known::Nearly,
        );
        check(b"caf\xe9 \x96 Zo\xeb", "café – Zoë", "windows-1252", Known::Guessed);
    }

    #[test]
    fn what_windows_1252_reads_just_the_same_is_called_so() {
        for name in [&b"Jos\xe9"[..], b"Ren\xe9e", b"M\xfcller", b"Zo\xeb Lee, Bath"] {
            let list = [b"email,first_name\nann@example.org,".as_slice(), name, b"\n"].concat();
            assert_eq!(decode(&list).encoding, "windows-1252", "{name:?}");
        }
        let polish = encoding_rs::WINDOWS_1250
            .encode("Łukasz Wiśniewski, Świętosława Żółkiewska, Gdańsk")
            .0;
        assert_eq!(decode(&polish).encoding, "windows-1250");
    }

    #[test]
    fn a_named_encoding_is_used_and_a_mark_is_stronger() {
        let text = |bytes, label| decode_as(bytes, label).map(|decoded| (decoded.text.into_owned(), decoded.had_errors));
        assert_eq!(text(b"Zo\xeb", "Windows-1252"), Ok(("Zoë".to_owned(), false)));
        assert_eq!(text(b"Zo\x91", " mac roman"), Ok(("Zoë".to_owned(), false)));
        assert_eq!(text(b"Z\0o\0", "utf_16le"), Ok(("Zo".to_owned(), false)));
        assert_eq!(text(b"Zo\xeb", "utf-8"), Ok(("Zo\u{fffd}".to_owned(), true)));
        assert_eq!(text(b"\xef\xbb\xbfZo\xc3\xab", "ansi"), Ok(("Zoë".to_owned(), false)));
        for label in ["cp1252x", "", "replacement", "iso-2022-kr"] {
            assert_eq!(decode_as(b"", label).unwrap_err().label, label);
        }
    }

    #[test]
    fn every_suggested_label_exists() {
        for label in LABELS {
            assert!(decode_as(b"a", label).is_ok(), "{label}");
        }
    }
}
