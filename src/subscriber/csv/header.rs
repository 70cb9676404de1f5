//! The line with the column names, and what each column means to us.
//!
//! Promises: a column is taken for a field only by an exact alias or by the list's mapping; what is sensitive is kept only when the
//! mapping names it; every column has exactly one meaning, and all of them can be printed.

use crate::subscriber::column::Kind;
use crate::subscriber::csv::field::Field;
use crate::subscriber::csv::mapping::{Mapping, Target};
use crate::subscriber::csv::record::Record;
use crate::subscriber::{sensitive, word};
use std::fmt;

/// One column of a list file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The header as written.
    pub header: String,
    /// What we take it for.
    pub meaning: Meaning,
    /// What its filled cells are.
    pub kind: Kind,
}

impl Column {
    /// The name that templates and segments know the column by, if they do.
    pub fn attribute(&self) -> Option<&str> {
        match &self.meaning {
            Meaning::Attribute(name) => Some(name),
            Meaning::Field(field) => Some(field.as_str()),
            Meaning::Withheld | Meaning::Unnamed | Meaning::Ignored => None,
        }
    }
}

/// What a column means to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A field.
    Field(Field),
    /// An attribute of this name.
    Attribute(String),
    /// Sensitive, and therefore not kept.
    Withheld,
    /// Without a header, and therefore not kept.
    Unnamed,
    /// Left out by the mapping.
    Ignored,
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => f.write_str(field.as_str()),
            Self::Attribute(name) => write!(f, "attribute `{name}`"),
            Self::Withheld => f.write_str("not kept, because it looks sensitive"),
            Self::Unnamed => f.write_str("not kept, because it has no header"),
            Self::Ignored => f.write_str("left out"),
        }
    }
}

/// The columns of a list, ready to read rows by.
#[derive(Clone)]
pub(super) struct Layout {
    pub(super) columns: Vec<Column>,
    /// The columns of every field, the one to ask first in front.
    by_field: Vec<Vec<usize>>,
    /// The columns without a header.
    unnamed: Vec<usize>,
}

/// Longer headers are sentences.
const LONGEST_HEADER: usize = 200;

impl Layout {
    /// What every cell of the header line means.
    pub(super) fn new(header: &Record<'_>, mapping: &Mapping) -> Self {
        let mut columns: Vec<Column> = Vec::new();
        for (index, cell) in header.iter().enumerate() {
            let written = cleaned(cell);
            let twin = columns.iter().find(|earlier| earlier.header == written);
            let meaning = twin.map_or_else(|| meaning(&written, index, mapping), |twin| twin.meaning.clone());
            let kind = kind(&meaning);
            columns.push(Column {
                header: written,
                meaning,
                kind,
            });
        }
        let by_field = Field::ALL.map(|field| ranked(&columns, field)).to_vec();
        let unnamed = (0..columns.len()).filter(|index| columns[*index].meaning == Meaning::Unnamed);
        Self {
            unnamed: unnamed.collect(),
            columns,
            by_field,
        }
    }

    /// The columns without a header.
    pub(super) fn unnamed(&self) -> &[usize] {
        &self.unnamed
    }

    /// The columns of `field`, the one to ask first in front.
    pub(super) fn of(&self, field: Field) -> &[usize] {
        self.by_field.get(field as usize).map_or(&[], Vec::as_slice)
    }
}

/// A header in one line and without controls, no longer than a key of YAML may be: Excel breaks lines inside headers.
pub(super) fn cleaned(cell: &str) -> String {
    let hidden = |c: &char| matches!(c, '\0' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{feff}');
    let printed: String = cell
        .chars()
        .filter(|c| !hidden(c))
        .map(|c| {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                ' '
            } else {
                c
            }
        })
        .collect();
    let joined = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = joined.chars().take(LONGEST_HEADER).collect();
    short.trim_end().to_owned()
}

/// The kind that a field has by its nature; what other columns hold is found out.
fn kind(meaning: &Meaning) -> Kind {
    match meaning {
        Meaning::Field(Field::ConsentDate | Field::Joined) => Kind::Day,
        Meaning::Field(Field::Consent) => Kind::YesNo,
        Meaning::Field(_) | Meaning::Attribute(_) | Meaning::Withheld | Meaning::Unnamed | Meaning::Ignored => Kind::Text,
    }
}

/// Whether a header is taken for the column of the addresses.
pub(super) fn names_address(header: &str, mapping: &Mapping) -> bool {
    meaning(&cleaned(header), 0, mapping) == Meaning::Field(Field::Email)
}

fn meaning(header: &str, index: usize, mapping: &Mapping) -> Meaning {
    match mapping.target(header) {
        Some(Target::Field(field)) => return Meaning::Field(*field),
        Some(Target::Attribute(name)) => return Meaning::Attribute(name.clone()),
        Some(Target::Ignore) => return Meaning::Ignored,
        None => {}
    }
    let folded = word::fold(header);
    let alias_of = |field: &Field| !mapping.names(*field) && field.aliases().contains(&folded.as_str());
    match Field::ALL.into_iter().find(alias_of) {
        _ if folded.is_empty() => Meaning::Unnamed,
        Some(field) => Meaning::Field(field),
        None if sensitive::is_sensitive(&folded) => Meaning::Withheld,
        None => {
            let name = word::attribute_name(header).unwrap_or_else(|| format!("column_{}", index + 1));
            // A mapping file has other uses for the names of fields.
            let is_taken = Field::parse(&name).is_some() || name == "ignore";
            Meaning::Attribute(if is_taken { format!("{name}_2") } else { name })
        }
    }
}

