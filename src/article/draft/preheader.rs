//! The preheader of a draft: the first sentences of the text that say something the subject does not.

use super::sentences;
use crate::article::front_matter::PREHEADER_LENGTH;
use crate::article::markdown;
use crate::article::pasted::leftovers::is_leftover;
use crate::article::pasted::words;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// How many sentences from the start are tried.
const REACH: usize = 12;

/// The line for behind `subject`; shorter than it should be only if the whole text is.
pub(super) fn of(markdown: &str, subject: &str) -> String {
    let sentences: Vec<String> = paragraphs(markdown)
        .iter()
        .flat_map(|paragraph| sentences::of(paragraph))
        .collect();
    let usable: Vec<&String> = sentences
        .iter()
        .take(REACH)
        .filter(|sentence| !repeats(sentence, subject) && !words::greets(sentence) && !is_leftover(sentence))
        .collect();
    let from_start = (0..usable.len()).map(|start| joined(&usable[start..]));
    let fallback = sentences.first().map(|sentence| fitted(sentence)).unwrap_or_default();
    let best = from_start.filter(|line| !line.is_empty()).max_by_key(|line| {
        // The first that is long enough, or else the longest.
        words::length(line).min(*PREHEADER_LENGTH.start())
    });
    let first_good = (0..usable.len())
        .map(|start| joined(&usable[start..]))
        .find(|line| words::length(line) >= *PREHEADER_LENGTH.start());
    first_good.or(best).unwrap_or(fallback)
}

/// A text of any length as a preheader.
pub(super) fn fitted(text: &str) -> String {
    sentences::cut(text.trim(), *PREHEADER_LENGTH.end())
}

fn joined(sentences: &[&String]) -> String {
    let mut line = String::new();
    for sentence in sentences {
        if words::length(&line) >= *PREHEADER_LENGTH.start() {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(sentence);
    }
    fitted(&line)
}

/// Whether a sentence says no more than the subject.
fn repeats(sentence: &str, subject: &str) -> bool {
    let (sentence, subject) = (words::key(sentence), words::key(subject));
    sentence.is_empty() || subject.contains(&sentence)
}

/// The plain text of the paragraphs and list items.
pub(super) fn paragraphs(markdown: &str) -> Vec<String> {
    let mut paragraphs = Vec::new();
    let mut text = String::new();
    let mut skipped = 0;
    for event in Parser::new_ext(markdown, markdown::options()) {
        match event {
            Event::Start(Tag::Heading { .. } | Tag::CodeBlock(_) | Tag::Table(_) | Tag::Image { .. }) => skipped += 1,
            Event::End(TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Table | TagEnd::Image) => skipped -= 1,
            Event::Text(part) | Event::Code(part) if skipped == 0 => text.push_str(&part),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item) => {
                paragraphs.push(std::mem::take(&mut text));
            }
            _ => {}
        }
    }
    paragraphs.retain(|paragraph| !paragraph.trim().is_empty());
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sentences_that_say_something_new() {
        let check = |markdown: &str, subject: &str, expected: &str| assert_eq!(of(markdown, subject), expected);
        check(
            "Short. This one makes it long enough at last.",
            "Calm",
            "Short. This one makes it long enough at last.",
        );
        check(
            "Calm days. They begin in the evening before, with a walk.",
            "Calm days",
            "They begin in the evening before, with a walk.",
        );
        check(
            "## Head\n\nDear friends,\n\nthe year is nearly over, and so is this text.",
            "x",
            "the year is nearly over, and so is this text.",
        );
        check("Too short.", "x", "Too short.");
        check("Same.", "Same", "Same.");
        let long = of(&"wordy ".repeat(60), "x");
        assert!(
            PREHEADER_LENGTH.contains(&words::length(&long)) && long.ends_with("wordy…"),
            "{long}"
        );
    }
}
