//! Small questions about a line of prose: how it begins, how it ends, what of it counts when two are compared.

/// Quotes and brackets that may stand behind the mark that ends a sentence.
const CLOSING: [char; 8] = ['"', '\'', '”', '’', '»', '“', ')', ']'];

/// Whether the text ends as a sentence does; a colon or a comma is no end.
pub(crate) fn ends_sentence(text: &str) -> bool {
    text.trim_end()
        .trim_end_matches(CLOSING)
        .ends_with(['.', '!', '?', '…', '。', '؟', '！', '？'])
}

/// Whether the text asks.
pub(crate) fn asks(text: &str) -> bool {
    text.trim_end().trim_end_matches(CLOSING).ends_with(['?', '؟', '？'])
}

/// Whether the first letter is a small one; a script without capitals never begins small.
pub(crate) fn begins_small(text: &str) -> bool {
    text.trim_start_matches(|character: char| !character.is_alphanumeric())
        .starts_with(char::is_lowercase)
}

/// The number of characters.
pub(crate) fn length(text: &str) -> usize {
    text.chars().count()
}

/// The number of words.
pub(crate) fn count(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Whether all letters are capitals, and there are enough of them to mean it.
pub(crate) fn is_in_capitals(text: &str) -> bool {
    text.chars().filter(|character| character.is_uppercase()).count() >= 4 && !text.chars().any(char::is_lowercase)
}

/// Whether the text is a web or mail address and nothing else.
pub(crate) fn is_address(text: &str) -> bool {
    let is_one_word = count(text) == 1;
    is_one_word && (text.contains("://") || text.to_lowercase().starts_with("www.") || text.contains('@'))
}

/// What counts when texts are compared: letters and digits in lower case, without blanks, quotes and other marks.
pub(crate) fn key(text: &str) -> String {
    text.chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// Whether the text opens as a letter does.
pub(crate) fn greets(text: &str) -> bool {
    const GREETINGS: [&str; 32] = [
        "dear",
        "hello",
        "hi",
        "hey",
        "good",
        "liebe",
        "lieber",
        "hallo",
        "sehr",
        "guten",
        "bonjour",
        "cher",
        "chère",
        "chers",
        "querida",
        "estimados",
        "estimadas",
        "querido",
        "queridos",
        "chères",
        "liebes",
        "caro",
        "cara",
        "cari",
        "gentile",
        "buongiorno",
        "hola",
        "beste",
        "geachte",
        "szanowni",
        "drodzy",
        "dragi",
    ];
    let first = text
        .split_whitespace()
        .next()
        .unwrap_or("")
        .trim_matches(|character: char| !character.is_alphabetic())
        .to_lowercase();
    let rest_is_short = count(text) <= 6;
    let ends_as_greeting =
        text.ends_with([',', '!']) || matches!(first.as_str(), "dear" | "liebe" | "lieber" | "sehr" | "hallo" | "hi");
    GREETINGS.contains(&first.as_str()) && rest_is_short && ends_as_greeting
}
