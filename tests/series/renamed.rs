//! Renamed: a step whose article got a new id is no new step for whoever had it under the old one.

use super::{article, at, import, people, taken, welcoming};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// The article of a step lies in another file, with another id and a word changed: its old id is lost.
fn rename(clinic: &Workspace, from: &str, to: &str) {
    std::fs::remove_file(clinic.path(&format!("campaigns/welcome/{from}.md"))).unwrap();
    let says = format!("Once more, and nearly in the same words: {to}.");
    clinic.write(&format!("campaigns/welcome/{to}.md"), article(to, &says));
    let series = clinic.read("campaigns/welcome/campaign.yaml");
    let series = series.replace(&format!("{from}.md"), &format!("{to}.md"));
    clinic.write("campaigns/welcome/campaign.yaml", series);
}

#[test]
fn who_had_a_step_does_not_get_it_again_under_a_new_id() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0).says_nothing();
    rename(&clinic, "welcome", "hello");
    at(&clinic, "run", "2026-03-10T09:15Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome"], "it is the same step for her");
    at(&clinic, "why ann@patients.example", "2026-03-10T09:30Z")
        .exits(0)
        .prints("`tips` comes on Tue 17 Mar 2026 09:00 GMT");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-11")]);
    import(&clinic, "2026-03-11T07:00Z");
    at(&clinic, "run", "2026-03-11T09:00Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-03-17T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome tips", "bea: hello"]);
}

#[test]
fn who_passed_a_step_by_does_not_come_to_it_under_a_new_id() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "late: {by: 6h, then: skip}\n");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T15:30Z").exits(0).says_nothing();
    assert_eq!(judge.letters(), 0, "six hours and a half are too late");
    rename(&clinic, "welcome", "hello");
    // Later is late no more: only what was passed by keeps it from her.
    let series = clinic.read("campaigns/welcome/campaign.yaml").replace("by: 6h", "by: 3d");
    clinic.write("campaigns/welcome/campaign.yaml", series);
    at(&clinic, "run", "2026-03-10T15:45Z").exits(0).says_nothing();
    assert_eq!(judge.letters(), 0);
    at(&clinic, "run", "2026-03-17T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: tips"]);
}
