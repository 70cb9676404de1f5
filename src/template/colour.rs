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
    use super::Colour;
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
