//! `tidings people forget`: after it no byte of the address is left under `.tidings/`, and the numbers still close.
//!
//! The histories are as full as a clinic's: letters accepted, refused with the address in the reply, put off, held and in doubt, lists
//! that changed, people who left and came back, a rehearsal, a store that was laid aside.

mod retention;

use super::{clinic_with, type_in, until_under_way};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::scan::{self, assert_no_trace};
use crate::support::workspace::Workspace;

const ANN: &str = "Ann.Lee@patients.example";

/// A clinic of four, one of them Ann, with a store that has seen everything.
fn clinic_with_history(judge: &Judge) -> Workspace {
    let clinic = clinic_with(judge, 3);
    let people = clinic.read("subscribers/patients.csv");
    let with = |row: &str| clinic.write("subscribers/patients.csv", format!("{people}{row}"));
    with("Ann.Lee@patients.example,Ann,Lee,Bath,2025-03-01,yes,2025-03-01,form of ann.lee@patients.example\n");
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    type_in(&clinic, "rehearse").exits(0);
    judge.add(
        Rule::at(Phase::Rcpt)
            .to("Ann.Lee@patients.example")
            .reply("451 4.2.1 <ann.lee@PATIENTS.example>: mailbox full, ANN.LEE@patients.example"),
    );
    type_in(&clinic, "send tips").exits(0);
    with("ann.lee@patients.example,Annabelle,Lee,Trowbridge,2025-03-01,yes,2025-03-01,form\n");
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    clinic.run(&["hold", "tips/walks", "--because", "ask Ann.Lee@patients.example first"]);
    clinic
        .run(&[
            "suppress",
            "add",
            "ann.lee@patients.example",
            "--evidence",
            "mail from ann.lee@patients.example",
            "--list",
            "patients",
        ])
        .exits(0);
    clinic
        .run(&[
            "consent",
            "restore",
            ANN,
            "--evidence",
            "ANN.LEE@PATIENTS.EXAMPLE wrote again",
        ])
        .exits(0);
    judge.heal();
    clinic
}

#[test]
fn no_byte_of_the_address_is_left_and_the_numbers_close() {
    let judge = Judge::start();
    let clinic = clinic_with_history(&judge);
    type_in(&clinic, "backup old.tidings").exits(0);
    type_in(&clinic, "restore old.tidings --replace").exits(0);
    type_in(&clinic, "release tips").exits(0);
    scan::assert_traces(clinic.root(), ANN);
    let output = clinic
        .run(&["people", "forget", "ANN.lee@patients.example", "--yes"])
        .exits(0);
    let output = output
        .prints("A***@patients.example is forgotten: 2 versions blank, off 1 list")
        .prints("laid aside: ")
        .prints("still holds the address: subscribers/patients.csv line 5")
        .tells("backups and exports made before today");
    assert!(!output.stderr.to_lowercase().contains("ann.lee"), "{output}");
    assert_no_trace(&clinic.path(".tidings"), &[ANN, "Annabelle", "Trowbridge", "ann.lee"]);
    assert!(!clinic.path(".tidings/rehearsal").exists());
    clinic.assert_numbers_close();
    type_in(&clinic, "doctor --offline").exits(0);
    let why = clinic.run(&["why", ANN]).exits(0);
    assert!(why.stdout.contains("erased on 20"), "{why}");
    type_in(&clinic, "people forget Ann.Lee@patients.example --yes")
        .exits(0)
        .prints("already");
    type_in(&clinic, "run").exits(0);
    assert_no_trace(&clinic.path(".tidings"), &[ANN]);
}

#[test]
fn what_waits_is_called_off_and_everything_else_answers_kindly() {
    let judge = Judge::start();
    let clinic = clinic_with_history(&judge);
    assert_eq!(clinic.ledger_of("deferred"), 1);
    type_in(&clinic, "people forget Ann.Lee@patients.example --yes")
        .exits(0)
        .prints("1 letter called off");
    assert_eq!((clinic.ledger_of("suppressed"), clinic.ledger_of("deferred")), (1, 0));
    type_in(&clinic, "resend tips --to Ann.Lee@patients.example --yes").never_says("panicked");
    type_in(&clinic, "resend tips/sleep --failed --yes").never_says("panicked");
    type_in(&clinic, "hold tips --to Ann.Lee@patients.example").never_says("panicked");
    type_in(&clinic, "resolve tips --sent Ann.Lee@patients.example").never_says("panicked");
    let before = judge.deliveries().len();
    type_in(&clinic, "test tips --to Ann.Lee@patients.example")
        .exits(2)
        .tells("asked to be forgotten");
    assert_eq!(judge.deliveries().len(), before);
    type_in(&clinic, "people show Ann.Lee@patients.example")
        .exits(0)
        .prints("erased on");
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "send tips").exits(0);
    assert!(
        judge
            .accepted()
            .iter()
            .all(|taken| !taken.recipient.to_lowercase().contains("ann.lee"))
    );
    assert_no_trace(&clinic.path(".tidings"), &[ANN]);
    clinic.assert_numbers_close();
}

