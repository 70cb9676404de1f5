//! Closed: a step or a series that was called off says so everywhere, and opens again by a person's word.

use super::{at, import, people, taken, welcoming};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// Ann has been welcomed.
fn begun(judge: &Judge) -> Workspace {
    let clinic = welcoming(judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0).says_nothing();
    clinic
}

#[test]
fn a_step_that_is_closed_says_so_and_opens_again_for_those_to_come() {
    let judge = Judge::start().keeping_letters();
    let clinic = begun(&judge);
    at(&clinic, "cancel welcome/welcome", "2026-03-11T09:00Z")
        .exits(0)
        .prints("`welcome/welcome` is closed: nobody comes to this step any more, and who had it keeps it")
        .tells("`tidings release welcome/welcome` opens it again");
    at(&clinic, "status", "2026-03-11T10:00Z")
        .exits(0)
        .prints("closed: nobody comes to it any more");
    at(&clinic, "plan", "2026-03-11T10:00Z")
        .exits(0)
        .prints("`welcome` is closed");
    at(&clinic, "check", "2026-03-11T10:00Z")
        .exits(0)
        .tells("`welcome` is closed");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-12")]);
    import(&clinic, "2026-03-12T07:00Z");
    at(&clinic, "run", "2026-03-12T09:00Z").exits(0).says_nothing();
    at(&clinic, "why bea@patients.example", "2026-03-12T09:00Z")
        .exits(0)
        .prints("`tips` comes on Thu 19 Mar 2026")
        .prints("`welcome` is closed");
    at(&clinic, "release welcome/welcome", "2026-03-20T10:00Z")
        .exits(0)
        .prints("`welcome/welcome` is open again: who comes to it from now on gets it");
    people(
        &clinic,
        &[("ann", "2026-03-10"), ("bea", "2026-03-12"), ("cleo", "2026-03-21")],
    );
    import(&clinic, "2026-03-21T07:00Z");
    at(&clinic, "run", "2026-03-21T09:00Z").exits(1);
    assert_eq!(
        taken(&judge),
        ["ann: welcome", "cleo: welcome"],
        "Bea was passed by, and stays so"
    );
    at(&clinic, "status", "2026-03-21T10:00Z").exits(1).never_says("closed");
}

#[test]
fn a_step_closed_before_anybody_came_to_it_opens_again() {
    let judge = Judge::start().keeping_letters();
    let clinic = begun(&judge);
    at(&clinic, "cancel welcome/tips", "2026-03-11T09:00Z")
        .exits(0)
        .prints("`welcome/tips` is closed: nobody comes to this step");
    at(&clinic, "status", "2026-03-11T10:00Z")
        .exits(0)
        .prints("closed: nobody comes to it");
    at(&clinic, "release welcome/tips", "2026-03-12T09:00Z")
        .exits(0)
        .prints("`welcome/tips` is open again");
    at(&clinic, "run", "2026-03-17T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome tips"]);
}

#[test]
fn a_series_that_is_over_says_so_and_opens_again() {
    let judge = Judge::start().keeping_letters();
    let clinic = begun(&judge);
    at(&clinic, "cancel welcome", "2026-03-11T09:00Z")
        .exits(0)
        .prints("`welcome` is over")
        .tells("`tidings release welcome` opens it again");
    for (line, said) in [
        ("status", "welcome: over: every step is closed"),
        ("plan", "welcome: over: every step is closed"),
        ("why ann@patients.example", "the series is over"),
    ] {
        at(&clinic, line, "2026-03-11T10:00Z").exits(0).prints(said);
    }
    at(&clinic, "check", "2026-03-11T10:00Z")
        .exits(0)
        .tells("over: every step is closed");
    at(&clinic, "run", "2026-03-17T09:00Z").exits(0).says_nothing();
    at(&clinic, "release welcome", "2026-03-18T09:00Z")
        .exits(0)
        .prints("`welcome` is open again: who comes to a step from now on gets it");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-19")]);
    import(&clinic, "2026-03-19T07:00Z");
    at(&clinic, "run", "2026-03-19T09:00Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-03-24T09:00Z").exits(0).says_nothing();
    assert_eq!(
        taken(&judge),
        ["ann: welcome question", "bea: welcome"],
        "the tips of the 17th are not made up for"
    );
}
