//! The country whose law a clinic works under, as far as consent goes.

use std::fmt;

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

/// A text that names no country whose rules are known here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no country whose consent rules are known")]
pub struct UnknownJurisdiction {
    found: String,
    meant: Option<&'static str>,
}

impl UnknownJurisdiction {
    /// The next step.
    pub fn hint(&self) -> String {
        match self.meant {
            Some(code) => format!("did you mean `{code}`?"),
            None => {
                "write `GB`, `US`, `CA`, `AU`, `NZ`, or a country of the European Union such as `DE`; with another country's law, \
                     choose one at least as strict: `EU`"
                    .to_owned()
            }
        }
    }
}

/// The members of the European Union and of the EEA, as ISO 3166 writes them.
#[rustfmt::skip]
const EUROPE: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "EU", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL",
    "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// What people write in place of a code.
#[rustfmt::skip]
const MEANT: &[(&str, &str)] = &[
    ("UK", "GB"), ("GREAT BRITAIN", "GB"), ("UNITED KINGDOM", "GB"), ("ENGLAND", "GB"), ("SCOTLAND", "GB"), ("WALES", "GB"), ("NORTHERN IRELAND", "GB"),
    ("USA", "US"), ("UNITED STATES", "US"), ("CANADA", "CA"), ("AUSTRALIA", "AU"), ("NEW ZEALAND", "NZ"), ("EL", "GR"), ("GERMANY", "DE"), ("DEUTSCHLAND", "DE"),
    ("FRANCE", "FR"), ("IRELAND", "IE"), ("AUSTRIA", "AT"), ("SPAIN", "ES"), ("ITALY", "IT"), ("NETHERLANDS", "NL"), ("EUROPE", "EU"),
];

impl Jurisdiction {
    /// The jurisdiction of a country's two-letter code; `EU` stands for any member.
    ///
    /// # Errors
    /// When the code is not one of a country whose rules are known; the error has a hint.
    pub fn parse(text: &str) -> Result<Self, UnknownJurisdiction> {
        let code = text.trim().to_uppercase();
        match code.as_str() {
            "US" => Ok(Self::Us),
            "CA" => Ok(Self::Ca),
            "GB" => Ok(Self::Gb),
            "AU" => Ok(Self::Au),
            "NZ" => Ok(Self::Nz),
            member if EUROPE.contains(&member) => Ok(Self::Eu),
            other => Err(UnknownJurisdiction {
                found: text.trim().chars().take(40).collect(),
                meant: MEANT.iter().find(|(written, _)| *written == other).map(|(_, code)| *code),
            }),
        }
    }

    /// The code, as the store and `--json` have it; `parse` reads it back.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Us => "US",
            Self::Ca => "CA",
            Self::Gb => "GB",
            Self::Eu => "EU",
            Self::Au => "AU",
            Self::Nz => "NZ",
        }
    }
}

impl fmt::Display for Jurisdiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::{EUROPE, Jurisdiction, MEANT};

    #[test]
    fn codes_are_understood_and_come_back() {
        for (text, expected) in [
            ("GB", "GB"),
            (" us ", "US"),
            ("de", "EU"),
            ("EU", "EU"),
            ("ca", "CA"),
            ("AU", "AU"),
            ("nz", "NZ"),
        ] {
            let jurisdiction = Jurisdiction::parse(text).unwrap();
            assert_eq!(jurisdiction.as_str(), expected);
            assert_eq!(Jurisdiction::parse(jurisdiction.as_str()), Ok(jurisdiction));
        }
        assert_eq!(EUROPE.len(), 27 + 3 + 1, "the Union, the EEA's three, and `EU` itself");
    }

    #[test]
    fn what_is_unknown_gets_a_next_step() {
        for (written, code) in MEANT {
            assert_eq!(
                Jurisdiction::parse(written).unwrap_err().hint(),
                format!("did you mean `{code}`?")
            );
            assert!(Jurisdiction::parse(code).is_ok());
        }
        let error = Jurisdiction::parse("CH").unwrap_err();
        assert_eq!(error.to_string(), "`CH` is no country whose consent rules are known");
        assert!(error.hint().contains("`EU`"), "{}", error.hint());
    }
}
