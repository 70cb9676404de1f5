//! What a person should look at once more in a finished text: fields that nobody fills in, a greeting that the template says already,
//! a text without a break.

use super::{braces, preheader};
use crate::article::note::{Note, shown};
use crate::article::pasted::words;

/// The notes about `markdown`, which was made of `source`; a source without lines of its own is empty.
pub(super) fn notes(markdown: &str, source: &str) -> Vec<Note> {
    let fields = braces::shown_in(markdown).into_iter().take(20).map(|field| {
        let text = format!(
            "`{}` would stand in every letter as it is, for nobody fills it in there: greet people in the template or in the subject",
            shown(&field)
        );
        placed(text, source, &field)
    });
    fields
        .chain(greeting(markdown, source))
        .chain(about_shape(markdown))
        .collect()
}

/// An unsure note at the line where `words` stand.
fn placed(text: String, source: &str, words: &str) -> Note {
    match source.find(words) {
        Some(at) => Note::unsure(source[..at].matches('\n').count() + 1, text),
        None => Note::unsure(1, text).about_all(),
    }
}

/// `Dear patients,` above the text: the letter would greet twice.
fn greeting(markdown: &str, source: &str) -> Option<Note> {
    let first = preheader::paragraphs(markdown)
        .into_iter()
        .next()
        .filter(|_| !markdown.starts_with('#'))?;
    let greeting = salutation(first.trim())?;
    let text = format!(
        "the text begins with `{}`, and the template greets everybody already: take one of them out",
        shown(greeting)
    );
    Some(placed(text, source, greeting))
}

/// The greeting that a paragraph is, or begins with.
fn salutation(paragraph: &str) -> Option<&str> {
    let end = paragraph
        .char_indices()
        .find(|(_, character)| matches!(character, ',' | '!' | ':' | '،'))
        .map_or(paragraph.len(), |(at, character)| at + character.len_utf8());
    let (greeting, rest) = paragraph.split_at(end);
    let is_alone = rest.trim().is_empty();
    // `Liebe geht durch den Magen, sagt man` greets nobody; `Liebe Leserinnen, im Winter` does.
    let mut words = greeting.split_whitespace();
    let first = words.next().unwrap_or("").trim_end_matches([',', '!', ':']).to_lowercase();
    let greets_always = ["dear", "sehr", "hallo", "hello", "hi", "bonjour", "buongiorno", "hola"].contains(&first.as_str());
    let names_somebody = words.next().is_some_and(|name| name.starts_with(char::is_uppercase));
    (words::greets(greeting) && (is_alone || (end < paragraph.len() && (greets_always || names_somebody)))).then_some(greeting)
}

/// A long text without a break is hard to read, and may have lost its paragraphs on the way here.
fn about_shape(markdown: &str) -> Option<Note> {
    const LONG: usize = 120;
    let text = markdown.trim();
    let single = !text.contains("\n\n") && !text.starts_with('#') && text.split_whitespace().count() >= LONG;
    let note = "the text is one single paragraph; an empty line between two thoughts makes it easier to read";
    single.then(|| Note::unsure(1, note).about_all())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn greetings_are_told_from_sentences() {
        for (paragraph, greeting) in [
            ("Dear patients,", Some("Dear patients,")),
            ("Liebe Leserinnen,", Some("Liebe Leserinnen,")),
            ("Liebe Leserinnen, im Winter wird es kalt.", Some("Liebe Leserinnen,")),
            ("Bonjour,", Some("Bonjour,")),
            ("Sehr geehrte Damen und Herren,", Some("Sehr geehrte Damen und Herren,")),
            ("Gentili pazienti, l'inverno", None),
            ("Caro Paolo,", Some("Caro Paolo,")),
            ("Liebe geht durch den Magen, sagt man.", None),
            ("Good food, good sleep.", None),
            ("Winter is here, and hands are cold.", None),
        ] {
            assert_eq!(salutation(paragraph), greeting, "{paragraph}");
        }
    }

    #[test]
    fn what_is_to_be_looked_at_is_said_at_its_line() {
        let said: Vec<String> = notes(
            "Dear {\\{ first_name }},\n\nIt is cold.",
            "# T\n\nDear {{ first_name }},\n\nIt is cold.",
        )
        .iter()
        .map(ToString::to_string)
        .collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said.iter().all(|note| note.starts_with("line 3, please check: ")), "{said:?}");
        assert_eq!(notes("`{{ x }}` is code, and it is cold.", "x"), []);
    }
}
