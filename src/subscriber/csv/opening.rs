//! What is said about a list before its first row: its header, its columns, its encoding.

use super::cell;
use super::field::Field;
use super::header::{self, Layout, Meaning};
use super::mapping::{Mapped, Mapping, Target};
use super::record::Record;
use super::table::Table;
use crate::finding::{Finding, suggestion};
use crate::subscriber::word;

/// The list has no line that names a column for addresses; `first` is its first line, if it has one.
pub(super) fn no_header(file: &str, first: Option<&Record<'_>>, mapping: &Mapping) -> Vec<Finding> {
    let Some(first) = first else {
        let hint = "its first line names the columns, such as `email,first_name,consent`";
        return vec![Finding::error(file, "the list is empty").hint(hint)];
    };
    let headers: Vec<String> = first.iter().map(header::cleaned).collect();
    let is_person = headers.iter().any(|header| cell::address(header).is_ok());
    let of_addresses = |mapped: &&Mapped| mapped.target == Target::Field(Field::Email) && !is_person;
    let mapped = mapping.columns().iter().filter(of_addresses);
    let mut findings: Vec<Finding> = missing(file, first, &headers, mapped).collect();
    findings.push(no_address_column(file, first, mapping));
    findings
}

fn no_address_column(file: &str, first: &Record<'_>, mapping: &Mapping) -> Finding {
    let headers: Vec<String> = first
        .iter()
        .map(header::cleaned)
        .filter(|header| !header.is_empty())
        .collect();
    let yaml = yaml_of(file);
    if headers.iter().any(|header| cell::address(header).is_ok()) {
        return Finding::error(file, "the first line is a person, not the names of the columns")
            .at(first.place(0))
            .hint("add a line above it, such as `email,first_name,consent`");
    }
    let shown: Vec<String> = headers.iter().take(30).map(|header| format!("`{}`", short(header))).collect();
    let text = format!("no column holds the addresses; the columns are {}", shown.join(", "));
    let slip = headers
        .iter()
        .find(|header| suggestion::nearest(header, ["email", "e-mail", "email address"]).is_some());
    let accepted = "`email`, `e-mail`, `email address`, `mail`, `courriel`, `correo`";
    let mapped = headers.iter().find_map(|header| mapped_elsewhere(header, mapping));
    let hint = match slip {
        _ if mapped.is_some() => format!("{} in `{yaml}`", mapped.unwrap_or_default()),
        Some(slip) => format!(
            "did you mean `email` by `{}`? rename the column, or write `columns: {{{slip}: email}}` into `{yaml}`",
            short(slip)
        ),
        None => format!("name the column {accepted}, or write `columns: {{NAME OF THE COLUMN: email}}` into `{yaml}`"),
    };
    Finding::error(file, text).at(first.place(0)).hint(hint)
}

/// What to mend where a column that could hold the addresses does not, because the mapping gives it another use.
fn mapped_elsewhere(header: &str, mapping: &Mapping) -> Option<String> {
    let is_address = Field::Email.aliases().contains(&word::fold(header).as_str());
    let shown = short(header);
    match mapping.target(header)? {
        Target::Ignore if is_address => Some(format!("take out `{shown}: ignore`")),
        Target::Attribute(name) if is_address || suggestion::nearest(name, ["email"]).is_some() => {
            Some(format!("write `{shown}: email` for `{shown}: {name}`"))
        }
        Target::Field(_) | Target::Attribute(_) | Target::Ignore => None,
    }
}

fn yaml_of(file: &str) -> String {
    format!("{}.yaml", file.rsplit_once('.').map_or(file, |(stem, _)| stem))
}

fn short(header: &str) -> String {
    cell::value(&header.chars().take(60).collect::<String>()).unwrap_or_default()
}

/// Everything worth saying about the columns; an error for each one that the mapping names and the list has not.
pub(super) fn remarks(file: &str, header: &Record<'_>, layout: &Layout, mapping: &Mapping) -> Vec<Finding> {
    let headers: Vec<String> = layout.columns.iter().map(|column| column.header.clone()).collect();
    let mut findings: Vec<Finding> = missing(file, header, &headers, mapping.columns().iter()).collect();
    findings.extend(doubles(file, header, layout));
    findings.extend(other_peoples(file, header, layout, mapping));
    let withheld: Vec<String> = layout
        .columns
        .iter()
        .filter(|column| column.meaning == Meaning::Withheld)
        .map(|column| format!("`{}`", column.header))
        .collect();
    if !withheld.is_empty() {
        let text = format!("not kept, because it looks sensitive: {}", withheld.join(", "));
        let hint = "letters do not need it; to keep one all the same, name it under `columns:` in the list's `.yaml` file";
        findings.push(Finding::warning(file, text).at(header.place(0)).hint(hint));
    }
    findings
}

/// The columns among the mapped ones that the list has not.
fn missing<'a>(
    file: &'a str,
    header: &'a Record<'_>,
    headers: &'a [String],
    mapped: impl Iterator<Item = &'a Mapped> + 'a,
) -> impl Iterator<Item = Finding> + 'a {
    let is_there = |mapped: &Mapped| {
        let names = |header: &String| *header == mapped.header || word::fold(header) == mapped.folded;
        headers.iter().any(names)
    };
    let wanted = mapped.filter(move |mapped| mapped.is_wanted() && !is_there(mapped));
    wanted.map(move |mapped| {
        let text = format!("the list has no column `{}`, which its `.yaml` file names", mapped.header);
        let known: Vec<&str> = headers
            .iter()
            .map(String::as_str)
            .filter(|header| !header.is_empty())
            .collect();
        let hint = suggestion::hint(&mapped.header, known);
        // What decides who is written to must not be lost with a renamed column; for the rest the next export may do without.
        let finding = match mapped.decides_who_is_written_to() {
            true => Finding::error(file, text),
            false => Finding::warning(file, format!("{text}; it counts as empty")),
        };
        finding.at(header.place(0)).hint(hint)
    })
}

