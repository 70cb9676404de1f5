//! What a plan says beforehand is what `run` does at those moments, edition by edition, and nothing in between.

use super::super::{clinic_with, type_in};
use super::{editions, more, told, with_lines};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Plays `run` a minute before each moment of the plan and at it; gives how many letters the relay took in all.
fn play(clinic: &Workspace, judge: &Judge, plan: &[Value]) -> usize {
    let mut expected = judge.accepted().len();
    let moment = |edition: &Value| edition["begins_at"].as_str().unwrap().parse::<Timestamp>().unwrap();
    for edition in plan.iter().filter(|edition| edition["fate"] == "scheduled") {
        let at = moment(edition);
        let before = at - SignedDuration::from_mins(1);
        type_in(clinic, &format!("run --now {before}")).exits(0);
        assert_eq!(judge.accepted().len(), expected, "letters left before {}", told(edition));
        type_in(clinic, &format!("run --now {at}")).exits(0);
        // Others may begin at the same moment.
        let same = plan
            .iter()
            .filter(|other| other["fate"] == "scheduled" && moment(other) <= at);
        expected = same
            .map(|other| usize::try_from(other["planned"].as_u64().unwrap()).unwrap())
            .sum();
        assert_eq!(judge.accepted().len(), expected, "after {}", told(edition));
        let log = type_in(clinic, "log --json").exits(0).json();
        let sent: Vec<&Value> = log.iter().filter(|line| line["edition"] == edition["edition"]).collect();
        assert_eq!(sent.len() as u64, edition["planned"].as_u64().unwrap(), "{}", told(edition));
        assert!(sent.iter().all(|line| line["state"] == "accepted"), "{}", told(edition));
    }
    expected
}

#[test]
fn several_campaigns_over_a_change_of_the_clocks() {
    let judge = Judge::start();
    let clinic = with_lines(clinic_with(&judge, 4), "schedule: {every: week, day: sunday, at: \"01:30\"}");
    let weekdays = "schedule: {every: month, day: 27, at: \"20:30\"}\nwindow: {days: weekdays, from: \"08:30\", until: \"18:00\"}";
    let clinic = more(clinic, "news", weekdays, &["hills", "coast"]);
    let clinic = more(
        clinic,
        "days",
        "schedule: {dates: [2027-03-25, 2027-03-31], at: \"09:00\"}",
        &["woods", "fields"],
    );
    // The store knows all of them from here on.
    type_in(&clinic, "run --now 2027-03-19T12:00Z").exits(0);
    let plan = editions(&clinic, "--days 41 --now 2027-03-20T09:00Z");
    let found: Vec<String> = plan.iter().filter(|edition| edition["fate"] != "skipped").map(told).collect();
    let wanted = [
        "Sun 21 Mar 2027 01:30 GMT t1ps/sleep scheduled",
        "Thu 25 Mar 2027 09:00 GMT days/woods scheduled",
        "Sun 28 Mar 2027 02:00 BST t1ps/walks scheduled",
        "Mon 29 Mar 2027 08:30 BST news/hills scheduled",
        "Wed 31 Mar 2027 09:00 BST days/fields scheduled",
        "Wed 28 Apr 2027 08:30 BST news/coast scheduled",
    ];
    assert_eq!(found, wanted);
    assert_eq!(play(&clinic, &judge, &plan), 6 * 4);
    type_in(&clinic, "run --now 2027-04-30T09:00Z").exits(0);
    assert_eq!(judge.accepted().len(), 6 * 4, "nothing was sent that no plan told of");
}

#[test]
fn whoever_gets_another_letter_of_the_same_plan_first_is_foretold_to_wait() {
    let judge = Judge::start();
    let clinic = with_lines(clinic_with(&judge, 3), "schedule: {date: 2026-11-24, at: \"09:00\"}");
    let clinic = more(clinic, "news", "schedule: {date: 2026-11-25, at: \"09:00\"}", &["hills"]);
    let clinic = clinic
        .setting("calendar: {one_letter_in: 7d, quiet: {from: \"20:00\", until: \"08:00\"}}")
        .file("campaigns/news/hills.md", &super::article("hills"));
    type_in(&clinic, "run --now 2026-11-20T09:00Z").exits(0);
    let line = "             3 people get `All about sleep` on Tue 24 Nov and wait until Tue 1\n             Dec\n";
    type_in(&clinic, "plan --now 2026-11-24T08:00Z").exits(0).prints(line);
    let plan = editions(&clinic, "--now 2026-11-24T08:00Z");
    assert_eq!((&plan[0]["capped"], &plan[1]["capped"]), (&0.into(), &3.into()));
    assert_eq!(plan[1]["ends_at"], "2026-12-01T09:00:00Z", "{plan:?}");
    for (moment, letters) in [("11-24T09:00", 3), ("11-25T09:00", 3), ("12-01T08:59", 3), ("12-01T09:00", 6)] {
        type_in(&clinic, &format!("run --now 2026-{moment}Z")).exits(0);
        assert_eq!(judge.accepted().len(), letters, "{moment}");
        if moment == "11-25T09:00" {
            // What waits already is said once.
            let plan = type_in(&clinic, "plan --now 2026-11-26T09:00Z").exits(0);
            assert_eq!(plan.stdout.matches("got another one").count(), 1, "{plan}");
        }
    }
}

#[test]
fn a_long_name_stands_below_and_leaves_the_page_as_narrow() {
    let judge = Judge::start();
    let clinic = with_lines(clinic_with(&judge, 3), "schedule: {every: week, day: tuesday, at: \"09:00\"}");
    let name = "letters-to-everybody-who-came-to-the-spring-open-house";
    let clinic = more(clinic, name, "schedule: {every: week, day: tuesday, at: \"10:00\"}", &["a"]);
    let plan = type_in(&clinic, "plan --days 10 --now 2027-01-04T08:00Z").exits(0);
    for line in plan.stdout.lines() {
        assert!(line.chars().count() <= 78, "{line}\n{plan}");
    }
    let below = format!("  10:00 GMT      3 letters\n             {name}  All about\n             a\n");
    plan.prints("  09:00 GMT      3 letters  tips  All about sleep\n")
        .prints(&below);
}
