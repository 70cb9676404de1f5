//! Carries bytes between a conversation and its line until something has happened, each phase under its deadline.
//!
//! Knows nothing of SMTP but the pieces' meaning: while a body is written the relay is listened to, and the terminator is begun only
//! when the whole body is flushed and the relay has nothing to say against it.

use crate::delivery::reply::Stage;
use crate::relay::conversation::{Conversation, Event, Piece};
use crate::relay::server::Deadlines;
use std::future::{Future, pending, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, timeout, timeout_at};

/// What bytes go over: TCP, or TLS on it.
pub(super) trait Line: AsyncRead + AsyncWrite + Unpin + Send {}

impl<L: AsyncRead + AsyncWrite + Unpin + Send> Line for L {}

/// So much of a body is given to the kernel at a time; each block has its own deadline (RFC 5321 §4.5.3.2.5).
const BLOCK: usize = 64 * 1024;
/// So much is read at a time: the replies to several letters.
const READ: usize = 2 * 1024;
/// How long a relay is heard out after it stopped listening.
const HEAR_OUT: Duration = Duration::from_secs(1);

/// What bytes stand in on their way in and out, kept for the life of a connection.
pub(super) struct Buffers {
    read: Box<[u8]>,
    write: Vec<u8>,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            read: vec![0; READ].into(),
            write: Vec::new(),
        }
    }
}

/// Writes and reads until the conversation has come to something.
pub(super) async fn converse<L: Line>(
    line: &mut L,
    conversation: &mut Conversation,
    deadlines: &Deadlines,
    buffers: &mut Buffers,
) -> Event {
    loop {
        if let Some(event) = converse_until(pin!(pending()), line, conversation, deadlines, buffers).await {
            return event;
        }
    }
}

/// The same, until being called ends it: `None` then. It is asked before each write, and while the relay's word is awaited; what is being
/// written is written whole first, so that the conversation can go on.
pub(super) async fn converse_until<L: Line, C: Future<Output = ()>>(
    mut called: Pin<&mut C>,
    line: &mut L,
    conversation: &mut Conversation,
    deadlines: &Deadlines,
    buffers: &mut Buffers,
) -> Option<Event> {
    let Buffers { read, write } = buffers;
    loop {
        if poll_fn(|context| Poll::Ready(called.as_mut().poll(context).is_ready())).await {
            return None;
        }
        let done = match Slice::cut(conversation, write) {
            Some(slice) => slice.write(line, conversation, write, read, deadlines.block).await,
            None => match conversation.poll() {
                Some(event) => return Some(event),
                None => tokio::select! {
                    biased;
                    () = called.as_mut() => return None,
                    heard = listen(line, conversation, deadlines, read) => heard,
                },
            },
        };
        if let Err(why) = done {
            conversation.lost(&why);
        }
    }
}

/// What is written at once. A terminator is always its first octets: all before it is flushed then, so that what is lost earlier is
/// a definite no.
struct Slice {
    begins_with_terminator: bool,
    has_body: bool,
}

impl Slice {
    /// Takes the next slice out into `bytes`, in place of what they held.
    fn cut(conversation: &mut Conversation, bytes: &mut Vec<u8>) -> Option<Self> {
        let first = conversation.output()?;
        let begins_with_terminator = matches!(first, Piece::EndOfData(_));
        let mut has_body = matches!(first, Piece::Body(_));
        bytes.clear();
        // A large letter's room is not kept.
        bytes.shrink_to(BLOCK);
        bytes.extend_from_slice(first.bytes());
        while let Some(next) =
            conversation.output_if(|next| !matches!(next, Piece::EndOfData(_)) && bytes.len() + next.bytes().len() <= BLOCK)
        {
            has_body |= matches!(next, Piece::Body(_));
            bytes.extend_from_slice(next.bytes());
        }
        Some(Self {
            begins_with_terminator,
            has_body,
        })
    }

    async fn write<L: Line>(
        &self,
        line: &mut L,
        conversation: &mut Conversation,
        bytes: &[u8],
        heard: &mut [u8],
        deadline: Duration,
    ) -> Result<(), String> {
        match (self.has_body, self.begins_with_terminator) {
            (true, _) => write_body(line, conversation, bytes, heard, deadline).await,
            (false, true) => write(line, bytes, deadline).await,
            (false, false) => write_command(line, conversation, bytes, heard, deadline).await,
        }
    }
}

/// Takes what has already come in, without waiting: farewells, surplus replies, the end of the line.
pub(super) async fn overhear<L: Line>(line: &mut L, conversation: &mut Conversation, buffers: &mut Buffers) {
    take_what_is_there(line, conversation, &mut buffers.read).await;
}

async fn take_what_is_there<L: Line>(line: &mut L, conversation: &mut Conversation, buffer: &mut [u8]) {
    // Tokio learns what has come in when the task gives way.
    tokio::task::yield_now().await;
    tokio::select! {
        biased;
        read = line.read(buffer) => {
            if let Err(why) = take(conversation, buffer, read) {
                conversation.lost(&why);
            }
        }
        () = std::future::ready(()) => {}
    }
}

