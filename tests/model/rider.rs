//! The letter behind the one that has its turn: admitted, granted or on its way, and what becomes of it when the connection ends.
//!
//! By groups only commands ride, and the body waits for the intent, for the answer to the letter before and for the relay's own 354. By
//! chunks the whole letter does, and its intent is on record first.

use super::moves::Move;
use super::rules::{Breach, Ride};
use super::sender::Seat;
use super::world::{Answer, Connection, Fate, Letter, Line, Rider, Unwritten, World};

impl Seat<'_> {
    /// What the letter behind can do, and what can be done to it.
    pub(super) fn rider(&self, number: usize, found: &mut Vec<(Move, World)>) {
        let Line { front, rider } = self.run.lines[number];
        // The letter before has its answer: what is said now is said of this one.
        let is_next = matches!(front, Connection::Free(_));
        match (rider, front) {
            (Rider::Nobody, Connection::Ready(..) | Connection::Envelope(_)) => self.mount(number, front, found),
            (Rider::Admitted(letter), Connection::Free(last)) => self.admitted(number, letter, last, found),
            (Rider::Granted(letter), _) => self.granted(number, letter, found),
            (Rider::Body(letter), _) => {
                if is_next {
                    self.comes_to_nothing(number, letter, found);
                }
                let left = Rider::Dot(letter, Answer::None);
                found.push((Move::DotLeaves(letter), self.with_rider(number, left)));
            }
            (Rider::Dot(letter, answer), _) => self.left(number, letter, answer, found),
            _ => {}
        }
    }

    /// One more letter for this connection, behind the one that is about to leave or in its envelope.
    fn mount(&self, number: usize, front: Connection, found: &mut Vec<(Move, World)>) {
        if self.rules.ride == Ride::Nobody || self.run.broken {
            return;
        }
        for letter in self.due() {
            let rider = Rider::Wanting(letter);
            found.push((Move::Claim(letter), self.put(number, Line { front, rider })));
        }
    }

    /// Its commands are answered before its intent is written; or the run stops, or the connection ends, and it never had its turn.
    fn admitted(&self, number: usize, letter: Letter, last: Option<Unwritten>, found: &mut Vec<(Move, World)>) {
        for fate in self.refusals(letter) {
            let told = Rider::Told(Unwritten { letter, fate }, false);
            found.push((Move::Refused(letter), self.with_rider(number, told)));
        }
        found.push((Move::LetGo(letter), self.with_rider(number, Rider::Nobody)));
        let (front, rider) = (Connection::Ready(letter, last), Rider::Nobody);
        found.push((Move::BreaksOff(letter), self.put(number, Line { front, rider })));
        if self.rules.breaks(Breach::RiderLeavesBeforeIntent) {
            let (front, rider) = (Connection::Body(letter), Rider::Nobody);
            found.push((Move::BodyLeaves(letter), self.put(number, Line { front, rider })));
        }
    }

    fn granted(&self, number: usize, letter: Letter, found: &mut Vec<(Move, World)>) {
        let front = self.run.lines[number].front;
        if matches!(front, Connection::Free(_)) {
            self.comes_to_nothing(number, letter, found);
        }
        // By groups the body follows the answer to the letter before, which need not be on record yet.
        let may_leave = match self.rules.ride {
            Ride::Nobody => false,
            Ride::Grouped(_) => matches!(front, Connection::Free(_)),
            Ride::Chunked(_) => matches!(front, Connection::Dot(..) | Connection::Free(_)),
        };
        if may_leave {
            found.push((Move::BodyLeaves(letter), self.with_rider(number, Rider::Body(letter))));
        }
    }

    /// Before the dot every end is a definite no.
    fn comes_to_nothing(&self, number: usize, letter: Letter, found: &mut Vec<(Move, World)>) {
        let told = |fate| self.with_rider(number, Rider::Told(Unwritten { letter, fate }, true));
        if self.may_fail(letter, Fate::NotTaken) {
            found.push((Move::BreaksOff(letter), told(Fate::NotTaken)));
        }
        found.extend(self.refusals(letter).map(|fate| (Move::Refused(letter), told(fate))));
    }

    /// A whole letter behind another: the relay comes to it after that one, and so does its answer.
    fn left(&self, number: usize, letter: Letter, answer: Answer, found: &mut Vec<(Move, World)>) {
        let front = self.run.lines[number].front;
        let is_reached = matches!(front, Connection::Free(_) | Connection::Dot(_, Answer::Yes | Answer::No(_)));
        if answer == Answer::None && is_reached {
            let mut taken = self.with_rider(number, Rider::Dot(letter, Answer::Yes));
            taken.attempt_mut(letter).copies += 1;
            found.push((Move::RelayTakes(letter), taken));
            for fate in self.refusals(letter) {
                let refused = Rider::Dot(letter, Answer::No(fate));
                found.push((Move::RelayRefuses(letter), self.with_rider(number, refused)));
            }
        }
        if !matches!(front, Connection::Free(_)) {
            return;
        }
        let told = |fate| self.with_rider(number, Rider::Told(Unwritten { letter, fate }, true));
        match answer {
            Answer::None => found.push((Move::AnswerLost(letter), self.set_adrift(told(Fate::Lost), letter))),
            Answer::Yes => found.push((Move::Accepted(letter), told(Fate::Accepted))),
            Answer::No(fate) => found.push((Move::Refused(letter), told(fate))),
        }
        found.push((Move::AnswerLost(letter), told(Fate::Lost)));
    }

    fn with_rider(&self, number: usize, rider: Rider) -> World {
        let front = self.run.lines[number].front;
        self.put(number, Line { front, rider })
    }

    /// The first letter comes to this and the connection to its end: whoever rides without an intent comes back into the hand, whoever has
    /// one and is not whole was not taken, and of a whole letter nobody can know. `None` beyond the bounds of the search.
    pub(super) fn over(&self, number: usize, letter: Letter, fate: Fate) -> Option<World> {
        let last = Unwritten { letter, fate };
        let told = |letter, fate| Line {
            front: Connection::Free(Some(last)),
            rider: Rider::Told(Unwritten { letter, fate }, true),
        };
        let whole = match self.rules.breaks(Breach::RiderComesBackWhole) {
            true => Fate::NotTaken,
            false => Fate::Lost,
        };
        Some(match self.run.lines[number].rider {
            Rider::Nobody | Rider::Told(..) => self.put(number, Line::free(Some(last))),
            Rider::Wanting(rider) | Rider::Admitted(rider) => {
                let front = Connection::Ready(rider, Some(last));
                let rider = Rider::Nobody;
                self.put(number, Line { front, rider })
            }
            Rider::Granted(rider) | Rider::Body(rider) if self.may_fail(rider, Fate::NotTaken) => {
                self.put(number, told(rider, Fate::NotTaken))
            }
            Rider::Granted(_) | Rider::Body(_) => return None,
            Rider::Dot(rider, Answer::None) => self.set_adrift(self.put(number, told(rider, whole)), rider),
            Rider::Dot(rider, _) => self.put(number, told(rider, whole)),
        })
    }
}
