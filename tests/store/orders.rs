//! Orders against real SQLite files: whatever is decided in whatever turn, each letter's story ends where its row stands.

use super::{Desk, at, claims, intent, released, settlement, subscriber};
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof};
use std::path::Path;
use tidings::campaign::CampaignId;
use tidings::campaign::edition::EditionKey;
use tidings::delivery::state::Event;
use tidings::store::ask::LogLine;
use tidings::store::ask::Tally;
use tidings::store::hold::{By, Freed, Target};
use tidings::store::journal::Grant;
use tidings::store::order::{Found, Resolved, Stopped};
use tidings::store::skip::Skipped;
use tidings::store::{DeliveryId, EditionId, Kind, Store};
use tidings::subscriber::suppression::{Reason, Scope, Suppression};

const PEOPLE: [&str; 4] = ["ann", "bob", "cid", "dov"];

/// Something that a run, a person or a rule does to one of four letters, or to all.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Attempt(usize, Event),
    Die(usize),
    Recover,
    Hold(usize),
    HoldAll,
    Release(usize),
    ReleaseAll,
    Cancel(usize),
    CancelAll,
    Resend(usize),
    Resolve(usize, Found),
    Expire,
    Suppress(usize),
    Distrust,
}

fn deeds() -> impl Strategy<Value = Deed> {
    let who = 0..PEOPLE.len();
    let outcomes = [
        Event::Accept,
        Event::RefuseForNow { refusals: 1 },
        Event::RefuseForGood,
        Event::RefuseForAll,
        Event::NotTaken,
        Event::Lose,
    ];
    let found = prop_oneof![Just(Found::Sent), Just(Found::NotSent)];
    prop_oneof![
        8 => (who.clone(), prop::sample::select(outcomes.to_vec())).prop_map(|(who, event)| Deed::Attempt(who, event)),
        2 => who.clone().prop_map(Deed::Die),
        2 => Just(Deed::Recover),
        1 => who.clone().prop_map(Deed::Hold),
        1 => Just(Deed::HoldAll),
        1 => who.clone().prop_map(Deed::Release),
        2 => Just(Deed::ReleaseAll),
        1 => who.clone().prop_map(Deed::Cancel),
        1 => Just(Deed::CancelAll),
        3 => who.clone().prop_map(Deed::Resend),
        4 => (who.clone(), found).prop_map(|(who, found)| Deed::Resolve(who, found)),
        1 => Just(Deed::Expire),
        1 => who.prop_map(Deed::Suppress),
        1 => any::<bool>().prop_map(|_| Deed::Distrust),
    ]
}

/// Begins a letter, if it may leave, and ends its attempt with `event`; without one the run dies.
fn attempt(store: &mut Store, edition: EditionId, letter: DeliveryId, event: Option<Event>, minute: i64) {
    let Some(claim) = claims(store, edition, minute)
        .into_iter()
        .find(|claim| claim.delivery == letter)
    else {
        return;
    };
    let (desk, _) = Desk::open(store);
    let granted = desk.record(None, Some(intent(&claim, minute))).begun;
    if let (Some(Grant::Given), Some(event)) = (granted, event) {
        desk.record(Some(settlement(&claim, event, minute)), None);
    }
}

