//! Many at once: cron jobs that overlap, and people who ask and steer meanwhile.

use super::{Chance, Figures, Toll, points};
use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

const PEOPLE: usize = 6;
const CONNECTIONS: usize = 3;

/// A clinic whose campaign sends another article each morning, for so many mornings.
fn daily_clinic(judge: &Judge, articles: usize) -> Workspace {
    let mut campaign = "id: d4ily\ntitle: A tip a day\naudience: {lists: [patients]}\ntemplate: letter\n\
                        schedule: {every: day, at: \"09:00\"}\narticles:\n"
        .to_owned();
    let clinic = Workspace::sample().with_people(PEOPLE).relay(judge.port(), CONNECTIONS);
    std::fs::remove_dir_all(clinic.path("campaigns")).unwrap();
    for number in 0..articles {
        writeln!(campaign, "  - {{file: tip-{number}.md}}").unwrap();
        let text = format!(
            "---\\nid: tip-{number}\\ntitle: Tip {number}\\nsubject: Tip {number} for today\\n\
             preheader: A line of at least forty characters that says what it is.\\n---\\n\\nTip {number}, short and kind.\\n"
        );
        clinic.write(&format!("campaigns/daily/tip-{number}.md"), text.replace("\\n", "\n"));
    }
    clinic.file("campaigns/daily/campaign.yaml", &campaign)
}

/// Half an hour after the article of this morning is due.
fn morning(number: usize) -> String {
    let first: jiff::Timestamp = "2027-01-05T09:30:00Z".parse().unwrap();
    let day = jiff::SignedDuration::from_hours(24) * i32::try_from(number).unwrap();
    (first + day).to_string()
}

/// Every letter of every edition went out once: the log's Message-IDs and the judge's are the same, each there once.
#[track_caller]
fn all_once(clinic: &Workspace, judge: &Judge, editions: usize) -> Toll {
    let ledger = clinic.ledger();
    let mut copies: BTreeMap<String, usize> = BTreeMap::new();
    for taken in judge.accepted() {
        *copies.entry(taken.message_id).or_default() += 1;
    }
    let people: BTreeSet<_> = ledger
        .letters
        .iter()
        .map(|letter| (&letter.edition, &letter.address))
        .collect();
    assert_eq!((people.len(), ledger.letters.len()), (editions * PEOPLE, editions * PEOPLE));
    assert!(
        ledger.letters.iter().all(|letter| letter.state == "accepted"),
        "{:?}",
        ledger.counts()
    );
    let toll = Toll {
        lost: ledger
            .letters
            .iter()
            .filter(|letter| !copies.contains_key(&letter.message_id))
            .count(),
        doubled: copies.values().filter(|copies| **copies > 1).count(),
        in_doubt: 0,
    };
    assert_eq!((toll.lost, toll.doubled, copies.len()), (0, 0, editions * PEOPLE));
    clinic.assert_numbers_close();
    judge.assert_polite();
    toll
}

#[test]
fn of_many_heartbeats_at_once_one_sends_and_the_others_say_nothing() {
    let mut figures = Figures::of("2 to 8 runs at once, starts");
    let (rounds, mut chance, mut starts) = (points(6, 60), Chance(1), 0);
    let judge = Judge::start();
    let clinic = daily_clinic(&judge, rounds);
    for round in 0..rounds {
        let (now, many) = (morning(round), 2 + chance.below(7));
        let runs: Vec<_> = (0..many).map(|_| clinic.spawn(&["run", "--json", "--now", &now])).collect();
        let ends: Vec<Output> = runs.into_iter().map(|run| run.wait().exits(0)).collect();
        let (senders, silent): (Vec<Output>, Vec<Output>) = ends.into_iter().partition(|end| !end.stdout.is_empty());
        assert_eq!(senders.len(), 1, "round {round}: {many} runs, {senders:?}");
        assert_eq!(senders[0].json()[0]["states"], serde_json::json!({"accepted": PEOPLE}));
        for end in silent {
            end.says_nothing();
        }
        starts += many;
    }
    figures.add_all(starts, all_once(&clinic, &judge, rounds));
    assert!(starts >= points(12, 100), "{starts} starts");
}

#[test]
fn a_send_beside_the_heartbeats_gives_way_or_sends_alone() {
    let mut figures = Figures::of("send beside runs");
    let rounds = points(4, 30);
    let judge = Judge::start();
    let clinic = daily_clinic(&judge, rounds);
    for round in 0..rounds {
        let now = morning(round);
        let mut verbs = vec![vec!["run", "--now", now.as_str()]; 3];
        verbs.insert(round % 4, vec!["send", "daily", "--now", now.as_str()]);
        let runs: Vec<_> = verbs.iter().map(|verb| (verb[0], clinic.spawn(verb))).collect();
        for (verb, run) in runs {
            let end = run.wait();
            match (verb, end.status) {
                ("send", Some(75)) => drop(end.tells("is sending at this moment")),
                ("send", Some(0)) => {}
                _ => drop(end.exits(0).says_nothing()),
            }
        }
    }
    let sent = judge.accepted().len() / PEOPLE;
    assert!(sent >= rounds, "{sent} editions in {rounds} rounds");
    figures.add_all(rounds, all_once(&clinic, &judge, sent));
}

/// What people type while a run is at work, and how it may end.
const QUESTIONS: [(&[&str], &[i32]); 6] = [
    (&["import", "subscribers/patients.csv"], &[0]),
    (&["status"], &[0, 1]),
    (&["log"], &[0]),
    (&["hold", "daily"], &[0]),
    (&["release", "daily"], &[0]),
    (&["why", "person1@patients.example"], &[0]),
];

#[test]
fn people_who_ask_and_steer_meanwhile_are_answered_and_change_nobodys_letter() {
    let mut figures = Figures::of("run beside import, hold, release, status, log, why");
    let rounds = points(2, 20);
    let judge = Judge::start();
    let clinic = daily_clinic(&judge, rounds);
    clinic.run(&["import", "subscribers/patients.csv"]).exits(0);
    for round in 0..rounds {
        let (now, is_over) = (morning(round), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for (line, ends) in QUESTIONS {
                let (clinic, is_over) = (&clinic, &is_over);
                scope.spawn(move || {
                    while !is_over.load(Ordering::SeqCst) {
                        let end = clinic.run(line);
                        assert!(end.status.is_some_and(|code| ends.contains(&code)), "{end}");
                    }
                });
            }
            let end = clinic.run(&["run", "--now", &now]);
            is_over.store(true, Ordering::SeqCst);
            assert!(matches!(end.status, Some(0)), "{end}");
        });
        clinic.run(&["release", "daily"]);
        clinic.run(&["run", "--now", &now]).exits(0);
        clinic.run(&["run", "--now", &now]).exits(0).says_nothing();
        figures.add(all_once(&clinic, &judge, round + 1));
    }
}

#[test]
fn two_who_make_the_store_at_once_both_get_it() {
    let mut figures = Figures::of("run and imports make a store at once");
    for _ in 0..points(2, 20) {
        let judge = Judge::start();
        let clinic = daily_clinic(&judge, 1);
        let now = morning(0);
        let import = ["import", "subscribers/patients.csv"];
        let runs = [&import[..], &["run", "--now", &now], &import, &import].map(|line| clinic.spawn(line));
        for run in runs {
            run.wait().exits(0);
        }
        clinic.run(&["run", "--now", &now]).exits(0);
        figures.add(all_once(&clinic, &judge, 1));
    }
}
