//! Strikes: what a refusal for good, or for too long, counts against an address.
//!
//! Knows nothing of where the refusal was read: in the relay's reply, or in a mail that came back.

use super::reply::{Class, Reply, classify};
use std::fmt;

/// How much a refusal says about the address itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It takes no mail just now: full, or put off until the letter was given up.
    Soft,
    /// It refused for good, in words that leave a doubt.
    Hard,
    /// It does not exist: 5.1.1, 5.1.6, 5.1.10 or 5.2.1 (RFC 3463 §3.2, RFC 7505).
    Sure,
}

impl Weight {
    /// What a refusal counts; `None` where it is not the address's fault.
    pub fn of(reply: &Reply) -> Option<Self> {
        // Too big for that server, or in a form it does not read (RFC 3463 §3.4, §3.7): the letter's fault, whoever it was for.
        let is_of_the_letter = reply
            .enhanced
            .is_some_and(|code| matches!((code.subject, code.detail), (3, 4) | (6, _)));
        if is_of_the_letter {
            return None;
        }
        let is_sure = reply
            .enhanced
            .is_some_and(|code| matches!((code.class, code.subject, code.detail), (5, 1, 1 | 6 | 10) | (5, 2, 1)));
        match classify(reply) {
            Class::Hard if is_sure => Some(Self::Sure),
            Class::Hard => Some(Self::Hard),
            Class::Soft => Some(Self::Soft),
            Class::Accepted
            | Class::Policy
            | Class::UnsupportedAddress
            | Class::Throttle
            | Class::Quota
            | Class::RelayDown
            | Class::Login
            | Class::Sender
            | Class::Settings
            | Class::Content => None,
        }
    }

    /// The word in the store and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Hard => "hard",
            Self::Sure => "sure",
        }
    }

    /// The weight with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Soft, Self::Hard, Self::Sure]
            .into_iter()
            .find(|weight| weight.as_str() == word)
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::reply::Stage;

    #[test]
    fn only_the_addresss_own_refusals_count() {
        for (code, text, expected) in [
            (550, "5.1.1 no such user", Some(Weight::Sure)),
            (550, "5.2.1 mailbox disabled", Some(Weight::Sure)),
            (550, "no such user here", Some(Weight::Hard)),
            (452, "4.2.2 mailbox full", Some(Weight::Soft)),
            (550, "5.7.1 blocked for spam", None),
            (550, "5.4.5 Daily user sending limit exceeded", None),
            (554, "5.7.1 relay access denied", None),
            (552, "5.3.4 too big", None),
        ] {
            let reply = Reply::new(Stage::Rcpt, code, &[text.to_owned()]);
            assert_eq!(Weight::of(&reply), expected, "{code} {text}");
        }
        for weight in [Weight::Soft, Weight::Hard, Weight::Sure] {
            assert_eq!(Weight::parse(weight.as_str()), Some(weight));
        }
    }
}
