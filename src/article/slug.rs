//! A slug: the id made from a title, in small letters, digits and hyphens.

use crate::article::front_matter::ID_LENGTH;
use unicode_normalization::UnicodeNormalization;

/// The slug of `title` as someone who writes `language` would spell it; empty when no letter of it can be written in a-z.
pub(crate) fn of(title: &str, language: &str) -> String {
    let german = language == "de" || language.starts_with("de-");
    let mut slug = String::new();
    let composed: String = title.to_lowercase().nfc().collect();
    for character in composed.chars() {
        match character {
            'ä' | 'ö' | 'ü' if german => slug.extend([character.nfd().next().unwrap_or('-'), 'e']),
            'ß' => slug.push_str("ss"),
            'æ' => slug.push_str("ae"),
            'œ' => slug.push_str("oe"),
            'ø' => slug.push('o'),
            'đ' | 'ð' => slug.push('d'),
            'ł' => slug.push('l'),
            'þ' => slug.push_str("th"),
            // An apostrophe joins: "it's" is one word.
            '\'' | '’' | '‘' => {}
            other => slug.extend(plain(other)),
        }
    }
    shortened(&slug)
}

/// The character without its accents, or hyphens for what has no place in an id.
fn plain(character: char) -> impl Iterator<Item = char> {
    character
        .nfkd()
        .filter(|part| !unicode_normalization::char::is_combining_mark(*part))
        .map(|part| {
            if part.is_ascii_lowercase() || part.is_ascii_digit() {
                part
            } else {
                '-'
            }
        })
}

/// At most [`ID_LENGTH`] characters of whole words, joined by single hyphens.
fn shortened(slug: &str) -> String {
    let mut short = String::new();
    for word in slug.split('-').filter(|word| !word.is_empty()) {
        let hyphen = usize::from(!short.is_empty());
        if short.len() + hyphen + word.len() > ID_LENGTH {
            if short.is_empty() {
                short.push_str(&word[..ID_LENGTH]);
            }
            break;
        }
        if hyphen == 1 {
            short.push('-');
        }
        short.push_str(word);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(title: &str, language: &str, expected: &str) {
        assert_eq!(of(title, language), expected, "{title}");
    }

    #[test]
    fn a_title_becomes_small_letters_and_hyphens() {
        check("Sleep, and why it's good", "en", "sleep-and-why-its-good");
        check("  -- 7 Tips! -- ", "en", "7-tips");
        check("Müde? Grüße für Füße", "de", "muede-gruesse-fuer-fuesse");
        check("Crème brûlée à gogo", "fr", "creme-brulee-a-gogo");
        check("שלום", "he", "");
        check("ﬁt ½ hour", "en", "fit-1-2-hour");
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let slug = of(&"wellbeing ".repeat(20), "en");
        assert_eq!(slug, ["wellbeing"; 6].join("-"));
        assert_eq!(of(&"x".repeat(200), "en").len(), ID_LENGTH);
    }
}
