//! Characters that are not what they seem: look-alikes from other scripts, invisible ones, and those of a text read in the wrong encoding.

use super::report::{Report, shown};

/// Invisible characters that only hide something; joiners that scripts and emoji need are not among them.
const INVISIBLE: &[char] = &[
    '\u{200b}', '\u{2060}', '\u{feff}', '\u{180e}', '\u{2061}', '\u{2062}', '\u{2063}', '\u{2064}', '\u{115f}', '\u{1160}',
    '\u{3164}', '\u{ffa0}',
];

/// Marks that turn the direction of what follows them.
const TURNING: &[char] = &[
    '\u{202a}', '\u{202b}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
];

/// How UTF-8 read as Windows-1252 looks: the first byte of two, or of three.
const BROKEN: &[&str] = &[
    "â€™",
    "â€œ",
    "â€\u{9d}",
    "â€“",
    "â€”",
    "â€¦",
    "â€˜",
    "â€¢",
    "â‚¬",
    "ï»¿",
    "Â ",
    "Â\u{a0}",
    "Â£",
    "Â°",
    "Â«",
    "Â»",
    "Â·",
    "Â©",
    "Â®",
    "Â½",
];

/// Everything in a text.
pub(super) fn of(report: &mut Report<'_>, text: &str) {
    in_text(text, |name, at, words, hint| report.warn(name, at, words, hint));
}

/// Everything in a text; `found` is told the finding's name, the byte, what it says and how to mend it.
pub(super) fn in_text(text: &str, mut found: impl FnMut(&'static str, usize, String, &'static str)) {
    let mut told = Told::default();
    for (at, c) in text.char_indices() {
        if INVISIBLE.contains(&c) && at > 0 && !told.invisible {
            told.invisible = true;
            let words = format!("an invisible character stands here (U+{:04X})", u32::from(c));
            found(
                "invisible",
                at,
                words,
                "delete it and the letters beside it, and type them anew; filters know such characters from spam",
            );
        }
        if TURNING.contains(&c) && !told.turning {
            told.turning = true;
            let words = format!(
                "a character turns the direction of the text after it (U+{:04X})",
                u32::from(c)
            );
            found(
                "turned-text",
                at,
                words,
                "delete it and type the words beside it anew; the letter sets the direction by its `language`",
            );
        }
        if c == '\u{fffd}' && !told.lost {
            told.lost = true;
            found(
                "damaged",
                at,
                "a character was lost here (`\u{fffd}`) before the text came to us".to_owned(),
                "look into the original, and type the word anew",
            );
        }
        if matches!(c, 'Ã' | 'Â' | 'â' | 'ï') && !told.broken && is_broken(&text[at..]) {
            told.broken = true;
            let words = format!(
                "`{}` looks like a letter that was read in the wrong encoding",
                shown(&text[at..], 3)
            );
            found(
                "damaged",
                at,
                words,
                "copy the text from the original once more, or save the file as UTF-8",
            );
        }
    }
    mixed(text, &mut found);
}

#[derive(Default)]
struct Told {
    invisible: bool,
    turning: bool,
    lost: bool,
    broken: bool,
}

fn is_broken(rest: &str) -> bool {
    if BROKEN.iter().any(|broken| rest.starts_with(broken)) {
        return true;
    }
    let mut chars = rest.chars();
    // `Ã` and one of the characters that Windows-1252 has for the bytes 0x80 to 0xBF.
    chars.next() == Some('Ã')
        && chars.next().is_some_and(|c| {
            matches!(
                c,
                '\u{80}'
                    ..='\u{bf}'
                        | '€'
                        | '‚'
                        | 'ƒ'
                        | '„'
                        | '…'
                        | '†'
                        | '‡'
                        | 'ˆ'
                        | '‰'
                        | 'Š'
                        | '‹'
                        | 'Œ'
                        | 'Ž'
                        | '‘'
                        | '’'
                        | '“'
                        | '”'
                        | '•'
                        | '–'
                        | '—'
                        | '˜'
                        | '™'
                        | 'š'
                        | '›'
                        | 'œ'
                        | 'ž'
                        | 'Ÿ'
            )
        })
}

/// Words with letters of two scripts that look alike.
fn mixed(text: &str, found: &mut impl FnMut(&'static str, usize, String, &'static str)) {
    let mut count = 0;
    for word in text.split(|c: char| !c.is_alphanumeric()) {
        // The words lie in the text in order, one character apart.
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        let latin = word.chars().any(|c| script(c) == Script::Latin);
        let other = word.chars().find(|c| script(*c) == Script::LookAlike);
        if latin
            && count < 20
            && let Some(other) = other
        {
            // `β-carotene` is split at its hyphen; `μg` is a unit, and one Greek letter before Latin ones is a symbol.
            let is_symbol = word.chars().filter(|c| script(*c) == Script::LookAlike).count() == 1
                && is_greek(other)
                && word.chars().count() <= 4;
            if !is_symbol {
                count += 1;
                let words = format!(
                    "`{}` mixes alphabets: its `{other}` is no Latin letter (U+{:04X})",
                    shown(word, 30),
                    u32::from(other)
                );
                found(
                    "mixed-scripts",
                    start,
                    words,
                    "delete the word and type it anew; filters know such words from theft",
                );
            }
        }
    }
}

#[derive(PartialEq, Eq)]
enum Script {
    Latin,
    LookAlike,
    Other,
}

fn script(c: char) -> Script {
    match c {
        'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{24f}' => Script::Latin,
        // Cyrillic, Greek without the signs for units and mathematics, Armenian, Cherokee, full-width Latin.
        '\u{370}'..='\u{3ff}'
        | '\u{400}'..='\u{52f}'
        | '\u{531}'..='\u{587}'
        | '\u{13a0}'..='\u{13ff}'
        | '\u{ff21}'..='\u{ff5a}' => Script::LookAlike,
        _ => Script::Other,
    }
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}')
}

#[cfg(test)]
mod tests {
    use super::in_text;

    fn names(text: &str) -> Vec<&'static str> {
        let mut names = Vec::new();
        in_text(text, |name, at, _, _| {
            assert!(text.is_char_boundary(at));
            names.push(name);
        });
        names
    }

    #[test]
    fn characters_that_are_not_what_they_seem_are_found() {
        for (text, name) in [
            ("your Раypal", "mixed-scripts"),
            ("mаssage", "mixed-scripts"),
            ("free\u{200b}dom", "invisible"),
            ("a \u{202e}gpj.exe", "turned-text"),
            ("cafÃ© au lait", "damaged"),
            ("donâ€™t", "damaged"),
            ("lost \u{fffd} here", "damaged"),
            ("5 Â£ each", "damaged"),
            ("GrÃ¶ÃŸe", "damaged"),
        ] {
            assert_eq!(names(text), [name], "{text:?}");
        }
    }

    #[test]
    fn scripts_and_signs_that_belong_together_are_left_alone() {
        for text in [
            "Größe, Été, São Paulo, ångström, naïve",
            "Привет, мир",
            "Καλημέρα κόσμε",
            "a dose of 5 µg, or 5 μg",
            "β-carotene and α-waves",
            "Ω3 and 5 kΩ",
            "👩\u{200d}⚕️ family",
            "می\u{200c}خواهم",
            "SÃO PAULO",
            "Âge tendre",
            "\u{feff}starts with a mark",
            "right\u{200f}mark",
            "GÂTEAU",
            "Вода H2O",
        ] {
            assert_eq!(names(text), [""; 0], "{text:?}");
        }
    }
}
