//! `tidings send`: the next article, now, once per person.

use super::{answers, clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use std::collections::HashSet;

#[test]
fn every_article_goes_to_everybody_once_and_then_there_is_nothing_left() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    let sent = "3 letters accepted by the relay\n";
    answers(&clinic, "send tips", 0, sent, "tips · All about sleep: 3 letters\n");
    answers(&clinic, "send tips", 0, sent, "tips · All about walks: 3 letters\n");
    let nothing = "\
nothing to send: no article of `tips` is left
hint: add an article to `articles:` in its `campaign.yaml`
";
    answers(&clinic, "send tips", 0, "", nothing);
    let letters = judge.accepted();
    let ids: HashSet<_> = letters.iter().map(|letter| &letter.message_id).collect();
    assert_eq!((letters.len(), ids.len()), (6, 6));
    judge.assert_polite();
}

#[test]
fn the_rest_of_a_limited_send_waits_for_a_word() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    let limited = "\
tips · All about sleep: 3 letters
`--limit 1` is reached; the rest is on hold
hint: `tidings release tips` and `tidings run` send the rest
";
    answers(&clinic, "send tips --limit 1", 0, "1 letter accepted by the relay\n", limited);
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 1, "a hold is a hold");
    let freed = "`tips` is released: 2 letters go out with the next `tidings run`\n";
    answers(&clinic, "release tips", 0, freed, "");
    type_in(&clinic, "run").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn an_address_that_is_refused_is_named_and_the_others_get_their_letters() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no such user"),
    );
    let clinic = clinic_with(&judge, 3);
    let data = "2 letters accepted by the relay and 1 failed\n  failed    person2@patients.example  550 5.1.1 no such user\n";
    let talk = "\
tips · All about sleep: 3 letters
1 address is not written to any more: `tidings suppress list` names it
error: 1 letter needs a person to look at
hint: `tidings status` counts them, `tidings log --state STATE` names them, `tidings why ADDRESS` tells each story
";
    answers(&clinic, "send tips", 1, data, talk);
    assert_eq!(judge.accepted().len(), 2);
}

#[test]
fn the_numbers_are_there_for_a_program() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .reply("550 5.1.1 no such user"),
    );
    let report = type_in(&clinic_with(&judge, 3), "send tips --json").exits(1).json();
    let wanted = serde_json::json!({
        "states": {"accepted": 2, "failed": 1}, "need_a_person": 1, "no_more": 1, "stopped": null,
        "letters": [{"address": "person2@patients.example", "state": "failed", "reply": "550 5.1.1 no such user"}],
    });
    assert_eq!(report, [wanted]);
}

#[test]
fn a_list_that_shrank_suspiciously_stops_the_send() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 10);
    type_in(&clinic, "send tips").exits(0);
    clinic.write("subscribers/patients.csv", crate::support::people::csv(4));
    type_in(&clinic, "send tips")
        .exits(65)
        .tells("the file would change 60 % of list `patients` (10 people: 0 new, 0 changed, 6 gone)")
        .tells("nothing was sent");
    assert_eq!(judge.accepted().len(), 10);
}

#[test]
fn nobody_to_write_to_is_said_and_uses_nothing_up() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 0).file("subscribers/patients.csv", "email,consent\nno@patients.example,no\n");
    let told = "  left out: 1 person (no consent)
error: nobody would get this letter
hint: `tidings plan` tells who is left out and why
";
    answers(&clinic, "send tips", 65, "", told);
    type_in(&clinic, "plan").exits(0).prints("All about sleep");
}

#[test]
fn another_moment_is_played_for_test_relays_only() {
    let judge = Judge::start().keeping_letters();
    type_in(&clinic_with(&judge, 1), "send tips --now 2027-01-05T09:00Z").exits(0);
    let letter = String::from_utf8(judge.accepted()[0].letter(&judge)).unwrap();
    assert!(letter.contains("Date: Tue, 05 Jan 2027 09:00:"), "{letter}");
    type_in(&clinic(1), "send tips --now 2027-01-05T09:00Z")
        .exits(2)
        .tells("`--now` plays another moment, and this command would act for real");
    type_in(&clinic(1), "--rehearsal send tips")
        .exits(2)
        .tells("`tidings rehearse tips` plays it");
}

#[test]
fn a_limit_is_exact_over_several_connections_with_letters_riding_on_each() {
    let judge = Judge::start().offering("PIPELINING");
    let clinic = clinic_with(&judge, 30).relay(judge.port(), 4);
    type_in(&clinic, "send tips --limit 7")
        .exits(0)
        .tells("`--limit 7` is reached");
    assert_eq!(judge.accepted().len(), 7);
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 30);
    judge.assert_polite();
}

#[test]
fn a_limit_that_nobody_could_use_is_not_the_reason_for_an_end() {
    // Fewer letters than connections: some connection always finds that no leave is left while the others meet no relay.
    let judge = Judge::start().rule(Rule::at(Phase::Banner).reply("554 5.7.1 no mail from this machine"));
    let clinic = clinic_with(&judge, 9).relay(judge.port(), 4);
    type_in(&clinic, "send tips --limit 1")
        .exits(78)
        .tells("no mail from this machine")
        .never_says("`--limit 1` is reached");
    judge.heal();
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 9, "nothing was on hold");
}