fn carry_out(store: &mut Store, edition: EditionId, deed: Deed, minute: i64) {
    let letter = |who: usize| DeliveryId(1 + i64::try_from(who).unwrap());
    let (one, all) = (
        |who| Target::Delivery(letter(who)),
        Target::Campaign(CampaignId("k7f2m9".to_owned())),
    );
    let now = at(minute);
    match deed {
        Deed::Attempt(who, event) => attempt(store, edition, letter(who), Some(event), minute),
        Deed::Die(who) => attempt(store, edition, letter(who), None, minute),
        Deed::Recover => drop(store.recover(now).unwrap()),
        Deed::Hold(who) => drop(store.hold(&one(who), By::Person, "no", now).unwrap()),
        Deed::HoldAll => drop(store.hold(&all, By::Person, "no", now).unwrap()),
        Deed::Release(who) => drop(store.let_go(&one(who), now).unwrap()),
        Deed::ReleaseAll => drop(store.let_go(&all, now).unwrap()),
        Deed::Cancel(who) => drop(store.cancel(&one(who), "never", now).unwrap()),
        Deed::CancelAll => drop(store.cancel(&all, "never", now).unwrap()),
        Deed::Resend(who) => {
            let seen = [seen(store, letter(who))];
            store.resend(edition, &seen, now).unwrap();
        }
        Deed::Resolve(who, found) => {
            let seen = [(seen(store, letter(who)), "seen".to_owned())];
            store.resolve(&seen, found, now).unwrap();
        }
        Deed::Expire => drop(store.expire(edition, now).unwrap()),
        Deed::Suppress(who) => suppress(store, who, minute),
        Deed::Distrust => store
            .distrust(store.identity().generation + 1, "a restored store", now)
            .unwrap(),
    }
}

fn seen(store: &Store, letter: DeliveryId) -> LogLine {
    store.delivery(letter).unwrap().unwrap()
}

fn suppress(store: &mut Store, who: usize, minute: i64) {
    let suppression = Suppression {
        scope: Scope::All,
        reason: Reason::Unsubscribed,
        evidence: None,
        at: at(minute),
    };
    store.suppress(&subscriber(PEOPLE[who]).address, &suppression).unwrap();
}

#[test]
fn whatever_is_decided_each_letters_story_ends_where_it_stands() {
    let mut runner = proptest::test_runner::TestRunner::new(proptest::test_runner::Config {
        cases: 48,
        rng_seed: proptest::test_runner::RngSeed::Fixed(7),
        failure_persistence: None,
        ..Default::default()
    });
    let ran = runner.run(&prop::collection::vec(deeds(), 1..40), |deeds| {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, edition) = released(dir.path(), &PEOPLE);
        for (turn, deed) in deeds.into_iter().enumerate() {
            // Long enough apart that whatever was deferred is due.
            let minute = 1000 * (1 + i64::try_from(turn).unwrap());
            carry_out(&mut store, edition, deed, minute);
            let audit = store.audit().unwrap();
            assert!(audit.agrees(), "after {deed:?}: {audit:#?}");
            assert_eq!(store.tally(edition).unwrap().planned(), PEOPLE.len() as u64);
        }
        Ok(())
    });
    ran.unwrap();
}

fn stands(store: &Store, edition: EditionId) -> Vec<(&'static str, u64)> {
    let tally: Tally = store.tally(edition).unwrap();
    tally.filled().collect()
}

#[test]
fn an_order_leaves_alone_what_does_not_stand_where_it_says() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bob"]);
    let (ann, bob) = (DeliveryId(1), DeliveryId(2));
    let both = [seen(&store, ann), seen(&store, bob)];
    assert_eq!(store.resend(edition, &both, at(2)).unwrap(), 0, "both wait already");
    let found = [(seen(&store, ann), "seen".to_owned())];
    let found = store.resolve(&found, Found::Sent, at(3)).unwrap();
    assert_eq!(found, Resolved::default(), "nothing is in doubt");
    attempt(&mut store, edition, ann, Some(Event::Lose), 4);
    let both = [ann, bob].map(|letter| (seen(&store, letter), "seen".to_owned()));
    let found = store.resolve(&both, Found::Sent, at(5)).unwrap();
    assert_eq!(
        (found.letters, stands(&store, edition)),
        (1, vec![("pending", 1), ("accepted", 1)])
    );
    let stopped = store.cancel(&Target::Delivery(ann), "never", at(6)).unwrap();
    assert_eq!(stopped, Stopped::default(), "it has left");
    assert!(store.audit().unwrap().agrees());
}

