//! `tidings suppress`: whoever is on it is not written to, whatever a file says, and no import takes it back.

use super::{clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::people::address;
use crate::support::workspace::Workspace;

/// Whom the relay has letters for.
fn written_to(judge: &Judge) -> Vec<String> {
    let mut people: Vec<String> = judge.accepted().into_iter().map(|taken| taken.recipient).collect();
    people.sort();
    people
}

#[test]
fn whoever_is_suppressed_gets_no_letter_and_is_listed_with_the_proof() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    // Before anything was imported or sent: the wish is kept all the same.
    clinic
        .run(&["suppress", "add", "PERSON1@patients.example", "--evidence", "phoned on 3 May"])
        .exits(0)
        .prints("1 address suppressed");
    type_in(&clinic, "suppress list").exits(0).prints("(on no list)");
    type_in(&clinic, "suppress add person1@patients.example")
        .exits(0)
        .prints("0 addresses suppressed, 1 stood already");
    type_in(&clinic, "suppress add person1@patients.example --reason complained")
        .exits(0)
        .prints("1 address suppressed");
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(written_to(&judge), ["person2@patients.example", "person3@patients.example"]);
    let listed = type_in(&clinic, "suppress list")
        .exits(0)
        .prints("person1@patients.example")
        .prints("phoned on 3 May");
    assert_eq!(listed.stdout.lines().count(), 3, "{listed}");
    let listed = type_in(&clinic, "suppress list --reason complained --json").exits(0).json();
    assert_eq!((listed.len(), listed[0]["reason"].as_str()), (1, Some("complained")));
}

#[test]
fn one_list_or_all_mail() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    clinic.write("subscribers/staff.csv", "email\nsara@mill-lane.example\n");
    type_in(&clinic, "suppress add person1@patients.example --list patient")
        .exits(2)
        .tells("did you mean `patients`?");
    type_in(&clinic, "suppress add person1@patients.example --list patients").exits(0);
    type_in(&clinic, "suppress add person2@patients.example --list staff").exits(0);
    type_in(&clinic, "suppress add person2@patients.example --reason erased")
        .exits(2)
        .tells("tidings people forget ADDRESS");
    type_in(&clinic, "suppress add person2@patients.example --reason bounce")
        .exits(2)
        .tells("did you mean `bounced`?");
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(written_to(&judge), ["person2@patients.example", "person3@patients.example"]);
    let listed = type_in(&clinic, "suppress list --list patients --json").exits(0).json();
    assert_eq!((listed.len(), listed[0]["list"].as_str()), (1, Some("patients")));
}

#[test]
fn a_file_of_addresses_is_taken_whole_or_not_at_all() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2).file("left.txt", "# asked at the desk\nperson1@patients.example\n\nnobody at all\n");
    type_in(&clinic, "suppress add --from left.txt")
        .exits(65)
        .tells("left.txt:4:1")
        .tells("nothing was changed");
    type_in(&clinic, "suppress list").exits(78);
    clinic.write("left.txt", "person1@patients.example\n<person2@patients.example>\n");
    type_in(&clinic, "suppress add person3@patients.example --from left.txt")
        .exits(0)
        .prints("3 addresses suppressed");
}

#[test]
fn it_takes_effect_within_one_letter_of_a_send_that_is_running() {
    // The relay has the second letter and thinks about it for as long as this story wants.
    let judge = Judge::start().rule(Rule::at(Phase::Dot).after(1).times(1).behind_the_gate());
    let clinic = clinic_with(&judge, 6);
    let running = clinic.spawn(&["send", "tips"]);
    until("the second letter", || judge.letters() >= 2);
    let seen: Vec<String> = judge.deliveries().into_iter().map(|letter| letter.recipient).collect();
    let left: Vec<String> = (1..=6).map(address).filter(|person| !seen.contains(person)).collect();
    let add: Vec<&str> = ["suppress", "add", "--reason", "unsubscribed"]
        .into_iter()
        .chain(left.iter().map(String::as_str))
        .collect();
    clinic.run(&add).exits(0).prints("4 addresses suppressed");
    judge.open_gate();
    running.wait().exits(0);
    let had: std::collections::BTreeSet<String> = written_to(&judge).into_iter().collect();
    assert_eq!(had, seen.into_iter().collect());
    assert_eq!(clinic.ledger().people("suppressed").len(), 4);
    clinic.assert_numbers_close();
}

const UNSUBSCRIBED: &str = "\
\"Email Address\",\"First Name\",\"Last Name\",MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_REASON,LEID\n\
person1@patients.example,Bela,Brook,2,\"2020-01-01 10:00:00\",\"2024-03-02 09:08:07\",\"Spring news\",NORMAL,77\n\
no address,Bob,Brook,2,,\"2024-03-02 09:08:07\",,,78\n\
Person2@Patients.example,Chloé,Castellano,2,,\"2024-04-05 01:02:03\",\"Summer news\",,79\n";

const CLEANED: &str = "\
\"Email Address\",\"First Name\",CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\n\
person2@patients.example,Chloé,\"2024-05-06 01:02:03\",\"June news\"\n\
person3@patients.example,Dov,\"2024-05-06 01:02:03\",\"June news\"\n";

