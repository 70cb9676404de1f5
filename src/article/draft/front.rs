//! Front matter as other programs write it: YAML that is sound or nearly so, TOML, JSON; and a drawn line that only looks like it.
//!
//! Promises: a key whose value can be read is read; what was guessed or left out is said. Knows nothing of what the keys mean.

use super::toml;
use crate::article::front_matter;
use crate::article::note::Note;
use crate::finding::Finding;
use serde_yaml::{Mapping, Value};

/// A text without its front matter.
pub(super) struct Front<'a> {
    pub(super) mapping: Mapping,
    /// The line on which the front matter's keys begin.
    pub(super) line: usize,
    pub(super) body: &'a str,
    pub(super) body_line: usize,
    pub(super) notes: Vec<Note>,
}

/// Reads the front matter of a text with `\n` line ends.
///
/// # Errors
/// When it is TOML that cannot be read.
pub(super) fn read<'a>(text: &'a str, file_name: &str) -> Result<Front<'a>, Vec<Finding>> {
    if let Some(split) = toml::split(text) {
        let mapping = toml::read(split.toml).map_err(|line| vec![toml::finding(file_name, line)])?;
        return Ok(Front {
            mapping,
            line: 2,
            body: split.body,
            body_line: split.body_line,
            notes: Vec::new(),
        });
    }
    Ok(json(text).or_else(|| named(text)).unwrap_or_else(|| yaml(text)))
}

/// `{ "title": … }` above the text.
fn json(text: &str) -> Option<Front<'_>> {
    let start = text.trim_start_matches(['\u{feff}', ' ', '\n']);
    if !start.starts_with('{') || !start[1..].trim_start().starts_with('"') {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(start).into_iter::<serde_json::Value>();
    let value = values.next()?.ok().filter(serde_json::Value::is_object)?;
    let body = &start[values.byte_offset()..];
    let Ok(Value::Mapping(mapping)) = serde_yaml::to_value(value) else {
        return None;
    };
    let above = |rest: &str| text[..text.len() - rest.len()].matches('\n').count();
    Some(Front {
        mapping,
        line: above(start) + 1,
        body,
        body_line: above(body) + 1,
        notes: Vec::new(),
    })
}

/// `---json`, `---js`: the fence says in which language the keys are written. YAML reads JSON, and the plain objects of JavaScript.
fn named(text: &str) -> Option<Front<'_>> {
    let start = text.trim_start_matches('\u{feff}');
    let (fence, inside) = start.split_once('\n')?;
    let name = fence.trim().strip_prefix("---").filter(|name| !name.is_empty())?;
    if !["js", "javascript", "json", "json5", "yaml", "yml", "toml"].contains(&name.trim()) {
        return None;
    }
    let mut offset = 0;
    let end = inside.split_inclusive('\n').find_map(|line| {
        let at = offset;
        offset += line.len();
        (line.trim_end() == "---").then_some(at)
    })?;
    let keys = &inside[..end];
    let read = match name.trim() {
        "toml" => toml::read(keys).ok(),
        _ => mapping(keys),
    };
    let mut notes = Vec::new();
    if read.is_none() {
        notes.push(unread(2));
    }
    let body = &inside[offset..];
    Some(Front {
        mapping: read.unwrap_or_default(),
        line: 2,
        body,
        body_line: text[..text.len() - body.len()].matches('\n').count() + 1,
        notes,
    })
}

