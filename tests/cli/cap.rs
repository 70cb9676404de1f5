//! One letter in a while: two campaigns that want the same people, seen by the relay, also through kills.

use super::{CAMPAIGN, article, clinic, type_in};
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::people::address;
use crate::support::scan::reader;
use crate::support::workspace::Workspace;
use std::collections::BTreeMap;
use std::time::Duration;

const SCHEDULE: &str = "schedule: {date: 2027-01-05, at: \"09:00\"}\n";

/// A clinic with two campaigns that are due at once for the same people, who get one letter a week, over two connections.
fn two_campaigns(judge: &Judge, people: usize, more: &str) -> Workspace {
    let campaign = CAMPAIGN.replace("  - {file: walks.md}\n", "");
    let news = campaign
        .replace("t1ps", "n3ws")
        .replace("Tips", "News")
        .replace("sleep.md", "tea.md");
    clinic(people)
        .relay(judge.port(), 2)
        .setting("calendar: {one_letter_in: 7d}")
        .file("campaigns/tips/campaign.yaml", &format!("{campaign}{SCHEDULE}"))
        .file("campaigns/news/campaign.yaml", &format!("{news}{SCHEDULE}{more}"))
        .file("campaigns/news/tea.md", &article("tea"))
}

/// How many letters the relay had from us for each person, whatever it said.
fn by_person(judge: &Judge) -> BTreeMap<String, usize> {
    let mut letters = BTreeMap::new();
    for letter in judge.deliveries() {
        *letters.entry(letter.recipient).or_default() += 1;
    }
    letters
}

