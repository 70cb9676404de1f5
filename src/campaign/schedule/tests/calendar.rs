//! Which instants a schedule is due at, in zones whose clocks do what clocks should not.

use crate::campaign::schedule::{Schedule, ScheduleFile};
use crate::finding::yaml::{Source, read};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};

fn schedule(text: &str) -> Schedule {
    let (file, first_line) = ("c", 1);
    let source = Source { file, text, first_line };
    let (schedule, _) = read::<ScheduleFile>(&source).value.check(&source, &[]).expect("a schedule");
    schedule
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).expect("a zone")
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The local moments at which `text` is due after midnight UTC of `after`.
fn check(text: &str, in_zone: &str, after: &str, expected: &[&str]) {
    let after = instant(&format!("{after}T00:00Z"));
    let found = schedule(text).upcoming(&zone(in_zone), after, expected.len());
    let shown: Vec<String> = found
        .iter()
        .map(|found| found.local.strftime("%Y-%m-%d %H:%M %z").to_string())
        .collect();
    assert_eq!(shown, expected, "{text} in {in_zone}");
    assert!(found.iter().all(|found| found.local.timestamp() == found.at));
}

/// The days of the year 2027 on which `text` is due.
fn days_of_2027(text: &str, expected: &str) {
    let (after, until) = (instant("2027-01-01T00:00Z"), instant("2028-01-01T00:00Z"));
    let all = schedule(&format!("{text}\nat: 12:00")).upcoming(&TimeZone::UTC, after, 400);
    let days = all.iter().take_while(|found| found.at < until);
    let days: Vec<String> = days.map(|found| found.date.strftime("%-d.%-m").to_string()).collect();
    assert_eq!(days.join(" "), expected, "{text}");
}

#[test]
fn each_rule_names_its_days() {
    let cases = [
        (
            "every: month\nday: first tuesday",
            "5.1 2.2 2.3 6.4 4.5 1.6 6.7 3.8 7.9 5.10 2.11 7.12",
        ),
        (
            "every: month\nday: last friday",
            "29.1 26.2 26.3 30.4 28.5 25.6 30.7 27.8 24.9 29.10 26.11 31.12",
        ),
        (
            "every: month\nday: last day",
            "31.1 28.2 31.3 30.4 31.5 30.6 31.7 31.8 30.9 31.10 30.11 31.12",
        ),
        (
            "every: month\nday: 28",
            "28.1 28.2 28.3 28.4 28.5 28.6 28.7 28.8 28.9 28.10 28.11 28.12",
        ),
        ("every: 2 months\nday: 15", "15.1 15.3 15.5 15.7 15.9 15.11"),
        ("every: quarter\nday: first tuesday", "5.1 6.4 6.7 5.10"),
        ("every: quarter\nday: last day", "31.3 30.6 30.9 31.12"),
        ("every: 2 quarters\nday: 1", "1.1 1.7"),
        ("every: year\nday: 1 March", "1.3"),
        ("every: year\nday: last day of february", "28.2"),
        ("every: year\nday: last friday", "31.12"),
        ("every: 2 years\nday: 1 March", ""),
        (
            "every: 5 weeks\nday: sunday",
            "31.1 7.3 11.4 16.5 20.6 25.7 29.8 3.10 7.11 12.12",
        ),
        ("every: 73 days", "14.3 26.5 7.8 19.10 31.12"),
        ("dates: [2027-03-01, 2026-03-01, 2027-01-01, 2028-01-01]", "1.1 1.3"),
        ("date: 2027-02-28", "28.2"),
        ("date: 2026-02-28", ""),
    ];
    for (text, expected) in cases {
        days_of_2027(text, expected);
    }
}

#[test]
fn rhythms_count_from_their_fixed_point() {
    // Monday 1 January 2024 begins week 0, so Tuesday 2 January is due and the 9th is not.
    check(
        "every: 2 weeks\nday: tuesday\nat: 09:00",
        "Europe/London",
        "2023-12-06",
        &["2023-12-19 09:00 +0000", "2024-01-02 09:00 +0000", "2024-01-16 09:00 +0000"],
    );
    check(
        "every: day\nday: weekdays\nat: 09:00",
        "Europe/London",
        "2026-12-04",
        &["2026-12-04 09:00 +0000", "2026-12-07 09:00 +0000"],
    );
}

#[test]
fn the_hour_is_the_hour_on_the_wall() {
    check(
        "every: month\nday: last day\nat: 09:00",
        "Europe/London",
        "2027-02-20",
        &["2027-02-28 09:00 +0000", "2027-03-31 09:00 +0100"],
    );
}

#[test]
fn in_a_gap_it_is_the_first_minute_after_and_in_an_overlap_the_first_of_two() {
    let cases = [
        ("2027-03-28", "01:30", "Europe/London", "2027-03-28 02:00 +0100"),
        ("2027-03-28", "01:00", "Europe/London", "2027-03-28 02:00 +0100"),
        ("2027-03-28", "00:59", "Europe/London", "2027-03-28 00:59 +0000"),
        ("2027-03-28", "02:00", "Europe/London", "2027-03-28 02:00 +0100"),
        ("2027-10-31", "01:30", "Europe/London", "2027-10-31 01:30 +0100"),
        ("2027-03-14", "02:30", "America/New_York", "2027-03-14 03:00 -0400"),
        ("2027-11-07", "01:30", "America/New_York", "2027-11-07 01:30 -0400"),
        ("2027-03-28", "02:30", "Europe/Berlin", "2027-03-28 03:00 +0200"),
        ("2027-10-31", "02:30", "Europe/Berlin", "2027-10-31 02:30 +0200"),
        ("2027-04-30", "00:00", "Africa/Cairo", "2027-04-30 01:00 +0300"),
        ("2027-04-30", "00:30", "Africa/Cairo", "2027-04-30 01:00 +0300"),
        ("2027-10-03", "02:15", "Australia/Lord_Howe", "2027-10-03 02:30 +1100"),
        ("2027-04-04", "01:45", "Australia/Lord_Howe", "2027-04-04 01:45 +1100"),
        ("2011-12-30", "09:00", "Pacific/Apia", "2011-12-31 00:00 +1400"),
    ];
    for (date, hour, in_zone, expected) in cases {
        let text = format!("date: {date}\nat: {hour}");
        check(&text, in_zone, "2011-01-01", &[expected]);
    }
}

