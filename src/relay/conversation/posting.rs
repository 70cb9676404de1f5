//! Posting letters: what is said of which letter and when, and what each reply or its absence means.
//!
//! Promises: a group is said only when the letter before it is whole, so that its end of data decides that one first; a group opens
//! with RSET unless the letter before it is known to be taken; a lone dot is said only where RCPT was refused.

use crate::address::Address;
use crate::delivery::reply::{Reply, Stage};
use crate::relay::conversation::capabilities::Capabilities;
use crate::relay::conversation::manners::is_of_one_piece;
use crate::relay::conversation::reply_reader::WholeReply;
use crate::relay::conversation::transaction::{Step, Ticket, Transaction};
use crate::relay::conversation::{Awaited, Conversation, Envelope, Event, Mode, Phase, Piece};
use crate::relay::outcome::Outcome;
use lettre::transport::smtp::commands::Rset;

impl Conversation {
    /// How many more letters may be announced now.
    pub fn room(&self) -> usize {
        let most = match self.mode() {
            _ if !self.is_open() => 0,
            // Letters may follow one another unseen only behind a RSET that this relay is known to heed.
            Mode::Chunked { .. } if !self.reset_proven => 1,
            mode => mode.announced(),
        };
        most.saturating_sub(self.transactions.len())
    }

    /// Announces a letter: its commands leave as soon as they may, its body not before [`Conversation::permit`].
    ///
    /// Its outcome comes as [`Event::Settled`], always, also when there is nobody to hand it to any more.
    pub fn announce(&mut self, letter: &Envelope<'_>) -> Ticket {
        self.begin(|ticket, relay, mode| Transaction::plan(ticket, letter, relay, mode))
    }

    /// Asks whether the relay takes letters from `sender`; no recipient and no text follow. The answer comes as [`Event::Settled`].
    pub fn ask_about(&mut self, sender: &Address) -> Ticket {
        self.begin(|ticket, relay, _| Transaction::question(ticket, sender, relay))
    }

    fn begin(&mut self, plan: impl FnOnce(Ticket, &Capabilities, Mode) -> Result<Transaction, Outcome>) -> Ticket {
        let ticket = Ticket(self.announced);
        self.announced += 1;
        if self.is_open() && !self.is_in_step() {
            self.out_of_step("the relay spoke before it was asked");
        }
        let planned = match &self.phase {
            Phase::Over(why) => Err(not_taken(why)),
            Phase::Opening | Phase::Leaving => Err(not_taken("the connection is not free")),
            Phase::Open if self.room() == 0 => Err(not_taken("too many letters are under way on this connection")),
            Phase::Open => plan(ticket, &self.capabilities, self.mode()),
        };
        match planned {
            Ok(transaction) => {
                self.transactions.push_back(transaction);
                self.advance();
            }
            Err(outcome) => self.events.push_back(Event::Settled(ticket, outcome)),
        }
        ticket
    }

    /// The letter may leave: its intent is on record.
    pub fn permit(&mut self, ticket: Ticket) {
        if let Some(transaction) = self.transaction(ticket) {
            transaction.is_permitted = true;
        }
        self.advance();
    }

    /// The letter may not leave any more. Where its commands are said already, the conversation ends behind the letters before it; where
    /// its body is on its way, it is too late.
    pub fn revoke(&mut self, ticket: Ticket) {
        let Some(at) = self.transactions.iter().position(|transaction| transaction.ticket == ticket) else {
            return;
        };
        match self.transactions[at].step {
            Step::Announced => {
                self.transactions.remove(at);
                self.events
                    .push_back(Event::Settled(ticket, not_taken("it may not leave any more")));
            }
            Step::Begun | Step::Invited => self.transactions[at].is_revoked = true,
            Step::Whole => {}
        }
        self.advance();
    }

