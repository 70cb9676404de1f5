//! Holidays: what a file means, and what is said about every line that means nothing.

use super::Holidays;
use jiff::civil::Date;
use proptest::prelude::*;

fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

fn told(text: &str) -> Vec<String> {
    let (_, findings) = Holidays::read("holidays.txt", text);
    findings.iter().map(ToString::to_string).collect()
}

/// The days of `text` from 2026 to 2028 that are closed, one `date name` each.
fn closed(text: &str) -> Vec<String> {
    let (holidays, findings) = Holidays::read("holidays.txt", text);
    assert_eq!(findings, [], "{text}");
    let days = day("2026-01-01").series(jiff::Span::new().days(1)).take(3 * 365 + 1);
    days.filter_map(|day| holidays.on(day).map(|name| format!("{day} {name}")))
        .collect()
}

#[test]
fn a_list_has_days_of_one_year_of_every_year_and_stretches() {
    let cases: [(&str, &[&str]); 9] = [
        ("2026-12-25 Christmas Day", &["2026-12-25 Christmas Day"]),
        ("2026-12-25, Christmas Day", &["2026-12-25 Christmas Day"]),
        ("2026-12-25", &["2026-12-25 holiday"]),
        ("  2026-12-25\tChristmas  Day # closed", &["2026-12-25 Christmas Day"]),
        ("2026-12-25 - Christmas Day", &["2026-12-25 Christmas Day"]),
        (
            "25 December Christmas",
            &["2026-12-25 Christmas", "2027-12-25 Christmas", "2028-12-25 Christmas"],
        ),
        ("Feb 29th, leap day", &["2028-02-29 leap day"]),
        (
            "2026-12-30 to 2027-01-02 practice closed",
            &[
                "2026-12-30 practice closed",
                "2026-12-31 practice closed",
                "2027-01-01 practice closed",
                "2027-01-02 practice closed",
            ],
        ),
        (
            "2027-12-31 to 2028-01-01 closed\n2028-01-01 New Year",
            &["2027-12-31 closed", "2028-01-01 closed"],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(closed(text), expected, "{text}");
    }
    let over_new_year = closed("31 December to 1 January, closed");
    assert_eq!(over_new_year.len(), 6, "{over_new_year:?}");
}

#[test]
fn the_dress_of_a_list_does_not_matter() {
    let plain = closed("2026-12-25 Christmas Day\n2026-12-28 Boxing Day (substitute)\n");
    let dressed =
        closed("\u{feff}# bank holidays\r\n\r\n2026-12-25 Christmas Day\r\n   # more\r\n2026-12-28, Boxing Day (substitute)\r\n");
    assert_eq!(plain, dressed);
}

#[test]
fn every_wrong_line_is_told_with_its_place_and_the_right_way_all_at_once() {
    let text = "2026-12-25 Christmas Day\n  25/12/2026 Christmas\n01/06/2026 June?\nChristmas 2026-12-25\n2026-02-30 never\n\
                25 December 2026 Christmas\n2027-01-02 to 2026-12-24 closed\n2026-12-24 until 2027-01-02 closed\n2026-01-01 to 2036-01-02\n\
                2026-12-24 to\n24 December to 2027-01-02\n31 June\n";
    let expected = [
        "2:3: `25/12/2026` is no date",
        "3:1: `01/06/2026` can be read as two different days",
        "4:1: `Christmas` is no day",
        "5:1: `2026-02-30` is not in the calendar",
        "6:1: `25 December 2026` is no date",
        "7:1: the days from 2027-01-02 to 2026-12-24 end before they begin",
        "8:1: `until` does not join two days",
        "9:1: the days from 2026-01-01 to 2036-01-02 are more than a year",
        "10:1: the last day is missing",
        "11:1: one of the two days has a year and the other has none",
        "12:1: `31 June` is not in the calendar",
    ];
    let told = told(text);
    assert_eq!(told.len(), expected.len(), "{told:#?}");
    for (told, expected) in told.iter().zip(expected) {
        assert!(told.starts_with(&format!("holidays.txt:{expected}")), "{told}");
        assert!(told.contains("hint: "), "{told}");
    }
    assert!(told[4].contains("write `2026-12-25`"), "{}", told[4]);
}

#[test]
fn a_file_full_of_mistakes_is_told_in_part_and_an_empty_one_is_noticed() {
    assert_eq!(told(&"no day\n".repeat(60)).len(), 51);
    assert!(told("# nothing yet\n")[0].contains("there is no day in it"));
}

const GOVERNMENT: &str = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\n\
    BEGIN:VEVENT\r\nDTEND;VALUE=DATE:20261226\r\nDTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas\r\n  Day\\, in all\r\n  of Britain\r\n\
    UID:a\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nDURATION:PT1H\r\nEND:VALARM\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART;X=\"a:b\";VALUE=DATE:20270326\r\nDTEND;VALUE=DATE:20270330\r\nSUMMARY;LANGUAGE=en:Easter\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270501\r\nSUMMARY:off\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n\
    BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270601\r\nDURATION:P2D\r\nSUMMARY:two days\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

#[test]
fn a_calendar_of_a_government_is_read_as_it_is() {
    let expected = [
        "2026-12-25 Christmas Day, in all of Britain",
        "2027-03-26 Easter",
        "2027-03-27 Easter",
        "2027-03-28 Easter",
        "2027-03-29 Easter",
        "2027-06-01 two days",
        "2027-06-02 two days",
    ];
    assert_eq!(closed(GOVERNMENT), expected);
    assert_eq!(closed(&GOVERNMENT.replace("\r\n", "\n")), expected);
    let yearly = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20200101\nRRULE:FREQ=YEARLY;INTERVAL=1\nSUMMARY:New Year\nEND:VEVENT\nEND:VCALENDAR\n";
    assert_eq!(
        closed(yearly),
        ["2026-01-01 New Year", "2027-01-01 New Year", "2028-01-01 New Year"]
    );
}

#[test]
fn what_a_calendar_says_beyond_whole_days_is_refused_at_its_line() {
    let event = |lines: &str| format!("BEGIN:VCALENDAR\nBEGIN:VEVENT\n{lines}\nEND:VEVENT\nEND:VCALENDAR\n");
    let cases = [
        (
            "DTSTART;VALUE=DATE:20261225\nDTEND:20261226T090000Z",
            "4:1: `20261226T090000Z` has an hour",
        ),
        (
            "SUMMARY:x\nDTSTART;VALUE=DATE:20261345",
            "4:1: `2026-13-45` is not in the calendar",
        ),
        ("SUMMARY:x", "2:1: an event does not say when it begins"),
        (
            "DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=WEEKLY;BYDAY=MO",
            "4:1: an event repeats in a way",
        ),
        (
            "DTSTART;VALUE=DATE:20261225\nDURATION:PT8H",
            "4:1: an event does not last whole days",
        ),
        (
            "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261220",
            "3:1: the days from 2026-12-25",
        ),
    ];
    for (lines, expected) in cases {
        let told = told(&event(lines));
        assert!(
            told.len() == 1 && told[0].starts_with(&format!("holidays.txt:{expected}")),
            "{lines}: {told:?}"
        );
    }
    let cut = told("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20261225\n");
    assert!(cut[0].starts_with("holidays.txt:2:1: the file ends in the middle"), "{cut:?}");
}

#[test]
fn an_event_with_an_hour_closes_no_day_and_spoils_no_file() {
    let evening = "BEGIN:VEVENT\r\nSUMMARY:Parents' evening\r\nDTSTART;TZID=Europe/London:20261201T180000\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n";
    let school = GOVERNMENT.replacen("BEGIN:VEVENT", &format!("{evening}BEGIN:VEVENT"), 1);
    let two = school.replace("END:VCALENDAR", &format!("{evening}END:VCALENDAR"));
    let whole_days = Holidays::read("school.ics", GOVERNMENT).0;
    for (text, expected) in [
        (school, "1 event has an hour and closes no day; it begins on this line"),
        (two, "2 events have an hour and close no day; the first begins on this line"),
    ] {
        let (holidays, found) = Holidays::read("school.ics", &text);
        assert_eq!(holidays, whole_days);
        assert!(found.len() == 1 && !found[0].is_error(), "{found:?}");
        assert!(
            found[0]
                .to_string()
                .starts_with(&format!("school.ics:8:1: warning: {expected}")),
            "{}",
            found[0]
        );
    }
}

#[test]
fn a_calendar_that_is_none_or_has_no_day_is_an_error_in_its_own_words() {
    for (text, expected) in [
        ("<html>Please log in</html>", "h.ics:1:1: this is no calendar"),
        ("", "h.ics:1:1: this is no calendar"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "h.ics: there is no day in this calendar"),
        (
            "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225T180000Z\nEND:VEVENT\nEND:VCALENDAR\n",
            "h.ics: there is no whole day in this calendar: its 1 event has an hour",
        ),
    ] {
        let (_, found) = Holidays::read("h.ics", text);
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.iter().all(crate::finding::Finding::is_error));
        assert!(told.len() == 1 && told[0].starts_with(expected), "{told:?}");
        assert!(!told[0].contains("one day a line"), "{told:?}");
    }
    let (_, found) = Holidays::read("holidays.txt", "# nothing yet\n");
    assert!(!found[0].is_error(), "a list may be begun empty");
}

