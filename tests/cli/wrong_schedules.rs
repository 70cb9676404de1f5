//! Schedules that cannot be: each a finding with its line and what to write instead.

use super::{CAMPAIGN, clinic, type_in};

const SOUND: &str = "schedule: {every: month, day: first tuesday, at: \"09:00\"}\n";

/// `check` on a campaign with this behind its articles says this at the campaign's file.
#[track_caller]
fn check(more: &str, told: &str) {
    check_whole(&(CAMPAIGN.to_owned() + more), told);
}

#[track_caller]
fn check_whole(text: &str, told: &str) {
    let clinic = clinic(3).file("campaigns/tips/campaign.yaml", text);
    let told = format!("campaigns/tips/campaign.yaml:{told}");
    type_in(&clinic, "check").exits(65).tells(&told);
    let json = type_in(&clinic, "check --json").exits(65).json();
    let errors: Vec<&serde_json::Value> = json.iter().filter(|finding| finding["severity"] == "error").collect();
    assert!(!errors.is_empty(), "{json:?}");
    for error in errors {
        assert!(
            error["line"].is_u64() && error["hint"].is_string(),
            "a line and a suggestion: {error}"
        );
    }
}

#[test]
fn days_hours_and_zones_that_are_none_are_named_with_the_right_word() {
    check(
        "schedule: {date: 2027-02-30, at: \"09:00\"}\n",
        "8:18: error: `2027-02-30` is not in the calendar\n  hint: February 2027 has 28 days\n",
    );
    check(
        "schedule: {every: year, day: 30 February, at: \"09:00\"}\n",
        "8:30: error: `30 February` is not in the calendar\n  hint: say `last day of February`\n",
    );
    check(
        &format!("{SOUND}season: {{from: 30 February, until: 31 March}}\n"),
        "9:16: error: `30 February` is not in the calendar\n  hint: February has 28 days, in leap years 29\n",
    );
    check(
        &SOUND.replace("first tuesday", "first tuesda"),
        "8:31: error: `first tuesda` is no day\n  hint: did you mean `first tuesday`?\n",
    );
    check(
        &SOUND.replace("09:00", "25:00"),
        "8:50: error: `25:00` is no hour of the day\n  hint: hours go from `00:00` to `23:59`\n",
    );
    let clinic = clinic(3).setting("timezone: Europe/Lundon");
    type_in(&clinic, "check")
        .exits(65)
        .tells("tidings.yaml:8:11: error: `Europe/Lundon` is no time zone\n  hint: did you mean `Europe/London`?\n");
}

#[test]
fn a_window_that_never_opens_is_named() {
    let saturday = "schedule: {every: week, day: saturday, at: \"09:00\", expires: 1d}\n";
    check(
        &format!("{saturday}window: {{days: weekdays, from: \"08:30\", until: \"18:00\"}}\n"),
        "9:1: error: the window never opens for an occurrence of the schedule before it expires: weekdays from 08:30 until 18:00\n  hint: let it open",
    );
    let sound = CAMPAIGN.to_owned() + saturday + "window: {from: \"08:30\", until: \"18:00\"}\n";
    type_in(&clinic(3).file("campaigns/tips/campaign.yaml", &sound), "check").exits(0);
}

#[test]
fn a_window_that_never_opens_stops_its_campaign_in_a_run_as_well() {
    let judge = crate::support::judge::Judge::start();
    let never = "schedule: {every: week, day: saturday, at: \"09:00\", expires: 1d}\nwindow: {days: weekdays, from: \"08:30\", until: \"18:00\"}\n";
    let clinic = super::clinic_with(&judge, 3).file("campaigns/tips/campaign.yaml", &(CAMPAIGN.to_owned() + never));
    type_in(&clinic, "run --now 2027-01-05T09:00Z")
        .exits(65)
        .tells("the window never opens");
    assert_eq!(judge.connections(), 0);
}

