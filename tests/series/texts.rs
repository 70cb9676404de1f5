//! Texts: an edited article reaches those who come to the step later, and nobody who has come to it already.

use super::{article, at, import, people, taken, welcoming};
use crate::support::judge::{Judge, Phase, Rule};

fn words(judge: &Judge, name: &str) -> String {
    let taken = judge.accepted();
    let found = taken.iter().find(|letter| letter.recipient.starts_with(name)).unwrap();
    String::from_utf8_lossy(&found.letter(judge)).into_owned()
}

#[test]
fn an_edited_text_is_for_those_who_come_later_and_those_frozen_before_keep_theirs() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    judge.add(
        Rule::at(Phase::Rcpt)
            .to("bea@patients.example")
            .times(1)
            .reply("450 4.2.0 greylisted"),
    );
    at(&clinic, "run", "2026-03-10T09:00Z").exits(0);
    assert_eq!(taken(&judge), ["ann: welcome"]);
    clinic.write(
        "campaigns/welcome/welcome.md",
        article("welcome", "Welcome to our new house."),
    );
    let settings = clinic
        .read("tidings.yaml")
        .replace("tips@mill-lane.example", "tips@new-lane.example");
    clinic.write("tidings.yaml", settings);
    people(
        &clinic,
        &[
            ("ann", "2026-03-10"),
            ("bea", "2026-03-10"),
            ("cleo", "2026-03-11"),
            ("dora", "2026-03-12"),
        ],
    );
    import(&clinic, "2026-03-11T07:00Z");
    at(&clinic, "run", "2026-03-11T09:00Z").exits(0).says_nothing();
    assert!(words(&judge, "ann").contains("from all of us"));
    assert!(
        words(&judge, "bea").contains("from all of us"),
        "she was frozen with the text of before"
    );
    assert!(words(&judge, "cleo").contains("our new house"));
    clinic.write(
        "campaigns/welcome/welcome.md",
        article("welcome", "Welcome to the clinic, from all of us."),
    );
    let settings = clinic
        .read("tidings.yaml")
        .replace("tips@new-lane.example", "tips@mill-lane.example");
    clinic.write("tidings.yaml", settings);
    at(&clinic, "run", "2026-03-12T09:00Z").exits(0).says_nothing();
    assert!(words(&judge, "dora").contains("from all of us"), "the old text again");
    let domains: Vec<String> = judge
        .accepted()
        .iter()
        .map(|letter| letter.message_id.split('@').nth(1).unwrap().to_owned())
        .collect();
    let known: Vec<String> = clinic.ledger().letters.into_iter().map(|letter| letter.message_id).collect();
    assert!(domains.contains(&"new-lane.example".to_owned()), "{domains:?}");
    assert!(
        judge.accepted().iter().all(|letter| known.contains(&letter.message_id)),
        "{known:?}"
    );
}

#[test]
fn a_fault_that_is_everybodys_leaves_nothing_and_one_persons_holds_that_person() {
    let judge = Judge::start().keeping_letters();
    let clinic = welcoming(&judge, "");
    people(&clinic, &[("ann", "2026-03-10"), ("bea", "2026-03-10")]);
    import(&clinic, "2026-03-10T07:00Z");
    let called = |name: &str| {
        let subject = format!("subject: All about welcome for {{{{ {name} }}}}");
        article("welcome", "Welcome.").replace("subject: All about welcome", &subject)
    };
    clinic.write("campaigns/welcome/welcome.md", called("first_nam"));
    at(&clinic, "run", "2026-03-10T09:00Z").exits(65).tells("first_nam");
    assert_eq!((judge.letters(), clinic.ledger().letters.len()), (0, 0));
    at(&clinic, "status", "2026-03-10T09:00Z")
        .exits(65)
        .prints("nothing has been sent yet");
    clinic.write("campaigns/welcome/welcome.md", called("first_name"));
    let broken = clinic.read("subscribers/patients.csv").replace("example,bea,", "example,,");
    clinic.write("subscribers/patients.csv", broken);
    at(&clinic, "run", "2026-03-10T09:15Z")
        .exits(1)
        .tells("b***@patients.example: their letter cannot be written");
    assert_eq!(taken(&judge), ["ann: welcome"]);
    at(&clinic, "run", "2026-03-10T09:30Z").exits(0).says_nothing();
}
