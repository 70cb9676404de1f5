//! How far a search goes, and the laws that it breaks on purpose.

use super::world::LETTERS;
use jiff::{SignedDuration, Timestamp};
use std::fmt;
use tidings::delivery::retry::RetryPolicy;

/// How letters follow each other over one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ride {
    /// One after the other.
    Nobody,
    /// The next letter's commands behind this one's end; so many may have an intent.
    Grouped(usize),
    /// Whole letters behind each other, so many.
    Chunked(usize),
}

impl Ride {
    /// How many letters of a connection may have an intent and no outcome on record.
    pub(super) fn in_flight(self) -> usize {
        match self {
            Ride::Nobody => 1,
            Ride::Grouped(in_flight) | Ride::Chunked(in_flight) => in_flight,
        }
    }
}

impl fmt::Display for Ride {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ride::Nobody => f.write_str("one by one"),
            Ride::Grouped(in_flight) => write!(f, "grouped, {in_flight} in flight"),
            Ride::Chunked(in_flight) => write!(f, "chunked, {in_flight} in flight"),
        }
    }
}

/// The bounds of one search.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    /// Letters of the edition, of two at most.
    pub(super) letters: usize,
    /// Runs that are ever begun.
    pub(super) runs: u8,
    /// Connections of each.
    pub(super) connections: usize,
    pub(super) ride: Ride,
    /// Orders to send a letter again.
    pub(super) orders: u8,
    /// The clock's last tick.
    pub(super) ticks: u8,
    /// What people say in all, of one letter or of the edition.
    pub(super) words: u8,
    /// The product's own policy: one tick to the next attempt, the edition's end at tick two.
    pub(super) policy: RetryPolicy,
    /// Whether two worlds that differ in the letters' places alone are one.
    pub(super) letters_are_alike: bool,
    pub(super) breach: Option<Breach>,
}

impl Rules {
    /// The laws as they are.
    pub(super) fn kept(runs: u8, connections: usize) -> Self {
        let policy = RetryPolicy {
            waits: vec![SignedDuration::from_mins(1)],
            expires: Some(instant(2)),
            seed: None,
        };
        Self {
            letters: LETTERS,
            runs,
            connections,
            ride: Ride::Nobody,
            orders: 1,
            ticks: 1,
            words: 2,
            policy,
            letters_are_alike: true,
            breach: None,
        }
    }

    /// The same bounds with one law broken; the way to the harm keeps the letters' names.
    pub(super) fn but(self, breach: Breach) -> Self {
        Self {
            breach: Some(breach),
            letters_are_alike: false,
            ..self
        }
    }

    pub(super) fn breaks(&self, breach: Breach) -> bool {
        self.breach == Some(breach)
    }

    #[allow(clippy::unused_self, reason = "the clock's beginning is a bound like the others")]
    pub(super) fn instant(&self, tick: u8) -> Timestamp {
        instant(tick)
    }
}

fn instant(tick: u8) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_mins(i64::from(tick))
}

macro_rules! breaches {
    ($($name:ident: $what:literal,)*) => {
        /// One law broken, to see that the search would notice.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Breach {
            $(#[doc = $what] $name,)*
        }

        impl fmt::Display for Breach {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Breach::$name => $what,)*
                })
            }
        }
    };
}

breaches! {
    ClaimIsAcceptance: "a letter counts as accepted when it is claimed",
    LetterBeforeIntent: "the letter leaves first and the intent is written with its outcome",
    OutcomeBeforeAnswer: "a letter counts as accepted when its last byte has left",
    OddAnswerIsYes: "an answer that is none counts as acceptance",
    LateAnswerIsRead: "a line is used again after an answer was given up, and hears it in the next one's place",
    SilenceIsNo: "no answer after the end of the letter counts as not taken",
    SettleByDeliveryAlone: "a settlement names neither attempt nor run",
    SettleWithoutState: "a settlement does not ask whether the letter is being sent",
    SettleWithoutRun: "a settlement does not name its run",
    SettleWithoutAttempt: "a settlement does not name its attempt",
    IntentIsNotCompared: "an intent does not ask where its letter stands",
    OrdersAreNotCompared: "an intent does not ask whether a person has ordered its letter anew",
    SuppressionIsNotLookedUp: "an intent does not ask who has left meanwhile",
    HoldIsNotLookedUp: "an intent does not ask for a hold",
    FailedCommitGrants: "a run goes on after a failed commit",
    MissedSettleFailsGroup: "one settlement that misses its row fails all that were written with it",
    RecoveryMeansPending: "a dead run's letters wait again",
    NobodyRecovers: "a dead run's letters are not looked for",
    DoubtIsSentAgain: "a letter in doubt is claimed again",
    HoldTakesLettersUnderWay: "a hold takes a letter that is being sent",
    ExpiryTakesLettersUnderWay: "an edition's end takes a letter that is being sent",
    RiderLeavesBeforeIntent: "the body of a rider leaves as soon as the relay asks for it, whether or not its intent is on record",
    RiderIsNotAskedAgain: "the intent of a rider does not ask again who has left",
    RidersAreNotCounted: "a rider gets its intent at once, however many letters may be under way",
    RevokedRiderGoesOn: "a rider whose intent is refused leaves all the same",
    RiderComesBackWhole: "a whole letter behind one that was given up counts as not taken",
}
