//! Lines into pieces: what was broken by a fixed line width is joined again, what stands apart stays apart.
//!
//! Pasted text uses the single line break in two ways. A mail program breaks every line at some 72 columns, so the break means
//! nothing; a web page or a word processor writes one line a paragraph, so it means a new one. Which of the two it is shows in the
//! lengths of the lines: where the text was wrapped, the next line's first word would not have fitted.

use super::lines::Line;
use super::marks::{self, Mark};
use super::words;
use crate::article::note::Note;

/// A piece of text that belongs together: a paragraph, a heading, an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// The line it starts on.
    pub(super) line: usize,
    /// The run of lines it stands in.
    pub(super) chunk: usize,
    /// What its first line looks like.
    pub(super) kind: Kind,
    /// The text, without an item's mark.
    pub(super) text: String,
    /// How many lines were joined.
    pub(super) n_lines: usize,
    /// The blanks in front of it.
    pub(super) indent: usize,
    /// How deep its mark says that it stands.
    pub(super) depth: usize,
    /// An item's mark as written, to give it back if it turns out to be prose.
    written_mark: String,
}

/// What a piece's first line looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Prose, or a heading.
    Text,
    /// Prose, however short it is.
    Prose,
    /// An item of a list.
    Item(Mark),
    /// Cells with tabs between them.
    Row,
}

/// The widest page that text is wrapped to; longer lines are paragraphs.
const WIDEST_PAGE: usize = 100;

/// The narrowest page; shorter lines are verse, addresses or lists.
const NARROWEST_PAGE: usize = 50;

/// The pieces of a text, and what was unsure in joining them.
pub(super) fn of(lines: &[Line]) -> (Vec<Piece>, Vec<Note>) {
    let page = page_width(lines);
    let mut pieces: Vec<Piece> = Vec::new();
    let mut notes = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let before = index.checked_sub(1).map(|before| &lines[before]);
        match (pieces.last_mut(), before) {
            (Some(piece), Some(before)) if before.chunk == line.chunk && joins(piece, before, line, page, lines) => {
                notes.extend(join(piece, line, lines));
            }
            // A bullet that was copied without its text: the text follows on the next line.
            (Some(piece), _) if piece.text.is_empty() && marks::of(&line.text).is_none() => piece.text.push_str(&line.text),
            _ => pieces.push(piece(line)),
        }
    }
    demote(&mut pieces);
    (pieces, notes)
}

fn piece(line: &Line) -> Piece {
    let (kind, skipped) = match marks::of(&line.text) {
        Some((mark, taken)) => (Kind::Item(mark), taken),
        None if line.text.contains('\t') => (Kind::Row, 0),
        None => (Kind::Text, 0),
    };
    let text = line.text[skipped..].to_owned();
    Piece {
        line: line.number,
        chunk: line.chunk,
        kind,
        text,
        n_lines: 1,
        indent: line.indent,
        depth: marks::depth(&line.text),
        written_mark: line.text[..skipped].to_owned(),
    }
}

/// The width at which the text was wrapped, if it was.
fn page_width(lines: &[Line]) -> Option<usize> {
    let pairs: Vec<(&Line, &Line)> = pairs(lines).filter(|(_, next)| marks::of(&next.text).is_none()).collect();
    let fitting = pairs
        .iter()
        .flat_map(|(line, next)| [line, next])
        .map(|line| words::length(&line.text))
        .filter(|&length| length <= WIDEST_PAGE);
    let page = fitting.max().filter(|page| *page >= NARROWEST_PAGE)?;
    let full = pairs.iter().filter(|(line, next)| is_full(line, next, page)).count();
    let n_small = pairs.iter().filter(|(_, next)| words::begins_small(&next.text)).count();
    let has_cases = lines.iter().any(|line| line.text.chars().any(char::is_lowercase));
    // Verse begins every line with a capital; in wrapped prose most lines go on in the middle of a sentence.
    let goes_on = !has_cases || n_small * 5 > pairs.len();
    (full >= 2 && full * 10 >= pairs.len() * 7 && goes_on).then_some(page)
}

fn pairs(lines: &[Line]) -> impl Iterator<Item = (&Line, &Line)> {
    lines
        .iter()
        .zip(lines.iter().skip(1))
        .filter(|(line, next)| line.chunk == next.chunk)
}

/// Whether the next line's first word would not have fitted behind this line.
fn is_full(line: &Line, next: &Line, page: usize) -> bool {
    let word = next.text.split_whitespace().next().unwrap_or("");
    let length = words::length(&line.text);
    length <= WIDEST_PAGE && length + 1 + words::length(word) > page
}

