//! A suppression: an address never written to again, for all mail or for one list, with its reason.
//!
//! Promises: there is an order of truth, so that two records of one address never argue; a suppression has no way to become
//! weaker. Knows nothing of how addresses are hashed or stored.

use jiff::Timestamp;
use std::fmt;

/// What a suppression is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All mail of this clinic.
    All,
    /// The mail to one list.
    List(String),
}

/// Why an address is suppressed; later ones outrank earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The clinic decided so.
    ByHand,
    /// The person left.
    Unsubscribed,
    /// The mailbox does not exist.
    Bounced,
    /// The person told their provider that our mail is spam.
    Complained,
    /// The person asked to be forgotten.
    Erased,
}

/// An address that is not written to again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// All mail, or one list.
    pub scope: Scope,
    /// Why.
    pub reason: Reason,
    /// Since when.
    pub at: Timestamp,
    /// What proves it: a message, a line of a file, a note.
    pub evidence: Option<String>,
}

impl Suppression {
    /// Whether this one tells more than `other`: all mail before one list, then the graver reason, then the earlier record.
    pub fn outranks(&self, other: &Self) -> bool {
        let rank = |one: &Self| (one.scope == Scope::All, one.reason);
        rank(self) > rank(other) || (rank(self) == rank(other) && self.at < other.at)
    }

    /// Whether this one concerns a letter that goes to any of `lists`.
    pub fn concerns<L: AsRef<str>>(&self, lists: &[L]) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::List(name) => lists.iter().any(|list| list.as_ref() == name),
        }
    }
}

impl Scope {
    /// The words in the store: `all`, or `list NAME`.
    pub fn to_words(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::List(name) => format!("list {name}"),
        }
    }

    /// The scope with these words, if they are of a scope.
    pub fn parse(words: &str) -> Option<Self> {
        match (words, words.strip_prefix("list ")) {
            ("all", _) => Some(Self::All),
            (_, Some(name)) if !name.is_empty() => Some(Self::List(name.to_owned())),
            _ => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all mail"),
            Self::List(name) => write!(f, "list `{name}`"),
        }
    }
}

impl Reason {
    /// Whether a standing suppression for this reason says as much as one for `new` would. The person, their mailbox and the clinic speak
    /// each for themselves: what one of them takes back must not outlive what another has said.
    pub fn stands_for(self, new: Self) -> bool {
        self == new || self >= Self::Complained && self > new
    }

    /// The word in the store and in `--json`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByHand => "by_hand",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Erased => "erased",
        }
    }

    /// The reason with this word, if there is one.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::ByHand,
            Self::Unsubscribed,
            Self::Bounced,
            Self::Complained,
            Self::Erased,
        ]
        .into_iter()
        .find(|reason| reason.as_str() == word)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByHand => "suppressed by the clinic",
            Self::Unsubscribed => "unsubscribed",
            Self::Bounced => "the mailbox does not exist",
            Self::Complained => "reported our mail as spam",
            Self::Erased => "asked to be forgotten",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, Scope, Suppression};
    use jiff::Timestamp;

    fn suppression(scope: Scope, reason: Reason, second: i64) -> Suppression {
        let at = Timestamp::from_second(second).unwrap();
        let evidence = None;
        Suppression {
            scope,
            reason,
            at,
            evidence,
        }
    }

    #[test]
    fn the_order_of_truth_is_total() {
        let list = || Scope::List("patients".to_owned());
        let descending = [
            suppression(Scope::All, Reason::Erased, 9),
            suppression(Scope::All, Reason::Complained, 8),
            suppression(Scope::All, Reason::Bounced, 7),
            suppression(Scope::All, Reason::Unsubscribed, 5),
            suppression(Scope::All, Reason::Unsubscribed, 6),
            suppression(Scope::All, Reason::ByHand, 1),
            suppression(list(), Reason::Unsubscribed, 0),
        ];
        for (i, one) in descending.iter().enumerate() {
            for (j, other) in descending.iter().enumerate() {
                assert_eq!(one.outranks(other), i < j, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn one_list_is_forbidden_or_all_mail() {
        let left = suppression(Scope::List("patients".to_owned()), Reason::Unsubscribed, 0);
        assert!(left.concerns(&["staff", "patients"]));
        assert!(!left.concerns(&["staff"]));
        assert!(suppression(Scope::All, Reason::Bounced, 0).concerns::<&str>(&[]));
    }

    #[test]
    fn words_for_the_store_come_back() {
        for scope in [Scope::All, Scope::List("all".to_owned()), Scope::List("my list".to_owned())] {
            assert_eq!(Scope::parse(&scope.to_words()), Some(scope));
        }
        for reason in [
            Reason::ByHand,
            Reason::Unsubscribed,
            Reason::Bounced,
            Reason::Complained,
            Reason::Erased,
        ] {
            assert_eq!(Reason::parse(reason.as_str()), Some(reason));
        }
        assert_eq!(
            (Scope::parse("list "), Scope::parse("some"), Reason::parse("")),
            (None, None, None)
        );
    }
}
