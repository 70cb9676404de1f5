//! Crashes: the program is killed as a power cut would kill it, again and again, and the log is held against what the relay saw.
//!
//! Each story sends one edition through a judge and is killed several times before the edition is done; where the axe falls is drawn
//! from a seed, so a story that fails can be told again. `TIDINGS_KILLS=N` asks for more kills than the few of `cargo test`.

use crate::support::judge::{Judge, Phase, Rule};
use crate::support::ledger::until;
use crate::support::workspace::Workspace;
use std::collections::BTreeSet;
use std::time::Duration;

/// Enough people for several kills in one edition.
const PEOPLE: usize = 60;
/// Kills in one story.
const A_STORY: usize = 5;
/// Kills where nobody asks for more.
const KILLS: usize = 15;

/// Chance that repeats itself: the same seed, the same numbers.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        // Knuth's MMIX generator; its upper bits are the good ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Where the axe falls.
#[derive(Debug, Clone, Copy)]
enum Axe {
    /// While the relay has the letter and has not said so.
    BeforeTheAnswer,
    /// While the relay has read a letter and thrown it away.
    BeforeTheLostAnswer,
    /// As soon as so many letters have arrived: somewhere between a reply and the next letter.
    AnyMoment,
    /// While the relay keeps silent after DATA: the letter has not left.
    BeforeTheLetter,
    /// As soon as there is a connection.
    AtTheDoor,
}

const AXES: [Axe; 5] = [
    Axe::BeforeTheAnswer,
    Axe::AnyMoment,
    Axe::BeforeTheLostAnswer,
    Axe::BeforeTheLetter,
    Axe::AtTheDoor,
];

/// One edition, killed [`A_STORY`] times and then sent to its end.
fn story(seed: u64, connections: usize) {
    let judge = Judge::start();
    let clinic = Workspace::sample().with_people(PEOPLE).relay(judge.port(), connections);
    let mut chance = Chance(seed);
    let mut verb: &[&str] = &["send", "seasonal-immunity"];
    let mut doubts = BTreeSet::new();
    for _ in 0..A_STORY {
        let (axe, after) = (AXES[chance.below(AXES.len())], chance.below(PEOPLE / A_STORY));
        let told = format!("seed {seed}, {connections} connections, {axe:?} after {after}");
        let output = killed(&clinic, &judge, verb, axe, after);
        assert!(
            doubts.iter().all(|address| output.stdout.contains(address)),
            "{told}: not all named\n{output}"
        );
        judge.heal();
        let ledger = clinic.ledger();
        ledger.assert_true(PEOPLE, &judge);
        clinic.assert_numbers_close();
        doubts = ledger.people("sending").into_iter().map(str::to_owned).collect();
        assert!(doubts.len() <= connections, "{told}: {doubts:?}");
        verb = &["run"];
    }
    let last = clinic.run(verb).exits(i32::from(!doubts.is_empty()));
    assert!(
        doubts.iter().all(|address| last.stdout.contains(address)),
        "seed {seed}: not all named\n{last}"
    );
    let ledger = clinic.ledger();
    ledger.assert_true(PEOPLE, &judge);
    clinic.assert_numbers_close();
    let (accepted, in_doubt) = (ledger.people("accepted").len(), ledger.people("in_doubt").len());
    assert_eq!(
        accepted + in_doubt,
        PEOPLE,
        "seed {seed}: nobody is missing: {:?}",
        ledger.counts()
    );
    assert!(in_doubt <= A_STORY * connections, "seed {seed}: {in_doubt} in doubt");
    clinic.run(&["run"]).exits(0).says_nothing();
    judge.assert_polite();
}

