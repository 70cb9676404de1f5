//! Everything that can happen next, at each moment: what runs do, what the relay and the net do to them, what people say, and time.

use super::rules::Rules;
use super::sender;
use super::world::{ATTEMPTS, LETTERS, Letter, SLOTS, World};
use std::fmt;
use tidings::delivery::state::Event;

/// One thing that happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// A run gets the lock, or another one's lock, and settles what it finds.
    Begin {
        stolen: bool,
    },
    Claim(Letter),
    /// The journal writes what these connections have in hand.
    Commit {
        of: Hands,
        end: Commit,
    },
    /// Only where a law is broken: the letter leaves without a granted intent.
    Presume(Letter),
    BodyLeaves(Letter),
    DotLeaves(Letter),
    RelayTakes(Letter),
    RelayRefuses(Letter),
    Refused(Letter),
    Accepted(Letter),
    /// A run that stops lets go of a letter that rides without an intent.
    LetGo(Letter),
    /// The connection breaks before the terminator has left.
    BreaksOff(Letter),
    /// It breaks, or says what is no answer, after that.
    AnswerLost(Letter),
    /// A whole letter arrives though its sender listens no more.
    LateLetter {
        of: usize,
    },
    Ends {
        run: u8,
    },
    Dies {
        run: u8,
    },
    EditionEnds,
    Person(Event, usize),
    HoldEdition,
    ReleaseEdition,
    CancelEdition,
    Suppress(usize),
    Clock(u8),
}

/// How a commit ends for its run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commit {
    Done,
    /// Nothing was written, and the run knows that it failed.
    Failed,
    /// All was written, and the run believes that it failed.
    Unknown,
}

/// What one commit holds: the letters settled and begun, as far as a story needs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hands {
    pub(super) run: u8,
    pub(super) settles: u8,
    pub(super) begins: u8,
    /// Whether it holds all that the run has to write.
    pub(super) all: bool,
}

/// What a person can say of one letter.
const ORDERS: [Event; 6] = [
    Event::ResolveSent,
    Event::ResolveNotSent,
    Event::Resend,
    Event::Hold,
    Event::Release,
    Event::Cancel,
];

/// What can happen next, and the world after it.
pub(super) fn next(world: &World, rules: &Rules, found: &mut Vec<(Move, World)>) {
    found.clear();
    for slot in 0..SLOTS {
        match world.runs[slot] {
            Some(_) => sender::moves(world, slot, rules, found),
            None => begin(world, slot, rules, found),
        }
    }
    late_letters(world, found);
    people(world, rules, found);
    clock(world, rules, found);
}

fn begin(world: &World, slot: usize, rules: &Rules, found: &mut Vec<(Move, World)>) {
    let others = world.runs.iter().flatten().count();
    // Of two empty places either will do.
    if world.begun == rules.runs || world.runs[..slot].contains(&None) {
        return;
    }
    let mut after = *world;
    after.begun += 1;
    after.recover(rules);
    after.runs[slot] = Some(sender::fresh(after.begun, rules));
    found.push((Move::Begin { stolen: others > 0 }, after));
}

fn late_letters(world: &World, found: &mut Vec<(Move, World)>) {
    for of in 0..LETTERS {
        for number in 0..ATTEMPTS {
            if world.attempts[of][number].adrift > 0 {
                let mut after = *world;
                after.attempts[of][number].adrift -= 1;
                after.attempts[of][number].copies += 1;
                found.push((Move::LateLetter { of }, after));
            }
        }
    }
}

fn people(world: &World, rules: &Rules, found: &mut Vec<(Move, World)>) {
    if world.words == rules.words {
        return;
    }
    let listening = World {
        words: world.words + 1,
        ..*world
    };
    for (event, of) in ORDERS.iter().flat_map(|event| (0..rules.letters).map(move |of| (*event, of))) {
        let mut after = listening;
        if after.order(of, event, rules) {
            found.push((Move::Person(event, of), after));
        }
    }
    for of in (0..rules.letters).filter(|of| !world.suppressed[*of]) {
        let mut after = listening;
        after.suppressed[of] = true;
        found.push((Move::Suppress(of), after));
    }
    let mut after = listening;
    after.cancel(rules);
    if !world.called_off {
        found.push((Move::CancelEdition, after));
    }
    let mut after = listening;
    if world.held {
        after.release(rules);
        found.push((Move::ReleaseEdition, after));
    } else {
        after.held = true;
        found.push((Move::HoldEdition, after));
    }
}

/// The clock goes on, and is set back (law 10).
fn clock(world: &World, rules: &Rules, found: &mut Vec<(Move, World)>) {
    let ticks = [
        world.now.checked_sub(1),
        Some(world.now + 1).filter(|tick| *tick <= rules.ticks),
    ];
    for now in ticks.into_iter().flatten() {
        found.push((Move::Clock(now), World { now, ..*world }));
    }
}

impl Move {
    /// Whether a person said it.
    pub(super) fn is_a_persons(self) -> bool {
        matches!(
            self,
            Move::Person(..) | Move::HoldEdition | Move::ReleaseEdition | Move::CancelEdition | Move::Suppress(_)
        )
    }
}

fn name(of: usize) -> &'static str {
    ["Ann", "Bob"][of]
}

impl fmt::Display for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}'s letter, attempt {}", name(usize::from(self.of)), self.attempt)
    }
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Move::Begin { stolen: false } => f.write_str("a run begins"),
            Move::Begin { stolen: true } => f.write_str("a run begins with another one's lock"),
            Move::Claim(letter) => write!(f, "{letter}, is claimed"),
            Move::Commit { of, end } => write!(
                f,
                "run {} writes {} outcomes, {} intents: {end:?}",
                of.run, of.settles, of.begins
            ),
            Move::Presume(letter) => write!(f, "{letter}, leaves without a grant"),
            Move::BodyLeaves(letter) => write!(f, "{letter}: the body leaves"),
            Move::DotLeaves(letter) => write!(f, "{letter}: the final dot leaves"),
            Move::RelayTakes(letter) => write!(f, "{letter}: the relay takes it"),
            Move::RelayRefuses(letter) => write!(f, "{letter}: the relay refuses it whole"),
            Move::Refused(letter) => write!(f, "{letter}: a refusal is heard"),
            Move::Accepted(letter) => write!(f, "{letter}: the yes is heard"),
            Move::LetGo(letter) => write!(f, "{letter}, rode and is let go"),
            Move::BreaksOff(letter) => write!(f, "{letter}: the connection breaks before the dot"),
            Move::AnswerLost(letter) => write!(f, "{letter}: no whole answer is heard"),
            Move::LateLetter { of } => write!(f, "the relay gets {}'s whole letter after all", name(*of)),
            Move::Ends { run } => write!(f, "run {run} ends"),
            Move::Dies { run } => write!(f, "run {run} is killed"),
            Move::EditionEnds => f.write_str("the edition's time is over"),
            Move::Person(event, of) => write!(f, "a person says {event:?} of {}'s letter", name(*of)),
            Move::HoldEdition => f.write_str("a person holds the edition"),
            Move::ReleaseEdition => f.write_str("a person releases the edition"),
            Move::CancelEdition => f.write_str("a person calls the edition off"),
            Move::Suppress(of) => write!(f, "{} leaves the list", name(*of)),
            Move::Clock(now) => write!(f, "the clock says {now}"),
        }
    }
}
