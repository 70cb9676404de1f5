//! What can be asked of a column, and what is said where it cannot.

use super::{Facts, Segment, Values};
use crate::finding::Place;
use crate::finding::yaml::Source;
use crate::subscriber::column::Kind;
use crate::subscriber::segment::Spot;
use std::collections::BTreeMap;

fn facts(kind: Kind, values: &[&str]) -> Facts {
    Facts {
        kind,
        values: Values {
            filled: values.iter().map(|value| (*value).to_owned()).collect(),
            is_all: true,
        },
    }
}

fn columns() -> BTreeMap<String, Facts> {
    let columns = [
        ("city", facts(Kind::Text, &["Bath", "Bristol", "Wells"])),
        ("visits", facts(Kind::Number, &["3", "12", "3,5"])),
        ("last_visit", facts(Kind::Day, &["2026-05-01"])),
        ("newsletter", facts(Kind::YesNo, &["ja", "nein"])),
        ("interests", facts(Kind::Tags, &["massage; yoga", "Deep-Tissue"])),
        ("wish", facts(Kind::Text, &["2026-05-01", "soon", "01/06/2026"])),
        ("diagnosis", facts(Kind::Text, &["gout", "soon"])),
        ("empty", facts(Kind::Text, &[])),
    ];
    columns.map(|(name, facts)| (name.to_owned(), facts)).into()
}

/// The findings of `only: {…}` as `place: severity: text (hint)`, the segment standing at 3:7.
fn told(only: &str) -> Vec<String> {
    let text = format!("a: 1\nb: 2\nonly: {only}\n");
    let source = Source {
        file: "campaign.yaml",
        text: &text,
        first_line: 1,
    };
    let places = source.places(&["only"]);
    let segment = Segment::read(&serde_yaml::from_str(only).unwrap()).unwrap();
    let segment = segment.placed(|path| places.of(path).map(|(key, value)| Spot { key, value }));
    let found = segment.fit("campaign.yaml", &columns());
    found
        .into_iter()
        .map(|finding| {
            let severity = if finding.is_error() { "error" } else { "warning" };
            let place = finding.place.map_or_else(|| "nowhere".to_owned(), |place| place.to_string());
            format!("{place}: {severity}: {} ({})", finding.text, finding.hint.unwrap_or_default())
        })
        .collect()
}

#[track_caller]
fn check(only: &str, expected: &[&str]) {
    let told = told(only);
    let alike = told.len() == expected.len() && told.iter().zip(expected).all(|(told, expected)| told.contains(expected));
    assert!(alike, "{only}\nsays {told:#?}\nnot  {expected:#?}");
}

#[test]
fn what_fits_says_nothing() {
    for only in [
        "{city: Bath}",
        "{city: {contains: tol, starts_with: b}}",
        "{visits: {at_least: 3, at_most: 12}}",
        "{visits: 3.5}",
        "{visits: {starts_with: 1}}",
        "{last_visit: {since: 2026-01-01, before: 2027-01-01}}",
        "{last_visit: {older_than: 6 months}}",
        "{last_visit: 1 May 2026}",
        "{newsletter: true}",
        "{newsletter: 'yes'}",
        "{interests: {has: [yoga, deep tissue]}}",
        "{interests: {contains: mass}}",
        "{city: {lacks: Bath}}",
        "{empty: {missing: true}}",
    ] {
        check(only, &[]);
    }
}

#[test]
fn a_column_that_no_list_has_is_named_at_its_place() {
    check(
        "{town: Bath, City: Bath}",
        &["3:8: error: `only` asks for the column `town`, and no list of this campaign has it (known here: `city`"],
    );
    check(
        "{Citty: Bath}",
        &["3:8: error: `only` asks for the column `citty`, and no list of this campaign has it (did you mean `city`?)"],
    );
    check(
        "{date_of_birth: {missing: true}}",
        &["is kept only where the list's mapping names it"],
    );
}

