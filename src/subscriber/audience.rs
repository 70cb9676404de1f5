//! Whether one person gets a campaign's letter: lists minus other lists, filtered by the segment, minus suppressed, with consent
//! that the law accepts.
//!
//! Promises: nobody is left out without a reason that can be said in plain words and counted. Knows nothing of campaigns, stores or
//! of letters that were sent before.

use crate::subscriber::Attributes;
use crate::subscriber::consent::{self, Answer, Consent, Jurisdiction, Refusal};
use crate::subscriber::segment::Asked;
use crate::subscriber::suppression::{self, Suppression};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;

/// A person's place on one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListMembership<'a> {
    /// The list's name.
    pub list: &'a str,
    /// What the person agreed to there.
    pub consent: &'a Consent,
    /// What the list says of the person, as letters use it.
    pub attributes: &'a Attributes,
    /// Where several rows share the address: what each of them says. Empty for one row.
    pub rows: &'a [Attributes],
}

impl<'a> ListMembership<'a> {
    /// What the list says, row by row: a segment is asked of each.
    pub fn each_row(&self) -> &'a [Attributes] {
        match self.rows {
            [] => std::slice::from_ref(self.attributes),
            rows => rows,
        }
    }
}

/// One person, as far as the decision needs them.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Every list the person is on.
    pub on_lists: &'a [ListMembership<'a>],
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
    pub only: &'a Asked,
    /// With consent that this law accepts.
    pub jurisdiction: Jurisdiction,
    /// On this day.
    pub today: Date,
}

/// In, or out with the first reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Gets a letter, with what this list says: the position among the person's lists.
    In(usize),
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
            Self::NoConsent(Refusal::StillToCome { .. }) => "the day of the consent is still to come".to_owned(),
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
    let objection = OBJECTIONS.iter().find_map(|objection| objection(question, candidate));
    match (objection, matching(question, candidate)) {
        (Some(reason), _) => Decision::Out(reason),
        (None, Some(position)) => Decision::In(position),
        // Who is on a wanted list and has no row that matches has met an objection.
        (None, None) => Decision::Out(Reason::NotOnList),
    }
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
    let mut lists = candidate.on_lists.iter().map(|membership| membership.list);
    lists
        .find(|list| question.not_lists.iter().any(|other| other == list))
        .map(|list| Reason::OnExcludedList(list.to_owned()))
}

/// Any row of any wanted list may match; where none does, the condition is told at which the row that came furthest failed.
fn not_in_segment(question: &Question<'_>, candidate: &Candidate<'_>) -> Option<Reason> {
    let rows = memberships(question, candidate).flat_map(|membership| membership.each_row());
    let furthest = rows.map(|row| question.only.reach(row)).max()?;
    let miss = question.only.words(furthest)?;
    Some(Reason::NotInSegment(miss.to_owned()))
}

/// The first wanted list, in the campaign's order, with a row that matches: its data are the letter's.
fn matching(question: &Question<'_>, candidate: &Candidate<'_>) -> Option<usize> {
    question.lists.iter().find_map(|list| {
        let position = candidate.on_lists.iter().position(|membership| membership.list == *list)?;
        let mut rows = candidate.on_lists.get(position)?.each_row().iter();
        rows.any(|row| question.only.matches(row)).then_some(position)
    })
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
        match consent::accepts(question.jurisdiction, membership.consent, question.today) {
            Ok(()) => return None,
            Err(refusal) => refusals.push(refusal),
        }
    }
    refusals.into_iter().max().map(Reason::NoConsent)
}

fn memberships<'a>(question: &Question<'a>, candidate: &Candidate<'a>) -> impl Iterator<Item = &'a ListMembership<'a>> {
    let lists = question.lists;
    candidate
        .on_lists
        .iter()
        .filter(move |membership| lists.iter().any(|list| list == membership.list))
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
            Decision::In(_) => self.included += 1,
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
#[path = "audience_tests.rs"]
mod tests;
