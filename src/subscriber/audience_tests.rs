//! Everybody is in or out for a reason: lists, families, suppressions and consents in every combination that argues.

use super::{Candidate, Decision, ListMembership, Question, Reason, Tally, decide, objections};
use crate::subscriber::Attributes;
use crate::subscriber::consent::{Answer, Basis, Consent, Jurisdiction, Refusal};
use crate::subscriber::segment::{Asked, Segment};
use crate::subscriber::suppression::{self, Scope, Suppression};
use jiff::Timestamp;
use jiff::civil::date;
use std::collections::BTreeMap;

/// A place on a list, as tests write it.
struct Place {
    list: String,
    consent: Consent,
    attributes: Attributes,
    rows: Vec<Attributes>,
}

fn asked(only: &str) -> Asked {
    let segment = Segment::read(&serde_yaml::from_str(only).unwrap()).unwrap();
    segment.on(date(2026, 6, 1), &BTreeMap::new())
}

fn row(cells: &str) -> Attributes {
    serde_yaml::from_str(cells).unwrap()
}

/// `name+` (yes), `name-` (no), `name?` (blank), with one row for each of `rows`.
fn place(written: &str, rows: &[&str]) -> Place {
    let (list, sign) = written.split_at(written.len() - 1);
    let answer = match sign {
        "+" => Answer::Yes,
        "-" => Answer::No,
        _ => Answer::Unknown,
    };
    Place {
        list: list.to_owned(),
        consent: Consent {
            answer,
            ..Consent::default()
        },
        attributes: row(rows[0]),
        rows: match rows {
            [_] => Vec::new(),
            several => several.iter().map(|cells| row(cells)).collect(),
        },
    }
}

/// What is decided for the campaign that wants `patients` and `friends`, not `staff`.
fn outcome(places: &[Place], only: &Asked, suppressed: Option<(Scope, suppression::Reason)>) -> (Decision, Vec<Reason>) {
    let on_lists: Vec<ListMembership<'_>> = places
        .iter()
        .map(|place| ListMembership {
            list: &place.list,
            consent: &place.consent,
            attributes: &place.attributes,
            rows: &place.rows,
        })
        .collect();
    let suppression = suppressed.map(|(scope, reason)| Suppression {
        scope,
        reason,
        at: Timestamp::UNIX_EPOCH,
        evidence: None,
    });
    let candidate = Candidate {
        on_lists: &on_lists,
        suppressed: suppression.as_ref(),
    };
    let question = Question {
        lists: &["patients".to_owned(), "friends".to_owned()],
        not_lists: &["staff".to_owned()],
        only,
        jurisdiction: Jurisdiction::Gb,
        today: date(2026, 6, 1),
    };
    let (decision, reasons) = (decide(&question, &candidate), objections(&question, &candidate));
    match (&decision, reasons.first()) {
        (Decision::Out(told), first) => assert_eq!(Some(told), first, "the first objection decides"),
        (Decision::In(_), first) => assert_eq!(first, None),
    }
    (decision, reasons)
}

fn reasons(lists: &[&str], city: &str, suppressed: Option<(Scope, suppression::Reason)>) -> Vec<Reason> {
    let cells = format!("{{city: {city}}}");
    let places: Vec<Place> = lists.iter().map(|list| place(list, &[&cells])).collect();
    outcome(&places, &asked("{city: Bath}"), suppressed).1
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
fn one_row_of_a_family_is_enough_and_its_conditions_are_not_mixed() {
    let only = asked("{city: Bath, age: {at_least: 65}}");
    let check = |rows: &[&str], miss: Option<&str>| {
        let (decision, _) = outcome(&[place("patients+", rows)], &only, None);
        let expected = miss.map_or(Decision::In(0), |words| Decision::Out(Reason::NotInSegment(words.to_owned())));
        assert_eq!(decision, expected, "{rows:?}");
    };
    check(&["{city: Bath, age: 70}"], None);
    check(&["{city: Wells, age: 9}", "{city: Bath, age: 70}"], None);
    check(&["{city: Bath, age: 70}", "{city: Wells, age: 9}"], None);
    // One lives in Bath, the other is old enough: nobody is both.
    check(
        &["{city: Bath, age: 9}", "{city: Wells, age: 70}"],
        Some("`age` is at least 65"),
    );
    check(
        &["{city: Wells, age: 70}", "{city: Frome, age: 70}"],
        Some("`city` is `Bath`"),
    );
}

#[test]
fn the_letter_has_the_data_of_the_first_list_with_a_row_that_matches() {
    let (bath, wells) = (&["{city: Bath}"][..], &["{city: Wells}"][..]);
    let only = asked("{city: Bath}");
    // The store gives lists by name; the campaign wants `patients` before `friends`.
    let check = |friends: &[&str], patients: &[&str], expected: Decision| {
        let places = [place("friends+", friends), place("patients+", patients)];
        assert_eq!(outcome(&places, &only, None).0, expected);
    };
    check(bath, bath, Decision::In(1));
    check(bath, wells, Decision::In(0));
    check(wells, bath, Decision::In(1));
    check(wells, &["{city: Wells}", "{city: Bath}"], Decision::In(1));
    check(
        wells,
        wells,
        Decision::Out(Reason::NotInSegment("`city` is `Bath`".to_owned())),
    );
    // A list that the campaign does not want has no say.
    let places = [place("others+", bath), place("patients+", wells)];
    assert!(matches!(
        outcome(&places, &only, None).0,
        Decision::Out(Reason::NotInSegment(_))
    ));
}

#[test]
fn a_no_on_one_list_stands_whichever_row_matches() {
    let only = asked("{city: Bath}");
    let places = [place("friends-", &["{city: Wells}"]), place("patients+", &["{city: Bath}"])];
    let said_no = Decision::Out(Reason::NoConsent(Refusal::SaidNo));
    assert_eq!(outcome(&places, &only, None).0, said_no);
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
        Decision::In(0),
        ended(1),
        Decision::Out(Reason::NotOnList),
        ended(2),
        Decision::In(0),
        Decision::In(1),
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