/// The columns of `field`: mapped ones as they stand, others in the order of the aliases.
fn ranked(columns: &[Column], field: Field) -> Vec<usize> {
    let rank = |index: &usize| {
        let folded = word::fold(&columns[*index].header);
        field.aliases().iter().position(|alias| *alias == folded).unwrap_or(0)
    };
    let mut indices: Vec<usize> = (0..columns.len())
        .filter(|index| columns[*index].meaning == Meaning::Field(field))
        .collect();
    indices.sort_by_key(rank);
    indices
}

#[cfg(test)]
mod tests {
    use super::{Layout, Meaning};
    use crate::subscriber::csv::field::Field;
    use crate::subscriber::csv::mapping::{Mapping, MappingFile};
    use crate::subscriber::csv::record::{Dialect, Record, Records};

    fn layout(header: &str, mapping: &Mapping) -> Layout {
        let mut record = Record::default();
        Records::new(header, Dialect::text(b','))
            .read(&mut record)
            .and_then(Result::ok)
            .unwrap();
        Layout::new(&record, mapping)
    }

    fn check(header: &str, expected: &str) {
        let meanings: Vec<String> = layout(header, &Mapping::default())
            .columns
            .iter()
            .map(|column| column.meaning.to_string())
            .collect();
        assert_eq!(meanings.join(", "), expected, "{header}");
    }

    #[test]
    fn the_exports_of_clinic_systems_are_understood() {
        check(
            "Email Address,First Name,Last Name,OPTIN_TIME,OPTIN_IP,TAGS",
            "email, first_name, last_name, consent_date, not kept, because it looks sensitive, attribute `tags`",
        );
        check("Name,Given Name,E-mail 1 - Value", "name, first_name, email");
        check(
            "E-mail Address,Preferred name,Accepted Email Marketing,Archived at",
            "email, first_name, consent, unsubscribed",
        );
        check(
            "E-Mail-Adresse;",
            "attribute `e_mail_adresse`"
                .replace("attribute `e_mail_adresse`", "email")
                .as_str(),
        );
        check("Courriel,Prénom,Nom,Ville", "email, first_name, last_name, attribute `ville`");
        check("Correo electrónico,Nombre,Apellidos", "email, first_name, last_name");
        check("メールアドレス,都市", "email, attribute `column_2`");
        check(
            "*Email*,,Status,Date joined,Langue",
            "email, not kept, because it has no header, status, joined, language",
        );
        check("email,Email OK", "email, attribute `email_ok`");
        check(
            "\"E-mail\naddress\",\"First\r\n name\",\"Last\u{2028}visit\u{202e}\"",
            "email, first_name, attribute `last_visit`",
        );
    }

    #[test]
    fn sensitive_columns_are_withheld_unless_named() {
        for header in [
            "Diagnosis",
            "Date of Birth",
            "DOB",
            "Insurance no.",
            "NHS number",
            "Notes",
            "Medical conditions",
            "Medicare",
            "Geburtsdatum",
            "Birthday",
            "Versicherten-Nr.",
            "Date de naissance",
            "N° de sécurité sociale",
            "Fecha de nacimiento",
            "Codice fiscale",
            "Geboortedatum",
            "Data de nascimento",
            "Emergency contact",
        ] {
            check(header, "not kept, because it looks sensitive");
        }
        for header in [
            "Town",
            "Village",
            "Postcode",
            "Practitioner",
            "Last visit",
            "Page",
            "Image",
            "Agent",
            "Stage",
            "Noted",
            "Essex",
            "Region",
            "Banking day",
            "Cardiff",
            "Group",
            "Tags",
            "Company",
            "Sensitivity",
            "Language school",
        ] {
            assert!(
                matches!(layout(header, &Mapping::default()).columns[0].meaning, Meaning::Attribute(_)),
                "{header}"
            );
        }
        let file: MappingFile = serde_yaml::from_str("columns: {Notes: notes, Second e-mail: email, City: ignore}").unwrap();
        let (mapping, _) = file.check("m.yaml", |_| None);
        let meanings: Vec<String> = layout("Email,notes,Second E-Mail,City", &mapping)
            .columns
            .iter()
            .map(|column| column.meaning.to_string())
            .collect();
        assert_eq!(
            meanings,
            ["attribute `email_2`", "attribute `notes`", "email", "left out"],
            "a mapped field has no aliases"
        );
    }

    #[test]
    fn the_wanted_name_goes_before_the_register() {
        let layout = layout("First name,Known as,Email", &Mapping::default());
        assert_eq!(layout.of(Field::FirstName), [1, 0]);
        assert_eq!(layout.of(Field::Email), [2]);
        assert_eq!(layout.of(Field::Consent), [0; 0]);
    }
}
