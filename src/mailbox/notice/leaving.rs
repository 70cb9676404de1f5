//! Somebody wants no more letters, and writes so: by the token of a letter they hold, or in plain words.
//!
//! Promises: only a person's own words count, never what they quote or pass on; plain words count only where there are no others beside them, so
//! that a question, a thank-you or a wish for fewer letters reaches a person. A mail of which the end is missing says nothing in words.

use super::own_words::{self, is_greeting};
use super::part::Part;
use super::phrases::is_leaving;
use super::plain::{Prefix, without_prefixes, words};
use super::{Clues, Notice};
use crate::address::Address;
use crate::delivery::token::Token;

/// Somebody who sends a token writes a word or two with it; what is longer may be a letter, quoted without a mark.
const MOST_LINES_WITH_TOKEN: usize = 8;
const MOST_TEXT_WITH_TOKEN: usize = 400;

/// Words that turn the wish into its opposite.
const DOUBTS: &[&str] = &[
    "dont unsubscribe",
    "do not unsubscribe",
    "not want to unsubscribe",
    "dont remove",
    "do not remove",
    "dont stop",
    "do not stop",
    "nicht abmelden",
    "nicht abbestellen",
    "pas me desabonner",
    "pas desabonner",
    "no quiero darme de baja",
    "non cancellarmi",
    "niet afmelden",
    "niet uitschrijven",
];

/// Whether a line asks something; a question mark within a word is a link's.
fn is_question(line: &str) -> bool {
    let ends = |word: &str| word.trim_end_matches(['"', '\'', ')', '!', '.']).ends_with(['?', '？']);
    line.split_whitespace().any(ends) || line.contains('¿')
}

/// How a person's own text begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beginning {
    Empty,
    Leaving,
    Else,
}

/// What the person wants, if that is plain.
pub(super) fn read(mail: &Part) -> Option<Notice> {
    let own = own_words::lines(mail);
    let mut tokens = Token::all_in(&mail.head.subject);
    if is_short(&own) {
        tokens.extend(own.iter().flat_map(|line| Token::all_in(line)));
    }
    let (subject, prefix) = without_prefixes(&mail.head.subject);
    let says_so = says_so(subject, prefix, &own, own_words::has_place(mail));
    let in_words = mail.is_whole && says_so;
    if !in_words && tokens.is_empty() {
        return None;
    }
    if prefix == Prefix::Forward || own_words::is_passed_on(mail) {
        return Some(Notice::Other("somebody passes on a mail that asks for no more letters"));
    }
    if prefix == Prefix::Answer && !says_so && says_more(&own) {
        return Some(Notice::Other(
            "somebody answers about leaving, in words that do not ask for no more letters",
        ));
    }
    Some(Notice::Unsubscribe {
        from: from(mail),
        in_words,
        clues: Clues::of(tokens),
        at: mail.head.at,
    })
}

/// Whether there are words beside tokens and the links that hold them.
fn says_more(own: &[String]) -> bool {
    let has_none = |word: &&str| Token::all_in(word).is_empty();
    let rest = own
        .iter()
        .map(|line| line.split_whitespace().filter(has_none).collect::<Vec<_>>().join(" "));
    let rest: Vec<String> = rest.filter(|line| !words(line).is_empty()).collect();
    beginning(&rest) == Beginning::Else || is_doubtful("", &rest)
}

/// The text without the tokens in it, which say nothing that a person reads; a link stays, for it may be a letter's.
fn without_tokens(text: &str) -> String {
    let kept = text.split_whitespace().map(|word| match word.find("v1.") {
        Some(at) if !Token::all_in(word).is_empty() && !word.contains(['/', ':', '=']) => word[..at].trim_end_matches("%20"),
        _ => word,
    });
    kept.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether the subject is what a letter's own link puts there: a mail program may send that on a click, and say so.
pub(super) fn is_by_link(subject: &str) -> bool {
    let mut words = subject.split_whitespace();
    let is_word = words.next().is_some_and(|word| word.eq_ignore_ascii_case("unsubscribe"));
    is_word && words.next().is_some_and(|word| Token::parse(word).is_some()) && words.next().is_none()
}

fn from(mail: &Part) -> Option<Address> {
    match mail.head.from.as_slice() {
        [only] => Address::parse(only).ok(),
        _ => None,
    }
}

fn is_short(own: &[String]) -> bool {
    let is_link = |word: &&str| !Token::all_in(word).is_empty();
    let words = own.iter().flat_map(|line| line.split_whitespace());
    let text: usize = words.filter(|word| !is_link(word)).map(str::len).sum();
    own.len() <= MOST_LINES_WITH_TOKEN && text <= MOST_TEXT_WITH_TOKEN
}

fn says_so(subject: &str, prefix: Prefix, own: &[String], is_readable: bool) -> bool {
    let subject = without_tokens(subject);
    let own = own.iter().map(|line| without_tokens(line));
    let own: Vec<String> = own.filter(|line| !line.is_empty()).collect();
    if is_doubtful(&subject, &own) {
        return false;
    }
    match (beginning(&own), prefix) {
        (Beginning::Leaving, _) => true,
        (Beginning::Empty | Beginning::Else, Prefix::None) => is_leaving(&subject),
        // The subject of an answer is somebody else's, unless nothing else is said.
        (Beginning::Empty, Prefix::Answer | Prefix::Forward) => is_readable && is_leaving(&subject),
        (Beginning::Else, Prefix::Answer | Prefix::Forward) => false,
    }
}

/// Whether something is asked, or the wish turned into its opposite.
fn is_doubtful(subject: &str, own: &[String]) -> bool {
    let text = words(&own.join(" ")).join(" ");
    let asks = own.iter().map(String::as_str).chain([subject]).any(is_question);
    asks || DOUBTS.iter().any(|doubt| text.contains(doubt))
}

/// What the first sentence says: a greeting before it is passed over, and a line that goes on is read on.
fn beginning(own: &[String]) -> Beginning {
    let mut lines = own
        .iter()
        .skip_while(|line| is_greeting(line) && !is_leaving(line))
        .peekable();
    let Some(first) = lines.next() else {
        return Beginning::Empty;
    };
    let mut sentence = first.clone();
    while let Some(next) = lines.next_if(|next| !sentence.ends_with(['.', '!', ';']) && goes_on(next)) {
        sentence.push(' ');
        sentence.push_str(next);
    }
    if is_leaving(&sentence) {
        Beginning::Leaving
    } else {
        Beginning::Else
    }
}

/// Whether a line looks like the middle of a sentence.
fn goes_on(line: &str) -> bool {
    line.chars().next().is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
}