fn yaml(text: &str) -> Front<'_> {
    let split = front_matter::split(text);
    let mut front = Front {
        mapping: Mapping::new(),
        line: split.yaml_line,
        body: split.body,
        body_line: split.body_line,
        notes: Vec::new(),
    };
    if let Some(line) = split.unclosed {
        let text = "the `---` here opens front matter that is never closed; it is left out, and all below it is text";
        front.notes.push(Note::unsure(line, text));
    }
    let Some(yaml) = split.yaml else { return front };
    if !yaml.trim().is_empty() && !yaml.lines().any(|line| key(line).is_some()) {
        // Two drawn lines, and text between them.
        let start = text.len() - split.body.len();
        let above = text[..start].find(yaml).unwrap_or(0);
        front.body = &text[above..];
        front.body_line = split.yaml_line;
        let said = "the `---` here draws a line; it is left out, and what stands below it is text";
        front.notes.push(Note::done(split.yaml_line.saturating_sub(1).max(1), said));
        return front;
    }
    match mapping(yaml) {
        Some(mapping) => front.mapping = mapping,
        None if yaml.trim().is_empty() => {}
        None => {
            front.mapping = line_by_line(yaml);
            front.notes.push(match front.mapping.is_empty() {
                true => unread(split.yaml_line),
                false => Note::unsure(
                    split.yaml_line,
                    "the front matter is not written as its rules want (`: ` inside a value needs quotes around it), and is read line by line",
                ),
            });
        }
    }
    front
}

fn unread(line: usize) -> Note {
    Note::unsure(
        line,
        "the front matter cannot be read and is left out; see whether it held something of use",
    )
}

fn mapping(yaml: &str) -> Option<Mapping> {
    match serde_yaml::from_str::<Value>(yaml) {
        Ok(Value::Mapping(mapping)) => Some(mapping),
        Ok(Value::Null) => Some(Mapping::new()),
        Ok(_) | Err(_) => None,
    }
}

/// `key: rest`, whatever the rest is.
fn key(line: &str) -> Option<(&str, &str)> {
    let (key, rest) = line.split_once(':')?;
    let is_key = key.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '"')
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '"'));
    (is_key && (rest.is_empty() || rest.starts_with([' ', '\t']))).then(|| (key.trim_matches('"'), rest.trim()))
}

fn line_by_line(yaml: &str) -> Mapping {
    let mut mapping = Mapping::new();
    for (key, rest) in yaml.lines().filter_map(key) {
        let quoted = ['"', '\'']
            .iter()
            .find_map(|quote| rest.strip_prefix(*quote)?.strip_suffix(*quote));
        let value = quoted.unwrap_or(rest);
        // What opens a list or goes on over lines is no text of one line.
        if !value.is_empty() && !value.starts_with(['[', '{', '|', '>', '&', '*', '!']) {
            mapping.insert(Value::String(key.to_owned()), Value::String(value.to_owned()));
        }
    }
    mapping
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, title: Option<&str>, body: &str, body_line: usize, n_notes: usize) {
        let front = read(text, "a.md").expect("front matter");
        let found = front.mapping.get("title").and_then(Value::as_str);
        assert_eq!(
            (found, front.body, front.body_line, front.notes.len()),
            (title, body, body_line, n_notes),
            "{text}"
        );
    }

    #[test]
    fn front_matter_of_many_makers_is_read() {
        check("---\ntitle: Calm\n---\nText", Some("Calm"), "Text", 4, 0);
        check(
            "---\ntitle: Calm: a guide\ndate: [\n---\nText",
            Some("Calm: a guide"),
            "Text",
            5,
            1,
        );
        check("{\n  \"title\": \"Calm\"\n}\n\nText", Some("Calm"), "\n\nText", 3, 0);
        check("---js\n{ title: \"Calm\", x: \"y\" }\n---\nText", Some("Calm"), "Text", 4, 0);
        check("---js\nmodule.exports = function () {\n---\nText", None, "Text", 4, 1);
        check("---\n---\nText", None, "Text", 3, 0);
    }

    #[test]
    fn lines_that_only_look_like_front_matter_are_text() {
        check(
            "---\n\n# Calm\n\nText.\n\n---\n\nEnd.",
            None,
            "\n# Calm\n\nText.\n\n---\n\nEnd.",
            2,
            1,
        );
        check("{braces} open a text", None, "{braces} open a text", 1, 0);
        check("---\ntitle: never closed\n\nText", None, "title: never closed\n\nText", 2, 1);
    }
}
