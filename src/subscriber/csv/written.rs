//! A mapping as the first import writes it: what every column was taken for, in a file that a clinic owner can change.
//!
//! Promises: read back, it gives every column the meaning and the kind that it had.

use super::Field;
use super::header::{Column, Meaning};
use super::mapping::Mapping;
use crate::subscriber::column::Kind;
use crate::subscriber::date::DayOrder;
use crate::subscriber::word;
use std::fmt::Write as _;

/// How such a file begins.
pub const WRITTEN_BY_AN_IMPORT: &str = "# How the columns of this list are read. The first import wrote this file; change it as you like, the next import follows it.\n";

const TOP: &str = "\
#
# Left of the colon stands the column's name in the list, right of it what it is:
#   a field: email, first_name, last_name, name, consent, consent_date, consent_source, consent_wording, consent_basis,
#            unsubscribed, status, joined, language
#   or a name of your own, by which letters and `only:` know the column,
#   or `ignore`, which leaves the column out.
columns:
";

const WITHHELD: &str = "
  # Not kept, because these look sensitive and letters do not need them. To keep one, take away the `#` before its name.
";

const TYPES: &str = "
# What these columns hold. A line with `#` is what all cells said so far, and is found out anew with every import; without the `#` it is
# settled: a cell that says something else is left empty then, and the import names its line. Kinds: text, number, day, yes_no, tags.
types:
";

const DAYS: &str = "
# How to read days such as 01/06/2026, if the list has any: `day first` (1 June) or `month first` (6 January).
";

impl Mapping {
    /// The text of the list's `.yaml` file: `self` is the mapping it was read by, `encoding` what a person said on the command line.
    pub fn written(&self, columns: &[Column], encoding: Option<&str>) -> String {
        let mut text = WRITTEN_BY_AN_IMPORT.to_owned() + TOP;
        let mut told: Vec<&str> = Vec::new();
        let (withheld, kept): (Vec<&Column>, Vec<&Column>) = columns.iter().partition(|column| column.meaning == Meaning::Withheld);
        for column in &kept {
            let target = match &column.meaning {
                Meaning::Ignored => "ignore",
                meaning if *meaning == Meaning::Unnamed || told.contains(&column.header.as_str()) => continue,
                _ => column.attribute().unwrap_or("ignore"),
            };
            told.push(&column.header);
            line(&mut text, &format!("  {}: {}", quoted(&column.header), quoted(target)));
        }
        if !withheld.is_empty() {
            text.push_str(WITHHELD);
        }
        for column in withheld {
            let name = word::attribute_name(&column.header).unwrap_or_else(|| "name_it".to_owned());
            line(&mut text, &format!("  #{}: {}", quoted(&column.header), quoted(&name)));
        }
        self.write_types(&mut text, columns);
        self.write_rest(&mut text, encoding);
        text
    }

    fn write_types(&self, text: &mut String, columns: &[Column]) {
        let mut typed: Vec<(&str, Kind, bool)> = Vec::new();
        for column in columns {
            let is_free = matches!(&column.meaning, Meaning::Attribute(_) | Meaning::Field(Field::Status));
            let said = self.kind(&column.meaning);
            if let Some(name) = column
                .attribute()
                .filter(|_| is_free && (column.kind != Kind::Text || said.is_some()))
            {
                typed.push((name, column.kind, said.is_some()));
            }
        }
        typed.sort_unstable();
        typed.dedup();
        if !typed.is_empty() {
            text.push_str(TYPES);
        }
        for (name, kind, is_said) in typed {
            let found_out = if is_said { "" } else { "#" };
            line(text, &format!("  {found_out}{}: {}", quoted(name), kind.as_str()));
        }
    }

    fn write_rest(&self, text: &mut String, encoding: Option<&str>) {
        text.push_str(DAYS);
        line(
            text,
            match self.days {
                Some(DayOrder::DayFirst) => "days: day first",
                Some(DayOrder::MonthFirst) => "days: month first",
                None => "#days: day first",
            },
        );
        if let Some(delimiter) = self.delimiter {
            let delimiter = quoted(&delimiter.to_string());
            line(text, &format!("\n# What separates the columns.\ndelimiter: {delimiter}"));
        }
        if let Some(encoding) = encoding.or(self.encoding.as_deref()) {
            let encoding = quoted(encoding.trim());
            line(text, &format!("\n# The encoding of the list's file.\nencoding: {encoding}"));
        }
    }
}

