//! Whether one person gets a campaign's letter: lists minus other lists, filtered by the segment, minus suppressed, with consent
//! that the law accepts.
//!
//! Promises: nobody is left out without a reason that can be said in plain words and counted. Knows nothing of campaigns, stores or
//! of letters that were sent before.

use crate::subscriber::Attributes;
use crate::subscriber::consent::{self, Answer, Consent, Jurisdiction, Refusal};
use crate::subscriber::segment::Segment;
use crate::subscriber::suppression::{self, Suppression};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;

/// A person's place on one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListMembership {
    /// The list's name.
    pub list: String,
    /// What the person agreed to there.
    pub consent: Consent,
    /// Since when.
    pub joined: Option<Date>,
}

/// One person, as far as the decision needs them.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Every list the person is on.
    pub on_lists: &'a [ListMembership],
    /// What is known of the person.
    pub attributes: &'a Attributes,
    /// The suppression that tells most, if the address is suppressed.
    pub suppressed: Option<&'a Suppression>,
}

/// What is asked of every person: whom a campaign wants, on one day.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// On any of these lists.
    pub lists: &'a [String],
    /// On none of these.
    pub not_lists: &'a [String],
    /// And matching this.
    pub only: &'a Segment,
    /// With consent that this law accepts.
    pub jurisdiction: Jurisdiction,
    /// On this day.
    pub today: Date,
}

/// In, or out with the first reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Gets a letter.
    In,
    /// Gets none.
    Out(Reason),
}

/// Why a person gets no letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// On none of the wanted lists.
    NotOnList,
    /// On this list, whose people are left out.
    OnExcludedList(String),
    /// This condition does not hold.
    NotInSegment(String),
    /// Never to be written to.
    Suppressed(suppression::Reason),
    /// No consent that the law accepts.
    NoConsent(Refusal),
}

impl Reason {
    /// The stable name in `--json` and in the store.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotOnList => "not_on_list",
            Self::OnExcludedList(_) => "on_excluded_list",
            Self::NotInSegment(_) => "not_in_segment",
            Self::Suppressed(_) => "suppressed",
            Self::NoConsent(_) => "no_consent",
        }
    }

    /// The words without what differs from person to person: what a count is made of.
    pub fn summary(&self) -> String {
        match self {
            Self::NoConsent(Refusal::Ended { .. }) => "implied consent has ended".to_owned(),
            other => other.to_string(),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOnList => f.write_str("is on none of the lists"),
            Self::OnExcludedList(list) => write!(f, "is on list `{list}`, which is left out"),
            Self::NotInSegment(clause) => write!(f, "does not match: {clause}"),
            Self::Suppressed(reason) => write!(f, "{reason}"),
            Self::NoConsent(refusal) => write!(f, "{refusal}"),
        }
    }
}

/// Decides about one person.
pub fn decide(question: &Question<'_>, candidate: &Candidate<'_>) -> Decision {
    OBJECTIONS
        .iter()
        .find_map(|objection| objection(question, candidate))
        .map_or(Decision::In, Decision::Out)
}

/// Every reason against one person, not only the first; none means in.
pub fn objections(question: &Question<'_>, candidate: &Candidate<'_>) -> Vec<Reason> {
    OBJECTIONS
        .iter()
        .filter_map(|objection| objection(question, candidate))
        .collect()
}

/// The possible objections in the order in which a reason is told: who was never meant comes before who may not be written to, and a
/// suppression, which is final, before a consent that may be mended.
const OBJECTIONS: [fn(&Question<'_>, &Candidate<'_>) -> Option<Reason>; 5] =
    [not_on_list, on_excluded_list, not_in_segment, suppressed, no_consent];

fn not_on_list(question: &Question<'_>, candidate: &Candidate<'_>) -> Option<Reason> {
    memberships(question, candidate).next().is_none().then_some(Reason::NotOnList)
}

fn on_excluded_list(question: &Question<'_>, candidate: &Candidate<'_>) -> Option<Reason> {
    let lists = candidate.on_lists.iter().map(|membership| &membership.list);
    lists
        .into_iter()
        .find(|list| question.not_lists.contains(list))
        .cloned()
        .map(Reason::OnExcludedList)
}

fn not_in_segment(question: &Question<'_>, candidate: &Candidate<'_>) -> Option<Reason> {
    question.only.first_miss(candidate.attributes).map(Reason::NotInSegment)
}

fn suppressed(question: &Question<'_>, candidate: &Candidate<'_>) -> Option<Reason> {
    // Who left one of the wanted lists left this campaign, even where another list would still reach them.
    let suppression = candidate
        .suppressed
        .filter(|suppression| suppression.concerns(question.lists))?;
    Some(Reason::Suppressed(suppression.reason))
}

/// One accepted consent is enough, unless the person said no on any of the wanted lists.
fn no_consent(question: &Question<'_>, candidate: &Candidate<'_>) -> Option<Reason> {
    if memberships(question, candidate).any(|membership| membership.consent.answer == Answer::No) {
        return Some(Reason::NoConsent(Refusal::SaidNo));
    }
    let mut refusals = Vec::new();
    for membership in memberships(question, candidate) {
        match consent::accepts(question.jurisdiction, &membership.consent, question.today) {
            Ok(()) => return None,
            Err(refusal) => refusals.push(refusal),
        }
    }
    refusals.into_iter().max().map(Reason::NoConsent)
}

fn memberships<'a>(question: &Question<'a>, candidate: &Candidate<'a>) -> impl Iterator<Item = &'a ListMembership> {
    let lists = question.lists;
    candidate
        .on_lists
        .iter()
        .filter(move |membership| lists.contains(&membership.list))
}

/// How many are in, and how many are out for which reason.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    included: usize,
    left_out: BTreeMap<(&'static str, String), usize>,
}

