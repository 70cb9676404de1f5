//! The world of the model: what the store has on record, what each run has in hand, and what the relay and the net hold.
//!
//! Small and plain, because millions of them are compared. Knows nothing of what may happen next.

use tidings::delivery::state::{Event, State};

/// Letters of the one edition.
pub(super) const LETTERS: usize = 2;
/// Processes at once.
pub(super) const SLOTS: usize = 2;
/// Connections of a run at most.
pub(super) const CONNECTIONS: usize = 2;
/// Attempts at one letter: the first, one after a refusal, one by order.
pub(super) const ATTEMPTS: usize = 3;

/// Everything there is at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct World {
    /// The clock, in ticks of a minute.
    pub(super) now: u8,
    pub(super) rows: [Row; LETTERS],
    pub(super) attempts: [[Attempt; ATTEMPTS]; LETTERS],
    /// Whether the address is on the suppression list.
    pub(super) suppressed: [bool; LETTERS],
    /// Whether the edition is on hold.
    pub(super) held: bool,
    /// Whether a person has called the edition off.
    pub(super) called_off: bool,
    pub(super) runs: [Option<Run>; SLOTS],
    /// Runs begun so far; the last one's number.
    pub(super) begun: u8,
    /// What people have said so far, counted.
    pub(super) words: u8,
}

/// A row of the table `delivery`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Row {
    pub(super) state: State,
    /// Attempts on record.
    pub(super) attempt: u8,
    /// The run that began the last of them.
    pub(super) run: u8,
    /// How often a person ordered it anew; the Message-ID is made from it.
    pub(super) orders: u8,
    /// How often a person said that it did not go.
    pub(super) denials: u8,
    /// A person holds it by its address.
    pub(super) held_by_person: bool,
    /// A person said that it went, though nobody can know.
    pub(super) vouched: bool,
}

/// A row of the table `attempt`, and what became of its letter in truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Attempt {
    pub(super) said: Said,
    /// The orders there were when it began.
    pub(super) orders: u8,
    /// A person said that this one did not go.
    pub(super) denied: bool,
    /// The truth: copies that the relay has taken.
    pub(super) copies: u8,
    /// The truth: whole letters on their way whose sender listens no more.
    pub(super) adrift: u8,
}

/// What the store says of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Said {
    /// There is no such row.
    Unbegun,
    Open,
    /// A definite no of any kind.
    No,
    Yes,
    Doubt,
}

/// A process that sends, its journal's writer included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Run {
    pub(super) number: u8,
    /// The journal has failed: it writes nothing any more.
    pub(super) broken: bool,
    /// Only where a law is broken: a yes that was given up still lies on a line that is used again.
    pub(super) stale: bool,
    pub(super) lines: [Line; CONNECTIONS],
}

/// A connection: the letter that has its turn, and the one behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Line {
    pub(super) front: Connection,
    pub(super) rider: Rider,
}

/// Where a connection stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Connection {
    /// Its life is over, or the run has no such connection.
    Gone,
    /// Between two letters, with the last one's outcome in hand until it is written.
    Free(Option<Unwritten>),
    /// The next letter is composed and wants its intent written.
    Ready(Letter, Option<Unwritten>),
    /// Granted: the envelope is under way.
    Envelope(Letter),
    /// The body's bytes are under way.
    Body(Letter),
    /// The terminator has left.
    Dot(Letter, Answer),
}

/// The letter behind the one that has its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Rider {
    Nobody,
    /// Composed: it wants leave to ride or, where several letters may be under way, its intent written.
    Wanting(Letter),
    /// Its commands may be with the relay; no intent is on record.
    Admitted(Letter),
    /// Its intent is on record; nothing but its commands may be with the relay.
    Granted(Letter),
    /// The body's bytes are under way, behind a whole letter.
    Body(Letter),
    /// Its terminator has left, behind another one's.
    Dot(Letter, Answer),
    /// It has its outcome before the one in front of it is written; whether its intent is on record.
    Told(Unwritten, bool),
}

/// A composed letter: whose, its attempt, and the orders its Message-ID was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Letter {
    pub(super) of: u8,
    pub(super) attempt: u8,
    pub(super) orders: u8,
}

/// An outcome that is not written yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Unwritten {
    pub(super) letter: Letter,
    pub(super) fate: Fate,
}

/// What a connection believes became of its letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fate {
    Accepted,
    RefusedForNow,
    RefusedForGood,
    RefusedForAll,
    NotTaken,
    Lost,
}

/// The relay's answer to a whole letter, on its way back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Answer {
    /// The relay has not got it yet.
    None,
    Yes,
    No(Fate),
}

impl World {
    /// A released edition of so many letters, nothing sent, nobody at work; the others were called off.
    pub(super) fn released(letters: usize) -> Self {
        let row = Row {
            state: State::Pending,
            attempt: 0,
            run: 0,
            orders: 0,
            denials: 0,
            held_by_person: false,
            vouched: false,
        };
        let attempt = Attempt {
            said: Said::Unbegun,
            orders: 0,
            denied: false,
            copies: 0,
            adrift: 0,
        };
        let mut rows = [row; LETTERS];
        for called_off in &mut rows[letters..] {
            called_off.state = State::Cancelled;
        }
        Self {
            now: 0,
            rows,
            attempts: [[attempt; ATTEMPTS]; LETTERS],
            suppressed: [false; LETTERS],
            held: false,
            called_off: false,
            runs: [None; SLOTS],
            begun: 0,
            words: 0,
        }
    }

