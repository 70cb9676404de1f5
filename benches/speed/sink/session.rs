//! One connection of the sink, without its socket: bytes in, replies out.
//!
//! Promises: a letter counts only after MAIL and RCPT were said for it, in this order, and all of it has come; whatever else is said in
//! its place is a fault. Knows nothing of time but that a letter has ended.

use super::Offers;
use super::tally::Tally;
use memchr::memchr;
use memchr::memmem::Finder;

/// More than any letter of the benchmark; a sender that goes on beyond it is not waiting for an answer.
const ROOM: usize = 4 << 20;

pub(super) struct Session {
    offers: Offers,
    /// What has come and is not used up yet.
    pub(super) input: Vec<u8>,
    /// How much of `input` is known not to end the letter.
    searched: usize,
    end: Finder<'static>,
    is_greeted: bool,
    is_in_data: bool,
    has_sender: bool,
    recipient: Option<u64>,
    /// What earlier chunks of this letter held: octets, and its Message-ID.
    before: (usize, Option<u64>),
}

/// Whether the connection goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    Goes,
    Ends,
}

impl Session {
    pub(super) fn new(offers: Offers) -> Self {
        Self {
            offers,
            input: Vec::with_capacity(64 << 10),
            searched: 0,
            end: Finder::new(b"\r\n.\r\n"),
            is_greeted: false,
            is_in_data: false,
            has_sender: false,
            recipient: None,
            before: (0, None),
        }
    }

    /// Answers everything in `input` that is whole.
    pub(super) fn answer(&mut self, tally: &mut Tally, replies: &mut Vec<u8>) -> Then {
        let input = std::mem::take(&mut self.input);
        let (mut used, mut then) = (0, Then::Goes);
        while then == Then::Goes {
            let rest = &input[used..];
            let step = match self.is_in_data {
                true => self.take_text(rest, tally, replies),
                false => self.take_command(rest, tally, replies),
            };
            match step {
                Some((octets, goes)) => (used, then) = (used + octets, goes),
                None => break,
            }
        }
        self.input = input;
        self.input.drain(..used);
        if self.input.len() > ROOM {
            tally.fault(b"a letter or a line without an end");
            return Then::Ends;
        }
        then
    }

    /// A text by DATA, if its end has come.
    fn take_text(&mut self, input: &[u8], tally: &mut Tally, replies: &mut Vec<u8>) -> Option<(usize, Then)> {
        let Some(at) = self.end.find(&input[self.searched..]) else {
            self.searched = input.len().saturating_sub(4);
            return None;
        };
        let text = &input[..self.searched + at + 2];
        self.take_letter(text, tally, replies);
        self.is_in_data = false;
        Some((text.len() + 3, Then::Goes))
    }

    /// A command, if all of it has come; BDAT comes with its chunk.
    fn take_command(&mut self, input: &[u8], tally: &mut Tally, replies: &mut Vec<u8>) -> Option<(usize, Then)> {
        let end = memchr(b'\n', input)? + 1;
        let line = input[..end].strip_suffix(b"\r\n").unwrap_or(b"");
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let mut then = Then::Goes;
        let reply: &[u8] = match verb.as_slice() {
            b"EHLO" | b"HELO" => {
                self.is_greeted = true;
                self.reset();
                self.hello(verb[0] == b'E')
            }
            b"MAIL" if self.is_greeted && !self.has_sender => {
                tally.mail += 1;
                self.has_sender = true;
                b"250 2.1.0 ok\r\n"
            }
            b"RCPT" if self.has_sender && self.recipient.is_none() => {
                self.recipient = Some(tally.mark(line));
                b"250 2.1.5 ok\r\n"
            }
            b"DATA" if self.recipient.is_some() && self.before.0 == 0 => {
                tally.data += 1;
                (self.is_in_data, self.searched) = (true, 0);
                b"354 go on\r\n"
            }
            b"BDAT" if self.recipient.is_some() && self.offers == Offers::Chunking => {
                return self
                    .take_chunk(line, &input[end..], tally, replies)
                    .map(|octets| (end + octets, then));
            }
            b"RSET" => {
                tally.rset += 1;
                self.reset();
                b"250 2.0.0 flushed\r\n"
            }
            b"NOOP" => b"250 2.0.0 ok\r\n",
            b"QUIT" => {
                then = Then::Ends;
                b"221 2.0.0 bye\r\n"
            }
            _ => {
                tally.fault(&input[..end]);
                b"503 5.5.1 not now\r\n"
            }
        };
        replies.extend_from_slice(reply);
        Some((end, then))
    }

    /// The chunk of a BDAT command, if all of it has come: gives its octets.
    fn take_chunk(&mut self, line: &[u8], rest: &[u8], tally: &mut Tally, replies: &mut Vec<u8>) -> Option<usize> {
        let words = String::from_utf8_lossy(line);
        let mut words = words.split(' ').skip(1);
        let Some(octets) = words.next().and_then(|number| number.parse::<usize>().ok()) else {
            tally.fault(line);
            replies.extend_from_slice(b"501 5.5.4 how many?\r\n");
            return Some(0);
        };
        let chunk = rest.get(..octets)?;
        tally.bdat += 1;
        match words.next() {
            None => {
                let known = self.before.1.or_else(|| message_id(chunk, tally));
                self.before = (self.before.0 + octets, known);
                replies.extend_from_slice(b"250 2.0.0 chunk taken\r\n");
            }
            Some(_) => {
                if !chunk.ends_with(b"\r\n") {
                    tally.fault(b"a last chunk without a line end");
                }
                self.take_letter(chunk, tally, replies);
            }
        }
        Some(octets)
    }

    fn take_letter(&mut self, text: &[u8], tally: &mut Tally, replies: &mut Vec<u8>) {
        let (octets, known) = self.before;
        let known = known.or_else(|| message_id(text, tally));
        // Only said yes to with a recipient.
        let recipient = self.recipient.unwrap_or_default();
        tally.take(recipient, known, octets + text.len());
        replies.extend_from_slice(b"250 2.0.0 taken\r\n");
        self.reset();
    }

    fn reset(&mut self) {
        self.has_sender = false;
        self.recipient = None;
        self.before = (0, None);
    }

    fn hello(&self, is_extended: bool) -> &'static [u8] {
        match self.offers {
            _ if !is_extended => b"250 sink\r\n",
            Offers::Nothing => b"250-sink\r\n250 8BITMIME\r\n",
            Offers::Pipelining => b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            Offers::Chunking => b"250-sink\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n",
        }
    }
}

/// The hash of the line `Message-ID:` in a letter's head.
fn message_id(text: &[u8], tally: &Tally) -> Option<u64> {
    let mut rest = text;
    while let Some(end) = memchr(b'\n', rest) {
        let line = &rest[..end];
        if line.len() < 2 {
            return None;
        }
        if line.get(..11).is_some_and(|name| name.eq_ignore_ascii_case(b"message-id:")) {
            return Some(tally.mark(line));
        }
        rest = &rest[end + 1..];
    }
    None
}
