//! Notices: what a mail is about, and what in it could prove which letter it answers.
//!
//! Promises: pure; no mail makes it panic; a mail that could be two things is the one that does the least; nothing here is proved yet.

use crate::address::Address;
use crate::delivery::reply::EnhancedCode;
use crate::delivery::strike::Weight;
use crate::delivery::token::Token;
use crate::mailbox::Mail;
use jiff::Timestamp;

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
        /// The recipient, where the report names one.
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
    match mail.bytes.len() > crate::mailbox::MOST_BYTES {
        true => Notice::Other("it is larger than 5 MB"),
        false => Notice::Other("nothing in it says what it is about"),
    }
}
