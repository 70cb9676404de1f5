//! Shown: what `plan`, `status`, `why`, `hold` and `release` say of a series.

use super::{at, import, people, welcoming};
use crate::support::judge::Judge;

#[test]
fn plan_names_the_hour_and_status_what_is_next() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-10")]);
    import(&clinic, "2026-03-09T07:00Z");
    at(&clinic, "plan", "2026-03-09T10:00Z").exits(0).prints("09:00 GMT");
    at(&clinic, "status", "2026-03-09T10:00Z")
        .exits(0)
        .prints("welcome: `welcome` is next, for 2 people on Tue 10 Mar 2026 09:00 GMT");
    let json = at(&clinic, "plan --json", "2026-03-09T10:00Z").exits(0).json().remove(0);
    let step = &json["steps"][0];
    assert_eq!(
        (step["at"].as_str(), step["local"].as_str()),
        (Some("2026-03-10T09:00:00Z"), Some("Tue 10 Mar 2026 09:00 GMT")),
        "{step}"
    );
}

#[test]
fn steps_stand_in_their_order_and_why_tells_the_persons_own_step() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    at(&clinic, "cancel welcome/question", "2026-03-02T09:00Z").exits(0);
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0).says_nothing();
    let status = at(&clinic, "status --json", "2026-03-10T10:00Z").exits(0).json().remove(0);
    let steps: Vec<&str> = status["editions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|one| one["edition"].as_str())
        .collect();
    assert_eq!(steps, ["w3lc0me/welcome", "w3lc0me/question"]);
    at(&clinic, "why ann@patients.example welcome", "2026-03-10T10:00Z")
        .exits(0)
        .prints("series welcome: `tips` comes on Tue 17 Mar 2026 09:00 GMT")
        .never_says("next edition");
}

#[test]
fn a_step_on_hold_is_named_as_itself_and_what_was_held_is_counted() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-13T09:00Z").exits(1);
    at(&clinic, "hold welcome/welcome", "2026-03-13T10:00Z")
        .exits(0)
        .prints("1 letter was on hold already");
    at(
        &clinic,
        "release welcome/welcome --to ann@patients.example",
        "2026-03-13T11:00Z",
    )
    .exits(0)
    .tells("the edition `welcome/welcome` is still on hold")
    .tells("`tidings release welcome/welcome` lets it go on");
}

#[test]
fn plan_counts_whom_the_series_is_not_for() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(
        &clinic,
        &[("ann", "2026-03-10"), ("bea", "2026-02-27"), ("cleo", "2026-02-28")],
    );
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0);
    // Olga, Otto and Olaf joined years ago, the other two on the days before it began.
    at(&clinic, "plan", "2026-03-10T10:00Z")
        .exits(0)
        .prints("5 people joined before it began");
    let json = at(&clinic, "plan --json", "2026-03-10T10:00Z").exits(0).json().remove(0);
    assert_eq!(json["campaigns"][0]["joined_before"], 5, "{json}");
    // A year and a half later it is the same five.
    let json = at(&clinic, "plan --json", "2027-09-10T10:00Z").exits(0).json().remove(0);
    assert_eq!(json["campaigns"][0]["joined_before"], 5, "{json}");
}
