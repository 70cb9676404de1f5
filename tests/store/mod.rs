//! The store's promises, kept against real SQLite files.
//!
//! Each story asks the library's own door and looks at what the file says afterwards; relays and letters' texts play no part.

mod cap;
mod forget;
mod imports;
mod mails;
mod orders;
mod refusals;
mod strikes;
mod tokens;
mod undo;
mod usage;

use jiff::Timestamp;
use std::path::Path;
use tidings::address::Address;
use tidings::campaign::CampaignId;
use tidings::campaign::edition::EditionKey;
use tidings::delivery::reply::{Reply, Stage};
use tidings::delivery::retry::RetryPolicy;
use tidings::delivery::state::{Event, State};
use tidings::store::claim::Claim;
use tidings::store::draft::{NewEdition, Place};
use tidings::store::hold::{By, Freed, Target};
use tidings::store::import::{Guard, Imported, ListSource};
use tidings::store::journal::{self, Grant, Intent, Journal, Settlement, Step};
use tidings::store::{DeliveryId, EditionId, Kind, RunId, Store};
use tidings::subscriber::Subscriber;
use tidings::subscriber::column;
use tidings::subscriber::consent::{Answer, Consent};
use tidings::subscriber::segment::Asked;
use tidings::subscriber::suppression::{Reason, Scope, Suppression};

fn at(minute: i64) -> Timestamp {
    "2026-12-01T09:00:00Z".parse::<Timestamp>().unwrap() + jiff::SignedDuration::from_mins(minute)
}

fn subscriber(name: &str) -> Subscriber {
    Subscriber {
        address: Address::parse(&format!("{name}@example.org")).unwrap(),
        attributes: [("first_name".to_owned(), name.to_owned())].into(),
        consent: Consent {
            answer: Answer::Yes,
            ..Consent::default()
        },
        joined: None,
        rows: Vec::new(),
        left: None,
    }
}

fn import(store: &mut Store, names: &[&str], guard: Guard, minute: i64) -> Imported {
    let people: Vec<Subscriber> = names.iter().map(|name| subscriber(name)).collect();
    let rows = people.into_iter().enumerate().map(|(line, person)| (line + 2, person));
    let source = ListSource {
        list: "patients",
        file: "patients.csv",
        file_hash: b"file",
        hash: b"hash",
        asks_consent: true,
        assumed: None,
        columns: &[("first_name".to_owned(), column::Kind::Text)],
    };
    store.import(&source, rows, guard, at(minute)).unwrap()
}

/// A store with a released edition to these people.
fn released(dir: &Path, names: &[&str]) -> (Store, EditionId) {
    let mut store = Store::create(dir, Kind::Test, at(0)).unwrap();
    import(&mut store, names, Guard::Trusted, 0);
    let edition = draft(&mut store);
    store.release(edition, at(1)).unwrap();
    (store, edition)
}

fn draft(store: &mut Store) -> EditionId {
    let key = EditionKey {
        campaign: CampaignId("k7f2m9".to_owned()),
        article: "calmer-days".to_owned(),
        round: 1,
    };
    let new = NewEdition {
        key: &key,
        campaign_name: "seasonal",
        title: "Calmer days",
        domain: "riverside.example",
        lists: &["patients".to_owned()],
        not_lists: &["staff".to_owned()],
        only: &Asked::default(),
        sources: "{}",
        sources_hash: b"sources",
        article_hash: b"article",
        due_at: at(0),
        due_on: jiff::civil::date(2027, 1, 1),
        expires_at: None,
        hours: None,
    };
    store
        .draft(&new, at(0), |candidate| Place::In {
            version: candidate.memberships[0].version,
        })
        .unwrap()
}

/// What the journal did about an outcome and about the next intent.
#[derive(Debug, Default, PartialEq)]
struct Recorded {
    settled: Option<State>,
    begun: Option<Grant>,
}

/// One run's journal, driven without a runtime of its own around it.
struct Desk {
    journal: Journal,
    runtime: tokio::runtime::Runtime,
}

