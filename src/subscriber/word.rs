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
    // What Excel calls TRUE in other languages.
    "wahr",
    "vrai",
    "vero",
    "verdadero",
    "verdadeiro",
    "waar",
];

/// The words that say no and nothing else, folded; among them what Excel calls FALSE in other languages.
#[rustfmt::skip]
const NO: &[&str] = &[
    "no", "n", "false", "0", "0 0", "off", "non", "nein", "nee", "nao", "nope", "nah", "never", "falsch", "faux", "falso", "onwaar", "нет", "いいえ", "否",
];

/// The words by which somebody refuses, folded: a no to mail, and a yes to the question whether they left.
#[rustfmt::skip]
const REFUSALS: &[&str] = &[
    "unsubscribed", "opted out", "opt out", "declined", "refused", "withdrawn", "revoked", "do not email", "dont email", "do not contact", "stop",
];

/// Where an answer begins with one of these it is a no, whatever follows: `no thanks`, `not interested`, `revoked 2025`.
#[rustfmt::skip]
const FIRST_WORDS_OF_NO: &[&str] = &[
    "no", "not", "nope", "nah", "never", "dont", "stop", "declined", "declines", "refused", "refuses", "revoked", "withdrawn", "withdrew", "unsubscribed",
    "unsubscribe", "nein", "nicht", "kein", "keine", "non", "jamais", "nunca", "nao", "nee", "niet",
];

/// Marks that say no by themselves; folding leaves nothing of them.
const CROSSES: &[char] = &['✗', '✘', '❌', '✖'];
/// Marks that say something, though not beyond doubt.
const TICKS: &[char] = &['✓', '✔', '☑', '✅', '☒'];

/// The words that stand for an empty cell, folded.
#[rustfmt::skip]
const BLANK: &[&str] = &[
    "", "n a", "na", "nil", "null", "none", "unknown", "undefined", "not asked", "not stated", "not provided", "not given", "tbc", "tbd",
    "no answer", "no response", "no reply", "no data", "not answered", "not applicable", "not available", "not known", "not recorded", "not specified",
    "not set", "keine angabe", "non renseigne",
];

/// The answer that a cell gives: yes and no only by their exact words.
pub fn answer(text: &str) -> Answer {
    let word = fold(text);
    match word.as_str() {
        "" if text.contains(CROSSES) => Answer::No,
        yes if YES.contains(&yes) => Answer::Yes,
        no if NO.contains(&no) || REFUSALS.contains(&no) => Answer::No,
        _ => Answer::Unknown,
    }
}

/// The answer to the question whether somebody wants mail: as [`answer`], but a no may go on in words of its own.
pub fn agreement(text: &str) -> Answer {
    let word = fold(text);
    let first = word.split(' ').next().unwrap_or_default();
    match answer(text) {
        Answer::Unknown if FIRST_WORDS_OF_NO.contains(&first) && !BLANK.contains(&word.as_str()) => Answer::No,
        answer => answer,
    }
}

/// Whether a cell says no and nothing else: to the question whether somebody left, `unsubscribed` is none.
pub fn is_plain_no(text: &str) -> bool {
    let word = fold(text);
    NO.contains(&word.as_str()) || (word.is_empty() && text.contains(CROSSES))
}

/// Whether a cell holds a mark such as `✓`, which says something although it has no letter.
pub fn is_mark(text: &str) -> bool {
    text.contains(CROSSES) || text.contains(TICKS)
}

/// Whether a cell says nothing: empty, or a word that stands for empty.
pub fn is_blank(text: &str) -> bool {
    BLANK.contains(&fold(text).as_str()) && !is_mark(text)
}

#[cfg(test)]
mod tests {
    use super::{agreement, answer, attribute_name, fold, is_blank, is_plain_no};
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
            "WAHR",
            "Verdadero",
        ] {
            assert_eq!(answer(yes), Answer::Yes, "{yes}");
        }
        for no in [
            "no",
            "N",
            "false",
            "0",
            "opted_out",
            "nein",
            "Don't email",
            "FALSCH",
            "faux",
            "нет",
            "いいえ",
            "否",
            "✗",
            " ❌ ",
            "0.0",
        ] {
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
            "✓",
            "no thanks",
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
            ("✓", false),
            ("✗", false),
            ("☐", true),
        ] {
            assert_eq!(is_blank(text), blank, "{text}");
        }
    }

    #[test]
    fn a_no_may_go_on_in_words_of_its_own() {
        for no in [
            "no",
            "no thanks",
            "Nope!",
            "not interested",
            "Never again",
            "revoked 2025",
            "don't",
            "kein Interesse",
            "✘",
        ] {
            assert_eq!(agreement(no), Answer::No, "{no}");
        }
        for neither in [
            "not asked",
            "n/a",
            "No answer",
            "yes please",
            "nobody knows",
            "November",
            "",
            "✓",
        ] {
            assert_eq!(agreement(neither), Answer::Unknown, "{neither}");
        }
        assert_eq!(agreement("Yes"), Answer::Yes);
        for (text, plain) in [
            ("no", true),
            ("FALSO", true),
            ("✗", true),
            ("unsubscribed", false),
            ("opted out", false),
            ("not interested", false),
        ] {
            assert_eq!(is_plain_no(text), plain, "{text}");
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
