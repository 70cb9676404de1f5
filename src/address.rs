//! An email address: parsed, normalised, and equal exactly when two spellings reach one person.
//!
//! Promises: the domain is in A-labels (IDNA 2008, UTS 46), has a dot, and is no IP literal; there is no control character, blank or
//! second `@` inside. The local part is sent as written and compared in lower case; dots and `+tags` are kept, because whether they
//! mean the same person is the receiver's business. Knows nothing of lists, consent or files.

use std::fmt;
use unicode_normalization::UnicodeNormalization;

/// A checked address.
///
/// Two addresses are equal when their [identities](Address::identity) are: `Ann@Example.org` and `ann@example.org` are one person.
#[derive(Debug, Clone)]
pub struct Address {
    written: String,
    identity: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// The cell was empty.
    #[error("the address is empty")]
    Empty,
    /// There is no `@`, or there are several.
    #[error("`{0}` is no address: it needs exactly one `@`")]
    NoAt(String),
    /// The part before the `@` is not usable.
    #[error("`{0}` is no address: the part before `@` is not valid")]
    LocalPart(String),
    /// The part after the `@` is not usable.
    #[error("`{0}` is no address: the part after `@` is not a domain such as `example.org`")]
    Domain(String),
}

impl Address {
    /// Parses one address; blanks around it, `mailto:` and `<>` are taken off.
    ///
    /// # Errors
    /// When the text is no address that mail can be sent to over the internet.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text: String = text
            .chars()
            .filter(|c| !matches!(c, '\u{200b}'..='\u{200d}' | '\u{feff}' | '\u{2060}'))
            .nfc()
            .collect();
        let text = text.trim().replace('\u{ff20}', "@");
        let bare = text.strip_prefix("mailto:").unwrap_or(&text);
        let bare = bare
            .strip_prefix('<')
            .and_then(|rest| rest.strip_suffix('>'))
            .unwrap_or(bare)
            .trim();
        if bare.is_empty() {
            return Err(AddressError::Empty);
        }
        let (local, domain) = bare.rsplit_once('@').ok_or_else(|| AddressError::NoAt(shown(bare)))?;
        if local.contains('@') {
            return Err(AddressError::NoAt(shown(bare)));
        }
        if !local_part_is_valid(local) {
            return Err(AddressError::LocalPart(shown(bare)));
        }
        let domain = a_labels(domain).ok_or_else(|| AddressError::Domain(shown(bare)))?;
        let identity = format!("{}@{domain}", local.to_lowercase().nfc().collect::<String>());
        Ok(Self {
            written: format!("{local}@{domain}"),
            identity,
        })
    }

    /// The address as it is sent: the local part as written, the domain in lower-case A-labels.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// What makes two addresses one person: all in lower case.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        self.written.rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`.
    pub fn local_part(&self) -> &str {
        self.written.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// Whether the address can only be sent to with SMTPUTF8 (RFC 6531).
    pub fn needs_smtputf8(&self) -> bool {
        !self.written.is_ascii()
    }

    /// The address for logs and screens that others may see: `a***@example.org`.
    pub fn masked(&self) -> String {
        let first: String = self.local_part().chars().take(1).collect();
        format!("{first}***@{}", self.domain())
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.identity == other.identity
    }
}

impl Eq for Address {}

impl std::hash::Hash for Address {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.identity.hash(state);
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

/// What was found, short and without controls, for a message.
fn shown(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .take(80)
        .collect()
}

/// RFC 5321 §4.1.2: a dot-atom of at most 64 octets (RFC 6531 adds non-ASCII letters). Quoted local parts are refused: no clinic
/// has one on purpose, and half of the mail world mishandles them.
fn local_part_is_valid(local: &str) -> bool {
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || is_foreign_letter(c);
    !local.is_empty() && local.len() <= 64 && local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_foreign_letter(c: char) -> bool {
    !c.is_ascii() && c.is_alphanumeric()
}

/// The domain in lower-case A-labels; `None` for hosts without a dot, IP literals and anything DNS cannot hold.
fn a_labels(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain.trim_end_matches('.'))
        .ok()?
        .to_lowercase();
    let (_, top) = ascii.rsplit_once('.')?;
    let named = top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit());
    (named && ascii.len() <= 253).then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(Address::parse(text).ok().as_ref().map(Address::as_str), expected, "{text:?}");
    }

    #[test]
    fn real_world_spellings_are_understood() {
        check(" Ann.Lee@Example.ORG ", Some("Ann.Lee@example.org"));
        check("mailto:ann@example.org", Some("ann@example.org"));
        check("<ann+tips@example.org>", Some("ann+tips@example.org"));
        check("zoe@bücher.example", Some("zoe@xn--bcher-kva.example"));
        check("jörg@example.org", Some("jörg@example.org"));
        check("ann@example.org\u{200b}", Some("ann@example.org"));
        check("ann＠example.org", Some("ann@example.org"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "ann",
            "ann@",
            "@example.org",
            "a@b",
            "ann@localhost",
            "a@1.2.3.4",
            "a@example.c",
            "a b@example.org",
            "a@@b.org",
            "a..b@example.org",
            ".a@example.org",
            "a@exa mple.org",
            "a@b.org\r\nBcc: x@y.org",
            "\"a b\"@example.org",
            "a@[1.2.3.4]",
            "a@-x.org",
            "a@x_y.org",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn equal_addresses_are_one_person() {
        let parse = |text| Address::parse(text).unwrap();
        assert_eq!(parse("Ann@Example.org"), parse("ann@EXAMPLE.ORG"));
        assert_eq!(parse("A@EXÄMPLE.com"), parse("a@xn--exmple-cua.com"));
        assert_ne!(parse("ann+a@example.org"), parse("ann@example.org"));
        assert_eq!(parse("ann@example.org").masked(), "a***@example.org");
    }
}
