//! Tests of the feeder: who is let on, who stands aside, who is left to a later run.

use super::{ASIDE, Fed, Feeder, Promised};
use crate::address::Address;
use crate::campaign::CampaignId;
use crate::campaign::edition::EditionKey;
use crate::clock::Clock;
use crate::dispatch::hours::Gate;
use crate::dispatch::quota::{Limits, Quota, Spent};
use crate::dispatch::report::{Stop, Tallying};
use crate::store::draft::{NewEdition, Place};
use crate::store::import::{Guard, ListSource};
use crate::store::usage::Usage;
use crate::store::{DeliveryId, EditionId, Store};
use crate::subscriber::Subscriber;
use crate::subscriber::consent::{Answer, Consent};
use crate::subscriber::segment::Asked;
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;

fn now() -> Timestamp {
    "2026-12-01T09:00:00Z".parse().unwrap()
}

/// A store in memory with a released edition for these people.
fn released(people: impl Iterator<Item = String>) -> (Store, EditionId) {
    let mut store = Store::in_memory(now()).unwrap();
    let people: Vec<Subscriber> = people
        .map(|address| Subscriber {
            address: Address::parse(&address).unwrap(),
            attributes: BTreeMap::new(),
            consent: Consent {
                answer: Answer::Yes,
                ..Consent::default()
            },
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
        asks_consent: true,
        assumed: None,
        columns: &[],
    };
    store
        .import(&source, people.into_iter().enumerate(), Guard::Trusted, now())
        .unwrap();
    let key = EditionKey {
        campaign: CampaignId("t1ps".to_owned()),
        article: "sleep".to_owned(),
        round: 1,
    };
    let new = NewEdition {
        key: &key,
        campaign_name: "tips",
        title: "Sleep",
        domain: "mill-lane.example",
        lists: &["patients".to_owned()],
        not_lists: &[],
        only: &Asked::default(),
        sources: "{}",
        sources_hash: b"sources",
        article_hash: b"article",
        due_at: now(),
        due_on: now().to_zoned(jiff::tz::TimeZone::UTC).date(),
        expires_at: None,
        hours: None,
    };
    let edition = store.draft(&new, now(), |person| Place::In {
        version: person.memberships[0].version,
    });
    let edition = edition.unwrap();
    store.release(edition, now()).unwrap();
    (store, edition)
}

/// A walk of the feeder, with somebody at its other end who takes letters.
struct Walk {
    quota: Arc<Quota>,
    tallying: Arc<Tallying>,
    letters: async_channel::Receiver<Promised>,
    feeder: std::thread::JoinHandle<Fed>,
}

impl Walk {
    fn start(limits: Limits, people: impl Iterator<Item = String>) -> Self {
        let (store, edition) = released(people);
        let (claims, letters) = async_channel::bounded(256);
        let (quota, tallying) = (Arc::new(Quota::new(limits, Usage::default())), Arc::new(Tallying::default()));
        let feeder = Feeder {
            store,
            edition,
            after: DeliveryId(0),
            clock: Clock::playing(now()),
            hours: Gate::of(None),
            cap: None,
            quota: Arc::clone(&quota),
            tallying: Arc::clone(&tallying),
            claims,
            is_wanted: Box::new(|| true),
        };
        let feeder = std::thread::spawn(move || feeder.feed().unwrap());
        Self {
            quota,
            tallying,
            letters,
            feeder,
        }
    }

    /// Takes the next letter and counts it as sent.
    fn take(&self) -> Option<String> {
        let (claim, _promise) = self.letters.recv_blocking().ok()?;
        let domain = claim.recipient.address.domain().to_owned();
        self.quota.take(&domain, now()).unwrap();
        Some(domain)
    }

    fn end(self) -> Fed {
        drop(self.letters);
        self.feeder.join().unwrap()
    }
}

fn people(domain: &'static str, number: usize) -> impl Iterator<Item = String> {
    (0..number).map(move |person| format!("person{person}@{domain}"))
}

#[test]
fn no_more_letters_are_got_ready_than_may_leave() {
    let limits = Limits {
        per_day: Some(10),
        ..Limits::none()
    };
    let walk = Walk::start(limits, people("a.example", 500));
    let mut promised: Vec<Promised> = (0..10).map(|_| walk.letters.recv_blocking().unwrap()).collect();
    std::thread::sleep(super::GLANCE * 3);
    assert!(walk.letters.is_empty(), "more letters than there is room for");
    // One comes back untaken: another one gets its room.
    promised.pop();
    assert!(walk.letters.recv_blocking().is_ok());
    drop(promised);
    for _ in 0..10 {
        assert!(walk.take().is_some());
    }
    assert!(walk.take().is_none());
    let fed = walk.end();
    assert!(matches!(fed.spent, Some(Spent::Day { .. })), "{fed:?}");
}

#[test]
fn a_domain_that_is_used_up_for_the_day_is_left_and_all_others_go_on() {
    let limits = Limits {
        per_domain_per_day: Some(3),
        ..Limits::none()
    };
    let walk = Walk::start(
        limits,
        people("big.example", 2000)
            .chain(people("a.example", 3))
            .chain(people("b.example", 2)),
    );
    let mut taken = BTreeMap::<String, usize>::new();
    while let Some(domain) = walk.take() {
        *taken.entry(domain).or_default() += 1;
    }
    let wanted = [("a.example", 3), ("b.example", 2), ("big.example", 3)];
    assert_eq!(taken, wanted.map(|(domain, letters)| (domain.to_owned(), letters)).into());
    assert!(matches!(walk.quota.left(), Some(Spent::Domain { domain, .. }) if domain == "big.example"));
    assert_eq!(walk.end(), Fed::default());
}

#[test]
fn those_who_wait_for_their_minute_stand_aside_so_many_and_no_more_and_others_pass() {
    let limits = Limits {
        per_domain_per_minute: Some(1),
        ..Limits::none()
    };
    let walk = Walk::start(limits, people("big.example", ASIDE + 1000).chain(people("small.example", 1)));
    assert_eq!(walk.take().as_deref(), Some("big.example"));
    assert_eq!(
        walk.take().as_deref(),
        Some("small.example"),
        "behind five thousand that wait"
    );
    let fed = walk.end();
    // One left and 4,096 stand aside: the next walk begins behind them, and reads no letter before them again.
    assert_eq!(fed.overflow, Some(DeliveryId(1 + ASIDE as i64)));
    assert_eq!(fed.spent, None);
}

#[test]
fn a_feeder_that_waits_ends_when_it_is_not_wanted_any_more() {
    let limits = Limits {
        per_domain_per_minute: Some(1),
        ..Limits::none()
    };
    let walk = Walk::start(limits, people("a.example", 2));
    assert_eq!(walk.take().as_deref(), Some("a.example"));
    walk.tallying.stop(Stop::Signal { interrupt: false });
    assert_eq!(walk.take(), None, "it waits for a minute although nobody wants letters");
    assert_eq!(walk.end(), Fed::default());
}