#[test]
fn while_a_send_is_running_mail_stops_at_once_and_the_pages_are_wiped_later() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).after(1).hang());
    let clinic = clinic_with(&judge, 4);
    let running = clinic.spawn(&["send", "tips"]);
    until_under_way(&judge);
    until("a letter that hangs", || judge.letters() >= 2);
    type_in(&clinic, "people forget person4@patients.example --yes")
        .exits(75)
        .prints("is forgotten")
        .tells("`tidings send tips` (process")
        .tells("the next `tidings run` wipes them");
    judge.heal();
    running.kill();
    type_in(&clinic, "run").exits(1);
    assert!(
        judge
            .accepted()
            .iter()
            .all(|taken| taken.recipient != "person4@patients.example")
    );
    assert_no_trace(&clinic.path(".tidings"), &["person4@patients.example"]);
    clinic.assert_numbers_close();
    type_in(&clinic, "doctor --offline").exits(0);
}

#[test]
fn whoever_looks_at_the_store_makes_the_wiping_wait() {
    let judge = Judge::start();
    let clinic = clinic_with_history(&judge);
    let reader = scan::reader(&clinic.path(".tidings/store.db"));
    type_in(&clinic, "people forget Ann.Lee@patients.example --yes")
        .exits(75)
        .tells("another command looks at the store");
    type_in(&clinic, "run").exits(0).says_nothing();
    drop(reader);
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_no_trace(&clinic.path(".tidings"), &[ANN]);
}

#[test]
fn a_letter_under_way_is_never_repeated() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).hang());
    let clinic = clinic_with(&judge, 1);
    let running = clinic.spawn(&["send", "tips"]);
    until("a letter that hangs", || judge.letters() >= 1);
    type_in(&clinic, "people forget person1@patients.example --yes")
        .exits(75)
        .tells("1 letter under way");
    running.kill();
    judge.heal();
    type_in(&clinic, "run").exits(1);
    type_in(&clinic, "resolve tips --not-sent person1@patients.example --yes").exits(0);
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 0);
    assert_eq!(clinic.ledger_of("cancelled"), 1);
    assert_no_trace(&clinic.path(".tidings"), &["person1@patients.example"]);
}

#[test]
fn forgetting_asks_first_and_knows_a_slip_of_the_keyboard() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    type_in(&clinic, "people forget person1@patients.example")
        .exits(2)
        .tells("nobody is here to ask")
        .tells("--yes");
    type_in(&clinic, "people forget persom1@patients.example --yes")
        .exits(2)
        .tells("nobody with the address p***@patients.example is on record")
        .tells("did you mean p***@patients.example?");
    type_in(&clinic, "people forget nonsense --yes")
        .exits(2)
        .tells("it needs exactly one `@`");
    type_in(&clinic, "--rehearsal people forget person1@patients.example --yes").exits(2);
    let before = type_in(&clinic, "people list").exits(0);
    assert_eq!(before.stdout.lines().count(), 4, "{before}");
}

#[test]
fn somebody_who_is_only_in_a_file_is_kept_out_for_ever() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "people forget person2@patients.example --yes --json")
        .exits(0)
        .prints("\"files\":[{\"file\":\"subscribers/patients.csv\",\"lines\":[3]}]");
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(judge.accepted().len(), 1);
}

#[test]
fn no_import_and_no_undo_brings_a_forgotten_person_back() {
    let judge = Judge::start();
    let clinic = clinic_with_history(&judge);
    type_in(&clinic, "people forget Ann.Lee@patients.example --yes").exits(0);
    let people = clinic.read("subscribers/patients.csv").replace("Annabelle", "Annabella");
    clinic.write("subscribers/patients.csv", people);
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    type_in(&clinic, "run").exits(0);
    assert_no_trace(&clinic.path(".tidings"), &[ANN, "Annabell"]);
    let imports = type_in(&clinic, "import --history --json").exits(0).json();
    let numbers: Vec<String> = imports
        .iter()
        .filter_map(|import| Some(import["import"].as_u64()?.to_string()))
        .collect();
    assert!(numbers.len() > 1, "{imports:?}");
    for number in numbers.iter().rev().chain(&numbers) {
        clinic.run(&["import", "--undo", number, "--yes"]).never_says("fault of ours");
        assert_no_trace(&clinic.path(".tidings"), &[ANN, "Annabell"]);
        let listed = type_in(&clinic, "people list --json").exits(0);
        assert!(!listed.stdout.to_lowercase().contains("ann.lee"), "{listed}");
    }
    type_in(&clinic, "doctor --offline").exits(0);
}

impl Workspace {
    /// How many letters stand in this state, whoever's they are.
    fn ledger_of(&self, state: &str) -> usize {
        type_in(self, &format!("log --state {state} --json")).exits(0).json().len()
    }
}
