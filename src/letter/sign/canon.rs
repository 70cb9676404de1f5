//! The relaxed form of a letter (RFC 6376 §3.4.2, §3.4.4): what is signed, so that relays may fold and trim on the way.
//!
//! Promises: reads each byte once; two texts that differ only in folding and in runs of blanks have one form. Knows no keys.

use aws_lc_rs::digest::{Context, Digest, SHA256};

/// One header field in its relaxed form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// In small letters.
    pub(super) name: String,
    /// `name:value`, without its line end.
    pub(super) relaxed: Vec<u8>,
}

/// The head and the body of a message; `None` where no empty line parts them.
pub(super) fn parted(message: &[u8]) -> Option<(&[u8], &[u8])> {
    const EMPTY_LINE: &[u8] = b"\r\n\r\n";
    let at = message.windows(EMPTY_LINE.len()).position(|window| window == EMPTY_LINE)?;
    Some((&message[..at + 2], &message[at + EMPTY_LINE.len()..]))
}

/// The fields of a head, in their order; `None` where a line belongs to none.
pub(super) fn fields(head: &[u8]) -> Option<Vec<Field>> {
    let mut whole: Vec<Vec<u8>> = Vec::new();
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        match line.first() {
            Some(b' ' | b'\t') => whole.last_mut()?.extend_from_slice(line),
            _ => whole.push(line.to_vec()),
        }
    }
    whole.iter().map(|field| relaxed(field)).collect()
}

/// One field, folded or not.
pub(super) fn relaxed(field: &[u8]) -> Option<Field> {
    let colon = field.iter().position(|byte| *byte == b':')?;
    let name = std::str::from_utf8(&field[..colon]).ok()?.trim_end().to_ascii_lowercase();
    let mut relaxed = Vec::with_capacity(field.len());
    relaxed.extend_from_slice(name.as_bytes());
    relaxed.push(b':');
    let words = field[colon + 1..]
        .split(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .filter(|word| !word.is_empty());
    for (number, word) in words.enumerate() {
        if number > 0 {
            relaxed.push(b' ');
        }
        relaxed.extend_from_slice(word);
    }
    Some(Field { name, relaxed })
}

/// The hash of a body: no blanks at line ends, one for each run of them, no empty lines at the end.
pub(super) fn body_hash(body: &[u8]) -> Digest {
    let mut hash = Context::new(&SHA256);
    let mut empty = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let line = trimmed(line);
        if line.is_empty() {
            empty += 1;
            continue;
        }
        (0..empty).for_each(|_| hash.update(b"\r\n"));
        empty = 0;
        add_line(&mut hash, line);
    }
    hash.finish()
}

fn trimmed(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let end = line.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
    &line[..end]
}

/// Nearly every line has single blanks only, and goes in whole.
fn add_line(hash: &mut Context, line: &[u8]) {
    let mut rest = line;
    while let Some(at) = rest
        .windows(2)
        .position(|pair| is_blank(pair[0]) && (pair[0] == b'\t' || is_blank(pair[1])))
    {
        hash.update(&rest[..at]);
        hash.update(b" ");
        let run = rest[at..].iter().position(|byte| !is_blank(*byte));
        rest = run.map_or(&[], |run| &rest[at + run..]);
    }
    hash.update(rest);
    hash.update(b"\r\n");
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hash_of(text: &str) -> Vec<u8> {
        aws_lc_rs::digest::digest(&SHA256, text.as_bytes()).as_ref().to_vec()
    }

    #[track_caller]
    fn check_body(body: &str, expected: &str) {
        assert_eq!(body_hash(body.as_bytes()).as_ref(), hash_of(expected), "{body:?}");
    }

    #[test]
    fn a_body_is_relaxed() {
        // The examples of RFC 6376 §3.4.4 and §3.4.5, and its corners.
        check_body(" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n");
        check_body("", "");
        check_body("\r\n\r\n", "");
        check_body(" \t\r\n", "");
        check_body("a", "a\r\n");
        check_body("a\r\n\r\n \r\nb\t\tc\td\r\n", "a\r\n\r\n\r\nb c d\r\n");
        check_body("\ta\r\n", " a\r\n");
        check_body("a  \t b   c\r\n", "a b c\r\n");
    }

    #[test]
    fn a_field_is_relaxed() {
        for (field, expected) in [
            ("A: X\r\n", "a:X"),
            ("B : Y\t\r\n\tZ  \r\n", "b:Y Z"),
            ("SUBJect:\r\n", "subject:"),
            ("To: é <é@x.example>\r\n", "to:é <é@x.example>"),
        ] {
            let found = relaxed(field.as_bytes()).unwrap();
            assert_eq!(String::from_utf8(found.relaxed).unwrap(), expected, "{field:?}");
        }
        assert_eq!(relaxed(b"no field\r\n"), None);
        assert_eq!(fields(b" stray\r\nA: b\r\n"), None);
        assert_eq!(fields(b"A: b\r\n c\r\nD: e\r\n").map(|fields| fields.len()), Some(2));
        assert_eq!(
            parted(b"A: b\r\n\r\nc\r\n"),
            Some((b"A: b\r\n".as_slice(), b"c\r\n".as_slice()))
        );
        assert_eq!(parted(b"A: b\r\n"), None);
    }

    /// The form as it is written down, slowly.
    fn plainly(body: &str) -> String {
        let lines: Vec<String> = body
            .split("\r\n")
            .map(|line| {
                let mut short = line.replace('\t', " ");
                while short.contains("  ") {
                    short = short.replace("  ", " ");
                }
                short.trim_end_matches(' ').to_owned()
            })
            .collect();
        let text = lines.join("\r\n");
        let text = text.trim_end_matches("\r\n");
        if text.is_empty() {
            String::new()
        } else {
            format!("{text}\r\n")
        }
    }

    proptest! {
        #[test]
        fn a_body_is_relaxed_as_it_is_written_down(body in "([ab \t]{0,5}\r\n){0,6}[ab \t]{0,3}") {
            let relaxed = body_hash(body.as_bytes());
            let plain = hash_of(&plainly(&body));
            prop_assert_eq!(relaxed.as_ref(), plain.as_slice());
        }
    }
}
