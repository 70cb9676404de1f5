//! `tidings import`: a list file into the store, whole or not at all.

use super::{answers, clinic, clinic_with, type_in, waiting};
use crate::support::judge::Judge;
use crate::support::people;

/// What the first import of a list says beside its numbers.
const MAPPED: &str = "wrote `subscribers/patients.yaml`: what each column was taken for; correct it there\n";

/// How an import that was kept ends its line.
fn kept(import: u32) -> String {
    format!(" (import {import}; `tidings import --undo {import}` takes it back)\n")
}

#[test]
fn a_trial_writes_nothing_and_the_same_file_twice_changes_nothing() {
    let clinic = clinic(3);
    let trial = type_in(&clinic, "import subscribers/patients.csv --dry-run").exits(0);
    let trial = trial.prints("patients: 3 new\n  new: person1@patients.example\n");
    trial.prints("  only tried (3 changes): nothing was written\n");
    assert!(!clinic.path(".tidings").exists() && !clinic.path("subscribers/patients.yaml").exists());
    let line = format!("patients: 3 new{}", kept(1));
    answers(&clinic, "import subscribers/patients.csv", 0, &line, MAPPED);
    let same = "patients: nothing changed since the last import\n";
    answers(&clinic, "import subscribers/patients.csv", 0, same, "");
}

#[test]
fn who_is_gone_from_the_file_has_left_and_comes_back_with_the_row() {
    let clinic = clinic(10);
    type_in(&clinic, "import subscribers/patients.csv")
        .exits(0)
        .prints("patients: 10 new");
    clinic.write("subscribers/patients.csv", people::csv(9));
    let line = format!("patients: 1 gone from the file, 9 as before{}", kept(2));
    answers(&clinic, "import subscribers/patients.csv", 0, &line, "");
    type_in(&clinic, "why person10@patients.example")
        .exits(0)
        .prints("no longer on it (the row is gone from the file)");
    clinic.write("subscribers/patients.csv", people::csv(10));
    let line = format!("patients: 1 back, 9 as before{}", kept(3));
    answers(&clinic, "import subscribers/patients.csv", 0, &line, "");
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
    let line = format!("patients: 5 gone from the file, 5 as before{}", kept(2));
    answers(&clinic, "import subscribers/patients.csv --yes", 0, &line, "");
}

#[test]
fn an_export_from_elsewhere_becomes_the_lists_own_file() {
    let clinic = clinic(3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let before = clinic.read("subscribers/patients.csv");
    clinic.write("export.csv", people::csv(5));
    let line = format!("patients: 2 new, 3 as before{}", kept(2));
    answers(&clinic, "import export.csv --list patients", 0, &line, "");
    assert_eq!(
        clinic.read("subscribers/patients.csv"),
        people::csv(5),
        "files say who is on a list"
    );
    assert_eq!(clinic.read("subscribers/patients.csv~"), before);
    answers(
        &clinic,
        "import subscribers/patients.csv",
        0,
        "patients: nothing changed since the last import\n",
        "",
    );
    let undone = "patients: import 2 is taken back: 2 off the list, 0 as before\n";
    let file = "`subscribers/patients.csv` is the file from before again\n";
    answers(&clinic, "import --undo 2", 0, undone, file);
    assert_eq!(clinic.read("subscribers/patients.csv"), before);
    let mode = std::fs::metadata(clinic.path("subscribers/patients.csv"))
        .unwrap()
        .permissions();
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777,
        0o600,
        "who is a patient is nobody's business"
    );
}

#[test]
fn an_export_that_is_refused_leaves_the_lists_file_alone() {
    let clinic = clinic(10);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let before = clinic.read("subscribers/patients.csv");
    clinic.write("export.csv", people::csv(2));
    type_in(&clinic, "import export.csv --list patients")
        .exits(65)
        .tells("nothing was imported");
    clinic.write("export.csv", "name,city\nAnn,Bath\n");
    type_in(&clinic, "import export.csv --list patients")
        .exits(65)
        .tells("the list has no column `email`, which its `.yaml` file names");
    assert_eq!(clinic.read("subscribers/patients.csv"), before);
    assert!(!clinic.path("subscribers/patients.csv~").exists());
}

