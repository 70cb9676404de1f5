//! `tidings status`: numbers that close.

use super::{answers, clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};

#[test]
fn before_the_first_letter_there_is_nothing_to_count() {
    let clinic = clinic(3);
    answers(&clinic, "status", 0, "nothing has been sent yet: there is no store\n", "");
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    answers(
        &clinic,
        "status",
        0,
        "nothing has been sent yet: the store holds no edition\n",
        "",
    );
    assert_eq!(type_in(&clinic, "status --json").exits(0).json()[0]["store"], "real");
}

#[test]
fn a_letter_that_needs_a_person_makes_it_1() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no such user"),
    );
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(1);
    let status = "\
campaign  article  planned  letters               edition
tips      sleep    3        2 accepted, 1 failed  complete, 1 letter needs a person
";
    let talk = "error: 1 letter needs a person to look at\nhint: `tidings log --state failed` names them\n";
    answers(&clinic, "status", 1, status, talk);
    let whole = &type_in(&clinic, "status --json").exits(1).json()[0];
    let edition = &whole["editions"][0];
    assert_eq!((&whole["store"], &whole["need_a_person"]), (&"test".into(), &1.into()));
    assert_eq!(edition["states"], serde_json::json!({"accepted": 2, "failed": 1}));
    assert_eq!((&edition["planned"], &edition["edition"]), (&3.into(), &"t1ps/sleep".into()));
}

#[test]
fn who_is_left_out_is_counted_beside_the_letters() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 0);
    let rows = "email,consent,consent_date,consent_source\nyes@patients.example,yes,2025-01-02,form\nno@patients.example,no,,\n";
    clinic.write("subscribers/patients.csv", rows);
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "status")
        .exits(0)
        .prints("left out of sleep: 1 no consent\n");
}

#[test]
fn what_run_passes_over_because_of_the_files_is_said_with_the_code_of_run() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "status").exits(0);
    let (settings, campaign) = (clinic.read("tidings.yaml"), clinic.read("campaigns/tips/campaign.yaml"));
    clinic.write("tidings.yaml", format!("{settings}\ncalendar: {{holidays: nowhere.txt}}\n"));
    type_in(&clinic, "run").exits(65);
    type_in(&clinic, "status")
        .exits(65)
        .prints("complete")
        .prints("nothing leaves: the settings have 1 mistake, and `tidings check` names each");
    clinic.write("tidings.yaml", &settings);
    clinic.write("campaigns/tips/campaign.yaml", format!("{campaign}\nschedul: {{}}\n"));
    type_in(&clinic, "run").exits(65);
    type_in(&clinic, "status")
        .exits(65)
        .prints("tips: begins nothing: its files have 1 mistake, and `tidings check tips` names each");
    let mistakes = &type_in(&clinic, "status --json").exits(65).json()[0]["mistakes"];
    assert_eq!(mistakes.as_array().map(Vec::len), Some(1), "{mistakes}");
    clinic.write("campaigns/tips/campaign.yaml", campaign);
    type_in(&clinic, "status").exits(0);
}

#[test]
fn a_window_that_never_opens_is_said_once_and_with_the_code_of_run() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    let campaign = clinic.read("campaigns/tips/campaign.yaml");
    let never = "schedule: {every: week, day: sunday, at: \"09:00\", expires: 6h}\nwindow: {days: weekdays, from: \"09:00\", until: \"12:00\"}\n";
    clinic.write("campaigns/tips/campaign.yaml", format!("{campaign}{never}"));
    type_in(&clinic, "run").exits(65);
    let status = type_in(&clinic, "status").exits(65).prints("tips: the window never opens");
    assert_eq!(status.stdout.matches("never opens").count(), 1, "{status}");
}
