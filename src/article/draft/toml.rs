//! Front matter between `+++` lines, as Hugo writes it: the few shapes of TOML that are found there.
//!
//! Promises: a key's words come out as written, or the line that is not understood is named. Does not read all of TOML.

use crate::finding::{Finding, Place};
use serde_yaml::{Mapping, Value};

/// A text cut at its fences.
pub(super) struct Split<'a> {
    pub(super) toml: &'a str,
    pub(super) body: &'a str,
    pub(super) body_line: usize,
}

/// Cuts a text at its `+++` lines; nothing where it has none.
pub(super) fn split(text: &str) -> Option<Split<'_>> {
    let inside = text.trim_start_matches('\u{feff}').strip_prefix("+++")?;
    let inside = inside.trim_start_matches([' ', '\t']).strip_prefix('\n')?;
    let mut offset = 0;
    for line in inside.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            let body = &inside[offset + line.len()..];
            let above = inside[..offset].matches('\n').count();
            return Some(Split {
                toml: &inside[..offset],
                body,
                body_line: above + 3,
            });
        }
        offset += line.len();
    }
    None
}

/// The finding for a line that is not understood.
pub(super) fn finding(file_name: &str, line: usize) -> Finding {
    Finding::error(file_name, "this line of the front matter between `+++` cannot be read")
        .at(Place::new(line + 1, 1))
        .hint("write it as `title = \"…\"`, or take it out; the text below can stay as it is")
}

/// The keys and values; or the line, from 1, that is not understood.
pub(super) fn read(toml: &str) -> Result<Mapping, usize> {
    let mut mapping = Mapping::new();
    let mut table: Option<String> = None;
    let mut lines = toml.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[') {
            table = Some(name.trim_matches(['[', ']', ' ']).to_owned());
            continue;
        }
        let (key, value) = line.split_once('=').ok_or(index + 1)?;
        let mut value = value.trim().to_owned();
        // A list or a text in three quotes goes on over lines.
        while is_open(&value) {
            let (_, more) = lines.next().ok_or(index + 1)?;
            value.push('\n');
            value.push_str(more);
        }
        let (value, rest) = parsed(&value, 0).ok_or(index + 1)?;
        if !rest.trim().is_empty() && !rest.trim().starts_with('#') {
            return Err(index + 1);
        }
        let key = key.trim().trim_matches(['"', '\'']).to_owned();
        put(&mut mapping, table.as_deref(), key, value);
    }
    Ok(mapping)
}

/// `[author]` and `name = …` below it are the author's name; other tables keep to themselves.
fn put(mapping: &mut Mapping, table: Option<&str>, key: String, value: Value) {
    let Some(table) = table else {
        mapping.insert(Value::String(key), value);
        return;
    };
    let name = table.split('.').next().unwrap_or(table).to_owned();
    let inner = mapping
        .entry(Value::String(name))
        .or_insert_with(|| Value::Mapping(Mapping::new()));
    if let Value::Mapping(inner) = inner {
        inner.insert(Value::String(key), value);
    }
}

fn is_open(value: &str) -> bool {
    let three = |quotes: &str| value.starts_with(quotes) && (value.len() < 6 || !value[3..].contains(quotes));
    if three("\"\"\"") || three("'''") {
        return true;
    }
    value.starts_with('[') && parsed(value, 0).is_none() && !value.trim_end().ends_with(']')
}

/// A value at the start of `text`, and what follows it.
fn parsed(text: &str, depth: usize) -> Option<(Value, &str)> {
    let text = text.trim_start();
    if depth > 8 {
        return None;
    }
    for quotes in ["\"\"\"", "'''"] {
        if let Some(rest) = text.strip_prefix(quotes) {
            let end = rest.find(quotes)?;
            return Some((
                Value::String(rest[..end].trim_start_matches('\n').to_owned()),
                &rest[end + 3..],
            ));
        }
    }
    if let Some(rest) = text.strip_prefix('\'') {
        let (value, rest) = rest.split_once('\'')?;
        return Some((Value::String(value.to_owned()), rest));
    }
    if let Some(rest) = text.strip_prefix('"') {
        return quoted(rest);
    }
    if let Some(rest) = text.strip_prefix('[') {
        return list(rest, depth);
    }
    let end = text.find([',', ']', '#', '\n']).unwrap_or(text.len());
    let bare = text[..end].trim();
    let is_bare = !bare.is_empty()
        && bare
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | ':' | '_' | ' '));
    is_bare.then(|| (bare_value(bare), &text[end..]))
}

fn bare_value(bare: &str) -> Value {
    match bare {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        other => Value::String(other.to_owned()),
    }
}

fn list(mut rest: &str, depth: usize) -> Option<(Value, &str)> {
    let mut values = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        if let Some(after) = rest.strip_prefix(']') {
            return Some((Value::Sequence(values), after));
        }
        let (value, after) = parsed(rest, depth + 1)?;
        values.push(value);
        rest = after;
    }
}

/// A text in double quotes, whose opening quote is gone.
fn quoted(rest: &str) -> Option<(Value, &str)> {
    let mut value = String::new();
    let mut characters = rest.char_indices();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((Value::String(value), &rest[index + 1..])),
            '\\' => match characters.next()?.1 {
                'n' => value.push('\n'),
                't' => value.push('\t'),
                code @ ('u' | 'U') => {
                    let digits = if code == 'u' { 4 } else { 8 };
                    let hex: String = (0..digits)
                        .filter_map(|_| characters.next())
                        .map(|(_, digit)| digit)
                        .collect();
                    value.push(char::from_u32(u32::from_str_radix(&hex, 16).ok()?)?);
                }
                other => value.push(other),
            },
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hugo_writes_is_read() {
        let text = "+++\ntitle = \"Calm \\\"days\\\"\" # yes\ndate = 2026-03-01T10:00:00Z\ndraft = false\nauthors = [\n  'Jo Day',\n  \"Ann\"\n]\n[author]\nname = 'Jo'\n+++\n\nText\n";
        let split = split(text).expect("fences");
        assert_eq!((split.body, split.body_line), ("\nText\n", 12));
        let mapping = read(split.toml).expect("TOML");
        assert_eq!(mapping.get("title").and_then(Value::as_str), Some("Calm \"days\""));
        assert_eq!(mapping["author"]["name"].as_str(), Some("Jo"));
        assert_eq!(mapping["authors"][0].as_str(), Some("Jo Day"));
    }

    #[test]
    fn a_line_that_is_not_understood_is_named() {
        assert_eq!(read("title = \"a\"\nwhat is this\n"), Err(2));
        assert_eq!(read("title = \"a"), Err(1));
        assert!(split("+++\nnever closed").is_none());
    }
}
