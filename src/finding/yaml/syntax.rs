//! What is wrong with a text that is no YAML at all, in words of somebody who has never heard of YAML.

use super::tree::{Body, Node};
use super::walk::place_in;
use super::{Mistake, comment, shown};
use crate::finding::Place;

const QUOTE_IT: &str = "put the whole value in double quotes";
const CURLY: [char; 6] = ['“', '”', '„', '‘', '’', '‟'];

/// More open brackets than this cost the parser minutes: its work grows with their square.
const MAX_OPEN: usize = 100;

/// Finds what the parser would refuse in words of its own, or would take too long to refuse.
pub(super) fn foresee(text: &str) -> Result<(), Mistake> {
    let stray = |c: char| (c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{85}')) || matches!(c, '\u{fffe}' | '\u{ffff}');
    let mut open: usize = 0;
    for (offset, c) in text.char_indices() {
        match c {
            '[' | '{' => open += 1,
            ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_OPEN {
            let mistake = Mistake::at(
                Place::of_offset(text, offset),
                format!("more than {MAX_OPEN} brackets are open here"),
            );
            return Err(mistake.hint("close each `[` with `]` and each `{` with `}`"));
        }
        if stray(c) {
            let text_found = format!("the invisible character U+{:04X} stands here", u32::from(c));
            let mistake = Mistake::at(Place::of_offset(text, offset), text_found);
            return Err(mistake.hint("delete it, or save the file anew as plain text (UTF-8)"));
        }
    }
    Ok(())
}

/// The top level is something else than keys and values.
pub(super) fn no_mapping(root: &Node) -> Mistake {
    const WANTED: &str = "wanted lines such as `title: Winter tips`";
    match &root.body {
        Body::Null => Mistake::somewhere(format!("there is nothing in it, {WANTED}")),
        Body::Text(text) if glued(text).is_some() => glued_mistake(root.place, text),
        Body::Text(text) => Mistake::at(root.place, format!("found the text {}, {WANTED}", shown(text))),
        Body::List(_) => Mistake::at(root.place, format!("found a list, {WANTED}")),
        Body::Bool(_) | Body::Whole(..) | Body::Fraction(..) | Body::Mapping(_) => {
            Mistake::at(root.place, format!("found a single value, {WANTED}"))
        }
    }
}

/// An anchor, an alias or a tag: a value that starts with `&`, `*` or `!`.
pub(super) fn property(rest: &str, place: Place) -> Mistake {
    let sign = rest.chars().next().filter(|c| matches!(c, '&' | '!')).unwrap_or('*');
    let text = format!("a value that starts with `{sign}` means something else in YAML than the text it shows");
    Mistake::at(place, text).hint(QUOTE_IT)
}

/// A key that is no single word but a list or a mapping, most often a template's `{{ name }}` without quotes.
pub(super) fn key_of_many(rest: &str, place: Place) -> Mistake {
    let text = match rest.starts_with('{') {
        true => "a value that starts with `{` means something else in YAML than the text it shows",
        false => "a key must be a single word",
    };
    Mistake::at(place, text).hint(QUOTE_IT)
}

/// Translates the parser's error.
pub(super) fn explain(text: &str, error: &serde_yaml::Error) -> Mistake {
    let message = error.to_string();
    let place = error
        .location()
        .map_or(Place::new(1, 1), |found| Place::new(found.line(), found.column()));
    if message.contains("more than one document") {
        return second_document(text);
    }
    if let Some(swallowed) = comment::swallowed_brace(text, place.line) {
        return swallowed;
    }
    let line = text.lines().nth(place.line - 1).unwrap_or("");
    let explained = by_the_line(line, place).or_else(|| by_the_message(&message, line, place));
    let explained = explained
        .or_else(|| open_quote(text, place))
        .or_else(|| misfit(&message, text, place));
    explained.unwrap_or_else(|| {
        Mistake::at(place, "the text cannot be understood from here on")
            .hint("compare this line, and the one above it, with the sample")
    })
}

fn second_document(text: &str) -> Mistake {
    let lines: Vec<usize> = (1..)
        .zip(text.lines())
        .filter(|(_, line)| line.starts_with("---"))
        .map(|(number, _)| number)
        .collect();
    let line = match lines.as_slice() {
        // The parser also says so of words behind a value that was complete.
        [] => {
            let lost = Mistake::somewhere("this is not a text of lines such as `title: Winter tips`");
            return open_quote(text, Place::new(text.lines().count(), 1)).unwrap_or(lost);
        }
        [only] => *only,
        [_, second, ..] => *second,
    };
    let mistake = Mistake::at(
        Place::new(line, 1),
        "a second document starts here with `---`, but a file holds one",
    );
    mistake.hint("delete this line, or move what follows to a file of its own")
}

/// What the faulty line shows by itself, whatever the parser stumbled over.
fn by_the_line(line: &str, place: Place) -> Option<Mistake> {
    let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
    if let Some(tab) = indent.chars().position(|c| c == '\t') {
        let mistake = Mistake::at(Place::new(place.line, tab + 1), "this line is indented with a tab");
        return Some(mistake.hint("use blanks: YAML refuses tabs"));
    }
    let (key, value) = line.split_once(':')?;
    let value_column = key.chars().count() + 2 + value.chars().take_while(|c| *c == ' ').count();
    if value.trim_start().starts_with(CURLY) {
        let mistake = Mistake::at(
            Place::new(place.line, value_column),
            "these curly quotation marks do not count as quotes",
        );
        return Some(mistake.hint("write straight ones (\")"));
    }
    None
}

/// What the parser's own words say for certain.
fn by_the_message(message: &str, line: &str, place: Place) -> Option<Mistake> {
    let context = place_in(message).unwrap_or(place);
    let here = line.chars().nth(place.column - 1);
    let said = |words: &str| message.contains(words);
    let mistake = if said("mapping values are not allowed") {
        second_colon(line, place)
    } else if said("cannot start any token") {
        let sign = here.unwrap_or('@');
        Mistake::at(place, format!("a value cannot start with `{sign}`")).hint(QUOTE_IT)
    } else if said("scanning an alias") || said("scanning an anchor") || said("unknown anchor") || said("tag") {
        let column = line
            .char_indices()
            .nth(context.column - 1)
            .map_or(line.len(), |(offset, _)| offset);
        property(&line[column..], context)
    } else if said("end of stream") && said("quoted scalar") {
        Mistake::at(context, "the quotation mark that opens here is never closed").hint("close it at the end of the value")
    } else if said("',' or ']'") {
        Mistake::at(context, "the list that opens here with `[` is not closed")
            .hint("close it with `]`, and put commas between its items")
    } else if said("',' or '}'") {
        Mistake::at(context, "the `{` that opens here is not closed")
            .hint("close it with `}`; a value that starts with `{` goes into double quotes")
    } else if said("unknown escape") || said("escape sequence") || said("hexdecimal") {
        Mistake::at(place, "a `\\` between double quotes means something else than itself")
            .hint("use single quotes, or write `\\\\`")
    } else if said("block sequence entries") {
        Mistake::at(place, "a list cannot start behind its key")
            .hint("put each `- item` on a line of its own, or write `[one, two]`")
    } else if said("block scalar") {
        Mistake::at(place, "a value that starts with `|` or `>` begins on the next line").hint(QUOTE_IT)
    } else if said("directive") {
        Mistake::at(place, "a line cannot start with `%`").hint(QUOTE_IT)
    } else if said("recursion limit") {
        Mistake::at(place, "this is nested too deep")
    } else {
        return None;
    };
    Some(mistake)
}

/// A `: ` where no key may stand: in the middle of a value, or on a line below a value.
fn second_colon(line: &str, place: Place) -> Mistake {
    let before: String = line.chars().take(place.column - 1).collect();
    match before.contains(": ") {
        true => Mistake::at(place, "a `:` inside a value looks like another key").hint(QUOTE_IT),
        false => Mistake::at(
            place,
            "this line is indented as if it belonged to the one above, which has its value already",
        )
        .hint("line it up with the key above; between key and value goes `: `, with a blank"),
    }
}

/// The first line up to `place` whose quotation marks are odd in number: what follows is misread as text.
fn open_quote(text: &str, place: Place) -> Option<Mistake> {
    let unpaired = |line: &str, quote: char| {
        let value = line.split_once(": ").map_or(line, |(_, value)| value).trim();
        value.starts_with(quote) && value.replace("\\\"", "").matches(quote).count() % 2 == 1
    };
    (1..=place.line).zip(text.lines()).find_map(|(number, line)| {
        let quote = ['"', '\''].into_iter().find(|quote| unpaired(line, *quote))?;
        let column = line.chars().position(|c| c == quote)? + 1;
        let mistake = Mistake::at(
            Place::new(number, column),
            "the quotation mark that opens here is not closed on this line",
        );
        Some(match line.matches(quote).count() {
            1 => mistake.hint("close it at the end of the value"),
            _ => mistake.hint("a value with an apostrophe in it goes into double quotes"),
        })
    })
}

/// What remains: a line that fits nowhere.
fn misfit(message: &str, text: &str, place: Place) -> Option<Mistake> {
    if message.contains("could not find expected ':'") {
        // The parser has read on in search of the colon; the line that lacks it is the last one before that has words.
        let lines = (1..place.line).zip(text.lines());
        let (number, line) = lines.filter(|(_, line)| !line.trim().is_empty()).last()?;
        let column = line.chars().take_while(|c| *c == ' ').count() + 1;
        let place = Place::new(number, column);
        if glued(line).is_some() {
            return Some(glued_mistake(place, line));
        }
        let mistake = Mistake::at(place, "this line has no `:` behind its key");
        return Some(mistake.hint("write `key: value`, with a blank after the colon"));
    }
    let lost = message.contains("did not find expected") || message.contains("found unexpected");
    lost.then(|| {
        let mistake = Mistake::at(place, "this line does not fit under the ones above it");
        mistake.hint(
            "keys that belong together start in the same column; a value that goes on behind its closing quote is not allowed",
        )
    })
}

/// The key of `key:value`, written without the blank that makes it one.
fn glued(line: &str) -> Option<&str> {
    let (key, value) = line.trim().split_once(':')?;
    let word = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || c == '_');
    (word && value.starts_with(|c: char| !c.is_whitespace())).then_some(key)
}

fn glued_mistake(place: Place, line: &str) -> Mistake {
    let key = glued(line).unwrap_or("key");
    Mistake::at(place, format!("a blank is missing after `{key}:`")).hint(format!("write `{key}: value`"))
}