#[test]
fn each_day_comes_once_where_clocks_change() {
    check(
        "every: day\nat: 01:30",
        "Europe/London",
        "2027-10-30",
        &["2027-10-30 01:30 +0100", "2027-10-31 01:30 +0100", "2027-11-01 01:30 +0000"],
    );
    check(
        "every: day\nat: 09:00",
        "Pacific/Apia",
        "2011-12-29",
        &["2011-12-29 09:00 -1000", "2011-12-31 00:00 +1400", "2011-12-31 09:00 +1400"],
    );
    // The day that Apia left out and the next begin in the same instant: one occurrence, of the day that was.
    let midnight = schedule("every: day\nat: 00:00");
    let found = midnight.upcoming(&zone("Pacific/Apia"), instant("2011-12-29T00:00Z"), 3);
    let days: Vec<String> = found.iter().map(|found| found.date.to_string()).collect();
    assert_eq!(days, ["2011-12-29", "2011-12-31", "2012-01-01"]);
}

#[test]
fn the_latest_includes_its_own_instant_and_the_next_does_not() {
    let monthly = schedule("every: month\nday: first tuesday\nat: 09:00");
    let london = zone("Europe/London");
    let at = instant("2026-12-01T09:00Z");
    let before = at - jiff::SignedDuration::from_nanos(1);
    let found = |occurrence: Option<crate::campaign::schedule::Occurrence>| occurrence.map(|found| found.at.to_string());
    assert_eq!(
        found(monthly.next_after(&london, before)).as_deref(),
        Some("2026-12-01T09:00:00Z")
    );
    assert_eq!(
        found(monthly.next_after(&london, at)).as_deref(),
        Some("2027-01-05T09:00:00Z")
    );
    assert_eq!(
        found(monthly.latest_until(&london, at)).as_deref(),
        Some("2026-12-01T09:00:00Z")
    );
    assert_eq!(
        found(monthly.latest_until(&london, before)).as_deref(),
        Some("2026-11-03T09:00:00Z")
    );
    let once = schedule("date: 2026-12-01\nat: 09:00");
    assert_eq!(found(once.next_after(&london, at)), None);
    assert_eq!(found(once.latest_until(&london, before)), None);
    assert_eq!(
        found(once.latest_until(&london, Timestamp::MAX)).as_deref(),
        Some("2026-12-01T09:00:00Z")
    );
}

#[test]
fn the_ends_of_the_calendar_are_quiet() {
    for text in [
        "every: day\nat: 23:59",
        "every: 99 weeks\nday: sunday\nat: 23:59",
        "every: month\nday: last day\nat: 23:59",
        "every: year\nday: 31 december\nat: 23:59",
    ] {
        let utc = TimeZone::UTC;
        assert!(schedule(text).next_after(&utc, Timestamp::MAX).is_none(), "{text}");
        assert!(schedule(text).latest_until(&utc, Timestamp::MIN).is_none(), "{text}");
        assert!(schedule(text).next_after(&utc, Timestamp::MIN).is_some(), "{text}");
        assert!(schedule(text).latest_until(&utc, Timestamp::MAX).is_some(), "{text}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Looking forward and looking back find the same occurrences, none between two neighbours.
    #[test]
    fn forward_and_back_agree(
        after in 1_000_000_000_i64..4_000_000_000,
        rule in 0_usize..6,
        step in 1_u16..=99,
        hour in 0_u8..24,
        place in 0_usize..5,
    ) {
        let rules = [
            ("days", ""), ("weeks", "sunday"), ("months", "last day"), ("months", "second monday"), ("quarters", "last friday"), ("years", "1 March"),
        ];
        let zones = ["Europe/London", "Africa/Cairo", "Australia/Lord_Howe", "Pacific/Apia", "America/New_York"];
        let (unit, day) = rules[rule];
        let day = if day.is_empty() { String::new() } else { format!("day: {day}\n") };
        let schedule = schedule(&format!("every: {step} {unit}\n{day}at: {hour:02}:30"));
        let (zone, after) = (zone(zones[place]), Timestamp::from_second(after).expect("an instant"));
        let next = schedule.next_after(&zone, after).expect("a rhythm goes on");
        let following = schedule.next_after(&zone, next.at).expect("a rhythm goes on");
        prop_assert!(after < next.at && next.at < following.at);
        let before_next = next.at - jiff::SignedDuration::from_nanos(1);
        prop_assert!(schedule.latest_until(&zone, before_next).is_none_or(|found| found.at <= after));
        let before_following = following.at - jiff::SignedDuration::from_nanos(1);
        prop_assert_eq!(schedule.latest_until(&zone, next.at), Some(next.clone()));
        prop_assert_eq!(schedule.latest_until(&zone, before_following), Some(next));
    }
}
