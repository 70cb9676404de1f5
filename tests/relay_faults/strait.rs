//! A strait before the judge: it lets few through at once, keeps few bytes back, or is moved to another address in mid-campaign.
//!
//! Promises: bytes go through as they come, both ways; whoever is turned away is told so in SMTP and counted. Knows no TLS.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;

/// Where a relay is that moves, first and then.
const PLACES: [Ipv4Addr; 2] = [Ipv4Addr::new(127, 0, 0, 2), Ipv4Addr::new(127, 0, 0, 3)];

/// What a narrow one keeps back, each way.
const NARROW: u32 = 1 << 16;

/// A running strait; it ends when dropped.
pub(super) struct Strait {
    port: u16,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Strait {
    /// Lets `most` connections through at a time to the server on this port, and turns the others away.
    pub(super) fn for_at_most(most: usize, server: u16) -> Self {
        let listener = listen(Ipv4Addr::LOCALHOST, 0).unwrap();
        let port = listener.local_addr().unwrap().port();
        Self::run(port, async move {
            let listener = TcpListener::from_std(listener).unwrap();
            let open = Arc::new(AtomicUsize::new(0));
            while let Ok((visitor, _)) = listener.accept().await {
                tokio::spawn(pass_or_turn_away(visitor, server, most, Arc::clone(&open)));
            }
        })
    }

    /// Keeps so little back that a judge who does not read stops the sender in the middle of a long letter.
    pub(super) fn that_is_narrow(server: u16) -> Self {
        let (sender, port) = std::sync::mpsc::channel();
        let work = async move {
            let socket = narrow_socket();
            socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
            let listener = socket.listen(16).unwrap();
            sender.send(listener.local_addr().unwrap().port()).unwrap();
            while let Ok((visitor, _)) = listener.accept().await {
                tokio::spawn(async move {
                    if let Ok(judge) = narrow_socket().connect((Ipv4Addr::LOCALHOST, server).into()).await {
                        carry(visitor, judge).await;
                    }
                });
            }
        };
        let mut strait = Self::run(0, work);
        strait.port = port.recv().unwrap();
        strait
    }

    /// Stands at one address until the first visitor has come, and from then on at another: `hosts` is written anew.
    pub(super) fn that_moves(server: u16, hosts: PathBuf) -> Self {
        let (before, after) = two_places();
        let port = before.local_addr().unwrap().port();
        std::fs::write(&hosts, first_hosts()).unwrap();
        Self::run(port, async move {
            let before = TcpListener::from_std(before).unwrap();
            let Ok((first, _)) = before.accept().await else { return };
            drop(before);
            // In place: the program sees this very file through its mount.
            std::fs::write(&hosts, format!("{} localhost\n", PLACES[1])).unwrap();
            tokio::spawn(pass(first, server));
            let after = TcpListener::from_std(after).unwrap();
            while let Ok((visitor, _)) = after.accept().await {
                tokio::spawn(pass(visitor, server));
            }
        })
    }

    fn run(port: u16, work: impl Future<Output = ()> + Send + 'static) -> Self {
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                tokio::select! {
                    () = work => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            port,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Strait {
    fn drop(&mut self) {
        // A strait that fell over has nobody who listens for the stop.
        let _ = self.stop.take().map(|stop| stop.send(()));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the strait fell over");
        }
    }
}

/// What the program is told first of a relay that moves.
fn first_hosts() -> String {
    format!("{} localhost\n", PLACES[0])
}

fn listen(address: Ipv4Addr, port: u16) -> std::io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(SocketAddrV4::new(address, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// The same port at both places: the kernel gives it at the one, and hardly ever has it taken at the other.
fn two_places() -> (std::net::TcpListener, std::net::TcpListener) {
    let both = (0..20).find_map(|_| {
        let before = listen(PLACES[0], 0).unwrap();
        let port = before.local_addr().unwrap().port();
        listen(PLACES[1], port).ok().map(|after| (before, after))
    });
    both.expect("one of twenty ports is free at both places")
}

async fn pass_or_turn_away(mut visitor: TcpStream, server: u16, most: usize, open: Arc<AtomicUsize>) {
    if open.fetch_add(1, Ordering::SeqCst) < most {
        pass(visitor, server).await;
    } else {
        // A visitor who goes first is turned away too.
        drop(visitor.write_all(b"421 4.7.0 judge.example too many connections\r\n").await);
        drop(visitor.shutdown().await);
        drop(visitor.read_to_end(&mut Vec::new()).await);
    }
    open.fetch_sub(1, Ordering::SeqCst);
}

async fn pass(visitor: TcpStream, server: u16) {
    if let Ok(judge) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).await {
        carry(visitor, judge).await;
    }
}

fn narrow_socket() -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(NARROW).unwrap();
    socket.set_send_buffer_size(NARROW).unwrap();
    socket
}

async fn carry(mut visitor: TcpStream, mut judge: TcpStream) {
    drop(judge.set_nodelay(true));
    drop(visitor.set_nodelay(true));
    // Either side may hang up as it likes: that is the other's to see.
    drop(tokio::io::copy_bidirectional(&mut visitor, &mut judge).await);
}
