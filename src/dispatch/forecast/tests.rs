//! Tests of the forecast: tables, and runs that are played to the end beside it.

use super::{Coming, Gate, Outlook, forecast, told};
use crate::dispatch::pace::Pace;
use crate::dispatch::quota::{Limits, Quota, Spent};
use crate::store::usage::Usage;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::{Strategy, prop};
use std::sync::Arc;

/// 09:00 on Tuesday 24 November 2026.
fn now() -> Timestamp {
    "2026-11-24T09:00:00Z".parse().unwrap()
}

fn quota(limits: &Limits, sent: &[Timestamp]) -> Quota {
    let usage = Usage {
        letters: sent.to_vec(),
        first_at: sent.first().copied(),
        ..Usage::default()
    };
    Quota::new(limits.clone(), usage)
}

fn coming(letters: &[(&str, usize)]) -> Coming {
    let letters = letters
        .iter()
        .flat_map(|(domain, number)| std::iter::repeat_n(Arc::from(*domain), *number));
    Coming {
        from: now(),
        expires_at: None,
        hours: None,
        letters: letters.collect(),
    }
}

/// What is told of these letters, and when the last one leaves.
#[track_caller]
fn check(limits: &Limits, per_second: Option<f64>, letters: &[(&str, usize)], ends_at: &str, words: &str) {
    let quota = quota(limits, &[]);
    let gate = Gate {
        quota: &quota,
        per_second,
        zone: &TimeZone::UTC,
    };
    let outlook = forecast(&gate, None, &[coming(letters)], now()).remove(0).unwrap();
    assert_eq!(outlook.ends_at.to_string(), ends_at, "{outlook:?}");
    assert_eq!(told(&gate, &outlook).unwrap_or_default(), words, "{outlook:?}");
}

#[test]
fn a_pace_alone_tells_how_long_it_takes() {
    let none = Limits::none();
    let check = |rate, letters, ends_at, words| check(&none, rate, &[("a.example", letters)], ends_at, words);
    check(
        Some(1.0),
        1,
        "2026-11-24T09:00:00Z",
        "at 1 letter a second this takes 1 second",
    );
    check(
        Some(1.0),
        2100,
        "2026-11-24T09:34:59Z",
        "at 1 letter a second this takes 35 minutes",
    );
    check(
        Some(0.5),
        31,
        "2026-11-24T09:01:00Z",
        "at 1 letter every 2 seconds this takes 1 minute",
    );
    check(
        Some(0.5),
        3601,
        "2026-11-24T11:00:00Z",
        "at 1 letter every 2 seconds this takes 2 hours",
    );
    check(
        Some(5.0),
        50_001,
        "2026-11-24T11:46:40Z",
        "at 5 letters a second this takes 2 hours and 47 minutes",
    );
    check(None, 50_000, "2026-11-24T09:00:00Z", "");
}

#[test]
fn a_days_letters_tell_how_many_days() {
    let limits = Limits {
        per_day: Some(450),
        ..Limits::none()
    };
    let words = "over 4 days, until 09:07 (Fri 27 Nov): 450 letters a day";
    check(&limits, Some(1.0), &[("a.example", 1750)], "2026-11-27T09:06:39Z", words);
    check(
        &limits,
        Some(1.0),
        &[("a.example", 450)],
        "2026-11-24T09:07:29Z",
        "at 1 letter a second this takes 8 minutes",
    );
}

#[test]
fn letters_that_all_wait_for_tomorrow_tell_until_when() {
    let limits = Limits {
        per_day: Some(2),
        ..Limits::none()
    };
    let quota = quota(
        &limits,
        &[now() - SignedDuration::from_mins(2), now() - SignedDuration::from_mins(1)],
    );
    let gate = Gate {
        quota: &quota,
        per_second: None,
        zone: &TimeZone::UTC,
    };
    let outlook = forecast(&gate, None, &[coming(&[("a.example", 2)])], now())
        .remove(0)
        .unwrap();
    let words = told(&gate, &outlook).unwrap();
    assert_eq!(words, "until 08:59 (Wed 25 Nov): 2 letters a day", "{outlook:?}");
}

#[test]
fn a_domains_letters_hold_up_only_themselves() {
    let limits = Limits {
        per_domain_per_day: Some(100),
        ..Limits::none()
    };
    let words = "over 3 days, until 09:01 (Thu 26 Nov): 100 letters a day to `big.example`";
    let letters = [("big.example", 250), ("small.example", 99)];
    check(&limits, Some(2.0), &letters, "2026-11-26T09:00:24.5Z", words);
    let limits = Limits {
        per_domain_per_minute: Some(10),
        ..Limits::none()
    };
    check(
        &limits,
        Some(10.0),
        &[("a.example", 25)],
        "2026-11-24T09:02:00.4Z",
        "at 10 letters a second this takes 3 minutes",
    );
}

