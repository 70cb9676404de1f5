//! Turns: what each occurrence of a schedule comes to, told by runs at moments that a test chooses.
//!
//! Every story gives a campaign file and some runs, and looks at what left, what was said, and what `status` and `why` say of it later.

mod by_hand;
mod killed;
mod mended;
mod namesakes;
mod on_hold;
mod words;

use super::{CAMPAIGN, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;

const WEEKLY: &str = "schedule: {every: week, day: tuesday, at: \"09:00\"}\n";

/// Three people, and a campaign with this much more in its file.
fn clinic(judge: &Judge, more: &str) -> Workspace {
    let clinic = clinic_with(judge, 3);
    edit(&clinic, more);
    clinic
}

/// The campaign's file is this from now on.
fn edit(clinic: &Workspace, more: &str) {
    clinic.write("campaigns/tips/campaign.yaml", CAMPAIGN.to_owned() + more);
}

#[track_caller]
fn run(clinic: &Workspace, now: &str) -> Output {
    type_in(clinic, &format!("run --now {now}"))
}

/// The subjects of what has left, each once, in order.
fn left(judge: &Judge) -> Vec<String> {
    let mut subjects = Vec::new();
    for letter in judge.accepted() {
        let text = String::from_utf8_lossy(&letter.letter(judge)).into_owned();
        let subject = text
            .lines()
            .find_map(|line| line.strip_prefix("Subject: "))
            .unwrap_or_default();
        if subjects.last().is_none_or(|last| last != subject) {
            subjects.push(subject.to_owned());
        }
    }
    subjects
}

#[test]
fn no_edit_of_the_schedule_sends_twice_in_a_period() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    for edited in [
        WEEKLY.replace("09:00", "17:00"),
        WEEKLY.replace("tuesday", "thursday"),
        WEEKLY.replace("week, day: tuesday", "month, day: 8"),
    ] {
        edit(&clinic, &edited);
        run(&clinic, "2027-01-08T18:00Z").exits(0).says_nothing();
        assert_eq!(judge.accepted().len(), 3, "{edited}");
    }
    edit(&clinic, WEEKLY);
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep", "All about walks"]);
}

#[test]
fn a_renamed_folder_and_a_renamed_article_are_the_same_campaign() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    std::fs::rename(clinic.path("campaigns/tips"), clinic.path("campaigns/winter")).unwrap();
    std::fs::rename(
        clinic.path("campaigns/winter/sleep.md"),
        clinic.path("campaigns/winter/rest.md"),
    )
    .unwrap();
    let renamed = CAMPAIGN.replace("sleep.md", "rest.md") + WEEKLY;
    clinic.write("campaigns/winter/campaign.yaml", renamed);
    run(&clinic, "2027-01-05T10:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep", "All about walks"]);
}

#[test]
fn of_missed_weeks_the_last_leaves_and_the_others_are_named() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-04T09:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-26T10:00Z")
        .exits(0)
        .tells("campaign `tips`: nothing was sent for 2027-01-05: due Tue 5 Jan 2027 09:00 GMT, found Tue 26 Jan 2027 10:00 GMT: the next one was due already\n")
        .tells("nothing was sent for 2027-01-19: ")
        .never_says("2027-01-26:");
    assert_eq!(left(&judge), ["All about sleep"]);
    run(&clinic, "2027-01-26T10:15Z").exits(0).says_nothing();
    let status = type_in(&clinic, "status --now 2027-01-27T09:00Z")
        .exits(0)
        .prints("tips: nothing was sent for 2027-01-12 (overtaken): due Tue 12 Jan 2027 09:00 GMT")
        .prints("tips: `walks` is next, on Tue 2 Feb 2027 09:00 GMT\n");
    assert_eq!(status.stdout.matches("(overtaken)").count(), 3);
    let json = &type_in(&clinic, "status --json --now 2027-01-27T09:00Z").json()[0];
    assert_eq!(json["skipped"][0]["reason"], "overtaken");
    assert_eq!(json["skipped"][0]["due_at"], "2027-01-05T09:00:00Z");
    assert_eq!(json["next"][0]["article"], "walks");
    assert_eq!(json["next"][0]["begins_at"], "2027-02-02T09:00:00Z");
    type_in(&clinic, "status --now 2027-04-27T09:00Z").never_says("(overtaken)");
}

