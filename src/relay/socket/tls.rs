//! TLS to a relay: 1.2 or 1.3, the certificate's chain and host name checked, no way around it.

use crate::delivery::reply::{Class, Stage};
use crate::relay::outcome::Trouble;
use crate::relay::server::{Roots, Security, Server};
use crate::relay::socket::certificate::valid_until;
use jiff::Timestamp;
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{CertificateError, ClientConfig, ProtocolVersion, RootCertStore};
use std::io;
use std::sync::{Arc, OnceLock};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// What protects an open line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// The version of TLS, as people call it.
    pub version: &'static str,
    /// When the relay's certificate ends, where that can be told.
    pub valid_until: Option<Timestamp>,
}

/// What protects this line.
pub(super) fn protection(line: &TlsStream<TcpStream>) -> Protection {
    let (_, session) = line.get_ref();
    let certificate = session.peer_certificates().and_then(|chain| chain.first());
    Protection {
        version: match session.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            _ => "TLS 1.2",
        },
        valid_until: certificate.and_then(|certificate| valid_until(certificate)),
    }
}

/// Makes the handshake.
pub(super) async fn secure(tcp: TcpStream, server: &Server) -> Result<TlsStream<TcpStream>, Trouble> {
    let connector = TlsConnector::from(config(&server.roots)?);
    let name = ServerName::try_from(server.host.clone()).map_err(|_| settings(format!("`{}` is no host name", server.host)))?;
    match timeout(server.deadlines.connect, connector.connect(name, tcp)).await {
        Ok(Ok(secured)) => Ok(secured),
        Ok(Err(error)) => Err(refused(server, &error)),
        Err(_) => Err(Trouble::new(
            Stage::Tls,
            Class::RelayDown,
            "the relay did not finish the TLS handshake in time",
        )),
    }
}

fn settings(why: String) -> Trouble {
    Trouble::new(Stage::Tls, Class::Settings, why)
}

fn config(roots: &Roots) -> Result<Arc<ClientConfig>, Trouble> {
    // Reading some 140 files for each connection would cost more than the handshake.
    static SYSTEM: OnceLock<Arc<ClientConfig>> = OnceLock::new();
    match roots {
        Roots::Pem(pem) => Ok(Arc::new(trusting(from_pem(pem)?)?)),
        Roots::System => match SYSTEM.get() {
            Some(config) => Ok(Arc::clone(config)),
            None => {
                let config = Arc::new(trusting(from_system()?)?);
                Ok(Arc::clone(SYSTEM.get_or_init(|| config)))
            }
        },
    }
}

fn from_system() -> Result<RootCertStore, Trouble> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    match usable {
        0 => Err(
            settings("this machine has no root certificates, so the relay cannot be checked".to_owned())
                .hint("install the package `ca-certificates`"),
        ),
        _ => Ok(roots),
    }
}

fn from_pem(pem: &[u8]) -> Result<RootCertStore, Trouble> {
    let mut roots = RootCertStore::empty();
    let broken = |_| settings("the file that `roots` names holds no PEM certificate".to_owned());
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(broken)?;
        roots
            .add(certificate)
            .map_err(|error| settings(format!("a certificate of `roots` cannot be used: {error}")))?;
    }
    match roots.is_empty() {
        true => Err(broken(rustls::pki_types::pem::Error::NoItemsFound)),
        false => Ok(roots),
    }
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, Trouble> {
    // The provider is named, because a second one anywhere in the tree would make the process-wide default a panic.
    let builder = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| settings(format!("TLS cannot be set up: {error}")))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// A wrong certificate, or a port that does not speak TLS, is for a person to mend; a handshake that was cut is not.
fn refused(server: &Server, error: &io::Error) -> Trouble {
    let host = &server.host;
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match tls {
        Some(rustls::Error::InvalidCertificate(certificate)) => bad_certificate(host, certificate),
        Some(rustls::Error::InvalidMessage(_)) => {
            settings(format!("the relay `{host}` does not speak TLS on port {}", server.port)).hint(match server.security {
                Security::Implicit => "use `tls: starttls` with port 587, or `tls: implicit` with port 465",
                Security::StartTls | Security::Plain => {
                    "it offers STARTTLS and then cannot: use `tls: implicit` with port 465, and tell the provider"
                }
            })
        }
        Some(error @ (rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(_))) => settings(format!(
            "the relay `{host}` and tidings have no common way of encryption: {error}"
        ))
        .hint("TLS 1.2 or 1.3 is needed; what is older can be read on the way"),
        Some(_) | None => {
            let why = format!("the TLS handshake with the relay `{host}` broke: {}", error.kind());
            Trouble::new(Stage::Tls, Class::RelayDown, why).hint("nothing was sent; run the same command again later")
        }
    }
}

fn bad_certificate(host: &str, error: &CertificateError) -> Trouble {
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            settings(format!("the relay's certificate is not made out to `{host}`"))
                .hint("write `host` as the provider's instructions name it")
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            settings("the relay's certificate has expired".to_owned())
                .hint("check this machine's date; if it is right, tell the provider")
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            settings("the relay's certificate is not valid yet".to_owned()).hint("check this machine's date; it may be behind")
        }
        CertificateError::UnknownIssuer => settings(format!(
            "nobody whom this machine trusts vouches for the certificate of `{host}`"
        ))
        .hint("check `host`; a certificate that the relay has signed itself is taken only where `roots: FILE` holds its authority"),
        // What rustls has no name for: the certificate is its own authority, as one made by `openssl req -x509` is.
        CertificateError::Other(cause) if cause.to_string().contains("CaUsedAsEndEntity") => {
            settings(format!("`{host}` vouches for its certificate itself"))
                .hint("give the relay a certificate of a real authority, or sign one with an authority of your own and name that as `roots: FILE`")
        }
        other => settings(format!(
            "the certificate of `{host}` is not valid: {}",
            rustls::Error::InvalidCertificate(other.clone())
        )),
    }
}
