//! Lists that somebody typed, with a bullet or a number in front of each line, instead of telling Word to make one.

use crate::article::document::list::{self, Item};
use crate::article::document::{Block, Body, Inline, Line, plain};
use crate::article::note::{Note, shown};
use crate::article::pasted::{self, Mark};

/// One line of a typed list.
struct Typed {
    mark: Mark,
    depth: usize,
    line: Line,
}

/// Makes lists of paragraphs that begin with bullets or with numbers in a row; a mark alone is a paragraph of text.
pub(super) fn lists(blocks: &mut Vec<Block>) -> Vec<Note> {
    let mut notes = Vec::new();
    let mut made: Vec<Block> = Vec::with_capacity(blocks.len());
    let mut rest = std::mem::take(blocks).into_iter().peekable();
    while let Some(block) = rest.next() {
        let Some(mut run) = typed(&block) else {
            made.push(block);
            continue;
        };
        let mut whole = vec![block];
        while let Some(next) = rest.peek().and_then(typed).filter(|next| goes_on(&run, next)) {
            run.extend(next);
            whole.extend(rest.next());
        }
        if !is_list(&run) {
            made.extend(whole);
            continue;
        }
        let first = whole.first().map(Block::plain).unwrap_or_default();
        let text = format!("the lines from `{}` on are taken for a list", shown(&first));
        notes.push(Note::unsure(1, text).about_all());
        // A list of Word's own that ends here stays one of its own.
        let mut inner = Vec::new();
        for Typed { mark, depth, line } in run {
            let start = match mark {
                Mark::Number(number) => Some(number),
                Mark::Bullet | Mark::Dash => None,
            };
            let item = Item {
                level: depth,
                start,
                blocks: vec![Block::new(None, Body::Paragraph(line))],
            };
            list::add(&mut inner, None, item);
        }
        made.extend(inner);
    }
    *blocks = made;
    notes
}

/// The lines of a paragraph, if each of them begins with a mark.
fn typed(block: &Block) -> Option<Vec<Typed>> {
    let Body::Paragraph(line) = &block.body else { return None };
    let lines = line.split(|piece| *piece == Inline::Break);
    lines
        .filter(|line| !plain(&line.to_vec()).trim().is_empty())
        .map(of_line)
        .collect()
}

fn of_line(line: &[Inline]) -> Option<Typed> {
    let words = plain(&line.to_vec());
    let lead = words.len() - words.trim_start().len();
    let (mark, taken) = pasted::mark(words.trim_start())?;
    Some(Typed {
        mark,
        depth: pasted::depth(words.trim_start()),
        line: without(line, lead + taken),
    })
}

/// The line without its first bytes.
fn without(line: &[Inline], mut bytes: usize) -> Line {
    let mut rest = Line::new();
    for piece in line {
        let Inline::Text(run) = piece else { continue };
        let gone = bytes.min(run.text.len());
        bytes -= gone;
        if gone < run.text.len() {
            let mut run = run.clone();
            run.text.drain(..gone);
            rest.push(Inline::Text(run));
        }
    }
    rest
}

/// Whether lines belong to those before them: bullets to bullets, a number to the one before it.
fn goes_on(run: &[Typed], next: &[Typed]) -> bool {
    match (run.last().map(|line| line.mark), next.first().map(|line| line.mark)) {
        (Some(Mark::Number(one)), Some(Mark::Number(next))) => one.checked_add(1) == Some(next),
        (Some(Mark::Bullet | Mark::Dash), Some(Mark::Bullet | Mark::Dash)) => true,
        _ => false,
    }
}

/// Two or more of a kind, numbers in a row.
fn is_list(run: &[Typed]) -> bool {
    let is_numbered = matches!(run.first().map(|first| first.mark), Some(Mark::Number(_)));
    let in_order = run.windows(2).all(|pair| match (pair[0].mark, pair[1].mark) {
        (Mark::Number(one), Mark::Number(next)) => one.checked_add(1) == Some(next),
        (Mark::Bullet | Mark::Dash, Mark::Bullet | Mark::Dash) => true,
        _ => false,
    });
    let is_bullet = matches!(run, [one] if one.mark == Mark::Bullet);
    (run.len() > 1 && in_order && (!is_numbered || run[0].mark != run[1].mark)) || is_bullet
}
