//! Markdown's HTML and text, held by examples.

use super::*;

fn html(markdown: &str, expected: &str) {
    assert_eq!(to_html(markdown).trim(), expected, "{markdown}");
}

fn text(markdown: &str, expected: &str) {
    assert_eq!(to_text(markdown), expected, "{markdown}");
}

#[test]
fn the_highest_heading_used_stands_right_below_the_title() {
    html("# A\n\n## B\n\n#### D", "<h2>A</h2>\n<h3>B</h3>\n<h5>D</h5>");
    html("## B\n\n### C", "<h2>B</h2>\n<h3>C</h3>");
    html("#### D", "<h2>D</h2>");
}

#[test]
fn lists_tables_and_emphasis_come_through() {
    html("3. a\n4. *b*", "<ol start=\"3\">\n<li>a</li>\n<li><em>b</em></li>\n</ol>");
    html("~~no~~ **yes**", "<p><del>no</del> <strong>yes</strong></p>");
    let table = to_html("| a | b |\n|:-:|---|\n| 1 | 2 |");
    assert!(
        table.contains("<th style=\"text-align:center\">a</th>") || table.contains("text-align: center"),
        "{table}"
    );
    html("it's \"so\" -- really...", "<p>it's \"so\" -- really...</p>");
}

#[test]
fn raw_html_and_dangerous_links_are_dropped_but_their_words_stay() {
    html("a <b onclick=x>bold</b> b", "<p>a bold b</p>");
    html("one<br>two", "<p>one<br>\ntwo</p>");
    html("<script>alert(1)</script>\n\nok", "<p>ok</p>");
    html("<div>\n<p>lost</p>\n</div>\n\nok <!-- c -->", "<p>ok </p>");
    html("[x](javascript:alert(1)) [y](tips.html)", "<p>x y</p>");
    html(
        "![a sea](sea.png) ![b](https://a.example/b.png)",
        "<p>a sea <img src=\"https://a.example/b.png\" alt=\"b\"></p>",
    );
    html(
        "[<img src=x onerror=alert(1)>](https://a.example)",
        "<p><a href=\"https://a.example\"></a></p>",
    );
}

#[test]
fn bare_addresses_become_links_and_links_are_left_alone() {
    html(
        "see www.a.example.",
        "<p>see <a href=\"https://www.a.example\">www.a.example</a>.</p>",
    );
    html(
        "[https://b.example](https://a.example)",
        "<p><a href=\"https://a.example\">https://b.example</a></p>",
    );
    html(
        "<hello@a.example>",
        "<p><a href=\"mailto:hello@a.example\">hello@a.example</a></p>",
    );
    html("`https://a.example`", "<p><code>https://a.example</code></p>");
    html(
        "https://a.example/x\\_y\\_z&amp;q",
        "<p><a href=\"https://a.example/x_y_z&amp;q\">https://a.example/x_y_z&amp;q</a></p>",
    );
}

#[test]
fn links_are_listed_once_in_reading_order() {
    let found = links("[b](https://b.example) https://a.example [b](https://b.example) [no](x.html) <c@c.example>");
    assert_eq!(found, ["https://b.example", "https://a.example", "mailto:c@c.example"]);
}

#[test]
fn plain_text_reads_well_by_itself() {
    text(
        "# Sleep\n\nOne *two*.\n\n## Why\n\nBecause.",
        "Sleep\n-----\n\nOne two.\n\nWhy\n\nBecause.\n",
    );
    text(
        "a [b](https://b.example) <c@c.example> [01225](tel:01225)",
        "a b (https://b.example) c@c.example 01225\n",
    );
    text("[a.example](https://a.example/)", "a.example\n");
    text("> quoted\n>\n> more\n\nend", "> quoted\n>\n> more\n\nend\n");
    text("one\\\ntwo", "one\ntwo\n");
    text("a\n\n---\n\nb", "a\n\n* * *\n\nb\n");
    text("![a sea](sea.png) ![](x.png)![b](https://a.example/b.png)", "a sea [b]\n");
    text("~~old~~ new", "~old~ new\n");
    text("", "");
}

#[test]
fn lists_in_plain_text_hang_under_their_marks() {
    text("- a\n- b\n  - c\n- d\n\nend", "- a\n- b\n  - c\n- d\n\nend\n");
    text("9. a\n10. b", "9. a\n10. b\n");
    text("- a\n\n  more\n\n- b", "- a\n\n  more\n\n- b\n");
    let long = to_text(&format!("1. {}", "word ".repeat(30)));
    assert!(long.lines().skip(1).all(|line| line.starts_with("   word")), "{long}");
    assert!(long.lines().all(|line| line.len() <= 72 && !line.ends_with(' ')), "{long}");
}

#[test]
fn tables_in_plain_text_are_columns_or_lines() {
    text(
        "| Day | Walk |\n|---|---|\n| Monday | 2 km |",
        "Day     Walk\n------------\nMonday  2 km\n",
    );
    let wide = format!("| Day | Walk |\n|---|---|\n| Monday | {} |", "far ".repeat(20));
    assert!(to_text(&wide).starts_with("Day: Monday\nWalk: far far"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(128))]

    #[test]
    fn no_text_breaks_the_renderings(markdown in "[ -~\n<>*_#`|äש\u{a0}-]{0,200}") {
        let html = to_html(&markdown);
        proptest::prop_assert!(!html.contains("<script") && !html.contains("javascript:\""));
        proptest::prop_assert!(to_text(&markdown).lines().all(|line| !line.ends_with(' ')));
    }
}
