//! The language of `only:`, test by test.

use super::{Asked, MOST_CONDITIONS, Problem, Segment};
use crate::subscriber::Attributes;
use crate::subscriber::column::Kind;
use jiff::civil::date;
use std::collections::BTreeMap;

fn read(text: &str) -> Result<Segment, Vec<Problem>> {
    Segment::read(&serde_yaml::from_str(text).unwrap())
}

/// The segment as it is asked on 1 June 2026, of columns of text.
fn asked(text: &str) -> Asked {
    read(text).unwrap().on(date(2026, 6, 1), &BTreeMap::new())
}

/// The same, where the column `x` holds this.
fn asked_of(kind: Kind, text: &str) -> Asked {
    read(text)
        .unwrap()
        .on(date(2026, 6, 1), &BTreeMap::from([("x".to_owned(), kind)]))
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
        ("{x: {at_least: '3,5'}}", &["3,5", "3.6", "1.234,5"], &["3,4", "1,234", ""]),
        ("{x: {has: massage}}", &["Massage", "yoga; massage", "\"massage\"|sauna", "sauna,MASSAGE"], &["massages", "deep massage", ""]),
        ("{x: {has: [deep tissue, yoga]}}", &["Deep-Tissue", "sauna; yoga"], &["tissue", "deep, tissue", ""]),
        ("{x: {lacks: [massage, yoga]}}", &["sauna", ""], &["sauna; Yoga"]),
        ("{x: {within_last: 90 days}}", &["2026-06-01", "2026-03-03"], &["2026-06-02", "2026-03-02", "soon", ""]),
        ("{x: {within_last: 1 month}}", &["2026-05-01"], &["2026-04-30"]),
        ("{x: {within_next: 2w}}", &["2026-06-01", "15.6.2026"], &["2026-05-31", "2026-06-16", ""]),
        ("{x: {older_than: 90 days}}", &["2026-03-02", "1 Jan 2020"], &["2026-03-03", "2026-06-02", "soon", ""]),
        ("{x: {older_than: 1 year}}", &["2025-05-31"], &["2025-06-01"]),
        ("{x: {missing: true}}", &["", "  "], &["Bath"]),
        ("{x: {missing: false}}", &["Bath"], &["", "  "]),
        ("{}", &["Bath", ""], &[]),
    ];
    for (text, holds, misses) in table {
        let segment = asked(text);
        let asked = |cell: &str| {
            let attributes = attributes(&[("x", cell)]);
            let cells = (0..segment.len()).map(|condition| segment.holds(condition, Some(cell)));
            assert_eq!(segment.matches(&attributes), cells.into_iter().all(|holds| holds));
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
    let segment = segment.on(date(2026, 6, 1), &BTreeMap::new());
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
        segment.words(segment.reach(&person)),
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
        ("{seen: {within: 90 days}}", "seen/within", "unknown test `within`", "`within_last: 90 days` for days that are over"),
        ("{seen: {within_last: soon}}", "seen/within_last", "`soon` is no length of time", "`90 days`"),
        ("{seen: {within_last: 90}}", "seen/within_last", "`90` is no length of time", "`90 days`"),
        ("{seen: {older_than: 2026-01-01}}", "seen/older_than", "`2026-01-01` is no length of time", "`since`"),
        ("{seen: {older_than: 999999999999 days}}", "seen/older_than", "`999999999999 days` is no length of time", "months"),
        ("{seen: {older_than: 1 year, within_last: 1 year}}", "seen", "no day is older than 1 year and within the last 1 year", "nobody"),
        ("{tags: {has: 'massage, yoga'}}", "tags/has", "`massage, yoga` is not one tag", "`[massage, yoga]`"),
        ("{tags: {lacks: [';']}}", "tags/lacks", "`;` is not one tag", "`has: [massage]`"),
        ("{visits: {at_least: '1,234'}}", "visits/at_least", "`1,234` may be 1234 or 1.234", "write `1234` or `1.234`"),
        ("{x: {missing: true, has: y}}", "x", "no cell is empty and has a value", "nobody"),
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

#[test]
fn what_a_column_holds_decides_how_values_are_compared() {
    let check = |kind, text: &str, holds: &[&str], misses: &[&str]| {
        let asked = asked_of(kind, text);
        let answer = |cell: &str| asked.matches(&attributes(&[("x", cell)]));
        assert!(holds.iter().all(|cell| answer(cell)), "{text} of {kind}");
        assert!(!misses.iter().any(|cell| answer(cell)), "{text} of {kind}");
    };
    check(Kind::Day, "{x: 1 June 2026}", &["2026-06-01"], &["2026-06-02", ""]);
    check(Kind::Text, "{x: 1 June 2026}", &["1 june 2026"], &["2026-06-01"]);
    check(Kind::YesNo, "{x: 'yes'}", &["ja", "1", "Yes"], &["nein", "", "maybe"]);
    check(Kind::Text, "{x: 'yes'}", &["YES"], &["ja"]);
    check(Kind::YesNo, "{x: {not: 'no'}}", &["ja", ""], &["nein", "0"]);
    check(Kind::Number, "{x: '3,5'}", &["3.5", "3,50"], &["35"]);
    check(Kind::Number, "{x: '030'}", &["030"], &["30"]);
}

#[test]
fn what_moves_with_the_day_is_said_with_its_days() {
    let words = |text: &str| asked(text).words(0).unwrap().to_owned();
    assert_eq!(
        words("{x: {within_last: 90d}}"),
        "`x` is within the last 90 days (2026-03-03 to 2026-06-01)"
    );
    assert_eq!(
        words("{x: {within_next: 1 week}}"),
        "`x` is within the next 1 week (2026-06-01 to 2026-06-08)"
    );
    assert_eq!(
        words("{x: {older_than: 6 months}}"),
        "`x` is older than 6 months (2025-11-30 or before)"
    );
    assert_eq!(
        read("{x: {older_than: 6 months}}").unwrap().to_words(),
        "`x` is older than 6 months"
    );
    let past = |text: &str, cell: &str| asked(text).matches(&attributes(&[("x", cell)]));
    for day in ["2025-11-30", "2025-12-01", "2026-06-01"] {
        let (older, within) = (
            past("{x: {older_than: 6 months}}", day),
            past("{x: {within_last: 6 months}}", day),
        );
        assert_ne!(older, within, "{day} is one of both");
    }
}

#[test]
fn a_question_has_its_bounds() {
    let conditions = |count: usize| {
        let written: Vec<String> = (0..count).map(|number| format!("a{number}: x")).collect();
        read(&format!("{{{}}}", written.join(", ")))
    };
    assert!(conditions(MOST_CONDITIONS).is_ok());
    let problems = conditions(MOST_CONDITIONS + 50).unwrap_err();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].text, "there are more than 100 conditions");
}
