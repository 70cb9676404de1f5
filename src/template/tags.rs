//! Where the tags of a Tera text are: `{{ … }}`, `{% … %}`, `{# … #}` and whole `{% raw %}` blocks.
//!
//! Promises: the ranges lie in order and never overlap, for any text. Knows the outer shape of the language only; whether a tag means
//! anything is for Tera to say.

use std::ops::Range;

/// What a tag does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `{{ … }}`
    Expression,
    /// `{% … %}`
    Statement,
    /// `{# … #}`
    Comment,
    /// `{% raw %}…{% endraw %}`, both ends included.
    Raw,
}

/// One tag of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) kind: Kind,
    pub(crate) range: Range<usize>,
}

impl Tag {
    /// What stands between the tag's delimiters, without blanks and whitespace marks.
    pub(crate) fn inside<'t>(&self, text: &'t str) -> &'t str {
        let whole = &text[self.range.clone()];
        let inner = whole.get(2..whole.len().saturating_sub(2)).unwrap_or("");
        inner.trim_matches('-').trim()
    }

    /// The text in quotes behind `word`, for statements such as `{% include "footer.html" %}`.
    pub(crate) fn quoted_after<'t>(&self, word: &str, text: &'t str) -> Option<&'t str> {
        if self.kind != Kind::Statement {
            return None;
        }
        let rest = self.inside(text).strip_prefix(word)?.trim();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
        rest[1..].split_once(quote).map(|(name, _)| name)
    }

    /// The name that `{% set name = … %}` gives.
    pub(crate) fn sets<'t>(&self, text: &'t str) -> Option<&'t str> {
        if self.kind != Kind::Statement {
            return None;
        }
        let inside = self.inside(text);
        let rest = inside
            .strip_prefix("set_global ")
            .or_else(|| inside.strip_prefix("set "))?
            .trim();
        Some(rest.split(|c: char| !is_name(c)).next().unwrap_or(rest))
    }
}

/// All tags of `text`, in order.
pub(crate) fn tags(text: &str) -> Vec<Tag> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(tag) = next(text, at) {
        at = tag.range.end;
        found.push(tag);
    }
    found
}

fn next(text: &str, from: usize) -> Option<Tag> {
    let bytes = text.as_bytes();
    let start =
        (from..bytes.len().saturating_sub(1)).find(|&at| bytes[at] == b'{' && matches!(bytes[at + 1], b'{' | b'%' | b'#'))?;
    let (kind, end) = match bytes[start + 1] {
        b'{' => (Kind::Expression, code_end(text, start + 2, "}}")),
        b'#' => (Kind::Comment, after(text, start + 2, "#}")),
        _ => (Kind::Statement, code_end(text, start + 2, "%}")),
    };
    let tag = Tag { kind, range: start..end };
    match kind == Kind::Statement && tag.inside(text) == "raw" {
        true => Some(Tag {
            kind: Kind::Raw,
            range: start..raw_end(text, end),
        }),
        false => Some(tag),
    }
}

/// Whether `text` shows the body of an article where readers see it: not in a comment of HTML.
pub(crate) fn show_article(text: &str) -> bool {
    let shows = |tag: &Tag| {
        let inside = tag.inside(text).replace(['"', '\'', '[', ']', ' '], ".");
        let body = [
            "article.html",
            "article.sections",
            "article.text",
            "article..html",
            "article..sections",
        ];
        matches!(tag.kind, Kind::Expression | Kind::Statement) && body.iter().any(|name| inside.contains(name))
    };
    let seen = |tag: &Tag| {
        let before = &text[..tag.range.start];
        before.rfind("<!--").is_none_or(|open| before[open..].contains("-->"))
    };
    tags(text).iter().any(|tag| shows(tag) && seen(tag))
}

/// Past the closing delimiter; delimiters in strings and in `{"a": {"b": 1}}` do not close.
fn code_end(text: &str, from: usize, close: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    let mut depth = 0_usize;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => at = string_end(bytes, at + 1, quote),
            _ if depth == 0 && text[at..].starts_with(close) => return at + close.len(),
            byte => {
                match byte {
                    b'{' => depth += 1,
                    b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                at = next_boundary(text, at);
            }
        }
    }
    bytes.len()
}

/// Past the closing quote, or the end where there is none.
pub(super) fn string_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    bytes[from..]
        .iter()
        .position(|&byte| byte == quote)
        .map_or(bytes.len(), |length| from + length + 1)
}

fn next_boundary(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().map_or(1, char::len_utf8)
}

