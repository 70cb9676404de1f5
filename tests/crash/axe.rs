//! The axe: where it falls, and the run that it falls on.

use super::books;
use super::chance::Chance;
use crate::support::judge::{Judge, Phase, Rule};
use crate::support::stopwatch::Stopwatch;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::{Output, Running};
use std::time::Duration;

/// Longer than any moment takes to come on a quick machine; where it does not come, the axe falls all the same.
const PATIENCE: Duration = Duration::from_millis(1500);
/// How often the axe looks up.
const GLANCE: Duration = Duration::from_micros(150);

/// Where the axe falls.
#[derive(Debug, Clone, Copy)]
pub(super) enum Axe {
    /// While the relay has so many letters and has not said so.
    BeforeTheAnswer(usize),
    /// While the relay has read a letter and thrown it away.
    BeforeTheLostAnswer,
    /// As soon as so many letters have arrived: somewhere between a reply and the next letter.
    AnyMoment,
    /// While the relay keeps silent after DATA: the letter has not left.
    BeforeTheLetter,
    /// As soon as there is a connection.
    AtTheDoor,
    /// So long after the start.
    After(Duration),
    /// As soon as this file is there.
    File(&'static str),
    /// As soon as this number of the store's has grown.
    Row(Row),
}

/// A number of the store's that grows as a run gets on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Row {
    /// Members of the list: it is imported.
    Members,
    /// Editions: one is drafted.
    Drafts,
    /// Editions that were released.
    Releases,
    /// Letters in doubt: the dead run's letters are recovered.
    Doubts,
    /// Runs on record: this one has begun.
    Runs,
    /// What people have ordered: an order is on record.
    Orders,
    /// Attempts on record: a letter may leave.
    Intents,
    /// Attempts with an outcome: an answer was just written.
    Outcomes,
}

impl Row {
    fn question(self) -> &'static str {
        match self {
            Self::Members => "SELECT count(*) FROM membership",
            Self::Drafts => "SELECT count(*) FROM edition",
            Self::Releases => "SELECT count(*) FROM edition WHERE status = 'released'",
            Self::Doubts => "SELECT count(*) FROM delivery WHERE state = 'in_doubt'",
            Self::Runs => "SELECT count(*) FROM run",
            Self::Orders => "SELECT count(*) FROM spoken_order",
            Self::Intents => "SELECT count(*) FROM attempt",
            Self::Outcomes => "SELECT count(*) FROM attempt WHERE settled_at IS NOT NULL",
        }
    }

    fn of(self, clinic: &Workspace) -> i64 {
        let store = books::open(clinic);
        store.and_then(|store| books::number(&store, self.question())).unwrap_or(0)
    }
}

impl Axe {
    /// A moment before anybody is written to.
    pub(super) fn early(chance: &mut Chance) -> Self {
        let files = [".tidings", ".tidings/keys", ".tidings/store.db", "campaigns/.sent"];
        match chance.below(4) {
            0 => Self::File(chance.of(&files)),
            1 => Self::Row(chance.of(&[Row::Members, Row::Drafts, Row::Releases])),
            _ => Self::After(chance.up_to(Duration::from_millis(90))),
        }
    }

    /// A moment of a run that has letters to send, of which so many can be under way at most.
    pub(super) fn late(chance: &mut Chance, connections: usize, most: usize) -> Self {
        match chance.below(12) {
            0 => Self::BeforeTheAnswer(chance.of(&[1, connections])),
            1 => Self::BeforeTheAnswer(most),
            2 => Self::BeforeTheLostAnswer,
            3 => Self::BeforeTheLetter,
            4 => Self::AtTheDoor,
            5 | 6 => Self::After(chance.up_to(Duration::from_millis(30))),
            7 => Self::Row(chance.of(&[Row::Doubts, Row::Runs])),
            8 => Self::Row(Row::Intents),
            9 => Self::Row(Row::Outcomes),
            _ => Self::AnyMoment,
        }
    }

    /// A moment that hardly leaves time to begin.
    pub(super) fn at_once(chance: &mut Chance) -> Self {
        Self::After(chance.up_to(Duration::from_millis(12)))
    }

    /// Whether it falls whenever it happens to, and at no step of the program's.
    pub(super) fn is_chance(self) -> bool {
        matches!(self, Self::After(_) | Self::AnyMoment)
    }

    /// Its name, for the figures.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::BeforeTheAnswer(_) => "before the answer",
            Self::BeforeTheLostAnswer => "before the lost answer",
            Self::AnyMoment => "at a letter",
            Self::BeforeTheLetter => "before the letter",
            Self::AtTheDoor => "at the door",
            Self::After(_) => "after a while",
            Self::File(_) => "at a file",
            Self::Row(Row::Members) => "list imported",
            Self::Row(Row::Drafts) => "drafted",
            Self::Row(Row::Releases) => "released",
            Self::Row(Row::Doubts) => "recovered",
            Self::Row(Row::Runs) => "run begun",
            Self::Row(Row::Orders) => "order written",
            Self::Row(Row::Intents) => "intent written",
            Self::Row(Row::Outcomes) => "outcome written",
        }
    }

    /// What the judge does so that the moment comes, once `after` letters have passed.
    fn rule(self, after: usize) -> Option<Rule> {
        match self {
            Self::BeforeTheAnswer(_) => Some(Rule::at(Phase::Dot).after(after).mute().kept()),
            Self::BeforeTheLostAnswer => Some(Rule::at(Phase::Dot).after(after).hang()),
            Self::BeforeTheLetter => Some(Rule::at(Phase::Data).after(after).hang()),
            Self::AnyMoment | Self::AtTheDoor | Self::After(_) | Self::File(_) | Self::Row(_) => None,
        }
    }

    /// Runs `verb` until the axe falls, or to its end where there is less to do than the axe waits for.
    pub(super) fn swing(self, clinic: &Workspace, judge: &Judge, verb: &[&str], after: usize) -> Output {
        let (letters, datas, callers) = (judge.letters() + after, judge.datas() + after, judge.connections());
        let more = i64::try_from(after).unwrap();
        let rows = match self {
            Self::Row(row @ (Row::Intents | Row::Outcomes)) => row.of(clinic) + more,
            Self::Row(row) => row.of(clinic),
            _ => 0,
        };
        self.rule(after).into_iter().for_each(|rule| judge.add(rule));
        let running = clinic.spawn(verb);
        let began = Stopwatch::start();
        let mut store = None;
        falls(running, || match self {
            Self::BeforeTheAnswer(many) => judge.letters() >= letters + many,
            Self::BeforeTheLostAnswer => judge.letters() > letters,
            Self::AnyMoment => judge.letters() >= letters,
            Self::BeforeTheLetter => judge.datas() > datas,
            Self::AtTheDoor => judge.connections() > callers,
            Self::After(wait) => began.shows() >= wait,
            Self::File(name) => clinic.path(name).exists(),
            Self::Row(row) => {
                store = store.take().or_else(|| books::open(clinic));
                store.as_ref().and_then(|store| books::number(store, row.question())) > Some(rows)
            }
        })
    }
}

/// Kills the run as soon as it is time; a run that ends by itself before is left to it.
fn falls(mut running: Running, is_time: impl FnMut() -> bool) -> Output {
    watch(&mut running, is_time);
    running.kill()
}

/// Waits until it is time, or the run has come to its end, or patience has.
pub(super) fn watch(running: &mut Running, mut is_time: impl FnMut() -> bool) {
    let began = Stopwatch::start();
    while !is_time() && running.is_alive() && began.shows() < PATIENCE {
        std::thread::sleep(GLANCE);
    }
}
