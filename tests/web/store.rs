//! What is said to be done is on the disk: beside a run that sends, a writer that does not end, a kill, another store in its place.

use super::clinic::{Clinic, Page, workspace};
use super::proof;
use super::talk::Reply;
use crate::machine::volume::Volume;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::people;
use crate::support::stopwatch::Stopwatch;
use std::time::Duration;

#[test]
fn a_letter_that_waits_is_not_sent_any_more() {
    let mut clinic = Clinic::after_letters_to(5);
    let page = clinic.page();
    clinic.judge.add(Rule::at(Phase::Dot).delay(Duration::from_millis(1500)));
    let before = clinic.judge.letters();
    let run = clinic.workspace.spawn(&["send", "seasonal-immunity", "--yes"]);
    until("the first letter is on its way", || clinic.judge.letters() > before);
    let one = people::address(5);
    page.one_click(clinic.token_of(&one)).is(200);
    run.wait().exits(0);
    let ledger = clinic.workspace.ledger();
    assert_eq!(ledger.people("suppressed").into_iter().collect::<Vec<_>>(), [one.as_str()]);
    assert_eq!(ledger.counts()["accepted"], 5 + 4);
    let arrived = clinic.judge.accepted().into_iter().skip(before);
    assert!(arrived.into_iter().all(|letter| letter.recipient != one));
    clinic.workspace.assert_numbers_close();
    clinic.read_letters();
}

#[test]
fn two_hundred_presses_at_once_are_all_on_the_disk() {
    const PEOPLE: usize = 200;
    let clinic = Clinic::after_letters_to(PEOPLE);
    let page = clinic.page();
    let began = Stopwatch::start();
    let replies: Vec<Reply> = std::thread::scope(|scope| {
        let press = |person| {
            let (page, clinic) = (&page, &clinic);
            scope.spawn(move || page.one_click(clinic.token(person)))
        };
        let pressing: Vec<_> = (1..=PEOPLE).map(press).collect();
        pressing.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let took = began.shows();
    assert!(replies.iter().all(|reply| reply.status == 200), "{replies:?}");
    let memory = page.peak_memory();
    page.kill();
    let listed = clinic.workspace.run(&["suppress", "list", "--json"]).exits(0);
    assert_eq!(listed.stdout.lines().count(), PEOPLE);
    proof(
        "presses at once, each durable before its answer, a second",
        (PEOPLE as f64 / took.as_secs_f64()).round(),
    );
    proof("memory after them, MiB at most", memory / 1024);
    assert!(memory < 64 * 1024, "{memory} KiB");
}

#[test]
fn a_store_that_somebody_keeps_for_themselves_is_no_yes() {
    let clinic = Clinic::after_letters_to(2);
    let page = clinic.page();
    let other = rusqlite::Connection::open(clinic.workspace.path(".tidings/store.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let began = Stopwatch::start();
    let reply = page
        .one_click(clinic.token(1))
        .is(503)
        .says("try again")
        .says("mailto:leave@riverside.example");
    assert_eq!(reply.field("retry-after"), Some("60"));
    let took = began.shows();
    assert!(took < Duration::from_secs(10), "{took:?}");
    page.look(clinic.token(1)).is(200).says("Nothing has been changed");
    other.execute_batch("ROLLBACK").unwrap();
    page.one_click(clinic.token(1)).is(200);
    assert_eq!(clinic.stands_against(1), ["patients:unsubscribed"]);
    let (_, said) = page.end();
    let told = said.iter().filter(|line| line.starts_with("wishes cannot be written down"));
    assert_eq!(told.count(), 1, "{said:?}");
}

#[test]
fn a_full_disk_is_no_yes() {
    let mut disk = None;
    let clinic = Clinic::after_letters(|workspace| {
        let mut workspace = workspace.with_people(2);
        disk = Volume::mount(&workspace.path(".tidings"), "size=4m");
        if let Some(disk) = &disk {
            workspace.run_through(disk.wrapper());
        }
        workspace
    });
    let Some(disk) = disk else { return };
    let page = clinic.page();
    page.one_click(clinic.token(1)).is(200);
    disk.leave_free(0);
    let presses: Vec<u16> = (0..200)
        .map(|_| page.post(clinic.token(2), "do=stop-all&sure=yes").status)
        .take_while(|status| *status != 503)
        .collect();
    let stands = clinic.stands_against(2);
    // What still fitted into the log's pages is on the disk; after the first no nothing is claimed.
    assert_eq!(!presses.is_empty(), stands == ["all:unsubscribed"], "{presses:?} {stands:?}");
    disk.empty();
    page.one_click(clinic.token(2)).is(200);
    assert!(!clinic.stands_against(2).is_empty());
    assert_eq!(clinic.stands_against(1), ["patients:unsubscribed"]);
}

#[test]
fn a_store_that_is_restored_meanwhile_gets_the_wish() {
    let clinic = Clinic::after_letters_to(2);
    let page = clinic.page();
    page.look(clinic.token(1)).is(200);
    clinic.workspace.run(&["backup", "clinic.tidings"]).exits(0);
    page.one_click(clinic.token(1)).is(200);
    clinic.workspace.run(&["restore", "clinic.tidings", "--replace"]);
    assert_eq!(clinic.stands_against(1), [""; 0], "the backup is older than the wish");
    page.look(clinic.token(1)).is(200).says("Nothing has been changed");
    page.one_click(clinic.token(1)).is(200);
    page.one_click(clinic.token(2)).is(200);
    assert_eq!(clinic.stands_against(1), ["patients:unsubscribed"]);
    assert_eq!(clinic.stands_against(2), ["patients:unsubscribed"]);
}

#[test]
fn a_store_that_is_gone_is_no_yes() {
    let clinic = Clinic::after_letters_to(1);
    let page = clinic.page();
    let (here, away) = (clinic.workspace.path(".tidings"), clinic.workspace.path("away"));
    std::fs::rename(&here, &away).unwrap();
    page.one_click(clinic.token(1)).is(503);
    page.look(clinic.token(1)).is(503);
    page.look("healthz").is(503);
    std::fs::rename(&away, &here).unwrap();
    page.look("healthz").is(200);
    page.one_click(clinic.token(1)).is(200);
}

#[test]
fn a_rehearsals_letters_lead_nowhere_in_the_real_store() {
    let judge = Judge::start().keeping_letters();
    let clinic = workspace(&judge).with_people(1);
    clinic.run(&["rehearse"]).exits(0);
    clinic.run(&["import", "subscribers/patients.csv"]).exits(0);
    let outbox = clinic.path(".tidings/rehearsal/outbox");
    let letters = std::fs::read_dir(outbox).unwrap().map(|entry| entry.unwrap().path());
    let letter = letters
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
        .min()
        .unwrap();
    let token = super::clinic::token_in(
        &std::fs::read_to_string(letter)
            .unwrap()
            .replace("\r\n", "\n")
            .replace('\n', "\r\n"),
    );
    Page::show(&clinic, &[]).one_click(&token).is(404);
    Page::show(&clinic, &["--rehearsal"]).one_click(&token).is(200);
    assert_eq!(clinic.run(&["suppress", "list", "--json"]).exits(0).stdout, "");
}
