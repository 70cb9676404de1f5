//! A run at work, as `src/dispatch/line.rs` and the journal's writer have it: claim, intent, envelope, body, terminator, answer,
//! outcome; and the ends it can come to at each of them.

use super::moves::{Commit, Hands, Move};
use super::rules::{Breach, Rules};
use super::store::Grant;
use super::world::{ATTEMPTS, Answer, CONNECTIONS, Connection, Fate, Letter, Run, Said, Unwritten, World};
use tidings::delivery::state::State;

/// A run that has just begun.
pub(super) fn fresh(number: u8, rules: &Rules) -> Run {
    let mut connections = [Connection::Gone; CONNECTIONS];
    connections[..rules.connections].fill(Connection::Free(None));
    Run {
        number,
        broken: false,
        stale: false,
        connections,
    }
}

/// What the run in this slot can do, and what can be done to it.
pub(super) fn moves(world: &World, slot: usize, rules: &Rules, found: &mut Vec<(Move, World)>) {
    let Some(run) = world.runs[slot] else { return };
    let seat = Seat { world, slot, run, rules };
    for number in 0..CONNECTIONS {
        match run.connections[number] {
            Connection::Gone => {}
            Connection::Free(last) => seat.claim(number, last, found),
            Connection::Ready(letter, last) => seat.presume(number, letter, last, found),
            Connection::Envelope(letter) => seat.envelope(number, letter, found),
            Connection::Body(letter) => seat.body(number, letter, found),
            Connection::Dot(letter, answer) => seat.dot(number, letter, answer, found),
        }
    }
    seat.commits(found);
    seat.ends(found);
}

/// A run in its world.
struct Seat<'a> {
    world: &'a World,
    slot: usize,
    run: Run,
    rules: &'a Rules,
}

