//! Tera's errors in a clinic owner's words, at the file's own line and column.

use super::{RenderFault, Templates, context, filters, limits, tags};
use crate::finding::suggestion;
use crate::finding::{Finding, Place};

/// What a failed compilation says.
pub(super) fn findings(error: &tera::Error, templates: &Templates) -> Vec<Finding> {
    match error.kind() {
        tera::ErrorKind::SyntaxError(report) | tera::ErrorKind::RenderingError(report) => vec![syntax(report, templates)],
        // Unknown names of filters, tests and partials come as one text of many reports.
        tera::ErrorKind::Msg(message) => message
            .split("\n\n")
            .filter_map(|report| unknown_name(report, templates))
            .collect(),
        tera::ErrorKind::CircularInclude { tpl, include_chain } => {
            vec![Finding::error(
                format!("templates/{tpl}"),
                format!("the file includes itself: {}", include_chain.join(" → ")),
            )]
        }
        tera::ErrorKind::CircularExtend { tpl, .. } => vec![Finding::error(format!("templates/{tpl}"), "the file extends itself")],
        tera::ErrorKind::MissingParent { current, parent } => {
            vec![missing_file(
                Finding::error(format!("templates/{current}"), format!("`{parent}` does not exist")),
                parent,
                templates,
            )]
        }
        other => vec![Finding::error(
            format!("templates/{}", templates.source.html_name()),
            lowered(&other.to_string()),
        )],
    }
}

fn syntax(report: &tera::ReportError, templates: &Templates) -> Finding {
    let text = templates.text(report.filename()).unwrap_or("");
    let (message, hint) = match report.message() {
        "Unexpected end of input" => (
            "something that was opened is never closed".to_owned(),
            "every `{% if %}` needs its `{% endif %}`, every `{% for %}` its `{% endfor %}`, every `{{` its `}}`",
        ),
        other => (
            lowered(other),
            "a variable is written `{{ first_name }}`, a condition `{% if city == \"Bath\" %}…{% endif %}`",
        ),
    };
    let finding = Finding::error("", format!("the template cannot be read: {message}")).hint(hint);
    templates.placed(finding, report.filename(), text, report.span().range.start)
}

/// One report of the form `error: Unknown filter `x`⏎ --> letter.html:3:8⏎…`.
fn unknown_name(report: &str, templates: &Templates) -> Option<Finding> {
    let mut rows = report.lines();
    let message = rows.next()?.strip_prefix("error: ")?;
    let (name, place) = rows
        .next()
        .and_then(|row| row.split_once("--> "))
        .and_then(|(_, place)| place_of(place))?;
    let text = templates.text(&name).unwrap_or("");
    let unknown = message.split('`').nth(1).unwrap_or("");
    let finding = match message.split(' ').nth(1) {
        Some("filter") => Finding::error("", format!("there is no filter `{unknown}`"))
            .hint(suggestion::hint(unknown, filters::NAMES.iter().copied())),
        Some("template") => missing_file(
            Finding::error("", format!("there is no file `templates/{unknown}`")),
            unknown,
            templates,
        ),
        _ => Finding::error("", lowered(message)),
    };
    let finding = templates.placed(finding, &name, text, 0);
    Some(Finding {
        place: place.or(finding.place),
        ..finding
    })
}

/// `letter.html:3:8`, from behind: a name may hold colons.
fn place_of(text: &str) -> Option<(String, Option<Place>)> {
    let (rest, column) = text.trim().rsplit_once(':')?;
    let (name, line) = rest.rsplit_once(':')?;
    let place = line
        .parse()
        .ok()
        .zip(column.parse().ok())
        .map(|(line, column)| Place::new(line, column));
    // A line of front matter has no place of its own.
    Some((name.to_owned(), place.filter(|_| !name.starts_with('('))))
}

fn missing_file(finding: Finding, missing: &str, templates: &Templates) -> Finding {
    let names = templates.source.files.iter().map(|file| file.name.as_str());
    finding.hint(suggestion::hint(missing, names))
}

/// What a failed render says, and whether it asked for something personal.
pub(super) fn render_fault(error: &tera::Error, templates: &Templates, part: &str) -> RenderFault {
    let tera::ErrorKind::RenderingError(report) = error.kind() else {
        let finding = templates.placed(Finding::error("", lowered(&error.to_string())), part, "", 0);
        return RenderFault {
            finding,
            personal: false,
        };
    };
    let text = templates.text(report.filename()).unwrap_or("");
    let start = templates.written_at(report.filename(), report.span().range.start);
    if report.message().starts_with(limits::BEGINNING) {
        let finding = Finding::error("", report.message()).hint(limits::HINT);
        return RenderFault {
            finding: templates.placed(finding, report.filename(), text, start),
            personal: false,
        };
    }
    let variables = variables_at(text, start);
    let finding = match report.message().split('`').nth(1) {
        Some(name) if report.message().starts_with("Variable") => missing_variable(name),
        Some(field) if report.message().starts_with("Field") => {
            Finding::error("", format!("`{field}` has no value here")).hint(format!(
                "ask first, with `{{% if {} %}}…{{% endif %}}`",
                variables.first().map_or_else(|| field.to_owned(), |(_, path)| path.clone())
            ))
        }
        _ => match variables.first() {
            Some((_, path)) => Finding::error("", format!("`{path}`: {}", lowered(report.message()))),
            None => Finding::error("", lowered(report.message())),
        },
    };
    let personal = variables
        .iter()
        .any(|(name, _)| !context::OBJECTS.iter().any(|(object, _)| object == name));
    RenderFault {
        finding: templates.placed(finding, report.filename(), text, start),
        personal,
    }
}

/// What a part says that makes more than a letter holds.
pub(super) fn full(templates: &Templates, part: &str) -> RenderFault {
    let text = templates.text(part).unwrap_or("");
    let finding = Finding::error("", format!("{}: it makes more than 2 MB", limits::BEGINNING)).hint(limits::HINT);
    RenderFault {
        finding: templates.placed(finding, part, text, 0),
        personal: false,
    }
}

fn missing_variable(name: &str) -> Finding {
    Finding::error("", format!("`{name}` has no value")).hint(format!(
        "fill in the column `{name}`, or write `{{{{ {name} | default(value=\"…\") }}}}` in the template"
    ))
}

/// The variables of the tag around `offset`: name, and path with the field.
fn variables_at(text: &str, offset: usize) -> Vec<(String, String)> {
    let tag = tags::tags(text).into_iter().find(|tag| tag.range.contains(&offset));
    let words = [
        "if", "elif", "for", "in", "set", "not", "and", "or", "is", "true", "false", "include", "else",
    ];
    let uses = tag.map(|tag| tags::uses(text, &tag)).unwrap_or_default();
    let path = |used: &tags::Use<'_>| {
        used.field
            .map_or_else(|| used.name.to_owned(), |(field, _)| format!("{}.{field}", used.name))
    };
    uses.iter()
        .filter(|used| !words.contains(&used.name))
        .map(|used| (used.name.to_owned(), path(used)))
        .collect()
}

/// Tera's message as this house writes them: it begins in lower case and ends without a stop.
fn lowered(message: &str) -> String {
    let mut letters = message.trim_end_matches('.').chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
