//! `tidings rehearse`: the whole thing on a copy, as often as one likes.

use super::{answers, clinic, clinic_with, type_in};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

const PLAYED: &str = "\
rehearsed: the sandbox accepted 1 letter; nobody was written to
  look at them:  .tidings/rehearsal/outbox/index.html
  or one by one: .tidings/rehearsal/outbox/0001-person1-patients.example.eml
  who and why:   tidings --rehearsal log · tidings --rehearsal why ADDRESS
";

#[test]
fn a_rehearsal_can_be_repeated_and_uses_nothing_up() {
    let clinic = clinic(1);
    for _ in 0..2 {
        answers(&clinic, "rehearse", 0, PLAYED, "tips · All about sleep: 1 letter\n");
    }
    answers(&clinic, "status", 0, "nothing has been sent yet: there is no store\n", "");
    let status = "\
campaign  article  planned  letters     edition
tips      sleep    1        1 accepted  complete
";
    answers(&clinic, "--rehearsal status", 0, status, "");
}

#[test]
fn every_letter_can_be_looked_at() {
    let clinic = clinic(3);
    type_in(&clinic, "rehearse").exits(0);
    let outbox = std::fs::read_dir(clinic.path(".tidings/rehearsal/outbox")).unwrap();
    let paths = outbox.map(|entry| entry.unwrap().path());
    let letters: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .collect();
    assert_eq!(letters.len(), 3);
    for letter in letters {
        let text = std::fs::read_to_string(letter).unwrap();
        assert!(
            text.contains("Subject: All about sleep\r\n") && text.contains("\r\nDear "),
            "{text}"
        );
    }
    let page = clinic.read(".tidings/rehearsal/outbox/index.html");
    assert!(
        page.contains("All about sleep") && page.contains("person3@patients.example"),
        "{page}"
    );
}

#[test]
fn the_sample_workspace_rehearses_from_the_first_day() {
    let sample = Workspace::sample();
    let played = type_in(&sample, "rehearse --json").exits(0).json();
    let accepted = played[0]["accepted"].as_u64().unwrap();
    let status = type_in(&sample, "--rehearsal status --json").exits(0).json();
    assert_eq!(status[0]["editions"][0]["states"]["accepted"], accepted);
    assert!(accepted > 10);
}

#[test]
fn a_rehearsal_plays_what_comes_after_the_real_letters() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(0);
    let before = type_in(&clinic, "log --json").exits(0).stdout;
    type_in(&clinic, "rehearse tips")
        .exits(0)
        .tells("tips · All about walks: 3 letters\n");
    assert_eq!(type_in(&clinic, "log --json").exits(0).stdout, before);
    assert_eq!(judge.accepted().len(), 3, "a rehearsal never speaks to the real relay");
    assert_eq!(type_in(&clinic, "--rehearsal log --json").exits(0).json().len(), 6);
}

#[test]
fn another_moment_can_be_played() {
    let clinic = clinic(1);
    type_in(&clinic, "rehearse --now 2027-01-05T09:00Z").exits(0);
    let letter = clinic.read(".tidings/rehearsal/outbox/0001-person1-patients.example.eml");
    assert!(letter.contains("Date: Tue, 05 Jan 2027 09:00:"), "{letter}");
    let wrong = "error: `--now tomorrow` is no instant\nhint: write it like 2027-01-05T09:00Z or 2027-01-05T09:00[Europe/London]\n";
    answers(&clinic, "rehearse --now tomorrow", 2, "", wrong);
}

#[test]
fn a_broken_campaign_does_not_keep_the_others_from_playing() {
    let clinic = clinic(3).file("campaigns/more/campaign.yaml", "id: m0re\n");
    type_in(&clinic, "rehearse")
        .exits(65)
        .prints("the sandbox accepted 3 letters")
        .tells("campaigns/more/campaign.yaml:");
    type_in(&clinic, "rehearse more").exits(65).tells("`title` is missing");
}

#[test]
fn a_workspace_without_campaigns_says_how_to_make_one() {
    let clinic = clinic(3);
    std::fs::remove_dir_all(clinic.path("campaigns")).unwrap();
    let told = "error: there is no campaign in `campaigns/`\nhint: `tidings new NAME --article FILE` turns a text into one\n";
    answers(&clinic, "rehearse", 65, "", told);
}

#[test]
fn questions_about_no_rehearsal_say_how_to_make_one() {
    let clinic = clinic(3);
    answers(
        &clinic,
        "--rehearsal status",
        0,
        "there is no rehearsal yet: `tidings rehearse` makes one\n",
        "",
    );
    answers(
        &clinic,
        "--rehearsal log",
        0,
        "there is no rehearsal yet: `tidings rehearse` makes one\n",
        "",
    );
}
