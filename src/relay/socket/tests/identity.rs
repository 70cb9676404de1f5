//! Authorities and certificates, good and bad, made for one test.

use crate::relay::server::{Login, Roots, Secret, Security, Server};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::TlsAcceptor;

/// What a client must trust, and a server that proves it.
pub(super) struct Identity {
    pub(super) root: Vec<u8>,
    pub(super) acceptor: TlsAcceptor,
}

/// A sound identity for this host name.
pub(super) fn identity(name: &str) -> Identity {
    identity_with(name, |_| {})
}

/// An identity whose certificate is changed before it is signed.
pub(super) fn identity_with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(DnType::CommonName, "authority of one test");
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap();
    let issuer = Issuer::new(authority, authority_key);
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    change(&mut params);
    let certificate = params.signed_by(&key, &issuer).unwrap();
    Identity {
        root: root.pem().into_bytes(),
        acceptor: acceptor(certificate.der().clone(), &key),
    }
}

/// A server that vouches for itself; believed by nobody, whatever else is believed.
pub(super) fn self_signed(name: &str) -> Identity {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![name.to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    Identity {
        root: identity(name).root,
        acceptor: acceptor(certificate.der().clone(), &key),
    }
}

fn acceptor(certificate: CertificateDer<'static>, key: &KeyPair) -> TlsAcceptor {
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

/// The same server over TLS, believing `root` alone, with a login that is worth stealing.
pub(super) fn secured(mut server: Server, security: Security, root: &[u8]) -> Server {
    // Whoever says too much to a bad server waits for its answer; not for minutes.
    server.deadlines.reply = Duration::from_secs(20);
    Server {
        security,
        roots: Roots::Pem(root.to_vec()),
        login: Some(Login::new("tips", Secret::new("pass word"))),
        ..server
    }
}
