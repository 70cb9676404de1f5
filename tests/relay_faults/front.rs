//! A front that puts TLS before the judge, well or badly.

use crate::peers::certificate::Certificate;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

/// How and how well the line is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tls {
    pub(super) way: Way,
    pub(super) shown: Shown,
    pub(super) trick: Trick,
}

/// When the handshake comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Implicit,
    StartTls,
}

/// Which certificate is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    Good,
    /// Made out to somebody else.
    OtherName,
    Expired,
    /// Vouched for by nobody whom the program trusts.
    Stranger,
}

/// What is done wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trick {
    None,
    /// STARTTLS is not offered.
    NotOffered,
    /// 454 to STARTTLS.
    NotNow,
    /// Clear text behind the 220 to STARTTLS.
    Injects,
    /// The connection ends in the middle of the handshake.
    Cuts,
    /// The connection ends without TLS's own goodbye.
    NoGoodbye,
}

impl Way {
    pub(super) fn setting(self) -> &'static str {
        match self {
            Way::Implicit => "implicit",
            Way::StartTls => "starttls",
        }
    }
}

impl Tls {
    pub(super) const IMPLICIT: Tls = Tls {
        way: Way::Implicit,
        shown: Shown::Good,
        trick: Trick::None,
    };

    pub(super) const STARTTLS: Tls = Tls {
        way: Way::StartTls,
        ..Tls::IMPLICIT
    };

    pub(super) fn showing(self, shown: Shown) -> Self {
        Self { shown, ..self }
    }

    pub(super) fn with(self, trick: Trick) -> Self {
        Self { trick, ..self }
    }

    pub(super) fn healed(self) -> Self {
        self.showing(Shown::Good).with(Trick::None)
    }
}

/// A running front; it ends when dropped.
pub(super) struct Front {
    port: u16,
    /// What the program is told to trust: not always what is shown.
    trusted: Certificate,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Front {
    /// A front before the server on this port.
    pub(super) fn before(server: u16, tls: Tls) -> Self {
        let names = ["localhost", "127.0.0.1"];
        let (shown, other) = match tls.shown {
            Shown::Good => (Certificate::naming(&names), None),
            Shown::OtherName => (Certificate::naming(&["relay.example"]), None),
            Shown::Expired => (Certificate::expired(&names), None),
            Shown::Stranger => (Certificate::naming(&names), Some(Certificate::naming(&names))),
        };
        let acceptor = acceptor(&shown);
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    () = receive(listener, server, tls, acceptor) => {}
                    _ = stopped => {}
                }
            });
        });
        Self {
            port,
            trusted: other.unwrap_or(shown),
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn certificate(&self) -> &Certificate {
        &self.trusted
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        // A front that fell over has nobody who listens for the stop.
        let _ = self.stop.take().map(|stop| stop.send(()));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "the front fell over");
        }
    }
}

fn acceptor(certificate: &Certificate) -> TlsAcceptor {
    let chain = CertificateDer::pem_file_iter(certificate.server()).unwrap();
    let chain = chain.map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(certificate.key()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

async fn receive(listener: TcpListener, server: u16, tls: Tls, acceptor: TlsAcceptor) {
    while let Ok((visitor, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            // A visitor who goes, or who likes nothing of what is shown, is what these tests are about.
            drop(visit(visitor, server, tls, acceptor).await);
        });
    }
}

async fn visit(mut visitor: TcpStream, server: u16, tls: Tls, acceptor: TlsAcceptor) -> std::io::Result<()> {
    visitor.set_nodelay(true)?;
    if tls.way == Way::StartTls && !starts(&mut visitor, tls.trick).await? {
        return Ok(());
    }
    if tls.trick == Trick::Cuts {
        visitor.read_exact(&mut [0; 20]).await?;
        return Ok(());
    }
    let secured = acceptor.accept(visitor).await?;
    let mut judge = BufReader::new(TcpStream::connect(("127.0.0.1", server)).await?);
    judge.get_ref().set_nodelay(true)?;
    if tls.way == Way::StartTls {
        judge.read_line(&mut String::new()).await?;
    }
    carry(secured, judge, tls.trick).await
}

/// The clear text up to the handshake; whether there will be one.
async fn starts(visitor: &mut TcpStream, trick: Trick) -> std::io::Result<bool> {
    let mut visitor = BufReader::new(visitor);
    let offer = if trick == Trick::NotOffered {
        "250 HELP"
    } else {
        "250 STARTTLS"
    };
    let answer = match trick {
        Trick::NotNow => "454 4.7.0 TLS not available just now\r\n",
        Trick::Injects => "220 2.0.0 Go ahead\r\n250 front.example\r\n",
        Trick::None | Trick::NotOffered | Trick::Cuts | Trick::NoGoodbye => "220 2.0.0 Go ahead\r\n",
    };
    visitor.write_all(b"220 front.example ESMTP\r\n").await?;
    visitor.read_line(&mut String::new()).await?;
    visitor
        .write_all(format!("250-front.example\r\n{offer}\r\n").as_bytes())
        .await?;
    let mut command = String::new();
    visitor.read_line(&mut command).await?;
    if command.trim_end() != "STARTTLS" {
        return Ok(false);
    }
    visitor.write_all(answer.as_bytes()).await?;
    Ok(trick != Trick::NotNow)
}

/// Carries bytes both ways until one side ends.
async fn carry(
    mut secured: tokio_rustls::server::TlsStream<TcpStream>,
    mut judge: BufReader<TcpStream>,
    trick: Trick,
) -> std::io::Result<()> {
    if trick != Trick::NoGoodbye {
        tokio::io::copy_bidirectional(&mut secured, &mut judge).await?;
        return Ok(());
    }
    let (mut ear, mut mouth) = tokio::io::split(secured);
    let (mut from_judge, mut to_judge) = tokio::io::split(judge);
    let answers = async {
        tokio::io::copy(&mut from_judge, &mut mouth).await?;
        mouth.flush().await
    };
    tokio::select! {
        ended = answers => ended,
        ended = tokio::io::copy(&mut ear, &mut to_judge) => ended.map(|_| ()),
    }
}
