//! The store's transactions, as `src/store/{journal,recover,hold,order}.rs` write them; each is one step, because it is on the disk whole
//! or not at all. What an event does to a state is the product's own `step`.

use super::rules::{Breach, Rules};
use super::world::{Fate, Letter, Row, Said, Unwritten, World};
use tidings::delivery::state::{Event, State, step};

/// The journal's answer to an intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Grant {
    Given,
    /// Suppressed, held or moved: this letter stays.
    Refused,
}

impl World {
    /// Moves a row on by the product's own state machine; `false` where the event is impossible and nothing is written.
    fn takes(&mut self, of: usize, event: Event, rules: &Rules) -> bool {
        let moved = step(self.rows[of].state, event, rules.instant(self.now), &rules.policy);
        moved.map(|state| self.rows[of].state = state).is_ok()
    }

    /// Whether this letter waits and is due, as `claims` asks.
    pub(super) fn is_due(&self, of: usize, rules: &Rules) -> bool {
        let row = &self.rows[of];
        let again = rules.breaks(Breach::DoubtIsSentAgain) && row.state == State::InDoubt;
        again || step(row.state, Event::Begin, rules.instant(self.now), &rules.policy).is_ok()
    }

    /// Whether the edition's time is over.
    pub(super) fn is_over(&self, rules: &Rules) -> bool {
        rules.policy.expires.is_some_and(|end| rules.instant(self.now) >= end)
    }

    /// `journal::begin`: everything that could forbid the attempt is looked up in the same transaction.
    pub(super) fn begin(&mut self, letter: Letter, run: u8, rules: &Rules) -> Grant {
        self.begin_if(letter, run, rules, !rules.breaks(Breach::SuppressionIsNotLookedUp))
    }

    /// The same for a letter whose commands were admitted before.
    pub(super) fn begin_rider(&mut self, letter: Letter, run: u8, rules: &Rules) -> Grant {
        self.begin_if(letter, run, rules, !rules.breaks(Breach::RiderIsNotAskedAgain))
    }

    fn begin_if(&mut self, letter: Letter, run: u8, rules: &Rules, sees_suppression: bool) -> Grant {
        let of = usize::from(letter.of);
        if self.ask(letter, rules, sees_suppression) == Grant::Refused {
            return Grant::Refused;
        }
        let row = &mut self.rows[of];
        (row.state, row.attempt, row.run) = (State::Sending, letter.attempt, run);
        let orders = row.orders;
        let attempt = self.attempt_mut(letter);
        (attempt.said, attempt.orders) = (Said::Open, orders);
        Grant::Given
    }

    /// `journal::admit`: the same questions, and nothing is written of a yes.
    pub(super) fn admit(&mut self, letter: Letter, rules: &Rules) -> Grant {
        self.ask(letter, rules, true)
    }

    fn ask(&mut self, letter: Letter, rules: &Rules, sees_suppression: bool) -> Grant {
        let of = usize::from(letter.of);
        let row_orders = self.rows[of].orders;
        let expected = self.rows[of].attempt + 1 == letter.attempt || rules.breaks(Breach::IntentIsNotCompared);
        let same_orders = row_orders == letter.orders || rules.breaks(Breach::OrdersAreNotCompared);
        let sees_hold = !rules.breaks(Breach::HoldIsNotLookedUp);
        if !expected || !same_orders || !self.is_due(of, rules) && !rules.breaks(Breach::IntentIsNotCompared) {
            return Grant::Refused;
        }
        if sees_hold && (self.held || self.called_off) || self.is_over(rules) {
            return Grant::Refused;
        }
        if sees_suppression && self.suppressed[of] {
            self.takes(of, Event::Suppress, rules);
            return Grant::Refused;
        }
        Grant::Given
    }