#[test]
fn what_was_taken_back_stays_out_until_a_person_asks_for_it() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    clinic.write("subscribers/patients.csv", people::csv(5));
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    type_in(&clinic, "import --undo 2")
        .exits(0)
        .tells("the file that was imported still lies there");
    type_in(&clinic, "send tips --yes")
        .exits(0)
        .tells("import 2 of this very file was taken back, so list `patients` stays as it was before");
    assert_eq!(
        judge.accepted().len(),
        3,
        "nobody of the file that was taken back is written to"
    );
    type_in(&clinic, "import --undo 2")
        .exits(2)
        .tells("import 2 was taken back at ");
    type_in(&clinic, "import --undo 7").exits(2).tells("there is no import 7");
    type_in(&clinic, "import subscribers/patients.csv")
        .exits(0)
        .prints("2 new, 3 as before");
    let history = type_in(&clinic, "import --history").exits(0);
    history
        .prints("patients from patients.csv: 3 new\n")
        .prints("patients from patients.csv: 2 new, taken back ");
}

#[test]
fn the_first_import_of_a_list_can_be_taken_back_too() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0).tells(MAPPED);
    type_in(&clinic, "import --undo 1").exits(0).prints("3 off the list");
    type_in(&clinic, "send tips --yes").tells("import 1 of this very file was taken back");
    type_in(&clinic, "run");
    assert_eq!(judge.accepted().len(), 0);
    type_in(&clinic, "import subscribers/patients.csv --dry-run")
        .exits(0)
        .prints("3 new");
}

#[test]
fn a_mapping_that_is_corrected_reads_the_same_file_anew() {
    let list = "email,consent,consent_date,consent_source,Town\nann@example.org,yes,2026-01-01,form,Bath\n";
    let clinic = clinic(0).file("subscribers/patients.csv", list);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let mapping = clinic.read("subscribers/patients.yaml");
    assert!(mapping.contains("Town: town"), "{mapping}");
    clinic.write("subscribers/patients.yaml", mapping.replace("Town: town", "Town: city"));
    type_in(&clinic, "import subscribers/patients.csv --dry-run")
        .exits(0)
        .prints("changed: ann@example.org (city: (empty) → Bath; town: Bath → (empty))");
}

