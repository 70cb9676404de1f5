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
        "text": "`London` is no time zone", "hint": "did you mean `Europe/London`?", "name": null,
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

/// The walk's article with this text.
fn walks(body: &str) -> String {
    article("walks").replace("A text on walks, short and kind.", body)
}

#[test]
fn a_warning_bears_a_name_and_can_be_accepted_by_it() {
    let body = "Our massage cures pain. Read [here](https://mill-lane.example/a).";
    let clinic = clinic(3).file("campaigns/tips/walks.md", &walks(body));
    type_in(&clinic, "check tips")
        .exits(0)
        .tells("campaigns/tips/walks.md:8:13: warning: `cures` promises a cure")
        .tells("[claim-cure]\n  hint: ")
        .tells("a link says only `here`")
        .tells("0 errors, 2 warnings");
    let names: Vec<_> = type_in(&clinic, "check tips --json")
        .exits(0)
        .json()
        .iter()
        .map(|line| line["name"].clone())
        .collect();
    assert_eq!(names, ["claim-cure", "link-words"]);
    let settings = std::fs::read_to_string(clinic.path("campaigns/tips/campaign.yaml")).unwrap();
    let clinic = clinic.file(
        "campaigns/tips/campaign.yaml",
        &format!("{settings}accept: [claim, link-words]\n"),
    );
    answers(
        &clinic,
        "check tips",
        0,
        "",
        "checked 1 campaign, 6 letters composed: 0 errors, 0 warnings\n",
    );
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &format!("{settings}accept: [claim-cur]\n"));
    type_in(&clinic, "check tips")
        .exits(65)
        .tells("error: no warning of `check` is called `claim-cur`\n  hint: did you mean `claim-cure`?");
}

#[test]
fn an_error_cannot_be_accepted() {
    let clinic = clinic(3).file("campaigns/tips/walks.md", &walks("Dear *|FNAME|*, it is time."));
    let settings = std::fs::read_to_string(clinic.path("campaigns/tips/campaign.yaml")).unwrap();
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &format!("{settings}accept: [placeholder]\n"));
    type_in(&clinic, "check")
        .exits(65)
        .tells("campaigns/tips/walks.md:8:6: error: `*|FNAME|*` is a placeholder");
}

#[test]
fn findings_stand_by_line_and_the_twentieth_of_a_kind_counts_the_rest() {
    let body: String = (1..=60)
        .map(|number| format!("See [page {number}](http://mill-lane.example/{number}).\n\n"))
        .collect();
    let clinic = clinic(3).file("campaigns/tips/walks.md", &walks(&body));
    type_in(&clinic, "check")
        .exits(0)
        .tells("walks.md:8:5: warning: the link `http://mill-lane.example/1`")
        .tells("walks.md:44:5: warning: ")
        .never_says("walks.md:46:5: ")
        .tells("walks.md: warning: and 41 more like this")
        .tells("0 errors, 60 warnings");
    let lines: Vec<u64> = type_in(&clinic, "check --json")
        .exits(0)
        .json()
        .iter()
        .filter_map(|line| line["line"].as_u64())
        .collect();
    assert!(lines.len() == 60 && lines.is_sorted(), "{lines:?}");
}

#[test]
fn two_articles_with_one_subject_are_told() {
    let clinic = clinic(3).file(
        "campaigns/tips/walks.md",
        &article("walks").replace("subject: All about walks", "subject: All about sleep"),
    );
    type_in(&clinic, "check")
        .exits(0)
        .tells("the subject `All about sleep` is that of `sleep.md` too")
        .tells("[subject-again]");
}
