//! `tidings backup`, `restore` and `adopt`: a store that was lost, and one that is old.

use super::{answers, clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use std::os::unix::fs::PermissionsExt;

/// A clinic whose first edition stopped after two of five letters, backed up there and sent to its end afterwards.
fn backed_up_in_the_middle(judge: &Judge) -> Workspace {
    let clinic = clinic_with(judge, 5);
    judge.add(Rule::at(Phase::Mail).after(2).reply("550 5.7.1 sender not allowed"));
    type_in(&clinic, "send tips").exits(78);
    assert_eq!(judge.accepted().len(), 2);
    type_in(&clinic, "backup old.tidings").exits(0).prints("backed up into ");
    judge.heal();
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 5);
    clinic
}

fn lose_the_store(clinic: &Workspace) {
    std::fs::remove_dir_all(clinic.path(".tidings")).unwrap();
}

#[test]
fn what_left_after_the_backup_is_not_sent_again() {
    let judge = Judge::start();
    let clinic = backed_up_in_the_middle(&judge);
    lose_the_store(&clinic);
    type_in(&clinic, "restore old.tidings")
        .exits(0)
        .prints("generation 2, from the backup of")
        .prints("tips · sleep: 3 letters in doubt: may have left after the backup was taken")
        .prints("every campaign is on hold")
        .tells("--from-log");
    for line in ["run", "send tips"] {
        type_in(&clinic, line);
    }
    type_in(&clinic, "send tips").exits(1).tells("restored from the backup of");
    assert_eq!(judge.accepted().len(), 5, "nobody got a second letter");
    let ledger = clinic.ledger();
    ledger.assert_true(5, &judge);
    assert_eq!((ledger.people("accepted").len(), ledger.people("in_doubt").len()), (2, 3));
    type_in(&clinic, "status")
        .exits(1)
        .prints("on hold until you release them (restored from the backup of");
    type_in(&clinic, "doctor").exits(0).prints("restored from the backup of");
    type_in(&clinic, "resolve tips --sent").exits(0);
    type_in(&clinic, "release tips").exits(0).tells("tidings plan");
    type_in(&clinic, "status").exits(0);
    // The next article goes out as if nothing had happened.
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(judge.accepted().len(), 10);
    type_in(&clinic, "doctor").exits(0);
}

#[test]
fn an_edition_begun_after_the_backup_is_not_begun_again() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    let scheduled = clinic.read("campaigns/tips/campaign.yaml") + "schedule: {date: 2026-12-01, at: \"09:00\"}\n";
    let clinic = clinic.file("campaigns/tips/campaign.yaml", &scheduled);
    type_in(&clinic, "run --now 2026-11-30T12:00Z").exits(0);
    type_in(&clinic, "backup old.tidings --now 2026-11-30T13:00Z").exits(0);
    type_in(&clinic, "run --now 2026-12-01T09:05Z").exits(0);
    assert_eq!(judge.accepted().len(), 3);
    lose_the_store(&clinic);
    type_in(&clinic, "restore old.tidings --now 2026-12-01T09:30Z").exits(0);
    type_in(&clinic, "run --now 2026-12-01T09:31Z")
        .exits(1)
        .tells("campaign `tips` is due and on hold: restored from the backup of 2026-11-30 13:00 UTC")
        .tells("`tidings cancel tips/ARTICLE`");
    type_in(&clinic, "cancel tips/sleep --now 2026-12-01T09:32Z")
        .exits(0)
        .prints("is skipped");
    type_in(&clinic, "release tips --now 2026-12-01T09:33Z").exits(0);
    type_in(&clinic, "run --now 2026-12-01T09:35Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3, "nobody got a second letter");
}

