//! Which days a season has, and when a window is open.

use crate::campaign::schedule::{SeasonFile, Window, WindowFile};
use crate::finding::yaml::Source;
use jiff::tz::TimeZone;

const SOURCE: Source<'_> = Source {
    file: "c",
    text: "",
    first_line: 1,
};

#[test]
fn a_season_has_both_its_ends_and_goes_over_new_year() {
    let cases = [
        ("1 September", "31 March", "2026-09-01", true),
        ("1 September", "31 March", "2026-08-31", false),
        ("1 September", "31 March", "2027-01-01", true),
        ("1 September", "31 March", "2027-03-31", true),
        ("1 September", "31 March", "2027-04-01", false),
        ("1 March", "31 May", "2027-03-01", true),
        ("1 March", "31 May", "2027-05-31", true),
        ("1 March", "31 May", "2027-02-28", false),
        ("1 March", "31 May", "2027-06-01", false),
        ("5 May", "5 May", "2027-05-05", true),
        ("5 May", "5 May", "2027-05-06", false),
        ("5 May", "4 May", "2027-05-04", true),
        ("29 February", "1 April", "2027-02-28", false),
        ("29 February", "1 April", "2027-03-01", true),
        ("29 February", "1 April", "2028-02-29", true),
        ("1 January", "29 February", "2027-02-28", true),
        ("1 January", "29 February", "2028-02-29", true),
        ("1 January", "29 February", "2028-03-01", false),
        ("1 January", "28 February", "2028-02-29", false),
    ];
    for (from, until, date, expected) in cases {
        let (from, until) = (Some(from.to_owned()), Some(until.to_owned()));
        let season = SeasonFile { from, until }.check(&SOURCE, &[]).expect("a season");
        assert_eq!(
            season.contains(date.parse().expect("a date")),
            expected,
            "{date} in the season {season}"
        );
    }
}

fn window(days: &str, hours: &str) -> Window {
    let (from, until) = hours.split_once('-').expect("two hours");
    let (days, from, until) = (Some(days.to_owned()), Some(from.to_owned()), Some(until.to_owned()));
    WindowFile { days, from, until }.check(&SOURCE, &[]).expect("a window")
}

#[test]
fn a_window_opens_now_or_at_the_next_moment_inside() {
    let london = "Europe/London";
    let cases = [
        // Tuesday 1 December 2026.
        ("weekdays", "08:30-18:00", london, "2026-12-01T08:30Z", "2026-12-01T08:30Z"),
        (
            "weekdays",
            "08:30-18:00",
            london,
            "2026-12-01T17:59:59.999Z",
            "2026-12-01T17:59:59.999Z",
        ),
        ("weekdays", "08:30-18:00", london, "2026-12-01T08:29:59Z", "2026-12-01T08:30Z"),
        ("weekdays", "08:30-18:00", london, "2026-12-01T18:00Z", "2026-12-02T08:30Z"),
        ("weekdays", "08:30-18:00", london, "2026-12-04T18:00Z", "2026-12-07T08:30Z"),
        ("tuesday", "08:30-18:00", london, "2026-12-01T18:00Z", "2026-12-08T08:30Z"),
        ("every day", "00:00-23:59", london, "2026-12-01T23:59Z", "2026-12-02T00:00Z"),
        (
            "every day",
            "08:30-18:00",
            "America/New_York",
            "2026-12-01T00:00Z",
            "2026-12-01T13:30Z",
        ),
        ("every day", "08:30-18:00", london, "2027-03-27T20:00Z", "2027-03-28T07:30Z"),
        // The window's first half, all of it, and more than it lie in the gap.
        ("every day", "01:30-04:00", london, "2027-03-28T00:30Z", "2027-03-28T01:00Z"),
        ("every day", "01:15-01:45", london, "2027-03-28T00:30Z", "2027-03-29T00:15Z"),
        ("sunday", "01:15-01:45", london, "2027-03-28T00:30Z", "2027-04-04T00:15Z"),
        // The hour comes twice: open, shut, and open again.
        ("every day", "01:30-01:45", london, "2027-10-31T00:29Z", "2027-10-31T00:30Z"),
        ("every day", "01:30-01:45", london, "2027-10-31T00:45Z", "2027-10-31T01:30Z"),
        ("every day", "00:30-01:30", london, "2027-10-31T00:40Z", "2027-10-31T01:00Z"),
        // Apia had no 30 December 2011, a Friday.
        (
            "friday",
            "09:00-17:00",
            "Pacific/Apia",
            "2011-12-29T12:00Z",
            "2012-01-05T19:00Z",
        ),
    ];
    for (days, hours, zone, at, expected) in cases {
        let (window, zone) = (window(days, hours), TimeZone::get(zone).expect("a zone"));
        let (at, expected) = (at.parse().expect("an instant"), expected.parse().expect("an instant"));
        let found = window.opens(&zone, at);
        assert_eq!(found, expected, "{window}, asked at {at}");
        assert_eq!(window.contains(&zone, at), at == expected, "{window} at {at}");
        assert!(window.contains(&zone, found), "{window} at {found}");
    }
}

#[test]
fn at_the_end_of_the_calendar_a_window_gives_up_quietly() {
    let end = jiff::Timestamp::MAX;
    assert_eq!(window("every day", "08:30-18:00").opens(&TimeZone::UTC, end), end);
}
