//! A style sheet cut into declarations, selectors and at-rules, each with the byte where it stands.
//!
//! Promises: reads any text in time that grows with its length. Knows no property; nesting deeper than a letter needs is passed over.

/// A part of a style sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// `color: red`
    Declaration {
        property: &'t str,
        value: &'t str,
        important: bool,
    },
    /// What stands before a `{`.
    Selectors(&'t str),
    /// `@media (…)`, without what stands inside.
    At { name: &'t str, prelude: &'t str },
}

/// A part and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed<'t> {
    pub(super) part: Part<'t>,
    pub(super) offset: usize,
    /// The preludes of the at-rules around it.
    pub(super) around: Option<&'t str>,
}

/// The parts of a style sheet, in order.
pub(super) fn sheet(css: &str) -> Vec<Placed<'_>> {
    let mut parts = Vec::new();
    // For each open block the innermost at-rule around what stands in it.
    let mut around: Vec<Option<&str>> = Vec::new();
    let mut at = 0;
    while at < css.len() {
        let (end, stop) = next_stop(css, at);
        let written = &css[at..end];
        let start = at + blank_length(written);
        let text = written.get(start - at..).unwrap_or("").trim_end();
        let media = around.last().copied().flatten();
        match stop {
            Some(b'{') => {
                let is_at = text.starts_with('@');
                if is_at {
                    let (name, prelude) = at_rule(text);
                    parts.push(Placed {
                        part: Part::At { name, prelude },
                        offset: start,
                        around: media,
                    });
                    around.push(Some(prelude));
                } else {
                    parts.push(Placed {
                        part: Part::Selectors(text),
                        offset: start,
                        around: media,
                    });
                    around.push(media);
                }
            }
            Some(b'}') => {
                push_declaration(&mut parts, text, start, media);
                around.pop();
            }
            _ if text.starts_with('@') => {
                let (name, prelude) = at_rule(text);
                parts.push(Placed {
                    part: Part::At { name, prelude },
                    offset: start,
                    around: media,
                });
            }
            _ => push_declaration(&mut parts, text, start, media),
        }
        at = end + usize::from(stop.is_some());
    }
    parts
}

/// The declarations of a `style` attribute.
pub(super) fn declarations(style: &str) -> Vec<Placed<'_>> {
    sheet(style)
        .into_iter()
        .filter(|placed| matches!(placed.part, Part::Declaration { .. }))
        .collect()
}

fn push_declaration<'t>(parts: &mut Vec<Placed<'t>>, text: &'t str, offset: usize, around: Option<&'t str>) {
    let Some((property, value)) = text.split_once(':') else {
        return;
    };
    let value = value.trim();
    let plain = value
        .strip_suffix("important")
        .map(str::trim_end)
        .and_then(|value| value.strip_suffix('!'));
    let part = Part::Declaration {
        property: property.trim(),
        value: plain.map_or(value, str::trim_end),
        important: plain.is_some(),
    };
    parts.push(Placed { part, offset, around });
}

fn at_rule(text: &str) -> (&str, &str) {
    let rest = &text[1..];
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .unwrap_or(rest.len());
    (&rest[..end], rest[end..].trim())
}

/// How many bytes of blanks and comments a text opens with.
fn blank_length(text: &str) -> usize {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        at += rest.len() - rest.trim_start().len();
        match text[at..].strip_prefix("/*") {
            Some(comment) => at += 2 + comment.find("*/").map_or(comment.len(), |end| end + 2),
            None => return at,
        }
    }
}

/// The next `{`, `}` or `;` that is not in quotes, brackets or a comment.
fn next_stop(css: &str, from: usize) -> (usize, Option<u8>) {
    let bytes = css.as_bytes();
    let mut at = from;
    let mut depth = 0_usize;
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                // A string ends at its line's end at the latest.
                let rest = &bytes[at + 1..];
                at += 1 + rest
                    .iter()
                    .position(|byte| *byte == quote || *byte == b'\n')
                    .unwrap_or(rest.len());
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = css[at + 2..].find("*/").map_or(bytes.len(), |length| at + 2 + length + 1);
            }
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'{' | b'}' => return (at, Some(bytes[at])),
            b';' if depth == 0 => return (at, Some(b';')),
            _ => {}
        }
        at += 1;
    }
    (bytes.len(), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(css: &str) -> Vec<String> {
        let show = |placed: &Placed<'_>| {
            let around = placed.around.map(|around| format!(" in {around}")).unwrap_or_default();
            let part = match placed.part {
                Part::Declaration {
                    property,
                    value,
                    important,
                } => format!("{property}={value}{}", if important { "!" } else { "" }),
                Part::Selectors(selectors) => format!("<{selectors}>"),
                Part::At { name, prelude } => format!("@{name} {prelude}"),
            };
            format!("{}:{part}{around}", placed.offset)
        };
        sheet(css).iter().map(show).collect()
    }

    #[test]
    fn a_sheet_falls_into_its_parts() {
        assert_eq!(
            shown("p, a:hover { color : red !important; margin:0 }"),
            ["0:<p, a:hover>", "13:color=red!", "37:margin=0"]
        );
        assert_eq!(
            shown("@import url(a;b.css);/* x{} */@media (max-width: 1px) {.a{b:c}} i{d:\"}\"}"),
            [
                "0:@import url(a;b.css)",
                "30:@media (max-width: 1px)",
                "55:<.a> in (max-width: 1px)",
                "58:b=c in (max-width: 1px)",
                "64:<i>",
                "66:d=\"}\""
            ]
        );
        assert_eq!(
            shown("background:url(data:a;b);color:red"),
            ["0:background=url(data:a;b)", "25:color=red"]
        );
        assert_eq!(shown("}}{{;:"), ["2:<>", "3:<>", "5:="]);
    }
}
