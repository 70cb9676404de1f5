//! aiosmtpd: a mail server with TLS and login.

use super::certificate::Certificate;
use super::{Process, or_passed_over, python, script};
use serde::Deserialize;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

/// How the conversation is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Not at all.
    Never,
    /// After STARTTLS, which is required.
    Required,
    /// From the first byte.
    Implicit,
}

impl Tls {
    fn name(self) -> &'static str {
        match self {
            Tls::Never => "none",
            Tls::Required => "starttls",
            Tls::Implicit => "implicit",
        }
    }
}

/// A letter that the server took.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Taken {
    pub(crate) sender: String,
    pub(crate) recipients: Vec<String>,
    /// Whether it came over TLS.
    pub(crate) tls: bool,
    /// Who was logged in, if anybody.
    pub(crate) login: Option<String>,
    /// The letter, CRLF and all, each byte as the character of its number.
    letter: String,
}

impl Taken {
    /// The letter's bytes.
    pub(crate) fn letter(&self) -> Vec<u8> {
        self.letter.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
    }
}

/// A running aiosmtpd.
pub(crate) struct Aiosmtpd {
    port: u16,
    certificate: Certificate,
    record: tempfile::NamedTempFile,
    _process: Process,
}

impl Aiosmtpd {
    /// Starts one; with `login` as `(name, password)` nobody else may send. `None` where it is not installed.
    pub(crate) fn start(tls: Tls, login: Option<(&str, &str)>) -> Option<Self> {
        Self::showing(Certificate::naming(&["localhost", "127.0.0.1"]), tls, login)
    }

    /// Starts one that shows this certificate.
    pub(crate) fn showing(certificate: Certificate, tls: Tls, login: Option<(&str, &str)>) -> Option<Self> {
        Self::with(certificate, tls, &of(login))
    }

    /// Starts one that takes this login in one way only: PLAIN, LOGIN or XOAUTH2.
    pub(crate) fn taking_only(way: &str, tls: Tls, login: (&str, &str)) -> Option<Self> {
        let mut options = of(Some(login));
        options.extend(["--only", way]);
        Self::with(Certificate::naming(&["localhost", "127.0.0.1"]), tls, &options)
    }

    /// Starts one in clear text that may offer PIPELINING, and that gives these replies: at `rcpt`, `data` or `dot`, to whom, what.
    pub(crate) fn refusing(pipelining: bool, refusals: &[(&str, String, &str)]) -> Option<Self> {
        let mut options = if pipelining { vec!["--pipelining"] } else { Vec::new() };
        for (phase, address, reply) in refusals {
            options.extend(["--refuse", phase, address, reply]);
        }
        Self::with(Certificate::naming(&["localhost", "127.0.0.1"]), Tls::Never, &options)
    }

    fn with(certificate: Certificate, tls: Tls, options: &[&str]) -> Option<Self> {
        let python = or_passed_over(python().filter(|python| has_aiosmtpd(python.as_path())), "aiosmtpd")?;
        let record = tempfile::NamedTempFile::new().unwrap();
        let mut command = Command::new(python);
        command
            .arg(script("aiosmtpd_server.py"))
            .args(["--tls", tls.name()])
            .arg("--record")
            .arg(record.path());
        command
            .arg("--certificate")
            .arg(certificate.server())
            .arg("--key")
            .arg(certificate.key());
        command.args(options);
        let mut process = Process(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap());
        let mut first_line = String::new();
        BufReader::new(process.0.stdout.take().unwrap())
            .read_line(&mut first_line)
            .unwrap();
        let port = first_line.trim().parse().expect("the server says its port when it is ready");
        Some(Self {
            port,
            certificate,
            record,
            _process: process,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What a client must trust.
    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The letters taken so far; each is on record before its reply leaves.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        let record = std::fs::read_to_string(self.record.path()).unwrap();
        // What it is writing at this moment has no end yet, and no reply.
        let whole = record.split_inclusive('\n').filter(|line| line.ends_with('\n'));
        whole.map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn has_aiosmtpd(python: &std::path::Path) -> bool {
    let tried = Command::new(python)
        .args(["-c", "import aiosmtpd"])
        .stderr(Stdio::null())
        .status();
    tried.is_ok_and(|status| status.success())
}

fn of<'a>(login: Option<(&'a str, &'a str)>) -> Vec<&'a str> {
    login.map_or(Vec::new(), |(name, password)| vec!["--login", name, password])
}
