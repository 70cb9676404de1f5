//! Left out: who is not of the audience costs nothing, and who was left out once is not for ever.

use super::{SERIES, at, import, taken, welcoming};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// Bob, who joined with the calendar's edition and had not agreed yet when it left.
fn bob(clinic: &Workspace, consent: &str) {
    let head = "email,first_name,joined,consent,consent_date\n";
    let row = format!("bob@patients.example,Bob,2026-03-04,{consent},2026-03-01\n");
    clinic.write("subscribers/patients.csv", format!("{head}{row}"));
}

/// A campaign that was a series, left once by the calendar without Bob, and is a series again.
fn left_without_bob(judge: &Judge, more: &str) -> Workspace {
    let clinic = welcoming(judge, more);
    let head = SERIES.split("series:").next().unwrap_or_default();
    let calendar = "schedule: {date: 2026-03-05, at: \"09:00\"}\narticles:\n  - {file: welcome.md}\n";
    clinic.write("campaigns/welcome/campaign.yaml", format!("{head}{calendar}"));
    let old = "olga@patients.example,Olga,2019-05-01,yes,2020-01-01\n";
    bob(&clinic, "no");
    let list = clinic.read("subscribers/patients.csv");
    clinic.write("subscribers/patients.csv", format!("{list}{old}"));
    import(&clinic, "2026-03-05T08:00Z");
    at(&clinic, "run", "2026-03-05T09:00Z").exits(0);
    assert_eq!(taken(judge), ["olga: welcome"]);
    clinic.write("campaigns/welcome/campaign.yaml", format!("{SERIES}{more}"));
    let list = clinic.read("subscribers/patients.csv");
    clinic.write("subscribers/patients.csv", list.replace(",no,", ",yes,"));
    import(&clinic, "2026-03-06T07:00Z");
    clinic
}

#[test]
fn who_was_left_out_of_the_article_before_goes_on_past_a_late_step() {
    let judge = Judge::start().keeping_letters();
    let clinic = left_without_bob(&judge, "late: {by: 6h, then: skip}\n");
    at(&clinic, "run", "2026-03-06T14:00Z").exits(0).says_nothing();
    at(&clinic, "why bob@patients.example", "2026-03-06T15:00Z")
        .exits(0)
        .prints("welcome · welcome: left out, due Wed 4 Mar 2026 09:00 GMT, allowed from Fri 6 Mar 2026 07:00 GMT")
        .prints("`tips` comes on Wed 11 Mar 2026");
    at(&clinic, "run", "2026-03-11T09:00Z").exits(0).says_nothing();
    assert!(taken(&judge).contains(&"bob: tips".to_owned()), "{:?}", taken(&judge));
}

#[test]
fn who_gets_the_letter_after_all_is_left_out_no_more() {
    let judge = Judge::start().keeping_letters();
    let clinic = left_without_bob(&judge, "late: {by: 3d, then: hold}\n");
    at(&clinic, "run", "2026-03-06T09:00Z").exits(0).says_nothing();
    assert!(taken(&judge).contains(&"bob: welcome".to_owned()), "{:?}", taken(&judge));
    let why = at(&clinic, "why bob@patients.example", "2026-03-06T10:00Z").exits(0);
    why.prints("welcome · welcome: accepted").never_says("left out");
}

#[test]
fn who_is_due_and_not_of_the_audience_needs_no_way_to_the_relay() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "only: {first_name: [Nobody]}\n");
    super::people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    let settings = clinic.read("tidings.yaml");
    let settings = settings
        .replace("test: true", "test: true, user: clinic, password_env: NOWHERE_AT_ALL")
        .replace("tls: none", "tls: starttls");
    clinic.write("tidings.yaml", settings);
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0).says_nothing();
    let series = clinic.read("campaigns/welcome/campaign.yaml").replace("Nobody", "ann");
    clinic.write("campaigns/welcome/campaign.yaml", series);
    at(&clinic, "run", "2026-03-10T09:15Z").exits(78);
}