#[test]
fn a_store_is_laid_aside_only_by_order_and_never_deleted() {
    let judge = Judge::start();
    let clinic = backed_up_in_the_middle(&judge);
    type_in(&clinic, "restore old.tidings")
        .exits(78)
        .tells("a store stands here already (store `")
        .tells("`--replace`");
    type_in(&clinic, "restore old.tidings --replace")
        .exits(0)
        .prints("what stood here lies in ");
    assert!(clinic.path(".tidings/replaced-1/store.db").exists() && clinic.path(".tidings/replaced-1/keys").exists());
    assert_eq!(clinic.ledger().people("in_doubt").len(), 3);
    type_in(&clinic, "restore old.tidings --replace")
        .exits(0)
        .prints("generation 3");
    assert!(clinic.path(".tidings/replaced-2/store.db").exists());
}

#[test]
fn a_backup_is_private_whole_and_never_sent_from() {
    let judge = Judge::start();
    let clinic = backed_up_in_the_middle(&judge);
    let backup = clinic.path("old.tidings");
    assert_eq!(std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    let beside = std::fs::read_dir(clinic.root())
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let beside: Vec<_> = beside
        .filter(|name| name.to_string_lossy().starts_with("old.tidings"))
        .collect();
    assert_eq!(beside, ["old.tidings"], "one file, and no trace of the making");
    type_in(&clinic, "backup old.tidings")
        .exits(2)
        .tells("is there already; nothing was written over it");
    type_in(&clinic, "backup nowhere/new.tidings").exits(2).tells("is not there");
    std::fs::copy(&backup, clinic.path(".tidings/store.db")).unwrap();
    for beside in [".tidings/store.db-wal", ".tidings/store.db-shm"] {
        std::fs::remove_file(clinic.path(beside)).ok();
    }
    for line in ["run", "send tips", "status"] {
        type_in(&clinic, line)
            .exits(78)
            .tells("is a backup, and letters never leave from one")
            .tells("`tidings restore FILE`");
    }
    assert_eq!(judge.accepted().len(), 5);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let judge = Judge::start();
    let clinic = backed_up_in_the_middle(&judge).file("notes.txt", "not a backup");
    std::fs::copy(clinic.path(".tidings/store.db"), clinic.path("copied.db")).unwrap();
    for file in ["notes.txt", "copied.db"] {
        type_in(&clinic, &format!("restore {file} --replace"))
            .exits(65)
            .tells("is no backup that `tidings backup` has written");
    }
    type_in(&clinic, "restore nothing.tidings --replace")
        .exits(65)
        .tells("cannot read `nothing.tidings`");
    clinic.ledger().assert_true(5, &judge);
    let half = std::fs::read(clinic.path("old.tidings")).unwrap();
    std::fs::write(clinic.path("half.tidings"), &half[..half.len() / 2]).unwrap();
    assert_ne!(type_in(&clinic, "restore half.tidings --replace").status, Some(0));
    clinic.ledger().assert_true(5, &judge);
    assert_eq!(clinic.ledger().people("accepted").len(), 5);
}

/// A workspace whose store is a real one, as if letters had left from it.
fn real(people: usize) -> Workspace {
    let clinic = clinic(people);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    let told = type_in(&clinic, "backup first.tidings --json").exits(0).json();
    let marker = format!("store_id: {}\ngeneration: 1\n", told[0]["store"].as_str().unwrap());
    clinic.file("campaigns/.sent", &marker)
}

#[test]
fn a_restored_store_makes_every_other_copy_an_old_one() {
    let clinic = real(2);
    std::fs::rename(clinic.path(".tidings"), clinic.path("old")).unwrap();
    type_in(&clinic, "restore first.tidings").exits(0).prints("generation 2");
    assert!(clinic.read("campaigns/.sent").contains("generation: 2"));
    type_in(&clinic, "doctor").exits(0);
    std::fs::rename(clinic.path(".tidings"), clinic.path("new")).unwrap();
    std::fs::rename(clinic.path("old"), clinic.path(".tidings")).unwrap();
    type_in(&clinic, "doctor")
        .exits(78)
        .prints("ILL   it is the store that sent last")
        .prints("generation 2")
        .tells("tidings adopt --journal-lost");
}

#[test]
fn another_stores_backup_takes_a_lost_ones_place_only_by_order() {
    let clinic = real(2).file("campaigns/.sent", "store_id: k7f2m9\ngeneration: 7\n");
    lose_the_store(&clinic);
    type_in(&clinic, "restore first.tidings")
        .exits(78)
        .tells("letters went out last from store `k7f2m9`");
    type_in(&clinic, "restore first.tidings --replace")
        .exits(0)
        .prints("generation 8");
    assert!(clinic.read("campaigns/.sent").contains("generation: 8"));
}

#[test]
fn without_journal_and_backup_everything_is_held_until_a_person_has_looked() {
    let clinic = real(2);
    lose_the_store(&clinic);
    type_in(&clinic, "status").exits(78).tells("tidings adopt --journal-lost");
    type_in(&clinic, "adopt").exits(2).tells("--journal-lost");
    type_in(&clinic, "adopt --journal-lost")
        .exits(0)
        .prints("every campaign is on hold")
        .prints("went out already? `tidings cancel tips/sleep`");
    type_in(&clinic, "status")
        .exits(1)
        .prints("on hold until you release them (the journal of earlier letters was lost): tips");
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    type_in(&clinic, "cancel tips/sleep").exits(0);
    type_in(&clinic, "release tips")
        .exits(2)
        .tells("the next article is `walks`")
        .tells("if it went out already: `tidings cancel tips/walks` first");
    type_in(&clinic, "release tips --yes").exits(0);
    type_in(&clinic, "status").exits(0);
    type_in(&clinic, "doctor").exits(0);
    type_in(&clinic, "adopt --journal-lost").exits(2).tells("nothing is lost");
}

#[test]
fn before_the_first_letter_there_is_nothing_to_keep_or_adopt() {
    let told = "error: no real letter has left from this workspace yet, so no journal can be lost\n\
                hint: `tidings send` or `tidings run` makes the store by itself\n";
    answers(&clinic(1), "adopt --journal-lost", 2, "", told);
    type_in(&clinic(1), "backup new.tidings")
        .exits(78)
        .tells("nothing has been sent yet");
}

#[test]
fn a_restored_store_never_gives_a_letter_the_message_id_of_one_it_does_not_know() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    type_in(&clinic, "backup old.tidings").exits(0);
    type_in(&clinic, "send tips").exits(0);
    type_in(&clinic, "restore old.tidings --replace").exits(0);
    type_in(&clinic, "cancel tips/sleep").exits(0);
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "send tips").exits(0);
    let ids: std::collections::BTreeSet<String> = judge.accepted().into_iter().map(|taken| taken.message_id).collect();
    assert_eq!(ids.len(), 6);
}

#[test]
fn what_was_on_hold_before_a_restore_stays_so_when_the_restore_is_settled() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "import subscribers/patients.csv").exits(0);
    type_in(&clinic, "hold tips --because waiting").exits(0);
    type_in(&clinic, "backup old.tidings").exits(0);
    type_in(&clinic, "restore old.tidings --replace").exits(0);
    type_in(&clinic, "status")
        .exits(1)
        .prints("on hold until you release them (restored");
    type_in(&clinic, "release tips")
        .exits(0)
        .tells("it was held before that, and still is: waiting");
    type_in(&clinic, "send tips").exits(1).tells("on hold: waiting");
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "send tips").exits(0);
    assert_eq!(judge.accepted().len(), 2);
}

#[test]
fn a_file_that_cannot_be_a_backup_is_named() {
    let clinic = clinic(1).file("empty.tidings", "");
    std::fs::create_dir(clinic.path("folder")).unwrap();
    type_in(&clinic, "restore folder").exits(65).tells("`folder`: it is no file");
    type_in(&clinic, "restore empty.tidings").exits(65).tells("is no backup");
}
