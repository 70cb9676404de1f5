//! Quoted-printable (RFC 2045 §6.7): texts as they stand in a message.
//!
//! Promises: the very bytes that lettre's encoder gives, which tests hold beside it, in a tenth of the time: what needs no encoding,
//! nearly all of a letter, is found in strides and copied in lines. CRLF line ends, no line over 76 octets, ASCII only. Knows nothing
//! of parts and headers.

/// The longest line, without its end.
const WIDTH: usize = 76;
/// Bytes that are looked at together.
const STRIDE: usize = 16;

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// Puts `text` behind `out`, its line ends as CRLF.
pub(crate) fn quoted_printable(text: &str, out: &mut Vec<u8>) {
    let mut line = Line { out, used: 0 };
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let (plain, behind) = rest.split_at(plain_length(rest));
        rest = match behind {
            [b'\n', behind @ ..] | [b'\r', b'\n', behind @ ..] => {
                line.end_with(plain);
                line.out.extend_from_slice(b"\r\n");
                line.used = 0;
                behind
            }
            [] => {
                line.end_with(plain);
                behind
            }
            [byte, behind @ ..] => {
                line.go_on_with(plain);
                line.code(*byte, ends_line(behind));
                behind
            }
        };
    }
}

/// A line of the text, on its way into as many lines as it takes.
struct Line<'o> {
    out: &'o mut Vec<u8>,
    /// Octets of the present line.
    used: usize,
}

impl Line<'_> {
    /// Adds what needs no encoding and is not the end: the last octet of a full line is the `=` of a soft break.
    fn go_on_with(&mut self, mut plain: &[u8]) {
        while self.used + plain.len() >= WIDTH {
            let (fits, behind) = plain.split_at(WIDTH - 1 - self.used);
            self.out.extend_from_slice(fits);
            self.break_softly();
            plain = behind;
        }
        self.out.extend_from_slice(plain);
        self.used += plain.len();
    }

    /// Adds what needs no encoding and ends the line; a blank may not stand there (RFC 2045 §6.7, rule 3).
    fn end_with(&mut self, plain: &[u8]) {
        match plain {
            [before @ .., blank @ (b' ' | b'\t')] => {
                self.go_on_with(before);
                self.code(*blank, true);
            }
            // The last octet may stand where else the `=` would.
            [before @ .., last] => {
                self.go_on_with(before);
                self.out.push(*last);
                self.used += 1;
            }
            [] => {}
        }
    }

    /// Adds a byte as `=XX`.
    fn code(&mut self, byte: u8, is_last: bool) {
        if self.used + 3 + usize::from(!is_last) > WIDTH {
            self.break_softly();
        }
        let digit = |half: u8| DIGITS[usize::from(half & 15)];
        self.out.extend_from_slice(&[b'=', digit(byte >> 4), digit(byte)]);
        self.used += 3;
    }

    fn break_softly(&mut self) {
        self.out.extend_from_slice(b"=\r\n");
        self.used = 0;
    }
}

/// How many bytes from the first one on need no encoding.
fn plain_length(bytes: &[u8]) -> usize {
    let are_plain = |stride: &&[u8]| stride.iter().fold(true, |are_plain, byte| are_plain & is_plain(*byte));
    let strides = bytes.chunks_exact(STRIDE).take_while(are_plain).count() * STRIDE;
    strides + bytes[strides..].iter().take_while(|byte| is_plain(**byte)).count()
}

fn is_plain(byte: u8) -> bool {
    (byte.wrapping_sub(b' ') <= b'~' - b' ') & (byte != b'=') | (byte == b'\t')
}

fn ends_line(behind: &[u8]) -> bool {
    matches!(behind, [] | [b'\n', ..] | [b'\r', b'\n', ..])
}

#[cfg(test)]
mod tests {
    use super::quoted_printable;
    use lettre::message::Body;
    use lettre::message::header::ContentTransferEncoding;
    use proptest::prelude::{any, proptest};
    use proptest::strategy::Strategy;

    fn check(text: &str) {
        let theirs = Body::new_with_encoding(text.to_owned(), ContentTransferEncoding::QuotedPrintable).unwrap();
        let mut ours = b"before".to_vec();
        quoted_printable(text, &mut ours);
        let [theirs, ours] = [theirs.as_ref(), &ours[6..]].map(String::from_utf8_lossy);
        assert_eq!(ours, theirs, "{text:?}");
    }

    /// Everything that can happen around the last octets of a line.
    #[test]
    fn the_edge_of_a_line_is_lettres() {
        for length in 70..80 {
            let plain = "x".repeat(length);
            for end in [
                "",
                " ",
                "\t",
                "  ",
                "=",
                "é",
                "é ",
                "=é",
                "y=",
                "=y",
                "yé",
                "€",
                "€ y",
                "👩‍⚕️",
                "\r",
                " \r",
                "\ry",
                "\0",
            ] {
                for behind in ["", "\n", "\r\n", "\n\n", "\n.", "y\n", " \ny"] {
                    check(&format!("{plain}{end}{behind}"));
                    check(&format!("é{plain}{end}{end}{behind}"));
                }
            }
        }
    }

    #[test]
    fn lines_are_lettres() {
        for text in [
            "",
            "\n",
            "\n\n",
            " ",
            "\t\n",
            "a\r\nb",
            "a\rb",
            "\r\r\n",
            ".",
            "..\n.\n",
            "From x\n",
            "=?utf-8?q?x?=",
            "\u{feff}",
        ] {
            check(text);
        }
    }

    fn texts() -> impl Strategy<Value = String> {
        let piece = proptest::prop_oneof![
            any::<String>(),
            "[a-z =\t.]{0,90}",
            "[ -~é€\n]{0,200}",
            proptest::sample::select(vec![
                "\n",
                "\r\n",
                "\r",
                " \n",
                "\t\n",
                "=\n",
                "é\n",
                "From ",
                "\n.\n",
                "--=_",
                "👩‍⚕️",
                "診療所"
            ])
            .prop_map(str::to_owned),
        ];
        proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

        #[test]
        fn any_text_is_lettres(text in texts()) {
            check(&text);
        }
    }
}
