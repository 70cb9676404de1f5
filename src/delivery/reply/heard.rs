//! What of a reply may decide about it: its codes, and its words without the names of people and places.
//!
//! A relay repeats the address it speaks of, and gives links for further reading: `daily.news@example.org` is no quota, and
//! `…/spam-limits.html` no verdict. Of a link only the host counts: that is how a block list signs.

use super::{EnhancedCode, Reply};

/// A reply as the table reads it.
pub(super) struct Heard {
    /// Subject and detail of the enhanced code; the class is the reply's own first digit.
    pub(super) enhanced: Option<(u16, u16)>,
    /// In small letters.
    pub(super) words: String,
}

impl Heard {
    pub(super) fn of(reply: &Reply) -> Self {
        let text = reply.text.to_lowercase();
        let code = reply.enhanced.or_else(|| code_at_the_end(&text));
        let outside = without_brackets(&text);
        let words = outside.split_whitespace().filter_map(word);
        Self {
            enhanced: code.map(|code| (code.subject, code.detail)),
            words: words.collect::<Vec<_>>().join(" "),
        }
    }

    /// Whether the words hold this saying; the parts around a `…` must come in this order.
    pub(super) fn says(&self, saying: &str) -> bool {
        let mut rest = self.words.as_str();
        saying.split('…').all(|part| match rest.find(part) {
            Some(found) => {
                rest = &rest[found + part.len()..];
                true
            }
            None => false,
        })
    }
}

/// qmail and its kin write `sorry, no mailbox here by that name. (#5.1.1)`.
fn code_at_the_end(text: &str) -> Option<EnhancedCode> {
    let code = text.rsplit_once('#')?.1;
    let end = code.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(code.len());
    EnhancedCode::parse(&code[..end])
}

fn word(word: &str) -> Option<&str> {
    match word.split_once("://") {
        Some((_, place)) => place.split('/').next(),
        None if word.contains('@') => None,
        None => Some(word),
    }
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut outside = |c: &char| {
        match c {
            '<' => depth += 1,
            '>' if depth > 0 => {
                depth -= 1;
                return false;
            }
            _ => {}
        }
        depth == 0
    };
    // A bracket that is never closed would swallow the words behind it.
    match text.matches('<').count() == text.matches('>').count() {
        true => text.chars().filter(|c| outside(c)).collect(),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Stage;
    use super::*;

    fn heard(line: &str) -> Heard {
        Heard::of(&Reply::new(Stage::Rcpt, 550, &[line.to_owned()]))
    }

    #[test]
    fn names_and_links_are_no_words() {
        let heard = heard(
            "5.7.1 <Spam.Quota@example.org>: daily.news@example.org Blocked, see https://www.lists.example/spam/rate-limit?x=1 (y)",
        );
        assert_eq!(heard.words, ": blocked, see www.lists.example (y)");
        assert_eq!(heard.enhanced, Some((7, 1)));
    }

    #[test]
    fn a_bracket_without_its_other_half_takes_no_words_away() {
        assert_eq!(heard("a < b no such user").words, "a < b no such user");
        assert_eq!(heard("a <b <c> d> no > such").words, "a <b <c> d> no > such");
        assert_eq!(heard("a <b <c> d> no such").words, "a no such");
    }

    #[test]
    fn an_old_server_writes_its_code_at_the_end() {
        assert_eq!(heard("sorry, no mailbox here by that name. (#5.1.1)").enhanced, Some((1, 1)));
        assert_eq!(
            heard("sorry, no mailbox here by that name. (#5.1.1 - chkuser)").enhanced,
            Some((1, 1))
        );
        assert_eq!(heard("ticket #12 of #7.").enhanced, None);
    }

    #[test]
    fn a_saying_keeps_its_order() {
        let heard = heard("Policy Rejection- Quota Exceeded");
        assert!(heard.says("policy…quota") && heard.says("rejection") && !heard.says("quota…policy") && !heard.says("quota…quota"));
    }
}
