//! The hours in which letters leave: windows, quiet hours and holidays, seen by the relay, over played days.

use super::{CAMPAIGN, article, clinic, clinic_with, type_in};
use crate::support::judge::Judge;
use crate::support::scan::reader;
use crate::support::workspace::Workspace;

const QUIET: &str = "calendar: {quiet: {from: \"20:00\", until: \"08:00\"}}";

/// A clinic whose relay takes two letters a second, over so many connections.
fn slow(judge: &Judge, people: usize, connections: usize) -> Workspace {
    clinic(people).setting(&format!(
        "relay: {{host: 127.0.0.1, port: {}, tls: none, test: true, connections: {connections}, per_second: 2}}",
        judge.port()
    ))
}

/// When the last attempt of all began.
fn last_attempt(clinic: &Workspace) -> jiff::Timestamp {
    let store = reader(&clinic.path(".tidings/store.db"));
    let at: i64 = store
        .query_row("SELECT max(begun_at) FROM attempt", [], |row| row.get(0))
        .unwrap();
    jiff::Timestamp::from_microsecond(at).unwrap()
}

fn instant(text: &str) -> jiff::Timestamp {
    text.parse().unwrap()
}

/// Everybody of `people` has one letter, and nobody two.
#[track_caller]
fn assert_each_once(judge: &Judge, people: usize) {
    let mut letters: Vec<String> = judge.accepted().into_iter().map(|letter| letter.recipient).collect();
    letters.sort();
    letters.dedup();
    assert_eq!((letters.len(), judge.accepted().len()), (people, people));
}

/// A send that meets the end of its hours on its way, and goes on in the morning.
#[track_caller]
fn check_the_end_of_the_hours(judge: &Judge, connections: usize) {
    let clinic = slow(judge, 18, connections).setting(QUIET);
    type_in(&clinic, "send tips --now 2027-01-05T19:59:54Z")
        .exits(75)
        .tells("letters wait (quiet from 20:00 until 08:00); resumes tomorrow 08:00\n")
        .tells("hint: nobody is lost");
    let sent = judge.accepted().len();
    assert!((1..18).contains(&sent), "{sent} letters left before the hours ended");
    assert!(
        last_attempt(&clinic) < instant("2027-01-05T20:00:00Z"),
        "{}",
        last_attempt(&clinic)
    );
    // Whoever asks later is told the same, reckoned from the files; who has nothing to do opens no connection.
    type_in(&clinic, "status --now 2027-01-06T01:00Z")
        .exits(0)
        .prints("to go: resumes today 08:00 (quiet from 20:00 until 08:00)");
    let status = type_in(&clinic, "status --json --now 2027-01-05T23:00Z").exits(0).json();
    assert_eq!(status[0]["editions"][0]["resumes_at"], "2027-01-06T08:00:00Z");
    let connections = judge.connections();
    for moment in ["05T20:00Z", "05T23:59Z", "06T07:59Z"] {
        type_in(&clinic, &format!("run --now 2027-01-{moment}"))
            .exits(0)
            .says_nothing();
    }
    assert_eq!(judge.connections(), connections, "nobody connects for nothing");
    type_in(&clinic, "run --now 2027-01-06T08:00Z").exits(0).says_nothing();
    assert_each_once(judge, 18);
    judge.assert_polite();
}

#[test]
fn a_run_stops_where_the_hours_end_and_another_goes_on_in_the_morning() {
    check_the_end_of_the_hours(&Judge::start(), 1);
}

#[test]
fn so_it_is_with_several_connections_on_which_letters_ride() {
    check_the_end_of_the_hours(&Judge::start().offering("PIPELINING"), 2);
}

#[test]
fn no_letter_leaves_on_a_holiday() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3)
        .setting("calendar: {holidays: holidays.txt}")
        .file("holidays.txt", "2026-12-25 Christmas Day\n26 December Boxing Day\n");
    type_in(&clinic, "send tips --now 2026-12-25T10:00Z")
        .exits(75)
        .tells("the first letter may leave Sun 27 Dec 10:00 (a holiday, Christmas Day)")
        .tells("3 letters wait (a holiday, Christmas Day); resumes Sun 27 Dec 10:00");
    type_in(&clinic, "run --now 2026-12-26T12:00Z").exits(0).says_nothing();
    assert_eq!(
        (judge.connections(), judge.deliveries().len()),
        (0, 0),
        "on a holiday nobody is written to"
    );
    type_in(&clinic, "why person2@patients.example --now 2026-12-26T12:00Z")
        .exits(0)
        .prints("waits: resumes tomorrow 10:00 (a holiday, Boxing Day)");
    // Nobody is written to at midnight because a holiday ends then: it leaves from the hour at which it was sent.
    for moment in ["00:00", "09:59"] {
        type_in(&clinic, &format!("run --now 2026-12-27T{moment}Z"))
            .exits(0)
            .says_nothing();
    }
    assert_eq!(judge.connections(), 0);
    type_in(&clinic, "status --now 2026-12-27T09:00Z")
        .exits(0)
        .prints("to go: resumes today 10:00 (the morning after a holiday, Boxing Day)");
    type_in(&clinic, "run --now 2026-12-27T10:00Z").exits(0).says_nothing();
    assert_each_once(&judge, 3);
}

