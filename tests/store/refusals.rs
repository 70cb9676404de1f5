//! Letters that are refused for now, or that come back untaken: when they wait, and for how long.
//!
//! Driven through the journal itself, without a relay.

use super::{Claim, Desk, Event, Grant, Settlement, Stage, State, at, claims, released, settlement};
use std::collections::HashSet;

#[test]
fn what_is_refused_for_now_waits_and_keeps_its_date() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann"]);
    let (desk, _) = Desk::open(&mut store);
    let first = claims(&store, edition, 2).remove(0);
    desk.begin(&first, 2);
    let settled = desk
        .record(Some(settlement(&first, Event::RefuseForNow { refusals: 0 }, 3)), None)
        .settled;
    let retry_at = store.next_retry(edition).unwrap().unwrap();
    assert_eq!(settled, Some(State::Deferred { retry_at }));
    assert!(
        retry_at >= at(7) && retry_at <= at(9),
        "five minutes and a fifth more or less: {retry_at}"
    );
    assert_eq!(claims(&store, edition, 6), []);
    assert_eq!(
        desk.begin(&Claim { attempt: 2, ..first }, 6),
        Some(Grant::Moved),
        "not before its time"
    );
    let second = claims(&store, edition, 9).remove(0);
    assert_eq!((second.attempt, second.dated), (2, Some(at(2))));
    assert_eq!(desk.begin(&second, 9), Some(Grant::Given));
}

#[test]
fn letters_that_are_refused_together_do_not_come_back_together() {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann", "bob", "cid", "dan", "eve", "fay"]);
    let (desk, _) = Desk::open(&mut store);
    let mut moments: Vec<State> = Vec::new();
    for claim in claims(&store, edition, 2) {
        desk.begin(&claim, 2);
        let refused = settlement(&claim, Event::RefuseForNow { refusals: 0 }, 3);
        moments.extend(desk.record(Some(refused), None).settled);
    }
    let different: HashSet<State> = moments.iter().copied().collect();
    assert_eq!((moments.len(), different.len()), (6, 6), "{moments:?}");
}

/// Attempts of one letter that all came back untaken at these stages, and where it stands after each.
fn untaken(stages: &[Stage]) -> Vec<State> {
    let dir = tempfile::tempdir().unwrap();
    let (mut store, edition) = released(dir.path(), &["ann"]);
    let (desk, _) = Desk::open(&mut store);
    let mut stands = Vec::new();
    for (minute, stage) in (10..).step_by(10).zip(stages) {
        let claim = claims(&store, edition, minute).remove(0);
        assert_eq!(desk.begin(&claim, minute), Some(Grant::Given));
        let lost = Settlement {
            stage: Some(*stage),
            reply: None,
            reason: Some("not taken: reset".to_owned()),
            ..settlement(&claim, Event::NotTaken, minute)
        };
        stands.extend(desk.record(Some(lost), None).settled);
    }
    assert!(store.audit().unwrap().differences.is_empty());
    stands
}

#[test]
fn a_letter_that_the_relay_breaks_off_again_and_again_waits_like_a_refused_one() {
    use State::{Deferred, Pending};
    let stands = untaken(&[
        Stage::Rcpt,
        Stage::Data,
        Stage::EndOfData,
        Stage::Data,
        Stage::Data,
        Stage::Rcpt,
    ]);
    assert!(
        matches!(
            stands[..],
            [Pending, Pending, Deferred { .. }, Pending, Pending, Deferred { .. }]
        ),
        "{stands:?}"
    );
    // Trouble at MAIL or before it is the relay's own, however often.
    assert_eq!(untaken(&[Stage::Mail; 9]), [Pending; 9]);
    assert_eq!(
        untaken(&[Stage::Rcpt, Stage::Data, Stage::Mail, Stage::Data, Stage::Rcpt]),
        [Pending; 5]
    );
}

#[test]
fn a_letter_is_not_given_up_for_the_relays_own_trouble() {
    let stands = untaken(&[Stage::Data; 60]);
    let deferred = stands.iter().filter(|state| matches!(state, State::Deferred { .. })).count();
    assert_eq!(
        (stands.len(), deferred),
        (60, 20),
        "twenty times three, and none expired: {stands:?}"
    );
}
