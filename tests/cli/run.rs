//! `tidings run`: cron's heartbeat. It speaks only when there is something to say.

use super::{clinic, clinic_with, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Running;
use std::time::Duration;

#[test]
fn with_nothing_due_there_is_silence() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    for _ in 0..2 {
        type_in(&clinic, "run").exits(0).says_nothing();
    }
    assert_eq!(judge.connections(), 0);
    type_in(&super::clinic(3), "run").exits(0).says_nothing();
}

#[test]
fn what_was_refused_for_now_is_tried_again_when_it_is_time() {
    let judge = Judge::start().rule(
        Rule::at(Phase::Rcpt)
            .to("person2@patients.example")
            .times(1)
            .reply("450 4.2.0 greylisted, come back"),
    );
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips --now 2027-01-05T09:00Z")
        .exits(0)
        .prints("2 letters accepted by the relay and 1 deferred\n");
    type_in(&clinic, "run --now 2027-01-05T09:00:01Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 2, "it is not time yet");
    type_in(&clinic, "status").exits(0).prints("2 accepted, 1 deferred");
    type_in(&clinic, "run --now 2027-01-06T09:00Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3);
}

/// The sample workspace, whose campaign is due on the first Tuesday of the month at 09:00.
fn seasonal(judge: &Judge) -> Workspace {
    Workspace::sample().with_people(3).relay(judge.port(), 1)
}

#[test]
fn a_schedule_sends_each_article_once_in_its_turn_and_holds_what_is_late() {
    let judge = Judge::start();
    let clinic = seasonal(&judge);
    type_in(&clinic, "run --now 2026-12-01T08:59Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 0, "it is not nine yet");
    for moment in ["2026-12-01T09:00Z", "2026-12-01T09:15Z", "2026-12-01T12:00Z"] {
        type_in(&clinic, &format!("run --now {moment}")).exits(0).says_nothing();
        assert_eq!(judge.accepted().len(), 3, "{moment}");
    }
    type_in(&clinic, "run --now 2027-01-06T09:00Z")
        .exits(1)
        .tells("due Tue 5 Jan 2027 09:00 GMT, found 24 hours late");
    assert_eq!(judge.accepted().len(), 3, "late letters wait for a person");
    type_in(&clinic, "status").exits(1).prints("on hold: due Tue 5 Jan 2027");
    type_in(&clinic, "release seasonal-immunity").exits(0);
    type_in(&clinic, "run --now 2027-01-06T10:00Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 6);
}

#[test]
fn an_edition_that_nobody_would_get_keeps_its_turn() {
    let judge = Judge::start();
    let clinic = seasonal(&judge);
    let people = clinic.read("subscribers/patients.csv");
    let nobody = clinic.file("subscribers/patients.csv", &people.replace(",yes,", ",no,"));
    type_in(&nobody, "run --now 2026-12-01T09:00Z")
        .exits(65)
        .tells("`massage-and-immunity` is due, and nobody would get it");
    let clinic = nobody.file("subscribers/patients.csv", &people);
    type_in(&clinic, "import subscribers/patients.csv --yes").exits(0);
    type_in(&clinic, "run --now 2026-12-01T09:30Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 3);
}

/// A send that hangs at the relay's first word, holding the sender's lock.
fn sender_at_work(clinic: &Workspace, judge: &Judge) -> Running {
    judge.add(Rule::at(Phase::Banner).hang());
    let sender = clinic.spawn(&["send", "tips"]);
    for _ in 0..2000 {
        if judge.connections() > 0 {
            return sender;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("the first sender never called the relay");
}

#[test]
fn while_another_sends_run_is_silent_and_send_names_it() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3);
    let sender = sender_at_work(&clinic, &judge);
    type_in(&clinic, "run").exits(0).says_nothing();
    type_in(&clinic, "send tips")
        .exits(75)
        .tells(&format!("error: `tidings send tips` (process {}) since ", sender.pid()))
        .tells("is sending at this moment\nhint: ");
    type_in(&clinic, "status").exits(0).prints("sending now: `tidings send tips`");
    sender.kill();
    judge.heal();
    type_in(&clinic, "run").exits(0);
    assert_eq!(judge.accepted().len(), 3, "the next run takes up what the dead one left");
}

#[test]
fn a_letter_that_nobody_can_know_of_is_named_and_never_sent_again() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).to("person2@patients.example").times(1).keep_but_close());
    let clinic = clinic_with(&judge, 3);
    type_in(&clinic, "send tips")
        .exits(1)
        .prints("in doubt  person2@patients.example");
    for _ in 0..2 {
        type_in(&clinic, "run").exits(0);
    }
    type_in(&clinic, "status")
        .exits(1)
        .prints("2 accepted, 1 in doubt")
        .tells("`tidings log --state in_doubt` names them");
    let to_person2 = judge
        .deliveries()
        .iter()
        .filter(|letter| letter.recipient == "person2@patients.example")
        .count();
    assert_eq!(to_person2, 1);
}

#[test]
fn a_broken_campaign_is_named_and_the_others_go_on() {
    let judge = Judge::start();
    let clinic = clinic_with(&judge, 3).file("campaigns/more/campaign.yaml", "id: m0re\n");
    type_in(&clinic, "send tips --limit 1").exits(0);
    type_in(&clinic, "release tips").exits(0);
    type_in(&clinic, "run")
        .exits(65)
        .tells("campaigns/more/campaign.yaml:1:1: error: `title` is missing");
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn a_row_that_is_nobody_is_named_when_its_file_is_read_and_not_again() {
    let judge = Judge::start();
    let clinic = seasonal(&judge);
    let list = clinic.read("subscribers/patients.csv");
    let row = "zoe.example.org,Zoe,Zed,Bath,2025-03-01,yes,2025-03-01,form\n";
    clinic.write("subscribers/patients.csv", list + row);
    type_in(&clinic, "run --now 2026-12-01T09:00Z")
        .exits(0)
        .tells("subscribers/patients.csv:5:1: warning: row left out: `z***` is no address")
        .never_says("zoe");
    assert_eq!(judge.accepted().len(), 3);
    type_in(&clinic, "run --now 2026-12-01T09:15Z").exits(0).says_nothing();
}

#[test]
fn a_rehearsal_is_not_run() {
    type_in(&clinic(1), "--rehearsal run")
        .exits(2)
        .tells("a rehearsal is played by `tidings rehearse`");
}
