//! More than one letter's lists, and the way back: what a robot cannot do by sending on what it was shown.

use super::clinic::{Clinic, Page};
use super::talk::Reply;
use crate::support::people;
use crate::support::workspace::Workspace;

const PERSON: &str = "person1@patients.example";

/// Everybody is on three lists: one with a title, one whose name tells an illness, and the letter's own.
fn three_lists(workspace: Workspace) -> Workspace {
    let csv = people::csv(2);
    workspace
        .with_people(2)
        .file("subscribers/walks.csv", &csv)
        .file("subscribers/walks.yaml", "title: Walks & talks\n")
        .file("subscribers/psoriasis.csv", &csv)
}

/// A clinic with those lists, all of them read.
fn clinic() -> Clinic {
    let clinic = Clinic::after_letters(three_lists);
    for list in ["walks", "psoriasis"] {
        clinic.workspace.run(&["import", &format!("subscribers/{list}.csv")]).exits(0);
    }
    clinic
}

/// Brings somebody back as a person does: both pages, and the tick.
fn come_back(page: &Page, token: &str) {
    ask_back(page, token).says("Welcome back").says("You will get letters");
}

/// The same where something else stands, which the page cannot take away: no letters are promised.
fn ask_in_vain(page: &Page, token: &str) {
    ask_back(page, token)
        .says("Then please write to us as well.")
        .says("mailto:")
        .never_says("Welcome back")
        .never_says("You will get letters");
}

fn ask_back(page: &Page, token: &str) -> Reply {
    let asked = page.post(token, "do=come-back").is(200).says("again?");
    page.post(token, &format!("do=return&form={}&sure=yes", asked.value("form")))
        .is(200)
}

#[test]
fn all_letters_stop_with_a_tick_and_not_without() {
    let clinic = Clinic::after_letters_to(1);
    let (page, token) = (clinic.page(), clinic.token(1));
    page.post(token, "do=stop-all").is(422).says("Please tick a box first.");
    assert_eq!(clinic.stands_against(1), [""; 0]);
    page.post(token, "do=stop-all&sure=yes")
        .is(200)
        .says("All letters have stopped");
    page.post(token, "do=stop").is(200);
    page.one_click(token).is(200);
    assert_eq!(clinic.stands_against(1), ["all:unsubscribed"]);
    page.look(token)
        .is(200)
        .says("You have already stopped all letters from")
        .never_says("Stop these letters");
}

#[test]
fn lists_with_a_title_can_be_chosen_and_others_are_never_named() {
    let clinic = clinic();
    let (page, token) = (clinic.page(), clinic.token_of(PERSON));
    let asked = page
        .look(token)
        .is(200)
        .says("Walks &amp; talks")
        .never_says("psoriasis")
        .never_says("walks\"");
    let mark = asked.value("list");
    assert_eq!(
        asked.body.matches("name=\"list\"").count(),
        1,
        "only what has a title: {asked:?}"
    );
    page.post(token, "do=stop-some").is(422).says("Please tick a box first.");
    for guess in ["psoriasis", "walks", "patients", "", "%"] {
        page.post(token, &format!("do=stop-some&list={guess}")).is(422);
    }
    assert_eq!(clinic.stands(PERSON), [""; 0]);
    page.post(token, &format!("do=stop-some&list={mark}"))
        .is(200)
        .says("What you ticked has stopped");
    assert_eq!(clinic.stands(PERSON), ["walks:unsubscribed"]);
    page.look(token)
        .says("Stop these letters")
        .never_says("Walks")
        .says("Changed your mind?");
    let asked = page.post(token, "do=come-back").is(200).says("Walks &amp; talks");
    page.post(token, &format!("do=return&form={}&sure=yes&list={mark}", asked.value("form")))
        .is(200);
    assert_eq!(clinic.stands(PERSON), ["-walks:unsubscribed"]);
    assert_eq!(clinic.stands("person2@patients.example"), [""; 0]);
}

#[test]
fn coming_back_lifts_what_the_person_said_with_proof_and_may_be_taken_back_again() {
    let clinic = Clinic::after_letters_to(2);
    let (page, token) = (clinic.page(), clinic.token(1));
    page.one_click(token).is(200);
    page.post(token, "do=stop-all&sure=yes").is(200);
    come_back(&page, token);
    assert_eq!(clinic.stands_against(1), ["-patients:unsubscribed", "-all:unsubscribed"]);
    let listed = clinic.workspace.run(&["suppress", "list", "--lifted", "--json"]).exits(0);
    listed
        .prints("\"lift_evidence\":\"came back on the page, 2")
        .prints(", letter 1\"");
    page.look(token).says("Stop these letters").never_says("Changed your mind?");
    page.one_click(token).is(200);
    assert_eq!(
        clinic.stands_against(1).last().map(String::as_str),
        Some("patients:unsubscribed")
    );
}

