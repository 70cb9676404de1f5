//! What people order between and during kills: an order is on record whole, or not at all.

use super::axe::{Axe, Row, watch};
use super::books::{Books, Line};
use super::clinic::CAMPAIGN;
use super::story::Story;
use crate::support::judge::{Phase, Rule};
use crate::support::people;
use crate::support::workspace::run::Output;
use std::collections::BTreeSet;
use std::time::Duration;
use tidings::address::Address;
use tidings::store::Store;
use tidings::subscriber::suppression::{Reason, Scope, Suppression};

/// An order in words.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Order {
    HoldOne(String),
    ReleaseOne(String),
    HoldAll,
    ReleaseAll,
    CancelOne(String),
    CancelAll,
    ResendOne(String),
    ResendFailed,
    /// Letters in doubt of which the judge knows that they went.
    Sent(Vec<String>),
    /// Letters in doubt that are to go again, whatever became of them.
    NotSent(Vec<String>),
}

impl Story {
    /// Gives one order, which may be killed too.
    pub(super) fn order(&mut self) {
        match self.chance.below(20) {
            0 | 1 => self.order_one(Order::HoldOne, &["pending", "deferred"]),
            2 => self.order_one(Order::ReleaseOne, &["held"]),
            3 => self.pause(),
            4..7 => self.order_on_the_way(),
            7 => self.leave_on_the_way(),
            8 | 9 => self.leave(),
            10 => self.order_one(Order::CancelOne, &["pending", "held"]),
            11..15 => self.order_one(Order::ResendOne, &["accepted", "failed", "cancelled"]),
            15 => self.give(&Order::ResendFailed),
            16 if self.chance.one_in(6) => self.give(&Order::CancelAll),
            _ => self.settle_doubts(),
        }
    }

    fn order_one(&mut self, order: impl FnOnce(String) -> Order, states: &[&str]) {
        let person = self.somebody(states);
        self.give(&order(person));
    }

    /// Somebody whose letter stands so; in one case of four, or where there is nobody, anybody.
    fn somebody(&mut self, states: &[&str]) -> String {
        let found: Vec<String> = states.iter().flat_map(|state| self.books.people(state)).collect();
        match found.is_empty() || self.chance.one_in(4) {
            true => people::address(1 + self.chance.below(self.people)),
            false => self.chance.of(&found),
        }
    }

    /// A person looks into the judge's record and says what they found, or says without looking that the letters are to go again.
    fn settle_doubts(&mut self) {
        // What is under way in the books is in doubt as soon as the order comes: the run is dead.
        let doubts = &self.books.people("in_doubt") | &self.books.people("sending");
        let some: Vec<String> = doubts.into_iter().filter(|_| self.chance.one_in(2)).collect();
        let taken: BTreeSet<String> = self.judge.accepted().into_iter().map(|taken| taken.recipient).collect();
        let (went, did_not): (Vec<String>, Vec<String>) = some.into_iter().partition(|address| taken.contains(address));
        match self.chance.below(3) {
            0 => self.give(&Order::NotSent([went, did_not].concat())),
            1 => self.give(&Order::Sent(went)),
            _ => self.give(&Order::NotSent(did_not)),
        }
    }

    /// Everything on hold is let go, so that the story can end.
    pub(super) fn let_everything_go(&mut self) {
        if !self.books.is_released() {
            return;
        }
        if self.books.is_held {
            self.give_for_sure(&Order::ReleaseAll);
        }
        for address in self.books.people("held") {
            self.give_for_sure(&Order::ReleaseOne(address));
        }
    }

    /// The campaign is held, a run sends nothing, the campaign is released.
    fn pause(&mut self) {
        self.give_for_sure(&Order::HoldAll);
        let before = self.judge.datas();
        let output = self.clinic.run(&["run"]);
        self.judge.settle();
        let books = Books::read(&self.clinic);
        self.hold_invariants(&output, books);
        if self.judge.datas() > before {
            self.assert_none(&["a campaign on hold sent letters".to_owned()], &output);
        }
        self.give_for_sure(&Order::ReleaseAll);
    }