#[test]
fn a_mapping_that_was_not_written_is_written_by_the_next_import() {
    let clinic = clinic(3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let written = clinic.read("subscribers/patients.yaml");
    std::fs::remove_file(clinic.path("subscribers/patients.yaml")).unwrap();
    type_in(&clinic, "import subscribers/patients.csv").exits(0).tells(MAPPED);
    assert_eq!(clinic.read("subscribers/patients.yaml"), written);
    type_in(&clinic, "import subscribers/patients.csv")
        .exits(0)
        .prints("nothing changed");
}

#[test]
fn consent_is_vouched_for_by_a_person_and_on_record() {
    let list = "email,consent\nann@example.org,\nbob@example.org,no\n";
    let clinic = clinic(0).file("subscribers/patients.csv", list);
    let line = "import subscribers/patients.csv --assume-consent --basis";
    type_in(&clinic, &format!("{line} implyed"))
        .exits(2)
        .tells("did you mean `implied`?");
    type_in(&clinic, "import subscribers/patients.csv --assume-consent")
        .exits(2)
        .tells("--basis <BASIS>");
    type_in(&clinic, &format!("{line} implied --consent-date 01/06/2026"))
        .exits(2)
        .tells("may be 2026-06-01 or 2026-01-06");
    type_in(
        &clinic,
        &format!("{line} implied --consent-date 2026-06-01 --evidence contracts"),
    )
    .exits(0)
    .prints("2 new, 1 with consent by your word");
    let history = type_in(&clinic, "import --history --json").exits(0).json();
    let vouched = serde_json::json!({"basis": "implied", "date": "2026-06-01", "evidence": "contracts"});
    assert_eq!(history[0]["assumed"], vouched);
    let settings = clinic.read("tidings.yaml").replace("jurisdiction: GB", "jurisdiction: CA");
    clinic.write("tidings.yaml", settings);
    type_in(&clinic, &format!("{line} implied"))
        .exits(2)
        .tells("Canada wants the day of every consent");
}

#[test]
fn rows_that_are_nobody_go_into_a_file_of_their_own() {
    let list = "email,consent\nann@example.org,yes\nbob at example.org,yes\n=1+1,yes\n";
    let clinic = clinic(0).file("subscribers/patients.csv", list);
    let rejects = clinic.path("rejects.csv");
    let line = format!("import subscribers/patients.csv --dry-run --rejects {}", rejects.display());
    type_in(&clinic, &line).exits(0).prints("1 new, 2 left out");
    let written = std::fs::read_to_string(&rejects).unwrap();
    let lines: Vec<&str> = written.lines().collect();
    assert_eq!(
        lines[0].replace('"', "").trim_start_matches('\u{feff}'),
        "line,column,value,reason,fix"
    );
    assert!(
        lines[1].contains("bob at example.org") && lines[2].contains("'=1+1"),
        "{written}"
    );
}

#[test]
fn an_encoding_that_was_said_once_is_kept() {
    let clinic = clinic(0).file("subscribers/patients.csv", "");
    let bytes = b"email,first_name,consent\nann@example.org,Jos\x8e,yes\n";
    std::fs::write(clinic.path("subscribers/patients.csv"), bytes).unwrap();
    type_in(&clinic, "import subscribers/patients.csv --encoding macintosh").exits(0);
    assert!(clinic.read("subscribers/patients.yaml").contains("encoding: macintosh"));
    type_in(&clinic, "import subscribers/patients.csv")
        .exits(0)
        .prints("nothing changed");
    type_in(&clinic, "people show ann@example.org").exits(0).prints("José");
    type_in(&clinic, "import subscribers/patients.csv --encoding windows-1252")
        .exits(2)
        .tells("says `encoding: macintosh`");
    type_in(&clinic, "import subscribers/patients.csv --encoding klingon").exits(2);
}

#[test]
fn a_list_under_another_name_brings_nobody_back_unsaid() {
    let clinic = clinic(3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    type_in(
        &clinic,
        "suppress add person1@patients.example --list patients --reason unsubscribed",
    )
    .exits(0);
    std::fs::rename(
        clinic.path("subscribers/patients.csv"),
        clinic.path("subscribers/clients.csv"),
    )
    .unwrap();
    type_in(&clinic, "import subscribers/clients.csv")
        .exits(0)
        .tells("list `clients` is new, and 1 person on it left another list or said no there");
}

#[test]
fn a_list_is_one_file() {
    let clinic = clinic(3);
    clinic.write("subscribers/patients.tsv", people::csv(3).replace(',', "\t"));
    type_in(&clinic, "check")
        .exits(65)
        .tells("list `patients` has two files, `patients.csv` and `patients.tsv`");
    type_in(&clinic, "import subscribers/patients.csv --list ../../etc")
        .exits(2)
        .tells("cannot be a list's name");
}

#[test]
fn the_numbers_are_there_for_a_program() {
    let clinic = clinic(3);
    let report = type_in(&clinic, "import subscribers/patients.csv --json").exits(0).json();
    let numbers = [
        "before",
        "updated",
        "unchanged",
        "returned",
        "left",
        "suppressed",
        "erased",
        "unsubscribed",
        "assumed",
        "merged",
    ];
    for number in numbers {
        assert_eq!(report[0][number], 0, "{number}");
    }
    assert_eq!(
        (&report[0]["list"], &report[0]["added"], &report[0]["import"]),
        (&"patients".into(), &3.into(), &1.into())
    );
}

#[test]
fn a_file_that_is_not_there_is_not_an_empty_list() {
    let missing = "error: there is no file `subscribers/patient.csv`\nhint: did you mean `subscribers/patients.csv`?\n";
    answers(&clinic(3), "import subscribers/patient.csv", 65, "", missing);
}

#[test]
fn a_no_that_is_imported_stops_the_letter_that_waits() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    let list = clinic.read("subscribers/patients.csv");
    let second = list.lines().nth(2).unwrap().to_owned();
    let no = second.replacen(",yes,", ",no,", 1);
    assert_ne!(second, no, "the row of the second patient says yes");
    clinic.write("subscribers/patients.csv", list.replace(&second, &no));
    type_in(&clinic, "import subscribers/patients.csv")
        .exits(0)
        .prints("1 changed");
    type_in(&clinic, "release tips");
    type_in(&clinic, "run");
    assert_eq!(judge.accepted().len(), 2, "who said no meanwhile gets no letter");
    type_in(&clinic, "why person2@patients.example").exits(0).prints("suppressed");
}