#[test]
fn a_test_that_does_not_fit_names_the_ones_that_do() {
    check(
        "{city: {since: 2026-01-01}}",
        &[
            "3:15: error: `since` asks for days, and `city` holds text (write every cell like `2026-06-01` and say `types: {city: day}` in",
        ],
    );
    check(
        "{last_visit: {at_least: 3}}",
        &[
            "3:21: error: `at_least` asks for numbers, and `last_visit` holds days (ask with `since`, `before`, `within_last` or `older_than`, as in \
           `last_visit: {since: 2026-06-01}`)",
        ],
    );
    check(
        "{visits: {has: [many]}}",
        &[
            "3:17: error: `has` asks for tags, and `visits` holds numbers (ask with `at_least` and `at_most`, as in `visits: {at_least: 12}`)",
        ],
    );
    check(
        "{visits: {within_last: 3 days}}",
        &["`within_last` asks for days, and `visits` holds numbers"],
    );
    check(
        "{interests: {before: 2026-01-01}}",
        &["(ask with `has` and `lacks`, as in `interests: {has: [massage]}`)"],
    );
    check(
        "{last_visit: {contains: 2026}}",
        &["`contains` asks for a part of a text, and `last_visit` holds days"],
    );
    check(
        "{newsletter: {at_most: 1}}",
        &["and `newsletter` holds yes or no (ask with a plain value, as in `newsletter: true`)"],
    );
    check("{city: {at_least: 3}}", &["say `types: {city: number}`"]);
}

#[test]
fn a_value_that_such_a_column_never_holds_is_an_error_at_the_value() {
    check(
        "{visits: [3, many]}",
        &["3:20: error: `visits` holds numbers, and `many` is none"],
    );
    check(
        "{last_visit: soon}",
        &["3:20: error: `last_visit` holds days, and `soon` is none"],
    );
    check(
        "{newsletter: {not: perhaps}}",
        &["error: `newsletter` holds yes or no, and `perhaps` is none"],
    );
}

#[test]
fn a_value_that_nobody_has_is_a_warning_with_the_one_that_was_meant() {
    check(
        "{city: [Bath, Brstol]}",
        &["3:21: warning: nobody on the lists of this campaign has `Brstol` in `city` (did you mean `Bristol`?)"],
    );
    check(
        "{city: {not: Paris}}",
        &["has `Paris` in `city` (the values there are: `Bath`, `Bristol`, `Wells`)"],
    );
    check(
        "{interests: {has: [yoga, masage]}}",
        &["has the tag `masage` in `interests` (did you mean `massage`?)"],
    );
    check(
        "{city: {contains: zz}}",
        &["nobody on the lists of this campaign has a `city` that contains `zz`"],
    );
    check("{visits: 13}", &["has `13` in `visits` (the values there are: "]);
    check("{empty: x}", &["warning: `empty` is empty for everybody"]);
    check(
        "{interests: massage}",
        &[
            "warning: `interests` holds tags, and `is` compares the whole cell with all its tags (for one tag among others write \
        `interests: {has: [massage]}`)",
        ],
    );
}

#[test]
fn cells_that_cannot_be_read_are_counted_and_sensitive_ones_never_shown() {
    check(
        "{wish: {since: 2026-01-01}}",
        &[
            "3:15: warning: 2 of 3 different values in `wish` cannot be read as days, such as `soon`: whoever has one gets no letter",
        ],
    );
    let hidden = told("{diagnosis: gotu}");
    assert!(hidden[0].contains("its values are not shown"), "{hidden:?}");
    assert!(!hidden[0].contains("gout"), "{hidden:?}");
}

#[test]
fn values_that_were_not_all_looked_at_prove_nothing() {
    let segment = Segment::read(&serde_yaml::from_str("{city: Paris, wish: {since: 2026-01-01}}").unwrap()).unwrap();
    let mut columns = columns();
    for facts in columns.values_mut() {
        facts.values.is_all = false;
    }
    columns.get_mut("wish").unwrap().values.filled.clear();
    assert_eq!(segment.fit("campaign.yaml", &columns), []);
}

#[test]
fn of_many_values_that_nobody_has_the_first_are_said() {
    let found = told("{city: [a1, a2, a3, a4, a5, a6, a7]}");
    assert_eq!(found.len(), 5);
    assert!(
        found[4].contains("has `a5` in `city`, nor 2 more of the values asked for"),
        "{found:?}"
    );
}

#[test]
fn places_are_those_of_the_file() {
    let text = "only:\n  city:\n    not:\n      - Bath\n      - Wells\n";
    let source = Source {
        file: "campaign.yaml",
        text,
        first_line: 11,
    };
    let places = source.places(&["only"]);
    let at = |path: &[&str]| places.of(path);
    assert_eq!(at(&["city", "not"]).map(|(key, _)| key), Some(Place::new(13, 5)));
    assert_eq!(at(&["city", "not", "1"]).map(|(_, value)| value), Some(Place::new(15, 9)));
    assert_eq!(at(&["town"]), None);
}
