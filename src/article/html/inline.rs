//! Links, the marks of notes, and words above or below the line.
//!
//! A mark in the text points to its note below it, and the note points back: both come out as one raised number, as in a Word document.

use super::blocks::{Lost, Reading};
use super::paragraph::{Here, Making};
use super::tree::{Id, Page};
use crate::article::document::raised::Shift;

impl Reading<'_> {
    pub(super) fn link(&mut self, id: Id, mut here: Here, making: &mut Making) {
        let to = self.page.attribute(id, "href").map(str::to_owned);
        if let Some(mark) = to.as_deref().and_then(|to| self.mark_of_note(id, to)) {
            making.text(&mark, &here, self.page.line(id));
            return;
        }
        let shows_words = !self.page.words(id).is_empty();
        match to {
            Some(to) if shows_words => here.link = self.links.lead(&to),
            Some(to) if !here.in_heading => return self.linked_picture(id, &to, &here, making),
            _ => {}
        }
        self.children(id, &here, making);
    }

    /// The raised number of a mark, in the text or in front of its note.
    fn mark_of_note(&mut self, id: Id, to: &str) -> Option<String> {
        let (note, is_back) = note_of(to)?;
        let is_mark = self.page.words(id).chars().count() <= 6;
        if !is_mark {
            return None;
        }
        let known = self.noted.iter().position(|known| *known == note);
        let index = known.unwrap_or_else(|| {
            self.noted.push(note);
            self.noted.len() - 1
        });
        let number = Shift::Raised.of(&(index + 1).to_string())?;
        Some(if is_back { format!("{number} ") } else { number })
    }

    /// Words above or below the line, in characters that stand there, or with a note where there are none.
    pub(super) fn shifted(&mut self, id: Id, shift: Shift, mut here: Here, making: &mut Making) {
        let words = self.page.words(id);
        match shift.of(&words) {
            Some(_) => here.shift = Some(shift),
            None if shift.is_missed(&words) => self.lost.push((Lost::Shift, self.page.line(id), words)),
            None => {}
        }
        self.children(id, &here, making);
    }
}

/// The note that an address on the page means, and whether it leads from the note back: Word writes `#_ftn1` and `#_ftnref1`, Google
/// Docs `#ftnt1` and `#ftnt_ref1`.
fn note_of(to: &str) -> Option<(String, bool)> {
    let place = to.trim().strip_prefix('#')?;
    [
        ("_ftn", "ref"),
        ("_edn", "ref"),
        ("ftnt", "_ref"),
        ("sdfootnote", ""),
        ("sdendnote", ""),
    ]
    .iter()
    .find_map(|(head, back)| {
        let rest = place.strip_prefix(head)?;
        let (number, is_back) = match (head.starts_with("sd"), rest.strip_suffix("anc"), rest.strip_prefix(back)) {
            (true, Some(number), _) => (number, true),
            (true, None, _) => (rest.strip_suffix("sym")?, false),
            (false, _, Some(number)) => (number, true),
            (false, _, None) => (rest, false),
        };
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| (format!("{head}{number}"), is_back))
    })
}

/// The notes that stand outside of the article's own part of the page, as Word and LibreOffice write them.
pub(super) fn lists_of_notes(page: &Page, body: Id, root: Id) -> Vec<Id> {
    let is_list = |id: &Id| {
        super::look::declared(page, *id, "mso-element")
            .is_some_and(|kind| matches!(kind.as_str(), "footnote-list" | "endnote-list"))
    };
    let is_sheet = |id: &Id| {
        page.name(*id) == "div"
            && page
                .attribute(*id, "id")
                .is_some_and(|name| name.starts_with("sdfootnote") || name.starts_with("sdendnote"))
    };
    page.below(body)
        .filter(|id| is_list(id) || is_sheet(id))
        .filter(|id| !page.above(*id).any(|above| above == root))
        .collect()
}
