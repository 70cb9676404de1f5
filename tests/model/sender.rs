//! A run at work, as `src/dispatch/lane.rs` has it: claim, intent, envelope, body, terminator, answer, outcome; and the ends it can
//! come to at each of them. What is written in between stands in `entries.rs`, the letter behind this one in `rider.rs`.

use super::moves::Move;
use super::rules::{Breach, Rules};
use super::world::{ATTEMPTS, Answer, CONNECTIONS, Connection, Fate, Letter, Line, Rider, Run, Unwritten, World};
use tidings::delivery::state::State;

/// A run that has just begun.
pub(super) fn fresh(number: u8, rules: &Rules) -> Run {
    let mut lines = [Line::GONE; CONNECTIONS];
    lines[..rules.connections].fill(Line::free(None));
    Run {
        number,
        broken: false,
        stale: false,
        lines,
    }
}

/// What the run in this slot can do, and what can be done to it.
pub(super) fn moves(world: &World, slot: usize, rules: &Rules, found: &mut Vec<(Move, World)>) {
    let Some(run) = world.runs[slot] else { return };
    let seat = Seat { world, slot, run, rules };
    for number in 0..CONNECTIONS {
        match run.lines[number].front {
            Connection::Gone => {}
            Connection::Free(last) if run.lines[number].rider == Rider::Nobody => seat.claim(number, last, found),
            Connection::Free(_) => {}
            Connection::Ready(letter, last) => seat.presume(number, letter, last, found),
            Connection::Envelope(letter) => seat.envelope(number, letter, found),
            Connection::Body(letter) => seat.body(number, letter, found),
            Connection::Dot(letter, answer) => seat.dot(number, letter, answer, found),
        }
        seat.rider(number, found);
    }
    seat.commits(found);
    seat.ends(found);
}

/// A run in its world.
pub(super) struct Seat<'a> {
    pub(super) world: &'a World,
    pub(super) slot: usize,
    pub(super) run: Run,
    pub(super) rules: &'a Rules,
}