/// Refused for all and released, put off and held and released, refused for all and released and taken: what v1 kept no record of.
#[test]
fn a_store_of_the_first_shape_needs_no_record_of_its_releases() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &PEOPLE);
    let (ann, bob, cid) = (DeliveryId(1), DeliveryId(2), DeliveryId(3));
    let later = Event::RefuseForNow { refusals: 1 };
    for (letter, event) in [(ann, Event::RefuseForAll), (bob, later), (cid, Event::RefuseForAll)] {
        attempt(&mut store, edition, letter, Some(event), 2);
        store.hold(&Target::Delivery(letter), By::Person, "no", at(3)).unwrap();
        store.let_go(&Target::Delivery(letter), at(4)).unwrap();
    }
    attempt(&mut store, edition, cid, Some(Event::Accept), 5);
    assert!(store.audit().unwrap().agrees());
    drop(store);
    as_of_the_first_shape(dir.path());
    let audit = Store::open(dir.path()).unwrap().audit().unwrap();
    assert!(audit.agrees(), "{audit:#?}");
}

#[test]
fn a_store_of_the_first_shape_is_brought_up_to_date_with_its_past() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &PEOPLE);
    attempt(&mut store, edition, DeliveryId(1), Some(Event::Accept), 2);
    attempt(&mut store, edition, DeliveryId(2), Some(Event::RefuseForAll), 2);
    store.hold(&Target::Delivery(DeliveryId(3)), By::Person, "no", at(3)).unwrap();
    suppress(&mut store, 3, 3);
    attempt(&mut store, edition, DeliveryId(4), None, 4);
    let before = stands(&store, edition);
    drop(store);
    as_of_the_first_shape(dir.path());
    let store = Store::open(dir.path()).unwrap();
    assert_eq!(stands(&store, edition), before);
    let audit = store.audit().unwrap();
    assert!(audit.agrees() && audit.changes == 2, "{audit:#?}");
    drop(store);
    assert!(Store::open(dir.path()).unwrap().audit().unwrap().agrees(), "once is enough");
}

/// Takes away what the second shape has added.
fn as_of_the_first_shape(dir: &Path) {
    let connection = rusqlite::Connection::open(dir.join("store.db")).unwrap();
    let sql = "DROP INDEX membership_joined; DROP INDEX delivery_spoilt; ALTER TABLE delivery DROP COLUMN spoilt; ALTER TABLE delivery DROP COLUMN text; ALTER TABLE delivery DROP COLUMN due_at; ALTER TABLE left_out DROP COLUMN due_at; \
               DROP TABLE edition_text; DROP TABLE step_seen; DROP TABLE skipped_occurrence; ALTER TABLE edition DROP COLUMN due_on; \
               ALTER TABLE edition DROP COLUMN ended; ALTER TABLE edition DROP COLUMN is_step; ALTER TABLE edition DROP COLUMN hours; \
               DROP TABLE mail; DROP TABLE mailbox; DROP TABLE strike; DROP TABLE change; DROP TABLE campaign_cleared; DROP TABLE backup; ALTER TABLE store DROP COLUMN distrust; \
               ALTER TABLE store DROP COLUMN distrusted_at; ALTER TABLE delivery DROP COLUMN generation; \
               ALTER TABLE delivery DROP COLUMN afterwards; ALTER TABLE delivery DROP COLUMN untold; ALTER TABLE edition DROP COLUMN skipped; \
               DROP INDEX attempt_run; DROP TABLE membership_was; DROP TABLE import; ALTER TABLE membership DROP COLUMN consent_wording; \
               ALTER TABLE membership ADD COLUMN seen INTEGER NOT NULL DEFAULT 0; \
               ALTER TABLE membership DROP COLUMN assumed; ALTER TABLE membership DROP COLUMN added_by; \
               ALTER TABLE membership DROP COLUMN told_by; ALTER TABLE person_version DROP COLUMN rows; \
               ALTER TABLE person DROP COLUMN erased_at; DROP TRIGGER suppression_never_changes; DROP TRIGGER suppression_is_lifted_once; \
               DROP TRIGGER suppression_stays; ALTER TABLE suppression DROP COLUMN import; ALTER TABLE suppression DROP COLUMN lift_evidence; \
               ALTER TABLE suppression DROP COLUMN undone; \
               ALTER TABLE store DROP COLUMN wipe_at; ALTER TABLE list DROP COLUMN seen; UPDATE list SET columns = '[\"first_name\"]'; PRAGMA user_version = 1;";
    connection.execute_batch(sql).unwrap();
}