#[test]
fn a_new_sender_takes_days_for_a_long_list() {
    let limits = Limits {
        warm_up: true,
        ..Limits::none()
    };
    let words = "over 4 days, until 09:07 (Fri 27 Nov): the warm-up of a new sender";
    check(&limits, Some(1.0), &[("a.example", 750)], "2026-11-27T09:06:39Z", words);
    check(
        &limits,
        Some(1.0),
        &[("a.example", 50)],
        "2026-11-24T09:00:49Z",
        "at 1 letter a second this takes 49 seconds",
    );
}

#[test]
fn what_does_not_leave_before_the_editions_end_is_counted() {
    let limits = Limits {
        per_day: Some(100),
        ..Limits::none()
    };
    let quota = quota(&limits, &[now() - SignedDuration::from_hours(1)]);
    let gate = Gate {
        quota: &quota,
        per_second: Some(1.0),
        zone: &TimeZone::UTC,
    };
    let first = Coming {
        expires_at: Some(now() + SignedDuration::from_hours(24)),
        ..coming(&[("a.example", 250)])
    };
    let second = Coming {
        from: now() + SignedDuration::from_hours(1),
        ..coming(&[("a.example", 1)])
    };
    // The second is due first; what it takes is missing for the other.
    let outlooks = forecast(&gate, None, &[second, first], now());
    let spent = Spent::Day {
        until: now() + SignedDuration::from_hours(23),
    };
    assert_eq!(
        outlooks[1],
        Some(Outlook {
            starts_at: now(),
            ends_at: now() + SignedDuration::from_hours(23),
            days: 2,
            late: 150,
            slowed_by: Some(spent),
            is_interrupted: false,
        })
    );
    assert_eq!(
        outlooks[0].as_ref().unwrap().starts_at,
        now() + SignedDuration::from_hours(24)
    );
}

#[test]
fn a_long_list_is_forecast_in_one_walk() {
    let limits = Limits {
        per_day: Some(10_000),
        warm_up: true,
        ..Limits::none()
    };
    let quota = quota(&limits, &[]);
    let gate = Gate {
        quota: &quota,
        per_second: Some(10.0),
        zone: &TimeZone::UTC,
    };
    let outlook = forecast(&gate, None, &[coming(&[("a.example", 100_000)])], now())
        .remove(0)
        .unwrap();
    assert_eq!((outlook.days, outlook.late), (17, 0));
}

/// Plays the runs: each letter is tried in its order whenever its turn has come, and whoever may not leave waits.
async fn play(
    limits: &Limits,
    per_second: Option<f64>,
    sent: &[Timestamp],
    letters: &[Arc<str>],
) -> Option<(Timestamp, Timestamp)> {
    let quota = quota(limits, sent);
    let begin = tokio::time::sleep(tokio::time::Duration::ZERO).deadline();
    let clock = || now() + SignedDuration::try_from(tokio::time::sleep(tokio::time::Duration::ZERO).deadline() - begin).unwrap();
    let mut waiting: Vec<&Arc<str>> = letters.iter().collect();
    let (mut first, mut last) = (None, None);
    let pace = Pace::new(per_second, sent.last().copied(), now());
    while !waiting.is_empty() {
        let next = waiting.iter().position(|domain| quota.is_open(domain, clock()).is_ok());
        let Some(next) = next else {
            let until = waiting
                .iter()
                .map(|domain| quota.is_open(domain, clock()).unwrap_err().until())
                .min()
                .unwrap();
            tokio::time::sleep(until.duration_since(clock()).try_into().unwrap()).await;
            continue;
        };
        pace.turn().await;
        quota.take(waiting.remove(next), clock()).unwrap();
        first.get_or_insert(clock());
        last = Some(clock());
    }
    first.zip(last)
}

/// Limits, a pace, letters that left before and letters that wait: all small, so that limits meet.
fn cases() -> impl Strategy<Value = (Limits, Option<f64>, Vec<u32>, Vec<usize>)> {
    let small = || prop::option::of(1_u32..6);
    let limits = (small(), small(), small(), prop::bool::ANY).prop_map(|(day, minute, domain, warm_up)| Limits {
        per_day: day,
        per_domain_per_minute: minute,
        per_domain_per_day: domain,
        warm_up,
        zone: TimeZone::UTC,
    });
    let rate = prop::sample::select(vec![None, Some(1.0), Some(0.5), Some(4.0), Some(0.01)]);
    let sent = prop::collection::vec(0_u32..100_000, 0..6);
    (limits, rate, sent, prop::collection::vec(0_usize..4, 0..60))
}