    /// The attempt that a letter is.
    pub(super) fn attempt_mut(&mut self, letter: Letter) -> &mut Attempt {
        &mut self.attempts[usize::from(letter.of)][usize::from(letter.attempt) - 1]
    }

    /// The same world with the letters' places exchanged.
    pub(super) fn mirrored(&self) -> Self {
        let mut other = *self;
        other.rows.swap(0, 1);
        other.attempts.swap(0, 1);
        other.suppressed.swap(0, 1);
        for run in other.runs.iter_mut().flatten() {
            run.lines.iter_mut().for_each(Line::mirror);
            run.lines.sort_unstable();
        }
        other
    }

    /// Copies of a letter that the relay has.
    pub(super) fn copies(&self, of: usize) -> u8 {
        self.attempts[of].iter().map(|attempt| attempt.copies).sum()
    }
}

impl Fate {
    /// The refusals that a relay can pronounce.
    pub(super) const REFUSALS: [Fate; 3] = [Fate::RefusedForNow, Fate::RefusedForGood, Fate::RefusedForAll];

    /// In the state machine's words.
    pub(super) fn event(self) -> Event {
        match self {
            Fate::Accepted => Event::Accept,
            // The policy of the search has one wait for all refusals, so their count is not kept.
            Fate::RefusedForNow => Event::RefuseForNow { refusals: 1 },
            Fate::RefusedForGood => Event::RefuseForGood,
            Fate::RefusedForAll => Event::RefuseForAll,
            Fate::NotTaken => Event::NotTaken,
            Fate::Lost => Event::Lose,
        }
    }

    /// Whether the letter waits for another attempt after it, by itself or after a release.
    pub(super) fn leads_to_another(self) -> bool {
        matches!(self, Fate::RefusedForNow | Fate::RefusedForAll | Fate::NotTaken)
    }
}

impl Letter {
    fn mirror(&mut self) {
        self.of = 1 - self.of;
    }
}

impl Line {
    /// A connection whose life is over.
    pub(super) const GONE: Line = Line {
        front: Connection::Gone,
        rider: Rider::Nobody,
    };

    fn mirror(&mut self) {
        self.front.mirror();
        match &mut self.rider {
            Rider::Nobody => {}
            Rider::Wanting(letter) | Rider::Admitted(letter) | Rider::Granted(letter) | Rider::Body(letter) => letter.mirror(),
            Rider::Dot(letter, _) => letter.mirror(),
            Rider::Told(last, _) => last.letter.mirror(),
        }
    }

    /// Whether nothing is under way on it, and nothing in its hand.
    pub(super) fn is_idle(self) -> bool {
        matches!(self.front, Connection::Gone | Connection::Free(None)) && self.rider == Rider::Nobody
    }

    /// Whether it waits for a letter, or for an outcome to be written.
    pub(super) fn is_waiting(self) -> bool {
        matches!(self.front, Connection::Free(_))
    }

    /// Whether the relay has said what becomes of a whole letter.
    pub(super) fn is_answered(self) -> bool {
        let answered = |answer| answer != Answer::None;
        matches!(self.front, Connection::Dot(_, answer) if answered(answer))
            || matches!(self.rider, Rider::Dot(_, answer) if answered(answer))
    }

    /// The letters that may leave now.
    pub(super) fn on_their_way(self) -> impl Iterator<Item = Letter> {
        let front = match self.front {
            Connection::Envelope(letter) | Connection::Body(letter) | Connection::Dot(letter, _) => Some(letter),
            Connection::Gone | Connection::Free(_) | Connection::Ready(..) => None,
        };
        let rider = match self.rider {
            Rider::Granted(letter) | Rider::Body(letter) | Rider::Dot(letter, _) => Some(letter),
            Rider::Nobody | Rider::Wanting(_) | Rider::Admitted(_) | Rider::Told(..) => None,
        };
        front.into_iter().chain(rider)
    }

    /// Whole letters that the relay has not got yet.
    pub(super) fn unread(self) -> impl Iterator<Item = Letter> {
        let front = match self.front {
            Connection::Dot(letter, Answer::None) => Some(letter),
            _ => None,
        };
        let rider = match self.rider {
            Rider::Dot(letter, Answer::None) => Some(letter),
            _ => None,
        };
        front.into_iter().chain(rider)
    }
}

impl Connection {
    fn mirror(&mut self) {
        let exchange = Letter::mirror;
        match self {
            Connection::Gone | Connection::Free(None) => {}
            Connection::Free(Some(last)) => exchange(&mut last.letter),
            Connection::Ready(letter, last) => {
                exchange(letter);
                last.iter_mut().for_each(|last| exchange(&mut last.letter));
            }
            Connection::Envelope(letter) | Connection::Body(letter) | Connection::Dot(letter, _) => exchange(letter),
        }
    }

    /// The outcome in its hand that the journal does not know yet.
    pub(super) fn unwritten(self) -> Option<Unwritten> {
        match self {
            Connection::Free(last) | Connection::Ready(_, last) => last,
            Connection::Gone | Connection::Envelope(_) | Connection::Body(_) | Connection::Dot(..) => None,
        }
    }
}
