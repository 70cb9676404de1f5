//! One fault played in one mode: sent, held against the judge, healed, resumed to the end.

use super::fault::{Fault, Relay};
use super::mode::Mode;
use super::place::Laid;
use crate::support::judge::Judge;
use crate::support::ledger::Ledger;
use crate::support::people;
use crate::support::stopwatch::Stopwatch;
use crate::support::workspace::Workspace;
use crate::support::workspace::run::Output;
use std::collections::{BTreeMap, BTreeSet};

/// The first run, and the one after the relay is well again: past every wait that a refusal costs.
const FIRST: &str = "2027-01-14T10:00Z";
const HEALED: &str = "2027-01-14T15:00Z";
const AGAIN: &str = "2027-01-14T15:01Z";

/// A fault, a mode, so many connections.
pub(super) struct Story<'a> {
    pub(super) fault: &'a Fault,
    pub(super) mode: Mode,
    pub(super) connections: usize,
}

impl Story<'_> {
    pub(super) fn told(&self) -> String {
        let Self {
            fault,
            mode,
            connections,
        } = self;
        format!(
            "fault {} ({}), {}, {connections} connections",
            fault.number,
            fault.name,
            mode.name()
        )
    }

    fn people(&self) -> usize {
        // As many as give each connection something to do.
        self.fault.people.max(if self.connections > 1 { 24 } else { 0 })
    }

    /// Plays it to the end; panics with what is wrong.
    pub(super) fn play(&self) {
        let judge = self.judge();
        let line = self.fault.line.lay(&judge);
        let clinic = self.settle_in(self.clinic(), &line);
        let stopwatch = Stopwatch::start();
        let sent = clinic.run(&["send", "seasonal-immunity", "--now", FIRST]);
        let took = stopwatch.shows();
        let ledger = clinic.ledger();
        self.check_ending(&sent, &ledger);
        self.check_ledger(&ledger, &judge);
        clinic.assert_numbers_close();
        self.check_names(&sent, &ledger);
        assert!(
            self.fault.within.is_none_or(|most| took < most),
            "{}: took {took:?}",
            self.told()
        );
        let for_good: BTreeMap<String, usize> = stay(&ledger);
        judge.heal();
        if let Some(keyword) = self.fault.without {
            judge.offer(keyword);
        }
        let line = self.fault.line.healed().lay(&judge);
        let clinic = self.settle_in(clinic, &line);
        self.resume(&clinic, &judge, for_good);
    }

    fn judge(&self) -> Judge {
        let mut judge = match self.fault.relay {
            Relay::KeepsRefused => self.mode.judge().keeping_refused(),
            Relay::GrantsNobody => self.mode.judge().granting_nobody(),
            Relay::Honest | Relay::DropsAccepted | Relay::Doubles => self.mode.judge(),
        };
        if self.fault.login {
            judge = judge.offering("AUTH PLAIN LOGIN");
        }
        if let Some(keyword) = self.fault.without {
            judge = judge.without(keyword);
        }
        self.fault.rules.iter().cloned().fold(judge, Judge::rule)
    }

    fn clinic(&self) -> Workspace {
        let clinic = Workspace::sample().with_people(self.people());
        if self.fault.foreign {
            let list = clinic.read("subscribers/patients.csv");
            let address = people::address(super::fault::THE_ONE);
            clinic.write(
                "subscribers/patients.csv",
                list.replace(&format!("{address},"), "jörg@patients.example,"),
            );
        }
        if self.fault.long {
            let text = clinic.read("templates/letter.txt");
            clinic.write("templates/letter.txt", text + &"{% include \"long.txt\" %}\n".repeat(2));
            clinic.write("templates/long.txt", format!("{}\n", "é".repeat(450)).repeat(1000));
        }
        clinic
    }

    /// Writes down where the relay is now.
    fn settle_in(&self, mut clinic: Workspace, line: &Laid) -> Workspace {
        clinic.run_through(line.through());
        if let Some(authority) = line.authority() {
            clinic.write("authority.pem", authority);
        }
        let login = if self.fault.login {
            ", user: tips, password_file: relay.password"
        } else {
            ""
        };
        let patience = if self.fault.needs_patience { ", patience: 2" } else { "" };
        let (place, mode, connections) = (line.setting(), self.mode.setting(), self.connections);
        let more = self.fault.setting;
        clinic.secret("relay.password", "tr0ub4dor&3\n").setting(&format!(
            "relay: {{{place}, connections: {connections}{mode}{login}{patience}{more}}}"
        ))
    }

    fn check_ending(&self, sent: &Output, ledger: &Ledger) {
        let wrong = self.fault.verdict(self.mode, self.connections, sent.status, &ledger.counts());
        assert!(
            wrong.is_none(),
            "{}: {}\n{:?}\n{sent}",
            self.told(),
            wrong.unwrap_or_default(),
            ledger.counts()
        );
    }

    fn check_ledger(&self, ledger: &Ledger, judge: &Judge) {
        match self.fault.relay {
            Relay::Honest | Relay::KeepsRefused | Relay::GrantsNobody => ledger.assert_true(self.people(), judge),
            Relay::DropsAccepted => {
                let missing = ledger.people("accepted").len() - judge.accepted().len();
                assert_eq!(
                    missing,
                    1,
                    "{}: the relay has dropped one letter, and nobody can know",
                    self.told()
                );
            }
            Relay::Doubles => {
                let taken = judge.accepted();
                let ends: BTreeSet<&String> = taken.iter().map(|delivery| &delivery.recipient).collect();
                assert_eq!(
                    (ends.len(), taken.len()),
                    (self.people(), self.people() + 1),
                    "{}",
                    self.told()
                );
            }
        }
    }

    fn check_names(&self, sent: &Output, ledger: &Ledger) {
        for state in ["in_doubt", "failed", "held"] {
            for address in ledger.people(state) {
                assert!(
                    sent.stdout.contains(address),
                    "{}: {address} is not named\n{sent}",
                    self.told()
                );
            }
        }
    }

    fn resume(&self, clinic: &Workspace, judge: &Judge, for_good: BTreeMap<String, usize>) {
        if !clinic.ledger().people("held").is_empty() {
            clinic.run(&["release", "seasonal-immunity"]).exits(0);
        }
        let healed = clinic.run(&["run", "--now", HEALED]);
        let ledger = clinic.ledger();
        let mut expected = for_good;
        let lost: usize = expected.values().sum();
        if self.people() > lost {
            expected.insert("accepted".to_owned(), self.people() - lost);
        }
        let found: BTreeMap<String, usize> = ledger
            .counts()
            .into_iter()
            .map(|(state, count)| (state.to_owned(), count))
            .collect();
        assert_eq!(
            (healed.status, found),
            (Some(0), expected),
            "{}, healed\n{healed}",
            self.told()
        );
        self.check_ledger(&ledger, judge);
        clinic.assert_numbers_close();
        clinic.run(&["run", "--now", AGAIN]).exits(0).says_nothing();
        judge.assert_polite();
    }
}

/// How many stand where no healed relay brings a letter back by itself.
fn stay(ledger: &Ledger) -> BTreeMap<String, usize> {
    let counts = ledger.counts().into_iter();
    let for_good = counts.filter(|(state, _)| matches!(*state, "in_doubt" | "failed"));
    for_good.map(|(state, count)| (state.to_owned(), count)).collect()
}
