//! What a run hands to its journal's writer, as `src/dispatch/lane.rs` gathers it: outcomes, intents, and leave for commands to ride.

use super::moves::{Commit, Hands, Move};
use super::rules::Breach;
use super::sender::Seat;
use super::store::Grant;
use super::world::{CONNECTIONS, Connection, Letter, Line, Rider, Run, Said, Unwritten, World};

impl Seat<'_> {
    /// The writer takes what some or all connections have in hand, and writes it all or nothing.
    pub(super) fn commits(&self, found: &mut Vec<(Move, World)>) {
        let all: Vec<usize> = (0..CONNECTIONS)
            .filter(|number| !self.run.broken && self.run.lines[*number].has_an_entry())
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
            let line = run.lines[*number];
            missed |= !self.settle_all(&mut after, line);
            run.lines[*number] = self.granted_to(&mut after, line).turned();
        }
        let fails = missed && self.rules.breaks(Breach::MissedSettleFailsGroup);
        if fails || end == Commit::Failed {
            after.undo(self.world);
        }
        if fails || end != Commit::Done && !self.rules.breaks(Breach::FailedCommitGrants) {
            let unread = group.iter().flat_map(|number| self.run.lines[*number].unread());
            unread.for_each(|letter| after.attempt_mut(letter).adrift += 1);
            run.give_up(group);
        }
        run.lines.sort_unstable();
        after.runs[self.slot] = Some(run);
        (Move::Commit { of: hands, end }, after)
    }

    /// Writes the outcomes; `false` where one missed its row. A letter that was refused before its intent was written gets both at once.
    fn settle_all(&self, after: &mut World, line: Line) -> bool {
        let front = line.front.unwritten().is_none_or(|last| self.settle(after, last));
        let rider = match line.rider {
            Rider::Told(last, is_begun) => {
                if !is_begun {
                    after.begin(last.letter, self.run.number, self.rules);
                }
                // Without its intent it misses, which concerns nobody: it was never begun.
                self.settle(after, last) || !is_begun
            }
            _ => true,
        };
        front && rider
    }

    fn settle(&self, world: &mut World, last: Unwritten) -> bool {
        let unbegun = world.attempt_mut(last.letter).said == Said::Unbegun;
        if self.rules.breaks(Breach::LetterBeforeIntent) && unbegun {
            world.begin(last.letter, self.run.number, self.rules);
        }
        world.settle(last, self.run.number, self.rules)
    }

    /// Asks for what the letters of this connection want next.
    fn granted_to(&self, after: &mut World, line: Line) -> Line {
        let begun = |grant, letter| match grant {
            Grant::Given => Connection::Envelope(letter),
            Grant::Refused => Connection::Free(None),
        };
        let run = self.run.number;
        match (line.front, line.rider) {
            // Whoever rides has their turn. Refused, the connection is over: the commands are said.
            (Connection::Free(_), Rider::Admitted(letter)) => match after.begin_rider(letter, run, self.rules) {
                Grant::Refused if self.rules.breaks(Breach::RevokedRiderGoesOn) => Line::of(Connection::Envelope(letter)),
                grant => Line::of(begun(grant, letter)),
            },
            (Connection::Free(_), Rider::Told(..)) => Line::free(None),
            (Connection::Free(_), rider) => Line {
                front: Connection::Free(None),
                rider,
            },
            (Connection::Ready(letter, _), rider) => Line {
                front: begun(after.begin(letter, run, self.rules), letter),
                rider: self.mounted(after, rider),
            },
            (front, rider) => Line {
                front,
                rider: self.mounted(after, rider),
            },
        }
    }

    /// Leave to ride, or with room for more than one letter the intent itself.
    fn mounted(&self, after: &mut World, rider: Rider) -> Rider {
        let Rider::Wanting(letter) = rider else { return rider };
        let has_room = self.rules.ride.in_flight() > 1 || self.rules.breaks(Breach::RidersAreNotCounted);
        let (grant, mounted): (Grant, fn(Letter) -> Rider) = match has_room {
            true => (after.begin(letter, self.run.number, self.rules), Rider::Granted),
            false => (after.admit(letter, self.rules), Rider::Admitted),
        };
        match grant {
            Grant::Given => mounted(letter),
            Grant::Refused => Rider::Nobody,
        }
    }

    fn hands(&self, group: &[usize], all: bool) -> Hands {
        let count = |counted: fn(Line) -> usize| {
            let sum: usize = group.iter().map(|number| counted(self.run.lines[*number])).sum();
            u8::try_from(sum).unwrap()
        };
        Hands {
            run: self.run.number,
            settles: count(|line| {
                usize::from(line.front.unwritten().is_some()) + usize::from(matches!(line.rider, Rider::Told(..)))
            }),
            begins: count(|line| {
                let turn = matches!((line.front, line.rider), (Connection::Free(_), Rider::Admitted(_)));
                usize::from(matches!(line.front, Connection::Ready(..)))
                    + usize::from(turn || matches!(line.rider, Rider::Wanting(_)))
            }),
            all,
        }
    }
}

impl Run {
    /// The journal has failed: these connections' entries are lost, and whoever has none under way is done.
    fn give_up(&mut self, group: &[usize]) {
        self.broken = true;
        for (number, line) in self.lines.iter_mut().enumerate() {
            if group.contains(&number) || matches!(line.front, Connection::Free(_) | Connection::Ready(..)) {
                *line = Line::GONE;
            } else if matches!(line.rider, Rider::Wanting(_) | Rider::Admitted(_)) {
                line.rider = Rider::Nobody;
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

impl Line {
    fn of(front: Connection) -> Self {
        let rider = Rider::Nobody;
        Line { front, rider }
    }

    /// Whether it has something to write, or to ask.
    fn has_an_entry(self) -> bool {
        let in_front = matches!(self.front, Connection::Ready(..) | Connection::Free(Some(_)));
        let has_turn = matches!(self.front, Connection::Free(_)) && self.rider != Rider::Nobody;
        in_front || has_turn || matches!(self.rider, Rider::Wanting(_) | Rider::Told(..))
    }
}
