//! What is said of turns before they come: by `release`, by `send`, and in the status file.

use super::{WEEKLY, clinic, left, run};
use crate::cli::type_in;
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use serde_json::{Value, json};

/// The weekly campaign with an end.
fn expiring(judge: &Judge, after: &str) -> Workspace {
    clinic(judge, &WEEKLY.replace("\"}", &format!("\", expires: {after}}}")))
}

#[test]
fn what_fell_due_on_hold_is_late_from_its_release_on() {
    let judge = Judge::start().keeping_letters();
    for (found, late) in [("2027-01-06T09:15Z", false), ("2027-01-06T16:00Z", true)] {
        let clinic = clinic(&judge, WEEKLY);
        run(&clinic, "2027-01-04T09:00Z").exits(0).says_nothing();
        type_in(&clinic, "hold tips --now 2027-01-04T10:00Z").exits(0);
        run(&clinic, "2027-01-05T09:15Z").exits(0).says_nothing();
        type_in(&clinic, "status --now 2027-01-05T12:00Z")
            .prints("tips: `sleep` is next, due Tue 5 Jan 2027 09:00 GMT, and waits for release\n");
        type_in(&clinic, "release tips --now 2027-01-06T09:00Z")
            .exits(0)
            .prints("`tips` is released: no letter was waiting\n")
            .tells("`sleep`, due Tue 5 Jan 2027 09:00 GMT, begins with the next `tidings run` in its hours\n");
        let ran = run(&clinic, found);
        match late {
            true => ran
                .exits(1)
                .tells("due Tue 5 Jan 2027 09:00 GMT, allowed from Wed 6 Jan 2027 09:00 GMT, found 7 hours late"),
            false => ran.exits(0).says_nothing(),
        };
        assert_eq!(judge.accepted().len(), 3, "found {found}");
    }
}

#[test]
fn a_release_promises_no_letters_whose_time_is_over() {
    let judge = Judge::start().keeping_letters();
    let clinic = expiring(&judge, "3d");
    run(&clinic, "2027-01-05T08:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-05T16:00Z").exits(1);
    type_in(&clinic, "release tips --now 2027-01-08T10:00Z")
        .exits(0)
        .prints("`tips` is released: no letter was waiting\n")
        .tells("the time of `sleep` was over Fri 8 Jan 2027 09:00 GMT: 3 letters expire with the next `tidings run`, and `tidings resend t1ps/sleep --expired` orders them anew\n");
    run(&clinic, "2027-01-08T10:15Z").exits(1).prints("3 expired");
    let clinic = expiring(&judge, "1d");
    run(&clinic, "2027-01-04T08:00Z").exits(0).says_nothing();
    type_in(&clinic, "hold tips --now 2027-01-04T10:00Z").exits(0);
    type_in(&clinic, "release tips --now 2027-01-07T10:00Z").exits(0).tells(
        "nothing is sent for 2027-01-05: due Tue 5 Jan 2027 09:00 GMT, its time was over Wed 6 Jan 2027 09:00 GMT, found Thu 7 Jan",
    );
    assert_eq!(left(&judge), Vec::<String>::new());
}

#[test]
fn a_letter_by_hand_says_which_turn_it_uses_up() {
    let judge = Judge::start();
    let clinic = clinic(&judge, WEEKLY);
    let told = "  the turn of Tue 5 Jan 2027 09:00 GMT is used up by it\n";
    type_in(&clinic, "send tips --yes --now 2027-01-04T10:00Z")
        .exits(0)
        .tells(told);
    type_in(&clinic, "send tips --yes --now 2027-01-04T11:00Z")
        .exits(0)
        .never_says("is used up by it");
}

#[test]
fn a_letter_that_nobody_would_get_in_time_is_not_begun() {
    let judge = Judge::start().keeping_letters();
    let clinic = expiring(&judge, "3d");
    clinic.write("holidays.txt", "2026-12-24 to 2027-01-03 closed\n");
    let clinic = clinic.setting("calendar: {holidays: holidays.txt}");
    type_in(&clinic, "send tips --yes --now 2026-12-29T11:00Z")
        .exits(65)
        .tells("nobody would get it: its first letter may leave Mon 4 Jan 2027 11:00 GMT (")
        .tells("and its time is over Fri 1 Jan 2027 11:00 GMT\n")
        .tells("hint: send it when its hours are open, or write a longer `expires`; nothing was used up\n");
    assert_eq!(judge.connections(), 0);
    run(&clinic, "2027-01-05T09:00Z").exits(0).never_says("expired");
    assert_eq!(left(&judge), ["All about sleep"], "it is still there for its turn");
}

#[test]
fn the_status_file_tells_what_comes_by_what_is_on_record() {
    let judge = Judge::start();
    let clinic = clinic(&judge, WEEKLY);
    let coming = |now: &str| -> Value {
        type_in(&clinic, &format!("run --status-file status.json --now {now}"));
        serde_json::from_str::<Value>(&clinic.read("status.json")).unwrap()["coming"].clone()
    };
    let next = |article: &str, day: &str, held: Option<&str>| {
        let at = format!("{day}T09:00:00Z");
        json!([{"campaign": "tips", "article": article, "due_at": at, "begins_at": at, "held": held}])
    };
    assert_eq!(coming("2027-01-04T08:00Z"), next("sleep", "2027-01-05", None));
    type_in(&clinic, "send tips --now 2027-01-04T10:00Z").exits(0);
    assert_eq!(
        coming("2027-01-04T11:00Z"),
        next("walks", "2027-01-12", None),
        "the week is used up"
    );
    type_in(&clinic, "hold tips --now 2027-01-04T12:00Z").exits(0);
    assert_eq!(coming("2027-01-04T12:00Z"), next("walks", "2027-01-12", Some("held by hand")));
    type_in(&clinic, "release tips --now 2027-01-04T13:00Z").exits(0);
    assert_eq!(coming("2027-01-12T09:00Z"), json!([]), "no article is left");
}
