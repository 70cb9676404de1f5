//! One world: a conversation between a relay and a caller, both of whom do what the choices say, and the judge over both.
//!
//! | what the relay did | what the letter may be called |
//! |---|---|
//! | delivered it, to its own person alone | accepted, or in doubt |
//! | did not deliver it | refused, not taken, or in doubt |
//!
//! A letter that was never permitted is never delivered and never in doubt; every announced letter has exactly one outcome.

use super::relay::{Choices, Relay};
use tidings::address::Address;
use tidings::relay::conversation::{Conversation, Envelope, Event, Mode, Piece, Profile, Ticket};
use tidings::relay::outcome::Outcome;
use tidings::relay::server::Security;

const LETTERS: usize = 7;

/// What a world came to.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) mode: &'static str,
    pub(super) outcomes: Vec<&'static str>,
}

struct Letter {
    ticket: Ticket,
    is_permitted: bool,
    outcome: Option<Outcome>,
}

struct World<'a> {
    choices: Choices<'a>,
    conversation: Conversation,
    relay: Relay,
    letters: Vec<Letter>,
    in_flight: usize,
}

/// Plays a world to its end.
pub(super) fn play(bytes: &[u8]) -> Result<Told, String> {
    let mut choices = Choices::new(bytes);
    let offers = [
        "",
        "250-PIPELINING\r\n",
        "250-PIPELINING\r\n250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n",
    ][usize::from(choices.next()) % 3];
    let in_flight = 1 + usize::from(choices.next()) % 4;
    let profile = Profile {
        hello: "clinic.example".to_owned(),
        security: Security::Plain,
        login: None,
        in_flight,
    };
    let mut world = World {
        conversation: Conversation::new(profile),
        relay: Relay::new(offers, offers.contains("CHUNKING") && in_flight > 1),
        letters: Vec::new(),
        in_flight,
        choices,
    };
    world.go_on()?;
    world.judge()
}

fn person(number: usize) -> Address {
    Address::parse(&format!("p{number}@example.org")).unwrap()
}

impl World<'_> {
    fn go_on(&mut self) -> Result<(), String> {
        // Bounded: every turn but a few takes a choice, and without choices all goes straight to its end.
        for turn in 0.. {
            self.hear_events()?;
            if self.conversation.is_over() || (self.choices.is_over() && turn > 4000) {
                break;
            }
            let is_done = self.letters.len() == LETTERS && self.letters.iter().all(|letter| letter.outcome.is_some());
            if is_done {
                break;
            }
            match self.choices.next() % 4 {
                1 => self.call(),
                2 => self.listen(),
                _ => {
                    self.call();
                    self.write()?;
                    self.listen();
                }
            }
        }
        self.conversation.lost("the end");
        self.hear_events()
    }

    /// The caller announces, permits and sometimes revokes: at most `in_flight` are permitted without an outcome, in their order.
    fn call(&mut self) {
        if self.conversation.room() > 0 && self.letters.len() < LETTERS && self.conversation.is_open() {
            let (from, to) = (Address::parse("tips@clinic.example").unwrap(), person(self.letters.len()));
            let text = format!("To: {to}\r\n\r\n.hello {to}\r\n");
            let ticket = self.conversation.announce(&Envelope {
                from: &from,
                to: &to,
                bytes: text.as_bytes(),
            });
            self.letters.push(Letter {
                ticket,
                is_permitted: false,
                outcome: None,
            });
        }
        let open = |letter: &&mut Letter| letter.outcome.is_none();
        let permitted = self
            .letters
            .iter()
            .filter(|letter| letter.outcome.is_none() && letter.is_permitted)
            .count();
        let next = self.letters.iter_mut().filter(open).find(|letter| !letter.is_permitted);
        if let Some(next) = next.filter(|_| permitted < self.in_flight) {
            match self.choices.next() {
                250..=255 => self.conversation.revoke(next.ticket),
                200..=249 => {}
                _ => {
                    next.is_permitted = true;
                    self.conversation.permit(next.ticket);
                }
            }
        }
    }

    /// Hands some of what is to be written to the relay; the last piece may be cut in two by a lost connection.
    fn write(&mut self) -> Result<(), String> {
        for _ in 0..=self.choices.next() % 8 {
            let Some(piece) = self.conversation.output() else { break };
            if let Piece::Body(body) = &piece {
                self.allow(body)?;
            }
            self.relay.hear(piece.bytes(), &mut self.choices);
        }
        Ok(())
    }

    /// A body may leave only if its letter was permitted and has no outcome.
    fn allow(&self, body: &[u8]) -> Result<(), String> {
        let text = String::from_utf8_lossy(body);
        let mut letters = self.letters.iter().enumerate();
        let own = letters.find(|(number, _)| text.starts_with(&format!("To: {}\r", person(*number))));
        match own {
            Some((_, letter)) if letter.is_permitted && letter.outcome.is_none() => Ok(()),
            Some((number, _)) => Err(format!("letter {number} left without leave")),
            None => Err(format!("nobody's letter left: {text}")),
        }
    }

    /// Gives the conversation some of what the relay has said; where that is all and it is gone, the line is lost.
    fn listen(&mut self) {
        let chop = 1 + usize::from(self.choices.next().wrapping_sub(1)) % 64;
        let some: Vec<u8> = self.relay.says.drain(..chop.min(self.relay.says.len())).collect();
        if !some.is_empty() {
            self.conversation.receive(&some);
        } else if self.relay.is_closed {
            self.conversation.lost("closed");
        }
    }

    fn hear_events(&mut self) -> Result<(), String> {
        while let Some(event) = self.conversation.poll() {
            let Event::Settled(ticket, outcome) = event else {
                match event {
                    Event::Over(_) => return Ok(()),
                    _ => continue,
                }
            };
            let letter = self.letters.iter_mut().find(|letter| letter.ticket == ticket);
            let letter = letter.ok_or("an outcome of no letter")?;
            if letter.outcome.replace(outcome).is_some() {
                return Err("a second outcome of one letter".to_owned());
            }
        }
        Ok(())
    }

    fn judge(self) -> Result<Told, String> {
        for (people, text) in self.relay.delivered.iter().filter(|(people, _)| !people.is_empty()) {
            if people.len() != 1 || !text.starts_with(&format!("To: {}\r", people[0])) {
                return Err(format!("{people:?} got {text:?}"));
            }
        }
        let mut outcomes = Vec::new();
        for (number, letter) in self.letters.iter().enumerate() {
            let to = person(number);
            let copies = self
                .relay
                .delivered
                .iter()
                .filter(|(people, _)| people.iter().any(|person| person == to.as_str()));
            let copies = copies.count();
            let outcome = letter.outcome.as_ref().ok_or(format!("letter {number} has no outcome"))?;
            let name = match outcome {
                outcome if outcome.is_accepted() => "accepted",
                Outcome::InDoubt { .. } => "in doubt",
                Outcome::Answered(_) | Outcome::Unsupported { .. } => "refused",
                Outcome::NotTaken { .. } => "not taken",
            };
            let is_possible = match name {
                "accepted" => copies == 1,
                "in doubt" => copies <= 1 && letter.is_permitted,
                _ => copies == 0,
            };
            if !is_possible {
                return Err(format!(
                    "letter {number} is {name} ({outcome:?}) and {copies} copies were delivered"
                ));
            }
            outcomes.push(name);
        }
        let mode = match self.conversation.mode() {
            Mode::StopAndWait => "stop and wait",
            Mode::Grouped { .. } => "grouped",
            Mode::Chunked { .. } => "chunked",
        };
        Ok(Told { mode, outcomes })
    }
}
