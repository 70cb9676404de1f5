//! Colours as style sheets write them, and how well one can be read on another (WCAG 2.2, success criterion 1.4.3).

/// A colour: red, green, blue from 0 to 255, and how opaque it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour {
    rgb: [f64; 3],
    alpha: f64,
}

pub(super) const BLACK: Colour = Colour {
    rgb: [0.0; 3],
    alpha: 1.0,
};
pub(super) const WHITE: Colour = Colour {
    rgb: [255.0; 3],
    alpha: 1.0,
};

/// The names that letters use; another name is no colour we judge.
const NAMES: &[(&str, u32)] = &[
    ("aliceblue", 0xf0f8ff),
    ("antiquewhite", 0xfaebd7),
    ("aqua", 0x00ffff),
    ("aquamarine", 0x7fffd4),
    ("azure", 0xf0ffff),
    ("beige", 0xf5f5dc),
    ("bisque", 0xffe4c4),
    ("black", 0x000000),
    ("blanchedalmond", 0xffebcd),
    ("blue", 0x0000ff),
    ("blueviolet", 0x8a2be2),
    ("brown", 0xa52a2a),
    ("burlywood", 0xdeb887),
    ("cadetblue", 0x5f9ea0),
    ("chartreuse", 0x7fff00),
    ("chocolate", 0xd2691e),
    ("coral", 0xff7f50),
    ("cornflowerblue", 0x6495ed),
    ("cornsilk", 0xfff8dc),
    ("crimson", 0xdc143c),
    ("cyan", 0x00ffff),
    ("darkblue", 0x00008b),
    ("darkcyan", 0x008b8b),
    ("darkgoldenrod", 0xb8860b),
    ("darkgray", 0xa9a9a9),
    ("darkgreen", 0x006400),
    ("darkgrey", 0xa9a9a9),
    ("darkkhaki", 0xbdb76b),
    ("darkmagenta", 0x8b008b),
    ("darkolivegreen", 0x556b2f),
    ("darkorange", 0xff8c00),
    ("darkorchid", 0x9932cc),
    ("darkred", 0x8b0000),
    ("darksalmon", 0xe9967a),
    ("darkseagreen", 0x8fbc8f),
    ("darkslateblue", 0x483d8b),
    ("darkslategray", 0x2f4f4f),
    ("darkslategrey", 0x2f4f4f),
    ("darkturquoise", 0x00ced1),
    ("darkviolet", 0x9400d3),
    ("deeppink", 0xff1493),
    ("deepskyblue", 0x00bfff),
    ("dimgray", 0x696969),
    ("dimgrey", 0x696969),
    ("dodgerblue", 0x1e90ff),
    ("firebrick", 0xb22222),
    ("floralwhite", 0xfffaf0),
    ("forestgreen", 0x228b22),
    ("fuchsia", 0xff00ff),
    ("gainsboro", 0xdcdcdc),
    ("ghostwhite", 0xf8f8ff),
    ("gold", 0xffd700),
    ("goldenrod", 0xdaa520),
    ("gray", 0x808080),
    ("green", 0x008000),
    ("greenyellow", 0xadff2f),
    ("grey", 0x808080),
    ("honeydew", 0xf0fff0),
    ("hotpink", 0xff69b4),
    ("indianred", 0xcd5c5c),
    ("indigo", 0x4b0082),
    ("ivory", 0xfffff0),
    ("khaki", 0xf0e68c),
    ("lavender", 0xe6e6fa),
    ("lavenderblush", 0xfff0f5),
    ("lawngreen", 0x7cfc00),
    ("lemonchiffon", 0xfffacd),
    ("lightblue", 0xadd8e6),
    ("lightcoral", 0xf08080),
    ("lightcyan", 0xe0ffff),
    ("lightgoldenrodyellow", 0xfafad2),
    ("lightgray", 0xd3d3d3),
    ("lightgreen", 0x90ee90),
    ("lightgrey", 0xd3d3d3),
    ("lightpink", 0xffb6c1),
    ("lightsalmon", 0xffa07a),
    ("lightseagreen", 0x20b2aa),
    ("lightskyblue", 0x87cefa),
    ("lightslategray", 0x778899),
    ("lightslategrey", 0x778899),
    ("lightsteelblue", 0xb0c4de),
    ("lightyellow", 0xffffe0),
    ("lime", 0x00ff00),
    ("limegreen", 0x32cd32),
    ("linen", 0xfaf0e6),
    ("magenta", 0xff00ff),
    ("maroon", 0x800000),
    ("mediumaquamarine", 0x66cdaa),
    ("mediumblue", 0x0000cd),
    ("mediumorchid", 0xba55d3),
    ("mediumpurple", 0x9370db),
    ("mediumseagreen", 0x3cb371),
    ("mediumslateblue", 0x7b68ee),
    ("mediumspringgreen", 0x00fa9a),
    ("mediumturquoise", 0x48d1cc),
    ("mediumvioletred", 0xc71585),
    ("midnightblue", 0x191970),
    ("mintcream", 0xf5fffa),
    ("mistyrose", 0xffe4e1),
    ("moccasin", 0xffe4b5),
    ("navajowhite", 0xffdead),
    ("navy", 0x000080),
    ("oldlace", 0xfdf5e6),
    ("olive", 0x808000),
    ("olivedrab", 0x6b8e23),
    ("orange", 0xffa500),
    ("orangered", 0xff4500),
    ("orchid", 0xda70d6),
    ("palegoldenrod", 0xeee8aa),
    ("palegreen", 0x98fb98),
    ("paleturquoise", 0xafeeee),
    ("palevioletred", 0xdb7093),
    ("papayawhip", 0xffefd5),
    ("peachpuff", 0xffdab9),
    ("peru", 0xcd853f),
    ("pink", 0xffc0cb),
    ("plum", 0xdda0dd),
    ("powderblue", 0xb0e0e6),
    ("purple", 0x800080),
    ("rebeccapurple", 0x663399),
    ("red", 0xff0000),
    ("rosybrown", 0xbc8f8f),
    ("royalblue", 0x4169e1),
    ("saddlebrown", 0x8b4513),
    ("salmon", 0xfa8072),
    ("sandybrown", 0xf4a460),
    ("seagreen", 0x2e8b57),
    ("seashell", 0xfff5ee),
    ("sienna", 0xa0522d),
    ("silver", 0xc0c0c0),
    ("skyblue", 0x87ceeb),
    ("slateblue", 0x6a5acd),
    ("slategray", 0x708090),
    ("slategrey", 0x708090),
    ("snow", 0xfffafa),
    ("springgreen", 0x00ff7f),
    ("steelblue", 0x4682b4),
    ("tan", 0xd2b48c),
    ("teal", 0x008080),
    ("thistle", 0xd8bfd8),
    ("tomato", 0xff6347),
    ("turquoise", 0x40e0d0),
    ("violet", 0xee82ee),
    ("wheat", 0xf5deb3),
    ("white", 0xffffff),
    ("whitesmoke", 0xf5f5f5),
    ("yellow", 0xffff00),
    ("yellowgreen", 0x9acd32),
];

