//! One cell: cleaned text, names fit for a greeting, addresses as people write them.

use crate::address::{Address, AddressError};
use crate::subscriber::csv::guard::unguard;
use crate::subscriber::word;
use unicode_normalization::UnicodeNormalization;

/// Names longer than this are no names.
const LONGEST_NAME: usize = 100;
/// No other value needs more.
const LONGEST_VALUE: usize = 1_000;

/// A value without controls, marks of writing direction, doubled blanks and a spreadsheet's guard before formulas; `None` if empty.
pub(super) fn value(cell: &str) -> Option<String> {
    cleaned(unguarded(cell), LONGEST_VALUE).filter(|value| !is_error(value))
}

/// Whether a spreadsheet wrote here that it could not compute: `#REF!`, `#NAME?`, `#N/A`, `#WERT!`.
pub(super) fn is_error(cell: &str) -> bool {
    let Some(word) = cell.trim().strip_prefix('#') else {
        return false;
    };
    let spelled = |word: &str| word.len() >= 3 && word.bytes().all(|b| b.is_ascii_uppercase() || matches!(b, b'/' | b'0'));
    matches!(word, "N/A" | "NV") || word.strip_suffix(['!', '?']).is_some_and(spelled)
}

/// A name to greet by; `None` if the cell holds none.
pub(super) fn name(cell: &str) -> Option<String> {
    let name = cleaned(without_address(unguarded(cell)), LONGEST_NAME).filter(|name| !is_error(name))?;
    let says_nothing = name.len() <= 12 && matches!(word::fold(&name).as_str(), "" | "n a" | "none" | "unknown" | "not given");
    (!says_nothing && !name.contains('@') && name.chars().any(char::is_alphabetic)).then_some(name)
}

/// Outlook shows people as `Ann Lee (ann@example.org)`.
fn without_address(name: &str) -> &str {
    match name.rsplit_once('(') {
        Some((before, behind)) if behind.contains('@') => before,
        _ => name,
    }
}

/// Whether a cell holds an address of the Exchange directory, which mail from outside cannot reach.
pub(super) fn is_exchange_address(cell: &str) -> bool {
    let cell = cell.trim().trim_start_matches("EX:").to_ascii_lowercase();
    cell.starts_with('/') && (cell.contains("/cn=") || cell.contains("/ou="))
}

/// Whether a text was decoded with the wrong encoding on its way: `ZoÃ«`, `Donâ€™t`, `Jos\u{fffd}`.
pub(super) fn is_mojibake(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let pairs = text.chars().zip(text.chars().skip(1));
    let broken = |(first, second)| match first {
        'Ã' | 'Â' => {
            matches!(second, '\u{80}'..='\u{bf}' | 'Œ' | 'œ' | 'Š' | 'š' | 'Ÿ' | 'Ž' | 'ž' | '‚'..='‰' | '‹' | '›' | '˜' | '™' | '€')
        }
        'â' => second == '€',
        _ => false,
    };
    text.contains('\u{fffd}') || pairs.into_iter().any(broken)
}

/// A cell that should hold an address: the first one, and how many more there were.
pub(super) fn address(cell: &str) -> Result<(Address, usize), AddressError> {
    let cell = unguarded(cell);
    let cell = if cell.contains('<') { cell } else { cell.trim_matches('"') };
    let whole = match Address::parse(cell) {
        Ok(address) => return Ok((address, 0)),
        Err(error) => error,
    };
    let apart = apart(cell);
    let pieces = apart.split(';').map(|piece| piece.trim().trim_matches('"'));
    let mut pieces: Vec<&str> = pieces.filter(|piece| !piece.is_empty()).collect();
    let is_address = |word: &str| word.contains('@');
    if pieces.iter().all(|piece| piece.split_whitespace().all(is_address)) {
        pieces = pieces.iter().flat_map(|piece| piece.split_whitespace()).collect();
    }
    // Every piece has to look like an address: half of a name must not become somebody's.
    if !pieces.iter().all(|piece| bracketed(piece).contains('@')) {
        return Err(whole);
    }
    let (mut addresses, mut others): (Vec<Address>, usize) = (Vec::new(), 0);
    for piece in pieces {
        match Address::parse(bracketed(piece)) {
            Ok(address) if addresses.contains(&address) => {}
            Ok(address) => addresses.push(address),
            Err(_) => others += 1,
        }
    }
    let more = addresses.len().saturating_sub(1) + others;
    addresses.into_iter().next().map(|first| (first, more)).ok_or(whole)
}

/// The cell with `;` for all that people put between addresses; a name in quotes keeps its comma: `"Ray, Bob" <bob@example.org>`.
fn apart(cell: &str) -> String {
    let quotes_match = cell.matches('"').count().is_multiple_of(2);
    let mut is_inside = false;
    let mark = |c: char| {
        is_inside ^= quotes_match && c == '"';
        match c {
            ';' | ',' if is_inside => ' ',
            ',' | '\n' | '\r' | '\u{2028}' => ';',
            c => c,
        }
    };
    let mut apart: String = cell.chars().map(mark).collect();
    for word in [":::", " / ", " & ", " or ", " and ", " oder ", " und ", " ou ", " et "] {
        apart = apart.replace(word, ";");
    }
    apart
}

/// The address in `Ann Lee <ann@example.org>`.
fn bracketed(piece: &str) -> &str {
    let inner = piece.split_once('<').and_then(|(_, rest)| rest.strip_suffix('>'));
    inner.unwrap_or(piece)
}

