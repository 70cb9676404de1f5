//! Finds a mail server, connects, and makes the TLS handshake: 1.2 or 1.3, the certificate's chain and host name checked, no way around.
//!
//! Knows nothing of IMAP. It does for mailboxes what `relay::socket` does for relays, in words of its own.

use super::Account;
use super::trouble::Trouble;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// An encrypted connection to the account's server.
pub(super) async fn connect(account: &Account, patience: Duration) -> Result<TlsStream<TcpStream>, Trouble> {
    let connector = TlsConnector::from(Arc::new(config(account.roots.as_deref())?));
    let name = ServerName::try_from(account.host.clone()).map_err(|_| no_such_host(account))?;
    let addresses = look_up(account, patience).await?;
    let tcp = first_that_answers(account, &addresses, patience).await?;
    // Commands are short, and each waits for its answer.
    tcp.set_nodelay(true)
        .map_err(|error| unreachable(account, error.kind().to_string()))?;
    let secured = timeout(patience, connector.connect(name, tcp)).await;
    secured
        .map_err(|_| Trouble::Silent(patience))?
        .map_err(|error| refused(account, &error))
}

async fn look_up(account: &Account, patience: Duration) -> Result<Vec<SocketAddr>, Trouble> {
    let found = timeout(patience, lookup_host((account.host.as_str(), account.port))).await;
    let found = found.map_err(|_| cannot_be_looked_up(account))?;
    let addresses: Vec<_> = found.map_err(|error| not_found(account, &error))?.collect();
    match addresses.is_empty() {
        true => Err(no_such_host(account)),
        false => Ok(addresses),
    }
}

/// Tries all addresses in turn; each gets its share of the time, so that a dead one does not use up a live one's.
async fn first_that_answers(account: &Account, addresses: &[SocketAddr], patience: Duration) -> Result<TcpStream, Trouble> {
    let end = Instant::now() + patience;
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
    Err(unreachable(account, why))
}

fn no_such_host(account: &Account) -> Trouble {
    let host = account.host.clone();
    Trouble::NoSuchHost { host }
}

fn unreachable(account: &Account, why: String) -> Trouble {
    let (host, port) = (account.host.clone(), account.port);
    Trouble::Unreachable { host, port, why }
}

fn cannot_be_looked_up(account: &Account) -> Trouble {
    unreachable(account, "its address cannot be looked up just now".to_owned())
}

/// A name that does not exist is a mistake in the settings; a name server that does not answer is not.
fn not_found(account: &Account, error: &io::Error) -> Trouble {
    // getaddrinfo's codes have no kind of their own in std: glibc's and musl's, and the BSDs' and macOS's words.
    let text = error.to_string().to_lowercase();
    let no_such_name = [
        "not known",
        "no address associated",
        "does not resolve",
        "nodename nor servname",
        "no such host",
    ];
    match no_such_name.iter().any(|words| text.contains(words)) {
        true => no_such_host(account),
        false => cannot_be_looked_up(account),
    }
}

fn config(roots: Option<&[u8]>) -> Result<ClientConfig, Trouble> {
    let roots = roots.map_or_else(from_system, from_pem)?;
    // The provider is named, because a second one anywhere in the tree would make the process-wide default a panic.
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| Trouble::Machine(format!("TLS cannot be set up: {error}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn from_system() -> Result<RootCertStore, Trouble> {
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    match usable {
        0 => Err(Trouble::Certificate {
            why: "this machine has no root certificates, so the mail server cannot be checked".to_owned(),
            hint: "install the package `ca-certificates`",
        }),
        _ => Ok(roots),
    }
}

fn from_pem(pem: &[u8]) -> Result<RootCertStore, Trouble> {
    let unusable = |why: &str| Trouble::Certificate {
        why: why.to_owned(),
        hint: "`unsubscribe.imap.roots` names a file with the certificate of the authority that vouches for the mail server",
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|_| unusable("the file that `roots` names holds no PEM certificate"))?;
        roots
            .add(certificate)
            .map_err(|error| unusable(&format!("a certificate of `roots` cannot be used: {error}")))?;
    }
    match roots.is_empty() {
        true => Err(unusable("the file that `roots` names holds no PEM certificate")),
        false => Ok(roots),
    }
}

/// A wrong certificate, or a port that does not speak TLS, is for a person to mend; a handshake that was cut is not.
fn refused(account: &Account, error: &io::Error) -> Trouble {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(certificate)) => bad_certificate(&account.host, certificate),
        Some(rustls::Error::InvalidMessage(_)) => Trouble::NotTls {
            host: account.host.clone(),
            port: account.port,
        },
        Some(error @ (rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(_))) => Trouble::Certificate {
            why: format!(
                "the mail server `{}` and tidings have no common way of encryption: {error}",
                account.host
            ),
            hint: "TLS 1.2 or 1.3 is needed; what is older can be read on the way",
        },
        Some(_) | None => Trouble::Lost {
            why: format!("the TLS handshake broke: {}", error.kind()),
        },
    }
}

fn bad_certificate(host: &str, error: &CertificateError) -> Trouble {
    let (why, hint) = match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("the mail server's certificate is not made out to `{host}`"),
            "write `host` under `unsubscribe.imap` as the provider's instructions name it",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            "the mail server's certificate has expired".to_owned(),
            "check this machine's date; if it is right, tell the provider",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            "the mail server's certificate is not valid yet".to_owned(),
            "check this machine's date; it may be behind",
        ),
        // The second is an authority of the same name with another key.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => (
            format!("nobody whom this machine trusts vouches for the certificate of `{host}`"),
            "check `host`; a certificate that the server has signed itself is taken only where `roots: FILE` holds its authority",
        ),
        // What rustls has no name for: the certificate is its own authority, as one made by `openssl req -x509` is.
        CertificateError::Other(cause) if cause.to_string().contains("CaUsedAsEndEntity") => (
            format!("`{host}` vouches for its certificate itself"),
            "give the server a certificate of a real authority, or sign one with an authority of your own and name that as `roots: FILE`",
        ),
        other => (
            format!(
                "the certificate of `{host}` is not valid: {}",
                rustls::Error::InvalidCertificate(other.clone())
            ),
            "ask the provider",
        ),
    };
    Trouble::Certificate { why, hint }
}
