//! `tidings consent`: what was agreed to, and the only way back.

use super::{clinic_with, type_in};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

const ANN: &str = "person1@patients.example";

fn imported(judge: &Judge) -> Workspace {
    let clinic = clinic_with(judge, 2);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    clinic
}

fn restore(clinic: &Workspace, more: &[&str]) -> crate::support::workspace::run::Output {
    clinic.run(&[&["consent", "restore", ANN][..], more].concat())
}

#[test]
fn consent_is_shown_with_its_proof_and_what_the_law_makes_of_it() {
    let judge = Judge::start();
    let clinic = imported(&judge);
    type_in(&clinic, "consent show person1@patients.example")
        .exits(0)
        .prints("list patients: yes, on 2025-03-02, paper form at the front desk")
        .prints("line 2")
        .prints("enough under the law of GB");
    let people = clinic.read("subscribers/patients.csv");
    let header = people.lines().next().unwrap();
    let implied = format!("{header},consent_basis\nperson1@patients.example,Bela,,,,,2025-03-02,visit,implied\n");
    clinic.write("subscribers/patients.csv", implied);
    clinic.write(
        "tidings.yaml",
        clinic.read("tidings.yaml").replace("jurisdiction: GB", "jurisdiction: CA"),
    );
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    type_in(&clinic, "consent show person1@patients.example --now 2027-03-02T12:00Z")
        .exits(0)
        .prints("enough under the law of CA, until 2027-03-03");
    let shown = type_in(
        &clinic,
        "consent show person1@patients.example --now 2027-03-03T12:00Z --json",
    )
    .exits(0)
    .json();
    let list = &shown[0]["lists"][0];
    assert_eq!(
        (list["accepted"].as_bool(), list["ends"].as_str()),
        (Some(false), Some("2027-03-03"))
    );
    type_in(&clinic, "consent show persn1@patients.example")
        .exits(2)
        .tells("did you mean p***@patients.example?");
}

#[test]
fn whoever_left_comes_back_with_proof_alone() {
    let judge = Judge::start();
    let clinic = imported(&judge);
    type_in(&clinic, "suppress add person1@patients.example --reason unsubscribed").exits(0);
    restore(&clinic, &[])
        .exits(2)
        .tells("without proof nobody is written to again")
        .tells("--evidence");
    restore(&clinic, &["--evidence", "  "]).exits(2);
    restore(&clinic, &["--evidence", "signed again on 3 May"])
        .exits(0)
        .prints("lifted\n  all mail, unsubscribed");
    restore(&clinic, &["--evidence", "signed again on 3 May"])
        .exits(0)
        .prints("nothing was lifted");
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(judge.accepted().len(), 2);
    type_in(&clinic, "suppress list").exits(0).tells("nobody is suppressed");
    type_in(&clinic, "suppress list --lifted")
        .exits(0)
        .prints("signed again on 3 May");
    type_in(&clinic, "consent show person1@patients.example")
        .exits(0)
        .prints("was not written to")
        .prints("signed again on 3 May");
}

#[test]
fn who_complained_or_was_forgotten_comes_back_by_their_own_request() {
    for (line, words) in [
        (
            "suppress add person1@patients.example --reason complained",
            "reported our mail as spam",
        ),
        ("people forget person1@patients.example --yes", "asked to be forgotten"),
    ] {
        let judge = Judge::start();
        let clinic = imported(&judge);
        type_in(&clinic, "suppress add person1@patients.example").exits(0);
        type_in(&clinic, line).exits(0);
        restore(&clinic, &["--evidence", "she said so"])
            .exits(2)
            .tells(words)
            .tells("--written-request");
        assert_eq!(
            type_in(&clinic, "suppress list --json").json().len(),
            2,
            "nothing may be lifted by halves"
        );
        restore(&clinic, &["--evidence", "letter of 3 May", "--written-request"])
            .exits(0)
            .prints("lifted");
        assert_eq!(type_in(&clinic, "suppress list --json").json().len(), 0);
    }
}

#[test]
fn a_list_alone_is_lifted_and_what_still_is_in_the_way_is_said() {
    let judge = Judge::start();
    let clinic = imported(&judge);
    type_in(&clinic, "suppress add person1@patients.example --list patients").exits(0);
    type_in(&clinic, "suppress add person1@patients.example --reason bounced").exits(0);
    restore(&clinic, &["--evidence", "asked", "--list", "patients"])
        .exits(0)
        .prints("list `patients`, suppressed by the clinic")
        .prints("still in the way: suppressed for all mail: the mailbox does not exist");
    let people = clinic.read("subscribers/patients.csv").replacen(",yes,", ",no,", 1);
    clinic.write("subscribers/patients.csv", people);
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    restore(&clinic, &["--evidence", "new mailbox"])
        .exits(0)
        .prints("all mail, the mailbox does not exist")
        .prints("still in the way: line 2 of `patients.csv`: said no to mail");
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(judge.accepted().len(), 1);
    clinic
        .run(&["consent", "restore", "stranger@example.org", "--evidence", "x"])
        .exits(2)
        .tells("nobody with the address");
}
