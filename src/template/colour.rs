//! A colour of the clinic's, and what can be read on it and in it.
//!
//! Promises: words in a derived colour reach a contrast of 4.5 : 1 (WCAG 2.2 §1.4.3) on the ground that it is derived for.

use std::fmt;

/// A colour of the screen (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

/// The sixteen of the first web pages, and those that people think of besides.
const NAMES: &[(&str, &str)] = &[
    ("black", "#000000"),
    ("silver", "#c0c0c0"),
    ("gray", "#808080"),
    ("grey", "#808080"),
    ("white", "#ffffff"),
    ("maroon", "#800000"),
    ("red", "#ff0000"),
    ("purple", "#800080"),
    ("fuchsia", "#ff00ff"),
    ("magenta", "#ff00ff"),
    ("green", "#008000"),
    ("lime", "#00ff00"),
    ("olive", "#808000"),
    ("yellow", "#ffff00"),
    ("navy", "#000080"),
    ("blue", "#0000ff"),
    ("teal", "#008080"),
    ("aqua", "#00ffff"),
    ("cyan", "#00ffff"),
    ("turquoise", "#40e0d0"),
    ("orange", "#ffa500"),
    ("gold", "#ffd700"),
    ("brown", "#a52a2a"),
    ("beige", "#f5f5dc"),
    ("pink", "#ffc0cb"),
    ("coral", "#ff7f50"),
    ("salmon", "#fa8072"),
    ("crimson", "#dc143c"),
    ("indigo", "#4b0082"),
    ("violet", "#ee82ee"),
    ("lavender", "#e6e6fa"),
    ("skyblue", "#87ceeb"),
    ("steelblue", "#4682b4"),
    ("royalblue", "#4169e1"),
    ("seagreen", "#2e8b57"),
    ("forestgreen", "#228b22"),
    ("darkgreen", "#006400"),
    ("darkblue", "#00008b"),
    ("darkred", "#8b0000"),
];

impl Colour {
    /// What pages look like where the settings say nothing: a deep green.
    pub const DEFAULT: Self = Self::new(0x1d, 0x5b, 0x4f);
    const WHITE: Self = Self::new(0xff, 0xff, 0xff);
    /// The page of the designs where the reader's screen is dark.
    pub const DARK: Self = Self::new(0x1b, 0x1f, 0x1c);
    const BLACK: Self = Self::new(0, 0, 0);

    const fn new(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue }
    }

    /// `#rrggbb`, and nothing else.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .trim()
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.is_ascii())?;
        let part = |at: usize| u8::from_str_radix(&digits[at..at + 2], 16).ok();
        digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
        Some(Self::new(part(0)?, part(2)?, part(4)?))
    }

    /// A colour as people write it who know no six digits: `#ff0`, or one of the names that web pages know best (CSS Color 4, §6.1).
    pub fn named(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if let Some(digits) = text.strip_prefix('#').filter(|digits| digits.chars().count() == 3) {
            let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
            return Self::parse(&format!("#{doubled}"));
        }
        let (_, digits) = NAMES.iter().find(|(name, _)| *name == text)?;
        Self::parse(digits)
    }

    /// Black or white, whichever is easier to read on this colour; one of them always has a contrast of 4.5 : 1.
    pub fn words_on_it(self) -> Self {
        match self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) {
            true => Self::WHITE,
            false => Self::BLACK,
        }
    }

    /// This colour, made darker until words in it can be read on white (4.5 : 1, WCAG 2.2 §1.4.3).
    pub fn on_white(self) -> Self {
        let mut colour = self;
        while colour.contrast(Self::WHITE) < 4.5 {
            let darker = |part: u8| (u16::from(part) * 9 / 10) as u8;
            colour = Self::new(darker(colour.red), darker(colour.green), darker(colour.blue));
        }
        colour
    }

    /// This colour, made lighter until words in it can be read on the dark page of the designs (4.5 : 1).
    pub fn on_dark(self) -> Self {
        let mut colour = self;
        while colour.contrast(Self::DARK) < 4.5 {
            let lighter = |part: u8| part.saturating_add(((255 - u16::from(part)) / 10 + 1) as u8);
            colour = Self::new(lighter(colour.red), lighter(colour.green), lighter(colour.blue));
        }
        colour
    }

    /// The contrast ratio of WCAG 2.2: from 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| match f64::from(part) / 255.0 {
            part if part <= 0.04045 => part / 12.92,
            part => ((part + 0.055) / 1.055).powf(2.4),
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_colour_is_named_as_people_do() {
        for (written, digits) in [
            ("teal", Some("#008080")),
            (" Yellow ", Some("#ffff00")),
            ("#ff0", Some("#ffff00")),
            ("#FA3", Some("#ffaa33")),
            ("#ffé", None),
            ("#gg0", None),
            ("tael", None),
            ("", None),
        ] {
            let named = Colour::named(written).map(|colour| colour.to_string());
            assert_eq!(named.as_deref(), digits, "{written}");
        }
        assert!(NAMES.iter().all(|(name, _)| Colour::named(name).is_some()));
    }

    use super::{Colour, NAMES};
    use proptest::prelude::*;

    #[test]
    fn a_colour_is_six_digits() {
        assert_eq!(Colour::parse("#1D5b4f"), Some(Colour::DEFAULT));
        for text in ["", "1d5b4f", "#1d5b4", "#1d5b4f0", "red", "#ééé", "#+1+1+1", "#1d5b4f;}"] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn words_can_be_read_on_every_colour(red: u8, green: u8, blue: u8) {
            let colour = Colour::new(red, green, blue);
            prop_assert!(colour.contrast(colour.words_on_it()) >= 4.5, "{colour}");
            prop_assert!(colour.on_white().contrast(Colour::WHITE) >= 4.5, "{colour}");
            prop_assert!(colour.on_dark().contrast(Colour::DARK) >= 4.5, "{colour}");
            prop_assert_eq!(Colour::parse(&colour.to_string()), Some(colour));
        }
    }
}
