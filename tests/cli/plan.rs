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
        "campaign": "tips", "edition": "t1ps/sleep", "title": "All about sleep", "due_at": null, "local": null, "planned": 3, "held": 0,
        "left_out": {"no_consent": 1}, "note": "no schedule: `tidings send tips`",
    }]});
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
