//! One visitor's session, without the line: bytes in, replies and letters out (RFC 5321 §4.1.4 for the order of commands).
//!
//! Promises: commands of a group are answered in their order; a letter is handed out with its envelope and gets its reply only by
//! [`Session::settle`].

use crate::relay::sandbox::command::{Command, Refusal};
use crate::relay::sandbox::data::{Incoming, LARGEST};
use std::collections::VecDeque;

/// The name in the greeting; `.invalid` cannot be anybody's (RFC 6761).
const NAME: &str = "sandbox.tidings.invalid";
/// RFC 5321 §4.5.3.1.4 asks for 512 octets, extensions for more.
const LONGEST_COMMAND: usize = 2048;
/// RFC 5321 §4.5.3.1.8.
const MOST_RECIPIENTS: usize = 100;

/// A letter with its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FiledLetter {
    pub(super) recipients: Vec<String>,
    pub(super) bytes: Vec<u8>,
}

/// What the session wants.
#[derive(Debug)]
pub(super) enum Step {
    /// More bytes.
    Wait,
    /// This letter filed, then [`Session::settle`].
    File(FiledLetter),
}

/// What became of filing.
#[derive(Debug)]
pub(super) enum Verdict {
    Filed,
    CannotFile(String),
}

#[derive(Debug)]
enum Mode {
    Commands,
    /// A command line that is too long, up to its end.
    Skipping,
    Data(Incoming),
    /// A chunk of which so many octets are still to come; without a letter they are read and dropped.
    Chunk {
        left: usize,
        last: bool,
    },
    Filing,
    Over,
}

#[derive(Debug, Default)]
struct Transaction {
    utf8: bool,
    recipients: Vec<String>,
    chunks: Option<Incoming>,
}

/// A visitor's session.
#[derive(Debug)]
pub(super) struct Session {
    input: VecDeque<u8>,
    replies: Vec<u8>,
    mode: Mode,
    greeted: bool,
    transaction: Option<Transaction>,
    refused: u64,
}

impl Session {
    pub(super) fn new() -> Self {
        let mode = Mode::Commands;
        let mut session = Self {
            input: VecDeque::new(),
            replies: Vec::new(),
            mode,
            greeted: false,
            transaction: None,
            refused: 0,
        };
        session.reply(&format!("220 {NAME} ESMTP the tidings sandbox: nothing is sent on"));
        session
    }

    pub(super) fn receive(&mut self, bytes: &[u8]) {
        self.input.extend(bytes);
    }

    pub(super) fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    pub(super) fn is_over(&self) -> bool {
        matches!(self.mode, Mode::Over)
    }

    /// How many senders, recipients, letters and other commands were refused since the last call.
    pub(super) fn take_refused(&mut self) -> u64 {
        std::mem::take(&mut self.refused)
    }

    /// Says 421 and ends (RFC 5321 §3.8).
    pub(super) fn close(&mut self, why: &str) {
        self.reply(&format!("421 {why}"));
        self.mode = Mode::Over;
    }

    /// Goes on with what has come in, until it needs more or a letter is whole.
    pub(super) fn advance(&mut self) -> Step {
        loop {
            match std::mem::replace(&mut self.mode, Mode::Commands) {
                Mode::Commands => match self.next_line() {
                    Some(line) => self.obey(&line),
                    None => return Step::Wait,
                },
                Mode::Skipping => match self.skip_line() {
                    true => self.reply("500 5.5.2 the command line is too long"),
                    false => return self.wait_in(Mode::Skipping),
                },
                Mode::Data(mut incoming) => match self.read_data(&mut incoming) {
                    true => {
                        if let Some(step) = self.whole(incoming) {
                            return step;
                        }
                    }
                    false => return self.wait_in(Mode::Data(incoming)),
                },
                Mode::Chunk { left, last } => match self.read_chunk(left) {
                    0 => {
                        if let Some(step) = self.chunk_ended(last) {
                            return step;
                        }
                    }
                    left => return self.wait_in(Mode::Chunk { left, last }),
                },
                mode @ (Mode::Filing | Mode::Over) => return self.wait_in(mode),
            }
        }
    }

