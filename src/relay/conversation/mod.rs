//! The conversation with a relay, without the line: bytes in, events and bytes out. No socket, no clock.
//!
//! Promises:
//! - Every command that is handed out pushes what it awaits, and every reply pops its own: a reply that nothing awaits, or one that
//!   cannot answer its command, ends the conversation, and nothing of it is believed any more.
//! - Two people's letters never mix. By DATA a body leaves only when MAIL, RCPT and DATA of its own transaction all said yes and the
//!   caller has permitted it; after that the only ways on are the whole letter or the end. By BDAT every transaction opens with RSET.
//! - Each announced letter gets exactly one [`Outcome`]: accepted only by a whole 2xx reply to its end of data; a definite no while
//!   the terminator has not been handed out; in doubt after that, unless a reply decides it.
//!
//! How many round trips a letter costs is its [`Mode`]: four by stop and wait, one where commands travel in groups (RFC 2920), less
//! than one where whole letters do (RFC 3030).

mod body;
pub mod capabilities;
mod manners;
mod mode;
mod opening;
mod posting;
mod reply_reader;
mod transaction;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use crate::address::Address;
use crate::delivery::reply::{Class, Reply, Stage};
use crate::relay::conversation::capabilities::Capabilities;
use crate::relay::conversation::manners::Manners;
pub use crate::relay::conversation::mode::Mode;
use crate::relay::conversation::opening::AuthStep;
use crate::relay::conversation::reply_reader::{ReplyReader, WholeReply};
pub use crate::relay::conversation::transaction::Ticket;
use crate::relay::conversation::transaction::Transaction;
use crate::relay::outcome::{Outcome, Trouble};
use crate::relay::server::{Login, Security};
use std::collections::VecDeque;
use std::fmt;

/// Who speaks, over what kind of line.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The name we give in EHLO.
    pub hello: String,
    /// How the line is protected.
    pub security: Security,
    /// Who we are, when the relay wants to know.
    pub login: Option<Login>,
    /// How many letters may be under way at once, where the relay can take them.
    pub in_flight: usize,
}

/// One letter for one person, as the relay needs it.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// MAIL FROM.
    pub from: &'a Address,
    /// RCPT TO.
    pub to: &'a Address,
    /// The letter: CRLF line ends, not dot-stuffed, ending in CRLF.
    pub bytes: &'a [u8],
}

/// What the conversation has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The relay waits for the TLS handshake: make it, then call [`Conversation::secured`].
    Secure,
    /// Letters may be posted.
    Ready,
    /// The opening failed; the conversation is over.
    Failed(Trouble),
    /// An announced letter has its outcome.
    Settled(Ticket, Outcome),
    /// The conversation is over, and why.
    Over(String),
}

/// Bytes to write, in the order given; they differ in what it means when writing fails.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// A command. Never shown: it may hold a password.
    Command(Vec<u8>),
    /// A letter's body without its terminator: the relay may not take the letter until it has seen that (RFC 5321 §4.1.1.4).
    Body(Vec<u8>),
    /// The terminator. Once it is handed out, a lost connection leaves the letter in doubt.
    EndOfData(Vec<u8>),
}

impl Piece {
    /// The bytes to write.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Piece::Command(bytes) | Piece::Body(bytes) | Piece::EndOfData(bytes) => bytes,
        }
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Piece::Command(_) => "command",
            Piece::Body(_) => "body",
            Piece::EndOfData(_) => "end of data",
        };
        write!(f, "{kind} of {} octets", self.bytes().len())
    }
}

/// What a reply that is still to come will answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    Greeting,
    Ehlo,
    StartTls,
    Login(AuthStep),
    Reset,
    Mail,
    Rcpt,
    Data,
    EndOfData,
    /// What ends the data of a transaction without recipients.
    LoneDot,
    Quit,
}

impl Awaited {
    fn stage(self) -> Stage {
        match self {
            Awaited::Greeting => Stage::Greeting,
            Awaited::Ehlo => Stage::Ehlo,
            Awaited::StartTls => Stage::StartTls,
            Awaited::Login(_) => Stage::Login,
            Awaited::Reset | Awaited::Mail | Awaited::Quit => Stage::Mail,
            Awaited::Rcpt => Stage::Rcpt,
            Awaited::Data => Stage::Data,
            Awaited::EndOfData | Awaited::LoneDot => Stage::EndOfData,
        }
    }
}

#[derive(Debug)]
enum Phase {
    Opening,
    /// Letters may be announced.
    Open,
    Leaving,
    Over(String),
}

/// A piece that waits to be handed out.
#[derive(Debug)]
struct Planned {
    piece: Piece,
    awaits: Option<Awaited>,
    ticket: Option<Ticket>,
}