#[test]
fn what_is_forecast_is_what_happens() {
    const DOMAINS: [&str; 4] = ["a.example", "b.example", "c.example", "d.example"];
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let verdict = runner.run(&cases(), |(limits, per_second, ago, domains)| {
        let letters: Vec<Arc<str>> = domains.iter().map(|domain| Arc::from(DOMAINS[*domain])).collect();
        let mut sent: Vec<Timestamp> = ago
            .iter()
            .map(|ago| now() - SignedDuration::from_secs(i64::from(*ago)))
            .collect();
        sent.sort_unstable();
        let quota = quota(&limits, &sent);
        let gate = Gate {
            quota: &quota,
            per_second,
            zone: &TimeZone::UTC,
        };
        let wanted = Coming {
            from: now(),
            expires_at: None,
            hours: None,
            letters: letters.clone(),
        };
        let outlook = forecast(&gate, sent.last().copied(), &[wanted], now()).remove(0);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let played = runtime.block_on(play(&limits, per_second, &sent, &letters));
        let near = |one: Timestamp, other: Timestamp| one.duration_since(other).abs() < SignedDuration::from_millis(200);
        match (played, outlook) {
            (None, None) => {}
            (Some((first, last)), Some(outlook)) => {
                assert!(near(first, outlook.starts_at), "{first} {outlook:?}");
                assert!(near(last, outlook.ends_at), "{last} {outlook:?}");
                assert_eq!(outlook.late, 0);
            }
            other => panic!("{other:?}"),
        }
        Ok(())
    });
    verdict.unwrap();
}

/// These letters, in the hours of a clinic in UTC with this window.
fn within(window: &str, letters: usize) -> Coming {
    let (from, until) = window.split_once('-').unwrap();
    let window = format!("{{\"from\": \"{from}\", \"until\": \"{until}\"}}");
    let window = crate::campaign::schedule::Window::thawed(&window);
    assert!(window.is_some());
    Coming {
        hours: Some(crate::campaign::schedule::ClinicHours::always(TimeZone::UTC).with(window)),
        ..coming(&[("a.example", letters)])
    }
}

#[test]
fn an_edition_rests_outside_its_hours_and_the_next_goes_on_meanwhile() {
    let quota = quota(&Limits::none(), &[]);
    let gate = Gate {
        quota: &quota,
        per_second: Some(1.0 / 60.0),
        zone: &TimeZone::UTC,
    };
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let editions = [
        within("08:30-09:10", 15),
        coming(&[("a.example", 5)]),
        within("18:00-19:00", 2),
    ];
    let outlooks: Vec<Outlook> = forecast(&gate, None, &editions, now()).into_iter().flatten().collect();
    let moments: Vec<_> = outlooks.iter().map(|outlook| (outlook.starts_at, outlook.ends_at)).collect();
    let expected = [
        (at("2026-11-24T09:00:00Z"), at("2026-11-25T08:34:00Z")),
        (at("2026-11-24T09:10:00Z"), at("2026-11-24T09:14:00Z")),
        (at("2026-11-24T18:00:00Z"), at("2026-11-24T18:01:00Z")),
    ];
    assert_eq!(moments, expected);
    assert_eq!((outlooks[0].is_interrupted, outlooks[0].days, outlooks[0].late), (true, 2, 0));
    assert_eq!(
        told(&gate, &outlooks[0]).as_deref(),
        Some("over 2 days, until 08:34 (Wed 25 Nov): its hours")
    );
    assert!(!outlooks[2].is_interrupted, "it begins late, and is not interrupted");
}

#[test]
fn letters_that_expire_before_their_hours_come_are_late() {
    let quota = quota(&Limits::none(), &[]);
    let gate = Gate {
        quota: &quota,
        per_second: None,
        zone: &TimeZone::UTC,
    };
    let expires_at = Some(now() + SignedDuration::from_hours(3));
    let editions = [
        Coming {
            expires_at,
            ..within("18:00-19:00", 7)
        },
        coming(&[("a.example", 1)]),
    ];
    let outlooks = forecast(&gate, None, &editions, now());
    assert_eq!(outlooks[0].as_ref().unwrap().late, 7);
    assert_eq!(outlooks[1].as_ref().unwrap().starts_at, now());
}
