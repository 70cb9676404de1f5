//! What the stories add up to, printed as lines that one script can collect.

#![allow(clippy::print_stdout, reason = "the figures are what these tests are run for")]

use super::axe::Axe;
use super::mode::Mode;
use std::collections::BTreeMap;
use std::time::Duration;

/// Counts over all stories, and over those of each mode.
#[derive(Debug, Default)]
pub(super) struct Sum {
    pub(super) all: Figures,
    by_mode: BTreeMap<&'static str, (usize, Figures)>,
}

impl Sum {
    pub(super) fn add(&mut self, mode: &Mode, figures: &Figures) {
        self.all.add(figures);
        let of_mode = self.by_mode.entry(mode.name).or_default();
        of_mode.0 = mode.in_flight;
        of_mode.1.add(figures);
    }

    pub(super) fn print(&self, took: Duration) {
        self.all.print(took);
        for (mode, (in_flight, figures)) in &self.by_mode {
            figures.print_of_mode(mode, *in_flight);
        }
    }
}

/// Counts over some stories.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) stories: usize,
    pub(super) kills: usize,
    pub(super) endings: usize,
    pub(super) orders: usize,
    pub(super) orders_killed: usize,
    /// People who left while letters were leaving and theirs had not begun.
    pub(super) left_on_the_way: usize,
    pub(super) planned: usize,
    pub(super) accepted: usize,
    pub(super) copies: usize,
    pub(super) sent_again: usize,
    pub(super) in_doubt: usize,
    pub(super) doubts_by_kill: usize,
    pub(super) false_alarms: usize,
    /// The same two where the axe fell at a moment of chance, and was not made to fall between an intent and its letter.
    pub(super) doubts_by_chance: usize,
    pub(super) false_alarms_by_chance: usize,
    /// Doubts that no run could name, because it was killed itself between settling and saying so; `log` and `status` name them.
    pub(super) unnamed: usize,
    /// The most letters that one kill left under way, by connections.
    pub(super) most: BTreeMap<usize, usize>,
    pub(super) by_axe: BTreeMap<&'static str, usize>,
    pub(super) by_state: BTreeMap<String, usize>,
}

impl Figures {
    pub(super) fn add(&mut self, other: &Self) {
        for (mine, more) in [
            (&mut self.stories, other.stories),
            (&mut self.kills, other.kills),
            (&mut self.endings, other.endings),
            (&mut self.orders, other.orders),
            (&mut self.orders_killed, other.orders_killed),
            (&mut self.left_on_the_way, other.left_on_the_way),
            (&mut self.planned, other.planned),
            (&mut self.accepted, other.accepted),
            (&mut self.copies, other.copies),
            (&mut self.sent_again, other.sent_again),
            (&mut self.in_doubt, other.in_doubt),
            (&mut self.doubts_by_kill, other.doubts_by_kill),
            (&mut self.false_alarms, other.false_alarms),
            (&mut self.doubts_by_chance, other.doubts_by_chance),
            (&mut self.false_alarms_by_chance, other.false_alarms_by_chance),
            (&mut self.unnamed, other.unnamed),
        ] {
            *mine += more;
        }
        for (connections, many) in &other.most {
            let most = self.most.entry(*connections).or_default();
            *most = (*most).max(*many);
        }
        for (axe, many) in &other.by_axe {
            *self.by_axe.entry(axe).or_default() += many;
        }
        for (state, many) in &other.by_state {
            *self.by_state.entry(state.clone()).or_default() += many;
        }
    }

    /// Notes a kill that left so many letters under way, of which the relay never had so many.
    pub(super) fn kill(&mut self, axe: Axe, connections: usize, under_way: usize, false_alarms: usize) {
        self.kills += 1;
        self.doubts_by_kill += under_way;
        self.false_alarms += false_alarms;
        if axe.is_chance() {
            self.doubts_by_chance += under_way;
            self.false_alarms_by_chance += false_alarms;
        }
        *self.by_axe.entry(axe.name()).or_default() += 1;
        let most = self.most.entry(connections).or_default();
        *most = (*most).max(under_way);
    }

    /// What a person asks of each mode.
    fn print_of_mode(&self, mode: &str, in_flight: usize) {
        let say = |what: &str, number: usize| say("kills", &format!("{mode}: {what}"), number);
        say("kills", self.kills);
        say("stories", self.stories);
        say("letters planned", self.planned);
        say("letters accepted", self.accepted);
        say("letters lost", 0);
        say("letters doubled without an order", 0);
        say("letters a kill left in doubt", self.doubts_by_kill);
        for (connections, most) in &self.most {
            let bound = format!("most in doubt after one kill, {connections} connections × {in_flight}");
            say(&bound, *most);
        }
    }

    /// Prints everything; whoever got here has lost and doubled nobody, or the story would have failed.
    pub(super) fn print(&self, took: Duration) {
        let each = took.as_secs_f64() / f64::from(u32::try_from(self.kills.max(1)).unwrap());
        say("kills", "kills", self.kills);
        say("kills", "stories", self.stories);
        say("kills", "runs that came to their end", self.endings);
        say("kills", "orders between and during runs", self.orders);
        say("kills", "orders killed", self.orders_killed);
        say("kills", "people who left while letters were leaving", self.left_on_the_way);
        say("kills", "letters planned", self.planned);
        say("kills", "letters accepted", self.accepted);
        say("kills", "people whom the relay has a letter for", self.copies);
        say("kills", "letters lost", 0);
        say("kills", "letters doubled without an order", 0);
        // Each story's judge has looked at every letter's To, and would not have let it end.
        say("kills", "letters in the wrong hands", 0);
        say("kills", "letters sent again by order", self.sent_again);
        say("kills", "letters in doubt at the end", self.in_doubt);
        say("kills", "letters a kill left in doubt", self.doubts_by_kill);
        say(
            "kills",
            "letters a kill left in doubt, false alarms (the relay never had them)",
            self.false_alarms,
        );
        say(
            "kills",
            "letters a kill at a moment of chance left in doubt",
            self.doubts_by_chance,
        );
        let chance = "letters a kill at a moment of chance left in doubt, false alarms";
        say("kills", chance, self.false_alarms_by_chance);
        let unnamed = "letters a kill left in doubt, named by no command that lived to say so (`log` and `status` do)";
        say("kills", unnamed, self.unnamed);
        for (state, many) in &self.by_state {
            say("kills", &format!("letters that ended `{state}`"), many);
        }
        for (axe, many) in &self.by_axe {
            say("kills", &format!("kills {axe}"), many);
        }
        say("kills", "seconds a kill", format!("{each:.3}"));
    }
}

/// One figure.
pub(super) fn say(suite: &str, what: &str, number: impl std::fmt::Display) {
    println!("proof| {suite} | {what} | {number}");
}
