//! Numbers in texts that run from right to left: `01225 000000` would be shown as `000000 01225`.
//!
//! Digits keep their order, but a blank or a hyphen between two groups takes the direction of the text around, and the groups change
//! places (UAX #9, rules W4-W7 and N1-N2). HTML can say that a group is one (`dir="ltr"` isolates in every browser, and unlike `<bdi>`
//! Outlook's Word heeds it on a `<span>`); a text has marks that nobody sees (UAX #9 §2.6: U+200E), which old programs know as well.
//!
//! Promises: nothing but that is put in, and only around several groups of digits. Knows nothing of phones.

use crate::letter::markup::{self, Kind};
use std::ops::Range;

const MARK: char = '\u{200e}';

/// `html` with each number of several groups as a piece of its own.
pub(crate) fn kept_in_html(html: &str) -> String {
    let mut raw = false;
    let shown = markup::pieces(html).into_iter().map(|piece| match piece.kind {
        Kind::Text if !raw => around(piece.text, "<span dir=\"ltr\">", "</span>"),
        kind => {
            raw = match kind {
                Kind::Open => raw || piece.is(kind, "pre") || piece.is(kind, "code"),
                Kind::Close => raw && !(piece.is(kind, "pre") || piece.is(kind, "code")),
                _ => raw,
            };
            piece.text.to_owned()
        }
    });
    shown.collect()
}

/// `text` with a mark at both ends of each number of several groups; addresses of pages stay as they are.
pub(crate) fn kept_in_text(text: &str) -> String {
    let mark = MARK.to_string();
    around(text, &mark, &mark)
}

fn around(text: &str, before: &str, behind: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut at = 0;
    for range in numbers(text) {
        kept.push_str(&text[at..range.start]);
        kept.push_str(before);
        kept.push_str(&text[range.clone()]);
        kept.push_str(behind);
        at = range.end;
    }
    kept.push_str(&text[at..]);
    kept
}

/// The numbers of several groups, or with a `+`: digits with single blanks, hyphens, strokes or brackets between them.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    let mut last = ' ';
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        let fits = match open {
            None => c == '+' || c == '(' || c.is_ascii_digit(),
            Some(_) => c.is_ascii_digit() || is_between(c) && (!is_between(last) || is_bracket(c) || is_bracket(last)),
        };
        match open {
            None if fits
                && !last.is_alphanumeric()
                && !matches!(last, '/' | '=' | '-' | '_' | '.' | '@' | '#' | '&' | ';' | '?') =>
            {
                open = Some((at, at));
            }
            Some((start, _)) if fits && c.is_ascii_digit() => open = Some((start, at + 1)),
            Some(_) if fits => {}
            Some((start, end)) => {
                let number = &text[start..end];
                let is_part = c.is_alphabetic() && c.is_ascii() || matches!(c, '_' | '@' | '=' | '?' | '&' | '#');
                // A span such as `2020-2025` runs as the text does.
                let groups = number.starts_with('+')
                    || number.contains([' ', '\u{a0}', '\u{202f}'])
                    || number.starts_with('0') && number.contains(['-', '/']);
                if groups && number.chars().filter(char::is_ascii_digit).count() > 3 && !is_part {
                    found.push(start..end);
                }
                open = None;
            }
            None => {}
        }
        last = c;
    }
    found
}

fn is_bracket(c: char) -> bool {
    matches!(c, '(' | ')')
}

fn is_between(c: char) -> bool {
    is_bracket(c) || matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '-' | '/' | '.')
}

#[cfg(test)]
mod tests {
    use super::{kept_in_html, kept_in_text, numbers};

    #[test]
    fn numbers_of_several_groups_are_found() {
        for (text, expected) in [
            ("اتصل 01225 000000.", &["01225 000000"][..]),
            ("اتصل +44 (0)1225 000 000", &["+44 (0)1225 000 000"]),
            ("(01225) 000000", &["(01225) 000000"]),
            ("+441225000000", &["+441225000000"]),
            ("01225-000000، 12", &["01225-000000"]),
            ("2020-2025", &[]),
            ("2020–2025", &[]),
            ("01225000000", &[]),
            ("10 - 20 12", &["20 12"]),
            ("9:00", &[]),
            ("1 2", &[]),
            ("https://a.example/2026-12-01/1", &[]),
            ("a@b-12-3456.example", &[]),
            ("", &[]),
        ] {
            let found: Vec<&str> = numbers(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn html_and_text_are_else_the_same() {
        assert_eq!(
            kept_in_html(
                "<p title=\"01225 000000\">اتصل <a href=\"tel:+441225\">01225 000000</a> &#8211;1234 5678</p><code>1234 5678</code>"
            ),
            "<p title=\"01225 000000\">اتصل <a href=\"tel:+441225\"><span dir=\"ltr\">01225 000000</span></a> &#8211;1234 5678</p><code>1234 5678</code>"
        );
        assert_eq!(kept_in_text("اتصل 01225 000000."), "اتصل \u{200e}01225 000000\u{200e}.");
    }
}