impl Seat<'_> {
    /// The world with this connection moved on; where the journal has failed, a connection without a letter on its way is over.
    fn with(&self, number: usize, connection: Connection) -> World {
        let (mut after, mut run) = (*self.world, self.run);
        run.connections[number] = match connection {
            Connection::Free(_) | Connection::Ready(..) if run.broken => Connection::Gone,
            going_on => going_on,
        };
        run.connections.sort_unstable();
        after.runs[self.slot] = Some(run);
        after
    }

    fn come_to(&self, number: usize, letter: Letter, fate: Fate) -> World {
        self.with(number, Connection::Free(Some(Unwritten { letter, fate })))
    }

    /// A claim reads and writes nothing; the feeder gives no letter to two connections of a run.
    fn claim(&self, number: usize, last: Option<Unwritten>, found: &mut Vec<(Move, World)>) {
        for (of, row) in (0_u8..).zip(&self.world.rows) {
            let taken = self
                .run
                .connections
                .iter()
                .any(|other| other.letter().is_some_and(|letter| letter.of == of));
            let attempt = row.attempt + 1;
            if taken || usize::from(attempt) > ATTEMPTS || !self.world.is_due(usize::from(of), self.rules) {
                continue;
            }
            let orders = row.orders;
            let letter = Letter { of, attempt, orders };
            let mut after = self.with(number, Connection::Ready(letter, last));
            if self.rules.breaks(Breach::ClaimIsAcceptance) {
                after.rows[usize::from(of)].state = State::Accepted;
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
        self.before_the_dot(number, letter, found);
        found.push((Move::BodyLeaves(letter), self.with(number, Connection::Body(letter))));
    }

    fn body(&self, number: usize, letter: Letter, found: &mut Vec<(Move, World)>) {
        self.before_the_dot(number, letter, found);
        // A yes in mid-body is an answer to nothing, and yet the relay may mean it.
        found.push((Move::AnswerLost(letter), self.come_to(number, letter, Fate::Lost)));
        let left = match self.rules.breaks(Breach::OutcomeBeforeAnswer) {
            true => self.set_adrift(self.come_to(number, letter, Fate::Accepted), letter),
            false => self.with(number, Connection::Dot(letter, Answer::None)),
        };
        found.push((Move::DotLeaves(letter), left));
    }

    /// Whatever ends a letter here is a definite no.
    fn before_the_dot(&self, number: usize, letter: Letter, found: &mut Vec<(Move, World)>) {
        if self.may_fail(letter, Fate::NotTaken) {
            found.push((Move::BreaksOff(letter), self.come_to(number, letter, Fate::NotTaken)));
        }
        for fate in Fate::REFUSALS.into_iter().filter(|fate| self.may_fail(letter, *fate)) {
            found.push((Move::Refused(letter), self.come_to(number, letter, fate)));
        }
    }

    fn dot(&self, number: usize, letter: Letter, answer: Answer, found: &mut Vec<(Move, World)>) {
        match answer {
            Answer::None => self.relay(number, letter, found),
            Answer::Yes => found.push((Move::Accepted(letter), self.come_to(number, letter, Fate::Accepted))),
            Answer::No(fate) => found.push((Move::Refused(letter), self.come_to(number, letter, fate))),
        }
        let given_up = match self.rules.breaks(Breach::SilenceIsNo) {
            true => self.come_to(number, letter, Fate::NotTaken),
            false => self.come_to(number, letter, Fate::Lost),
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
        for fate in Fate::REFUSALS.into_iter().filter(|fate| self.may_fail(letter, *fate)) {
            let refused = self.with(number, Connection::Dot(letter, Answer::No(fate)));
            found.push((Move::RelayRefuses(letter), refused));
        }
        // It throws the letter away, with 354 once more, half a line, or a closed connection.
        let dropped = match self.rules.breaks(Breach::OddAnswerIsYes) {
            true => Fate::Accepted,
            false => Fate::Lost,
        };
        found.push((Move::AnswerLost(letter), self.come_to(number, letter, dropped)));
        if self.run.stale {
            let heard = self.set_adrift(self.come_to(number, letter, Fate::Accepted), letter);
            found.push((Move::Accepted(letter), heard));
        }
    }

    fn set_adrift(&self, mut world: World, letter: Letter) -> World {
        world.attempt_mut(letter).adrift += 1;
        world
    }

    /// The bound of the search: one trouble a letter and order, so that attempts come to an end.
    fn may_fail(&self, letter: Letter, fate: Fate) -> bool {
        let attempt = usize::from(letter.attempt);
        !fate.leads_to_another() || attempt < ATTEMPTS && attempt <= usize::from(letter.orders) + 1
    }

    /// The writer takes what some or all connections have in hand, and writes it all or nothing.
    fn commits(&self, found: &mut Vec<(Move, World)>) {
        let wants = |connection: &Connection| matches!(connection, Connection::Ready(..) | Connection::Free(Some(_)));
        let all: Vec<usize> = (0..CONNECTIONS)
            .filter(|number| !self.run.broken && wants(&self.run.connections[*number]))
            .collect();
        let alone = all.iter().map(|number| vec![*number]).filter(|_| all.len() > 1);
        for group in alone.chain([all.clone()].into_iter().filter(|all| !all.is_empty())) {
            for end in [Commit::Done, Commit::Failed, Commit::Unknown] {
                found.push(self.commit(&group, group.len() == all.len(), end));
            }
        }
    }

    fn commit(&self, group: &[usize], all: bool, end: Commit) -> (Move, World) {
        let (mut after, mut run, mut missed) = (*self.world, self.run, false);
        let hands = self.hands(group, all);
        for number in group {
            let connection = run.connections[*number];
            let settled = connection.unwritten().is_none_or(|last| self.settle(&mut after, last));
            missed |= !settled;
            run.connections[*number] = match connection {
                Connection::Ready(letter, _) => match after.begin(letter, run.number, self.rules) {
                    Grant::Given => Connection::Envelope(letter),
                    Grant::Refused => Connection::Free(None),
                },
                _ => Connection::Free(None),
            };
        }
        let fails = missed && self.rules.breaks(Breach::MissedSettleFailsGroup);
        if fails || end == Commit::Failed {
            after.undo(self.world);
        }
        if fails || end != Commit::Done && !self.rules.breaks(Breach::FailedCommitGrants) {
            run.give_up(group);
        }
        run.connections.sort_unstable();
        after.runs[self.slot] = Some(run);
        (Move::Commit { of: hands, end }, after)
    }

    fn settle(&self, world: &mut World, last: Unwritten) -> bool {
        let unbegun = world.attempt_mut(last.letter).said == Said::Unbegun;
        if self.rules.breaks(Breach::LetterBeforeIntent) && unbegun {
            world.begin(last.letter, self.run.number, self.rules);
        }
        world.settle(last, self.run.number, self.rules)
    }

    fn hands(&self, group: &[usize], all: bool) -> Hands {
        let count = |wanted: fn(&Connection) -> bool| {
            let found = group.iter().filter(|number| wanted(&self.run.connections[**number]));
            u8::try_from(found.count()).unwrap()
        };
        Hands {
            run: self.run.number,
            settles: count(|connection| connection.unwritten().is_some()),
            begins: count(|connection| matches!(connection, Connection::Ready(..))),
            all,
        }
    }

    /// A run ends by itself with empty hands, at any time: nothing more is due, a signal, a limit, trouble with the relay.
    fn ends(&self, found: &mut Vec<(Move, World)>) {
        let mut after = *self.world;
        after.runs[self.slot] = None;
        let run = self.run.number;
        if !self
            .run
            .connections
            .iter()
            .all(|connection| matches!(connection, Connection::Gone | Connection::Free(None)))
        {
            for connection in self.run.connections {
                if let Connection::Dot(letter, Answer::None) = connection {
                    after = self.set_adrift(after, letter);
                }
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

impl Run {
    /// The journal has failed: these connections' entries are lost, and whoever has none under way is done.
    fn give_up(&mut self, group: &[usize]) {
        self.broken = true;
        for (number, connection) in self.connections.iter_mut().enumerate() {
            if group.contains(&number) || matches!(connection, Connection::Free(_) | Connection::Ready(..)) {
                *connection = Connection::Gone;
            }
        }
    }
}

impl World {
    /// Takes back what a failed transaction wrote.
    fn undo(&mut self, before: &World) {
        (self.rows, self.attempts) = (before.rows, before.attempts);
    }
}

impl Connection {
    /// The letter it has claimed or is sending.
    fn letter(self) -> Option<Letter> {
        match self {
            Connection::Gone | Connection::Free(_) => None,
            Connection::Ready(letter, _) | Connection::Envelope(letter) | Connection::Body(letter) | Connection::Dot(letter, _) => {
                Some(letter)
            }
        }
    }
}
