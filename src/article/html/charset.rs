//! A page's bytes as text: by its mark, as UTF-8 if it is valid, by what the page says of itself, or else by the likeliest encoding.

use crate::article::encoding::{self, Decoded};
use crate::encoding as bytes_as_text;

/// Pages say their encoding this early (HTML standard, prescan).
const REACH: usize = 4_096;

/// Decodes a page.
pub(super) fn decode(bytes: &[u8]) -> Decoded {
    let plain = encoding::decode(bytes);
    if plain.certain {
        return plain;
    }
    let said = said(bytes).and_then(|label| bytes_as_text::decode_as(bytes, &label).ok());
    match said {
        Some(said) if !said.had_errors => Decoded {
            certain: true,
            encoding: said.encoding,
            ..encoding::decode(said.text.as_bytes())
        },
        Some(_) | None => plain,
    }
}

/// The encoding that the page names: `<meta charset=…>`, its older form, or an XML declaration.
fn said(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(REACH)]).to_ascii_lowercase();
    let at = head.find("charset").map(|at| at + "charset".len()).or_else(|| {
        let declaration = head
            .split("?>")
            .next()
            .filter(|start| start.trim_start().starts_with("<?xml"))?;
        declaration.find("encoding").map(|at| at + "encoding".len())
    })?;
    let rest = head[at..]
        .trim_start()
        .strip_prefix('=')?
        .trim_start()
        .trim_start_matches(['"', '\'']);
    let label: String = rest
        .chars()
        .take_while(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | ':'))
        .collect();
    (!label.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_its_encoding_and_valid_utf_8_is_stronger() {
        let check = |bytes: &[u8], encoding: &str, end: &str| {
            let decoded = decode(bytes);
            assert_eq!((decoded.encoding, decoded.certain), (encoding, true), "{}", decoded.text);
            assert!(decoded.text.ends_with(end), "{}", decoded.text);
        };
        check(
            b"<meta charset=windows-1251><p>\xcf\xf0\xe8\xe2\xe5\xf2",
            "windows-1251",
            "Привет",
        );
        check(
            b"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"><p>caf\xe9",
            "windows-1252",
            "café",
        );
        check("<meta charset=iso-8859-1><p>Zoë".as_bytes(), "UTF-8", "Zoë");
        check(
            b"<?xml version='1.0' encoding='Shift_JIS'?><p>\x93\xfa\x96\x7b",
            "Shift_JIS",
            "日本",
        );
        assert!(!decode(b"<p>caf\xe9 \x96 Zo\xeb").certain);
    }
}
