//! The sieve against asking everybody one by one: the same people, the same reasons, the same words.

use super::{NewEdition, Place, Sieve};
use crate::address::Address;
use crate::campaign::CampaignId;
use crate::campaign::edition::EditionKey;
use crate::store::Store;
use crate::store::import::{Guard, ListSource};
use crate::subscriber::audience::{self, Decision, ListMembership, Question};
use crate::subscriber::column::Kind;
use crate::subscriber::consent::{Consent, Jurisdiction};
use crate::subscriber::segment::{Asked, Segment};
use crate::subscriber::{Attributes, Subscriber};
use jiff::Timestamp;
use jiff::civil::date;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Write as _;

const TODAY: jiff::civil::Date = date(2026, 6, 1);

/// Who got a letter by which version, and who was left out with what words, by address.
type Outcome = BTreeMap<String, Result<i64, (String, String)>>;

/// One list of a case: its name, and its people by number with their rows.
type List = (&'static str, Vec<(u8, Vec<Attributes>)>);

fn store(lists: &[List]) -> Store {
    let mut store = Store::in_memory(Timestamp::UNIX_EPOCH).unwrap();
    for (list, people) in lists {
        let people: Vec<Subscriber> = people
            .iter()
            .map(|(number, rows)| Subscriber {
                address: Address::parse(&format!("p{number}@example.org")).unwrap(),
                attributes: rows[0].clone(),
                consent: Consent::default(),
                joined: None,
                rows: if rows.len() > 1 { rows.clone() } else { Vec::new() },
                left: None,
            })
            .collect();
        let source = ListSource {
            list,
            file: "list.csv",
            file_hash: b"file",
            hash: b"hash",
            columns: &[],
            asks_consent: true,
            assumed: None,
        };
        store
            .import(&source, people.into_iter().enumerate(), Guard::Trusted, Timestamp::UNIX_EPOCH)
            .unwrap();
    }
    store
}

fn outcome(store: &mut Store, sieve: Sieve, only: &Asked) -> (Outcome, usize) {
    let key = EditionKey {
        campaign: CampaignId("t1ps".to_owned()),
        article: "sleep".to_owned(),
        round: 1,
    };
    let (lists, not_lists) = (["patients".to_owned(), "friends".to_owned()], ["staff".to_owned()]);
    let new = NewEdition {
        key: &key,
        campaign_name: "tips",
        title: "Sleep",
        domain: "example.org",
        lists: &lists,
        not_lists: &not_lists,
        only,
        sources: "{}",
        sources_hash: b"sources",
        article_hash: b"article",
        due_at: Timestamp::UNIX_EPOCH,
        due_on: jiff::civil::date(1970, 1, 1),
        expires_at: None,
        hours: None,
    };
    let question = Question {
        lists: &lists,
        not_lists: &not_lists,
        only,
        jurisdiction: Jurisdiction::Us,
        today: TODAY,
    };
    let mut asked = 0;
    let edition = store.draft_with(sieve, &new, Timestamp::UNIX_EPOCH, |candidate| {
        asked += 1;
        let mut on_lists = Vec::new();
        for entry in &candidate.memberships {
            on_lists.push(ListMembership {
                list: &entry.list,
                consent: &entry.consent,
                attributes: &entry.attributes,
                rows: &entry.rows,
            });
        }
        let candidate_asked = audience::Candidate {
            on_lists: &on_lists,
            suppressed: None,
        };
        match audience::decide(&question, &candidate_asked) {
            Decision::In(position) => Place::In {
                version: candidate.memberships[position].version,
            },
            Decision::Out(reason) => Place::Out {
                reason: reason.name(),
                detail: reason.to_string(),
            },
        }
    });
    let edition = edition.unwrap();
    let mut outcome = Outcome::new();
    let address = "(SELECT address FROM person_version v WHERE v.person = o.person ORDER BY id LIMIT 1)";
    let sql = format!("SELECT {address}, o.version FROM delivery o WHERE edition = ?");
    let mut letters = store.connection.prepare(&sql).unwrap();
    let rows = letters
        .query_map([edition.0], |row| Ok((row.get(0)?, Ok(row.get(1)?))))
        .unwrap();
    outcome.extend(rows.map(Result::unwrap));
    let sql = format!("SELECT {address}, o.reason, o.detail FROM left_out o WHERE edition = ?");
    let mut others = store.connection.prepare(&sql).unwrap();
    let rows = others
        .query_map([edition.0], |row| Ok((row.get(0)?, Err((row.get(1)?, row.get(2)?)))))
        .unwrap();
    outcome.extend(rows.map(Result::unwrap));
    (outcome, asked)
}

fn asked(only: &str, kinds: &BTreeMap<String, Kind>) -> Asked {
    let segment = Segment::read(&serde_yaml::from_str(only).unwrap()).unwrap();
    segment.on(TODAY, kinds)
}

/// Cells that tests of every kind could say yes or no to, and odd ones.
fn cell() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Bath",
        "bath ",
        "BATH",
        "Bristol",
        "Zoë's \"Spa\"",
        "30",
        "30,0",
        "3.5",
        "2026-05-30",
        "1 June 2026",
        "2025-01-01",
        "2026-06-20",
        "yes",
        "Ja",
        "no",
        "massage; sauna",
        "Deep-Tissue, Massage",
        "",
        "  ",
        "NULL",
        "😀",
        "back\\slash",
        "new\nline",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "\\PC{0,8}"]
}

