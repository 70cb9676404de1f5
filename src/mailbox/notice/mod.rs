//! Notices: what a mail is about, and what in it could prove which letter it answers.
//!
//! Promises: pure; no mail makes it panic; a mail that could be two things is the one that does the least; nothing here is proved yet.
//!
//! Read in this order: complaints, delivery reports, bounces in the words of mail systems (which mark theirs as automatic answers too),
//! automatic answers, people. Whatever a mail system says otherwise, and whatever a person says that is more than "no more letters", is
//! [`Notice::Other`].

mod answer;
mod clues;
mod complaint;
mod head;
mod known;
mod leaving;
mod own_words;
mod part;
mod phrases;
mod plain;
mod report;

use crate::address::Address;
use crate::delivery::reply::EnhancedCode;
use crate::delivery::strike::Weight;
use crate::delivery::token::Token;
use crate::mailbox::{MOST_BYTES, Mail};
use jiff::Timestamp;
use part::Part;
use plain::{small, without_prefixes};

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Somebody wants no more letters.
    Unsubscribe {
        /// Who writes, by `From:`; `None` where there is not exactly one.
        from: Option<Address>,
        /// Whether they say so in plain words; otherwise only their token does.
        in_words: bool,
        /// What could prove which letter they hold.
        clues: Clues,
        /// When, by `Date:`.
        at: Option<Timestamp>,
    },
    /// A letter could not be delivered, by a report or in the words of a known mail system.
    Bounce {
        /// Each recipient the report speaks of.
        recipients: Vec<Refused>,
        /// What could prove which letter came back.
        clues: Clues,
        /// When, by `Date:`.
        at: Option<Timestamp>,
    },
    /// A letter is late, and will be tried again.
    Delay,
    /// Somebody told their provider that a letter is spam (RFC 5965).
    Complaint {
        /// What could prove which letter.
        clues: Clues,
        /// The recipient, where the report names one that was not taken out.
        recipient: Option<Address>,
        /// When, by `Arrival-Date:` or `Date:`.
        at: Option<Timestamp>,
    },
    /// A machine answers: on holiday, thanks for your mail, read, please confirm that you are no robot.
    AutoReply,
    /// Something for a person to read; in words, without addresses.
    Other(&'static str),
}

/// What could prove which letter a mail is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Clues {
    /// Tokens, in the order in which they stand.
    pub tokens: Vec<Token>,
    /// Message-IDs of the letter that came back, without `<>`.
    pub message_ids: Vec<String>,
    /// Whether the tokens stood in the text of what came back, where anybody may quote anybody's letter, and not in its head.
    pub is_of_text: bool,
}

/// One recipient of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Who, where the report says so: the original recipient before the final one.
    pub addresses: Vec<Address>,
    /// What it counts; `None` where it is not the address's fault, or no failure at all.
    pub weight: Option<Weight>,
    /// The status (RFC 3464 §2.3.4).
    pub code: Option<EnhancedCode>,
    /// What the other server said; may hold addresses.
    pub reply: String,
}

/// What this mail is about.
pub fn read(mail: &Mail) -> Notice {
    if mail.bytes.len() > MOST_BYTES {
        return Notice::Other("it is larger than 5 MB");
    }
    let part = Part::read(&mail.bytes);
    let known = complaint::read(&part).or_else(|| report::read(&part));
    known.unwrap_or_else(|| without_report(&part))
}

/// Who wrote a mail, where that is one address, and when: what finds it again among others.
pub fn opening(mail: &Mail) -> (Option<Address>, Option<Timestamp>) {
    let head = &mail.bytes[..mail.bytes.len().min(MOST_BYTES)];
    let part = Part::read(head);
    let from = match part.head.from.as_slice() {
        [one] => Address::parse(one).ok(),
        _ => None,
    };
    (from, part.head.at)
}

fn without_report(mail: &Part) -> Notice {
    let subject = small(without_prefixes(&mail.head.subject).0);
    let is_from_system = known::is_from_system(mail);
    if is_from_system && let Some(bounce) = known::read(mail, &subject) {
        return bounce;
    }
    let is_by_link = !is_from_system && leaving::is_by_link(&mail.head.subject);
    if !is_by_link && answer::is_automatic(mail, &subject, &small(&own_words::all_text(mail))) {
        // Some mail systems mark what a person wrote as well, and a person's wish is never passed over in silence.
        return match leaving::read(mail) {
            Some(_) if !is_from_system => Notice::Other("it asks for no more letters, and says that a machine wrote it"),
            _ => Notice::AutoReply,
        };
    }
    match is_from_system {
        true => Notice::Other("a mail system writes, in words that are not known"),
        false => leaving::read(mail).unwrap_or_else(|| of_a_person(mail)),
    }
}

fn of_a_person(mail: &Part) -> Notice {
    let has_words = !own_words::lines(mail).is_empty() || !mail.head.subject.trim().is_empty();
    Notice::Other(match (mail.is_whole, has_words) {
        (true, true) => "somebody writes something that has to be read",
        (true, false) => "it says nothing in words",
        (false, _) => "its end is missing",
    })
}
