//! `tidings log`: one line a letter.

use super::{answers, clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};

#[test]
fn every_letter_has_a_line_with_the_relays_own_words() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no such user"),
    );
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z").exits(1);
    let log = type_in(&clinic, "log").exits(0).stdout;
    let (heading, lines) = log.split_once('\n').unwrap();
    assert!(heading.starts_with("tips · sleep · due 2027-01-05 09:00:0"), "{heading}");
    assert_eq!(
        lines,
        "  accepted    person1@patients.example  250 2.0.0 Ok: taken\n\
         \x20 failed      person2@patients.example  550 5.1.1 no such user\n\
         \x20 accepted    person3@patients.example  250 2.0.0 Ok: taken\n"
    );
    type_in(&clinic, "log tips --state failed")
        .exits(0)
        .prints("person2@")
        .never_says("person1@");
    type_in(&clinic, "log --state in-doubt").exits(0).never_says("person");
}

#[test]
fn a_delivery_is_a_line_of_json_and_its_message_id_is_the_letters() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 1);
    type_in(&clinic, "send tips").exits(0);
    let lines = type_in(&clinic, "log --json").exits(0).json();
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["message_id"], judge.accepted()[0].message_id.as_str());
    assert_eq!(
        (
            &lines[0]["state"],
            &lines[0]["attempts"],
            &lines[0]["code"],
            &lines[0]["enhanced_code"]
        ),
        (&"accepted".into(), &1.into(), &250.into(), &"2.0.0".into())
    );
}

#[test]
fn an_unknown_campaign_is_not_an_empty_log() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 1);
    answers(&clinic, "log", 0, "nothing has been sent yet: there is no store\n", "");
    type_in(&clinic, "send tips").exits(0);
    let told = "error: no letter of a campaign `tpis` is on record\nhint: did you mean `tips`?\n";
    answers(&clinic, "log tpis", 2, "", told);
}

#[test]
fn a_reader_that_goes_away_does_no_harm() {
    let sample = clinic(2000);
    type_in(&sample, "rehearse").exits(0);
    let program = env!("CARGO_BIN_EXE_tidings");
    let piped = std::process::Command::new("sh")
        .args(["-c", &format!("'{program}' --rehearsal log | head -n 1")])
        .current_dir(sample.root())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .output()
        .unwrap();
    assert!(piped.stdout.starts_with(b"tips"), "{piped:?}");
    assert!(piped.stderr.is_empty(), "{piped:?}");
    type_in(&sample, "--rehearsal status").exits(0).prints("2000 accepted");
}

#[test]
fn people_are_told_the_clinics_time_and_programs_the_worlds() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 1);
    let settings = clinic.read("tidings.yaml").replace("Europe/London", "America/New_York");
    clinic.write("tidings.yaml", &settings);
    type_in(&clinic, "send tips --now 2027-07-01T13:00Z").exits(0);
    type_in(&clinic, "log")
        .exits(0)
        .prints("tips · sleep · due 2027-07-01 09:00:00 EDT\n");
    type_in(&clinic, "why person1@patients.example")
        .exits(0)
        .prints("attempt 1 at 2027-07-01 09:00:")
        .prints(" EDT: accepted")
        .never_says("UTC");
    let json = type_in(&clinic, "log --json").exits(0).json();
    let at = json[0]["at"].as_str().unwrap();
    assert!(at.starts_with("2027-07-01T13:00:") && at.ends_with('Z'), "{at}");
    // Where the settings cannot be read nobody knows the zone, and that is said.
    clinic.write("tidings.yaml", settings.replace("America/New_York", "Mill Lane"));
    type_in(&clinic, "log").exits(0).prints("due 2027-07-01 13:00:00 UTC\n");
}
