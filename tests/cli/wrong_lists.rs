//! List files as exports leave them: what is no person is told by its line, what is no list stops, and nobody is written to twice.

use super::{answers, assert_nobody_was_written_to, clinic, clinic_with, type_in};
use crate::support::judge::Judge;

const LIST: &str = "subscribers/patients.csv";

/// A file that is no list stops `import` and `send` alike.
#[track_caller]
fn check(list: &str, expected: &str) {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 0).file(LIST, list);
    answers(
        &clinic,
        &format!("import {LIST}"),
        65,
        "",
        &format!("{expected}error: nothing was imported\n"),
    );
    type_in(&clinic, "send tips")
        .exits(65)
        .tells(expected)
        .tells("nothing was sent\n");
    type_in(&clinic, "check")
        .exits(65)
        .tells(expected)
        .tells("1 error, 0 warnings");
    assert_nobody_was_written_to(&clinic, &judge);
}

#[test]
fn a_file_that_is_no_list() {
    check(
        "",
        "subscribers/patients.csv: error: the list is empty\n  hint: its first line names the columns, such as `email,first_name,consent`\n",
    );
    check(
        "name,city\nAnn,Bath\n",
        "subscribers/patients.csv:1:1: error: no column holds the addresses; the columns are `name`, `city`\n  \
         hint: name the column `email`, `e-mail`, `email address`, `mail`, `courriel`, `correo`, or write \
         `columns: {NAME OF THE COLUMN: email}` into `subscribers/patients.yaml`\n",
    );
}

#[test]
fn rows_that_are_nobody_are_left_out_by_their_line() {
    let rows = "email,consent,consent_date,consent_source\n\
                ann@example.org,yes,2025-01-01,form\nann at example,yes,2025-01-01,form\n,yes,2025-01-01,form\n";
    let clinic = clinic(0).file(LIST, rows);
    let told = "\
subscribers/patients.csv:3:1: warning: row left out: `a***` is no address: it needs exactly one `@`
  hint: correct the address, or take the row out
subscribers/patients.csv:4:1: warning: row left out: the row has no address
  hint: add the address, or leave it: the person gets no letters
";
    type_in(&clinic, "import subscribers/patients.csv")
        .exits(0)
        .prints("patients: 1 new, 2 left out (import 1; ")
        .tells(told);
    type_in(&clinic, "check").exits(0).tells(told);
    type_in(&clinic, "rehearse").exits(0).prints("the sandbox accepted 1 letter;");
}

#[test]
fn the_same_person_three_times_gets_one_letter() {
    let judge = Judge::start();
    let rows = "email,consent,consent_date,consent_source\n\
                ann@example.org,yes,2025-01-01,form\nAnn@Example.org,yes,2025-01-01,form\n ann@example.org ,yes,2025-01-01,form\n";
    let clinic = clinic_with(&judge, 0).file(LIST, rows);
    type_in(&clinic, "send tips")
        .exits(0)
        .prints("1 letter accepted by the relay\n")
        .tells("subscribers/patients.csv:3:1: warning: ")
        .tells("stands on line 2 already; the rows are one person now");
    assert_eq!(judge.accepted().len(), 1);
    assert_eq!(type_in(&clinic, "log --json").exits(0).json().len(), 1);
}

#[test]
fn a_list_in_an_old_encoding_is_read_rightly() {
    let clinic = clinic(0);
    let rows = b"email,first_name,consent,consent_date,consent_source\nzoe@example.org,Zo\xeb,yes,2025-01-01,\x93form\x94\n";
    clinic.write(LIST, rows);
    type_in(&clinic, "rehearse").exits(0);
    let letter = clinic.read(".tidings/rehearsal/outbox/0001-zoe-example.org.eml");
    assert!(letter.contains("Dear Zo=C3=AB,"), "{letter}");
}

#[test]
fn a_list_that_became_unreadable_keeps_the_people_it_had() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(0);
    clinic.write(LIST, "");
    type_in(&clinic, "send tips").exits(65).tells("the list is empty");
    type_in(&clinic, "why person1@patients.example")
        .exits(0)
        .prints("list patients: on it");
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn a_workbook_that_cannot_be_read_is_told() {
    check(
        "PK\u{3}\u{4}rest of a workbook",
        "subscribers/patients.csv: error: the workbook cannot be read: it is damaged\n  \
         hint: open it in Excel or LibreOffice and save it again as .xlsx or as `CSV UTF-8`\n",
    );
}

#[test]
fn a_list_that_changes_much_is_told_before_it_stops_a_send() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 20);
    type_in(&clinic, &format!("import {LIST}")).exits(0);
    let clinic = clinic.with_people(10);
    for line in ["plan", "rehearse"] {
        type_in(&clinic, line)
            .exits(0)
            .tells("warning: the file would change 50 % of list `patients`");
    }
    type_in(&clinic, "send tips")
        .exits(65)
        .tells("error: the file would change 50 %");
    assert_nobody_was_written_to(&clinic, &judge);
}
