//! Tests of `campaign.yaml`: the exact findings with their places.

use super::check as read;
use crate::campaign::Timing;

const SOUND: &str = "\
id: t1ps
title: Tips
audience: {lists: [patients], not_lists: [staff]}
template: letter
articles: [{file: sleep.md}, {file: walks.md, date: 2027-01-05}]
schedule: {every: month, day: first tuesday, at: \"09:00\"}
";

#[track_caller]
fn findings(text: &str, expected: &[&str]) {
    let (campaign, findings) = read("campaign.yaml", "tips", text);
    let has_errors = findings.iter().any(crate::finding::Finding::is_error);
    assert!(
        campaign.is_some() || has_errors,
        "a campaign that is none has an error that says why"
    );
    let told: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(told, expected, "{text}");
}

/// A sound campaign with `old` exchanged for `new`.
#[track_caller]
fn check(old: &str, new: &str, expected: &[&str]) {
    assert!(SOUND.contains(old), "{old}");
    findings(&SOUND.replace(old, new), expected);
}

#[test]
fn a_sound_campaign_is_read_whole() {
    let (campaign, told) = read("campaign.yaml", "tips", SOUND);
    assert_eq!(told, []);
    let campaign = campaign.unwrap();
    assert_eq!(
        (campaign.id.0.as_str(), campaign.name.as_str(), campaign.title.as_str()),
        ("t1ps", "tips", "Tips")
    );
    assert_eq!(
        (campaign.audience.lists, campaign.audience.not_lists),
        (vec!["patients".to_owned()], vec!["staff".to_owned()])
    );
    assert!(matches!(campaign.timing, Timing::Schedule(_)));
    let files: Vec<_> = campaign
        .articles
        .iter()
        .map(|entry| (entry.file.as_str(), entry.date.is_some()))
        .collect();
    assert_eq!(files, [("sleep.md", false), ("walks.md", true)]);
}

#[test]
fn what_is_missing_is_named_at_once() {
    findings(
        "title: Tips\n",
        &[
            "campaign.yaml:1:1: `id` is missing\n  hint: any short word that no other campaign has; keep it for ever, sent letters are known by it",
            "campaign.yaml:1:1: `audience` is missing\n  hint: name at least one file of `subscribers/` without `.csv`: `audience: {lists: [patients]}`",
            "campaign.yaml:1:1: `template` is missing\n  hint: the name of a file in `templates/` without its ending, like `letter`",
            "campaign.yaml:1:1: `articles` is missing\n  hint: name the articles in turn: `articles: [{file: first.md}, {file: second.md}]`",
        ],
    );
}

#[test]
fn a_mistake_is_told_once_at_its_place() {
    check(
        "title:",
        "titel:",
        &["campaign.yaml:2:1: unknown key `titel`\n  hint: did you mean `title`?"],
    );
    check(
        "t1ps",
        "two words",
        &["campaign.yaml:1:5: `two words` cannot be an id\n  hint: use letters, digits, `-` and `_`, at most 64 of them"],
    );
    check(
        "[patients]",
        "patients",
        &["campaign.yaml:3:19: `lists` is the text `patients`, wanted a list: write `[patients]`"],
    );
    check(
        "[patients]",
        "[]",
        &[
            "campaign.yaml:3:19: `audience.lists` names no list, so nobody would get a letter\n  \
         hint: name at least one file of `subscribers/` without `.csv`: `audience: {lists: [patients]}`",
        ],
    );
    check(
        "[staff]",
        "[patients]",
        &["campaign.yaml:3:11: list `patients` stands in `lists` and in `not_lists`\n  hint: take it out of one of them"],
    );
}

#[test]
fn an_article_is_a_file_of_this_folder_and_stands_once() {
    check(
        "sleep.md",
        "../sleep.md",
        &[
            "campaign.yaml:5:19: `../sleep.md` is no file of this folder\n  hint: put the article into the campaign's own folder and name it alone",
        ],
    );
    check(
        "sleep.md",
        "walks.md",
        &["campaign.yaml:5:37: `walks.md` stands twice\n  hint: an article goes out once; take one of them away"],
    );
    check(
        "2027-01-05",
        "5 January",
        &["campaign.yaml:5:53: `5 January` is no date\n  hint: write year-month-day, like `2026-12-01`"],
    );
    check(
        "[{file: sleep.md}, {file: walks.md, date: 2027-01-05}]",
        "[]",
        &[
            "campaign.yaml:5:11: `articles` names no article\n  hint: name the articles in turn: `articles: [{file: first.md}, {file: second.md}]`",
        ],
    );
}

#[test]
fn a_calendar_and_a_series_do_not_go_together() {
    let both = format!("{SOUND}series: [{{file: sleep.md, after: 0d}}]\n");
    let (campaign, told) = read("campaign.yaml", "tips", &both);
    assert!(campaign.is_none());
    let told: Vec<String> = told.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|finding| finding.contains("not both")), "{told:?}");
}
