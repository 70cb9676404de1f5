//! A server to hand letters to: where it is, how the line is protected, who we are, how long we wait.
//!
//! Promises: no secret of it is ever printed (see [`login`](super::login)). Knows nothing of settings files: it gets finished values.

pub use super::login::{Login, Renewal, Secret, Way};
use std::time::Duration;

/// A relay as we connect to it.
#[derive(Debug, Clone)]
pub struct Server {
    /// Its host name, as its certificate has it, or an IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line is protected.
    pub security: Security,
    /// Who we are to it, when it wants to know. Refused with [`Security::Plain`].
    pub login: Option<Login>,
    /// The name we give in EHLO.
    pub hello: String,
    /// Whom we believe about its certificate.
    pub roots: Roots,
    /// How many letters one connection may have under way, where the relay can take them.
    pub in_flight: usize,
    /// How long we wait for it.
    pub deadlines: Deadlines,
}

/// How the line is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314), usually on port 465.
    Implicit,
    /// Clear text until STARTTLS, which must be offered; usually on port 587.
    StartTls,
    /// Clear text: only to an address of this very machine, and never with a login.
    Plain,
}

/// Whom we believe about the relay's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// The root certificates of this machine.
    System,
    /// Only these, in PEM.
    Pem(Vec<u8>),
}

/// How long each phase may take (RFC 5321 §4.5.3.2): who hangs up too early gets letters in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadlines {
    /// TCP to all of the relay's addresses together, and then the TLS handshake.
    pub connect: Duration,
    /// The greeting and every command but DATA.
    pub reply: Duration,
    /// The reply to DATA.
    pub data: Duration,
    /// Each block of a letter, until the kernel has taken it.
    pub block: Duration,
    /// The reply to the end of data.
    pub end_of_data: Duration,
    /// Saying goodbye.
    pub quit: Duration,
}

impl Deadlines {
    /// So much for each phase, or its usual time where that is less.
    pub fn of(each: Duration) -> Self {
        let usual = Self::default();
        Self {
            connect: usual.connect.min(each),
            reply: usual.reply.min(each),
            data: usual.data.min(each),
            block: usual.block.min(each),
            end_of_data: usual.end_of_data.min(each),
            quit: usual.quit.min(each),
        }
    }
}

impl Default for Deadlines {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            connect: Duration::from_secs(30),
            reply: minutes(5),
            data: minutes(2),
            block: minutes(3),
            end_of_data: minutes(10),
            quit: Duration::from_secs(5),
        }
    }
}