#[test]
fn a_file_whose_last_day_has_passed_is_outdated() {
    let outdated = |text: &str, today: &str| Holidays::read("holidays.txt", text).0.outdated("holidays.txt", day(today));
    assert_eq!(outdated("2026-12-25 Christmas Day", "2026-12-25"), None);
    let found = outdated("2026-12-25 Christmas Day\n1 January New Year", "2026-12-26").expect("a warning");
    assert!(
        !found.is_error() && found.to_string().contains("2026-12-25 (Christmas Day), has passed"),
        "{found}"
    );
    assert_eq!(outdated("25 December Christmas Day", "2036-01-01"), None);
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in "(BEGIN:VCALENDAR\n)?(BEGIN:VEVENT\n)?[ -~\n\té:;]{0,200}") {
        let (_, findings) = Holidays::read("holidays.txt", &text);
        prop_assert!(findings.len() <= 51);
    }

    #[test]
    fn a_day_that_is_written_is_closed_and_no_other(offset in 0i32..20_000, days in 0i32..40) {
        let first = day("2020-01-01").saturating_add(jiff::Span::new().days(offset));
        let last = first.saturating_add(jiff::Span::new().days(days));
        let (list, _) = Holidays::read("h", &format!("{first} to {last} closed"));
        let free = last.saturating_add(jiff::Span::new().days(1));
        let compact = |date: Date| date.strftime("%Y%m%d").to_string();
        let event = format!(
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:{}\r\nDTEND;VALUE=DATE:{}\r\nSUMMARY:closed\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
            compact(first), compact(free)
        );
        prop_assert_eq!(&Holidays::read("h.ics", &event).0, &list);
        prop_assert_eq!(list.on(first), Some("closed"));
        prop_assert_eq!(list.on(last), Some("closed"));
        prop_assert_eq!(list.on(free), None);
        prop_assert_eq!(list.on(first.saturating_sub(jiff::Span::new().days(1))), None);
    }
}
