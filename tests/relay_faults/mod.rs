//! Sixty ways in which relays go wrong, in each of the three modes of the conversation.
//!
//! Promises: every fault is sent through, its outcome held against the judge's record, then the relay is healed and the run resumed:
//! nobody lost, nobody twice, no letter in another's hands. A sample runs with `cargo test`: every fault in one of the modes, turn by
//! turn; `TIDINGS_FAULTS=all` plays all of them in all modes over one and over ten connections, `TIDINGS_FAULTS=35,36` just these so.
//! Real servers are `peers`' matter.

mod fault;
mod front;
mod letters;
mod life;
mod mode;
mod nasty;
mod opening;
mod place;
mod story;
mod strait;

use crate::support::judge::Judge;
use crate::support::workspace::Workspace;
use fault::Fault;
use mode::Mode;
use place::Line;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use story::Story;

/// How many stories are played side by side: most of their time is patience with a relay that is away.
const AT_ONCE: usize = 8;

/// The table, in the order of the plan.
fn table() -> Vec<Fault> {
    let parts = [
        opening::connect(),
        opening::session(),
        opening::sender(),
        letters::envelope(),
        letters::data(),
        letters::terminator(),
        letters::replies(),
        life::life(),
    ];
    parts.concat()
}

#[test]
fn the_table_is_the_plan() {
    let numbers: Vec<u8> = table().iter().map(|fault| fault.number).collect();
    assert!(numbers.is_sorted());
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), 60);
    let names: BTreeSet<&str> = table().iter().map(|fault| fault.name).collect();
    assert_eq!(names.len(), table().len(), "every row has a name of its own");
}

#[test]
fn sixty_faults_lose_and_double_nothing() {
    let table: Vec<Fault> = table().into_iter().filter(is_wanted).collect();
    let (patience, names) = (knows_patience(), or_passed_over(place::can_rename()));
    let is_open = |fault: &&Fault| (patience || !fault.needs_patience) && (names || !matches!(fault.line, Line::Named(_)));
    let (played, waiting): (Vec<&Fault>, Vec<&Fault>) = table.iter().partition(is_open);
    prove("relay faults", &played, waiting.len(), everything());
}

/// What mixes two people's letters where a sender is careless.
#[test]
fn nasty_dialogues_mix_nobodys_letters() {
    let table: Vec<Fault> = nasty::table().into_iter().filter(is_wanted).collect();
    prove("nasty dialogues", &table.iter().collect::<Vec<_>>(), 0, everything());
}

fn everything() -> bool {
    std::env::var("TIDINGS_FAULTS").is_ok()
}

/// Whether this row was asked for, where some were.
fn is_wanted(fault: &Fault) -> bool {
    let asked = std::env::var("TIDINGS_FAULTS").unwrap_or_else(|_| "all".to_owned());
    asked == "all" || asked.split(',').any(|number| number == fault.number.to_string())
}

/// Plays these faults and fails with all that went wrong.
#[expect(clippy::print_stdout, reason = "the figures are what the suite is run for")]
fn prove(suite: &str, played: &[&Fault], waiting: usize, everything: bool) {
    let stories: Vec<Story<'_>> = match everything {
        true => played.iter().flat_map(|fault| every_story(fault)).collect(),
        false => played.iter().map(|fault| one_story(fault)).collect(),
    };
    let wrong = play(&stories);
    for line in proof(&stories, waiting, &wrong) {
        println!("proof| {suite} | {line}");
    }
    let wrong: Vec<&String> = wrong.values().collect();
    assert!(
        wrong.is_empty(),
        "{} of {} stories went wrong: {wrong:#?}",
        wrong.len(),
        stories.len()
    );
}

/// Says so where names cannot be given; in CI that is a failure.
fn or_passed_over(can_rename: bool) -> bool {
    crate::peers::or_passed_over(can_rename.then_some(()), "the right to mount in a namespace of its own").is_some()
}

/// The fault in the mode whose turn it is.
fn one_story(fault: &Fault) -> Story<'_> {
    let mode = Mode::ALL[usize::from(fault.number) % 3];
    Story {
        fault,
        mode,
        connections: fault.connections,
    }
}

fn every_story(fault: &Fault) -> Vec<Story<'_>> {
    let ten = (!fault.is_about_one_connection).then_some(10);
    let widths = BTreeSet::from([Some(fault.connections), ten]);
    let widths: Vec<usize> = widths.into_iter().flatten().collect();
    let story = |mode, connections| Story {
        fault,
        mode,
        connections,
    };
    Mode::ALL
        .into_iter()
        .flat_map(|mode| widths.iter().map(move |connections| story(mode, *connections)))
        .collect()
}

/// Plays them, several at a time; what went wrong, by the story's place.
fn play(stories: &[Story<'_>]) -> BTreeMap<usize, String> {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(BTreeMap::new()));
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((place, story)) = take(&next, stories) {
                    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| story.play())) {
                        wrong
                            .lock()
                            .unwrap()
                            .insert(place, format!("{}: {}", story.told(), words(panic.as_ref())));
                    }
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

fn take<'a, 's>(next: &AtomicUsize, stories: &'a [Story<'s>]) -> Option<(usize, &'a Story<'s>)> {
    let place = next.fetch_add(1, Ordering::SeqCst);
    stories.get(place).map(|story| (place, story))
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}

/// One line a mode: how many of the sixty came out as they must.
fn proof(stories: &[Story<'_>], waiting: usize, wrong: &BTreeMap<usize, String>) -> Vec<String> {
    let line = |mode: Mode| {
        let here = stories.iter().enumerate().filter(|(_, story)| story.mode == mode);
        let (mut seen, mut failed) = (BTreeSet::new(), BTreeSet::new());
        for (place, story) in here {
            seen.insert(story.fault.number);
            failed.extend(wrong.contains_key(&place).then_some(story.fault.number));
        }
        let right = seen.difference(&failed).count();
        let late = match waiting {
            0 => String::new(),
            rows => format!(" ({rows} rows were passed over)"),
        };
        format!("{} | {right} of {}{late}", mode.name(), seen.len())
    };
    Mode::ALL.map(line).to_vec()
}

/// Whether this program lets a test shorten its deadlines, which are minutes.
fn knows_patience() -> bool {
    let judge = Judge::start();
    let clinic = Workspace::sample().with_people(1).setting(&format!(
        "relay: {{host: 127.0.0.1, port: {}, tls: none, test: true, patience: 2}}",
        judge.port()
    ));
    clinic.run(&["check"]).status == Some(0)
}
