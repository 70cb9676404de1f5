//! `tidings plan`: what would go to whom; nothing is written.

use super::{answers, clinic, clinic_with, type_in};
use crate::support::judge::Judge;
use crate::support::people;

#[test]
fn a_plan_shows_the_next_article_and_writes_nothing() {
    let clinic = clinic(3);
    let plan = "\
campaign  next article     due  letters
tips      All about sleep  -    3        no schedule: `tidings send tips`
";
    answers(&clinic, "plan", 0, plan, "");
    answers(&clinic, "plan tips", 0, plan, "");
    assert!(!clinic.path(".tidings").exists());
}

#[test]
fn who_is_left_out_is_counted_by_reason() {
    let clinic = clinic(3);
    let refused = "no@patients.example,No,Noakes,Bath,2025-03-01,no,2025-03-01,front desk\n";
    clinic.write("subscribers/patients.csv", people::csv(3) + refused);
    type_in(&clinic, "plan")
        .exits(0)
        .prints("tips: 1 person left out (no consent)\n");
    let plan = type_in(&clinic, "plan --json").exits(0).json();
    let wanted = serde_json::json!({"editions": [{
        "campaign": "tips", "edition": "t1ps/sleep", "title": "All about sleep", "due_at": null, "local": null, "planned": 3, "held": 0, "capped": 0,
        "left_out": {"no_consent": 1}, "note": "no schedule: `tidings send tips`",
        "starts_at": null, "ends_at": null, "days": null, "late": 0,
    }], "left_today": null, "quota": null});
    assert_eq!(plan, [wanted]);
}

#[test]
fn a_plan_goes_on_where_the_letters_are() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips --limit 1").exits(0);
    type_in(&clinic, "plan")
        .exits(0)
        .prints("All about sleep")
        .prints("on hold: `--limit 1` is used up; `tidings release` lets the rest go, 2 letters to go\n");
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "run").exits(0);
    type_in(&clinic, "plan").exits(0).prints("All about walks");
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "plan").exits(0).prints("no article is left");
}

#[test]
fn a_hold_shows_in_the_plan() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(0);
    clinic.run(&["hold", "tips", "--because", "typo in the text"]).exits(0);
    type_in(&clinic, "plan").exits(0).prints("on hold: typo in the text");
}

#[test]
fn a_broken_campaign_is_named_and_the_others_are_planned() {
    let clinic = clinic(3).file("campaigns/more/campaign.yaml", "id: m0re\n");
    type_in(&clinic, "plan")
        .exits(65)
        .prints("All about sleep")
        .tells("campaigns/more/campaign.yaml:1:1: error: `title` is missing")
        .tells("error: these campaigns are left out until they are mended\n");
}

#[test]
fn pace_and_limits_show_when_an_edition_finishes() {
    let judge = Judge::start();
    let relay = |more: &str| {
        format!(
            "relay: {{host: 127.0.0.1, port: {}, tls: none, test: true, {more}}}",
            judge.port()
        )
    };
    let slow = clinic(31).setting(&relay("per_second: 0.5"));
    type_in(&slow, "plan")
        .exits(0)
        .prints("\ntips: at 1 letter every 2 seconds this takes 1 minute\n")
        .never_says("last 24 hours");
    let clinic = clinic(25).setting(&relay("per_day: 10"));
    type_in(&clinic, "plan --now 2027-01-05T09:00:30Z").exits(0).prints(
        "tips: over 3 days, until 09:01 (Thu 7 Jan): 10 letters a day\n10 letters may leave before the last 24 hours are used up\n",
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
        .prints("tips: over 2 days, until 09:0")
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
    let relay = format!(
        "relay: {{host: 127.0.0.1, port: {}, tls: none, test: true, per_day: 10}}",
        judge.port()
    );
    let campaign = super::CAMPAIGN.to_owned() + "schedule: {date: 2027-01-05, at: \"09:00\", expires: 2d}\n";
    let clinic = clinic(25).setting(&relay).file("campaigns/tips/campaign.yaml", &campaign);
    type_in(&clinic, "plan --now 2027-01-04T09:00Z")
        .exits(0)
        .tells(
            "campaigns/tips/campaign.yaml: warning: `All about sleep` would not finish before it expires at 09:00 (Thu 7 Jan): \
             5 of 25 letters would still wait\n  hint: write a later `expires`, or send through a relay that takes more letters a day\n",
        )
        .prints("tips: over 2 days, until 09:00 (Wed 6 Jan): 10 letters a day\n");
}

#[test]
fn editions_share_what_the_relay_takes() {
    let judge = Judge::start();
    let relay = format!(
        "relay: {{host: 127.0.0.1, port: {}, tls: none, test: true, per_day: 10}}",
        judge.port()
    );
    let clinic = clinic(8).setting(&relay);
    for name in ["more", "tips"] {
        clinic.write(
            &format!("campaigns/{name}/campaign.yaml"),
            super::CAMPAIGN.replace("t1ps", name),
        );
        clinic.write(&format!("campaigns/{name}/sleep.md"), super::article("sleep"));
        clinic.write(&format!("campaigns/{name}/walks.md"), super::article("walks"));
    }
    let json = &type_in(&clinic, "plan --json --now 2027-01-05T09:00Z").json()[0];
    let days: Vec<u64> = (0..2)
        .map(|edition| json["editions"][edition]["days"].as_u64().unwrap())
        .collect();
    assert_eq!(days, [1, 2], "the second has what the first leaves: {json}");
}
