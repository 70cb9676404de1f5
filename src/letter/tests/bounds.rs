//! Texts that would keep whoever looks at them closely busy for ever, or make it fall over: each is refused at its line, at once.

use super::{BARE, sources};
use crate::letter::compile::compile;

/// What is said of an edition with this text and this template, without anybody going down into either.
#[track_caller]
fn check(files: &[(&str, &str)], markdown: &str, expected: &str) {
    let sources = sources(files, "hi", markdown);
    let found = compile(&sources).err().unwrap_or_default();
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(
        found.iter().any(|found| found.starts_with(expected)),
        "wanted {expected}, found {found:#?}"
    );
}

#[test]
fn articles_that_nest_without_end_are_refused_at_their_line() {
    for (markdown, place) in [
        (format!("Hello.\n\n{}a{}\n", "*".repeat(20_001), "*".repeat(20_001)), "11:"),
        (format!("{}a\n", "- ".repeat(5_000)), "9:"),
        (format!("a\n\n{}a\n", ">".repeat(20_000)), "11:"),
        (format!("{}c{}", "**a *b ".repeat(5_000), "* d**".repeat(5_000)), "9:"),
    ] {
        let expected = format!("calm.md:{place}");
        check(&[("letter.html", BARE)], &markdown, &expected);
    }
}

#[test]
fn articles_as_long_as_a_book_are_refused_before_they_are_laid_out() {
    let book = "All of it. ".repeat(60_000);
    check(
        &[("letter.html", BARE)],
        &book,
        "calm.md:9:1: the article has 645 KB of HTML, and a letter may have 100",
    );
    let table = format!("|a|\n|-|\n{}", "|a\n".repeat(40_000));
    check(&[("letter.html", BARE)], &table, "calm.md:9:1: the article comes to");
}

#[test]
fn templates_that_nest_without_end_are_refused_at_their_line() {
    let deep =
        |open: &str, close: &str, times: usize| format!("<body>\n{}x{}{BARE}</body>", open.repeat(times), close.repeat(times));
    // Bold goes on in the next paragraph until it is closed, and bold of another kind is one more.
    let numbered = |open: &str| {
        (0..5_000)
            .map(|number| open.replace("{}", &number.to_string()))
            .collect::<String>()
    };
    let numbered = |open: &str| deep(&numbered(open), "", 1);
    for html in [
        deep("<div>", "</div>", 20_000),
        deep("<div>", "", 20_000),
        numbered("<p><b class=\"{}\">a</p>"),
        numbered("<b class=\"{}\"><div>a</b>"),
        deep("<span><div></span>", "", 5_000),
        numbered("<p><font size={}>a</p>"),
        deep("<table><tr><td>", "", 5_000),
        deep("<foo/>", "", 20_000),
        deep("{% if city %}<div>{% endif %}", "", 5_000),
        deep("<p title=\"{{ city }}\" \"><div>", "", 5_000),
    ] {
        check(
            &[("letter.html", &html)],
            "Hello.",
            "templates/letter.html:2:1: here elements stand in one another more than 200 deep",
        );
    }
    let (one, two) = ("<div>".repeat(120), format!("{}{BARE}", "<div>".repeat(120)));
    let html = format!("{{% include \"one.html\" %}}{two}");
    check(
        &[("letter.html", &html), ("one.html", &one)],
        "Hello.",
        "templates/letter.html: with all that it includes, elements",
    );
}

#[test]
fn templates_as_long_as_a_book_are_refused_before_they_are_laid_out() {
    let long = format!("{}{BARE}", "<p>Hello</p>".repeat(40_000));
    check(
        &[("letter.html", &long)],
        "Hello.",
        "templates/letter.html: the file has 469 KB of HTML",
    );
    let page = format!("{}{BARE}", "{% include \"a.html\" %}".repeat(40));
    let part = "<p>Hello</p>".repeat(1_000);
    check(
        &[("letter.html", &page), ("a.html", &part)],
        "Hello.",
        "templates/letter.html: with all that it includes the template has",
    );
    let again = BARE.replace("{{ article.html }}", &"{{ article.html }}".repeat(100));
    check(
        &[("letter.html", &again)],
        &"Hello. ".repeat(1_000),
        "templates/letter.html: with the article in all its places",
    );
}

#[test]
fn the_longest_text_that_is_laid_out_can_be_laid_out() {
    let markdown = "A line of words.\n\n".repeat(16_000);
    assert!(compile(&sources(super::SHIPPED, "hi", &markdown)).is_ok());
}

#[test]
fn what_is_just_within_the_bounds_can_be_sent() {
    let deep = format!("{}{BARE}{}", "<div>".repeat(150), "</div>".repeat(150));
    let quotes = format!("{}a", "> ".repeat(40));
    for html in [BARE, &deep] {
        assert!(compile(&sources(&[("letter.html", html)], "hi", &quotes)).is_ok());
    }
}
