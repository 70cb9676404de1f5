//! The sockets of the sink: one thread for all connections, so that no reply waits for a switch of tasks.
//!
//! With a delay each reply leaves that long after what it answers has come, so pipelined commands share one delay, as on a long line. The
//! timer counts whole milliseconds and rounds up. What TCP itself would wait for on a long line is not imitated.

use super::Offers;
use super::session::{Session, Then};
use super::tally::Tally;
use std::cell::RefCell;
use std::io::Read as _;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::OwnedWriteHalf;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{Instant, sleep_until};

const BANNER: &[u8] = b"220 sink ESMTP\r\n";

/// The process of a sink: says its port, takes letters until its input ends, says what came.
pub(crate) fn serve(arguments: &[String]) {
    let [offers, delay] = arguments else {
        panic!("sink OFFERS DELAY_MS");
    };
    let (offers, delay) = (Offers::of(offers), Duration::from_millis(delay.parse().unwrap()));
    let tally = Rc::new(RefCell::new(Tally::default()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    LocalSet::new().block_on(&runtime, async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("{}", listener.local_addr().unwrap().port());
        spawn_local(accept(listener, offers, delay, Rc::clone(&tally)));
        end_of_input().await;
    });
    println!("{}", serde_json::to_string(&tally.borrow().report()).unwrap());
}

async fn end_of_input() {
    let (end, ended) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = end.send(());
    });
    let _ = ended.await;
}

async fn accept(listener: TcpListener, offers: Offers, delay: Duration, tally: Rc<RefCell<Tally>>) {
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).unwrap();
        tally.borrow_mut().connections += 1;
        let (session, tally) = (Session::new(offers), Rc::clone(&tally));
        // A sender that hangs up without a word has said all it had to say.
        spawn_local(async move {
            let _ = match delay.is_zero() {
                true => at_once(stream, session, &tally).await,
                false => later(stream, session, &tally, delay).await,
            };
        });
    }
}

/// Everything that a read brought is answered by one write.
async fn at_once(mut stream: TcpStream, mut session: Session, tally: &RefCell<Tally>) -> std::io::Result<()> {
    let mut replies = BANNER.to_vec();
    loop {
        stream.write_all(&replies).await?;
        replies.clear();
        session.input.reserve(32 << 10);
        if stream.read_buf(&mut session.input).await? == 0 {
            return Ok(());
        }
        if session.answer(&mut tally.borrow_mut(), &mut replies) == Then::Ends {
            return stream.write_all(&replies).await;
        }
    }
}

/// Replies wait on a delay line while the next commands are read.
async fn later(stream: TcpStream, mut session: Session, tally: &RefCell<Tally>, delay: Duration) -> std::io::Result<()> {
    let (mut read, write) = stream.into_split();
    let (line, due) = mpsc::unbounded_channel();
    spawn_local(leave_when_due(write, due));
    let say = |replies: Vec<u8>| line.send((Instant::now() + delay, replies)).is_ok();
    say(BANNER.to_vec());
    loop {
        session.input.reserve(32 << 10);
        if read.read_buf(&mut session.input).await? == 0 {
            return Ok(());
        }
        let mut replies = Vec::new();
        let then = session.answer(&mut tally.borrow_mut(), &mut replies);
        if !replies.is_empty() && !say(replies) || then == Then::Ends {
            return Ok(());
        }
    }
}

async fn leave_when_due(mut write: OwnedWriteHalf, mut line: mpsc::UnboundedReceiver<(Instant, Vec<u8>)>) {
    while let Some((due, replies)) = line.recv().await {
        sleep_until(due).await;
        if write.write_all(&replies).await.is_err() {
            return;
        }
    }
}
