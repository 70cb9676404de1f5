//! A small relay that plays a script to one visitor.

use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// One turn of a scripted relay.
#[derive(Debug, Clone)]
pub(super) enum Turn {
    /// Reads until these bytes have come.
    Hear(&'static str),
    Say(&'static str),
    /// Says it one byte a write.
    Drip(&'static str),
    /// TLS from here on.
    Encrypt,
    /// Waits for the test.
    Await(Arc<Notify>),
    Close,
    /// Reads no more and says no more, but keeps the connection.
    Sleep,
}

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<W: AsyncRead + AsyncWrite + Unpin + Send> Wire for W {}

/// Says nothing, and listens until the visitor is gone.
pub(super) const LISTEN: Turn = Turn::Hear("\0");

/// Up to and with the visitor's DATA.
pub(super) const UNTIL_DATA: [Turn; 8] = [
    Turn::Say("220 hi\r\n"),
    Turn::Hear("EHLO"),
    Turn::Say("250 relay\r\n"),
    Turn::Hear("MAIL"),
    Turn::Say("250 ok\r\n"),
    Turn::Hear("RCPT"),
    Turn::Drip("250-a\r\n250 b\r\n"),
    Turn::Hear("DATA"),
];

/// A relay that plays `turns` to one visitor; what it has heard comes back at the end.
pub(super) async fn scripted(acceptor: Option<TlsAcceptor>, turns: Vec<Turn>) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    (
        port,
        tokio::spawn(async move { play(listener.accept().await.unwrap().0, acceptor, turns).await }),
    )
}

/// A relay with a play for each visitor in turn; what it has heard of each comes back at the end.
pub(super) async fn visited(acceptor: Option<TlsAcceptor>, plays: Vec<Vec<Turn>>) -> (u16, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let playing = async move {
        let mut heard = Vec::new();
        for turns in plays {
            heard.push(play(listener.accept().await.unwrap().0, acceptor.clone(), turns).await);
        }
        heard
    };
    (port, tokio::spawn(playing))
}

async fn play(tcp: TcpStream, acceptor: Option<TlsAcceptor>, turns: Vec<Turn>) -> String {
    tcp.set_nodelay(true).unwrap();
    let mut clear = Some(tcp);
    let mut secure: Option<Box<dyn Wire>> = None;
    let (mut heard, mut done) = (String::new(), 0);
    for turn in turns {
        if matches!(turn, Turn::Encrypt) {
            let encrypted = acceptor.as_ref().unwrap().accept(clear.take().unwrap()).await;
            secure = Some(match encrypted {
                Ok(encrypted) => Box::new(encrypted),
                Err(_) => return heard,
            });
            continue;
        }
        let wire: &mut dyn Wire = match &mut secure {
            Some(secure) => secure,
            None => clear.as_mut().unwrap(),
        };
        match turn {
            Turn::Hear(words) => {
                let mut buffer = [0; 4096];
                while !heard[done..].contains(words) {
                    match wire.read(&mut buffer).await {
                        Ok(0) | Err(_) => return heard,
                        Ok(octets) => heard.push_str(&String::from_utf8_lossy(&buffer[..octets])),
                    }
                }
                done = done + heard[done..].find(words).unwrap() + words.len();
            }
            Turn::Say(words) => drop(wire.write_all(words.as_bytes()).await),
            Turn::Drip(words) => {
                for byte in words.as_bytes() {
                    wire.write_all(&[*byte]).await.unwrap();
                    tokio::task::yield_now().await;
                }
            }
            Turn::Close => return heard,
            Turn::Await(signal) => signal.notified().await,
            Turn::Sleep => std::future::pending().await,
            Turn::Encrypt => unreachable!("done above"),
        }
        if let Some(secure) = &mut secure {
            drop(secure.flush().await);
        }
    }
    heard
}
