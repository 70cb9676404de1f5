//! Steps: who gets which on which day, and who is too late, away, or not of the series.

use super::{BEGIN, at, import, people, taken, welcoming};
use crate::support::judge::Judge;

#[test]
fn a_newcomer_gets_each_step_on_its_day_and_nobody_else_gets_any() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T08:45Z").exits(0).says_nothing();
    assert_eq!(judge.connections(), 0, "it is not nine yet");
    for (moment, steps) in [
        ("2026-03-10T09:00Z", "ann: welcome"),
        ("2026-03-10T09:15Z", "ann: welcome"),
        ("2026-03-17T08:45Z", "ann: welcome"),
        ("2026-03-17T09:00Z", "ann: welcome tips"),
        ("2026-03-24T09:00Z", "ann: welcome tips question"),
        ("2026-05-24T09:00Z", "ann: welcome tips question"),
    ] {
        at(&clinic, "run", moment).exits(0).says_nothing();
        assert_eq!(taken(&judge), [steps], "{moment}");
    }
    at(&clinic, "status", "2026-05-24T09:00Z")
        .exits(0)
        .prints("open: people come to it one by one");
    clinic.assert_numbers_close();
}

#[test]
fn who_came_late_is_named_once_and_held_until_a_person_says() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-13T09:00Z")
        .exits(1)
        .tells("series `welcome`, step `welcome`, a***@patients.example: due Tue 10 Mar 2026 09:00 GMT, found 3 days late")
        .tells("`tidings release welcome` lets them go");
    at(&clinic, "run", "2026-03-13T09:15Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-03-20T09:00Z").exits(0).says_nothing();
    assert_eq!(judge.letters(), 0);
    at(&clinic, "status", "2026-03-20T09:00Z").exits(1).prints("1 held");
    at(&clinic, "why ann@patients.example", "2026-03-20T09:00Z")
        .exits(0)
        .prints("series welcome: the next step waits until the letter of `welcome` is settled");
    at(&clinic, "release welcome", "2026-03-20T10:00Z").exits(0);
    at(&clinic, "run", "2026-03-20T10:15Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome"]);
    at(&clinic, "run", "2026-03-26T10:15Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-03-27T10:15Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome tips"], "a week after the one that came late");
}

#[test]
fn where_late_is_left_out_the_next_step_comes_in_its_own_time() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "late: {by: 6h, then: skip}\n");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-13T09:00Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-03-17T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: tips"]);
    at(&clinic, "why ann@patients.example", "2026-03-17T10:00Z")
        .exits(0)
        .prints("welcome · welcome: left out, due Tue 10 Mar 2026 09:00 GMT, found 3 days late")
        .prints("`question` comes on Tue 24 Mar 2026 09:00 GMT");
    // Two steps late at once: both are left out by one run.
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-04-01")]);
    import(&clinic, "2026-04-01T07:00Z");
    at(&clinic, "run", "2026-04-10T09:00Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-04-15T08:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: tips", "bea: question"]);
}

#[test]
fn a_day_of_joining_in_the_past_counts_from_when_they_were_known() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-02"), ("bea", "2026-02-20")]);
    import(&clinic, "2026-06-01T10:00Z");
    for moment in [
        "2026-06-01T10:15Z",
        "2026-06-07T10:15Z",
        "2026-06-08T08:00Z",
        "2026-06-15T08:00Z",
    ] {
        at(&clinic, "run", moment).exits(0).says_nothing();
    }
    assert_eq!(taken(&judge), ["ann: welcome tips question"]);
    at(&clinic, "why bea@patients.example welcome", "2026-06-15T08:00Z")
        .exits(0)
        .prints("joined on 2026-02-20, before the series began: it is not for them");
}

#[test]
fn who_leaves_and_comes_back_goes_on_where_they_were() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    let list = [("ann", "2026-03-10")];
    people(&clinic, &list);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0);
    people(&clinic, &[]);
    import(&clinic, "2026-03-12T07:00Z");
    at(&clinic, "run", "2026-03-17T09:00Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome"]);
    people(&clinic, &list);
    import(&clinic, "2026-04-20T11:00Z");
    at(&clinic, "run", "2026-04-20T11:15Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome tips"], "away is not late");
    at(&clinic, "run", "2026-04-26T11:15Z").exits(0).says_nothing();
    at(&clinic, "run", "2026-04-27T11:15Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome tips question"]);
}

#[test]
fn without_consent_nobody_comes_to_a_step_and_with_it_they_do() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    let without = clinic
        .read("subscribers/patients.csv")
        .replace("ann,2026-03-10,yes,2020-01-01", "ann,2026-03-10,no,");
    clinic.write("subscribers/patients.csv", without);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0).says_nothing();
    at(&clinic, "why ann@patients.example", "2026-03-10T09:00Z")
        .exits(0)
        .prints("`welcome` is due: the next `tidings run` sends it; but as it stands they would not get it: ");
    let with = clinic
        .read("subscribers/patients.csv")
        .replace("ann,2026-03-10,no,", "ann,2026-03-10,yes,2026-03-20");
    clinic.write("subscribers/patients.csv", with);
    import(&clinic, "2026-03-20T10:00Z");
    at(&clinic, "run", "2026-03-20T10:15Z").exits(0).says_nothing();
    assert_eq!(
        taken(&judge),
        ["ann: welcome"],
        "told just now that she agreed, and so not late"
    );
}

#[test]
fn late_is_counted_from_when_the_consent_was_told_and_the_words_say_so() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    let list = clinic.read("subscribers/patients.csv");
    let without = list.replace("ann,2026-03-10,yes,2020-01-01", "ann,2026-03-10,,");
    clinic.write("subscribers/patients.csv", without);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0).says_nothing();
    clinic.write(
        "subscribers/patients.csv",
        list.replace("ann,2026-03-10,yes,2020-01-01", "ann,2026-03-10,yes,2026-03-16"),
    );
    import(&clinic, "2026-03-16T10:00Z");
    // A row of hers that says something else of her is no other consent.
    let moved = clinic
        .read("subscribers/patients.csv")
        .replace("example,ann,", "example,Ann,");
    clinic.write("subscribers/patients.csv", moved);
    import(&clinic, "2026-03-16T15:00Z");
    at(&clinic, "run", "2026-03-16T21:30Z")
        .exits(1)
        .tells("due Tue 10 Mar 2026 09:00 GMT, allowed from Mon 16 Mar 2026 10:00 GMT, found 11 hours late");
}

#[test]
fn a_series_says_why_it_is_not_sent_by_hand() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    at(&clinic, "send welcome", BEGIN)
        .exits(2)
        .tells("`welcome` is a series: its letters leave by themselves, 0, 7 and 14 days after joining")
        .tells("`tidings run` sends whatever is due");
    at(&clinic, "check", BEGIN).exits(0);
    at(&clinic, "plan", BEGIN).exits(0);
    at(&clinic, "rehearse welcome", BEGIN).exits(0).prints("accepted 3 letters");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0);
    at(&clinic, "rehearse welcome", "2026-03-10T10:00Z")
        .exits(0)
        .prints("accepted 4 letters");
    at(&clinic, "test welcome --to me@mill-lane.example", "2026-03-10T10:00Z").exits(0);
    at(&clinic, "plan", "2026-03-10T10:00Z").exits(0);
}
