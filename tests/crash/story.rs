//! One random story: an edition that is killed again and again, with orders in between, and sent to its end.
//!
//! Everything is drawn from the seed. After every kill and every ending the invariants are held; a story that breaks one says which,
//! for whom, what the judge has, what had happened so far, and how to tell the story again.

use super::axe::Axe;
use super::books::Books;
use super::chance::Chance;
use super::clinic::{self, CAMPAIGN};
use super::figures::Figures;
use super::invariants::{self, Faults};
use super::mischief;
use super::mode::Mode;
use crate::support::judge::{Delivery, Judge, Phase, Rule};
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A story on its way.
pub(super) struct Story {
    seed: u64,
    pub(super) chance: Chance,
    pub(super) judge: Judge,
    pub(super) clinic: Workspace,
    pub(super) people: usize,
    mode: &'static Mode,
    pub(super) connections: usize,
    mischief: Vec<Rule>,
    /// Who withdrew their consent, and how many letters the judge had read for them until then.
    pub(super) gone: BTreeMap<String, usize>,
    /// Whose letter a kill left under way, until a run has named them.
    unnamed: BTreeSet<String>,
    pub(super) books: Books,
    pub(super) figures: Figures,
    happened: Vec<String>,
}

/// Tells the story of this seed, in the mode that is its, and gives what it adds up to.
pub(super) fn tell(seed: u64) -> Figures {
    let mut story = Story::begin(seed);
    let kills = 4 + story.people / (12 + story.chance.below(30));
    for _ in 0..story.chance.below(4) {
        let axe = Axe::early(&mut story.chance);
        story.cycle(axe);
    }
    for _ in 0..kills {
        if story.books.is_done() {
            break;
        }
        story.chapter();
    }
    story.end()
}

impl Story {
    fn begin(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let people = 50 + chance.below(clinic::MOST - 49);
        let connections = chance.of(&[1, 4, 20]);
        let mode = Mode::of(seed);
        let judge = mode.judge();
        let clinic = clinic::clinic_by(mode, &judge, people, connections);
        let mischief = mischief::draw(&mut chance, people);
        Self {
            seed,
            happened: vec![format!(
                "{people} people, {connections} connections, {}, {} unruly",
                mode.name,
                mischief.len()
            )],
            chance,
            judge,
            clinic,
            people,
            mode,
            connections,
            mischief,
            gone: BTreeMap::new(),
            unnamed: BTreeSet::new(),
            books: Books::default(),
            figures: Figures::default(),
        }
    }

    /// One kill, or several in a row that leave no time to get anything done, or an order and a kill.
    fn chapter(&mut self) {
        if self.books.is_released() && self.chance.one_in(2) {
            self.order();
        }
        if self.books.is_released() && self.chance.one_in(12) {
            clinic::edit_everything(&self.clinic, self.people);
            self.note("the files are edited".to_owned());
        }
        if self.chance.one_in(6) {
            for _ in 0..2 + self.chance.below(3) {
                let axe = Axe::at_once(&mut self.chance);
                self.cycle(axe);
            }
        }
        let axe = match self.books.is_released() || self.chance.one_in(2) {
            true => Axe::late(&mut self.chance, self.connections, self.mode.most(self.connections)),
            false => Axe::early(&mut self.chance),
        };
        self.cycle(axe);
    }

    /// Runs until the axe falls, and holds the invariants.
    fn cycle(&mut self, axe: Axe) {
        self.judge.heal();
        if self.chance.one_in(2) {
            self.mischief.iter().cloned().for_each(|rule| self.judge.add(rule));
        }
        let after = self.chance.below(25);
        let delay = self.chance.of(&[None, Some(5), Some(50)]);
        let verb = self.verb();
        self.note(format!("`{}` until {axe:?} after {after}, delay {delay:?}", verb.join(" ")));
        let words: Vec<&str> = verb.iter().map(String::as_str).collect();
        if let Some(delay) = delay {
            let waits = Rule::at(Phase::Dot)
                .times(after.min(12))
                .delay_up_to(Duration::from_millis(delay));
            self.judge.add(waits);
        }
        let letters = self.judge.letters();
        let output = axe.swing(&self.clinic, &self.judge, &words, after);
        self.judge.settle();
        let books = Books::read(&self.clinic);
        match output.status {
            None => {
                // What an earlier kill left and nobody has recovered is not this one's doing.
                let under_way = &books.people("sending") - &self.books.people("sending");
                let false_alarms = self.false_alarms(&under_way, letters);
                self.figures.kill(axe, self.connections, under_way.len(), false_alarms);
            }
            Some(_) => self.figures.endings += 1,
        }
        self.hold_invariants(&output, books);
    }

