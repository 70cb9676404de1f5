//! What a person's own word does to the calendar: `cancel` of an article, `send`, and pins that are in the past.

use super::{WEEKLY, clinic, edit, left, run};
use crate::cli::{CAMPAIGN, article, type_in};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// The campaign with a third article, the first one pinned to this day.
fn pin_first(clinic: &Workspace, day: &str) {
    let pinned = CAMPAIGN.replace("{file: sleep.md}", &format!("{{file: sleep.md, date: {day}}}"));
    with_tea(clinic, &pinned);
}

/// A third article behind those of `campaign`.
fn with_tea(clinic: &Workspace, campaign: &str) {
    clinic.write("campaigns/tips/tea.md", article("tea"));
    clinic.write(
        "campaigns/tips/campaign.yaml",
        format!("{campaign}  - {{file: tea.md}}\n{WEEKLY}"),
    );
}

#[test]
fn a_skipped_article_takes_the_day_with_it_on_which_it_would_have_left() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    with_tea(&clinic, CAMPAIGN);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    type_in(&clinic, "cancel tips/walks --now 2027-01-06T09:00Z")
        .exits(0)
        .prints("`tips/walks` is skipped: nobody gets it, and nothing leaves on Tue 12 Jan 2027, which was its turn\n");
    type_in(&clinic, "status --now 2027-01-06T10:00Z").prints("tips: `tea` is next, on Tue 19 Jan 2027 09:00 GMT\n");
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep"]);
    run(&clinic, "2027-01-19T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep", "All about tea"]);
    // Taken back, it has its turn, and the day that is still to come.
    let clinic = super::clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-04T09:00Z").exits(0).says_nothing();
    type_in(&clinic, "cancel tips/sleep --now 2027-01-04T10:00Z").exits(0);
    type_in(&clinic, "release tips/sleep --now 2027-01-04T10:00Z").exits(0);
    type_in(&clinic, "status --now 2027-01-04T11:00Z").prints("tips: `sleep` is next, on Tue 5 Jan 2027 09:00 GMT\n");
}

#[test]
fn a_pinned_article_that_is_skipped_uses_up_its_own_day_only() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    pin_first(&clinic, "2027-02-25");
    run(&clinic, "2027-01-04T08:00Z").exits(0).says_nothing();
    type_in(&clinic, "cancel tips/sleep --now 2027-01-04T09:00Z")
        .exits(0)
        .prints("`tips/sleep` is skipped: nobody gets it, and nothing leaves on Thu 25 Feb 2027, to which it was pinned\n");
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about walks"]);
}

#[test]
fn what_stands_behind_a_pinned_article_may_be_the_next_one() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    pin_first(&clinic, "2027-02-25");
    run(&clinic, "2027-01-04T08:00Z").exits(0).says_nothing();
    type_in(&clinic, "cancel tips/walks --now 2027-01-04T09:00Z")
        .exits(0)
        .prints("nothing leaves on Tue 5 Jan 2027, which was its turn\n");
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), Vec::<String>::new());
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about tea"]);
}

#[test]
fn send_leaves_a_pinned_article_to_its_day() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    pin_first(&clinic, "2027-02-25");
    type_in(&clinic, "plan tips --out tips.plan --now 2027-01-04T09:00Z")
        .exits(0)
        .prints("tips.plan: `All about walks` of `tips`, 3 letters\n");
    type_in(&clinic, "send tips --now 2027-01-04T09:00Z").exits(0);
    assert_eq!(left(&judge), ["All about walks"]);
    type_in(&clinic, "send tips --now 2027-01-11T09:00Z").exits(0);
    assert_eq!(left(&judge), ["All about walks", "All about tea"]);
    let told = "no other article is left: `sleep` is pinned to 2027-02-25, and would leave now instead\n";
    type_in(&clinic, "plan tips --out tips.plan --now 2027-01-18T09:00Z")
        .exits(0)
        .tells(told);
    type_in(&clinic, "send tips --now 2027-01-18T09:00Z").exits(0).tells(told);
    assert_eq!(left(&judge), ["All about walks", "All about tea", "All about sleep"]);
}

#[test]
fn a_pin_in_the_past_is_told_and_calls_off_nothing_newer() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-04T09:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-12T20:00Z")
        .exits(1)
        .tells("`tidings release tips/sleep`");
    let pinned = CAMPAIGN.replace("{file: walks.md}", "{file: walks.md, date: 2027-01-07}");
    clinic.write("campaigns/tips/campaign.yaml", pinned + WEEKLY);
    type_in(&clinic, "check --now 2027-01-12T20:30Z").exits(0).tells(
        "campaigns/tips/campaign.yaml:7:22: warning: `walks` is pinned to 2027-01-07, which is over: the next `tidings run` takes it up late\n  hint: ",
    );
    run(&clinic, "2027-01-12T21:00Z").exits(1).never_says("superseded");
    type_in(&clinic, "release tips/sleep --now 2027-01-12T22:00Z").exits(0);
    run(&clinic, "2027-01-12T22:00Z");
    assert_eq!(left(&judge), ["All about sleep"]);
    edit(&clinic, WEEKLY);
}
