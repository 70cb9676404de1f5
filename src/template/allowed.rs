//! What a template may call: filters, functions and tests by name, and nothing that a newer Tera may bring by itself.
//!
//! Promises: no name of these lists reaches a file, the environment, the network or the clock; what is not in them is refused before
//! anything is rendered, with its place. Knows nothing of what the names do.

use super::filters;
use super::tags::{self, Kind, Tag};
use crate::finding::{Finding, suggestion};

/// The functions.
pub(crate) const FUNCTIONS: &[&str] = &["range", "throw"];

/// What may stand behind `is`.
pub(crate) const TESTS: &[&str] = &[
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "none",
    "number",
    "odd",
    "starting_with",
    "string",
    "undefined",
];

/// Everything in `text` that a letter's template may not do, with its offset.
pub(super) fn faults(text: &str) -> Vec<(Finding, usize)> {
    let mut found = Vec::new();
    for tag in tags::tags(text) {
        if !matches!(tag.kind, Kind::Expression | Kind::Statement) {
            continue;
        }
        let words = words(text, &tag);
        if let Some(finding) = of_statement(&tag, text, &words) {
            found.push((finding, tag.range.start));
            continue;
        }
        found.extend(words.iter().enumerate().filter_map(|(at, word)| {
            let before = at.checked_sub(1).and_then(|at| words.get(at));
            of_word(word, before).map(|finding| (finding, word.offset))
        }));
    }
    found
}

fn of_statement(tag: &Tag, text: &str, words: &[Word<'_>]) -> Option<Finding> {
    let first = words.first()?;
    if tag.kind == Kind::Statement && matches!(first.name, "component" | "macro" | "import") {
        let shown: String = text[tag.range.clone()].chars().take(40).collect();
        return Some(
            Finding::error("", format!("`{shown}`: a letter's template has no building blocks that are called by name"))
                .hint("put the piece into a file of its own and write `{% include \"piece.html\" %}`; `{% set title = \"…\" %}` before it hands it a value"),
        );
    }
    let behind = words.iter().skip(usize::from(tag.kind == Kind::Statement));
    let made = behind.into_iter().any(|word| word.name == "for" && word.before != b'.');
    made.then(|| {
        Finding::error("", "a list cannot be made by a loop inside brackets here")
            .hint("write `{% for … in … %}` around what is to be repeated")
    })
}

fn of_word(word: &Word<'_>, before: Option<&Word<'_>>) -> Option<Finding> {
    let name = word.name;
    let is_behind = |names: &[&str]| before.is_some_and(|before| names.contains(&before.name) && word.before == b'a');
    if name.starts_with("__") {
        return Some(Finding::error(
            "",
            format!("`{name}` is no name for a template: two strokes begin the program's own"),
        ));
    }
    if word.before == b'|' || is_behind(&["filter"]) {
        let known = filters::NAMES.contains(&name);
        return (!known).then(|| {
            Finding::error("", format!("there is no filter `{name}`")).hint(suggestion::hint(name, filters::NAMES.iter().copied()))
        });
    }
    let is_test = is_behind(&["is"]) && name != "not" || is_behind(&["not"]) && before.is_some_and(|not| not.follows_is);
    if is_test {
        let known = TESTS.contains(&name);
        return (!known)
            .then(|| Finding::error("", format!("there is no test `{name}`")).hint(suggestion::hint(name, TESTS.iter().copied())));
    }
    let language = [
        "if",
        "elif",
        "and",
        "or",
        "not",
        "in",
        "is",
        "for",
        "set",
        "set_global",
        "else",
    ];
    let is_function = word.is_called && word.before != b'.' && !language.contains(&name);
    let known = FUNCTIONS.contains(&name) || name == "super";
    (is_function && !known).then(|| {
        Finding::error(
            "",
            format!("there is no function `{name}`: a template reaches no file, no network, no clock and no environment"),
        )
        .hint(suggestion::hint(name, FUNCTIONS.iter().copied()))
    })
}

/// A word of a tag outside of texts in quotes.
struct Word<'t> {
    name: &'t str,
    offset: usize,
    /// The last character before it that is no blank: `a` stands for any word.
    before: u8,
    is_called: bool,
    follows_is: bool,
}

fn words<'t>(text: &'t str, tag: &Tag) -> Vec<Word<'t>> {
    let bytes = text.as_bytes();
    let end = tag.range.end.saturating_sub(2);
    let mut found: Vec<Word<'t>> = Vec::new();
    let mut before = b' ';
    let mut at = tag.range.start + 2;
    while at < end {
        match bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => {
                at = tags::string_end(bytes, at + 1, quote);
                before = quote;
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let stop = (at..end).find(|&stop| !tags::is_name(char::from(bytes[stop]))).unwrap_or(end);
                found.push(Word {
                    name: &text[at..stop],
                    offset: at,
                    before,
                    is_called: text[stop..end].trim_start().starts_with('('),
                    follows_is: before == b'a' && found.last().is_some_and(|last| last.name == "is"),
                });
                before = b'a';
                at = stop;
            }
            byte => {
                if !byte.is_ascii_whitespace() {
                    before = byte;
                }
                at += 1;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{FUNCTIONS, TESTS, faults};

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<String> = faults(text)
            .into_iter()
            .map(|(finding, at)| format!("{at} {}", finding.text))
            .collect();
        assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert!(found.starts_with(expected), "{text}: {found}");
        }
    }

    #[test]
    fn what_is_not_allowed_by_name_is_refused_at_its_place() {
        check("{{ get_env(name=\"HOME\") }}", &["3 there is no function `get_env`"]);
        check(
            "{{ now() | date }} {{ x | json_encode }}",
            &["3 there is no function `now`", "26 there is no filter `json_encode`"],
        );
        check(
            "{% if x is matching(pat=\"a\") or x is not nice %}",
            &["11 there is no test `matching`", "41 there is no test `nice`"],
        );
        check("{% filter shout %}a{% endfilter %}", &["10 there is no filter `shout`"]);
        check("{{ __tera_context }}", &["3 `__tera_context` is no name"]);
        check("{% component a(x) %}{% endcomponent %}", &["0 `{% component a(x) %}`"]);
        check("{% set a = [x for x in xs] %}", &["0 a list cannot be made by a loop"]);
    }

    #[test]
    fn what_letters_need_is_allowed() {
        check(
            "{% for x in range(end=3) %}{{ loop.index }}{% endfor %}{% if not (x is defined) and y in (z) and x is not none %}{% endif %}",
            &[],
        );
        check(
            "{{ x | default(value=\"for now()\") | upper }}{{ article.now }}{# get_env() #}{% raw %}{{ now() }}{% endraw %}",
            &[],
        );
        check(
            "{% set a = x ~ \"b\" %}{% filter upper %}a{% endfilter %}{% include \"for.html\" %}",
            &[],
        );
    }

    #[test]
    fn every_allowed_name_is_known_to_tera() {
        let sound = |text: String| super::super::empty().add_raw_template("t", &text).is_ok();
        assert!(
            TESTS.iter().all(|name| sound(format!("{{% if x is {name} %}}{{% endif %}}"))),
            "tests"
        );
        assert!(FUNCTIONS.iter().all(|name| sound(format!("{{{{ {name}() }}}}"))), "functions");
    }
}