    /// An order while letters leave; then the run is killed, or comes to its end. A hold or a cancel of everything takes effect at once:
    /// after it no further attempt begins. What orders about single people lead to, their stories tell.
    fn order_on_the_way(&mut self) {
        self.judge.heal();
        // Slow enough for the order to come while there is something left to order about.
        self.judge.add(Rule::at(Phase::Dot).delay_up_to(Duration::from_millis(25)));
        let letters = self.judge.letters() + self.chance.below(20);
        let order = self.order_for_the_way();
        let is_stop = matches!(order, Order::HoldAll | Order::CancelAll);
        let mut running = self.clinic.spawn(&["run"]);
        watch(&mut running, || self.judge.letters() >= letters);
        let words = order_words(&order);
        let answer = self.clinic.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        let tries = |books: &Books| books.lines.iter().map(|line| line.attempt).sum::<i64>();
        let then = tries(&Books::read(&self.clinic));
        self.note(format!("`run`, and {order:?} meanwhile"));
        let output = match is_stop && self.chance.one_in(2) {
            // What had begun is answered; where nothing stops, that would take as long as the list.
            true => running.wait(),
            false => running.kill(),
        };
        self.judge.heal();
        self.judge.settle();
        let books = Books::read(&self.clinic);
        let mut faults = super::invariants::of_talk(&answer, &words);
        if !matches!(answer.status, Some(0..=2)) || (is_stop && answer.status != Some(0)) {
            faults.push(format!("the order was answered so:\n{answer}"));
        }
        if is_stop && tries(&books) != then {
            faults.push(format!("{} letters began after {order:?}", tries(&books) - then));
        }
        self.assert_none(&faults, &output);
        self.hear(&answer);
        self.figures.orders += 1;
        match output.status {
            // It had come to its end before the order did, which may have made letters wait again.
            Some(0 | 1 | 75) if !is_stop => self.books = books,
            _ => self.hold_invariants(&output, books),
        }
        if order == Order::HoldAll {
            self.give_for_sure(&Order::ReleaseAll);
        }
    }

    fn order_for_the_way(&mut self) -> Order {
        let in_doubt: Vec<String> = self.books.people("in_doubt").into_iter().take(3).collect();
        match self.chance.below(12) {
            0 if self.chance.one_in(4) => Order::CancelAll,
            1 | 2 => Order::HoldOne(self.somebody(&["pending"])),
            3 | 4 => Order::CancelOne(self.somebody(&["pending"])),
            5 | 6 => Order::ResendOne(self.somebody(&["accepted", "failed"])),
            7 if !in_doubt.is_empty() => Order::NotSent(in_doubt),
            8 if !in_doubt.is_empty() => Order::Sent(in_doubt),
            _ => Order::HoldAll,
        }
    }

    /// People whose turn comes next leave while letters do; then the run is killed. Whoever has left gets no further attempt, also where the commands of
    /// their letter ride behind somebody else's already.
    fn leave_on_the_way(&mut self) {
        self.judge.heal();
        self.judge.add(Rule::at(Phase::Dot).delay_up_to(Duration::from_millis(25)));
        let letters = self.judge.letters() + self.chance.below(20);
        let mut running = self.clinic.spawn(&["run"]);
        watch(&mut running, || self.judge.letters() >= letters);
        let mut store = Store::open(&self.clinic.path(".tidings")).unwrap();
        let waiting = Books::read(&self.clinic)
            .lines
            .into_iter()
            .filter(|line| line.state == "pending");
        let next = waiting.take(2 + 2 * self.connections).map(|line| line.address);
        let leavers: Vec<String> = next.filter(|_| self.chance.one_in(2)).collect();
        leavers.iter().for_each(|address| suppress(&mut store, address));
        let then = Books::read(&self.clinic);
        self.note(format!("`run`, and {} people leave meanwhile", leavers.len()));
        let more = self.judge.letters() + 2 + self.chance.below(20);
        watch(&mut running, || self.judge.letters() >= more);
        let output = running.kill();
        self.judge.heal();
        self.judge.settle();
        let books = Books::read(&self.clinic);
        let tries = |books: &Books, address: &str| books.of_person(address).map_or(0, |line| line.attempt);
        let written_to = leavers
            .iter()
            .filter(|address| tries(&books, address) > tries(&then, address));
        let faults: Vec<String> = written_to
            .map(|address| format!("a letter began for `{address}`, who had left"))
            .collect();
        self.assert_none(&faults, &output);
        self.figures.orders += 1;
        self.figures.left_on_the_way += leavers.len();
        self.hold_invariants(&output, books);
    }

    /// Some people leave: whose letter had not begun gets none. No command says so yet, so the store is told.
    fn leave(&mut self) {
        let mut store = Store::open(&self.clinic.path(".tidings")).unwrap();
        let record = self.judge.deliveries();
        for _ in 0..1 + self.chance.below(12) {
            let address = people::address(1 + self.chance.below(self.people));
            suppress(&mut store, &address);
            self.note(format!("`{address}` leaves"));
            let waits = |line: &Line| ["pending", "deferred", "held"].contains(&line.state.as_str());
            if self.books.of_person(&address).is_some_and(waits) {
                let had = record.iter().filter(|delivery| delivery.recipient == address).count();
                self.gone.entry(address).or_insert(had);
            }
        }
        self.figures.orders += 1;
    }

