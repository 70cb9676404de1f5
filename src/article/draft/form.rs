//! In which form a text comes, by its first bytes, its ending and its look.

use crate::article::front_matter;
use crate::finding::Finding;

/// A form of text that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Markdown, with or without front matter.
    Markdown,
    /// Plain text.
    Pasted,
    /// HTML.
    Page,
}

/// Whether a file of this name carries more than text, and may be larger for it.
pub fn is_document(file_name: &str) -> bool {
    // Google Docs writes the pictures into the Markdown itself.
    const DOCUMENTS: [&str; 12] = [
        "html", "htm", "xhtml", "docx", "docm", "dotx", "odt", "zip", "md", "markdown", "mdown", "mkd",
    ];
    DOCUMENTS.contains(&ending(file_name).as_str())
}

/// Whether the bytes are an archive, as a Word document is one.
pub(super) fn is_word(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// Whether the bytes are a web page, as far as that shows before they are decoded.
pub(super) fn is_page(file_name: &str, bytes: &[u8]) -> bool {
    of(file_name, &String::from_utf8_lossy(bytes)) == Form::Page
}

/// Says what a file is that cannot be read, by the bytes it opens with.
pub(super) fn refusal(file_name: &str, bytes: &[u8]) -> Option<Finding> {
    const SAVE_AS: &str = "open it and save it as a Word document (`.docx`), then name that file";
    const COPY: &str = "copy its text into a file that ends in `.txt`, and name that file";
    const UNPACK: &str = "unpack it with a double click, and name the article inside";
    let is_locked = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.windows(wide.len()).any(|window| window == wide)
    };
    let (what, hint) = match () {
        () if bytes.starts_with(b"\xd0\xcf\x11\xe0") && is_locked("EncryptedPackage") => (
            "a Word document with a password",
            "open it, save it without the password, then name that file",
        ),
        () if bytes.starts_with(b"\xd0\xcf\x11\xe0") => ("an old Word document", SAVE_AS),
        () if bytes.starts_with(b"{\\rtf") => ("a rich text document", SAVE_AS),
        () if bytes.starts_with(b"%PDF") => ("a PDF", COPY),
        () if is_picture(bytes) => ("a picture", COPY),
        () if bytes.starts_with(b"bplist00") => (
            "a page in one file as Safari saves it (`.webarchive`)",
            "open it in Safari, choose *File*, *Save As…*, *Format: Page Source*, then name that file",
        ),
        () if bytes.starts_with(b"\x1f\x8b") => ("a packed file (gzip)", UNPACK),
        () if [&b"7z\xbc\xaf"[..], b"Rar!", b"BZh", b"\xfd7zXZ"]
            .iter()
            .any(|head| bytes.starts_with(head)) =>
        {
            ("a packed file", UNPACK)
        }
        () if is_sound(bytes) => (
            "a sound or a film",
            "write down what is said in it, in a file that ends in `.txt`",
        ),
        () if ["eml", "mht", "mhtml"].contains(&ending(file_name).as_str()) || is_mail_archive(&bytes[..bytes.len().min(4000)]) => {
            (
                "a mail or a page in one file (MIME)",
                "open it and save it as a web page (`.html`), then name that file",
            )
        }
        () => return None,
    };
    let text = format!("this is {what}, but an article is a text, Markdown, a web page or a Word document (`.docx`)");
    Some(Finding::error(file_name, text).hint(hint))
}

fn is_picture(bytes: &[u8]) -> bool {
    let heads = [
        &b"\x89PNG"[..],
        b"\xff\xd8\xff",
        b"GIF8",
        b"II*\0",
        b"MM\0*",
        b"8BPS",
        b"\0\0\x01\0",
    ];
    let is_heic = [&b"ftyphe"[..], b"ftypmif1", b"ftypavif"]
        .iter()
        .any(|kind| bytes.get(4..).is_some_and(|rest| rest.starts_with(kind)));
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let is_bitmap = bytes.starts_with(b"BM") && bytes.get(6..10) == Some(b"\0\0\0\0");
    is_heic || is_webp || is_bitmap || heads.iter().any(|head| bytes.starts_with(head))
}

fn is_sound(bytes: &[u8]) -> bool {
    let heads = [&b"ID3"[..], b"OggS", b"fLaC", b"\x1aE\xdf\xa3", b"\xff\xfb"];
    let is_film = bytes.get(4..8) == Some(b"ftyp") || bytes.starts_with(b"RIFF");
    is_film || heads.iter().any(|head| bytes.starts_with(head))
}

/// The finding for a file that holds more signs of a machine than any text.
pub(super) fn no_text(file_name: &str) -> Finding {
    Finding::error(
        file_name,
        "this is no text: it is full of characters that nobody types or sees",
    )
    .hint("open it in the program that made it, copy its text into a file that ends in `.txt`, and name that file")
}