fn line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// A text as a YAML key or value; bare where every reader of YAML takes it for a text.
fn quoted(text: &str) -> String {
    #[rustfmt::skip]
    const NOT_TEXT: &[&str] = &["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"];
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ' ');
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic()) && !text.ends_with(' ');
    if starts_well && text.chars().all(bare) && !NOT_TEXT.contains(&text.to_ascii_lowercase().as_str()) {
        return text.to_owned();
    }
    if text.chars().all(|c| c.is_alphanumeric() || (' '..='~').contains(&c)) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let mut escaped = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => escaped.extend(['\\', c]),
            c if c.is_alphanumeric() || (' '..='~').contains(&c) => escaped.push(c),
            // A string takes every word.
            c => drop(write!(escaped, "\\U{:08X}", u32::from(c))),
        }
    }
    escaped.push('"');
    escaped
}

#[cfg(test)]
mod tests {
    use crate::finding::yaml::{Source, read as read_yaml};
    use crate::subscriber::csv::{Column, ListReader, Mapping, MappingFile, Table};

    fn back(yaml: &str) -> Mapping {
        let source = Source {
            file: "subscribers/patients.yaml",
            text: yaml,
            first_line: 1,
        };
        let read = read_yaml::<MappingFile>(&source);
        assert!(read.findings.is_empty(), "{:?}\n{yaml}", read.findings);
        let (mapping, findings) = read.value.check(source.file, |path| source.place(path));
        assert!(findings.is_empty(), "{findings:?}\n{yaml}");
        mapping
    }

    fn columns(list: &str, mapping: &Mapping) -> Vec<Column> {
        let table = Table::of("subscribers/patients.csv", list.as_bytes(), mapping, None).unwrap();
        let reader =
            ListReader::open("subscribers/patients.csv", &table, mapping).unwrap_or_else(|findings| panic!("{findings:?}"));
        reader.columns().to_vec()
    }

    #[test]
    fn the_first_import_writes_what_it_took_the_columns_for() {
        let list = "Email Address,First Name,Ville,Last visit,No,Date of birth,,TAGS,city,ville,Ignore,Visits: all\n\
                    ann@example.org,Ann,Bath,2026-01-05,7,x,,\"\"\"VIP\"\"\",,,,3\n";
        let yaml = Mapping::default().written(&columns(list, &Mapping::default()), Some("windows-1252"));
        let lines: Vec<&str> = yaml
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with("# ") && *line != "#")
            .collect();
        assert_eq!(
            lines,
            [
                "columns:",
                "  Email Address: email",
                "  First Name: first_name",
                "  Ville: ville",
                "  Last visit: last_visit",
                "  'No': 'no'",
                "  TAGS: tags",
                "  city: city",
                "  ville: ville",
                "  Ignore: ignore_2",
                "  'Visits: all': visits_all",
                "  # Not kept, because these look sensitive and letters do not need them. To keep one, take away the `#` before its name.",
                "  #Date of birth: date_of_birth",
                "types:",
                "  #last_visit: day",
                "  #'no': number",
                "  #tags: tags",
                "  #visits_all: number",
                "#days: day first",
                "encoding: windows-1252",
            ]
        );
        let kept = back(&yaml.replace("  #Date", "  Date"));
        assert_eq!(columns(list, &kept)[5].attribute(), Some("date_of_birth"));
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(256))]

        #[test]
        fn written_and_read_back_it_means_the_same(headers in proptest::collection::vec("\\PC{1,12}|[A-Za-z'\":#&*!|>%@`{},. -]{1,10}|Notes|Email|first name|Null|yes|~|status|consent", 0..7), cells in "[0-9]{0,3}|yes|2026-01-05|x") {
            let mut writer = ::csv::WriterBuilder::new().from_writer(Vec::new());
            let width = headers.len() + 1;
            writer.write_record(std::iter::once("E-Mail").chain(headers.iter().map(String::as_str))).unwrap();
            writer.write_record(std::iter::once("ann@example.org").chain(std::iter::repeat_n(cells.as_str(), width - 1))).unwrap();
            let list = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let first = back("delimiter: ','");
            let before = columns(&list, &first);
            let mapping = back(&first.written(&before, None));
            proptest::prop_assert_eq!(columns(&list, &mapping), before);
        }
    }
}
