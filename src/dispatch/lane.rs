//! The lane: the life of one connection and of the letters on it.
//!
//! ```text
//!          ┌──────────────── gather: outcomes so far, riders to begin, new letters, one to admit ◀┐
//!          ▼                                                                                     │
//!        ask: one entry of the journal ──▶ act: permit, announce, revoke ──▶ hear: outcomes ─────┘
//! ```
//!
//! Promises: a body leaves only after the journal has granted its letter; at most `in_flight` letters are granted and without an
//! outcome (law 4); a letter whose commands ride behind another one was admitted by pace, allowance and journal, and is given back
//! without an attempt when the connection ends before its turn. When a run stops, open replies are awaited and nothing new begins.

mod gather;

use super::line::{Line, Ready};
use super::verdict::{Verdict, judge};
use crate::address::Address;
use crate::delivery::reply::Stage;
use crate::delivery::state::Event;
use crate::relay::conversation::{Envelope, Ticket};
use crate::relay::outcome::Outcome;
use crate::relay::socket::Connection;
use crate::store::StoreError;
use crate::store::journal::{Grant, Intent, Recorded, Settlement, Step};
use std::collections::VecDeque;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// An open connection and how much it has got done.
struct Link {
    connection: Connection,
    /// How many letters were announced on it.
    letters: u32,
    /// Whether a letter got an outcome since the connection was opened, or since one came back untaken.
    is_fruitful: bool,
    /// Whether a letter came to be in doubt on it.
    has_lost: bool,
    /// How many times in a row the relay had hung up when it was opened.
    losses_before: u32,
    /// Why the last letter came back.
    last: String,
}

/// An announced letter without an outcome.
struct Carried {
    ticket: Ticket,
    ready: Ready,
    /// Its intent is on record.
    is_granted: bool,
}

/// An outcome that is not on record yet, and whom to name when it is.
struct Unwritten {
    /// The intent that goes on record together with it: it was decided before its turn came.
    begin: Option<Intent>,
    settlement: Settlement,
    to: Address,
    why: String,
}

/// What a step's answer is for.
enum Concern {
    Outcome(Address, String),
    /// The intent of a letter to this person whose outcome is known already.
    Formality(Address),
    Rider(Ticket),
    New(Ready),
    Admitted(Ready),
}

/// What became of which letters.
type Heard = Vec<(Ticket, Outcome)>;

/// One entry of the journal and what its answers are for.
type Entry = Vec<(Step, Concern)>;

/// One connection's life.
pub(super) struct Lane {
    line: Arc<Line>,
    link: Option<Link>,
    /// Letters taken from the shelf that no connection has, or has any more.
    hand: VecDeque<Ready>,
    carried: Vec<Carried>,
    unwritten: Vec<Unwritten>,
}

