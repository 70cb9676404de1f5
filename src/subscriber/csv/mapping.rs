//! The mapping of a list's columns: what `subscribers/NAME.yaml` says beside `subscribers/NAME.csv`.
//!
//! ```yaml
//! columns:
//!   Patient e-mail: email       # a field: email, first_name, last_name, name, consent, consent_date …
//!   Treatment notes: notes      # any other name: an attribute; a sensitive column is kept only when it is named here
//!   Internal no.: ignore        # left out
//! types: {last_visit: day}      # what a column holds, where its cells leave doubt
//! days: day first               # or: month first; how to read 01/06/2026
//! delimiter: ";"                # where the file leaves doubt
//! encoding: windows-1252        # where the file leaves doubt
//! title: Seasonal tips          # what its readers may see it called; without a title they never do
//! ```

use crate::finding::{Finding, Place, suggestion};
use crate::subscriber::column::Kind;
use crate::subscriber::csv::delimiter::Delimiter;
use crate::subscriber::csv::field::Field;
use crate::subscriber::csv::header::Meaning;
use crate::subscriber::date::DayOrder;
use crate::subscriber::word;
use std::collections::BTreeMap;

/// A mapping file as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MappingFile {
    /// Header → field, attribute, or `ignore`.
    pub columns: Option<BTreeMap<String, Option<String>>>,
    /// Attribute → what its column holds: `text`, `number`, `day`, `yes_no` or `tags`.
    pub types: Option<BTreeMap<String, Option<String>>>,
    /// `day first` or `month first`.
    pub days: Option<String>,
    /// `,`, `;`, `|` or `tab`.
    pub delimiter: Option<String>,
    /// The encoding's label; the reader of the file's bytes knows which exist.
    pub encoding: Option<String>,
    /// What its readers may see the list called.
    pub title: Option<String>,
}

/// The longest title: it has to be read at a glance.
const MOST_TITLE: usize = 80;

/// A checked mapping; the default goes by the headers alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    columns: Vec<Mapped>,
    types: Vec<Typed>,
    /// How days with two readings are read.
    pub days: Option<DayOrder>,
    /// The delimiter, where it is not to be found out.
    pub delimiter: Option<Delimiter>,
    /// The encoding's label, where it is not to be found out.
    pub encoding: Option<String>,
}

/// One mapped column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapped {
    pub(super) header: String,
    pub(super) folded: String,
    pub(super) target: Target,
}

impl Mapped {
    /// Whether the list is broken without this column.
    pub(super) fn is_wanted(&self) -> bool {
        self.target != Target::Ignore
    }

    /// Whether the column tells an address, or what its owner agreed to.
    pub(super) fn decides_who_is_written_to(&self) -> bool {
        use Field::{Consent, ConsentBasis, Email, Status, Unsubscribed};
        let deciding = [Email, Consent, ConsentBasis, Unsubscribed, Status];
        matches!(self.target, Target::Field(field) if deciding.contains(&field))
    }
}

/// What the column of one attribute holds, as somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) name: String,
    kind: Kind,
    /// Where it was said.
    pub(super) file: String,
    pub(super) place: Option<Place>,
}

/// Where a mapped column goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Field(Field),
    Attribute(String),
    Ignore,
}

impl MappingFile {
    /// What readers may see the list called, if it is given and sound; else what is wrong with it.
    ///
    /// # Errors
    /// A finding about a title that cannot be shown.
    pub fn public_title(&self, file: &str) -> Result<Option<String>, Finding> {
        let Some(title) = self.title.as_deref().map(str::trim).filter(|title| !title.is_empty()) else {
            return Ok(None);
        };
        let hidden =
            |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if title.chars().any(hidden) {
            return Err(Finding::error(file, "`title` has characters that cannot be seen").hint("type it anew, on one line"));
        }
        match title.chars().count() {
            long if long > MOST_TITLE => {
                let text = format!("`title` has {long} characters, and at most {MOST_TITLE} fit");
                Err(Finding::error(file, text).hint("name the list in a few words that its readers know"))
            }
            _ => Ok(Some(title.to_owned())),
        }
    }

