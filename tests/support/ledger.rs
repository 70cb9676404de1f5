//! The send log held against the judge's record: what the program believes against what a relay saw.
//!
//! Promises: reads the program's own `log --json` and `status --json`, as anybody could; knows the states' names and nothing else of
//! the store.

use super::judge::Judge;
use super::workspace::Workspace;
use std::collections::{BTreeMap, BTreeSet};

/// One line of the send log.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct Letter {
    pub(crate) campaign: String,
    pub(crate) edition: String,
    pub(crate) address: String,
    pub(crate) state: String,
    pub(crate) attempts: u32,
    pub(crate) code: Option<u16>,
    pub(crate) reply: Option<String>,
    pub(crate) message_id: String,
}

/// The whole send log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ledger {
    pub(crate) letters: Vec<Letter>,
}

impl Workspace {
    /// The send log as it stands; also while a run is at work or was killed.
    #[track_caller]
    pub(crate) fn ledger(&self) -> Ledger {
        let log = self.run(&["log", "--json"]).exits(0);
        let letter = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        Ledger {
            letters: log.stdout.lines().map(letter).collect(),
        }
    }

    /// The numbers of `status` close: what was planned stands somewhere (law 9).
    #[track_caller]
    pub(crate) fn assert_numbers_close(&self) {
        let status = self.run(&["status", "--json"]);
        for edition in status.json()[0]["editions"].as_array().unwrap() {
            let states = edition["states"].as_object().unwrap();
            let sum: u64 = states.values().map(|count| count.as_u64().unwrap()).sum();
            assert_eq!(edition["planned"].as_u64(), Some(sum), "{edition}");
        }
    }
}

impl Ledger {
    /// Whose letters stand in this state.
    pub(crate) fn people(&self, state: &str) -> BTreeSet<&str> {
        let found = self.letters.iter().filter(|letter| letter.state == state);
        found.map(|letter| letter.address.as_str()).collect()
    }

    /// How many letters stand where.
    pub(crate) fn counts(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for letter in &self.letters {
            *counts.entry(letter.state.as_str()).or_default() += 1;
        }
        counts
    }

    /// The line of this person.
    #[track_caller]
    pub(crate) fn of(&self, address: &str) -> &Letter {
        let mut found = self.letters.iter().filter(|letter| letter.address == address);
        let letter = found.next().unwrap_or_else(|| panic!("`{address}` is not in {self:#?}"));
        assert_eq!(found.next(), None, "`{address}` is there twice");
        letter
    }

    /// Holds one edition's log against the judge's record, whoever was killed when:
    /// each planned person stands in exactly one state; nobody has two copies; who is `accepted` has theirs, under the Message-ID of
    /// the log; who has a copy and is not `accepted` is in doubt, or was being written to at this moment.
    #[track_caller]
    pub(crate) fn assert_true(&self, planned: usize, judge: &Judge) {
        let addresses: BTreeSet<&str> = self.letters.iter().map(|letter| letter.address.as_str()).collect();
        assert_eq!((self.letters.len(), addresses.len()), (planned, planned), "each person once");
        let mut copies: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for taken in judge.accepted() {
            copies.entry(taken.recipient).or_default().push(taken.message_id);
        }
        for letter in &self.letters {
            let had = copies.remove(&letter.address).unwrap_or_default();
            let at_most_one = had.len() <= 1 && had.iter().all(|id| *id == letter.message_id);
            let true_to_state = match letter.state.as_str() {
                "accepted" => had.len() == 1,
                "in_doubt" | "sending" => true,
                _ => had.is_empty(),
            };
            assert!(at_most_one && true_to_state, "the relay has {had:?} for {letter:#?}");
        }
        assert!(copies.is_empty(), "strangers got letters: {copies:?}");
    }

    /// Every letter has a Message-ID of its own.
    #[track_caller]
    pub(crate) fn assert_message_ids_differ(&self) {
        let ids: BTreeSet<&str> = self.letters.iter().map(|letter| letter.message_id.as_str()).collect();
        assert_eq!(ids.len(), self.letters.len());
    }
}

/// Waits until `done` says so; a condition that never comes fails the test instead of hanging it.
#[track_caller]
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    /// Far longer than a slow machine needs, looked at every so often.
    const GLANCES: usize = 60_000;
    for _ in 0..GLANCES {
        if done() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    panic!("this never came: {what}");
}
