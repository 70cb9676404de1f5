//! HTML cut into its pieces: text, elements' tags, comments, and the raw inside of `<style>` and its like.
//!
//! Promises: the pieces put together are the text again, for any text. Knows no tree: it is for finding places and attributes in a
//! template, not for judging HTML.

use std::ops::Range;

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Words to read.
    Text,
    /// `<p class="lead">`
    Open,
    /// `</p>`
    Close,
    /// `<!-- … -->` and `<!DOCTYPE …>`
    Comment,
    /// What stands inside `<style>`, `<script>`, `<title>` and `<textarea>`.
    Raw,
}

/// One piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece<'t> {
    pub(crate) kind: Kind,
    pub(crate) text: &'t str,
    pub(crate) range: Range<usize>,
}

impl<'t> Piece<'t> {
    /// The element's name as written; empty for what is no element.
    pub(crate) fn name(&self) -> &'t str {
        let inner = match self.kind {
            Kind::Open => self.text.get(1..),
            Kind::Close => self.text.get(2..),
            _ => None,
        };
        inner
            .and_then(|inner| inner.split(|c: char| !c.is_ascii_alphanumeric()).next())
            .unwrap_or("")
    }

    /// Whether the element is `name`.
    pub(crate) fn is(&self, kind: Kind, name: &str) -> bool {
        self.kind == kind && self.name().eq_ignore_ascii_case(name)
    }

    /// The value of an attribute, as written; `Some("")` where it stands without one.
    pub(crate) fn attribute(&self, wanted: &str) -> Option<&'t str> {
        attributes(self)
            .into_iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value)
    }

    /// The parts of an opening tag that stand in quotes, as ranges of the whole text.
    pub(crate) fn quoted(&self) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        let mut open: Option<(char, usize)> = None;
        for (at, c) in self.text.char_indices() {
            match open {
                Some((quote, from)) if c == quote => {
                    found.push(self.range.start + from..self.range.start + at);
                    open = None;
                }
                None if matches!(c, '"' | '\'') => open = Some((c, at + 1)),
                _ => {}
            }
        }
        found
    }
}

/// Names and values; also an empty value is a part of the piece's text, so that its place is known.
fn attributes<'t>(piece: &Piece<'t>) -> Vec<(&'t str, &'t str)> {
    let mut found = Vec::new();
    let mut rest = match piece.kind {
        Kind::Open => piece.text[1 + piece.name().len()..].trim_end_matches('>'),
        _ => "",
    };
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest
            .find(|c: char| c.is_whitespace() || c == '=' || c == '/')
            .unwrap_or(rest.len());
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let value;
        (value, rest) = match rest.strip_prefix('=') {
            Some(after) => value_of(after.trim_start()),
            None => rest.split_at(0),
        };
        if name.is_empty() && value.is_empty() {
            return found;
        }
        found.push((name, value));
    }
}

fn value_of(rest: &str) -> (&str, &str) {
    match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => rest[1..]
            .split_once(quote)
            .unwrap_or_else(|| rest[1..].split_at(rest.len() - 1)),
        _ => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
    }
}

/// The pieces of `html`, in order and without gaps.
pub(crate) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut raw: Option<&str> = None;
    while at < html.len() {
        let (kind, end) = match raw.take() {
            Some(name) => (Kind::Raw, raw_end(html, at, name)),
            None => piece_at(html, at),
        };
        let piece = Piece {
            kind,
            text: &html[at..end],
            range: at..end,
        };
        if kind == Kind::Open {
            raw = ["style", "script", "title", "textarea"]
                .into_iter()
                .find(|name| piece.name().eq_ignore_ascii_case(name));
        }
        if !piece.text.is_empty() {
            found.push(piece);
        }
        at = end;
    }
    found
}

/// Whether nothing can stand in an element.
pub(crate) fn is_void(name: &str) -> bool {
    let void = [
        "area", "base", "br", "col", "embed", "frame", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    ];
    void.iter().any(|void| name.eq_ignore_ascii_case(void))
}