    /// The mapping, and everything wrong with it; `place` finds the place of a path of keys in `file`.
    pub fn check(self, file: &str, place: impl Fn(&[&str]) -> Option<Place>) -> (Mapping, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut fault = |path: &[&str], finding: Finding| {
            findings.push(match place(path) {
                Some(place) => finding.at(place),
                None => finding,
            });
        };
        let mut mapping = Mapping::default();
        for (header, target) in self.columns.unwrap_or_default() {
            match mapped(file, &header, target.as_deref().unwrap_or_default()) {
                Ok((column, doubt)) => {
                    mapping.columns.push(column);
                    doubt.into_iter().for_each(|doubt| fault(&["columns", &header], doubt));
                }
                Err(finding) => fault(&["columns", &header], finding),
            }
        }
        for (name, kind) in self.types.unwrap_or_default() {
            let path = ["types", name.as_str()];
            let written = kind.unwrap_or_default();
            match Kind::parse(&word::fold(&written).replace(' ', "_")) {
                Some(kind) => mapping.types.push(Typed {
                    kind,
                    file: file.to_owned(),
                    place: place(&path),
                    name,
                }),
                None => {
                    let finding = Finding::error(file, format!("`{name}` cannot hold `{written}`"));
                    fault(&path, finding.hint(suggestion::hint(&written, Kind::ALL.map(Kind::as_str))));
                }
            }
        }
        match self.days.as_deref().map(word::fold).as_deref() {
            None => {}
            Some("day first") => mapping.days = Some(DayOrder::DayFirst),
            Some("month first") => mapping.days = Some(DayOrder::MonthFirst),
            Some(other) => fault(
                &["days"],
                Finding::error(file, format!("`days: {other}` says nothing about days")).hint("write `day first` or `month first`"),
            ),
        }
        if let Some(written) = self.delimiter {
            mapping.delimiter = Delimiter::parse(&written);
            if mapping.delimiter.is_none() {
                let finding = Finding::error(file, format!("`{written}` cannot separate columns"));
                fault(&["delimiter"], finding.hint("write `\",\"`, `\";\"`, `\"|\"` or `tab`"));
            }
        }
        mapping.encoding = self.encoding.filter(|label| !label.trim().is_empty());
        (mapping, findings)
    }
}

/// One entry of `columns:`; a doubt is said beside it.
fn mapped(file: &str, header: &str, target: &str) -> Result<(Mapped, Option<Finding>), Finding> {
    let names = Field::ALL.map(Field::as_str);
    let target = target.trim();
    let mut doubt = None;
    let meant = match (Field::parse(target), word::attribute_name(target)) {
        (Some(field), _) => Target::Field(field),
        (None, _) if target == "ignore" => Target::Ignore,
        (None, Some(name)) if name == target => {
            let own_name = word::attribute_name(header).is_some_and(|own| own == target);
            doubt = suggestion::nearest(target, names).filter(|_| !own_name).map(|near| {
                Finding::warning(file, format!("column `{header}` becomes the attribute `{target}`"))
                    .hint(format!("did you mean `{near}`?"))
            });
            Target::Attribute(name)
        }
        (None, name) => {
            let hint = match name {
                Some(name) => format!("write `{name}`: small letters, digits and `_`"),
                None => format!(
                    "write one of {}, a name of your own, or `ignore`",
                    names.map(|name| format!("`{name}`")).join(", ")
                ),
            };
            return Err(Finding::error(file, format!("column `{header}` is mapped to `{target}`, which is no name")).hint(hint));
        }
    };
    let column = Mapped {
        header: header.to_owned(),
        folded: word::fold(header),
        target: meant,
    };
    Ok((column, doubt))
}

impl Mapping {
    /// Where the column with this header goes, if the mapping names it.
    pub(super) fn target(&self, header: &str) -> Option<&Target> {
        let folded = word::fold(header);
        let named = self.columns.iter().find(|column| column.header == header.trim());
        named
            .or_else(|| {
                self.columns
                    .iter()
                    .find(|column| column.folded == folded && !folded.is_empty())
            })
            .map(|column| &column.target)
    }

    /// Whether some column is mapped to `field`; then no alias of it counts.
    pub(super) fn names(&self, field: Field) -> bool {
        self.columns.iter().any(|column| column.target == Target::Field(field))
    }

