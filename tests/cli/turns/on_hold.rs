//! Editions on hold: their own deadline, and what becomes of them when the next one begins.

use super::{WEEKLY, clinic, left, run};
use crate::cli::type_in;
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// A clinic whose edition was found seven hours late, and is on hold until Friday.
fn late(judge: &Judge) -> Workspace {
    let clinic = clinic(judge, &WEEKLY.replace("\"}", "\", expires: 3d}"));
    run(&clinic, "2027-01-05T08:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-05T16:00Z").exits(1).tells(
        "due Tue 5 Jan 2027 09:00 GMT, found 7 hours late; `tidings release tips/sleep` sends it all the same, until Fri 8 Jan 2027 09:00 GMT\n",
    );
    clinic
}

#[test]
fn a_held_edition_has_its_own_deadline_and_says_it() {
    let judge = Judge::start().keeping_letters();
    let clinic = late(&judge);
    type_in(&clinic, "release tips/sleep --now 2027-01-06T09:00Z").exits(0);
    type_in(&clinic, "hold tips/sleep --now 2027-01-06T09:30Z").exits(0);
    let told = "its time is over Fri 8 Jan 09:00";
    type_in(&clinic, "status --now 2027-01-06T10:00Z").prints(told);
    type_in(&clinic, "plan --now 2027-01-06T10:00Z")
        .prints(told)
        .never_says("called off on");
    run(&clinic, "2027-01-08T08:59Z").exits(0).says_nothing();
    run(&clinic, "2027-01-08T09:00Z").exits(1).prints("3 expired");
    type_in(&clinic, "log tips --state expired").prints("person1@patients.example");
    run(&clinic, "2027-01-08T09:15Z").exits(0).says_nothing();
    run(&clinic, "2027-01-12T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about walks"]);
    clinic.assert_numbers_close();
}

#[test]
fn a_release_that_comes_too_late_says_so() {
    let judge = Judge::start();
    let clinic = late(&judge);
    type_in(&clinic, "release tips/sleep --now 2027-01-08T10:00Z")
        .exits(0)
        .prints("`tips/sleep` is released, but its time was over Fri 8 Jan 2027 09:00 GMT: 3 letters expire with the next `tidings run`\n")
        .tells("`tidings resend tips/sleep --expired`");
    run(&clinic, "2027-01-08T10:15Z").exits(1).prints("3 expired");
    type_in(&clinic, "resend tips/sleep --expired --yes --now 2027-01-08T10:30Z").exits(0);
    run(&clinic, "2027-01-08T10:45Z").exits(0);
    assert_eq!(judge.accepted().len(), 3);
}

#[test]
fn what_expired_on_hold_is_not_called_superseded() {
    let judge = Judge::start().keeping_letters();
    let clinic = late(&judge);
    run(&clinic, "2027-01-12T09:00Z")
        .exits(1)
        .never_says("superseded")
        .prints("3 expired");
    assert_eq!(left(&judge), ["All about walks"]);
}

#[test]
fn whoever_reads_superseded_is_told_how_to_send_it_after_all() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, WEEKLY);
    run(&clinic, "2027-01-05T08:00Z").exits(0).says_nothing();
    run(&clinic, "2027-01-05T16:00Z").exits(1);
    run(&clinic, "2027-01-12T09:00Z")
        .exits(0)
        .tells("hint: `tidings resend tips/sleep --cancelled` orders them anew\n");
    type_in(&clinic, "resend tips/sleep --cancelled --yes --now 2027-01-12T10:00Z").exits(0);
    run(&clinic, "2027-01-12T10:15Z").exits(0);
    assert_eq!(left(&judge), ["All about walks", "All about sleep"]);
}

#[test]
fn a_holiday_puts_a_start_off_to_its_own_hour() {
    let judge = Judge::start().keeping_letters();
    let clinic = clinic(&judge, &WEEKLY.replace("week, day: tuesday", "month, day: 5"));
    clinic.write("holidays.txt", "2027-01-05 to 2027-01-06 stocktaking\n");
    let clinic = clinic.setting("calendar: {holidays: holidays.txt}");
    run(&clinic, "2027-01-04T08:00Z").exits(0).says_nothing();
    type_in(&clinic, "plan --now 2027-01-04T08:00Z").prints("Thu 7 Jan 2027\n  09:00 GMT ");
    run(&clinic, "2027-01-07T00:15Z").exits(0).says_nothing();
    run(&clinic, "2027-01-07T08:59Z").exits(0).says_nothing();
    assert_eq!(judge.connections(), 0);
    run(&clinic, "2027-01-07T09:00Z").exits(0).says_nothing();
    assert_eq!(left(&judge), ["All about sleep"]);
}
