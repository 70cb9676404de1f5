//! `tidings plan --out` and `send --plan`: what somebody agreed to is what leaves, or nothing does.

mod moved;
mod written;

use super::{CAMPAIGN, article, assert_nobody_was_written_to, clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::people;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;

/// A moment of the tests, so that what a plan says of times is always the same.
const NOW: &str = "--now 2027-01-05T09:00Z";

/// A clinic with a plan of its next edition in `tips.plan`.
fn planned(judge: &Judge, people: usize) -> Workspace {
    let clinic = clinic_with(judge, people);
    type_in(&clinic, &format!("plan tips --out tips.plan {NOW}")).exits(0);
    clinic
}

/// Adds a row to the list.
fn join(clinic: &Workspace, address: &str) {
    let row = format!("{address},Zoe,Zander,Bath,2026-12-24,yes,2026-12-24,web form\n");
    clinic.write("subscribers/patients.csv", clinic.read("subscribers/patients.csv") + &row);
}

/// Takes a person's row off the list.
fn leave(clinic: &Workspace, number: usize) {
    let list = clinic.read("subscribers/patients.csv");
    let gone = format!("{},", people::address(number));
    let rest: Vec<&str> = list.lines().filter(|line| !line.starts_with(&gone)).collect();
    clinic.write("subscribers/patients.csv", rest.join("\n") + "\n");
}

/// Tries to send by the plan, which is refused: nobody gets a letter, and no edition is left in the store.
#[track_caller]
fn refused(clinic: &Workspace, judge: &Judge, line: &str) -> Output {
    let before = judge.deliveries().len();
    let editions = |when: &str| {
        let status = type_in(clinic, "status --json").json();
        assert_eq!(status.len(), 1, "{when}");
        status[0]["editions"].to_string()
    };
    let stood = editions("before");
    let output = type_in(clinic, line).exits(65);
    assert_eq!(judge.deliveries().len(), before, "letters left\n{output}");
    assert_eq!(editions("after"), stood, "something is left behind\n{output}");
    output
}

#[test]
fn what_was_agreed_to_leaves_once() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    type_in(&clinic, &format!("send tips --plan tips.plan {NOW}"))
        .exits(0)
        .prints("3 letters accepted by the relay\n");
    assert_eq!(judge.accepted().len(), 3);
    refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}"))
        .prints("  edition   `sleep` has gone out meanwhile, on Tue 5 Jan 2027 09:00 GMT: no letter of it waits\n");
}

#[test]
fn people_who_left_are_named_with_their_reason_and_the_others_get_their_letters() {
    let judge = Judge::start();
    let clinic = planned(&judge, 20);
    leave(&clinic, 1);
    type_in(&clinic, "suppress add person2@patients.example --reason unsubscribed").exits(0);
    type_in(&clinic, "people forget person3@patients.example --yes").exits(0);
    let list = clinic.read("subscribers/patients.csv");
    let rows: Vec<String> = list
        .lines()
        .map(|row| match row.starts_with("person4@") {
            true => row.replace(",yes,", ",no,"),
            false => row.to_owned(),
        })
        .filter(|row| !row.starts_with("person3@"))
        .collect();
    clinic.write("subscribers/patients.csv", rows.join("\n") + "\n");
    let sent = type_in(&clinic, &format!("send tips --plan tips.plan {NOW}")).exits(0);
    sent.clone()
        .prints("  dropped   person1@patients.example is on none of its lists any more\n")
        .prints("  dropped   person2@patients.example unsubscribed")
        .prints("  dropped   person4@patients.example ")
        .prints("  dropped   somebody asked to be forgotten (")
        .prints("16 letters accepted by the relay\n");
    assert_eq!(sent.stdout.matches("  dropped ").count(), 4, "{sent}");
    let got = judge.accepted();
    assert_eq!(got.len(), 16);
    for number in 1..=4 {
        assert!(
            !got.iter().any(|letter| letter.recipient == people::address(number)),
            "person {number}"
        );
    }
}

