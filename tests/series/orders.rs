//! Orders: steps on hold, called off, added, taken out, put in another order and renamed.

use super::{SERIES, article, at, import, people, taken, welcoming};
use crate::support::judge::Judge;

#[test]
fn a_step_on_hold_is_waited_for_and_nobody_is_late_when_it_is_let_go() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-12")]);
    import(&clinic, "2026-03-10T07:00Z");
    for moment in ["2026-03-10T09:00Z", "2026-03-12T09:00Z", "2026-03-17T09:00Z"] {
        at(&clinic, "run", moment).exits(0).says_nothing();
    }
    at(&clinic, "hold welcome/tips", "2026-03-18T09:00Z").exits(0);
    for moment in ["2026-03-19T09:00Z", "2026-03-24T09:00Z", "2026-03-26T09:00Z"] {
        at(&clinic, "run", moment).exits(0).says_nothing();
    }
    assert_eq!(taken(&judge), ["ann: welcome tips question", "bea: welcome"]);
    at(&clinic, "why bea@patients.example", "2026-03-26T10:00Z")
        .exits(0)
        .prints("`tips` is next, and on hold");
    at(&clinic, "release welcome/tips", "2026-03-30T10:00Z").exits(0);
    at(&clinic, "run", "2026-03-30T10:15Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-04-06T10:15Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome tips question", "bea: welcome tips question"]);
}

#[test]
fn a_step_that_is_called_off_is_passed_by_and_a_series_that_is_ends() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0);
    at(&clinic, "cancel welcome/tips", "2026-03-11T09:00Z").exits(0);
    at(&clinic, "run", "2026-03-17T09:00Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-03-24T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome question"]);
    at(&clinic, "cancel welcome/welcome", "2026-03-25T09:00Z").exits(0);
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-26")]);
    import(&clinic, "2026-03-26T07:00Z");
    at(
        &clinic,
        "resend welcome/welcome --to ann@patients.example --yes",
        "2026-03-26T08:00Z",
    )
    .exits(0);
    at(&clinic, "run", "2026-03-26T09:00Z").exits(0);
    assert_eq!(taken(&judge), ["ann: welcome question welcome"], "only what was ordered anew");
    at(&clinic, "cancel welcome", "2026-03-27T09:00Z")
        .exits(0)
        .prints("`welcome` is over");
    at(&clinic, "run", "2026-04-09T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge).len(), 1);
    at(&clinic, "why bea@patients.example", "2026-04-09T09:00Z")
        .exits(0)
        .prints("no step is left for them");
}

#[test]
fn steps_added_taken_out_put_elsewhere_or_renamed_repeat_nothing() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-18")]);
    import(&clinic, "2026-03-10T07:00Z");
    for moment in ["2026-03-10T09:00Z", "2026-03-17T09:00Z", "2026-03-18T09:00Z"] {
        at(&clinic, "run", moment).exits(0).says_nothing();
    }
    // The tips in a file of another name, a new step before them, the question first: Ann is past all of these.
    let (old, new) = (
        clinic.path("campaigns/welcome/tips.md"),
        clinic.path("campaigns/welcome/advice.md"),
    );
    std::fs::rename(old, new).unwrap();
    clinic.write(
        "campaigns/welcome/map.md",
        article("map", "How to find us, on foot and by bus."),
    );
    let steps = "series:\n  - {file: welcome.md, after: 0d}\n  - {file: map.md, after: 3d}\n  - {file: question.md, after: 5d}\n  \
                 - {file: advice.md, after: 9d}\n";
    let edited = format!("{}{steps}", SERIES.split("series:").next().unwrap());
    clinic.write("campaigns/welcome/campaign.yaml", &edited);
    let every_day = |from: i32, until: i32| {
        for day in from..=until {
            at(&clinic, "run", &format!("2026-03-{day:02}T09:00Z"))
                .exits(0)
                .says_nothing();
        }
    };
    every_day(19, 28);
    assert_eq!(taken(&judge), ["ann: welcome tips", "bea: welcome map question tips"]);
    // Taken out again: nobody gets anything a second time.
    clinic.write("campaigns/welcome/campaign.yaml", SERIES.replace("tips.md", "advice.md"));
    at(&clinic, "run", "2026-03-29T09:00Z").exits(1).tells("step `question`");
    at(&clinic, "release welcome", "2026-03-29T09:10Z").exits(0);
    at(&clinic, "run", "2026-03-29T09:15Z").exits(0);
    assert_eq!(
        taken(&judge),
        ["ann: welcome tips question", "bea: welcome map question tips"]
    );
}
