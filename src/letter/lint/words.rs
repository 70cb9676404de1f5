//! The words that rules look for, as data by rule and language, and texts folded so that they can be compared.

use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// rule → language → words.
type Table = HashMap<&'static str, HashMap<&'static str, Vec<&'static str>>>;

static WORDS: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table::new();
    for line in rows(include_str!("data/words.csv")) {
        let mut cells = line.splitn(3, ',');
        if let (Some(rule), Some(language), Some(words)) = (cells.next(), cells.next(), cells.next()) {
            table
                .entry(rule)
                .or_default()
                .entry(language)
                .or_default()
                .extend(words.split('|'));
        }
    }
    table
});

/// The lines of a data file that hold data.
pub(super) fn rows(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The words of a rule in a language (a tag such as `de-CH`), English where it has none.
pub(super) fn of(rule: &str, language: &str) -> &'static [&'static str] {
    let Some(languages) = WORDS.get(rule) else { return &[] };
    let primary = primary(language);
    languages
        .get(primary.as_str())
        .or_else(|| languages.get("en"))
        .map_or(&[], Vec::as_slice)
}

/// The words of a rule in every language.
pub(super) fn of_any(rule: &str) -> impl Iterator<Item = &'static str> {
    WORDS
        .get(rule)
        .into_iter()
        .flat_map(|languages| languages.values().flatten().copied())
}

/// `de` of `de-CH`.
pub(super) fn primary(language: &str) -> String {
    language.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase()
}

/// Small letters and digits without accents, everything else a blank; apostrophes close up, so `don't` is `dont`.
pub(super) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.nfd() {
        match c {
            'ß' => folded.push_str("ss"),
            'ø' | 'Ø' => folded.push('o'),
            'æ' | 'Æ' => folded.push_str("ae"),
            '\'' | '’' | '\u{ad}' => {}
            c if c.is_alphanumeric() => folded.extend(c.to_lowercase()),
            c if unicode_normalization::char::is_combining_mark(c) => {}
            _ if folded.ends_with(' ') || folded.is_empty() => {}
            _ => folded.push(' '),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// Whether `words` stand in `folded` as whole words.
pub(super) fn stands_in(words: &str, folded: &str) -> bool {
    folded.match_indices(words).any(|(at, _)| {
        let before = folded[..at].chars().next_back();
        let after = folded[at + words.len()..].chars().next();
        before.is_none_or(|c| c == ' ') && after.is_none_or(|c| c == ' ')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_folded_for_comparing() {
        assert_eq!(folded("Don’t — Größe, Été!"), "dont grosse ete");
        assert_eq!(folded("  "), "");
        assert!(stands_in("more", "read more now") && !stands_in("more", "furthermore"));
    }

    #[test]
    fn every_word_of_the_data_is_folded_already() {
        for (rule, languages) in WORDS.iter() {
            for (language, words) in languages {
                for word in words {
                    assert_eq!(folded(word), **word, "{rule} {language}");
                }
            }
        }
        for rule in ["link-words", "spam", "insert", "greeting", "person", "patient"] {
            for language in ["en", "de", "fr", "es", "it", "pt", "nl"] {
                assert!(WORDS[rule].contains_key(language), "{rule} {language}");
            }
        }
    }
}
