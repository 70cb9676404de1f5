//! Who writes: the clinic, its sender address and the ways out that every letter offers.

use crate::address::Address;
use crate::subscriber::consent::Jurisdiction;

/// A display name and an address, as in `From:`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The display name, if any; never empty, never with control characters.
    pub name: Option<String>,
    /// The address.
    pub address: Address,
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
    /// An `https://` page.
    pub url: Option<String>,
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
    /// The ways out.
    pub unsubscribe: Unsubscribe,
}
