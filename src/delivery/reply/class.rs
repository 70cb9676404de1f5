//! Classes: whose business a reply is, what that means for a person, and what to do about it.
//!
//! Every class has a name that does not change and three sentences, which `docs/replies.md` repeats word for word. Knows no reply.

use std::fmt;

/// Whose business a reply is, and so what becomes of the delivery and of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The relay took the letter.
    Accepted,
    /// This address does not exist or takes no mail for good.
    Hard,
    /// This address does not take mail just now: mailbox full, greylisting.
    Soft,
    /// This letter to this address was refused for policy reasons: never the address's fault.
    Policy,
    /// The address needs SMTPUTF8 and this way has none.
    UnsupportedAddress,
    /// The relay wants us to slow down or come back later.
    Throttle,
    /// The day's or hour's allowance is used up.
    Quota,
    /// The relay is away.
    RelayDown,
    /// Name or password refused.
    Login,
    /// The sender address is refused.
    Sender,
    /// Settings are wrong: TLS, host name, relaying denied.
    Settings,
    /// The letter itself is refused: it would be for everybody.
    Content,
}

/// What the rest of the run does about a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Only this delivery is concerned.
    Delivery,
    /// The relay, for now: no recipient is touched, run again later.
    RelayForNow,
    /// Something a person must mend first: no recipient is touched.
    FixFirst,
}

impl Class {
    /// All of them, in the order in which they are explained.
    pub const ALL: [Class; 12] = [
        Class::Accepted,
        Class::Hard,
        Class::Soft,
        Class::Policy,
        Class::UnsupportedAddress,
        Class::Throttle,
        Class::Quota,
        Class::RelayDown,
        Class::Login,
        Class::Sender,
        Class::Settings,
        Class::Content,
    ];

    /// Whom the class concerns.
    pub fn scope(self) -> Scope {
        match self {
            Class::Accepted | Class::Hard | Class::Soft | Class::Policy | Class::UnsupportedAddress => Scope::Delivery,
            Class::Throttle | Class::Quota | Class::RelayDown => Scope::RelayForNow,
            Class::Login | Class::Sender | Class::Settings | Class::Content => Scope::FixFirst,
        }
    }

    /// The name, which does not change.
    pub fn name(self) -> &'static str {
        match self {
            Class::Accepted => "accepted",
            Class::Hard => "hard",
            Class::Soft => "soft",
            Class::Policy => "policy",
            Class::UnsupportedAddress => "unsupported_address",
            Class::Throttle => "throttle",
            Class::Quota => "quota",
            Class::RelayDown => "relay_down",
            Class::Login => "login",
            Class::Sender => "sender",
            Class::Settings => "settings",
            Class::Content => "content",
        }
    }

    /// What such a reply means, in one sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Class::Accepted => "The relay has taken the letter and answers for it from now on.",
            Class::Hard => "This address does not exist, or takes no mail any more.",
            Class::Soft => {
                "This address takes no letter just now: its mailbox is full, or its server tells newcomers to come back later."
            }
            Class::Policy => "The letter was refused because of who sends it or what it looks like, not because of whom it is for.",
            Class::UnsupportedAddress => "The address has letters that this way of sending cannot carry.",
            Class::Throttle => "The relay wants fewer or slower letters, or another connection.",
            Class::Quota => "What the relay allows you a day or an hour is used up.",
            Class::RelayDown => "The relay cannot be reached or is not ready.",
            Class::Login => "The relay does not accept the user or the password.",
            Class::Sender => "The relay does not let you send as this address, or has stopped your account.",
            Class::Settings => "The relay is spoken to in a way it does not allow: wrong port, TLS, host name or account.",
            Class::Content => "The letter itself is refused, so it would be for everybody: too big, or badly made.",
        }
    }

    /// What the program does about it, in one sentence.
    pub fn consequence(self) -> &'static str {
        match self {
            Class::Accepted => "`accepted`; never sent again.",
            Class::Hard => "`failed` for this person; a run that meets many of them stops and holds the rest.",
            Class::Soft => "`deferred`, and tried again after 5, 15 and 30 minutes, then 1, 2 and every 4 hours.",
            Class::Policy => "`held` for this person; after three in a row the run stops and the rest is on hold.",
            Class::UnsupportedAddress => "`failed` for this person.",
            Class::Throttle => "Nobody is touched; the run takes a fresh connection, and stops for now when that does not help.",
            Class::Quota | Class::RelayDown => "Nobody is touched; the run stops for now (exit code 75).",
            Class::Login | Class::Sender | Class::Settings => "Nobody is touched; the run stops at once (exit code 78).",
            Class::Content => "`held` for this person; the edition's rest is on hold, and the run stops at once (exit code 78).",
        }
    }

    /// What a person does about it.
    pub fn next_step(self) -> &'static str {
        match self {
            Class::Accepted => "nothing to do",
            Class::Hard => "ask the person for another address, or take the row off the list",
            Class::Soft => "leave it to cron: `tidings run` tries again when it is time",
            Class::Policy => {
                "check SPF, DKIM and DMARC of the sender's domain and read the letter as a stranger would, then `tidings release` the held letters"
            }
            Class::UnsupportedAddress => "ask the person for an address in plain letters",
            Class::Throttle | Class::Quota | Class::RelayDown => "run the same command again later",
            Class::Login => "check the user and the password under `relay:` in `tidings.yaml`; nobody was touched",
            Class::Sender => {
                "the relay does not let you send as this address: check `sender.from` in `tidings.yaml`; nobody was touched"
            }
            Class::Settings => "check `relay:` in `tidings.yaml` with the provider's instructions; nobody was touched",
            Class::Content => {
                "the letter itself is refused and what was released is frozen: `tidings cancel CAMPAIGN/ARTICLE`, make the article smaller or plainer, give it a new `id:`, and send that"
            }
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_class_has_a_name_and_words_of_its_own() {
        let names: BTreeSet<&str> = Class::ALL.into_iter().map(Class::name).collect();
        let meanings: BTreeSet<&str> = Class::ALL.into_iter().map(Class::meaning).collect();
        assert_eq!((names.len(), meanings.len()), (Class::ALL.len(), Class::ALL.len()));
        for class in Class::ALL {
            assert!(
                class.meaning().ends_with('.') && class.consequence().ends_with('.'),
                "{class}"
            );
            assert!(!class.next_step().is_empty() && !class.next_step().ends_with('.'), "{class}");
        }
    }

    #[test]
    fn who_is_not_touched_is_not_said_to_be() {
        for class in Class::ALL {
            let untouched = class.consequence().starts_with("Nobody is touched");
            let expected = class.scope() != Scope::Delivery && class != Class::Content;
            assert_eq!(untouched, expected, "{class}");
        }
    }
}