    /// Plans whatever may be said now.
    fn advance(&mut self) {
        if !self.is_open() {
            return;
        }
        if self.transactions.front().is_some_and(|front| front.is_revoked) {
            return self.end("a letter that was announced may not leave any more");
        }
        for at in 0..self.transactions.len() {
            let is_turn = at == 0 || self.transactions[at - 1].step == Step::Whole;
            let transaction = &self.transactions[at];
            match (transaction.step, transaction.is_permitted, self.mode()) {
                (Step::Announced, _, Mode::StopAndWait | Mode::Grouped { .. }) if is_turn => self.say_group(at),
                (Step::Announced, _, Mode::Chunked { .. }) if is_turn && transaction.is_question => self.say_group(at),
                (Step::Announced, true, Mode::Chunked { .. }) if is_turn => {
                    self.say_group(at);
                    self.hand_over(at);
                }
                (Step::Invited, true, _) => self.hand_over(at),
                (Step::Announced | Step::Begun | Step::Invited | Step::Whole, _, _) => {}
            }
        }
    }

    /// Says all of a letter's commands, or by stop and wait the first of them.
    fn say_group(&mut self, at: usize) {
        let (ticket, mode) = (self.transactions[at].ticket, self.mode());
        self.transactions[at].step = Step::Begun;
        // What rides does not know yet whether the letter before it is taken.
        if std::mem::take(&mut self.reset_due) || at > 0 || matches!(mode, Mode::Chunked { .. }) {
            match mode {
                Mode::StopAndWait => return self.say(&Rset, Awaited::Reset, Some(ticket)),
                Mode::Grouped { .. } | Mode::Chunked { .. } => self.say(&Rset, Awaited::Reset, Some(ticket)),
            }
        }
        while self.say_next(ticket) && mode != Mode::StopAndWait {}
    }

    /// Says the letter's next command; gives whether there was one.
    fn say_next(&mut self, ticket: Ticket) -> bool {
        let next = self
            .transaction(ticket)
            .and_then(|transaction| transaction.commands.pop_front());
        let is_said = next.is_some();
        if let Some((command, awaits)) = next {
            self.say(&command, awaits, Some(ticket));
        }
        is_said
    }

    /// The body and its terminator: from here on there is nothing to be said of this letter but its end.
    fn hand_over(&mut self, at: usize) {
        let transaction = &mut self.transactions[at];
        transaction.step = Step::Whole;
        let (ticket, body) = (transaction.ticket, std::mem::take(&mut transaction.body));
        let (end, by_data) = (
            std::mem::take(&mut transaction.end_of_data),
            !matches!(self.mode(), Mode::Chunked { .. }),
        );
        self.plan(Piece::Body(body), None, Some(ticket));
        // BDAT is answered by its own command's reply, which may come before the last octet has left.
        self.plan(Piece::EndOfData(end), by_data.then_some(Awaited::EndOfData), Some(ticket));
    }

    pub(super) fn go_on_posting(&mut self, awaited: Awaited, ticket: Option<Ticket>, reply: &WholeReply) {
        match (awaited, reply.code) {
            (_, 200..300) if !self.is_well_mannered(awaited, reply) => self.refuse_reply(awaited, ticket, reply),
            (Awaited::Reset, 200..300) => {
                self.reset_proven = true;
                self.say_more(ticket);
            }
            (Awaited::Mail | Awaited::Rcpt | Awaited::Data, _) if reply.code != 421 && self.is_barred(ticket) => {
                self.hear_out_the_barred(awaited, ticket, reply);
            }
            (Awaited::Mail | Awaited::Rcpt, 200..300) => {
                if let Some(transaction) = ticket.and_then(|ticket| self.transaction(ticket)) {
                    match awaited {
                        Awaited::Mail => transaction.said_yes.mail = true,
                        _ => transaction.said_yes.rcpt = true,
                    }
                }
                match ticket
                    .and_then(|ticket| self.transaction(ticket))
                    .is_some_and(|asked| asked.is_question)
                {
                    true => self.answered(ticket, reply),
                    false => self.say_more(ticket),
                }
            }
            (Awaited::Data, 354) => self.invited(ticket),
            (Awaited::EndOfData, 200..300) => self.taken(ticket, reply),
            (Awaited::Mail | Awaited::Rcpt | Awaited::Data | Awaited::EndOfData, 400..) => self.refused(awaited, ticket, reply),
            (Awaited::Reset, 400..) => self.barred(ticket, reply),
            (Awaited::LoneDot, 400..) if reply.code != 421 => {}
            (_, _) => self.refuse_reply(awaited, ticket, reply),
        }
    }