fn joins(piece: &Piece, before: &Line, line: &Line, page: Option<usize>, lines: &[Line]) -> bool {
    if marks::of(&line.text).is_some() || piece.kind == Kind::Row || line.text.contains('\t') {
        return false;
    }
    if matches!(piece.kind, Kind::Item(_)) && line.indent >= 2 && !is_lettered(&line.text) {
        return true;
    }
    if page.is_some_and(|page| is_full(before, line, page)) {
        return true;
    }
    // Without a common width a break in the middle of a sentence is still no new paragraph, unless short lines are meant to be short.
    let chunk = lines.iter().filter(|other| other.chunk == line.chunk);
    let has_prose = chunk.map(|other| words::length(&other.text)).max().unwrap_or(0) > 60;
    has_prose && words::length(&before.text) >= 45 && !words::ends_sentence(&before.text) && words::begins_small(&line.text)
}

/// `a) the first part`, which is no list here but no continuation either.
fn is_lettered(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(char::is_alphabetic)
        && characters.next().is_some_and(|close| matches!(close, ')' | '.'))
        && characters.next() == Some(' ')
}

fn join(piece: &mut Piece, line: &Line, lines: &[Line]) -> Option<Note> {
    piece.n_lines += 1;
    let ends_in_hyphen = piece.text.ends_with('-') && piece.text.chars().rev().nth(1).is_some_and(char::is_alphabetic);
    if !ends_in_hyphen || !words::begins_small(&line.text) {
        piece.text.push(' ');
        piece.text.push_str(&line.text);
        return None;
    }
    let head = piece.text.rsplit(' ').next().unwrap_or("").trim_end_matches('-').to_owned();
    let tail: String = line.text.chars().take_while(|character| character.is_alphabetic()).collect();
    let whole = format!("{head}{tail}");
    let is_known = lines.iter().any(|other| {
        other
            .text
            .split(|character: char| !character.is_alphabetic())
            .any(|word| word == whole)
    });
    if is_known {
        piece.text.pop();
    }
    piece.text.push_str(&line.text);
    (!is_known).then(|| {
        Note::unsure(
            line.number,
            format!("`{head}-{tail}` was parted at the end of a line; see whether its hyphen should go"),
        )
    })
}

/// Dashes and numbers are list marks only in company; alone they are prose.
fn demote(pieces: &mut [Piece]) {
    let marked: Vec<(usize, Kind)> = pieces.iter().map(|piece| (piece.chunk, piece.kind)).collect();
    for (index, piece) in pieces.iter_mut().enumerate() {
        if !has_company(&marked, index) {
            piece.text = format!("{}{}", piece.written_mark, piece.text);
            piece.kind = Kind::Text;
        }
        if piece.kind != Kind::Row {
            piece.text = piece.text.split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }
}

/// Whether the piece at `index` of `marked`, their chunks and kinds, has another of its kind beside it.
fn has_company(marked: &[(usize, Kind)], index: usize) -> bool {
    let is_sign = |kind: Kind| matches!(kind, Kind::Item(Mark::Dash | Mark::Bullet));
    let (before, after) = (&marked[..index], &marked[index + 1..]);
    let mut neighbours = before.last().into_iter().chain(after.first());
    let (chunk, kind) = marked[index];
    // Between one number and the next there may be what goes into detail: dashes, or any lines without a blank one between.
    let is_detail =
        |(other, kind): &&(usize, Kind)| is_sign(*kind) || (*other == chunk && !matches!(kind, Kind::Item(Mark::Number(_))));
    let is_number = |found: Option<&(usize, Kind)>, wanted: Option<u64>| {
        wanted.is_some_and(|wanted| found.is_some_and(|(_, kind)| *kind == Kind::Item(Mark::Number(wanted))))
    };
    match kind {
        Kind::Text | Kind::Prose | Kind::Item(Mark::Bullet) => true,
        Kind::Item(Mark::Dash) => neighbours.any(|(_, kind)| is_sign(*kind)),
        Kind::Row => neighbours.any(|(_, kind)| *kind == Kind::Row),
        Kind::Item(Mark::Number(number)) => {
            is_number(before.iter().rfind(|piece| !is_detail(piece)), number.checked_sub(1))
                || is_number(after.iter().find(|piece| !is_detail(piece)), number.checked_add(1))
        }
    }
}