/// One conversation with one relay, from its greeting to its end.
#[derive(Debug)]
pub struct Conversation {
    profile: Profile,
    encrypted: bool,
    capabilities: Capabilities,
    phase: Phase,
    reader: ReplyReader,
    awaited: VecDeque<(Awaited, Option<Ticket>)>,
    output: VecDeque<Planned>,
    events: VecDeque<Event>,
    /// The letters without an outcome, in the order in which they were announced.
    transactions: VecDeque<Transaction>,
    announced: u64,
    /// The last letter was not taken, so the relay may still hold its transaction: Postfix, OpenSMTPD and Exim let the next letter's
    /// RCPT join it then, Postfix even behind a refused dot, and one person would get another's letter.
    reset_due: bool,
    /// The relay has said yes to a RSET: only then whole letters may follow one behind it unseen.
    reset_proven: bool,
    /// A letter that is answered while the next one's group is not: law 7 believes it when the 354 has shown that all is in step.
    unconfirmed: Option<(Ticket, Outcome)>,
    manners: Manners,
}

impl Conversation {
    /// A conversation over a fresh line; with [`Security::Implicit`] the handshake is already made.
    pub fn new(profile: Profile) -> Self {
        Self {
            encrypted: profile.security == Security::Implicit,
            profile,
            capabilities: Capabilities::default(),
            phase: Phase::Opening,
            reader: ReplyReader::default(),
            awaited: VecDeque::from([(Awaited::Greeting, None)]),
            output: VecDeque::new(),
            events: VecDeque::new(),
            transactions: VecDeque::new(),
            announced: 0,
            reset_due: false,
            reset_proven: false,
            unconfirmed: None,
            manners: Manners::default(),
        }
    }

    /// What the relay said it can do, in its last reply to EHLO.
    pub fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Who we are to this relay.
    pub fn login(&self) -> Option<&Login> {
        self.profile.login.as_ref()
    }

    /// How letters travel on this conversation.
    pub fn mode(&self) -> Mode {
        Mode::of(&self.capabilities, self.profile.in_flight)
    }

    /// Whether nothing is under way and nothing was out of step.
    pub fn is_idle(&self) -> bool {
        self.is_open() && self.transactions.is_empty() && self.awaited.is_empty() && self.reader.is_empty()
    }

    /// Whether letters may still be announced: it has begun and has not ended.
    pub fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    /// Whether the relay has said nothing, not even half a line, that was not asked for.
    pub fn is_in_step(&self) -> bool {
        !self.awaited.is_empty() || self.reader.is_empty()
    }

    /// Whether nothing of it is believed any more.
    pub fn is_over(&self) -> bool {
        matches!(self.phase, Phase::Over(_))
    }

    /// The stage whose reply comes next, for the deadline; `None` when none is awaited.
    pub fn awaited_stage(&self) -> Option<Stage> {
        self.awaited.front().map(|(awaited, _)| awaited.stage())
    }

    /// How many replies are awaited.
    pub fn awaited_replies(&self) -> usize {
        self.awaited.len()
    }

    /// Whether something has happened that the next [`Conversation::poll`] will tell.
    pub fn has_news(&self) -> bool {
        !self.events.is_empty() || self.is_over()
    }

    /// What has happened since the last call. After the end it says so for ever.
    pub fn poll(&mut self) -> Option<Event> {
        self.events.pop_front().or_else(|| match &self.phase {
            Phase::Over(why) => Some(Event::Over(why.clone())),
            Phase::Opening | Phase::Open | Phase::Leaving => None,
        })
    }

    /// The next bytes to write; `None` when it is the relay's turn, or the caller's.
    ///
    /// Handing out is the deed: from then on the piece counts as written, whatever comes of it.
    pub fn output(&mut self) -> Option<Piece> {
        // What came before its question is no answer to it (and half an answer is no better).
        if !self.output.is_empty() && !self.is_in_step() {
            self.out_of_step("the relay spoke before it was asked");
        }
        let planned = self.output.pop_front()?;
        if let Some(transaction) = planned.ticket.and_then(|ticket| self.transaction(ticket)) {
            transaction.note_handed_out(&planned.piece);
        }
        self.awaited.extend(planned.awaits.map(|awaits| (awaits, planned.ticket)));
        Some(planned.piece)
    }

    /// Whether bytes wait to be written.
    pub fn has_output(&self) -> bool {
        !self.output.is_empty()
    }

    /// The next bytes to write, if `wanted` says so of them.
    pub fn output_if(&mut self, wanted: impl Fn(&Piece) -> bool) -> Option<Piece> {
        let next = self.output.front().map(|planned| wanted(&planned.piece));
        next.filter(|is_wanted| *is_wanted).and_then(|_| self.output())
    }

    /// Takes what the relay has sent.
    pub fn receive(&mut self, bytes: &[u8]) {
        self.reader.push(bytes);
        while !self.is_over() {
            match self.reader.next_reply() {
                Ok(Some(reply)) => self.take(&reply),
                Ok(None) => return,
                Err(broken) => return self.out_of_step(&broken.to_string()),
            }
        }
    }