    fn give_for_sure(&mut self, order: &Order) {
        let output = self.carry_out(order, None);
        if output.status != Some(0) {
            self.assert_none(&[format!("{order:?} was refused")], &output);
        }
    }

    /// Gives an order, kills it in one case of two, and holds that it is on record whole or not at all.
    fn give(&mut self, order: &Order) {
        if matches!(order, Order::Sent(to) | Order::NotSent(to) if to.is_empty()) {
            return;
        }
        let axe = match self.chance.below(4) {
            0 => Some(Axe::After(self.chance.up_to(Duration::from_millis(9)))),
            1 => Some(Axe::Row(Row::Orders)),
            _ => None,
        };
        self.carry_out(order, axe);
    }

    fn carry_out(&mut self, order: &Order, axe: Option<Axe>) -> Output {
        self.note(format!("{order:?} until {axe:?}"));
        let words = order_words(order);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = match axe {
            None => self.clinic.run(&words),
            Some(axe) => axe.swing(&self.clinic, &self.judge, &words, 0),
        };
        self.hear(&output);
        self.figures.orders += 1;
        self.figures.orders_killed += usize::from(output.status.is_none());
        self.hold_whole_or_not_at_all(order, &output);
        output
    }

    fn hold_whole_or_not_at_all(&mut self, order: &Order, output: &Output) {
        let (before, after) = (self.books.clone(), Books::read(&self.clinic));
        let spoken = |books: &Books| books.orders.values().sum::<i64>();
        let is_on_record = spoken(&after) > spoken(&before);
        let decisions = |books: &Books| books.lines.iter().map(|line| line.changes.len()).sum::<usize>();
        let new = decisions(&after) - decisions(&before);
        let moved = new > 0 || before.is_held != after.is_held || before.status != after.status;
        let mut faults = super::invariants::of_books(&after, &self.judge.deliveries());
        faults.extend(super::invariants::of_talk(output, &order_words(order)));
        if moved && !is_on_record {
            faults.push(format!("{order:?} moved something and is not on record"));
        }
        if let Order::Sent(to) | Order::NotSent(to) = order
            && ![0, to.len()].contains(&after.lines.iter().filter(|line| is_settled(line, &before, to)).count())
        {
            faults.push(format!("{order:?} is on record by half"));
        }
        // Whoever has left meanwhile is not written to again, and there is nothing to write down.
        let has_left = matches!(order, Order::ResendOne(_)) && output.stderr.contains("is not written to any more");
        if output.status == Some(0) && !is_on_record && !has_left && !matches!(order, Order::ResendFailed) {
            faults.push(format!("{order:?} was answered with yes and is not on record"));
        }
        if !matches!(output.status, None | Some(0..=2)) {
            faults.push(format!("{order:?} ended with {:?}", output.status));
        }
        self.assert_none(&faults, output);
        self.books = after;
    }
}

/// Somebody leaves.
pub(super) fn suppress(store: &mut Store, address: &str) {
    let suppression = Suppression {
        reason: Reason::Unsubscribed,
        scope: Scope::All,
        evidence: None,
        at: jiff::Timestamp::UNIX_EPOCH,
    };
    store.suppress(&Address::parse(address).unwrap(), &suppression).unwrap();
}

/// Whether this person's doubt is one of those that were to be settled, and was.
fn is_settled(line: &Line, before: &Books, to: &[String]) -> bool {
    let settled = |line: &Line| line.decided("sent") + line.decided("not_sent");
    let old = before.of_person(&line.address).map_or(0, settled);
    to.contains(&line.address) && settled(line) > old
}

fn order_words(order: &Order) -> Vec<String> {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    match order {
        Order::HoldOne(address) => words(&["hold", CAMPAIGN, "--to", address]),
        Order::ReleaseOne(address) => words(&["release", CAMPAIGN, "--to", address]),
        Order::HoldAll => words(&["hold", CAMPAIGN]),
        Order::ReleaseAll => words(&["release", CAMPAIGN]),
        Order::CancelOne(address) => words(&["cancel", CAMPAIGN, "--to", address]),
        Order::CancelAll => words(&["cancel", CAMPAIGN]),
        Order::ResendOne(address) => words(&["resend", CAMPAIGN, "--to", address, "--yes"]),
        Order::ResendFailed => words(&["resend", CAMPAIGN, "--failed"]),
        Order::Sent(to) => [words(&["resolve", CAMPAIGN, "--sent"]), to.clone()].concat(),
        Order::NotSent(to) => [words(&["resolve", CAMPAIGN, "--not-sent"]), to.clone()].concat(),
    }
}