fn row() -> impl Strategy<Value = Attributes> {
    let column = prop::sample::select(vec!["city", "visits", "last_visit", "interests", "ok"]);
    prop::collection::btree_map(column.prop_map(str::to_owned), cell(), 0..5)
}

fn list(name: &'static str, people: std::ops::Range<usize>) -> impl Strategy<Value = List> {
    let rows = prop_oneof![3 => prop::collection::vec(row(), 1..2), 1 => prop::collection::vec(row(), 2..4)];
    prop::collection::btree_map(0..12_u8, rows, people).prop_map(move |people| (name, people.into_iter().collect()))
}

fn condition() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "city: Bath",
        "city: [bath, Bristol]",
        "city: {not: BATH}",
        "city: {missing: true}",
        "city: {contains: s}",
        "city: {starts_with: b, missing: false}",
        "visits: 30",
        "visits: {at_least: 3.5}",
        "visits: {at_most: 30}",
        "last_visit: {since: 2026-01-01}",
        "last_visit: {before: 2026-01-01}",
        "last_visit: {within_last: 90 days}",
        "last_visit: {within_next: 1 month}",
        "last_visit: {older_than: 1 year}",
        "last_visit: 1 June 2026",
        "interests: {has: [massage, yoga]}",
        "interests: {lacks: deep tissue}",
        "ok: yes",
        "ok: {not: true}",
        "absent: x",
    ])
    .prop_map(str::to_owned)
}

fn segment() -> impl Strategy<Value = String> {
    prop::collection::vec(condition(), 0..4).prop_map(|conditions| {
        let mut seen = std::collections::BTreeSet::new();
        let once = conditions
            .into_iter()
            .filter(|one| seen.insert(one.split(':').next().map(str::to_owned)));
        format!("{{{}}}", once.collect::<Vec<_>>().join(", "))
    })
}