impl Desk {
    fn open(store: &mut Store) -> (Self, RunId) {
        let run = store.begin_run("run", at(1)).unwrap();
        let (journal, _) = Journal::start(store, run, |_| RetryPolicy::default()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        (Self { journal, runtime }, run)
    }

    fn record(&self, settle: Option<Settlement>, begin: Option<Intent>) -> Recorded {
        let steps = settle.map(Step::Settle).into_iter().chain(begin.map(Step::Begin)).collect();
        let mut recorded = Recorded::default();
        for answer in self.runtime.block_on(self.journal.record(steps)).unwrap() {
            match answer {
                journal::Recorded::Settled(state) => recorded.settled = state,
                journal::Recorded::Granted(grant) => recorded.begun = Some(grant),
            }
        }
        recorded
    }

    fn begin(&self, claim: &Claim, minute: i64) -> Option<Grant> {
        self.record(None, Some(intent(claim, minute))).begun
    }
}

fn intent(claim: &Claim, minute: i64) -> Intent {
    Intent {
        delivery: claim.delivery,
        attempt: claim.attempt,
        orders: claim.orders,
        dated: at(minute),
        at: at(minute),
    }
}

fn settlement(claim: &Claim, event: Event, minute: i64) -> Settlement {
    let reply = Some(Reply::new(Stage::EndOfData, 250, &["2.0.0 queued as 4F1".to_owned()]));
    let relay = "127.0.0.1".to_owned();
    Settlement {
        delivery: claim.delivery,
        attempt: claim.attempt,
        event,
        stage: Some(Stage::EndOfData),
        reply,
        reason: None,
        relay,
        at: at(minute),
    }
}

fn claims(store: &Store, edition: EditionId, minute: i64) -> Vec<Claim> {
    store.claims(edition, DeliveryId(0), at(minute), 100).unwrap()
}

#[test]
fn a_letter_leaves_once_and_its_numbers_close() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bob"]);
    let (desk, _) = Desk::open(&mut store);
    let waiting = claims(&store, edition, 2);
    assert_eq!(waiting.len(), 2);
    assert_eq!(desk.begin(&waiting[0], 2), Some(Grant::Given));
    assert_eq!(
        desk.begin(&waiting[0], 2),
        Some(Grant::Moved),
        "the same attempt is not granted twice"
    );
    let both = desk.record(Some(settlement(&waiting[0], Event::Accept, 3)), Some(intent(&waiting[1], 3)));
    assert_eq!(
        both,
        Recorded {
            settled: Some(State::Accepted),
            begun: Some(Grant::Given)
        }
    );
    let tally = store.tally(edition).unwrap();
    assert_eq!((tally.planned(), tally.of("accepted"), tally.of("sending")), (2, 1, 1));
    assert_eq!(claims(&store, edition, 4), []);
}

#[test]
fn only_the_run_that_began_a_letter_settles_it_and_an_old_claim_begins_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann"]);
    let claim = claims(&store, edition, 2).remove(0);
    let (first, _) = Desk::open(&mut store);
    let (second, _) = Desk::open(&mut store);
    assert_eq!(first.begin(&claim, 2), Some(Grant::Given));
    assert_eq!(
        second.record(Some(settlement(&claim, Event::NotTaken, 3)), None).settled,
        None
    );
    let own = first.record(Some(settlement(&claim, Event::NotTaken, 3)), None);
    assert_eq!(own.settled, Some(State::Pending));
    assert_eq!(first.begin(&claim, 4), Some(Grant::Moved), "its attempt is used up");
    let fresh = claims(&store, edition, 5).remove(0);
    assert_eq!((fresh.attempt, second.begin(&fresh, 5)), (2, Some(Grant::Given)));
}

#[test]
fn a_settlement_that_misses_its_row_fails_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bob"]);
    let (desk, _) = Desk::open(&mut store);
    let waiting = claims(&store, edition, 2);
    desk.begin(&waiting[0], 2);
    let wrong = Settlement {
        attempt: 7,
        ..settlement(&waiting[0], Event::Accept, 3)
    };
    let recorded = desk.record(Some(wrong), Some(intent(&waiting[1], 3)));
    assert_eq!(
        recorded,
        Recorded {
            settled: None,
            begun: Some(Grant::Given)
        }
    );
    assert_eq!(
        store.tally(edition).unwrap().of("sending"),
        2,
        "the wrong settlement changed nothing"
    );
    let late = desk.record(Some(settlement(&waiting[0], Event::Accept, 4)), None);
    assert_eq!(late.settled, Some(State::Accepted));
    let twice = desk.record(Some(settlement(&waiting[0], Event::RefuseForGood, 5)), None);
    assert_eq!(twice.settled, None, "an outcome is written once");
}

#[test]
fn a_dead_run_leaves_doubt_and_its_late_word_counts_no_more() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bob"]);
    let (dead, _) = Desk::open(&mut store);
    let waiting = claims(&store, edition, 2);
    dead.begin(&waiting[0], 2);
    assert_eq!(store.recover(at(10)).unwrap(), 1);
    assert_eq!(store.recover(at(11)).unwrap(), 0);
    let tally = store.tally(edition).unwrap();
    assert_eq!((tally.of("in_doubt"), tally.of("pending")), (1, 1));
    let late = dead.record(Some(settlement(&waiting[0], Event::Accept, 11)), None);
    assert_eq!(late.settled, None);
    let attempts = store.attempts(waiting[0].delivery).unwrap();
    assert_eq!(attempts[0].outcome.as_deref(), Some("in_doubt"));
    assert_eq!(
        claims(&store, edition, 20).len(),
        1,
        "nothing in doubt is ever sent again by the program"
    );
}

