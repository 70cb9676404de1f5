//! One row of the table: a fault of a relay, and what it must lead to.

use super::mode::Mode;
use super::place::Line;
use crate::support::judge::Rule;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::time::Duration;

/// How many people a row writes to; person 2 is whom a fault picks out.
pub(super) const PEOPLE: usize = 6;
pub(super) const THE_ONE: usize = 2;

/// What the judge's record can be held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relay {
    /// It does with a letter as it says.
    Honest,
    /// It says yes and drops the letter: nobody can see that in SMTP.
    DropsAccepted,
    /// It delivers a letter twice by itself.
    Doubles,
    /// A refused end of data leaves its transaction open.
    KeepsRefused,
    /// It says 354 to DATA behind a refused RCPT.
    GrantsNobody,
}

/// One fault and what it must lead to.
#[derive(Debug, Clone)]
pub(super) struct Fault {
    /// Its number in the plan, 1 to 60.
    pub(super) number: u8,
    pub(super) name: &'static str,
    pub(super) rules: Vec<Rule>,
    pub(super) line: Line,
    pub(super) login: bool,
    pub(super) people: usize,
    /// At least so many connections.
    pub(super) connections: usize,
    /// The same with ten connections would be another story.
    pub(super) is_about_one_connection: bool,
    /// More words under `relay:`.
    pub(super) setting: &'static str,
    /// Takes the relay's silence to its deadline, which is minutes unless the test may shorten it.
    pub(super) needs_patience: bool,
    /// Keywords that the relay does not offer although others do.
    pub(super) without: Option<&'static str>,
    /// A person whose address needs SMTPUTF8 is on the list.
    pub(super) foreign: bool,
    /// The letters are longer than what kernels keep for a connection that is not read: 4.7 MB.
    pub(super) long: bool,
    pub(super) relay: Relay,
    pub(super) within: Option<Duration>,
    exit: i32,
    rest: &'static str,
    counts: Vec<(&'static str, usize)>,
    loose: Vec<(&'static str, RangeInclusive<usize>)>,
    strays: usize,
}

/// A fault whose run ends with `exit`; everybody not counted by [`Fault::counting`] stands in `rest`.
pub(super) fn fault(number: u8, name: &'static str, exit: i32, rest: &'static str) -> Fault {
    Fault {
        number,
        name,
        rules: Vec::new(),
        line: Line::Clear,
        login: false,
        people: PEOPLE,
        connections: 1,
        is_about_one_connection: false,
        setting: "",
        needs_patience: false,
        without: None,
        foreign: false,
        long: false,
        relay: Relay::Honest,
        within: None,
        exit,
        rest,
        counts: Vec::new(),
        loose: Vec::new(),
        strays: 0,
    }
}

impl Fault {
    pub(super) fn doing(mut self, rule: Rule) -> Self {
        self.rules.push(rule);
        self
    }

    /// So many stand in this state.
    pub(super) fn counting(mut self, state: &'static str, count: usize) -> Self {
        self.counts.push((state, count));
        self
    }

    /// With several letters or connections under way it may be so many.
    pub(super) fn loosely(mut self, state: &'static str, counts: RangeInclusive<usize>) -> Self {
        self.loose.push((state, counts));
        self
    }

    /// Connections lost while whole letters are under way: with several in flight so many more than with one may be in doubt.
    pub(super) fn straying(mut self, letters: usize) -> Self {
        self.strays = letters;
        self
    }

    pub(super) fn over(mut self, line: Line) -> Self {
        self.line = line;
        self
    }

    pub(super) fn logging_in(mut self) -> Self {
        self.login = true;
        self
    }

    pub(super) fn people(mut self, people: usize) -> Self {
        self.people = people;
        self
    }

    pub(super) fn connections(mut self, connections: usize) -> Self {
        self.connections = connections;
        self
    }

    pub(super) fn about_one_connection(mut self) -> Self {
        self.is_about_one_connection = true;
        self
    }

    pub(super) fn setting(mut self, setting: &'static str) -> Self {
        self.setting = setting;
        self
    }

    pub(super) fn until_the_deadline(mut self) -> Self {
        self.needs_patience = true;
        self
    }

    pub(super) fn without(mut self, keyword: &'static str) -> Self {
        self.without = Some(keyword);
        self
    }

    pub(super) fn with_a_foreign_address(mut self) -> Self {
        self.foreign = true;
        self
    }

    pub(super) fn with_long_letters(mut self) -> Self {
        self.long = true;
        self.line = Line::Narrow;
        self.is_about_one_connection = true;
        self
    }

    pub(super) fn by_a_relay_that(mut self, relay: Relay) -> Self {
        self.relay = relay;
        self
    }

    pub(super) fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// What is wrong with this ending; nothing when it is as it must be.
    pub(super) fn verdict(
        &self,
        mode: Mode,
        connections: usize,
        exit: Option<i32>,
        found: &BTreeMap<&str, usize>,
    ) -> Option<String> {
        let several = mode == Mode::Chunking || connections > 1;
        let strays = if mode == Mode::Chunking { self.strays } else { 0 };
        let expected = self.counts.iter().map(|(state, _)| *state).chain([self.rest]);
        let expected = expected.chain(self.loose.iter().map(|(state, _)| *state));
        let known: Vec<&str> = expected.chain((strays > 0).then_some("in_doubt")).collect();
        if let Some(strange) = found.keys().find(|state| !known.contains(state)) {
            return Some(format!("nobody should be `{strange}`"));
        }
        for state in known.iter().filter(|state| **state != self.rest) {
            let count = found.get(state).copied().unwrap_or(0);
            let (mut least, mut most) = self.bounds(state, several);
            if strays > 0 {
                // Who would have been refused or not taken may be lost instead.
                least = if *state == "in_doubt" {
                    least
                } else {
                    least.saturating_sub(strays)
                };
                most += if *state == "in_doubt" { strays } else { 0 };
            }
            if !(least..=most).contains(&count) {
                return Some(format!("{count} are `{state}`, and not {least} to {most}"));
            }
        }
        let doubts = found.get("in_doubt").copied().unwrap_or(0);
        let is_lost = doubts > self.bounds("in_doubt", false).1;
        let right = exit == Some(self.exit) || ((is_lost || self.exit_is_open(several)) && matches!(exit, Some(0 | 1)));
        (!right).then(|| format!("the exit code is {exit:?}, and not {}", self.exit))
    }

    /// Where a person may or may not have to look, the exit code says which.
    fn exit_is_open(&self, several: bool) -> bool {
        let open = |(_, counts): &(&str, RangeInclusive<usize>)| *counts.start() == 0;
        self.exit <= 1 && self.loose.iter().any(open) && (several || self.counts.is_empty())
    }

    fn bounds(&self, state: &str, several: bool) -> (usize, usize) {
        let exact = self
            .counts
            .iter()
            .find(|(name, _)| *name == state)
            .map_or(0, |(_, count)| *count);
        let loose = self.loose.iter().find(|(name, _)| *name == state);
        match loose {
            Some((_, counts)) if several || exact == 0 => (*counts.start(), *counts.end()),
            Some(_) | None => (exact, exact),
        }
    }
}
