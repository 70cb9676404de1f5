//! The file of a plan: who may read it, what stands in it, what it is never written over, and what is taken for one.

use super::super::{answers, assert_nobody_was_written_to};
use super::{NOW, clinic_with, planned, refused, type_in};
use crate::support::judge::Judge;
use crate::support::people;
use std::os::unix::fs::{PermissionsExt as _, symlink};

#[test]
fn a_plan_names_nobody_and_is_for_its_owner_alone() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    let refused = "no@patients.example,No,Noakes,Bath,2025-03-01,no,2025-03-01,front desk\n";
    clinic.write("subscribers/patients.csv", people::csv(3) + refused);
    let data = "\
tips.plan: `All about sleep` of `tips`, 3 letters
  left out: 1 person (no consent)
  good until Tue 12 Jan 2027 09:00 GMT: a plan is good for seven days
";
    let hint = "hint: `tidings send tips --plan tips.plan` sends these letters, and refuses when anybody was added or any letter changed\n";
    answers(&clinic, &format!("plan tips --out tips.plan {NOW}"), 0, data, hint);
    let mode = std::fs::metadata(clinic.path("tips.plan")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = clinic.read("tips.plan");
    assert!(text.starts_with("tidings-plan 2\n"), "{text}");
    for name in ["@", "patients.example", "person1", "Ann"] {
        assert!(!text.contains(name), "{name} stands in\n{text}");
    }
    assert!(text.contains("\nleft_out: 1 no_consent\npeople: 3\n"), "{text}");
    let json = type_in(&clinic, &format!("plan tips --out tips.plan --json {NOW}"))
        .exits(0)
        .json();
    let wanted = serde_json::json!({
        "file": "tips.plan", "campaign": "tips", "edition": "t1ps/sleep", "title": "All about sleep", "planned": 3, "held": 0,
        "left_out": {"no_consent": 1}, "made_at": "2027-01-05T09:00:00Z", "valid_until": "2027-01-12T09:00:00Z", "until": "week",
        "on_hold": null,
    });
    assert_eq!(json, [wanted]);
    assert_nobody_was_written_to(&clinic, &judge);
}

#[test]
fn only_an_older_plan_is_written_over() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    let before = clinic.read("tips.plan");
    type_in(&clinic, "plan tips --out tips.plan --now 2027-01-06T09:00Z").exits(0);
    assert_ne!(clinic.read("tips.plan"), before);
    let told = "error: `subscribers/patients.csv` is there already, and is no plan of tidings\n\
                hint: name another file; an older plan is written over, anything else is left alone\n";
    let list = clinic.read("subscribers/patients.csv");
    answers(&clinic, "plan tips --out subscribers/patients.csv", 65, "", told);
    assert_eq!(clinic.read("subscribers/patients.csv"), list);
    symlink(clinic.path("tips.plan"), clinic.path("link.plan")).unwrap();
    clinic.write("empty.plan", "");
    for other in ["campaigns", "link.plan", "empty.plan", "tidings.yaml"] {
        type_in(&clinic, &format!("plan tips --out {other}"))
            .exits(65)
            .tells("is there already, and is no plan of tidings");
    }
    type_in(&clinic, "plan tips --out nowhere/tips.plan")
        .exits(74)
        .tells("cannot write `nowhere/tips.plan`");
}

#[test]
fn what_cannot_be_planned_is_told() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "plan --out tips.plan").exits(2).tells("<CAMPAIGN>");
    type_in(&clinic, "plan tps --out tips.plan").exits(2).tells("`tips`");
    type_in(&clinic, "--rehearsal plan tips --out tips.plan").exits(2);
    type_in(&super::clinic(3), "plan tips --out tips.plan")
        .exits(78)
        .tells("names no relay");
    type_in(
        &super::clinic(3).setting("relay: {host: smtp.mill-lane.example}"),
        &format!("plan tips --out tips.plan {NOW}"),
    )
    .exits(2)
    .tells("`--now` plays another moment");
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "plan tips --out tips.plan")
        .exits(65)
        .tells("no article of `tips` is left to plan");
    let nobody = clinic_with(&judge, 0).file("subscribers/patients.csv", "email,consent\nno@patients.example,no\n");
    type_in(&nobody, "plan tips --out tips.plan")
        .exits(65)
        .tells("nobody would get this letter");
    assert!(!nobody.path("tips.plan").exists() && !clinic.path("tips.plan").exists());
}

#[test]
fn what_is_no_whole_plan_is_refused_at_its_line() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    let text = clinic.read("tips.plan");
    let people = text.lines().position(|line| line.starts_with("people: ")).unwrap() + 1;
    let check = |text: &str, told: &str| {
        clinic.write("other.plan", text);
        refused(&clinic, &judge, &format!("send tips --plan other.plan {NOW}"))
            .tells(told)
            .tells("hint: ")
            .tells("nothing was sent");
    };
    let lines: Vec<&str> = text.lines().collect();
    let cut = format!("`other.plan`, line {}: the file ends here, before its last line", people + 1);
    check(&lines[..people].join("\n"), &cut);
    let fewer: Vec<&str> = [&lines[..people], &lines[people + 1..]].concat();
    check(
        &fewer.join("\n"),
        &format!("`other.plan`, line {}: its value is none", people + 3),
    );
    check(
        &text.replace("generation: 1", "generation: 2"),
        &format!("`other.plan`, line {}: a line before this one was changed", lines.len()),
    );
    check(
        &text.replace("is_begun: false", "is_begun: maybe"),
        "`other.plan`, line 12: its value is none",
    );
    check("", "`other.plan`, line 1: this is no plan of tidings");
    check(&clinic.read("subscribers/patients.csv"), "line 1: this is no plan of tidings");
    check(
        &text.replace("tidings-plan 2", "tidings-plan 3"),
        "line 1: a newer tidings wrote it (shape 3, and this one knows 2)",
    );
    check(
        &text.replace("tidings-plan 2", "tidings-plan 1"),
        "line 1: an older tidings wrote it (shape 1, and this one knows 2)",
    );
    for name in ["nowhere.plan", "campaigns"] {
        refused(&clinic, &judge, &format!("send tips --plan {name} {NOW}")).tells(&format!("cannot read `{name}`: "));
    }
    type_in(&clinic, &format!("send tips --plan tips.plan {NOW}")).exits(0);
    assert_eq!(judge.accepted().len(), 3, "the plan itself was good all the time");
}

#[test]
fn a_plan_is_made_before_there_is_a_store_and_by_its_people() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    assert!(!clinic.path(".tidings").exists());
    type_in(&clinic, &format!("plan tips --out tips.plan {NOW}")).exits(0);
    assert_eq!(type_in(&clinic, "status --json").json()[0]["store"], "test");
    type_in(&clinic, &format!("send tips --plan tips.plan {NOW}")).exits(0);
    assert_eq!(judge.accepted().len(), 3);
    assert!(
        clinic_is_untouched(&super::clinic(3)),
        "a plan that is only looked at makes no store"
    );
}

fn clinic_is_untouched(clinic: &crate::support::workspace::Workspace) -> bool {
    type_in(clinic, "plan tips").exits(0);
    !clinic.path(".tidings").exists()
}
