//! Tests of the quota: what may leave when, by tables of moments.

use super::{DAY, LONGEST_WAIT, Limits, Offer, Quota, Spent, told_moment};
use crate::store::usage::Usage;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

/// Minutes after 09:00 on Tuesday 24 November 2026.
fn at(minutes: i64) -> Timestamp {
    "2026-11-24T09:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn hours(hours: i64) -> Timestamp {
    at(60 * hours)
}

fn limits() -> Limits {
    Limits::none()
}

fn per_day(most: u32) -> Limits {
    Limits {
        per_day: Some(most),
        ..limits()
    }
}

/// A quota before which letters left at these moments.
fn after(limits: Limits, sent: &[Timestamp]) -> Quota {
    let usage = Usage {
        letters: sent.to_vec(),
        first_at: sent.first().copied(),
        ..Usage::default()
    };
    Quota::new(limits, usage)
}

/// How many of a hundred letters to `domain` may leave at once.
fn taken(quota: &Quota, domain: &str, now: Timestamp) -> usize {
    (0..10_000).take_while(|_| quota.take(domain, now).is_ok()).count()
}

#[test]
fn a_days_letters_are_those_of_any_24_hours() {
    let quota = after(per_day(3), &[hours(-30), hours(-20), hours(-1)]);
    assert_eq!(quota.remaining(at(0)), Some(1));
    assert_eq!(quota.take("a.example", at(0)), Ok(()));
    assert_eq!(quota.take("a.example", at(0)), Err(Spent::Day { until: hours(4) }));
    assert_eq!(quota.is_open("b.example", hours(3)), Err(Spent::Day { until: hours(4) }));
    assert_eq!(quota.take("a.example", hours(4)), Ok(()));
    assert_eq!(quota.is_open("a.example", hours(4)), Err(Spent::Day { until: hours(23) }));
    assert_eq!(taken(&quota, "a.example", hours(100)), 3);
}

#[test]
fn a_limit_that_was_lowered_waits_for_all_that_is_too_many() {
    let sent: Vec<Timestamp> = (0..10).map(at).collect();
    let quota = after(per_day(3), &sent);
    assert_eq!(quota.is_open("a.example", at(20)), Err(Spent::Day { until: at(7) + DAY }));
}

#[test]
fn a_letter_that_was_not_taken_leaves_room_for_another() {
    let limits = Limits {
        per_domain_per_minute: Some(1),
        ..per_day(2)
    };
    let quota = after(limits, &[at(-10)]);
    assert_eq!(taken(&quota, "a.example", at(0)), 1);
    quota.give_back("a.example");
    assert_eq!(quota.remaining(at(0)), Some(1));
    assert_eq!(taken(&quota, "a.example", at(0)), 1);
}

#[test]
fn one_domain_that_is_used_up_keeps_nobody_else_waiting() {
    let limits = Limits {
        per_domain_per_minute: Some(2),
        per_domain_per_day: Some(3),
        ..limits()
    };
    let quota = after(limits, &[]);
    let spent = |until| Spent::Domain {
        domain: "a.example".to_owned(),
        until,
    };
    assert_eq!(taken(&quota, "a.example", at(0)), 2);
    assert_eq!(quota.take("a.example", at(0)), Err(spent(at(1))));
    assert_eq!(taken(&quota, "b.example", at(0)), 2);
    assert_eq!(quota.is_open_to_anybody(at(0)), Ok(()));
    assert_eq!(taken(&quota, "a.example", at(1)), 1, "a day's letters count as well");
    let shut = quota.take("a.example", at(2)).unwrap_err();
    assert_eq!(shut, spent(at(0) + DAY));
    assert!(!shut.is_soon(at(2)) && spent(at(2) + LONGEST_WAIT).is_soon(at(2)));
    assert_eq!(
        quota.told(&shut, 5, at(2)),
        "the 3 letters a day to `a.example` are used up; 5 wait; the next may leave at 09:00 (Wed 25 Nov)"
    );
}

