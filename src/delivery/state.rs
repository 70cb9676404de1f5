//! The state machine of one delivery.
//!
//! ```text
//!            ┌────────── not taken ───────────┐
//!            ▼                                │
//!  pending ─begin──▶ sending ─accepted──────▶ accepted
//!   ▲  ▲             ▲  │ ├─refused for now─▶ deferred ─begin (when due)─▶ sending
//!   │  │             │  │ ├─refused for good▶ failed
//!   │  │ release     │  │ ├─looks systematic▶ held
//!   │  └── held ◀─hold  │ └─lost, run died──▶ in_doubt ──a person: it went──▶ accepted
//!   └───────────────────┴─────────────────────────┴────a person: it did not──▶ pending
//!  pending, deferred, held ─▶ suppressed | cancelled | in_doubt (in a restored store);   pending, deferred ─▶ expired
//! ```
//!
//! | state | a crash here means | who moves it on |
//! |---|---|---|
//! | pending | nothing happened | the next run |
//! | sending | unknown: the next run makes it in doubt | the run that began it |
//! | deferred | nothing happened | a run, once the wait is over |
//! | held | nothing happened | a person, with `release` or `cancel` |
//! | in_doubt | unknown for good | a person, with `resolve` |
//! | accepted, failed, suppressed, cancelled, expired | final | only a person's `resend` |

use super::retry::{self, RetryPolicy};
use jiff::Timestamp;
use std::fmt;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Frozen into the edition, never handed over, or proven not taken.
    Pending,
    /// An attempt is on record and its outcome is not.
    Sending,
    /// The relay said 2xx to the whole letter. Never called "delivered".
    Accepted,
    /// A definite no for now.
    Deferred {
        /// The next attempt begins no earlier.
        retry_at: Timestamp,
    },
    /// A definite no for good.
    Failed,
    /// Waits for a person.
    Held,
    /// The letter may or may not have been taken; never sent again by the program.
    InDoubt,
    /// The address is not to be written to.
    Suppressed,
    /// A person called it off.
    Cancelled,
    /// The edition's time was over before the relay took it.
    Expired,
}

/// What can happen to a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// An attempt begins: the intent is written.
    Begin,
    /// A whole 2xx reply to the end of data.
    Accept,
    /// A definite no for now, the `refusals`-th of its kind.
    RefuseForNow {
        /// How many times the relay has said so, this time included.
        refusals: u32,
    },
    /// A definite no for good.
    RefuseForGood,
    /// A definite no that looks like everybody's: a person has to look.
    RefuseForAll,
    /// The letter was certainly not taken and nobody refused it: the connection broke first, or the relay is in trouble.
    NotTaken,
    /// The end of data may have reached the relay and no whole reply came back.
    Lose,
    /// The run that began the attempt is dead.
    RunDied,
    /// The address is suppressed.
    Suppress,
    /// A person or a rule says "not now".
    Hold,
    /// A person says "go on".
    Release,
    /// A person says "never".
    Cancel,
    /// The edition's time is over.
    Expire,
    /// A person found that the letter in doubt did go out.
    ResolveSent,
    /// A person found that the letter in doubt did not go out.
    ResolveNotSent,
    /// A person orders another letter.
    Resend,
    /// The store does not know everything: it is a backup, or another one's letters may have left since.
    Doubt,
}

/// An event that cannot happen in a state: a fault of the program, never of a person or a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a delivery that is `{state}` cannot take the event `{event:?}`")]
pub struct Impossible {
    /// Where the delivery stands.
    pub state: State,
    /// What was to happen to it.
    pub event: Event,
}

