//! `tidings check`: every mistake at once, with its place and how to mend it.

use super::{answers, article, clinic, type_in};

#[test]
fn a_sound_clinic_has_no_finding() {
    let clinic = clinic(3);
    let checked = "checked 1 campaign, 6 letters composed: 0 errors, 0 warnings\n";
    answers(&clinic, "check", 0, "", checked);
    answers(&clinic, "check tips", 0, "", checked);
    answers(&clinic, "check tips --json", 0, "", "");
    assert!(!clinic.path(".tidings").exists(), "`check` writes nothing");
}

#[test]
fn mistakes_in_several_files_are_told_together() {
    let clinic = clinic(3)
        .setting("timezone: London")
        .file("campaigns/tips/walks.md", "---\nid: walks\n---\n\nA text.\n")
        .file("campaigns/more/campaign.yaml", "id: m0re\ntitel: More\n");
    type_in(&clinic, "check")
        .exits(65)
        .tells("tidings.yaml:8:11: error: `London` is no time zone\n  hint: did you mean `Europe/London`?\n")
        .tells("campaigns/tips/walks.md:1:1: error: ")
        .tells("campaigns/more/campaign.yaml:2:1: error: ")
        .tells("did you mean `title`?");
}

#[test]
fn a_finding_is_a_line_of_json() {
    let clinic = clinic(3).setting("timezone: London");
    let findings = type_in(&clinic, "check --json").exits(65).json();
    let wanted = serde_json::json!({
        "severity": "error", "file": "tidings.yaml", "line": 8, "column": 11,
        "text": "`London` is no time zone", "hint": "did you mean `Europe/London`?",
    });
    assert_eq!(findings, [wanted]);
}

#[test]
fn only_the_named_campaign_is_checked() {
    let clinic = clinic(3).file("campaigns/more/campaign.yaml", "id: m0re\n");
    type_in(&clinic, "check").exits(65).tells("campaigns/more/campaign.yaml");
    type_in(&clinic, "check tips").exits(0).never_says("campaigns/more");
    let unknown = "error: there is no campaign `tipps` in `campaigns/`\nhint: did you mean `tips`?\n";
    answers(&clinic, "check tipps", 2, "", unknown);
}

#[test]
fn a_warning_is_told_and_stops_nothing() {
    let long = "a".repeat(120);
    let text = article("walks").replace("preheader: A line", &format!("preheader: {long}"));
    let clinic = clinic(3).file("campaigns/tips/walks.md", &text);
    type_in(&clinic, "check")
        .exits(0)
        .tells("warning: ")
        .tells("`preheader` has 171 characters; 40 to 110 look best")
        .tells(": 0 errors, ");
}
