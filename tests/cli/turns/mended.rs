//! Mended: one person's data spoil one letter; it is held by name, and takes the mended data once somebody releases it.

use super::{WEEKLY, clinic_with, edit, run};
use crate::cli::{article, type_in};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// 150 people of whom one has no first name, which the subject asks for.
fn clinic(judge: &Judge) -> Workspace {
    let clinic = clinic_with(judge, 150);
    edit(&clinic, WEEKLY);
    let by_name = article("sleep").replace("subject: All", "subject: \"{{ first_name }}: all");
    clinic.write(
        "campaigns/tips/sleep.md",
        by_name.replace("about sleep\npre", "about sleep\"\npre"),
    );
    mend(&clinic, "");
    clinic
}

/// The list says from now on that the last person's first name is this.
fn mend(clinic: &Workspace, name: &str) {
    let list = clinic.read("subscribers/patients.csv");
    let mut rows: Vec<String> = list.lines().map(str::to_owned).collect();
    let last = rows.last_mut().unwrap();
    let mut cells: Vec<&str> = last.split(',').collect();
    cells[1] = name;
    *last = cells.join(",");
    clinic.write("subscribers/patients.csv", rows.join("\n") + "\n");
}

#[test]
fn a_letter_that_was_spoilt_takes_the_mended_data_when_it_is_released() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge);
    run(&clinic, "2027-01-05T09:00Z")
        .exits(1)
        .tells("campaign `tips`, `sleep`: held for p***@patients.example: their letter cannot be written")
        .tells("hint: mend their row, then `tidings release tips/sleep --to ADDRESS` lets it go");
    assert_eq!(judge.accepted().len(), 149);
    run(&clinic, "2027-01-05T09:15Z").exits(0).says_nothing();
    // Released too early, it is held again with the same words.
    let list = clinic.read("subscribers/patients.csv");
    let address = list.lines().last().and_then(|row| row.split(',').next()).unwrap();
    let release = format!("release tips/sleep --to {address} --now");
    type_in(&clinic, &format!("{release} 2027-01-05T09:20Z")).exits(0);
    run(&clinic, "2027-01-05T09:30Z").exits(1);
    mend(&clinic, "Zoe");
    type_in(&clinic, &format!("{release} 2027-01-05T09:40Z")).exits(0);
    run(&clinic, "2027-01-05T09:45Z").exits(0).says_nothing();
    let accepted = judge.accepted();
    assert_eq!(accepted.len(), 150);
    let last = String::from_utf8_lossy(&accepted.last().unwrap().letter(&judge)).into_owned();
    assert!(last.contains("Subject: Zoe: all about sleep"), "{last}");
    clinic.assert_numbers_close();
}