/// What a schedule has begun, or would have, leaves at its own hour of the day that is none; where it would have left in the quiet hours,
/// when those end.
#[test]
fn behind_a_holiday_letters_leave_at_the_schedules_own_hour() {
    let quiet = ", quiet: {from: \"20:00\", until: \"08:00\"}";
    for (at, quiet, too_early, leaves) in [
        ("09:00", "", "08:59", "09:00"),
        ("22:30", "", "22:29", "22:30"),
        ("22:30", quiet, "07:59", "08:00"),
        ("10:00", quiet, "09:59", "10:00"),
    ] {
        let judge = Judge::start();
        let weekly = format!("{CAMPAIGN}schedule: {{every: week, day: tuesday, at: \"{at}\"}}\n");
        let clinic = clinic_with(&judge, 3)
            .setting(&format!("calendar: {{holidays: holidays.txt{quiet}}}"))
            .file("campaigns/tips/campaign.yaml", &weekly)
            .file("holidays.txt", "2027-01-05 to 2027-01-06 closed\n");
        type_in(&clinic, "run --now 2027-01-04T12:00Z").exits(0);
        let plan = type_in(&clinic, "plan --json --now 2027-01-04T12:00Z").exits(0).json();
        assert_eq!(
            plan[0]["editions"][0]["begins_at"],
            format!("2027-01-07T{leaves}:00Z"),
            "{plan:?}"
        );
        for moment in ["05T23:00".to_owned(), "07T00:00".to_owned(), format!("07T{too_early}")] {
            type_in(&clinic, &format!("run --now 2027-01-{moment}Z"))
                .exits(0)
                .says_nothing();
        }
        assert_eq!(judge.connections(), 0, "{at}{quiet}");
        type_in(&clinic, &format!("run --now 2027-01-07T{leaves}Z"))
            .exits(0)
            .says_nothing();
        assert_each_once(&judge, 3);
    }
}

#[test]
fn a_window_holds_for_what_a_person_sends_and_is_the_one_of_the_files_now() {
    let judge = Judge::start();
    let weekdays = format!("{CAMPAIGN}window: {{days: weekdays, from: \"08:30\", until: \"18:00\"}}\n");
    let clinic = clinic_with(&judge, 3).file("campaigns/tips/campaign.yaml", &weekdays);
    // Saturday.
    type_in(&clinic, "send tips --now 2027-01-09T10:00Z")
        .exits(75)
        .tells("the first letter may leave Mon 11 Jan 08:30 (its window, weekdays from 08:30 until 18:00)");
    type_in(&clinic, "run --now 2027-01-09T11:00Z").exits(0).says_nothing();
    assert_eq!(judge.connections(), 0);
    let every_day = weekdays.replace("weekdays", "every day");
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &every_day);
    type_in(&clinic, "run --now 2027-01-09T12:00Z").exits(0);
    assert_each_once(&judge, 3);
}

#[test]
fn where_the_files_cannot_be_read_the_window_of_the_draft_holds() {
    let judge = Judge::start();
    let weekdays = format!("{CAMPAIGN}window: {{days: weekdays, from: \"08:30\", until: \"18:00\"}}\n");
    let clinic = clinic_with(&judge, 3).file("campaigns/tips/campaign.yaml", &weekdays);
    type_in(&clinic, "send tips --now 2027-01-09T10:00Z").exits(75);
    let clinic = clinic.file("campaigns/tips/campaign.yaml", "id: t1ps\ntitle: [\n");
    type_in(&clinic, "run --now 2027-01-09T11:00Z").exits(65);
    assert_eq!(judge.connections(), 0, "on Saturday its letters stay");
    type_in(&clinic, "run --now 2027-01-11T08:30Z").exits(65);
    assert_each_once(&judge, 3);
}

