//! One letter's mail transaction (RFC 5321 §3.3): its commands, its body, how far it has got, and what becomes of it without a reply.

use crate::address::Address;
use crate::delivery::reply::{Class, Reply, Stage};
use crate::relay::conversation::body::{END_OF_DATA, NoLetter, check, dot_stuffed};
use crate::relay::conversation::capabilities::Capabilities;
use crate::relay::conversation::{Awaited, Envelope, Mode, Piece};
use crate::relay::outcome::Outcome;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};
use std::collections::VecDeque;

/// Names an announced letter within its conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ticket(pub(super) u64);

/// A letter on its way.
#[derive(Debug)]
pub(super) struct Transaction {
    pub(super) ticket: Ticket,
    /// The commands that have not been said.
    pub(super) commands: VecDeque<(String, Awaited)>,
    pub(super) body: Vec<u8>,
    pub(super) end_of_data: Vec<u8>,
    pub(super) step: Step,
    /// Only the sender is asked about; there is no letter.
    pub(super) is_question: bool,
    /// The caller's word that the body may leave: its intent is on record.
    pub(super) is_permitted: bool,
    /// The caller's word that it may not leave any more.
    pub(super) is_revoked: bool,
    /// The relay has refused the RSET in front of it: its group is heard to its end, and then the conversation is over.
    pub(super) barred: Option<String>,
    pub(super) said_yes: Yeses,
    /// The first refusal: it decides the letter.
    pub(super) refused: Option<Reply>,
    reached: Reached,
}

/// What has been planned of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing yet.
    Announced,
    /// Its commands, or the first of them.
    Begun,
    /// The relay has said 354: it waits for the body, and nothing else may be said.
    Invited,
    /// Everything.
    Whole,
}

/// What the relay has said yes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Yeses {
    pub(super) mail: bool,
    pub(super) rcpt: bool,
}

/// How much of a letter has been handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    Envelope,
    Body,
    EndOfData,
}

impl Transaction {
    /// Checks that this relay can take this letter, and plans the commands.
    pub(super) fn plan(ticket: Ticket, letter: &Envelope<'_>, relay: &Capabilities, mode: Mode) -> Result<Self, Outcome> {
        let (last, body, end_of_data) = match mode {
            Mode::StopAndWait | Mode::Grouped { .. } => {
                let body = dot_stuffed(letter.bytes).map_err(no_letter)?;
                ((Data.to_string(), Awaited::Data), body, END_OF_DATA.to_vec())
            }
            // Checked for BDAT as well: a bare line break would reach the next server by DATA.
            Mode::Chunked { .. } => check(letter.bytes).map_err(no_letter).map(|()| chunk(letter.bytes))?,
        };
        refuse_unsupported(letter, relay)?;
        let mail = Mail::new(Some(path(letter.from)), parameters(letter, relay));
        let rcpt = Rcpt::new(path(letter.to), Vec::new());
        let commands = [(mail.to_string(), Awaited::Mail), (rcpt.to_string(), Awaited::Rcpt), last];
        Ok(Self {
            ticket,
            commands: commands.into(),
            body,
            end_of_data,
            step: Step::Announced,
            is_question: false,
            is_permitted: false,
            is_revoked: false,
            barred: None,
            said_yes: Yeses::default(),
            refused: None,
            reached: Reached::Envelope,
        })
    }

    /// Asks whether the relay takes letters from `sender`, and no more.
    pub(super) fn question(ticket: Ticket, sender: &Address, relay: &Capabilities) -> Result<Self, Outcome> {
        let letter = Envelope {
            from: sender,
            to: sender,
            bytes: b"\r\n",
        };
        // There is no letter, so there is no size to tell.
        let relay = &Capabilities {
            size: false,
            ..relay.clone()
        };
        let mut question = Self::plan(ticket, &letter, relay, Mode::StopAndWait)?;
        question.commands.truncate(1);
        question.is_question = true;
        Ok(question)
    }

    pub(super) fn note_handed_out(&mut self, piece: &Piece) {
        self.reached = match piece {
            Piece::Command(_) => self.reached,
            Piece::Body(_) => Reached::Body,
            Piece::EndOfData(_) => Reached::EndOfData,
        };
    }

    pub(super) fn is_in_mid_body(&self) -> bool {
        self.reached == Reached::Body
    }

    pub(super) fn is_whole_out(&self) -> bool {
        self.reached == Reached::EndOfData
    }

    /// Law 6: what becomes of a letter whose conversation ends without a usable reply.
    pub(super) fn without_reply(self, awaited: Stage, why: &str) -> Outcome {
        let why = why.to_owned();
        match (self.reached, self.refused) {
            (_, Some(reply)) if !self.said_yes.rcpt => Outcome::Answered(reply),
            (Reached::Envelope, Some(reply)) => Outcome::Answered(reply),
            (Reached::Envelope, None) => Outcome::NotTaken { stage: awaited, why },
            (Reached::Body, _) => Outcome::NotTaken { stage: Stage::Data, why },
            (Reached::EndOfData, _) => Outcome::InDoubt { why },
        }
    }
}

fn no_letter(broken: NoLetter) -> Outcome {
    Outcome::Unsupported {
        class: Class::Content,
        why: format!("{broken}; that is a fault in tidings, please report it"),
    }
}

/// RFC 3030 §2: the whole letter as one last chunk, as it is; its last octet is its terminator.
fn chunk(letter: &[u8]) -> ((String, Awaited), Vec<u8>, Vec<u8>) {
    let (body, last) = letter.split_at(letter.len().saturating_sub(1));
    let command = format!("BDAT {} LAST\r\n", letter.len());
    ((command, Awaited::EndOfData), body.to_vec(), last.to_vec())
}

fn refuse_unsupported(letter: &Envelope<'_>, relay: &Capabilities) -> Result<(), Outcome> {
    let unsupported = |class, why: String| Err(Outcome::Unsupported { class, why });
    for (address, class) in [(letter.to, Class::UnsupportedAddress), (letter.from, Class::Sender)] {
        if address.needs_smtputf8() && !relay.smtp_utf8 {
            let why = format!("`{address}` has letters beyond ASCII before the `@`, and the relay does not offer SMTPUTF8");
            return unsupported(class, why);
        }
    }
    if let Some(largest) = relay.largest.filter(|largest| letter.bytes.len() > *largest) {
        let size = letter.bytes.len();
        return unsupported(
            Class::Content,
            format!("the letter has {size} bytes and the relay takes at most {largest}"),
        );
    }
    match letter.bytes.is_ascii() || relay.eight_bit_mime {
        true => Ok(()),
        false => unsupported(
            Class::Content,
            "the letter has 8-bit text and the relay does not offer 8BITMIME".to_owned(),
        ),
    }
}

fn parameters(letter: &Envelope<'_>, relay: &Capabilities) -> Vec<MailParameter> {
    let needs_utf8 = letter.to.needs_smtputf8() || letter.from.needs_smtputf8();
    let size = relay.size.then_some(MailParameter::Size(letter.bytes.len()));
    let body = (!letter.bytes.is_ascii()).then_some(MailParameter::Body(MailBodyParameter::EightBitMime));
    let utf8 = needs_utf8.then_some(MailParameter::SmtpUtfEight);
    [size, body, utf8].into_iter().flatten().collect()
}

/// Not checked again: an [`crate::address::Address`] holds nothing that could end a path or a command.
fn path(address: &Address) -> lettre::Address {
    lettre::Address::new_dangerous(address.local_part(), address.domain())
}
