//! Words as programs compare them: headers, aliases, attribute names.
//!
//! Promises: two spellings that a person would call the same word fold to one text, and an attribute's name can be written in a
//! template.

use crate::subscriber::consent::Answer;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A text in lower case without accents, its punctuation and blanks as single spaces: `E-Mail_Adresse *` is `e mail adresse`.
pub fn fold(text: &str) -> String {
    // Most words of most lists are folded as they stand.
    if text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut folded = String::with_capacity(text.len());
    if text.is_ascii() {
        for c in text.chars() {
            match c {
                '\'' => {}
                c if c.is_ascii_alphanumeric() => folded.push(c.to_ascii_lowercase()),
                _ if folded.is_empty() || folded.ends_with(' ') => {}
                _ => folded.push(' '),
            }
        }
        folded.truncate(folded.trim_end().len());
        return folded;
    }
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            // An apostrophe joins: `don't` is one word.
            '\'' | '’' | '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{feff}' => {}
            c if c.is_alphanumeric() => folded.push(c),
            _ if folded.is_empty() || folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The name of an attribute in templates and segments: snake case, ASCII; `None` where nothing of the text can be written so.
pub fn attribute_name(text: &str) -> Option<String> {
    let ascii: String = fold(text)
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let name = ascii.split_whitespace().collect::<Vec<_>>().join("_");
    match name.chars().next()? {
        c if c.is_ascii_digit() => Some(format!("column_{name}")),
        _ => Some(name),
    }
}

/// The only words that mean yes, folded; whatever is not among them is no consent.
const YES: &[&str] = &[
    "yes",
    "y",
    "true",
    "1",
    "x",
    "on",
    "subscribed",
    "opted in",
    "oui",
    "ja",
    "si",
];

/// The words that mean no, folded.
#[rustfmt::skip]
const NO: &[&str] = &[
    "no", "n", "false", "0", "off", "unsubscribed", "opted out", "opt out", "non", "nein", "nee", "nao", "declined", "refused", "withdrawn", "revoked",
    "never", "do not email", "dont email", "do not contact", "stop",
];

/// The words that stand for an empty cell, folded.
#[rustfmt::skip]
const BLANK: &[&str] = &[
    "", "n a", "na", "nil", "null", "none", "unknown", "undefined", "not asked", "not stated", "not provided", "not given", "tbc", "tbd",
];

/// The answer that a cell gives: yes and no only by their exact words.
pub fn answer(text: &str) -> Answer {
    let word = fold(text);
    match word.as_str() {
        yes if YES.contains(&yes) => Answer::Yes,
        no if NO.contains(&no) => Answer::No,
        _ => Answer::Unknown,
    }
}

/// Whether a cell says nothing: empty, or a word that stands for empty.
pub fn is_blank(text: &str) -> bool {
    BLANK.contains(&fold(text).as_str())
}

#[cfg(test)]
mod tests {
    use super::{answer, attribute_name, fold, is_blank};
    use crate::subscriber::consent::Answer;

    #[test]
    fn yes_and_no_are_exact_words() {
        for yes in [
            "yes",
            " Y ",
            "TRUE",
            "1",
            "x",
            "On",
            "Subscribed",
            "opted-in",
            "oui",
            "Ja",
            "sí",
        ] {
            assert_eq!(answer(yes), Answer::Yes, "{yes}");
        }
        for no in ["no", "N", "false", "0", "opted_out", "nein", "Don't email"] {
            assert_eq!(answer(no), Answer::No, "{no}");
        }
        for neither in [
            "",
            "n/a",
            "unknown",
            "yes please",
            "maybe",
            "active",
            "-",
            "2",
            "ok",
            "email ok",
        ] {
            assert_eq!(answer(neither), Answer::Unknown, "{neither}");
        }
        for (text, blank) in [
            ("", true),
            (" - ", true),
            ("N/A", true),
            ("not asked", true),
            ("maybe", false),
            ("0", false),
        ] {
            assert_eq!(is_blank(text), blank, "{text}");
        }
    }

    #[test]
    fn spellings_of_one_word_fold_together() {
        for (text, folded) in [
            ("Email *", "email"),
            ("E-Mail_Adresse", "e mail adresse"),
            ("Prénom", "prenom"),
            ("\u{feff}Correo  electrónico", "correo electronico"),
            ("ＥＭＡＩＬ", "email"),
            ("Straße", "strasse"),
            ("E-mail 1 - Value", "e mail 1 value"),
            ("Don't email", "dont email"),
            (" ** ", ""),
        ] {
            assert_eq!(fold(text), folded, "{text}");
            assert_eq!(fold(&fold(text)), folded, "folding twice changes nothing");
        }
    }

    #[test]
    fn attribute_names_can_be_written_in_a_template() {
        for (text, name) in [
            ("City", Some("city")),
            ("Last visit (UK)", Some("last_visit_uk")),
            ("2nd phone", Some("column_2nd_phone")),
            ("Größe", Some("grosse")),
            ("都市", None),
            ("", None),
            ("first_name", Some("first_name")),
        ] {
            assert_eq!(attribute_name(text).as_deref(), name, "{text}");
        }
    }
}