    /// What the column with this meaning holds, if somebody said so.
    pub(super) fn kind(&self, meaning: &Meaning) -> Option<Kind> {
        let name = match meaning {
            Meaning::Attribute(name) => name.as_str(),
            Meaning::Field(field) => field.as_str(),
            Meaning::Withheld | Meaning::Unnamed | Meaning::Ignored => return None,
        };
        self.types.iter().find(|typed| typed.name == name).map(|typed| typed.kind)
    }

    /// The kinds that somebody said.
    pub(super) fn types(&self) -> impl Iterator<Item = &Typed> {
        self.types.iter()
    }

    /// The mapped columns, as written.
    pub(super) fn columns(&self) -> &[Mapped] {
        &self.columns
    }
}

#[cfg(test)]
mod tests {
    use super::{Mapping, MappingFile, Target};
    use crate::finding::Place;
    use crate::subscriber::csv::delimiter::Delimiter;
    use crate::subscriber::csv::field::Field;
    use crate::subscriber::date::DayOrder;

    fn check(yaml: &str) -> (Mapping, Vec<String>) {
        let file: MappingFile = serde_yaml::from_str(yaml).unwrap();
        let (mapping, findings) = file.check("subscribers/patients.yaml", |path| Some(Place::new(path.len(), 1)));
        (mapping, findings.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn a_mapping_names_fields_attributes_and_what_to_ignore() {
        let (mapping, findings) = check(
            "{columns: {Patient E-Mail: email, Notes: notes, No.: ignore}, days: Day first, delimiter: tab, encoding: utf-16le}",
        );
        assert_eq!(findings, [""; 0]);
        assert_eq!(mapping.target("patient e-mail"), Some(&Target::Field(Field::Email)));
        assert_eq!(mapping.target("notes *"), Some(&Target::Attribute("notes".to_owned())));
        assert_eq!(mapping.target("No."), Some(&Target::Ignore));
        assert_eq!(mapping.target("other"), None);
        assert_eq!(
            (mapping.days, mapping.delimiter),
            (Some(DayOrder::DayFirst), Some(Delimiter::Tab))
        );
        assert_eq!(mapping.encoding.as_deref(), Some("utf-16le"));
    }

    #[test]
    fn a_title_is_one_short_line() {
        let title = |yaml: &str| serde_yaml::from_str::<MappingFile>(yaml).unwrap().public_title("m.yaml");
        assert_eq!(title("title: ' Seasonal tips '"), Ok(Some("Seasonal tips".to_owned())));
        assert_eq!((title("{}"), title("title: ' '")), (Ok(None), Ok(None)));
        for wrong in [
            format!("title: {}", "x".repeat(81)),
            "title: \"a\\nb\"".to_owned(),
            "title: \"a\\u202Eb\"".to_owned(),
        ] {
            assert!(title(&wrong).is_err(), "{wrong}");
        }
        assert_eq!(
            check("title: Tips").0,
            Mapping::default(),
            "how a file is read does not depend on it"
        );
    }

    #[test]
    fn every_mistake_is_named_with_its_place() {
        let (_, findings) = check("{columns: {A: emial, B: Last visit, C: , D: '??'}, days: european, delimiter: ':'}");
        let starts = [
            "subscribers/patients.yaml:2:1: warning: column `A` becomes the attribute `emial`\n  hint: did you mean `email`?",
            "subscribers/patients.yaml:2:1: column `B` is mapped to `Last visit`, which is no name\n  hint: write `last_visit`: small",
            "subscribers/patients.yaml:2:1: column `C` is mapped to ``, which is no name\n  hint: write one of `email`",
            "subscribers/patients.yaml:2:1: column `D` is mapped to `??`, which is no name\n  hint: write one of `email`",
            "subscribers/patients.yaml:1:1: `days: european` says nothing about days\n  hint: write `day first`",
            "subscribers/patients.yaml:1:1: `:` cannot separate columns\n  hint: write `\",\"`",
        ];
        assert_eq!(findings.len(), starts.len(), "{findings:#?}");
        for (finding, start) in findings.iter().zip(starts) {
            assert!(finding.starts_with(start), "{finding}");
        }
    }
}
