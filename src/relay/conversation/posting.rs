//! Posting one letter: MAIL, RCPT, DATA, the body, the terminator; and what each reply or its absence means.

use crate::delivery::reply::{Class, Reply, Stage};
use crate::relay::conversation::body::{END_OF_DATA, dot_stuffed};
use crate::relay::conversation::capabilities::Capabilities;
use crate::relay::conversation::reply_reader::WholeReply;
use crate::relay::conversation::{Awaited, Conversation, Envelope, Phase, Piece};
use crate::relay::outcome::Outcome;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};
use std::collections::VecDeque;

/// A letter on its way.
#[derive(Debug)]
pub(super) struct Posting {
    planned: VecDeque<(String, Awaited)>,
    body: Vec<u8>,
    reached: Reached,
}

/// How much of a letter has been handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    Envelope,
    Body,
    EndOfData,
}

impl Posting {
    pub(super) fn note_handed_out(&mut self, piece: &Piece) {
        self.reached = match piece {
            Piece::Command(_) => self.reached,
            Piece::Body(_) => Reached::Body,
            Piece::EndOfData(_) => Reached::EndOfData,
        };
    }

    /// Law 6: what becomes of a letter whose conversation ends without a usable reply.
    pub(super) fn without_reply(&self, awaited: Option<Stage>, why: &str) -> Outcome {
        let why = why.to_owned();
        match self.reached {
            Reached::Envelope => Outcome::NotTaken {
                stage: awaited.unwrap_or(Stage::Mail),
                why,
            },
            Reached::Body => Outcome::NotTaken { stage: Stage::Data, why },
            Reached::EndOfData => Outcome::InDoubt { why },
        }
    }
}

impl Conversation {
    /// Posts a letter; its outcome comes as [`super::Event::Settled`], always, also when there is nobody to post it to any more.
    pub fn post(&mut self, letter: &Envelope<'_>) {
        if matches!(self.phase, Phase::Posting(_)) {
            self.lost("the next letter came before this one was settled");
        }
        if !self.is_idle() {
            let why = self.why_not_idle();
            return self.settle_and_end(
                Outcome::NotTaken {
                    stage: Stage::Mail,
                    why: why.clone(),
                },
                &why,
            );
        }
        let posting = match offer(letter, &self.capabilities) {
            Ok(posting) => posting,
            Err(outcome) => return self.settle(outcome),
        };
        self.phase = Phase::Posting(posting);
        match self.reset_due {
            true => self.say(&Rset, Awaited::Reset),
            false => self.say_next(),
        }
    }

    fn why_not_idle(&self) -> String {
        match &self.phase {
            Phase::Over(why) => why.clone(),
            Phase::Idle => "the relay spoke before it was asked".to_owned(),
            Phase::Opening | Phase::Posting(_) | Phase::Leaving => "the connection is not free".to_owned(),
        }
    }

    /// Says the next planned command. Here groups will begin: with PIPELINING, all that is planned.
    fn say_next(&mut self) {
        let next = match &mut self.phase {
            Phase::Posting(posting) => posting.planned.pop_front(),
            Phase::Opening | Phase::Idle | Phase::Leaving | Phase::Over(_) => None,
        };
        if let Some((command, awaited)) = next {
            self.say(&command, awaited);
        }
    }

    pub(super) fn go_on_posting(&mut self, awaited: Awaited, reply: &WholeReply) {
        match (awaited, reply.code) {
            (Awaited::Reset, 200..300) => {
                self.reset_due = false;
                self.say_next();
            }
            (Awaited::Mail | Awaited::Rcpt, 200..300) => self.say_next(),
            (Awaited::Data, 354) => self.hand_over(),
            (Awaited::EndOfData, 200..300) => self.answered(Stage::EndOfData, reply),
            (Awaited::Mail | Awaited::Rcpt | Awaited::Data | Awaited::EndOfData, 400..) => self.answered(awaited.stage(), reply),
            (_, _) => {
                self.awaited.push_front(awaited);
                let said = Reply::new(awaited.stage(), reply.code, &reply.lines);
                self.out_of_step(&format!("the relay answered `{said}`, which is no answer here"));
            }
        }
    }

