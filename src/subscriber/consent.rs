//! Consent, and which consent a clinic's jurisdiction accepts (standards: blank is not yes).

use jiff::civil::Date;

/// What a person said about marketing mail, as far as the list file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Answer {
    /// An unambiguous yes.
    Yes,
    /// A no.
    No,
    /// Blank, unknown, or something we do not understand: never a yes.
    #[default]
    Unknown,
}

/// Why mail may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The person asked for it.
    Express,
    /// A purchase, treatment or inquiry (soft opt-in; CASL's implied consent, which ends).
    Implied,
}

/// One person's consent for one list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Consent {
    /// Yes, no or unknown.
    pub answer: Answer,
    /// On what ground, where the file says; a plain yes counts as express.
    pub basis: Option<Basis>,
    /// When it was given.
    pub date: Option<Date>,
    /// Where it was given: a form, paper, the front desk.
    pub source: Option<String>,
}

/// The law a clinic works under, as far as consent goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jurisdiction {
    /// United States: opt-out.
    Us,
    /// Canada: express, or implied until its day.
    Ca,
    /// United Kingdom.
    Gb,
    /// The European Union and the EEA.
    Eu,
    /// Australia.
    Au,
    /// New Zealand.
    Nz,
}
