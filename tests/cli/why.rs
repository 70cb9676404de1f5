//! `tidings why`: one person's story.

use super::{answers, clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};

#[test]
fn the_story_tells_lists_consent_and_every_attempt() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).reply("550 5.1.1 no such user"));
    let clinic = clinic_with(&judge, 1);
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z").exits(1);
    let story = type_in(&clinic, "why person1@Patients.example").exits(0).stdout;
    let lines: Vec<&str> = story.lines().collect();
    let day = lines[2]
        .split("bounced at ")
        .nth(1)
        .and_then(|rest| rest.split(" (").next())
        .unwrap_or_default();
    assert!(day.starts_with("2027-01-05 09:00:"), "{story}");
    assert_eq!(
        lines[..5],
        [
            "person1@patients.example",
            "  list patients: on it, since 2025-03-02, consent: yes on 2025-03-02, paper form at the front desk, patients.csv line 2",
            &format!("  not written to: all mail, bounced at {day} (550 5.1.1 at 5 January 2027, letter tips/sleep)"),
            "  not taken (sure): 550 5.1.1 at 5 January 2027, letter tips/sleep, by relay: no such user",
            "  tips · sleep: failed",
        ]
    );
    assert!(lines[5].starts_with("    attempt 1 at 2027-01-05 09:00:0"), "{story}");
    assert!(
        lines[5].ends_with("failed by 127.0.0.1 at the stage `rcpt`: 550 5.1.1 no such user"),
        "{story}"
    );
}

#[test]
fn who_was_left_out_learns_why() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 0);
    let rows = "email,consent,consent_date,consent_source\nyes@patients.example,yes,2025-01-02,form\nno@patients.example,no,,\n";
    clinic.write("subscribers/patients.csv", rows);
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "why no@patients.example")
        .exits(0)
        .prints("  tips · sleep: left out, ")
        .prints("consent: no");
    let story = &type_in(&clinic, "why no@patients.example --json").exits(0).json()[0];
    assert_eq!(story["left_out"][0]["reason"], "no_consent");
    assert_eq!(story["deliveries"], serde_json::json!([]));
}

#[test]
fn nobody_by_that_address_is_an_answer() {
    let told = "hint: their row may not be imported yet: `tidings import subscribers/LIST.csv`, or look at the spelling\n";
    let clinic = clinic(1);
    answers(
        &clinic,
        "why a@b.example",
        0,
        "nobody with the address a@b.example is on record\n",
        told,
    );
    let answer = type_in(&clinic, "why a@b.example --json").exits(0).json();
    assert_eq!(answer, [serde_json::json!({"address": "a@b.example", "known": false})]);
    // One slip away from somebody who is on a list that was imported.
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let meant = "nobody with the address persn1@patients.example is on record\n  did you mean person1@patients.example?\n";
    answers(&clinic, "why persn1@patients.example", 0, meant, "");
    let answer = type_in(&clinic, "why persn1@patients.example --json").exits(0).json();
    assert_eq!(answer[0]["did_you_mean"], "person1@patients.example");
    assert_eq!(
        type_in(&clinic, "why a@b.example --json").exits(0).json()[0]["did_you_mean"],
        serde_json::Value::Null
    );
    type_in(&clinic, "why nonsense").exits(2).tells("`nonsense` is no address");
}
