//! Small things in a run: the address of a field, a character of a symbol font, what a picture's words are without the program's own.

use super::xml::Element;

/// The address in `HYPERLINK "https://…" \o "tip"`.
pub(super) fn field_link(says: &str) -> Option<String> {
    let rest = says.trim_start().strip_prefix("HYPERLINK")?.trim_start();
    if rest.starts_with("\\l") {
        return None;
    }
    let address = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split_whitespace().next(),
    };
    address.map(str::to_owned).filter(|address| !address.is_empty())
}

/// A character of a symbol font: only those that everybody has.
pub(super) fn symbol(element: &Element) -> String {
    let code = element
        .attribute("char")
        .and_then(|code| u32::from_str_radix(code, 16).ok())
        .unwrap_or(0);
    let known = match code {
        0xf0e0 => '→',
        0xf0df => '←',
        0xf0fc => '✓',
        0xf04a => '☺',
        0xf0b7 | 0xf0a7 => '•',
        0xf0b0 => '°',
        other => char::from_u32(other)
            .filter(|c| !('\u{e000}'..='\u{f8ff}').contains(c) && !c.is_control())
            .unwrap_or(' '),
    };
    known.to_string()
}

/// The words of a picture, without what Word says of how it made them.
pub(super) fn described(words: &str) -> String {
    const MADE: [&str; 6] = [
        "Description automatically generated",
        "AI-generated content may be incorrect.",
        "Automatisch generierte Beschreibung",
        "KI-generierte Inhalte können fehlerhaft sein.",
        "Description générée automatiquement",
        "Descripción generada automáticamente",
    ];
    let mut words = words.to_owned();
    for made in MADE {
        words = words.replace(made, "");
    }
    words.trim().to_owned()
}
