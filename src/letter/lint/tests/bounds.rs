//! No text stops the rules, and a long one takes them no longer than its length.

use super::{file, said, said_of_template};
use crate::letter::lint::{contrast, css};
use proptest::prelude::*;
use std::time::{Duration, Instant};

/// Pieces that rules look for, torn and glued anyhow.
fn torn() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<a href=\"",
        "\">",
        "</a>",
        "<table",
        "<style>",
        "</style>",
        "{{ x }}",
        "{% if",
        "%}",
        "{#",
        "[",
        "](",
        ")",
        "![",
        "https://a.test/?utm_x=",
        "www.",
        "bit.ly",
        "*|",
        "|*",
        "<",
        ">",
        "%%",
        "cure",
        "100 %",
        "“I ",
        "”",
        "— Anna",
        "é",
        "а",
        "\u{200b}",
        "\u{202e}",
        "Ã©",
        "â€™",
        "#",
        "##",
        "\n",
        "\n\n",
        " ",
        "style='color:#",
        "rgb(",
        "@media (prefers-color-scheme:dark){",
        "}",
        "{",
        ";",
        ":",
        "!important",
        "<!--",
        "-->",
        "<h1",
        "<p style=\"",
        "font-size:9px",
        "before and after photos",
        "free",
        "!",
        "?",
        "'",
        "\"",
        "\0",
        "💚",
        "ß",
        "Dear ,",
        "lorem ipsum",
        "&amp;",
        "data:",
    ]);
    prop::collection::vec(prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => "\\PC{0,6}"], 0..60)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_stops_the_rules(text in torn()) {
        let lines = file(&text).lines().count();
        for finding in said(&file(&text)) {
            let place = finding.place.unwrap();
            prop_assert!(place.line <= lines + 1 && finding.hint.is_some() && finding.name.is_some(), "{finding}");
            prop_assert!(finding.text.chars().count() < 400 && !finding.text.contains(char::is_control), "{finding}");
        }
        for finding in said_of_template(&text) {
            prop_assert!(finding.place.unwrap().line <= text.lines().count().max(1) + 1, "{finding}");
        }
        contrast::of("letter.html", &text);
        css::sheet(&text);
    }
}

/// A debug build on a busy machine is given ten times what it needs.
const PATIENCE: Duration = Duration::from_secs(15);

#[test]
fn a_megabyte_takes_no_longer_than_its_length() {
    for piece in [
        "word ",
        "word\n\n",
        "[",
        "[a](https://a.test) ",
        "http://",
        "www.a.test ",
        "*|",
        "<a ",
        "<div>",
        "</p>",
        "{{ x }} ",
        "cure ",
        "prevents ",
        "free massage ",
        "“I am well” — Anna\n\n",
        "> ",
        "mаss ",
        "Ã© ",
        "\u{200b}",
        "<p style=\"color:#777\">a ",
        "<style>a{",
        "((((",
        "\"",
        "{",
        "<table>",
        "before and after ",
        "100 % ",
        "&amp;",
        "# a\n",
        "- ",
        "![a](b.png) ",
        "%NAME% ",
        "é",
    ] {
        let text = piece.repeat(1_000_000 / piece.len());
        let begun = Instant::now();
        let count = said_of_template(&text).len();
        let template = begun.elapsed();
        assert!(template < PATIENCE, "a template of {piece:?}: {template:?}, {count} findings");
        // Reading Markdown is another's business: its cost is taken off.
        let reading = Instant::now();
        let markdown = file(&text);
        pulldown_cmark::Parser::new_ext(&markdown, crate::article::markdown::options()).count();
        let reading = reading.elapsed();
        let begun = Instant::now();
        super::super::text(&article(&text), &super::super::Own::default());
        let taken = begun.elapsed();
        println!("proof| lint | 1 MB of {piece:?} | template {template:?}, article {taken:?} (Markdown alone {reading:?})");
        assert!(taken < PATIENCE + reading * 3, "an article of {piece:?}: {taken:?}");
        // What is rendered is at most 100 KB.
        let rendered = piece.repeat(100_000 / piece.len());
        let begun = Instant::now();
        contrast::of("letter.html", &rendered);
        assert!(begun.elapsed() < PATIENCE, "a letter of {piece:?}: {:?}", begun.elapsed());
    }
}

fn article(markdown: &str) -> crate::article::Article {
    let (article, _) = crate::article::front_matter::read("calm.md", &file("Breathe.")).unwrap();
    crate::article::Article {
        markdown: markdown.to_owned(),
        ..article
    }
}