impl Lane {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Self {
            line,
            link: None,
            hand: VecDeque::new(),
            carried: Vec::new(),
            unwritten: Vec::new(),
        }
    }

    /// Lives until no letter is left or the run stops.
    pub(super) async fn work(mut self) {
        loop {
            let entry = self.gather().await;
            if entry.is_empty() && !self.is_awaiting() {
                break;
            }
            if !entry.is_empty() && self.ask(entry).await.is_none() {
                self.hear_out().await;
                break;
            }
            // What was heard beside the journal is written first; the connection is driven beside that again.
            if self.is_awaiting() && self.unwritten.is_empty() {
                self.hear().await;
            }
            self.part_if_done().await;
        }
        for carried in &self.carried {
            self.line.take_back(&carried.ready.letter.to);
        }
        // What is still in hand was never begun: it waits for the next pass.
        let waiting = self.hand.len() as u64;
        self.line.returned.fetch_add(waiting, Ordering::SeqCst);
        if let Some(link) = self.link {
            self.line.part(link.connection).await;
        }
    }

    /// Whether the relay owes an outcome of a letter that may have left.
    fn is_awaiting(&self) -> bool {
        self.carried.iter().any(|carried| carried.is_granted)
    }

    fn is_free(&self) -> bool {
        self.carried.is_empty()
    }

    /// Hands the entry in and does what its answers allow; `None` when the journal has failed.
    ///
    /// What the relay says meanwhile is judged behind the answers: it may concern a letter whose intent is just being written.
    async fn ask(&mut self, entry: Entry) -> Option<()> {
        let (steps, concerns): (Vec<_>, Vec<_>) = entry.into_iter().unzip();
        let (answers, heard) = self.record(steps).await;
        let recorded = match answers {
            Ok(answers) => {
                let answered = answers.into_iter().zip(concerns);
                answered.for_each(|(answer, concern)| self.act(&answer, concern));
                Some(())
            }
            Err(error) => {
                self.line.tallying.stop(super::report::Stop::Store { why: error.to_string() });
                None
            }
        };
        self.note(heard);
        recorded
    }

    /// Waits for the journal, and drives the connection all the while as long as the relay owes an outcome; gives what both said.
    async fn record(&mut self, steps: Vec<Step>) -> (Result<Vec<Recorded>, StoreError>, Heard) {
        let mut recording = pin!(self.line.journal.record(steps));
        let mut heard = Heard::new();
        loop {
            let is_open = |carried: &Carried| carried.is_granted && !heard.iter().any(|(ticket, _)| *ticket == carried.ticket);
            let is_awaiting = self.carried.iter().any(is_open);
            let Some(link) = self.link.as_mut().filter(|link| is_awaiting && link.connection.is_usable()) else {
                return (recording.await, heard);
            };
            let mut answers = None;
            let recorded = async { answers = Some(recording.as_mut().await) };
            heard.extend(link.connection.settled_unless(recorded).await);
            if let Some(answers) = answers {
                return (answers, heard);
            }
        }
    }

    fn act(&mut self, answer: &Recorded, concern: Concern) {
        match (answer, concern) {
            (Recorded::Settled(Some(state)), Concern::Outcome(to, why)) => self.line.tallying.settled(&to, *state, &why),
            (Recorded::Granted(Grant::Given), Concern::Rider(ticket)) => self.permit(ticket),
            (Recorded::Granted(Grant::Given), Concern::New(ready)) => self.announce(ready, true),
            (Recorded::Granted(Grant::Given), Concern::Admitted(ready)) => self.announce(ready, false),
            (Recorded::Granted(refused), Concern::Rider(ticket)) => {
                self.revoke(ticket, *refused);
            }
            (Recorded::Granted(refused), Concern::New(ready) | Concern::Admitted(ready)) => {
                self.note_refused(*refused, &ready.letter.to);
            }
            (Recorded::Granted(refused), Concern::Formality(to)) if *refused != Grant::Given => self.note_refused(*refused, &to),
            (_, Concern::Outcome(..) | Concern::Formality(_)) => {}
            (Recorded::Settled(_), Concern::Rider(_) | Concern::New(_) | Concern::Admitted(_)) => {}
        }
    }

    fn note_refused(&self, grant: Grant, to: &Address) {
        self.line.take_back(to);
        if grant == Grant::Held {
            self.line.close();
        }
    }

    fn announce(&mut self, ready: Ready, is_granted: bool) {
        let Some(link) = &mut self.link else { return };
        let letter = &ready.letter;
        let ticket = link.connection.announce(&Envelope {
            from: &letter.from,
            to: &letter.to,
            bytes: &letter.bytes,
        });
        if is_granted {
            link.connection.permit(ticket);
        }
        link.letters += 1;
        self.carried.push(Carried {
            ticket,
            ready,
            is_granted,
        });
    }

    fn permit(&mut self, ticket: Ticket) {
        if let (Some(link), Some(rider)) = (
            &mut self.link,
            self.carried.iter_mut().find(|carried| carried.ticket == ticket),
        ) {
            rider.is_granted = true;
            link.connection.permit(ticket);
        }
    }

    /// The letter is nobody's any more: whatever the connection still tells of it is passed over.
    fn revoke(&mut self, ticket: Ticket, refused: Grant) {
        if let Some(at) = self.carried.iter().position(|carried| carried.ticket == ticket) {
            let carried = self.carried.remove(at);
            self.note_refused(refused, &carried.ready.letter.to);
        }
        if let Some(link) = &mut self.link {
            link.connection.revoke(ticket);
        }
    }

    /// Waits for outcomes and notes all that are known.
    async fn hear(&mut self) {
        let Some(link) = &mut self.link else { return };
        let outcomes = link.connection.settled().await;
        self.note(outcomes);
    }

    /// Law 14: no further body begins, and the relay's open replies are awaited, though nobody can write them down any more.
    async fn hear_out(&mut self) {
        if let Some(link) = &mut self.link {
            self.carried.iter().for_each(|carried| link.connection.revoke(carried.ticket));
        }
        while self.is_awaiting() && self.link.as_ref().is_some_and(|link| link.connection.is_usable()) {
            self.hear().await;
        }
        self.carried.clear();
    }

    fn note(&mut self, outcomes: Heard) {
        for (ticket, outcome) in outcomes {
            if let Some(at) = self.carried.iter().position(|carried| carried.ticket == ticket) {
                let carried = self.carried.remove(at);
                self.conclude(carried, &outcome);
            }
        }
    }

    /// Judges one letter's outcome.
    fn conclude(&mut self, carried: Carried, outcome: &Outcome) {
        let (line, ready) = (Arc::clone(&self.line), carried.ready);
        let to = &ready.letter.to;
        let verdict = line.patience.breaker.weigh(judge(outcome, to), to);
        self.note_fruit(&verdict);
        if verdict.event == Event::NotTaken {
            line.take_back(&ready.letter.to);
        }
        if let Some(stop) = verdict.stop.clone() {
            line.tallying.stop(stop);
        }
        match (verdict.event, carried.is_granted) {
            // It never had its turn, and nobody refused it: there is nothing to put on record.
            (Event::NotTaken, false) => self.hand.push_front(ready),
            (Event::NotTaken, true) => {
                line.returned.fetch_add(1, Ordering::SeqCst);
                self.write(ready, None, verdict);
            }
            (_, false) => {
                let intent = ready.intent(line.clock.now());
                self.write(ready, Some(intent), verdict);
            }
            (_, true) => self.write(ready, None, verdict),
        }
    }

    /// Counts what a connection has to show. A relay that takes one letter a connection and then hangs up is not away.
    fn note_fruit(&mut self, verdict: &Verdict) {
        let Some(link) = &mut self.link else { return };
        match verdict.event {
            Event::NotTaken => {
                // What a lost connection gives back counts once, when it is parted with.
                link.last = told(verdict);
                let is_barren = link.connection.is_usable() && !std::mem::take(&mut link.is_fruitful);
                if is_barren && verdict.stop.is_none() {
                    self.line.note_barren(&link.last);
                }
            }
            Event::Accept => {
                link.is_fruitful = true;
                self.line.patience.is_rewarded();
            }
            Event::Lose => link.has_lost = true,
            _ => link.is_fruitful = true,
        }
    }

    fn write(&mut self, ready: Ready, begin: Option<Intent>, verdict: Verdict) {
        let why = match verdict.event {
            // Who gets a yes is not named.
            Event::Accept => String::new(),
            _ => told(&verdict),
        };
        let relay = self.link.as_ref().map(|link| link.connection.relay_name().to_owned());
        let settlement = Settlement {
            delivery: ready.delivery,
            attempt: ready.attempt,
            event: verdict.event,
            stage: verdict.stage,
            reply: verdict.reply,
            reason: verdict.reason,
            relay: relay.unwrap_or_default(),
            at: self.line.clock.now(),
        };
        self.unwritten.push(Unwritten {
            begin,
            settlement,
            to: ready.letter.to,
            why,
        });
    }

    /// Lets go of a connection that is over, or has carried its share.
    async fn part_if_done(&mut self) {
        let Some(link) = &mut self.link else { return };
        let is_over = !link.connection.is_usable();
        let has_carried_its_share = self.line.route.per_connection.is_some_and(|most| link.letters >= most);
        if is_over {
            let outcomes = link.connection.known();
            self.note(outcomes);
            self.give_up_the_rest();
        }
        if is_over || (has_carried_its_share && self.is_free()) {
            self.part().await;
        }
    }

    /// Each announced letter has its outcome by now; were that ever broken, doubt is the one safe answer.
    fn give_up_the_rest(&mut self) {
        for carried in std::mem::take(&mut self.carried) {
            let why = "the conversation lost its thread".to_owned();
            let outcome = match carried.is_granted {
                true => Outcome::InDoubt { why },
                false => Outcome::NotTaken { stage: Stage::Mail, why },
            };
            self.conclude(carried, &outcome);
        }
    }

    async fn part(&mut self) {
        let Some(link) = self.link.take() else { return };
        match (link.connection.is_usable() || link.is_fruitful, link.has_lost) {
            (true, _) => {}
            (false, true) => self.line.note_lost(link.losses_before),
            (false, false) => self.line.note_barren(&link.last),
        }
        self.line.part(link.connection).await;
    }
}

/// What the relay said, or else what happened.
fn told(verdict: &Verdict) -> String {
    let said = verdict.reply.as_ref().map(ToString::to_string);
    said.or_else(|| verdict.reason.clone()).unwrap_or_default()
}
