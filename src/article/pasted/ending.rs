//! The end of a pasted text: whose it is, and the lines about its author.

use super::byline::{self, About};
use super::leftovers;
use super::paragraphs::{Kind, Piece};
use super::words;
use crate::article::note::{Note, shown};

/// How many pieces from the end are looked at.
const REACH: usize = 6;

/// Takes bylines, rights and the author's biography off the end of `pieces`.
pub(super) fn take_off(pieces: &mut Vec<Piece>, author: &mut Option<String>) -> Vec<Note> {
    let mut notes = Vec::new();
    take_headed_biography(pieces, author, &mut notes);
    let mut index = pieces.len().saturating_sub(REACH).max(1);
    while index < pieces.len() {
        match take_about(&pieces[index], author, &mut notes) {
            true => drop(pieces.remove(index)),
            false => index += 1,
        }
    }
    take_biography(pieces, author, &mut notes);
    notes
}

fn take_about(piece: &Piece, author: &mut Option<String>, notes: &mut Vec<Note>) -> bool {
    if piece.kind != Kind::Text {
        return false;
    }
    match byline::of(&piece.text) {
        Some(About::Author(name)) => {
            notes.push(Note::done(
                piece.line,
                format!("left out `{}`; the author goes into the front matter", shown(&piece.text)),
            ));
            author.get_or_insert(name);
            true
        }
        Some(About::Rights(owner)) => {
            notes.push(Note::unsure(
                piece.line,
                format!("left out `{}`; make sure that you may send this text", shown(&piece.text)),
            ));
            if author.is_none() {
                *author = owner;
            }
            true
        }
        // A day may be news of the clinic's; at the end it stays.
        Some(About::Date) | None => false,
    }
}

fn take_headed_biography(pieces: &mut Vec<Piece>, author: &mut Option<String>, notes: &mut Vec<Note>) {
    let from = pieces.len().saturating_sub(REACH).max(1);
    let Some(start) = (from..pieces.len()).find(|&index| heads_biography(&pieces[index].text)) else {
        return;
    };
    let end = (start + 1..pieces.len())
        .find(|&index| leftovers::is_leftover(&pieces[index].text))
        .unwrap_or(pieces.len());
    let said: Vec<&str> = pieces[start + 1..end].iter().map(|piece| piece.text.as_str()).collect();
    let said = said.join(" ");
    if author.is_none() {
        *author = opening_name(&said).map(str::to_owned);
    }
    notes.push(Note::done(
        pieces[start].line,
        format!("left out the lines about the author, `{}`", shown(&said)),
    ));
    pieces.drain(start..end);
}

fn heads_biography(text: &str) -> bool {
    const HEADS: [&str; 14] = [
        "about the author",
        "about the authors",
        "about the writer",
        "author bio",
        "author biography",
        "about me",
        "über die autorin",
        "über den autor",
        "zur autorin",
        "zum autor",
        "à propos de l'auteur",
        "à propos de l'autrice",
        "sobre el autor",
        "sobre la autora",
    ];
    let plain = text.to_lowercase().replace('’', "'");
    HEADS.contains(&plain.trim_end_matches([':', '.']).trim())
}

/// The last paragraph, when it opens with its author's name and goes on about that person.
fn take_biography(pieces: &mut Vec<Piece>, author: &mut Option<String>, notes: &mut Vec<Note>) {
    let Some(index) = pieces
        .iter()
        .rposition(|piece| !leftovers::is_leftover(&piece.text))
        .filter(|&index| index > 0)
    else {
        return;
    };
    let piece = &pieces[index];
    if piece.kind != Kind::Text || words::length(&piece.text) > 900 {
        return;
    }
    let Some(name) = opening_name(&piece.text) else { return };
    let known = author
        .as_ref()
        .map(|author| author.split(',').next().unwrap_or("").trim().to_lowercase());
    let said = shown(&piece.text);
    match known {
        Some(known) if known == name.to_lowercase() => notes.push(Note::done(
            piece.line,
            format!("left out the lines about the author, `{said}`"),
        )),
        None if names_trade(&piece.text) => {
            notes.push(Note::unsure(
                piece.line,
                format!("left out the lines about `{name}`, who is taken for the author: `{said}`"),
            ));
            *author = Some(name.to_owned());
        }
        Some(_) | None => return,
    }
    pieces.remove(index);
}

/// The name at the start of a sentence such as `Jane Doe is a nurse`.
fn opening_name(text: &str) -> Option<&str> {
    const VERBS: [&str; 34] = [
        " is ",
        " was ",
        " has ",
        " works ",
        " lives ",
        " teaches ",
        " writes ",
        " runs ",
        " holds ",
        " owns ",
        " practises ",
        " practices ",
        " trained ",
        " studied ",
        " began ",
        " founded ",
        " leads ",
        " specialises ",
        " specializes ",
        " enjoys ",
        " loves ",
        " arbeitet ",
        " ist ",
        " hat ",
        " lebt ",
        " leitet ",
        " schreibt ",
        " est ",
        " travaille ",
        " vit ",
        " es ",
        " trabaja ",
        " (",
        " joined ",
    ];
    let end = VERBS.iter().filter_map(|verb| text.find(verb)).min()?;
    let name = text[..end].split(',').next().unwrap_or("").trim();
    byline::is_name(name, 2).then_some(name)
}

fn names_trade(text: &str) -> bool {
    const TRADES: [&str; 27] = [
        "therapist",
        "physiotherapist",
        "masseu",
        "practitioner",
        "nurse",
        "doctor",
        "physician",
        "author",
        "writer",
        "journalist",
        "coach",
        "teacher",
        "owner",
        "founder",
        "nutritionist",
        "dietitian",
        "trainer",
        "osteopath",
        "chiropractor",
        "therapeut",
        "autorin",
        "ärztin",
        "arzt",
        "thérapeute",
        "infirmi",
        "terapeuta",
        "instructor",
    ];
    let lower = text.to_lowercase();
    TRADES.iter().any(|trade| lower.contains(trade))
}