    /// `journal::settle`: compare and set; `false` where the row was missed, which concerns nobody else.
    pub(super) fn settle(&mut self, last: Unwritten, run: u8, rules: &Rules) -> bool {
        let of = usize::from(last.letter.of);
        let row = self.rows[of];
        let same_run = row.run == run || rules.breaks(Breach::SettleWithoutRun) || rules.breaks(Breach::SettleByDeliveryAlone);
        let same_attempt = row.attempt == last.letter.attempt
            || rules.breaks(Breach::SettleWithoutAttempt)
            || rules.breaks(Breach::SettleByDeliveryAlone);
        let same_state = row.state == State::Sending || rules.breaks(Breach::SettleWithoutState);
        if !(same_run && same_attempt && same_state) {
            return false;
        }
        self.rows[of].state = State::Sending;
        if !self.takes(of, last.fate.event(), rules) {
            return false;
        }
        self.attempt_mut(last.letter).said = match last.fate {
            Fate::Accepted => Said::Yes,
            Fate::Lost => Said::Doubt,
            Fate::RefusedForNow | Fate::RefusedForGood | Fate::RefusedForAll | Fate::NotTaken => Said::No,
        };
        self.rows[of].forget_run(rules);
        self.call_off(of, rules);
        true
    }

    /// `Store::recover`: every `sending`, whoever began it, is in doubt.
    pub(super) fn recover(&mut self, rules: &Rules) {
        for of in 0..self.rows.len() {
            if self.rows[of].state != State::Sending || rules.breaks(Breach::NobodyRecovers) {
                continue;
            }
            let (event, said) = match rules.breaks(Breach::RecoveryMeansPending) {
                true => (Event::NotTaken, Said::No),
                false => (Event::RunDied, Said::Doubt),
            };
            self.takes(of, event, rules);
            let current = usize::from(self.rows[of].attempt) - 1;
            self.attempts[of][current].said = said;
            self.rows[of].forget_run(rules);
        }
    }

    /// `Store::expire`.
    pub(super) fn expire(&mut self, rules: &Rules) {
        for of in 0..self.rows.len() {
            if rules.breaks(Breach::ExpiryTakesLettersUnderWay) && self.rows[of].state == State::Sending {
                self.rows[of].state = State::Expired;
                continue;
            }
            if !matches!(self.rows[of].state, State::Pending | State::Deferred { .. }) {
                continue;
            }
            self.takes(of, Event::Expire, rules);
        }
    }

    /// One letter, by a person; `false` where the order has no meaning now.
    pub(super) fn order(&mut self, of: usize, event: Event, rules: &Rules) -> bool {
        let before = self.rows[of];
        if rules.breaks(Breach::HoldTakesLettersUnderWay) && event == Event::Hold && before.state == State::Sending {
            self.rows[of].state = State::Held;
            return true;
        }
        let anew = matches!(event, Event::Resend | Event::ResolveNotSent);
        if anew && before.orders + before.denials == rules.orders || !self.takes(of, event, rules) {
            return false;
        }
        let row = &mut self.rows[of];
        row.held_by_person = event == Event::Hold;
        row.vouched = event == Event::ResolveSent || before.vouched;
        match event {
            Event::Resend => {
                row.orders += 1;
                // The edition is open again, for the letters that were ordered.
                self.called_off = false;
            }
            Event::ResolveNotSent => {
                row.denials += 1;
                self.attempts[of][usize::from(before.attempt) - 1].denied = true;
                self.call_off(of, rules);
            }
            _ => {}
        }
        self.rows[of] != before
    }

    /// `cancel` of the edition: whatever waits; what is being sent or in doubt follows when it waits again.
    pub(super) fn cancel(&mut self, rules: &Rules) {
        self.called_off = true;
        for of in 0..self.rows.len() {
            self.takes(of, Event::Cancel, rules);
        }
    }

    fn call_off(&mut self, of: usize, rules: &Rules) {
        if self.called_off {
            self.takes(of, Event::Cancel, rules);
        }
    }

    /// `let_go` of the edition: with it go the letters that a rule holds, not those that a person named.
    pub(super) fn release(&mut self, rules: &Rules) {
        self.held = false;
        for of in 0..self.rows.len() {
            let Row {
                state, held_by_person, ..
            } = self.rows[of];
            if state == State::Held && !held_by_person {
                self.takes(of, Event::Release, rules);
            }
        }
    }
}

impl Row {
    /// Nobody reads the run of a letter that is not being sent, unless a settlement forgets to ask for the state: worlds that differ in
    /// it alone are one.
    fn forget_run(&mut self, rules: &Rules) {
        if !rules.breaks(Breach::SettleWithoutState) {
            self.run = 0;
        }
    }
}
