//! Reads whole replies out of the relay's bytes (RFC 5321 §4.2).
//!
//! Promises: memory stays under 64 KiB however much the relay says; a reply is given out only when its last line has ended; what
//! cannot be a reply is an error, after which nothing of this relay is believed any more. Tolerates what real servers do: a bare
//! `250`, lines ended by LF alone, text that is no UTF-8. Knows nothing of commands.

use std::collections::VecDeque;

/// So much of a line is kept; the rest is read and forgotten.
const LINE_KEPT: usize = 2 * 1024;
/// So much of a reply's text is kept.
const TEXT_KEPT: usize = 16 * 1024;
/// So many of a reply's lines are kept.
const LINES_KEPT: usize = 128;
/// A reply longer than this never ends. Generous, because giving up behind an end of data leaves a letter in doubt.
const REPLY_OCTETS: usize = 16 * 1024 * 1024;

/// A whole reply, as the relay wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WholeReply {
    /// The three digits.
    pub(super) code: u16,
    /// The texts of its lines.
    pub(super) lines: Vec<String>,
}

impl WholeReply {
    /// 4xx or 5xx: a no.
    pub(super) fn is_negative(&self) -> bool {
        self.code >= 400
    }
}

/// Why the bytes are no reply.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    /// A line that does not begin with a code.
    #[error("the relay sent `{0}`, which is no SMTP reply")]
    NoReply(String),
    /// Lines of one reply with different codes.
    #[error("the relay began a reply with {0} and went on with {1}")]
    MixedCodes(u16, u16),
    /// A reply without an end.
    #[error("the relay sent a reply that does not end")]
    Endless,
}

/// Collects bytes and gives out replies.
#[derive(Debug, Default)]
pub(super) struct ReplyReader {
    unread: VecDeque<u8>,
    line: Vec<u8>,
    begun: Option<WholeReply>,
    text_kept: usize,
    octets: usize,
}

impl ReplyReader {
    /// Takes what has come in.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.unread.extend(bytes);
    }

    /// Whether nothing is left: neither unread bytes nor a begun reply.
    pub(super) fn is_empty(&self) -> bool {
        self.unread.is_empty() && self.line.is_empty() && self.begun.is_none()
    }

    /// The next reply, as soon as all of it is there.
    pub(super) fn next_reply(&mut self) -> Result<Option<WholeReply>, Broken> {
        while let Some(line) = self.next_line()? {
            if let Some(reply) = self.add(&line)? {
                (self.octets, self.text_kept) = (0, 0);
                return Ok(Some(reply));
            }
        }
        Ok(None)
    }

    fn next_line(&mut self) -> Result<Option<Vec<u8>>, Broken> {
        let end = self.unread.iter().position(|byte| *byte == b'\n');
        let taken = end.map_or(self.unread.len(), |at| at + 1);
        self.octets += taken;
        if self.octets > REPLY_OCTETS {
            return Err(Broken::Endless);
        }
        let room = LINE_KEPT - self.line.len();
        self.line.extend(self.unread.drain(..taken).take(room));
        Ok(end.map(|_| without_line_end(std::mem::take(&mut self.line))))
    }

    /// Adds a line to the begun reply; gives the reply out when the line is its last.
    fn add(&mut self, line: &[u8]) -> Result<Option<WholeReply>, Broken> {
        let (code, more, text) = split(line).ok_or_else(|| Broken::NoReply(shown(line)))?;
        let mut reply = self.begun.take().unwrap_or(WholeReply { code, lines: Vec::new() });
        if reply.code != code {
            return Err(Broken::MixedCodes(reply.code, code));
        }
        if self.text_kept + text.len() <= TEXT_KEPT && reply.lines.len() < LINES_KEPT {
            self.text_kept += text.len();
            reply.lines.push(text);
        }
        if more {
            self.begun = Some(reply);
            return Ok(None);
        }
        Ok(Some(reply))
    }
}

fn without_line_end(mut line: Vec<u8>) -> Vec<u8> {
    for end in [b'\n', b'\r'] {
        if line.last() == Some(&end) {
            line.pop();
        }
    }
    line
}

