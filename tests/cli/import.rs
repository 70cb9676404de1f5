//! `tidings import`: a list file into the store, whole or not at all.

use super::{answers, clinic, type_in};
use crate::support::people;

#[test]
fn a_trial_writes_nothing_and_the_same_file_twice_changes_nothing() {
    let clinic = clinic(3);
    let trial = "patients: 3 new\n  only tried (3 changes): nothing was written\n";
    answers(&clinic, "import subscribers/patients.csv --dry-run", 0, trial, "");
    assert!(!clinic.path(".tidings").exists());
    answers(&clinic, "import subscribers/patients.csv", 0, "patients: 3 new\n", "");
    let same = "patients: nothing changed since the last import\n";
    answers(&clinic, "import subscribers/patients.csv", 0, same, "");
}

#[test]
fn who_is_gone_from_the_file_has_left_and_comes_back_with_the_row() {
    let clinic = clinic(10);
    type_in(&clinic, "import subscribers/patients.csv")
        .exits(0)
        .prints("patients: 10 new\n");
    clinic.write("subscribers/patients.csv", people::csv(9));
    answers(
        &clinic,
        "import subscribers/patients.csv",
        0,
        "patients: 1 gone from the file, 9 as before\n",
        "",
    );
    type_in(&clinic, "why person10@patients.example")
        .exits(0)
        .prints("no longer on it (the row is gone from the file)");
    clinic.write("subscribers/patients.csv", people::csv(10));
    answers(
        &clinic,
        "import subscribers/patients.csv",
        0,
        "patients: 1 back, 9 as before\n",
        "",
    );
}

#[test]
fn a_file_that_changes_too_much_waits_for_a_word() {
    let clinic = clinic(10);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    clinic.write("subscribers/patients.csv", people::csv(5));
    let refused = "\
subscribers/patients.csv: error: the file would change 50 % of list `patients` (10 people: 0 new, 0 changed, 5 gone)
  hint: if that is right, say so once: `tidings import subscribers/patients.csv --yes`; nothing was changed
error: nothing was imported
";
    answers(&clinic, "import subscribers/patients.csv", 65, "", refused);
    type_in(&clinic, "why person9@patients.example")
        .exits(0)
        .prints("list patients: on it");
    answers(
        &clinic,
        "import subscribers/patients.csv --yes",
        0,
        "patients: 5 gone from the file, 5 as before\n",
        "",
    );
}

#[test]
fn an_export_from_elsewhere_is_read_for_the_list_that_is_named() {
    let clinic = clinic(3);
    clinic.write("export.csv", people::csv(4));
    answers(&clinic, "import export.csv --list patients", 0, "patients: 4 new\n", "");
    type_in(&clinic, "why person4@patients.example")
        .exits(0)
        .prints("list patients: on it");
}

#[test]
fn the_numbers_are_there_for_a_program() {
    let clinic = clinic(3);
    let report = type_in(&clinic, "import subscribers/patients.csv --json").exits(0).json();
    let wanted = serde_json::json!({
        "list": "patients", "kept": true, "before": 0, "added": 3, "updated": 0, "unchanged": 0, "returned": 0, "left": 0,
        "skipped": [], "merged": 0,
    });
    assert_eq!(report, [wanted]);
}

#[test]
fn a_file_that_is_not_there_is_not_an_empty_list() {
    let missing = "error: there is no file `subscribers/patient.csv`\nhint: did you mean `subscribers/patients.csv`?\n";
    answers(&clinic(3), "import subscribers/patient.csv", 65, "", missing);
}
