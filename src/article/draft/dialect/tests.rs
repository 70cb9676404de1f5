//! Texts of other programs, and what becomes of their marks.

use super::*;
use crate::article::desk::Desk;

fn said(body: &str) -> (String, Vec<String>) {
    let mut album = Album::new(Desk::empty(), None);
    let (text, notes) = plain(body, 1, "Title", &mut album);
    let notes = notes.iter().map(ToString::to_string).collect();
    (text.trim().to_owned(), notes)
}

fn check(body: &str, expected: &str, n_notes: usize) {
    let (text, notes) = said(body);
    assert_eq!((text.as_str(), notes.len()), (expected, n_notes), "{body}: {notes:?}");
}

#[test]
fn marks_of_other_programs_go_or_become_words() {
    check("## First {#first}\n\nText", "## First\n\nText", 1);
    check("First {.x #y}\n---\n\nText", "First\n---\n\nText", 1);
    check("![a](b.png){: .align-right width=\"3\" }\n{: .note}", "![a](b.png)", 1);
    check("- [ ] one\n- [x] two", "- ☐ one\n- ☑ two", 0);
    check("> [!NOTE]\n> Drink tea.", "> **Note**\\\n> Drink tea.", 0);
    check("> [!tip]- Warm up\n>\n> Drink tea.", "> **Warm up**\n>\n> Drink tea.", 0);
    check("so ==very== warm, a == b and c==d", "so very warm, a == b and c==d", 0);
    check("::: tip\nDrink.\n:::", "Drink.", 1);
    check("See [[Another note]].", "See [[Another note]].", 1);
}

#[test]
fn a_comment_without_an_end_takes_nothing_with_it() {
    check(
        "One.\n\n<!-- ask Tom\n\n## Two\n\nThree.",
        "One.\n\n ask Tom\n\n## Two\n\nThree.",
        1,
    );
    check("One.\n\n<!-- ask\nTom -->\n\nThree.", "One.\n\n\n\n\n\nThree.", 0);
}

#[test]
fn code_and_plain_braces_are_left_alone() {
    for body in [
        "`==x== {: .y} [^1]` and {braces} and {1, 2}",
        "```\n## a {#b}\n- [ ] c\n==x==\n```",
        "## Set {1, 2}",
        "a == b",
        "[link](https://a.example/?x==y)",
    ] {
        check(body, body, 0);
    }
}

#[test]
fn footnotes_stand_below_the_text() {
    check(
        "Warm[^1] hands[^b] and warm[^1] feet.\n\n[^b]: Or paws.\n[^1]: As warm\n  as tea.\n[ref]: https://a.example\n",
        "Warm¹ hands² and warm¹ feet.\n\n\n\n\n[ref]: https://a.example\n\n* * *\n\n¹ As warm as tea.\n\n² Or paws.",
        1,
    );
    check("Warm^[As tea.] hands.", "Warm¹ hands.\n\n* * *\n\n¹ As tea.", 1);
    check("Warm[^x] hands.", "Warm[^x] hands.", 1);
    check("Warm.\n\n[^1]: Nobody points here.", "Warm.", 1);
}

#[test]
fn html_is_said_in_markdown() {
    check("<p align=\"center\">Warm hands</p>\n\nText", "Warm hands\n\n\nText", 1);
    check(
        "<b>Warm</b> <a href=\"https://a.example/?utm_source=x\">hands</a> <u>now</u> <!-- x -->and <Name>",
        "**Warm** [hands](https://a.example/) now and <Name>",
        2,
    );
    let (text, _) = said("<details><summary>More</summary>\n\nInside *it*.\n\n</details>\n");
    assert!(
        text.starts_with("**More**") && text.contains("Inside *it*.") && !text.contains('<'),
        "{text}"
    );
    let (text, _) = said("<table><tr><th>Day</th><th>Min</th></tr><tr><td>Mon</td><td>3</td></tr></table>\n");
    assert_eq!(text, "| Day | Min |\n| --- | --- |\n| Mon | 3 |");
    let (text, notes) = said("Text\n\n<script>alert(1)</script>\n\nMore");
    assert!(!text.contains("script") && notes.len() == 1, "{text} {notes:?}");
}

proptest::proptest! {
    #[test]
    fn no_text_breaks_it(text in "([a-z é]{0,3}(\\[\\^|\\]|:|\\^\\[|==|\\{:|\\}|<b>|</b>|<p>|<!--|-->|> \\[!n\\]|\n|`|:::|\\[\\[|# |- \\[ \\] |!\\[|\\(|\\)|\\.png)){0,30}") {
        let _ = said(&text);
    }
}