    /// What to type next: whatever is released goes on by `run` or by `send`, what is not only by `send`.
    fn verb(&mut self) -> Vec<String> {
        let mut verb = match self.books.is_released() && !self.chance.one_in(3) {
            true => vec!["run".to_owned()],
            false => vec!["send".to_owned(), CAMPAIGN.to_owned()],
        };
        if let Some(at) = self.books.last_retry().filter(|_| self.chance.one_in(2)) {
            verb.extend(playing(at));
        }
        verb
    }

    /// Whose letters were under way though the judge has not read any of theirs since `letters`.
    fn false_alarms(&self, under_way: &BTreeSet<String>, letters: usize) -> usize {
        let record = self.judge.deliveries();
        let read: BTreeSet<&str> = record[letters..].iter().map(|delivery| delivery.recipient.as_str()).collect();
        under_way.iter().filter(|address| !read.contains(address.as_str())).count()
    }

    /// Holds everything that must be true after `output`, and takes the new books over.
    pub(super) fn hold_invariants(&mut self, output: &Output, books: Books) {
        let record = self.judge.deliveries();
        let mut faults = invariants::of_books(&books, &record);
        faults.extend(invariants::of_talk(output, &[]));
        faults.extend(self.of_the_gone(&record));
        faults.extend(self.judge.faults().into_iter().map(|fault| format!("the protocol: {fault}")));
        match output.status {
            None => faults.extend(invariants::of_doubts(&books, self.mode.most(self.connections))),
            Some(_) => faults.extend(invariants::of_ending(output, &self.books, &books)),
        }
        self.assert_none(&faults, output);
        self.hear(output);
        if output.status.is_none() {
            self.unnamed.extend(books.people("sending"));
        }
        self.books = books;
    }

    /// Notes who was named.
    pub(super) fn hear(&mut self, output: &Output) {
        self.unnamed.retain(|address| !output.stdout.contains(address));
    }

    /// Whoever had left before their letter's turn got none since.
    fn of_the_gone(&self, record: &[Delivery]) -> Faults {
        let had = |address: &str| record.iter().filter(|delivery| delivery.recipient == address).count();
        let written_to = self.gone.iter().filter(|(address, before)| had(address) > **before);
        written_to
            .map(|(address, _)| format!("`{address}` had left and was written to"))
            .collect()
    }

    /// Heals the relay and goes on until nobody waits any more.
    fn end(mut self) -> Figures {
        self.judge.heal();
        self.let_everything_go();
        /// More than there are waits between attempts.
        const MOST: usize = 12;
        for _ in 0..MOST {
            if self.books.is_done() {
                break;
            }
            let verb = match self.books.is_released() {
                true => vec!["run".to_owned()],
                false => vec!["send".to_owned(), CAMPAIGN.to_owned()],
            };
            let now = self.books.last_retry().map(playing).unwrap_or_default();
            let words = [verb, now].concat();
            self.note(format!("`{}` to its end", words.join(" ")));
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let output = self.clinic.run(&words);
            self.judge.settle();
            self.figures.endings += 1;
            let books = Books::read(&self.clinic);
            self.hold_invariants(&output, books);
        }
        self.hold_the_end();
        self.sum_up()
    }

