//! A document's blocks written as Markdown, in which every character shows as it was typed.

use super::runs::inline;
use super::{Block, Body, From, Inline, Line, Picture, Run};
use crate::article::pasted::{escape, guard};

/// The Markdown of `blocks`.
pub(crate) fn write(blocks: &[Block]) -> String {
    let mut parts: Vec<String> = Vec::with_capacity(blocks.len());
    let mut lists_in_a_row = 0;
    for block in blocks {
        let is_list = matches!(block.body, Body::List(..));
        lists_in_a_row = if is_list { lists_in_a_row + 1 } else { 0 };
        let part = body(&block.body, lists_in_a_row % 2 == 0);
        match part.is_empty() {
            true => lists_in_a_row = if is_list { lists_in_a_row - 1 } else { 0 },
            false => parts.push(part),
        }
    }
    parts.join("\n\n")
}

fn body(body: &Body, is_second: bool) -> String {
    match body {
        Body::Heading(level, line) => heading(*level, line),
        Body::Paragraph(line) => paragraph(line),
        Body::Quote(blocks) => quoted(&write(blocks)),
        Body::List(start, items) => list(*start, items, is_second),
        Body::Table(rows) => table(rows),
        Body::Code(text) => code_block(text),
        Body::Rule => "* * *".to_owned(),
        Body::Picture(picture) => shown(picture),
    }
}

fn heading(level: u8, line: &Line) -> String {
    let one_line: Line = line.iter().map(without_break).collect();
    let text = paragraph(&one_line);
    if text.is_empty() {
        return text;
    }
    let text = match text.strip_suffix('#') {
        Some(head) if !head.ends_with('\\') => format!("{head}\\#"),
        _ => text,
    };
    format!("{} {text}", "#".repeat(usize::from(level.clamp(1, 6))))
}

fn without_break(piece: &Inline) -> Inline {
    match piece {
        Inline::Break => Inline::Text(Run {
            text: " ".to_owned(),
            ..Run::default()
        }),
        Inline::Text(_) => piece.clone(),
    }
}

