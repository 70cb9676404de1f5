//! A mail saved as a page or a document: its head off, the mail that it answers off, its subject the title.
//!
//! Promises: nobody's address in a mail's head reaches a reader; what went is said without it.

use super::{Block, Body, Document, Inline, plain};
use crate::article::mail::{self, Head};
use crate::article::note::{Note, shown};
use crate::article::pasted::words;

/// A mail that was sent on and on has no more heads than these.
const MOST_HEADS: usize = 5;
/// So many short blocks may stand above a head: the owner of the mailbox, the name of the mail program.
const MOST_ABOVE: usize = 3;

/// Takes off what a mail program wrote.
pub(super) fn take_off(document: &mut Document) {
    take_head(document);
    for _ in 0..MOST_HEADS {
        let lines = lines_of(&document.blocks);
        let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
        let Some(at) = mail::quoted_at(&texts) else { return };
        if at > 0 {
            cut_quoted(document, &lines, at);
            return;
        }
        let n_marking = mail::n_marking(&texts);
        drop_lines(&mut document.blocks, n_marking);
        take_head(document);
    }
}

/// The subject of the mail whose head these blocks are.
pub(crate) fn subject_of(blocks: &[Block]) -> Option<String> {
    find_head(blocks)?.1.subject
}

fn take_head(document: &mut Document) {
    let Some((above, head)) = find_head(&document.blocks) else {
        return;
    };
    let line = document.blocks[0].line;
    drop_lines(&mut document.blocks, above + head.n_lines);
    while document.blocks.first().is_some_and(|first| first.body == Body::Rule) {
        document.blocks.remove(0);
    }
    let about = match head.subject {
        Some(subject) => {
            document.title = Some(subject);
            "; its subject is the title"
        }
        None => "",
    };
    let text = format!("left out {} lines of a mail's head{about}", above + head.n_lines);
    document.notes.push(noted(Note::done(line.unwrap_or(1), text), line));
    if let (Some(sender), None) = (head.sender, &document.author) {
        let text = format!("`{sender}` sent the mail and is taken for the author");
        document.notes.push(noted(Note::unsure(line.unwrap_or(1), text), line));
        document.author = Some(sender);
    }
}

/// How many lines stand above the head, and the head.
fn find_head(blocks: &[Block]) -> Option<(usize, Head)> {
    let lines = lines_of(blocks);
    let texts: Vec<&str> = lines.iter().map(|(_, text)| text.as_str()).collect();
    let is_short = |text: &&str| words::count(text) <= 8 && !words::ends_sentence(text);
    let n_above = texts.iter().take(MOST_ABOVE).take_while(|text| is_short(text)).count();
    (0..=n_above.min(texts.len())).find_map(|above| mail::head(&texts[above..]).map(|head| (above, head)))
}

fn noted(note: Note, line: Option<usize>) -> Note {
    match line {
        Some(_) => note,
        None => note.about_all(),
    }
}

fn cut_quoted(document: &mut Document, lines: &[(usize, String)], at: usize) {
    let (index, text) = &lines[at];
    let line = document.blocks[*index].line;
    let inside = lines[..at].iter().filter(|(other, _)| other == index).count();
    let text = format!(
        "left out the quoted mail from `{}` on, {} lines",
        shown(text),
        lines.len() - at
    );
    document.blocks.truncate(index + 1);
    match (inside, document.blocks.last_mut().map(|block| &mut block.body)) {
        (1.., Some(Body::Paragraph(words))) => {
            let mut breaks = 0;
            let end = words.iter().position(|piece| {
                breaks += usize::from(*piece == Inline::Break);
                breaks == inside
            });
            words.truncate(end.unwrap_or(words.len()));
        }
        _ => drop(document.blocks.pop()),
    }
    document.notes.push(noted(Note::unsure(line.unwrap_or(1), text), line));
}

