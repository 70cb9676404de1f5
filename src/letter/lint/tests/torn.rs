//! No text stops the rules, however it is torn.

use super::{file, said, said_of_template};
use crate::letter::lint::{contrast, css};
use crate::template::TemplateSource;
use proptest::prelude::*;

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
        let template = TemplateSource { name: String::new(), files: Vec::new() };
        contrast::of(&contrast::Made { template: &template, article: "" }, &text);
        css::sheet(&text);
    }
}
