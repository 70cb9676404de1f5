//! Faulty: data that spoil a letter hold that letter, and never the letters of others; what is everybody's fault makes nobody late.

use super::{article, at, import, people, taken, welcoming};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;

/// A clinic whose welcome calls people by their names.
fn by_name(judge: &Judge, more: &str) -> Workspace {
    let clinic = welcoming(judge, more);
    say(&clinic, "first_name");
    clinic
}

fn say(clinic: &Workspace, name: &str) {
    let subject = format!("subject: All about welcome for {{{{ {name} }}}}");
    let text = article("welcome", "Welcome.").replace("subject: All about welcome", &subject);
    clinic.write("campaigns/welcome/welcome.md", text);
}

/// The list from now on; whoever is named has no first name.
fn without_names(clinic: &Workspace, list: &[(&str, &str)], nameless: &[&str]) {
    people(clinic, list);
    let mut text = clinic.read("subscribers/patients.csv");
    for name in nameless {
        text = text.replace(&format!("example,{name},"), "example,,");
    }
    clinic.write("subscribers/patients.csv", text);
}

#[test]
fn two_faulty_of_three_are_held_by_name_and_the_third_goes() {
    let judge = Judge::start().keeping_letters();
    let clinic = by_name(&judge, "");
    let newcomers = [("ann", "2026-03-10"), ("bea", "2026-03-10"), ("cleo", "2026-03-10")];
    without_names(&clinic, &newcomers, &["bea", "cleo"]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z")
        .exits(1)
        .tells("b***@patients.example: their letter cannot be written")
        .tells("c***@patients.example: their letter cannot be written");
    assert_eq!(taken(&judge), ["ann: welcome"]);
    at(&clinic, "run", "2026-03-10T09:15Z").exits(0).says_nothing();
    at(&clinic, "status", "2026-03-10T09:15Z").exits(1).prints("2 held");
    at(&clinic, "why bea@patients.example", "2026-03-10T09:15Z")
        .exits(0)
        .prints("the next step waits until the letter of `welcome` is settled");
    clinic.assert_numbers_close();
}

#[test]
fn a_few_faulty_newcomers_do_not_stop_a_step_that_hundreds_have_come_to() {
    let judge = Judge::start().keeping_letters();
    let clinic = by_name(&judge, "");
    let names: Vec<String> = (0..198).map(|number| format!("p{number:03}")).collect();
    let mut list: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "2026-03-10")).collect();
    people(&clinic, &list);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0).says_nothing();
    assert_eq!(judge.letters(), 198);
    list.extend([("zoe", "2026-03-11"), ("zuleika", "2026-03-11")]);
    without_names(&clinic, &list, &["zoe", "zuleika"]);
    import(&clinic, "2026-03-11T07:00Z");
    at(&clinic, "run", "2026-03-11T09:00Z")
        .exits(1)
        .tells("their letter cannot be written");
    at(&clinic, "run", "2026-03-11T09:15Z").exits(0).says_nothing();
    at(&clinic, "status", "2026-03-11T09:15Z").exits(1).prints("2 held");
}

#[test]
fn where_nobodys_letter_can_be_written_the_step_stops_and_nobody_grows_late() {
    let judge = Judge::start().keeping_letters();
    let clinic = by_name(&judge, "late: {by: 6h, then: skip}\n");
    let newcomers = [("ann", "2026-03-10"), ("bea", "2026-03-10")];
    without_names(&clinic, &newcomers, &["ann", "bea"]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z")
        .exits(65)
        .tells("none of 2 letters can be written");
    assert_eq!((judge.letters(), clinic.ledger().letters.len()), (0, 0));
    at(&clinic, "why ann@patients.example", "2026-03-10T09:10Z")
        .exits(0)
        .prints("`welcome` is due, but its letters cannot be written since Tue 10 Mar 2026 09:00 GMT")
        .never_says("sends it");
    for (line, code) in [("plan", 0), ("status", 65)] {
        at(&clinic, line, "2026-03-10T09:10Z")
            .exits(code)
            .prints("`welcome` is stopped: its letters cannot be written");
    }
    at(&clinic, "run", "2026-03-12T20:00Z").exits(65);
    people(&clinic, &newcomers);
    import(&clinic, "2026-03-12T20:10Z");
    at(&clinic, "run", "2026-03-12T20:15Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome", "bea: welcome"], "stopped is not late");
    at(&clinic, "status", "2026-03-12T20:30Z").exits(0).never_says("stopped");
}

#[test]
fn a_faulty_article_makes_nobody_late_and_a_machine_that_was_off_does() {
    let judge = Judge::start().keeping_letters();
    let clinic = by_name(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    say(&clinic, "first_nam");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(65).tells("first_nam");
    at(&clinic, "run", "2026-03-11T09:00Z").exits(65);
    say(&clinic, "first_name");
    at(&clinic, "run", "2026-03-11T09:15Z").exits(0).says_nothing();
    assert_eq!(taken(&judge), ["ann: welcome"]);
    // The week before a stop that came later is a week all the same.
    say(&clinic, "first_nam");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-12")]);
    import(&clinic, "2026-03-12T07:00Z");
    at(&clinic, "run", "2026-03-14T09:00Z").exits(65);
    say(&clinic, "first_name");
    at(&clinic, "run", "2026-03-14T09:15Z")
        .exits(1)
        .tells("due Thu 12 Mar 2026 09:00 GMT, found 2 days late");
}

#[test]
fn a_stop_is_over_with_those_who_were_due() {
    let judge = Judge::start().keeping_letters();
    let clinic = by_name(&judge, "");
    let newcomers = [("ann", "2026-03-10"), ("bea", "2026-03-10")];
    without_names(&clinic, &newcomers, &["ann", "bea"]);
    import(&clinic, "2026-03-10T07:00Z");
    at(&clinic, "run", "2026-03-10T09:00Z").exits(65);
    people(&clinic, &[]);
    import(&clinic, "2026-03-10T09:10Z");
    at(&clinic, "run", "2026-03-10T09:15Z").exits(0).says_nothing();
    at(&clinic, "status", "2026-03-10T09:20Z").exits(0).never_says("stopped");
    people(&clinic, &[("cleo", "2026-03-12")]);
    import(&clinic, "2026-03-12T07:00Z");
    at(&clinic, "run", "2026-03-14T09:00Z").exits(1).tells("found 2 days late");
}

#[test]
fn a_row_that_is_nobody_is_named_when_its_file_is_read_and_not_again() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10")]);
    let list = clinic.read("subscribers/patients.csv");
    clinic.write(
        "subscribers/patients.csv",
        list + "bea.example.org,Bea,2026-03-10,yes,2020-01-01\n",
    );
    at(&clinic, "run", "2026-03-10T09:00Z")
        .exits(0)
        .tells("subscribers/patients.csv:6:1: warning: row left out: `b***` is no address");
    assert_eq!(taken(&judge), ["ann: welcome"]);
    at(&clinic, "run", "2026-03-10T09:15Z").exits(0).says_nothing();
}
