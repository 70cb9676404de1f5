//! The exhaustive model: every order in which claims, commits, bytes, answers, crashes and people can follow one another, for two
//! letters and two processes, each world once.
//!
//! Promises: a delivery's state is moved by the product's own `tidings::delivery::state::step` and retried by its own `RetryPolicy`;
//! everything around it (`store.rs` for `src/store/{journal,recover,hold,order}.rs`, `sender.rs`, `rider.rs` and
//! `entries.rs` for `src/dispatch/lane.rs`) is told again
//! here, small enough to be gone through whole. A transaction is one step, and a crash or a pause for ever can come between any two.
//!
//! What is left out: the lock (a run may begin whenever it likes, as if the kernel's lock had been stolen: law 10), the order in
//! which letters are read, texts, pace, TLS, several editions, the longer time that an order gives to an edition that was over, a
//! hold or a cancellation of one letter that is remembered while it is under way, and a store that goes back in time (law 13). A
//! broken connection is not opened again as a step of its own: the next letter simply begins. A commit holds all that a run's
//! connections have in hand, or what one of them has; it is handed in, written and answered in one step, and what is heard between
//! (`crash::busy_journal`) is heard before or after. Does not know whether SQL and sockets do what is told of them: kills, sweeps
//! and planted bugs ask that, and `system_calls.rs` asks the disk.

mod entries;
mod laws;
mod moves;
mod rider;
mod rules;
mod search;
mod sender;
mod store;
mod system_calls;
mod world;

use rules::{Breach, Ride, Rules};
use search::{Found, search};

/// The bounds of the searches: letters, runs, connections, orders, ticks, words of people.
type Bounds = (usize, u8, usize, u8, u8, u8);

/// What every `cargo test` goes through: each pair of troubles once, in a few seconds.
const SMALL: [Bounds; 4] = [(1, 2, 1, 1, 1, 2), (2, 2, 1, 0, 2, 0), (2, 1, 2, 1, 1, 1), (2, 2, 2, 0, 0, 0)];

/// What `TIDINGS_MODEL=all` goes through besides.
const LARGE: [Bounds; 4] = [(1, 3, 1, 1, 1, 2), (1, 2, 1, 1, 1, 3), (2, 2, 1, 1, 0, 1), (2, 2, 1, 1, 1, 1)];

/// The same where letters ride behind each other, on one connection or two.
const RIDING: [(Ride, Bounds); 6] = [
    (Ride::Grouped(1), (2, 2, 1, 0, 0, 0)),
    (Ride::Grouped(2), (2, 2, 1, 0, 0, 0)),
    (Ride::Chunked(2), (2, 2, 1, 0, 0, 0)),
    (Ride::Grouped(1), (2, 1, 1, 0, 1, 1)),
    (Ride::Grouped(2), (2, 1, 1, 0, 1, 1)),
    (Ride::Chunked(2), (2, 1, 1, 0, 1, 1)),
];

/// What `TIDINGS_MODEL=all` goes through of these besides.
const RIDING_FAR: [(Ride, Bounds); 5] = [
    (Ride::Grouped(1), (2, 2, 1, 0, 1, 1)),
    (Ride::Grouped(2), (2, 2, 1, 0, 1, 1)),
    (Ride::Chunked(2), (2, 2, 1, 0, 1, 1)),
    (Ride::Grouped(1), (2, 1, 2, 0, 1, 1)),
    (Ride::Chunked(2), (2, 1, 1, 1, 1, 1)),
];

fn riding(ride: Ride, bounds: Bounds) -> Rules {
    Rules { ride, ..within(bounds) }
}

fn within((letters, runs, connections, orders, ticks, words): Bounds) -> Rules {
    Rules {
        letters,
        orders,
        ticks,
        words,
        ..Rules::kept(runs, connections)
    }
}

#[test]
fn no_order_of_events_sends_a_letter_twice_or_skips_somebody() {
    let all = std::env::var("TIDINGS_MODEL").is_ok_and(|asked| asked == "all");
    let (mut worlds, mut moves) = (0, 0);
    let alone = SMALL.iter().chain(LARGE.iter().filter(|_| all));
    let alone = alone.map(|bounds| (Ride::Nobody, *bounds));
    let riders = RIDING.iter().chain(RIDING_FAR.iter().filter(|_| all)).copied();
    for (ride, bounds) in alone.chain(riders) {
        let (letters, runs, connections, orders, ticks, words) = bounds;
        let found = search(&riding(ride, bounds)).unwrap_or_else(|violation| panic!("{ride:?}, {bounds:?}: {violation}"));
        println!(
            "proof| model | {ride}, {letters} letters, {runs} runs of {connections} connections, {orders} orders, {ticks} ticks, {words} words: states | {}",
            found.worlds
        );
        (worlds, moves) = (worlds + found.worlds, moves + found.moves);
    }
    println!("proof| model | states | {worlds}");
    println!("proof| model | moves between them | {moves}");
    println!("proof| model | violations | 0");
}

