//! Who writes: the clinic, its sender address and the ways out that every letter offers.

use crate::address::{Address, AddressError};
use crate::subscriber::consent::Jurisdiction;

/// A display name and an address, as in `From:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, if any; never empty, never with control characters.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
}

/// Why a text is no sender.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// The address in it is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The name has a line break or another control character.
    #[error("the name in `{0}` has characters that cannot be shown")]
    Name(String),
    /// The name is longer than mail programs show.
    #[error("the name has {0} characters, and at most 100 fit")]
    Long(usize),
}

impl Mailbox {
    /// Reads `Name <address>` or a bare address; quotes around the name are taken off.
    ///
    /// # Errors
    /// When the address is none, or the name cannot stand in a header.
    pub fn parse(text: &str) -> Result<Self, MailboxError> {
        let text = text.trim();
        let Some((name, address)) = text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) else {
            return Ok(Self {
                name: None,
                address: Address::parse(text)?,
            });
        };
        let name = name.trim().trim_matches('"').trim();
        let hidden =
            |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if name.chars().any(hidden) {
            return Err(MailboxError::Name(name.chars().filter(|c| !hidden(*c)).collect()));
        }
        if name.chars().count() > 100 {
            return Err(MailboxError::Long(name.chars().count()));
        }
        let name = (!name.is_empty()).then(|| name.to_owned());
        Ok(Self {
            name,
            address: Address::parse(address)?,
        })
    }
}

/// The clinic, as every letter has to name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clinic {
    /// The clinic's name.
    pub name: String,
    /// The postal address that law demands in every letter.
    pub postal_address: String,
    /// Where a reader's questions go.
    pub contact: Address,
    /// Which consent rules apply.
    pub jurisdiction: Jurisdiction,
}

/// How a reader leaves; one of the two is always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsubscribe {
    /// A mailbox that somebody or `mail-in` reads.
    pub mailto: Option<Address>,
    /// An `https://` page; a letter's own token follows it.
    pub url: Option<String>,
    /// Whether a press of the mail program's own button may do it (RFC 8058): there is a page, and the signature covers both headers.
    pub one_click: bool,
}

/// Everything a letter says about who sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The clinic.
    pub clinic: Clinic,
    /// `From:`.
    pub from: Mailbox,
    /// `Reply-To:`, where it differs.
    pub reply_to: Option<Address>,
    /// Where letters that cannot be delivered come back to (MAIL FROM), where it is not the address of `From:`.
    pub return_path: Option<Address>,
    /// The ways out.
    pub unsubscribe: Unsubscribe,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<(Option<&str>, &str)>) {
        let found = Mailbox::parse(text).ok();
        let found = found
            .as_ref()
            .map(|mailbox| (mailbox.name.as_deref(), mailbox.address.as_str()));
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn a_sender_is_a_name_and_an_address() {
        check(
            "Riverside Massage <tips@riverside.example>",
            Some((Some("Riverside Massage"), "tips@riverside.example")),
        );
        check(
            "\"Reed, Hannah\" <tips@riverside.example>",
            Some((Some("Reed, Hannah"), "tips@riverside.example")),
        );
        check("tips@riverside.example", Some((None, "tips@riverside.example")));
        check(" <tips@riverside.example>", Some((None, "tips@riverside.example")));
        check("Riverside\r\nBcc: x@y.org <tips@riverside.example>", None);
        check("Riverside <tips at riverside>", None);
        check("", None);
    }
}