#[test]
fn a_campaign_outside_its_hours_keeps_no_other_waiting() {
    let judge = Judge::start();
    let evening = CAMPAIGN.replace("t1ps", "n3ws").replace("Tips", "News") + "window: {from: \"18:00\", until: \"19:00\"}\n";
    let clinic = clinic_with(&judge, 3)
        .file(
            "campaigns/news/campaign.yaml",
            &evening.replace("sleep.md", "tea.md").replace("  - {file: walks.md}\n", ""),
        )
        .file("campaigns/news/tea.md", &article("tea"));
    type_in(&clinic, "send news --now 2027-01-05T09:00Z").exits(75);
    type_in(&clinic, "send tips --now 2027-01-05T10:00Z").exits(0);
    assert_each_once(&judge, 3);
    type_in(&clinic, "run --now 2027-01-05T17:59Z").exits(0).says_nothing();
    type_in(&clinic, "run --now 2027-01-05T18:00Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 6);
}

#[test]
fn a_rehearsal_and_a_test_letter_keep_to_no_hours() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3)
        .setting("calendar: {holidays: holidays.txt, one_letter_in: 7d}")
        .file("holidays.txt", "1 January to 31 December closed for good\n");
    type_in(&clinic, "rehearse tips --now 2027-01-05T09:00Z")
        .exits(0)
        .prints("the sandbox accepted 3 letters");
    type_in(&clinic, "test tips --to ann@example.org").exits(0);
    assert_eq!(judge.accepted().len(), 1);
    type_in(&clinic, "send tips")
        .exits(65)
        .tells("no letter of `tips` may leave: its hours do not open within a year");
    assert_eq!(judge.accepted().len(), 1);
}

#[test]
fn a_calendar_with_mistakes_stops_everything_and_names_them_all() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3).setting("calendar: {holidays: holidays.txt}").file(
        "holidays.txt",
        "2026-12-25 Christmas Day\n25/12/2027 Christmas Day\nEaster Monday\n",
    );
    for line in ["check", "send tips", "run"] {
        type_in(&clinic, line)
            .exits(65)
            .tells("holidays.txt:2:1: error: `25/12/2027` is no date")
            .tells("holidays.txt:3:1: error: `Easter` is no day");
    }
    let clinic = clinic.setting("calendar: {holidays: days-off.txt}");
    type_in(&clinic, "run")
        .exits(65)
        .tells("tidings.yaml:")
        .tells("`days-off.txt`: the file does not exist");
    assert_eq!(judge.connections(), 0);
}

/// A school publishes its evenings with its holidays: those close no day, and keep no letter from leaving.
#[test]
fn an_evening_in_a_calendar_is_a_warning_and_its_holidays_hold() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3).setting("calendar: {holidays: school.ics}").file(
        "school.ics",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270105T180000Z\nSUMMARY:Parents' evening\nEND:VEVENT\n\
         BEGIN:VEVENT\nDTSTART;VALUE=DATE:20270106\nSUMMARY:Snow\nEND:VEVENT\nEND:VCALENDAR\n",
    );
    type_in(&clinic, "check")
        .exits(0)
        .tells("school.ics:3:1: warning: 1 event has an hour and closes no day; it begins on this line");
    type_in(&clinic, "run --now 2027-01-05T18:30Z").exits(0).says_nothing();
    type_in(&clinic, "send tips --now 2027-01-06T10:00Z").exits(75);
    assert_eq!(judge.connections(), 0);
    type_in(&clinic, "run --now 2027-01-07T10:00Z").exits(0).says_nothing();
    assert_each_once(&judge, 3);
}

#[test]
fn a_letter_that_waits_until_its_season_is_over_is_a_warning() {
    let seasonal = format!(
        "{CAMPAIGN}schedule: {{every: week, day: friday, at: \"09:00\"}}\nseason: {{from: 20 November, until: 27 November}}\n\
         window: {{days: weekends, from: \"09:00\", until: \"18:00\"}}\n"
    );
    let clinic = clinic(3).file("campaigns/tips/campaign.yaml", &seasonal);
    type_in(&clinic, "check --now 2026-11-02T09:00Z")
        .exits(0)
        .tells("what is due Fri 27 Nov 2026 09:00 GMT begins Sat 28 Nov 2026 09:00 GMT, when the season is over: from 20 November until 27 November");
    let clinic = clinic.file(
        "campaigns/tips/campaign.yaml",
        &seasonal.replace("27 November", "28 November"),
    );
    let checked = type_in(&clinic, "check --now 2026-11-02T09:00Z").exits(0);
    assert!(!checked.stderr.contains("season is over"), "{checked}");
}

#[test]
fn a_file_of_holidays_that_has_come_to_its_end_is_a_warning() {
    let clinic = clinic(3)
        .setting("calendar: {holidays: bank-holidays.ics}")
        .file(
            "bank-holidays.ics",
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20201225\r\nDTEND;VALUE=DATE:20201226\r\nSUMMARY:Christmas\r\n  Day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        );
    type_in(&clinic, "check")
        .exits(0)
        .tells("bank-holidays.ics: warning: its last day, 2020-12-25 (Christmas Day), has passed");
}
