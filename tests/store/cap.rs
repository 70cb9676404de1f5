//! One letter in a while: what the journal grants to a person who got another letter lately, inside its own transaction.

use super::{Desk, at, import, intent, settlement};
use std::path::Path;
use tidings::campaign::CampaignId;
use tidings::campaign::edition::EditionKey;
use tidings::delivery::retry::RetryPolicy;
use tidings::delivery::state::{Event, State};
use tidings::store::cap::Cap;
use tidings::store::claim::Claim;
use tidings::store::draft::{NewEdition, Place};
use tidings::store::hold::{By, Target};
use tidings::store::import::Guard;
use tidings::store::journal::{Grant, Journal, Recorded, Step};
use tidings::store::spacing::Spacing;
use tidings::store::{DeliveryId, EditionId, Kind, Store};
use tidings::subscriber::segment::Asked;

const WEEK: Spacing = Spacing {
    days: 7,
    zone: jiff::tz::TimeZone::UTC,
    hour: jiff::civil::Time::midnight(),
};
/// From 09:00 on a day until it is the same day of the week.
const FREE: i64 = 7 * 24 * 60 - 9 * 60;

fn edition(store: &mut Store, campaign: &str) -> EditionId {
    let key = EditionKey {
        campaign: CampaignId(campaign.to_owned()),
        article: format!("about-{campaign}"),
        round: 1,
    };
    let new = NewEdition {
        key: &key,
        campaign_name: campaign,
        title: "Calmer days",
        domain: "riverside.example",
        lists: &["patients".to_owned()],
        not_lists: &[],
        only: &Asked::default(),
        sources: "{}",
        sources_hash: campaign.as_bytes(),
        article_hash: campaign.as_bytes(),
        due_at: at(0),
        due_on: jiff::civil::date(2027, 1, 1),
        expires_at: None,
        hours: None,
    };
    let decide = |candidate: &tidings::store::people::Candidate| Place::In {
        version: candidate.memberships[0].version,
    };
    let edition = store.draft(&new, at(0), decide).unwrap();
    store.release(edition, at(1)).unwrap();
    edition
}

/// A store with two editions to the same people, and a journal under the cap of a week; the second edition keeps to it as `capped` says.
fn two_editions(dir: &Path, capped: bool) -> (Store, [EditionId; 2], Desk) {
    let mut store = Store::create(dir, Kind::Test, at(0)).unwrap();
    import(&mut store, &["ann", "bob"], Guard::Trusted, 0);
    let editions = [edition(&mut store, "tips"), edition(&mut store, "news")];
    let (run, free) = (store.begin_run("run", at(1)).unwrap(), editions[1].0);
    let cap = move |edition| (capped || edition != free).then(|| Cap::of(WEEK));
    let (journal, _) = Journal::start_under(cap, &store, run, |_| RetryPolicy::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    (store, editions, Desk { journal, runtime })
}

fn claims(store: &Store, edition: EditionId, minute: i64) -> Vec<Claim> {
    store
        .claims_under(Some(&Cap::of(WEEK)), edition, DeliveryId(0), at(minute), 100)
        .unwrap()
}

#[test]
fn a_claim_from_before_the_other_letter_is_refused_by_the_grant_itself() {
    let dir = tempfile::tempdir().unwrap();
    let (store, [tips, news], desk) = two_editions(dir.path(), true);
    let (first, second) = (claims(&store, tips, 2), claims(&store, news, 2));
    assert_eq!((first.len(), second.len()), (2, 2), "nobody got anything yet");
    assert_eq!(desk.begin(&first[0], 2), Some(Grant::Given));
    assert_eq!(
        desk.begin(&second[0], 2),
        Some(Grant::TooSoon),
        "ann's other letter is under way"
    );
    assert_eq!(desk.begin(&second[1], 2), Some(Grant::Given), "bob has none");
    desk.record(Some(settlement(&first[0], Event::Accept, 3)), None);
    assert_eq!(desk.begin(&second[0], FREE - 1), Some(Grant::TooSoon));
    assert_eq!(
        desk.begin(&second[0], FREE),
        Some(Grant::Given),
        "from the start of the day a week after it began"
    );
}

#[test]
fn in_one_entry_the_second_letter_knows_of_the_first() {
    let dir = tempfile::tempdir().unwrap();
    let (store, [tips, news], desk) = two_editions(dir.path(), true);
    let (first, second) = (claims(&store, tips, 2), claims(&store, news, 2));
    let steps = vec![
        Step::Begin(intent(&first[0], 2)),
        Step::Begin(intent(&second[0], 2)),
        Step::Admit(intent(&second[0], 2)),
        Step::Admit(intent(&second[1], 2)),
    ];
    let granted = desk.runtime.block_on(desk.journal.record(steps)).unwrap();
    let expected = [Grant::Given, Grant::TooSoon, Grant::TooSoon, Grant::Given].map(Recorded::Granted);
    assert_eq!(granted, expected);
}

#[test]
fn what_was_not_taken_keeps_nobody_waiting_and_what_is_in_doubt_does() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, [tips, news], desk) = two_editions(dir.path(), true);
    let first = claims(&store, tips, 2);
    desk.begin(&first[0], 2);
    assert_eq!(claims(&store, news, 2).len(), 1, "ann's is passed over");
    let back = desk.record(Some(settlement(&first[0], Event::NotTaken, 3)), None);
    assert_eq!(back.settled, Some(State::Pending));
    assert_eq!(claims(&store, news, 3).len(), 2);
    let again = claims(&store, tips, 4);
    desk.begin(&again[0], 4);
    assert_eq!(store.recover(at(10)).unwrap(), 1);
    assert_eq!(claims(&store, news, 11).len(), 1, "it may have arrived");
    let crowd = store.crowd(news, &Cap::of(WEEK), at(11)).unwrap();
    assert_eq!((crowd.letters, crowd.until), (1, Some(at(FREE))));
    assert_eq!(claims(&store, news, FREE).len(), 2, "nobody waits for ever");
}

