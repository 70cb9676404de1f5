//! Plain text into sentences.

use crate::article::pasted::words;

/// Words whose dot ends no sentence, in lower case without that dot.
const ABBREVIATIONS: [&str; 34] = [
    "dr", "mr", "mrs", "ms", "prof", "st", "no", "nr", "vs", "e.g", "i.e", "etc", "approx", "ca", "bzw", "z.b", "d.h", "u.a",
    "usw", "inkl", "evtl", "ggf", "str", "tel", "fig", "jr", "sr", "inc", "ltd", "min", "max", "hr", "fr", "mme",
];

/// The sentences of a paragraph, each without blanks around it.
pub(super) fn of(paragraph: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    let mut sentence = String::new();
    let all: Vec<&str> = paragraph.split_whitespace().collect();
    for (index, word) in all.iter().enumerate() {
        if !sentence.is_empty() {
            sentence.push(' ');
        }
        sentence.push_str(word);
        let goes_on = all.get(index + 1).is_some_and(|next| words::begins_small(next));
        if words::ends_sentence(word) && !goes_on && !is_abbreviation(word) {
            sentences.push(std::mem::take(&mut sentence));
        }
    }
    if !sentence.is_empty() {
        sentences.push(sentence);
    }
    sentences
}

fn is_abbreviation(word: &str) -> bool {
    let Some(bare) = word.strip_suffix('.') else { return false };
    let bare = bare.trim_start_matches(|character: char| !character.is_alphanumeric());
    // One letter is an initial, but `I` may well end a sentence.
    let is_initial = bare.chars().count() == 1 && bare.chars().all(char::is_uppercase) && bare != "I";
    is_initial || ABBREVIATIONS.contains(&bare.to_lowercase().as_str())
}

/// `text` cut at a blank to at most `most` characters, with `…` where something was cut off.
pub(super) fn cut(text: &str, most: usize) -> String {
    if words::length(text) <= most {
        return text.to_owned();
    }
    let start: String = text.chars().take(most.saturating_sub(1)).collect();
    let next_is_blank = text.chars().nth(most.saturating_sub(1)).is_some_and(char::is_whitespace);
    let whole = match start.rfind(' ') {
        Some(blank) if !next_is_blank && blank * 2 > start.len() => &start[..blank],
        _ => &start,
    };
    format!("{}…", whole.trim_end_matches(|character: char| !character.is_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paragraph: &str, expected: &[&str]) {
        assert_eq!(of(paragraph), expected);
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        check("One. Two! “Three?” Four", &["One.", "Two!", "“Three?”", "Four"]);
        check(
            "Dr. A. Meyer rests. See e.g. the sea. 1.5 litres, z.B. water.",
            &["Dr. A. Meyer rests.", "See e.g. the sea.", "1.5 litres, z.B. water."],
        );
        check("“Why?” she asked. Nobody knew.", &["“Why?” she asked.", "Nobody knew."]);
        check("", &[]);
    }

    #[test]
    fn cutting_keeps_words_whole() {
        assert_eq!(cut("one two three", 13), "one two three");
        assert_eq!(cut("one two three", 12), "one two…");
        assert_eq!(cut("one two, three", 10), "one two…");
        assert_eq!(cut("onetwothree", 5), "onet…");
    }
}