/// Moves a delivery on.
///
/// # Errors
/// [`Impossible`] when the event has no meaning in the state; the delivery stays where it is.
pub fn step(state: State, event: Event, now: Timestamp, policy: &RetryPolicy) -> Result<State, Impossible> {
    let impossible = Err(Impossible { state, event });
    match state {
        State::Pending => waiting(event).or(impossible),
        State::Deferred { retry_at } if event == Event::Begin && !retry::is_due(retry_at, now) => impossible,
        State::Deferred { .. } => waiting(event).or(impossible),
        State::Sending => Ok(match event {
            Event::Accept => State::Accepted,
            Event::RefuseForNow { refusals } => policy
                .next(refusals, now)
                .map_or(State::Expired, |retry_at| State::Deferred { retry_at }),
            Event::RefuseForGood => State::Failed,
            Event::RefuseForAll => State::Held,
            Event::NotTaken => State::Pending,
            Event::Lose | Event::RunDied => State::InDoubt,
            Event::Begin | Event::Suppress | Event::Hold | Event::Release | Event::Cancel | Event::Expire => return impossible,
            Event::ResolveSent | Event::ResolveNotSent | Event::Resend | Event::Doubt => return impossible,
        }),
        State::Held => match event {
            Event::Release => Ok(State::Pending),
            Event::Cancel => Ok(State::Cancelled),
            Event::Suppress => Ok(State::Suppressed),
            Event::Doubt => Ok(State::InDoubt),
            Event::Begin | Event::Accept | Event::RefuseForNow { .. } | Event::RefuseForGood | Event::RefuseForAll => impossible,
            Event::NotTaken | Event::Lose | Event::RunDied | Event::Hold | Event::Expire => impossible,
            Event::ResolveSent | Event::ResolveNotSent | Event::Resend => impossible,
        },
        State::InDoubt => match event {
            Event::ResolveSent => Ok(State::Accepted),
            Event::ResolveNotSent => Ok(State::Pending),
            Event::Begin | Event::Accept | Event::RefuseForNow { .. } | Event::RefuseForGood | Event::RefuseForAll => impossible,
            Event::NotTaken | Event::Lose | Event::RunDied | Event::Hold | Event::Release | Event::Expire => impossible,
            Event::Suppress | Event::Cancel | Event::Resend | Event::Doubt => impossible,
        },
        State::Accepted | State::Failed | State::Cancelled | State::Expired if event == Event::Resend => Ok(State::Pending),
        State::Accepted | State::Failed | State::Cancelled | State::Expired | State::Suppressed => impossible,
    }
}

/// What may happen to a delivery that waits for an attempt.
fn waiting(event: Event) -> Result<State, ()> {
    match event {
        Event::Begin => Ok(State::Sending),
        Event::Suppress => Ok(State::Suppressed),
        Event::Hold => Ok(State::Held),
        Event::Cancel => Ok(State::Cancelled),
        Event::Expire => Ok(State::Expired),
        Event::Doubt => Ok(State::InDoubt),
        Event::Accept | Event::RefuseForNow { .. } | Event::RefuseForGood | Event::RefuseForAll | Event::NotTaken => Err(()),
        Event::Lose | Event::RunDied | Event::Release | Event::ResolveSent | Event::ResolveNotSent | Event::Resend => Err(()),
    }
}

impl State {
    /// Every state's name, in the order in which numbers are shown.
    pub const NAMES: [&'static str; 10] = [
        "pending",
        "sending",
        "accepted",
        "deferred",
        "failed",
        "held",
        "in_doubt",
        "suppressed",
        "cancelled",
        "expired",
    ];

