//! `tidings hold` and `tidings release`: not now, and go on.

use super::{answers, clinic, clinic_with, type_in, waiting};
use crate::support::judge::Judge;

#[test]
fn a_held_campaign_waits_until_it_is_released() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    answers(
        &clinic,
        "hold tips",
        0,
        "`tips` is on hold: 3 letters wait for `tidings release tips`\n",
        "",
    );
    type_in(&clinic, "run").exits(0).says_nothing();
    type_in(&clinic, "status").exits(0).prints("on hold: held by hand");
    let told = "error: campaign `tips` is on hold: held by hand\nhint: `tidings release tips` lets it go on\n";
    answers(&clinic, "send tips", 1, "", told);
    assert_eq!(judge.accepted().len(), 0);
    let freed = "`tips` is released: 3 letters go out with the next `tidings run`\n";
    answers(&clinic, "release tips", 0, freed, "");
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn one_edition_is_held_by_its_name() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    type_in(&clinic, "hold t1ps/sleep")
        .exits(0)
        .prints("`t1ps/sleep` is on hold: 3 letters wait");
    type_in(&clinic, "run").exits(0).says_nothing();
    type_in(&clinic, "release tips/sleep")
        .exits(0)
        .prints("`tips/sleep` is released: 3 letters");
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn one_persons_letter_is_held_and_the_others_leave() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    answers(
        &clinic,
        "hold tips --to person2@patients.example",
        0,
        "1 letter of `tips` on hold\n",
        "",
    );
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 2);
    type_in(&clinic, "status")
        .exits(1)
        .prints("2 accepted, 1 held")
        .tells("`tidings log --state held` names them");
    let freed = "1 letter of `tips` released for the next `tidings run`\n";
    answers(&clinic, "release tips --to person2@patients.example", 0, freed, "");
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn what_has_left_cannot_be_held() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 1);
    type_in(&clinic, "send tips").exits(0);
    let late = "nothing to hold: no such letter is waiting; `tidings why ADDRESS` tells what became of it\n";
    answers(&clinic, "hold tips --to person1@patients.example", 0, late, "");
    type_in(&clinic, "hold tips --to who@patients.example")
        .exits(2)
        .tells("no letter of `tips` to `w***@patients.example` is on record");
    type_in(&clinic, "hold tops").exits(2).tells("did you mean `tips`?");
}

#[test]
fn before_the_first_letter_there_is_nothing_to_hold() {
    type_in(&clinic(1), "hold tips")
        .exits(78)
        .tells("nothing has been sent yet")
        .tells("take away its `schedule:`");
}

#[test]
fn an_order_is_there_for_a_program() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    let wanted = |order: &str| serde_json::json!({"campaign": "tips", "order": order, "letters": 3});
    assert_eq!(type_in(&clinic, "hold tips --json").exits(0).json(), [wanted("held")]);
    assert_eq!(type_in(&clinic, "release tips --json").exits(0).json(), [wanted("released")]);
}

#[test]
fn whoever_was_held_by_address_is_not_let_go_with_the_rest() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    type_in(&clinic, "hold tips --to person2@patients.example").exits(0);
    type_in(&clinic, "release tips")
        .exits(0)
        .tells("1 letter that was held by address stays on hold");
    type_in(&clinic, "run").exits(0);
    type_in(&clinic, "status").exits(1).prints("2 accepted, 1 held");
    type_in(&clinic, "release tips --to person2@patients.example").exits(0);
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn a_rehearsal_of_a_held_campaign_says_why_it_plays_nothing() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    type_in(&clinic, "hold tips --because typo").exits(0);
    type_in(&clinic, "rehearse tips")
        .exits(0)
        .tells("tips is on hold (typo): nothing of it would leave");
}

#[test]
fn an_article_without_letters_and_one_that_is_none_are_told_apart() {
    let judge = Judge::start();
    let clinic = waiting(&judge);
    type_in(&clinic, "hold tips/walks")
        .exits(2)
        .tells("`walks` has no letters yet")
        .tells("`tidings cancel tips/walks` skips the article");
    type_in(&clinic, "hold tips/wlaks")
        .exits(2)
        .tells("`tips` has no article `wlaks`")
        .tells("did you mean `walks`?");
}

#[test]
fn a_hold_for_no_reason_is_refused() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips").exits(0);
    for because in ["", "  "] {
        clinic
            .run(&["hold", "tips", "--because", because])
            .exits(2)
            .tells("`--because` gives no reason");
    }
}