#[test]
fn a_new_sender_begins_small_and_grows_for_a_week() {
    let limits = Limits {
        warm_up: true,
        ..limits()
    };
    let quota = after(limits.clone(), &[]);
    assert_eq!(taken(&quota, "a.example", at(0)), 50);
    assert_eq!(quota.take("a.example", hours(1)), Err(Spent::WarmUp { until: hours(24) }));
    for (day, cap) in (1..7).zip([100, 200, 400, 800, 1600, 3200]) {
        assert_eq!(taken(&quota, "a.example", hours(24 * day)), cap, "day {day}");
    }
    assert_eq!(
        quota.is_open("a.example", hours(6 * 24 + 1)),
        Err(Spent::WarmUp { until: hours(7 * 24) })
    );
    assert_eq!(taken(&quota, "a.example", hours(7 * 24)), 10_000);
    let small = after(limits.clone(), &[]);
    assert!(
        (0..49).all(|_| small.take("a.example", at(0)).is_ok()),
        "a small list never notices"
    );
    let later = after(limits.clone(), &[hours(-23)]);
    assert_eq!(
        taken(&later, "a.example", at(0)),
        49,
        "the week began with the first letter on record"
    );
    // The cap grows at 10:00, before the window has rolled on.
    assert_eq!(later.take("a.example", at(0)), Err(Spent::WarmUp { until: hours(1) }));
    assert_eq!(taken(&later, "a.example", hours(1)), 51);
    let capped = Limits {
        per_day: Some(20),
        ..limits
    };
    assert_eq!(
        taken(&after(capped, &[]), "a.example", at(0)),
        20,
        "never above a day's letters"
    );
}

#[test]
fn a_clock_that_is_set_back_while_a_run_is_at_work_opens_nothing_twice() {
    let quota = after(per_day(2), &[]);
    assert_eq!(taken(&quota, "a.example", hours(10)), 2);
    assert_eq!(quota.take("a.example", hours(0)), Err(Spent::Day { until: hours(34) }));
}

#[test]
fn room_that_is_promised_is_nobody_elses() {
    let limits = Limits {
        per_domain_per_minute: Some(2),
        ..per_day(3)
    };
    let quota = Arc::new(after(limits, &[]));
    let promises: Vec<Offer> = (0..3).map(|_| quota.offer("a.example", at(0))).collect();
    assert!(
        matches!(promises.as_slice(), [Offer::Promised(_), Offer::Promised(_), Offer::Soon]),
        "{promises:?}"
    );
    assert!(quota.is_open_to_more(at(0)), "another domain has room");
    let other = quota.offer("b.example", at(0));
    assert!(matches!(other, Offer::Promised(_)) && !quota.is_open_to_more(at(0)));
    assert_eq!(
        quota.take("a.example", at(0)),
        Ok(()),
        "a promise does not stand in its own way"
    );
    drop((promises, other));
    assert!(matches!(quota.offer("a.example", at(0)), Offer::Promised(_)));
    assert_eq!(quota.take("a.example", at(0)), Ok(()));
    assert!(matches!(quota.offer("a.example", at(0)), Offer::Spent(Spent::Domain { until, .. }) if until == at(1)));
    assert!(matches!(quota.offer("b.example", at(0)), Offer::Promised(_)));
}

#[test]
fn what_is_left_to_a_later_run_is_told_by_the_limit_that_opens_first() {
    let quota = after(per_day(450), &[]);
    let domain = |minutes| Spent::Domain {
        domain: "a.example".to_owned(),
        until: at(minutes),
    };
    assert_eq!(quota.left(), None);
    for spent in [domain(9), domain(7), domain(8)] {
        quota.leave(spent);
    }
    assert_eq!(quota.left(), Some(domain(7)));
    quota.leave(Spent::Day { until: at(305) });
    quota.leave(domain(1));
    let left = quota.left().unwrap();
    assert_eq!(
        quota.told(&left, 312, at(0)),
        "450 of 450 letters of the last 24 hours are used up; 312 wait; the next may leave at 14:05 (Tue 24 Nov)"
    );
}

#[test]
fn a_moment_is_told_by_the_clinics_clock_and_never_too_early() {
    let london = TimeZone::get("Europe/London").unwrap();
    let told = |text: &str| told_moment(text.parse().unwrap(), &london);
    assert_eq!(told("2026-06-24T13:05:00Z"), "14:05 (Wed 24 Jun)");
    assert_eq!(told("2026-11-24T13:04:00.000001Z"), "13:05 (Tue 24 Nov)");
    assert_eq!(told("2026-11-24T23:59:30Z"), "00:00 (Wed 25 Nov)");
}
