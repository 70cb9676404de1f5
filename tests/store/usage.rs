//! What has left lately, counted from the attempts: which of them count, to whom they went, and that a long record is no slower.

use super::{Desk, at, intent, released, settlement};
use jiff::{SignedDuration, Timestamp};
use std::time::{Duration, Instant};
use tidings::delivery::state::Event;
use tidings::store::usage::{DAY, Question, Usage};
use tidings::store::{DeliveryId, Kind, RunId, Store};

fn everything() -> Question {
    Question {
        letters: 100_000,
        domains: Some(DAY),
    }
}

fn minutes(usage: &Usage) -> Vec<i64> {
    usage
        .letters
        .iter()
        .map(|sent| sent.duration_since(at(0)).as_mins())
        .collect()
}

#[test]
fn whatever_the_relay_was_asked_for_counts_and_what_it_certainly_did_not_take_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bea", "cleo", "dora", "ed"]);
    let claims = store.claims(edition, DeliveryId(0), at(1), 10).unwrap();
    let (desk, _) = Desk::open(&mut store);
    let outcomes = [
        Event::Accept,
        Event::RefuseForGood,
        Event::NotTaken,
        Event::Lose,
        Event::RefuseForNow { refusals: 1 },
    ];
    for (minute, (claim, event)) in (10..).zip(claims.iter().zip(outcomes)) {
        desk.record(None, Some(intent(claim, minute)));
        desk.record(Some(settlement(claim, event, minute)), None);
    }
    // The one that was not taken is tried again, and is under way.
    let again = store.claims(edition, DeliveryId(0), at(20), 10).unwrap();
    assert_eq!(again.len(), 2, "not taken, and deferred until now");
    desk.begin(&again[0], 20);
    let usage = store.usage(&everything(), at(30)).unwrap();
    assert_eq!(minutes(&usage), [10, 11, 13, 14, 20]);
    assert_eq!(usage.domains.keys().collect::<Vec<_>>(), ["example.org"]);
    assert_eq!(usage.domains["example.org"], usage.letters);
    assert_eq!((usage.first_at, usage.last_at), (Some(at(10)), Some(at(20))));
    assert!(!usage.is_unsettled);
    let hour = |hours: i64| at(60 * hours);
    assert_eq!(
        minutes(&store.usage(&everything(), hour(24) + SignedDuration::from_mins(13)).unwrap()),
        [14, 20]
    );
    let newest = Question {
        letters: 2,
        domains: None,
    };
    let few = store.usage(&newest, at(30)).unwrap();
    assert_eq!((minutes(&few), few.domains.len()), (vec![14, 20], 0));
    let later = store.usage(&everything(), hour(48)).unwrap();
    assert_eq!((later.letters.len(), later.first_at), (0, Some(at(10))));
}

#[test]
fn the_letters_that_wait_tell_their_domains_in_the_order_in_which_they_leave() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bea", "cleo"]);
    let claims = store.claims(edition, DeliveryId(0), at(1), 10).unwrap();
    let (desk, _) = Desk::open(&mut store);
    desk.begin(&claims[0], 2);
    desk.record(Some(settlement(&claims[0], Event::Accept, 2)), None);
    let waiting = store.domains_waiting(edition).unwrap();
    assert_eq!(
        waiting.iter().map(AsRef::as_ref).collect::<Vec<&str>>(),
        ["example.org", "example.org"]
    );
}