#[test]
fn an_article_is_skipped_once_and_never_when_it_has_an_edition() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, _) = released(dir.path(), &["ann"]);
    let skip = |article: &str| EditionKey {
        campaign: CampaignId("k7f2m9".to_owned()),
        article: article.to_owned(),
        round: 1,
    };
    let mut skipped = |key: &EditionKey| {
        let skipped = Skipped {
            key,
            campaign_name: "seasonal",
            title: "Walks",
            domain: "riverside.example",
            article_hash: b"walks",
            due_on: Some(jiff::civil::date(2026, 11, 3)),
        };
        store.skip(&skipped, "went out already", at(2)).unwrap()
    };
    assert!(skipped(&skip("walks")));
    assert!(!skipped(&skip("walks")) && !skipped(&skip("calmer-days")));
    let same = store.same_text(&skip("strolls"), b"walks").unwrap();
    assert_eq!(
        same.unwrap().key,
        skip("walks"),
        "the same text under another name is recognised"
    );
    assert!(store.audit().unwrap().agrees());
}

#[test]
fn a_backup_taken_while_letters_leave_is_of_one_moment() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &PEOPLE);
    attempt(&mut store, edition, DeliveryId(1), Some(Event::Accept), 2);
    attempt(&mut store, edition, DeliveryId(2), None, 3);
    let file = dir.path().join("old.tidings");
    store.back_up(&file, at(4)).unwrap();
    attempt(&mut store, edition, DeliveryId(3), Some(Event::Accept), 5);
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join(".tidings");
    let restored = Store::restore(&file, &dir, 9, at(6), || Ok::<_, tidings::store::StoreError>(())).unwrap();
    assert_eq!(stands(&restored, edition), [("accepted", 1), ("in_doubt", 3)]);
    assert_eq!(restored.identity().generation, 9);
    assert_eq!(restored.identity().id, store.identity().id);
    let id = |store: &Store| store.keys().message_id(DeliveryId(3), 1, 0);
    assert_eq!(id(&restored), id(&store), "so that the relay's log can tell");
    let unknown = CampaignId("never-seen".to_owned());
    assert!(
        restored.campaign_hold(&unknown).unwrap().is_some(),
        "known or not, every campaign waits"
    );
    assert!(restored.audit().unwrap().agrees());
    let again = Store::restore(&file, &dir, 10, at(7), || Ok::<_, tidings::store::StoreError>(()));
    assert!(again.is_err(), "never over a store");
}

#[test]
fn letters_of_two_generations_never_share_a_message_id() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &PEOPLE);
    let claimed = |store: &Store, minute| {
        let claims = claims(store, edition, minute).into_iter();
        let ids = claims.map(|claim| store.keys().message_id(claim.delivery, claim.generation, claim.orders));
        ids.collect::<Vec<String>>()
    };
    let first = claimed(&store, 2);
    attempt(&mut store, edition, DeliveryId(1), Some(Event::RefuseForGood), 3);
    let failed = [seen(&store, DeliveryId(1))];
    store.distrust(2, "a restored store", at(4)).unwrap();
    store.resend(edition, &failed, at(5)).unwrap();
    let again = claimed(&store, 6);
    assert_eq!((first.len(), again.len()), (4, 1));
    assert!(!first.contains(&again[0]));
    assert_ne!(
        again[0],
        store.keys().message_id(DeliveryId(1), 1, 1),
        "what the lost store may have sent"
    );
}

