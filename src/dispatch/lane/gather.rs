//! Gathering: what a lane writes down and asks for next, and which letters it takes from the shelf for that.
//!
//! Promises: waits, for a letter, its turn or a connection, only while nothing is under way and nothing unwritten; asks for no more
//! grants than `in_flight`; what rides has taken its turn, its leave and its place in the quota beforehand.

use super::{Concern, Entry, Lane, Link};
use crate::dispatch::line::Ready;
use crate::relay::conversation::Mode;
use crate::store::journal::Step;

impl Lane {
    /// What is to be written and asked next. Waits, for a letter or for its turn, only while nothing is under way and nothing unwritten.
    pub(super) async fn gather(&mut self) -> Entry {
        let mut entry = Entry::new();
        for unwritten in self.unwritten.drain(..) {
            let to = unwritten.to.clone();
            entry.extend(unwritten.begin.map(|intent| (Step::Begin(intent), Concern::Formality(to))));
            entry.push((
                Step::Settle(unwritten.settlement),
                Concern::Outcome(unwritten.to, unwritten.why),
            ));
        }
        if self.line.is_closed() {
            return entry;
        }
        if self.is_free() && entry.is_empty() {
            let Some(first) = self.first().await else { return entry };
            entry.push((Step::Begin(first.intent(self.line.clock.now())), Concern::New(first)));
        }
        let at = self.line.clock.now();
        self.add_riders(&mut entry, at);
        self.add_new(&mut entry, at);
        entry
    }

    /// The first letter of an idle lane: waits for one, for a connection and for its turn.
    async fn first(&mut self) -> Option<Ready> {
        loop {
            let ready = match self.hand.pop_front() {
                Some(ready) => ready,
                None => self.line.letters.recv().await.ok()?,
            };
            // Asked for before the turn: nobody waits for a letter that may not leave.
            if !self.line.take_leave() {
                self.hand.push_front(ready);
                return None;
            }
            if !self.is_ready_to_send().await {
                self.line.allowance.give_back();
                self.hand.push_front(ready);
                return None;
            }
            if self.line.count(&ready) {
                return Some(ready);
            }
        }
    }

    /// Waits for the next letter's turn and for a connection; gives whether the run still goes on then.
    async fn is_ready_to_send(&mut self) -> bool {
        self.line.pace.turn().await;
        if self.line.is_closed() {
            return false;
        }
        // While we waited the relay may have grown tired of it: that is no fault of its, and no letter's attempt.
        if let Some(link) = &mut self.link
            && !link.connection.is_still_there().await
            && let Some(gone) = self.link.take()
        {
            self.line.part(gone.connection).await;
        }
        if self.link.is_none() {
            let losses_before = self.line.losses();
            let Some(connection) = self.line.connect().await else {
                return false;
            };
            self.link = Some(Link {
                connection,
                letters: 0,
                is_fruitful: false,
                has_lost: false,
                losses_before,
                last: String::new(),
            });
        }
        !self.line.is_closed()
    }

    /// Letters that ride already may leave now that there is room for their intents.
    fn add_riders(&self, entry: &mut Entry, at: jiff::Timestamp) {
        let riders = self.carried.iter().filter(|carried| !carried.is_granted);
        for rider in riders.take(self.grants_left(entry)) {
            entry.push((Step::Begin(rider.ready.intent(at)), Concern::Rider(rider.ticket)));
        }
    }

    /// Letters that may leave or ride at this very moment, without waiting for anything.
    fn add_new(&mut self, entry: &mut Entry, at: jiff::Timestamp) {
        let mut room = self.room(entry);
        while room > 0
            && self.grants_left(entry) > 0
            && let Some(ready) = self.one_more()
        {
            entry.push((Step::Begin(ready.intent(at)), Concern::New(ready)));
            room -= 1;
        }
        let is_grouped = self.mode().is_some_and(|mode| matches!(mode, Mode::Grouped { .. }));
        if is_grouped
            && room > 0
            && let Some(ready) = self.one_more()
        {
            entry.push((Step::Admit(ready.intent(at)), Concern::Admitted(ready)));
        }
    }

    fn mode(&self) -> Option<Mode> {
        self.link.as_ref().map(|link| link.connection.mode())
    }

    /// How many more intents may be asked for.
    fn grants_left(&self, entry: &Entry) -> usize {
        let granted = self.carried.iter().filter(|carried| carried.is_granted).count();
        let asked = entry
            .iter()
            .filter(|(_, concern)| matches!(concern, Concern::Rider(_) | Concern::New(_)));
        self.mode().map_or(0, Mode::in_flight).saturating_sub(granted + asked.count())
    }

    /// How many more letters the connection takes, by its own word and by `per_connection`.
    fn room(&self, entry: &Entry) -> usize {
        let Some(link) = &self.link else { return 0 };
        let asked = entry.iter().filter(|(_, concern)| matches!(concern, Concern::New(_))).count();
        let most = self.line.route.per_connection.map_or(usize::MAX, |most| most as usize);
        let left = most.saturating_sub(link.letters as usize);
        link.connection.room().min(left).saturating_sub(asked)
    }

    /// A letter whose turn is now, if there is one.
    fn one_more(&mut self) -> Option<Ready> {
        let ready = match self.hand.pop_front() {
            Some(ready) => ready,
            None => self.line.letters.try_recv().ok()?,
        };
        if !self.line.allowance.take() {
            self.hand.push_front(ready);
            return None;
        }
        if !self.line.pace.try_turn() {
            self.line.allowance.give_back();
            self.hand.push_front(ready);
            return None;
        }
        self.line.count(&ready).then_some(ready)
    }
}
