//! How much a template may do: turns of its loops, bytes that it makes, how large a value may grow, how deep files include others.
//!
//! Tera stops nothing by itself, so loops and `set` are given a question to ask: behind each of them stands, in the text that Tera sees,
//! a call that counts. It prints nothing and keeps the blanks around it as they were.
//!
//! Promises: a render ends, and soon; what stopped it is said at the template's own line. Knows nothing of what templates are for.

use super::TemplateSource;
use super::tags::{self, Kind, Tag};
use crate::finding::{Finding, Place};
use std::cell::Cell;
use std::io;
use tera::{Error, Kwargs, State, TeraResult, Value};

/// All loops of one part together; no letter has so many rows.
pub(crate) const MOST_TURNS: usize = 10_000;
/// What one part may hold before anybody looks at its size: ten times what mail programs show.
pub(crate) const MOST_BYTES: usize = 2 * 1024 * 1024;
/// How far `range` counts.
pub(crate) const LONGEST_RANGE: i128 = 1_000;
/// What all `set` of one part together may be looked at for.
const MOST_LOOKED_AT: usize = 100 * MOST_TURNS;
/// Partials in partials.
pub(crate) const DEEPEST: usize = 8;
/// Includes that one part comes to.
pub(crate) const MOST_INCLUDES: usize = 500;

/// How every message of a limit begins: such a fault is the template's, whoever it is met with.
pub(super) const BEGINNING: &str = "the template does too much here";
/// What to do about it.
pub(super) const HINT: &str = "a letter is short: look at the loops around this place, and at what they add up";

const TURN: &str = "__turn()";

thread_local! {
    /// What the render of this thread has done so far.
    static DONE: Cell<Done> = const { Cell::new(Done { turns: 0, bytes: 0, looked_at: 0 }) };
}

/// What a render has done.
#[derive(Debug, Clone, Copy)]
struct Done {
    turns: usize,
    bytes: usize,
    /// Members of values that were counted.
    looked_at: usize,
}

/// Gives `tera` the counters, and functions of its own that could make too much as ones that do not.
pub(super) fn register(tera: &mut tera::Tera) {
    tera.register_function("__turn", turn);
    tera.register_function("__held", held);
    tera.register_function("range", range);
    tera.register_filter("replace", replace);
}

/// Room that a page begins with: a part of an ordinary letter.
const PAGE: usize = 8 * 1024;

/// The page of one render.
pub(super) struct Page {
    bytes: Vec<u8>,
    pub(super) is_full: bool,
}

impl Page {
    /// An empty page; what this thread rendered before is forgotten.
    pub(super) fn begin() -> Self {
        DONE.set(Done {
            turns: 0,
            bytes: 0,
            looked_at: 0,
        });
        Self {
            bytes: Vec::with_capacity(PAGE),
            is_full: false,
        }
    }

    pub(super) fn into_text(self) -> String {
        // Tera writes nothing but texts.
        String::from_utf8(self.bytes).unwrap_or_default()
    }
}

impl io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // A loop stops at half of this, and knows its line.
        if self.bytes.len() + bytes.len() > 2 * MOST_BYTES {
            self.is_full = true;
            return Err(io::Error::other("the page is full"));
        }
        self.bytes.extend_from_slice(bytes);
        DONE.set(Done {
            bytes: self.bytes.len(),
            ..DONE.get()
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A text as Tera gets it, and where the counters stand in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) text: String,
    /// Offset in the text as written, length of what stands there, and the beginning of the tag before it.
    inserted: Vec<(usize, usize, usize)>,
}

impl Counted {
    /// `text` with a counter behind each loop's head and each `set`.
    pub(super) fn of(text: &str) -> Self {
        let mut counted = Self {
            text: String::with_capacity(text.len()),
            inserted: Vec::new(),
        };
        let mut open: Vec<&str> = Vec::new();
        let mut at = 0;
        for tag in tags::tags(text) {
            counted.text.push_str(&text[at..tag.range.end]);
            at = tag.range.end;
            if let Some(call) = call_behind(&tag, text, &mut open) {
                // What eats the blanks behind a tag must go on eating them.
                let dash = if text[tag.range.clone()].ends_with("-%}") { "-" } else { "" };
                let call = format!("{{{{ {call} {dash}}}}}");
                counted.inserted.push((at, call.len(), tag.range.start));
                counted.text.push_str(&call);
            }
        }
        counted.text.push_str(&text[at..]);
        counted
    }

