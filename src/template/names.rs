//! Names that no letter can ever have, found before any letter is rendered.
//!
//! Knows the promised variables and the columns it is told of, nothing of people.

use super::context;
use super::tags::{self, Tag, Use};
use crate::finding::suggestion;
use crate::finding::{Finding, Severity};
use std::collections::BTreeSet;

/// Every unknown variable and field of `text` at its first place, with the offset.
///
/// A variable that the template itself expects to be missing somewhere (`default`, `or`, `is defined`) is only a warning.
pub(super) fn unknown(text: &str, columns: &BTreeSet<String>) -> Vec<(Finding, usize)> {
    let tags = tags::tags(text);
    let free = free_variables(text);
    let uses: Vec<(Use<'_>, &Tag)> = tags
        .iter()
        .flat_map(|tag| tags::uses(text, tag).into_iter().map(move |used| (used, tag)))
        .collect();
    let guarded: BTreeSet<&str> = uses
        .iter()
        .filter(|(_, tag)| guards(tag.inside(text)))
        .map(|(used, _)| used.name)
        .collect();
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (used, _) in uses {
        if let Some(fault) = field_fault(&used) {
            found.push(fault);
        } else if free.contains(used.name) && !is_known(used.name, columns) && seen.insert(used.name) {
            let severity = if guarded.contains(used.name) {
                Severity::Warning
            } else {
                Severity::Error
            };
            found.push((
                Finding {
                    severity,
                    ..name_fault(&used, columns)
                },
                used.offset,
            ));
        }
    }
    found
}

/// The variables that `text` does not make itself, as Tera sees them.
fn free_variables(text: &str) -> BTreeSet<String> {
    let set: BTreeSet<&str> = tags::tags(text).iter().filter_map(|tag| tag.sets(text)).collect();
    // Includes are followed by the caller, file by file; here they would only be missing.
    let alone = tags::tags(text)
        .into_iter()
        .rev()
        .fold(text.to_owned(), |alone, tag| match is_link(&tag, text) {
            true => format!("{}{}", &alone[..tag.range.start], &alone[tag.range.end..]),
            false => alone,
        });
    let mut tera = super::empty();
    if tera.add_raw_template("text", &alone).is_err() {
        return BTreeSet::new();
    }
    let free = tera.get_template_variables("text").unwrap_or_default();
    free.into_iter()
        .filter(|name| !set.contains(name))
        .map(str::to_owned)
        .collect()
}

fn is_link(tag: &Tag, text: &str) -> bool {
    tag.quoted_after("include", text).is_some() || tag.quoted_after("extends", text).is_some()
}

fn guards(inside: &str) -> bool {
    let words: Vec<&str> = inside
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    words
        .iter()
        .any(|word| matches!(*word, "default" | "or" | "defined" | "undefined"))
}

fn is_known(name: &str, columns: &BTreeSet<String>) -> bool {
    context::PERSON.contains(&name) || context::OBJECTS.iter().any(|(object, _)| *object == name) || columns.contains(name)
}

fn field_fault(used: &Use<'_>) -> Option<(Finding, usize)> {
    let (_, fields) = context::OBJECTS.iter().find(|(object, _)| *object == used.name)?;
    let (field, offset) = used.field.filter(|(field, _)| !fields.contains(field))?;
    let finding =
        Finding::error("", format!("`{}` has no `{field}`", used.name)).hint(suggestion::hint(field, fields.iter().copied()));
    Some((finding, offset))
}

fn name_fault(used: &Use<'_>, columns: &BTreeSet<String>) -> Finding {
    let name = used.name;
    let objects = context::OBJECTS.iter().map(|(object, _)| *object);
    let known: Vec<&str> = context::PERSON
        .iter()
        .copied()
        .chain(objects)
        .chain(
            columns
                .iter()
                .map(String::as_str)
                .filter(|column| !context::PERSON.contains(column)),
        )
        .collect();
    let finding = Finding::error(
        "",
        format!("no list has a column `{name}`, and no letter has a variable of that name"),
    );
    // Other programs write `subscriber.first_name`; here a column is written alone.
    let alone = used.field.and_then(|(field, _)| {
        let columns = context::PERSON.iter().copied().chain(columns.iter().map(String::as_str));
        suggestion::nearest(field, columns)
    });
    match alone {
        Some(column) => finding.hint(format!("a column is written alone: did you mean `{column}`?")),
        None => finding.hint(suggestion::hint(name, known)),
    }
}
