//! What could prove which letter a mail is about: the tokens and Message-IDs of what came back.
//!
//! Promises: only what a machine quoted is looked at, never what a person wrote; of what came back only its own head, for its text may
//! quote somebody else's letter; an endless supply of them ends.

use super::Clues;
use super::head::Fields;
use super::part::{Content, Part};
use crate::delivery::token::Token;

/// Of each kind; a letter has one or two.
const MOST: usize = 40;

/// The clues in a mail of which every word is a machine's: a report, or a bounce in words.
pub(super) fn in_report(mail: &Part) -> Clues {
    let mut clues = Clues::default();
    let own = mail.own();
    own.iter().for_each(|part| clues.returned(part));
    if clues.is_empty() {
        let texts = own.iter().filter_map(|part| part.text());
        texts.filter_map(quoted_head).for_each(|head| clues.head(&head));
    }
    if clues.is_empty() {
        clues.headless(mail);
    }
    clues
}

/// The head of a letter that stands in a text, with or without marks of quoting: the paragraph of the first field that only a head has.
fn quoted_head(text: &str) -> Option<Fields> {
    let lines: Vec<&str> = text
        .lines()
        .map(|line| line.trim_start_matches(['>', ' ', '\t', '|']).trim_end())
        .collect();
    let found = lines
        .iter()
        .position(|line| matches!(field_name(line).as_deref(), Some("message-id" | "list-unsubscribe")))?;
    let begin = lines[..found]
        .iter()
        .rposition(|line| line.is_empty())
        .map_or(0, |blank| blank + 1);
    let mut head = String::new();
    for line in lines[begin..].iter().take_while(|line| !line.is_empty()) {
        // Without its blanks a folded line is known by what it is not.
        head.push_str(if field_name(line).is_some() { "\n" } else { "\n " });
        head.push_str(line);
    }
    Some(Fields::read(&head))
}

/// The name of the field that begins in this line, in small letters.
fn field_name(line: &str) -> Option<String> {
    let (name, _) = line.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| name.to_ascii_lowercase())
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

    fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.message_ids.is_empty()
    }

    /// The head of a letter that came back.
    fn head(&mut self, fields: &Fields) {
        fields
            .all("list-unsubscribe")
            .for_each(|value| self.tokens(Token::all_in(value)));
        fields.all("message-id").for_each(|value| self.ids(value));
    }

    /// A part that is a letter which came back, or its head.
    fn returned(&mut self, part: &Part) {
        match (&part.content, part.head.kind.as_str()) {
            (Content::Mail(letter), _) => self.head(&letter.head.fields),
            (Content::Text(text), "text/rfc822-headers" | "message/global-headers") => self.head(&Fields::read(text)),
            (Content::Text(_) | Content::Parts(_) | Content::Other, _) => {}
        }
    }

    /// No head came back, for some systems take it away: what the report itself answers, and what stands in texts.
    fn headless(&mut self, mail: &Part) {
        // The last of the references is what came back; those before it may be letters that it answers.
        let last = || {
            mail.head
                .fields
                .get("references")
                .and_then(|ids| ids.split_whitespace().last())
        };
        let answered = mail.head.fields.get("in-reply-to").or_else(last);
        answered.into_iter().for_each(|ids| self.ids(ids));
        for part in mail.own() {
            let inner = match &part.content {
                Content::Mail(letter) => letter.own(),
                Content::Text(_) | Content::Parts(_) | Content::Other => vec![part],
            };
            let texts = inner.into_iter().filter_map(Part::text);
            texts.for_each(|text| self.tokens(Token::all_in(text)));
        }
        self.is_of_text = !self.tokens.is_empty();
    }
}
