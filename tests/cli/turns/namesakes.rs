//! Folders and ids: a campaign is known by its id; a folder that has the name of one and another id begins nothing.

use super::{WEEKLY, clinic, left, run};
use crate::cli::{CAMPAIGN, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;

/// The campaign's file with another id.
fn rename_id(clinic: &Workspace, id: &str) {
    let file = CAMPAIGN.replace("t1ps", id) + WEEKLY;
    clinic.write("campaigns/tips/campaign.yaml", file);
}

#[test]
fn a_changed_id_sends_nothing_a_second_time() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    rename_id(&clinic, "new");
    let told = "the store knows `tips` by the id `t1ps`, and what went out by that: nothing begins for another";
    let finding = format!(
        "campaigns/tips/campaign.yaml:1:1: error: {told}\n  hint: write `id: t1ps` back; if it is a new campaign, give its folder another name\n"
    );
    type_in(&clinic, "check --now 2027-01-05T10:00Z").exits(65).tells(&finding);
    run(&clinic, "2027-01-05T10:15Z").exits(65).tells(&finding);
    for command in ["send tips --yes", "plan tips", "plan tips --out tips.plan"] {
        type_in(&clinic, &format!("{command} --now 2027-01-05T10:30Z"))
            .exits(65)
            .tells(&finding);
    }
    type_in(&clinic, "status --now 2027-01-05T10:30Z").prints(&format!("tips: {told}\n"));
    assert_eq!(judge.accepted().len(), 3);
    rename_id(&clinic, "t1ps");
    run(&clinic, "2027-01-05T11:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep", "All about walks"]);
}

#[test]
fn a_new_campaign_is_one_in_a_folder_of_another_name() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-05T09:00Z").exits(0).says_nothing();
    rename_id(&clinic, "new");
    std::fs::rename(clinic.path("campaigns/tips"), clinic.path("campaigns/advice")).unwrap();
    type_in(&clinic, "check --now 2027-01-06T10:00Z").exits(0);
    type_in(&clinic, "status --now 2027-01-06T10:00Z").prints("tips: its folder is gone: nothing of it begins any more\n");
    run(&clinic, "2027-01-06T10:00Z").exits(0).says_nothing();
    // Once it is known, its folder may have any name.
    std::fs::rename(clinic.path("campaigns/advice"), clinic.path("campaigns/tips")).unwrap();
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep"]);
    assert_eq!(judge.accepted().len(), 6);
}

#[test]
fn the_letters_of_a_campaign_do_not_go_on_in_the_folder_of_another() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    judge.add(
        Rule::at(Phase::Rcpt)
            .to("person1@patients.example")
            .times(1)
            .reply("450 4.2.0 come back"),
    );
    run(&clinic, "2027-01-05T09:00Z").exits(0);
    rename_id(&clinic, "new");
    run(&clinic, "2027-01-06T09:00Z").exits(1).tells(
        "campaign `tips`, article `sleep`: its folder has another id now; `tidings release tips/sleep` lets the released text go on\n",
    );
    assert_eq!(judge.accepted().len(), 2);
    type_in(&clinic, "check --now 2027-01-06T09:30Z").exits(65).tells(
        "campaigns/tips: warning: its folder has another id now: nothing of it begins any more, and 1 letter waits on hold\n",
    );
    type_in(&clinic, "release t1ps/sleep").exits(0);
    run(&clinic, "2027-01-06T11:00Z").exits(65);
    assert_eq!(judge.accepted().len(), 3, "a person said so");
}

#[test]
fn a_folder_that_is_gone_is_named() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    judge.add(
        Rule::at(Phase::Rcpt)
            .to("person1@patients.example")
            .times(1)
            .reply("450 4.2.0 come back"),
    );
    run(&clinic, "2027-01-05T09:00Z").exits(0);
    std::fs::rename(clinic.path("campaigns/tips"), clinic.path("gone")).unwrap();
    let told = "its folder is gone: nothing of it begins any more, and 1 letter waits on hold\n";
    run(&clinic, "2027-01-06T09:00Z").exits(1);
    type_in(&clinic, "check --now 2027-01-06T09:30Z")
        .exits(0)
        .tells(&format!("campaigns/tips: warning: {told}"));
    type_in(&clinic, "status --now 2027-01-06T09:30Z").prints(&format!("tips: {told}"));
}