    /// A no to RSET: servers that have had enough of refusals say so here, and close. Nothing may follow on this conversation, but what
    /// the group's other commands are answered shows whether this was the RSET's answer at all, or a second one to the letter before it.
    fn barred(&mut self, ticket: Option<Ticket>, reply: &WholeReply) {
        let said = Reply::new(Stage::Mail, reply.code, &reply.lines);
        let why = format!("the relay answered `{said}` to RSET");
        let is_grouped = matches!(self.mode(), Mode::Grouped { .. });
        match ticket.and_then(|ticket| self.transaction(ticket)) {
            Some(transaction) if is_grouped && reply.code != 421 => transaction.barred = Some(why),
            Some(_) | None => self.end(&why),
        }
    }

    fn is_barred(&mut self, ticket: Option<Ticket>) -> bool {
        ticket
            .and_then(|ticket| self.transaction(ticket))
            .is_some_and(|transaction| transaction.barred.is_some())
    }

    /// The answers to a group whose RSET was refused decide nobody's letter; only their step counts.
    fn hear_out_the_barred(&mut self, awaited: Awaited, ticket: Option<Ticket>, reply: &WholeReply) {
        match (awaited, reply.code) {
            (Awaited::Data, 354 | 400..) => {
                self.confirm();
                let why = ticket.and_then(|ticket| self.transaction(ticket)?.barred.clone());
                self.end(&why.unwrap_or_default());
            }
            (Awaited::Mail | Awaited::Rcpt, 200..300 | 400..) => {}
            (_, _) => self.refuse_reply(awaited, ticket, reply),
        }
    }

    /// Whether this yes can be that command's, as far as enhanced codes tell. By DATA the riding group's 354 tells the rest.
    fn is_well_mannered(&mut self, awaited: Awaited, reply: &WholeReply) -> bool {
        match self.mode() {
            Mode::Chunked { .. } => self.manners.allow(awaited, reply),
            Mode::Grouped { .. } => awaited != Awaited::EndOfData || self.awaited.is_empty() || is_of_one_piece(reply),
            Mode::StopAndWait => true,
        }
    }

    /// This cannot be the answer to that.
    fn refuse_reply(&mut self, awaited: Awaited, ticket: Option<Ticket>, reply: &WholeReply) {
        self.awaited.push_front((awaited, ticket));
        let said = Reply::new(awaited.stage(), reply.code, &reply.lines);
        self.out_of_step(&format!("the relay answered `{said}`, which is no answer here"));
    }

    /// The sender may send; the transaction that this has begun is nobody's.
    fn answered(&mut self, ticket: Option<Ticket>, reply: &WholeReply) {
        self.reset_due = true;
        let said = Reply::new(Stage::Mail, reply.code, &reply.lines);
        self.settle(ticket, Outcome::Answered(said));
    }

    /// By stop and wait the next command was waiting for this yes.
    fn say_more(&mut self, ticket: Option<Ticket>) {
        if let (Mode::StopAndWait, Some(ticket)) = (self.mode(), ticket) {
            self.say_next(ticket);
        }
    }

    /// The relay wants the body. It may have it only where this letter's own commands were all accepted, and all are answered.
    fn invited(&mut self, ticket: Option<Ticket>) {
        self.confirm();
        let Some(transaction) = ticket.and_then(|ticket| self.transaction(ticket)) else {
            return self.end("the relay asked for a letter that is not here");
        };
        match (transaction.said_yes.mail, transaction.said_yes.rcpt) {
            (true, true) => {
                transaction.step = Step::Invited;
                self.advance();
            }
            // Nobody is in this transaction: RFC 2920 §3.1 lets the client end its data with nothing in them.
            (true, false) => {
                self.say(&".\r\n", Awaited::LoneDot, None);
                self.reset_due = true;
                self.settle_refused(Awaited::Data, ticket);
            }
            (false, _) => self.end("the relay asked for the letter behind a refused sender"),
        }
    }

    /// A yes to the end of data: the letter is taken, if all else fits.
    fn taken(&mut self, ticket: Option<Ticket>, reply: &WholeReply) {
        let said = Reply::new(Stage::EndOfData, reply.code, &reply.lines);
        let Some(transaction) = ticket.and_then(|ticket| self.transaction(ticket)) else {
            return self.end("the relay took a letter that is not here");
        };
        let why = match (&transaction.refused, transaction.is_whole_out()) {
            (None, true) => {
                self.reset_due = false;
                return self.settle_when_in_step(ticket, Outcome::Answered(said));
            }
            (None, false) => {
                let why = format!("the relay answered `{said}` before it had the whole letter");
                self.settle(ticket, Outcome::InDoubt { why: why.clone() });
                why
            }
            (Some(_), _) => "the relay took a letter whose sender or recipient it had refused".to_owned(),
        };
        self.end(&why);
    }