/// A store on whose record so many letters have left: all but the last `recent` in runs of long ago.
fn long_record(dir: &std::path::Path, letters: i64, recent: i64) -> Store {
    let mut store = Store::create(dir, Kind::Test, at(-1_000_000)).unwrap();
    super::draft(&mut store);
    let raw = rusqlite::Connection::open(dir.join("store.db")).unwrap();
    raw.execute_batch("PRAGMA synchronous = OFF; INSERT INTO list (name) VALUES ('all'); BEGIN;")
        .unwrap();
    let numbers = format!("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {letters})");
    let minute = 60_000_000_i64;
    let (long_ago, lately) = (at(-900_000).as_microsecond(), at(-600).as_microsecond());
    let old = letters - recent;
    raw.execute_batch(&format!(
        "INSERT INTO run (id, command, pid, version, started_at) VALUES (1, 'run', 1, '0', {long_ago}), (2, 'run', 1, '0', {lately}); \
         {numbers} INSERT INTO person (id, hash) SELECT i, CAST(printf('%032d', i) AS BLOB) FROM n; \
         {numbers} INSERT INTO person_version (id, person, address, created_at) \
           SELECT i, i, printf('p%d@domain%d.example', i, i % 50), 0 FROM n; \
         {numbers} INSERT INTO delivery (id, edition, person, version, state, attempt, changed_at) SELECT i, 1, i, i, 'accepted', 1, 0 FROM n; \
         {numbers} INSERT INTO attempt (delivery, number, run, begun_at, settled_at, outcome) \
           SELECT i, 1, iif(i <= {old}, 1, 2), iif(i <= {old}, {long_ago} + i * {minute} / 100, {lately} + (i - {old}) * {minute} / 1000), 0, 'accepted' FROM n; \
         COMMIT;"
    ))
    .unwrap();
    store
}

#[expect(clippy::disallowed_methods, reason = "a figure, on which no verdict hangs")]
fn measured<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    let done = work();
    (done, begin.elapsed())
}

/// So many letters where somebody says so, as the proof does: `TIDINGS_RECORD=1000000`.
fn record() -> i64 {
    std::env::var("TIDINGS_RECORD")
        .ok()
        .and_then(|letters| letters.parse().ok())
        .unwrap_or(30_000)
}

#[test]
fn a_long_record_is_counted_without_reading_it() {
    let dir = tempfile::tempdir().unwrap();
    let (letters, recent) = (record(), 10_000);
    let mut store = long_record(dir.path(), letters, recent);
    let _: RunId = store.begin_run("run", at(-1)).unwrap();
    let day = Question {
        letters: 450,
        domains: None,
    };
    let (usage, took) = measured(|| store.usage(&day, at(0)).unwrap());
    assert_eq!(usage.letters.len(), 450);
    println!(
        "proof| usage | {letters} attempts on record: the last 450 of the day | {} µs",
        took.as_micros()
    );
    let (usage, took) = measured(|| store.usage(&everything(), at(0)).unwrap());
    assert_eq!((usage.letters.len(), usage.domains.len()), (10_000, 50));
    assert!(usage.domains.values().all(|sent| sent.len() == 200));
    println!(
        "proof| usage | {letters} attempts on record: {recent} of the day with their domains | {} µs",
        took.as_micros()
    );
    assert_eq!(usage.first_at.map(|first| first < at(-800_000)), Some(true));
    let (all, took) = measured(|| {
        let everyone = Question {
            letters: u32::MAX,
            domains: Some(DAY),
        };
        store.usage(&everyone, at(-900_000) + DAY).unwrap()
    });
    let wanted = (letters - recent).min(144_000);
    assert!(all.letters.len() as i64 >= wanted - 1, "{} of {wanted}", all.letters.len());
    println!(
        "proof| usage | {} attempts counted at once with their domains | {} ms",
        all.letters.len(),
        took.as_millis()
    );
}

#[test]
fn a_wrong_clocks_letters_are_unsettled_until_a_run_has_begun_since() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann"]);
    let claims = store.claims(edition, DeliveryId(0), at(1), 10).unwrap();
    let (desk, _) = Desk::open(&mut store);
    let ahead = 60 * 24 * 3650;
    desk.begin(&claims[0], ahead);
    let counted = |store: &Store, now: Timestamp| {
        let usage = store.usage(&everything(), now).unwrap();
        (minutes(&usage), usage.is_unsettled)
    };
    assert_eq!(counted(&store, at(100)), (vec![100], true));
    assert_eq!(counted(&store, at(200)), (vec![200], true));
    let run = store.begin_run("run", at(200)).unwrap();
    store.end_run(run, at(200)).unwrap();
    assert_eq!(counted(&store, at(300)), (vec![200], false));
    assert_eq!(counted(&store, at(200) + DAY), (vec![], false));
}
