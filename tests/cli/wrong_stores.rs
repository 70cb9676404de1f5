//! Stores that cannot be written, are lost or are not the right ones: nothing is sent before that is settled.

use super::{answers, clinic_with, type_in};
use crate::support::judge::Judge;

#[test]
fn a_file_in_the_stores_way_is_74() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3).file(".tidings", "in the way\n");
    let told = "\
error: cannot make the folder `HERE/.tidings`: File exists
hint: a file is in the way of the folder `HERE/.tidings`: move it elsewhere
";
    for line in ["send tips", "run"] {
        answers(&clinic, line, 74, "", told);
    }
    // Whoever asks is not told that nothing was ever sent: the answer is not to be had.
    for line in [
        "import subscribers/patients.csv",
        "status",
        "log",
        "plan",
        "why ann@example.org",
        "hold tips",
    ] {
        type_in(&clinic, line)
            .exits(74)
            .tells("cannot look into")
            .tells("a file is in the way");
    }
    type_in(&clinic, "rehearse").exits(74).tells("a file is in the way");
    assert_eq!(clinic.read(".tidings"), "in the way\n");
    assert_eq!(judge.connections(), 0);
}

#[test]
fn letters_on_record_elsewhere_are_not_sent_again() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3).file("campaigns/.sent", "store_id: k7f2m9\ngeneration: 1\n");
    let told = "\
error: letters of this workspace went out from store `k7f2m9`, and that store is not here
hint: bring `.tidings/` here from the machine that sent last: without it people would get letters twice
hint: `tidings restore FILE` brings a backup back; `tidings adopt --journal-lost` goes on without any, with everything on hold
hint: `campaigns/.sent` is what remembers; nothing was sent
";
    for line in [
        "send tips",
        "run",
        "import subscribers/patients.csv",
        "status",
        "log",
        "plan",
        "why ann@example.org",
        "hold tips",
    ] {
        answers(&clinic, line, 78, "", told);
    }
    type_in(&clinic, "rehearse")
        .exits(0)
        .tells("the store that remembers them is not here");
    assert_eq!(judge.connections(), 0);
}

#[test]
fn a_damaged_marker_is_never_taken_for_none() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3).file("campaigns/.sent", "<<<<<<< mine\n");
    type_in(&clinic, "send tips")
        .exits(78)
        .tells("campaigns/.sent` is damaged: ")
        .tells("do not delete it");
    assert_eq!(judge.connections(), 0);
}

#[test]
fn a_test_store_is_one_for_ever() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(0);
    assert!(
        !clinic.path("campaigns/.sent").exists(),
        "test letters are nobody's: no marker"
    );
    let clinic = clinic.setting("relay: {host: smtp.example.org}");
    type_in(&clinic, "send tips --yes").exits(78);
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn a_store_that_is_no_database_is_said_to_be_damaged() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let clinic = clinic.file(
        ".tidings/store.db",
        "no database, and long enough to be looked at ".repeat(100).as_str(),
    );
    for line in ["status", "run", "send tips"] {
        type_in(&clinic, line)
            .exits(74)
            .tells("the store in `.tidings/` is damaged")
            .tells("`tidings restore FILE --replace`");
    }
    assert_eq!(judge.connections(), 0);
}