    /// All of the letter's own commands were accepted: its body may leave.
    fn hand_over(&mut self) {
        if let Phase::Posting(posting) = &mut self.phase {
            let body = std::mem::take(&mut posting.body);
            self.output.push_back((Piece::Body(body), None));
            self.output
                .push_back((Piece::EndOfData(END_OF_DATA.to_vec()), Some(Awaited::EndOfData)));
        }
    }

    /// A whole reply decides the letter. A 421 also ends the conversation (RFC 5321 §3.8).
    fn answered(&mut self, stage: Stage, reply: &WholeReply) {
        let reply = Reply::new(stage, reply.code, &reply.lines);
        self.reset_due = stage != Stage::EndOfData;
        let farewell = (reply.code == 421).then(|| format!("the relay closed the connection: `{reply}`"));
        self.settle(Outcome::Answered(reply));
        if let Some(why) = farewell {
            self.end(&why);
        }
    }

    /// The relay speaks while the body is being written. A no is a no: the terminator has not left, and never will. A yes is no
    /// answer to anything, and yet the relay may mean it.
    pub(super) fn take_in_mid_body(&mut self, reply: &WholeReply) {
        let why = format!("the relay answered {} in the middle of the letter", reply.code);
        let in_body = matches!(&self.phase, Phase::Posting(posting) if posting.reached == Reached::Body);
        match (in_body, reply.code) {
            (true, 421) => self.settle_and_end(Outcome::Answered(Reply::new(Stage::Data, reply.code, &reply.lines)), &why),
            (true, 400..) => self.settle_and_end(
                Outcome::Answered(Reply::new(Stage::EndOfData, reply.code, &reply.lines)),
                &why,
            ),
            (true, 200..300) => self.settle_and_end(Outcome::InDoubt { why: why.clone() }, &why),
            (_, _) => self.out_of_step(&why),
        }
    }
}

/// Checks that this relay can take this letter, and plans the commands.
fn offer(letter: &Envelope<'_>, relay: &Capabilities) -> Result<Posting, Outcome> {
    let unsupported = |class, why: String| Outcome::Unsupported { class, why };
    let fault = "that is a fault in tidings, please report it";
    let body = dot_stuffed(letter.bytes).map_err(|broken| unsupported(Class::Content, format!("{broken}; {fault}")))?;
    for (address, class) in [(letter.to, Class::UnsupportedAddress), (letter.from, Class::Sender)] {
        if address.needs_smtputf8() && !relay.smtp_utf8 {
            let why = format!("`{address}` has letters beyond ASCII before the `@`, and the relay does not offer SMTPUTF8");
            return Err(unsupported(class, why));
        }
    }
    if let Some(largest) = relay.largest.filter(|largest| letter.bytes.len() > *largest) {
        let why = format!(
            "the letter has {} bytes and the relay takes at most {largest}",
            letter.bytes.len()
        );
        return Err(unsupported(Class::Content, why));
    }
    if !letter.bytes.is_ascii() && !relay.eight_bit_mime {
        return Err(unsupported(
            Class::Content,
            "the letter has 8-bit text and the relay does not offer 8BITMIME".to_owned(),
        ));
    }
    let mail = Mail::new(Some(path(letter.from)), parameters(letter, relay));
    let rcpt = Rcpt::new(path(letter.to), Vec::new());
    let planned = [
        (mail.to_string(), Awaited::Mail),
        (rcpt.to_string(), Awaited::Rcpt),
        (Data.to_string(), Awaited::Data),
    ];
    Ok(Posting {
        planned: planned.into(),
        body,
        reached: Reached::Envelope,
    })
}

fn parameters(letter: &Envelope<'_>, relay: &Capabilities) -> Vec<MailParameter> {
    let needs_utf8 = letter.to.needs_smtputf8() || letter.from.needs_smtputf8();
    let size = relay.size.then_some(MailParameter::Size(letter.bytes.len()));
    let body = (!letter.bytes.is_ascii()).then_some(MailParameter::Body(MailBodyParameter::EightBitMime));
    let utf8 = needs_utf8.then_some(MailParameter::SmtpUtfEight);
    [size, body, utf8].into_iter().flatten().collect()
}

/// Not checked again: an [`crate::address::Address`] holds nothing that could end a path or a command.
fn path(address: &crate::address::Address) -> lettre::Address {
    lettre::Address::new_dangerous(address.local_part(), address.domain())
}
