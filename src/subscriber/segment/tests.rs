//! The language of `only:`, test by test.

use super::{Problem, Segment};
use crate::subscriber::Attributes;

fn read(text: &str) -> Result<Segment, Vec<Problem>> {
    Segment::read(&serde_yaml::from_str(text).unwrap())
}

fn attributes(cells: &[(&str, &str)]) -> Attributes {
    cells
        .iter()
        .map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned()))
        .collect()
}

#[test]
fn every_test_says_yes_and_no() {
    // the segment; cells of `x` for which it holds; cells for which it does not
    #[rustfmt::skip]
    let table: &[(&str, &[&str], &[&str])] = &[
        ("{x: Bath}", &["Bath", " bath ", "BATH"], &["Bristol", "Bath Spa", ""]),
        ("{x: [Bath, Bristol]}", &["bath", "bristol"], &["Wells", ""]),
        ("{x: {is: MÜNCHEN}}", &["münchen", "mu\u{308}nchen"], &["munchen"]),
        ("{x: 30}", &["30", "30.0", "030"], &["31", "thirty", "", "NaN"]),
        ("{x: '030'}", &["030"], &["30"]),
        ("{x: true}", &["true", "Yes", "1", "ja"], &["no", "maybe", ""]),
        ("{x: false}", &["false", "no", "0"], &["yes", ""]),
        ("{x: {not: Bath}}", &["Bristol", ""], &["BATH"]),
        ("{x: {not: [Bath, Wells], missing: false}}", &["Bristol"], &["wells", ""]),
        ("{x: {since: 2026-01-01}}", &["2026-01-01", "2026-06-01T09:00:00Z", "1 June 2026"], &["2025-12-31", "01/06/2026", "soon", ""]),
        ("{x: {before: 2026-01-01}}", &["2025-12-31"], &["2026-01-01", "soon", ""]),
        ("{x: {since: 2026-01-01, before: 2026-02-01}}", &["2026-01-31"], &["2026-02-01", "2025-12-31"]),
        ("{x: {at_least: 65}}", &["65", "65.5", "100"], &["64", "9", "old", "inf", ""]),
        ("{x: {at_most: 9.5}}", &["9", "-1"], &["10", ""]),
        ("{x: {contains: massage}}", &["Massage; sauna", "deep-massage"], &["sauna", ""]),
        ("{x: {contains: [massage, sauna]}}", &["sauna"], &["bath", ""]),
        ("{x: {starts_with: BA1}}", &["ba1 1aa"], &["BS1", "xBA1", ""]),
        ("{x: {missing: true}}", &["", "  "], &["Bath"]),
        ("{x: {missing: false}}", &["Bath"], &["", "  "]),
        ("{}", &["Bath", ""], &[]),
    ];
    for (text, holds, misses) in table {
        let segment = read(text).unwrap();
        let asked = |cell: &str| {
            let attributes = attributes(&[("x", cell)]);
            assert_eq!(segment.matches(&attributes), segment.first_miss(&attributes).is_none());
            assert_eq!(
                segment.matches(&attributes),
                segment.explain(&attributes).iter().all(|clause| clause.holds)
            );
            segment.matches(&attributes)
        };
        holds
            .iter()
            .for_each(|cell| assert!(asked(cell), "{text} holds for {cell:?}"));
        misses
            .iter()
            .for_each(|cell| assert!(!asked(cell), "{text} does not hold for {cell:?}"));
        assert_eq!(
            segment.matches(&Attributes::new()),
            holds.contains(&""),
            "{text}: absent is empty"
        );
    }
}

#[test]
fn a_segment_is_said_and_explained_in_words() {
    let segment =
        read("{City: [Bath, Bristol, Wells], joined: {since: 2026-01-01}, visits: {at_least: 2}, 'Last visit': {missing: true}}")
            .unwrap();
    assert_eq!(
        segment.to_words(),
        "`city` is `Bath`, `Bristol` or `Wells`, and `joined` is on or after 2026-01-01, and `visits` is at least 2, and `last_visit` is empty"
    );
    assert_eq!(segment.columns(), ["city", "joined", "last_visit", "visits"]);
    let person = attributes(&[("city", "Bath"), ("joined", "2025-05-01"), ("visits", "3")]);
    let told: Vec<_> = segment
        .explain(&person)
        .into_iter()
        .map(|clause| (clause.found, clause.holds))
        .collect();
    let found = |text: &str| Some(text.to_owned());
    assert_eq!(
        told,
        [
            (found("Bath"), true),
            (found("2025-05-01"), false),
            (found("3"), true),
            (None, true)
        ]
    );
    assert_eq!(
        segment.first_miss(&person).as_deref(),
        Some("`joined` is on or after 2026-01-01")
    );
    assert_eq!(Segment::default().to_words(), "everybody");
}

#[test]
fn every_mistake_is_named_at_its_path() {
    #[rustfmt::skip]
    let table = [
        ("{city: }", "city", "`city` says nothing about the column", "missing: true"),
        ("{city: {}}", "city", "`city` says nothing about the column", "city: Bath"),
        ("{city: []}", "city", "the list of values is empty", "at least one"),
        ("{city: ''}", "city", "a value is empty", "missing: true"),
        ("{city: [Bath, '']}", "city/1", "a value is empty", "missing: true"),
        ("{city: [[Bath]]}", "city/0", "found a list or a block where a single value belongs", "one value"),
        ("{city: {iss: Bath}}", "city/iss", "unknown test `iss`", "did you mean `is`?"),
        ("{city: {regex: Bath}}", "city/regex", "unknown test `regex`", "known here: `is`, `not`"),
        ("{joined: {since: soon}}", "joined/since", "`soon` is no date", "2026-06-01"),
        ("{joined: {since: 01/06/2026}}", "joined/since", "`01/06/2026` may be 2026-06-01 or 2026-01-06", "year, month, day"),
        ("{joined: {at_least: 2026-01-01}}", "joined/at_least", "`2026-01-01` is no number", "`since`"),
        ("{age: {at_most: .inf}}", "age/at_most", "`.inf` is no number", "`65`"),
        ("{age: {missing: maybe}}", "age/missing", "`maybe` is neither `true` nor `false`", "missing: false"),
        ("{age: {at_least: 9, at_most: 8}}", "age", "no number is at least 9 and at most 8", "nobody"),
        ("{d: {since: 2026-01-01, before: 2026-01-01}}", "d", "no day is on or after 2026-01-01 and before 2026-01-01", "nobody"),
        ("{'??': Bath}", "??", "`??` is no column's name", "`city`"),
    ];
    for (text, path, problem, hint) in table {
        let problems = read(text).unwrap_err();
        let told: Vec<_> = problems.iter().map(|one| (one.path.join("/"), one.text.as_str())).collect();
        assert_eq!(told, [(path.to_owned(), problem)], "{text}");
        assert!(
            problems[0].hint.as_deref().unwrap().contains(hint),
            "{text}: {:?}",
            problems[0].hint
        );
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    assert_eq!(
        read("{city: '', joined: {since: soon, bevore: 2026-01-01}}")
            .unwrap_err()
            .len(),
        3
    );
}
