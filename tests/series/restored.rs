//! A series in a store that came out of a backup: nobody gets a step twice without somebody's word.

use super::{at, import, people, taken, welcoming};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// Ann had the tips, and Bea joined and was welcomed, after the backup that the store came out of.
fn restored(judge: &Judge) -> Workspace {
    let clinic = welcoming(judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0).says_nothing();
    at(&clinic, "backup old.tidings", "2026-03-16T09:00Z").exits(0);
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-17")]);
    import(&clinic, "2026-03-17T07:00Z");
    at(&clinic, "run", "2026-03-17T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(judge), ["ann: welcome tips", "bea: welcome"]);
    std::fs::remove_dir_all(clinic.path(".tidings")).unwrap();
    at(&clinic, "restore old.tidings", "2026-03-17T10:00Z").exits(0);
    import(&clinic, "2026-03-17T10:05Z");
    clinic
}

#[test]
fn a_restored_series_says_how_many_would_get_which_step_again() {
    let judge = Judge::start().keeping_letters();
    let clinic = restored(&judge);
    at(&clinic, "run", "2026-03-17T10:15Z")
        .exits(1)
        .tells("series `welcome` is due for 2 people and on hold: restored from the backup of")
        .tells("`welcome`: 1 person, `tips`: 1 person")
        .tells("`tidings release welcome --from-now`");
    at(&clinic, "release welcome", "2026-03-17T10:20Z")
        .exits(0)
        .tells("`welcome`: 1 person, `tips`: 1 person")
        .tells("perhaps a second time");
    at(&clinic, "run", "2026-03-17T10:30Z").exits(0);
    assert_eq!(taken(&judge), ["ann: welcome tips tips", "bea: welcome welcome"]);
}

#[test]
fn released_from_now_a_restored_series_repeats_nothing_and_goes_on() {
    let judge = Judge::start().keeping_letters();
    let clinic = restored(&judge);
    at(&clinic, "release welcome --from-now", "2026-03-17T10:20Z")
        .exits(0)
        .prints("2 people pass by the steps that were theirs before this moment: `welcome`: 1 person, `tips`: 1 person");
    at(&clinic, "run", "2026-03-17T10:30Z").exits(0).says_nothing();
    at(&clinic, "why bea@patients.example", "2026-03-17T10:45Z")
        .exits(0)
        .prints("welcome · welcome: left out, their turn was before the release of 2026-03-17 10:20");
    at(&clinic, "run", "2026-03-24T09:00Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-03-31T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome tips question", "bea: welcome tips question"]);
    clinic.assert_numbers_close();
}

#[test]
fn released_from_now_at_night_nobody_is_called_in_the_morning() {
    let judge = Judge::start().keeping_letters();
    let clinic = restored(&judge);
    let windowed = clinic.read("campaigns/welcome/campaign.yaml") + "window: {from: \"08:00\", until: \"18:00\"}\n";
    clinic.write("campaigns/welcome/campaign.yaml", windowed);
    at(&clinic, "release welcome --from-now", "2026-03-17T22:00Z")
        .exits(0)
        .prints("2 people pass by");
    at(&clinic, "run", "2026-03-18T08:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome tips", "bea: welcome"]);
    at(&clinic, "release welcome/tips --from-now", "2026-03-18T09:00Z")
        .exits(2)
        .tells("a whole series");
}