    /// The glossary's word, used in the store, in JSON and on the screen.
    pub fn name(self) -> &'static str {
        match self {
            State::Pending => "pending",
            State::Sending => "sending",
            State::Accepted => "accepted",
            State::Deferred { .. } => "deferred",
            State::Failed => "failed",
            State::Held => "held",
            State::InDoubt => "in_doubt",
            State::Suppressed => "suppressed",
            State::Cancelled => "cancelled",
            State::Expired => "expired",
        }
    }

    /// Whether a person has to look at it: what exit code 1 stands for.
    pub fn needs_a_person(self) -> bool {
        matches!(self, State::Failed | State::Held | State::InDoubt | State::Expired)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::{Strategy, prop};

    fn now() -> Timestamp {
        "2026-12-01T09:00:00Z".parse().unwrap()
    }

    fn at(minutes: i64) -> Timestamp {
        now() + jiff::SignedDuration::from_mins(minutes)
    }

    fn states() -> [State; 11] {
        let (due, waits) = (State::Deferred { retry_at: at(0) }, State::Deferred { retry_at: at(5) });
        [
            State::Pending,
            State::Sending,
            State::Accepted,
            due,
            waits,
            State::Failed,
            State::Held,
            State::InDoubt,
            State::Suppressed,
            State::Cancelled,
            State::Expired,
        ]
    }

    const EVENTS: [Event; 18] = [
        Event::Begin,
        Event::Accept,
        Event::RefuseForNow { refusals: 1 },
        Event::RefuseForNow { refusals: 9 },
        Event::RefuseForGood,
        Event::RefuseForAll,
        Event::NotTaken,
        Event::Lose,
        Event::RunDied,
        Event::Suppress,
        Event::Hold,
        Event::Release,
        Event::Cancel,
        Event::Expire,
        Event::ResolveSent,
        Event::ResolveNotSent,
        Event::Resend,
        Event::Doubt,
    ];

    /// One row a state, one column an event, in the orders above; `.` is impossible.
    const TABLE: [&str; 11] = [
        //  begin    accept   now1     now9     good     all      nottaken lose     died     suppress hold   release  cancel   expire   sent     notsent  resend   doubt
        "sending . . . . . . . . suppressed held . cancelled expired . . . in_doubt",
        ". accepted deferred expired failed held pending in_doubt in_doubt . . . . . . . . .",
        ". . . . . . . . . . . . . . . . pending .",
        "sending . . . . . . . . suppressed held . cancelled expired . . . in_doubt",
        ". . . . . . . . . suppressed held . cancelled expired . . . in_doubt",
        ". . . . . . . . . . . . . . . . pending .",
        ". . . . . . . . . suppressed . pending cancelled . . . . in_doubt",
        ". . . . . . . . . . . . . . accepted pending . .",
        ". . . . . . . . . . . . . . . . . .",
        ". . . . . . . . . . . . . . . . pending .",
        ". . . . . . . . . . . . . . . . pending .",
    ];

    #[test]
    fn every_state_answers_every_event_as_the_table_says() {
        let policy = RetryPolicy {
            expires: Some(at(60)),
            ..RetryPolicy::default()
        };
        for (state, row) in states().into_iter().zip(TABLE) {
            let cells: Vec<&str> = row.split(' ').collect();
            assert_eq!(cells.len(), EVENTS.len(), "{state}");
            for (event, expected) in EVENTS.into_iter().zip(cells) {
                let found = step(state, event, now(), &policy).map_or(".", State::name);
                assert_eq!(found, expected, "{state:?} × {event:?}");
            }
        }
    }

    #[test]
    fn without_a_person_nothing_in_doubt_or_final_ever_moves() {
        let orders = [
            Event::ResolveSent,
            Event::ResolveNotSent,
            Event::Resend,
            Event::Release,
            Event::Cancel,
        ];
        let events = prop::collection::vec(prop::sample::select(&EVENTS[..]), 0..40);
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let run = runner.run(&events.prop_map(|events| events), |events| {
            let (mut state, mut terminators) = (State::Pending, 0);
            for event in events.into_iter().filter(|event| !orders.contains(event)) {
                if let Ok(next) = step(state, event, at(600), &RetryPolicy::default()) {
                    let was_open = matches!(state, State::Pending | State::Sending | State::Deferred { .. } | State::Held);
                    assert!(was_open, "{state} moved to {next} by {event:?}");
                    terminators += u32::from(matches!(next, State::Accepted | State::InDoubt));
                    state = next;
                }
            }
            assert!(terminators <= 1, "one letter at most can be in a reader's hands");
            Ok(())
        });
        run.unwrap();
    }
}
