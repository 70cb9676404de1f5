//! What was left out of a document, or came along though somebody may not know it, counted for the notes.

use crate::article::note::Note;

/// The counts.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) deleted: usize,
    pub(super) inserted: usize,
    pub(super) comments: usize,
    pub(super) hidden: usize,
    pub(super) contents: usize,
    pub(super) boxes: usize,
    pub(super) drawn: usize,
}

impl Tally {
    /// The counts as notes.
    pub(super) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        let mut say = |count: usize, one: &str, several: &str, is_unsure: bool| {
            let text = match count {
                0 => return,
                1 => one.to_owned(),
                count => several.replace("{}", &count.to_string()),
            };
            let note = if is_unsure {
                Note::unsure(1, text)
            } else {
                Note::done(1, text)
            };
            notes.push(note.about_all());
        };
        let changes = self.deleted + self.inserted;
        say(
            changes,
            "1 tracked change is taken as accepted: what was inserted is in, what was deleted is out",
            "{} tracked changes are taken as accepted: what was inserted is in, what was deleted is out",
            true,
        );
        say(self.comments, "left out 1 comment", "left out {} comments", false);
        say(
            self.hidden,
            "left out 1 piece of hidden text",
            "left out {} pieces of hidden text",
            false,
        );
        let contents = usize::from(self.contents > 0);
        say(contents, "left out the table of contents", "", false);
        say(
            self.boxes,
            "the text of 1 text box stands behind the paragraph it was fixed to",
            "the text of {} text boxes stands behind the paragraphs they were fixed to",
            true,
        );
        say(
            self.drawn,
            "left out 1 drawing or chart; save it as a picture and put that into the document",
            "left out {} drawings or charts; save them as pictures and put those into the document",
            false,
        );
        notes
    }
}