/// Runs `verb` until the axe falls, or to its end where there is less to do than the axe waits for.
fn killed(clinic: &Workspace, judge: &Judge, verb: &[&str], axe: Axe, after: usize) -> crate::support::workspace::run::Output {
    let letters = judge.deliveries().len() + after;
    let (datas, callers) = (count_data(judge) + after, judge.connections());
    match axe {
        Axe::BeforeTheAnswer => judge.add(Rule::at(Phase::Dot).after(after).hang().kept()),
        Axe::BeforeTheLostAnswer => judge.add(Rule::at(Phase::Dot).after(after).hang()),
        Axe::BeforeTheLetter => judge.add(Rule::at(Phase::Data).after(after).hang()),
        Axe::AnyMoment | Axe::AtTheDoor => {}
    }
    let mut running = clinic.spawn(verb);
    until("the axe's moment, or the end of the run", || {
        let is_time = match axe {
            Axe::BeforeTheAnswer | Axe::BeforeTheLostAnswer => judge.deliveries().len() > letters,
            Axe::AnyMoment => judge.deliveries().len() >= letters,
            Axe::BeforeTheLetter => count_data(judge) > datas,
            Axe::AtTheDoor => judge.connections() > callers,
        };
        is_time || !running.is_alive()
    });
    running.kill()
}

fn count_data(judge: &Judge) -> usize {
    judge.commands().iter().filter(|(_, line)| line == "DATA").count()
}

#[test]
fn nobody_is_lost_and_nobody_gets_two_however_often_the_program_is_killed() {
    let asked = std::env::var("TIDINGS_KILLS").ok().and_then(|kills| kills.parse().ok());
    let stories = asked.unwrap_or(KILLS).div_ceil(A_STORY);
    for (number, connections) in (0..stories).zip([1, 4, 10].into_iter().cycle()) {
        story(7 * number as u64 + 1, connections);
    }
}

#[test]
fn the_letter_under_way_when_the_axe_fell_is_named_and_stays_in_doubt() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).after(3).hang().kept());
    let clinic = Workspace::sample().with_people(8).relay(judge.port(), 1);
    let running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("the fourth letter", || judge.deliveries().len() == 4);
    running.kill();
    let hit = judge.deliveries()[3].recipient.clone();
    assert_eq!(clinic.ledger().people("sending"), BTreeSet::from([hit.as_str()]));
    clinic
        .run(&["status"])
        .exits(1)
        .tells("a run was cut off: the next `tidings run` names what it left in doubt");
    judge.heal();
    clinic
        .run(&["send", "seasonal-immunity"])
        .exits(1)
        .tells("1 letter in doubt, never sent again by itself")
        .prints(&hit);
    let ledger = clinic.ledger();
    ledger.assert_true(8, &judge);
    assert_eq!(
        (ledger.people("accepted").len(), ledger.of(&hit).state.as_str()),
        (7, "in_doubt")
    );
    clinic.run(&["status"]).exits(1);
}

#[test]
fn a_run_that_is_asked_to_stop_hears_the_open_answers_out() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).delay(Duration::from_millis(150)));
    let clinic = Workspace::sample().with_people(PEOPLE).relay(judge.port(), 4);
    for verb in [&["send", "seasonal-immunity"][..], &["run"]] {
        let before = judge.deliveries().len();
        let running = clinic.spawn(verb);
        until("a few letters", || judge.deliveries().len() >= before + 6);
        running.signal("TERM");
        running.wait().exits(75).tells("`tidings run` goes on");
        let ledger = clinic.ledger();
        ledger.assert_true(PEOPLE, &judge);
        assert_eq!(ledger.people("accepted").len(), judge.accepted().len());
        assert_eq!(
            ledger.people("accepted").len() + ledger.people("pending").len(),
            PEOPLE,
            "{:?}",
            ledger.counts()
        );
    }
    judge.heal();
    clinic.run(&["run"]).exits(0);
    assert_eq!(judge.accepted().len(), PEOPLE);
    clinic.ledger().assert_true(PEOPLE, &judge);
}

#[test]
fn a_run_that_is_asked_twice_does_not_wait_for_a_silent_relay() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).after(2).times(1).hang().kept());
    let clinic = Workspace::sample().with_people(6).relay(judge.port(), 1);
    let mut running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("the letter that is never answered", || judge.deliveries().len() == 3);
    // Two signals of a kind that come close together are one to the kernel, so it is asked until it has heard.
    until("the end of the run", || {
        running.signal("TERM");
        !running.is_alive()
    });
    running.wait().exits(75).tells("are in doubt");
    judge.heal();
    clinic.run(&["run"]).exits(1).prints(&judge.deliveries()[2].recipient);
    let ledger = clinic.ledger();
    ledger.assert_true(6, &judge);
    assert_eq!((ledger.people("accepted").len(), ledger.people("in_doubt").len()), (5, 1));
}

