//! A relay that takes everything, each of its replies on a delay line: due = arrival + delay, so that commands of one group share one
//! delay, as they would on a long line.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// What the sink offers in its reply to EHLO.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offers {
    Nothing,
    Pipelining,
    Chunking,
}

pub(crate) struct Sink {
    runtime: Runtime,
    port: u16,
    count: Arc<Counter>,
}

#[derive(Default)]
struct Counter {
    letters: AtomicUsize,
    span: Mutex<Option<(Instant, Instant)>>,
}

/// What came.
pub(crate) struct Count {
    pub(crate) letters: usize,
    span: Duration,
}

impl Count {
    /// Letters a second, from the first letter's end to the last one's.
    pub(crate) fn rate(&self) -> f64 {
        self.letters.saturating_sub(1) as f64 / self.span.as_secs_f64()
    }
}

impl Sink {
    pub(crate) fn start(offers: Offers, delay_ms: u64) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        let count = Arc::new(Counter::default());
        let counter = Arc::clone(&count);
        let delay = Duration::from_millis(delay_ms);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, offers, delay, Arc::clone(&counter)));
            }
        });
        Self { runtime, port, count }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn stop(self) -> Count {
        self.runtime.shutdown_background();
        let span = self
            .count
            .span
            .lock()
            .unwrap()
            .map_or(Duration::ZERO, |(first, last)| last - first);
        Count {
            letters: self.count.letters.load(Ordering::SeqCst),
            span,
        }
    }
}

/// Replies with the moment at which they are due.
type Due = (Instant, Vec<u8>);

async fn serve(stream: TcpStream, offers: Offers, delay: Duration, count: Arc<Counter>) {
    stream.set_nodelay(true).unwrap();
    let (read, write) = stream.into_split();
    let (replies, due) = mpsc::unbounded_channel();
    tokio::spawn(reply(write, due));
    let say = |text: &str| replies.send((Instant::now() + delay, text.as_bytes().to_vec())).is_ok();
    let mut reader = BufReader::with_capacity(64 * 1024, read);
    let (mut line, mut is_open) = (Vec::new(), say("220 sink ESMTP\r\n"));
    while is_open {
        line.clear();
        if reader.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let verb = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        is_open = match verb.as_slice() {
            b"EHLO" | b"HELO" => say(hello(offers)),
            b"DATA" => {
                say("354 go on\r\n");
                take_data(&mut reader).await && note(&count) && say("250 2.0.0 taken\r\n")
            }
            b"BDAT" => take_chunk(&mut reader, &line).await && note(&count) && say("250 2.0.0 taken\r\n"),
            b"MAIL" => say("250 2.1.0 ok\r\n"),
            b"RCPT" => say("250 2.1.5 ok\r\n"),
            b"QUIT" => {
                say("221 2.0.0 bye\r\n");
                false
            }
            _ => say("250 2.0.0 ok\r\n"),
        };
    }
}

fn hello(offers: Offers) -> &'static str {
    match offers {
        Offers::Nothing => "250-sink\r\n250 8BITMIME\r\n",
        Offers::Pipelining => "250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
        Offers::Chunking => "250-sink\r\n250-PIPELINING\r\n250-CHUNKING\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n",
    }
}

async fn take_data(reader: &mut (impl AsyncBufReadExt + Unpin)) -> bool {
    let mut line = Vec::new();
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line).await {
            Ok(octets) if octets > 0 && line != b".\r\n" => {}
            Ok(octets) => return octets > 0,
            Err(_) => return false,
        }
    }
}

async fn take_chunk(reader: &mut (impl AsyncReadExt + Unpin), command: &[u8]) -> bool {
    let command = String::from_utf8_lossy(command);
    let length: usize = command
        .split_ascii_whitespace()
        .nth(1)
        .and_then(|number| number.parse().ok())
        .unwrap();
    let mut chunk = vec![0; length];
    reader.read_exact(&mut chunk).await.is_ok()
}

fn note(count: &Counter) -> bool {
    count.letters.fetch_add(1, Ordering::SeqCst);
    let now = Instant::now();
    let mut span = count.span.lock().unwrap();
    *span = Some(span.map_or((now, now), |(first, _)| (first, now)));
    true
}

/// Writes each reply when it is due; those that are due together leave together.
async fn reply(mut write: OwnedWriteHalf, mut replies: mpsc::UnboundedReceiver<Due>) {
    while let Some((due, mut bytes)) = replies.recv().await {
        tokio::time::sleep_until(due.into()).await;
        while let Ok((next, more)) = replies.try_recv() {
            if next > Instant::now() {
                if write.write_all(&bytes).await.is_err() {
                    return;
                }
                tokio::time::sleep_until(next.into()).await;
                bytes.clear();
            }
            bytes.extend(more);
        }
        if write.write_all(&bytes).await.is_err() {
            return;
        }
    }
}