#[test]
fn whose_letter_would_be_another_one_is_named_and_nothing_leaves() {
    let judge = Judge::start();
    let clinic = planned(&judge, 25);
    let list = clinic.read("subscribers/patients.csv");
    let row = |number: usize| {
        let own = format!("{},", people::address(number));
        list.lines().find(|line| line.starts_with(&own)).unwrap().to_owned()
    };
    let (second, third) = (row(2), row(3));
    let name = second.split(',').nth(1).unwrap();
    clinic.write(
        "subscribers/patients.csv",
        list.replace(&second, &second.replacen(name, "Roberta", 1)),
    );
    let told = "  changed   person2@patients.example would get another letter than planned: their data changed\n";
    let line = format!("send tips --plan tips.plan {NOW}");
    assert_eq!(refused(&clinic, &judge, &line).stdout, told);
    // Beside whoever was added and left.
    join(&clinic, "zoe@patients.example");
    leave(&clinic, 3);
    let all = refused(&clinic, &judge, &line).stdout;
    assert!(all.contains(told), "{all}");
    assert!(
        all.contains("  added     zoe@patients.example was not in the plan\n"),
        "{all}"
    );
    assert!(all.contains("  dropped   person3@patients.example "), "{all}");
    let json = type_in(&clinic, &format!("{line} --json")).exits(65).json();
    assert_eq!((json[0]["added"].as_u64(), json[0]["changed"].as_u64()), (Some(1), Some(1)));
    // A column that no letter uses is no matter of what anybody agreed to.
    let elsewhere = third.replace(",Wells,", ",Derby,");
    clinic.write("subscribers/patients.csv", list.replace(&third, &elsewhere));
    assert_ne!(third, elsewhere);
    type_in(&clinic, &line).exits(0).prints("25 letters accepted by the relay\n");
}

#[test]
fn of_many_changed_letters_the_first_are_named() {
    let judge = Judge::start();
    let clinic = planned(&judge, 25);
    let list = clinic.read("subscribers/patients.csv");
    let renamed = |line: &str| match line.starts_with("person") {
        true => {
            let cells: Vec<&str> = line.split(',').collect();
            line.replacen(&format!(",{},", cells[1]), &format!(",X{},", cells[1]), 1)
        }
        false => line.to_owned(),
    };
    let lines: Vec<String> = list.lines().map(renamed).collect();
    clinic.write("subscribers/patients.csv", lines.join("\n") + "\n");
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    let told = refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}"));
    assert_eq!(told.stdout.lines().count(), 21, "{told}");
    assert!(told.stdout.ends_with("  changed   and 5 more\n"), "{told}");
}

#[test]
fn what_is_on_hold_is_told_with_its_reason() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 4);
    type_in(&clinic, &format!("send tips --limit 1 {NOW}")).exits(0);
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "hold tips --to person4@patients.example").exits(0);
    type_in(&clinic, "hold tips/sleep --because proofreading").exits(0);
    type_in(&clinic, &format!("plan tips --out tips.plan {NOW}"))
        .exits(0)
        .never_says("data spoil")
        .prints("  held: 1 letter (held by hand)\n")
        .prints("  on hold: proofreading; `tidings release tips/sleep` comes first, or this plan sends nothing\n");
    type_in(&clinic, "release tips/sleep").exits(0);
    type_in(&clinic, "hold tips --because strike").exits(0);
    let json = type_in(&clinic, &format!("plan tips --out tips.plan --json {NOW}"))
        .exits(0)
        .json();
    assert_eq!(json[0]["on_hold"], "strike");
}

