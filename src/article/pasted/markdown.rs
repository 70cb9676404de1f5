//! Blocks written as Markdown, in which every character shows as it was typed.

use super::blocks::{Block, Body, Item};

/// The Markdown of an article's body.
pub(super) fn write(blocks: &[Block]) -> String {
    let mut parts: Vec<String> = Vec::with_capacity(blocks.len());
    let mut n_lists_in_a_row = 0;
    for block in blocks {
        n_lists_in_a_row = if matches!(block.body, Body::List(..)) {
            n_lists_in_a_row + 1
        } else {
            0
        };
        parts.push(match &block.body {
            Body::Heading(text) => format!("## {}", heading(text)),
            Body::Paragraph(text) => line(text),
            Body::Lines(lines) => lines.iter().map(|text| line(text)).collect::<Vec<_>>().join("\\\n"),
            // Two lists that follow each other need different marks, or they become one.
            Body::List(start, items) => list(*start, items, n_lists_in_a_row % 2 == 0),
            Body::Table(rows) => table(rows),
        });
    }
    parts.join("\n\n")
}

fn heading(text: &str) -> String {
    let escaped = escape(text);
    match escaped.strip_suffix('#') {
        Some(head) => format!("{head}\\#"),
        None => escaped,
    }
}

fn list(start: Option<u64>, items: &[Item], is_second: bool) -> String {
    let mark = |index: usize| match start {
        Some(start) => format!("{}{} ", start + index as u64, if is_second { ')' } else { '.' }),
        None => (if is_second { "* " } else { "- " }).to_owned(),
    };
    let written = |(index, item): (usize, &Item)| match item.is_inner && index > 0 {
        true => format!("  - {}", line(&item.text)),
        false => format!("{}{}", mark(index), line(&item.text)),
    };
    items.iter().enumerate().map(written).collect::<Vec<_>>().join("\n")
}

fn table(rows: &[Vec<String>]) -> String {
    let n_cells = rows.iter().map(Vec::len).max().unwrap_or(0);
    let written = |row: &Vec<String>| {
        let cells: Vec<String> = (0..n_cells)
            .map(|cell| row.get(cell).map(|text| escape(text).replace('|', "\\|")).unwrap_or_default())
            .collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut lines: Vec<String> = rows.iter().map(written).collect();
    lines.insert(1.min(lines.len()), format!("|{}", " --- |".repeat(n_cells)));
    lines.join("\n")
}

/// A line of text that starts a block: what means something only there is escaped as well.
fn line(text: &str) -> String {
    guard(escape(text))
}

/// Escapes what means something at the start of a line that is escaped everywhere else.
pub(crate) fn guard(escaped: String) -> String {
    let digits = escaped.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && escaped[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &escaped[..digits], &escaped[digits..]);
    }
    match escaped.starts_with(['#', '>', '+', '-', '=', '|']) {
        true => format!("\\{escaped}"),
        false => escaped,
    }
}

/// Escapes what Markdown would read as a mark anywhere in a line; leaves alone what it would not, so that the file stays readable.
pub(crate) fn escape(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let at = |index: usize| characters.get(index).copied();
    let is_word = |found: Option<char>| found.is_some_and(char::is_alphanumeric);
    let mut escaped = String::with_capacity(text.len() + 8);
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(at);
        let means_something = match character {
            '\\' | '`' | '*' | '[' | '~' => true,
            '_' => !(is_word(before) && is_word(at(index + 1))),
            '<' => at(index + 1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
            // No mark of Markdown's, but of templates: what was pasted shows as it was typed.
            '{' | '%' | '#' if before == Some('{') => true,
            '&' => at(index + 1).is_some_and(|next| next.is_ascii_alphanumeric() || next == '#'),
            _ => false,
        };
        if means_something {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::markdown::to_text;

    #[test]
    fn what_means_nothing_is_left_alone() {
        assert_eq!(
            escape("a_b at 5 < 6 & more (c) 1. d! e] {f}"),
            "a_b at 5 < 6 & more (c) 1. d! e] {f}"
        );
        assert_eq!(line("1984. A year"), "1984\\. A year");
    }

    #[test]
    fn lists_in_a_row_stay_apart() {
        let list = |items: &[&str]| Block {
            line: 1,
            body: Body::List(Some(1), items.iter().map(|&item| Item::of(item.to_owned())).collect()),
        };
        assert_eq!(to_text(&write(&[list(&["a", "b"]), list(&["c"])])), "1. a\n2. b\n\n1. c\n");
    }

    #[test]
    fn an_inner_item_stands_in_the_one_before_it() {
        let items = [("a", false), ("b", true), ("c", false)].map(|(text, is_inner)| Item {
            is_inner,
            text: text.to_owned(),
        });
        let list = Block {
            line: 1,
            body: Body::List(None, items.to_vec()),
        };
        assert_eq!(write(&[list]), "- a\n  - b\n- c");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

        #[test]
        fn every_paragraph_shows_as_it_was_typed(text in "[!-~é]([ -~é]{0,30}[!-~é])?") {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let block = Block { line: 1, body: Body::Paragraph(text.clone()) };
            let shown = to_text(&write(&[block])).trim_end().replace('\n', " ");
            proptest::prop_assert_eq!(shown, text);
        }
    }
}