    /// Nobody waits, another run has nothing to say, and the program's own answers are the books'.
    fn hold_the_end(&mut self) {
        let mut faults = Faults::new();
        if !self.books.is_done() {
            let open = self.books.count(&["pending", "deferred", "sending"]);
            faults.push(format!("{open} letters are lost: they wait and nothing sends them"));
        }
        // A kill between recovery and report leaves names to be told.
        if !self.books.untold.is_empty() {
            let output = self.clinic.run(&["run"]);
            let books = Books::read(&self.clinic);
            self.hold_invariants(&output, books);
        }
        let last = self.clinic.run(&["run"]);
        if !self.books.untold.is_empty() {
            faults.push(format!("I7 no run names {:?}", self.books.untold));
        }
        if last.status != Some(0) || !last.stdout.is_empty() || !last.stderr.is_empty() {
            faults.push("a run with nothing to do has something to say".to_owned());
        }
        let needs = self.books.count(&["failed", "in_doubt", "expired", "held"]);
        let status = self.clinic.run(&["status", "--json"]);
        if status.status != Some(i32::from(needs > 0)) {
            faults.push(format!("I7 `status` with {needs} that need a person\n{status}"));
        }
        faults.extend(self.of_answers(&status));
        let doctor = self.clinic.run(&["doctor", "--offline"]);
        if doctor.status != Some(0) {
            faults.push(format!("I8 the program's own audit disagrees\n{doctor}"));
        }
        self.assert_none(&faults, &last);
    }

    /// `status` and `log` say what stands in the file, and under which Message-ID the judge has it.
    fn of_answers(&self, status: &Output) -> Faults {
        let states = status.json()[0]["editions"][0]["states"].clone();
        let counted = |state: &str| states[state].as_u64().unwrap_or(0) as usize;
        let differ = |state: &&&str| counted(state) != self.books.count(&[state]);
        let mut faults: Faults = STATES
            .iter()
            .filter(differ)
            .map(|state| format!("I7 `status` miscounts {state}: {states}"))
            .collect();
        let record = self.judge.accepted();
        for letter in self.clinic.ledger().letters {
            let line = self.books.of_person(&letter.address);
            let same = line.is_some_and(|line| line.state == letter.state && line.attempt == i64::from(letter.attempts));
            let fresh = line.is_some_and(|line| line.orders == 0);
            let theirs = |taken: &&Delivery| taken.recipient == letter.address && taken.message_id != letter.message_id;
            if !same || (fresh && record.iter().find(theirs).is_some()) {
                faults.push(format!("I7 `log` says {letter:?}, the books {line:?}"));
            }
        }
        faults
    }

    fn sum_up(mut self) -> Figures {
        let taken: Vec<String> = self.judge.accepted().into_iter().map(|taken| taken.recipient).collect();
        let copies: BTreeSet<&String> = taken.iter().collect();
        self.figures.stories = 1;
        self.figures.planned = self.books.lines.len();
        self.figures.accepted = self.books.count(&["accepted"]);
        self.figures.in_doubt = self.books.count(&["in_doubt"]);
        self.figures.copies = copies.len();
        self.figures.sent_again = taken.len() - copies.len();
        self.figures.unnamed = self.unnamed.len();
        for line in &self.books.lines {
            *self.figures.by_state.entry(line.state.clone()).or_default() += 1;
        }
        self.figures
    }

    pub(super) fn note(&mut self, what: String) {
        self.happened.push(what);
    }

    /// Fails with everything there is to know, if there are faults.
    pub(super) fn assert_none(&self, faults: &[String], output: &Output) {
        assert!(
            faults.is_empty(),
            "{} invariants broken:\n{}\n\nso far:\n  {}\n\nlast of all\n{output}\n\nto tell it again: TIDINGS_SEED={} cargo test --test tidings crash::kills (its draws are the same again; the \
             moment is the machine's)",
            faults.len(),
            faults.iter().take(10).cloned().collect::<Vec<_>>().join("\n"),
            self.happened.join("\n  "),
            self.seed
        );
    }
}

const STATES: [&str; 10] = [
    "pending",
    "sending",
    "accepted",
    "deferred",
    "failed",
    "held",
    "in_doubt",
    "suppressed",
    "cancelled",
    "expired",
];

/// `--now`, a moment after `at`.
fn playing(at: i64) -> Vec<String> {
    let moment = jiff::Timestamp::from_microsecond(at + 1_000_000).unwrap();
    vec!["--now".to_owned(), moment.to_string()]
}
