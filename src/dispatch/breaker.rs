//! The breaker: how the relay has treated a whole run, and when that is no single person's matter any more.
//!
//! One breaker is shared by all connections and editions of a run and is told of every verdict. It ends the run, and has the rest put
//! on hold for a person to look, when
//! - [`EQUAL`] refusals in a row have the same words for people of [`PLACES`] domains: a relay at fault, not five dead addresses;
//! - more than a tenth of the first [`FIRST`] letters go to addresses that do not exist: an old or a wrong list;
//! - more than [`SHARE`] in a hundred do, once [`ENOUGH`] were tried: a list that costs the clinic its good name;
//! - [`REFUSED_IN_A_ROW`] letters in a row are refused for policy.
//!
//! [`EQUAL`] refusals for now with the same words for people of [`PLACES`] domains end the run without a hold: the relay is busy.
//!
//! Without the hold a run that cron repeats would use the list up, a few people each time; whoever releases it has seen the list, and
//! is not asked about it again. Knows neither store nor sockets.

use super::report::Stop;
use super::verdict::Verdict;
use crate::address::Address;
use crate::delivery::reply::{Class, Reply, Scope};
use crate::delivery::state::Event;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// So many refusals in a row with the same words…
pub const EQUAL: u32 = 5;
/// …for people of so many domains.
pub const PLACES: usize = 3;
/// The first letters of a run, of which a tenth may go to addresses that do not exist.
pub const FIRST: u64 = 50;
/// How many letters must have been tried before their share of such addresses says anything.
pub const ENOUGH: u64 = 100;
/// The share that is still bearable, in a hundred.
pub const SHARE: u64 = 2;
/// How many letters in a row may be refused for policy: then it is hardly the recipients.
pub const REFUSED_IN_A_ROW: u32 = 3;

/// What the breaker says of letters that were refused alike; whoever releases an edition that was held for it has seen them.
pub const ALIKE: &str = "letters in a row with the same words";

/// What the breaker says of a list that many on it do not exist; whoever releases an edition that was held for it has seen the list.
pub const MISSING: &str = "addresses do not exist";

/// What all connections of a run share.
#[derive(Debug, Default)]
pub struct Breaker {
    count: Mutex<Count>,
}

impl Breaker {
    /// The letters to come are another edition's: its list is judged by itself. Where a person has looked at it and let it go, its share
    /// of addresses that do not exist is no news.
    pub fn begin_list(&self, is_seen: bool) {
        let mut count = self.count();
        (count.tried, count.hard, count.list_is_seen) = (0, 0, is_seen);
    }

    /// Weighs one letter's verdict with all that went before: a refusal that looks like everybody's is held instead of failed, and
    /// the run may have to stop.
    pub fn weigh(&self, mut verdict: Verdict, to: &Address) -> Verdict {
        let mut count = self.count();
        let Some(trip) = count.note(&verdict, to) else {
            return verdict;
        };
        match (&trip, verdict.event) {
            (Trip::Equal, Event::RefuseForGood) => verdict.event = Event::RefuseForAll,
            // The relay's doing, and nobody's refusal.
            (Trip::PutOff, _) => verdict.event = Event::NotTaken,
            _ => {}
        }
        let reply = verdict.reply.as_ref().map(ToString::to_string).unwrap_or_default();
        verdict.stop = verdict.stop.or_else(|| Some(count.stop(&trip, &reply)));
        verdict
    }

    fn count(&self) -> MutexGuard<'_, Count> {
        // A poisoned lock means a connection panicked while counting: the numbers are still the best there are.
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What ended a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trip {
    Equal,
    PutOff,
    Tenth,
    Share,
    Policy,
}

#[derive(Debug, Default)]
struct Count {
    /// Letters whose recipient the relay has given an answer about.
    tried: u64,
    /// Those whose address does not exist.
    hard: u64,
    list_is_seen: bool,
    /// What the last refusals for good had in common, since anything else was heard.
    alike: Option<Alike>,
    /// The same of the last refusals for now.
    put_off: Option<Alike>,
    policy_in_a_row: u32,
}

#[derive(Debug)]
struct Alike {
    words: String,
    times: u32,
    domains: BTreeSet<String>,
}

impl Count {
    fn note(&mut self, verdict: &Verdict, to: &Address) -> Option<Trip> {
        let class = verdict.class.filter(|class| class.scope() == Scope::Delivery)?;
        self.tried += 1;
        self.hard += u64::from(class == Class::Hard);
        self.policy_in_a_row = match class {
            Class::Accepted => 0,
            Class::Policy => self.policy_in_a_row + 1,
            _ => self.policy_in_a_row,
        };
        let is_for_good = matches!(class, Class::Hard | Class::Policy | Class::UnsupportedAddress);
        let reply = verdict.reply.as_ref();
        let alike = compare(&mut self.alike, reply.filter(|_| is_for_good), to) && !(self.list_is_seen && class == Class::Hard);
        let put_off = compare(
            &mut self.put_off,
            reply.filter(|reply| class == Class::Soft && !is_of_one_mailbox(reply)),
            to,
        );
        let hard = class == Class::Hard && !self.list_is_seen;
        match () {
            () if class == Class::Policy && self.policy_in_a_row >= REFUSED_IN_A_ROW => Some(Trip::Policy),
            () if alike => Some(Trip::Equal),
            () if put_off => Some(Trip::PutOff),
            () if hard && self.tried <= FIRST && self.hard * 10 > FIRST => Some(Trip::Tenth),
            () if hard && self.tried >= ENOUGH && self.hard * 100 > self.tried * SHARE => Some(Trip::Share),
            () => None,
        }
    }

