//! A document's blocks written as Markdown, in which every character shows as it was typed.
//!
//! Emphasis that Markdown's rules would not recognise in its place (`**so:**the`) loses its marks rather than showing stars.

use super::{Block, Body, From, Inline, Line, Picture, Run, Style};
use crate::article::markdown;
use crate::article::pasted::{escape, guard};
use pulldown_cmark::{Event, Parser};

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
    let text = parted_braces(text.trim_matches('\n'));
    if text.trim().is_empty() {
        return String::new();
    }
    let fence = "`".repeat(longest_run_of_ticks(&text).max(2) + 1);
    format!("{fence}\n{text}\n{fence}")
}

fn longest_run_of_ticks(text: &str) -> usize {
    text.split(|character| character != '`').map(str::len).max().unwrap_or(0)
}

/// Code has no escapes, and braces in a row would be taken for a template's.
fn parted_braces(text: &str) -> String {
    text.replace("{{", "{ {").replace("{%", "{ %").replace("{#", "{ #")
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
pub(crate) fn address_for_markdown(address: &str) -> String {
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

/// One line of marked text.
fn inline(line: &Line) -> String {
    let runs = settled(line);
    let expected: String = runs.iter().map(|run| run.text.as_str()).collect();
    if expected.is_empty() {
        return expected;
    }
    let ways = [runs.clone(), with_marks_off_punctuation(&runs), without_marks(&runs)];
    let mut written = String::new();
    for way in ways {
        written = marked(&way);
        if visible(&guard(written.clone())) == expected {
            return written;
        }
    }
    written
}

/// What a reader sees of a line of Markdown.
fn visible(line: &str) -> String {
    let mut seen = String::new();
    for event in Parser::new_ext(line, markdown::options()) {
        match event {
            Event::Text(text) | Event::Code(text) => seen.push_str(&text),
            Event::SoftBreak | Event::HardBreak => seen.push(' '),
            _ => {}
        }
    }
    seen
}

/// Whether a character takes no place and means nothing in a letter.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fffc}') || (character.is_control() && !character.is_whitespace())
}

/// Whether text holds nothing that is seen.
pub(crate) fn shows_nothing(text: &str) -> bool {
    text.chars().all(|character| character.is_whitespace() || is_invisible(character))
}

/// The runs with blanks made single and put outside of marks, invisible characters gone, neighbours of one look joined.
fn settled(line: &Line) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut blank_pending = false;
    for piece in line {
        let Inline::Text(run) = piece else { continue };
        for character in run.text.chars().filter(|character| !is_invisible(*character)) {
            if character.is_whitespace() && !matches!(character, '\u{a0}' | '\u{202f}' | '\u{2007}') {
                blank_pending = !runs.is_empty();
                continue;
            }
            if std::mem::take(&mut blank_pending) {
                push_blank(&mut runs, run);
            }
            push(&mut runs, character, run);
        }
    }
    // A no-break space at the edge of a paragraph holds nothing together.
    trim_edges(&mut runs);
    runs
}

fn trim_edges(runs: &mut Vec<Run>) {
    while let Some(last) = runs.last_mut() {
        last.text.truncate(last.text.trim_end().len());
        if !last.text.is_empty() {
            break;
        }
        runs.pop();
    }
    while let Some(first) = runs.first_mut() {
        let blank = first.text.len() - first.text.trim_start().len();
        first.text.drain(..blank);
        if !first.text.is_empty() {
            break;
        }
        runs.remove(0);
    }
}

/// A blank belongs to a look only where both sides have it.
fn push_blank(runs: &mut Vec<Run>, next: &Run) {
    let Some(last) = runs.last() else { return };
    let (a, b) = (last.style, next.style);
    let between = Run {
        text: String::new(),
        style: Style {
            bold: a.bold && b.bold,
            italic: a.italic && b.italic,
            struck: a.struck && b.struck,
            code: a.code && b.code,
        },
        link: last.link.clone().filter(|link| Some(link) == next.link.as_ref()),
    };
    push(runs, ' ', &between);
}

fn push(runs: &mut Vec<Run>, character: char, like: &Run) {
    match runs.last_mut() {
        Some(last) if last.style == like.style && last.link == like.link => last.text.push(character),
        _ => runs.push(Run {
            text: character.to_string(),
            ..like.clone()
        }),
    }
}