#[test]
fn two_campaigns_due_at_once_give_each_person_one_letter_and_the_other_a_week_later() {
    let judge = Judge::start().offering("PIPELINING");
    let clinic = two_campaigns(&judge, 12, "");
    type_in(&clinic, "run --now 2027-01-05T09:00Z").exits(0).says_nothing();
    let first = by_person(&judge);
    assert_eq!((first.len(), first.values().max()), (12, Some(&1)));
    for moment in ["05T09:15Z", "06T09:00Z", "11T23:59Z", "12T00:00Z", "12T08:59Z"] {
        type_in(&clinic, &format!("run --now 2027-01-{moment}"))
            .exits(0)
            .says_nothing();
    }
    assert_eq!(by_person(&judge), first, "within the week nobody gets another");
    type_in(&clinic, "status --now 2027-01-06T09:00Z")
        .exits(0)
        .prints("12 letters to go: 12 letters waiting for people who got another one (one letter in 7 days), the first until Tue 12 Jan 09:00");
    let status = type_in(&clinic, "status --json --now 2027-01-06T09:00Z").exits(0).json();
    let capped = status[0]["editions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|edition| edition["capped"].as_u64());
    assert_eq!(capped.flatten().sum::<u64>(), 12);
    type_in(&clinic, &format!("why {} --now 2027-01-06T09:00Z", address(3)))
        .exits(0)
        .prints("waits: `")
        .prints("left for them on Tue 5 Jan 09:00, and they get one letter in 7 days; may leave from Tue 12 Jan 09:00");
    type_in(&clinic, "run --now 2027-01-12T09:05Z").exits(0).says_nothing();
    assert!(by_person(&judge).values().all(|letters| *letters == 2), "and nobody is lost");
    judge.assert_polite();
}

#[test]
fn a_run_that_is_killed_gives_nobody_two_letters_either() {
    for kill_after in [1, 4, 7, 10] {
        let judge = Judge::start().rule(Rule::at(Phase::Dot).delay(Duration::from_millis(30)));
        let clinic = two_campaigns(&judge, 8, "");
        let running = clinic.spawn(&["run", "--now", "2027-01-05T09:00Z"]);
        until("some letters", || judge.letters() >= kill_after.min(8));
        running.kill();
        judge.settle();
        judge.heal();
        let again = type_in(&clinic, "run --now 2027-01-05T09:15Z");
        assert!(matches!(again.status, Some(0 | 1)), "{again}");
        type_in(&clinic, "run --now 2027-01-08T09:15Z");
        let letters = by_person(&judge);
        assert_eq!(letters.values().max(), Some(&1), "killed after {kill_after}: {letters:?}");
        type_in(&clinic, "run --now 2027-01-12T10:00Z");
        type_in(&clinic, "run --now 2027-01-20T10:00Z");
        let ledger = clinic.ledger();
        assert_eq!(ledger.people("pending").len(), 0, "whoever waited has theirs by now");
        clinic.assert_numbers_close();
    }
}

#[test]
fn a_campaign_may_go_out_whatever_else_a_person_got() {
    for (more, at_once) in [("", 4), ("uncapped: true\n", 8)] {
        let judge = Judge::start();
        let clinic = two_campaigns(&judge, 4, more);
        let later = clinic.read("campaigns/news/campaign.yaml").replace("09:00", "10:00");
        let clinic = clinic.file("campaigns/news/campaign.yaml", &later);
        type_in(&clinic, "run --now 2027-01-05T09:00Z").exits(0).says_nothing();
        type_in(&clinic, "run --now 2027-01-05T10:00Z").exits(0).says_nothing();
        assert_eq!(judge.accepted().len(), at_once, "{more}");
        type_in(&clinic, "run --now 2027-01-12T09:15Z").exits(0).says_nothing();
        // On the day that is free again, each leaves at its own hour.
        type_in(&clinic, "run --now 2027-01-12T10:00Z").exits(0).says_nothing();
        assert!(by_person(&judge).values().all(|letters| *letters == 2));
    }
}

#[test]
fn what_a_person_sends_keeps_to_the_cap_and_says_who_waits() {
    let judge = Judge::start();
    let clinic = two_campaigns(&judge, 3, "");
    type_in(&clinic, "send tips --now 2027-01-01T09:00Z").exits(0);
    let plan = type_in(&clinic, "plan news --json --now 2027-01-02T09:00Z").exits(0).json();
    assert_eq!(plan[0]["editions"][0]["capped"], 3, "{plan:?}");
    type_in(&clinic, "rehearse news --now 2027-01-02T09:00Z")
        .exits(0)
        .prints("the sandbox accepted 3 letters");
    type_in(&clinic, "send news --now 2027-01-02T09:00Z")
        .exits(0)
        .tells("`tea`: 3 letters waiting for people who got another one (one letter in 7 days), the first until Fri 8 Jan 09:00");
    assert_eq!(judge.accepted().len(), 3);
    type_in(&clinic, "run --now 2027-01-08T09:05Z").exits(0).says_nothing();
    assert_eq!(judge.accepted().len(), 6);
}

/// A week's letter is not in the way of the next one, whether the runs come some seconds earlier or the letters left some later.
#[test]
fn a_weekly_letter_keeps_its_day_and_its_hour_under_the_cap_of_a_week() {
    let judge = Judge::start();
    let weekly = CAMPAIGN.to_owned() + "schedule: {every: week, day: tuesday, at: \"09:00\"}\n";
    let clinic = clinic(3)
        .relay(judge.port(), 1)
        .setting("calendar: {one_letter_in: 7d}")
        .file("campaigns/tips/campaign.yaml", &weekly);
    type_in(&clinic, "run --now 2027-03-22T12:00Z").exits(0);
    // The week in which London's clocks jump, so that it is an hour shorter.
    for (moment, letters) in [
        ("2027-03-23T09:00:40Z", 3),
        ("2027-03-29T22:59:59Z", 3),
        ("2027-03-30T08:00:01Z", 6),
    ] {
        type_in(&clinic, &format!("run --now {moment}")).exits(0).says_nothing();
        assert_eq!(judge.accepted().len(), letters, "{moment}");
    }
}

/// Two weekly campaigns to the same people under the cap of a week; the one of Mondays may leave in one hour of that day alone.
fn mondays_and_fridays(judge: &Judge) -> Workspace {
    let campaign = |id: &str, title: &str, article: &str, rest: &str| {
        let base = CAMPAIGN
            .replace("  - {file: walks.md}\n", "")
            .replace("t1ps", id)
            .replace("Tips", title);
        base.replace("  - {file: sleep.md}\n", article) + rest
    };
    let entries = |names: [&str; 3]| names.map(|name| format!("  - {{file: {name}.md}}\n")).concat();
    let window = "window: {days: monday, from: \"09:00\", until: \"10:00\"}\n";
    let monday = format!("schedule: {{every: week, day: monday, at: \"09:00\"}}\n{window}");
    let friday = "schedule: {every: week, day: friday, at: \"09:00\"}\n";
    let mut clinic = clinic(3)
        .relay(judge.port(), 1)
        .setting("calendar: {one_letter_in: 7d}")
        .file(
            "campaigns/tips/campaign.yaml",
            &campaign("t1ps", "Tips", &entries(["m1", "m2", "m3"]), &monday),
        )
        .file(
            "campaigns/news/campaign.yaml",
            &campaign("n3ws", "News", &entries(["f1", "f2", "f3"]), friday),
        );
    for name in ["m1", "m2", "m3"] {
        clinic = clinic.file(&format!("campaigns/tips/{name}.md"), &article(name));
    }
    for name in ["f1", "f2", "f3"] {
        clinic = clinic.file(&format!("campaigns/news/{name}.md"), &article(name));
    }
    clinic
}

/// The campaigns whose letters the relay has, one of each edition, in the order in which they left.
fn row(clinic: &Workspace) -> Vec<String> {
    let store = reader(&clinic.path(".tidings/store.db"));
    let sql = "SELECT e.article || ' ' || strftime('%m-%d', min(a.begun_at) / 1000000, 'unixepoch') FROM attempt a JOIN delivery d ON d.id = a.delivery \
               JOIN edition e ON e.id = d.edition GROUP BY e.id ORDER BY min(a.begun_at)";
    let mut statement = store.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn a_campaign_with_few_hours_is_not_starved_by_one_with_many() {
    let judge = Judge::start();
    let clinic = mondays_and_fridays(&judge);
    type_in(&clinic, "check --now 2027-01-02T12:00Z").exits(0).tells(
        "tidings.yaml: warning: `news` and `tips` mean 104 letters within a year for the list `patients`, and `one_letter_in: 7d` lets one \
         in 7 days leave: some would wait",
    );
    type_in(&clinic, "run --now 2027-01-02T12:00Z").exits(0);
    let plan = type_in(&clinic, "plan --days 45 --json --now 2027-01-02T12:00Z")
        .exits(0)
        .json();
    for day in 4..40 {
        for hour in ["09:05", "11:00", "20:00"] {
            let day = jiff::civil::date(2027, 1, 1).saturating_add(jiff::Span::new().days(day - 1));
            type_in(&clinic, &format!("run --now {day}T{hour}Z")).exits(0).says_nothing();
        }
        if day == 11 {
            type_in(&clinic, "status --now 2027-01-11T11:00Z")
                .exits(0)
                .prints("3 letters to go: 3 letters waiting for people who got another one (one letter in 7 days), the first until Mon 18 Jan 09:00");
        }
        if day == 15 {
            type_in(&clinic, "status --now 2027-01-18T08:00Z")
                .exits(0)
                .prints("3 letters waiting for an older one that goes to the same people first");
            type_in(&clinic, &format!("why {} --now 2027-01-18T08:59Z", address(2)))
                .exits(0)
                .prints("waits: `m2` of tips is older and goes to them first, today 09:00, and they get one letter in 7 days");
        }
    }
    let expected = ["m1 01-04", "f1 01-11", "m2 01-18", "f2 01-25", "m3 02-01", "f3 02-08"];
    assert_eq!(row(&clinic).len(), expected.len(), "{:?}", row(&clinic));
    for (found, expected) in row(&clinic).iter().zip(expected) {
        assert!(found.ends_with(expected), "{:?}", row(&clinic));
    }
    assert!(by_person(&judge).values().all(|letters| *letters == 6));
    // What was foretold is what came.
    let mut foretold: Vec<&str> = plan[0]["editions"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|edition| edition["starts_at"].as_str())
        .collect();
    foretold.sort_unstable();
    let days: Vec<String> = expected.iter().map(|line| format!("2027-{}", &line[3..])).collect();
    assert_eq!(foretold.iter().map(|at| &at[..10]).collect::<Vec<_>>(), days);
}

/// For a letter that cannot leave nobody waits: one on hold, or one whose hours do not open within the week.
#[test]
fn a_letter_that_cannot_leave_keeps_nobody_waiting() {
    for (order, holidays) in [
        ("hold tips/m1 --because wait", "1 May"),
        ("hold tips --because wait", "1 May"),
        ("status", "2027-01-04 to 2027-01-12"),
    ] {
        let judge = Judge::start();
        let clinic = mondays_and_fridays(&judge)
            .setting("calendar: {one_letter_in: 7d, holidays: holidays.txt}")
            .file("holidays.txt", &format!("{holidays} closed\n"));
        type_in(&clinic, "send tips --now 2027-01-03T12:00Z").exits(75);
        type_in(&clinic, &format!("{order} --now 2027-01-03T12:30Z"));
        type_in(&clinic, "send news --now 2027-01-03T14:00Z");
        assert_eq!(judge.accepted().len(), 3, "{order}");
    }
    let judge = Judge::start();
    let clinic = mondays_and_fridays(&judge);
    type_in(&clinic, "send tips --now 2027-01-03T12:00Z").exits(75);
    type_in(&clinic, "send news --now 2027-01-03T14:00Z")
        .tells("`f1`: 3 letters waiting for an older one that goes to the same people first");
    assert_eq!(judge.connections(), 0, "tips are older, and leave tomorrow");
}