    fn stop(&self, trip: &Trip, reply: &str) -> Stop {
        let (tried, hard) = (self.tried, self.hard);
        match trip {
            Trip::Equal => Stop::Hold {
                why: format!("the relay refused {EQUAL} {ALIKE}, for people of {PLACES} domains and more: `{reply}`"),
                hint: "either the relay or its settings are at fault (ask the provider; then `tidings resend CAMPAIGN --failed` for those whom it \
                       cost their letter), or the list is old; `tidings release CAMPAIGN` goes on"
                    .to_owned(),
                fix_first: true,
                all: true,
            },
            Trip::PutOff => Stop::RelayForNow {
                why: format!("the relay put off {EQUAL} {ALIKE}, for people of {PLACES} domains and more: `{reply}`"),
            },
            Trip::Policy => Stop::Hold {
                why: format!("the relay refused {REFUSED_IN_A_ROW} letters in a row: `{reply}`"),
                hint: "this machine, the sender's domain (its SPF, DKIM and DMARC records) or the letter is at fault, not the people; mend it, then \
                       `tidings release` the held letters"
                    .to_owned(),
                fix_first: true,
                all: true,
            },
            Trip::Tenth => Stop::Hold {
                why: format!("{hard} of the first {tried} {MISSING}: `{reply}`"),
                hint: "the list is old or the wrong one, and a provider closes accounts for less: look through it; \
                       `tidings release CAMPAIGN` sends to the others all the same"
                    .to_owned(),
                fix_first: true,
                all: false,
            },
            Trip::Share => Stop::Hold {
                why: format!("{hard} of {tried} {MISSING}, more than {SHARE} in a hundred"),
                hint: "such a list costs your letters their good name: take the addresses that failed off it; \
                       `tidings release CAMPAIGN` sends to the others"
                    .to_owned(),
                fix_first: false,
                all: false,
            },
        }
    }
}

/// Whether this is one refusal too many of its kind.
fn compare(known: &mut Option<Alike>, refusal: Option<&Reply>, to: &Address) -> bool {
    let Some(reply) = refusal else {
        *known = None;
        return false;
    };
    let words = normalised(reply);
    let alike = match known.take() {
        Some(alike) if alike.words == words => known.insert(alike),
        Some(_) | None => known.insert(Alike {
            words,
            times: 0,
            domains: BTreeSet::new(),
        }),
    };
    alike.times += 1;
    if alike.domains.len() < PLACES {
        alike.domains.insert(to.domain().to_lowercase());
    }
    alike.times >= EQUAL && alike.domains.len() >= PLACES
}

/// x.1.x and x.2.x tell of one address and one mailbox (RFC 3463 §3), however many of them are full; greylisting is each letter's own.
fn is_of_one_mailbox(reply: &Reply) -> bool {
    let text = reply.text.to_lowercase();
    let is_greylisted = ["greylist", "graylist", "grey-list", "postgrey"]
        .iter()
        .any(|word| text.contains(word));
    is_greylisted || reply.enhanced.is_some_and(|code| matches!(code.subject, 1 | 2))
}

/// What a reply says apart from whom and when: no digits, addresses, identifiers, hexadecimal.
fn normalised(reply: &Reply) -> String {
    let text = reply.text.to_lowercase().replace("<recipient>", " ");
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '[' | ']' | '<' | '>' | '"' | '\''));
    let kept = words.filter_map(|word| {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        let named = word.contains(['@', '.', '=', '/', ':']) || word.chars().any(|c| c.is_ascii_digit());
        let hexadecimal = word.len() >= 6 && word.chars().all(|c| c.is_ascii_hexdigit());
        (!named && !hexadecimal && !word.is_empty()).then_some(word)
    });
    let enhanced = reply.enhanced.map(|code| code.to_string()).unwrap_or_default();
    format!("{} {enhanced} {}", reply.code, kept.collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests;