#[test]
fn whoever_left_meanwhile_gets_no_letter_and_a_hold_stops_the_next_one() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bob", "cid"]);
    let (desk, _) = Desk::open(&mut store);
    let waiting = claims(&store, edition, 2);
    let gone = Suppression {
        scope: Scope::All,
        reason: Reason::ByHand,
        at: at(2),
        evidence: None,
    };
    store.suppress(&waiting[0].recipient.address, &gone).unwrap();
    assert_eq!(desk.begin(&waiting[0], 3), Some(Grant::Suppressed));
    let stopped = store.hold(&Target::Edition(edition), By::Person, "typo", at(3)).unwrap();
    assert_eq!(stopped.letters, 2);
    assert_eq!(desk.begin(&waiting[1], 3), Some(Grant::Held));
    assert_eq!(
        store.let_go(&Target::Edition(edition), at(4)).unwrap(),
        Freed {
            waiting: 2,
            taken_back: 0,
            kept: 0
        }
    );
    assert_eq!(desk.begin(&waiting[1], 4), Some(Grant::Given));
    let campaign = Target::Campaign(CampaignId("k7f2m9".to_owned()));
    store.hold(&campaign, By::Person, "not now", at(5)).unwrap();
    assert_eq!(desk.begin(&waiting[2], 5), Some(Grant::Held));
    let tally = store.tally(edition).unwrap();
    assert_eq!(
        (
            tally.planned(),
            tally.of("suppressed"),
            tally.of("sending"),
            tally.of("pending")
        ),
        (3, 1, 1, 1)
    );
}

#[test]
fn a_draft_is_nobodys_letter_and_a_second_draft_replaces_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = Store::create(dir.path(), Kind::Test, at(0)).unwrap();
    import(&mut store, &["ann"], Guard::Trusted, 0);
    let first = draft(&mut store);
    assert_eq!(store.unfinished_editions().unwrap(), []);
    let second = draft(&mut store);
    assert_eq!(store.editions().unwrap().len(), 1);
    assert!(store.edition(first).is_err() || first == second);
    let (desk, _) = Desk::open(&mut store);
    let claim = claims(&store, second, 1).remove(0);
    assert_eq!(desk.begin(&claim, 1), Some(Grant::Held), "a draft's letter does not leave");
    store.discard(second).unwrap();
    assert_eq!(store.editions().unwrap(), []);
}

#[test]
fn history_cannot_be_rewritten() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann"]);
    let (desk, _) = Desk::open(&mut store);
    let claim = claims(&store, edition, 2).remove(0);
    desk.record(None, Some(intent(&claim, 2)));
    desk.record(Some(settlement(&claim, Event::Accept, 3)), None);
    let raw = rusqlite::Connection::open(dir.path().join("store.db")).unwrap();
    assert!(raw.execute("UPDATE attempt SET outcome = 'failed'", []).is_err());
    assert!(raw.execute("DELETE FROM attempt", []).is_err());
    assert!(
        raw.execute(
            "INSERT INTO delivery SELECT 99, edition, person, version, state, 0, 0, 0, NULL, NULL, NULL, NULL, 0 FROM delivery",
            []
        )
        .is_err()
    );
}

#[test]
fn files_are_the_owners_alone_and_a_copy_is_a_rehearsal_for_ever() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let (store, edition) = released(&dir.path().join("store"), &["ann"]);
    for file in std::fs::read_dir(store.dir()).unwrap().map(Result::unwrap) {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o077, 0, "{:?}", file.path());
    }
    let copy = store.copy_for_rehearsal(&dir.path().join("copy")).unwrap();
    assert_eq!(copy.identity().kind, Kind::Rehearsal);
    assert_eq!(copy.identity().id, store.identity().id);
    assert_eq!(copy.tally(edition).unwrap().planned(), 1);
    assert_eq!(
        copy.keys().message_id(DeliveryId(1), 1, 0),
        store.keys().message_id(DeliveryId(1), 1, 0)
    );
    assert_eq!(store.copy_in_memory().unwrap().tally(edition).unwrap().planned(), 1);
}

#[test]
fn a_store_without_its_keys_or_of_a_newer_program_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(released(dir.path(), &["ann"]));
    let raw = rusqlite::Connection::open(dir.path().join("store.db")).unwrap();
    raw.pragma_update(None, "user_version", 99).unwrap();
    drop(raw);
    let error = Store::open(dir.path()).err().unwrap().to_string();
    assert!(error.contains("use the newer `tidings`"), "{error}");
    std::fs::remove_file(dir.path().join("keys")).unwrap();
    assert!(Store::open(dir.path()).is_err());
}
