//! A letter's bytes as they go over the wire after DATA: checked, and dot-stuffed (RFC 5321 §4.5.2).
//!
//! Promises: what leaves here holds no bare CR, no bare LF and no NUL, ends in CRLF, and holds no line that is a lone dot: so no
//! receiver, however lenient, can see the end of the letter before its end, nor a second letter inside it (CVE-2023-51764).

/// The terminator: behind a body that ends in CRLF, a dot on its own line.
pub(super) const END_OF_DATA: &[u8] = b".\r\n";

/// Why the bytes are no letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NoLetter {
    /// A CR without LF, or an LF without CR.
    #[error("the letter has a bare line break at byte {0}")]
    BareLineBreak(usize),
    /// A NUL.
    #[error("the letter has a NUL at byte {0}")]
    Nul(usize),
    /// The last line is not ended, or there is none.
    #[error("the letter does not end with a line break")]
    NoEnd,
}

/// Whether these bytes are a letter.
///
/// # Errors
/// Why they are none.
pub(super) fn check(letter: &[u8]) -> Result<(), NoLetter> {
    match is_plain(letter) {
        true => Ok(()),
        false => stuffed_by_lines(letter).map(|_| ()),
    }
}

/// The letter with every leading dot doubled.
///
/// # Errors
/// When these bytes are no letter.
pub(super) fn dot_stuffed(letter: &[u8]) -> Result<Vec<u8>, NoLetter> {
    match is_plain(letter) {
        true => Ok(letter.to_vec()),
        false => stuffed_by_lines(letter),
    }
}

/// Whether it is a letter without any leading dot. One look without a branch for each byte, so that a processor sees many at once.
fn is_plain(letter: &[u8]) -> bool {
    let (Some(first), true) = (letter.first(), letter.ends_with(b"\r\n")) else {
        return false;
    };
    let pairs = letter.iter().zip(letter.iter().skip(1));
    let odd = pairs.fold(u8::from(matches!(first, b'\n' | b'.' | 0)), |odd, (before, byte)| {
        let is_torn = (*before == b'\r') != (*byte == b'\n');
        let is_dot = (*before == b'\n') & (*byte == b'.');
        odd | u8::from(is_torn) | u8::from(is_dot) | u8::from(*byte == 0)
    });
    odd == 0
}

fn stuffed_by_lines(letter: &[u8]) -> Result<Vec<u8>, NoLetter> {
    let mut body = Vec::with_capacity(letter.len() + 64);
    let mut start = 0;
    while start < letter.len() {
        let line = line_at(letter, start)?;
        if line[0] == b'.' {
            body.push(b'.');
        }
        body.extend_from_slice(line);
        start += line.len();
    }
    match body.is_empty() {
        true => Err(NoLetter::NoEnd),
        false => Ok(body),
    }
}

/// The line that begins at `start`, with its CRLF: never empty.
fn line_at(letter: &[u8], start: usize) -> Result<&[u8], NoLetter> {
    let rest = &letter[start..];
    let at = rest
        .iter()
        .position(|byte| matches!(byte, b'\r' | b'\n' | 0))
        .ok_or(NoLetter::NoEnd)?;
    match (rest[at], rest.get(at + 1)) {
        (b'\r', Some(b'\n')) => Ok(&rest[..at + 2]),
        (0, _) => Err(NoLetter::Nul(start + at)),
        (_, _) => Err(NoLetter::BareLineBreak(start + at)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{ProptestConfig, prop, prop_assert, prop_assert_eq, proptest};

    fn check(letter: &str, expected: Result<&str, NoLetter>) {
        let stuffed = dot_stuffed(letter.as_bytes()).map(|body| String::from_utf8(body).unwrap());
        assert_eq!(super::check(letter.as_bytes()), expected.map(|_| ()), "{letter:?}");
        assert_eq!(stuffed, expected.map(str::to_owned), "{letter:?}");
    }

    #[test]
    fn leading_dots_are_doubled_and_no_others() {
        check("a: b\r\n\r\nc.\r\n", Ok("a: b\r\n\r\nc.\r\n"));
        check(".\r\n", Ok("..\r\n"));
        check("a\r\n.\r\nb\r\n", Ok("a\r\n..\r\nb\r\n"));
        check("..a\r\n.b.\r\n", Ok("...a\r\n..b.\r\n"));
        check("\r\n", Ok("\r\n"));
    }

    #[test]
    fn bare_line_breaks_never_leave() {
        check("", Err(NoLetter::NoEnd));
        check("a", Err(NoLetter::NoEnd));
        check("a\r", Err(NoLetter::BareLineBreak(1)));
        check("a\n", Err(NoLetter::BareLineBreak(1)));
        check("a\r\n.\n", Err(NoLetter::BareLineBreak(4)));
        check("a\r\r\n", Err(NoLetter::BareLineBreak(1)));
        check("a\n\r\n", Err(NoLetter::BareLineBreak(1)));
        check("a\0b\r\n", Err(NoLetter::Nul(1)));
        check("\0\r\n", Err(NoLetter::Nul(0)));
        check("\n", Err(NoLetter::BareLineBreak(0)));
        check("\n\r\n", Err(NoLetter::BareLineBreak(0)));
        check("\r", Err(NoLetter::BareLineBreak(0)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn a_look_at_many_bytes_says_what_a_look_at_each_line_says(letter in prop::collection::vec(prop::sample::select(b"\r\n.\0a\xff".to_vec()), 0..40), plain in 0..40_usize) {
            let letter = [b"a".repeat(plain), letter, b"\r\n".to_vec()].concat();
            prop_assert_eq!(dot_stuffed(&letter), stuffed_by_lines(&letter));
        }

        #[test]
        fn what_was_stuffed_can_be_unstuffed_and_never_ends_early(lines in prop::collection::vec("[.a ]{0,5}", 1..20)) {
            let letter: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
            let body = String::from_utf8(dot_stuffed(letter.as_bytes()).unwrap()).unwrap();
            let back: String = body.split_inclusive("\r\n").map(|line| line.strip_prefix('.').unwrap_or(line)).collect();
            prop_assert_eq!(back, letter);
            prop_assert!(!body.starts_with(".\r\n") && !body.contains("\r\n.\r\n"));
        }
    }
}