/// Listens until the conversation has something to say or to tell; each reply has its own deadline.
///
/// Dropped, it has lost nothing: what was read the conversation has.
async fn listen<L: Line>(
    line: &mut L,
    conversation: &mut Conversation,
    deadlines: &Deadlines,
    buffer: &mut [u8],
) -> Result<(), String> {
    let deadline = patience(conversation.awaited_stage(), deadlines);
    let awaited = conversation.awaited_replies();
    let hearing = async {
        loop {
            let read = line.read(buffer).await;
            take(conversation, buffer, read)?;
            if conversation.has_news() || conversation.has_output() || conversation.awaited_replies() != awaited {
                return Ok(());
            }
        }
    };
    timeout(deadline, hearing)
        .await
        .unwrap_or_else(|_| Err(format!("the relay did not answer within {}", spoken(deadline))))
}

fn patience(awaited: Option<Stage>, deadlines: &Deadlines) -> Duration {
    match awaited {
        Some(Stage::Data) => deadlines.data,
        Some(Stage::EndOfData) => deadlines.end_of_data,
        Some(
            Stage::Connect
            | Stage::Tls
            | Stage::Greeting
            | Stage::Ehlo
            | Stage::StartTls
            | Stage::Login
            | Stage::Mail
            | Stage::Rcpt,
        )
        | None => deadlines.reply,
    }
}

/// Gives the conversation what was read; the end of the line is an error.
fn take(conversation: &mut Conversation, buffer: &[u8], read: io::Result<usize>) -> Result<(), String> {
    match read {
        Ok(0) => Err("the relay closed the connection".to_owned()),
        Ok(octets) => {
            conversation.receive(&buffer[..octets]);
            Ok(())
        }
        Err(error) => Err(broke(&error)),
    }
}

fn broke(error: &io::Error) -> String {
    match error.kind() {
        // TLS without its proper end: for SMTP, whose replies end by themselves, a close like any other.
        io::ErrorKind::UnexpectedEof => "the relay closed the connection".to_owned(),
        kind => format!("the connection to the relay broke: {kind}"),
    }
}

fn spoken(deadline: Duration) -> String {
    match deadline.as_secs() {
        0 => format!("{} ms", deadline.as_millis()),
        seconds if seconds >= 60 && seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

/// Writes and flushes all of `bytes`.
async fn write<L: Line>(line: &mut L, bytes: &[u8], deadline: Duration) -> Result<(), String> {
    let writing = async {
        line.write_all(bytes).await?;
        line.flush().await
    };
    let written = timeout(deadline, writing).await;
    written.map_or_else(|_| Err(stuck(deadline)), |done| done.map_err(|error| broke(&error)))
}

fn stuck(deadline: Duration) -> String {
    format!("the relay took no bytes for {}", spoken(deadline))
}

/// A relay that closes often says why: its words are read before the line is given up.
///
/// Not so behind a terminator that could not be written: whatever is read there answers something else.
async fn write_command<L: Line>(
    line: &mut L,
    conversation: &mut Conversation,
    bytes: &[u8],
    heard: &mut [u8],
    deadline: Duration,
) -> Result<(), String> {
    let written = write(line, bytes, deadline).await;
    if written.is_err() {
        hear_out(line, conversation, heard).await;
    }
    written
}

async fn hear_out<L: AsyncRead + Unpin>(line: &mut L, conversation: &mut Conversation, buffer: &mut [u8]) {
    let hearing = async {
        while !conversation.has_news() {
            let read = line.read(buffer).await;
            if take(conversation, buffer, read).is_err() {
                return;
            }
        }
    };
    // What was not said in time is not waited for.
    let _ = timeout(HEAR_OUT, hearing).await;
}

/// Writes what holds a body, listening all the while: a relay may refuse a letter, or close, long before its end.
async fn write_body<L: Line>(
    line: &mut L,
    conversation: &mut Conversation,
    body: &[u8],
    heard: &mut [u8],
    deadline: Duration,
) -> Result<(), String> {
    let (mut ear, mut mouth) = tokio::io::split(&mut *line);
    let mut rest = body;
    let mut until = Instant::now() + deadline;
    while !rest.is_empty() && !conversation.is_over() {
        let block = &rest[..rest.len().min(BLOCK)];
        tokio::select! {
            biased;
            read = ear.read(heard) => take(conversation, heard, read)?,
            written = timeout_at(until, mouth.write(block)) => match written {
                Ok(Ok(octets)) if octets > 0 => {
                    rest = &rest[octets..];
                    // Tokio learns what has come in when the task gives way: a relay that takes block after block may have said goodbye.
                    if !rest.is_empty() {
                        tokio::task::yield_now().await;
                    }
                    until = Instant::now() + deadline;
                }
                Ok(Ok(_)) => return Err("the relay closed the connection".to_owned()),
                Ok(Err(error)) => {
                    hear_out(&mut ear, conversation, heard).await;
                    return Err(broke(&error));
                }
                Err(_) => return Err(stuck(deadline)),
            }
        }
    }
    let flushed = timeout(deadline, mouth.flush()).await;
    flushed.map_err(|_| stuck(deadline))?.map_err(|error| broke(&error))?;
    take_what_is_there(line, conversation, heard).await;
    Ok(())
}
