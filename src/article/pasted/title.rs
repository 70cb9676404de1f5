//! The head of a pasted text: its title, and the lines under the title that tell about the text.

use super::byline::{self, About};
use super::leftovers;
use super::paragraphs::{Kind, Piece};
use super::words;
use crate::article::note::{Note, shown};

/// What stands above the text.
#[derive(Debug, Default)]
pub(super) struct Head {
    /// The title and its line.
    pub(super) title: Option<(usize, String)>,
    /// Who wrote the text.
    pub(super) author: Option<String>,
    /// What was done, and what was unsure.
    pub(super) notes: Vec<Note>,
}

/// Takes title, byline and date off the front of `pieces`; `title` is one that is known from elsewhere.
pub(super) fn take_off(pieces: &mut Vec<Piece>, title: Option<(usize, String)>) -> Head {
    let mut head = Head {
        title,
        ..Head::default()
    };
    let mut index = 0;
    while index < pieces.len() {
        let piece = &pieces[index];
        if leftovers::is_leftover(&piece.text) && (head.title.is_some() || pieces.len() > index + 1) {
            index += 1;
            continue;
        }
        if !head.takes_about(piece) && !head.takes_title(piece, pieces.get(index + 1)) {
            break;
        }
        pieces.remove(index);
    }
    if let Some(title_line) = head.title.as_ref().map(|(line, _)| *line) {
        head.mark_subtitle(title_line, &mut pieces[index..]);
    }
    head
}

impl Head {
    fn takes_about(&mut self, piece: &Piece) -> bool {
        if piece.kind != Kind::Text {
            return false;
        }
        match byline::of(&piece.text) {
            Some(About::Author(author)) => {
                self.notes.push(Note::done(
                    piece.line,
                    format!("left out `{}`; the author goes into the front matter", shown(&piece.text)),
                ));
                self.author = Some(author);
                true
            }
            Some(About::Date) => {
                self.notes.push(Note::done(
                    piece.line,
                    format!("left out `{}`, which tells only when", shown(&piece.text)),
                ));
                true
            }
            // Whose text it is, is dealt with at the end, where it usually stands.
            Some(About::Rights(_)) | None => false,
        }
    }

    fn takes_title(&mut self, piece: &Piece, next: Option<&Piece>) -> bool {
        if self.title.is_some() || piece.kind != Kind::Text {
            return false;
        }
        let labelled = labelled(&piece.text);
        let text = labelled.unwrap_or(&piece.text);
        let Some(sureness) = title_shape(text, piece, next) else {
            return false;
        };
        if let Sureness::Unsure(why) = sureness {
            self.notes.push(Note::unsure(
                piece.line,
                format!("`{}` is taken for the title, though {why}", shown(text)),
            ));
        }
        if words::is_in_capitals(text) {
            self.notes.push(Note::unsure(
                piece.line,
                "the title is in capital letters, and so is the subject made from it; many readers and spam filters dislike that",
            ));
        }
        self.title = Some((piece.line, text.trim_end_matches('.').to_owned()));
        true
    }

    /// A line right under the title, with a blank one below it, is a subtitle: the text's first paragraph.
    fn mark_subtitle(&mut self, title_line: usize, rest: &mut [Piece]) {
        let stands_alone = rest.get(1).is_some_and(|next| next.chunk != rest[0].chunk);
        let Some(first) = rest.first_mut() else { return };
        let is_short = words::length(&first.text) <= 160 && words::count(&first.text) <= 28;
        if first.kind == Kind::Text && first.line == title_line + 1 && is_short && stands_alone {
            first.kind = Kind::Prose;
            self.notes.push(Note::done(
                first.line,
                format!("the subtitle `{}` is the first paragraph", shown(&first.text)),
            ));
        }
    }
}

/// `Title: A calm day` without its label.
fn labelled(text: &str) -> Option<&str> {
    let (label, rest) = text.split_once(':')?;
    let is_label = matches!(
        label.trim().to_lowercase().as_str(),
        "title" | "headline" | "subject" | "titel" | "überschrift" | "betreff" | "titre"
    );
    (is_label && !rest.trim().is_empty()).then(|| rest.trim())
}

enum Sureness {
    Sure,
    Unsure(&'static str),
}

fn title_shape(text: &str, piece: &Piece, next: Option<&Piece>) -> Option<Sureness> {
    let is_short = words::length(text) <= 100 && words::count(text) <= 16;
    if !is_short || text.ends_with([',', ';', ':']) || words::is_address(text) || words::greets(text) {
        return None;
    }
    if words::begins_small(text) {
        return (words::count(text) <= 8 && next.is_some_and(|next| next.chunk != piece.chunk))
            .then_some(Sureness::Unsure("it begins with a small letter"));
    }
    if text.trim_end_matches(['.', ' ']).contains(". ") && words::count(text) > 8 {
        return None;
    }
    if !text.ends_with('.') || text.ends_with("...") {
        return Some(Sureness::Sure);
    }
    let is_set_apart = next.is_some_and(|next| next.chunk != piece.chunk && words::length(&next.text) > 100);
    (words::count(text) <= 8 && is_set_apart).then_some(Sureness::Unsure("it ends as a sentence does"))
}