#[test]
fn a_letter_by_hand_uses_its_period_up() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-04T08:00Z").exits(0).says_nothing();
    type_in(&clinic, "send tips --now 2027-01-04T10:00Z").exits(0);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep"]);
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep", "All about walks"]);
}

#[test]
fn a_letter_by_hand_says_what_it_leaves_behind() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-04T08:00Z").exits(0).says_nothing();
    type_in(&clinic, "send tips --now 2027-01-11T10:00Z").exits(0);
    run(&clinic, "2027-01-11T10:15Z").exits(0).says_nothing();
    type_in(&clinic, "status --now 2027-01-11T11:00Z").prints(
        "nothing was sent for 2027-01-05 (overtaken): due Tue 5 Jan 2027 09:00 GMT: before it began, a letter was sent by hand on Mon 11 Jan 2027 10:00 GMT",
    );
    assert_eq!(left(&judge), ["All about sleep"]);
}

#[test]
fn what_is_late_is_held_or_skipped_or_sent() {
    for (then, code, words, letters) in [
        (
            "hold",
            1,
            "due Tue 5 Jan 2027 09:00 GMT, found 3 hours late; `tidings release tips/sleep` sends it all the same",
            0,
        ),
        (
            "skip",
            0,
            "nothing was sent for 2027-01-05: due Tue 5 Jan 2027 09:00 GMT, found Tue 5 Jan 2027 12:00 GMT: too late",
            0,
        ),
        ("send", 0, "", 3),
    ] {
        let judge = Judge::start().keeping_letters();
        let clinic = clinic(&judge, &format!("{WEEKLY}late: {{by: 2h, then: {then}}}\n"));
        run(&clinic, "2027-01-05T08:00Z").exits(0).says_nothing();
        run(&clinic, "2027-01-05T12:00Z").exits(code).tells(words);
        assert_eq!(judge.accepted().len(), letters, "{then}");
        run(&clinic, "2027-01-05T12:15Z").exits(0).says_nothing();
        run(&clinic, "2027-01-12T09:00Z").exits(0);
        // What was skipped kept its article; what was held is over when the next one begins.
        let expected = if then == "skip" {
            ["All about sleep"].as_slice()
        } else {
            &["All about sleep", "All about walks"]
        };
        let expected = if then == "hold" { &["All about walks"] } else { expected };
        assert_eq!(left(&judge), expected, "{then}");
    }
}

#[test]
fn a_start_that_its_window_delays_is_not_late() {
    let judge = Judge::start().keeping_letters();
    let window = "window: {days: weekdays, from: \"08:30\", until: \"18:00\"}\nlate: {by: 1h, then: hold}\n";
    let saturday = WEEKLY.replace("tuesday", "saturday") + window;
    let clinic = clinic(&judge, &saturday);
    for early in [
        "2027-01-08T17:00Z",
        "2027-01-09T09:00Z",
        "2027-01-10T12:00Z",
        "2027-01-11T08:29Z",
    ] {
        run(&clinic, early).exits(0).says_nothing();
        assert_eq!(judge.connections(), 0, "{early}");
    }
    type_in(&clinic, "status --now 2027-01-10T12:00Z")
        .prints("tips: `sleep` is next, due Sat 9 Jan 2027 09:00 GMT, and waits for its hours\n");
    run(&clinic, "2027-01-11T08:30Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep"]);
    run(&clinic, "2027-01-18T09:45Z")
        .exits(1)
        .tells("due Sat 16 Jan 2027 09:00 GMT, allowed from Mon 18 Jan 2027 08:30 GMT, found 75 minutes late");
}

#[test]
fn a_start_that_takes_days_by_its_quota_is_not_late() {
    let judge = Judge::start().keeping_letters();
    let relay = format!(
        "relay: {{host: 127.0.0.1, port: {}, tls: none, test: true, per_day: 1}}",
        judge.port()
    );
    let clinic = clinic(&judge, &format!("{WEEKLY}late: {{by: 1h, then: hold}}\n")).setting(&relay);
    run(&clinic, "2027-01-05T09:00Z").exits(75);
    run(&clinic, "2027-01-06T09:01Z").exits(75);
    run(&clinic, "2027-01-07T09:02Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn what_expires_before_it_begins_keeps_its_article() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, &WEEKLY.replace("\"}", "\", expires: 1d}"));
    run(&clinic, "2027-01-05T08:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-06T09:00Z").exits(0).tells(
        "nothing was sent for 2027-01-05: due Tue 5 Jan 2027 09:00 GMT, its time was over Wed 6 Jan 2027 09:00 GMT, found Wed",
    );
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep"]);
}

