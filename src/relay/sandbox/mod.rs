//! The sandbox: a real SMTP server on loopback, inside this process, that files every letter it accepts.
//!
//! Promises: a rehearsal goes through the very same conversation and socket as a real sending; a letter stands in the outbox before
//! its 250 leaves; nothing is sent on to anybody. Knows nothing of campaigns; it is as strict as the relays it stands in for.

mod command;
mod data;
mod session;

#[cfg(test)]
mod tests;

use crate::relay::outbox::Outbox;
use crate::relay::sandbox::session::{Session, Step, Verdict};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

/// RFC 5321 §4.5.3.2.7: so long a server waits for the next command.
const IDLE: Duration = Duration::from_secs(5 * 60);

/// A running sandbox relay.
#[derive(Debug)]
pub struct Sandbox {
    port: u16,
    closing: watch::Sender<bool>,
    counts: Arc<Counts>,
    serving: JoinHandle<()>,
}

/// What a sandbox has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Letters filed in the outbox.
    pub accepted: u64,
    /// Senders, recipients, letters and other commands that were refused.
    pub refused: u64,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
}

impl Sandbox {
    /// Starts a relay on a port of 127.0.0.1 that the kernel chooses; its letters go to the folder `outbox`. Needs a running tokio.
    ///
    /// # Errors
    /// When the folder cannot be made or the port not be opened.
    pub fn start(outbox: &Path) -> io::Result<Self> {
        let outbox = Arc::new(Outbox::open(outbox)?);
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let port = listener.local_addr()?.port();
        let (closing, closed) = watch::channel(false);
        let counts = Arc::new(Counts::default());
        let serving = tokio::spawn(serve(listener, outbox, Arc::clone(&counts), closed));
        Ok(Self {
            port,
            closing,
            counts,
            serving,
        })
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What it has done so far.
    pub fn summary(&self) -> Summary {
        let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        Summary {
            accepted: count(&self.counts.accepted),
            refused: count(&self.counts.refused),
        }
    }

    /// Takes no new connections, answers what is open, says 421 to the rest, and ends.
    pub async fn stop(mut self) -> Summary {
        // The server may have ended already; then nobody listens.
        let _ = self.closing.send(true);
        let _ = (&mut self.serving).await;
        self.summary()
    }
}

async fn serve(listener: TcpListener, outbox: Arc<Outbox>, counts: Arc<Counts>, mut closed: watch::Receiver<bool>) {
    let mut visitors = JoinSet::new();
    loop {
        tokio::select! {
            _ = closed.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((tcp, _)) => {
                    visitors.spawn(attend(tcp, Arc::clone(&outbox), Arc::clone(&counts), closed.clone()));
                }
                // Out of file handles: the visitor waits until one is free.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            Some(_) = visitors.join_next() => {}
        }
    }
    drop(listener);
    while visitors.join_next().await.is_some() {}
}

/// One connection, from greeting to goodbye.
async fn attend(mut tcp: TcpStream, outbox: Arc<Outbox>, counts: Arc<Counts>, mut closed: watch::Receiver<bool>) {
    let mut session = Session::new();
    let mut buffer = vec![0; 16 * 1024];
    // Fails only on a connection that is already gone; the next write says so.
    let _ = tcp.set_nodelay(true);
    while flush(&mut tcp, &mut session, &outbox, &counts).await.is_ok() && !session.is_over() {
        tokio::select! {
            read = timeout(IDLE, tcp.read(&mut buffer)) => match read {
                Ok(Ok(octets)) if octets > 0 => session.receive(&buffer[..octets]),
                Ok(_) => break,
                Err(_) => session.close("4.4.2 you have been silent for too long"),
            },
            _ = closed.changed() => session.close("4.3.2 the sandbox is closing"),
        }
    }
    // The visitor may have closed first.
    let _ = tcp.shutdown().await;
}

/// Goes on with all that has come in, files what is complete, then writes all replies at once.
async fn flush(tcp: &mut TcpStream, session: &mut Session, outbox: &Arc<Outbox>, counts: &Counts) -> io::Result<()> {
    while let Step::File(letter) = session.advance() {
        let outbox = Arc::clone(outbox);
        let filed = tokio::task::spawn_blocking(move || {
            letter
                .recipients
                .iter()
                .try_for_each(|to| outbox.file(to, &letter.bytes).map(drop))
        });
        let verdict = match filed.await.unwrap_or_else(|fault| Err(io::Error::other(fault))) {
            Ok(()) => Verdict::Filed,
            Err(error) => Verdict::CannotFile(error.to_string()),
        };
        counts
            .accepted
            .fetch_add(u64::from(matches!(verdict, Verdict::Filed)), Ordering::SeqCst);
        session.settle(&verdict);
    }
    counts.refused.fetch_add(session.take_refused(), Ordering::SeqCst);
    tcp.write_all(&session.take_replies()).await
}