#[test]
fn a_limit_and_a_plan_go_together() {
    let judge = Judge::start();
    let clinic = planned(&judge, 3);
    type_in(&clinic, &format!("send tips --plan tips.plan --limit 1 {NOW}"))
        .exits(0)
        .tells("`--limit 1` is reached; the rest is on hold");
    assert_eq!(judge.accepted().len(), 1);
    refused(&clinic, &judge, &format!("send tips --plan tips.plan {NOW}")).prints(
        "  edition   `sleep` has begun meanwhile, on Tue 5 Jan 2027 09:00 GMT: 2 of 3 letters wait, and `tidings run` sends them\n",
    );
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, &format!("run {NOW}")).exits(0);
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn the_rest_of_an_edition_can_be_planned() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 5);
    type_in(&clinic, &format!("send tips --limit 1 {NOW}")).exits(0);
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "hold tips --to person5@patients.example").exits(0);
    type_in(&clinic, &format!("plan tips --out rest.plan {NOW}"))
        .exits(0)
        .prints("rest.plan: the rest of `All about sleep` of `tips`, 3 letters\n");
    type_in(&clinic, "release tips --to person5@patients.example").exits(0);
    refused(&clinic, &judge, &format!("send tips --plan rest.plan {NOW}"))
        .prints("  added     person5@patients.example was not in the plan\n");
    type_in(&clinic, "hold tips --to person5@patients.example").exits(0);
    type_in(&clinic, "cancel tips --to person4@patients.example").exits(0);
    // What waits goes out with the text it was released with, whatever the files say now.
    clinic.write("campaigns/tips/sleep.md", article("sleep").replace("kind", "kinder"));
    type_in(&clinic, &format!("send tips --plan rest.plan {NOW}"))
        .exits(0)
        .prints("  dropped   person4@patients.example cancelled")
        .prints("2 letters accepted by the relay\n");
    assert_eq!(judge.accepted().len(), 3);
    refused(&clinic, &judge, &format!("send tips --plan rest.plan {NOW}")).prints("  edition   `sleep` has gone out meanwhile");
}

#[test]
fn without_a_terminal_a_real_relay_wants_a_word_all_the_same() {
    let clinic = clinic(3).setting("relay: {host: smtp.mill-lane.example}");
    type_in(&clinic, "plan tips --out tips.plan").exits(0);
    type_in(&clinic, "send tips --plan tips.plan")
        .exits(2)
        .tells("nobody is here to ask");
    assert_eq!(type_in(&clinic, "log --json").exits(0).json().len(), 0);
    join(&clinic, "new@patients.example");
    type_in(&clinic, "send tips --plan tips.plan --yes")
        .exits(65)
        .prints("  added     new@patients.example was not in the plan\n");
    assert_eq!(type_in(&clinic, "log --json").exits(0).json().len(), 0);
    assert!(!clinic.path("campaigns/.sent").exists(), "no letter was about to leave");
}

#[test]
fn a_plan_that_nobody_is_left_of_sends_nothing() {
    let judge = Judge::start();
    let clinic = planned(&judge, 1);
    type_in(&clinic, "suppress add person1@patients.example --reason unsubscribed").exits(0);
    type_in(&clinic, &format!("send tips --plan tips.plan {NOW}"))
        .exits(65)
        .tells("nobody would get this letter");
    assert_nobody_was_written_to(&clinic, &judge);
}

/// Two editions have begun and wait; somebody is in the second who was in no plan.
fn two_waiting(judge: &Judge) -> Workspace {
    let clinic = clinic_with(judge, 3);
    let weekly = "schedule: {every: week, day: tuesday, at: \"09:00\"}\n";
    clinic.write("campaigns/tips/campaign.yaml", CAMPAIGN.to_owned() + weekly);
    judge.add(Rule::at(Phase::Rcpt).reply("450 4.2.0 come back"));
    type_in(&clinic, &format!("run {NOW}"));
    join(&clinic, "zoe@patients.example");
    type_in(&clinic, "run --now 2027-01-12T09:00Z");
    judge.heal();
    clinic
}

#[test]
fn another_edition_that_waits_is_no_part_of_the_plan() {
    let judge = Judge::start();
    let clinic = two_waiting(&judge);
    type_in(&clinic, "plan tips --out tips.plan --now 2027-01-13T09:00Z")
        .exits(0)
        .prints("tips.plan: the rest of `All about sleep` of `tips`, 3 letters\n");
    type_in(&clinic, "send tips --plan tips.plan --now 2027-01-13T09:00Z")
        .exits(0)
        .prints("3 letters accepted by the relay\n");
    let got = judge.accepted();
    assert_eq!(got.len(), 3);
    assert!(got.iter().all(|letter| letter.recipient != "zoe@patients.example"));
}

#[test]
fn send_names_every_edition_that_it_goes_on_with() {
    let judge = Judge::start();
    let clinic = two_waiting(&judge);
    type_in(&clinic, "send tips --now 2027-01-13T09:00Z")
        .exits(0)
        .tells("going on with `sleep`: 3 letters waiting\n")
        .tells("going on with `walks`: 4 letters waiting\n")
        .prints("7 letters accepted by the relay\n");
}
