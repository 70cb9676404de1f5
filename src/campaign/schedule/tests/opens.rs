//! When letters may leave again: window, quiet hours and holidays together, in zones whose clocks jump.
//!
//! Held against a walk over the minutes: each moment that [`Hours::opens`] gives is open, and no minute before it was.

use crate::campaign::schedule::{ClinicHours, Holidays, Hours, Quiet, QuietFile, Shut, Window, WindowFile};
use crate::finding::yaml::Source;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::sync::Arc;

/// Summer time at night, at midnight, by half an hour, in the south, and none.
const ZONES: [&str; 5] = [
    "Europe/London",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kolkata",
];

const SOURCE: Source<'_> = Source {
    file: "c",
    text: "",
    first_line: 1,
};

fn hour(minutes: u16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

fn quiet(from: u16, until: u16) -> Option<Quiet> {
    let (from, until) = (Some(hour(from)), Some(hour(until)));
    QuietFile { from, until }.check(&SOURCE, &[]).ok()
}

fn window(days: &str, from: u16, until: u16) -> Option<Window> {
    let (days, from, until) = (Some(days.to_owned()), Some(hour(from)), Some(hour(until)));
    WindowFile { days, from, until }.check(&SOURCE, &[]).ok()
}

fn hours(zone: &str, quiet: Option<Quiet>, window: Option<Window>, holidays: &str) -> Hours {
    let clinic = ClinicHours {
        zone: TimeZone::get(zone).expect("a zone"),
        quiet,
        holidays: Arc::new(Holidays::read("h", holidays).0),
    };
    clinic.with(window)
}

fn instant(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

/// The moment is open, and no whole minute from `at` up to it is.
fn check(hours: &Hours, at: Timestamp) -> Result<(), TestCaseError> {
    let minute = SignedDuration::from_mins(1);
    let Some(opens) = hours.opens(at) else {
        return Err(TestCaseError::fail(format!("nothing opens after {at}")));
    };
    prop_assert!(opens >= at);
    prop_assert!(hours.contains(opens), "{opens} is shut, asked at {at}");
    let mut moment = at;
    while moment < opens {
        prop_assert!(!hours.contains(moment), "open at {moment} before {opens}, asked at {at}");
        moment += minute;
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_moment_it_opens_is_open_and_nothing_before_it(
        zone in 0..ZONES.len(),
        minute in 0i64..366 * 24 * 60,
        quiet_from in 0u16..1440, quiet_long in prop_oneof![Just(0u16), 1u16..1400],
        from in 0u16..1380, long in prop_oneof![Just(0u16), 15u16..1440],
        days in prop_oneof![Just("every day"), Just("weekdays"), Just("sunday"), Just("monday, thursday")],
        holiday in prop_oneof![Just(""), Just("2026-12-24 to 2027-01-02 closed"), Just("25 April x\n4 April y\n3 October z")],
    ) {
        // Windows and quiet hours may leave nothing together: then opens says so, which is asked below.
        let quiet = (quiet_long > 0).then(|| quiet(quiet_from, (quiet_from + quiet_long) % 1440)).flatten();
        let window = (long > 0).then(|| window(days, from, (from + long).min(1439))).flatten();
        let hours = hours(ZONES[zone], quiet, window, holiday);
        let at = instant("2026-09-01T00:00:00Z") + SignedDuration::from_mins(minute);
        match hours.opens(at) {
            Some(_) => check(&hours, at)?,
            None => prop_assert!(quiet.is_some() && window.is_some(), "{hours:?}"),
        }
    }

    #[test]
    fn so_it_is_around_every_jump_of_the_clock(
        zone in 0..4usize, jump in 0..2usize, minute in -180i64..180, from in 0u16..300, long in 15u16..180, is_quiet: bool,
    ) {
        let found = TimeZone::get(ZONES[zone]).expect("a zone");
        let jump = found.following(instant("2026-09-01T00:00:00Z")).nth(jump).expect("a jump").timestamp();
        let (quiet, window) = match is_quiet {
            true => (quiet((1380 + from) % 1440, (1380 + from + long) % 1440), None),
            false => (None, window("every day", from, from + long)),
        };
        check(&hours(ZONES[zone], quiet, window, ""), jump + SignedDuration::from_mins(minute))?;
    }
}

#[test]
fn nights_of_clock_changes_have_their_own_hours() {
    let cases = [
        // Cairo leaves midnight out: Friday 24 April 2026 begins at 01:00.
        ("Africa/Cairo", "20:00-00:30", "2026-04-23T18:30Z", "2026-04-23T22:00Z"),
        // London shows 01:30 twice, and it is quiet again between.
        ("Europe/London", "22:00-01:30", "2026-10-24T22:00Z", "2026-10-25T00:30Z"),
        ("Europe/London", "22:00-01:30", "2026-10-25T01:10Z", "2026-10-25T01:30Z"),
        // Lord Howe jumps over 02:00 to 02:30.
        ("Australia/Lord_Howe", "22:00-02:15", "2026-10-03T15:00Z", "2026-10-03T15:30Z"),
    ];
    for (zone, night, at, expected) in cases {
        let (from, until) = night.split_once('-').expect("two hours");
        let file = QuietFile {
            from: Some(from.to_owned()),
            until: Some(until.to_owned()),
        };
        let hours = hours(zone, file.check(&SOURCE, &[]).ok(), None, "");
        assert_eq!(
            hours.opens(instant(at)),
            Some(instant(expected)),
            "{zone}, {night}, asked at {at}"
        );
    }
}

#[test]
fn a_holiday_keeps_everything_until_the_next_morning_that_is_open() {
    let hours = hours(
        "Europe/London",
        quiet(20 * 60, 8 * 60),
        window("weekdays", 510, 1080),
        "2026-12-24 to 2026-12-28 closed",
    );
    assert_eq!(
        hours.shut(instant("2026-12-24T10:00Z")),
        Some(Shut::Holiday("closed".to_owned()))
    );
    assert_eq!(hours.shut(instant("2026-12-23T21:00Z")), Some(Shut::Quiet));
    assert_eq!(hours.shut(instant("2026-12-23T18:00Z")), Some(Shut::Window));
    assert_eq!(hours.shut(instant("2026-12-23T10:00Z")), None);
    for at in ["2026-12-23T18:00Z", "2026-12-24T10:00Z", "2026-12-29T02:00Z"] {
        assert_eq!(hours.opens(instant(at)), Some(instant("2026-12-29T08:30Z")), "asked at {at}");
    }
}

#[test]
fn hours_that_leave_nothing_never_open_and_say_so() {
    let none = hours("Europe/London", quiet(0, 23 * 60), window("every day", 540, 1080), "");
    assert_eq!(none.opens(instant("2026-12-24T10:00Z")), None);
    let closed = hours(
        "Europe/London",
        None,
        None,
        "2026-01-01 to 2026-12-31 a\n2027-01-01 to 2027-12-31 b",
    );
    assert_eq!(closed.opens(instant("2026-02-01T10:00Z")), None);
}

#[test]
fn quiet_hours_that_leave_nothing_are_refused() {
    let told = |from: &str, until: &str| {
        let file = QuietFile {
            from: Some(from.to_owned()),
            until: Some(until.to_owned()),
        };
        let found = file.check(&SOURCE, &[]).map(|quiet| quiet.to_string());
        found.map_err(|findings| findings.iter().map(ToString::to_string).collect::<String>())
    };
    assert_eq!(told("20:00", "08:00"), Ok("quiet from 20:00 until 08:00".to_owned()));
    assert_eq!(told("12:00", "13:00"), Ok("quiet from 12:00 until 13:00".to_owned()));
    assert!(told("08:00", "08:00").unwrap_err().contains("begin and end at `08:00`"));
    assert!(
        told("00:00", "23:59")
            .unwrap_err()
            .contains("cover the whole day but for 1 minute")
    );
    assert!(told("25:00", "8am").unwrap_err().contains("`25:00` is no hour of the day"));
}

#[test]
fn a_window_survives_being_frozen() {
    for days in ["every day", "weekdays", "monday, thursday and sunday"] {
        let window = window(days, 510, 1080).expect("a window");
        assert_eq!(Window::thawed(&window.frozen()), Some(window));
    }
    assert_eq!(Window::thawed("{}"), None);
    assert_eq!(Window::thawed("no window"), None);
}