/// Addresses of parents and other contacts: letters go to them only when somebody says so.
fn other_peoples(file: &str, header: &Record<'_>, layout: &Layout, mapping: &Mapping) -> Vec<Finding> {
    let theirs = |column: &super::Column| {
        let folded = word::fold(&column.header);
        let has = |words: &[&str]| folded.split(' ').any(|word| words.contains(&word));
        matches!(column.meaning, Meaning::Attribute(_)) && mapping.target(&column.header).is_none() && has(MAIL) && has(OTHERS)
    };
    let found = layout.columns.iter().enumerate().filter(|(_, column)| theirs(column));
    let finding = |(index, column): (usize, &super::Column)| {
        let text = format!("`{}` is not taken for the address that letters go to", column.header);
        let hint = format!(
            "if they should go there, write `columns: {{{}: email}}` into `{}`",
            column.header,
            yaml_of(file)
        );
        Finding::warning(file, text).at(header.place(index)).hint(hint)
    };
    found.map(finding).collect()
}

/// Words for mail in headers, folded.
const MAIL: &[&str] = &[
    "email",
    "mail",
    "emails",
    "emailaddress",
    "courriel",
    "correo",
    "emailadres",
    "mailadresse",
];

/// Words for people who are not the one of the row, folded.
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "guardian", "guardians", "parent", "parents", "mother", "mothers", "father", "fathers", "mum", "mums", "dad", "dads", "carer", "caregiver", "invoice",
    "billing", "spouses", "partner", "eltern", "elternteil", "mutter", "vater", "mere", "pere", "tuteur", "madre", "padre", "tutor", "responsable",
    "genitore", "ouder", "ouders", "voogd", "mae", "pai", "responsavel",
];

/// Columns that say the same: which of them counts has to be said, unless the order of the aliases is what anybody would choose.
fn doubles(file: &str, header: &Record<'_>, layout: &Layout) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, column) in layout.columns.iter().enumerate() {
        let mut before = layout.columns[..index].iter();
        let Some(earlier) = before.find(|earlier| earlier.meaning == column.meaning) else {
            continue;
        };
        let twice = word::fold(&earlier.header) == word::fold(&column.header);
        let rule = match &column.meaning {
            Meaning::Field(Field::Consent) => "a yes has to stand in both".to_owned(),
            Meaning::Field(field @ Field::Email) => layout.of(*field).first().map_or(String::new(), |first| {
                format!("`{}` counts where it is filled", layout.columns[*first].header)
            }),
            Meaning::Field(Field::ConsentSource | Field::ConsentWording | Field::Unsubscribed) => continue,
            Meaning::Attribute(_) => "the first filled one counts".to_owned(),
            Meaning::Field(_) if twice => "the first filled one counts".to_owned(),
            Meaning::Field(_) | Meaning::Withheld | Meaning::Unnamed | Meaning::Ignored => continue,
        };
        let text = format!(
            "columns `{}` and `{}` both tell {}: {rule}",
            earlier.header, column.header, column.meaning
        );
        let hint = "to decide otherwise, map one of them to `ignore` in the list's `.yaml` file";
        findings.push(Finding::warning(file, text).at(header.place(index)).hint(hint));
    }
    findings
}

/// That the encoding was guessed, with words by which a person sees whether the guess is right.
pub(super) fn guessed_encoding(file: &str, table: &Table<'_>, samples: &[String]) -> Option<Finding> {
    let encoding = table.encoding.filter(|_| table.is_guessed)?;
    let shown: Vec<String> = samples.iter().map(|sample| format!("`{sample}`")).collect();
    let text = match shown.is_empty() {
        true => format!("the file does not say its encoding; it was read as {encoding}"),
        false => format!(
            "the file does not say its encoding; read as {encoding} it has words such as {}",
            shown.join(", ")
        ),
    };
    let hint = format!(
        "if that looks wrong, name the right one: `tidings import {file} --encoding LABEL`, or `encoding: LABEL` in `{}`",
        yaml_of(file)
    );
    Some(Finding::warning(file, text).hint(hint))
}

/// Kinds that the mapping gives to attributes which no column tells.
pub(super) fn unknown_types(mapping: &Mapping, layout: &Layout) -> Vec<Finding> {
    let known: Vec<&str> = layout.columns.iter().filter_map(super::Column::attribute).collect();
    let unknown = mapping.types().filter(|typed| !known.contains(&typed.name.as_str()));
    let finding = |typed: &super::mapping::Typed| {
        let text = format!("`types:` names `{}`, which no column of the list is called", typed.name);
        let finding = Finding::warning(&typed.file, text).hint(suggestion::hint(&typed.name, known.iter().copied()));
        match typed.place {
            Some(place) => finding.at(place),
            None => finding,
        }
    };
    unknown.map(finding).collect()
}