fn after(text: &str, from: usize, close: &str) -> usize {
    text[from..]
        .find(close)
        .map_or(text.len(), |length| from + length + close.len())
}

/// Past the `{% endraw %}` that closes the block.
fn raw_end(text: &str, from: usize) -> usize {
    let mut at = from;
    while let Some(length) = text[at..].find("{%") {
        let start = at + length;
        let end = after(text, start + 2, "%}");
        if (Tag {
            kind: Kind::Statement,
            range: start..end,
        })
        .inside(text)
            == "endraw"
        {
            return end;
        }
        at = start + 2;
    }
    text.len()
}

/// A name that a tag uses: where it stands, and the field asked of it (`article.title`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Use<'t> {
    pub(crate) name: &'t str,
    pub(crate) offset: usize,
    pub(crate) field: Option<(&'t str, usize)>,
}

/// The names that `tag` uses, apart from filters, tests, arguments' names, strings and fields.
///
/// A word of the language (`if`, `in`) is listed too: callers ask for names they know to be variables.
pub(crate) fn uses<'t>(text: &'t str, tag: &Tag) -> Vec<Use<'t>> {
    if !matches!(tag.kind, Kind::Expression | Kind::Statement) {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    let mut found: Vec<Use<'t>> = Vec::new();
    let mut before = b' ';
    let mut at = tag.range.start + 2;
    while at < tag.range.end {
        match bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => {
                at = string_end(bytes, at + 1, quote).min(tag.range.end);
                before = quote;
            }
            byte if byte.is_ascii_alphabetic() || byte == b'_' => {
                let end = (at..tag.range.end)
                    .find(|&end| !is_name(char::from(bytes[end])))
                    .unwrap_or(tag.range.end);
                let name = &text[at..end];
                match (before, found.last_mut()) {
                    (b'.', Some(last)) if last.field.is_none() => last.field = Some((name, at)),
                    (b'.' | b'|', _) => {}
                    _ if names_an_argument(&text[end..tag.range.end]) => {}
                    _ => found.push(Use {
                        name,
                        offset: at,
                        field: None,
                    }),
                }
                before = b'a';
                at = end;
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

/// `date(format="…")`: the word before a single `=` names an argument, or what `set` sets.
fn names_an_argument(rest: &str) -> bool {
    let rest = rest.trim_start();
    rest.starts_with('=') && !rest.starts_with("==")
}

pub(super) fn is_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = tags(text).into_iter().map(|tag| &text[tag.range]).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn tags_end_where_tera_ends_them() {
        check(
            "a {{ name }} b {%- if x -%}c{% endif %}",
            &["{{ name }}", "{%- if x -%}", "{% endif %}"],
        );
        check(r#"{{ x | default(value="}}") }}!"#, &[r#"{{ x | default(value="}}") }}"#]);
        check(r#"{{ {"a": {"b": 1}} }}!"#, &[r#"{{ {"a": {"b": 1}} }}"#]);
        check("{# {{ no }} #}ä{{ ö }}", &["{# {{ no }} #}", "{{ ö }}"]);
        check(
            "{% raw %}{{ no }}{% endraw %}{{ yes }}",
            &["{% raw %}{{ no }}{% endraw %}", "{{ yes }}"],
        );
        check("{ {  } } %} }}", &[]);
        check("open {{ name", &["{{ name"]);
        check("{%", &["{%"]);
        check("{% raw %}{{ never closed", &["{% raw %}{{ never closed"]);
    }

    #[test]
    fn the_names_a_tag_uses_are_its_variables() {
        let text = r#"{% if city == "Bath" and article.title | length > n %}"#;
        let found: Vec<_> = uses(text, &tags(text)[0])
            .into_iter()
            .map(|used| (used.name, used.field.map(|(field, _)| field)))
            .collect();
        let words: Vec<_> = found.into_iter().filter(|(name, _)| !matches!(*name, "if" | "and")).collect();
        assert_eq!(words, [("city", None), ("article", Some("title")), ("n", None)]);
        let text = "{{ joined | date(format=pattern) }}";
        let found: Vec<_> = uses(text, &tags(text)[0]).into_iter().map(|used| used.name).collect();
        assert_eq!(found, ["joined", "pattern"]);
    }

    #[test]
    fn what_a_statement_sets_and_includes_is_read() {
        let text = "{% set first = 1 %}{%- include 'foot.html' -%}";
        let found = tags(text);
        assert_eq!(found[0].sets(text), Some("first"));
        assert_eq!(found[1].quoted_after("include", text), Some("foot.html"));
        assert_eq!(found[0].quoted_after("include", text), None);
    }
}
