//! Rust source reduced to what the rules ask about: the paths it names, each with its line.
//!
//! Comments, strings and test code are blanked first, byte for byte, so that lines stay true and a word in a message is no
//! import. Knows no rule.

use std::ops::Range;

/// A path as the code names it: `use std::{fs, io::stdout}` is `std::fs` and `std::io::stdout`; macros keep their `!`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CodePath {
    /// The names between the `::`.
    pub(crate) segments: Vec<String>,
    /// The line it begins on, from 1.
    pub(crate) line: usize,
}

/// All paths in `text`, test code left out.
pub(crate) fn paths(text: &str) -> Vec<CodePath> {
    let code = without_tests(&without_words(text));
    let tokens = tokens(&code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at = match tokens[at].kind {
            Kind::Name => path(&tokens, at, &[], &mut found),
            Kind::Other => at + 1,
        };
    }
    found
}

/// The text with comments, strings and characters replaced by blanks of the same length.
fn without_words(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = word_end(text, at);
        blank(&mut code, at..end);
        at = end.max(at + 1);
    }
    String::from_utf8(code).expect("only whole characters are replaced")
}

/// The end of the comment, string or character that begins at `at`; `at` itself where none does.
fn word_end(text: &str, at: usize) -> usize {
    let rest = &text.as_bytes()[at..];
    let after_name = at > 0 && is_name_byte(text.as_bytes()[at - 1]);
    match rest {
        [b'/', b'/', ..] => at + find(rest, b"\n").unwrap_or(rest.len()),
        [b'/', b'*', ..] => at + block_comment_length(rest),
        [b'"', ..] => at + quoted_length(rest),
        [b'r', b'"' | b'#', ..] if !after_name => at + raw_string_length(rest).unwrap_or(0),
        [b'\'', ..] => at + character_length(&text[at..]),
        _ => at,
    }
}

fn block_comment_length(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while at < rest.len() {
        match rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != b'"' {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(rest.len())
}

/// `r"…"`, `r#"…"#` and so on; `None` for a raw name such as `r#type`.
fn raw_string_length(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    let body = rest.get(1 + hashes..)?.strip_prefix(b"\"")?;
    let close = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let length = find(body, &close).map_or(body.len(), |end| end + close.len());
    Some(2 + hashes + length)
}

/// `'x'` and `'\n'` are characters, `'a` is a lifetime.
fn character_length(rest: &str) -> usize {
    let mut inside = rest[1..].chars();
    match inside.next() {
        Some('\\') => find(&rest.as_bytes()[3..], b"'").map_or(1, |end| end + 4),
        Some(c) if inside.next() == Some('\'') => c.len_utf8() + 2,
        Some(_) | None => 1,
    }
}

/// Blanks every item under `#[cfg(test)]`.
fn without_tests(code: &str) -> String {
    let mut left = code.as_bytes().to_vec();
    let mut from = 0;
    while let Some(found) = find(&left[from..], b"#[cfg(test)]") {
        let begin = from + found;
        let end = begin + item_length(&left[begin..]);
        blank(&mut left, begin..end);
        from = end;
    }
    String::from_utf8(left).expect("only whole characters are replaced")
}

/// Up to the `}` that closes the item's body, or its `;`.
fn item_length(code: &[u8]) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth <= 1 => return at + 1,
            b'}' => depth -= 1,
            b';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

fn blank(code: &mut [u8], range: Range<usize>) {
    for byte in &mut code[range] {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Name,
    Other,
}

struct Token<'a> {
    kind: Kind,
    text: &'a str,
    line: usize,
}

/// Names, `::`, and single characters for the rest.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < code.len() {
        let rest = &code[at..];
        let name = rest.bytes().take_while(|byte| is_name_byte(*byte)).count();
        let (kind, length) = match (name, rest.starts_with("::")) {
            (0, true) => (Kind::Other, 2),
            (0, false) => (Kind::Other, 1),
            (_, _) => (Kind::Name, name),
        };
        let text = &rest[..length];
        match text {
            "\n" => line += 1,
            " " | "\t" | "\r" => {}
            _ => tokens.push(Token { kind, text, line }),
        }
        at += length;
    }
    tokens
}

/// Reads the path at `at`, groups included, and gives the place behind it.
fn path(tokens: &[Token<'_>], mut at: usize, prefix: &[String], found: &mut Vec<CodePath>) -> usize {
    let line = tokens[at].line;
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut segments = prefix.to_vec();
    loop {
        segments.push(text(at).to_owned());
        at += 1;
        let joined = text(at) == "::" && tokens.get(at + 1).is_some_and(|next| next.kind == Kind::Name);
        if !joined {
            break;
        }
        at += 1;
    }
    match (text(at), text(at + 1)) {
        ("::", "{") => return group(tokens, at + 2, &segments, found),
        ("::", "*") => segments.push("*".to_owned()),
        ("!", next) if next != "=" => segments.iter_mut().next_back().expect("a path has a name").push('!'),
        _ => {}
    }
    found.push(CodePath { segments, line });
    at
}

/// Reads the members of a group up to its `}`.
fn group(tokens: &[Token<'_>], mut at: usize, prefix: &[String], found: &mut Vec<CodePath>) -> usize {
    while at < tokens.len() && tokens[at].text != "}" {
        at = match tokens[at].kind {
            Kind::Name if tokens[at].text == "as" => at + 2,
            Kind::Name => path(tokens, at, prefix, found),
            Kind::Other => at + 1,
        };
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::paths;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = paths(text)
            .iter()
            .map(|path| format!("{} {}", path.line, path.segments.join("::")))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn groups_are_taken_apart() {
        check("use a::b;", &["1 use", "1 a::b"]);
        check(
            "use a::{\n  b,\n  c::{d, e as f},\n g::*};",
            &["1 use", "2 a::b", "3 a::c::d", "3 a::c::e", "4 a::g::*"],
        );
        check("println!(x); a != b", &["1 println!", "1 x", "1 a", "1 b"]);
    }

    #[test]
    fn words_are_no_code() {
        check("a // b\nc /* d /* e */ f */ g", &["1 a", "2 c", "2 g"]);
        check(r##"a("b::c", r#"d " e"#, 'f', '\'', b"g") h"##, &["1 a", "1 b", "1 h"]);
        check("a<'b>(\"\\\"c\") d '\\u{1f}' \"\n\" e", &["1 a", "1 b", "1 d", "2 e"]);
        check("r#type::x", &["1 r", "1 type::x"]);
    }

    #[test]
    fn tests_are_left_out() {
        check("a\n#[cfg(test)]\nmod tests { b { c } }\nd", &["1 a", "4 d"]);
        check("#[cfg(test)]\nuse b;\nd", &["3 d"]);
    }
}
