//! How deep a text nests: lists in quotes in lists, emphasis in emphasis.
//!
//! Promises: it is told in time that grows with the text's length, and without going down into the text; a text that is not too deep can
//! be read on by what does go down. Knows nothing of what the text says.

use crate::finding::Finding;
use pulldown_cmark::{Event, Parser};

/// Lists, quotes and emphasis in one another: nobody reads beyond five.
pub(crate) const DEEPEST: usize = 50;

/// What stands in front of one line may ask for so many levels by itself; a line of `> > >` in a listing is no quote.
const MOST_MARKS: usize = 4 * DEEPEST;

/// The byte at which the text goes too deep, if it does.
pub(crate) fn too_deep(markdown: &str) -> Option<usize> {
    // A line of thousands of marks costs a reader of Markdown seconds, so it is looked for first.
    too_many_marks(markdown).or_else(|| too_many_levels(markdown))
}

/// What is said of it; its place is for who knows the file's lines.
pub(crate) fn finding(file: &str) -> Finding {
    let text = format!("here lists, quotes or emphasis stand in one another more than {DEEPEST} deep");
    Finding::error(file, text).hint("write it flatter; a long row of `*`, `_` or `>` that only decorates is better left out")
}

fn too_many_levels(markdown: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(markdown, super::options()).into_offset_iter() {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(range.start);
        }
    }
    None
}

fn too_many_marks(markdown: &str) -> Option<usize> {
    let mut start = 0;
    for line in markdown.split_inclusive('\n') {
        let mut marks = 0;
        let mut rest = line;
        while let Some(after) = behind_mark(rest) {
            marks += 1;
            if marks > MOST_MARKS && is_rule(rest) {
                break;
            }
            if marks > MOST_MARKS {
                return Some(start + line.len() - rest.len());
            }
            rest = after;
        }
        start += line.len();
    }
    None
}

/// What follows the mark of a quote or an item that `rest` begins with.
fn behind_mark(rest: &str) -> Option<&str> {
    let rest = rest.trim_start_matches([' ', '\t']);
    if let Some(after) = rest.strip_prefix('>') {
        return Some(after);
    }
    let digits = rest.bytes().take(10).take_while(u8::is_ascii_digit).count();
    let after = match digits {
        0 => rest.strip_prefix(['-', '+', '*'])?,
        _ => rest[digits..].strip_prefix(['.', ')'])?,
    };
    after.starts_with([' ', '\t', '\n']).then_some(after)
}

/// `* * *`, which is a line across the page, however long.
fn is_rule(rest: &str) -> bool {
    let mut marks = rest.chars().filter(|c| !c.is_whitespace());
    let first = marks.next();
    matches!(first, Some('*' | '-' | '_')) && marks.all(|mark| Some(mark) == first)
}

#[cfg(test)]
mod tests {
    use super::{DEEPEST, too_deep};
    use crate::article::markdown::{sections, to_html, to_text};

    /// Shapes that go down by so many levels.
    fn shapes(levels: usize) -> Vec<(&'static str, String)> {
        let steps = |mark: &str| -> String { (0..levels).map(|level| format!("{}{mark} a\n", "  ".repeat(level))).collect() };
        let links: String = (0..levels).map(|level| format!("![a{level} ")).collect();
        vec![
            ("stars", format!("{}a{}\n", "*".repeat(2 * levels), "*".repeat(2 * levels))),
            ("lines", format!("{}a{}\n", "_".repeat(2 * levels), "_".repeat(2 * levels))),
            ("quotes", format!("{}a\n", ">".repeat(levels))),
            ("quotes apart", format!("{}a\n", "> ".repeat(levels))),
            ("dashes", format!("{}a\n", "- ".repeat(levels))),
            ("numbers", format!("{}a\n", "1. ".repeat(levels))),
            ("mixed", format!("{}a\n", "> - 1) + ".repeat(levels))),
            ("second line", format!("Hello.\n\n{}a\n", "+ ".repeat(levels))),
            (
                "bold in italic",
                format!("{}c{}\n", "**a *b ".repeat(levels), "* d**".repeat(levels)),
            ),
            ("pictures", format!("{links}b{}\n", "](b.png)".repeat(levels))),
            (
                "steps",
                match levels <= 1000 {
                    true => steps("-"),
                    false => format!("{}a\n", ">\t".repeat(levels)),
                },
            ),
        ]
    }

    #[test]
    fn what_nests_too_deep_is_told() {
        for levels in [DEEPEST + 10, 300, 5_000, 40_000] {
            for (name, text) in shapes(levels) {
                assert!(too_deep(&text).is_some(), "{levels} {name}");
            }
        }
    }

    #[test]
    fn what_is_not_too_deep_can_be_read_and_written() {
        for (name, text) in shapes(DEEPEST / 10) {
            assert_eq!(too_deep(&text), None, "{name}");
            assert!(to_html(&text).contains('a') && to_text(&text).contains('a'), "{name}");
            assert!(!sections(&text, &[]).html.is_empty(), "{name}");
        }
    }

    #[test]
    fn lines_across_and_listings_are_not_deep() {
        for text in [
            "* ".repeat(5_000),
            format!("a\n\n{}\n\nb", "- ".repeat(5_000)),
            format!("```\n{}\n```\n", ">".repeat(60)),
            format!("{}\n", "[".repeat(20_000)),
            format!("{}\n", "_a_ ".repeat(10_000)),
            format!("{}\n", "- a\n".repeat(10_000)),
        ] {
            assert_eq!(too_deep(&text), None, "{}", &text[..10]);
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

        #[test]
        fn no_mixture_of_marks_gets_past(marks in proptest::collection::vec("[>*_+~\\[\\]!()` \n-]{1,4}|1\\. |a", 1..40), times in 1_usize..200) {
            let text = marks.concat().repeat(times);
            if too_deep(&text).is_none() {
                proptest::prop_assert!(!to_html(&text).contains("<script") && to_text(&text).lines().all(|line| !line.ends_with(' ')));
            }
        }
    }
}
