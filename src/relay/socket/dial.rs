//! Finds a relay's addresses and connects to the first that answers.
//!
//! Promises: with [`Security::Plain`], no byte goes to an address that is not this very machine's own.

use crate::delivery::reply::{Class, Stage};
use crate::relay::outcome::Trouble;
use crate::relay::server::{Security, Server};
use std::io;
use std::net::SocketAddr;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};

pub(super) async fn connect(server: &Server) -> Result<TcpStream, Trouble> {
    let addresses = look_up(server).await?;
    if server.security == Security::Plain && !addresses.iter().all(|address| address.ip().to_canonical().is_loopback()) {
        return Err(clear_text_abroad(server));
    }
    let tcp = first_that_answers(server, &addresses).await?;
    // Body and terminator are two writes; with Nagle's algorithm the second waits for the first one's acknowledgement.
    tcp.set_nodelay(true)
        .map_err(|error| unreachable(server, &error.kind().to_string()))?;
    Ok(tcp)
}

async fn look_up(server: &Server) -> Result<Vec<SocketAddr>, Trouble> {
    let found = timeout(server.deadlines.connect, lookup_host((server.host.as_str(), server.port))).await;
    let addresses: Vec<_> = match found {
        Ok(found) => found.map_err(|error| not_found(server, &error))?.collect(),
        Err(_) => return Err(not_found(server, &io::ErrorKind::TimedOut.into())),
    };
    match addresses.is_empty() {
        true => Err(no_such_host(server)),
        false => Ok(addresses),
    }
}

/// Tries all addresses in turn; each gets its share of the time, so that a dead one does not use up a live one's.
async fn first_that_answers(server: &Server, addresses: &[SocketAddr]) -> Result<TcpStream, Trouble> {
    let end = Instant::now() + server.deadlines.connect;
    let mut why = "nothing answers".to_owned();
    for (tried, address) in addresses.iter().enumerate() {
        let left = u32::try_from(addresses.len() - tried).unwrap_or(u32::MAX);
        let until = Instant::now() + end.saturating_duration_since(Instant::now()) / left;
        match timeout_at(until, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => why = error.kind().to_string(),
            Err(_) => why = "nothing answers".to_owned(),
        }
    }
    Err(unreachable(server, &why))
}

fn unreachable(server: &Server, why: &str) -> Trouble {
    let why = format!("the relay `{}` cannot be reached on port {}: {why}", server.host, server.port);
    Trouble::new(Stage::Connect, Class::RelayDown, why)
        .hint("check `host` and `port` under `relay:`; if they are right, run the same command again later")
}

/// A name that does not exist is a mistake in the settings; a name server that does not answer is not.
fn not_found(server: &Server, error: &io::Error) -> Trouble {
    // getaddrinfo's EAI_NONAME and EAI_NODATA have no kind of their own in std: glibc's and musl's, and the BSDs' and macOS's words.
    let text = error.to_string().to_lowercase();
    let no_such_name = [
        "not known",
        "no address associated",
        "does not resolve",
        "nodename nor servname",
        "no such host",
    ];
    if no_such_name.iter().any(|words| text.contains(words)) {
        return no_such_host(server);
    }
    let why = format!("the address of the relay `{}` cannot be looked up just now", server.host);
    Trouble::new(Stage::Connect, Class::RelayDown, why).hint("check this machine's network; run the same command again later")
}

fn no_such_host(server: &Server) -> Trouble {
    let why = format!("there is no host named `{}`", server.host);
    Trouble::new(Stage::Connect, Class::Settings, why).hint("check `host` under `relay:` in `tidings.yaml`")
}

fn clear_text_abroad(server: &Server) -> Trouble {
    let why = format!(
        "`tls: none` would send letters in clear text to `{}`, which is not this machine",
        server.host
    );
    Trouble::new(Stage::Connect, Class::Settings, why).hint("use `tls: implicit` (port 465) or `tls: starttls` (port 587)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::server::{Deadlines, Roots};
    use tokio::net::TcpListener;

    fn server(host: &str, port: u16, security: Security) -> Server {
        let (hello, roots) = ("clinic.example".to_owned(), Roots::System);
        Server {
            host: host.to_owned(),
            port,
            security,
            login: None,
            hello,
            roots,
            in_flight: 1,
            deadlines: Deadlines::default(),
        }
    }

    #[tokio::test]
    async fn a_connection_does_not_wait_for_acknowledgements() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let tcp = connect(&server("127.0.0.1", port, Security::Plain)).await.unwrap();
        assert!(tcp.nodelay().unwrap());
    }

    #[tokio::test]
    async fn a_dead_address_does_not_hide_a_live_one() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let closed = TcpListener::bind("127.0.0.2:0").await.unwrap().local_addr().unwrap();
        let addresses = [closed, listener.local_addr().unwrap()];
        assert!(
            first_that_answers(&server("two.example", 25, Security::Implicit), &addresses)
                .await
                .is_ok()
        );
        let trouble = first_that_answers(&server("two.example", 25, Security::Implicit), &addresses[..1])
            .await
            .unwrap_err();
        assert_eq!((trouble.stage, trouble.class), (Stage::Connect, Class::RelayDown));
    }

    #[tokio::test]
    async fn clear_text_stays_on_this_machine() {
        // 192.0.2.1 is reserved for documentation; nothing is sent, because the check comes before the connection.
        let trouble = connect(&server("192.0.2.1", 25, Security::Plain)).await.unwrap_err();
        assert_eq!((trouble.stage, trouble.class), (Stage::Connect, Class::Settings));
        assert!(trouble.why.contains("clear text"), "{trouble}");
    }

    #[test]
    fn a_name_that_does_not_exist_is_told_from_a_name_server_that_is_away() {
        let class = |text: &str| {
            not_found(
                &server("relay.example", 465, Security::Implicit),
                &io::Error::other(text.to_owned()),
            )
            .class
        };
        assert_eq!(
            class("failed to lookup address information: Name or service not known"),
            Class::Settings
        );
        assert_eq!(
            class("failed to lookup address information: nodename nor servname provided, or not known"),
            Class::Settings
        );
        assert_eq!(
            class("failed to lookup address information: Temporary failure in name resolution"),
            Class::RelayDown
        );
    }
}