    /// The line is gone: closed, reset, or silent past its deadline.
    pub fn lost(&mut self, why: &str) {
        let stage = self.awaited_stage();
        match &self.phase {
            Phase::Opening => {
                let trouble = Trouble::new(stage.unwrap_or(Stage::Connect), Class::RelayDown, why);
                // A port that begins with TLS waits for us to speak, as we wait for it.
                self.fail(match stage == Some(Stage::Greeting) && !self.encrypted {
                    true => trouble.hint("run the same command again later; if it stays silent, the port may want `tls: implicit`"),
                    false => trouble,
                });
            }
            Phase::Open | Phase::Leaving => self.end(why),
            Phase::Over(_) => {}
        }
    }

    /// Says goodbye; only when idle, since mid-transaction the only other way out is closing the line.
    pub fn quit(&mut self) {
        if self.is_idle() {
            self.phase = Phase::Leaving;
            self.say(&lettre::transport::smtp::commands::Quit, Awaited::Quit, None);
        }
    }

    fn say(&mut self, command: &impl fmt::Display, awaits: Awaited, ticket: Option<Ticket>) {
        self.plan(Piece::Command(command.to_string().into_bytes()), Some(awaits), ticket);
    }

    fn plan(&mut self, piece: Piece, awaits: Option<Awaited>, ticket: Option<Ticket>) {
        self.output.push_back(Planned { piece, awaits, ticket });
    }

    fn transaction(&mut self, ticket: Ticket) -> Option<&mut Transaction> {
        self.transactions.iter_mut().find(|transaction| transaction.ticket == ticket)
    }

    /// Matches a reply to what awaits it.
    fn take(&mut self, reply: &WholeReply) {
        let Some((awaited, ticket)) = self.awaited.pop_front() else {
            return self.take_unasked(reply);
        };
        match self.awaited.is_empty() && !self.reader.is_empty() {
            true => self.take_with_surplus(awaited, ticket, reply),
            false => self.go_on(awaited, ticket, reply),
        }
    }

    fn go_on(&mut self, awaited: Awaited, ticket: Option<Ticket>, reply: &WholeReply) {
        match self.phase {
            Phase::Opening => self.go_on_opening(awaited, reply),
            Phase::Open => self.go_on_posting(awaited, ticket, reply),
            Phase::Leaving => self.end("goodbye was said"),
            Phase::Over(_) => {}
        }
    }

    /// More than the awaited replies came. When all of it says no, it does not matter which is the answer (servers that refuse and
    /// then close often send both lines at once); anything else is the loss of step.
    fn take_with_surplus(&mut self, awaited: Awaited, ticket: Option<Ticket>, reply: &WholeReply) {
        let why = "the relay sent more than one reply to one command";
        if reply.is_negative() && self.rest_is_no() {
            self.go_on(awaited, ticket, reply);
            return self.end(why);
        }
        if awaited == Awaited::StartTls {
            return self.fail(opening::injected());
        }
        self.awaited.push_front((awaited, ticket));
        self.out_of_step(why);
    }

    fn rest_is_no(&mut self) -> bool {
        let mut rest = std::mem::take(&mut self.reader);
        while let Ok(Some(reply)) = rest.next_reply() {
            if !reply.is_negative() {
                return false;
            }
        }
        rest.is_empty()
    }

    /// A reply that nothing awaits: a farewell, a verdict on half a letter, or the loss of step.
    fn take_unasked(&mut self, reply: &WholeReply) {
        match &self.phase {
            Phase::Open if self.is_in_mid_body() => self.take_in_mid_body(reply),
            // RFC 5321 §3.8: a server that must close may say 421 at any time.
            Phase::Open if reply.code == 421 => {
                let farewell = Reply::new(Stage::Mail, reply.code, &reply.lines);
                self.end(&format!("the relay closed the idle connection: `{farewell}`"));
            }
            Phase::Opening | Phase::Open | Phase::Leaving | Phase::Over(_) => {
                self.out_of_step("the relay spoke before it was asked");
            }
        }
    }

    /// The replies no longer match the commands: whatever is under way ends, and so does the conversation.
    fn out_of_step(&mut self, why: &str) {
        if let Some((_, outcome)) = &mut self.unconfirmed {
            *outcome = Outcome::InDoubt { why: why.to_owned() };
        }
        match (&self.phase, self.awaited_stage()) {
            (Phase::Opening, Some(Stage::Greeting)) => self.fail(opening::no_smtp(why)),
            _ => self.lost(why),
        }
    }

    fn fail(&mut self, trouble: Trouble) {
        let why = trouble.why.clone();
        self.events.push_back(Event::Failed(trouble));
        self.end(&why);
    }

    /// The end: every letter that has no outcome yet gets the one that can be known (law 6).
    fn end(&mut self, why: &str) {
        self.confirm();
        for transaction in std::mem::take(&mut self.transactions) {
            let ticket = transaction.ticket;
            let mut own = self.awaited.iter().filter(|(_, awaiting)| *awaiting == Some(ticket));
            let stage = own.next().map_or(Stage::Mail, |(awaited, _)| awaited.stage());
            let outcome = transaction.without_reply(stage, why);
            self.events.push_back(Event::Settled(ticket, outcome));
        }
        self.phase = Phase::Over(why.to_owned());
        self.awaited.clear();
        self.output.clear();
        self.reader = ReplyReader::default();
    }
}
