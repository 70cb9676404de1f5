//! Words set above or below the line: `10²`, `CO₂`. Markdown cannot say it, but some characters are made so.

/// Where words stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shift {
    /// Above the line.
    Raised,
    /// Below the line.
    Lowered,
}

const PLAIN: &str = "0123456789+-−=()n";
const RAISED: &str = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ";
const LOWERED: &str = "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₙ";

impl Shift {
    /// What Word calls it (`w:vertAlign`), or a style sheet (`vertical-align`).
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "superscript" | "super" => Some(Self::Raised),
            "subscript" | "sub" => Some(Self::Lowered),
            _ => None,
        }
    }

    /// `text` in characters that stand there; nothing when there are none for it.
    pub(crate) fn of(self, text: &str) -> Option<String> {
        let made = match self {
            Self::Raised => RAISED,
            Self::Lowered => LOWERED,
        };
        let shifted = |character: char| match character.is_whitespace() {
            true => Some(character),
            false => made.chars().nth(PLAIN.chars().position(|plain| plain == character)?),
        };
        text.chars().map(shifted).collect()
    }

    /// Whether `text` says something else when it stands on the line: `2a` does, `th` and `*` do not.
    pub(crate) fn is_missed(self, text: &str) -> bool {
        const HARMLESS: [&str; 24] = [
            "st", "nd", "rd", "th", "er", "ers", "re", "ère", "e", "es", "ème", "eme", "ième", "o", "a", "os", "as", "te", "ste",
            "tm", "sm", "r", "c", "de",
        ];
        let text = text.trim();
        let begins = text.starts_with(char::is_alphanumeric);
        begins && self.of(text).is_none() && !(self == Self::Raised && HARMLESS.contains(&text.to_lowercase().as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_and_signs_are_set_above_and_below_the_line() {
        assert_eq!(Shift::Raised.of("2"), Some("²".to_owned()));
        assert_eq!(Shift::Raised.of("-10 +n"), Some("⁻¹⁰ ⁺ⁿ".to_owned()));
        assert_eq!(Shift::Lowered.of("2−"), Some("₂₋".to_owned()));
        assert_eq!(Shift::Raised.of("2a"), None);
        assert_eq!((RAISED.chars().count(), LOWERED.chars().count()), (17, 17));
        let missed = ["2a", "th", "*", "[1]", "2"].map(|text| Shift::Raised.is_missed(text));
        assert_eq!(missed, [true, false, false, false, false]);
        assert!(Shift::Lowered.is_missed("max"));
    }
}