impl Tally {
    /// Counts one decision.
    pub fn count(&mut self, decision: &Decision) {
        match decision {
            Decision::In => self.included += 1,
            Decision::Out(reason) => *self.left_out.entry((reason.name(), reason.summary())).or_default() += 1,
        }
    }

    /// How many get a letter.
    pub fn included(&self) -> usize {
        self.included
    }

    /// How many get none.
    pub fn left_out(&self) -> usize {
        self.left_out.values().sum()
    }

    /// The reasons as name, words and number of people, the most frequent first.
    pub fn reasons(&self) -> Vec<(&'static str, &str, usize)> {
        let mut reasons: Vec<_> = self
            .left_out
            .iter()
            .map(|((name, words), people)| (*name, words.as_str(), *people))
            .collect();
        reasons.sort_by_key(|(_, _, people)| std::cmp::Reverse(*people));
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::{Candidate, Decision, ListMembership, Question, Reason, Tally, decide, objections};
    use crate::subscriber::Attributes;
    use crate::subscriber::consent::{Answer, Basis, Consent, Jurisdiction, Refusal};
    use crate::subscriber::segment::Segment;
    use crate::subscriber::suppression::{self, Scope, Suppression};
    use jiff::Timestamp;
    use jiff::civil::date;

    /// Lists are written `name+` (yes), `name-` (no), `name?` (blank); the campaign wants `patients` and `friends`, not `staff`, in Bath.
    fn reasons(lists: &[&str], city: &str, suppressed: Option<(Scope, suppression::Reason)>) -> Vec<Reason> {
        let on_lists: Vec<ListMembership> = lists.iter().map(|list| membership(list)).collect();
        let attributes = Attributes::from([("city".to_owned(), city.to_owned())]);
        let suppression = suppressed.map(|(scope, reason)| Suppression {
            scope,
            reason,
            at: Timestamp::UNIX_EPOCH,
            evidence: None,
        });
        let candidate = Candidate {
            on_lists: &on_lists,
            attributes: &attributes,
            suppressed: suppression.as_ref(),
        };
        let question = Question {
            lists: &["patients".to_owned(), "friends".to_owned()],
            not_lists: &["staff".to_owned()],
            only: &Segment::read(&serde_yaml::from_str("{city: Bath}").unwrap()).unwrap(),
            jurisdiction: Jurisdiction::Gb,
            today: date(2026, 6, 1),
        };
        let reasons = objections(&question, &candidate);
        let decision = reasons.first().cloned().map_or(Decision::In, Decision::Out);
        assert_eq!(decide(&question, &candidate), decision, "the first objection decides");
        reasons
    }

    fn membership(written: &str) -> ListMembership {
        let (list, sign) = written.split_at(written.len() - 1);
        let answer = match sign {
            "+" => Answer::Yes,
            "-" => Answer::No,
            _ => Answer::Unknown,
        };
        ListMembership {
            list: list.to_owned(),
            consent: Consent {
                answer,
                ..Consent::default()
            },
            joined: None,
        }
    }

    #[test]
    fn everybody_is_in_or_out_for_a_reason() {
        let said_no = || Reason::NoConsent(Refusal::SaidNo);
        let left = |list: &str| Some((Scope::List(list.to_owned()), suppression::Reason::Unsubscribed));
        let miss = || Reason::NotInSegment("`city` is `Bath`".to_owned());
        #[rustfmt::skip]
        let table = [
            (vec!["patients+"], "Bath", None, vec![]),
            (vec!["patients?", "friends+"], "Bath", None, vec![]),
            (vec!["patients+", "friends-"], "Bath", None, vec![said_no()]),
            (vec!["patients+", "others-"], "Bath", None, vec![]),
            (vec!["patients?", "others+"], "Bath", None, vec![Reason::NoConsent(Refusal::NoAnswer)]),
            (vec![], "Bath", None, vec![Reason::NotOnList]),
            (vec!["others+"], "Bath", None, vec![Reason::NotOnList]),
            (vec!["patients+", "staff+"], "Bath", None, vec![Reason::OnExcludedList("staff".to_owned())]),
            (vec!["patients+"], "Wells", None, vec![miss()]),
            (vec!["patients+"], "Bath", Some((Scope::All, suppression::Reason::Bounced)), vec![Reason::Suppressed(suppression::Reason::Bounced)]),
            (vec!["patients+", "friends+"], "Bath", left("friends"), vec![Reason::Suppressed(suppression::Reason::Unsubscribed)]),
            (vec!["patients+"], "Bath", left("others"), vec![]),
            (vec!["patients-", "staff+"], "Wells", left("patients"), vec![
                Reason::OnExcludedList("staff".to_owned()), miss(), Reason::Suppressed(suppression::Reason::Unsubscribed), said_no(),
            ]),
        ];
        for (lists, city, suppressed, expected) in table {
            assert_eq!(reasons(&lists, city, suppressed), expected, "{lists:?} {city}");
        }
    }

    #[test]
    fn reasons_are_counted_by_their_words() {
        let ended = |day| {
            let basis = Basis::Implied;
            Decision::Out(Reason::NoConsent(Refusal::Ended {
                basis,
                on: date(2026, 1, day),
            }))
        };
        let mut tally = Tally::default();
        for decision in [
            Decision::In,
            ended(1),
            Decision::Out(Reason::NotOnList),
            ended(2),
            Decision::In,
            Decision::In,
        ] {
            tally.count(&decision);
        }
        assert_eq!((tally.included(), tally.left_out()), (3, 3));
        let expected = [
            ("no_consent", "implied consent has ended", 2),
            ("not_on_list", "is on none of the lists", 1),
        ];
        assert_eq!(tally.reasons(), expected);
    }
}