/// `.mht` and `.eml` files open with the head of a mail: lines of headers and nothing else, some of which nobody writes by hand.
fn is_mail_archive(opening: &[u8]) -> bool {
    const BY_PROGRAMS: [&str; 14] = [
        "mime-version",
        "message-id",
        "content-type",
        "content-transfer-encoding",
        "return-path",
        "received",
        "delivered-to",
        "dkim-signature",
        "list-unsubscribe",
        "x-mailer",
        "x-mozilla-status",
        "arc-seal",
        "authentication-results",
        "x-tidings-ref",
    ];
    let opening = String::from_utf8_lossy(opening).to_lowercase();
    let head = opening
        .trim_start_matches('\u{feff}')
        .lines()
        .take_while(|line| !line.trim().is_empty());
    let mut is_of_programs = opening.starts_with("from: <saved by");
    for line in head {
        if line.starts_with([' ', '\t']) || line.starts_with("from ") {
            continue;
        }
        let name = line.split_once(':').map(|(name, _)| name);
        let is_header = |name: &&str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(name) = name.filter(is_header) else {
            // The last line may be cut off.
            break;
        };
        is_of_programs |= BY_PROGRAMS.contains(&name);
    }
    let starts = opening.split(':').next().unwrap_or("");
    is_of_programs && (starts.starts_with("from ") || starts.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// The form of a decoded text.
pub(super) fn of(file_name: &str, text: &str) -> Form {
    let ending = ending(file_name);
    let is_markdown = ["md", "markdown", "mdown", "mkd"].contains(&ending.as_str());
    match () {
        () if ["html", "htm", "xhtml"].contains(&ending.as_str()) => Form::Page,
        () if !is_markdown && looks_like_page(text) => Form::Page,
        () if is_markdown || looks_like_markdown(text) => Form::Markdown,
        () => Form::Pasted,
    }
}

/// A page opens with its kind; a fragment that was copied out of one opens with an element and closes several.
fn looks_like_page(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    let opening: String = start.chars().take(200).collect::<String>().to_lowercase();
    if ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|head| opening.starts_with(head))
        || (opening.starts_with("<?xml") && opening.contains("<html"))
    {
        return true;
    }
    let opens = opening.starts_with('<') && opening[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '!');
    let closed = ["</p>", "</div>", "</h1>", "</h2>", "</h3>", "</li>", "</td>", "<br"]
        .iter()
        .map(|tag| start.matches(tag).take(3).count())
        .sum::<usize>();
    opens && closed >= 2
}

fn ending(file_name: &str) -> String {
    file_name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default()
}

/// Marks that nobody writes without meaning Markdown.
fn looks_like_markdown(text: &str) -> bool {
    let split = front_matter::split(text);
    if super::toml::split(text).is_some() {
        return true;
    }
    let has_front_matter = split.yaml.is_some_and(|yaml| yaml.lines().any(is_key));
    let n_headings = |mark: &str| {
        text.lines()
            .filter(|line| {
                line.strip_prefix(mark)
                    .is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
            })
            .count()
    };
    let n_links = text.matches("](http").count() + text.matches("](mailto:").count();
    has_front_matter || n_headings("## ") + n_headings("### ") > 0 || n_headings("# ") > 1 || n_links > 0
}

fn is_key(line: &str) -> bool {
    let name = line.split_once(':').map_or("", |(name, _)| name);
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        let check = |file: &str, text: &str, expected: Form| assert_eq!(of(file, text), expected, "{file} {text}");
        check("a.md", "Text", Form::Markdown);
        check("a.txt", "---\ntitle: x\n---\ny", Form::Markdown);
        check("a.txt", "x\n\n## y\n\nz", Form::Markdown);
        check("a", "see [x](https://a.example)", Form::Markdown);
        check("a.txt", "---\n\nnot keys\n\n---\n", Form::Pasted);
        check("a.txt", "# is a number sign\n#1 tip\n*stars*", Form::Pasted);
    }

    #[test]
    fn pages_are_told_by_their_ending_or_their_elements() {
        let check = |file: &str, text: &str, expected: bool| assert_eq!(of(file, text) == Form::Page, expected, "{file} {text}");
        check("a.htm", "<p>x", true);
        check("a.txt", " <!DOCTYPE html><p>", true);
        check("a.txt", "<p>one</p>\n<p>two</p>", true);
        check("a.txt", "<b>Bold</b> words", false);
        check("a.md", "<p>one</p>\n<p>two</p>", false);
    }

    #[test]
    fn other_documents_are_named() {
        for (file, bytes) in [
            ("a.pdf", &b"%PDF-1.7"[..]),
            ("a.doc", b"\xd0\xcf\x11\xe0"),
            ("a.rtf", b"{\\rtf1"),
            ("a.mht", b"From: <Saved by Blink>\r\n"),
            ("a.eml", b"Return-Path: <a@a.example>\r\n"),
            ("a.eml", b"Hello"),
            ("a.txt", b"From: Tips <tips@a.example>\r\nTo: \"Ann\" <ann@a.example>\r\nList-Unsubscribe: <https://a.example/v1.x>\r\n\r\nHi"),
            ("a.txt", b"X-Mozilla-Status: 0001\r\nFrom: a@a.example\r\n\r\nHi"),
            ("a.webarchive", b"bplist00\xd1\x01"),
            ("a.html.gz", b"\x1f\x8b\x08\0"),
            ("a.txt", b"RIFF\x10\0\0\0WEBPVP8 "),
            ("a.heic", b"\0\0\0\x18ftypheic"),
            ("a.mp4", b"\0\0\0\x18ftypisom"),
            ("a.tif", b"II*\0"),
        ] {
            assert!(refusal(file, bytes).is_some_and(|finding| finding.is_error()), "{file}");
        }
        assert_eq!(refusal("a.txt", b"<b>Bold</b> words"), None);
    }
}