impl Colour {
    /// The colour in `text`; nothing where it is none, or one that only the mail program knows.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        if text == "transparent" {
            return Some(Self {
                rgb: [0.0; 3],
                alpha: 0.0,
            });
        }
        if let Some(hex) = text.strip_prefix('#') {
            return Self::hex(hex);
        }
        if let Ok(at) = NAMES.binary_search_by_key(&text.as_str(), |(name, _)| name) {
            return Some(Self::of(NAMES[at].1));
        }
        let (function, rest) = text.split_once('(')?;
        let parts: Vec<&str> = rest
            .trim_end_matches(')')
            .split([',', '/', ' '])
            .filter(|part| !part.is_empty())
            .collect();
        match function {
            "rgb" | "rgba" => Self::rgb(&parts),
            "hsl" | "hsla" => Self::hsl(&parts),
            _ => None,
        }
    }

    fn of(number: u32) -> Self {
        let byte = |shift: u32| f64::from((number >> shift) & 0xff);
        Self {
            rgb: [byte(16), byte(8), byte(0)],
            alpha: 1.0,
        }
    }

    fn hex(hex: &str) -> Option<Self> {
        if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let long = match hex.len() {
            3 | 4 => hex.chars().flat_map(|c| [c, c]).collect(),
            6 | 8 => hex.to_owned(),
            _ => return None,
        };
        let colour = Self::of(u32::from_str_radix(&long[..6], 16).ok()?);
        let alpha = long.get(6..8).and_then(|alpha| u8::from_str_radix(alpha, 16).ok());
        Some(Self {
            alpha: alpha.map_or(1.0, |alpha| f64::from(alpha) / 255.0),
            ..colour
        })
    }

    fn rgb(parts: &[&str]) -> Option<Self> {
        let channel = |part: &str| number(part, 255.0).map(|value| value.clamp(0.0, 255.0));
        let [red, green, blue] = [parts.first()?, parts.get(1)?, parts.get(2)?];
        Some(Self {
            rgb: [channel(red)?, channel(green)?, channel(blue)?],
            alpha: alpha(parts.get(3)),
        })
    }

    fn hsl(parts: &[&str]) -> Option<Self> {
        let hue = parts.first()?.trim_end_matches("deg").parse::<f64>().ok()?.rem_euclid(360.0) / 60.0;
        let share = |at: usize| number(parts.get(at)?, 1.0).map(|value| value.clamp(0.0, 1.0));
        let (saturation, light) = (share(1)?, share(2)?);
        let chroma = (1.0 - (2.0 * light - 1.0).abs()) * saturation;
        let second = chroma * (1.0 - (hue % 2.0 - 1.0).abs());
        let base = light - chroma / 2.0;
        let mixed = match hue {
            hue if hue < 1.0 => [chroma, second, 0.0],
            hue if hue < 2.0 => [second, chroma, 0.0],
            hue if hue < 3.0 => [0.0, chroma, second],
            hue if hue < 4.0 => [0.0, second, chroma],
            hue if hue < 5.0 => [second, 0.0, chroma],
            _ => [chroma, 0.0, second],
        };
        Some(Self {
            rgb: mixed.map(|part| (part + base) * 255.0),
            alpha: alpha(parts.get(3)),
        })
    }

    /// What is seen of it over `ground`.
    pub(super) fn over(self, ground: Self) -> Self {
        let mix = |at: usize| self.rgb[at] * self.alpha + ground.rgb[at] * (1.0 - self.alpha);
        Self {
            rgb: [mix(0), mix(1), mix(2)],
            alpha: 1.0,
        }
    }

    /// From 1 (the same) to 21 (black on white).
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |value: f64| {
            let value = value / 255.0;
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(self.rgb[0]) + 0.7152 * linear(self.rgb[1]) + 0.0722 * linear(self.rgb[2])
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.rgb.map(|value| value.round());
        write!(
            f,
            "#{red:02x}{green:02x}{blue:02x}",
            red = red as u8,
            green = green as u8,
            blue = blue as u8
        )
    }
}