    /// The letter that was handed out is filed, or cannot be.
    pub(super) fn settle(&mut self, verdict: &Verdict) {
        self.mode = Mode::Commands;
        match verdict {
            Verdict::Filed => self.reply("250 2.0.0 filed in the outbox"),
            Verdict::CannotFile(why) => self.refuse(&format!("451 4.3.0 the letter cannot be filed: {}", why.escape_debug())),
        }
    }

    fn wait_in(&mut self, mode: Mode) -> Step {
        self.mode = mode;
        Step::Wait
    }

    fn reply(&mut self, line: &str) {
        self.replies.extend_from_slice(line.as_bytes());
        self.replies.extend_from_slice(b"\r\n");
    }

    fn refuse(&mut self, line: &str) {
        self.refused += 1;
        self.reply(line);
    }

    /// The next command line, without its LF; begins to skip when it is too long.
    fn next_line(&mut self) -> Option<Vec<u8>> {
        match self.input.iter().position(|octet| *octet == b'\n') {
            Some(end) if end < LONGEST_COMMAND => Some(self.input.drain(..=end).collect()),
            None if self.input.len() < LONGEST_COMMAND => None,
            Some(_) | None => {
                self.mode = Mode::Skipping;
                Some(Vec::new())
            }
        }
    }

    fn skip_line(&mut self) -> bool {
        let end = self.input.iter().position(|octet| *octet == b'\n');
        self.input.drain(..end.map_or(self.input.len(), |end| end + 1));
        end.is_some()
    }

    fn read_data(&mut self, incoming: &mut Incoming) -> bool {
        let octets = self.input.make_contiguous();
        let end = incoming.take_data(octets);
        let taken = end.unwrap_or(octets.len());
        self.input.drain(..taken);
        end.is_some()
    }

    /// Reads what is there of a chunk; how much is still to come.
    fn read_chunk(&mut self, left: usize) -> usize {
        let now = left.min(self.input.len());
        let octets: Vec<u8> = self.input.drain(..now).collect();
        if let Some(incoming) = self.transaction.as_mut().and_then(|transaction| transaction.chunks.as_mut()) {
            incoming.take_chunk(&octets);
        }
        left - now
    }

    fn obey(&mut self, line: &[u8]) {
        if matches!(self.mode, Mode::Skipping) {
            return;
        }
        // A lenient server would let a bare LF end a command, and so let a letter's text become one.
        let Some(line) = line.strip_suffix(b"\r\n") else {
            return self.reply("500 5.5.2 a command must end with CR LF");
        };
        match Command::parse(&String::from_utf8_lossy(line)) {
            Ok(command) => self.carry_out(command),
            Err(refusal) => self.refuse(refusal),
        }
    }

    fn carry_out(&mut self, command: Command) {
        match command {
            Command::Ehlo => self.greet(&EXTENSIONS),
            Command::Helo => self.greet(&[]),
            Command::Mail { size, utf8, from } => self.begin(&from, size, utf8),
            Command::Rcpt { to } => self.add_recipient(to),
            Command::Data => self.begin_data(),
            Command::Bdat { octets, last } => self.begin_chunk(octets, last),
            Command::Rset => {
                self.transaction = None;
                self.reply("250 2.0.0 forgotten");
            }
            Command::Noop => self.reply("250 2.0.0 yes"),
            Command::Vrfy => self.reply("252 2.1.5 try and see"),
            Command::Help => {
                self.reply("214 2.0.0 this is the sandbox of tidings: letters are filed in the outbox, nothing is sent on");
            }
            Command::Quit => {
                self.reply("221 2.0.0 goodbye");
                self.mode = Mode::Over;
            }
        }
    }