    /// A no: the first one decides the letter, but a group is heard to its end. A 421 also ends the conversation (RFC 5321 §3.8).
    fn refused(&mut self, awaited: Awaited, ticket: Option<Ticket>, reply: &WholeReply) {
        let said = Reply::new(awaited.stage(), reply.code, &reply.lines);
        let mut is_last = self.mode() == Mode::StopAndWait || matches!(awaited, Awaited::Data | Awaited::EndOfData);
        if let Some(transaction) = ticket.and_then(|ticket| self.transaction(ticket)) {
            is_last |= transaction.is_question;
            transaction.refused.get_or_insert(said.clone());
        }
        if reply.code == 421 {
            self.settle_refused(awaited, ticket);
            return self.end(&format!("the relay closed the connection: `{said}`"));
        }
        if is_last {
            self.reset_due = true;
            self.settle_refused(awaited, ticket);
        }
    }

    fn settle_refused(&mut self, awaited: Awaited, ticket: Option<Ticket>) {
        let Some(reply) = ticket.and_then(|ticket| self.transaction(ticket)?.refused.clone()) else {
            return;
        };
        match awaited {
            Awaited::EndOfData => self.settle_when_in_step(ticket, Outcome::Answered(reply)),
            _ => {
                self.confirm();
                self.settle(ticket, Outcome::Answered(reply));
            }
        }
    }

    /// Keeps the outcome of a letter back while a group rides behind it whose replies are still to come: they may show that this was
    /// another command's. Where they never come, it stands.
    fn settle_when_in_step(&mut self, ticket: Option<Ticket>, outcome: Outcome) {
        let has_rider = self.awaited.iter().any(|(awaited, _)| *awaited == Awaited::Data);
        match (ticket, has_rider) {
            (Some(known), true) => {
                self.unconfirmed = Some((known, outcome));
                self.transactions.retain(|transaction| transaction.ticket != known);
                self.advance();
            }
            (_, _) => self.settle(ticket, outcome),
        }
    }

    /// All replies up to here were in step.
    pub(super) fn confirm(&mut self) {
        if let Some((ticket, outcome)) = self.unconfirmed.take() {
            self.events.push_back(Event::Settled(ticket, outcome));
        }
    }

    /// The letter has its outcome; those behind it may go on.
    fn settle(&mut self, ticket: Option<Ticket>, outcome: Outcome) {
        let Some(ticket) = ticket else { return };
        self.transactions.retain(|transaction| transaction.ticket != ticket);
        self.events.push_back(Event::Settled(ticket, outcome));
        self.advance();
    }

    /// Whether nothing but a letter's body is on its way: any reply now comes too early.
    pub(super) fn is_in_mid_body(&self) -> bool {
        self.transactions.front().is_some_and(Transaction::is_in_mid_body)
    }

    /// The relay speaks while the body is being written. A no is a no: the terminator has not left, and never will. A yes is no
    /// answer to anything, and yet the relay may mean it.
    pub(super) fn take_in_mid_body(&mut self, reply: &WholeReply) {
        let why = format!("the relay answered {} in the middle of the letter", reply.code);
        let ticket = self.transactions.front().map(|front| front.ticket);
        let stage = if reply.code == 421 { Stage::Data } else { Stage::EndOfData };
        let outcome = match reply.code {
            400.. => Some(Outcome::Answered(Reply::new(stage, reply.code, &reply.lines))),
            200..300 => Some(Outcome::InDoubt { why: why.clone() }),
            _ => None,
        };
        if let Some(outcome) = outcome {
            // What is still planned is of this letter, or rides behind it.
            self.output.clear();
            self.settle(ticket, outcome);
        }
        self.end(&why);
    }
}

fn not_taken(why: &str) -> Outcome {
    Outcome::NotTaken {
        stage: Stage::Mail,
        why: why.to_owned(),
    }
}