/// Spreadsheet exports guard a cell that starts like a formula with an apostrophe; it is not part of the value.
pub(super) fn unguarded(cell: &str) -> &str {
    let cell = unguard(cell.trim());
    // Excel's way to keep a telephone number a text.
    let formula = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    formula.unwrap_or(cell)
}

/// RFC 5322 has no room for controls in a name, and a reader none for text that turns its direction.
fn cleaned(text: &str, longest: usize) -> Option<String> {
    let text = text.trim();
    // Most cells are clean, and a list may have millions.
    if text.len() <= longest && is_clean(text.as_bytes()) {
        return (!text.is_empty()).then(|| text.to_owned());
    }
    let spaced: String = text
        .nfc()
        .filter(|c| !matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}'))
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c })
        .collect();
    let joined = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = joined
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(&joined)
        .trim();
    let short: String = bare.chars().take(longest).collect();
    let short = short.trim_end();
    (!short.is_empty()).then(|| short.to_owned())
}

/// Printed ASCII with single blanks and no quotes.
fn is_clean(bytes: &[u8]) -> bool {
    let mut before = b' ';
    bytes.iter().all(|b| {
        let doubled = *b == b' ' && before == b' ';
        before = *b;
        (b' '..=b'~').contains(b) && *b != b'"' && !doubled
    })
}

#[cfg(test)]
mod tests {
    use super::{address, is_mojibake, name, value};

    #[test]
    fn values_and_names_are_cleaned() {
        for (cell, expected) in [
            ("  Ann \t Lee ", Some("Ann Lee")),
            ("Ann\r\nBcc: x", Some("Ann Bcc: x")),
            ("Ann\0\u{7}\u{2028}B", Some("Ann B")),
            ("\u{202e}nnA\u{200b}", Some("nnA")),
            ("A\u{a0}B", Some("A B")),
            ("Zoe\u{308}", Some("Zoë")),
            ("\"Ann\"", Some("Ann")),
            ("'=1+1", Some("=1+1")),
            ("'t Hooft", Some("'t Hooft")),
            ("=\"0770\"", Some("0770")),
            ("#REF!", None),
            (" #N/A ", None),
            ("#WERT!", None),
            ("#1", Some("#1")),
            ("#vip!", Some("#vip!")),
            (" \u{200b} ", None),
        ] {
            assert_eq!(value(cell).as_deref(), expected, "{cell:?}");
        }
        assert_eq!(name(&"ä".repeat(300)).map(|name| name.chars().count()), Some(100));
        for nothing in ["-", "N/A", "unknown", "?", "123"] {
            assert_eq!(name(nothing), None, "{nothing}");
        }
        assert_eq!(name("Ann Lee (ann@example.org)").as_deref(), Some("Ann Lee"));
        assert_eq!(name("ann@example.org"), None);
        assert_eq!(name("O'Brien-Smith").as_deref(), Some("O'Brien-Smith"));
    }

    #[test]
    fn wrongly_decoded_text_is_known() {
        for broken in ["ZoÃ«", "JosÃ©", "Donâ€™t", "Jos\u{fffd}", "MÃ¼ller", "Â£5"] {
            assert!(is_mojibake(broken), "{broken}");
        }
        for sound in ["Zoë", "SÃO PAULO", "Âge", "Château", "山田", ""] {
            assert!(!is_mojibake(sound), "{sound}");
        }
    }

    #[test]
    fn a_cell_gives_its_first_address() {
        for (cell, expected) in [
            ("ann@example.org", Some(("ann@example.org", 0))),
            ("Ann Lee <ann@example.org>", Some(("ann@example.org", 0))),
            ("ann@example.org; bob@example.org", Some(("ann@example.org", 1))),
            ("ann@example.org ::: bob@example.org", Some(("ann@example.org", 1))),
            ("ann@example.org bob@example.org", Some(("ann@example.org", 1))),
            ("ann@example.org\nbob@example.org", Some(("ann@example.org", 1))),
            ("ann@example.org\u{2028}bob@example.org", Some(("ann@example.org", 1))),
            ("ann@example.org / bob@example.org", Some(("ann@example.org", 1))),
            ("ann@example.org or bob@example.org", Some(("ann@example.org", 1))),
            ("ann@example.org & bob@example.org", Some(("ann@example.org", 1))),
            (
                "ann@example.org bob@example.org; carl@example.org",
                Some(("ann@example.org", 2)),
            ),
            ("\"Ray, Bob\" <bob@example.org>", Some(("bob@example.org", 0))),
            (
                "\"Ray, Bob\" <bob@example.org>; \"Lee; Ann\" <ann@example.org>",
                Some(("bob@example.org", 1)),
            ),
            ("finn@example.org <finn@example.org>", Some(("finn@example.org", 0))),
            ("'gus@example.org'", Some(("gus@example.org", 0))),
            ("=\"ann@example.org\"", Some(("ann@example.org", 0))),
            ("mailto:ann@example.org?subject=Hi", Some(("ann@example.org", 0))),
            ("SMTP:ann@example.org", Some(("ann@example.org", 0))),
            ("bob or ann@example.org", None),
            ("ann@exam ple.org, bob@example.org", Some(("bob@example.org", 1))),
            ("Lee, ann@example.org", None),
            ("ann lee@example.org", None),
            ("ann@example.org (home)", None),
            ("/o=Clinic/cn=ann", None),
            (",;", None),
        ] {
            let found = address(cell).ok();
            assert_eq!(
                found.as_ref().map(|(address, more)| (address.as_str(), *more)),
                expected,
                "{cell}"
            );
        }
    }
}
