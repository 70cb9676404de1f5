//! The labelled texts of `tests/pasted/`, read one by one and held against their labels.
//!
//! A label is a `NAME.expected` beside a `NAME.txt`: `title:`, `author:`, `language:`; then the blocks of the article in order, each
//! with the beginning of its text (`##` heading, `P` paragraph, `V n` paragraph of n lines, `-` and `1.` items, `|` table; emphasis in `⟨⟩`); then
//! `done:` and `unsure:`, one for every note, each with words that the note holds. `error:` alone means that no draft can be made.

use super::{Draft, read};
use crate::article::front_matter;
use crate::article::markdown;
use crate::article::note::NoteKind;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

macro_rules! texts {
    ($($name:literal)*) => {
        [$(($name, &include_bytes!(concat!("../../../tests/pasted/", $name, ".txt"))[..], include_str!(concat!("../../../tests/pasted/", $name, ".expected")))),*]
    };
}

#[test]
fn every_labelled_text_is_read_as_labelled() {
    let texts = texts!(
        "quiet-moment"
        "underlined"
        "runner-stretches"
        "short-sentences"
        "visitors-ask"
        "page-frame"
        "holiday-checklist"
        "about-the-author"
        "capitals"
        "date-line"
        "dense-headings"
        "desk-neck"
        "dialogue"
        "empty"
        "evening-massage"
        "first-snow"
        "foreign-markdown"
        "giant-paragraph"
        "ginger-soup"
        "letter-to-patients"
        "lists"
        "menucha"
        "nearly-double"
        "no-break-spaces"
        "notepad-unicode"
        "numbered-headings"
        "only-title"
        "pasted-twice"
        "questions"
        "respirer"
        "set-apart-sentences"
        "spa-day-1252"
        "special-characters"
        "subtitle"
        "untitled-2"
        "waerme"
        "walking-table"
        "web-addresses"
        "web-leftovers"
        "windows-line-ends"
        "winter-feet"
        "wrapped-mail"
        "yes-heading"
    );
    let mut failures = Vec::new();
    for (name, bytes, expected) in texts {
        let file_name = format!("{name}.txt");
        let found = match read(&file_name, bytes) {
            Ok(draft) => described(&draft),
            Err(findings) => findings
                .iter()
                .map(|finding| ("error:".to_owned(), finding.to_string()))
                .collect(),
        };
        if let Some(difference) = difference(&found, expected) {
            failures.push(format!("== {name}: {difference}\n{}", listed(&found)));
        }
        if let Ok(draft) = read(&file_name, bytes) {
            let findings = front_matter::read(&file_name, &draft.to_file()).map(|(_, warnings)| warnings);
            assert_eq!(
                findings,
                Ok(Vec::new()),
                "{name} is not read back clean:\n{}",
                draft.to_file()
            );
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

type Described = Vec<(String, String)>;

fn listed(found: &Described) -> String {
    found
        .iter()
        .map(|(kind, text)| format!("{kind} {text}"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// What a draft is, line by line as a label has it.
fn described(draft: &Draft) -> Described {
    let mut found = vec![("title:".to_owned(), draft.title.clone())];
    found.extend(draft.author.iter().map(|author| ("author:".to_owned(), author.clone())));
    found.push(("language:".to_owned(), draft.language.clone()));
    found.extend(outline(&draft.markdown));
    for (kind, name) in [(NoteKind::Done, "done:"), (NoteKind::Unsure, "unsure:")] {
        found.extend(
            draft
                .notes
                .iter()
                .filter(|note| note.kind == kind)
                .map(|note| (name.to_owned(), note.to_string())),
        );
    }
    found
}

/// The blocks of the article as a reader sees them.
fn outline(markdown: &str) -> Described {
    let mut found = Vec::new();
    let (mut text, mut n_lines, mut numbered, mut is_table) = (String::new(), 1, false, false);
    for event in Parser::new_ext(markdown, markdown::options()) {
        let kind = match event {
            Event::Text(part) | Event::Code(part) => {
                text.push_str(&part);
                continue;
            }
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => {
                text.push('⟨');
                continue;
            }
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => {
                text.push('⟩');
                continue;
            }
            Event::SoftBreak => {
                text.push(' ');
                continue;
            }
            Event::HardBreak => {
                text.push(' ');
                n_lines += 1;
                continue;
            }
            Event::Start(Tag::List(start)) => {
                numbered = start.is_some();
                continue;
            }
            Event::Start(Tag::Table(_)) => {
                is_table = true;
                continue;
            }
            Event::End(TagEnd::TableCell) => {
                text.push(' ');
                continue;
            }
            Event::Html(_) | Event::InlineHtml(_) => "HTML".to_owned(),
            Event::End(TagEnd::Heading(_)) => "##".to_owned(),
            Event::End(TagEnd::Paragraph) if n_lines > 1 => format!("V {n_lines}"),
            Event::End(TagEnd::Paragraph) => "P".to_owned(),
            Event::End(TagEnd::Item) if numbered => "1.".to_owned(),
            Event::End(TagEnd::Item) => "-".to_owned(),
            Event::End(TagEnd::Table) if is_table => "|".to_owned(),
            _ => continue,
        };
        found.push((kind, std::mem::take(&mut text)));
        n_lines = 1;
    }
    found
}

/// The first line at which a label and what was found part ways.
fn difference(found: &Described, expected: &str) -> Option<String> {
    let expected: Vec<&str> = expected.lines().collect();
    for (index, wanted) in expected.iter().enumerate() {
        let Some((kind, text)) = found.get(index) else {
            return Some(format!("wanted `{wanted}`, found nothing more"));
        };
        let agrees = wanted
            .strip_prefix(kind.as_str())
            .and_then(|rest| rest.strip_prefix(' '))
            .is_some_and(|rest| match kind.as_str() {
                "title:" | "author:" | "language:" => text == rest,
                "done:" | "unsure:" | "error:" => text.contains(rest),
                _ => text.starts_with(rest),
            });
        if !agrees {
            return Some(format!("wanted `{wanted}`, found `{kind} {text}`"));
        }
    }
    found
        .get(expected.len())
        .map(|(kind, text)| format!("wanted nothing more, found `{kind} {text}`"))
}
