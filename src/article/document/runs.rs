//! One line of marked text as Markdown: blanks settled, marks where Markdown's rules will recognise them, links around their words.
//!
//! Emphasis that Markdown would not recognise in its place (`**so:**the`) loses its marks rather than showing stars.

use super::markdown::{address_for_markdown, longest_run_of_ticks};
use super::{Inline, Line, Run, Style};
use crate::article::markdown;
use crate::article::pasted::{escape, guard};
use pulldown_cmark::{Event, Parser};

/// One line of marked text.
pub(super) fn inline(line: &Line) -> String {
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
pub(super) fn visible(line: &str) -> String {
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
    matches!(character, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}' | '\u{fffc}')
        || (character.is_control() && !character.is_whitespace())
}

/// Whether text holds nothing that is seen.
pub(crate) fn shows_nothing(text: &str) -> bool {
    text.chars()
        .all(|character| character.is_whitespace() || is_invisible(character))
}

/// The runs with blanks made single and put outside of marks, invisible characters gone, neighbours of one look joined.
pub(super) fn settled(line: &Line) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut blank_pending = false;
    for piece in line {
        let Inline::Text(run) = piece else { continue };
        for character in run.text.chars().filter(|character| !is_invisible(*character)) {
            let holds = matches!(character, '\u{a0}' | '\u{202f}' | '\u{2007}');
            if character.is_whitespace() && !holds {
                blank_pending = !runs.is_empty();
                continue;
            }
            // Beside a blank a no-break space only makes the gap wider.
            if holds && (blank_pending || ends_in_blank(&runs)) {
                continue;
            }
            if std::mem::take(&mut blank_pending) && !ends_in_blank(&runs) {
                push_blank(&mut runs, run);
            }
            push(&mut runs, character, run);
        }
    }
    // A no-break space at the edge of a paragraph holds nothing together.
    trim_edges(&mut runs);
    runs
}

fn ends_in_blank(runs: &[Run]) -> bool {
    runs.last().is_some_and(|run| run.text.ends_with(char::is_whitespace))
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
    let fence = "`".repeat(longest_run_of_ticks(text) + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{blank}{text}{blank}{fence}")
}