fn number(text: &str, whole: f64) -> Option<f64> {
    match text.strip_suffix('%') {
        Some(percent) => percent.parse::<f64>().ok().map(|percent| percent / 100.0 * whole),
        None => text.parse().ok(),
    }
}

fn alpha(part: Option<&&str>) -> f64 {
    part.and_then(|part| number(part, 1.0))
        .map_or(1.0, |alpha| alpha.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_in_every_spelling() {
        for (text, shown) in [
            ("#fff", "#ffffff"),
            (" #1D5B4F ", "#1d5b4f"),
            ("rgb(29, 91, 79)", "#1d5b4f"),
            ("rgb(29 91 79 / 50%)", "#1d5b4f"),
            ("rgba(100%,0%,0%,1)", "#ff0000"),
            ("hsl(120, 100%, 25%)", "#008000"),
            ("hsl(0 0% 50%)", "#808080"),
            ("White", "#ffffff"),
            ("rebeccapurple", "#663399"),
        ] {
            assert_eq!(
                Colour::parse(text).map(|colour| colour.to_string()).as_deref(),
                Some(shown),
                "{text}"
            );
        }
        for text in [
            "",
            "#ggg",
            "#12",
            "var(--x)",
            "inherit",
            "currentcolor",
            "rgb(1,2)",
            "#é12",
            "color(display-p3 1 0 0)",
        ] {
            assert_eq!(Colour::parse(text), None, "{text}");
        }
        assert!(NAMES.is_sorted());
    }

    #[test]
    fn contrast_is_what_wcag_says() {
        let contrast = |one, other| (Colour::parse(one).unwrap().contrast(Colour::parse(other).unwrap()) * 100.0).round();
        assert_eq!(contrast("#000", "#fff"), 2100.0);
        assert_eq!(contrast("#777", "#fff"), 448.0);
        assert_eq!(contrast("#767676", "#fff"), 454.0);
        assert_eq!(contrast("#fff", "#fff"), 100.0);
        let half = Colour::parse("rgba(0,0,0,0.5)").unwrap().over(WHITE);
        assert_eq!(half.to_string(), "#808080");
    }
}