/// Code, whether more lines follow, text. The code's first digit is 2 to 5; in replies to SMTP commands there is no 1yz.
fn split(line: &[u8]) -> Option<(u16, bool, String)> {
    let (code, rest) = line.split_at_checked(3)?;
    let digits = code.iter().all(u8::is_ascii_digit) && matches!(code[0], b'2'..=b'5');
    let code = digits.then(|| code.iter().fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0')))?;
    let (more, text) = match rest.split_first() {
        None => (false, rest),
        Some((b' ', text)) => (false, text),
        Some((b'-', text)) => (true, text),
        Some(_) => return None,
    };
    Some((code, more, String::from_utf8_lossy(text).into_owned()))
}

/// The beginning of a strange line, harmless for screens and logs.
fn shown(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.chars()
        .take(60)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Vec<(u16, Vec<String>)>, Broken> {
        let mut reader = ReplyReader::default();
        reader.push(bytes);
        let mut replies = Vec::new();
        while let Some(reply) = reader.next_reply()? {
            replies.push((reply.code, reply.lines));
        }
        Ok(replies)
    }

    fn check(bytes: &[u8], expected: &[(u16, &[&str])]) {
        let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
        let expected: Vec<_> = expected.iter().map(|(code, lines)| (*code, owned(lines))).collect();
        assert_eq!(read(bytes), Ok(expected), "{:?}", String::from_utf8_lossy(bytes));
    }

    #[test]
    fn what_real_servers_write_is_understood() {
        check(b"250 ok\r\n", &[(250, &["ok"])]);
        check(b"250\r\n", &[(250, &[""])]);
        check(b"250 \r\n", &[(250, &[""])]);
        check(b"250-one\r\n250-two\r\n250 three\r\n", &[(250, &["one", "two", "three"])]);
        check(b"250-one\r\n250\r\n", &[(250, &["one", ""])]);
        check(b"220 a\n250 b\n", &[(220, &["a"]), (250, &["b"])]);
        check(b"550 bo\xeete pleine\r\n", &[(550, &["bo\u{fffd}te pleine"])]);
        check(b"250 a\rb\0c\r\n", &[(250, &["a\rb\0c"])]);
        check(b"250-never ended\r\n", &[]);
        check(b"25", &[]);
        check(b"250 ok", &[]);
        check(b"250 ok\r", &[]);
    }

    #[test]
    fn what_is_no_reply_is_refused() {
        for garbage in [
            "HTTP/1.1 400 Bad Request\r\n",
            "\r\n",
            "25\r\n",
            "2500 ok\r\n",
            "150 wait\r\n",
            "650 x\r\n",
            "ok\r\n",
            "250_ok\r\n",
        ] {
            assert!(matches!(read(garbage.as_bytes()), Err(Broken::NoReply(_))), "{garbage:?}");
        }
        assert_eq!(read(b"250-a\r\n550 b\r\n"), Err(Broken::MixedCodes(250, 550)));
    }

    #[test]
    fn an_endless_reply_takes_little_memory_and_ends_in_an_error() {
        for line in [
            &b"250-and on\r\n"[..],
            b"250-\r\n",
            b"x",
            b"250-\xff\xff\xff\xff\xff\xff\xff\r\n",
        ] {
            let block = line.repeat(8192 / line.len());
            let mut reader = ReplyReader::default();
            let outcome = (0..REPLY_OCTETS / block.len() + 2).find_map(|_| {
                reader.push(&block);
                let outcome = reader.next_reply();
                let lines = reader.begun.iter().flat_map(|reply| &reply.lines);
                let text: usize = lines.map(|line| line.capacity() + size_of::<String>()).sum();
                let memory = text + reader.line.capacity() + reader.unread.capacity();
                assert!(memory <= 64 * 1024, "{memory}");
                outcome.err()
            });
            assert!(matches!(outcome, Some(Broken::Endless | Broken::NoReply(_))), "{outcome:?}");
        }
    }

    #[test]
    fn ten_megabytes_of_thanks_are_still_a_reply() {
        let mut reader = ReplyReader::default();
        reader.push(b"250 thanks ");
        for _ in 0..1280 {
            reader.push(&[b'x'; 8192]);
            assert_eq!(reader.next_reply(), Ok(None));
        }
        reader.push(b"\r\n");
        assert_eq!(reader.next_reply().map(|reply| reply.map(|reply| reply.code)), Ok(Some(250)));
        assert!(reader.is_empty());
    }
}
