//! Lines about a text rather than of it: who wrote it, when, who owns it.

use super::words;

/// What a line says about its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum About {
    /// Who wrote it.
    Author(String),
    /// When it was published, or how long it takes to read.
    Date,
    /// Whose it is, and the owner's name where it is one.
    Rights(Option<String>),
}

/// What `text` says about the text around it, if that is all it says.
pub(crate) fn of(text: &str) -> Option<About> {
    if words::count(text) > 14 || words::length(text) > 110 {
        return None;
    }
    rights(text)
        .or_else(|| author(text).map(About::Author))
        .or_else(|| is_date(text).then_some(About::Date))
}

const SEPARATORS: [&str; 5] = [" | ", " · ", " • ", " – ", " — "];

/// Beginnings of a byline, in lower case; the weak ones also begin sentences.
const STRONG: [&str; 11] = [
    "written by ",
    "text by ",
    "words by ",
    "posted by ",
    "author: ",
    "by: ",
    "autor: ",
    "autorin: ",
    "text: ",
    "auteur : ",
    "geschrieben von ",
];
const WEAK: [&str; 6] = ["by ", "von ", "par ", "por ", "di ", "door "];

fn author(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let find = |heads: &[&str]| {
        heads
            .iter()
            .find(|head| lower.starts_with(**head))
            .and_then(|head| text.get(head.len()..))
    };
    let (rest, least) = match find(&STRONG) {
        Some(rest) => (rest, 1),
        None => (find(&WEAK)?, 2),
    };
    let mut name = rest;
    for separator in SEPARATORS {
        name = name.split(separator).next().unwrap_or(name);
    }
    let name = without_date(name).trim().trim_end_matches(',').trim();
    let (person, skill) = name.split_once(',').unwrap_or((name, ""));
    (is_name(person, least) && words::count(skill) <= 6 && !skill.ends_with(['.', '!', '?'])).then(|| name.to_owned())
}

/// `Jane Doe on 12 March 2026` and `Jane Doe, 12 March 2026` without the day.
fn without_date(name: &str) -> &str {
    for separator in [" on ", ", ", " am "] {
        if let Some((person, rest)) = name.split_once(separator)
            && is_date(rest)
        {
            return person;
        }
    }
    name
}

/// Whether `text` can be a person's name: words with capitals, particles between them, at least `least` of them.
pub(crate) fn is_name(text: &str, least: usize) -> bool {
    const PARTICLES: [&str; 18] = [
        "van", "von", "de", "der", "den", "da", "dos", "del", "la", "le", "di", "bin", "al", "and", "und", "et", "y", "&",
    ];
    let is_part = |word: &str| {
        word.starts_with(char::is_uppercase)
            && word
                .chars()
                .all(|character| character.is_alphabetic() || matches!(character, '.' | '-' | '\'' | '’'))
    };
    let mut names = text.split_whitespace();
    let n_words = words::count(text);
    (least..=7).contains(&n_words)
        && names.next().is_some_and(is_part)
        && names.all(|word| is_part(word) || PARTICLES.contains(&word))
        && !text
            .split_whitespace()
            .next_back()
            .is_some_and(|word| word.ends_with('.') && words::length(word) > 4)
}

fn rights(text: &str) -> Option<About> {
    let lower = text.to_lowercase();
    let opens = ["©", "(c) ", "copyright "].iter().find(|head| lower.starts_with(**head))?;
    let rest = text.get(opens.len()..).unwrap_or("");
    let rest = rest.trim_start_matches(|character: char| !character.is_alphabetic());
    let owner = rest.split(['.', ',', '|', '·']).next().unwrap_or("").trim();
    let owner = owner.trim_start_matches("by ").trim();
    Some(About::Rights(is_name(owner, 2).then(|| owner.to_owned())))
}

/// Whether a line tells a day or a reading time and nothing else.
fn is_date(text: &str) -> bool {
    const LABELS: [&str; 14] = [
        "posted",
        "published",
        "updated",
        "last",
        "on",
        "date",
        "veröffentlicht",
        "stand",
        "am",
        "publié",
        "le",
        "publicado",
        "reviewed",
        "at",
    ];
    const UNITS: [&str; 14] = [
        "min", "mins", "minute", "minutes", "read", "reading", "time", "am", "pm", "uhr", "lesezeit", "minuten", "lecture", "de",
    ];
    let is_word_of_date = |word: &str| {
        let word = word.to_lowercase();
        LABELS.contains(&word.as_str()) || UNITS.contains(&word.as_str()) || is_month_or_day(&word)
    };
    let parts: Vec<&str> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let is_number = |part: &str| part.starts_with(|character: char| character.is_ascii_digit()) && part.len() <= 4;
    let n_numbers = parts.iter().filter(|part| is_number(part)).count();
    let names_time = n_numbers >= 2
        || parts
            .iter()
            .any(|part| is_month_or_day(&part.to_lowercase()) || UNITS.contains(&part.to_lowercase().as_str()));
    let is_punctuated = text.ends_with(['?', '!', ':']);
    n_numbers >= 1
        && names_time
        && parts.len() <= 10
        && !is_punctuated
        && parts.iter().all(|part| is_number(part) || is_word_of_date(part))
}

fn is_month_or_day(word: &str) -> bool {
    const NAMES: [&str; 47] = [
        "jan",
        "feb",
        "mar",
        "apr",
        "may",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "januar",
        "februar",
        "märz",
        "mai",
        "juni",
        "juli",
        "oktober",
        "dezember",
        "janvier",
        "février",
        "mars",
        "avril",
        "juin",
        "juillet",
        "août",
        "décembre",
    ];
    NAMES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::needless_pass_by_value, reason = "a row of the table is the expectation itself")]
    fn check(text: &str, expected: Option<About>) {
        assert_eq!(of(text), expected, "{text}");
    }

    #[test]
    fn bylines_name_people_and_sentences_do_not() {
        let author = |name: &str| Some(About::Author(name.to_owned()));
        check("By Jane Doe", author("Jane Doe"));
        check(
            "by Dr. Ada van den Berg, RMT | 3 min read",
            author("Dr. Ada van den Berg, RMT"),
        );
        check("Written by Jane Doe on 12 March 2026", author("Jane Doe"));
        check("By Jane Doe, 12 March 2026", author("Jane Doe"));
        check("Von Jutta Brömmelhaus", author("Jutta Brömmelhaus"));
        for text in [
            "By the sea",
            "By Monday",
            "By bus and on foot",
            "Von Kopf bis Fuß.",
            "Written in haste",
            "By Jane Doe we mean nobody.",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn dates_and_rights_are_told_from_headings() {
        for text in [
            "12 March 2026",
            "March 12, 2026",
            "2026-03-12",
            "12.03.2026",
            "Posted on 12 March 2026",
            "3 min read",
            "Published: Mar 3rd, 2026",
        ] {
            let text = text.replace("3rd", "3");
            check(&text, Some(About::Date));
        }
        for text in [
            "3 Habits for March",
            "March",
            "7 days",
            "12 March: a good day?",
            "In May 2026",
            "2026",
        ] {
            check(text, None);
        }
        check(
            "© 2025 Daniel Prewett. All rights reserved.",
            Some(About::Rights(Some("Daniel Prewett".to_owned()))),
        );
        check("Copyright 2024", Some(About::Rights(None)));
    }
}