#[test]
fn a_held_edition_is_superseded_by_the_next_and_says_so_everywhere() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    judge.add(
        Rule::at(Phase::Rcpt)
            .to("person1@patients.example")
            .times(1)
            .reply("450 4.2.0 come back"),
    );
    run(&clinic, "2027-01-05T09:00Z").exits(0);
    clinic.run(&["hold", "t1ps/sleep", "--because", "a typo"]).exits(0);
    run(&clinic, "2027-01-12T09:00Z")
        .exits(0)
        .tells("campaign `tips`: `sleep` was on hold and is superseded by `walks`: 1 letter will never leave\n");
    assert_eq!(judge.accepted().len(), 2 + 3);
    let reason = "superseded by `walks`, due Tue 12 Jan 2027 09:00 GMT";
    type_in(&clinic, "status --now 2027-01-12T10:00Z")
        .exits(0)
        .prints(&format!("2 accepted, 1 cancelled  {reason}\n"));
    let json = &type_in(&clinic, "status --json --now 2027-01-12T10:00Z").json()[0];
    assert_eq!(
        (&json["editions"][0]["status"], &json["editions"][0]["ended"]),
        (&"cancelled".into(), &reason.into())
    );
    type_in(&clinic, "log tips --state cancelled")
        .prints("cancelled   person1@patients.example")
        .prints(reason);
    type_in(&clinic, "why person1@patients.example").prints(reason);
    type_in(&clinic, "resend t1ps/sleep --cancelled --yes --now 2027-01-12T10:30Z").exits(0);
    run(&clinic, "2027-01-12T11:00Z").exits(0);
    assert_eq!(judge.accepted().len(), 6, "a person may order it all the same");
}

#[test]
fn an_edition_that_is_not_held_goes_on_beside_the_next() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    judge.add(
        Rule::at(Phase::Rcpt)
            .to("person1@patients.example")
            .times(2)
            .reply("450 4.2.0 come back"),
    );
    run(&clinic, "2027-01-05T09:00Z").exits(0);
    run(&clinic, "2027-01-12T09:00Z").exits(0);
    run(&clinic, "2027-01-13T09:00Z").exits(0);
    assert_eq!(judge.accepted().len(), 6);
    type_in(&clinic, "status").never_says("superseded").never_says("cancelled");
}

#[test]
fn a_campaign_on_hold_begins_nothing_until_it_is_released() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-04T09:00Z").exits(0).says_nothing();
    type_in(&clinic, "hold tips").exits(0);
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 0);
    type_in(&clinic, "release tips").exits(0);
    run(&clinic, "2027-01-12T10:00Z")
        .exits(0)
        .tells("nothing was sent for 2027-01-05");
    assert_eq!(left(&judge), ["All about sleep"]);
}

#[test]
fn a_campaign_whose_folder_is_gone_waits_for_a_word() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    judge.add(
        Rule::at(Phase::Rcpt)
            .to("person1@patients.example")
            .times(1)
            .reply("450 4.2.0 come back"),
    );
    run(&clinic, "2027-01-05T09:00Z").exits(0);
    std::fs::rename(clinic.path("campaigns/tips"), clinic.path("gone")).unwrap();
    run(&clinic, "2027-01-06T09:00Z")
        .exits(1)
        .tells("campaign `tips`, article `sleep`: its folder is gone; `tidings release tips/sleep` lets the released text go on\n");
    run(&clinic, "2027-01-06T10:00Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 2);
    type_in(&clinic, "status").exits(1).prints("on hold: its folder is gone");
    type_in(&clinic, "release t1ps/sleep").exits(0);
    run(&clinic, "2027-01-06T11:00Z").exits(0);
    assert_eq!(judge.accepted().len(), 3, "the frozen text goes on");
}