#[test]
fn pinned_days_that_cannot_be_are_named() {
    let pinned = |first: &str, second: &str| {
        CAMPAIGN
            .replace("sleep.md}", &format!("sleep.md{first}}}"))
            .replace("walks.md}", &format!("walks.md{second}}}"))
    };
    check_whole(
        &(pinned(", date: 2027-02-30", "") + SOUND),
        "6:28: error: `2027-02-30` is not in the calendar\n  hint: February 2027 has 28 days\n",
    );
    check_whole(
        &(pinned(", date: 2027-01-05", ", date: 2027-01-05") + SOUND),
        "7:28: error: `walks.md` is pinned to 2027-01-05, and so is `sleep.md`\n  hint: a day has one letter: give one of them another `date`\n",
    );
    check_whole(
        &pinned(", date: 2027-01-05", ""),
        "6:28: error: `sleep.md` is pinned to 2027-01-05, and the campaign has no schedule\n  hint: add `schedule:`",
    );
    check_whole(
        &(pinned("", ", date: 2027-08-05") + SOUND + "season: {from: 1 September, until: 31 March}\n"),
        "7:28: error: `walks.md` is pinned to 2027-08-05, which is outside the season from 1 September until 31 March\n  hint: choose a day",
    );
    let head = CAMPAIGN.split("articles:").next().unwrap();
    check_whole(
        &format!("{head}series:\n  - {{file: sleep.md, after: 0d, date: 2027-01-05}}\n"),
        "6:33: error: unknown key `date`\n  hint: known here: `file`, `after`",
    );
}

/// `check` on a campaign with this behind its articles warns so, and finds nothing wrong.
#[track_caller]
fn warns(campaign: &str, told: &str) {
    let clinic = clinic(3).file("campaigns/tips/campaign.yaml", campaign);
    let told = format!("campaigns/tips/campaign.yaml:{told}");
    type_in(&clinic, "check --now 2027-01-04T09:00Z").exits(0).tells(&told);
}

#[test]
fn a_season_that_leaves_no_day_of_the_schedule_is_named() {
    check(
        "schedule: {every: year, day: 1 March, at: \"09:00\"}\nseason: {from: 1 April, until: 30 April}\n",
        "9:1: error: the season leaves out every day of the schedule: from 1 April until 30 April\n  hint: ",
    );
    check(
        "schedule: {dates: [2027-03-01, 2027-05-01], at: \"09:00\"}\nseason: {from: 1 April, until: 30 April}\n",
        "9:1: error: the season leaves out every day",
    );
}

#[test]
fn articles_for_which_there_is_no_date_are_told() {
    warns(
        &(CAMPAIGN.to_owned() + "schedule: {date: 2020-01-01, at: \"09:00\"}\n"),
        "8:1: warning: the schedule has no date left, and 2 articles have not gone out\n  hint: ",
    );
    warns(
        &(CAMPAIGN.to_owned() + "schedule: {date: 2027-02-01, at: \"09:00\"}\n"),
        "8:1: warning: the schedule has 1 date left for 2 articles: the last of them would never leave\n  hint: ",
    );
    let clinic = clinic(3).file(
        "campaigns/tips/campaign.yaml",
        &(CAMPAIGN.to_owned() + "schedule: {dates: [2027-02-01, 2027-03-01], at: \"09:00\"}\n"),
    );
    type_in(&clinic, "check --now 2027-01-04T09:00Z").exits(0).tells("0 warnings");
}

#[test]
fn a_pin_on_a_closed_day_is_told() {
    let pinned = CAMPAIGN.replace("{file: sleep.md}", "{file: sleep.md, date: 2027-01-10}");
    let window = "window: {days: weekdays, from: \"08:30\", until: \"18:00\"}\n";
    warns(
        &format!("{pinned}{SOUND}{window}"),
        "6:22: warning: `sleep` is pinned to 2027-01-10, when nothing may leave (its window, ",
    );
    let clinic = clinic(3).file("campaigns/tips/campaign.yaml", &format!("{pinned}{SOUND}{window}"));
    type_in(&clinic, "check --now 2027-01-04T09:00Z").tells("): it begins Mon 11 Jan 2027 08:30 GMT\n");
}

#[test]
fn a_series_has_no_articles_beside_its_steps() {
    check_whole(
        &(CAMPAIGN.to_owned() + "series:\n  - {file: sleep.md, after: 0d}\n"),
        "6:3: error: a campaign has `articles` or a `series`, not both\n  hint: ",
    );
}

#[test]
fn what_has_no_effect_is_told() {
    warns(
        &(CAMPAIGN.to_owned() + "late: {by: 2h, then: skip}\n"),
        "8:1: warning: `late` has no effect without a `schedule` or a `series`\n",
    );
    let season = "season: {from: 1 April, until: 30 April}\n";
    warns(
        &(CAMPAIGN.to_owned() + season),
        "8:1: warning: `season` has no effect without a `schedule`\n",
    );
}
