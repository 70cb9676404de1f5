//! The line to a mail server: whole answers in, commands out, nothing without a deadline.
//!
//! Promises: an answer is bounded before it is read; a slow line has the time that its length needs. Knows nothing of what is said.

use super::trouble::Trouble;
use crate::mailbox::MOST_BYTES;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

/// A mail, and what stands around it.
const MOST_OF_AN_ANSWER: usize = MOST_BYTES + MOST_OF_A_LINE;
/// The longest lines list what a server can do, or what flags a folder knows.
const MOST_OF_A_LINE: usize = 64 * 1024;
const BLOCK: usize = 16 * 1024;
/// Bytes a second; a line that is slower than this is of no use.
const SLOWEST: u64 = 8 * 1024;

/// How long we wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// TCP to all addresses together, and then TLS.
    pub(super) connect: Duration,
    /// Each answer, without the time a long one needs to arrive.
    pub(super) answer: Duration,
    /// All answers to one command.
    pub(super) command: Duration,
    /// Saying goodbye.
    pub(super) goodbye: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
            command: Duration::from_secs(15 * 60),
            goodbye: Duration::from_secs(3),
        }
    }
}

/// An open connection.
pub(super) struct Line<S> {
    stream: S,
    /// What has come and was not given out yet.
    buffer: Vec<u8>,
    pub(super) patience: Patience,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    pub(super) fn new(stream: S, patience: Patience) -> Self {
        let buffer = Vec::new();
        Self {
            stream,
            buffer,
            patience,
        }
    }

    /// Writes all of it.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        let written = timeout(self.patience.answer, writing).await;
        written
            .map_err(|_| Trouble::Silent(self.patience.answer))?
            .map_err(|error| lost(&error))
    }

    /// One whole answer: a line, with every literal that it announces.
    pub(super) async fn answer(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut until = Instant::now() + self.patience.answer;
        let (mut begun, mut looked) = (0, 0);
        loop {
            let Some(end) = self.buffer[looked..].iter().position(|&byte| byte == b'\n') else {
                looked = self.buffer.len();
                if looked - begun > MOST_OF_A_LINE {
                    return Err(Trouble::Confused {
                        what: "a line without an end",
                    });
                }
                self.fill(until).await?;
                continue;
            };
            let end = looked + end + 1;
            let Some(literal) = announced(&self.buffer[begun..end]) else {
                return Ok(self.cut_off(end));
            };
            if end + literal > MOST_OF_AN_ANSWER {
                return Err(Trouble::Confused {
                    what: "it sends more than was asked for",
                });
            }
            until += Duration::from_secs(literal as u64 / SLOWEST);
            self.buffer.reserve(literal);
            while self.buffer.len() < end + literal {
                self.fill(until).await?;
            }
            (begun, looked) = (end + literal, end + literal);
        }
    }

    fn cut_off(&mut self, end: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(end);
        std::mem::replace(&mut self.buffer, rest)
    }

    async fn fill(&mut self, until: Instant) -> Result<(), Trouble> {
        let mut block = [0; BLOCK];
        match timeout_at(until, self.stream.read(&mut block)).await {
            Ok(Ok(0)) => Err(Trouble::Lost {
                why: "it hung up".to_owned(),
            }),
            Ok(Ok(read)) => {
                self.buffer.extend_from_slice(&block[..read]);
                Ok(())
            }
            Ok(Err(error)) => Err(lost(&error)),
            Err(_) => Err(Trouble::Silent(self.patience.answer)),
        }
    }
}

/// How many bytes follow this line, by the `{42}` at its end (RFC 3501 §4.3, RFC 7888).
fn announced(line: &[u8]) -> Option<usize> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let open = line.iter().rposition(|&byte| byte == b'{')?;
    let digits = &line[open + 1..];
    let digits = digits.strip_suffix(b"+").unwrap_or(digits);
    let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    // One that overflows is above every bound.
    is_number
        .then(|| std::str::from_utf8(digits).ok()?.parse().ok())
        .map(|count| count.unwrap_or(usize::MAX / 2))
}

fn lost(error: &io::Error) -> Trouble {
    let why = match error.kind() {
        io::ErrorKind::UnexpectedEof => "it hung up".to_owned(),
        kind => kind.to_string(),
    };
    Trouble::Lost { why }
}