#[test]
fn an_interrupt_holds_the_rest_until_a_person_releases_it() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).delay(Duration::from_millis(100)));
    let clinic = Workspace::sample().with_people(20).relay(judge.port(), 2);
    let running = clinic.spawn(&["send", "seasonal-immunity"]);
    until("a few letters", || judge.deliveries().len() >= 3);
    running.signal("INT");
    running.wait().exits(75);
    judge.heal();
    let sent = judge.accepted().len();
    clinic.run(&["run"]).exits(0);
    assert_eq!(judge.accepted().len(), sent, "held is held");
    clinic.run(&["release", "seasonal-immunity"]).exits(0);
    clinic.run(&["run"]).exits(0);
    clinic.ledger().assert_true(20, &judge);
    assert_eq!(judge.accepted().len(), 20);
}

#[test]
fn several_runs_at_once_send_each_letter_once() {
    let judge = Judge::start().rule(Rule::at(Phase::Dot).times(1).hang().kept());
    let clinic = Workspace::sample().with_people(40).relay(judge.port(), 4);
    let first = clinic.spawn(&["send", "seasonal-immunity"]);
    until("a first letter", || !judge.deliveries().is_empty());
    clinic.run(&["run"]).exits(0).says_nothing();
    clinic
        .run(&["send", "seasonal-immunity"])
        .exits(75)
        .tells("`tidings send seasonal-immunity`");
    first.kill();
    judge.heal();
    let runs: Vec<_> = (0..4).map(|_| clinic.spawn(&["run"])).collect();
    let ends: Vec<_> = runs.into_iter().map(|run| run.wait().status).collect();
    assert!(
        ends.iter().all(|end| matches!(end, Some(0 | 1))) && ends.contains(&Some(1)),
        "one finds the dead run: {ends:?}"
    );
    clinic.run(&["run"]).exits(0);
    let ledger = clinic.ledger();
    ledger.assert_true(40, &judge);
    assert_eq!((ledger.people("pending").len(), ledger.people("sending").len()), (0, 0));
    assert!(ledger.people("in_doubt").len() <= 4);
}

/// Killed before the first letter: while the store is made, the list is read, the edition drafted and proved.
#[test]
fn a_send_that_dies_before_its_first_letter_leaves_nothing_in_the_way() {
    /// So many that drafting takes a while.
    const MANY: usize = 3000;
    let judge = Judge::start();
    let tables = ["store", "membership", "edition"];
    for table in std::iter::once(None).chain(tables.map(Some)) {
        let clinic = Workspace::sample().with_people(MANY).relay(judge.port(), 4);
        let before = judge.connections();
        let mut running = clinic.spawn(&["send", "seasonal-immunity"]);
        until("the store has got so far", || has_rows(&clinic, table) || !running.is_alive());
        let died = running.kill();
        assert_eq!(
            (died.status, judge.connections()),
            (None, before),
            "killed too late at {table:?}\n{died}"
        );
        let clinic = clinic.with_people(5).file("subscribers/.keep", "");
        clinic.run(&["import", "subscribers/patients.csv", "--yes"]).exits(0);
        clinic
            .run(&["send", "seasonal-immunity"])
            .exits(0)
            .prints("5 letters accepted");
        let ledger = clinic.ledger();
        assert_eq!(ledger.people("accepted").len(), 5, "{:?}", ledger.counts());
    }
}

/// Whether this table of the store has a row; without a table, whether there is any trace of a store.
fn has_rows(clinic: &Workspace, table: Option<&str>) -> bool {
    let Some(table) = table else {
        return clinic.path(".tidings").exists();
    };
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let looked = rusqlite::Connection::open_with_flags(clinic.path(".tidings/store.db"), flags)
        .and_then(|store| store.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)));
    // A store that is not ready yet cannot be asked.
    looked.is_ok_and(|rows| rows > 0)
}