fn piece_at(html: &str, at: usize) -> (Kind, usize) {
    let rest = &html[at..];
    let bytes = rest.as_bytes();
    let end = |close: &str| rest.find(close).map_or(html.len(), |length| at + length + close.len());
    match (bytes.first(), bytes.get(1)) {
        (Some(b'<'), Some(b'!')) if rest.starts_with("<!--") => (Kind::Comment, end("-->")),
        (Some(b'<'), Some(b'!' | b'?')) => (Kind::Comment, end(">")),
        (Some(b'<'), Some(b'/')) => (Kind::Close, end(">")),
        (Some(b'<'), Some(letter)) if letter.is_ascii_alphabetic() => (Kind::Open, open_end(html, at)),
        _ => {
            let length = rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| *c == '<')
                .map_or(rest.len(), |(length, _)| length);
            (Kind::Text, at + length)
        }
    }
}

/// Past the `>` that closes an opening tag; those in quotes do not.
fn open_end(html: &str, at: usize) -> usize {
    let mut quote = None;
    for (length, c) in html[at..].char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return at + length + 1,
            _ => {}
        }
    }
    html.len()
}

fn raw_end(html: &str, at: usize, name: &str) -> usize {
    let closes = |start: usize| {
        html[start..]
            .get(2..2 + name.len())
            .is_some_and(|found| found.eq_ignore_ascii_case(name))
    };
    let mut from = at;
    while let Some(length) = html[from..].find("</") {
        let start = from + length;
        if closes(start) {
            return start;
        }
        from = start + 2;
    }
    html.len()
}

/// What a reader sees of `html`, on one line: elements become blanks, the few entities that matter become characters.
pub(crate) fn visible(html: &str) -> String {
    let words = pieces(html).into_iter().map(|piece| match piece.kind {
        Kind::Text => unescaped(piece.text),
        _ => " ".to_owned(),
    });
    words.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The characters that Tera and every HTML writer escape.
pub(crate) fn unescaped(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ]
    .into_iter()
    .fold(text.to_owned(), |text, (entity, character)| text.replace(entity, character))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(html: &str, expected: &[(Kind, &str)]) {
        let found = pieces(html);
        let shown: Vec<_> = found.iter().map(|piece| (piece.kind, piece.text)).collect();
        assert_eq!(shown, expected, "{html:?}");
        assert_eq!(found.iter().map(|piece| piece.text).collect::<String>(), html);
    }

    #[test]
    fn html_falls_into_its_pieces() {
        use Kind::{Close, Comment, Open, Raw, Text};
        check(
            "<p class=\"a>b\">x < y</p>",
            &[(Open, "<p class=\"a>b\">"), (Text, "x "), (Text, "< y"), (Close, "</p>")],
        );
        check(
            "<!DOCTYPE html><!-- <p> -->é",
            &[(Comment, "<!DOCTYPE html>"), (Comment, "<!-- <p> -->"), (Text, "é")],
        );
        check(
            "<style>a > b {}</STYLE>.",
            &[(Open, "<style>"), (Raw, "a > b {}"), (Close, "</STYLE>"), (Text, ".")],
        );
        check("<p", &[(Open, "<p")]);
        check(
            "<title>é</é></title>",
            &[(Open, "<title>"), (Raw, "é</é>"), (Close, "</title>")],
        );
    }

    #[test]
    fn every_value_is_a_part_of_its_piece() {
        for html in [
            "<a href>",
            "<a href id=x>",
            "<a href=>",
            "<a href=\"",
            "<a href='",
            "<a\u{b}href",
        ] {
            let piece = &pieces(html)[0];
            let value = piece.attribute("href").unwrap_or(piece.text);
            assert!(
                piece.text.as_bytes().as_ptr_range().contains(&value.as_ptr())
                    || html.as_bytes().as_ptr_range().end == value.as_ptr(),
                "{html}"
            );
        }
    }

    #[test]
    fn attributes_are_read_as_written() {
        let html = "<img src='a b' ALT hidden width=3/>";
        let piece = &pieces(html)[0];
        assert_eq!(piece.attribute("src"), Some("a b"));
        assert_eq!(piece.attribute("alt"), Some(""));
        assert_eq!(piece.attribute("width"), Some("3/"));
        assert_eq!(piece.attribute("title"), None);
        assert_eq!(piece.quoted(), vec![10..13]);
    }

    #[test]
    fn what_a_reader_sees_is_one_line() {
        assert_eq!(
            visible("<p>12 Mill\n Lane,<br>Bath &amp; more</p><style>x{}</style>"),
            "12 Mill Lane, Bath & more"
        );
    }
}