fn without_marks(runs: &[Run]) -> Vec<Run> {
    let mut plain: Vec<Run> = Vec::new();
    for run in runs {
        let bare = Run {
            style: Style::default(),
            ..run.clone()
        };
        match plain.last_mut() {
            Some(last) if last.link == bare.link => last.text.push_str(&bare.text),
            _ => plain.push(bare),
        }
    }
    plain
}

/// Marks close only behind a letter when one follows: `**So:**then` is no emphasis, `**So**:then` is.
fn with_marks_off_punctuation(runs: &[Run]) -> Vec<Run> {
    let mut moved: Vec<Run> = Vec::new();
    for run in runs {
        let is_marked = run.style != Style::default() && !run.style.code;
        let core = run.text.trim_matches(|character: char| !character.is_alphanumeric());
        if !is_marked || core.is_empty() {
            moved.push(run.clone());
            continue;
        }
        let start = run.text.find(core).unwrap_or(0);
        let plain = |text: &str| Run {
            text: text.to_owned(),
            style: Style::default(),
            link: run.link.clone(),
        };
        moved.push(plain(&run.text[..start]));
        moved.push(Run {
            text: core.to_owned(),
            ..run.clone()
        });
        moved.push(plain(&run.text[start + core.len()..]));
    }
    moved.retain(|run| !run.text.is_empty());
    let mut joined: Vec<Run> = Vec::new();
    for run in moved {
        match joined.last_mut() {
            Some(last) if last.style == run.style && last.link == run.link => last.text.push_str(&run.text),
            _ => joined.push(run),
        }
    }
    joined
}

/// The runs with their marks.
fn marked(runs: &[Run]) -> String {
    let mut out = String::new();
    for group in runs.chunk_by(|one, other| one.link == other.link) {
        let words = styled(group);
        match &group[0].link {
            Some(link) => {
                // `!` in front of a link would make a picture of it.
                if out.ends_with('!') && !out.ends_with("\\!") {
                    out.insert(out.len() - 1, '\\');
                }
                out.push_str(&format!("[{}]({})", words.replace(']', "\\]"), address_for_markdown(link)));
            }
            None => out.push_str(&words),
        }
    }
    out
}

fn styled(runs: &[Run]) -> String {
    let mut out = String::new();
    let mut open: Vec<&'static str> = Vec::new();
    for run in runs {
        let wanted = marks(run.style);
        let kept = open.iter().zip(&wanted).take_while(|(one, other)| one == other).count();
        while open.len() > kept {
            out.push_str(open.pop().unwrap_or_default());
        }
        for mark in &wanted[kept..] {
            out.push_str(mark);
            open.push(mark);
        }
        match run.style.code {
            true => out.push_str(&code(&run.text)),
            false => out.push_str(&escape(&run.text)),
        }
    }
    while let Some(mark) = open.pop() {
        out.push_str(mark);
    }
    out
}

fn marks(style: Style) -> Vec<&'static str> {
    let all = [(style.bold, "**"), (style.italic, "*"), (style.struck, "~~")];
    all.into_iter().filter(|(has, _)| *has).map(|(_, mark)| mark).collect()
}

fn code(text: &str) -> String {
    let text = parted_braces(text);
    let fence = "`".repeat(longest_run_of_ticks(&text) + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

#[cfg(test)]
mod tests {
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
        check(&[run("Drink ", PLAIN, None), run("water ", BOLD, None), run("now", PLAIN, None)], "Drink **water** now");
        check(&[run("Note:", BOLD, None), run("then", PLAIN, None)], "**Note**:then");
        check(&[run("so", BOLD, None), run("so", ITALIC, None)], "soso");
        check(&[run("Hi!", PLAIN, None), run("here", PLAIN, Some("https://a.example/(b)"))], "Hi\\![here](https://a.example/%28b%29)");
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
        let list = Block::new(None, Body::List(None, vec![vec![paragraph("a"), inner], vec![paragraph("1. d")]]));
        assert_eq!(write(&[list.clone(), list]), "- a\n  1. b\n  2. c\n- 1\\. d\n\n* a\n  1. b\n  2. c\n* 1\\. d");
        let quote = Block::new(None, Body::Quote(vec![paragraph("one"), paragraph("two")]));
        assert_eq!(write(&[quote]), "> one\n>\n> two");
    }
}