#[test]
fn a_letter_composed_before_another_order_does_not_leave() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann"]);
    let claim = claims(&store, edition, 2).remove(0);
    store.cancel(&Target::Delivery(claim.delivery), "no", at(3)).unwrap();
    let cancelled = [seen(&store, claim.delivery)];
    assert_eq!(store.resend(edition, &cancelled, at(4)).unwrap(), 1);
    assert_eq!(
        store.resend(edition, &cancelled, at(4)).unwrap(),
        0,
        "it was not seen where it stands now"
    );
    let (desk, _) = Desk::open(&mut store);
    assert_eq!(
        desk.begin(&claim, 5),
        Some(Grant::Moved),
        "it bears the Message-ID of the cancelled one"
    );
    let anew = claims(&store, edition, 5).remove(0);
    assert_eq!(desk.begin(&anew, 5), Some(Grant::Given));
}

#[test]
fn what_is_left_of_a_store_is_laid_aside_and_never_taken_for_the_next_ones() {
    let dir = tempfile::tempdir().unwrap();
    let (store, _) = released(dir.path(), &PEOPLE);
    // As a process leaves it that was killed while it moved the files: the store is gone, its write-ahead log is not.
    std::fs::copy(dir.path().join("store.db-wal"), dir.path().join("wal")).unwrap();
    drop(store);
    std::fs::create_dir(dir.path().join("replaced")).unwrap();
    std::fs::rename(dir.path().join("store.db"), dir.path().join("replaced/store.db")).unwrap();
    std::fs::rename(dir.path().join("wal"), dir.path().join("store.db-wal")).unwrap();
    let next = Store::create(dir.path(), Kind::Test, at(2)).unwrap();
    assert_eq!(next.editions().unwrap(), []);
    assert!(next.audit().unwrap().agrees());
    let aside = dir.path().join("replaced-1");
    for name in ["store.db", "store.db-wal", "keys"] {
        assert!(aside.join(name).exists(), "{name} is with the others");
    }
}

#[test]
fn a_doubt_is_told_until_somebody_has_heard_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &PEOPLE);
    attempt(&mut store, edition, DeliveryId(1), None, 2);
    attempt(&mut store, edition, DeliveryId(2), Some(Event::Lose), 2);
    store.recover(at(3)).unwrap();
    // Killed before it could say a word.
    drop(store);
    let mut store = Store::open(dir.path()).unwrap();
    assert_eq!(store.recover(at(4)).unwrap(), 0, "nothing is left to recover");
    let untold: Vec<DeliveryId> = store.untold_doubts().unwrap().iter().map(|line| line.delivery).collect();
    assert_eq!(untold, [DeliveryId(1), DeliveryId(2)]);
    store.doubts_are_told().unwrap();
    assert_eq!(store.untold_doubts().unwrap(), []);
}

#[test]
fn a_letter_that_a_person_held_by_address_is_not_let_go_with_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bob", "cid"]);
    let letters = claims(&store, edition, 2);
    store
        .hold(&Target::Delivery(letters[0].delivery), By::Person, "asked us to wait", at(2))
        .unwrap();
    store
        .hold(
            &Target::Delivery(letters[1].delivery),
            By::Rule,
            "their letter cannot be written",
            at(2),
        )
        .unwrap();
    store.hold(&Target::Edition(edition), By::Person, "typo", at(3)).unwrap();
    assert_eq!(
        store.let_go(&Target::Edition(edition), at(4)).unwrap(),
        Freed {
            waiting: 2,
            taken_back: 0,
            kept: 1
        }
    );
    assert_eq!(
        store.let_go(&Target::Delivery(letters[0].delivery), at(5)).unwrap(),
        Freed {
            waiting: 1,
            taken_back: 0,
            kept: 0
        }
    );
    assert_eq!(store.tally(edition).unwrap().of("pending"), 3);
}