/// Where each broken law does its harm: around one letter, up to the edition's end, or between two on two connections.
const ONE_LETTER: Bounds = (1, 2, 1, 1, 2, 2);
const TWO_LETTERS: Bounds = (2, 2, 2, 0, 0, 0);

/// Which law the search finds broken when one is.
const BREACHES: [(Breach, Bounds, &str); 19] = [
    (
        Breach::ClaimIsAcceptance,
        ONE_LETTER,
        "accepted, and neither has the relay it",
    ),
    (
        Breach::LetterBeforeIntent,
        ONE_LETTER,
        "a body left before its attempt was on record",
    ),
    (
        Breach::OutcomeBeforeAnswer,
        ONE_LETTER,
        "an attempt accepted on record that the relay knows nothing of",
    ),
    (
        Breach::OddAnswerIsYes,
        ONE_LETTER,
        "an attempt accepted on record that the relay knows nothing of",
    ),
    (
        Breach::LateAnswerIsRead,
        TWO_LETTERS,
        "an attempt accepted on record that the relay knows nothing of",
    ),
    (
        Breach::SilenceIsNo,
        ONE_LETTER,
        "a definite no on record, and yet the relay has the letter",
    ),
    (Breach::SettleByDeliveryAlone, ONE_LETTER, "an attempt on record was changed"),
    (
        Breach::SettleWithoutState,
        ONE_LETTER,
        "a doubt was left without a person's word",
    ),
    (
        Breach::IntentIsNotCompared,
        ONE_LETTER,
        "what is held was moved on without a person",
    ),
    (
        Breach::OrdersAreNotCompared,
        ONE_LETTER,
        "a letter leaves with an older order's Message-ID",
    ),
    (
        Breach::SuppressionIsNotLookedUp,
        ONE_LETTER,
        "though the address is suppressed",
    ),
    (Breach::HoldIsNotLookedUp, ONE_LETTER, "though the edition is on hold"),
    (Breach::FailedCommitGrants, ONE_LETTER, "a run went on after a failed commit"),
    (
        Breach::MissedSettleFailsGroup,
        TWO_LETTERS,
        "a commit that went well ended the run",
    ),
    (
        Breach::RecoveryMeansPending,
        ONE_LETTER,
        "a definite no on record, and yet the relay has the letter",
    ),
    (
        Breach::NobodyRecovers,
        ONE_LETTER,
        "a letter neither ends nor comes before a person",
    ),
    (
        Breach::DoubtIsSentAgain,
        ONE_LETTER,
        "a doubt was left without a person's word",
    ),
    (
        Breach::HoldTakesLettersUnderWay,
        ONE_LETTER,
        "a person moved on what is being sent",
    ),
    (Breach::ExpiryTakesLettersUnderWay, ONE_LETTER, "an open attempt"),
];

/// The same of riders, whose harm is done between two letters on one connection.
const TWO_RIDING: Bounds = (2, 2, 1, 0, 1, 1);
const RIDERS_BREACHES: [(Breach, Ride, &str); 5] = [
    (
        Breach::RiderLeavesBeforeIntent,
        Ride::Grouped(1),
        "a body left before its attempt was on record",
    ),
    (
        Breach::RiderIsNotAskedAgain,
        Ride::Grouped(1),
        "though the address is suppressed",
    ),
    (
        Breach::RidersAreNotCounted,
        Ride::Grouped(1),
        "more in doubt than the connections may have under way",
    ),
    (
        Breach::RevokedRiderGoesOn,
        Ride::Grouped(1),
        "a body left before its attempt was on record",
    ),
    (
        Breach::RiderComesBackWhole,
        Ride::Chunked(2),
        "a definite no on record, and yet the relay has the letter",
    ),
];

#[test]
fn a_law_that_is_broken_is_found_out_and_told_by_the_shortest_way() {
    let alone = BREACHES.map(|(breach, bounds, law)| (breach, Ride::Nobody, bounds, law));
    let riders = RIDERS_BREACHES.map(|(breach, ride, law)| (breach, ride, TWO_RIDING, law));
    for (breach, ride, bounds, law) in alone.into_iter().chain(riders) {
        let violation = search(&riding(ride, bounds).but(breach)).expect_err("a search that misses this proves nothing");
        println!("{breach}: {violation}");
        assert!(
            violation.law.contains(law) && violation.way.len() < 15,
            "{breach}: {violation}"
        );
    }
    println!(
        "proof| model | broken laws found out | {} of {}",
        BREACHES.len() + RIDERS_BREACHES.len(),
        BREACHES.len() + RIDERS_BREACHES.len()
    );
}

/// A settlement names its attempt and its run (law 5). Either would do, the search says: no run has two attempts at one letter open.
#[test]
fn of_attempt_and_run_each_alone_keeps_a_settlement_from_a_strangers_row() {
    for breach in [Breach::SettleWithoutAttempt, Breach::SettleWithoutRun] {
        let found = search(&within((1, 2, 1, 1, 0, 2)).but(breach)).map_err(|violation| panic!("{breach}: {violation}"));
        assert!(found.is_ok_and(|Found { worlds, .. }| worlds > 10_000), "{breach}");
    }
}
