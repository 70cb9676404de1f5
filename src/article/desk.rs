//! What lies around a text on its owner's desk: the files beside it, and the web hosts that are the clinic's own.
//!
//! Promises: a text's reader reaches files only through this door. Does not know where the door leads: whoever opens it keeps it inside
//! the folder that the text lies in.

use url::Url;

/// The surroundings of a text.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// Reads a file by its path from the text's own folder, `/` between folders.
    pub beside: &'a dyn Fn(&str) -> Result<Vec<u8>, Absent>,
    /// The hosts that pictures may come from, in small letters.
    pub own_hosts: &'a [String],
}

/// Why a file beside the text is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// It is not there, or cannot be read.
    Missing,
    /// It lies outside the folder that the text lies in.
    Outside,
    /// It is larger than any picture that is read.
    TooLarge,
}

impl Desk<'_> {
    /// A desk with nothing else on it.
    pub fn empty() -> Self {
        Self {
            beside: &|_| Err(Absent::Missing),
            own_hosts: &[],
        }
    }

    /// Whether pictures may come from this host.
    pub(crate) fn owns(&self, host: &str) -> bool {
        is_among(self.own_hosts, host)
    }
}

/// Whether a mailbox provider's domain: it is everybody's, so its hosts are nobody's own web site.
pub(crate) fn is_everybodys(domain: &str) -> bool {
    PROVIDERS.iter().any(|provider| domain.eq_ignore_ascii_case(provider))
}

const PROVIDERS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "yahoo.com",
    "icloud.com",
    "gmx.de",
    "gmx.net",
    "gmx.at",
    "gmx.ch",
    "web.de",
    "t-online.de",
    "orange.fr",
    "wanadoo.fr",
    "free.fr",
    "libero.it",
    "aol.com",
    "btinternet.com",
    "proton.me",
    "protonmail.com",
    "bluewin.ch",
    "ziggo.nl",
    "kpnmail.nl",
];

/// A domain as addresses of the web have it, in small letters of ASCII.
pub fn as_in_addresses(domain: &str) -> String {
    idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_ascii_lowercase())
}

/// The host of an address of the web, in small letters.
pub fn host_of(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host_str().map(str::to_ascii_lowercase)
}

/// Whether a host is one of the clinic's own, or lies below one of them.
pub fn is_among(own: &[String], host: &str) -> bool {
    own.iter().any(|own| {
        host.strip_suffix(own.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

impl std::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("own_hosts", &self.own_hosts)
            .finish_non_exhaustive()
    }
}
