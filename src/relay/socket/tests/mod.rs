//! The socket against the sandbox, and against small scripted relays that do what real ones do when they go wrong.
//!
//! Everything is on loopback, on ports that the kernel chooses; where a relay must be silent, the deadlines are short.

mod bad_tls;
mod identity;
mod letters;
mod opening;
mod script;

use crate::address::Address;
use crate::relay::conversation::Envelope;
use crate::relay::outcome::Outcome;
use crate::relay::server::{Deadlines, Roots, Security, Server};
use crate::relay::socket::{Connection, open};
use std::time::Duration;

const LETTER: &[u8] = b"Subject: tips\r\n\r\n.dot\r\nbye\r\n";

fn server(port: u16, security: Security) -> Server {
    let (hello, roots, deadlines) = ("clinic.example".to_owned(), Roots::System, Deadlines::default());
    Server {
        host: "localhost".to_owned(),
        port,
        security,
        login: None,
        hello,
        roots,
        in_flight: 1,
        deadlines,
    }
}

/// The default deadlines, but for one phase in which the relay will be silent: a busy machine spoils no other phase.
fn impatient(port: u16, shorten: fn(&mut Deadlines) -> &mut Duration) -> Server {
    let mut server = server(port, Security::Plain);
    *shorten(&mut server.deadlines) = Duration::from_millis(200);
    server
}

async fn post_to(connection: &mut Connection, to: &str) -> Outcome {
    post_bytes(connection, to, LETTER).await
}

async fn post_bytes(connection: &mut Connection, to: &str, bytes: &[u8]) -> Outcome {
    let (from, to) = (Address::parse("tips@clinic.example").unwrap(), Address::parse(to).unwrap());
    connection
        .post(&Envelope {
            from: &from,
            to: &to,
            bytes,
        })
        .await
}

#[test]
fn connections_can_be_used_from_any_task() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&open(&server(1, Security::Plain)));
    fn posts(connection: &mut Connection) -> impl Future<Output = Outcome> + Send + '_ {
        post_to(connection, "ann@example.org")
    }
    let _ = posts;
}