#[test]
fn mailchimps_files_are_read_with_day_and_campaign_as_proof() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 4)
        .file("unsubscribed_x.csv", UNSUBSCRIBED)
        .file("cleaned_x.csv", CLEANED);
    type_in(&clinic, "suppress import unsubscribed_x.csv")
        .exits(2)
        .tells("--reason unsubscribed");
    type_in(&clinic, "suppress import unsubscribed_x.csv --reason unsubscribed")
        .exits(0)
        .prints("2 addresses suppressed, 1 row left out")
        .tells("unsubscribed_x.csv:3:1: warning: row left out");
    type_in(&clinic, "suppress import unsubscribed_x.csv --reason unsubscribed")
        .exits(0)
        .prints("0 addresses suppressed, 2 stood already");
    type_in(&clinic, "suppress import cleaned_x.csv --reason bounced")
        .exits(0)
        .prints("2 addresses suppressed");
    type_in(&clinic, "suppress import unsubscribed_x.csv --reason unsubscribed")
        .exits(0)
        .prints("0 addresses suppressed");
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(written_to(&judge), ["person4@patients.example"]);
    let listed = type_in(&clinic, "suppress list --json").exits(0).json();
    let evidence = listed[0]["evidence"].as_str().unwrap();
    assert!(evidence.starts_with("unsubscribed_x.csv line 2 (SHA-256 "), "{evidence}");
    assert!(evidence.ends_with("; 2024-03-02 09:08:07; Spring news; NORMAL"), "{evidence}");
    // Old news does not undo a word given since; newer news does.
    clinic
        .run(&["consent", "restore", "person1@patients.example", "--evidence", "signed again"])
        .exits(0);
    type_in(&clinic, "suppress import unsubscribed_x.csv --reason unsubscribed")
        .exits(0)
        .prints("1 came back since");
    clinic.write("unsubscribed_y.csv", UNSUBSCRIBED.replace("2024-03-02", "2097-03-02"));
    type_in(&clinic, "suppress import unsubscribed_y.csv --reason unsubscribed")
        .exits(0)
        .prints("1 address suppressed");
}

#[test]
fn no_import_of_a_list_takes_a_suppression_back() {
    for reason in ["by_hand", "unsubscribed", "bounced", "complained"] {
        let judge = Judge::start();
        let clinic = clinic_with(&judge, 2);
        type_in(&clinic, "import subscribers/patients.csv").exits(0);
        clinic
            .run(&["suppress", "add", "person1@patients.example", "--reason", reason])
            .exits(0);
        let people = clinic.read("subscribers/patients.csv");
        clinic.write(
            "subscribers/patients.csv",
            people.replace("Bela", "Béla").replace("person1", "Person1"),
        );
        type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
        type_in(&clinic, "send tips").exits(0);
        assert_eq!(written_to(&judge), ["person2@patients.example"], "{reason}");
    }
}

#[test]
fn an_export_carries_them_to_another_store() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    clinic
        .run(&[
            "suppress",
            "add",
            "person1@patients.example",
            "--reason",
            "complained",
            "--evidence",
            "=\"quoted\", and more",
        ])
        .exits(0);
    type_in(
        &clinic,
        "suppress add person2@patients.example --list patients --reason unsubscribed",
    )
    .exits(0);
    type_in(&clinic, "people forget person3@patients.example --yes").exits(0);
    type_in(&clinic, "suppress export left.csv")
        .exits(0)
        .prints("left.csv: 3 suppressions")
        .tells("only a hash is left");
    type_in(&clinic, "suppress export left.csv")
        .exits(65)
        .tells("name another file");
    assert_eq!(mode_of(&clinic, "left.csv"), 0o600);
    let text = clinic.read("left.csv");
    assert!(
        text.contains("\"'=\"\"quoted\"\", and more\"") && !text.contains("person3"),
        "{text}"
    );
    // The same keys: even the one of whom only a hash is left.
    type_in(&clinic, "suppress import left.csv")
        .exits(0)
        .prints("0 addresses suppressed, 3 stood already");
    let other = clinic_with(&judge, 3).file("left.csv", &text);
    type_in(&other, "suppress import left.csv")
        .exits(0)
        .prints("2 addresses suppressed, 1 row left out")
        .tells("made with another store's keys");
    type_in(&other, "import subscribers/patients.csv").exits(0);
    let listed = type_in(&other, "suppress list --json").exits(0).json();
    let told: Vec<_> = listed
        .iter()
        .map(|line| (line["reason"].as_str().unwrap(), line["list"].as_str()))
        .collect();
    assert_eq!(told, [("complained", None), ("unsubscribed", Some("patients"))]);
    let addresses = type_in(&clinic, "suppress export --with-address-only").exits(0);
    assert_eq!(addresses.stdout.lines().count(), 3, "{addresses}");
}

fn mode_of(clinic: &Workspace, file: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(clinic.path(file)).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_plain_list_of_addresses_is_read_too() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2).file("left.txt", "person1@patients.example\nnonsense\n");
    type_in(&clinic, "suppress import left.txt --reason unsubscribed")
        .exits(0)
        .prints("1 address suppressed, 1 row left out")
        .tells("left.txt:2:1: warning: row left out: `n***` is no address");
    clinic.write("columns.csv", "name,phone\nAnn,1\n");
    type_in(&clinic, "suppress import columns.csv --reason unsubscribed")
        .exits(65)
        .tells("no column holds the addresses");
    type_in(&clinic, "suppress import nowhere.csv --reason unsubscribed")
        .exits(65)
        .tells("cannot read `nowhere.csv`");
}