fn quoted(text: &str) -> String {
    let lines = text.lines().map(|line| match line.is_empty() {
        true => ">".to_owned(),
        false => format!("> {line}"),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn list(start: Option<u64>, items: &[Vec<Block>], is_second: bool) -> String {
    let is_tight = items.iter().all(|item| {
        let n_paragraphs = item.iter().filter(|block| matches!(block.body, Body::Paragraph(_))).count();
        n_paragraphs <= 1
            && item
                .iter()
                // Only a list that starts with 1 can follow a line without a blank one between them.
                .all(|block| matches!(block.body, Body::Paragraph(_) | Body::List(None | Some(1), _)))
    });
    let mut written = Vec::with_capacity(items.len());
    for item in items {
        let text = match is_tight {
            true => item
                .iter()
                .map(|block| self::body(&block.body, false))
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("\n"),
            false => write(item),
        };
        if text.is_empty() {
            continue;
        }
        let mark = match start {
            Some(start) => {
                let number = start.min(999_999).saturating_add(written.len() as u64);
                format!("{number}{} ", if is_second { ')' } else { '.' })
            }
            None => (if is_second { "* " } else { "- " }).to_owned(),
        };
        written.push(hung(&mark, &text));
    }
    written.join(if is_tight { "\n" } else { "\n\n" })
}

/// `text` behind `mark`, its other lines under its first.
fn hung(mark: &str, text: &str) -> String {
    let margin = " ".repeat(mark.len());
    let mut lines = text.lines();
    let mut hung = format!("{mark}{}", lines.next().unwrap_or(""));
    for line in lines {
        hung.push('\n');
        if !line.is_empty() {
            hung.push_str(&margin);
            hung.push_str(line);
        }
    }
    hung
}

fn table(rows: &[Vec<Line>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let row = |cells: &Vec<Line>| {
        let cells: Vec<String> = (0..columns)
            .map(|index| cells.get(index).map(cell).unwrap_or_default())
            .collect();
        format!("| {} |", cells.join(" | "))
    };
    let mut lines: Vec<String> = rows.iter().map(row).collect();
    lines.insert(1.min(lines.len()), format!("|{}", " --- |".repeat(columns)));
    lines.join("\n")
}

fn cell(line: &Line) -> String {
    let one_line: Line = line.iter().map(without_break).collect();
    inline(&one_line).replace('|', "\\|")
}

fn code_block(text: &str) -> String {
    let text = text.trim_matches('\n');
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run_of_ticks(text).max(2) + 1);
    format!("{fence}\n{text}\n{fence}")
}

pub(super) fn longest_run_of_ticks(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

fn shown(picture: &Picture) -> String {
    let target = match &picture.from {
        From::Taken(file) => file.clone(),
        From::Web(address) => address_for_markdown(address),
        From::Inside(..) | From::Beside(_) => return String::new(),
    };
    let words = escape(picture.words.as_deref().unwrap_or("")).replace(']', "\\]");
    format!("![{words}]({target})")
}

/// An address that ends where its bracket closes.
pub(super) fn address_for_markdown(address: &str) -> String {
    let mut safe = String::with_capacity(address.len());
    for character in address.chars() {
        match character {
            '(' => safe.push_str("%28"),
            ')' => safe.push_str("%29"),
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            '{' => safe.push_str("%7B"),
            '}' => safe.push_str("%7D"),
            '\\' => safe.push_str("%5C"),
            '"' => safe.push_str("%22"),
            '*' => safe.push_str("%2A"),
            '`' => safe.push_str("%60"),
            '|' => safe.push_str("%7C"),
            other if other.is_whitespace() => safe.push_str("%20"),
            other if other.is_control() => {}
            other => safe.push(other),
        }
    }
    safe
}

/// A paragraph: its lines, each guarded from being read as the start of something else.
fn paragraph(line: &Line) -> String {
    let segments: Vec<String> = line
        .split(|piece| *piece == Inline::Break)
        .map(|segment| guard(inline(&segment.to_vec())))
        .filter(|segment| !segment.is_empty())
        .collect();
    segments.join("\\\n")
}

#[cfg(test)]
mod tests {
    use super::super::Style;
    use super::super::runs::{settled, visible};
    use super::*;

    fn run(text: &str, style: Style, link: Option<&str>) -> Inline {
        Inline::Text(Run {
            text: text.to_owned(),
            style,
            link: link.map(str::to_owned),
        })
    }

    const PLAIN: Style = Style {
        bold: false,
        italic: false,
        struck: false,
        code: false,
    };
    const BOLD: Style = Style { bold: true, ..PLAIN };
    const ITALIC: Style = Style { italic: true, ..PLAIN };

    #[test]
    fn emphasis_is_written_where_markdown_can_say_it() {
        let check = |line: &[Inline], expected: &str| assert_eq!(paragraph(&line.to_vec()), expected);
        check(
            &[run("Drink ", PLAIN, None), run("water ", BOLD, None), run("now", PLAIN, None)],
            "Drink **water** now",
        );
        check(&[run("Note:", BOLD, None), run("then", PLAIN, None)], "**Note**:then");
        check(&[run("so", BOLD, None), run("so", ITALIC, None)], "**so***so*");
        check(
            &[run("Hi!", PLAIN, None), run("here", PLAIN, Some("https://a.example/(b)"))],
            "Hi\\![here](https://a.example/%28b%29)",
        );
        check(&[run("a", PLAIN, None), Inline::Break, run("- b", PLAIN, None)], "a\\\n\\- b");
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

        #[test]
        fn every_line_shows_as_it_was_typed(parts in proptest::collection::vec(("[ -~é“。]{0,12}", 0u8..16, proptest::bool::ANY), 1..6)) {
            let line: Line = parts.iter().map(|(text, bits, linked)| {
                let style = Style { bold: bits & 1 > 0, italic: bits & 2 > 0, struck: bits & 4 > 0, code: false };
                run(text, style, linked.then_some("https://a.example/"))
            }).collect();
            let expected: String = settled(&line).iter().map(|run| run.text.as_str()).collect();
            proptest::prop_assert_eq!(visible(&paragraph(&line)), expected);
        }
    }

    #[test]
    fn lists_nest_and_quotes_hold_blocks() {
        let paragraph = |text: &str| Block::new(None, Body::Paragraph(vec![run(text, PLAIN, None)]));
        let inner = Block::new(None, Body::List(Some(1), vec![vec![paragraph("b")], vec![paragraph("c")]]));
        let list = Block::new(
            None,
            Body::List(None, vec![vec![paragraph("a"), inner], vec![paragraph("1. d")]]),
        );
        assert_eq!(
            write(&[list.clone(), list]),
            "- a\n  1. b\n  2. c\n- 1\\. d\n\n* a\n  1. b\n  2. c\n* 1\\. d"
        );
        let quote = Block::new(None, Body::Quote(vec![paragraph("one"), paragraph("two")]));
        assert_eq!(write(&[quote]), "> one\n>\n> two");
    }
}
