//! Stories: one rule of the calendar each.

use crate::campaign::calendar::tests::{calendar, campaign, clinic, instant, record};
use crate::campaign::calendar::{Entry, Fate, Recorded, Turn};

const MONTHLY: &str = "schedule: {every: month, day: first tuesday, at: \"09:00\"}\n";
const TWO: &str = "articles: [{file: a.md}, {file: b.md}]\n";

/// Plays runs at these moments in London, each with the campaign's file as it is then; gives what every run did.
fn play(runs: &[(&str, &str)], recorded: &mut Vec<Recorded>) -> Vec<String> {
    let clinic = clinic("Europe/London", None);
    let since = Some(instant(runs[0].1));
    let mut told = Vec::new();
    for (text, now) in runs {
        let campaign = campaign(text);
        let decision = calendar(&campaign, &clinic, since).decide(recorded, instant(now));
        record(recorded, &decision);
        let missed = decision
            .missed
            .iter()
            .map(|missed| format!("{} {}", missed.occurrence.date, missed.reason.name()));
        let turn = match &decision.turn {
            Turn::Nothing => None,
            Turn::Waits { due, until, .. } => Some(format!("{} waits until {until}", due.article)),
            Turn::Begins(due) if due.is_held => Some(format!("{} held for {}", due.article, due.occurrence.date)),
            Turn::Begins(due) => Some(format!("{} for {}", due.article, due.occurrence.date)),
        };
        told.push(missed.chain(turn).collect::<Vec<_>>().join(", "));
    }
    told
}

#[track_caller]
fn check(runs: &[(&str, &str)], expected: &[&str]) {
    assert_eq!(play(runs, &mut Vec::new()), expected);
}

#[test]
fn each_period_takes_the_next_article_once() {
    let text = format!("{MONTHLY}{TWO}");
    let runs = [
        "2026-12-01T08:59Z",
        "2026-12-01T09:00Z",
        "2026-12-01T12:00Z",
        "2027-01-05T09:15Z",
        "2027-02-02T09:00Z",
    ];
    check(
        &runs.map(|now| (text.as_str(), now)),
        &["", "a for 2026-12-01", "", "b for 2027-01-05", ""],
    );
}

#[test]
fn an_edited_schedule_sends_nothing_a_second_time_in_its_period() {
    let monthly = format!("{MONTHLY}{TWO}");
    let later_hour = monthly.replace("09:00", "17:00");
    let later_day = monthly.replace("first tuesday", "15");
    let weekly = format!("schedule: {{every: week, day: wednesday, at: \"09:00\"}}\n{TWO}");
    check(
        &[
            (&monthly, "2026-12-01T09:00Z"),
            (&later_hour, "2026-12-01T17:00Z"),
            (&later_day, "2026-12-15T09:00Z"),
            (&later_day, "2027-01-15T09:00Z"),
            (&weekly, "2027-01-16T09:00Z"),
            (&weekly, "2027-01-20T09:00Z"),
        ],
        &["a for 2026-12-01", "", "", "b for 2027-01-15", "", ""],
    );
}

#[test]
fn of_missed_weeks_only_the_last_may_begin() {
    let text = format!("schedule: {{every: week, day: tuesday, at: \"09:00\"}}\nlate: {{by: 2d, then: hold}}\n{TWO}");
    let held = text.replace("by: 2d", "by: 1h");
    let skipped = held.replace("then: hold", "then: skip");
    check(
        &[
            (&text, "2026-12-01T08:00Z"),
            (&text, "2026-12-23T09:00Z"),
            (&text, "2026-12-23T09:01Z"),
        ],
        &[
            "",
            "2026-12-01 overtaken, 2026-12-08 overtaken, 2026-12-15 overtaken, a for 2026-12-22",
            "",
        ],
    );
    check(
        &[(&held, "2026-12-01T08:00Z"), (&held, "2026-12-09T09:00Z")],
        &["", "2026-12-01 overtaken, a held for 2026-12-08"],
    );
    check(
        &[
            (&skipped, "2026-12-01T08:00Z"),
            (&skipped, "2026-12-02T09:00Z"),
            (&skipped, "2026-12-08T09:00Z"),
        ],
        &["", "2026-12-01 late", "a for 2026-12-08"],
    );
}

#[test]
fn lateness_counts_from_the_first_moment_that_is_allowed() {
    let text = format!(
        "schedule: {{every: week, day: saturday, at: \"09:00\", expires: 3d}}\nwindow: {{days: weekdays, from: \"08:30\", until: \"18:00\"}}\n\
         late: {{by: 1h, then: skip}}\n{TWO}"
    );
    check(
        &[
            (&text, "2026-12-04T09:00Z"),
            (&text, "2026-12-05T09:00Z"),
            (&text, "2026-12-07T08:30Z"),
            (&text, "2026-12-14T09:31Z"),
            (&text, "2026-12-22T09:00Z"),
        ],
        &[
            "",
            "a waits until 2026-12-07T08:30:00Z",
            "a for 2026-12-05",
            "2026-12-12 late",
            "2026-12-19 expired",
        ],
    );
}

