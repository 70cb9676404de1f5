//! A subscriber: a person with an address, attributes and consent, as a list file names them.
//!
//! Promises: what a file says is read without guessing, and nobody is left out without a reason that can be said. Knows nothing of
//! files on disk, of campaigns, or of what was sent.

pub mod column;
pub mod consent;
pub mod csv;
pub mod date;
pub mod number;
pub mod segment;
pub mod sensitive;
pub mod suppression;
pub mod tags;
pub mod word;
pub mod workbook;

pub mod audience;

use std::collections::BTreeMap;

/// What a list says about a person beyond address and consent: column name → value. Empty cells are absent, never `""`.
pub type Attributes = BTreeMap<String, String>;

/// One person as one list file names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Where letters go, and who this is.
    pub address: crate::address::Address,
    /// The other columns, among them `first_name`, `last_name` and `name` where the file has them.
    pub attributes: Attributes,
    /// What the person agreed to, as far as the file says.
    pub consent: consent::Consent,
    /// The day the person joined the list, where the file says so.
    pub joined: Option<jiff::civil::Date>,
    /// Where several rows share the address: what each of them says, as segments ask it. Empty for one row.
    pub rows: Vec<Attributes>,
    /// That the file itself says the person left a mailing, and how: not a no for now, but one to keep.
    pub left: Option<suppression::Reason>,
}