impl Seat<'_> {
    /// The world with this connection's first letter moved on.
    fn with(&self, number: usize, front: Connection) -> World {
        let rider = self.run.lines[number].rider;
        self.put(number, Line { front, rider })
    }

    /// The world with this connection moved on; where the journal has failed, one that would write or wait is over.
    pub(super) fn put(&self, number: usize, line: Line) -> World {
        let (mut after, mut run) = (*self.world, self.run);
        run.lines[number] = match line.turned() {
            line if run.broken && matches!(line.front, Connection::Free(_) | Connection::Ready(..)) => {
                line.unread().for_each(|letter| after.attempt_mut(letter).adrift += 1);
                Line::GONE
            }
            going_on => going_on,
        };
        run.lines.sort_unstable();
        after.runs[self.slot] = Some(run);
        after
    }

    /// The letter has its outcome, and all is in step.
    fn come_to(&self, number: usize, letter: Letter, fate: Fate) -> World {
        self.with(number, Connection::Free(Some(Unwritten { letter, fate })))
    }

    /// The letters that may be claimed: a claim reads and writes nothing, and the feeder gives none to two connections of a run.
    pub(super) fn due(&self) -> impl Iterator<Item = Letter> {
        (0_u8..).zip(&self.world.rows).filter_map(|(of, row)| {
            let taken = self.run.lines.iter().any(|line| line.has(of));
            let (attempt, orders) = (row.attempt + 1, row.orders);
            let is_due = usize::from(attempt) <= ATTEMPTS && self.world.is_due(usize::from(of), self.rules);
            (!taken && is_due).then_some(Letter { of, attempt, orders })
        })
    }

    fn claim(&self, number: usize, last: Option<Unwritten>, found: &mut Vec<(Move, World)>) {
        for letter in self.due() {
            let mut after = self.with(number, Connection::Ready(letter, last));
            if self.rules.breaks(Breach::ClaimIsAcceptance) {
                after.rows[usize::from(letter.of)].state = State::Accepted;
            }
            found.push((Move::Claim(letter), after));
        }
    }

    fn presume(&self, number: usize, letter: Letter, last: Option<Unwritten>, found: &mut Vec<(Move, World)>) {
        if self.rules.breaks(Breach::LetterBeforeIntent) && last.is_none() {
            found.push((Move::Presume(letter), self.with(number, Connection::Envelope(letter))));
        }
    }

    fn envelope(&self, number: usize, letter: Letter, found: &mut Vec<(Move, World)>) {
        self.breaks_off(number, letter, found);
        // Nothing but commands: the connection goes on.
        for fate in self.refusals(letter) {
            found.push((Move::Refused(letter), self.come_to(number, letter, fate)));
        }
        found.push((Move::BodyLeaves(letter), self.with(number, Connection::Body(letter))));
    }

    fn body(&self, number: usize, letter: Letter, found: &mut Vec<(Move, World)>) {
        self.breaks_off(number, letter, found);
        // A refusal in mid-body is a definite no and the end; a yes is an answer to nothing, and yet the relay may mean it.
        for fate in self.refusals(letter) {
            found.extend(self.over(number, letter, fate).map(|after| (Move::Refused(letter), after)));
        }
        found.extend(
            self.over(number, letter, Fate::Lost)
                .map(|after| (Move::AnswerLost(letter), after)),
        );
        let left = match self.rules.breaks(Breach::OutcomeBeforeAnswer) {
            true => self.set_adrift(self.come_to(number, letter, Fate::Accepted), letter),
            false => self.with(number, Connection::Dot(letter, Answer::None)),
        };
        found.push((Move::DotLeaves(letter), left));
    }

    /// The connection ends before the dot: a definite no.
    fn breaks_off(&self, number: usize, letter: Letter, found: &mut Vec<(Move, World)>) {
        if self.may_fail(letter, Fate::NotTaken) {
            let broken = self.over(number, letter, Fate::NotTaken);
            found.extend(broken.map(|after| (Move::BreaksOff(letter), after)));
        }
    }

    /// What a relay can say of this letter instead of taking it.
    pub(super) fn refusals(&self, letter: Letter) -> impl Iterator<Item = Fate> {
        Fate::REFUSALS.into_iter().filter(move |fate| self.may_fail(letter, *fate))
    }

    fn dot(&self, number: usize, letter: Letter, answer: Answer, found: &mut Vec<(Move, World)>) {
        match answer {
            Answer::None => self.relay(number, letter, found),
            Answer::Yes => found.push((Move::Accepted(letter), self.come_to(number, letter, Fate::Accepted))),
            Answer::No(fate) => found.push((Move::Refused(letter), self.come_to(number, letter, fate))),
        }
        let fate = match self.rules.breaks(Breach::SilenceIsNo) {
            true => Fate::NotTaken,
            false => Fate::Lost,
        };
        let Some(given_up) = self.over(number, letter, fate) else {
            return;
        };
        let mut lost = match answer {
            Answer::None => self.set_adrift(given_up, letter),
            Answer::Yes | Answer::No(_) => given_up,
        };
        if let (Some(run), Answer::Yes) = (&mut lost.runs[self.slot], answer) {
            run.stale = self.rules.breaks(Breach::LateAnswerIsRead);
        }
        found.push((Move::AnswerLost(letter), lost));
    }

    /// What the relay makes of a whole letter.
    fn relay(&self, number: usize, letter: Letter, found: &mut Vec<(Move, World)>) {
        let mut taken = self.with(number, Connection::Dot(letter, Answer::Yes));
        taken.attempt_mut(letter).copies += 1;
        found.push((Move::RelayTakes(letter), taken));
        for fate in self.refusals(letter) {
            let refused = self.with(number, Connection::Dot(letter, Answer::No(fate)));
            found.push((Move::RelayRefuses(letter), refused));
        }
        // It throws the letter away, with 354 once more, half a line, or a closed connection.
        let dropped = match self.rules.breaks(Breach::OddAnswerIsYes) {
            true => Fate::Accepted,
            false => Fate::Lost,
        };
        found.extend(
            self.over(number, letter, dropped)
                .map(|after| (Move::AnswerLost(letter), after)),
        );
        if self.run.stale {
            let heard = self.set_adrift(self.come_to(number, letter, Fate::Accepted), letter);
            found.push((Move::Accepted(letter), heard));
        }
    }

    pub(super) fn set_adrift(&self, mut world: World, letter: Letter) -> World {
        world.attempt_mut(letter).adrift += 1;
        world
    }

    /// The bound of the search: one trouble a letter and order, so that attempts come to an end.
    pub(super) fn may_fail(&self, letter: Letter, fate: Fate) -> bool {
        let attempt = usize::from(letter.attempt);
        !fate.leads_to_another() || attempt < ATTEMPTS && attempt <= usize::from(letter.orders) + 1
    }

    /// A run ends by itself with empty hands, at any time: nothing more is due, a signal, a limit, trouble with the relay.
    fn ends(&self, found: &mut Vec<(Move, World)>) {
        let mut after = *self.world;
        after.runs[self.slot] = None;
        let run = self.run.number;
        if !self.run.lines.into_iter().all(Line::is_idle) {
            for letter in self.run.lines.into_iter().flat_map(Line::unread) {
                after = self.set_adrift(after, letter);
            }
            return found.push((Move::Dies { run }, after));
        }
        found.push((Move::Ends { run }, after));
        let mut after = *self.world;
        after.expire(self.rules);
        if self.world.is_over(self.rules) && after != *self.world {
            found.push((Move::EditionEnds, after));
        }
    }
}

impl Line {
    /// A connection that waits for a letter, with this outcome in its hand.
    pub(super) fn free(last: Option<Unwritten>) -> Self {
        Line {
            front: Connection::Free(last),
            rider: Rider::Nobody,
        }
    }

    /// The same connection where the letter behind has its turn as soon as nothing stands before it.
    pub(super) fn turned(self) -> Self {
        let front = match (self.front, self.rider) {
            (Connection::Free(last), Rider::Wanting(letter)) => Connection::Ready(letter, last),
            (Connection::Free(None), Rider::Granted(letter)) => Connection::Envelope(letter),
            (Connection::Free(None), Rider::Body(letter)) => Connection::Body(letter),
            (Connection::Free(None), Rider::Dot(letter, answer)) => Connection::Dot(letter, answer),
            (Connection::Free(None), Rider::Told(last, true)) => Connection::Free(Some(last)),
            _ => return self,
        };
        let rider = Rider::Nobody;
        Line { front, rider }
    }

    /// Whether this person's letter is on it, or in its hand without an intent on record.
    fn has(self, of: u8) -> bool {
        let front = match self.front {
            Connection::Gone | Connection::Free(_) => None,
            Connection::Ready(letter, _) | Connection::Envelope(letter) | Connection::Body(letter) | Connection::Dot(letter, _) => {
                Some(letter)
            }
        };
        let rider = match self.rider {
            Rider::Nobody => None,
            Rider::Wanting(letter) | Rider::Admitted(letter) | Rider::Granted(letter) | Rider::Body(letter) => Some(letter),
            Rider::Dot(letter, _) => Some(letter),
            Rider::Told(last, _) => Some(last.letter),
        };
        front.into_iter().chain(rider).any(|letter| letter.of == of)
    }
}