    /// Where the byte `offset` of the counted text stands in the text as written; for a counter's own it is in the tag before it.
    pub(super) fn written_at(&self, offset: usize) -> usize {
        let mut before = 0;
        for (at, length, tag) in &self.inserted {
            if offset < at + before {
                break;
            }
            if offset < at + before + length {
                return *tag;
            }
            before += length;
        }
        offset - before
    }
}

fn call_behind<'t>(tag: &Tag, text: &'t str, open: &mut Vec<&'t str>) -> Option<String> {
    if tag.kind != Kind::Statement {
        return None;
    }
    let inside = tag.inside(text);
    if inside.starts_with("for ") {
        return Some(TURN.to_owned());
    }
    if inside == "endset" {
        return open.pop().map(held_call);
    }
    let name = tag.sets(text).filter(|name| !name.is_empty())?;
    let rest = inside.split_once(name).map_or("", |(_, rest)| rest.trim_start());
    match rest.starts_with('=') {
        true => Some(held_call(name)),
        false => {
            open.push(name);
            None
        }
    }
}

fn held_call(name: &str) -> String {
    format!("__held(name=\"{name}\", value={name})")
}

fn too_much(what: &str) -> Error {
    Error::message(format!("{BEGINNING}: {what}"))
}

fn turn(_: Kwargs, _: &State<'_>) -> TeraResult<&'static str> {
    let done = DONE.get();
    DONE.set(Done {
        turns: done.turns + 1,
        ..done
    });
    if done.turns >= MOST_TURNS {
        return Err(too_much(&format!("its loops have turned {MOST_TURNS} times")));
    }
    match done.bytes <= MOST_BYTES {
        true => Ok(""),
        false => Err(too_much("it makes more than 2 MB")),
    }
}

#[expect(clippy::needless_pass_by_value, reason = "Tera hands a function its arguments by value")]
fn held(arguments: Kwargs, _: &State<'_>) -> TeraResult<&'static str> {
    let name = arguments.must_get::<&str>("name")?;
    let Some(value) = arguments.get::<Value>("value")? else {
        return Ok("");
    };
    let members = members(&value).filter(|_| value.as_str().is_none_or(|text| text.len() <= MOST_BYTES));
    let Some(members) = members else {
        return Err(too_much(&format!("`{name}` has grown too large")));
    };
    let done = DONE.get();
    DONE.set(Done {
        looked_at: done.looked_at + members,
        ..done
    });
    match done.looked_at <= MOST_LOOKED_AT {
        true => Ok(""),
        false => Err(too_much("it sets long lists again and again")),
    }
}

/// How many members a value has, with those of its members; `None` where they are more than a value may have, or hold more than a text.
/// A list of lists of lists is a small thing to write and an endless one to read.
fn members(value: &Value) -> Option<usize> {
    let mut waiting = vec![value];
    let (mut members, mut bytes) = (0, 0);
    while let Some(value) = waiting.pop() {
        members += 1;
        bytes += value.as_str().map_or(0, str::len);
        let below = value.as_array().map_or(0, <[Value]>::len) + value.as_map().map_or(0, |map| map.len());
        if members + waiting.len() + below > MOST_TURNS || bytes > MOST_BYTES {
            return None;
        }
        waiting.extend(value.as_array().into_iter().flatten());
        waiting.extend(value.as_map().into_iter().flat_map(|map| map.values()));
    }
    Some(members)
}

/// Tera's `range`, which would count to a hundred thousand.
#[expect(clippy::needless_pass_by_value, reason = "Tera hands a function its arguments by value")]
fn range(arguments: Kwargs, _: &State<'_>) -> TeraResult<Vec<i128>> {
    let start = arguments.get::<i64>("start")?.map_or(0, i128::from);
    let end = i128::from(arguments.must_get::<i64>("end")?);
    let step = arguments.get::<i64>("step_by")?.map_or(1, i128::from);
    if step == 0 || start > end && step > 0 {
        return Err(Error::message(
            "`range` needs an `end` that it comes to, going by `step_by` from `start`",
        ));
    }
    let span = end - start;
    let length = match span.signum() == step.signum() {
        true => span / step + i128::from(span % step != 0),
        false => 0,
    };
    match length <= LONGEST_RANGE {
        true => Ok((0..length).map(|at| start + at * step).collect()),
        false => Err(too_much(&format!("`range` counts {LONGEST_RANGE} at most"))),
    }
}

/// Tera's `replace`, which could make a library of a line.
#[expect(clippy::needless_pass_by_value, reason = "Tera hands a filter its arguments by value")]
fn replace(value: tera::StringInput<'_>, arguments: Kwargs, state: &State<'_>) -> TeraResult<Value> {
    let from = arguments.must_get::<&str>("from")?;
    let to = arguments.must_get::<tera::StringInput<'_>>("to")?;
    let is_html = state.autoescaping_enabled() && (value.is_safe() || to.is_safe());
    let (text, by) = match is_html {
        true => (value.rendered(state)?, to.rendered(state)?),
        false => (value.as_str().into(), to.as_str().into()),
    };
    let found = text.matches(from).count();
    if text.len() + found.saturating_mul(by.len()) > MOST_BYTES {
        return Err(too_much("`replace` makes more than a letter holds"));
    }
    let replaced = text.replace(from, &by);
    Ok(match is_html {
        true => Value::safe_string(&replaced),
        false => Value::from(replaced),
    })
}

/// Files that include others too deep, or too often.
pub(super) fn include_faults(source: &TemplateSource) -> Vec<Finding> {
    let mut counted = 0;
    let parts = source.files.iter().map(|file| file.name.as_str());
    parts
        .filter(|name| *name == source.html_name() || *name == source.text_name())
        .find_map(|part| too_deep(source, &mut vec![part], &mut counted))
        .into_iter()
        .collect()
}

/// `way` is how the search came to its last file; circles are for Tera to say.
fn too_deep<'s>(source: &'s TemplateSource, way: &mut Vec<&'s str>, counted: &mut usize) -> Option<Finding> {
    let name = *way.last()?;
    let depth = way.len() - 1;
    let text = source.file(name)?;
    tags::tags(text).into_iter().find_map(|tag| {
        let partial = tag.quoted_after("include", text)?;
        if way.contains(&partial) {
            return None;
        }
        *counted += 1;
        if depth == DEEPEST || *counted > MOST_INCLUDES {
            let text_ = match depth == DEEPEST {
                true => format!("files include one another more than {DEEPEST} deep"),
                false => format!("files include one another more than {MOST_INCLUDES} times"),
            };
            let finding = Finding::error(format!("templates/{name}"), text_).at(Place::of_offset(text, tag.range.start));
            return Some(finding.hint("put what they share into one file"));
        }
        way.push(partial);
        let found = too_deep(source, way, counted);
        way.pop();
        found
    })
}

#[cfg(test)]
mod tests {
    use super::Counted;

    #[test]
    fn counters_stand_behind_loops_and_what_is_set() {
        let text = "a{% for x in xs -%} b{% set y = x %}c{% set z %}d{% endset %}{% if y == x %}e{% endif %}{% endfor %}";
        let counted = Counted::of(text);
        assert_eq!(
            counted.text,
            "a{% for x in xs -%}{{ __turn() -}} b{% set y = x %}{{ __held(name=\"y\", value=y) }}c{% set z %}d{% endset %}\
             {{ __held(name=\"z\", value=z) }}{% if y == x %}e{% endif %}{% endfor %}"
        );
        for (written, c) in text.char_indices().filter(|(_, c)| "bcde".contains(*c)) {
            let offset = counted
                .text
                .match_indices(c)
                .find(|(at, _)| counted.written_at(*at) == written);
            assert!(offset.is_some(), "{c} at {written}");
        }
        assert_eq!(
            counted.written_at(counted.text.find("__turn").unwrap()),
            text.find("{% for").unwrap()
        );
        assert_eq!(counted.written_at(counted.text.len()), text.len());
    }
}