#[test]
fn pinned_articles_keep_their_days_and_say_when_those_are_over() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    let pinned = CAMPAIGN.replace("{file: sleep.md}", "{file: sleep.md, date: 2027-01-14}") + WEEKLY;
    clinic.write("campaigns/tips/campaign.yaml", &pinned);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about walks"], "the pinned day takes its week");
    run(&clinic, "2027-01-14T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about walks", "All about sleep"]);
    let other = Judge::start().keeping_letters();
    let clinic = clinic_with(&other, 3).file("campaigns/tips/campaign.yaml", &pinned);
    run(&clinic, "2027-01-05T08:00Z").exits(0);
    run(&clinic, "2027-01-20T09:00Z")
        .exits(1)
        .tells("nothing was sent for 2027-01-14");
    let told = "`sleep` is pinned to 2027-01-14, which has passed without it";
    type_in(&clinic, "check --now 2027-01-20T09:00Z").exits(0).tells(&format!(
        "campaigns/tips/campaign.yaml:6:22: warning: {told}\n  hint: give it another `date:`"
    ));
    type_in(&clinic, "status --now 2027-01-20T09:00Z").prints(&format!("tips: {told}\n"));
}

#[test]
fn articles_that_run_out_are_told_ahead() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    let ahead = "warning: the last article goes out on Tue 12 Jan 2027 09:00 GMT\n  hint: add an article to `articles:`";
    type_in(&clinic, "check --now 2027-01-04T09:00Z")
        .exits(0)
        .tells(&format!("campaigns/tips/campaign.yaml:5:1: {ahead}"));
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    type_in(&clinic, "check --now 2027-01-06T09:00Z").exits(0).tells(ahead);
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-19T18:00Z").exits(0).says_nothing();
    type_in(&clinic, "check --now 2027-01-20T09:00Z")
        .exits(0)
        .tells("warning: no article is left, and the schedule goes on");
    type_in(&clinic, "status --now 2027-01-20T09:00Z")
        .exits(0)
        .prints("tips: no article is left, and the schedule goes on\n")
        .prints("tips: nothing was sent on 1 day, the last 2027-01-19: no article was left\n");
    let more = CAMPAIGN.to_owned() + "  - {file: tea.md}\n" + WEEKLY;
    clinic.write("campaigns/tips/tea.md", super::article("tea"));
    clinic.write("campaigns/tips/campaign.yaml", more);
    run(&clinic, "2027-01-20T10:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-26T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep", "All about walks", "All about tea"]);
}

#[test]
fn a_clock_that_was_years_ahead_closes_no_day_to_come() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, &format!("{WEEKLY}late: {{by: 6h, then: skip}}\n"));
    run(&clinic, "2027-01-05T08:00Z").exits(0).says_nothing();
    run(&clinic, "2037-01-09T12:00Z").exits(0);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    assert_eq!(
        left(&judge),
        ["All about sleep"],
        "what was skipped in ten years is still to come"
    );
    // Missed for real, by the right clock.
    let missed = run(&clinic, "2027-01-12T16:00Z").exits(0);
    missed.tells("nothing was sent for 2027-01-12");
    run(&clinic, "2027-01-12T17:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-19T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep", "All about walks"]);
}

#[test]
fn a_clock_behind_the_past_begins_nothing_until_it_is_right_or_has_proved_itself() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    for now in ["2020-01-07T09:00Z", "2020-01-07T09:15Z"] {
        let doubted = run(&clinic, now).exits(1);
        let doubted = doubted.tells("this machine's clock says Tue 7 Jan 2020 09:");
        doubted.tells("the store has lived through Tue 5 Jan 2027 09:00 GMT already: nothing new begins");
    }
    assert_eq!(left(&judge), ["All about sleep"]);
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(
        left(&judge),
        ["All about sleep", "All about walks"],
        "the clock is right again"
    );
}

#[test]
fn a_run_that_sent_by_a_clock_far_ahead_stops_the_calendar_for_a_day_and_no_longer() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2037-01-06T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep"]);
    run(&clinic, "2027-01-11T09:00Z")
        .exits(1)
        .tells("it is believed from Tue 12 Jan 2027 09:00 GMT on");
    run(&clinic, "2027-01-12T08:59Z").exits(1);
    run(&clinic, "2027-01-12T09:01Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep", "All about walks"]);
}