#[test]
fn a_pinned_article_leaves_on_its_day_alone() {
    let text = format!(
        "{MONTHLY}articles: [{{file: p.md, date: 2027-01-20}}, {{file: q.md, date: 2027-01-21}}, {{file: a.md}}, {{file: b.md}}]\n"
    );
    let runs = [
        "2026-12-01T09:00Z",
        "2027-01-05T09:00Z",
        "2027-01-20T09:00Z",
        "2027-01-22T09:00Z",
        "2027-02-02T09:00Z",
        "2027-03-02T09:00Z",
    ];
    check(
        &runs.map(|now| (text.as_str(), now)),
        &[
            "a for 2026-12-01",
            "",
            "p for 2027-01-20",
            "q held for 2027-01-21",
            "b for 2027-02-02",
            "",
        ],
    );
    let missed = [runs[0], runs[1], "2027-02-02T09:00Z"];
    let mut recorded = Vec::new();
    play(&missed.map(|now| (text.as_str(), now)), &mut recorded);
    let (campaign, clinic) = (campaign(&text), clinic("Europe/London", None));
    let calendar = calendar(&campaign, &clinic, Some(instant(runs[0])));
    let passed = calendar.passed_pins(&recorded, instant("2027-02-02T10:00Z"));
    let passed: Vec<String> = passed.iter().map(|(article, day)| format!("{article} {day}")).collect();
    assert_eq!(passed, ["p 2027-01-20", "q 2027-01-21"]);
}

#[test]
fn a_new_campaign_makes_up_for_nothing_that_was_late_already() {
    let text = format!("{MONTHLY}{TWO}");
    check(
        &[(&text, "2026-12-01T15:01Z"), (&text, "2027-01-05T09:00Z")],
        &["", "a for 2027-01-05"],
    );
    check(&[(&text, "2026-12-01T15:00Z")], &["a for 2026-12-01"]);
}

#[test]
fn the_last_article_is_known_before_it_is_gone() {
    let text = format!("{MONTHLY}{TWO}");
    let (campaign, clinic) = (campaign(&text), clinic("Europe/London", None));
    let calendar = calendar(&campaign, &clinic, None);
    let now = instant("2026-11-21T12:00Z");
    let last = calendar.last_article(&[], now).expect("it runs out");
    assert_eq!(
        (last.article, last.occurrence.date.to_string().as_str()),
        (Some("b"), "2027-01-05")
    );
    let mut recorded = Vec::new();
    play(&[(&text, "2026-12-01T09:00Z"), (&text, "2027-01-05T09:00Z")], &mut recorded);
    let later = instant("2027-01-06T09:00Z");
    assert!(calendar.is_out_of_articles(&recorded, later) && calendar.last_article(&recorded, later).is_none());
    // Nothing was recorded yet when an article comes in time; what has passed without one is gone for good.
    let three = text.replace("{file: b.md}", "{file: b.md}, {file: c.md}");
    let told = play(
        &[(&text, "2027-02-02T09:00Z"), (&three, "2027-02-02T12:00Z")],
        &mut recorded.clone(),
    );
    assert_eq!(told, ["", "c for 2027-02-02"]);
    let told = play(
        &[
            (&text, "2027-02-01T09:00Z"),
            (&text, "2027-02-02T16:00Z"),
            (&three, "2027-02-02T17:00Z"),
            (&three, "2027-03-02T09:00Z"),
        ],
        &mut recorded,
    );
    assert_eq!(told, ["", "2027-02-02 empty", "", "c for 2027-03-02"]);
}

#[test]
fn a_window_that_opens_for_no_occurrence_is_known() {
    let text =
        |window: &str| format!("schedule: {{every: week, day: saturday, at: \"09:00\", expires: 1d}}\nwindow: {window}\n{TWO}");
    for (window, opens) in [
        ("{days: weekdays, from: \"08:30\", until: \"18:00\"}", false),
        ("{days: sunday, from: \"08:00\", until: \"10:00\"}", true),
        ("{days: sunday, from: \"10:00\", until: \"11:00\"}", false),
    ] {
        let (campaign, clinic) = (campaign(&text(window)), clinic("Europe/London", None));
        assert_eq!(
            calendar(&campaign, &clinic, None).ever_opens(instant("2026-12-01T09:00Z")),
            opens,
            "{window}"
        );
    }
}

#[test]
fn the_agenda_names_every_occurrence_with_what_becomes_of_it() {
    let text = "schedule: {every: day, at: \"09:00\"}\nwindow: {days: monday, from: \"09:30\", until: \"18:00\"}\narticles: [{file: a.md}, {file: b.md}]\n";
    let (campaign, clinic) = (campaign(text), clinic("Europe/London", None));
    let calendar = calendar(&campaign, &clinic, None);
    let agenda = calendar.agenda(&[], instant("2026-12-08T08:00Z"), instant("2026-12-15T12:00Z"));
    let told = |entry: &Entry<'_>| {
        let fate = match entry.fate {
            Fate::Begins { at, .. } => format!("begins {at}"),
            Fate::Skipped { at, reason } => format!("{} from {at}", reason.name()),
        };
        format!("{} {} {fate}", entry.occurrence.date, entry.article.unwrap_or("-"))
    };
    assert_eq!(
        agenda.iter().map(told).collect::<Vec<_>>(),
        [
            "2026-12-08 a overtaken from 2026-12-09T09:00:00Z",
            "2026-12-09 a overtaken from 2026-12-10T09:00:00Z",
            "2026-12-10 a overtaken from 2026-12-11T09:00:00Z",
            "2026-12-11 a overtaken from 2026-12-12T09:00:00Z",
            "2026-12-12 a overtaken from 2026-12-13T09:00:00Z",
            "2026-12-13 a overtaken from 2026-12-14T09:00:00Z",
            "2026-12-14 a begins 2026-12-14T09:30:00Z",
            "2026-12-15 b overtaken from 2026-12-16T09:00:00Z",
        ]
    );
}