    fn greet(&mut self, extensions: &[&str]) {
        (self.greeted, self.transaction) = (true, None);
        let lines: Vec<_> = std::iter::once(&NAME).chain(extensions).collect();
        for (position, line) in lines.iter().enumerate() {
            let sign = if position + 1 < lines.len() { '-' } else { ' ' };
            self.reply(&format!("250{sign}{line}"));
        }
    }

    fn begin(&mut self, from: &str, size: Option<usize>, utf8: bool) {
        match (self.greeted, &self.transaction) {
            (false, _) => self.refuse("503 5.5.1 say EHLO first"),
            (true, Some(_)) => self.refuse("503 5.5.1 a letter is under way already"),
            (true, None) if size.is_some_and(|size| size > LARGEST) => {
                self.refuse("552 5.3.4 the letter is larger than this relay takes");
            }
            (true, None) if !from.is_ascii() && !utf8 => self.refuse("550 5.6.7 the sender's address needs SMTPUTF8"),
            (true, None) => {
                self.transaction = Some(Transaction {
                    utf8,
                    ..Transaction::default()
                });
                self.reply("250 2.1.0 ok");
            }
        }
    }

    fn add_recipient(&mut self, to: String) {
        match &mut self.transaction {
            None => self.refuse("503 5.5.1 say MAIL first"),
            Some(transaction) if !to.is_ascii() && !transaction.utf8 => self.refuse("553 5.6.7 the address needs SMTPUTF8"),
            Some(transaction) if transaction.recipients.len() >= MOST_RECIPIENTS => self.refuse("452 4.5.3 too many recipients"),
            Some(transaction) => {
                transaction.recipients.push(to);
                self.reply("250 2.1.5 ok");
            }
        }
    }

    fn why_no_letter(&self) -> Option<Refusal> {
        match &self.transaction {
            None => Some("503 5.5.1 say MAIL first"),
            Some(transaction) if transaction.recipients.is_empty() => Some("503 5.5.1 say RCPT first"),
            Some(_) => None,
        }
    }

    fn begin_data(&mut self) {
        let in_chunks = self
            .transaction
            .as_ref()
            .is_some_and(|transaction| transaction.chunks.is_some());
        match self.why_no_letter() {
            Some(refusal) => self.refuse(refusal),
            // RFC 3030 §3: BDAT and DATA cannot be mixed in one transaction.
            None if in_chunks => self.refuse("503 5.5.1 the letter has begun with BDAT"),
            None => {
                self.reply("354 end with a dot on a line of its own");
                self.mode = Mode::Data(Incoming::default());
            }
        }
    }

    fn begin_chunk(&mut self, octets: usize, last: bool) {
        let is_in_order = self.why_no_letter().is_none();
        if let Some(transaction) = self.transaction.as_mut().filter(|_| is_in_order) {
            transaction.chunks.get_or_insert_with(Incoming::default);
        }
        self.mode = Mode::Chunk { left: octets, last };
    }

    /// A chunk is read: refused ones too, because their octets come all the same (RFC 3030 §2).
    fn chunk_ended(&mut self, last: bool) -> Option<Step> {
        if let Some(refusal) = self.why_no_letter() {
            self.refuse(refusal);
            return None;
        }
        if !last {
            self.reply("250 2.0.0 go on");
            return None;
        }
        let chunks = self.transaction.as_mut().and_then(|transaction| transaction.chunks.take());
        self.whole(chunks.unwrap_or_default())
    }

    /// All of a letter is here: the transaction ends, whatever comes of it.
    fn whole(&mut self, incoming: Incoming) -> Option<Step> {
        let recipients = self.transaction.take().unwrap_or_default().recipients;
        match incoming.finish() {
            Ok(bytes) => {
                self.mode = Mode::Filing;
                Some(Step::File(FiledLetter { recipients, bytes }))
            }
            Err(fault) => {
                self.refuse(fault.reply());
                None
            }
        }
    }
}

const EXTENSIONS: [&str; 6] = [
    "PIPELINING",
    "CHUNKING",
    "SIZE 26214400",
    "8BITMIME",
    "SMTPUTF8",
    "ENHANCEDSTATUSCODES",
];
