//! A relay with TLS from the first byte that answers as a test says, line by line: what no real server would say included.
//!
//! Knows no rules and judges nothing; it keeps what it was told. Ends with its test.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

/// What comes before the visitor's first line.
pub(crate) const CONNECT: &str = "CONNECT";

type Answers = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// A running relay.
pub(crate) struct SecureRelay {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
    over: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl SecureRelay {
    /// Starts one that shows this certificate. `answers` is asked for each line: no answer is silence, an empty one hangs up.
    pub(crate) fn start(
        certificate: PathBuf,
        key: PathBuf,
        answers: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let chain = vec![CertificateDer::from_pem_file(certificate).unwrap()];
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, PrivateKeyDer::from_pem_file(key).unwrap())
            .unwrap();
        let (config, answers): (_, Answers) = (Arc::new(config), Arc::new(answers));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (heard, over) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicBool::new(false)));
        let (kept, ended) = (Arc::clone(&heard), Arc::clone(&over));
        let listening = std::thread::spawn(move || {
            let mut talks = Vec::new();
            for visitor in listener.incoming() {
                if ended.load(Ordering::SeqCst) {
                    break;
                }
                let (config, answers, kept) = (Arc::clone(&config), Arc::clone(&answers), Arc::clone(&kept));
                talks.push(std::thread::spawn(move || talk(visitor.unwrap(), config, &answers, &kept)));
            }
            talks.into_iter().for_each(|talk| talk.join().unwrap());
        });
        Self {
            port,
            heard,
            over,
            listening: Some(listening),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// All lines of all visitors, in the order in which they came.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

impl Drop for SecureRelay {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        // Wakes the listener; when it is gone already, so much the better.
        drop(TcpStream::connect(("127.0.0.1", self.port)));
        if let Some(listening) = self.listening.take() {
            drop(listening.join());
        }
    }
}

/// One visitor. A handshake that fails, or a visitor who leaves, is an end like any other.
fn talk(visitor: TcpStream, config: Arc<ServerConfig>, answers: &Answers, heard: &Mutex<Vec<String>>) {
    visitor.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut line = BufReader::new(StreamOwned::new(ServerConnection::new(config).unwrap(), visitor));
    let mut said = CONNECT.to_owned();
    let mut in_letter = false;
    loop {
        let answer = if in_letter && said != "." { None } else { answers(&said) };
        if answer.as_deref() == Some("") {
            return;
        }
        if let Some(answer) = answer {
            in_letter = answer.starts_with("354");
            if line
                .get_mut()
                .write_all(format!("{answer}\r\n").as_bytes())
                .and_then(|()| line.get_mut().flush())
                .is_err()
            {
                return;
            }
        }
        let mut read = Vec::new();
        if !matches!(line.read_until(b'\n', &mut read), Ok(1..)) {
            return;
        }
        said = String::from_utf8_lossy(&read).trim_end().to_owned();
        heard.lock().unwrap().push(said.clone());
    }
}

/// What a relay says that means well.
pub(crate) fn usual(line: &str) -> Option<String> {
    let answer = match line.split([' ', ':']).next().unwrap_or_default() {
        CONNECT => "220 secure.example ESMTP",
        "EHLO" => "250-secure.example\r\n250-PIPELINING\r\n250-SIZE 35000000\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN",
        "AUTH" => "235 2.7.0 welcome",
        "MAIL" | "RCPT" | "RSET" => "250 2.1.0 Ok",
        "DATA" => "354 go on",
        "." => "250 2.0.0 Ok: taken",
        "QUIT" => "221 2.0.0 bye",
        _ => return None,
    };
    Some(answer.to_owned())
}
