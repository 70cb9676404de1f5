//! A certificate authority and a server certificate for loopback, made for one test.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use std::path::PathBuf;

/// The files of one authority and of the server it vouches for; gone when dropped.
pub(crate) struct Certificate {
    folder: tempfile::TempDir,
}

impl Certificate {
    /// A certificate for these names; `localhost` and `127.0.0.1` are what a client that means well expects.
    pub(crate) fn naming(names: &[&str]) -> Self {
        Self::made(names, |_| {})
    }

    /// A certificate for these names that ends at this moment.
    pub(crate) fn until(names: &[&str], end: jiff::Timestamp) -> Self {
        Self::made(names, |server| server.not_after = std::time::SystemTime::from(end).into())
    }

    /// One whose time is over.
    pub(crate) fn expired(names: &[&str]) -> Self {
        Self::made(names, |server| server.not_after = rcgen::date_time_ymd(2020, 1, 1))
    }

    fn made(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut authority = CertificateParams::new(Vec::<String>::new()).unwrap();
        // Without a name of its own the authority would be taken for the server itself.
        authority.distinguished_name.push(DnType::CommonName, "authority of one test");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut server = CertificateParams::new(names).unwrap();
        change(&mut server);
        let server = server.signed_by(&key, &authority).unwrap();
        let certificate = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        std::fs::write(certificate.authority(), authority.pem()).unwrap();
        std::fs::write(certificate.server(), server.pem()).unwrap();
        std::fs::write(certificate.key(), key.serialize_pem()).unwrap();
        certificate
    }

    /// What a client must trust: for the program, `SSL_CERT_FILE`.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// What the server shows.
    pub(crate) fn server(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    /// What the server proves it with.
    pub(crate) fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }
}