fn kinds() -> impl Strategy<Value = BTreeMap<String, Kind>> {
    let kind = prop::sample::select(Kind::ALL.to_vec());
    prop::collection::btree_map(
        prop::sample::select(vec!["city", "visits", "last_visit", "interests", "ok"]).prop_map(str::to_owned),
        kind,
        0..5,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_and_rust_give_the_same_answers(
        patients in list("patients", 0..10), friends in list("friends", 0..6), staff in list("staff", 0..3), only in segment(), kinds in kinds(),
    ) {
        let mut store = store(&[patients, friends, staff]);
        let only = asked(&only, &kinds);
        let (one_by_one, _) = outcome(&mut store, Sieve::Never, &only);
        let (sieved, asked) = outcome(&mut store, Sieve::Always, &only);
        prop_assert_eq!(&one_by_one, &sieved);
        // Only those are read who match, or whom another reason keeps out.
        let missed = sieved.values().filter(|place| place.as_ref().is_err_and(|(reason, _)| reason == "not_in_segment"));
        prop_assert_eq!(asked + missed.count(), sieved.len());
    }
}

fn person(number: u8, rows: &[&str]) -> (u8, Vec<Attributes>) {
    (
        number,
        rows.iter().map(|cells| serde_yaml::from_str(cells).unwrap()).collect(),
    )
}

#[test]
fn the_sieve_tells_how_far_the_best_row_came_over_all_lists() {
    let patients = vec![
        person(1, &["{city: Bath, visits: '3'}"]),
        person(2, &["{city: Wells, visits: '3'}"]),
        person(3, &["{city: Wells}", "{city: Bath, visits: '1'}"]),
        person(4, &["{city: Wells}"]),
        person(5, &["{city: Wells}"]),
    ];
    let friends = vec![
        person(4, &["{city: Wells}", "{city: Bath, visits: '9'}"]),
        person(5, &["{city: Bath}"]),
    ];
    let mut store = store(&[
        ("patients", patients),
        ("friends", friends),
        ("staff", vec![person(2, &["{}"])]),
    ]);
    let only = asked("{city: Bath, visits: {at_least: 2}}", &BTreeMap::new());
    let (sieved, asked) = outcome(&mut store, Sieve::Always, &only);
    let told: Vec<(&str, &str)> = sieved
        .iter()
        .map(|(address, place)| {
            (
                address.as_str(),
                place.as_ref().map_or_else(|(_, detail)| detail.as_str(), |_| "in"),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("p1@example.org", "in"),
            ("p2@example.org", "is on list `staff`, which is left out"),
            ("p3@example.org", "does not match: `visits` is at least 2"),
            ("p4@example.org", "in"),
            ("p5@example.org", "does not match: `visits` is at least 2"),
        ]
    );
    assert_eq!(asked, 3);
}

/// So many people that the sieve is used by itself; the ratio is printed, never asserted: machines differ.
#[test]
#[expect(clippy::disallowed_methods, reason = "a ratio is measured, nothing is decided by it")]
fn a_large_list_is_sieved_and_every_answer_stays() {
    let cities = ["Bath", "Bristol", "Wells", "Frome", "Corsham"];
    let row = |number: usize| {
        Attributes::from([
            ("city".to_owned(), cities[number % cities.len()].to_owned()),
            ("visits".to_owned(), (number % 50).to_string()),
        ])
    };
    let mut store = Store::in_memory(Timestamp::UNIX_EPOCH).unwrap();
    let people: Vec<Subscriber> = (0..4000)
        .map(|number| Subscriber {
            address: Address::parse(&format!("person{number}@example.org")).unwrap(),
            attributes: row(number),
            consent: Consent::default(),
            joined: None,
            rows: Vec::new(),
            left: None,
        })
        .collect();
    let source = ListSource {
        list: "patients",
        file: "patients.csv",
        file_hash: b"file",
        hash: b"hash",
        columns: &[],
        asks_consent: true,
        assumed: None,
    };
    let rows = people.into_iter().enumerate();
    store.import(&source, rows, Guard::Trusted, Timestamp::UNIX_EPOCH).unwrap();
    let only = asked("{visits: {at_least: 49}, city: Corsham}", &BTreeMap::new());
    let mut timed = |sieve| {
        let begun = std::time::Instant::now();
        let (outcome, asked) = outcome(&mut store, sieve, &only);
        (outcome, asked, begun.elapsed())
    };
    let (one_by_one, all, slow) = timed(Sieve::Never);
    let (sieved, few, fast) = timed(Sieve::BySize);
    assert_eq!(one_by_one, sieved);
    assert_eq!((all, few), (4000, 80));
    let ratio = slow.as_secs_f64() / fast.as_secs_f64().max(1e-9);
    writeln!(
        std::io::stdout(),
        "proof| segments | drafting 4000 people of whom 80 match, one by one against the sieve | {ratio:.1}"
    )
    .unwrap();
}

#[test]
fn the_values_of_a_column_are_those_of_every_row_on_the_wanted_lists() {
    let patients = vec![
        person(1, &["{city: Bath}"]),
        person(2, &["{city: Wells}", "{city: Bath}", "{city: Frome}"]),
        person(3, &["{city: '  '}"]),
        person(4, &["{}"]),
    ];
    let store = store(&[("patients", patients), ("staff", vec![person(5, &["{city: Corsham}"])])]);
    let values = |most| {
        let mut values = store.values(&["patients".to_owned()], "city", most).unwrap();
        values.filled.sort();
        (values.filled.len(), values.filled.join(" "), values.is_all)
    };
    assert_eq!(values(3), (3, "Bath Frome Wells".to_owned(), true));
    let (count, _, is_all) = values(2);
    assert_eq!((count, is_all), (2, false), "more than were asked for are not all");
}

#[test]
fn the_nearest_address_is_a_slip_away_or_none() {
    let store = store(&[("patients", vec![person(1, &["{}"]), person(22, &["{}"])])]);
    let nearest = |text: &str| store.nearest_address(&Address::parse(text).unwrap()).unwrap();
    assert_eq!(
        nearest("p22@exmaple.org").as_ref().map(Address::as_str),
        Some("p22@example.org")
    );
    assert_eq!(
        nearest("p2@example.org").as_ref().map(Address::as_str),
        Some("p1@example.org"),
        "one slip from both: the first"
    );
    assert_eq!(nearest("somebody@example.org"), None);
}