#[test]
fn coming_back_takes_a_tick_and_a_form_of_this_letter() {
    let clinic = Clinic::after_letters_to(2);
    let (page, token, other) = (clinic.page(), clinic.token(1), clinic.token(2));
    page.one_click(token).is(200);
    page.one_click(other).is(200);
    let form = page.post(token, "do=come-back").value("form");
    let (second, tag) = form.split_once('.').unwrap();
    let moved = |by: i64| format!("{}.{tag}", second.parse::<i64>().unwrap() + by);
    for wrong in [
        "",
        ".",
        &form[..form.len() - 1],
        &moved(1),
        &moved(-1),
        "99999999999999999999.AAAA",
        &format!("{form}A"),
    ] {
        page.post(token, &format!("do=return&sure=yes&form={wrong}"))
            .is(422)
            .says("open for too long");
    }
    page.post(other, &format!("do=return&sure=yes&form={form}")).is(422);
    page.post(token, &format!("do=return&form={form}"))
        .is(422)
        .says("Please tick a box first.");
    assert_eq!(
        (clinic.stands_against(1), clinic.stands_against(2)),
        (
            vec!["patients:unsubscribed".to_owned()],
            vec!["patients:unsubscribed".to_owned()]
        )
    );
    page.post(token, &format!("do=return&sure=yes&form={form}")).is(200);
    assert_eq!(clinic.stands_against(1), ["-patients:unsubscribed"]);
}

#[test]
fn a_form_is_too_old_after_an_hour() {
    let clinic = Clinic::after_letters_to(1);
    let token = clinic.token(1);
    let at = |now: &str| Page::show(&clinic.workspace, &["--now", now]);
    let early = at("2031-01-07T09:00:00Z");
    early.one_click(token).is(200);
    let form = early.post(token, "do=come-back").value("form");
    drop(early);
    let late = at("2031-01-07T10:00:05Z");
    late.post(token, &format!("do=return&sure=yes&form={form}")).is(422);
    assert_eq!(clinic.stands_against(1), ["patients:unsubscribed"]);
    drop(late);
    let still = at("2031-01-07T09:59:00Z");
    still.post(token, &format!("do=return&sure=yes&form={form}")).is(200);
    assert_eq!(clinic.stands_against(1), ["-patients:unsubscribed"]);
}

#[test]
fn an_old_letter_still_stops_letters() {
    let clinic = Clinic::after_letters_to(1);
    let page = Page::show(&clinic.workspace, &["--now", "2029-12-01T09:00:00Z"]);
    page.one_click(clinic.token(1)).is(200);
    assert_eq!(clinic.stands_against(1), ["patients:unsubscribed"]);
}

#[test]
fn what_others_decided_stays() {
    let clinic = Clinic::after_letters_to(4);
    let page = clinic.page();
    for (person, reason) in [(1, "by_hand"), (2, "bounced"), (3, "complained")] {
        let told = people::address(person);
        clinic
            .workspace
            .run(&["suppress", "add", &told, "--reason", reason, "--evidence", "a note"])
            .exits(0);
        let token = clinic.token(person);
        page.look(token)
            .is(200)
            .never_says(reason)
            .never_says("bounce")
            .never_says("spam")
            .never_says("Changed your mind?");
        page.one_click(token).is(200);
        page.post(token, "do=stop-all&sure=yes").is(200);
        ask_in_vain(&page, token);
        let stands: Vec<String> = clinic
            .stands_against(person)
            .into_iter()
            .filter(|line| !line.starts_with('-'))
            .collect();
        assert_eq!(stands, [format!("all:{reason}")]);
    }
}

#[test]
fn the_word_of_a_person_outlives_a_dead_mailbox() {
    let clinic = Clinic::after_letters_to(1);
    let told = people::address(1);
    let said = ["--evidence", "a note"];
    clinic
        .workspace
        .run(&[&["suppress", "add", &told, "--reason", "bounced"][..], &said].concat())
        .exits(0);
    clinic.page().one_click(clinic.token(1)).is(200);
    assert_eq!(clinic.stands_against(1), ["all:bounced", "patients:unsubscribed"]);
}

#[test]
fn whoever_asked_to_be_forgotten_is_told_nothing() {
    let clinic = clinic();
    let (page, token) = (clinic.page(), clinic.token_of(PERSON));
    page.one_click(token).is(200);
    clinic.workspace.run(&["people", "forget", PERSON, "--yes"]).exits(0);
    let before = clinic.stands("");
    page.look(token)
        .is(200)
        .says("Stop these letters")
        .never_says("Walks")
        .never_says("already")
        .never_says("Changed your mind?");
    for form in ["List-Unsubscribe=One-Click", "do=stop", "do=stop-all&sure=yes"] {
        page.post(token, form).is(200).never_says("Changed your mind?");
    }
    ask_in_vain(&page, token);
    assert_eq!(clinic.stands(""), before, "nothing is added, nothing lifted");
}

#[test]
fn a_robot_that_sends_every_form_it_is_shown_stops_this_letters_lists_alone() {
    let clinic = clinic();
    let (page, token) = (clinic.page(), clinic.token_of(PERSON));
    let (mut shown, mut sent) = (page.look(token).forms(), std::collections::BTreeSet::new());
    while let Some(form) = shown.pop() {
        // A form's proof differs from one second to the next; the form is the same.
        let kind = form.split("&form=").next().unwrap().to_owned();
        if sent.insert(kind) {
            shown.extend(page.post(token, &form).forms());
        }
    }
    let sent: Vec<String> = sent.into_iter().collect();
    assert_eq!(sent, ["do=come-back", "do=return", "do=stop", "do=stop-all", "do=stop-some"]);
    assert_eq!(clinic.stands(PERSON), ["patients:unsubscribed"]);
}

#[test]
fn a_letter_of_a_lost_record_means_all_mail() {
    let clinic = Clinic::after_letters_to(1);
    // As a restored store has it: the letter left after the backup.
    clinic.forget_letters();
    clinic.page().one_click(clinic.token(1)).is(200);
    assert_eq!(clinic.stands_against(1), ["all:unsubscribed"]);
}
