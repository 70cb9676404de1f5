//! The search: breadth first from a released edition, every world once, so that what breaks a law is told by the shortest way.

use super::laws;
use super::moves::{Commit, Move, next};
use super::rules::Rules;
use super::world::{LETTERS, Line, World};
use std::collections::HashMap;
use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use tidings::delivery::state::State;

/// All worlds within the bounds, or the first that breaks a law.
pub(super) struct Search<'a> {
    rules: &'a Rules,
    worlds: Vec<World>,
    /// From which world, and by what, each was first reached.
    reached: Vec<(u32, Option<Move>)>,
    numbers: HashMap<World, u32, BuildHasherDefault<Mix>>,
    moves: u64,
}

/// What was gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) worlds: usize,
    pub(super) moves: u64,
}

/// A law that does not hold, and how it came to that.
#[derive(Debug)]
pub(super) struct Violation {
    pub(super) law: &'static str,
    pub(super) way: Vec<Move>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = self.way.iter().enumerate().fold(String::new(), |mut text, (number, step)| {
            let _ = write!(text, "\n  {:2}. {step}", number + 1);
            text
        });
        write!(f, "{}{way}", self.law)
    }
}

/// Goes through every world that `rules` allow.
pub(super) fn search(rules: &Rules) -> Result<Found, Violation> {
    let first = World::released(rules.letters);
    let mut search = Search {
        rules,
        worlds: vec![first],
        reached: vec![(0, None)],
        numbers: HashMap::default(),
        moves: 0,
    };
    search.numbers.insert(first, 0);
    let (mut at, mut found) = (0, Vec::new());
    while let Some(world) = search.worlds.get(at).copied() {
        next(&world, rules, &mut found);
        search.moves += found.len() as u64;
        for (step, after) in &found {
            search.look_at(at, &world, *step, after)?;
        }
        at += 1;
    }
    search.come_to_rest()?;
    Ok(Found {
        worlds: search.worlds.len(),
        moves: search.moves,
    })
}

impl Search<'_> {
    fn look_at(&mut self, from: usize, world: &World, step: Move, after: &World) -> Result<(), Violation> {
        let broken = laws::broken_by(world, step, after);
        let after = &self.one_of_its_kind(after);
        if self.numbers.contains_key(after) && broken.is_none() {
            return Ok(());
        }
        if let Some(law) = broken.or_else(|| laws::broken_in(after, self.rules)) {
            return Err(self.violation(law, from, [step]));
        }
        let number = u32::try_from(self.worlds.len()).unwrap();
        self.numbers.insert(*after, number);
        self.worlds.push(*after);
        self.reached.push((u32::try_from(from).unwrap(), Some(step)));
        Ok(())
    }

    fn one_of_its_kind(&self, world: &World) -> World {
        if !self.rules.letters_are_alike || self.rules.letters < LETTERS {
            return *world;
        }
        let (other, kind) = (world.mirrored(), BuildHasherDefault::<Mix>::default());
        match kind.hash_one(other) < kind.hash_one(world) {
            true => other,
            false => *world,
        }
    }

    fn violation(&self, law: &'static str, from: usize, rest: impl IntoIterator<Item = Move>) -> Violation {
        let (mut way, mut at) = (Vec::new(), from);
        while let (before, Some(step)) = self.reached[at] {
            way.push(step);
            at = before as usize;
        }
        way.reverse();
        way.extend(rest);
        Violation { law, way }
    }

    /// Nobody is skipped silently: from every world, if the relay takes what it is given, nothing crashes any more and cron comes
    /// again, each letter ends final or in front of a person.
    fn come_to_rest(&self) -> Result<(), Violation> {
        let rules = Rules {
            runs: self.rules.runs + 2,
            ticks: 2,
            ..self.rules.clone()
        };
        let mut known = HashSet::<World, BuildHasherDefault<Mix>>::default();
        let mut found = Vec::new();
        for (number, world) in self.worlds.iter().enumerate() {
            let (mut at, mut way, mut steps) = (*world, Vec::new(), Vec::new());
            while !laws::is_at_rest(&at) && !known.contains(&at) {
                next(&at, &rules, &mut found);
                let best = found
                    .iter()
                    .filter_map(|(step, after)| Some((kindness(&at, *step)?, step, after)));
                let Some((_, step, after)) = best.min_by_key(|(rank, ..)| *rank).filter(|_| steps.len() < LONGEST) else {
                    return Err(self.violation("a letter neither ends nor comes before a person", number, steps));
                };
                way.push(at);
                steps.push(*step);
                at = *after;
            }
            known.extend(way);
        }
        Ok(())
    }
}

/// More steps than any way to rest takes.
const LONGEST: usize = 60;

/// How early a move comes on the way to rest; `None` for what only makes trouble.
fn kindness(world: &World, step: Move) -> Option<u8> {
    let deferred = world.rows.iter().any(|row| matches!(row.state, State::Deferred { .. }));
    let waiting = |run: &super::world::Run| run.lines.into_iter().any(Line::is_waiting);
    match step {
        Move::BodyLeaves(_) | Move::DotLeaves(_) | Move::RelayTakes(_) => Some(0),
        Move::Accepted(_) | Move::Refused(_) if is_answered(world) => Some(0),
        Move::Commit { end: Commit::Done, of } if of.all => Some(1),
        Move::EditionEnds => Some(2),
        Move::Claim(_) if !world.held => Some(3),
        Move::Clock(to) if to > world.now && deferred && !world.held => Some(4),
        Move::Ends { .. } => Some(5),
        Move::Begin { stolen: false } => Some(6),
        // Whoever hangs may hang for ever; the others come to rest all the same.
        Move::Begin { stolen: true } if !world.runs.iter().flatten().any(waiting) => Some(7),
        _ => None,
    }
}

fn is_answered(world: &World) -> bool {
    world.runs.iter().flatten().flat_map(|run| run.lines).any(Line::is_answered)
}

/// A quick hash for small plain worlds; equality decides, so a weak one only costs time.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_i32(&mut self, number: i32) {
        self.write_u64(u64::from(number.cast_unsigned()));
    }

    fn write_i64(&mut self, number: i64) {
        self.write_u64(number.cast_unsigned());
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number.cast_unsigned() as u64);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn finish(&self) -> u64 {
        // The table looks at the upper and at the lower bits.
        self.0 ^ (self.0 >> 29)
    }
}