#[test]
fn a_campaign_that_is_not_capped_goes_out_and_counts_for_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let (store, [tips, news], desk) = two_editions(dir.path(), false);
    let (first, second) = (claims(&store, tips, 2), claims(&store, news, 2));
    assert_eq!(desk.begin(&first[0], 2), Some(Grant::Given));
    assert_eq!(desk.begin(&second[0], 2), Some(Grant::Given));
    assert_eq!(desk.begin(&second[1], 2), Some(Grant::Given));
    assert_eq!(desk.begin(&first[1], 3), Some(Grant::TooSoon), "bob got the news");
    let recent = store.recent(first[1].delivery, &WEEK, at(3)).unwrap().unwrap();
    assert_eq!((recent.campaign.as_str(), recent.at, recent.until), ("news", at(2), at(FREE)));
}

#[test]
fn a_clock_that_ran_far_ahead_keeps_nobody_waiting_for_years() {
    let dir = tempfile::tempdir().unwrap();
    let (store, [tips, news], desk) = two_editions(dir.path(), true);
    let first = claims(&store, tips, 2);
    let years_ahead = 100 * FREE;
    desk.begin(&first[0], years_ahead);
    assert_eq!(claims(&store, news, 5).len(), 2);
}

/// The claims of `edition` where this one's letters go first.
fn claims_behind(store: &Store, edition: EditionId, first: EditionId, minute: i64) -> usize {
    let cap = Cap {
        spacing: WEEK,
        firsts: vec![first],
    };
    store
        .claims_under(Some(&cap), edition, DeliveryId(0), at(minute), 100)
        .unwrap()
        .len()
}

#[test]
fn an_older_letter_goes_first_for_as_long_as_nobody_holds_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, [tips, news], _) = two_editions(dir.path(), true);
    assert_eq!(claims_behind(&store, news, tips, 2), 0, "tips are older");
    assert_eq!(claims_behind(&store, tips, news, 2), 2, "and wait for no newer ones");
    let crowd = store
        .crowd(
            news,
            &Cap {
                spacing: WEEK,
                firsts: vec![tips],
            },
            at(2),
        )
        .unwrap();
    assert_eq!((crowd.letters, crowd.behind), (0, 2));
    for target in [Target::Edition(tips), Target::Campaign(CampaignId("tips".to_owned()))] {
        store.hold(&target, By::Person, "wait", at(3)).unwrap();
        assert_eq!(claims_behind(&store, news, tips, 3), 2, "{target:?}");
        store.let_go(&target, at(4)).unwrap();
        assert_eq!(claims_behind(&store, news, tips, 4), 0, "{target:?}");
    }
    let first = claims(&store, tips, 5)[0].delivery;
    store.hold(&Target::Delivery(first), By::Person, "wait", at(5)).unwrap();
    assert_eq!(claims_behind(&store, news, tips, 5), 1, "hers alone waits no more");
}

#[test]
fn the_grant_itself_knows_of_an_older_letter() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, [tips, news], _) = two_editions(dir.path(), true);
    let run = store.begin_run("run", at(1)).unwrap();
    let cap = move |_| {
        Some(Cap {
            spacing: WEEK,
            firsts: vec![tips, news],
        })
    };
    let (journal, _) = Journal::start_under(cap, &store, run, |_| RetryPolicy::default()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let desk = Desk { journal, runtime };
    // Claimed before anybody knew of the other edition.
    let (first, second) = (claims(&store, tips, 2), claims(&store, news, 2));
    assert_eq!(desk.begin(&second[0], 2), Some(Grant::TooSoon));
    assert_eq!(desk.begin(&first[0], 2), Some(Grant::Given));
    assert_eq!(desk.begin(&second[0], FREE - 1), Some(Grant::TooSoon));
    desk.record(Some(settlement(&first[0], Event::Accept, 3)), None);
    assert_eq!(desk.begin(&second[0], FREE), Some(Grant::Given));
}
