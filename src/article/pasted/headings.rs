//! Which bare short lines are headings.
//!
//! A heading is short, begins big, ends without the mark of a sentence, and has something to be the heading of. Everything that
//! fits only half is decided one way and said.

use super::words;

/// What a line looks like by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Prose.
    Prose,
    /// Surely a heading if something follows it.
    Heading,
    /// More likely a heading than not.
    Likely,
}

/// The longest heading, in characters and in words.
const LONGEST: (usize, usize) = (80, 12);

/// The shape of a line that stands alone.
pub(super) fn shape(text: &str) -> Shape {
    let n_words = words::count(text);
    let bare = without_number(text);
    let too_long = words::length(text) > LONGEST.0 || n_words > LONGEST.1;
    let opens_as_speech =
        text.starts_with(['“', '"', '«', '„', '‘', '(', '[', '#', '>', '+', '@', '–', '—', '-', '*']) || is_turn_of_talk(text);
    let is_no_heading =
        too_long || n_words == 0 || words::begins_small(bare) || opens_as_speech || words::is_address(text) || words::greets(text);
    if is_no_heading || !bare.contains(char::is_alphabetic) || bare.contains(". ") || bare.contains("; ") {
        return Shape::Prose;
    }
    if words::asks(text) {
        return if opens_as_question(bare) {
            Shape::Heading
        } else {
            Shape::Likely
        };
    }
    if let Some(named) = text.strip_suffix(':') {
        return if words::count(named) <= 2 {
            Shape::Heading
        } else {
            Shape::Prose
        };
    }
    if words::ends_sentence(text) || text.ends_with([',', ';', '-', '–', '—']) {
        return Shape::Prose;
    }
    if n_words > 9 && !words::is_in_capitals(text) && !is_title_case(text) {
        Shape::Likely
    } else {
        Shape::Heading
    }
}

/// `1. Breathe` and `2) Walk` without the number.
pub(super) fn without_number(text: &str) -> &str {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    match rest.strip_prefix(['.', ')']) {
        Some(bare) if rest.len() < text.len() => bare.trim_start(),
        _ => text,
    }
}

/// `Q: Does it hurt?` and its `A: No`.
fn is_turn_of_talk(text: &str) -> bool {
    text.split_once(':').is_some_and(|(label, _)| words::length(label) == 1)
}

fn is_title_case(text: &str) -> bool {
    let long = || text.split_whitespace().filter(|word| words::length(word) > 3);
    long().all(|word| !words::begins_small(word)) && long().count() > 1
}

fn opens_as_question(text: &str) -> bool {
    const WORDS: [&str; 102] = [
        "what",
        "what's",
        "why",
        "how",
        "when",
        "where",
        "who",
        "whose",
        "which",
        "can",
        "could",
        "does",
        "do",
        "did",
        "is",
        "isn't",
        "are",
        "will",
        "would",
        "should",
        "may",
        "must",
        "has",
        "have",
        "was",
        "were",
        "need",
        "whom",
        "wie",
        "warum",
        "weshalb",
        "wieso",
        "wann",
        "wo",
        "woher",
        "wohin",
        "wer",
        "wen",
        "wem",
        "welche",
        "welcher",
        "welches",
        "kann",
        "können",
        "darf",
        "muss",
        "soll",
        "ist",
        "sind",
        "hat",
        "haben",
        "hilft",
        "wozu",
        "que",
        "qu'est-ce",
        "quoi",
        "comment",
        "pourquoi",
        "quand",
        "où",
        "qui",
        "quel",
        "quelle",
        "quels",
        "quelles",
        "combien",
        "est-ce",
        "faut-il",
        "peut-on",
        "qué",
        "cómo",
        "cuándo",
        "dónde",
        "quién",
        "cuál",
        "cuánto",
        "cosa",
        "come",
        "perché",
        "quando",
        "dove",
        "chi",
        "quanto",
        "wat",
        "hoe",
        "waarom",
        "لماذا",
        "كيف",
        "متى",
        "ما",
        "ماذا",
        "هل",
        "أين",
        "كم",
        "למה",
        "איך",
        "מתי",
        "מה",
        "האם",
        "מי",
        "איפה",
        "כמה",
    ];
    let lower = text.to_lowercase().replace('’', "'");
    let first = lower
        .split_whitespace()
        .next()
        .unwrap_or("")
        .trim_start_matches(['¿', '"', '“']);
    WORDS.contains(&first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(shape_wanted: Shape, texts: &[&str]) {
        for text in texts {
            assert_eq!(shape(text), shape_wanted, "{text}");
        }
    }

    #[test]
    fn headings_are_short_and_begin_big_and_end_open() {
        check(
            Shape::Heading,
            &[
                "Relieve stress",
                "1. Breathe deeply",
                "How does it work?",
                "TAKE BREAKS",
                "Ingredients:",
                "למה זה עוזר",
                "Que faire ?",
            ],
        );
        check(
            Shape::Likely,
            &["Tired all the time?", "A line of so many plain words that it may be"],
        );
        let prose = [
            "It deserves thanks.",
            "and so on",
            "Please leave at home:",
            "“Go on”",
            "Warm wishes,",
            "https://a.example",
            "Dear friends",
            "– Maria, 52",
            "Q: Can I eat before?",
            "42",
            "",
        ];
        check(Shape::Prose, &prose);
    }
}
