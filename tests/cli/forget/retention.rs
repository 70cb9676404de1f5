//! `people retention`: whoever left long ago is forgotten, and may come back.

use crate::cli::{clinic_with, type_in};
use crate::support::judge::Judge;
use crate::support::scan::assert_no_trace;
use crate::support::workspace::Workspace;

/// Three people, of whom the third has left in January 2027.
fn left(judge: &Judge) -> Workspace {
    let clinic = clinic_with(judge, 3);
    type_in(&clinic, "import subscribers/patients.csv --now 2026-12-01T09:00Z").exits(0);
    let all = clinic.read("subscribers/patients.csv");
    let some: Vec<&str> = all.lines().take(3).collect();
    clinic.write("subscribers/patients.csv", some.join("\n") + "\n");
    clinic
        .run(&[
            "suppress",
            "add",
            "person3@patients.example",
            "--reason",
            "unsubscribed",
            "--now",
            "2027-01-02T09:00Z",
        ])
        .exits(0);
    type_in(&clinic, "import subscribers/patients.csv --yes --now 2027-01-03T09:00Z").exits(0);
    clinic
}

#[test]
fn nobody_is_forgotten_unless_the_settings_say_when() {
    let judge = Judge::start();
    let clinic = left(&judge);
    type_in(&clinic, "people retention --yes")
        .exits(78)
        .tells("forget_after_leaving: 24 months");
    type_in(&clinic, "run --now 2040-01-01T09:00Z").exits(0);
    type_in(&clinic, "people show person3@patients.example")
        .exits(0)
        .prints("first_name: Dov");
    let clinic = clinic.setting("people: {forget_after_leavin: 24 months}");
    type_in(&clinic, "check")
        .exits(65)
        .tells("did you mean `forget_after_leaving`?");
    let clinic = clinic.setting("people: {forget_after_leaving: 24}");
    type_in(&clinic, "check").exits(65).tells("does not say months or years");
}

#[test]
fn whoever_left_long_ago_is_forgotten_stays_suppressed_and_may_come_back() {
    let judge = Judge::start();
    let clinic = left(&judge).setting("people: {forget_after_leaving: 24 months}");
    type_in(&clinic, "people retention --now 2029-01-03T08:00Z")
        .exits(0)
        .tells("nobody left all lists 24 months ago");
    type_in(&clinic, "people retention --now 2029-01-03T10:00Z")
        .exits(0)
        .prints("person3@patients.example");
    assert!(
        type_in(&clinic, "people show person3@patients.example")
            .stdout
            .contains("Dov")
    );
    type_in(&clinic, "people retention --yes --now 2029-01-03T10:00Z")
        .exits(0)
        .tells("1 person forgotten");
    assert_no_trace(&clinic.path(".tidings"), &["person3@patients.example", "Dov"]);
    type_in(&clinic, "suppress list")
        .exits(0)
        .prints("(forgotten)")
        .prints("unsubscribed");
    type_in(&clinic, "people retention --yes --now 2029-01-03T10:00Z")
        .exits(0)
        .tells("nobody left");
    let row = "person3@patients.example,Dov,Hale,Bath,2029-02-01,yes,2029-02-01,form\n";
    clinic.write("subscribers/patients.csv", clinic.read("subscribers/patients.csv") + row);
    type_in(&clinic, "import subscribers/patients.csv --yes --now 2029-02-01T09:00Z")
        .exits(0)
        .prints("1 new");
    type_in(&clinic, "people list --suppressed")
        .exits(0)
        .prints("person3@patients.example");
}

#[test]
fn run_does_it_in_silence_and_leaves_those_alone_for_whom_a_letter_waits() {
    let judge = Judge::start();
    let clinic = left(&judge).setting("people: {forget_after_leaving: 24 months}");
    type_in(&clinic, "run --now 2029-01-03T08:00Z").exits(0).says_nothing();
    type_in(&clinic, "people show person3@patients.example")
        .exits(0)
        .prints("Dov");
    type_in(&clinic, "run --now 2029-01-03T10:00Z").exits(0).says_nothing();
    assert_no_trace(&clinic.path(".tidings"), &["person3@patients.example"]);
    assert!(
        type_in(&clinic, "people show person1@patients.example")
            .stdout
            .contains("person1")
    );
}