/// The lines that a reader sees, each with the number of its block.
fn lines_of(blocks: &[Block]) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        match &block.body {
            Body::Paragraph(words) => lines.extend(
                words
                    .split(|piece| *piece == Inline::Break)
                    .map(|line| (index, plain(&line.to_vec()))),
            ),
            Body::Table(rows) => lines.extend(
                rows.iter()
                    .map(|row| (index, row_as_line(&row.iter().map(plain).collect::<Vec<_>>()))),
            ),
            _ => lines.push((index, block.plain())),
        }
    }
    for (_, text) in &mut lines {
        *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    lines
}

/// `From` and `Ann Lee` in two cells as `From: Ann Lee`.
fn row_as_line(cells: &[String]) -> String {
    match cells {
        [name, value] if !name.contains(':') => format!("{name}: {value}"),
        _ => cells.join(" "),
    }
}

/// Takes the first `n` lines off.
fn drop_lines(blocks: &mut Vec<Block>, n: usize) {
    let lines = lines_of(blocks);
    let Some((index, _)) = lines.get(n) else {
        blocks.clear();
        return;
    };
    let inside = lines[..n].iter().filter(|(other, _)| other == index).count();
    match &mut blocks[*index].body {
        Body::Paragraph(words) => {
            for _ in 0..inside {
                let end = words
                    .iter()
                    .position(|piece| *piece == Inline::Break)
                    .map_or(words.len(), |at| at + 1);
                words.drain(..end);
            }
        }
        Body::Table(rows) => drop(rows.drain(..inside.min(rows.len()))),
        _ => {}
    }
    blocks.drain(..*index);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::document::Run;

    fn paragraph(text: &str) -> Block {
        let mut words = Vec::new();
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                words.push(Inline::Break);
            }
            words.push(Inline::Text(Run {
                text: line.to_owned(),
                ..Run::default()
            }));
        }
        Block::new(Some(1), Body::Paragraph(words))
    }

    fn left(blocks: Vec<Block>) -> (Option<String>, Vec<String>) {
        let mut document = Document {
            blocks,
            ..Document::default()
        };
        take_off(&mut document);
        let texts = document.blocks.iter().map(Block::plain).collect();
        (document.title, texts)
    }

    #[test]
    fn the_head_goes_in_whatever_blocks_it_stands() {
        let head = "From: Ann Lee <ann@a.example>\nSent: Monday\nTo: Bob <bob@b.example>\nSubject: FW: Warm hands";
        let in_blocks = |head: &str| head.split('\n').map(paragraph).collect::<Vec<_>>();
        let rows = head
            .split('\n')
            .map(|line| line.split_once(": ").map(|(a, b)| vec![a, b]).unwrap_or_default());
        let cell = |text: &str| {
            vec![Inline::Text(Run {
                text: text.to_owned(),
                ..Run::default()
            })]
        };
        let table = Body::Table(rows.map(|row| row.into_iter().map(cell).collect()).collect());
        let body = || paragraph("Dear Bob,");
        let cases = [
            vec![paragraph(head), body()],
            [in_blocks(head), vec![body()]].concat(),
            vec![
                paragraph("Bob's mailbox"),
                Block::new(None, table),
                Block::new(None, Body::Rule),
                body(),
            ],
            vec![paragraph(&format!("{head}\nDear Bob,"))],
        ];
        for case in cases {
            assert_eq!(left(case), (Some("Warm hands".to_owned()), vec!["Dear Bob,".to_owned()]));
        }
    }

    #[test]
    fn the_mail_below_goes_and_one_that_was_sent_on_stays() {
        let mark = "On Mon, 5 Jan 2026 at 9:00 Cy <cy@c.example> wrote:";
        let answer = vec![paragraph(&format!("Words.\n{mark}")), paragraph("Secret.")];
        assert_eq!(left(answer), (None, vec!["Words.".to_owned()]));
        let sent_on = vec![
            paragraph("---- Forwarded message ----"),
            paragraph("From: Cy\nTo: Ann\nSubject: Tea"),
            paragraph("Words."),
        ];
        assert_eq!(left(sent_on), (Some("Tea".to_owned()), vec!["Words.".to_owned()]));
    }
}
