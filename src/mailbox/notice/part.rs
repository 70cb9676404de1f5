//! A mail as a tree of parts (RFC 2045, 2046), as far as reports and answers need it.
//!
//! Promises: any bytes give a tree, of a depth and a number of parts that no mail can raise, so that nothing here is deep or slow; a
//! mail whose boundaries are lost is one text. Whether something is missing at the end is told.

use super::head::{Head, readable};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use std::borrow::Cow;

/// Parts within parts.
const MOST_DEEP: usize = 12;
/// All parts together.
const MOST_PARTS: usize = 300;

/// A part, or the whole mail.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) head: Head,
    pub(super) content: Content,
    /// Whether its end is there: the blank line after the head, the last boundary, the last line's end.
    pub(super) is_whole: bool,
}

/// What is in a part.
#[derive(Debug)]
pub(super) enum Content {
    /// Something in words, decoded.
    Text(String),
    /// Parts.
    Parts(Vec<Part>),
    /// A mail.
    Mail(Box<Part>),
    /// Pictures and the like.
    Other,
}

impl Part {
    /// The mail in these bytes.
    pub(super) fn read(bytes: &[u8]) -> Self {
        Self::within(bytes, "text/plain", 0, &mut MOST_PARTS.clone())
    }

    /// All parts in their order, this one first, but none of the mails that lie in it.
    pub(super) fn own(&self) -> Vec<&Part> {
        let mut parts = vec![self];
        if let Content::Parts(inner) = &self.content {
            parts.extend(inner.iter().flat_map(Part::own));
        }
        parts
    }

    /// The first own part of this kind.
    pub(super) fn first(&self, kinds: &[&str]) -> Option<&Part> {
        self.own().into_iter().find(|part| kinds.contains(&part.head.kind.as_str()))
    }

    /// The words, if it has any.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Parts(_) | Content::Mail(_) | Content::Other => None,
        }
    }

    fn within(bytes: &[u8], usual: &str, depth: usize, left: &mut usize) -> Self {
        let (head, body) = split(bytes);
        let mut head = Head::read(head);
        if head.kind.is_empty() || head.kind.ends_with('/') {
            usual.clone_into(&mut head.kind);
        }
        let (content, is_whole) = content(&head, body.unwrap_or_default(), depth, left);
        Self {
            head,
            content,
            is_whole: is_whole && body.is_some(),
        }
    }
}

fn content(head: &Head, body: &[u8], depth: usize, left: &mut usize) -> (Content, bool) {
    let ends = body.is_empty() || body.ends_with(b"\n");
    let may_open = depth < MOST_DEEP;
    if head.kind.starts_with("multipart/") {
        let pieces = head.boundary.as_deref().map(|boundary| pieces(body, boundary));
        return match pieces {
            Some((pieces, closed)) if may_open && !pieces.is_empty() => parts(head, &pieces, closed, depth, left),
            _ => (Content::Text(readable(body).into_owned()), false),
        };
    }
    let decoded = decoded(head, body);
    match head.kind.as_str() {
        "message/rfc822" | "message/global" if may_open => {
            let mail = Part::within(&decoded, "text/plain", depth + 1, left);
            (Content::Mail(Box::new(mail)), ends)
        }
        kind if is_in_words(kind) => (Content::Text(text(head, &decoded)), ends),
        _ => (Content::Other, ends),
    }
}

fn parts(head: &Head, pieces: &[&[u8]], closed: bool, depth: usize, left: &mut usize) -> (Content, bool) {
    let usual = if head.kind == "multipart/digest" {
        "message/rfc822"
    } else {
        "text/plain"
    };
    let mut parts = Vec::new();
    for piece in pieces {
        if *left == 0 {
            return (Content::Parts(parts), false);
        }
        *left -= 1;
        parts.push(Part::within(piece, usual, depth + 1, left));
    }
    (Content::Parts(parts), closed)
}

fn is_in_words(kind: &str) -> bool {
    let report = [
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/feedback-report",
        "message/global-headers",
    ];
    kind.starts_with("text/") || report.contains(&kind)
}

/// Head and body: what is before the first blank line, and what is after it, if there is one.
fn split(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut at = 0;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            return (&bytes[..at], Some(&bytes[at + line.len()..]));
        }
        at += line.len();
    }
    (bytes, None)
}

/// What lies between the lines of a boundary, and whether the last of them is there.
fn pieces<'a>(body: &'a [u8], boundary: &str) -> (Vec<&'a [u8]>, bool) {
    let (mut pieces, mut began, mut at) = (Vec::new(), None, 0);
    for line in body.split_inclusive(|&byte| byte == b'\n') {
        if let Some(rest) = line
            .strip_prefix(b"--")
            .and_then(|rest| rest.strip_prefix(boundary.as_bytes()))
        {
            let (is_last, rest) = rest.strip_prefix(b"--").map_or((false, rest), |rest| (true, rest));
            if rest.trim_ascii().is_empty() {
                pieces.extend(began.map(|began| &body[began..at]));
                if is_last {
                    return (pieces, true);
                }
                began = Some(at + line.len());
            }
        }
        at += line.len();
    }
    pieces.extend(began.map(|began| &body[began..]));
    (pieces, false)
}

/// The bytes behind the transfer encoding.
fn decoded<'a>(head: &Head, body: &'a [u8]) -> Cow<'a, [u8]> {
    let encoding = head.fields.get("content-transfer-encoding").unwrap_or_default();
    let encoding = encoding
        .split([';', ' ', '('])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    match encoding.as_str() {
        "base64" => {
            // What is broken off, or has marks of its own in between, is read as far as it goes.
            let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            let mut letters: Vec<u8> = body.iter().filter(is_letter).copied().collect();
            letters.truncate(letters.len() / 4 * 4 + if letters.len() % 4 == 1 { 0 } else { letters.len() % 4 });
            base64_decode(&letters).unwrap_or_default().into()
        }
        "quoted-printable" => quoted_printable_decode(body).map_or(Cow::Borrowed(body), Cow::Owned),
        _ => body.into(),
    }
}

fn text(head: &Head, bytes: &[u8]) -> String {
    let charset = head.charset.as_deref().map(str::as_bytes);
    match charset.filter(|name| !name.is_empty()).and_then(charset_decoder) {
        // ASCII says nothing of bytes that are none.
        Some(decode) if std::str::from_utf8(bytes).is_err() || is_other_than_utf8(head) => decode(bytes),
        _ => readable(bytes).into_owned(),
    }
}

fn is_other_than_utf8(head: &Head) -> bool {
    let charset = head.charset.as_deref().unwrap_or_default().to_ascii_lowercase();
    !matches!(charset.as_str(), "utf-8" | "utf8" | "us-ascii" | "ascii")
}
