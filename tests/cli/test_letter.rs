//! `tidings test`: one marked letter through the real relay; it counts nowhere.

use super::{answers, clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};

#[test]
fn without_a_relay_there_is_nothing_to_test() {
    let told = "\
error: `tidings.yaml` names no relay, so nothing can be sent for real
hint: add `relay:` with `host`, `user` and a password to `tidings.yaml`; `tidings rehearse` needs none
";
    answers(&clinic(1), "test tips --to me@mill-lane.example", 78, "", told);
}

#[test]
fn the_letter_is_marked_and_uses_nothing_up() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic_with(&judge, 2);
    let told = "the relay accepted the test letter to me@mill-lane.example: 250 2.0.0 Ok: taken\n";
    answers(&clinic, "test tips --to me@mill-lane.example", 0, told, "");
    let letters = judge.accepted();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].recipient, "me@mill-lane.example");
    let letter = String::from_utf8(letters[0].letter(&judge)).unwrap();
    assert!(letter.contains("Subject: [Test] All about sleep\r\n"), "{letter}");
    answers(&clinic, "status", 0, "nothing has been sent yet: there is no store\n", "");
}

#[test]
fn any_article_can_be_tested_by_its_id() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic_with(&judge, 2);
    type_in(&clinic, "test tips --to me@mill-lane.example --article walks").exits(0);
    let letter = String::from_utf8(judge.accepted()[0].letter(&judge)).unwrap();
    assert!(letter.contains("Subject: [Test] All about walks\r\n"), "{letter}");
    let unknown = "error: campaign `tips` has no article `walk`\nhint: did you mean `walks`?\n";
    answers(&clinic, "test tips --to me@mill-lane.example --article walk", 2, "", unknown);
}

#[test]
fn a_refusal_is_told_in_the_relays_own_words() {
    let judge = Judge::start().rule(Rule::at(Phase::Rcpt).reply("550 5.1.1 no such user"));
    let told = "error: the test letter to me@mill-lane.example was not accepted: 550 5.1.1 no such user\n";
    answers(&clinic_with(&judge, 1), "test tips --to me@mill-lane.example", 1, "", told);
    assert_eq!(judge.deliveries().len(), 0);
}

#[test]
fn a_wrong_address_is_told_before_anything_happens() {
    let judge = Judge::start();
    type_in(&clinic_with(&judge, 1), "test tips --to me")
        .exits(2)
        .tells("`me` is no address");
    assert_eq!(judge.connections(), 0);
}
