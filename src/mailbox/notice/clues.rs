//! What could prove which letter a mail is about: the tokens and Message-IDs of what came back.
//!
//! Promises: only what a machine quoted is looked at, never what a person wrote; an endless supply of them ends.

use super::Clues;
use super::head::Fields;
use super::part::{Content, Part};
use crate::delivery::token::Token;

/// Of each kind; a letter has one or two.
const MOST: usize = 40;

/// The clues in a mail of which every word is a machine's: a report, or a bounce in words.
pub(super) fn in_report(mail: &Part) -> Clues {
    let mut clues = Clues::default();
    for part in mail.own() {
        match (&part.content, part.head.kind.as_str()) {
            (Content::Mail(original), _) => clues.letter(original),
            (Content::Text(text), "text/rfc822-headers" | "message/global-headers") => clues.fields(&Fields::read(text)),
            (Content::Text(text), _) => clues.text(text),
            (Content::Parts(_) | Content::Other, _) => {}
        }
    }
    for name in ["in-reply-to", "references"] {
        mail.head.fields.all(name).for_each(|ids| clues.ids(ids));
    }
    clues
}

impl Clues {
    /// Clues with these tokens.
    pub(super) fn of(tokens: Vec<Token>) -> Self {
        let mut clues = Self::default();
        clues.tokens(tokens);
        clues
    }

    fn tokens(&mut self, found: Vec<Token>) {
        for token in found {
            if self.tokens.len() < MOST && !self.tokens.contains(&token) {
                self.tokens.push(token);
            }
        }
    }

    fn ids(&mut self, text: &str) {
        for id in text.split(['<', '>', ' ', '\t', ',']).filter(|word| word.contains('@')) {
            if self.message_ids.len() < MOST && !self.message_ids.iter().any(|known| known == id) {
                self.message_ids.push(id.to_owned());
            }
        }
    }

    fn fields(&mut self, fields: &Fields) {
        fields
            .all("list-unsubscribe")
            .for_each(|value| self.tokens(Token::all_in(value)));
        fields.all("message-id").for_each(|value| self.ids(value));
    }

    /// A letter that came back; its text has the token too, for what takes headers away.
    fn letter(&mut self, letter: &Part) {
        self.fields(&letter.head.fields);
        for part in letter.own() {
            part.text().into_iter().for_each(|text| self.tokens(Token::all_in(text)));
        }
    }

    /// Text that may quote a letter with its head.
    fn text(&mut self, text: &str) {
        self.tokens(Token::all_in(text));
        let quoted = text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t', '|']));
        for line in quoted {
            let (name, value) = line.split_at_checked("message-id:".len()).unwrap_or_default();
            if name.eq_ignore_ascii_case("message-id:") {
                self.ids(value);
            }
        }
    }
}
