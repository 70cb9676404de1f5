//! Pace and limits: when editions finish, all of them together.

use super::super::{clinic, type_in};
use super::{editions, more, with_lines};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

fn limited(judge: &Judge, people: usize, limit: &str) -> Workspace {
    let port = judge.port();
    clinic(people).setting(&format!(
        "relay: {{host: 127.0.0.1, port: {port}, tls: none, test: true, {limit}}}"
    ))
}

#[test]
fn pace_and_limits_show_when_an_edition_finishes() {
    let judge = Judge::start();
    type_in(&limited(&judge, 31, "per_second: 0.5"), "plan")
        .exits(0)
        .prints("             at 1 letter every 2 seconds this takes 1 minute\n")
        .never_says("last 24 hours");
    let clinic = limited(&judge, 25, "per_day: 10");
    type_in(&clinic, "plan --now 2027-01-05T09:00:30Z").exits(0).prints(
        "             over 3 days, until 09:01 (Thu 7 Jan): 10 letters a day\n\n10 letters may leave before the last 24 hours are used up\n",
    );
    let json = &type_in(&clinic, "plan --json --now 2027-01-05T09:00:30Z").json()[0];
    assert_eq!((&json["left_today"], &json["quota"]), (&10.into(), &serde_json::Value::Null));
    let edition = &json["editions"][0];
    assert_eq!((&edition["days"], &edition["late"]), (&3.into(), &0.into()));
    type_in(&clinic, "send tips --now 2027-01-05T09:00:30Z")
        .exits(75)
        .tells("tips · All about sleep: 25 letters\n  over 3 days, until 09:01 (Thu 7 Jan): 10 letters a day\n");
    let used = "10 of 10 letters of the last 24 hours are used up; ";
    type_in(&clinic, "plan --now 2027-01-05T10:00Z")
        .exits(0)
        .prints("             over 2 days, until 09:0")
        .prints(&format!("{used}the next may leave at 09:0"));
    type_in(&clinic, "status --now 2027-01-05T10:00Z")
        .exits(0)
        .prints(&format!("{used}15 wait; the next may leave at 09:0"));
    type_in(&clinic, "status --now 2027-01-06T10:00Z")
        .exits(0)
        .never_says("used up");
    let status = &type_in(&clinic, "status --json --now 2027-01-05T10:00Z").json()[0];
    assert!(status["quota"].as_str().unwrap().starts_with(used), "{status}");
}

#[test]
fn an_edition_that_cannot_finish_in_time_is_a_warning() {
    let judge = Judge::start();
    let clinic = with_lines(
        limited(&judge, 25, "per_day: 10"),
        "schedule: {date: 2027-01-05, at: \"09:00\", expires: 2d}",
    );
    type_in(&clinic, "plan --now 2027-01-04T09:00Z")
        .exits(0)
        .tells(
            "campaigns/tips/campaign.yaml: warning: `All about sleep` would not finish before it expires at 09:00 (Thu 7 Jan): \
             5 of 25 letters would still wait\n  hint: write a later `expires`, or send through a relay that takes more letters a day\n",
        )
        .prints("             over 2 days, until 09:00 (Wed 6 Jan): 10 letters a day\n")
        .prints("             5 letters would still wait when it expires\n");
}

#[test]
fn editions_share_what_the_relay_takes() {
    let judge = Judge::start();
    let lines = |hour: &str| format!("schedule: {{date: 2027-01-06, at: \"{hour}\"}}");
    let clinic = with_lines(limited(&judge, 8, "per_day: 10"), &lines("10:00"));
    let clinic = more(clinic, "first", &lines("09:00"), &["hills"]);
    let found = editions(&clinic, "--now 2027-01-05T09:00Z");
    let days: Vec<_> = found
        .iter()
        .map(|edition| (edition["campaign"].as_str().unwrap(), edition["days"].as_u64().unwrap()))
        .collect();
    assert_eq!(days, [("first", 1), ("tips", 2)], "the second has what the first leaves");
    assert_eq!(found[1]["ends_at"], "2027-01-07T09:00:00Z");
}

#[test]
fn what_is_sent_by_hand_takes_nothing_from_what_has_a_date() {
    let judge = Judge::start();
    let clinic = with_lines(
        limited(&judge, 8, "per_day: 10"),
        "schedule: {date: 2027-01-06, at: \"10:00\"}",
    );
    let clinic = more(clinic, "any-time", "", &["hills"]);
    let found = editions(&clinic, "--now 2027-01-05T10:00Z");
    assert_eq!((&found[0]["campaign"], &found[0]["days"]), (&"tips".into(), &1.into()));
    assert_eq!((&found[1]["fate"], &found[1]["days"]), (&"by_hand".into(), &1.into()));
}
